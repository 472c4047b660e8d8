"""Explorer: of every recorded method, what it keeps of pass@256 at equal pass@1, and how far it comes."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Dots,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Slider,
    Text,
    answer,
)
from passk_lab.explorers.expression import Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._over_seeds import ABSENT, about, compared, dense, over_seeds
from passk_lab.lm import recorded
from passk_lab.lm.compare import at_equal_progress

PROGRESS = [round(0.24 + 0.02 * i, 2) for i in range(18)]
"""Pass@1 at which methods are compared."""
_DRAWS = 256
_FIRST = ("GRPO", "reverse KL", "forward KL", "novelty", "pass@4-loo-1", "MaxRL")


def kept_and_reached(**state: Any) -> Explorer:
    """Compare what methods keep of pass@256 at equal pass@1, and how far they come: each method a point.

    Controls: `method` and `beside`, and the `progress` (pass@1) at which pass@256 is read off.

    >>> kept_and_reached(method="novelty", beside="GRPO", progress=0.4).words.split(": ")[0]
    'Where pass@1 is 0.4'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    curves, dims = compared()
    names = dims["method"]
    kept = at_best_rate(dense(curves[curves.k.isin([1, _DRAWS])], {**dims, "k": [1, _DRAWS]}, "pass_at_k"))
    far = recorded.furthest().set_index("method").loc[names]
    both: tuple[Any, ...] = (("plug-in", "{beside}", {"method": "beside"}), ("pass@k", "{method}", {}))
    sides: tuple[tuple[str, dict[str, Any]], ...] = (("a", {}), ("b", {"method": "beside"}))
    reached, distinct = Value("reached", along="method"), Value("distinct", along="method")
    return Description(
        name="kept-and-reached",
        title="What a method keeps and how far it comes are two things",
        summary="Each recorded method is a point: the highest pass@1 it comes to, against pass@256 where it has the "
        "chosen pass@1, and against its distinct solutions at its highest pass@1. Held-out numbers, three seeds.",
        controls=[
            Choice("method", "method", names, "novelty", first=_FIRST),
            Choice("beside", "beside", names, "GRPO", first=_FIRST),
            Slider("progress", "compare where pass@1 is", PROGRESS, 0.4, play=True),
        ],
        axes={"method": names, "progress": PROGRESS, "end": [0, 1]},
        tables={
            "kept": Table(("method", "progress"), kept[0]),
            "seeds": Table(("method", "progress", "end"), np.stack(kept[1:], axis=-1)),
            "reached": Table(("method",), far["mean"]),
            "across": Table(("method", "end"), np.repeat(far[["mean"]].to_numpy(), 2, axis=1)),
            "distinct": Table(("method",), far["distinct_256"]),
        },
        panels=[
            Panel(
                "pass@256 where pass@1 is {progress}",
                Axis("highest pass@1 (mean)", 0.2, 0.7),
                Axis("pass@256 (mean, and bar over seeds)", tight=True),
                [
                    Dots(role="guide", x=reached, y=Value("kept", along="method")),
                    *answer(*(
                        mark
                        for role, label, chosen in both
                        for mark in (
                            Line(role=role, x=Value("across", along="end", **chosen),
                                 y=Value("seeds", along="end", **chosen)),
                            Point(role=role, label=label, x=Value("reached", **chosen), y=Value("kept", **chosen)),
                        )
                    )),
                ],
                name="Kept",
            ),
            Panel(
                "distinct solutions at the highest pass@1",
                Axis("highest pass@1 (mean)", 0.2, 0.7),
                Axis("solutions in 256 samples (mean)", tight=True),
                [
                    Dots(role="guide", x=reached, y=distinct),
                    *answer(*(
                        Point(role=role, label=label, x=Value("reached", **chosen), y=Value("distinct", **chosen))
                        for role, label, chosen in both
                    )),
                ],
                name="Reached",
            ),
        ],
        readouts=[
            Readout(f"{side}_{what}", Value(table, **chosen), scale=scale, form=form, absent=ABSENT)
            for side, beside in sides
            for what, table, chosen, scale, form in (
                ("kept", "kept", beside, 100, "{} %"),
                ("low", "seeds", {**beside, "end": 0}, 100, "{}"),
                ("high", "seeds", {**beside, "end": 1}, 100, "{} %"),
                ("reached", "reached", beside, 100, "{} %"),
                ("distinct", "distinct", beside, 1, "{}"),
            )
        ],
        texts=[Text("about", "method", about(names)), Text("about_beside", "beside", about(names))],
        sentences=[
            "Where pass@1 is {progress}: {method} has pass@256 {a_kept} (seeds from {a_low} to {a_high}), {beside} "
            "{b_kept} (from {b_low} to {b_high}).",
            "The highest pass@1 {method} comes to is {a_reached}, with {a_distinct} distinct solutions; {beside}: "
            "{b_reached}, with {b_distinct}.",
            "{about} {about_beside}",
        ],
        presets=[
            Preset("a bonus or pass@k", {"method": "novelty", "beside": "pass@4-loo-1", "progress": 0.4},
                   "A bonus for rare solutions beside training on pass@4: the bars of the seeds overlap."),
            Preset("two holds", {"method": "reverse KL", "beside": "forward KL", "progress": 0.4},
                   "Both stay near the base; one of them comes further."),
            Preset("on GRPO's line", {"method": "uniform correct", "beside": "GRPO", "progress": 0.4},
                   "A mechanism that costs no pass@1 here, and keeps no more."),
        ],
        vote="Each dot is a method. Where pass@1 is {progress}, which has the higher pass@256: {method} or {beside}? "
        "And which comes to the higher pass@1?",
        source="lm.recorded, held-out numbers, three seeds. Kept: the best of three learning rates, where all its "
        "seeds came that far, read off where each seed first gets there. Reached: the evaluation with the highest "
        "mean pass@1, of any rate.",
    )  # fmt: skip


def at_best_rate(values: Any) -> tuple[Any, Any, Any]:
    """Read the last k off at each pass@1, at the rate with the highest mean: mean, lowest and highest of the seeds.

    (methods, rates, steps, 2, seeds), the first k being 1, -> three of (methods, progress); NaN where no rate had all
    its seeds there.
    """
    there = np.full((*values.shape[:2], len(PROGRESS), values.shape[-1]), np.nan)
    for method, rate, seed in np.ndindex(*values.shape[:2], values.shape[-1]):
        run = values[method, rate, :, :, seed]
        run = run[~np.isnan(run[:, 0])]
        there[method, rate, :, seed] = at_equal_progress(run[:, 0], run[:, 1], PROGRESS)
    mean, low, high = over_seeds(np.where(np.isnan(there).any(-1, keepdims=True), np.nan, there), -1)
    best = np.where(np.isnan(mean), -1, mean).argmax(axis=1)[:, None]
    return tuple(np.take_along_axis(side, best, axis=1)[:, 0] for side in (mean, low, high))  # type: ignore[return-value]

"""Explorer: the frontier of pass@1 and pass@k over all recorded runs, and curves at equal progress."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    Axis,
    Choice,
    Cloud,
    Description,
    Dots,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Text,
    answer,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._over_seeds import (
    ABSENT,
    FIRST,
    RATES,
    about,
    compared,
    dense,
    over_seeds,
)
from passk_lab.lm.compare import at_equal_progress

PROGRESS = [round(0.24 + 0.01 * i, 2) for i in range(44)]
"""Pass@1 at which runs are compared."""
_LOST = 0.2
"""Evaluations with less pass@1 are of runs that fell below the base; they would flatten the picture."""


def frontier_of_runs(**state: Any) -> Explorer:
    """Compare all recorded methods by what pass@1 costs in pass@k: every evaluation a point, and equal progress.

    Controls: `method` and `beside`, the draws `k`, and the `progress` (pass@1) at which two curves are compared.

    >>> frontier_of_runs(method="MaxRL", beside="GRPO", progress=0.4).words.split(": ")[0]
    'Where pass@1 is 0.4'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    curves, dims = compared()
    names, at, ks = dims["method"], dims["step"], dims["k"]
    values = dense(curves, dims, "pass_at_k")
    mean = over_seeds(values, -1)[0]
    best = equal_progress(values)
    points = mean.reshape(-1, len(ks))
    points = np.where(points[:, :1] < _LOST, np.nan, points)
    p, k, progress = Coordinate("progress"), Coordinate("k"), ControlValue("progress")
    both: tuple[Any, ...] = (("plug-in", "{beside}", {"method": "beside"}, 0.85), ("pass@k", "{method}", {}, 0.35))

    def paths() -> list[Any]:
        marks: list[Any] = []
        for role, _, chosen, _ in both:
            for rate in RATES:
                one, many = (Value(table, along="step", rate=rate, **chosen) for table in ("one", "many"))
                marks += [Line(role=role, x=one, y=many), Dots(role=role, x=one, y=many)]
        return marks

    return Description(
        name="frontier-of-runs",
        title="What a point of pass@1 costs in pass@k: methods trade one for the other, and not at one price",
        summary="The evaluations of the recorded methods as points, pass@1 against pass@k on held-out numbers, with "
        "the paths of two methods; and the two methods' pass@k curves where they have the same pass@1.",
        controls=[
            Choice("method", "method", names, "MaxRL", first=FIRST),
            Choice("beside", "beside", names, "GRPO", first=FIRST),
            Slider("k", "draws k", ks[1:], 256),
            Slider("progress", "compare where pass@1 is", PROGRESS, 0.4, play=True),
        ],
        axes={
            "method": names, "rate": RATES, "step": at, "k": ks, "progress": PROGRESS,
            "point": list(range(len(points))),
        },
        tables={
            "one": Table(("method", "rate", "step"), mean[..., 0]),
            "many": Table(("method", "rate", "step", "k"), mean),
            "best": Table(("method", "progress", "k"), best),
            "all one": Table(("point",), points[:, 0]),
            "all many": Table(("point", "k"), points),
            "base": Table(("k",), mean[0, 0, 0]),
        },
        panels=[
            Panel(
                "pass@{k} against pass@1, a point for each evaluation",
                Axis("pass@1 (mean)", 0.2, 0.7),
                Axis("pass@k (mean)", tight=True),
                [
                    Cloud(role="guide", x=Value("all one", along="point"), y=Value("all many", along="point")),
                    *answer(
                        *paths(),
                        *(
                            Line(role=role, label=label, x=p, y=Value("best", along="progress", **chosen),
                                 label_at=place)
                            for role, label, chosen, place in both
                        ),
                    ),
                    Point(role="before", label="base", x=Value("base", k=1), y=Value("base")),
                    Rule(role="guide", x=progress, drag="progress"),
                ],
                name="Frontier",
            ),
            Panel(
                "where both have pass@1 = {progress}",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    Line(role="before", label="base", x=k, y=Value("base", along="k"), label_at=0.5),
                    *answer(*(
                        Line(role=role, label=label, x=k, y=Value("best", along="k", **chosen), label_at=place)
                        for role, label, chosen, place in both
                    )),
                    Rule(role="guide", x=ControlValue("k"), drag="k"),
                ],
                name="Equal progress",
            ),
            Panel(
                "{method} less {beside} at equal pass@1",
                Axis("pass@1 (mean)", PROGRESS[0], PROGRESS[-1]),
                Axis("difference in pass@k"),
                [
                    Rule(role="guide", y=Number(0)),
                    *answer(Line(role="gap", label="pass@{k}", x=p, label_at=0.4,
                                 y=Value("best", along="progress") - Value("best", along="progress", method="beside"))),
                    Rule(role="guide", x=progress, drag="progress"),
                ],
                name="Difference",
            ),
        ],
        readouts=[
            percent("a", Value("best"), absent=ABSENT),
            Readout("b", Value("best", method="beside"), scale=100, form="{} %", absent=ABSENT),
            percent("base", Value("base")),
        ],
        sentences=[
            "Where pass@1 is {progress}: {method} has pass@{k} {a}, {beside} {b}, the base (at its own pass@1) {base}.",
            "{about} {about_beside}",
        ],
        texts=[Text("about", "method", about(names)), Text("about_beside", "beside", about(names))],
        presets=[
            Preset("MaxRL or GRPO", {"method": "MaxRL", "beside": "GRPO", "k": 256, "progress": 0.4},
                   "Equal pass@1, unequal coverage."),
            Preset("with or without noise", {"method": "exact pass@4", "beside": "pass@4", "k": 64, "progress": 0.26},
                   "One objective, with and without the noise of groups of 32."),
            Preset("an explicit bonus",
                   {"method": "novelty", "beside": "pass@4-loo-1", "k": 256, "progress": 0.36},
                   "An exploration bonus beside an objective that counts many draws, on the same axes."),
        ],
        vote="Both have come to pass@1 = {progress}. Which has the higher pass@{k} there, {method} or {beside}?",
        source="lm.recorded, held-out numbers, means of three seeds; at equal pass@1 the best of three learning rates, "
        "read off where a run first gets there, linear between evaluations. Evaluations below pass@1 = .2 are left out "
        "of the picture: lm.recorded.cells() lists them.",
    )  # fmt: skip


def equal_progress(values: Any) -> Any:
    """Best of the rates at each pass@1, mean of seeds: (methods, rates, steps, k, seeds) -> (methods, progress, k).

    Each seed is read off where it first has that pass@1; a rate counts where all its seeds get there.
    """
    out = np.full((len(values), len(PROGRESS), values.shape[3]), np.nan)
    for method, runs in enumerate(values):
        for run in runs:
            there = ~np.isnan(run[:, 0]).any(axis=-1)
            seeds = [at_equal_progress(run[there, 0, s], run[there, :, s], PROGRESS) for s in range(run.shape[-1])]
            out[method] = np.fmax(out[method], np.mean(seeds, axis=0))
    return out

"""Explorer: two recorded ways to train the compact model, step by step."""

from functools import cache
from typing import Any

from passk_lab.explorers.description import (
    Axis,
    Band,
    Choice,
    Description,
    Line,
    Panel,
    Preset,
    Readout,
    Rule,
    Slider,
    Text,
    answer,
    draws_axis,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._over_seeds import (
    FIRST,
    RATES,
    about,
    compared,
    dense,
    over_seeds,
)
from passk_lab.lm import recorded

_SIDES: tuple[tuple[str, dict[str, Any]], ...] = (("a", {}), ("b", {"method": "beside"}))


def recorded_runs(**state: Any) -> Explorer:
    """Compare two recorded ways to train, at any step and learning rate: curves, entropy, distinct solutions.

    Controls: `method` and `beside`, the learning `rate`, the training `step`. Held-out numbers, three seeds.

    >>> recorded_runs(method="GRPO", beside="pass@4", step=0).words.split(": ")[0]
    'Step 0, learning rate 4 × 10⁻⁴'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    curves, dims = compared()
    names, at, ks = dims["method"], dims["step"], dims["k"]
    watched = recorded.steps().query("method in @names")
    mean, low, high = over_seeds(dense(curves, dims, "pass_at_k"), -1)
    once = curves.query("k == 1")
    distinct = over_seeds(dense(once, {**dims, "k": [1]}, "distinct_256"), -1)[0][..., 0]
    entropy = over_seeds(dense(watched, {name: side for name, side in dims.items() if name != "k"}, "entropy"), -1)[0]
    k, step = Coordinate("k"), ControlValue("step")
    both: tuple[Any, ...] = (("plug-in", "{beside}", {"method": "beside"}, 0.75), ("pass@k", "{method}", {}, 0.35))

    def lines(table: str, along: str, **more: Any) -> list[Any]:
        given, asked = (
            Line(role=role, label=label, x=Coordinate(along), y=Value(table, along=along, **at, **more), label_at=place)
            for role, label, at, place in both
        )
        return [given, *answer(asked)]

    def bands(along: str, **more: Any) -> list[Any]:
        given, asked = (
            Band(role=role, x=Coordinate(along), low=Value("low", along=along, **at, **more),
                 high=Value("high", along=along, **at, **more))
            for role, _, at, _ in both
        )  # fmt: skip
        return [given, *answer(asked)]

    return Description(
        name="recorded-runs",
        title="Two ways to train take two paths, at two speeds: compare them step by step",
        summary="Two recorded ways to train the compact model, on held-out numbers: exact pass@k beside the base, "
        "pass@1 and pass@256 over steps, entropy, and distinct right solutions in 256 samples.",
        controls=[
            Choice("method", "method", names, "pass@4", first=FIRST),
            Choice("beside", "beside", names, "GRPO", first=FIRST),
            Slider("rate", "learning rate, × 10⁻⁴", RATES, 4),
            Slider("step", "training step", at, at[-1], play=True),
        ],
        axes={"method": names, "rate": RATES, "step": at, "k": ks},
        tables={
            "curve": Table(("method", "rate", "step", "k"), mean),
            "low": Table(("method", "rate", "step", "k"), low),
            "high": Table(("method", "rate", "step", "k"), high),
            "distinct": Table(("method", "rate", "step"), distinct),
            "entropy": Table(("method", "rate", "step"), entropy),
            "base": Table(("k",), mean[0, 0, 0]),
        },
        panels=[
            Panel(
                "exact pass@k at step {step}, held-out numbers",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    *bands("k"),
                    Line(role="before", label="base", x=k, y=Value("base", along="k"), label_at=0.55),
                    *lines("curve", "k"),
                ],
                name="Curves",
            ),
            Panel(
                "over the run",
                Axis("training step", 0, at[-1]),
                Axis("pass@1 (mean)", 0, 1),
                [*bands("step", k=1), *lines("curve", "step", k=1), Rule(role="guide", x=step, drag="step")],
                name="pass@1",
            ),
            Panel(
                "over the run",
                Axis("training step", 0, at[-1]),
                Axis("pass@256 (mean)", 0.7, 1),
                [*bands("step", k=256), *lines("curve", "step", k=256), Rule(role="guide", x=step, drag="step")],
                name="pass@256",
            ),
            Panel(
                "distinct right ones in 256 samples",
                Axis("training step", 0, at[-1]),
                Axis("solutions (mean)", 0, 4),
                [*lines("distinct", "step"), Rule(role="guide", x=step, drag="step")],
                name="Solutions",
            ),
        ],
        readouts=[
            Readout(f"{side}_{what}", Value(table, **{**at, **more}), scale=scale, form=form, absent="unknown")
            for side, at in _SIDES
            for what, table, more, scale, form in (
                ("one", "curve", {"k": 1}, 100, "{} %"),
                ("many", "curve", {"k": 256}, 100, "{} %"),
                ("distinct", "distinct", {}, 1, "{}"),
                ("entropy", "entropy", {}, 1, "{} nats"),
            )
        ],
        sentences=[
            "Step {step}, learning rate {rate} × 10⁻⁴: {method} has pass@1 {a_one}, pass@256 {a_many} and {a_distinct} "
            "distinct solutions; {beside} has {b_one}, {b_many} and {b_distinct}. Entropy of the last ten steps: "
            "{a_entropy} and {b_entropy}.",
            "{about} {about_beside}",
        ],
        texts=[Text("about", "method", about(names)), Text("about_beside", "beside", about(names))],
        presets=[
            Preset("sampled or exact", {"method": "exact pass@4", "beside": "pass@4", "rate": 4, "step": at[-1]},
                   "The same objective without sampling noise: pass@1 rises far more, and coverage stays."),
            Preset("a hold", {"method": "reverse KL", "beside": "GRPO", "rate": 4, "step": at[-1]},
                   "A penalty on the reverse KL gives up some pass@1 and keeps some coverage."),
            Preset("too fast", {"method": "GRPO", "beside": "pass@16", "rate": 8, "step": at[-1]},
                   "At twice the learning rate GRPO goes a little further; plain pass@16 falls below the base."),
        ],
        vote="Here is {beside}. {method} starts from the same base, at the same learning rate: at step {step}, is its "
        "pass@1 higher or lower? And its pass@256?",
        source="lm.recorded: Countdown-3, 16 prompts x 32 samples, exact pass@k over all held-out prompts, mean of "
        "three seeds, bands from the lowest to the highest seed.",
    )  # fmt: skip

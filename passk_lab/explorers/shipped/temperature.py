"""Explorer: base and trained model at every temperature. Does heat give back what training took?"""

from functools import cache
from typing import Any

from passk_lab.explorers.description import (
    Axis,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
    draws_axis,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._over_seeds import dense, over_seeds
from passk_lab.lm import recorded

_LABELS = {"base": "base", "collapsed": "after GRPO"}
_ROLES = {"base": "before", "collapsed": "pass@k"}


def temperature(**state: Any) -> Explorer:
    """Explore temperature: the base and the model that 400 steps of GRPO made of it, from T = .3 to 2.

    Controls: the temperature `T` and the number of draws `k`. Exact pass@k on held-out numbers, mean of three seeds.

    >>> temperature(T=1, k=256).words.split(";")[0]
    'At temperature 1 the base has pass@1 23.0 % and pass@256 98.6 %'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    table = recorded.temperatures()
    models = list(_LABELS)
    degrees = list(recorded.TEMPERATURES)
    ks, seeds = (sorted(table[name].unique().tolist()) for name in ("k", "seed"))
    dims: dict[str, list[Any]] = {"model": models, "temperature": degrees, "k": ks, "seed": seeds}
    mean, _, _ = over_seeds(dense(table, dims, "pass_at_k"), -1)
    T, k = Coordinate("T"), Coordinate("k")

    def of(model: str, **more: Any) -> Value:
        return Value("curve", model=model, **more)

    def over_draws(model: str) -> Line:
        place = {"base": 0.3, "collapsed": 0.75}[model]
        return Line(role=_ROLES[model], label=_LABELS[model], x=k, y=of(model, along="k"), label_at=place)

    return Description(
        name="temperature",
        title="Heat spreads a trained model's answers, and gives back a part of what training took",
        summary="Exact pass@k of the base and of the model that GRPO made of it, sampled at a temperature: over draws, "
        "over temperatures, and pass@k against pass@1 as the temperature goes.",
        controls=[
            Slider("k", "draws k", ks[1:], 256),
            Slider("T", "temperature T", degrees, 1.0, play=True),
        ],
        axes={"model": models, "T": degrees, "k": ks},
        tables={"curve": Table(("model", "T", "k"), mean)},
        panels=[
            Panel(
                "curves at temperature {T}",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    Line(role="guide", label="base at 1", x=k, y=of("base", along="k", T=1.0), label_at=0.1),
                    *answer(*map(over_draws, models)),
                    Rule(role="guide", x=ControlValue("k"), drag="k"),
                ],
                name="Draws",
            ),
            Panel(
                "pass@{k} and pass@1 as it heats",
                Axis("temperature T", degrees[0], degrees[-1]),
                Axis("prompts solved (mean)", 0, 1),
                [
                    Line(role="before", label="base, pass@{k}", x=T, y=of("base", along="T"), label_at=0.3),
                    *answer(
                        Line(role="pass@k", label="after GRPO, pass@{k}", x=T, y=of("collapsed", along="T"),
                             label_at=0.7),
                        Line(role="pass@1", label="after GRPO, pass@1", x=T, label_at=0.3,
                             y=of("collapsed", along="T", k=1)),
                    ),
                    Line(role="plug-in", label="base, pass@1", x=T, y=of("base", along="T", k=1), label_at=0.3),
                    Rule(role="guide", x=ControlValue("T"), drag="T"),
                ],
                name="Temperatures",
            ),
            Panel(
                "pass@{k} for pass@1, from cold to hot",
                Axis("pass@1 (mean)", 0, 0.7),
                Axis("pass@k (mean)", tight=True),
                [
                    *answer(*(
                        mark
                        for model in models
                        for mark in (
                            Line(role=_ROLES[model], label=_LABELS[model], x=of(model, along="T", k=1),
                                 y=of(model, along="T"), label_at={"base": 0.3, "collapsed": 0.7}[model]),
                            Point(role=_ROLES[model], x=of(model, k=1), y=of(model)),
                        )
                    )),
                ],
                name="Trade",
            ),
        ],
        readouts=[
            Readout("base_one", of("base", k=1), scale=100, form="{} %"),
            Readout("base_many", of("base"), scale=100, form="{} %"),
            Readout("trained_one", of("collapsed", k=1), scale=100, form="{} %"),
            Readout("trained_many", of("collapsed"), scale=100, form="{} %"),
        ],
        sentences=[
            "At temperature {T} the base has pass@1 {base_one} and pass@{k} {base_many}; after GRPO it is "
            "{trained_one} and {trained_many}."
        ],
        presets=[
            Preset("as trained", {"T": 1.0, "k": 256}, "Temperature 1: both as their training left them."),
            Preset("heat it", {"T": 2.0, "k": 256}, "After GRPO heat brings a part of pass@k back, and pass@1 pays."),
            Preset("cool the base", {"T": 0.3, "k": 256}, "Cooling raises the base's pass@1 and costs it little of "
                   "pass@k; it does not get it to where GRPO got."),
        ],
        vote="After GRPO the model is sampled at temperature {T}. Does it get back the pass@{k} that the base has, "
        "and what does that cost in pass@1?",
        source="lm.recorded.temperatures(): Countdown-3, exact pass@k over all held-out prompts, means of three seeds. "
        "The trained model is \"GRPO to collapse\": 400 steps at learning rate 4e-4.",
    )  # fmt: skip

"""Explorer: what two objectives weigh, over p."""

from typing import Any

import numpy as np

from passk_lab import objectives
from passk_lab.explorers.description import (
    PROBABILITY,
    Axis,
    Choice,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Text,
    answer,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.grids import P_SLIDER
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._objectives import about, first_of, over_draws

KS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64]


def objective_weights(**state: Any) -> Explorer:
    """Explore the weight F'(p), the climbed F(p), and the signal in one logit of any two objectives.

    Controls: objectives `a` and `b`, draws `k` (an order, for MaxRL's), and `p`. Formulas: `passk_lab.objectives`.

    >>> objective_weights(a="pass@k", b="maxrl", k=4, p=0.1).words.split(". ")[0]
    'At p = 0.1, k = 4: pass@k weighs 2.92, maxrl weighs 10'
    """
    return Explorer(describe(), **state)


def describe() -> Description:
    """Describe it, as data, with the objectives there are now."""
    names = objectives.names(variants=True)
    p_grid = np.unique(np.concatenate([P_SLIDER, np.geomspace(1e-3, 0.1, 20), np.linspace(0.1, 0.999, 50)]))
    blank = np.full(p_grid.size, np.nan)

    def table(face: str) -> Any:
        return over_draws(names, KS, p_grid.shape, lambda o: blank if o.missing(face) else getattr(o, face)(p_grid))

    x, p = Coordinate("p"), ControlValue("p")

    def weight(which: str) -> Value:
        return Value("weight", along="p", objective=which)

    def lines(make: Any) -> list[Any]:
        return [
            *answer(Line(role="plug-in", label="{b}", x=x, y=make("b"), label_at=0.75)),
            Line(role="pass@k", label="{a}", x=x, y=make("a"), label_at=0.35),
        ]

    return Description(
        name="objective-weights",
        title="Each objective weighs prompts in its own way; to a single prompt it gives a factor and no new direction",
        summary="For two objectives: the weight on a prompt's gradient over p, the function that is climbed, and the "
        "signal that reaches a single logit.",
        controls=[
            Choice("a", "objective a", names, "pass@k", first=first_of(names)),
            Choice("b", "objective b", names, "maxrl", first=first_of(names)),
            Slider("k", "draws k", KS, 4, play=True),
            Slider("p", "chance p that one sample is right", P_SLIDER, 0.1),
        ],
        axes={"objective": names, "k": KS, "p": p_grid.tolist()},
        grows="objective",
        tables={
            "weight": Table(("objective", "k", "p"), table("weight")),
            "value": Table(("objective", "k", "p"), table("value")),
            "spread": Table(("p",), p_grid * (1 - p_grid)),
        },
        panels=[
            Panel(
                "the factor on the gradient of p, at k = {k}",
                PROBABILITY,
                Axis("weight F'(p) (log)", 1e-3, 1000, scale="log"),
                [
                    Rule(role="pass@1", label="pass@1: weight 1", y=Number(1)),
                    *lines(weight),
                    *answer(Point(role="plug-in", x=p, y=Value("weight", objective="b"))),
                    Point(role="pass@k", x=p, y=Value("weight", objective="a"), drag="p"),
                ],
                name="Weight",
            ),
            Panel(
                "what is climbed, steep where the weight is large",
                PROBABILITY,
                Axis("objective F(p)", tight=True),
                lines(lambda which: Value("value", along="p", objective=which)),
                name="Objective",
            ),
            Panel(
                "what reaches one logit, weight times p(1 - p)",
                PROBABILITY,
                Axis("slope in the logit"),
                [
                    Line(role="pass@1", label="pass@1", x=x, y=Value("spread", along="p"), label_at=0.9),
                    *lines(lambda which: weight(which) * Value("spread", along="p")),
                ],
                name="Slope",
            ),
        ],
        readouts=[
            Readout("weight_a", Value("weight", objective="a"), absent="nothing at all", least=1e-30),
            Readout("weight_b", Value("weight", objective="b"), absent="nothing at all", least=1e-30),
        ],
        texts=[Text("about_a", "a", about(names)), Text("about_b", "b", about(names))],
        sentences=[
            "At p = {p}, k = {k}: {a} weighs {weight_a}, {b} weighs {weight_b}. {about_a} {about_b}",
        ],
        presets=[
            Preset(
                "solved prompts",
                {"a": "pass@k", "b": "maxrl", "k": 16, "p": 0.9},
                "pass@16 has left this prompt; maximum likelihood keeps weight 1/p, close to 1.",
            ),
            Preset(
                "two rare-prompt lovers",
                {"a": "log-pass@k", "b": "maxrl", "k": 8, "p": 0.01},
                "Near p = 0 log pass@k is log p plus a constant: both weigh 1/p. They part as p grows.",
            ),
            Preset(
                "standard deviation",
                {"a": "grpo", "b": "pass@k-training", "k": 4, "p": 0.95},
                "Dividing by the spread lifts both ends: GRPO weighs 1/sqrt(p(1 - p)), which grows without bound as p "
                "nears 0, and as it nears 1.",
            ),
        ],
        vote="Here is how {a} weighs a prompt, beside pass@1, at k = {k}. Which prompts does {b} weigh more than {a}, "
        "and which less?",
        source="Formulas and sources: passk_lab.objectives; objectives.overview() lists them.",
    )

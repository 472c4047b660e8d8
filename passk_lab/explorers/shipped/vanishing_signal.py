"""Explorer: where the signal of a group vanishes, at both ends of p."""

from typing import Any

import numpy as np

from passk_lab import metrics, objectives
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
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.grids import P_SLIDER
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._objectives import about, first_of, over_draws
from passk_lab.objectives import Objective

SIZES, KS = [2, 4, 8, 16, 32, 64], [1, 2, 4, 8, 16]
_FIRST = ("reinforce", "pass@1", "grpo", "pass@k", "pass@k-loo-1", "maxrl")
_FEW = 1e-5
"""Shares below it are not written out: of a hundred thousand groups less than one."""


def vanishing_signal(**state: Any) -> Explorer:
    """Explore both ends of p: silent groups, the slope in one logit, the signal-to-noise ratio of one group.

    Controls: group size `n`, draws `k`, `p`, and the `objective` whose ratio is drawn. Formulas:
    `objectives.silent_groups` and `objectives.gradient_moments`.

    >>> vanishing_signal(n=8, k=4, p=0.01).words.split(". ")[0]
    'Of groups of n = 8 at p = 0.01, 92.3 % are all wrong, less than 0.001 % all right, and 7.73 % mixed'
    """
    return Explorer(describe(), **state)


def describe() -> Description:
    """Describe it, as data, with the objectives there are now."""
    p_grid = np.unique(np.concatenate([P_SLIDER, np.geomspace(1e-3, 0.05, 12), np.linspace(0.05, 0.95, 28)]))
    shown = tuple(name for name in objectives.names() if not objectives.get(name).missing("credit"))
    groups = np.array([objectives.silent_groups(n, p_grid) for n in SIZES])
    blank = np.full(p_grid.size, np.nan)

    def ratio_of(objective: Objective) -> list[Any]:
        return [
            blank
            if objective.missing("credit", n)
            else objectives.gradient_moments(objective, n, p_grid).signal_to_noise
            for n in SIZES
        ]

    ratio = over_draws(shown, KS, (len(SIZES), p_grid.size), ratio_of)
    slope = np.array([metrics.weight_at_k(p_grid, k) * p_grid * (1 - p_grid) for k in KS])
    x, p = Coordinate("p"), ControlValue("p")
    log_p = Axis("chance p that one sample is right (log)", 1e-3, 1, scale="log")

    def share(table: str) -> Value:
        return Value(table, along="p")

    return Description(
        name="vanishing-signal",
        title="At both ends of p the signal of a group dies, for two different reasons",
        summary="How often a group is all wrong or all right, the slope of pass@k in one logit, and the "
        "signal-to-noise ratio of one group's gradient.",
        controls=[
            Slider("n", "samples n in a group", SIZES, 8),
            Slider("k", "draws k", KS, 4, play=True),
            Slider("p", "chance p that one sample is right", P_SLIDER, 0.01, play=True),
            Choice("objective", "objective", shown, "pass@k-loo-1", first=first_of(shown, *_FIRST)),
        ],
        axes={"objective": shown, "n": SIZES, "k": KS, "p": p_grid.tolist()},
        grows="objective",
        tables={
            "all wrong": Table(("n", "p"), groups[:, 0]),
            "all right": Table(("n", "p"), groups[:, 1]),
            "mixed": Table(("n", "p"), groups[:, 2]),
            "slope": Table(("k", "p"), slope),
            "strongest": Table(("k",), [1 / (k + 1) for k in KS]),
            "ratio": Table(("objective", "k", "n", "p"), ratio),
        },
        panels=[
            Panel(
                "{mixed} of those of {n} are mixed, the rest are silent",
                PROBABILITY,
                Axis("share of groups", 0, 1),
                [
                    *answer(
                        Line(role="wrong", label="all wrong", x=x, y=share("all wrong"), label_at=0.12),
                        Line(role="correct", label="all right", x=x, y=share("all right"), label_at=0.9),
                        Line(role="exact", label="mixed", x=x, y=share("mixed"), label_at=0.5),
                        Point(role="exact", x=p, y=Value("mixed"), drag="p"),
                    ),
                ],
                name="Groups",
            ),
            Panel(
                "of pass@{k} in one logit, largest at p = {strongest}",
                PROBABILITY,
                Axis("slope in the logit"),
                [
                    *answer(Rule(role="guide", label="1/(k + 1)", x=Value("strongest"))),
                    Line(role="pass@1", label="pass@1", x=x, y=Value("slope", along="p", k=1), label_at=0.75),
                    *answer(
                        Line(role="pass@k", label="pass@{k}", x=x, y=share("slope"), label_at=0.3),
                        Point(role="pass@k", x=p, y=Value("slope"), drag="p"),
                    ),
                ],
                name="Slope",
            ),
            Panel(
                "of one group; below 1 the noise wins",
                log_p,
                Axis("|mean| over standard deviation (log)", 1e-3, 100, scale="log"),
                [
                    Line(
                        role="pass@1", label="reinforce", x=x,
                        y=Value("ratio", along="p", objective="reinforce"), label_at=0.9,
                    ),
                    *answer(
                        Line(role="pass@k", label="{objective}", x=x, y=share("ratio"), label_at=0.35),
                        Point(role="pass@k", x=p, y=Value("ratio"), drag="p"),
                    ),
                ],
                name="Signal over noise",
            ),
        ],
        readouts=[
            percent("all_wrong", Value("all wrong"), least=_FEW),
            percent("all_right", Value("all right"), least=_FEW),
            percent("mixed", Value("mixed"), least=_FEW),
            Readout("slope", Value("slope"), least=1e-30),
            Readout("strongest", Value("strongest")),
            Readout("ratio", Value("ratio"), absent="nothing: there is no such table for these n and k", least=1e-30),
        ],
        texts=[Text("about", "objective", about(shown))],
        sentences=[
            "Of groups of n = {n} at p = {p}, {all_wrong} are all wrong, {all_right} all right, and {mixed} mixed.",
            "The slope of pass@{k} in one logit is {slope}; it is largest at p = {strongest}.",
            "{about} Signal over noise of one group under {objective}: {ratio}.",
        ],
        presets=[
            Preset(
                "a prompt hardly ever solved", {"n": 8, "k": 8, "p": 0.01, "objective": "pass@k-loo-1"},
                "Nine groups in ten are all wrong. The mean gradient has not vanished (pass@8 weighs it up), but "
                "it comes as a rare large step: the noise is three and a half times the signal.",
            ),
            Preset(
                "a prompt nearly solved", {"n": 8, "k": 4, "p": 0.95, "objective": "pass@k-loo-1"},
                "Here the weight itself is gone. Only groups with at most five right samples give any credit: six in a "
                "thousand.",
            ),
            Preset(
                "k makes no difference at 0", {"n": 16, "k": 1, "p": 0.001, "objective": "pass@k-loo-1"},
                "Now press ▶ beside draws k: the left end of the ratio hardly moves. Weighing up a rare success "
                "weighs up its noise as much.",
            ),
            Preset(
                "wrong samples that get credit", {"n": 16, "k": 8, "p": 0.1, "objective": "pass@k"},
                "Without a baseline a wrong sample shares in its group's success. At p = 0.1 that more than halves "
                "the ratio of pass@k-loo-1.",
            ),
        ],
        vote="Pass@{k} gives a prompt near p = 0 the weight {k}. Does that save the signal of groups of {n} there? And "
        "what is left of it near p = 1?",
        source="One-logit policy, exact: objectives.silent_groups, objectives.gradient_moments.",
    )  # fmt: skip

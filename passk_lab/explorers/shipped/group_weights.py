"""Explorer: the weight a group of n samples really puts on a prompt, and its credit table."""

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
from passk_lab.objectives import Objective

SIZES, KS = [2, 4, 8, 16, 32], [1, 2, 4, 8, 16]
_ROWS = [(n, c) for n in SIZES for c in range(n + 1)]
"""Rows of the credit tables of all SIZES, one under the other: a table of 2 travels with 3 rows, not with 33."""


def group_weights(**state: Any) -> Explorer:
    """Explore the weight that a group of n samples really puts on a prompt, beside the one its objective promises.

    Controls: the objective, group size `n`, draws `k`, and `p`. Formulas: `objectives.effective_weight`, and the
    credit tables themselves.

    >>> group_weights(objective="mean-centred", n=8, k=1, p=0.5).words.split(": ")[1]
    'mean-centred promises weight 1, the group gives 0.875, which is 87.5 % of it. mean-centred'
    """
    return Explorer(describe(), **state)


def describe() -> Description:
    """Describe it, as data, with the objectives there are now."""
    names = objectives.names(variants=True)
    p_grid = np.unique(np.concatenate([P_SLIDER, np.geomspace(1e-3, 0.05, 10), np.linspace(0.05, 0.95, 37)]))
    blank = np.full(p_grid.size, np.nan)

    def given_by(objective: Objective) -> list[Any]:
        return [
            blank if objective.missing("credit", n) else objectives.effective_weight(objective, n, p_grid)
            for n in SIZES
        ]

    weight = over_draws(names, KS, p_grid.shape, lambda o: blank if o.missing("weight") else o.weight(p_grid))
    given = over_draws(names, KS, (len(SIZES), p_grid.size), given_by)
    credit = over_draws(names, KS, (2, len(_ROWS)), _credit)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = given / weight[:, :, None]
    ratio[~(np.abs(ratio) < 1e30)] = np.nan  # the promise is then said to be "less than 1e-30", or is 0
    x, p, c = Coordinate("p"), ControlValue("p"), Value("c", along="row")
    dims = ("objective", "k", "n", "p")

    def credit_of(sample: str) -> Any:
        # "here" is 0 in the rows of n and NaN in those of other sizes, so that only the table of n is drawn.
        return Value(sample, along="row") + Value("here", along="row")

    return Description(
        name="group-weights",
        title="A group of n samples puts its own weight on a prompt, exactly computable for any rule",
        summary="The weight an objective promises and the weight its credit table gives in groups of n, their ratio, "
        "and the table itself.",
        controls=[
            Choice("objective", "objective", names, "pass@k-training", first=first_of(names)),
            Slider("n", "samples n in a group", SIZES, 8, play=True),
            Slider("k", "draws k", KS, 4),
            Slider("p", "chance p that one sample is right", P_SLIDER, 0.1),
        ],
        axes={"objective": names, "n": SIZES, "k": KS, "p": p_grid.tolist(), "row": list(range(len(_ROWS)))},
        grows="objective",
        tables={
            "weight": Table(("objective", "k", "p"), weight),
            "ratio": Table(dims, ratio),
            "given": Table(dims, given),
            "c": Table(("n", "row"), [[c if of == n else np.nan for of, c in _ROWS] for n in SIZES]),
            "here": Table(("n", "row"), [[0 if of == n else np.nan for of, _ in _ROWS] for n in SIZES]),
            "right": Table(("objective", "k", "row"), credit[:, :, 0]),
            "wrong": Table(("objective", "k", "row"), credit[:, :, 1]),
        },
        panels=[
            Panel(
                "what is promised, and what groups of {n} give",
                PROBABILITY,
                Axis("weight on the prompt (log)", 1e-3, 1000, scale="log"),
                [
                    Line(role="exact", label="promised: F'(p)", x=x, y=Value("weight", along="p"), label_at=0.3),
                    *answer(
                        Line(role="pass@k", label="group of {n}", x=x, y=Value("given", along="p"), label_at=0.7),
                        Point(role="pass@k", x=p, y=Value("given"), drag="p"),
                    ),
                ],
                name="Weight",
            ),
            Panel(
                "given over promised, 1 where the table is unbiased",
                PROBABILITY,
                Axis("given over promised", 0, 1.5),
                [
                    Rule(role="exact", label="unbiased", y=Number(1)),
                    *answer(
                        Line(role="pass@k", label="{objective}", x=x, y=Value("ratio", along="p"), label_at=0.5),
                        Point(role="pass@k", x=p, y=Value("ratio"), drag="p"),
                    ),
                ],
                name="Ratio",
            ),
            Panel(
                "what each sample gets if c of {n} are right",
                Axis("right samples c", 0),
                Axis("credit of one sample"),
                [
                    Line(role="correct", label="right sample", x=c, y=credit_of("right"), label_at=0.1),
                    Line(role="wrong", label="wrong sample", x=c, y=credit_of("wrong"), label_at=0.1),
                ],
                name="Credit",
            ),
        ],
        readouts=[
            Readout("weight", Value("weight"), absent="nothing", least=1e-30),
            Readout("given", Value("given"), absent="nothing (see below)", least=1e-30),
            Readout("ratio", Value("ratio"), scale=100, form="which is {} % of it", absent="so there is no ratio"),
        ],
        texts=[Text("about", "objective", _needs(names))],
        sentences=[
            "In groups of n = {n}, k = {k}, at p = {p}: {objective} promises weight {weight}, the group gives {given}, "
            "{ratio}. {about}"
        ],
        presets=[
            Preset(
                "centring leaves 1 - k/n",
                {"objective": "pass@k-training-raw", "n": 8, "k": 2, "p": 0.1},
                "PKPO's plain credit (pass@k) less the group's own mean, over k: the ratio is flat at 3/4. Centring "
                "takes exactly k/n of this one away, and at n = k all.",
            ),
            Preset(
                "then divide by the spread",
                {"objective": "pass@k-training", "n": 16, "k": 8, "p": 0.6},
                "Now the ratio depends on p: hard prompts and easy ones lose most.",
            ),
            Preset(
                "MaxRL sees n terms",
                {"objective": "maxrl", "n": 8, "k": 1, "p": 0.02},
                "1/p cannot be had from 8 samples: at p = 0.02 the group gives 7.5 of 50.",
            ),
            Preset(
                "an unbiased table",
                {"objective": "pass@k-loo-1", "n": 16, "k": 8, "p": 0.05},
                "Only right samples with few right companions get credit, and the ratio is 1 everywhere.",
            ),
        ],
        vote="Here is the weight that {objective} promises, and the credit that each sample gets. In groups of {n}, do "
        "prompts get that weight, or more, or less? At which p?",
        source="w_n(p) = E[A+(j + 1) - A-(j)], j ~ Bin(n - 1, p): objectives.effective_weight, exact for any policy.",
    )


def _credit(objective: Objective) -> Any:
    """Give the credit of a right and of a wrong sample in every row; NaN where there is no such sample, or no table."""
    out = np.full((2, len(_ROWS)), np.nan)
    for n in SIZES:
        if not objective.missing("credit", n):
            table, first = objective.credit(n), _ROWS.index((n, 0))
            out[0, first + 1 : first + n + 1], out[1, first : first + n] = table.correct[1:], table.wrong[:-1]
    return out


def _needs(names: tuple[str, ...]) -> dict[str, str]:
    """Say what `about` says, and which groups an objective takes."""
    out = about(names)
    for name in names:
        objective = objectives.get(name)
        if objective.only is not None:
            out[name] += " It takes groups of n = k only."
        elif objectives.entry(name).draws and objective.least > 1:
            least = objectives.with_draws(name, 4).least
            out[name] += {4: " It needs n >= k.", 5: " It needs n > k."}.get(least, f" It needs n >= {least}.")
    return out

"""Explorer: which unbiased estimate of the pass@k gradient has the least variance."""

from typing import Any

import numpy as np

from passk_lab import objectives
from passk_lab.explorers.description import (
    PROBABILITY,
    Axis,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Tiles,
    answer,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer

RIVALS = {"pass@k": "pass@k", "pass@k-loo": "before", "pass@k-loo-1": "exact", "pass@k-centred": "gap"}
"""Unbiased tables of one and the same gradient, and the role each is drawn in."""
SIZES, KS = [4, 8, 16, 32], [2, 3, 4, 6, 8, 12, 16, 24, 32]


def least_variance(**state: Any) -> Explorer:
    """Explore which unbiased estimate of the pass@k gradient has the least variance, over p, k and n.

    Controls: group size `n`, draws `k` and `p`. One-logit policy: `objectives.gradient_moments`.

    >>> least_variance(n=8, k=2, p=0.3).words.split(". ")[0]
    'Groups of n = 8, k = 2, p = 0.3: the least variance has pass@k-centred'
    """
    return Explorer(describe(), **state)


def describe() -> Description:
    """Describe it, as data, with the tables there are now."""
    p_grid = np.arange(1, 100) / 100
    variance = np.full((len(RIVALS), len(SIZES), len(KS), p_grid.size), np.nan)
    for i, name in enumerate(RIVALS):
        for j, n in enumerate(SIZES):
            for m, k in enumerate(KS):
                objective = objectives.get(name, k=k)
                if not objective.missing("credit", n):
                    variance[i, j, m] = objectives.gradient_moments(objective, n, p_grid).variance
    there = ~np.isnan(variance).all(axis=0)
    winner = np.where(there, np.argmin(np.where(np.isnan(variance), np.inf, variance), axis=0), np.nan)
    x, p, names = Coordinate("p"), ControlValue("p"), tuple(RIVALS)
    slider = [0.01, 0.02, *(np.arange(5, 100, 5) / 100).tolist(), 0.98, 0.99]
    plain, *others = (
        Line(role=role, label=name, x=x, y=Value("variance", along="p", estimate=name), label_at=0.2 + 0.2 * i)
        for i, (name, role) in enumerate(RIVALS.items())
    )
    wins = [np.where(winner == i, 1.0, np.nan) for i in range(len(names))]
    return Description(
        name="least-variance",
        title="Four unbiased estimates of one gradient, and none has the least variance everywhere",
        summary="A map over p and k of the estimate with the least variance, and the four variances over p.",
        controls=[
            Slider("n", "samples n in a group", SIZES, 8, play=True),
            Slider("k", "draws k", KS, 2),
            Slider("p", "chance p that one sample is right", slider, 0.3),
        ],
        axes={"estimate": names, "n": SIZES, "k": KS, "p": p_grid.tolist()},
        tables={
            "winner": Table(("n", "k", "p"), winner),
            "variance": Table(("estimate", "n", "k", "p"), variance),
            **{f"wins {name}": Table(("n", "k", "p"), won) for name, won in zip(names, wins, strict=True)},
        },
        panels=[
            Panel(
                "which of the four varies least in groups of {n}",
                PROBABILITY,
                Axis("draws k", 2, 32, scale="log2"),
                [
                    *answer(
                        Tiles(
                            role="guide", x=x, y=Coordinate("k"), z=Value("winner", along="p", across="k"),
                            kinds=tuple(RIVALS.items()),
                        ),
                    ),
                    Point(role="exact", x=p, y=ControlValue("k"), drag="p"),
                ],
                name="Map",
            ),
            Panel(
                "of the four at k = {k}",
                PROBABILITY,
                Axis("variance of one group's gradient (log)", 1e-4, 1, scale="log"),
                [
                    plain,
                    *answer(*others),
                    Rule(role="guide", x=p, drag="p"),
                ],
                name="Variances",
            ),
        ],
        readouts=[
            *(
                Readout(f"variance_{i}", Value("variance", estimate=name), absent="none (no such table)", least=1e-30)
                for i, name in enumerate(names)
            ),
            *(Readout(f"wins_{i}", Value(f"wins {name}"), form=name, absent="") for i, name in enumerate(names)),
        ],
        sentences=[
            "Groups of n = {n}, k = {k}, p = {p}: the least variance has "
            + "".join(f"{{wins_{i}}}" for i in range(len(names)))
            + ". Variances: " + ", ".join(f"{name} {{variance_{i}}}" for i, name in enumerate(names)) + "."
        ],
        presets=[
            Preset("rare successes", {"n": 8, "k": 2, "p": 0.05}, "All four are close; pass@k-loo is ahead by a "
                   "nose."),
            Preset("where the order turns", {"n": 8, "k": 2, "p": 0.3}, "pass@k-centred is ahead of pass@k-loo-1 here, "
                   "and behind it from p = 0.35 on."),
            Preset("k close to n", {"n": 4, "k": 3, "p": 0.3}, "The baseline of pass@k-loo has one set of the others "
                   "left, and up to p = 0.52 it is the noisiest of the four. In larger groups plain pass@k is, at "
                   "nearly every p."),
        ],
        vote=f"Of {', '.join(names[:-1])} and {names[-1]}, all without bias, which has the least variance in groups of "
        "{n}, at k = {k} and p = {p}? Does it at every p?",
        source="One-logit policy, exact: objectives.gradient_moments. For several wrong answers: Bandit.group_update.",
    )  # fmt: skip

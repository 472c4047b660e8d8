"""What every objective has to pass, the lab's own and those you register: slope, limits, table, effective weight."""

from __future__ import annotations

import math
from collections.abc import Iterator
from fractions import Fraction as F
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np

from passk_lab import needs
from passk_lab.exact.derivations import oracles
from passk_lab.exact.derivations.definitions import DEFINITIONS
from passk_lab.exact.derivations.derivation import Ledger, Row, numbers
from passk_lab.objectives import Face, Missing, Objective, effective_weight, entry, get, with_draws

P = (1e-6, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1 - 1e-4, 1 - 1e-6)
DRAWS = (1, 2, 4, 7)
SIZES = (2, 3, 5, 6)
_EXACT_P = (F(1, 50), F(3, 10), F(9, 10))


@cache
def _high_precision() -> SimpleNamespace:
    """The functions a formula may use, in mpmath: to look at its limits from 10^-60 away, where floats cannot go."""
    import mpmath

    same = {name: getattr(mpmath, name) for name in ("log1p", "expm1", "exp", "log", "sqrt", "sin", "cos")}
    # `where` is asked about one number at a time.
    return SimpleNamespace(**same, arctan2=mpmath.atan2, where=lambda condition, yes, no: yes if condition else no)


def check_objective(name: str) -> Ledger:
    """Check one objective by name, at several draws and group sizes; a face it does not have is passed over."""
    needs.check(needs.CHECKS)
    rows: list[Row] = []
    for objective in _versions(name):
        rows += _slope(objective)
        rows += _limits(objective)
        rows += _tables(objective, entry(name).name)
    return Ledger(tuple(rows))


def _versions(name: str) -> list[Objective]:
    found: dict[str, Objective] = {}
    for k in DRAWS:
        try:
            objective = with_draws(name, k)
        except ValueError:  # a value of k this variant refuses, such as a deviation of one sample
            continue
        found.setdefault(objective.label, objective)
    return list(found.values()) or [get(name)]


def _slope(objective: Objective) -> Iterator[Row]:
    """Weight against float64 autograd of the value."""
    if isinstance(objective.F, Missing) or isinstance(objective.slope, Missing):
        return
    import torch

    inside = objective.F.inside
    for p in P:
        slope = oracles.grad(lambda t: inside(torch, t), p)
        yield Row(objective.label, f"weight at p = {p:.6g}", "autograd", (objective.weight(p),), numbers(slope), 1e-10)


def _limits(objective: Objective) -> Iterator[Row]:
    """The numbers given for the two ends against the formula a hair's breadth inside, in high precision."""
    for what, face in (("value", objective.F), ("weight", objective.slope)):
        if isinstance(face, Missing):
            continue
        for end, stated in ((0, face.at_zero), (1, face.at_one)):
            yield Row(
                objective.label, f"{what} at p = {end}", "limit", (_as_limit(stated),), (_approach(face, end),), 1e-12
            )  # fmt: skip


_FAR = 1e30
"""How a limit that is not finite is written in a row."""


def _as_limit(stated: float) -> float:
    return stated if math.isfinite(stated) else math.copysign(_FAR, stated)


def _approach(face: Face, end: int) -> float:
    import mpmath

    with mpmath.workdps(400):
        # Twice as many digits away: what converges stays, what diverges, if only like log p, is twice as far.
        near, nearer = (face.inside(_high_precision(), abs(end - mpmath.mpf(10) ** -d)) for d in (60, 120))
        near, nearer = mpmath.mpf(near), mpmath.mpf(nearer)
        if abs(nearer) > 1.5 * abs(near) and abs(nearer) > 100:
            return math.copysign(_FAR, float(mpmath.sign(nearer)))
        return float(nearer) if abs(nearer) > 1e-18 else 0.0


def _tables(objective: Objective, rule_name: str) -> Iterator[Row]:
    if isinstance(objective.table, Missing):
        return
    rule = DEFINITIONS.get(rule_name)
    for n in [objective.only] if objective.only else SIZES:
        if objective.missing("credit", n) or n > max(SIZES) + 1:
            continue
        credit = objective.credit(n)
        size = max(np.abs(credit.correct).max(), np.abs(credit.wrong).max())
        if rule is not None:
            yield _definition(objective, credit, rule, n)
        table = [[F(float(a)) for a in side] for side in (credit.correct, credit.wrong)]

        def by_table(rewards: list[int], table: Any = table) -> list[F]:
            c = sum(rewards)
            return [table[0][c] if r else table[1][c] for r in rewards]

        case = f"group weight, n = {n}"
        mine = tuple(effective_weight(objective, n, float(p)) for p in _EXACT_P)
        other = numbers([oracles.group_weight(p, by_table, n) for p in _EXACT_P])
        # Relative to the largest credit: a subtraction of two floats cannot know more.
        scale = max(max(map(abs, other)), 1e-300)
        yield Row(objective.label, case, "enumeration", mine, other, 1e-10 * max(size / scale, 1.0))
        ends = (table[0][1] - table[1][0], table[0][n] - table[1][n - 1])
        yield Row(
            objective.label, f"{case}, p = 0 and 1", "by hand",
            (effective_weight(objective, n, 0.0), effective_weight(objective, n, 1.0)), numbers(ends),
            1e-10 * max(size / max(*map(abs, numbers(ends)), 1e-300), 1.0),
        )  # fmt: skip
        if objective.unbiased:
            weights = tuple(objective.weight(float(p)) for p in _EXACT_P)
            yield Row(objective.label, f"{case}: unbiased", "weight", mine, weights, 1e-12)


def _definition(objective: Objective, credit: Any, rule: Any, n: int) -> Row:
    """Table against the rule of its paper, on one group for every c."""
    mine: list[float] = []
    said: list[float] = []
    for c in range(n + 1):
        rewards = [1] * c + [0] * (n - c)
        by_rule = numbers(rule(rewards, **{**entry(objective.name).parameters, **objective.parameters}))
        said += by_rule
        mine += [credit.correct[c] if r else credit.wrong[c] for r in rewards]
    return Row(objective.label, f"table, n = {n}", "definition", tuple(mine), tuple(said), 1e-12)

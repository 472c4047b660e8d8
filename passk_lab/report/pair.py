"""Two models on the problems they share: matched by id, at equal numbers of samples."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Floats, Ints
from passk_lab.readers.evaluation import Evaluation
from passk_lab.report.errors import Lead, leads
from passk_lab.report.estimates import Curve, Estimate, compared_ks, counts_of, curve, mean, of_problems, shown_ks


@dataclass(frozen=True)
class Matching:
    """Which problems of the two are the same, by their ids."""

    problems: tuple[str, ...]
    """In both, in the order of the model's files."""
    only_model: tuple[str, ...]
    only_base: tuple[str, ...]
    alike: tuple[tuple[str, str], ...]
    """Ids of the model and of the base that would be one but for case, blanks or leading zeros: not matched."""


@dataclass(frozen=True)
class Solved:
    """Who solves what, at as many samples of each problem as both models have: expected over the draw of these."""

    gained: Estimate
    """Share of problems solved by the model and not by the base."""
    lost: Estimate
    both: Estimate
    neither: Estimate
    gain: Floats
    """Chance per common problem that it is counted as gained; `loss` likewise."""
    loss: Floats


@dataclass(frozen=True)
class Pair:
    """The model read against the base."""

    matching: Matching
    n: Ints
    """Samples of the model per common problem, and how many were right; then of the base."""
    c: Ints
    n_base: Ints
    c_base: Ints
    curve: Curve
    """pass@k of the model on the common problems, up to the common n; then of the base."""
    curve_base: Curve
    comparison: metrics.Comparison
    """a is the base and b the model: difference, its band over all k, crossing."""
    solved: Solved
    leads: tuple[Lead, ...]
    """At k = 1 and at the largest k: on how few accepted samples each hangs."""
    by_c: Ints
    """How many problems have which c/n of the base (rows) and of the model (columns), by `bins`."""
    bins: tuple[str, ...]

    @property
    def last(self) -> int:
        """The largest k that all common problems allow."""
        return int(self.comparison.ks[-1])

    def band_at(self, k: int) -> tuple[float, float]:
        """The band of the difference at one of the k compared."""
        (i,) = np.flatnonzero(self.comparison.ks == k)
        return float(self.comparison.interval.low[i]), float(self.comparison.interval.high[i])


def match(model: Evaluation, base: Evaluation) -> Matching:
    """Match problems by their ids, and say which look as if they were meant to be the same."""
    of_base = set(base.problems)
    of_model = set(model.problems)
    common = tuple(problem for problem in model.problems if problem in of_base)
    only_model = tuple(problem for problem in model.problems if problem not in of_base)
    only_base = tuple(problem for problem in base.problems if problem not in of_model)
    plain = {_plain(problem): problem for problem in only_base}
    alike = tuple((problem, plain[_plain(problem)]) for problem in only_model if _plain(problem) in plain)
    return Matching(common, only_model, only_base, alike)


def _plain(problem: str) -> str:
    text = " ".join(problem.casefold().split())
    return text.lstrip("0") or "0" if text.isdecimal() else text


def pair(
    model: Evaluation, base: Evaluation, ks: Any, level: float, groups: Mapping[str, Any] | None, seed: int
) -> Pair:
    """Compare the model with the base on their common problems; there must be two at least."""
    matching = match(model, base)
    (n, c), (n_base, c_base) = (counts_of(one, matching.problems) for one in (model, base))
    labels = of_problems(groups, matching.problems)
    least = int(min(n.min(), n_base.min()))
    shown = shown_ks(least, ks)
    return Pair(
        matching=matching,
        n=n,
        c=c,
        n_base=n_base,
        c_base=c_base,
        curve=curve(n, c, shown, level, labels),
        curve_base=curve(n_base, c_base, shown, level, labels),
        comparison=metrics.compare(
            n_base, c_base, n, c, compared_ks(least) if ks is None else shown, level, seed, groups=labels
        ),
        solved=solved(n, c, n_base, c_base, level, labels),
        leads=leads(n, c, n_base, c_base, int(shown[-1])),
        by_c=_table(n, c, n_base, c_base),
        bins=BINS,
    )


def solved(n: Ints, c: Ints, n_base: Ints, c_base: Ints, level: float, labels: Any) -> Solved:
    r"""Return who is expected to solve what with m = min(n, n_base) samples of each problem.

    .. math:: \text{gained} = \frac1P \sum_i \hat\rho(n_i, c_i, m_i)\,\bigl(1 - \hat\rho(n'_i, c'_i, m_i)\bigr)

    >>> eight = np.array([8, 8])
    >>> solved(eight, np.array([1, 0]), eight, np.array([0, 0]), 0.95, None).gained.estimate
    0.5
    """
    draws = np.minimum(n, n_base)
    mine, other = (np.asarray(metrics.pass_at_k(*arm, draws)) for arm in ((n, c), (n_base, c_base)))
    gain, loss = mine * (1 - other), other * (1 - mine)
    return Solved(
        gained=mean(gain, level, labels),
        lost=mean(loss, level, labels),
        both=mean(mine * other, level, labels),
        neither=mean((1 - mine) * (1 - other), level, labels),
        gain=gain,
        loss=loss,
    )


BINS = ("0", "up to 1/4", "up to 1/2", "up to 3/4", "below 1", "1")
"""Of c/n, each without what stands before it."""


def _table(n: Ints, c: Ints, n_base: Ints, c_base: Ints) -> Ints:
    table = np.zeros((len(BINS), len(BINS)), np.int64)
    np.add.at(table, (_bin(n_base, c_base), _bin(n, c)), 1)
    return table


def _bin(n: Ints, c: Ints) -> Ints:
    return np.where(c == 0, 0, np.where(c == n, len(BINS) - 1, np.clip(-(-4 * c // n), 1, 4)))

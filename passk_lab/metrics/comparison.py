"""Two models on the same problems: curves, their difference with a band, where a crossing is shown, who solved what."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._units import Units, at_least_two, grouped, one_each
from passk_lab.metrics.bounded_mean import Interval, freedom, padded_t, residuals
from passk_lab.metrics.curves import along_k, every_k, pass_at_k_curve

Seed = int | np.random.Generator
Runs = tuple[tuple[int, int], ...]
_TIE = 1e-12


@dataclass(frozen=True)
class Crossover:
    """Whether one curve is surely ahead at some k and the other at others, and where between them the order turns."""

    k: int | None
    """The first k at which, in these samples, the curve that starts lower is on top; None where that never happens."""
    shown: bool
    """Whether the band of the difference leaves zero on both sides. Where not, a turn at `k` may well be chance."""
    low: int | None
    """First and last k at which the true order may turn (Fieller's set between the sure ends); None unless shown."""
    high: int | None
    a_ahead: Runs
    """Where a is surely ahead: runs (first k, last k) among the k compared, all of them sure together."""
    b_ahead: Runs
    starts_lower: str
    """"a" or "b": the curve that is lower at the first k at which they differ; "" if they never differ."""
    last: int
    """The largest k compared. Nothing is known of what comes after it."""

    def __str__(self) -> str:
        beyond = f"beyond k = {self.last} nothing is visible"
        sure = [f"{which} surely ahead at {_spoken(runs)}" for which, runs in self._sure() if runs]
        if self.shown:
            return f"crossing at k = {self.k} [{self.low}, {self.high}]; {', '.join(sure)}; {beyond}"
        ahead = ", ".join(sure) or "neither is surely ahead at any k"
        turn = "" if self.k is None else f" (the order in these samples turns at k = {self.k}, which may be chance)"
        return f"{ahead}; a crossing is not shown{turn}; {beyond}"

    def _sure(self) -> list[tuple[str, Runs]]:
        return sorted((("a", self.a_ahead), ("b", self.b_ahead)), key=lambda both: both[1][:1] or ((self.last + 1, 0),))


@dataclass(frozen=True)
class Comparison:
    """Two pass@k curves over the same problems, b read against a."""

    ks: Ints
    curve_a: Floats
    curve_b: Floats
    interval_a: Interval
    """For each k by itself, over the population: method "t" of `curve_interval`."""
    interval_b: Interval
    difference: Floats
    """b minus a, for each k."""
    interval: Interval
    """Band of the difference: it holds the population's difference at all k together."""
    crossover: Crossover
    only_a: Ints
    """Problems (positions) with a correct sample from a and none from b, at equal numbers of samples."""
    only_b: Ints
    both: Ints
    neither: Ints
    level: float

    def __str__(self) -> str:
        first, last = self.ks[0], self.ks[-1]
        return (
            f"k = {first}: a {self.curve_a[0]:.3f}, b {self.curve_b[0]:.3f}; "
            f"k = {last}: a {self.curve_a[-1]:.3f}, b {self.curve_b[-1]:.3f}; {self.crossover}; "
            f"solved by a only {len(self.only_a)}, b only {len(self.only_b)}, both {len(self.both)}, "
            f"neither {len(self.neither)}"
        )


def compare(
    n_a: Any,
    c_a: Any,
    n_b: Any,
    c_b: Any,
    ks: Any = None,
    level: float = 0.95,
    seed: Seed = 0,
    resamples: int = 10_000,
    groups: Any = None,
) -> Comparison:
    r"""Compare the pass@k of two models, paired by problem.

    .. math:: \bar d(k) \pm q\, \widehat{\text{se}}(k), \qquad
        P\Bigl(\max_k |Z_k| \Big/ \sqrt{\chi^2_{P-1}/(P-1)} \le q\Bigr) = \text{level}, \quad Z \sim N(0, R)

    The band holds the difference over the population at every k together (max-t): the curves are read along k, and
    twenty intervals of 95 % are not a band of 95 %. Mean, standard error and the correlation R between different k come
    from the differences of the problems and of two more, at +1 and at -1: what a few problems have not shown may yet be
    there.

    A crossing is a finding where the band is above zero at some k and below it at another; where it may lie is
    Fieller's set {k : |d| <= t se} between the two, and one step more on each side. Otherwise the answer is that none
    is shown, which is no word against one: least of all beyond the last k. How often the band covers, and how often two
    halves of one model's samples differ by it, was measured: `docs/intervals.md`. Figure 2 of arXiv 2504.13837 is such
    a comparison.

    Parameters
    ----------
    n_a, c_a, n_b, c_b : array_like of int, one entry per problem, in the same order
        Samples and correct samples of model a and of model b. n may be one number for all. Where a problem has more
        samples of one model, as many as the other has are drawn from them before it is said who solved it.
    ks : array_like of int, increasing, 1 <= k <= min n, or None
        Which draws; None means every k both models allow. The band holds at these, and a crossing is only seen there.
    level : float in (0, 1)
        Confidence of all intervals.
    seed : int or numpy Generator
        Of the draws below. Same seed, same band.
    resamples : int >= 100
        Draws of Z for the critical value q.
    groups : array_like of labels, one per problem, or None
        Problems under one label were drawn together (copies, families, seeds): they count as one.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the two models do not have the same number of problems, or counts, k or groups are impossible.

    Examples
    --------
    a is sure of half of the problems and blind to the others; b is right once in four on all of them. Of four such
    problems little is to be learnt, of four hundred a crossing:

    >>> found = compare(4, [4, 4, 0, 0], 4, [1, 1, 1, 1])
    >>> found.difference.round(2), found.crossover.k, found.crossover.shown
    (array([-0.25,  0.  ,  0.25,  0.5 ]), 3, False)
    >>> print(compare(4, [4, 4, 0, 0] * 100, 4, [1, 1, 1, 1] * 100).crossover)
    crossing at k = 3 [1, 3]; a surely ahead at k = 1, b surely ahead at k = 3 to 4; beyond k = 4 nothing is visible
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    arms = [_arm(which, n, c) for which, n, c in (("a", n_a, c_a), ("b", n_b, c_b))]
    (n_a, c_a), (n_b, c_b) = arms
    if n_a.size != n_b.size:
        raise ValueError(
            f"a pairing needs the same problems on both sides, but a has {n_a.size} and b has {n_b.size}. "
            "Join the two tables on the problem's name first."
        )
    shortest = np.minimum(n_a, n_b)
    ks = every_k(shortest) if ks is None else np.atleast_1d(arguments.whole("k", ks, least=1))
    arguments.draws(shortest, ks.max())
    if (np.diff(ks) <= 0).any():
        raise ValueError(f"ks must increase, so that a first crossing means something, but got {ks.tolist()}.")
    level, resamples = arguments.level(level), _enough(resamples)
    generator = arguments.generator(seed)

    kinds, units = _kinds_and_units(np.stack([n_a, c_a, n_b, c_b]), groups)
    at_least_two(units)
    mean, error, ends, left, factor = _along_k(kinds, units, ks, level)
    half = critical_value(left, factor, freedom(units, added=False), level, resamples, generator) * error
    curve_a, curve_b = pass_at_k_curve(n_a, c_a, ks), pass_at_k_curve(n_b, c_b, ks)
    difference = curve_b - curve_a

    solved_a, solved_b = (_as_if_drawn(n, c, shortest, generator) > 0 for n, c in arms)
    return Comparison(
        ks=ks,
        curve_a=curve_a,
        curve_b=curve_b,
        interval_a=Interval(*ends[:2]),
        interval_b=Interval(*ends[2:]),
        difference=difference,
        interval=Interval(np.maximum(mean - half, -1.0), np.minimum(mean + half, 1.0)),
        crossover=crossing(ks, difference, mean, error, half, freedom(units, added=False), level),
        only_a=np.flatnonzero(solved_a & ~solved_b),
        only_b=np.flatnonzero(solved_b & ~solved_a),
        both=np.flatnonzero(solved_a & solved_b),
        neither=np.flatnonzero(~solved_a & ~solved_b),
        level=level,
    )


def _arm(which: str, n: Any, c: Any) -> tuple[Ints, Ints]:
    n, c = arguments.counts(n, c)
    if c.ndim > 1 or n.ndim > 1:
        raise ValueError(f"model {which}: give one entry per problem (one axis), not an array of shape {c.shape}.")
    n, c = np.broadcast_arrays(np.atleast_1d(n), c)
    return n, c


def _enough(resamples: Any) -> int:
    if isinstance(resamples, bool) or not isinstance(resamples, int | np.integer) or not 100 <= resamples <= 10**6:
        raise ValueError(
            f"resamples = {arguments.short(resamples)} will not do; use a whole number from 100 to 1,000,000 (10,000 "
            "is usual)."
        )
    return int(resamples)


def _kinds_and_units(counts: Ints, groups: Any) -> tuple[Ints, Units]:
    """Columns (n_a, c_a, n_b, c_b), each kind once where problems stand alone, and the units they make up."""
    if groups is not None:
        return counts, grouped(groups, counts.shape[1])
    kinds, how_many = np.unique(counts, axis=1, return_counts=True)
    return kinds, one_each(how_many)


_LOOKED_AT = 32


def _along_k(kinds: Ints, units: Units, ks: Ints, level: float) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Mean and standard error of the difference for each k, ends of both curves, residuals at some k and their weights.

    One k after another, so that no table of problems by k is ever held.
    """
    mean, error = np.empty((2, ks.size))
    ends = np.empty((4, ks.size))
    some = set(np.unique(np.geomspace(1, ks.size, _LOOKED_AT).round().astype(int) - 1).tolist())
    kept, factor = [], np.empty(0)
    n_a, c_a, n_b, c_b = kinds
    for i, (a, b) in enumerate(zip(along_k(n_a, c_a, ks), along_k(n_b, c_b, ks), strict=True)):
        total_a, total_b = units.totals(a), units.totals(b)
        mean[i], left, factor = residuals(total_b - total_a, units, (-1.0, 1.0))
        error[i] = np.sqrt(left**2 @ factor)
        ends[:2, i] = padded_t(total_a, units, level)
        ends[2:, i] = padded_t(total_b, units, level)
        if i in some:
            kept.append(left)
    return mean, error, ends, np.stack(kept), factor


def critical_value(
    left: Floats, factor: Floats, freedom: float, level: float, draws: int, generator: np.random.Generator
) -> float:
    """Quantile of the largest |t| over the rows of `left`, which are correlated as their residuals are."""
    covariance = (left * factor) @ left.T
    error = np.sqrt(np.diag(covariance))
    values, vectors = np.linalg.eigh(covariance / np.outer(error, error))
    z = generator.standard_normal((draws, values.size)) @ (vectors * np.sqrt(np.maximum(values, 0.0))).T
    with np.errstate(divide="ignore", over="ignore"):
        t = np.abs(z).max(axis=1) / np.sqrt(generator.chisquare(freedom, draws) / freedom)
    return float(np.quantile(t, level))


def length(left: Floats, factor: Floats) -> float:
    """Length of the path on the unit sphere along the rows of `left`, in radians: cosines are correlations."""
    weighted = left * np.sqrt(factor)
    unit = weighted / np.linalg.norm(weighted, axis=-1, keepdims=True)
    # From the chord and not from the cosine, which has no digits left where neighbours are close.
    return float((2 * np.arcsin(np.minimum(np.linalg.norm(np.diff(unit, axis=-2), axis=-1) / 2, 1.0))).sum())


def critical_bound(length: Any, freedom: float, level: float) -> Any:
    r"""Critical value without a draw, never too small: for a path of this length on the sphere.

    .. math:: P\Bigl(\max_k |t_k| > q\Bigr) \le P(|t_\nu| > q)
        + \frac{\text{length}}{\pi} \Bigl(1 + \frac{q^2}{\nu}\Bigr)^{-\nu/2}

    Naiman (1986); for a smooth path nearly an equality.
    """
    from scipy.special import stdtr

    low, high = np.zeros(np.shape(length)), np.full(np.shape(length), 1e3)
    for _ in range(60):
        middle = (low + high) / 2
        chance = 2 * stdtr(freedom, -middle) + length / np.pi * (1 + middle**2 / freedom) ** (-freedom / 2)
        low, high = np.where(chance > 1 - level, middle, low), np.where(chance > 1 - level, high, middle)
    return arguments.plain(high)


def crossing(
    ks: Ints, difference: Floats, mean: Floats, error: Floats, half: Floats, freedom: float, level: float
) -> Crossover:
    """Read a crossing off the curves and the band of their difference."""
    from scipy.special import stdtrit

    sure = np.where(mean > half, 1, np.where(mean < -half, -1, 0))
    signs = np.flatnonzero(sure)
    turns = [(i, j) for i, j in pairwise(signs) if sure[i] != sure[j]]
    apart = np.abs(difference) > _TIE
    first = int(np.sign(difference[apart.argmax()])) if apart.any() else 0
    low = high = None
    from_k = 0
    if turns:
        maybe = np.abs(mean) <= stdtrit(freedom, (1 + level) / 2) * error
        between = np.concatenate([np.arange(i + 1, j) for i, j in turns])
        between = between[maybe[between]] if between.size else between
        if between.size == 0:  # the sign turns between two neighbours
            low, high = int(ks[turns[0][0]]), int(ks[turns[-1][1]])
        else:
            low, high = int(ks[between[0] - 1]), int(ks[between[-1] + 1])
        first, from_k = int(sure[turns[0][0]]), int(turns[0][0])
    turned = first_crossing(-first * difference[from_k:], ks[from_k:])
    return Crossover(
        k=int(turned) if np.isfinite(turned) else None,
        shown=bool(turns),
        low=low,
        high=high,
        a_ahead=_runs(ks, sure < 0),
        b_ahead=_runs(ks, sure > 0),
        starts_lower={1: "a", -1: "b", 0: ""}[first],
        last=int(ks[-1]),
    )


def first_crossing(lead: Floats, ks: Ints) -> Any:
    """First k (last axis) at which the lead of the curve that starts lower is positive; inf where it never is.

    Sums of a few hundred float64 differ in the last digits with their order, so a lead below 1e-12 is a tie.
    """
    ahead = lead > _TIE
    return np.where(ahead.any(axis=-1), ks[ahead.argmax(axis=-1)], np.inf)


def _runs(ks: Ints, there: Any) -> Runs:
    """First and last k of each stretch of neighbours that are marked."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], there.astype(int), [0]])))
    return tuple((int(ks[i]), int(ks[j - 1])) for i, j in edges.reshape(-1, 2))


def _spoken(runs: Runs) -> str:
    return "k = " + " and ".join(str(i) if i == j else f"{i} to {j}" for i, j in runs)


def _as_if_drawn(n: Ints, c: Ints, shortest: Ints, generator: np.random.Generator) -> Ints:
    """Correct samples among as many as the other model has too."""
    longer = n > shortest
    if not longer.any():
        return c
    out = c.copy()
    # numpy draws from urns of less than 10**9; a problem sampled more often than that is solved or not either way.
    small = longer & (n < 10**9)
    out[small] = generator.hypergeometric(c[small], (n - c)[small], shortest[small])
    large = longer & ~small
    out[large] = generator.binomial(shortest[large], c[large] / n[large])
    return out

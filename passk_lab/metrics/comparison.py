"""Two models on the same problems: curves, their difference, the k at which the order turns, who solved what."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics.curves import every_k, per_problem
from passk_lab.metrics.uncertainty import Interval, Seed, blocks, enough, resample


@dataclass(frozen=True)
class Crossover:
    """The first k at which the curve that starts lower is on top; k, low or high is None where that never happens."""

    k: int | None
    low: int | None
    high: int | None
    starts_lower: str
    """"a" or "b": the curve that is lower at the first k at which they differ; "" if they never differ."""
    resamples: int
    without: int
    """Resamples in which the curves never cross: they count as later than every k."""

    def __str__(self) -> str:
        if self.k is None:
            return f"no crossing (nor in {self.without} of {self.resamples} resamples)"
        return (
            f"crossing at k = {self.k} [{_end(self.low)}, {_end(self.high)}], "
            f"no crossing in {self.without} of {self.resamples} resamples"
        )


@dataclass(frozen=True)
class Comparison:
    """Two pass@k curves over the same problems, b read against a."""

    ks: Ints
    curve_a: Floats
    curve_b: Floats
    interval_a: Interval
    interval_b: Interval
    difference: Floats
    """b minus a, for each k."""
    interval: Interval
    """Paired-bootstrap interval of the difference."""
    crossover: Crossover
    only_a: Ints
    """Problems (positions) with a correct sample from a and none from b."""
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
) -> Comparison:
    r"""Compare the pass@k of two models, paired by problem.

    The crossover is the first k at which the curve that starts lower is on top (strictly). Its interval is that of a
    paired bootstrap: problems are drawn anew, both models keep them together, and the same first k is sought; which
    curve starts lower is taken from the data. A resample without a crossing counts as later than every k and is
    reported. Figure 2 of arXiv 2504.13837 is such a comparison; the interval is ours.

    Parameters
    ----------
    n_a, c_a, n_b, c_b : array_like of int, one entry per problem, in the same order
        Samples and correct samples of model a and of model b. n may be one number for all.
    ks : array_like of int, increasing, 1 <= k <= min n, or None
        Which draws; None means every k both models allow. A crossover is only seen at these.
    level : float in (0, 1)
        Confidence of all intervals.
    seed : int or numpy Generator
        Same seed, same intervals.
    resamples : int >= 100

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If the two models do not have the same number of problems, or counts or k are impossible.

    Examples
    --------
    a is sure of half of the problems and blind to the others; b is right once in four on all of them.

    >>> found = compare(4, [4, 4, 0, 0], 4, [1, 1, 1, 1], seed=0)
    >>> found.difference.round(2)
    array([-0.25,  0.  ,  0.25,  0.5 ])
    >>> found.crossover.k, found.only_b.tolist()
    (3, [2, 3])
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    arms = [_arm(which, n, c) for which, n, c in (("a", n_a, c_a), ("b", n_b, c_b))]
    (n_a, c_a), (n_b, c_b) = arms
    if n_a.size != n_b.size:
        raise ValueError(
            f"a pairing needs the same problems on both sides, but a has {n_a.size} and b has {n_b.size}. "
            "Join the two tables on the problem's name first."
        )
    if n_a.size < 2:
        raise ValueError("an interval over problems needs at least two problems.")
    shortest = np.minimum(n_a, n_b)
    ks = every_k(shortest) if ks is None else np.atleast_1d(arguments.whole("k", ks, least=1))
    arguments.draws(shortest, ks.max())
    if (np.diff(ks) <= 0).any():
        raise ValueError(f"ks must increase, so that a first crossing means something, but got {ks.tolist()}.")
    level, resamples = arguments.level(level), enough(resamples)

    kinds, how_many = np.unique(np.stack([n_a, c_a, n_b, c_b]), axis=1, return_counts=True)

    def per_kind(arm: str, chosen: Ints) -> Floats:
        n, c = kinds[:2] if arm == "a" else kinds[2:]
        return per_problem(n, c, chosen)

    curve_a, curve_b = (how_many @ per_kind(arm, ks) / how_many.sum() for arm in "ab")
    difference = curve_b - curve_a
    lead = _starts_lower(difference)
    share = (1 - level) / 2
    ends = np.empty((6, ks.size))
    crossing = np.full(resamples, np.inf)
    weights = resample(how_many, resamples, seed)
    for part in blocks(ks.size, resamples):
        means_a, means_b = (weights @ per_kind(arm, ks[part]) for arm in "ab")
        for row, means in ((0, means_a), (2, means_b), (4, means_b - means_a)):
            ends[row : row + 2, part] = np.quantile(means, [share, 1 - share], axis=0)
        crossing = np.minimum(crossing, first_crossing(lead * (means_b - means_a), ks[part]))

    solved_a, solved_b = c_a > 0, c_b > 0
    found = first_crossing(lead * difference, ks)
    low, high = np.quantile(crossing, [share, 1 - share], method="inverted_cdf")
    return Comparison(
        ks=ks,
        curve_a=curve_a,
        curve_b=curve_b,
        interval_a=Interval(*ends[0:2]),
        interval_b=Interval(*ends[2:4]),
        difference=difference,
        interval=Interval(*ends[4:6]),
        crossover=Crossover(
            k=_or_none(found),
            low=_or_none(low),
            high=_or_none(high),
            starts_lower={1: "b", -1: "a", 0: ""}[lead],
            resamples=resamples,
            without=int(np.isinf(crossing).sum()),
        ),
        only_a=np.flatnonzero(solved_a & ~solved_b),
        only_b=np.flatnonzero(solved_b & ~solved_a),
        both=np.flatnonzero(solved_a & solved_b),
        neither=np.flatnonzero(~solved_a & ~solved_b),
        level=level,
    )


def first_crossing(lead: Floats, ks: Ints) -> Any:
    """First k (last axis) at which the lead of the curve that starts lower is positive; inf where it never is.

    Sums of a few hundred float64 differ in the last digits with their order, so a lead below 1e-12 is a tie.
    """
    ahead = lead > 1e-12
    return np.where(ahead.any(axis=-1), ks[ahead.argmax(axis=-1)], np.inf)


def _starts_lower(difference: Floats) -> int:
    """Return 1 if b starts lower than a, -1 if a does, 0 if the curves are the same."""
    apart = np.abs(difference) > 1e-12
    return int(-np.sign(difference[apart.argmax()])) if apart.any() else 0


def _arm(which: str, n: Any, c: Any) -> tuple[Ints, Ints]:
    n, c = arguments.counts(n, c)
    if c.ndim > 1 or n.ndim > 1:
        raise ValueError(f"model {which}: give one entry per problem (one axis), not an array of shape {c.shape}.")
    n, c = np.broadcast_arrays(np.atleast_1d(n), c)
    return n, c


def _or_none(k: Any) -> int | None:
    return int(k) if np.isfinite(k) else None


def _end(k: int | None) -> str:
    return "beyond the last k" if k is None else str(k)

"""A number with its interval, and a curve with one for each k: what every part of a diagnosis is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics.bounded_mean import Method
from passk_lab.readers.evaluation import Evaluation

_QUICK = 1_000
"""Different values of a problem up to which the Gaffke interval is worked out; "t" has a closed form."""
_EVERY_K = 1024
"""Up to here two models are compared at every k."""


@dataclass(frozen=True)
class Estimate:
    """A mean over problems, with its interval."""

    estimate: float
    low: float | None
    """None where there is no interval: one problem says nothing of others."""
    high: float | None


@dataclass(frozen=True)
class Curve:
    """A mean over problems for each k, with an interval for each k by itself."""

    ks: Ints
    estimate: Floats
    low: Floats
    high: Floats
    about: str
    """What the interval speaks of, and how it was made."""

    def at(self, k: int) -> Estimate:
        """The value at one of its k.

        >>> curve(np.array([4, 4]), np.array([0, 4]), np.array([1, 2])).at(2).estimate
        0.5
        """
        (i,) = np.flatnonzero(self.ks == k)
        return Estimate(float(self.estimate[i]), float(self.low[i]), float(self.high[i]))


def curve(n: Ints, c: Ints, ks: Ints, level: float = 0.95, groups: Any = None) -> Curve:
    """Return pass@k at these k, with intervals over the population; of one problem over its own samples alone.

    >>> curve(np.array([4, 4, 4]), np.array([0, 1, 4]), np.array([1, 4])).estimate.round(3)
    array([0.417, 0.667])
    """
    if n.size == 1:
        estimate = np.asarray(metrics.pass_at_k(n[0], c[0], ks))
        ends = metrics.curve_interval(n, c, ks, level, target="these problems")
        return Curve(ks, estimate, *ends, about="this one problem, had it been sampled for ever")
    method = _method(np.stack([n, c]))
    ends = metrics.curve_interval(n, c, ks, level, method, groups=groups)
    return Curve(ks, np.asarray(metrics.pass_at_k_curve(n, c, ks)), *ends, about=_about(method))


def all_right(n: Ints, c: Ints, ks: Ints, level: float = 0.95, groups: Any = None) -> Curve:
    """Return pass^k at these k: its interval is the mirror image of that of pass@k of the wrong samples.

    >>> all_right(np.array([4, 4]), np.array([4, 1]), np.array([1, 2])).estimate
    array([0.625, 0.5  ])
    """
    wrong = curve(n, n - c, ks, level, groups)
    estimate = np.array([np.mean(metrics.pass_hat_k(n, c, k)) for k in ks])
    return Curve(ks, estimate, 1 - wrong.high, 1 - wrong.low, wrong.about)


def mean(values: Floats, level: float = 0.95, groups: Any = None) -> Estimate:
    """Return the mean of a score between 0 and 1, one for each problem, with its interval over the population.

    >>> mean(np.array([0.0, 1.0])).estimate, mean(np.array([0.5])).low
    (0.5, None)
    """
    if values.size == 1:
        return Estimate(float(values[0]), None, None)
    inside = np.clip(values, 0.0, 1.0)  # a sum of chances may round to a little beyond its ends
    low, high = metrics.mean_interval(inside, level, _method(values), groups)
    return Estimate(float(np.mean(values)), float(low), float(high))


def difference(values: Floats, level: float = 0.95, groups: Any = None) -> Estimate:
    """Return the mean of differences in [-1, 1], one for each problem, with its interval over the population.

    >>> difference(np.array([1.0, -1.0])).estimate
    0.0
    """
    half = mean((values + 1) / 2, level, groups)
    low, high = (None if end is None else 2 * end - 1 for end in (half.low, half.high))
    return Estimate(float(np.mean(values)), low, high)


def means(ks: Ints, values: Floats, level: float, groups: Any, scale: Floats) -> Curve:
    """Return the means of scores in [0, scale], shape (k, problems), each with its interval."""
    if values.shape[1] == 1:
        return Curve(ks, values[:, 0], np.zeros(ks.size), scale, "nothing: of one problem only the bounds are known")
    found = [mean(row / top, level, groups) for row, top in zip(values, scale, strict=True)]
    low, high = (
        np.array(ends, np.float64) * scale for ends in zip(*((one.low, one.high) for one in found), strict=True)
    )
    return Curve(ks, values.mean(axis=1), low, high, _about(*sorted({_method(row) for row in values})))


def shown_ks(least: int, wanted: Any = None) -> Ints:
    """Return the k at which a curve is written down: those asked for and 1; or all few, then 1, 2, 5 and powers of 2.

    >>> shown_ks(20), shown_ks(4)
    (array([ 1,  2,  3,  4,  5,  6,  7,  8,  9, 10, 11, 12, 13, 14, 15, 16, 20]), array([1, 2, 3, 4]))
    """
    if wanted is not None:
        return np.unique(np.append(np.asarray(wanted, np.int64), 1))
    decades = [step * 10**i for i in range(1, 16) for step in (1, 2, 5)]
    every = {*range(1, 17), *decades, *(2**i for i in range(54)), least}
    return np.array(sorted(k for k in every if k <= least), np.int64)


def compared_ks(least: int) -> Ints:
    """Return the k at which two models are compared: every one, or where they are many 200 at most in equal ratios.

    >>> compared_ks(3), compared_ks(10_000).size
    (array([1, 2, 3]), 154)
    """
    if least <= _EVERY_K:
        return np.arange(1, least + 1)
    return np.unique(np.geomspace(1, least, 200).round().astype(np.int64))


def _method(values: Any) -> Method:
    """Which interval is made of these values, or of these columns of counts."""
    return "gaffke" if np.unique(values, axis=-1).shape[-1] <= _QUICK else "t"


def _about(*methods: str) -> str:
    names = {
        "gaffke": "an interval that covers for few problems too, Gaffke's",
        "t": "an interval by Student's t with two problems added",
    }
    return f"problems like these ({', '.join(names[method] for method in methods)})"


def counts_of(evaluation: Evaluation, problems: tuple[str, ...]) -> tuple[Ints, Ints]:
    """Return n and c of these problems, in their order."""
    if problems == evaluation.problems:
        return evaluation.n, evaluation.c
    at = {problem: i for i, problem in enumerate(evaluation.problems)}
    rows = np.array([at[problem] for problem in problems], np.int64)
    return evaluation.n[rows], evaluation.c[rows]


def of_problems(groups: Mapping[str, Any] | None, problems: tuple[str, ...]) -> Any:
    """Return the labels of these problems, in their order; None where none were given."""
    return None if groups is None else np.array([groups[problem] for problem in problems])

"""Pass@k for more draws than there are samples: what models say, each by its name, beside what holds without one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics.beyond import one_axis, pass_at_k_beyond
from passk_lab.metrics.bounded_mean import Interval
from passk_lab.metrics.curves import pass_at_k_curve
from passk_lab.metrics.prior import fit_prior
from passk_lab.metrics.spread import fit_spread


@dataclass(frozen=True)
class Prediction:
    """Mean pass@k of a population from n samples of each problem: an estimate up to n, predictions beyond it."""

    ks: Ints
    n: int
    """Samples of the problem that has fewest: up to here the samples speak."""
    estimate: dict[int, float]
    """Unbiased, for each k within n; beyond n there is none."""
    interval: Interval
    """Holds the mean of the population at each k by itself, however p is spread over it."""
    models: dict[str, Floats]
    """What it is at each k under a model, by its name. Without the power law where the samples do not allow one."""
    level: float

    @property
    def range(self) -> Interval:
        """Least and largest of what the models say at each k."""
        said = np.stack(list(self.models.values()))
        return Interval(said.min(axis=0), said.max(axis=0))

    @property
    def depends_on_the_model(self) -> Any:
        """True for each k > 4n: no interval that covers is narrow there, and models that fit alike part ways.

        Measured: `benchmarks/results/prediction.md`.
        """
        return self.ks > _FAR * self.n

    def __str__(self) -> str:
        return "\n".join(self.words(i) for i in range(self.ks.size))

    def words(self, i: int) -> str:
        """Say what is known at the i-th k."""
        k, (low, high) = int(self.ks[i]), (end[i] for end in self.interval)
        if k <= self.n:
            return (
                f"pass@{k} is estimated as {self.estimate[k]:.3f} "
                f"[{low:.3f}, {high:.3f}] ({self.level:.0%} interval; k is within n = {self.n})"
            )
        if not self.depends_on_the_model[i]:
            said = ", ".join(f"{name} {values[i]:.3f}" for name, values in self.models.items())
            return (
                f"pass@{k} is predicted to lie between {low:.3f} and {high:.3f} ({self.level:.0%} interval, whatever "
                f"the spread of p); by model: {said}"
            )
        ordered = sorted((float(values[i]), name) for name, values in self.models.items())
        least, most = (f"{value:.3f} ({name})" for value, name in (ordered[0], ordered[-1]))
        return (
            f"pass@{k} as predicted depends on the model: {least} to {most}; k is {k / self.n:.3g} times n = {self.n}, "
            f"and the samples alone bound it by {low:.3f} and {high:.3f} ({self.level:.0%}, whatever the spread of p)"
        )


_FAR = 4
"""Up to so many times n the bounds are about as narrow as the number of problems allows."""


def predict_pass_at_k(n: Any, c: Any, k: Any, level: float = 0.95, groups: Any = None) -> Prediction:
    r"""Predict the mean pass@k of the population from n samples of each problem, and say how far that can be trusted.

    .. math:: E_G\bigl[1 - (1-p)^k\bigr], \qquad c_i \sim \operatorname{Bin}(n_i, p_i), \quad p_i \sim G

    For k <= n it is estimated without bias, with the Gaffke interval. For k > n it hangs on how the small p are spread,
    which the samples hardly show, and each model of G says another thing:

    - "Beta": `fit_prior` without masses, the beta-binomial (arXiv 2510.05197);
    - "Beta with masses": `fit_prior`, with p = 0 and p = 1 as possibilities of their own;
    - "likeliest spread": `fit_spread`, of any form, which turns out to be a few points;
    - "power law": -log pass@k falls as a power of k, as it does up to n (arXiv 2407.21787), by least squares.

    The interval leans on none of them: it is that of `pass_at_k_beyond`. For n < k <= 4n it is of use. For k > 4n the
    answer "depends on the model": it is the range over the models, which is no interval of any confidence, beside the
    bounds. How far each was off, and how often its own interval held the truth: `benchmarks/results/prediction.md`.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    k : array_like of int >= 1
        Draws, one number or a list.
    level : float in (0, 1)
        Confidence of the interval, for one k at a time.
    groups : array_like of labels, one per problem, or None
        Problems under one label were drawn together; it widens the interval.

    Returns
    -------
    Prediction; as text, a sentence for each k.

    Raises
    ------
    ValueError
        For impossible counts, fewer than two problems or groups.

    Examples
    --------
    >>> hard = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4
    >>> print(predict_pass_at_k(8, hard, [8, 16, 1000]))  # doctest: +NORMALIZE_WHITESPACE
    pass@8 is estimated as 0.200 [0.127, 0.292] (95% interval; k is within n = 8)
    pass@16 is predicted to lie between 0.127 and 0.307 (95% interval, whatever the spread of p);
    by model: Beta 0.233, Beta with masses 0.240, likeliest spread 0.231, power law 0.243
    pass@1000 as predicted depends on the model: 0.249 (likeliest spread) to 0.503 (power law);
    k is 125 times n = 8, and the samples alone bound it by 0.126 and 1.000 (95%, whatever the spread of p)
    """
    ks = one_axis(k)
    interval = pass_at_k_beyond(n, c, ks, level, groups)
    n, c = arguments.counts(n, c)
    fewest = int(n.min())
    within = np.unique(ks[ks <= fewest])
    estimate = dict(zip(within.tolist(), pass_at_k_curve(n, c, within).tolist(), strict=True)) if within.size else {}
    said = {name: model(n, c, ks) for name, model in MODELS.items()}
    models = {name: values for name, values in said.items() if values is not None}
    return Prediction(ks, fewest, estimate, interval, models, arguments.level(level))


def power_law(n: Any, c: Any, ks: Ints) -> Floats | None:
    """Least squares of log(-log pass@k) on log k over k <= n, in steps of half an octave; None where no line exists."""
    fewest = int(np.min(n))
    at = np.unique(np.geomspace(1, fewest, max(2, int(2 * np.log2(fewest)) + 1)).round().astype(int))
    curve = pass_at_k_curve(n, c, at)
    inside = (curve > 0) & (curve < 1)
    if inside.sum() < 2:
        return None
    slope, start = np.polyfit(np.log(at[inside]), np.log(-np.log(curve[inside])), 1)
    return np.exp(-np.exp(start + slope * np.log(ks)))


MODELS: dict[str, Callable[[Any, Any, Ints], Floats | None]] = {
    "Beta": lambda n, c, ks: np.asarray(fit_prior(n, c, masses=False).pass_at_k(ks)),
    "Beta with masses": lambda n, c, ks: np.asarray(fit_prior(n, c).pass_at_k(ks)),
    "likeliest spread": lambda n, c, ks: np.asarray(fit_spread(n, c).pass_at_k(ks)),
    "power law": power_law,
}
"""Models of what lies beyond n: from counts and the k asked for to the mean pass@k, or None where one has no answer."""

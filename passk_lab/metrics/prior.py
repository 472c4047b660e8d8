"""How p is spread over problems if as a Beta with masses at 0 and 1, fitted by maximum likelihood."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import weighted_pairs


class Prior(NamedTuple):
    """How p is spread over problems: never solved, always solved, and between them a Beta."""

    alpha: float
    beta: float
    never: float
    """Share of problems with p = 0."""
    always: float
    """Share of problems with p = 1."""

    def pass_at_k(self, k: Any) -> Any:
        r"""Mean pass@k over problems drawn from it, :math:`1 - \text{never} - (1 - \text{never} - \text{always})
        B(\alpha, \beta + k)/B(\alpha, \beta)`.

        >>> Prior(1, 1, 0, 0).pass_at_k(4)
        0.8
        """
        from scipy.special import betaln

        k = arguments.whole("k", k, least=1)
        wrong = np.exp(betaln(self.alpha, self.beta + k) - betaln(self.alpha, self.beta))
        return arguments.plain(self.always + (1 - self.never - self.always) * (1 - wrong))


def fit_prior(n: Any, c: Any, masses: bool = True) -> Prior:
    r"""Fit how p is spread over the problems: a Beta, with masses at 0 and 1, by (penalised) maximum likelihood.

    .. math:: P(c \mid n) = w_0 [c = 0] + w_1 [c = n] + (1 - w_0 - w_1) \binom{n}{c}
        \frac{B(\alpha + c, \beta + n - c)}{B(\alpha, \beta)}

    The beta-binomial of Skellam (1948); for pass@k see arXiv 2510.05197. The penalty is that of one vague guess: mean
    and strength of the Beta are normal on the logit and log scale with sd 3, so are the odds of the masses around 1 :
    20. It keeps the fit finite where all problems look alike.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    masses : bool
        False leaves both masses out: the samples hardly tell a p of 0 from one far below 1/n.

    Returns
    -------
    Prior(alpha, beta, never, always)

    Raises
    ------
    ValueError
        For impossible counts or a single problem.

    Examples
    --------
    Of four hundred problems a quarter is never solved, a quarter always, the others half of the time:

    >>> prior = fit_prior(8, [0] * 100 + [8] * 100 + [3, 4, 4, 5] * 50)
    >>> round(prior.never, 2), round(prior.always, 2)
    (0.25, 0.25)
    """
    masses = arguments.switch("masses", masses)
    n, c = arguments.counts(n, c)
    return fitted(*weighted_pairs(n, c), masses).prior


@dataclass(frozen=True)
class Fitted:
    """A fitted prior with how loosely the problems hold it."""

    prior: Prior
    at: Floats
    covariance: Floats
    """Of the unbounded parameters, from the curvature of the penalised likelihood."""

    def slope(self, of: Callable[[Prior], Floats]) -> Floats:
        """Slope of a function of the prior by each parameter (new last axis)."""
        steps = 1e-3 * np.eye(self.at.size)
        return np.stack([(of(_prior_at(self.at + s)) - of(_prior_at(self.at - s))) / 2e-3 for s in steps], axis=-1)

    def scores(self, n: Ints, c: Ints) -> Floats:
        """Slope of the log likelihood of each count by each parameter (last axis): their mean under the prior is 0."""
        return _likelihood(self.at, n, c)[1]


def _prior_at(x: Floats) -> Prior:
    """Prior of unbounded parameters: logit of the mean, log of alpha + beta, log odds of the masses."""
    mean, strength = 1 / (1 + np.exp(-x[0])), np.exp(x[1])
    odds = np.exp(x[2:]) if x.size == 4 else np.zeros(2)
    return Prior(
        float(max(mean * strength, 1e-12)), float(max((1 - mean) * strength, 1e-12)),
        float(odds[0] / (1 + odds.sum())), float(odds[1] / (1 + odds.sum())),
    )  # fmt: skip


_CENTRE, _SCALE = np.array([0.0, np.log(2.0), -3.0, -3.0]), 3.0


def fitted(n: Ints, c: Ints, how_many: Ints, masses: bool = True) -> Fitted:
    """Fit on distinct counts; the curvature comes from the gradient, which is in closed form."""
    from scipy.optimize import minimize

    if how_many.sum() < 2:
        raise ValueError(
            "a prior is fitted over problems, and this is one. Give more problems, or name a prior: (1, 1) is flat."
        )
    centre = _CENTRE[: 4 if masses else 2]

    def loss(x: Floats) -> tuple[float, Floats]:
        value, slope = _minus_log_likelihood(x, n, c, how_many)
        return value + ((x - centre) ** 2).sum() / (2 * _SCALE**2), slope + (x - centre) / _SCALE**2

    share = np.clip((c @ how_many) / (n @ how_many), 1e-3, 1 - 1e-3)
    starts = [np.array([np.log(share / (1 - share)), strength, -3.0, -3.0])[: centre.size] for strength in (0.0, 2.5)]
    best = min((minimize(loss, x, jac=True, method="BFGS") for x in starts), key=lambda found: found.fun)
    at = best.x
    curvature = np.stack([(loss(at + s)[1] - loss(at - s)[1]) / 2e-4 for s in 1e-4 * np.eye(at.size)])
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    # No direction is known less well than the penalty knows it.
    covariance = (vectors / np.maximum(values, 1 / _SCALE**2)) @ vectors.T
    return Fitted(_prior_at(at), at, covariance)


def _minus_log_likelihood(x: Floats, n: Ints, c: Ints, how_many: Ints) -> tuple[float, Floats]:
    chance, slopes = _likelihood(x, n, c)
    return -float(how_many @ np.log(chance)), -(how_many @ slopes)


def _likelihood(x: Floats, n: Ints, c: Ints) -> tuple[Floats, Floats]:
    """Chance of each count, and the slope of its logarithm by each parameter (last axis)."""
    from scipy.special import betaln, digamma

    prior = _prior_at(x)
    a, b = prior.alpha, prior.beta
    none, all_ = c == 0, c == n
    # The binomial coefficient is the same for every prior, and 1 where there is a mass.
    between = (1 - prior.never - prior.always) * np.exp(betaln(a + c, b + n - c) - betaln(a, b))
    chance = np.maximum(between + prior.never * none + prior.always * all_, 1e-300)
    both = digamma(a + b) - digamma(a + b + n)
    by_a = digamma(a + c) - digamma(a) + both
    by_b = digamma(b + n - c) - digamma(b) + both
    mean, strength = a / (a + b), a + b
    through = between / chance
    slope = [through * (by_a - by_b) * strength * mean * (1 - mean), through * (a * by_a + b * by_b)]
    if x.size == 4:
        slope += [mass * (there / chance - 1) for mass, there in ((prior.never, none), (prior.always, all_))]
    return chance, np.stack(slope, axis=-1)

"""How sure a pass@k is: exact variance of the estimate, interval of a curve, beliefs under a prior fitted or named."""

from typing import Any, Literal, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import by_distinct, distinct, weighted_pairs
from passk_lab.metrics._units import Units, at_least_two, grouped, one_each
from passk_lab.metrics.bounded_mean import Interval, Method, gaffke, known_method, padded_t
from passk_lab.metrics.chances import binomial, log_all_wrong, log_excess
from passk_lab.metrics.curves import along_k, every_k
from passk_lab.metrics.estimators import BEYOND_N
from passk_lab.metrics.known_p import success_at_k
from passk_lab.metrics.prior import Fitted, Prior, fitted
from passk_lab.metrics.spread import Spread

Target = Literal["population", "these problems"]
PriorLike = Literal["fitted"] | Prior | tuple[float, float]


class Posterior(NamedTuple):
    """What is believed of pass@k after the samples: mean, standard deviation, equal-tailed interval."""

    mean: Any
    sd: Any
    low: Any
    high: Any
    depends_on_the_model: Any
    """True where k > n: there the prior speaks, and another that fits the samples as well says something else."""


def pass_at_k_variance(p: Any, n: Any, k: Any) -> Any:
    r"""Variance of the unbiased pass@k estimate of one problem, over the draw of its n samples.

    .. math:: \operatorname{Var} \hat\rho(n, C, k) = \sum_{j=1}^{k} \binom{k}{j}^2 \binom{n}{j}^{-1}
        \bigl(p(1-p)\bigr)^j (1-p)^{2(k-j)}, \qquad C \sim \text{Bin}(n, p)

    Hoeffding's decomposition of a U-statistic (1948) for the estimator of arXiv 2107.03374; equal to
    C(n,k)^-1 sum_j C(k,j) C(n-k,k-j) q^(2k-j) - q^(2k), q = 1 - p, but every term is positive, so no digit cancels.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Success probability of one sample.
    n, k : array_like of int, 1 <= k <= n
        Samples and draws; everything broadcasts.

    Returns
    -------
    float, or ndarray of the broadcast shape, >= 0.

    Raises
    ------
    ValueError
        A sentence with the offending value.

    Examples
    --------
    At k = 1 it is the variance of a mean, p(1 - p)/n.

    >>> round(pass_at_k_variance(0.3, 10, 1), 12)
    0.021
    >>> round(pass_at_k_variance(0.3, 10, 5), 10)
    0.0437628469
    """
    arguments.aligned(p=p, n=n, k=k)
    p, n = arguments.chance("p", p), arguments.whole("n", n, least=1)
    k = arguments.draws(n, k)
    arguments.table_size("k", int(k.max()), "the variance is a sum of k terms, so take a smaller k")
    shape = arguments.shape_together(p=p, n=n, k=k)
    p, n, k = (np.broadcast_to(a, shape).ravel() for a in (p, n, k))
    out = np.zeros(p.shape)
    inside = (p > 0) & (p < 1)
    for n_value, k_value in sorted({(int(a), int(b)) for a, b in zip(n, k, strict=True)}):
        rows = inside & (n == n_value) & (k == k_value)
        out[rows] = _hoeffding(p[rows], n_value, k_value)
    return out.item() if shape == () else out.reshape(shape)


def _hoeffding(p: Floats, n: int, k: int) -> Floats:
    # Term j + 1 over term j is (k-j)^2 / ((j+1)(n-j)) * p/q; in logs, as the first may underflow and the last not.
    j = np.arange(1, k)
    log_ratio = 2 * np.log(k - j) - np.log((j + 1.0) * (n - j))
    log_odds = np.log(p) - np.log1p(-p)
    first = 2 * np.log(k) - np.log(n) + np.log(p) + (2 * k - 1) * np.log1p(-p)
    logs = first[:, None] + np.concatenate([[0.0], np.cumsum(log_ratio)]) + np.arange(k) * log_odds[:, None]
    largest = logs.max(axis=1, keepdims=True)
    return np.exp(largest[:, 0]) * np.exp(logs - largest).sum(axis=1)


def pass_at_k_posterior(n: Any, c: Any, k: Any, prior: PriorLike = "fitted", level: float = 0.95) -> Posterior:
    r"""Belief about pass@k of each problem after c of n samples were right; it exists for every k, also k > n.

    .. math:: p \sim \text{Beta}(a, b), \quad a = \alpha + c, \; b = \beta + n - c, \qquad
        E[1 - (1-p)^k] = 1 - \frac{B(a, b + k)}{B(a, b)}

    Source: "Don't Pass@k", arXiv 2510.04265. A belief is as good as its prior. By default that is fitted over the
    problems given (`fit_prior`: a Beta, with masses at p = 0 and p = 1), so what is seen of the others speaks for each;
    for k beyond n the form of the prior speaks more than the samples do.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (k >= 1).
    prior : "fitted", a `Prior`, or a pair of float > 0
        A pair is pseudo-counts (alpha, beta) of right and wrong samples; (1, 1) is flat in p. One problem alone needs a
        prior that is named.
    level : float in (0, 1)
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Posterior(mean, sd, low, high, depends_on_the_model), single numbers or arrays of the broadcast shape.

    Raises
    ------
    ValueError
        A sentence with the offending value.

    Examples
    --------
    Nothing right in eight samples: what that means for pass@100 is for the other problems to say. Where most of them
    are hard, 0.16; under a flat prior, which calls half of all problems easy, 0.92.

    >>> hard = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4
    >>> pass_at_k_posterior(8, hard, 100).mean[0].round(2).item()
    0.16
    >>> round(pass_at_k_posterior(8, 0, 100, prior=(1, 1)).mean, 2)
    0.92
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    k = arguments.whole("k", k, least=1)
    shape = arguments.shape_together(n=n, c=c, k=k)
    tail = (1 - arguments.level(level)) / 2
    over = _prior(prior, n, c)
    known = over.prior if isinstance(over, Fitted) else over
    mean, _, variance = _moments(known, n, c, k)
    from scipy.special import betaincinv

    def quantile(n: Ints, c: Ints, share: float) -> Floats:
        below, above = _mass_weights(known, n, c)
        inner = np.clip((share - below) / np.maximum(1 - below - above, 1e-300), 0.0, 1.0)
        return betaincinv(known.alpha + c, known.beta + n - c, inner)

    def end(share: float) -> Any:
        p = by_distinct(lambda n, c, _: quantile(n, c, share), n, c, np.array(1))
        with np.errstate(divide="ignore"):  # p may round to 1, and then pass@k is 1
            return _shaped(-np.expm1(k * np.log1p(-np.asarray(p))), shape)

    ends = end(tail), end(1 - tail)
    return Posterior(_shaped(mean, shape), _shaped(np.sqrt(variance), shape), *ends, _shaped(k > n, shape))


def pass_at_k_posterior_mean(
    n: Any, c: Any, k: Any, prior: PriorLike = "fitted", level: float = 0.95, groups: Any = None
) -> Posterior:
    r"""Belief about the mean pass@k over exactly these problems, from a prior that they share.

    .. math:: \mu = \frac{1}{P}\sum_i \mu_i, \qquad \sigma^2 = \frac{1}{P^2} \sum_i \sigma_i^2
        + \nabla\mu^\top\, \Sigma\, \nabla\mu
        + \frac{1}{P^2} \sum_g \sum_{i \ne j \in g} \beta_i \beta_j

    The first part of the variance is arXiv 2510.04265; the second is that of the fitted prior itself, which all
    problems share, so that it does not average out (Morris 1983). A prior put on each problem by hand has no second
    part, and its error does not average out either: with a flat one, the interval for hard problems holds the truth
    never.

    The third part is there with `groups`. Samples are independent given p, so problems that share a p err together only
    by what is said too much at that p: h(c) = mu_i + P grad(mu)' Sigma s(c), with s the score of a count (to first
    order the fit moves by the scores), less 1 - (1-p)^k, averaged over c given p. beta_i is the root mean square of
    that over the fitted prior; by Cauchy and Schwarz no way of sharing p adds more, and copies add as much. For k <= n
    it is small: there what all samples say of a problem needs little of the prior. A sandwich covariance for Sigma
    alone would leave out that the two errors largely cancel, and is a fifth to two fifths too wide for copies.

    It speaks of these problems, not of others like them, and leans on the form of the prior. How often its interval
    covers was measured (`docs/intervals.md`); for k <= n `curve_interval` leans on nothing, for k > n
    `pass_at_k_beyond` bounds what any prior could say.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples.
    k : array_like of int >= 1
        Draws, any shape.
    prior, level :
        As in `pass_at_k_posterior`; the interval is that of the Beta distribution with this mean and sd, widened to
        the mean where that lies outside, so it stays inside [0, 1]. Where no Beta has them, it is Markov's inequality.
    groups : array_like of labels, one per problem, or None
        Problems under one label may share their p (clusters with a shared effect; copies had better be added up into
        one problem). Only with the fitted prior: one named by hand holds for each problem by itself.

    Returns
    -------
    Posterior(mean, sd, low, high, depends_on_the_model), single numbers or arrays of the shape of k.

    Raises
    ------
    ValueError
        A sentence with the offending value; for groups with a prior that is named, and for fewer than two groups.

    Examples
    --------
    >>> hard = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4
    >>> belief = pass_at_k_posterior_mean(8, hard, [1, 8, 64])
    >>> belief.mean.round(2), belief.depends_on_the_model
    (array([0.1 , 0.2 , 0.31]), array([False, False,  True]))
    """
    n, c = arguments.counts(n, c)
    k = arguments.whole("k", k, least=1)
    tail = (1 - arguments.level(level)) / 2
    over = _prior(prior, n, c)
    if groups is not None and not isinstance(over, Fitted):
        raise ValueError(
            "groups say which problems may share their p, but a prior that is named draws each p by itself. Leave the "
            "groups out, or have the prior fitted (prior='fitted')."
        )
    known = over.prior if isinstance(over, Fitted) else over
    n_values, c_values, how_many = weighted_pairs(n, c)
    share = how_many / how_many.sum()
    mean_i, fail_i, variance_i = _moments(known, n_values, c_values, k.reshape(-1, 1))
    mean, fail = mean_i @ share, fail_i @ share
    variance = variance_i @ share / how_many.sum()
    if isinstance(over, Fitted):
        slope = over.slope(lambda prior: _quick_mean(prior, n_values, c_values, k.reshape(-1, 1)) @ share)
        variance = variance + np.einsum("...i,ij,...j->...", slope, over.covariance, slope)
        if groups is not None:
            pull = how_many.sum() * slope @ over.covariance
            variance = variance + _together(over, np.broadcast_arrays(n, c)[0].ravel(), k.reshape(-1, 1), pull, groups)
    from scipy.special import betaincinv

    # The Beta with this mean and variance. Where the variance has gone under, float64 knows one value only: the mean.
    # Where to first order it is more than any belief with this mean has, no Beta is left, but Markov's inequality is.
    spread, fits = variance > 1e-300, variance < mean * fail
    strength = np.where(spread & fits, mean * fail / np.where(spread, variance, 1.0) - 1, 1.0)
    ends = (betaincinv(mean * strength, fail * strength, share) for share in (tail, 1 - tail))
    widest = np.maximum(0.0, 1 - fail / tail), np.minimum(1.0, mean / tail)
    low, high = (
        np.where(spread, np.where(fits & np.isfinite(end), end, out), mean)
        for end, out in zip(ends, widest, strict=True)
    )
    # A belief that is all but certain has its mean outside its middle.
    low, high = np.minimum(low, mean), np.maximum(high, mean)
    parts = (mean, np.sqrt(variance), low, high, k.ravel() > n.min())
    return Posterior(*(_shaped(a, k.shape) for a in parts))


_LONGEST_IN_GROUPS = 10_000


def _together(over: Fitted, n: Ints, k: Ints, pull: Floats, groups: Any) -> Floats:
    """Return the most that sharing p within groups adds to the variance of the mean: one entry per k."""
    units = grouped(groups, n.size)
    at_least_two(units)
    n_values, which = distinct(n)
    way_out = "groups are for fewer samples; with so many they hardly matter for k <= n, and can be left out there"
    arguments.table_size("n", int(n_values[-1]), way_out, most=_LONGEST_IN_GROUPS)
    beta = np.stack([_said_too_much(over, int(one), k, pull) for one in n_values], axis=-1)[:, which]
    return (units.totals(beta) ** 2 - units.totals(beta**2)).sum(axis=-1) / n.size**2


def _said_too_much(over: Fitted, n: int, k: Ints, pull: Floats) -> Floats:
    """Root mean square over p of what n samples have said too much of a problem, on average over them: for each k."""
    c = np.arange(n + 1)
    said = _quick_mean(over.prior, np.full(n + 1, n), c, k) + pull @ over.scores(np.full(n + 1, n), c).T
    p, weight = _points(over.prior)
    return np.sqrt((said @ binomial(n, p).T - success_at_k(p, k)) ** 2 @ weight)


def _points(prior: Prior, number: int = 256) -> Spread:
    """Return the prior as points: both masses, and quantiles of the Beta, densest where few problems lie."""
    from scipy.special import betaincinv

    angle = (np.arange(number) + 0.5) * (np.pi / 2 / number)
    share = np.sin(2 * angle)
    between = (1 - prior.never - prior.always) * share / share.sum()
    p = betaincinv(prior.alpha, prior.beta, np.sin(angle) ** 2)
    return Spread(np.concatenate([[0.0], p, [1.0]]), np.concatenate([[prior.never], between, [prior.always]]))


def _prior(prior: Any, n: Ints, c: Ints) -> Prior | Fitted:
    if isinstance(prior, str):
        if prior != "fitted":
            raise ValueError(
                f"prior is 'fitted', a Prior or two positive pseudo-counts, but got {arguments.short(prior)}."
            )
        return fitted(*weighted_pairs(n, c))
    if isinstance(prior, Prior):
        alpha, beta, never, always = (arguments.one_number("prior", part, 0, np.inf) for part in prior)
        if min(alpha, beta) <= 0 or not np.isfinite(alpha + beta) or never + always >= 1:
            raise ValueError(
                f"prior must have alpha and beta above 0 and masses that leave something, but got {prior}."
            )
        return Prior(alpha, beta, never, always)
    values = arguments.real("prior", prior)
    if values.shape != (2,) or (values <= 0).any():
        raise ValueError(
            f"prior must be two positive pseudo-counts (right, wrong), as in (1, 1), but got {arguments.short(prior)}."
        )
    return Prior(float(values[0]), float(values[1]), 0.0, 0.0)


def _mass_weights(prior: Prior, n: Ints, c: Ints) -> tuple[Floats, Floats]:
    """Posterior weight of p = 0 and of p = 1: none once a sample has contradicted it."""
    from scipy.special import betaln

    a, b = prior.alpha, prior.beta
    between = (1 - prior.never - prior.always) * np.exp(betaln(a + c, b + n - c) - betaln(a, b))
    never, always = prior.never * (c == 0), prior.always * (c == n)
    total = np.maximum(between + never + always, 1e-300)
    return never / total, always / total


def _moments(prior: Prior, n: Ints, c: Ints, k: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean of 1 - (1-p)^k, mean of (1-p)^k, and their common variance, after c of n samples were right."""
    n, c, k = np.broadcast_arrays(n, c, k)
    a, b = np.asarray(prior.alpha + c.ravel(), np.float64), np.asarray(prior.beta + (n - c).ravel(), np.float64)
    once, excess = (f(a, b, k.ravel()).reshape(k.shape) for f in (log_all_wrong, log_excess))
    mean, fail = -np.expm1(once), np.exp(once)
    # E[x^2] - E[x]^2 with x = (1-p)^k, without the difference of two close numbers.
    variance = np.exp(2 * once + excess) * -np.expm1(-excess)
    never, always = _mass_weights(prior, n, c)
    inner = 1 - never - always
    together = inner * mean + always
    variance = inner * (variance + (mean - together) ** 2) + never * together**2 + always * (1 - together) ** 2
    return together, inner * fail + never, variance


def _quick_mean(prior: Prior, n: Ints, c: Ints, k: Ints) -> Floats:
    """Return the first of `_moments` by log gammas: a few digits less, for a slope."""
    from scipy.special import betaln

    a, b = prior.alpha + c, prior.beta + n - c
    never, always = _mass_weights(prior, n, c)
    return always + (1 - never - always) * -np.expm1(np.minimum(betaln(a, b + k) - betaln(a, b), 0.0))


def curve_interval(
    n: Any,
    c: Any,
    ks: Any = None,
    level: float = 0.95,
    method: Method = "gaffke",
    target: Target = "population",
    groups: Any = None,
) -> Interval:
    r"""Interval around the pass@k curve of a data set, for each k by itself.

    Two different questions have two different answers, named by `target`:

    - "population": the mean of 1 - (1-p)^k over all problems that might have been chosen as these were. The interval is
      `mean_interval` of the pass@k estimates, and covers both the choice of problems and the draw of samples.
    - "these problems": the mean of 1 - (1-p_i)^k over exactly these problems, had each been sampled for ever. Only the
      draw of samples is uncertain: mean +- z sqrt(sum V_i)/P, with V_i the exact variance of the estimate
      (`pass_at_k_variance`) at p = (c + 1/2)/(n + 1), cut to [0, 1].

    How often each covers, and how wide it is, was measured: `docs/intervals.md`.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples.
    ks : array_like of int, 1 <= k <= min n, or None
        Which draws; None means every k = 1, 2, ..., min n.
    level : float in (0, 1)
        Confidence, for one k at a time.
    method : "gaffke" or "t"
        For "population": as in `mean_interval`. "t" is closed, a hundred times quicker and about as good.
    target : "population" or "these problems"
    groups : array_like of labels, one per problem, or None
        For "population": problems under one label were drawn together (copies, families, seeds of one problem).

    Returns
    -------
    Interval(low, high), arrays with one entry per k.

    Raises
    ------
    ValueError
        For impossible counts, k > n (the problem is named), fewer than two problems or groups, groups for "these
        problems", or an unknown method or target.

    Examples
    --------
    Eight problems, each right in all of its four samples, leave room for problems that are not:

    >>> band = curve_interval(4, [4] * 8, ks=[1, 4])
    >>> band.low.round(3), band.high
    (array([0.631, 0.631]), array([1., 1.]))
    >>> curve_interval(4, [4] * 8, ks=[1], target="these problems").low.round(3)
    array([0.896])
    """
    n, c = arguments.counts(n, c)
    ks = every_k(n) if ks is None else arguments.whole("k", ks, least=1)
    arguments.draws(n, ks.max(), BEYOND_N)
    level, method = arguments.level(level), known_method(method)
    rising, which = np.unique(ks, return_inverse=True)
    if not isinstance(target, str) or target not in ("population", "these problems"):
        raise ValueError(f"target is 'population' or 'these problems', not {arguments.short(target)}.")
    if target == "these problems":
        if groups is not None:
            raise ValueError(
                "groups say which problems were drawn together, so they matter for target='population' alone: leave "
                "them out for 'these problems', whose samples are independent."
            )
        ends = _of_these_problems(n, c, rising, level)
    else:
        ends = _of_the_population(*kinds_and_units(n, c, groups), rising, level, method)
    return Interval(*(_shaped(end[which.ravel()], ks.shape) for end in ends))


def kinds_and_units(n: Ints, c: Ints, groups: Any) -> tuple[Ints, Ints, Units]:
    """Return counts to work out, each kind once where it can be, and the independent units they make up."""
    if groups is None:
        n, c, how_many = weighted_pairs(n, c)
        units = one_each(how_many)
    else:
        n, c = (a.ravel() for a in np.broadcast_arrays(n, c))
        units = grouped(groups, n.size)
    at_least_two(units)
    return n, c, units


def _of_the_population(n: Ints, c: Ints, units: Units, ks: Ints, level: float, method: Method) -> tuple[Floats, Floats]:
    low, high = np.empty((2, ks.size))
    for i, values in enumerate(along_k(n, c, ks)):
        total = units.totals(values)
        low[i], high[i] = padded_t(total, units, level) if method == "t" else gaffke(total, units, level)
    return low, high


def _of_these_problems(n: Ints, c: Ints, ks: Ints, level: float) -> tuple[Floats, Floats]:
    from scipy.special import ndtri

    n, c, how_many = weighted_pairs(n, c)
    problems = how_many.sum()
    p = (c + 0.5) / (n + 1.0)
    half, mean = np.empty((2, ks.size))
    for i, (k, values) in enumerate(zip(ks, along_k(n, c, ks), strict=True)):
        mean[i] = values @ how_many / problems
        half[i] = ndtri((1 + level) / 2) * np.sqrt(pass_at_k_variance(p, n, k) @ how_many) / problems
    return np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)


def _shaped(values: Any, shape: tuple[int, ...]) -> Any:
    values = np.broadcast_to(np.asarray(values).reshape(-1), (int(np.prod(shape)),)) if np.size(values) == 1 else values
    values = np.asarray(values).reshape(shape)
    return values.item() if shape == () else np.array(values)

"""How sure a pass@k is: exact variance, a posterior that also answers for k > n, bootstrap over problems."""

from typing import Any, Literal, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import by_distinct, weighted_pairs
from passk_lab.metrics.chances import log_all_wrong, log_excess
from passk_lab.metrics.curves import every_k, per_problem

Seed = int | np.random.Generator


class Interval(NamedTuple):
    """Lower and upper end, one entry per k."""

    low: Any
    high: Any


class Posterior(NamedTuple):
    """What is believed of pass@k after the samples: mean, standard deviation, equal-tailed interval."""

    mean: Any
    sd: Any
    low: Any
    high: Any


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


def pass_at_k_posterior(n: Any, c: Any, k: Any, prior: tuple[float, float] = (1, 1), level: float = 0.95) -> Posterior:
    r"""Belief about pass@k of one problem after c of n samples were right; valid for every k, also k > n.

    .. math:: p \sim \text{Beta}(a, b), \quad a = \alpha + c, \; b = \beta + n - c, \qquad
        E[1 - (1-p)^k] = 1 - \frac{B(a, b + k)}{B(a, b)}

    Source: "Don't Pass@k", arXiv 2510.04265. For k far beyond n the prior speaks more than the samples do.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (k >= 1).
    prior : pair of float > 0
        Pseudo-counts (alpha, beta) of right and wrong samples; (1, 1) is flat in p.
    level : float in (0, 1)
        Posterior probability inside the equal-tailed interval.

    Returns
    -------
    Posterior(mean, sd, low, high), floats or arrays of the broadcast shape.

    Raises
    ------
    ValueError
        A sentence with the offending value.

    Examples
    --------
    Nothing right in eight samples does not mean pass@100 is 0:

    >>> belief = pass_at_k_posterior(8, 0, 100)
    >>> round(belief.mean, 4), round(belief.low, 4), round(belief.high, 4)
    (0.9174, 0.2452, 1.0)
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    k = arguments.whole("k", k, least=1)
    shape = arguments.shape_together(n=n, c=c, k=k)
    alpha, beta = _prior(prior)
    tail = (1 - arguments.level(level)) / 2
    mean, _, variance = _beta_moments(alpha, beta, n, c, k)
    from scipy.special import betaincinv

    def end(share: float) -> Any:
        p = by_distinct(lambda n, c, _: betaincinv(alpha + c, beta + n - c, share), n, c, np.array(1))
        with np.errstate(divide="ignore"):  # p may round to 1, and then pass@k is 1
            return _shaped(-np.expm1(k * np.log1p(-np.asarray(p))), shape)

    return Posterior(_shaped(mean, shape), _shaped(np.sqrt(variance), shape), end(tail), end(1 - tail))


def pass_at_k_posterior_mean(
    n: Any, c: Any, k: Any, prior: tuple[float, float] = (1, 1), level: float = 0.95
) -> Posterior:
    r"""Belief about the mean pass@k over the problems of a data set, each with its own Beta posterior.

    .. math:: \mu = \frac{1}{P}\sum_i \mu_i, \qquad \sigma = \frac{1}{P}\sqrt{\textstyle\sum_i \sigma_i^2}

    Source: arXiv 2510.04265. It speaks of these problems, not of others like them: for those use `curve_interval`.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples.
    k : array_like of int >= 1
        Draws, any shape.
    prior, level :
        As in `pass_at_k_posterior`; the interval is that of the Beta distribution with this mean and sd, so it stays
        inside [0, 1].

    Returns
    -------
    Posterior(mean, sd, low, high), floats or arrays of the shape of k.

    Raises
    ------
    ValueError
        A sentence with the offending value.

    Examples
    --------
    >>> belief = pass_at_k_posterior_mean(5, [3, 4], [1, 2])
    >>> belief.mean.round(6), belief.sd.round(6)
    (array([0.642857, 0.839286]), array([0.118451, 0.097263]))
    """
    n, c = arguments.counts(n, c)
    k = arguments.whole("k", k, least=1)
    alpha, beta = _prior(prior)
    tail = (1 - arguments.level(level)) / 2
    n_values, c_values, how_many = weighted_pairs(n, c)
    mean_i, fail_i, variance_i = _beta_moments(alpha, beta, n_values, c_values, k.reshape(-1, 1))
    problems = how_many.sum()
    mean, fail = mean_i @ how_many / problems, fail_i @ how_many / problems
    variance = variance_i @ how_many / problems**2
    from scipy.special import betaincinv

    # The Beta with this mean and variance. Where the variance has gone under, float64 knows one value only: the mean.
    spread = variance > 1e-300
    strength = np.where(spread, mean * fail / np.where(spread, variance, 1.0) - 1, 1.0)
    ends = (betaincinv(mean * strength, fail * strength, share) for share in (tail, 1 - tail))
    low, high = (np.where(spread & np.isfinite(end), end, mean) for end in ends)
    return Posterior(*(_shaped(a, k.shape) for a in (mean, np.sqrt(variance), low, high)))


def _prior(prior: Any) -> tuple[float, float]:
    values = arguments.real("prior", prior)
    if values.shape != (2,) or (values <= 0).any():
        raise ValueError(
            f"prior must be two positive pseudo-counts (right, wrong), as in (1, 1), but got {arguments.short(prior)}."
        )
    return float(values[0]), float(values[1])


def _beta_moments(alpha: float, beta: float, n: Ints, c: Ints, k: Ints) -> tuple[Floats, Floats, Floats]:
    """Mean of 1 - (1-p)^k, mean of (1-p)^k, and their common variance, for p ~ Beta(alpha + c, beta + n - c)."""
    n, c, k = np.broadcast_arrays(n, c, k)
    a, b = np.asarray(alpha + c.ravel(), np.float64), np.asarray(beta + (n - c).ravel(), np.float64)
    once, excess = (f(a, b, k.ravel()).reshape(k.shape) for f in (log_all_wrong, log_excess))
    # E[x^2] - E[x]^2 with x = (1-p)^k, without the difference of two close numbers.
    variance = np.exp(2 * once + excess) * -np.expm1(-excess)
    return -np.expm1(once), np.exp(once), variance


def curve_interval(
    n: Any,
    c: Any,
    ks: Any = None,
    level: float = 0.95,
    method: Literal["bootstrap", "normal"] = "bootstrap",
    seed: Seed = 0,
    resamples: int = 10_000,
) -> Interval:
    r"""Interval around the pass@k curve of a data set, over the choice of problems.

    Percentile bootstrap (Efron 1979): problems are drawn anew with replacement, their pass@k averaged, and the middle
    `level` of the averages kept. "normal" is mean +/- z sd/sqrt(P), quicker and less true near 0 and 1.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    ks : array_like of int, 1 <= k <= min n, or None
        Which draws; None means every k = 1, 2, ..., min n.
    level : float in (0, 1)
        Confidence.
    method : "bootstrap" or "normal"
    seed : int or numpy Generator
        Same seed, same interval.
    resamples : int >= 100
        Bootstrap resamples.

    Returns
    -------
    Interval(low, high), arrays with one entry per k.

    Raises
    ------
    ValueError
        For impossible counts, k > n (the problem is named), fewer than two problems, or an unknown method.

    Examples
    --------
    >>> band = curve_interval(4, [0, 1, 2, 4, 4, 3], ks=[1, 4], seed=1)
    >>> band.low.round(2), band.high.round(2)
    (array([0.29, 0.5 ]), array([0.88, 1.  ]))
    """
    n, c = arguments.counts(n, c)
    ks = every_k(n) if ks is None else arguments.whole("k", ks, least=1)
    arguments.draws(n, ks.max())
    shape, ks = ks.shape, ks.ravel()
    tail = (1 - arguments.level(level)) / 2
    n_values, c_values, how_many = weighted_pairs(n, c)
    problems = int(how_many.sum())
    if problems < 2:
        raise ValueError("an interval over problems needs at least two problems; pass_at_k_posterior answers for one.")
    if not isinstance(method, str) or method not in ("bootstrap", "normal"):
        raise ValueError(f"method is 'bootstrap' or 'normal', not {arguments.short(method)}.")
    if method == "normal":
        from scipy.special import ndtri

        values = per_problem(n_values, c_values, ks)
        mean = how_many @ values / problems
        spread = np.sqrt(how_many @ (values - mean) ** 2 / (problems - 1) / problems)
        low, high = mean + ndtri(tail) * spread, mean - ndtri(tail) * spread
        return Interval(_shaped(low, shape), _shaped(high, shape))
    resamples = enough(resamples)
    draws = resample(how_many, resamples, seed)
    low, high = np.empty((2, ks.size))
    for part in blocks(ks.size, resamples):
        means = draws @ per_problem(n_values, c_values, ks[part])
        low[part], high[part] = np.quantile(means, [tail, 1 - tail], axis=0)
    return Interval(_shaped(low, shape), _shaped(high, shape))


def enough(resamples: Any) -> int:
    """Check the number of resamples: one whole number, at least 100."""
    if isinstance(resamples, bool) or not isinstance(resamples, int | np.integer) or not 100 <= resamples <= 10**6:
        raise ValueError(
            f"resamples = {arguments.short(resamples)} will not do; use a whole number from 100 to 1,000,000 (10,000 "
            "is usual)."
        )
    return int(resamples)


def resample(how_many: Ints, resamples: int, seed: Seed) -> Floats:
    """Return bootstrap weights, one row per resample: the share of each kind of problem when P are drawn anew."""
    problems = how_many.sum()
    return arguments.generator(seed).multinomial(problems, how_many / problems, size=resamples) / problems


def blocks(size: int, resamples: int) -> list[slice]:
    """Cut the k axis so that a block of resampled curves holds about four million numbers."""
    step = max(1, 4_000_000 // resamples)
    return [slice(begin, min(begin + step, size)) for begin in range(0, size, step)]


def _shaped(values: Any, shape: tuple[int, ...]) -> Any:
    values = np.broadcast_to(np.asarray(values).reshape(-1), (int(np.prod(shape)),)) if np.size(values) == 1 else values
    values = np.asarray(values).reshape(shape)
    return values.item() if shape == () else np.array(values)

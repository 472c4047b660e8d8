"""From counts of correct samples to pass@k and its relatives: one function, one equation."""

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import by_distinct
from passk_lab.metrics._products import ratio_of_binomials
from passk_lab.metrics.chances import hypergeometric

BEYOND_N = ", or pass_at_k_beyond, which bounds the mean over problems for k > n"

# exp(-40) < 2**-54: below it 1 - exp(log) rounds to 1.
_ONE = -40.0


def pass_at_k(n: Any, c: Any, k: Any) -> Any:
    r"""Chance that at least one of k samples is correct, drawn without replacement from n of which c are.

    .. math:: \hat\rho(n, c, k) = 1 - \binom{n-c}{k} \Big/ \binom{n}{k}

    The unbiased estimate of pass@k = 1 - (1 - p)^k from n independent samples (Chen et al. 2021, arXiv 2107.03374,
    eq. 1). Its mean is a polynomial of degree k in p, so none exists for k > n: `pass_at_k_beyond` gives bounds there.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (1 <= k <= n) of each problem.

    Returns
    -------
    float for scalars, else ndarray of float64 of the broadcast shape, in [0, 1]. Relative error at most 4 ulp.

    Raises
    ------
    ValueError
        "k = 16 draws need at least 16 samples, but problem 3 has n = 8. Use k <= 8, or pass_at_k_beyond, which bounds
        the mean over problems for k > n."

    Examples
    --------
    One right answer in four samples: a draw of two finds it half the time.

    >>> pass_at_k(4, 1, 2)
    0.5
    >>> pass_at_k(4, [0, 1, 4], 4)
    array([0., 1., 1.])
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    return at_least_one(n, c, arguments.draws(n, k, BEYOND_N))


def at_least_one(n: Ints, c: Ints, k: Ints) -> Any:
    """Return pass@k of counts that have been checked."""
    return by_distinct(lambda n, c, k: 0.0 - np.expm1(_log_all_wrong(n, c, k)), n, c, k)


def pass_at_k_plugin(n: Any, c: Any, k: Any) -> Any:
    r"""Put the observed share c/n in the place of p: what drawing k samples WITH replacement would find.

    .. math:: 1 - (1 - c/n)^k

    Biased down for every k >= 2 and 0 < p < 1, since (1 - c/n)^k is convex in c/n; yet for one problem its mean
    squared error can be the smaller one (n = 10, k = 5, p = 0.1: 0.0855 against 0.1068). k may exceed n.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (k >= 1).

    Returns
    -------
    float for scalars, else ndarray of float64 of the broadcast shape, in [0, 1].

    Raises
    ------
    ValueError
        A sentence with the offending value, for counts that cannot be or shapes that do not fit.

    Examples
    --------
    One right answer in four samples, all four drawn: the plug-in is not sure to find it.

    >>> pass_at_k_plugin(4, 1, 4)
    0.68359375
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    k = arguments.whole("k", k, least=1)
    arguments.shape_together(n=n, c=c, k=k)
    with np.errstate(divide="ignore"):
        out = 0.0 - np.expm1(k * np.log1p(-c / n))  # 0 - x and not -x: no -0.0
    return out.item() if np.ndim(out) == 0 else out


def pass_hat_k(n: Any, c: Any, k: Any) -> Any:
    r"""Chance that ALL k samples are correct, drawn without replacement: reliability rather than coverage.

    .. math:: \text{pass}^k = \binom{c}{k} \Big/ \binom{n}{k} = 1 - \hat\rho(n, n - c, k)

    Unbiased for p^k. Source: tau-bench, arXiv 2406.12045.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (1 <= k <= n).

    Returns
    -------
    float for scalars, else ndarray of float64 of the broadcast shape, in [0, 1]. Relative error at most 4 ulp.

    Raises
    ------
    ValueError
        A sentence with the offending value, for counts that cannot be, k > n, or shapes that do not fit.

    Examples
    --------
    >>> round(pass_hat_k(5, 3, 2), 12)
    0.3
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    return by_distinct(ratio_of_binomials, n, c, arguments.draws(n, k))


def g_pass_at_k(n: Any, c: Any, k: Any, tau: float) -> Any:
    r"""Chance that at least a fraction tau of k samples is correct, drawn without replacement.

    .. math:: \text{G-Pass@}k_\tau = \sum_{j = \lceil \tau k \rceil}^{\min(c, k)}
        \binom{c}{j}\binom{n-c}{k-j} \Big/ \binom{n}{k}

    It runs from pass@k (tau near 0) to pass^k (tau = 1). Source: GPassK, arXiv 2412.13147.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples, correct samples (0 <= c <= n) and draws (1 <= k <= n).
    tau : float in (0, 1]
        The share of draws that must be correct; a product tau * k within 1e-9 of a whole number counts as it.

    Returns
    -------
    float for scalars, else ndarray of float64 of the broadcast shape, in [0, 1].

    Raises
    ------
    ValueError
        A sentence with the offending value; tau = 0 asks for nothing, so it is refused.

    Examples
    --------
    >>> round(g_pass_at_k(16, 12, 8, tau=0.75), 10)
    0.7153846154
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    k = arguments.draws(n, k)
    share = arguments.chance("tau", tau)
    if share.ndim:
        raise ValueError(f"tau must be one number, but got {share.tolist()}. Call once per tau.")
    tau = float(share)
    if tau == 0:
        raise ValueError("tau = 0 asks for no correct draw at all; use 0 < tau <= 1 (a tiny tau gives pass@k).")

    def at_least(n: Ints, c: Ints, k: Ints) -> Floats:
        # 0.55 * 20 is 11.000000000000002 in float64: without the 1e-9 its ceiling would ask for 12.
        needed = np.maximum(np.ceil(tau * k - 1e-9).astype(np.int64), 1)
        return np.array([_tail(*row) for row in zip(n, c, k, needed, strict=True)])

    return by_distinct(at_least, n, c, k)


def max_at_k(rewards: Any, k: Any) -> Any:
    r"""Expected best of k rewards, drawn without replacement from n: pass@k for rewards that are not yes or no.

    .. math:: \binom{n}{k}^{-1} \sum_{i=k}^{n} \binom{i-1}{k-1}\, g_{(i)}, \qquad g_{(1)} \le \dots \le g_{(n)}

    Unbiased for the expected maximum of k rewards. Source: PKPO, arXiv 2505.15201, eq. 12. With rewards 0 and 1 it
    is `pass_at_k`.

    Parameters
    ----------
    rewards : array_like of real numbers, shape (..., n)
        The last axis holds the n samples of a problem.
    k : array_like of int, 1 <= k <= n
        Draws; broadcast with the leading axes of `rewards`.

    Returns
    -------
    float, or ndarray of the broadcast of rewards.shape[:-1] and k.

    Raises
    ------
    ValueError
        If a reward is not finite, there is none, or k leaves 1..n.

    Examples
    --------
    Two of the three pairs of (1, 2, 4) have 4 as their best, one has 2: (4 + 4 + 2)/3.

    >>> round(max_at_k([1, 2, 4], 2), 12)
    3.333333333333
    """
    arguments.aligned(rewards=arguments.rows(rewards), k=k)
    rewards = arguments.real("rewards", rewards, marks=True)
    if rewards.ndim == 0:
        raise ValueError("rewards must be a list with the n samples of a problem on its last axis, not one number.")
    n = rewards.shape[-1]
    k = arguments.draws(np.array(n), k)
    arguments.shape_together(rewards=rewards[..., 0], k=k)
    ascending = np.sort(rewards, axis=-1)
    out = np.empty(np.broadcast_shapes(rewards.shape[:-1], k.shape))
    for value in np.unique(k):
        best = ascending @ _rank_weights(n, int(value))
        out[...] = np.where(np.broadcast_to(k == value, out.shape), best, out)
    return out.item() if out.ndim == 0 else out


def _log_all_wrong(n: Ints, c: Ints, k: Ints) -> Floats:
    """Log of C(n-c, k)/C(n, k), exact to the last digits, given up once 1 less its exponential rounds to 1.

    The ratio is the product over i < min(c, k) of 1 - max(c, k)/(n - i): the same for c and k swapped, so the shorter
    of the two products is taken. Each factor is at most 1 - max(c, k)/n, so some sqrt(40 n) factors are enough.
    """
    out = np.full(n.shape, -np.inf)
    possible = c + k <= n
    n, few, many = n[possible], np.minimum(c, k)[possible], np.maximum(c, k)[possible]
    largest = np.log1p(-many / n, where=few > 0, out=np.full(n.shape, -1.0))
    length = np.minimum(few, np.ceil(_ONE / largest)).astype(np.int64)
    sums = np.zeros(n.shape)
    ends = np.cumsum(length)
    begin = 0
    while begin < n.size:  # about a million factors at a time
        done = ends[begin - 1] if begin else 0
        stop = max(begin + 1, int(np.searchsorted(ends, done + 2**20, side="right")))
        part = slice(begin, stop)
        used = np.flatnonzero(length[part]) + begin
        if used.size:
            terms = length[used]
            starts = np.cumsum(terms) - terms
            i = np.arange(terms.sum()) - np.repeat(starts, terms)
            factors = np.log1p(-np.repeat(many[used], terms) / (np.repeat(n[used], terms) - i))
            sums[used] = np.add.reduceat(factors, starts)
        begin = stop
    out[possible] = sums
    return out


def _tail(n: int, c: int, k: int, needed: int) -> float:
    lowest, chances = hypergeometric(int(n), int(c), int(k))
    return min(1.0, float(chances[max(0, needed - lowest) :].sum()))  # a sum of parts of 1 may round above it


def _rank_weights(n: int, k: int) -> Floats:
    """Chance that the i-th smallest of n is the best of k draws: k/n for the largest, then by recursion downwards."""
    i = np.arange(n, k, -1, dtype=np.float64)
    downwards = np.cumprod(np.concatenate([[k / n], (i - k) / (i - 1)])) if n > k else np.array([1.0])
    return np.concatenate([np.zeros(k - 1), downwards[::-1]])

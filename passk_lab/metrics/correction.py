"""What can be put right where a verifier errs anew with every sample: estimates of the truth, and their noise.

The rates are those of `verifier`: `false_positive` accepts a wrong sample, `false_negative` rejects a right one.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics._distinct import by_distinct
from passk_lab.metrics._products import ratio_of_binomials, ratios_of_binomials
from passk_lab.metrics._rates import accepted, one_verifier, youden
from passk_lab.metrics.chances import binomial
from passk_lab.metrics.known_p import success_at_k

_MOST = 1e9
"""Largest factor that a correction may put on a share: beyond it a double's last digits show in the sixth place."""
_WORK = 2 * 10**7


def rogan_gladen(n: Any, c: Any, false_positive: float, false_negative: float = 0) -> Any:
    r"""Estimate p from the share of samples that a verifier of known rates accepted.

    .. math:: \hat p = \frac{c/n - a}{1 - a - b}

    Unbiased, which is why it leaves [0, 1] where few samples were drawn: cut each problem at 0 and the mean over
    problems is wrong again, so average first. And do not put it into 1 - (1-p)^k, which is not unbiased then:
    `corrected_pass_at_k` is. Source: Rogan, Gladen 1978; for judges Lee et al., arXiv 2511.21140.

    Parameters
    ----------
    n, c : array_like of int, broadcast together
        Samples n >= 1, and accepted ones 0 <= c <= n.
    false_positive, false_negative : float in [0, 1], of sum below 1
        Chance to accept a wrong sample, and to reject a right one; the same on all these problems.

    Returns
    -------
    float, or ndarray of the broadcast shape; it may lie outside [0, 1]

    Raises
    ------
    ValueError
        For counts that cannot be, or a verifier that accepts right samples no more readily than wrong ones.

    Examples
    --------
    >>> round(rogan_gladen(1000, 280, 0.02, 0.1), 5)
    0.29545
    """
    n, c = arguments.counts(n, c)
    a, b = one_verifier(false_positive, false_negative)
    return arguments.plain((c / n - a) / youden(a, b))


def rogan_gladen_variance(
    p: Any, n: Any, false_positive: float, false_negative: float = 0, wrong: Any = None, right: Any = None
) -> Any:
    r"""Variance of `rogan_gladen`, with what it adds that the rates come from audits themselves.

    .. math:: \frac{1}{(1 - a - b)^2}\left[\frac{s\,(1 - s)}{n} + \frac{(1 - p)^2\,a\,(1 - a)}{m_w}
        + \frac{p^2\,b\,(1 - b)}{m_r}\right]

    Exact for known rates, to first order (the delta method) for audited ones. Source: Rogan, Gladen 1978; Lee et al.,
    arXiv 2511.21140. An audit in which nothing was found gives a = 0 and no variance, which is too little: put one
    accepted and one rejected sample more into it first.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right, as estimated.
    n : array_like of int >= 1
        Samples. The two broadcast together.
    false_positive, false_negative : float in [0, 1], of sum below 1
        As in `rogan_gladen`.
    wrong, right : array_like of int >= 1, or None
        Wrong samples audited for false_positive (m_w), and right ones for false_negative (m_r). None: a known rate.

    Returns
    -------
    float, or ndarray of the broadcast shape

    Raises
    ------
    ValueError
        A sentence with the offending value, or that the verifier tells right from wrong by nothing.

    Examples
    --------
    280 of 1000 accepted; 2 of 100 wrong ones accepted by hand, 5 of 50 right ones rejected. The standard deviation:

    >>> round(rogan_gladen_variance(0.29545, 1000, 0.02, 0.1, wrong=100, right=50) ** 0.5, 5)
    0.02427
    """
    arguments.aligned(p=p, n=n)
    p, n = arguments.chance("p", p), arguments.whole("n", n, least=1)
    a, b = one_verifier(false_positive, false_negative)
    y = youden(a, b)
    sizes = {
        name: arguments.whole(name, m, least=1) for name, m in {"wrong": wrong, "right": right}.items() if m is not None
    }
    arguments.shape_together(p=p, n=n, **sizes)
    s = accepted(p, np.asarray(a), np.asarray(b))
    total = s * (1 - s) / n
    if "wrong" in sizes:
        total = total + (1 - p) ** 2 * a * (1 - a) / sizes["wrong"]
    if "right" in sizes:
        total = total + p**2 * b * (1 - b) / sizes["right"]
    return arguments.plain(total / y**2)


def corrected_pass_at_k(n: Any, c: Any, k: Any, false_positive: float, false_negative: float = 0) -> Any:
    r"""Estimate the true pass@k without bias from verdicts of a verifier of known rates: the one estimate that does.

    .. math:: 1 - (1 - a - b)^{-k} \sum_{j=0}^{k} \binom{k}{j} (-b)^{k-j} M_j,
        \qquad M_j = \binom{n-c}{j} \Big/ \binom{n}{j}

    With b = 0 it is 1 - M_k/(1-a)^k. Ours: M_j is unbiased for (1-s)^j, and 1 - p = (1 - s - b)/(1 - a - b). One
    problem's estimate leaves [0, 1], and must: average over problems, and cut nothing. Its noise
    (`corrected_pass_at_k_variance`) grows like (1-a-b)^-k: of use while k a is below about 1. It holds for errors
    drawn anew with each sample, at one rate on all problems. For errors that belong to an answer there is no
    correction from verdicts: audit the distinct accepted answers instead.

    Parameters
    ----------
    n, c, k : array_like of int, broadcast together
        Samples n >= 1, accepted ones 0 <= c <= n, draws 1 <= k <= n.
    false_positive, false_negative : float in [0, 1], of sum below 1
        As in `rogan_gladen`.

    Returns
    -------
    float, or ndarray of the broadcast shape; it may lie outside [0, 1]. Absolute error below 1e-6, mostly 1e-15.

    Raises
    ------
    ValueError
        For counts that cannot be; k > n, where no unbiased estimate exists; a verifier that accepts right samples no
        more readily than wrong ones; or a k at which the correction multiplies noise more than a billion times.

    Examples
    --------
    Two draws of four samples, one wrong sample in ten accepted:

    >>> np.round(81 * corrected_pass_at_k(4, [0, 1, 2, 3, 4], 2, 0.1), 2)
    array([-19.  ,  31.  ,  64.33,  81.  ,  81.  ])
    """
    arguments.aligned(n=n, c=c, k=k)
    n, c = arguments.counts(n, c)
    a, b = one_verifier(false_positive, false_negative)
    k = arguments.draws(n, k, ": beyond n samples no unbiased estimate exists")
    return arguments.plain(1 - _true_miss(lambda j: by_distinct(ratio_of_binomials, n, n - c, j), k, a, b))


def corrected_pass_at_k_variance(p: Any, n: int, k: int, false_positive: float, false_negative: float = 0) -> Any:
    r"""Variance of `corrected_pass_at_k` for one problem, exactly.

    .. math:: \sum_{c=0}^{n} \binom{n}{c} s^c (1 - s)^{n-c}\,\bigl(\hat\rho(c) - J_k(p)\bigr)^2

    The mean over P problems has 1/P of their mean variance, so this says beforehand how many problems a correction
    takes, or that none would do. Source: the definition of a variance; the estimate's mean is J_k(p).

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right. Entries times n may be 2e7 at most.
    n : int in [1, 1e5]
        Samples.
    k : int, 1 <= k <= n
        Draws.
    false_positive, false_negative : float in [0, 1], of sum below 1
        As in `rogan_gladen`.

    Returns
    -------
    float, or ndarray of the shape of p

    Raises
    ------
    ValueError
        As `corrected_pass_at_k`, or if the table of all counts would be too large.

    Examples
    --------
    The standard deviation of one problem, without errors, and with five wrong samples in a hundred accepted:

    >>> [round(corrected_pass_at_k_variance(0.02, 128, 100, a) ** 0.5, 2) for a in (0, 0.05)]
    [0.26, 2.17]
    """
    arguments.aligned(p=p, n=n, k=k)
    p, n = arguments.chance("p", p), arguments.one_whole("n", n)
    k = int(arguments.draws(np.asarray(n), arguments.one_whole("k", k)))
    a, b = one_verifier(false_positive, false_negative)
    arguments.table_size("n", n, "use fewer samples", 10**5)
    arguments.table_size("n times the entries of p", n * p.size, "pass fewer p at once", _WORK)
    missed = _true_miss(lambda j: ratios_of_binomials(n, int(j))[::-1], np.asarray(k), a, b)
    truth = 1 - np.asarray(success_at_k(p, k))
    law = binomial(n, accepted(p, np.asarray(a), np.asarray(b)))
    return arguments.plain(np.sum(law * (missed - truth[..., None]) ** 2, axis=-1))


def _true_miss(miss: Callable[[Any], Any], k: Any, a: float, b: float) -> Any:
    """Unbiased for (1-p)^k: the sum of `corrected_pass_at_k` with M_j = miss(j), j = k downwards until none counts."""
    y, most = youden(a, b), int(np.max(k))
    growth = most * (math.log1p(b) - math.log(y))
    if growth > math.log(_MOST):
        raise ValueError(
            f"at k = {most} the correction for false_positive = {a:g} and false_negative = {b:g} multiplies the noise "
            f"of a share more than {_MOST:,.0f} times, so nothing would be left to see. Use a smaller k, or audit what "
            "was accepted."
        )
    total, factor, i = 0.0, np.ones(np.shape(k)), 0
    while factor.any():
        total = total + factor * miss(np.maximum(k - i, 0))
        factor = factor * -b * np.maximum(k - i, 0) / (i + 1)
        # 1 - a - b <= 1 - b, so k b is at most ln(_MOST)/2 = 10.4: the terms rise to there, then fall for good.
        factor = np.where((abs(factor) < 1e-20) & (i > k * b), 0.0, factor)
        i += 1
    return total * np.exp(-k * math.log(y))

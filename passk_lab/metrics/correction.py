"""What can be put right where a verifier errs anew with every sample: estimates of the truth, and their noise.

The rates are those of `verifier`: `false_positive` accepts a wrong sample, `false_negative` rejects a right one.
"""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import by_distinct
from passk_lab.metrics._products import ratio_of_binomials, ratios_of_binomials
from passk_lab.metrics._rates import accepted, one_verifier, youden
from passk_lab.metrics.audits import audit_interval
from passk_lab.metrics.bounded_mean import Interval, mean_interval
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


def rogan_gladen_interval(
    n: int, c: int, wrong: int, accepted_wrong: int, right: int | None = None, rejected_right: int = 0,
    level: float = 0.95,
) -> Interval:  # fmt: skip
    r"""Interval for p from c of n accepted samples and audits of the verifier.

    .. math:: \hat p \pm z \sqrt{\widehat{\text{Var}}(\hat p)}, \quad \hat a = \frac{x + 1}{m_w + 2}, \quad
        \hat s = \frac{c + z^2/2}{n + z^2}

    One accepted and one rejected sample are put into each audit, and z^2 into the samples: without them an audit of a
    hundred in which little was found makes an interval of 95 % cover 90 % (`docs/intervals.md`). Cut to [0, 1]. Source:
    Lee et al., arXiv 2511.21140; the added counts: Agresti, Coull 1998.

    Parameters
    ----------
    n, c : int
        Samples n >= 1, and accepted ones 0 <= c <= n.
    wrong, accepted_wrong : int
        Wrong samples audited (m_w >= 1), and those of them that were accepted (x).
    right, rejected_right : int
        Right samples audited (m_r >= 1), and those that were rejected; right=None where no right one is rejected.
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    Interval(low, high), in [0, 1]

    Raises
    ------
    ValueError
        For counts that cannot be, or audits in which the verifier accepts right samples no more readily than wrong.

    Examples
    --------
    >>> low, high = rogan_gladen_interval(1000, 280, wrong=100, accepted_wrong=2, right=50, rejected_right=5)
    >>> round(low, 3), round(high, 3)
    (0.242, 0.346)
    """
    from scipy.special import ndtri

    z = float(ndtri((1 + arguments.level(level)) / 2))
    n, c = arguments.one_whole("n", n), arguments.one_whole("c", c, least=0)
    arguments.counts(n, c)
    wrong, a = _audited("wrong", wrong, "accepted_wrong", accepted_wrong)
    right, b = (None, 0.0) if right is None else _audited("right", right, "rejected_right", rejected_right)
    s, size = (c + z * z / 2) / (n + z * z), n + z * z
    y = youden(a, b)
    p = (s - a) / y
    variance = s * (1 - s) / size + (1 - p) ** 2 * a * (1 - a) / wrong
    if right is not None:
        variance += p * p * b * (1 - b) / right
    half = z * math.sqrt(variance) / y
    return Interval(min(max(p - half, 0.0), 1.0), min(max(p + half, 0.0), 1.0))


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


class CorrectedCurve(NamedTuple):
    """A data set's true pass@k as far as it can be told from verdicts and a rate, with its interval."""

    ks: Ints
    curve: Floats
    """Mean over the problems; it may leave [0, 1] and is not cut."""
    interval: Interval
    """For each k by itself, over the population of problems and, where audited, over rates."""


def corrected_curve(
    n: Any, c: Any, ks: Any, false_positive: float, false_negative: float = 0, audited: int | None = None,
    level: float = 0.95,
) -> CorrectedCurve:  # fmt: skip
    r"""Correct a data set's pass@k curve for a verifier that errs anew with each sample, or refuse to.

    .. math:: \frac1P \sum_i \hat\rho(n_i, c_i, k), \qquad \text{refused where } k\,a > 1

    The mean of `corrected_pass_at_k`. Its noise grows like (1-a-b)^-k, so beyond k a = 1 the answer would be noise
    more than data, and a sentence comes in its place. The interval is that of `mean_interval`, on the range that the
    correction of one problem has. Where the rate is from an audit, half of what may be missed goes to
    `audit_interval`: a larger rate lowers the whole curve, so its two ends give the two ends (ours; it covers at
    least `level`). It holds for errors drawn anew at one rate; for errors that belong to answers no verdicts can be
    put right. The curve is not cut to [0, 1], the interval is.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples, and accepted ones. Two problems at least.
    ks : array_like of int, 1 <= k <= every n
        Draws.
    false_positive, false_negative : float in [0, 1], of sum below 1
        As in `rogan_gladen`.
    audited : int >= 1, or None
        Wrong samples read to learn false_positive, so that false_positive * audited of them were accepted; None if it
        is known. An audit goes with false_negative = 0 here.
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    CorrectedCurve(ks, curve, interval)

    Raises
    ------
    ValueError
        If k times false_positive exceeds 1, and as `corrected_pass_at_k` and `mean_interval`.

    Examples
    --------
    >>> found = corrected_curve(10, [0, 1, 1, 4, 9, 10], [1, 5], 0.02)
    >>> found.curve.round(3)
    array([0.405, 0.627])
    """
    n, c = np.broadcast_arrays(*arguments.counts(n, c))
    n, c = np.atleast_1d(n).ravel(), np.atleast_1d(c).ravel()
    a, b = one_verifier(false_positive, false_negative)
    ks = np.atleast_1d(arguments.whole("ks", ks, least=1)).ravel()
    level = arguments.level(level)
    if ks.max() * a > 1:
        raise ValueError(
            f"at k = {ks.max()} and false_positive = {a:g} luck alone is expected {ks.max() * a:.3g} times in k draws: "
            f"what is left after a correction would be noise. Ask for k up to {int(1 / a)}, or audit what was accepted."
        )
    curve = np.array([np.mean(corrected_pass_at_k(n, c, k, a, b)) for k in ks.tolist()])
    if audited is None:
        return CorrectedCurve(ks, curve, Interval(*_ends(n, c, ks, a, b, level)))
    if b > 0:
        raise ValueError("an audit of wrong samples goes with false_negative = 0 here: pass one of the two.")
    m = arguments.one_whole("audited", audited)
    if abs(a * m - round(a * m)) > 1e-6 * max(1, a * m):
        raise ValueError(f"false_positive = {a:g} of audited = {m} is no whole number of samples: give their quotient.")
    half = (1 + level) / 2
    least, most = audit_interval(m, round(a * m), half)
    # Where the largest rate would leave nothing to see, nothing is the lower end.
    told = ks * -math.log1p(-min(most, 1 - 1e-9)) <= math.log(_MOST)
    low = np.zeros(ks.size)
    low[told], _ = _ends(n, c, ks[told], most, 0, half)
    _, high = _ends(n, c, ks, least, 0, half)
    return CorrectedCurve(ks, curve, Interval(low, high))


def _ends(n: Ints, c: Ints, ks: Ints, a: float, b: float, level: float) -> tuple[Floats, Floats]:
    """Ends of the interval at known rates: for each k, `mean_interval` on the range of the correction over all c."""
    ends = np.empty((ks.size, 2))
    sizes = np.unique(n).tolist()
    for i, k in enumerate(ks.tolist()):
        every = np.concatenate([np.atleast_1d(corrected_pass_at_k(m, np.arange(m + 1), k, a, b)) for m in sizes])
        low, spread = every.min(), np.ptp(every)
        scaled = (corrected_pass_at_k(n, c, k, a, b) - low) / spread
        ends[i] = low + spread * np.array(mean_interval(np.clip(scaled, 0.0, 1.0), level))
    return tuple(np.clip(ends, 0.0, 1.0).T)


def _audited(name: str, size: Any, name_found: str, found: Any) -> tuple[int, float]:
    """Size and rate of an audit into which one sample of either kind more was put."""
    size, found = arguments.one_whole(name, size), arguments.one_whole(name_found, found, least=0)
    if found > size:
        raise ValueError(f"more errors than samples read: {name_found} = {found} but {name} = {size}.")
    return size + 2, (found + 1) / (size + 2)


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

"""What a verifier that errs shows of pass@k, what is true, what best-of-k hands in, and what can be put right.

Two rates throughout: `false_positive` is the chance that a wrong sample is accepted, `false_negative` the chance that
a right one is rejected. Where an error is drawn (anew for every sample, once for a problem, once for an answer)
decides what k does to it; the names say which where it is not the sample.
"""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import betainccinv, betaincinv

from passk_lab import arguments
from passk_lab.arguments import LARGEST, Floats
from passk_lab.metrics._distinct import by_distinct
from passk_lab.metrics._products import ratio_of_binomials, ratios_of_binomials
from passk_lab.metrics.bounded_mean import Interval
from passk_lab.metrics.chances import binomial, log_all_wrong
from passk_lab.metrics.known_p import success_at_k

_ALIKE = 1e-9
"""A verifier whose two chances of accepting differ by no more tells right from wrong by nothing but rounding."""
_MOST = 1e9
"""Largest factor that a correction may put on a share: beyond it a double's last digits show in the sixth place."""
_WORK = 2 * 10**7


# --- seen, true, chosen: errors drawn anew for every sample ---------------------------------------------------------


def seen_at_k(p: Any, k: Any, false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Chance that a verifier accepts at least one of k samples: the pass@k that is seen, where it errs anew each time.

    .. math:: 1 - (1 - s)^k, \qquad s = (1 - p)\,a + p\,(1 - b), \quad a = \text{false\_positive},\;
        b = \text{false\_negative}

    J_k at the chance s of accepting one sample; what is true is `success_at_k(p, k)`. With b = 0 two models under one
    verifier differ by (1-a)^k of their true difference: no crossing is made or moved, it only drowns. Source: the law
    of total probability; cf. Stroebl et al., arXiv 2411.17501.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws.
    false_positive, false_negative : array_like of float in [0, 1]
        Chance to accept a wrong sample, and to reject a right one. All four broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, if a chance leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    A model that knows nothing, and a verifier that is wrong once in a thousand times:

    >>> round(seen_at_k(0, 1024, 0.001), 2)
    0.64
    """
    arguments.aligned(p=p, k=k, false_positive=false_positive, false_negative=false_negative)
    p, k, a, b = _p_k_and_rates(p, k, false_positive, false_negative)
    return success_at_k(_accepted(p, a, b), k)


def chosen_at_k(p: Any, k: Any, false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Chance that best-of-k with this verifier hands in a right sample: a random one of those it accepts.

    .. math:: \pi\,\bigl(1 - (1 - s)^k\bigr), \qquad \pi = p\,(1 - b)/s

    Each accepted sample is right with chance pi, whatever else was accepted. As k grows it rises to pi and no further:
    a verifier that errs is a ceiling on resampling. Source: cf. Stroebl et al., arXiv 2411.17501; form ours.

    Parameters
    ----------
    p, k, false_positive, false_negative : array_like, broadcast together
        As in `seen_at_k`.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]; 0 where nothing is ever accepted.

    Raises
    ------
    ValueError
        A sentence with the offending value, if a chance leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    True is 0.19, seen is 0.3439:

    >>> round(chosen_at_k(0.1, 2, 0.1), 12)
    0.181
    """
    arguments.aligned(p=p, k=k, false_positive=false_positive, false_negative=false_negative)
    p, k, a, b = _p_k_and_rates(p, k, false_positive, false_negative)
    s = _accepted(p, a, b)
    right = np.divide(p * (1 - b), s, where=s > 0, out=np.zeros(s.shape))
    return arguments.plain(np.minimum(right, 1) * success_at_k(s, k))


def half_truth_p(false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Return the success probability below which most accepted samples are wrong.

    .. math:: p_{1/2} = \frac{a}{a + 1 - b}, \qquad \text{where } p\,(1 - b) = (1 - p)\,a

    Our own step from Bayes' rule. a/(1-b) is the odds there, not the probability.

    Parameters
    ----------
    false_positive, false_negative : array_like of float in [0, 1], broadcast together
        As in `seen_at_k`.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        If a rate leaves [0, 1], or nothing is ever accepted (false_positive 0 and false_negative 1).

    Examples
    --------
    >>> round(half_truth_p(0.1, 0.2), 12)  # 1/9
    0.111111111111
    """
    a, b = _rates(false_positive, false_negative)
    a, b = np.broadcast_arrays(a, b)
    never = (a == 0) & (b == 1)
    if never.any():
        raise ValueError(
            f"{arguments.where(never, 'entry')}at false_positive = 0 and false_negative = 1 nothing is ever accepted, "
            "so no share of it is right. Give a false_negative below 1."
        )
    return arguments.plain(a / (a + (1 - b)))


def half_truth_k(p: Any, false_positive: float, false_negative: float = 0) -> int | None:
    r"""Return the first k at which at most half of what is seen solved is handed in right, over the problems of a set.

    .. math:: \min\Bigl\{k : \sum_i \pi_i \bigl(1 - (1 - s_i)^k\bigr)
        \le \tfrac{1}{2} \sum_i \bigl(1 - (1 - s_i)^k\bigr)\Bigr\}

    Ours: `chosen_at_k` over `seen_at_k`, both averaged. With one p the share is pi at every k; over problems it falls
    with k, because draws go on adding acceptances to hard problems, where most of them are wrong, when the easy ones
    have long been seen solved. (So long as a + b < 1; a verifier that accepts wrong samples more readily than right
    ones has the share rise instead.)

    Parameters
    ----------
    p : array_like of float in [0, 1], one entry per problem
        Chance that one sample of the problem is right.
    false_positive, false_negative : float in [0, 1]
        As in `seen_at_k`; one verifier for all problems.

    Returns
    -------
    int, or None where no k up to 2**53 brings the share down to a half

    Raises
    ------
    ValueError
        If a chance leaves [0, 1], or nothing is ever accepted.

    Examples
    --------
    One problem of three is solved half the time and two never; one wrong sample in a hundred is accepted.

    >>> half_truth_k([0.5, 0, 0], 0.01)
    68
    >>> half_truth_k([0.5, 0.5, 0], 0.01) is None
    True
    """
    p = arguments.chance("p", p).ravel()
    a, b = _one_verifier(false_positive, false_negative)
    if not _accepted(p, np.asarray(a), np.asarray(b)).any():
        raise ValueError("nothing is ever accepted at these p and rates, so no part of it is right or wrong.")

    def reached(k: int) -> bool:
        return bool(2 * np.sum(chosen_at_k(p, k, a, b)) <= np.sum(seen_at_k(p, k, a, b)))

    low, high = 0, LARGEST
    if not reached(high):
        return 1 if reached(1) else None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


# --- seen where the error is drawn once for a problem, or once for an answer ----------------------------------------


def seen_at_k_per_problem(p: Any, k: Any, alpha: Any, beta: Any) -> Any:
    r"""Give the pass@k that is seen where each problem has a false-positive rate of its own, from Beta(alpha, beta).

    .. math:: 1 - (1 - p)^k\, \frac{B(\alpha, \beta + k)}{B(\alpha, \beta)}

    No right sample is rejected. The mean rate is alpha/(alpha + beta), as seen at k = 1; from there it rises more
    slowly than with that rate on all problems, and what is missed falls like k^-alpha: a power law of the verifier's
    making.
    Source: the Beta integral, E[(1-a)^k]; ours.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws.
    alpha, beta : array_like of float in [1e-6, 1e6]
        Pseudo-counts of accepted and of rejected wrong samples. All four broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, if an argument leaves its range.

    Examples
    --------
    Mean rate 0.1 and p = 0; with that rate on every problem 100 draws would show 0.99997.

    >>> np.round(seen_at_k_per_problem(0, [1, 10, 100], 0.1, 0.9), 3)
    array([0.1 , 0.26, 0.41])
    """
    arguments.aligned(p=p, k=k, alpha=alpha, beta=beta)
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    alpha, beta = _pseudo_counts("alpha", alpha), _pseudo_counts("beta", beta)
    shape = arguments.shape_together(p=p, k=k, alpha=alpha, beta=beta)
    flat = (np.broadcast_to(x, shape).ravel() for x in (alpha, beta, k))
    missed = log_all_wrong(*flat).reshape(shape) if math.prod(shape) else np.zeros(shape)
    with np.errstate(divide="ignore"):
        return arguments.plain(0.0 - np.expm1(k * np.log1p(-p) + missed))


def seen_at_k_per_answer(wrong: Any, k: int, false_positive: float) -> float:
    r"""Give the pass@k that is seen where each wrong ANSWER is accepted for good, or never.

    .. math:: 1 - E\bigl[(1 - a)^{D}\, \mathbf{1}\{\text{all } k \text{ wrong}\}\bigr]

    D is how many distinct wrong answers are among the k: they are the tickets of the lottery, and not the samples.
    A model with many wrong answers is seen to solve more than one with few. No right sample is rejected. Ours: the
    expectation is k! times the coefficient of x^k in prod_j (1 + (1-a)(e^(w_j x) - 1)), read off a circle.

    Parameters
    ----------
    wrong : array_like of float in [0, 1], one entry per wrong answer
        Chance of each wrong answer of one problem; their sum is 1 - p.
    k : int >= 1
        Draws, at most 1e6; (2k + 100) times the number of different chances may be 2e7 at most.
    false_positive : float in [0, 1]
        Chance that an answer which is wrong is one that the verifier accepts.

    Returns
    -------
    float in [0, 1], to about 1e-12

    Raises
    ------
    ValueError
        If a chance leaves [0, 1], the chances sum to more than 1, or the work would be too large.

    Examples
    --------
    Never right, rate 0.1, a hundred draws: one wrong answer, then ten that are equally likely.

    >>> round(seen_at_k_per_answer([1.0], 100, 0.1), 3)
    0.1
    >>> round(seen_at_k_per_answer([0.1] * 10, 100, 0.1), 3)
    0.651
    """
    wrong = arguments.chance("wrong", wrong).ravel()
    k = arguments.one_whole("k", k)
    a = arguments.one_number("false_positive", false_positive, 0, 1)
    total = math.fsum(wrong)
    if total > 1 + 1e-9:
        raise ValueError(
            f"wrong holds chances of the wrong answers of ONE problem, but they sum to {total:g}, above 1."
        )
    if total == 0 or a == 1:
        return 1.0
    chances, times = np.unique(wrong[wrong > 0], return_counts=True)
    arguments.table_size("k", k, "use fewer draws")
    points = 2 * k + 100  # draws of a Poisson of mean k that lie so far off have no chance that a float could hold
    if points * chances.size > _WORK:
        raise ValueError(
            f"k = {k} draws over {chances.size} different chances are too many to work out exactly. Use fewer draws, "
            "or put the rare wrong answers on one common chance."
        )
    # k is drawn from a Poisson of mean k, so that answers become independent: each factor is a law of numbers of draws.
    turns = np.arange(points) / points
    less_1 = -2 * np.sin(np.pi * turns) ** 2 + 1j * np.sin(2 * np.pi * turns)  # z - 1, to the last digit near z = 1
    back = np.exp(-2j * np.pi * (np.arange(points) * k % points) / points)  # z^-k
    law = np.ones(points, complex)
    for mean, number in zip(k * chances / total, times, strict=True):
        law *= (a * np.exp(-mean) + (1 - a) * np.exp(mean * less_1)) ** int(number)
    unseen = np.mean(law * back).real / np.mean(np.exp(k * less_1) * back).real
    return float(min(max(1 - min(total, 1.0) ** k * unseen, 0.0), 1.0))


# --- put right: errors drawn anew for every sample, rates known -----------------------------------------------------


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
    a, b = _one_verifier(false_positive, false_negative)
    return arguments.plain((c / n - a) / _youden(a, b))


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
    a, b = _one_verifier(false_positive, false_negative)
    y = _youden(a, b)
    sizes = {
        name: arguments.whole(name, m, least=1) for name, m in {"wrong": wrong, "right": right}.items() if m is not None
    }
    arguments.shape_together(p=p, n=n, **sizes)
    s = _accepted(p, np.asarray(a), np.asarray(b))
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
    a, b = _one_verifier(false_positive, false_negative)
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
    a, b = _one_verifier(false_positive, false_negative)
    arguments.table_size("n", n, "use fewer samples", 10**5)
    arguments.table_size("n times the entries of p", n * p.size, "pass fewer p at once", _WORK)
    missed = _true_miss(lambda j: ratios_of_binomials(n, int(j))[::-1], np.asarray(k), a, b)
    truth = 1 - np.asarray(success_at_k(p, k))
    law = binomial(n, _accepted(p, np.asarray(a), np.asarray(b)))
    return arguments.plain(np.sum(law * (missed - truth[..., None]) ** 2, axis=-1))


# --- audits: samples read by hand -----------------------------------------------------------------------------------


def audit_interval(audited: Any, found: Any, level: float = 0.95) -> Interval:
    r"""Interval for an error rate, from samples read by hand.

    .. math:: P(X \ge x \mid \text{low}) = P(X \le x \mid \text{high}) = \frac{1 - \text{level}}{2},
        \qquad X \sim \text{Bin}(m, \text{rate})

    For false_positive, audit WRONG samples and count the accepted ones; for false_negative, right ones that were
    rejected. Where the verifier errs by answer, m is the number of distinct answers read, and not of samples. Source:
    Clopper, Pearson 1934: it covers at least `level` at every rate.

    Parameters
    ----------
    audited, found : array_like of int, broadcast together
        Samples read (m >= 1), and those on which the verifier erred (0 <= x <= m).
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    Interval(low, high)

    Raises
    ------
    ValueError
        A sentence with the offending value, or that more was found than audited.

    Examples
    --------
    >>> low, high = audit_interval(100, 2)
    >>> round(low, 4), round(high, 4)
    (0.0024, 0.0704)
    """
    arguments.aligned(audited=audited, found=found)
    m, x = arguments.whole("audited", audited, least=1), arguments.whole("found", found)
    tail = (1 - arguments.level(level)) / 2
    arguments.shape_together(audited=m, found=x)
    m, x = np.broadcast_arrays(m, x)
    if (x > m).any():
        bad = x > m
        raise ValueError(
            f"more errors than samples read: {arguments.where(bad, 'entry')}found = {arguments.first(x, bad)} but "
            f"audited = {arguments.first(m, bad)}. The order of arguments is audited, found."
        )
    low = np.where(x == 0, 0.0, betaincinv(np.maximum(x, 1), m - x + 1, tail))
    high = np.where(x == m, 1.0, betainccinv(x + 1, np.maximum(m - x, 1), tail))
    return Interval(arguments.plain(low), arguments.plain(high))


def clean_audit_size(k: int, luck: float, level: float = 0.95) -> int:
    r"""Return how many wrong samples must be read, and all found rejected, for luck at k draws to be ruled out.

    .. math:: m = \Bigl\lceil k\, \frac{\ln(1 - \text{level})}{\ln(1 - \text{luck})} \Bigr\rceil

    m clean samples leave rates up to 1 - (1-level)^(1/m) open, and of a problem that is never right k draws then show
    1 - (1-level)^(k/m) at most. Our own step from the rule of three. So much for few draws, so little for many: what
    would settle pass@128 is mostly beyond an audit.

    Parameters
    ----------
    k : int >= 1
        Draws.
    luck : float in (0, 1)
        Seen pass@k of a model that is never right, which is to be ruled out.
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        A sentence with the offending value, or that more than 2**53 samples are needed.

    Examples
    --------
    >>> clean_audit_size(128, 0.01)
    38154
    """
    k, luck = arguments.one_whole("k", k), _inside("luck", luck)
    return _audit(k * math.log1p(-arguments.level(level)) / math.log1p(-luck))


def audit_size(k: int, false_positive: float, error: float) -> int:
    r"""Return how many wrong samples must be read for a corrected 1 - pass@k to be known to a relative error.

    .. math:: m = \Bigl\lceil \frac{k^2\, a}{(1 - a)\,\text{error}^2} \Bigr\rceil

    Ours, by the delta method: 1 - pass@k is what is seen over (1-a)^k (no right sample rejected), and the audit's
    share has standard deviation sqrt(a(1-a)/m). `error` is one standard deviation.

    Parameters
    ----------
    k : int >= 1
        Draws.
    false_positive : float in (0, 1)
        The rate as it is thought to be.
    error : float in (0, 1)
        Relative error wanted.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        A sentence with the offending value, or that more than 2**53 samples are needed.

    Examples
    --------
    >>> audit_size(100, 0.01, 0.1)
    10102
    """
    k, a, error = arguments.one_whole("k", k), _inside("false_positive", false_positive), _inside("error", error)
    return _audit((k / error) * (k / error) * (a / (1 - a)))


# --- what they share ------------------------------------------------------------------------------------------------


def _accepted(p: Floats, a: Floats, b: Floats) -> Floats:
    # The two parts may round to just above 1.
    return np.asarray(np.minimum((1 - p) * a + p * (1 - b), 1))


def _rates(false_positive: Any, false_negative: Any) -> tuple[Floats, Floats]:
    a, b = arguments.chance("false_positive", false_positive), arguments.chance("false_negative", false_negative)
    arguments.shape_together(false_positive=a, false_negative=b)
    return a, b


def _p_k_and_rates(p: Any, k: Any, false_positive: Any, false_negative: Any) -> tuple[Floats, Any, Floats, Floats]:
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    a, b = _rates(false_positive, false_negative)
    arguments.shape_together(p=p, k=k, false_positive=a, false_negative=b)
    return p, k, a, b


def _one_verifier(false_positive: Any, false_negative: Any) -> tuple[float, float]:
    return (
        arguments.one_number("false_positive", false_positive, 0, 1),
        arguments.one_number("false_negative", false_negative, 0, 1),
    )


def _youden(a: float, b: float) -> float:
    y = 1 - a - b
    if y <= _ALIKE:
        raise ValueError(
            f"with false_positive = {a:g} and false_negative = {b:g} the verifier accepts right samples no more "
            "readily than wrong ones, so its verdicts say nothing that could be corrected. The sum must lie below 1."
        )
    return y


def _true_miss(miss: Callable[[Any], Any], k: Any, a: float, b: float) -> Any:
    """Unbiased for (1-p)^k: the sum of `corrected_pass_at_k` with M_j = miss(j), j = k downwards until none counts."""
    y, most = _youden(a, b), int(np.max(k))
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


def _pseudo_counts(name: str, values: Any) -> Floats:
    array = arguments.real(name, values)
    bad = (array < 1e-6) | (array > 1e6)
    if bad.any():
        raise ValueError(
            f"{name} must lie in [1e-6, 1e6], but {arguments.where(bad, 'entry')}{name} = "
            f"{arguments.first(array, bad):g}."
        )
    return array


def _inside(name: str, value: Any) -> float:
    number = arguments.one_number(name, value, 0, 1)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, but {name} = {number:g}.")
    return number


def _audit(size: float) -> int:
    if size > LARGEST:
        raise ValueError("an audit of more than 2**53 samples would be needed. Ask for less, at a smaller k.")
    return max(1, math.ceil(size))

"""Audits: samples or outcomes read by hand, what they say of a verifier, and how many are needed."""

import math
from typing import Any, NamedTuple

import numpy as np
from scipy.special import betainccinv, betaincinv

from passk_lab import arguments
from passk_lab.arguments import LARGEST
from passk_lab.metrics.bounded_mean import Interval
from passk_lab.metrics.chances import binomial


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
    k, luck = arguments.one_whole("k", k), arguments.inside("luck", luck)
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
    k, a, error = (
        arguments.one_whole("k", k),
        arguments.inside("false_positive", false_positive),
        arguments.inside("error", error),
    )
    return _audit((k / error) * (k / error) * (a / (1 - a)))


class OutcomeAudit(NamedTuple):
    """A mean outcome as seen, put right by reading some outcomes, with its interval over exactly these problems."""

    estimate: float
    low: float
    high: float


def outcome_audit(seen: Any, audited: Any, true: Any, level: float = 0.95) -> OutcomeAudit:
    r"""Estimate a mean outcome from verdicts on all problems and a reading of some, whatever the noise is.

    .. math:: \frac1P \sum_i \text{seen}_i + \frac1M \sum_{i \in A} (\text{true}_i - \text{seen}_i)
        \;\pm\; t_{M+1}\, \frac{\text{sd}}{\sqrt{M + 2}} \sqrt{1 - M/P}

    The M problems are to be drawn blindly from the P, and read whole: every distinct answer that was accepted. The
    outcome may be any number in [0, 1] of a problem, as its pass@k or whether it was solved. The estimate is unbiased
    and may leave [0, 1]; for the interval two more differences are put in, at +1 and -1, as `compare` does. Source: the
    difference estimator of survey sampling (Cochran 1977, section 7); as prediction-powered inference arXiv 2301.09633.

    Parameters
    ----------
    seen : array_like of float in [0, 1], one entry per problem
        Outcome by the verifier.
    audited : array_like of int
        Positions of the problems that were read, each once; two at least.
    true : array_like of float in [0, 1], one entry per audited problem, in their order
        Outcome as read.
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    OutcomeAudit(estimate, low, high)

    Raises
    ------
    ValueError
        A sentence with the offending value; positions that are not there or come twice; fewer than two.

    Examples
    --------
    Six of eight seen solved; of four that were read, one was solved by a wrong answer.

    >>> found = outcome_audit([1, 1, 1, 1, 1, 1, 0, 0], [0, 2, 4, 6], [1, 0, 1, 0])
    >>> found.estimate
    0.5
    """
    from scipy.special import stdtrit

    seen, true = arguments.chance("seen", seen).ravel(), arguments.chance("true", true).ravel()
    audited, level = arguments.whole("audited", audited).ravel(), arguments.level(level)
    if audited.max() >= seen.size:
        raise ValueError(f"audited names problem {audited.max()}, but seen has problems 0 to {seen.size - 1}.")
    if np.unique(audited).size < audited.size or audited.size < 2:
        raise ValueError("audited lists at least two problems, each once: their differences say how sure the mean is.")
    if true.size != audited.size:
        raise ValueError(f"true needs an outcome for each of the {audited.size} audited problems, but has {true.size}.")
    differences = true - seen[audited]
    estimate = float(np.mean(seen) + np.mean(differences))
    padded = np.append(differences, [1.0, -1.0])
    half = stdtrit(padded.size - 1, (1 + level) / 2) * np.std(padded, ddof=1) / math.sqrt(padded.size)
    half *= math.sqrt(1 - audited.size / seen.size)
    return OutcomeAudit(estimate, estimate - half, estimate + half)


def outcome_audit_size(problems: int, wrong: float, half_width: float, level: float = 0.95) -> int:
    r"""Return how many problems of a set must be read for its mean outcome to be known to a half width.

    .. math:: M = \Bigl\lceil \frac{z^2 \sigma^2 P}{P h^2 + z^2 \sigma^2} \Bigr\rceil, \qquad
        \sigma^2 = w (1 - w)

    For `outcome_audit` where a share w of the outcomes is wrong, all in one direction (the worst case of a share).
    Source: Cochran 1977, section 4, with the correction for a finite set.

    Parameters
    ----------
    problems : int >= 2
        Problems P in the set.
    wrong : float in (0, 1)
        Share of outcomes that are thought to be wrong.
    half_width : float in (0, 1)
        Half width h wanted of the interval.
    level : float in (0, 1)
        Confidence.

    Returns
    -------
    int, at most `problems`

    Raises
    ------
    ValueError
        A sentence with the offending value.

    Examples
    --------
    >>> outcome_audit_size(500, 0.05, 0.02)
    239
    """
    from scipy.special import ndtri

    problems = arguments.one_whole("problems", problems, least=2)
    wrong, half_width = arguments.inside("wrong", wrong), arguments.inside("half_width", half_width)
    spread = float(ndtri((1 + arguments.level(level)) / 2)) ** 2 * wrong * (1 - wrong)
    return min(problems, math.ceil(spread * problems / (problems * half_width**2 + spread)))


def common_rate_bound(n: Any, c: Any, level: float = 0.95) -> float:
    r"""Return the largest false-positive rate, one for all samples, that problems which were never accepted allow.

    .. math:: P\Bigl(\sum_i \text{Bernoulli}\bigl((1 - a)^{n_i}\bigr) \ge N_0\Bigr) = 1 - \text{level}

    N_0 of the problems have c = 0. A problem stays at 0 with chance (1-a)^n at most, whatever its p; so many would be a
    surprise at a larger a. With one n it is a = 1 - z^(1/n), z the lower end of Clopper and Pearson for N_0 of P. It
    costs no reading, and it says nothing of rates that differ from problem to problem or from answer to answer. Ours.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples n >= 1, and accepted ones 0 <= c <= n.
    level : float in (0, 1)
        Confidence, of the upper end alone.

    Returns
    -------
    float in [0, 1]; 1 where every problem has an accepted sample

    Raises
    ------
    ValueError
        For counts that cannot be.

    Examples
    --------
    Two of ten problems, sampled a hundred times each, were never accepted:

    >>> round(common_rate_bound(100, [0, 0, 3, 9, 20, 50, 77, 90, 98, 100]), 4)
    0.0325
    """
    n, c = np.broadcast_arrays(*arguments.counts(n, c))
    level, never = arguments.level(level), int(np.sum(c == 0))
    if never == 0:
        return 1.0
    if n.min() == n.max():
        z = betaincinv(never, n.size - never + 1, 1 - level)
        return float(-np.expm1(np.log(z) / n.ravel()[0]))
    from scipy.optimize import brentq

    sizes, times = np.unique(n, return_counts=True)
    arguments.table_size("problems of different n", n.size, "pass those of one n", 10**4)

    def surprise(log_kept: float) -> float:
        law = np.ones(1)
        for size, number in zip(sizes, times, strict=True):
            law = np.convolve(law, binomial(int(number), math.exp(size * log_kept)))
        return float(np.sum(law[never:])) - (1 - level)

    return float(-np.expm1(brentq(surprise, -50.0, -1e-14, xtol=1e-15)))


def _audit(size: float) -> int:
    if size > LARGEST:
        raise ValueError("an audit of more than 2**53 samples would be needed. Ask for less, at a smaller k.")
    return max(1, math.ceil(size))

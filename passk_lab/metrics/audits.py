"""Audits: samples or outcomes read by hand, what they say of a verifier, and how many are needed."""

import math
from typing import Any

import numpy as np
from scipy.special import betainccinv, betaincinv

from passk_lab import arguments
from passk_lab.arguments import LARGEST
from passk_lab.metrics.bounded_mean import Interval


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


def _inside(name: str, value: Any) -> float:
    number = arguments.one_number(name, value, 0, 1)
    if not 0 < number < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, but {name} = {number:g}.")
    return number


def _audit(size: float) -> int:
    if size > LARGEST:
        raise ValueError("an audit of more than 2**53 samples would be needed. Ask for less, at a smaller k.")
    return max(1, math.ceil(size))

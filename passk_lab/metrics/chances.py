"""Chances of counts, by the ratio of neighbours outwards from the mode: no factorial, no overflow, no lost digit."""

from collections.abc import Callable
from typing import Any

import numpy as np

from passk_lab.arguments import Floats, Ints

_DIRECT, _NODES, _CHUNK = 64, 128, 4096
_LEAST = float(np.finfo(float).tiny)


def binomial(n: int, p: Any, wrong: Any = None) -> Floats:
    """Chance of j = 0..n correct among n independent samples, for every p; the counts are a new last axis.

    `wrong` is 1 - p where that is known to more digits.
    """
    p = np.asarray(p, dtype=np.float64)[..., None]
    q = 1 - p if wrong is None else np.asarray(wrong, dtype=np.float64)[..., None]
    j = np.arange(n + 1, dtype=np.float64)
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        # weight[j] / weight[j - 1]; the first one is never used.
        ratio = (n - j + 1) / j * (p / q)
        after = j > np.floor((n + 1) * p)
        up = np.cumprod(np.where(after, ratio, 1.0), axis=-1)
        down = np.cumprod(np.where(after, 1.0, 1 / ratio)[..., :0:-1], axis=-1)[..., ::-1]
        weights = up * np.concatenate([down, np.ones_like(p)], axis=-1)
        weights /= weights.sum(axis=-1, keepdims=True)
    # At both ends the odds are 0 or infinite, but the count is certain.
    return np.where((p == 0) | (q == 0), j == n * (p > 0), weights)


def hypergeometric(n: int, c: int, k: int) -> tuple[int, Floats]:
    """Smallest number of correct draws whose chance a float can hold, and the chances of it and of those above.

    k draws without replacement from n samples of which c are correct.
    """
    low, high = max(0, k - (n - c)), min(c, k)
    mode = min(max((k + 1) * (c + 1) // (n + 2), low), high)

    def ratio(j: Floats) -> Floats:
        return (c - j + 1) * (k - j + 1) / (j * (n - c - k + j))

    up = _outwards(lambda step: ratio(mode + step), high - mode)
    down = _outwards(lambda step: 1 / ratio(mode + 1 - step), mode - low)
    weights = np.concatenate([down[::-1], [1.0], up])
    return mode - down.size, weights / weights.sum()


def _outwards(ratio: Callable[[Floats], Floats], steps: int) -> Floats:
    """Products of ratio(1), ratio(2), ... up to so many, or until they are below all floats: at n = 10^9 some 10^5."""
    done: list[Any] = []
    last, begin = 1.0, 1
    while begin <= steps and last > _LEAST:
        end = min(steps, begin + 2 * _CHUNK - 1)
        factors = ratio(np.arange(begin, end + 1, dtype=np.float64))
        factors[0] *= last
        done.append(np.cumprod(factors))
        last, begin = float(done[-1][-1]), end + 1
    return np.concatenate([np.empty(0), *done])


def log_all_wrong(a: Floats, b: Floats, k: Ints) -> Floats:
    """Log of E[(1-p)^k] for p ~ Beta(a, b): minus the sum over i < k of log1p(a/(b + i)); flat arrays of one length.

    A difference of log-gammas would lose the digits that the sum keeps.
    """
    return -_in_chunks(lambda a, b, k: _sum(lambda y, a, k: np.log1p(a / y), ((1, a), (-1, 0 * a)), a, b, k), a, b, k)


def log_excess(a: Floats, b: Floats, k: Ints) -> Floats:
    """Log of E[x^2] / E[x]^2 for x = (1-p)^k: the sum over i < k of log1p(a k / ((b + i)(b + i + k + a)))."""
    return _in_chunks(
        lambda a, b, k: _sum(
            lambda y, a, k: np.log1p(a / y * k / (y + k + a)), ((1, a), (1, k), (-1, 0 * a), (-1, k + a)), a, b, k
        ),
        a, b, k,
    )  # fmt: skip


def _in_chunks(function: Callable[..., Floats], a: Floats, b: Floats, k: Ints) -> Floats:
    cuts = range(0, k.size, _CHUNK)
    return np.concatenate([function(a[i : i + _CHUNK], b[i : i + _CHUNK], k[i : i + _CHUNK]) for i in cuts])


def _sum(value: Callable[..., Floats], logs: Any, a: Floats, b: Floats, k: Ints) -> Floats:
    """Sum of value(b + i, a, k) over i < k, where value(y) = sum of sign * log(y + shift) over `logs`.

    From 64 terms on it is Euler and Maclaurin's: an integral plus corrections, the first one left out below 1e-16.
    """
    i = np.arange(min(_DIRECT, int(k.max())))
    column = (slice(None), None)
    terms = value(b[column] + i, a[column], k[column].astype(np.float64))
    total = np.sum(terms, axis=1, where=i < k[column])
    long = k > _DIRECT
    if not long.any():
        return total
    a, b, k_long = a[long], b[long], k[long].astype(np.float64)
    first, last = b + _DIRECT, b + k_long
    # The integral from first to last in u = log y: there the integrand is smooth over many decades.
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    length = np.log1p((k_long - _DIRECT) / first)
    y = first[column] * np.exp(length[column] * (nodes + 1) / 2)
    rest = length / 2 * ((value(y, a[column], k_long[column]) * y) @ weights)
    rest += (value(first, a, k_long) - value(last, a, k_long)) / 2
    shifts = [(sign, shift[long]) for sign, shift in logs]
    for order, factor in ((1, 1 / 12), (3, -2 / 720), (5, 24 / 30240)):
        for sign, shift in shifts:
            rest += factor * sign * ((last + shift) ** -float(order) - (first + shift) ** -float(order))
    total[long] += rest
    return total

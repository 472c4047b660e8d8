"""Products of many ratios of whole numbers, right to the last digit: a logarithm would lose as many as it is large."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from passk_lab.arguments import Floats, Ints

_AT_ONCE = 2**20
_GONE = -746.0
"""exp(-746) underflows to 0."""


class _Pair(NamedTuple):
    """high + low, twice the digits of a float, times 2 to the power."""

    high: Floats
    low: Floats
    power: Ints

    def at(self, rows: Any) -> _Pair:
        """Return some of the rows."""
        return _Pair(self.high[rows], self.low[rows], self.power[rows])


def ratio_of_binomials(n: Ints, c: Ints, k: Ints) -> Floats:
    """C(c, k)/C(n, k) to the last digit, for flat arrays of one length; 0 where it underflows or k > c.

    It is the product over i < min(n - c, k) of 1 - max(n - c, k)/(n - i): the same for n - c and k swapped, so the
    shorter of the two is taken. Its factors are multiplied in pairs, then pairs of pairs, each kept to 106 bits.
    """
    wrong = n - c
    few, many = np.minimum(wrong, k), np.maximum(wrong, k)
    out = np.where(k > c, 0.0, 1.0)
    # Each factor is at most 1 - many/n: what is 0 by that is 0.
    largest = np.log1p(-many / n, where=many < n, out=np.full(n.shape, -np.inf))
    gone = np.multiply(few, largest, where=few > 0, out=np.zeros(n.shape)) < _GONE
    out[gone] = 0.0
    asked = np.flatnonzero((few > 0) & (k <= c) & ~gone)
    ends = np.cumsum(few[asked])
    begin = 0
    while begin < asked.size:  # about a million factors at a time
        done = ends[begin - 1] if begin else 0
        stop = max(begin + 1, int(np.searchsorted(ends, done + _AT_ONCE, side="right")))
        rows = asked[begin:stop]
        out[rows] = _product(n[rows], many[rows], few[rows])
        begin = stop
    return out


def ratios_of_binomials(n: int, k: int) -> Floats:
    """C(c, k)/C(n, k) to the last digit for every c = 0..n: from c = n downwards by the ratio of neighbours, 1 - k/c.

    All products of the first, the first two, ... are there after log2 n rounds, each kept to 106 bits.
    """
    out = np.zeros(n + 1)
    # Below these each value is under exp(-746).
    last = n - max(k, int(n * (1 + _GONE / k)) if k else 0)
    c = np.arange(n, n - last, -1, dtype=np.float64)
    steps = _quotient(c - k, c)
    reach = 1
    while reach < last:
        longer = _times(steps.at(slice(reach, None)), steps.at(slice(-reach)))
        for done, more in zip(steps, longer, strict=True):
            done[reach:] = more
        reach *= 2
    out[n] = 1.0
    out[n - last : n] = _value(steps)[::-1]
    return out


def _value(pair: _Pair) -> Floats:
    with np.errstate(under="ignore"):
        return np.ldexp(pair.high + pair.low, np.maximum(pair.power, -2000))


def _product(n: Ints, many: Ints, length: Ints) -> Floats:
    """Product over i < length of (n - many - i)/(n - i), one for each entry."""
    i = _within(length)
    below = (np.repeat(n, length) - i).astype(np.float64)
    factors = _quotient(below - np.repeat(many, length), below)
    while length.max() > 1:
        half = (length + 1) // 2
        place = _within(half)
        left = np.repeat(np.cumsum(length) - length, half) + 2 * place
        alone = 2 * place + 1 >= np.repeat(length, half)  # an odd one out goes on as it is
        right = np.where(alone, left, left + 1)
        doubled, odd = _times(factors.at(left), factors.at(right)), factors.at(left)
        factors = _Pair(
            np.where(alone, odd.high, doubled.high),
            np.where(alone, odd.low, doubled.low),
            np.where(alone, odd.power, doubled.power),
        )
        length = half
    return _value(factors)


def _within(length: Ints) -> Ints:
    """0, 1, ..., length - 1 for each entry in turn."""
    return np.arange(length.sum()) - np.repeat(np.cumsum(length) - length, length)


def _quotient(above: Floats, below: Floats) -> _Pair:
    high = above / below
    product, error = _two_product(high, below)
    return _scaled(high, ((above - product) - error) / below, np.zeros(high.shape, np.int64))


def _times(one: _Pair, other: _Pair) -> _Pair:
    product, error = _two_product(one.high, other.high)
    return _scaled(product, error + (one.high * other.low + one.low * other.high), one.power + other.power)


def _scaled(high: Floats, low: Floats, power: Ints) -> _Pair:
    """Bring high to [1/2, 1), so that a product of thousands neither underflows nor loses its low part."""
    total = high + low
    low = low - (total - high)
    total, shift = np.frexp(total)
    return _Pair(total, np.ldexp(low, -shift), power + shift)


def _two_product(a: Floats, b: Floats) -> tuple[Floats, Floats]:
    """The rounded product and what rounding took off, exactly (Dekker 1971)."""
    product = a * b
    (a_high, a_low), (b_high, b_low) = _split(a), _split(b)
    return product, ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low


def _split(a: Floats) -> tuple[Floats, Floats]:
    """Two halves of 26 bits, so that their products are exact."""
    shifted = 134217729.0 * a  # 2**27 + 1
    high = shifted - (shifted - a)
    return high, a - high

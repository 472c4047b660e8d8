"""Chances of counts, by the ratio of neighbours outwards from the mode: no factorial, no overflow, no lost digit."""

from collections.abc import Callable

import numpy as np

from passk_lab.arguments import Floats


def binomial(n: int, p: float) -> Floats:
    """Chance of j = 0..n correct among n independent samples, each correct with chance p."""
    if p in (0.0, 1.0):
        certain = np.zeros(n + 1)
        certain[n if p else 0] = 1.0
        return certain
    odds = p / (1 - p)
    return _from_mode(n + 1, int((n + 1) * p), lambda j: (n - j + 1) / j * odds)


def hypergeometric(n: int, c: int, k: int) -> tuple[int, Floats]:
    """Smallest possible number of correct draws, and the chances of it and of each larger one.

    k draws without replacement from n samples of which c are correct.
    """
    low, high = max(0, k - (n - c)), min(c, k)
    mode = min(max((k + 1) * (c + 1) // (n + 2), low), high)

    def ratio(step: Floats) -> Floats:
        j = step + low
        return (c - j + 1) * (k - j + 1) / (j * (n - c - k + j))

    return low, _from_mode(high - low + 1, mode - low, ratio)


def _from_mode(size: int, mode: int, ratio: Callable[[Floats], Floats]) -> Floats:
    """Weights that sum to 1 with weight[j] / weight[j - 1] = ratio(j)."""
    mode = min(mode, size - 1)
    up = np.cumprod(ratio(np.arange(mode + 1, size, dtype=np.float64)))
    down = np.cumprod(1 / ratio(np.arange(mode, 0, -1, dtype=np.float64)))
    weights = np.concatenate([down[::-1], [1.0], up])
    return weights / weights.sum()

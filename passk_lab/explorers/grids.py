"""Values that sliders and curves run through."""

import numpy as np

P_SLIDER = [0.001, 0.002, 0.005, 0.01, 0.02, *(np.arange(1, 20) / 20).round(2).tolist(), 0.98, 0.99, 0.995, 0.999]
"""Values of p for a slider where both ends are limits: dense near 0 and 1, which it leaves out."""


def draws_up_to(largest: int) -> list[int]:
    """Return about 64 values of k: every integer to 16, then spaced evenly on a log axis, powers of two among them.

    >>> draws_up_to(20)
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20]
    """
    small = range(1, min(16, largest) + 1)
    powers = [2**i for i in range(largest.bit_length()) if 2**i <= largest]
    steps = max(2, round(8 * np.log2(max(largest, 17) / 16)))
    spaced = np.geomspace(16, largest, steps).round().astype(int).tolist() if largest > 16 else []
    return sorted({*small, *powers, *spaced, largest})

"""Large fuzz of pass@k against exact fractions (make test-long)."""

import math
from fractions import Fraction

import numpy as np
import pytest

from passk_lab.metrics import pass_at_k, pass_at_k_curve

pytestmark = pytest.mark.long


def exact(n, c, k):
    return 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


def test_ulps_of_pass_at_k_on_twenty_thousand_triples():
    rng = np.random.default_rng(20)
    worst = 0.0
    for _ in range(20_000):
        n = int(10 ** rng.uniform(0, 4.3))
        c, k = int(rng.integers(0, n + 1)), int(rng.integers(1, n + 1))
        if rng.random() < 0.6:  # where pass@k is small, digits are easiest lost
            c, k = min(c, int(10 ** rng.uniform(0, 2))), min(k, int(10 ** rng.uniform(0, 2)))
        right = exact(n, c, max(k, 1))
        ulp = Fraction(math.ulp(float(right))) if right else Fraction(1)
        worst = max(worst, float(abs(Fraction(pass_at_k(n, c, max(k, 1))) - right) / ulp))
    assert worst <= 4


def test_every_point_of_long_curves():
    rng = np.random.default_rng(21)
    for n in (300, 1000):
        c = rng.integers(0, n + 1, 6)
        curve = pass_at_k_curve(n, c)
        for k in range(1, n + 1):
            right = sum(exact(n, int(x), k) for x in c) / len(c)
            assert abs(Fraction(curve[k - 1]) - right) <= (2 * k + 8) * Fraction(math.ulp(float(right)))

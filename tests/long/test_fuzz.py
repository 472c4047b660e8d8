"""Fuzz: pass@k against exact fractions, and hostile calls of everything public (in make test, a tenth of them)."""

import math
from fractions import Fraction

import numpy as np
import pytest

from passk_lab.metrics import pass_at_k, pass_at_k_curve, pass_hat_k
from tests import hostile


def exact(n, c, k):
    return 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


@pytest.mark.long
def test_ulps_of_pass_at_k_on_twenty_thousand_triples():
    rng = np.random.default_rng(20)
    worst, worst_hat = 0.0, 0.0
    for _ in range(20_000):
        n = int(10 ** rng.uniform(0, 4.3))
        c, k = int(rng.integers(0, n + 1)), int(rng.integers(1, n + 1))
        if rng.random() < 0.6:  # where pass@k is small, digits are easiest lost
            c, k = min(c, int(10 ** rng.uniform(0, 2))), min(k, int(10 ** rng.uniform(0, 2)))
        right = exact(n, c, max(k, 1))
        ulp = Fraction(math.ulp(float(right))) if right else Fraction(1)
        worst = max(worst, float(abs(Fraction(pass_at_k(n, c, max(k, 1))) - right) / ulp))
        # All right with n - c in the place of c: the same two binomials.
        if float(1 - right) > 1e-300:
            ulp = Fraction(math.ulp(float(1 - right)))
            worst_hat = max(worst_hat, float(abs(Fraction(pass_hat_k(n, n - c, max(k, 1))) - (1 - right)) / ulp))
    assert worst <= 4
    assert worst_hat <= 4


@pytest.mark.long
def test_every_point_of_long_curves():
    rng = np.random.default_rng(21)
    for n in (300, 1000):
        c = rng.integers(0, n + 1, 6)
        curve = pass_at_k_curve(n, c)
        for k in range(1, n + 1):
            right = sum(exact(n, int(x), k) for x in c) / len(c)
            assert abs(Fraction(curve[k - 1]) - right) <= (2 * k + 8) * Fraction(math.ulp(float(right)))


@pytest.mark.parametrize("calls", [2_000, pytest.param(20_000, marks=pytest.mark.long)])
def test_a_hostile_call_gives_a_number_or_a_sentence(calls):
    faults = hostile.run(calls)
    assert not faults, f"{len(faults)} of {calls} calls:\n" + "\n".join(faults[:20])


def test_the_fuzz_finds_public_names_by_itself_and_faults_where_they_are():
    every = hostile.subjects()
    assert {"metrics.pass_at_k", "objectives.get", "exact.Bandit", "lm.TrainConfig", "course.quiz"} <= set(every)
    assert all(name in hostile.LEFT_OUT or "." in name for name in every)
    assert "raised ZeroDivisionError" in hostile.fault("f", lambda: 1 / 0, [], {})
    assert "let through ValueError" in hostile.fault("f", lambda: np.zeros(-1), [], {})
    assert "not finite" in hostile.fault("f", lambda: [1.0, float("nan")], [], {})
    assert "scalar of numpy's" in hostile.fault("f", lambda: np.float64(1), [], {})
    assert hostile.fault("f", hostile.exact.one_among, [1], {}) == "", "a sentence is no fault"

"""What is put right: its mean and variance over every count, literals worked by hand, limits."""

from fractions import Fraction as F
from math import comb

import numpy as np
import pytest
from scipy.stats import binom

from passk_lab import metrics


def numbers(*fractions):
    return [float(x) for x in fractions]


def law(n, s):
    return [comb(n, c) * s**c * (1 - s) ** (n - c) for c in range(n + 1)]


def accepted(p, a, b):
    return p * (1 - b) + (1 - p) * a


@pytest.mark.parametrize(("n", "k"), [(3, 2), (4, 3), (5, 5), (6, 1)])
@pytest.mark.parametrize(
    ("p", "a", "b"), [(F(1, 5), F(1, 10), F(1, 4)), (F(1, 10), F(1, 10), F(0)), (F(1), F(0), F(1, 3))]
)
def test_the_correction_has_the_true_pass_at_k_as_its_mean_and_the_stated_variance(p, a, b, n, k):
    weights = [float(w) for w in law(n, accepted(p, a, b))]
    found = metrics.corrected_pass_at_k(n, np.arange(n + 1), k, *numbers(a, b))
    truth = float(1 - (1 - p) ** k)
    assert np.dot(weights, found) == pytest.approx(truth, abs=1e-13)
    variance = metrics.corrected_pass_at_k_variance(float(p), n, k, *numbers(a, b))
    assert variance == pytest.approx(np.dot(weights, (found - truth) ** 2), abs=1e-12)


def test_the_correction_by_hand():
    found = metrics.corrected_pass_at_k(4, range(5), 2, 0.1)
    np.testing.assert_allclose(found, numbers(F(-19, 81), F(31, 81), F(193, 243), F(1), F(1)), atol=1e-14)
    found = metrics.corrected_pass_at_k(4, range(5), 2, 0.1, 0.2)
    np.testing.assert_allclose(found, numbers(F(-15, 49), F(25, 49), F(145, 147), F(55, 49), F(45, 49)), atol=1e-13)
    spread = [round(metrics.corrected_pass_at_k_variance(0.02, 128, 100, a) ** 0.5, 2) for a in (0, 0.01, 0.05)]
    assert spread == [0.26, 0.41, 2.17]


@pytest.mark.parametrize(("n", "k", "a", "b"), [(64, 40, F(1, 100), F(1, 10)), (300, 250, F(1, 1000), F(1, 50))])
def test_the_correction_keeps_its_digits_where_terms_cancel(n, k, a, b):
    for c in (0, 1, n // 10, n // 2):
        miss = [F(comb(n - c, j), comb(n, j)) for j in range(k + 1)]
        exact = 1 - sum(comb(k, j) * (-b) ** (k - j) * miss[j] for j in range(k + 1)) / (1 - a - b) ** k
        assert metrics.corrected_pass_at_k(n, c, k, *numbers(a, b)) == pytest.approx(float(exact), rel=1e-8)


def test_without_errors_the_correction_changes_nothing():
    n, c, k = 20, np.arange(21), np.array([[1], [5], [20]])
    np.testing.assert_allclose(metrics.corrected_pass_at_k(n, c, k, 0), metrics.pass_at_k(n, c, k), atol=1e-15)
    assert metrics.corrected_pass_at_k(10, 3, 1, 0.1, 0.2) == pytest.approx(metrics.rogan_gladen(10, 3, 0.1, 0.2))
    variance = metrics.corrected_pass_at_k_variance([0.1, 0.6], 30, 4, 0)
    np.testing.assert_allclose(variance, metrics.pass_at_k_variance([0.1, 0.6], 30, 4), rtol=1e-10)


@pytest.mark.parametrize("p", [0.0, 0.05, 0.7])
def test_rogan_gladen_is_unbiased_and_has_its_variance(p):
    n, a, b = 12, 0.1, 0.2
    weights = binom.pmf(np.arange(n + 1), n, accepted(p, a, b))
    found = metrics.rogan_gladen(n, np.arange(n + 1), a, b)
    assert np.dot(weights, found) == pytest.approx(p, abs=1e-13)
    assert np.dot(weights, (found - p) ** 2) == pytest.approx(metrics.rogan_gladen_variance(p, n, a, b), rel=1e-11)


def test_what_audits_add_to_the_variance_is_the_slope_times_their_own():
    n, p, a, b, wrong, right = 10**4, 0.3, 0.02, 0.1, 200, 90
    s = accepted(p, a, b)
    step = 1e-6
    estimate = lambda a, b: (s - a) / (1 - a - b)  # noqa: E731
    by_a = (estimate(a + step, b) - estimate(a - step, b)) / (2 * step)
    by_b = (estimate(a, b + step) - estimate(a, b - step)) / (2 * step)
    added = by_a**2 * a * (1 - a) / wrong + by_b**2 * b * (1 - b) / right
    known = metrics.rogan_gladen_variance(p, n, a, b)
    assert metrics.rogan_gladen_variance(p, n, a, b, wrong, right) == pytest.approx(known + added, rel=1e-6)
    assert round(metrics.rogan_gladen(1000, 280, 0.02, 0.1), 5) == 0.29545
    assert round(metrics.rogan_gladen_variance(0.29545, 1000, 0.02, 0.1, 100, 50) ** 0.5, 5) == 0.02427


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.rogan_gladen(10, 3, 0.6, 0.4), "no more readily than wrong ones"),
        (lambda: metrics.corrected_pass_at_k(10, 3, 2, 0.9, 0.9), "no more readily than wrong ones"),
        (lambda: metrics.corrected_pass_at_k(10, 3, 11, 0.1), "beyond n samples no unbiased estimate exists"),
        (lambda: metrics.corrected_pass_at_k(1000, 3, 900, 0.1), "multiplies the noise"),
        (lambda: metrics.corrected_pass_at_k_variance(0.5, 10, 11, 0.1), "need at least 11 samples"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

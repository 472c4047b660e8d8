"""Exact quantities for a known p: autograd, every outcome of k draws, literals, and the two ends."""

import math
from fractions import Fraction
from itertools import pairwise, product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import cover_at_tau, gap_at_k, gap_peak, success_at_k, weight_at_k

modest = settings(max_examples=60)
chances = st.floats(0, 1)
draws = st.integers(1, 300)
GRID = np.linspace(0, 1, 101)


def slope(formula, p, k):
    """Derivative of a torch expression in float64."""
    p = torch.tensor(p, dtype=torch.float64, requires_grad=True)
    formula(p, k).sum().backward()
    return p.grad.numpy()


# --- autograd ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4, 8, 16, 64, 256])
def test_weight_is_the_slope_of_success_by_autograd(k):
    np.testing.assert_allclose(
        weight_at_k(GRID, k), slope(lambda p, k: 1 - (1 - p) ** k, GRID, k), rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize("k", [1, 2, 3, 4, 8, 16, 64, 256])
def test_slope_of_the_gap_is_weight_less_1_by_autograd(k):
    def gap(p, k):
        return (1 - (1 - p) ** k) - p

    np.testing.assert_allclose(weight_at_k(GRID, k) - 1, slope(gap, GRID, k), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("k", [1, 2, 5, 40])
def test_weight_is_the_slope_of_our_own_success(k):
    # Central differences of the code itself: success and weight cannot be wrong in two different ways.
    p, h = np.linspace(0.05, 0.95, 19), 1e-6
    numeric = (success_at_k(p + h, k) - success_at_k(p - h, k)) / (2 * h)
    np.testing.assert_allclose(weight_at_k(p, k), numeric, rtol=1e-6, atol=1e-8)


def test_one_softmax_policy_by_autograd():
    # Four answers with chances 1, 2, 3, 4 tenths, the first correct: the gradient of J_4 over the logits is
    # alpha_4 = 4 * 0.9^3 = 2.916 times that of J_1 = (0.09, -0.02, -0.03, -0.04).
    logits = torch.log(torch.tensor([0.1, 0.2, 0.3, 0.4], dtype=torch.float64)).requires_grad_()
    (1 - (1 - torch.softmax(logits, 0)[0]) ** 4).backward()
    expected = weight_at_k(0.1, 4) * np.array([0.09, -0.02, -0.03, -0.04])
    np.testing.assert_allclose(logits.grad.numpy(), expected, atol=1e-15)
    np.testing.assert_allclose(expected, [0.26244, -0.05832, -0.08748, -0.11664], atol=1e-15)


# --- every outcome, in rationals --------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [Fraction(0), Fraction(1, 8), Fraction(1, 2), Fraction(3, 4), Fraction(1)])
@pytest.mark.parametrize("k", [1, 2, 3, 6])
def test_against_every_outcome_of_k_draws(p, k):
    outcomes = [
        (marks, math.prod((p if m else 1 - p for m in marks), start=Fraction(1))) for marks in product((0, 1), repeat=k)
    ]
    solved = sum((chance for marks, chance in outcomes if any(marks)), Fraction(0))
    assert success_at_k(float(p), k) == pytest.approx(float(solved), abs=1e-15)
    assert gap_at_k(float(p), k) == pytest.approx(float(solved - p), abs=1e-15)
    # The weight is k times the chance that k - 1 other draws are all wrong.
    others_wrong = sum((chance for marks, chance in outcomes if not any(marks[1:])), Fraction(0))
    assert weight_at_k(float(p), k) == pytest.approx(float(k * others_wrong), abs=1e-14)


@modest
@given(chances, draws)
def test_against_exact_rationals_of_the_float_p(p, k):
    wrong = 1 - Fraction(p)
    # The log of the chance that all are wrong is right to an ulp of itself: exp turns that into |log| ulp.
    tolerance = 4e-16 * (2 + abs(k * math.log1p(-p))) if p < 1 else 0.0
    assert success_at_k(p, k) == pytest.approx(float(1 - wrong**k), rel=1e-15, abs=5e-324)
    assert weight_at_k(p, k) == pytest.approx(float(k * wrong ** (k - 1)), rel=tolerance, abs=1e-320)
    # 1 - p rounds by half an ulp; all else is relative too.
    assert gap_at_k(p, k) == pytest.approx(float(1 - wrong**k - Fraction(p)), rel=2e-15, abs=5e-324)


# --- literals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "p", "alpha"),
    [
        (4, 0.5, 0.5),  # 4/8
        (8, 0.5, 0.0625),  # 8/128
        (8, 0.1, 3.8263752),  # 8 * 0.4782969
        (64, 0.1, 0.0838413126),
        (256, 0.01, 19.7339756365),
        (256, 0.05, 5.342681859e-4),
    ],
)
def test_weight_worked_by_hand(k, p, alpha):
    assert weight_at_k(p, k) == pytest.approx(alpha, rel=1e-9)


@pytest.mark.parametrize(
    ("k", "peak", "height"),
    [
        (2, 0.5, 0.25),  # p(1-p) is largest in the middle
        (4, 0.3700394751, 0.4724703937),
        (8, 0.2570028554, 0.6501225015),
        (16, 0.1687621039, 0.7792855276),
        (64, 0.0638822575, 0.9214909027),
        (256, 0.0215110587, 0.9746667189),
    ],
)
def test_gap_peak_worked_by_hand(k, peak, height):
    assert gap_peak(k) == pytest.approx(peak, abs=5e-11)
    assert gap_at_k(gap_peak(k), k) == pytest.approx(height, abs=5e-11)
    assert height == pytest.approx((1 - 1 / k) * k ** (-1 / (k - 1)), abs=5e-11)


def test_cover_worked_by_hand():
    p = [0.05, 0.2, 0.5, 0.9]
    assert cover_at_tau(p, 0.0) == 1.0
    assert cover_at_tau(p, 0.05) == 1.0, "reached counts as covered"
    assert cover_at_tau(p, 0.2) == 0.75
    assert cover_at_tau(p, 0.21) == 0.5
    assert cover_at_tau(p, 1.0) == 0.0


# --- the identities ---------------------------------------------------------------------------------------------


def integral(function, cuts=(0.0, 1.0)):
    """Gauss-Legendre with 64 nodes per piece: exact for polynomials to degree 127."""
    nodes, weights = np.polynomial.legendre.leggauss(64)
    return sum((b - a) / 2 * weights @ function(a + (b - a) * (nodes + 1) / 2) for a, b in pairwise(cuts))


@pytest.mark.parametrize("k", [1, 2, 7, 100])
def test_the_weight_has_area_1(k):
    assert integral(lambda p: weight_at_k(p, k)) == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize("k", [1, 2, 7, 30])
def test_pass_at_k_is_coverage_averaged_with_the_weight(k):
    p = np.array([0.05, 0.2, 0.5, 0.9])
    cuts = [0.0, *p, 1.0]  # coverage jumps at each p, so each piece is a polynomial
    value = integral(lambda tau: weight_at_k(tau, k) * cover_at_tau(p, tau), cuts)
    assert value == pytest.approx(success_at_k(p, k).mean(), abs=1e-13)
    if k == 7:
        assert value == pytest.approx(0.7710337260, abs=5e-11)


@modest
@given(chances, st.integers(1, 10**6))
def test_ranges_and_order(p, k):
    assert p * (1 - 1e-15) <= success_at_k(p, k) <= 1
    assert 0 <= weight_at_k(p, k) <= k
    assert 0 <= gap_at_k(p, k) < 1
    assert gap_at_k(p, k) == pytest.approx(success_at_k(p, k) - p, abs=1e-15)
    assert success_at_k(p, k + 1) >= success_at_k(p, k) * (1 - 1e-15)


@modest
@given(st.integers(2, 10**6))
def test_the_gap_is_largest_at_its_peak(k):
    peak = gap_peak(k)
    assert 0 < peak <= 0.5
    assert weight_at_k(peak, k) == pytest.approx(1, rel=1e-12)
    assert gap_at_k(peak, k) >= gap_at_k(np.clip(peak * np.linspace(0, 2, 41), 0, 1), k).max() * (1 - 1e-14)


# --- ends and extremes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 10, 10**6, 2**53])
def test_p_0_and_p_1(k):
    assert success_at_k(0.0, k) == 0.0
    assert success_at_k(1.0, k) == 1.0
    assert weight_at_k(0.0, k) == k
    assert weight_at_k(1.0, k) == (1.0 if k == 1 else 0.0)
    assert gap_at_k(0.0, k) == gap_at_k(1.0, k) == 0.0
    assert not np.signbit([success_at_k(0.0, k), gap_at_k(0.0, k), gap_at_k(1.0, k), weight_at_k(1.0, k)]).any()


def test_k_1_is_pass_at_1():
    np.testing.assert_allclose(success_at_k(GRID, 1), GRID, rtol=1e-15)
    np.testing.assert_array_equal(weight_at_k(GRID, 1), 1.0)
    np.testing.assert_array_equal(gap_at_k(GRID, 1), 0.0)


@pytest.mark.parametrize("p", [5e-324, 1e-300, 1e-16, 1e-12])
def test_small_p_loses_no_digit(p):
    # (1 - p)^k - 1 = -kp to first order, and kp is below 1e-8 here.
    assert success_at_k(p, 4) == pytest.approx(4 * p, rel=1e-11, abs=5e-324)
    assert gap_at_k(p, 4) == pytest.approx(3 * p, rel=1e-11, abs=5e-324)
    assert weight_at_k(p, 4) == pytest.approx(4, rel=1e-11)


def test_underflow_is_silent():
    assert weight_at_k(0.5, 10**6) == 0.0
    assert success_at_k(0.5, 10**6) == 1.0
    assert weight_at_k(1 - 2**-53, 2) == pytest.approx(2**-52, rel=1e-15)


def test_gap_peak_of_very_many_draws():
    # 1 - exp(-x) = x to first order with x = ln k/(k - 1).
    k = 2**53
    assert gap_peak(k) == pytest.approx(math.log(k) / k, rel=1e-13)


# --- shapes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [success_at_k, weight_at_k, gap_at_k])
def test_shapes_and_types(function):
    assert type(function(0.5, 2)) is float
    assert type(function(1, 2)) is float
    assert function([0.5], 2).shape == (1,)
    crossed = function(GRID[:, None], [1, 2, 9])
    assert crossed.shape == (101, 3)
    assert crossed[30, 2] == function(GRID[30], 9)
    assert function(0.25, np.ones((2, 3), int)).shape == (2, 3)


def test_gap_peak_shapes():
    assert type(gap_peak(4)) is float
    assert gap_peak([[2, 4]]).shape == (1, 2)


def test_cover_shapes_cross():
    p = np.random.default_rng(0).random((2, 3, 50))
    tau = np.linspace(0, 1, 7).reshape(7, 1)
    got = cover_at_tau(p, tau)
    assert got.shape == (2, 3, 7, 1)
    np.testing.assert_allclose(got, (p[:, :, None, None, :] >= tau[..., None]).mean(-1), atol=1e-15)
    assert type(cover_at_tau([0.5], 0.5)) is float


@modest
@given(st.lists(chances, min_size=1, max_size=30), chances)
def test_cover_is_the_share_that_reaches_tau(p, tau):
    assert cover_at_tau(p, tau) == pytest.approx(sum(x >= tau for x in p) / len(p), abs=1e-15)
    assert cover_at_tau(p, 0.0) == 1.0

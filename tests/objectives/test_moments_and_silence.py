"""Noise of the estimate, groups without signal, and how many prompts carry it."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab import objectives
from passk_lab.objectives import effective_share, gradient_moments, silent_groups
from tests.objectives import oracles
from tests.objectives.cases import PARAMETERS, in_groups

modest = settings(max_examples=80)
every_name = pytest.mark.parametrize("name", PARAMETERS)


def made(case):
    return objectives.get(case.name, **case.parameters)


def moments(name, n, p, **parameters):
    return gradient_moments(objectives.get(name, **parameters), n, p)


# --- mean and variance ------------------------------------------------------------------------------------------


@every_name
def test_moments_against_all_groups_of_marks(name):
    for case, n in in_groups(name, largest=6):
        credit = oracles.table(case.name, n, **case.parameters)
        for p in (Fraction(1, 16), Fraction(1, 2), Fraction(7, 8)):
            mean, variance = oracles.update_moments(credit, n, p)
            got = gradient_moments(made(case), n, float(p))
            assert abs(got.mean - mean) <= 1e-13 * credit.largest, f"{case}, n = {n}, p = {p}"
            # A credit that is the same in every group is right to an ulp, and so is the spread it leaves.
            assert abs(got.variance - variance) <= 1e-12 * variance + 1e-28 * credit.largest**2, f"{case}, n = {n}"


@every_name
def test_the_mean_is_the_effective_weight_times_the_slope_of_the_sigmoid(name):
    p = np.array([0.0, 1e-9, 0.3, 0.99, 1.0])
    for case, n in in_groups(name):
        got = gradient_moments(made(case), n, p)
        expected = objectives.effective_weight(made(case), n, p) * p * (1 - p)
        np.testing.assert_allclose(got.mean, expected, rtol=1e-14, atol=1e-300)


@every_name
def test_at_both_ends_nothing_varies(name):
    for case, n in in_groups(name):
        got = gradient_moments(made(case), n, [0.0, 1.0])
        np.testing.assert_array_equal(got.mean, 0)
        np.testing.assert_array_equal(got.variance, 0)
        np.testing.assert_array_equal(got.signal_to_noise, 0)


def test_moments_worked_by_hand():
    # One sample of REINFORCE: 1 - p with chance p, else 0. Mean p(1-p), second moment p(1-p)^2.
    got = moments("reinforce", 1, 0.25)
    assert (got.mean, got.variance) == pytest.approx((3 / 16, 9 / 64 - 9 / 256), rel=1e-14)
    assert got.signal_to_noise == pytest.approx(math.sqrt(1 / 3), rel=1e-14)
    # Two samples of RLOO: (1 - 0.5 + 0.5)/2 in the two mixed groups of four, else 0.
    got = moments("pass@1", 2, 0.5)
    assert (got.mean, got.variance) == pytest.approx((0.25, 1 / 8 - 1 / 16), rel=1e-14)


@pytest.mark.parametrize("name", ["reinforce", "nsr", "w-reinforce"])
def test_without_a_baseline_the_samples_are_independent(name):
    one, many = moments(name, 1, 0.3), moments(name, 10, 0.3)
    assert many.mean == pytest.approx(one.mean, rel=1e-13)
    assert many.variance == pytest.approx(one.variance / 10, rel=1e-12)


@pytest.mark.parametrize("p", [1e-9, 1e-4])
def test_the_variance_of_a_rare_success_keeps_its_digits(p):
    # One success in eight, chance 8p to first order, gives (1 + p)/8 with pass@1; the other groups give 0.
    assert moments("pass@1", 8, p).variance == pytest.approx(p / 8, rel=10 * p)


def test_which_unbiased_table_has_the_least_variance_depends():
    # Variances of sums of s_i S_i, which are the lab's means of n s_i S_i: the scales agree.
    def variance(name, n, k, p):
        return moments(name, n, p, k=k).variance

    centred, loo_1 = variance("pass@k-centred", 8, 2, 0.3), variance("pass@k-loo-1", 8, 2, 0.3)
    assert (centred, loo_1) == pytest.approx((0.00880, 0.01132), abs=5e-6)
    s, loo = variance("pass@k", 4, 3, 0.3), variance("pass@k-loo", 4, 3, 0.3)
    assert (s, loo) == pytest.approx((0.176, 0.326), abs=5e-4)
    # Both orders turn round: with n and k, and for the first with p alone.
    assert variance("pass@k-centred", 4, 3, 0.3) > variance("pass@k-loo-1", 4, 3, 0.3)
    assert variance("pass@k-centred", 8, 2, 0.9) > variance("pass@k-loo-1", 8, 2, 0.9)
    assert variance("pass@k", 8, 2, 0.3) > variance("pass@k-loo", 8, 2, 0.3)


@pytest.mark.parametrize("name", ["pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred"])
def test_those_four_share_their_mean(name):
    expected = 2 * 0.7 * 0.3 * 0.7
    assert moments(name, 8, 0.3, k=2).mean == pytest.approx(expected, rel=1e-13)


def test_signal_to_noise_is_never_a_ratio_of_zeros():
    # At n = k every credit of Pass@k Training is 0: no signal, no noise.
    got = moments("pass@k-training", 4, [0.0, 0.3, 1.0], k=4)
    np.testing.assert_array_equal(got.signal_to_noise, 0)
    one = moments("pass@1", 8, 0.5)
    assert type(one.signal_to_noise) is float
    assert one.signal_to_noise == pytest.approx(one.mean / math.sqrt(one.variance), rel=1e-15)
    assert objectives.Moments(-2.0, 4.0).signal_to_noise == 1.0
    assert objectives.Moments(1.0, 0.0).signal_to_noise == math.inf


def test_shapes_of_moments():
    got = gradient_moments("pass@k", 8, np.array([[0.0, 0.3, 0.5]]))
    assert got.mean.shape == got.variance.shape == got.signal_to_noise.shape == (1, 3)
    one = gradient_moments("pass@k", 8, 0.3)
    assert type(one.mean) is type(one.variance) is float
    assert (got.mean[0, 1], got.variance[0, 1]) == pytest.approx((one.mean, one.variance), rel=1e-14)


# --- silent groups ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "all_wrong", "mixed"),
    [
        (0.01, 0.9227446944, 0.0772553056),
        (0.1, 0.43046721, 0.56953278),
        (0.5, 1 / 256, 0.9921875),
    ],
)
def test_silence_of_eight_worked_by_hand(p, all_wrong, mixed):
    groups = silent_groups(8, p)
    assert groups.all_wrong == pytest.approx(all_wrong, abs=5e-11)
    assert groups.mixed == pytest.approx(mixed, abs=5e-11)
    assert groups.all_right == pytest.approx(p**8, rel=1e-13)


@modest
@given(st.floats(0, 1), st.integers(1, 200))
def test_silence_against_exact_rationals(p, n):
    groups, exact = silent_groups(n, p), Fraction(p)
    # n log(1 - p) is right to an ulp of itself, which exp turns into as many ulp.
    tolerance = 1e-15 * (2 + n * abs(math.log1p(-p))) if p < 1 else 0.0
    assert groups.all_wrong == pytest.approx(float((1 - exact) ** n), rel=tolerance, abs=1e-300)
    assert groups.all_right == pytest.approx(float(exact**n), rel=1e-13, abs=1e-300)
    mixed = float(1 - (1 - exact) ** n - exact**n)
    assert groups.mixed == pytest.approx(mixed, rel=1e-12, abs=1e-300 if n > 1 else 0.0)
    assert sum(groups) == pytest.approx(1, abs=1e-14)
    assert min(groups) >= 0


@pytest.mark.parametrize("n", [1, 2, 8, 10**6])
def test_silence_at_both_ends(n):
    assert tuple(silent_groups(n, 0.0)) == (1.0, 0.0, 0.0)
    assert tuple(silent_groups(n, 1.0)) == (0.0, 1.0, 0.0)
    assert not np.signbit([*silent_groups(n, 0.0), *silent_groups(n, 1.0)]).any()


def test_one_sample_is_always_silent():
    p = np.linspace(0, 1, 1001)
    groups = silent_groups(1, p)
    np.testing.assert_array_equal(groups.mixed, 0)  # not even a last digit of rounding
    np.testing.assert_allclose(groups.all_wrong, 1 - p, rtol=1e-13)
    np.testing.assert_array_equal(groups.all_right, p)


def test_silence_is_what_a_comparing_rule_cannot_use():
    # A rule that only compares gives 0 in silent groups, so its estimate is not 0 in the mixed ones only.
    credit, p = objectives.get("grpo").credit(8), 0.2
    c = np.arange(9)
    estimate = c * credit.correct * (1 - p) - (8 - c) * credit.wrong * p
    chances = np.array([math.comb(8, k) * p**k * (1 - p) ** (8 - k) for k in range(9)])
    assert chances[estimate != 0].sum() == pytest.approx(silent_groups(8, p).mixed, rel=1e-13)


# --- share of prompts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weights", "share"),
    [
        ([5.0], 1.0),
        ([1, 1, 1, 1], 1.0),
        ([1, 1, 0, 0], 0.5),
        ([3, 0, 0, 0], 0.25),
        ([1, -1], 1.0),  # lengths count, signs do not
        ([1, 3], 0.8),  # 16/(2 * 10)
        ([0, 0, 0], 0.0),
        ([1e308, 1e308], 1.0),  # the square of 1e308 is not a float
        ([5e-324, 0.0], 0.5),
        ([True, False], 0.5),
        (range(1, 3), 0.9),
    ],
)
def test_share_worked_by_hand(weights, share):
    assert effective_share(weights) == pytest.approx(share, rel=1e-15)
    assert type(effective_share(weights)) is float


@modest
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=30))
def test_share_lies_between_one_prompt_and_all(weights):
    share = effective_share(weights)
    if any(weights):
        assert (1 - 1e-12) / len(weights) <= share <= 1 + 1e-12
        assert effective_share(weights[::-1]) == pytest.approx(share, rel=1e-12)
        assert effective_share([*weights, *weights]) == pytest.approx(share, rel=1e-12)
        assert effective_share(-np.array(weights)) == share
    else:
        assert share == 0.0


@modest
@given(st.lists(st.integers(-1000, 1000), min_size=1, max_size=20).filter(any))
def test_share_in_fractions(weights):
    exact = Fraction(sum(map(abs, weights))) ** 2 / (len(weights) * sum(w * w for w in weights))
    assert effective_share(weights) == pytest.approx(float(exact), rel=1e-13)

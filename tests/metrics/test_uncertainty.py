"""Variance, posterior and bootstrap: exact rationals, scipy's own Beta, worked cases, coverage."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from passk_lab.metrics import (
    curve_interval,
    pass_at_k_curve,
    pass_at_k_posterior,
    pass_at_k_posterior_mean,
    pass_at_k_variance,
    success_at_k,
)
from tests.metrics import oracles
from tests.metrics.published import counts

modest = settings(max_examples=50)


# --- variance of the estimate -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("p", "n", "k", "value"),
    [
        (0.3, 10, 5, 0.0437628469),
        (0.1, 10, 5, 0.1068259911),
        (0.3, 10, 1, 0.021),  # p(1 - p)/n
        (0.5, 2, 2, 0.1875),  # solved with chance 3/4, and 3/4 * 1/4
        (0.0, 10, 5, 0.0),
        (1.0, 10, 5, 0.0),
    ],
)
def test_variance_worked_by_hand(p, n, k, value):
    assert pass_at_k_variance(p, n, k) == pytest.approx(value, abs=5e-11)


@modest
@given(st.fractions(0, 1, max_denominator=64), st.integers(1, 25), st.data())
def test_variance_against_exact_rationals(p, n, data):
    k = data.draw(st.integers(1, n))
    p = Fraction(float(p))
    assert oracles.relative_error(pass_at_k_variance(float(p), n, k), oracles.pass_at_k_variance(p, n, k)) < 1e-12


@pytest.mark.parametrize(("p", "n", "k"), [(1e-9, 12, 4), (1 - 1e-6, 12, 4), (0.02, 100, 64), (0.9, 60, 30)])
def test_variance_far_from_the_middle_keeps_its_digits(p, n, k):
    # Second moment less squared mean would cancel here.
    exact = oracles.pass_at_k_variance(Fraction(p), n, k)
    assert oracles.relative_error(pass_at_k_variance(p, n, k), exact) < 1e-11


@pytest.mark.parametrize("k", [1, 2, 5])
def test_variance_of_many_samples_is_that_of_the_slope(k):
    # Delta method: n Var -> (dJ_k/dp)^2 p(1 - p), the slope by autograd.
    p, n = torch.tensor(0.3, dtype=torch.float64, requires_grad=True), 10**8
    (1 - (1 - p) ** k).backward()
    assert n * pass_at_k_variance(0.3, n, k) == pytest.approx(float(p.grad) ** 2 * 0.3 * 0.7, rel=1e-6)


@modest
@given(st.floats(0, 1), st.integers(1, 200), st.data())
def test_variance_at_k_1_and_k_n_and_in_between(p, n, data):
    k = data.draw(st.integers(1, n))
    solved = success_at_k(p, n)
    assert pass_at_k_variance(p, n, 1) == pytest.approx(p * (1 - p) / n, rel=1e-12, abs=1e-300)
    assert pass_at_k_variance(p, n, n) == pytest.approx(solved * (1 - solved), rel=1e-9, abs=1e-15)
    mean = success_at_k(p, k)
    assert 0 <= pass_at_k_variance(p, n, k) <= mean * (1 - mean) + 1e-12, "no more than one block of k"


def test_variance_ends_and_shapes():
    p = np.array([0.0, 1e-300, 0.3, 1.0])
    got = pass_at_k_variance(p[:, None], 10, [1, 5, 10])
    assert got.shape == (4, 3)
    np.testing.assert_array_equal(got[[0, 3]], 0.0)
    assert got[1, 1] == pytest.approx(25 / 10 * 1e-300, rel=1e-11, abs=0)  # k^2 p/n
    assert got[2, 1] == pass_at_k_variance(0.3, 10, 5)
    assert type(pass_at_k_variance(0.3, 10, 5)) is float
    assert pass_at_k_variance(0.3, [10, 20], [[1], [2]]).shape == (2, 2)
    assert pass_at_k_variance(0.5, 10**6, 1000) == 0.0, "underflow, in silence"


# --- posterior of one problem -----------------------------------------------------------------------------------


@modest
@given(
    st.integers(1, 30),
    st.sampled_from([(1, 1), (2, 3), (Fraction(1, 2), Fraction(1, 2)), (4, Fraction(1, 4))]),
    st.integers(1, 80),
    st.data(),
)
def test_posterior_against_exact_rationals(n, prior, k, data):
    c = data.draw(st.integers(0, n))
    mean, variance = oracles.posterior(prior[0] + c, prior[1] + n - c, k)
    belief = pass_at_k_posterior(n, c, k, prior=(float(prior[0]), float(prior[1])))
    assert belief.mean == pytest.approx(float(mean), rel=1e-9, abs=0)
    assert belief.sd == pytest.approx(math.sqrt(variance), rel=1e-7, abs=0)
    assert 0 <= belief.low <= belief.high <= 1


@pytest.mark.parametrize(
    ("n", "c", "k", "prior", "mean"),
    [
        (1, 0, 9, (1, 1), 9 / 11),  # Beta(1, 2): 1 - 2/(k + 2)
        (1, 1, 3, (1, 1), 0.9),  # Beta(2, 1): 1 - 2/((k + 1)(k + 2))
        (8, 0, 100, (1, 1), 100 / 109),  # Beta(1, 9): k/(k + 9)
        (1, 0, 100, (0.3, 1), 0.7083708470),  # Beta(0.3, 2)
        (8, 3, 1, (1, 1), 0.4),  # Laplace: (c + 1)/(n + 2)
    ],
)
def test_posterior_mean_worked_by_hand(n, c, k, prior, mean):
    assert pass_at_k_posterior(n, c, k, prior=prior).mean == pytest.approx(mean, abs=5e-11)


@pytest.mark.parametrize("n", [10**4, 10**6, 10**9, 10**12])
@pytest.mark.parametrize("share", [0, 0.001, 0.5, 1])
def test_posterior_of_many_samples_keeps_its_digits(n, share):
    # At k = 1 the Beta's own mean a/(a + b) and variance ab/((a + b)^2 (a + b + 1)).
    c = int(share * n)
    a, b = Fraction(c + 1), Fraction(n - c + 1)
    belief = pass_at_k_posterior(n, c, 1)
    assert belief.mean == pytest.approx(float(a / (a + b)), rel=1e-9, abs=0)
    assert belief.sd == pytest.approx(math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))), rel=1e-6, abs=0)


@pytest.mark.parametrize(("n", "c"), [(8, 0), (8, 3), (8, 8), (50, 20)])
@pytest.mark.parametrize("k", [10**6, 10**12])
def test_posterior_of_very_many_draws(n, c, k):
    all_wrong, twice = (oracles.beta_all_wrong_few_right(c + 1, n - c + 1, draws) for draws in (k, 2 * k))
    belief = pass_at_k_posterior(n, c, k)
    assert belief.mean == pytest.approx(float(1 - all_wrong), rel=1e-12)
    assert belief.sd == pytest.approx(float(twice - all_wrong**2) ** 0.5, rel=1e-6, abs=0)
    assert 0 < belief.low <= belief.high <= 1


def test_posterior_of_a_problem_always_solved_with_very_many_draws():
    # The chance that all draws are wrong is about 10^-3400: sure, and no warning on the way.
    assert pass_at_k_posterior(1000, 1000, 10**6) == pytest.approx((1.0, 0.0, 1.0, 1.0))


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(("n", "c"), [(8, 0), (8, 3), (8, 8), (200, 150), (10**6, 10)])
@pytest.mark.parametrize("k", [1, 4, 30])
def test_posterior_interval_ends_cut_off_the_tails(n, c, k, level):
    belief = pass_at_k_posterior(n, c, k, level=level)
    beta = stats.beta(c + 1, n - c + 1)
    # 1 - (1-p)^k grows with p, so its quantile is that of p carried over; near 1 it has no digits left to undo.
    assert belief.low == pytest.approx(-math.expm1(k * math.log1p(-beta.ppf((1 - level) / 2))), rel=1e-9)
    assert belief.high == pytest.approx(-math.expm1(k * math.log1p(-beta.ppf((1 + level) / 2))), rel=1e-9)
    if belief.high < 0.99:
        p_low, p_high = (-math.expm1(math.log1p(-end) / k) for end in (belief.low, belief.high))
        assert beta.cdf(p_low) == pytest.approx((1 - level) / 2, rel=1e-6)
        assert beta.sf(p_high) == pytest.approx((1 - level) / 2, rel=1e-6)


@modest
@given(st.integers(1, 40), st.data())
def test_posterior_grows_with_c_and_k(n, data):
    k = data.draw(st.integers(1, 100))
    in_c, in_k = pass_at_k_posterior(n, np.arange(n + 1), k), pass_at_k_posterior(n, n // 2, np.arange(1, 60))
    for belief in (in_c, in_k):
        for values in (belief.mean, belief.low, belief.high):
            assert (np.diff(values) >= -1e-13).all()
    wider = pass_at_k_posterior(n, np.arange(n + 1), k, level=0.99)
    assert (wider.low <= in_c.low).all()
    assert (wider.high >= in_c.high).all()
    np.testing.assert_array_equal(wider.mean, in_c.mean)


@pytest.mark.parametrize(
    ("n", "c", "k"),
    [
        (8, [0, 3, 8], 4),
        ([8, 9], 3, [4, 40]),
        (8, 3, [1, 4, 100]),
        ([[8], [30]], [[2], [9]], [1, 2, 3]),
        (20, np.arange(100) % 21, 5),
        (np.arange(20, 120)[:, None], np.arange(100)[:, None] % 21, [5, 500]),
    ],
)
def test_posterior_arrays_equal_their_entries(n, c, k):
    belief = pass_at_k_posterior(n, c, k, prior=(0.5, 2), level=0.8)
    n, c, k = np.broadcast_arrays(n, c, k)
    for index in np.ndindex(n.shape):
        alone = pass_at_k_posterior(n[index], c[index], k[index], prior=(0.5, 2), level=0.8)
        assert type(alone.low) is float
        np.testing.assert_allclose([part[index] for part in belief], alone, rtol=1e-12, atol=1e-15)
    assert {part.shape for part in belief} == {n.shape}


# --- posterior of the mean over problems ------------------------------------------------------------------------


def test_posterior_mean_of_scorio_data_set():
    # R = [[0,1,1,0,1], [1,1,0,1,1]] with a flat prior. By hand at k = 1: (4/7 + 5/7)/2 = 9/14.
    belief = pass_at_k_posterior_mean(5, [3, 4], [1, 2])
    np.testing.assert_allclose(belief.mean, [0.642857, 0.839286], atol=5e-7)
    np.testing.assert_allclose(belief.sd, [0.118451, 0.097263], atol=5e-7)


@modest
@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(1, 40))
def test_posterior_mean_against_exact_rationals(c, k):
    parts = [oracles.posterior(Fraction(1 + x), Fraction(13 - x), k) for x in c]
    mean = sum(m for m, _ in parts) / len(c)
    variance = sum(v for _, v in parts) / len(c) ** 2
    belief = pass_at_k_posterior_mean(12, c, k)
    assert belief.mean == pytest.approx(float(mean), rel=1e-9, abs=0)
    assert belief.sd == pytest.approx(math.sqrt(variance), rel=1e-7, abs=0)
    assert 0 <= belief.low <= belief.high <= 1


def test_posterior_mean_interval_is_the_beta_with_its_moments():
    mean, sd, low, high = pass_at_k_posterior_mean([8, 9, 10], [1, 5, 0], 4, level=0.9)
    strength = mean * (1 - mean) / sd**2 - 1
    beta = stats.beta(mean * strength, (1 - mean) * strength)
    assert (beta.mean(), beta.std()) == pytest.approx((mean, sd), rel=1e-12)
    assert beta.cdf(low) == pytest.approx(0.05, rel=1e-9)
    assert beta.sf(high) == pytest.approx(0.05, rel=1e-9)


def test_posterior_mean_of_one_problem_at_k_1_is_its_posterior():
    np.testing.assert_allclose(pass_at_k_posterior_mean(9, [2], 1), pass_at_k_posterior(9, 2, 1), rtol=1e-10)


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2)])
def test_posterior_mean_has_the_shape_of_k(shape):
    belief = pass_at_k_posterior_mean(9, [2, 0, 9, 9], np.full(shape, 3))
    assert {np.shape(part) for part in belief} == {shape}
    assert type(belief.low) is (float if shape == () else np.ndarray)


@pytest.mark.parametrize(("n", "k"), [(8, 10**6), (8, 10**12), (1000, 10**4), (1000, 10**6)])
def test_posterior_mean_of_problems_always_solved(n, k):
    # Mean 1 to the last digit and a variance near 0 or underflowing: the ends are 1, not NaN, and nothing warns.
    belief = pass_at_k_posterior_mean(n, [n, n], k)
    assert tuple(belief) == pytest.approx((1.0, 0.0, 1.0, 1.0), abs=1e-12)


def test_posterior_mean_of_math500():
    # 500 problems with 128 samples speak louder than the prior: at k = 1 the mean is near the estimate, within the sd
    # of the samples alone, and the two models stand far apart. The order turns at k = 128.
    base, rl = (
        pass_at_k_posterior_mean(*counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm), [1, 128])
        for arm in ("base", "rl")
    )
    np.testing.assert_allclose([base.mean[0], rl.mean[0]], [0.6139, 0.7793], atol=0.005)
    assert base.high[0] < rl.low[0]
    assert base.mean[1] > rl.mean[1]


# --- interval of the curve --------------------------------------------------------------------------------------


def test_bootstrap_of_two_problems_worked_by_hand():
    # One problem always solved, one never: the resampled mean is 0, 1/2, 1 with chances 1/4, 1/2, 1/4.
    np.testing.assert_array_equal(curve_interval(4, [0, 4], level=0.95), [[0.0] * 4, [1.0] * 4])
    np.testing.assert_array_equal(curve_interval(4, [0, 4], level=0.4), [[0.5] * 4, [0.5] * 4])


def test_normal_interval_worked_by_hand():
    # Mean 1/2, sd sqrt(1/2), standard error 1/2, and z = 1.959964.
    low, high = curve_interval(4, [0, 4], ks=[1], method="normal")
    assert (low[0], high[0]) == pytest.approx((0.5 - 0.979982, 0.5 + 0.979982), abs=1e-6)


@pytest.mark.parametrize("level", [0.68, 0.95])
def test_normal_agrees_with_bootstrap_on_many_problems(level):
    n, c = counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm="base")
    ks = [1, 8, 64]
    np.testing.assert_allclose(
        curve_interval(n, c, ks, level), curve_interval(n, c, ks, level, method="normal"), atol=0.002
    )


@pytest.mark.parametrize("method", ["bootstrap", "normal"])
def test_interval_holds_the_curve_and_widens_with_the_level(method):
    n, c = [8, 9, 10, 12] * 5, [0, 1, 5, 12] * 5
    curve = pass_at_k_curve(n, c)
    narrow, wide = (curve_interval(n, c, level=level, method=method) for level in (0.5, 0.99))
    assert (wide.low < narrow.low).all()
    assert (narrow.low < curve).all()
    assert (curve < narrow.high).all()
    assert (narrow.high < wide.high).all()
    assert narrow.low.shape == (8,), "every k up to the fewest samples"


@pytest.mark.parametrize("method", ["bootstrap", "normal"])
def test_problems_all_alike_leave_nothing_to_doubt(method):
    low, high = curve_interval(8, [2] * 5, method=method)
    np.testing.assert_allclose(low, pass_at_k_curve(8, [2, 2]), rtol=1e-12)
    np.testing.assert_allclose(high, low, rtol=1e-12)


def test_same_seed_same_interval_and_generators_are_taken():
    c = np.arange(30) % 9
    one, two, three, four = (curve_interval(8, c, seed=s) for s in (3, 3, np.random.default_rng(3), 4))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(one, three)
    assert (np.array(one) != np.array(four)).any()


def test_k_in_blocks_is_the_same_as_k_at_once():
    c = np.arange(20) * 40
    whole = curve_interval(900, c)
    some = np.array([1, 400, 401, 900])
    np.testing.assert_allclose(np.array(whole)[:, some - 1], curve_interval(900, c, some), atol=1e-12)


@pytest.mark.parametrize("method", ["bootstrap", "normal"])
def test_one_k_as_a_plain_number(method):
    got = curve_interval(8, [1, 2, 8], ks=4, method=method)
    np.testing.assert_allclose(np.ravel(got), np.ravel(curve_interval(8, [1, 2, 8], ks=[4], method=method)))


@pytest.mark.parametrize("method", ["bootstrap", "normal"])
def test_coverage_over_the_choice_of_problems(method):
    # 300 data sets of 100 problems with p uniform: the mean of the pass@2 estimates is E[1 - (1-p)^2] = 2/3.
    # At 90 % the share of intervals that hold 2/3 may differ from 0.9 only as chance allows (two-sided exact test).
    rng = np.random.default_rng(11)
    hits = 0
    for _ in range(300):
        c = rng.binomial(8, rng.random(100))
        low, high = curve_interval(8, c, ks=[2], level=0.9, method=method, resamples=500, seed=rng)
        hits += low[0] <= 2 / 3 <= high[0]
    assert stats.binomtest(hits, 300, 0.9).pvalue > 1e-3, hits / 300

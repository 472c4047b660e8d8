"""Variance, posteriors, intervals of a curve: exact rationals, scipy's own Beta, worked cases."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from passk_lab.metrics import (
    Prior,
    curve_interval,
    mean_interval,
    pass_at_k,
    pass_at_k_curve,
    pass_at_k_posterior,
    pass_at_k_posterior_mean,
    pass_at_k_variance,
    success_at_k,
    uncertainty,
)
from passk_lab.metrics.prior import Fitted, fitted
from tests.metrics import oracles
from tests.metrics.published import counts

modest = settings(max_examples=50)
FLAT = (1, 1)


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
    belief = pass_at_k_posterior(n, c, 1, FLAT)
    assert belief.mean == pytest.approx(float(a / (a + b)), rel=1e-9, abs=0)
    assert belief.sd == pytest.approx(math.sqrt(a * b / ((a + b) ** 2 * (a + b + 1))), rel=1e-6, abs=0)


@pytest.mark.parametrize(("n", "c"), [(8, 0), (8, 3), (8, 8), (50, 20)])
@pytest.mark.parametrize("k", [10**6, 10**12])
def test_posterior_of_very_many_draws(n, c, k):
    all_wrong, twice = (oracles.beta_all_wrong_few_right(c + 1, n - c + 1, draws) for draws in (k, 2 * k))
    belief = pass_at_k_posterior(n, c, k, FLAT)
    assert belief.mean == pytest.approx(float(1 - all_wrong), rel=1e-12)
    assert belief.sd == pytest.approx(float(twice - all_wrong**2) ** 0.5, rel=1e-6, abs=0)
    assert 0 < belief.low <= belief.high <= 1


def test_posterior_of_a_problem_always_solved_with_very_many_draws():
    # The chance that all draws are wrong is about 10^-3400: sure, and no warning on the way.
    assert pass_at_k_posterior(1000, 1000, 10**6, FLAT) == pytest.approx((1.0, 0.0, 1.0, 1.0, True))


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(("n", "c"), [(8, 0), (8, 3), (8, 8), (200, 150), (10**6, 10)])
@pytest.mark.parametrize("k", [1, 4, 30])
def test_posterior_interval_ends_cut_off_the_tails(n, c, k, level):
    belief = pass_at_k_posterior(n, c, k, FLAT, level)
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
    in_c, in_k = (pass_at_k_posterior(n, *many, FLAT) for many in ((np.arange(n + 1), k), (n // 2, np.arange(1, 60))))
    for belief in (in_c, in_k):
        for values in (belief.mean, belief.low, belief.high):
            assert (np.diff(values) >= -1e-13).all()
    wider = pass_at_k_posterior(n, np.arange(n + 1), k, FLAT, level=0.99)
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
    belief = pass_at_k_posterior_mean(5, [3, 4], [1, 2], FLAT)
    np.testing.assert_allclose(belief.mean, [0.642857, 0.839286], atol=5e-7)
    np.testing.assert_allclose(belief.sd, [0.118451, 0.097263], atol=5e-7)


@modest
@given(st.lists(st.integers(0, 12), min_size=1, max_size=8), st.integers(1, 40))
def test_posterior_mean_against_exact_rationals(c, k):
    parts = [oracles.posterior(Fraction(1 + x), Fraction(13 - x), k) for x in c]
    mean = sum(m for m, _ in parts) / len(c)
    variance = sum(v for _, v in parts) / len(c) ** 2
    belief = pass_at_k_posterior_mean(12, c, k, FLAT)
    assert belief.mean == pytest.approx(float(mean), rel=1e-9, abs=0)
    assert belief.sd == pytest.approx(math.sqrt(variance), rel=1e-7, abs=0)
    assert 0 <= belief.low <= belief.high <= 1


def test_posterior_mean_interval_is_the_beta_with_its_moments():
    mean, sd, low, high, _ = pass_at_k_posterior_mean([8, 9, 10], [1, 5, 0], 4, FLAT, level=0.9)
    strength = mean * (1 - mean) / sd**2 - 1
    beta = stats.beta(mean * strength, (1 - mean) * strength)
    assert (beta.mean(), beta.std()) == pytest.approx((mean, sd), rel=1e-12)
    assert beta.cdf(low) == pytest.approx(0.05, rel=1e-9)
    assert beta.sf(high) == pytest.approx(0.05, rel=1e-9)


def test_posterior_mean_of_one_problem_at_k_1_is_its_posterior():
    np.testing.assert_allclose(
        pass_at_k_posterior_mean(9, [2], 1, FLAT), pass_at_k_posterior(9, 2, 1, FLAT), rtol=1e-10
    )


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 2)])
def test_posterior_mean_has_the_shape_of_k(shape):
    belief = pass_at_k_posterior_mean(9, [2, 0, 9, 9], np.full(shape, 3))
    assert {np.shape(part) for part in belief} == {shape}
    assert type(belief.low) is (float if shape == () else np.ndarray)


@pytest.mark.parametrize(("n", "k"), [(8, 10**6), (8, 10**12), (1000, 10**4), (1000, 10**6)])
def test_posterior_mean_of_problems_always_solved(n, k):
    # Mean 1 to the last digit and a variance near 0 or underflowing: the ends are 1, not NaN, and nothing warns.
    belief = pass_at_k_posterior_mean(n, [n, n], k, FLAT)
    assert tuple(belief) == pytest.approx((1.0, 0.0, 1.0, 1.0, True), abs=1e-12)


def test_posterior_mean_of_math500():
    # 500 problems with 128 samples fit the prior closely: at k = 1 the mean is near the estimate, within the sd
    # of the samples alone, and the two models stand far apart. The order turns at k = 128.
    base, rl = (
        pass_at_k_posterior_mean(*counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm), [1, 128])
        for arm in ("base", "rl")
    )
    np.testing.assert_allclose([base.mean[0], rl.mean[0]], [0.6139, 0.7793], atol=0.005)
    assert base.high[0] < rl.low[0]
    assert base.mean[1] > rl.mean[1]


# --- a prior fitted over the problems ---------------------------------------------------------------------------


def test_one_problem_needs_a_prior_that_is_named():
    with pytest.raises(ValueError, match=r"fitted over problems, and this is one.*\(1, 1\) is flat"):
        pass_at_k_posterior(8, 0, 100)


def test_hard_problems_are_not_called_easy():
    # p ~ Beta(0.2, 4), a thousand problems, eight samples each. A flat prior on each: pass@1 = 0.135 [0.129, 0.142].
    rng = np.random.default_rng(4)
    p = rng.beta(0.2, 4, 1000)
    c = rng.binomial(8, p)
    ks = np.array([1, 8, 32])
    truth = success_at_k(p, ks[:, None]).mean(axis=1)
    flat, belief = pass_at_k_posterior_mean(8, c, ks, FLAT), pass_at_k_posterior_mean(8, c, ks)
    assert (flat.low > 1.5 * truth).all()
    np.testing.assert_allclose(belief.mean, truth, rtol=0.15)
    assert (belief.low <= truth).all()
    assert (truth <= belief.high).all()
    np.testing.assert_array_equal(belief.depends_on_the_model, [False, False, True])


def test_pythia_from_32_of_its_ten_thousand_samples():
    # Pythia-160M on 128 problems: pass@32 is 0.070, where a flat prior on each problem says 0.504 [0.455, 0.553].
    n, c = counts("monkeys_pythia_math_n10000.csv", model="Pythia 160M")
    truth = pass_at_k_curve(n, c, [1, 32, 128])
    assert truth[1] == pytest.approx(0.0701, abs=5e-5)
    few = np.random.default_rng(1).hypergeometric(c, n - c, 32)
    assert pass_at_k_posterior_mean(32, few, 32, FLAT).low > 0.4
    belief = pass_at_k_posterior_mean(32, few, [1, 32, 128])
    assert (belief.low <= truth).all()
    assert (truth <= belief.high).all()
    assert belief.high[1] < 0.15


def test_posterior_under_masses_against_exact_rationals():
    # A quarter never, an eighth always, else Beta(2, 3): by hand in fractions for nothing, something and all right.
    prior, n, k = Prior(2, 3, 0.25, 0.125), 4, 6
    for c in (0, 2, 4):
        inner = Fraction(5, 8) * oracles.beta_binomial(Fraction(2), Fraction(3), n, c)
        weights = [Fraction(1, 4) * (c == 0), Fraction(1, 8) * (c == n), inner]
        mean, variance = oracles.posterior(Fraction(2 + c), Fraction(3 + n - c), k)
        parts = [(Fraction(0), Fraction(0)), (Fraction(1), Fraction(0)), (mean, variance)]
        total = sum(weights)
        first = sum(w * m for w, (m, _) in zip(weights, parts, strict=True)) / total
        second = sum(w * (v + m * m) for w, (m, v) in zip(weights, parts, strict=True)) / total
        belief = pass_at_k_posterior(n, c, k, prior)
        assert belief.mean == pytest.approx(float(first), rel=1e-12)
        assert belief.sd == pytest.approx(math.sqrt(second - first**2), rel=1e-9)
        assert belief.depends_on_the_model is True
    # With nothing right the mass at 0 is the lower end; with all right the mass at 1 is the upper one.
    assert pass_at_k_posterior(n, 0, k, prior).low == 0.0
    assert pass_at_k_posterior(n, 4, k, prior).high == 1.0


def test_a_wrong_prior_is_refused():
    for prior in (Prior(0, 1, 0, 0), Prior(1, 1, 0.5, 0.5), Prior(1, math.inf, 0, 0), "flat"):
        with pytest.raises(ValueError, match="prior "):
            pass_at_k_posterior_mean(8, [1, 2], 4, prior)


# --- problems that share their p, under a fitted prior ----------------------------------------------------------


def test_what_is_said_too_much_worked_by_hand():
    # n = k = 1 under the flat prior: 1/3 or 2/3 is said, so (1 + p)/3 on average, which is (1 - 2p)/3 more than p.
    flat = Fitted(Prior(1.0, 1.0, 0.0, 0.0), np.array([0.0, math.log(2)]), np.eye(2))
    got = uncertainty._said_too_much(flat, 1, np.array([[1]]), np.zeros((1, 2)))
    np.testing.assert_allclose(got, math.sqrt(1 / 27), rtol=1e-4)


def test_what_is_said_too_much_against_quadrature():
    n, k, pull = 4, np.array([[2], [9]]), np.array([[0.3, -0.2, 0.1, 0.4], [1.0, 0.5, -2.0, 0.0]])
    c = np.arange(n + 1)
    over = fitted(np.full(n + 1, n), c, np.array([9, 4, 3, 3, 6]))
    prior, scores = over.prior, over.scores(np.full(n + 1, n), c)
    got = uncertainty._said_too_much(over, n, k, pull)
    for i in range(2):
        said = pass_at_k_posterior(n, c, int(k[i, 0]), prior).mean + scores @ pull[i]

        def square(p, said=said, k=int(k[i, 0])):
            return (stats.binom.pmf(c, n, p) @ said - success_at_k(p, k)) ** 2

        inner = stats.beta(prior.alpha, prior.beta).expect(square)
        wanted = prior.never * square(0.0) + prior.always * square(1.0) + (1 - prior.never - prior.always) * inner
        assert got[i] == pytest.approx(math.sqrt(wanted), rel=1e-3)


def test_the_scores_of_a_fit_have_mean_zero_under_it():
    n, c = np.full(9, 8), np.arange(9)
    over = fitted(n, c, np.array([20, 8, 5, 4, 4, 3, 3, 5, 12]))
    a, b, never, always = over.prior
    chance = (1 - never - always) * stats.betabinom.pmf(c, 8, a, b) + never * (c == 0) + always * (c == 8)
    np.testing.assert_allclose(chance @ over.scores(n, c), 0, atol=1e-9)


def test_groups_under_a_fitted_prior():
    rng = np.random.default_rng(0)
    c = rng.binomial(8, np.repeat(rng.beta(0.4, 1.2, 25), 4))
    alone = pass_at_k_posterior_mean(8, c, [1, 8, 32])
    own = pass_at_k_posterior_mean(8, c, [1, 8, 32], groups=np.arange(100))
    for one, other in zip(alone, own, strict=True):
        np.testing.assert_array_equal(one, other)
    copies = pass_at_k_posterior_mean(8, c, [1, 8, 32], groups=np.repeat(np.arange(25), 4))
    np.testing.assert_array_equal(copies.mean, alone.mean)
    assert (copies.sd > alone.sd).all()
    assert copies.sd[0] < 1.01 * alone.sd[0], "at k = 1 the samples say it all"
    assert copies.sd[2] > 1.05 * alone.sd[2]
    # What is added is the sum over pairs, so it is in the ratio of 25 * 4 * 3 to 2 * 50 * 49.
    halves = pass_at_k_posterior_mean(8, c, [1, 8, 32], groups=np.repeat([0, 1], 50))
    added = (copies.sd**2 - alone.sd**2) / (halves.sd**2 - alone.sd**2)
    np.testing.assert_allclose(added, 300 / 4900, rtol=1e-6)


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ({"groups": [0, 0, 1], "prior": FLAT}, "a prior that is named draws each p by itself. Leave the groups out"),
        ({"groups": [0, 1]}, r"one label for each problem: 3 of them"),
        ({"groups": ["a"] * 3}, "at least two groups"),
        ({"groups": [0, 0, 1], "n": 20_000}, "n = 20,000 asks for a table .* groups are for fewer samples"),
    ],
)
def test_what_groups_under_a_prior_refuse(how, match):
    with pytest.raises(ValueError, match=match):
        pass_at_k_posterior_mean(**{"n": 8, "c": [1, 2, 3], "k": 4, **how})


# --- interval of the curve --------------------------------------------------------------------------------------


def test_all_right_leaves_room_for_problems_that_are_not():
    # Clopper and Pearson: the lower end is 0.025^(1/P), where the bootstrap says [1, 1].
    for problems in (2, 8, 50):
        low, high = curve_interval(8, [8] * problems)
        np.testing.assert_allclose(low, 0.025 ** (1 / problems), rtol=1e-9)
        np.testing.assert_array_equal(high, 1.0)
        low, high = curve_interval(8, [0] * problems)
        np.testing.assert_array_equal(low, 0.0)
        np.testing.assert_allclose(high, 1 - 0.025 ** (1 / problems), rtol=1e-9)


def test_t_with_two_more_problems_worked_by_hand():
    # x = 0, 1 and one more of each: N = 4, mean 1/2, S = 1, sqrt(S/12) = 0.288675 and t_3 = 3.182446: past [0, 1].
    assert np.ravel(curve_interval(4, [0, 4], [1], method="t")).tolist() == [0.0, 1.0]
    # Six of each: N = 14, S = 3.5, sqrt(3.5/182) = 0.138675, t_13 = 2.160369.
    ends = np.ravel(curve_interval(4, [0, 4] * 6, [1], method="t"))
    np.testing.assert_allclose(ends, [0.5 - 0.299590, 0.5 + 0.299590], atol=2e-6)


def test_the_interval_of_a_curve_is_that_of_its_values():
    n, c = [8, 9, 10, 12] * 5, [0, 1, 5, 12] * 5
    for method in ("gaffke", "t"):
        band = curve_interval(n, c, [1, 5], method=method)
        for i, k in enumerate((1, 5)):
            alone = mean_interval(pass_at_k(n, c, k), method=method)
            np.testing.assert_allclose([band.low[i], band.high[i]], alone, rtol=1e-7)


@pytest.mark.parametrize("how", [{}, {"method": "t"}, {"target": "these problems"}])
def test_interval_holds_the_curve_and_widens_with_the_level(how):
    n, c = [8, 9, 10, 12] * 5, [0, 1, 5, 12] * 5
    curve = pass_at_k_curve(n, c)
    narrow, wide = (curve_interval(n, c, level=level, **how) for level in (0.5, 0.99))
    assert (wide.low < narrow.low).all()
    assert (narrow.low < curve).all()
    assert (curve < narrow.high).all()
    assert (narrow.high <= wide.high).all()
    assert narrow.low.shape == (8,), "every k up to the fewest samples"


@pytest.mark.parametrize("how", [{}, {"method": "t"}, {"target": "these problems"}])
def test_ks_in_any_shape_and_order(how):
    c = [1, 2, 8, 0]
    whole = np.array(curve_interval(8, c, **how))
    got = curve_interval(8, c, ks=[[4, 1], [8, 4]], **how)
    np.testing.assert_allclose(got.low, whole[0][[[3, 0], [7, 3]]], rtol=1e-7)
    np.testing.assert_allclose(got.high, whole[1][[[3, 0], [7, 3]]], rtol=1e-7)
    assert type(curve_interval(8, c, ks=4, **how).low) is float


def test_these_problems_worked_by_hand():
    # One problem, one right of two, k = 1: p = 1/2, variance 1/8, and z = 1.959964: past [0, 1].
    assert tuple(curve_interval(2, [1], 1, target="these problems")) == (0.0, 1.0)
    # Fifty such problems: 0.5 +- 1.959964 sqrt(50/8)/50.
    np.testing.assert_allclose(curve_interval(2, [1] * 50, 1, target="these problems"), [0.402002, 0.597998], atol=1e-6)


def test_the_two_targets_differ_as_the_problems_do():
    # The samples are many and the problems few: these are known well, others are not.
    n, c = 1000, [0, 1000] * 10
    these, others = curve_interval(n, c, 1, target="these problems"), curve_interval(n, c, 1)
    assert these.high - these.low < 0.01
    assert others.high - others.low > 0.4


def test_groups_are_the_witnesses():
    rng = np.random.default_rng(0)
    c = rng.integers(0, 9, 30)
    for method in ("gaffke", "t"):
        alone = np.array(curve_interval(8, c, [1, 4], method=method))
        # Every problem in a group of its own is no grouping; each of them twice under one label is no new witness.
        np.testing.assert_allclose(curve_interval(8, c, [1, 4], method=method, groups=np.arange(30)), alone, rtol=1e-7)
        twice = curve_interval(8, np.repeat(c, 2), [1, 4], method=method, groups=np.repeat(np.arange(30), 2))
        np.testing.assert_allclose(twice, alone, rtol=1e-7)
        blind = curve_interval(8, np.repeat(c, 2), [1, 4], method=method)
        assert (blind.high - blind.low < 0.8 * (alone[1] - alone[0])).all()


def test_labels_of_groups_may_be_text_and_come_in_any_order():
    c = np.array([1, 5, 2, 8, 0, 3])
    names, numbers = ["x", "y", "x", "z", "y", "z"], [7, 1, 7, 4, 1, 4]
    np.testing.assert_allclose(curve_interval(8, c, groups=names), curve_interval(8, c, groups=numbers), rtol=1e-12)
    order = np.array([3, 0, 5, 1, 2, 4])
    np.testing.assert_allclose(
        curve_interval(8, c[order], groups=np.array(names)[order]), curve_interval(8, c, groups=names), rtol=1e-9
    )


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ({"groups": ["a", "b"]}, r"one label for each problem: 3 of them, but got an array of shape \(2,\)"),
        ({"groups": ["a", None, "b"]}, r"problem 1 has no group \(None\)"),
        ({"groups": [1.0, 2.0, math.nan]}, r"problem 2 has no group \(.*nan"),
        ({"groups": ["a", "a", "a"]}, "at least two groups"),
        ({"groups": [1, 2, 3], "target": "these problems"}, "leave them out for 'these problems'"),
        ({"target": "sample"}, "target is 'population' or 'these problems', not 'sample'"),
        ({"method": "bootstrap"}, "method is 'gaffke' or 't', not 'bootstrap'"),
    ],
)
def test_what_an_interval_refuses(how, match):
    with pytest.raises(ValueError, match=match):
        curve_interval(8, [1, 2, 3], **how)


@pytest.mark.parametrize("right", [0, 8])
def test_a_mean_belief_at_an_end_has_an_interval_that_holds_it(right):
    belief = pass_at_k_posterior_mean(8, [right] * 9, [1, 4, 8, 64])
    assert (belief.low <= belief.mean).all()
    assert (belief.mean <= belief.high).all()
    assert (belief.low[:2] < belief.high[:2]).all()
    # Nothing narrower than its own sd where the mean is not at the end itself to the last digit.
    wide = (belief.sd > 1e-6) & (np.minimum(belief.mean, 1 - belief.mean) > 1e-12)
    assert (belief.high - belief.low)[wide].min() > 1e-7


def test_where_no_beta_has_the_moments_markov_gives_the_interval():
    belief = pass_at_k_posterior_mean(4, [4] * 4, 16, groups=[0, 0, 1, 1])
    assert belief.sd**2 > belief.mean * (1 - belief.mean)  # to first order, more than any belief with this mean has
    assert 1 - belief.low == pytest.approx((1 - belief.mean) / 0.025, rel=1e-6)
    assert belief.high == 1

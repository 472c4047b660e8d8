"""Spreads of p fitted over problems, and bounds beyond n: gradients, worked cases, every p, the published counts."""

import numpy as np
import pytest
import torch
from scipy import stats

from passk_lab.metrics import (
    Prior,
    Spread,
    curve_interval,
    fit_prior,
    fit_spread,
    pass_at_k,
    pass_at_k_beyond,
    pass_at_k_curve,
    scaling,
    success_at_k,
)
from tests.metrics.published import counts

# --- a Beta with masses -----------------------------------------------------------------------------------------


def test_pass_at_k_of_a_prior_against_quadrature():
    prior = Prior(0.7, 2.5, 0.2, 0.1)
    for k in (1, 5, 300):
        inner = stats.beta(0.7, 2.5).expect(lambda p, k=k: success_at_k(p, k))
        assert prior.pass_at_k(k) == pytest.approx(0.1 + 0.7 * inner, rel=1e-7)
    assert Prior(1, 1, 0, 0).pass_at_k([1, 4, 9]) == pytest.approx([0.5, 0.8, 0.9])


def test_the_gradient_of_the_likelihood_is_autograd():
    n, c, how_many = np.array([8, 8, 8, 16, 16]), np.array([0, 3, 8, 1, 16]), np.array([5, 2, 3, 4, 1])
    x = np.array([-1.3, 0.8, -1.5, -2.5])
    t = torch.tensor(x, requires_grad=True)
    nn, cc, m = (torch.tensor(v, dtype=torch.float64) for v in (n, c, how_many))

    def log_beta(a, b):
        return torch.lgamma(a) + torch.lgamma(b) - torch.lgamma(a + b)

    mean, strength = torch.sigmoid(t[0]), torch.exp(t[1])
    a, b = mean * strength, (1 - mean) * strength
    odds = torch.exp(t[2:])
    never, always = odds / (1 + odds.sum())
    between = 1 - never - always
    chance = (
        between * torch.exp(log_beta(a + cc, b + nn - cc) - log_beta(a, b)) + never * (cc == 0) + always * (cc == nn)
    )
    loss = -(m * torch.log(chance)).sum()
    loss.backward()
    value, slope = scaling._minus_log_likelihood(x, n, c, how_many)
    assert value == pytest.approx(loss.item(), rel=1e-12)
    np.testing.assert_allclose(slope, t.grad.numpy(), rtol=1e-9)


def test_a_fit_finds_what_the_counts_came_from():
    rng = np.random.default_rng(0)
    p = np.concatenate([np.zeros(4000), np.ones(2000), rng.beta(2, 3, 14_000)])
    n = rng.choice([8, 16, 40], p.size)
    found = fit_prior(n, rng.binomial(n, p))
    np.testing.assert_allclose(found, [2, 3, 0.2, 0.1], rtol=0.08)
    plain = fit_prior(8, rng.binomial(8, rng.beta(0.2, 4, 20_000)), masses=False)
    np.testing.assert_allclose(plain, [0.2, 4, 0, 0], rtol=0.1)


@pytest.mark.parametrize("c", [[0] * 9, [8] * 9, [0, 8] * 5, [3] * 9, [0, 1]])
def test_problems_that_look_alike_still_get_a_finite_fit(c):
    prior = fit_prior(8, c)
    assert np.isfinite(prior).all()
    assert min(prior) >= 0
    assert prior.never + prior.always < 1
    assert abs(prior.pass_at_k(1) - np.mean(c) / 8) < 0.15


def test_one_problem_fits_no_prior():
    with pytest.raises(ValueError, match="fitted over problems, and this is one"):
        fit_prior(8, [3])


# --- any spread -------------------------------------------------------------------------------------------------


def test_the_likeliest_spread_satisfies_its_condition():
    # At the maximum no point would raise the likelihood: the mean of L_i(p)/L_i is at most 1, and 1 on its points.
    rng = np.random.default_rng(1)
    n = rng.choice([6, 12], 300)
    c = rng.binomial(n, rng.beta(0.4, 1.2, 300))
    found = fit_spread(n, c)
    assert found.weight.sum() == pytest.approx(1)
    grid = np.linspace(0, 1, 501)
    likelihood = stats.binom.pmf(c[:, None], n[:, None], grid)
    mixed = stats.binom.pmf(c[:, None], n[:, None], found.p) @ found.weight
    assert (likelihood / mixed[:, None]).mean(axis=0).max() < 1 + 1e-3
    at_points = (stats.binom.pmf(c[:, None], n[:, None], found.p) / mixed[:, None]).mean(axis=0)
    np.testing.assert_allclose(at_points, 1, atol=1e-2)
    # It fits the mean within n.
    for k in (1, 4):
        assert found.pass_at_k(k) == pytest.approx(pass_at_k_curve(n, c, [k])[0], abs=0.01)


def test_a_spread_of_two_points_worked_by_hand():
    assert Spread(np.array([0.25, 1.0]), np.array([0.5, 0.5])).pass_at_k([1, 2]) == pytest.approx([0.625, 0.71875])


# --- beyond n ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("n", "k"), [(4, 5), (8, 32), (8, 1000), (64, 100), (65, 260), (300, 1200), (5000, 10_000)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_what_bounds_does_so_at_every_p(n, k, sign):
    # E_p f against 1 - (1-p)^k at p that are on no grid of ours.
    expected = 0.95 * scaling._in_classes(scaling._beta_binomial(Prior(0.4, 2, 0, 0), n))
    expected = expected + 0.05 / expected.size
    f, room = scaling._bounding(sign, expected, n, k, 100)
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.random(1500), rng.random(3000) ** 8, np.exp(-25 * rng.random(1500)), [0, 1]])
    c = np.arange(min(n, 64) + 1)
    chances = stats.binom.pmf(c, n, p[:, None])
    if n > 64:
        chances[:, 64] = stats.binom.sf(63, n, p)
    gap = sign * (chances @ f - success_at_k(p, k))
    assert gap.min() > -1e-7
    assert -room - 1e-6 <= f.min()
    assert f.max() <= 1 + room + 1e-6


def test_thinning_keeps_the_estimate():
    # Drawing 6 of a problem's samples and then k of these is drawing k of all.
    n, c = np.array([6, 9, 30]), np.array([2, 3, 11])
    thinned = scaling._thinned(n, c, 6)
    np.testing.assert_allclose(thinned.sum(axis=1), 1)
    np.testing.assert_allclose(thinned @ pass_at_k(6, np.arange(7), 4), pass_at_k(n, c, 4), rtol=1e-12)


def test_within_n_it_is_the_interval_of_the_curve():
    n, c = [8, 9, 16] * 9, [0, 3, 16] * 9
    beyond = pass_at_k_beyond(n, c, [1, 8, 9])
    np.testing.assert_allclose(np.array(beyond.interval)[:, :2], curve_interval(n, c, [1, 8]), rtol=1e-7)
    assert beyond.depends_on_the_model.tolist() == [False, False, True]
    assert "k within n = 8" in beyond.words(0)
    assert "depends on the model" not in beyond.words(0)
    assert "whatever the spread of p). Within it the answer depends on the model" in beyond.words(2)


def test_far_beyond_it_says_that_the_samples_cannot_say_more():
    beyond = pass_at_k_beyond(8, [0] * 60 + [2] * 20 + [8] * 20, [16, 4096])
    assert "cannot say more" not in beyond.words(0)
    assert "cannot say more" in beyond.words(1)
    width = beyond.interval.high - beyond.interval.low
    assert width[1] > 0.5 > width[0]
    assert str(beyond).count("\n") == 1


def test_pythia_from_32_of_its_ten_thousand_samples():
    n, c = counts("monkeys_pythia_math_n10000.csv", model="Pythia 160M")
    few = np.random.default_rng(1).hypergeometric(c, n - c, 32)
    ks = [64, 128, 512, 10_000]
    beyond, truth = pass_at_k_beyond(32, few, ks), pass_at_k_curve(n, c, ks)
    assert (beyond.interval.low <= truth).all()
    assert (truth <= beyond.interval.high).all()
    assert beyond.interval.high[0] < 0.35
    assert (np.abs(beyond.if_beta - truth)[:2] < 0.06).all()


def test_groups_widen_the_bounds():
    c = np.repeat([0, 0, 0, 1, 2, 5, 8, 8], 5)
    alone, together = (pass_at_k_beyond(8, c, [4, 16], groups=g).interval for g in (None, np.repeat(np.arange(8), 5)))
    assert (together.high - together.low > 1.3 * (alone.high - alone.low)).all()


@pytest.mark.parametrize("c", [[0] * 20, [8] * 20, [0, 8]])
def test_counts_at_the_ends_are_answered(c):
    beyond = pass_at_k_beyond(8, c, [8, 16, 10**6])
    assert (beyond.interval.low <= beyond.interval.high).all()
    if c != [0, 8]:  # a curve that is 0 or 1 everywhere is no power law; one that is flat is
        assert np.isnan(beyond.if_power).all()
        assert "power" not in str(beyond)


def test_a_power_law_is_carried_on():
    # p such that the curve is one: -log pass@k at k = 1, 2, 4, 8 of the counts themselves, worked by least squares.
    n, c = 8, [0] * 50 + [1] * 30 + [3] * 15 + [7] * 5
    at = np.array([1, 1.4142, 2, 2.8284, 4, 5.6569, 8]).round().astype(int)
    at = np.unique(at)
    curve = pass_at_k_curve(n, c, at)
    slope, start = np.polyfit(np.log(at), np.log(-np.log(curve)), 1)
    got = pass_at_k_beyond(n, c, [16]).if_power[0]
    assert got == pytest.approx(np.exp(-np.exp(start + slope * np.log(16))), rel=1e-9)


def test_k_with_two_axes_is_refused():
    with pytest.raises(ValueError, match=r"one number or a list here, but has shape \(1, 2\)"):
        pass_at_k_beyond(8, [1, 2], [[1, 2]])

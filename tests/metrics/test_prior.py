"""A Beta with masses, fitted over problems: quadrature, autograd, what the counts came from."""

import numpy as np
import pytest
import torch
from scipy import stats

from passk_lab.metrics import Prior, fit_prior, prior, success_at_k


def test_pass_at_k_of_a_prior_against_quadrature():
    over = Prior(0.7, 2.5, 0.2, 0.1)
    for k in (1, 5, 300):
        inner = stats.beta(0.7, 2.5).expect(lambda p, k=k: success_at_k(p, k))
        assert over.pass_at_k(k) == pytest.approx(0.1 + 0.7 * inner, rel=1e-7)
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
    value, slope = prior._minus_log_likelihood(x, n, c, how_many)
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
    found = fit_prior(8, c)
    assert np.isfinite(found).all()
    assert min(found) >= 0
    assert found.never + found.always < 1
    assert abs(found.pass_at_k(1) - np.mean(c) / 8) < 0.15


def test_one_problem_fits_no_prior():
    with pytest.raises(ValueError, match="fitted over problems, and this is one"):
        fit_prior(8, [3])

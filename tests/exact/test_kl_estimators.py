"""Which of the six has the gradient of the KL: against autograd over all answers, closed forms, and numbers by hand."""

import math

import numpy as np
import pytest

from passk_lab.exact import kl_estimate_gradient, kl_to_start
from tests.exact import oracles

torch = oracles.torch

ESTIMATES = {"k1": lambda d: d, "k2": lambda d: d**2 / 2, "k3": lambda d: torch.exp(-d) - 1 + d}
PLACES = ("reward", "loss")
CASES = [np.random.default_rng(seed).dirichlet(np.ones(size), 2) for seed, size in ((0, 2), (1, 5), (2, 40))]


def listed(policy, start, estimator, place):
    """Every answer once, weighed with its chance, as a trainer would write the term for the one that was drawn."""
    logits = torch.tensor(np.log(policy), requires_grad=True)
    log = logits.log_softmax(0)
    estimate = ESTIMATES[estimator](log - torch.tensor(np.log(start)))
    term = estimate if place == "loss" else estimate.detach() * log
    (log.detach().exp() * term).sum().backward()
    return logits.grad.numpy()


def true_gradient(policy, start, forward=False):
    return -kl_to_start(1.0, forward).gradient(policy[None], start[None])[0]


@pytest.mark.parametrize(("policy", "start"), CASES)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("estimator", ESTIMATES)
def test_it_is_what_autograd_gives_on_average(policy, start, estimator, place):
    got = kl_estimate_gradient(policy, start, estimator, place)
    np.testing.assert_allclose(got, listed(policy, start, estimator, place), rtol=0, atol=1e-14)


@pytest.mark.parametrize(("policy", "start"), CASES)
def test_two_of_six_are_the_gradient_of_the_kl(policy, start):
    reverse, forward = true_gradient(policy, start), true_gradient(policy, start, forward=True)
    wanted = {
        ("k1", "reward"): reverse,
        ("k2", "loss"): reverse,
        ("k1", "loss"): 0 * reverse,
        ("k3", "loss"): forward,
        ("k3", "reward"): reverse - forward,
    }
    for (estimator, place), gradient in wanted.items():
        np.testing.assert_allclose(kl_estimate_gradient(policy, start, estimator, place), gradient, rtol=0, atol=1e-14)
    away = {
        (estimator, place): np.linalg.norm(kl_estimate_gradient(policy, start, estimator, place) - reverse)
        for estimator in ESTIMATES
        for place in PLACES
    }
    exact = {way for way, distance in away.items() if distance < 1e-14}
    assert exact == {("k1", "reward"), ("k2", "loss")}
    assert min(distance for way, distance in away.items() if way not in exact) > 0.05 * np.linalg.norm(reverse)


def test_the_table_by_hand():
    """(1/2, 1/4, 1/4) from (1/4, 1/2, 1/4): d = (ln 2, -ln 2, 0), KL = ln 2 / 4."""
    policy, start, u = np.array([0.5, 0.25, 0.25]), np.array([0.25, 0.5, 0.25]), math.log(2)
    by_hand = {
        ("k1", "reward"): [3 * u / 8, -5 * u / 16, -u / 16],
        ("k1", "loss"): [0, 0, 0],
        # k2 = (u^2/2, u^2/2, 0), its mean 3 u^2/8.
        ("k2", "reward"): [u**2 / 16, u**2 / 32, -3 * u**2 / 32],
        ("k2", "loss"): [3 * u / 8, -5 * u / 16, -u / 16],
        # k3 = (u - 1/2, 1 - u, 0), its mean u/4.
        ("k3", "reward"): [3 * u / 8 - 1 / 4, 1 / 4 - 5 * u / 16, -u / 16],
        # slopes (1/2, -1, 0), their mean 0: policy less start.
        ("k3", "loss"): [1 / 4, -1 / 4, 0],
    }
    for (estimator, place), gradient in by_hand.items():
        np.testing.assert_allclose(kl_estimate_gradient(policy, start, estimator, place), gradient, rtol=0, atol=1e-15)


@pytest.mark.parametrize(
    ("given", "kind", "words"),
    [
        (([0.5, 0.5], [0.5, 0.5], "k4", "loss"), KeyError, "no estimator called 'k4'"),
        (([0.5, 0.5], [0.5, 0.5], "k1", "score"), KeyError, "no place called 'score'"),
        (([0.5, 0.5], [0.2, 0.3, 0.5], "k1", "loss"), ValueError, "of the same answers, but there are 2 and 3"),
        (([0.5, 0.6], [0.5, 0.5], "k1", "loss"), ValueError, "policy is one row of chances above 0 that sum to 1"),
        (([0.5, 0.5], [1.0, 0.0], "k1", "loss"), ValueError, "start is one row of chances above 0"),
        (([0.5, np.nan], [0.5, 0.5], "k1", "loss"), ValueError, "policy"),
    ],
)
def test_bad_input(given, kind, words):
    with pytest.raises(kind, match=words):
        kl_estimate_gradient(*given)

"""Credit for the best of k real rewards: by listing subsets, over every group, in large groups, for 0 and 1."""

import math
import time
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab import objectives
from passk_lab.objectives import max_at_k_credit
from tests.objectives import oracles

modest = settings(max_examples=60)
RULES = {"none": oracles.pkpo, "loo-1": oracles.pkpo_loo_1}
BASELINES = pytest.mark.parametrize("baseline", RULES)


def listed(rewards, k, baseline):
    """In fractions. The rule calls an empty set 0, and a set of one is only asked for with "none"."""
    exact = [Fraction(r) for r in rewards]
    return [float(RULES[baseline](exact, i, k)) for i in range(len(exact))]


def check(rewards, k, baseline):
    scale = len(rewards) * max(map(abs, map(float, rewards)), default=0.0)
    got = max_at_k_credit(rewards, k, baseline)
    np.testing.assert_allclose(got, listed(rewards, k, baseline), rtol=1e-12, atol=1e-14 * scale)


GROUPS = {
    "rising": [0.0, 1.0, 2.0, 5.0],
    "falling": [5.0, 2.0, 1.0, 0.0],
    "ties at the top": [1.0, 3.0, 3.0, 0.5, 3.0],
    "ties at the bottom": [0.25, 0.25, 7.0, 0.25],
    "all equal": [2.5] * 5,
    "all zero": [0.0] * 4,
    "negative": [-1.0, -3.0, -2.0, -2.0, -0.5],
    "mixed signs": [-4.0, 0.0, 2.0, -4.0, 1.5, 0.0],
    "one": [3.0],
    "one, negative": [-3.0],
    "two": [1.0, -1.0],
    "far apart": [1e-12, 1.0, 1e12],
}


@BASELINES
@pytest.mark.parametrize("name", GROUPS)
def test_named_groups_against_all_subsets(name, baseline):
    rewards = GROUPS[name]
    for k in range(1 if baseline == "none" else 2, len(rewards) + 1):
        check(rewards, k, baseline)


@modest
@given(
    st.lists(st.integers(-8, 8).map(lambda x: x / 4), min_size=2, max_size=8).flatmap(
        lambda rewards: st.tuples(st.just(rewards), st.integers(1, len(rewards)))
    ),
    st.sampled_from(list(RULES)),
)
def test_random_groups_with_ties_against_all_subsets(group, baseline):
    rewards, k = group
    check(rewards, max(k, 1 if baseline == "none" else 2), baseline)


@modest
@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=7), st.integers(2, 7), st.sampled_from(list(RULES)))
def test_random_floats_against_all_subsets(rewards, k, baseline):
    check(rewards, min(k, len(rewards)), baseline)


def test_worked_by_hand():
    # Three samples in pairs: {0,2}, {0,6}, {2,6} with maxima 2, 6, 6; n/C(n,k) = 1.
    np.testing.assert_allclose(max_at_k_credit([0.0, 2.0, 6.0], 2), [8, 8, 12], rtol=1e-15)
    # Without the sample the other one of the pair is left: gains 0; 2; 6 and 4.
    np.testing.assert_allclose(max_at_k_credit([0.0, 2.0, 6.0], 2, "loo-1"), [0, 2, 10], rtol=1e-15)
    # One draw: n times the reward over n sets.
    np.testing.assert_array_equal(max_at_k_credit([3.0, -1.0], 1), [3, -1])
    # All drawn: everybody shares in the one set, or only the best gains, its lead over the second.
    np.testing.assert_allclose(max_at_k_credit([3.0, -1.0, 1.0], 3), [9, 9, 9], rtol=1e-15)
    np.testing.assert_allclose(max_at_k_credit([3.0, -1.0, 1.0], 3, "loo-1"), [6, 0, 0], rtol=1e-15)


@BASELINES
@pytest.mark.parametrize("k", [2, 3, 5])
def test_equal_rewards_get_equal_credit(baseline, k):
    credit = max_at_k_credit([1.0, 2.0, 1.0, 2.0, 2.0, 0.0], k, baseline)
    assert credit[0] == pytest.approx(credit[2], rel=1e-14)
    assert credit[1] == pytest.approx(credit[3], rel=1e-14)
    assert credit[1] == pytest.approx(credit[4], rel=1e-14)


@BASELINES
def test_the_order_of_samples_does_not_matter(baseline):
    rewards = np.array([0.5, -1.0, 3.0, 2.0, 0.25, -7.0])
    credit = max_at_k_credit(rewards, 3, baseline)
    shuffle = np.array([3, 0, 5, 1, 4, 2])
    np.testing.assert_allclose(max_at_k_credit(rewards[shuffle], 3, baseline), credit[shuffle], rtol=1e-14)


def test_a_constant_on_all_rewards():
    # loo-1 compares sets, so a constant drops out; without a baseline every sample gets k of it.
    rewards = np.array([0.5, -1.0, 3.0, 2.0])
    np.testing.assert_allclose(max_at_k_credit(rewards + 8, 3, "loo-1"), max_at_k_credit(rewards, 3, "loo-1"))
    np.testing.assert_allclose(max_at_k_credit(rewards + 8, 3), max_at_k_credit(rewards, 3) + 24)


# --- rewards 0 and 1 --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("baseline", "name"), [("none", "pass@k"), ("loo-1", "pass@k-loo-1")])
@pytest.mark.parametrize(("n", "k"), [(4, 2), (8, 3), (8, 8), (200, 50), (5, 1)])
def test_rewards_0_and_1_give_the_tables(n, k, baseline, name):
    if baseline == "loo-1":
        k = max(k, 2)
    credit = objectives.get(name, k=k).credit(n)
    for c in range(n + 1):
        got = max_at_k_credit([1.0] * c + [0.0] * (n - c), k, baseline)
        np.testing.assert_allclose(got[:c], credit.correct[c], rtol=1e-12, atol=1e-13 * k)
        np.testing.assert_allclose(got[c:], credit.wrong[c], rtol=1e-12, atol=1e-13 * k)


def test_whole_rewards_are_not_cut_off():
    # An integer array as the place of the result would truncate every credit.
    got = max_at_k_credit(np.array([0, 1, 3, 2]), 2)
    assert got.dtype == np.float64
    np.testing.assert_allclose(got, [4, 4, 6, 14 / 3], rtol=1e-15)
    np.testing.assert_allclose(max_at_k_credit([True, False, False], 2), [2, 1, 1], rtol=1e-15)


# --- what it is for ---------------------------------------------------------------------------------------------


@BASELINES
@pytest.mark.parametrize(("n", "k"), [(4, 2), (4, 3), (4, 4), (3, 1)])
def test_unbiased_over_every_group_of_a_discrete_reward(n, k, baseline):
    if baseline == "loo-1" and k == 1:
        k = 2
    values = [Fraction(-1), Fraction(1, 2), Fraction(2)]
    policy = [Fraction(1, 2), Fraction(3, 8), Fraction(1, 8)]
    groups = list(product(range(3), repeat=n))
    credit = max_at_k_credit([[float(values[y]) for y in group] for group in groups], k, baseline)
    chances = np.array([float(math.prod(policy[y] for y in group)) for group in groups])
    scores = np.eye(3)[np.array(groups)] - [float(chance) for chance in policy]  # group, sample, logit
    update = np.einsum("g,gi,gia->a", chances, credit, scores) / n
    expected = [float(slope) for slope in oracles.grad_best_of_k(values, policy, k)]
    np.testing.assert_allclose(update, expected, rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("k", [1, 2, 5, 9])
def test_the_mean_credit_is_k_times_the_best_of_k(k):
    # Every k-subset is counted once for each of its k samples.
    rewards = np.array([0.3, -2.0, 5.0, 1.0, 1.0, 0.0, 4.5, -0.1, 2.2])
    exact = oracles.mean(oracles.group_rewards([Fraction(r) for r in rewards.tolist()], k))
    assert max_at_k_credit(rewards, k).mean() == pytest.approx(float(k * exact), rel=1e-13)


# --- large groups -----------------------------------------------------------------------------------------------


@BASELINES
@pytest.mark.parametrize("k", [2, 100, 10_000, 20_000])
def test_twenty_thousand_samples_are_fast_and_right(baseline, k):
    n = 20_000
    rewards = np.random.default_rng(7).permutation(n).astype(float)
    started = time.process_time()
    credit = max_at_k_credit(rewards, k, baseline)
    assert time.process_time() - started < 10, "a sort and a sum: below a second of CPU time"
    assert np.isfinite(credit).all()
    if baseline == "none":
        # The best of k out of 0..n-1 is k(n+1)/(k+1) - 1 on average.
        assert credit.mean() == pytest.approx(k * (k * (n + 1) / (k + 1) - 1), rel=1e-10)
    else:
        # Best less second best of k: the k + 1 gaps that k draws leave in 0..n are alike, (n + 1)/(k + 1).
        assert credit.mean() == pytest.approx((n + 1) / (k + 1), rel=1e-10)
        assert np.all(np.diff(credit[np.argsort(rewards)]) >= 0), "a better sample never gains less"


def test_many_groups_at_once():
    rewards = np.random.default_rng(3).normal(size=(2, 5, 6))
    for baseline in RULES:
        together = max_at_k_credit(rewards, 3, baseline)
        assert together.shape == rewards.shape
        for place in np.ndindex(2, 5):
            np.testing.assert_allclose(together[place], max_at_k_credit(rewards[place], 3, baseline), rtol=1e-14)


def test_the_rewards_stay_as_they_were():
    rewards = np.array([3.0, 1.0, 2.0])
    max_at_k_credit(rewards, 2)
    max_at_k_credit(rewards, 2, "loo-1")
    np.testing.assert_array_equal(rewards, [3, 1, 2])


# --- bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: max_at_k_credit([1.0, 2.0], 3), r"k = 3 draws need at least 3 samples, but the group has n = 2"),
        (lambda: max_at_k_credit([1.0, 2.0], 0), "k must be at least 1, but k = 0"),
        (lambda: max_at_k_credit([1.0, 2.0], 1, "loo-1"), "k must be at least 2, but k = 1"),
        (lambda: max_at_k_credit([1.0], 2, "loo-1"), "k = 2 draws need at least 2 samples"),
        (lambda: max_at_k_credit([1.0, 2.0], 1.5), r"k must be whole numbers, but k = 1\.5"),
        (lambda: max_at_k_credit([1.0, 2.0], True), "k came as True/False"),
        (lambda: max_at_k_credit([1.0, 2.0], [1, 2]), r"k is one whole number here.*\(2,\)"),
        (
            lambda: max_at_k_credit([1.0, math.nan], 1),
            "rewards must lie in the finite numbers, but entry 1: rewards = nan",
        ),
        (
            lambda: max_at_k_credit([[1.0, 2.0], [math.inf, 0.0]], 1),
            r"rewards must lie in the finite numbers, but entry \(1, 0\)",
        ),
        (lambda: max_at_k_credit([], 1), "rewards is empty: pass at least one number"),
        (lambda: max_at_k_credit(np.zeros((3, 0)), 1), "rewards is empty"),
        (lambda: max_at_k_credit([1.7e308, -1.7e308], 2, "loo-1"), "rewards lie so far apart"),
        (lambda: max_at_k_credit(3.0, 1), "rewards holds the n samples"),
        (lambda: max_at_k_credit(["good", "bad"], 1), "rewards .*numbers.*good"),
        (lambda: max_at_k_credit(["0.5", "1"], 1), r"rewards .*numbers.*0\.5"),  # not read in silence
        (lambda: max_at_k_credit([1j, 1.0], 1), "rewards .*numbers.*1j"),
        (lambda: max_at_k_credit([None, 1.0], 1), "rewards .*"),
        (lambda: max_at_k_credit([[1.0, 2.0], [3.0]], 1), "rewards .*rows of one length"),
    ],
)
def test_bad_rewards_get_a_sentence(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("baseline", ["loo", "", None, "None", 1])
def test_an_unknown_baseline_is_told_the_known_ones(baseline):
    with pytest.raises(KeyError, match=r"there is no baseline called .* There are: none, loo-1"):
        max_at_k_credit([1.0, 2.0], 2, baseline)


@BASELINES
def test_rewards_as_large_as_floats_go(baseline):
    # Half the float range apart, so that every difference and every credit (k times it) still is a float.
    got = max_at_k_credit([4e307, -4e307], 2, baseline)
    np.testing.assert_allclose(got, [8e307, 8e307] if baseline == "none" else [1.6e308, 0], rtol=1e-14)

"""Sampling that stopped at a success: the test against all orders, its power as studied, estimates by enumeration."""

import itertools
import warnings

import numpy as np
import pytest
from scipy import stats

from passk_lab.metrics import Doubt, pass_at_k, pass_at_k_stopped, stopping_test, success_at_k


def until_success(rng, p, cap, batch=1, successes=1):
    """Samples and successes of each problem, drawn a batch at a time."""
    right = rng.random((p.size, cap)) < p[:, None]
    looks = np.append(np.arange(batch, cap, batch), cap)
    so_far = right.cumsum(axis=1)[:, looks - 1]
    ended = so_far >= successes
    at = np.where(ended.any(axis=1), ended.argmax(axis=1), looks.size - 1)
    return looks[at], so_far[np.arange(p.size), at]


# --- the test ---------------------------------------------------------------------------------------------------


def test_p_is_that_of_all_orders():
    n, c = np.array([2, 2, 5, 8, 8, 8]), np.array([1, 2, 1, 0, 3, 0])
    rank, share = stats.rankdata(n), c / n
    found = [abs((np.array(order) - rank.mean()) @ (share - share.mean())) for order in itertools.permutations(rank)]
    exact = np.mean(np.array(found) >= abs((rank - rank.mean()) @ (share - share.mean())) - 1e-12)
    assert stopping_test(n, c, draws=40_000).p_value == pytest.approx(exact, abs=5 * np.sqrt(exact / 40_000))
    assert stopping_test(n, c).direction == pytest.approx(np.corrcoef(rank, share)[0, 1])


def test_the_second_look_worked_by_hand():
    # Three of five have the largest n, and the two without a success are among them: C(3, 2)/C(5, 2).
    assert stopping_test([1, 2, 8, 8, 8], [1, 1, 0, 0, 3]).p_unsolved == pytest.approx(3 / 10)
    assert stopping_test([1, 2, 8, 8, 8], [0, 1, 0, 0, 3]).p_unsolved == 1
    assert stopping_test([8, 8, 8], [0, 0, 3]).p_unsolved == 1


RUNS = 100


def alarms(draw, problems, seed):
    rng = np.random.default_rng([seed, problems])
    return sum(stopping_test(*draw(rng, problems), draws=1000, seed=rng).depends for _ in range(RUNS))


@pytest.mark.parametrize(("problems", "power"), [(10, 0.92), (20, 1.0)])
def test_stopping_at_the_first_success_is_seen(problems, power):
    found = alarms(lambda rng, size: until_success(rng, rng.random(size), 64), problems, 1)
    assert stats.binom.cdf(found, RUNS, min(power, 0.99)) > 1e-4


@pytest.mark.parametrize(("a", "b", "problems", "power"), [(1, 1, 20, 0.38), (1, 1, 50, 0.94), (0.2, 4, 10, 0.84)])
def test_stopping_after_a_batch_is_seen_as_often_as_studied(a, b, problems, power):
    found = alarms(lambda rng, size: until_success(rng, rng.beta(a, b, size), 64, batch=8), problems, 2)
    assert 1e-4 < stats.binom.cdf(found, RUNS, power) < 1 - 1e-5


@pytest.mark.parametrize("problems", [10, 50])
def test_numbers_dealt_out_beforehand_raise_no_alarm(problems):
    def draw(rng, size):
        n = rng.choice([8, 16, 32, 128], size)
        return n, rng.binomial(n, rng.random(size))

    assert stats.binom.sf(alarms(draw, problems, 3) - 1, RUNS, 0.01) > 1e-4


def test_the_words_follow_what_was_found():
    rng = np.random.default_rng(0)
    stopped = stopping_test(*until_success(rng, rng.beta(0.2, 2, 60), 64))
    assert stopped.depends
    assert "solved more often have fewer samples" in str(stopped)
    assert "all without a success have the largest n" in str(stopped)
    longer = stopping_test([4] * 10 + [16] * 10, [0] * 10 + [12] * 10)
    assert "solved more often have more samples" in str(longer)
    assert "largest n (p" not in str(longer)
    assert "no sign that n depends on c" in str(stopping_test([8, 8, 4, 4], [0, 8, 4, 0]))
    assert (
        str(stopping_test(8, [1, 2])) == "all 2 problems have the same number of samples: none can have stopped early"
    )


def test_the_question_is_no_doubt():
    with warnings.catch_warnings():
        warnings.simplefilter("error", Doubt)
        stopping_test([1, 2, 3, 8, 8], [1, 1, 1, 0, 0])
        pass_at_k_stopped([1, 2, 3, 8, 8], [1, 1, 1, 0, 0], 1, cap=8)


# --- the estimate -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("batch", "successes"), [(1, 1), (2, 1), (3, 1), (4, 1), (1, 2), (1, 3)])
def test_it_is_unbiased_over_every_outcome(batch, successes):
    cap, p, ks = 7, 0.3, np.arange(1, 8)
    looks = [*range(batch, cap, batch), cap]
    mean, naive = np.zeros(cap), 0.0
    for marks in itertools.product([0, 1], repeat=cap):
        n = next((at for at in looks if sum(marks[:at]) >= successes), cap)
        c = sum(marks[:n])
        chance = p ** sum(marks) * (1 - p) ** (cap - sum(marks))
        mean += chance * pass_at_k_stopped(n, c, ks, cap=cap, successes=successes, batch=batch)
        naive += chance * c / n
    np.testing.assert_allclose(mean, success_at_k(p, ks), rtol=1e-12)
    assert naive > p + 0.02


def test_the_third_success_by_hand():
    # Third success at sample 7: among the six before it two are right. Haldane: (3 - 1)/(7 - 1).
    assert pass_at_k_stopped(7, 3, [1, 2, 7, 9], cap=16, successes=3) == pytest.approx([2 / 6, 1 - 6 / 15, 1, 1])
    # Given up at the cap: as if n had been fixed.
    assert pass_at_k_stopped(16, 2, 4, cap=16, successes=3) == pytest.approx(pass_at_k(16, 2, 4))


def test_a_batch_by_hand():
    # Batches of 4, the second has two right: the first four are wrong, then draws from the second.
    got = pass_at_k_stopped(8, 2, [1, 4, 5, 6, 7, 8, 12], cap=12, batch=4)
    assert got == pytest.approx([0, 0, 1 / 2, 5 / 6, 1, 1, 1])


def test_means_as_studied():
    # Beta(.6, 4)'s pass@1 is .130; 400,000 problems said .130 true, .229 by c/n, .131 by this.
    rng = np.random.default_rng(5)
    p = rng.beta(0.6, 4, 40_000)
    n, c = until_success(rng, p, 64)
    assert pass_at_k_stopped(n, c, 1, cap=64).mean() == pytest.approx(p.mean(), abs=0.006)
    assert (c / n).mean() > p.mean() + 0.08


@pytest.mark.parametrize(
    ("n", "c", "how", "match"),
    [
        ([4, 3], [1, 0], {}, "problem 1: n = 3 with c = 0 cannot come from sampling that stops at right answer 1"),
        (4, 2, {}, "n = 4 with c = 2 cannot"),
        (6, 1, {"batch": 4}, "after the first batch of 4 with a right answer and at 8"),
        (8, 5, {"batch": 4}, "n = 8 with c = 5 cannot"),
        (9, 1, {}, "n = 9 with c = 1 cannot"),
        (4, 1, {"batch": 4, "successes": 2}, "Leave one of them at 1"),
    ],
)
def test_counts_that_no_such_sampling_brings_are_refused(n, c, how, match):
    with pytest.raises(ValueError, match=match):
        pass_at_k_stopped(n, c, 1, cap=8, **how)


def test_other_bad_input():
    with pytest.raises(ValueError, match="k = 9 draws need a cap of at least 9, but cap = 8"):
        pass_at_k_stopped(8, 0, 9, cap=8)
    with pytest.raises(ValueError, match="this is one"):
        stopping_test([8], [1])
    with pytest.raises(ValueError, match="problem 1: c = 9 but n = 8"):
        stopping_test([8, 8], [1, 9])
    with pytest.raises(ValueError, match="one axis"):
        stopping_test([[8, 8]], [[1, 2]])

"""The small policies of the lab: their starting chances as promised, and the one thing each of them shows."""

import math

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import angle_between, easy_and_hard, flow, one_among, several_correct, two_strategies

# --- one among many -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arms", [2, 3, 100, 10**5])
def test_one_among_equally_likely_answers(arms):
    bandit = one_among(arms)
    assert bandit.policy.shape == (arms,)
    np.testing.assert_allclose(bandit.policy, 1 / arms, rtol=1e-12)
    assert bandit.correct.tolist() == [[True] + [False] * (arms - 1)]


@pytest.mark.parametrize("p", [1e-12, 0.01, 0.5, 1 - 1e-9])
def test_one_among_others_at_a_chosen_chance(p):
    bandit = one_among(5, p)
    assert bandit.p == pytest.approx(p, rel=1e-12)
    np.testing.assert_allclose(bandit.policy[1:], (1 - p) / 4, rtol=1e-12)


def test_one_among_a_hundred_is_the_default():
    assert one_among().p == pytest.approx(0.01, rel=1e-12)


# --- several correct ------------------------------------------------------------------------------------------------


def test_several_correct_answers_as_asked_for():
    bandit = several_correct()
    np.testing.assert_allclose(bandit.policy, [0.05, 0.04, 0.03, 0.02] + [0.86 / 12] * 12, rtol=1e-12)
    assert bandit.p == pytest.approx(0.14, rel=1e-12)
    assert bandit.correct.sum() == 4
    np.testing.assert_allclose(several_correct((0.1, 0.4), wrong=1).policy, [0.1, 0.4, 0.5], rtol=1e-12)
    np.testing.assert_allclose(several_correct([0.25], wrong=3).policy, 0.25, rtol=1e-12)


# --- two strategies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("share", "start"), [(0.6, 0.5), (0.9, 0.01), (0.5, 0.999)])
def test_two_prompts_with_one_policy(share, start):
    bandit = two_strategies(share, start)
    np.testing.assert_allclose(bandit.policy, [[start, 1 - start]] * 2, rtol=1e-12)
    np.testing.assert_allclose(bandit.p, [start, 1 - start], rtol=1e-12)
    np.testing.assert_allclose(bandit.weights, [share, 1 - share], rtol=1e-15)
    # Whatever the parameters do, both prompts get it: the policy cannot tell them apart.
    for theta in ([1.0, 0.0], [-3.0, 7.0]):
        moved = bandit.at(theta).policy
        np.testing.assert_array_equal(moved[0], moved[1])


def test_the_best_mixture_of_pass_at_2_is_the_share_itself():
    values = {start: two_strategies(0.6, start).value(objectives.get("pass@k", k=2)) for start in (0.5, 0.6, 0.7)}
    assert max(values, key=values.get) == 0.6
    # At the best start nothing moves, so of the gradient only rounding is left.
    assert abs(two_strategies(0.6, 0.6).gradient(objectives.get("pass@k", k=2))).max() < 1e-16


# --- easy and hard --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("angle", [0.0, 30.0, 90.0, 150.0, 180.0])
@pytest.mark.parametrize(("p_easy", "p_hard", "share"), [(0.8, 0.1, 0.5), (0.99, 1e-6, 0.9)])
def test_the_two_gradients_have_the_angle_asked_for(angle, p_easy, p_hard, share):
    bandit = easy_and_hard(angle, p_easy, p_hard, share)
    np.testing.assert_allclose(bandit.p, [p_easy, p_hard], rtol=1e-12)
    np.testing.assert_allclose(bandit.weights, [share, 1 - share], rtol=1e-15)
    easy, hard = bandit.gradient_of_p()
    assert angle_between(easy, hard) == pytest.approx(angle, abs=1e-9)
    assert np.linalg.norm(easy) == pytest.approx(p_easy * (1 - p_easy), rel=1e-12)
    assert np.linalg.norm(hard) == pytest.approx(p_hard * (1 - p_hard), rel=1e-12)


def test_at_180_degrees_pass_at_k_can_point_straight_against_pass_at_1():
    bandit = easy_and_hard(180.0, p_easy=0.8, p_hard=0.1, share_easy=0.5)
    one = bandit.gradient("pass@1")
    # .5 (.16 - .09) along the easy prompt's axis; for k = 8 the easy prompt's weight is gone, the hard one's is 3.83.
    np.testing.assert_allclose(one, [0.035, 0.0], rtol=0, atol=1e-15)
    for k in (2, 8, 64):
        other = bandit.gradient(objectives.get("pass@k", k=k))
        along = 0.5 * (k * 0.2 ** (k - 1) * 0.16 - k * 0.9 ** (k - 1) * 0.09)
        np.testing.assert_allclose(other, [along, 0.0], rtol=0, atol=1e-15)
        assert angle_between(one, other) == pytest.approx(180.0, abs=1e-6)


def test_at_0_degrees_all_objectives_agree():
    bandit = easy_and_hard(0.0)
    for name in ("pass@k", "maxrl", "grpo"):
        assert angle_between(bandit.gradient("pass@1"), bandit.gradient(name)) == pytest.approx(0.0, abs=1e-6)


def test_at_90_degrees_one_prompts_flow_leaves_the_other_alone():
    bandit = easy_and_hard(90.0, share_easy=0.5)
    alone = flow(bandit, "pass@1", until_time=10.0)
    assert alone.p[-1, 0] > 0.8
    np.testing.assert_allclose(bandit.gradient_of_p()[0] @ bandit.gradient_of_p()[1], 0.0, atol=1e-17)


# --- angles ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "degrees"),
    [
        ([1, 0], [0, 2], 90),
        ([1, 2, 3], [2, 4, 6], 0),
        ([1, 2, 3], [-1, -2, -3], 180),
        ([0.1, 0.7], [0.1, 0.7], 0),
        ([1, 1], [1, 0], 45),
        ([1, 0, 0], [-1, math.sqrt(3), 0], 120),
    ],
)
def test_angles_known_by_heart(one, other, degrees):
    assert angle_between(one, other) == pytest.approx(degrees, abs=1e-13)
    assert angle_between(other, one) == pytest.approx(degrees, abs=1e-13)


@pytest.mark.parametrize("radians", [1e-3, 1e-6, 1e-9, 1e-12])
def test_a_tiny_angle_keeps_its_digits(radians):
    # By the arccos of a dot product everything under 1e-8 is 0.
    assert angle_between([1.0, 0.0], [1.0, radians]) == pytest.approx(math.degrees(math.atan(radians)), rel=1e-9)
    opposite = 180 - angle_between([-1.0, 0.0], [1.0, radians])
    assert opposite == pytest.approx(math.degrees(math.atan(radians)), rel=1e-9, abs=1e-13)


@pytest.mark.parametrize(
    ("one", "other"), [(1e-100, 1e100), (1e-192, 1.0), (1e-192, 1e-192), (1e192, 1.0), (1e192, 1e192), (1e-300, 1e300)]
)
def test_lengths_do_not_matter(one, other):
    # A pass@16 gradient at 1 - p = 1e-12 has entries of 1e-192, whose squares are 0.
    assert angle_between([one, one], [other, 0.0]) == pytest.approx(45.0, rel=1e-14)
    assert angle_between([one, 0.0], [-other, 0.0]) == 180.0


def test_gradients_of_several_prompts_are_taken_as_one_list():
    assert angle_between([[1.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 1.0]]) == 90.0


@pytest.mark.parametrize(("one", "other"), [([0, 0], [1, 0]), ([1, 0], [0, 0]), ([0, 0], [0, 0])])
def test_nothing_has_no_direction(one, other):
    assert math.isnan(angle_between(one, other))

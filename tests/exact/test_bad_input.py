"""Bad input is a ValueError in a sentence that says what came and, where it helps, how to mend it."""

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import (
    Bandit,
    angle_between,
    easy_and_hard,
    entropy_bonus,
    flow,
    kl_to_start,
    one_among,
    plateau_time,
    several_correct,
    two_strategies,
)

NAN, INF = float("nan"), float("inf")
FOUR = [0.0, 1.0, 2.0, 3.0]
TWICE = [FOUR, FOUR]
MASKS = np.array([[True, False, False, False], [False, True, True, False]])
BANDIT = Bandit(FOUR, [0])


def refuses(call, *args, match, **more):
    with pytest.raises(ValueError, match=match) as caught:
        call(*args, **more)
    text = str(caught.value)
    assert text.endswith("."), text
    assert len(text) < 400, "a sentence or two"


# --- logits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("logits", "words"),
    [
        ([0.0, 1.0, NAN, INF], r"logits must be finite, but answer 2: logit = nan\. .*leave it out"),
        ([0.0, -INF, 1.0, 2.0], r"answer 1: logit = -inf\. For an answer that never comes.*very negative logit"),
        ([[0.0] * 4, [0.0, 1.0, 2.0, INF]], r"answer \(1, 3\): logit = inf"),
        (1.0, r"shape \(A,\) for one prompt or \(P, A\) for several, not \(\)"),
        ([], r"not \(0,\)"),
        (np.zeros((2, 3, 4)), r"not \(2, 3, 4\)"),
    ],
)
def test_bad_logits(logits, words):
    refuses(Bandit, logits, [0], match=words)


@pytest.mark.parametrize("logits", [["a", "b"], "text", [[1.0, 2.0], [1.0]], None, [1j, 0.0]])
def test_logits_that_are_no_numbers_are_refused_by_name(logits):
    refuses(Bandit, logits, [0], match="logits")


# --- correct --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("correct", "words"),
    [
        ([], r"^no answer is correct, so p = 0 whatever the policy does: mark at least one\."),
        (set(), "^no answer is correct"),
        ([False] * 4, "^no answer is correct"),
        ([4], "correct names answer 4, but answers run from 0 to 3"),
        ([0, 17], "answer 17"),
        (-1, "correct must be at least 0, but correct = -1"),
        ([0, -2], "at least 0.*-2"),
        (0.5, "whole numbers.*0.5"),
        ("A", "whole numbers.*A"),
        ([True, False, False], r"correct has shape \(3,\), but logits has \(4,\): mark every answer"),
        (True, r"shape \(\), but logits has \(4,\)"),
        (MASKS, r"shape \(2, 4\), but logits has \(4,\)"),
        ([0, 0], "names an answer twice"),
        # Marks as 0 and 1 look like indices; they betray themselves by naming 0 again and again.
        ([1, 0, 0, 0], "names an answer twice"),
    ],
)
def test_bad_correct(correct, words):
    refuses(Bandit, FOUR, correct, match=words)


def test_bad_correct_of_several_prompts():
    refuses(Bandit, TWICE, [[True, False, False, False], [False] * 4], match="^prompt 1: no answer is correct")
    refuses(Bandit, TWICE, [0, 1], match="several prompts correct is an array of True and False in the shape of logits")
    refuses(Bandit, TWICE, {0}, match="several prompts")
    refuses(Bandit, TWICE, [True, False], match=r"correct has shape \(2,\), but logits has \(2, 4\)")
    refuses(Bandit, TWICE, MASKS.T, match=r"\(4, 2\).*\(2, 4\)")
    refuses(Bandit, TWICE, [[True, False, False, False], [True]], match="correct")


# --- features, weights, parameters ------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [(), (4,), (3, 2), (2, 3, 5), (3, 4, 5), (2, 4, 5, 1)])
def test_features_of_the_wrong_shape(shape):
    refuses(Bandit, TWICE, MASKS, np.ones(shape), match=r"features needs shape \(2, 4, D\), one row per prompt and")


def test_features_of_the_wrong_shape_are_shown_as_they_came():
    refuses(Bandit, FOUR, [0], np.ones((3, 2)), match=r"shape \(1, 4, D\).*not \(3, 2\)")


@pytest.mark.parametrize("bad", [NAN, INF])
def test_features_that_are_not_finite(bad):
    refuses(Bandit, [0.0, 0.0], [0], [[1.0], [bad]], match="features must be finite")


def test_features_that_are_no_numbers_are_refused_by_name():
    refuses(Bandit, [0.0, 0.0], [0], [["a"], ["b"]], match="features")


@pytest.mark.parametrize("weights", [[1.0, -0.5], [0.0, 0.0], [1.0], [1.0, 1.0, 1.0], [1.0, NAN], [INF, 1.0], 1.0])
def test_bad_weights(weights):
    refuses(Bandit, TWICE, MASKS, weights=weights, match=r"weights needs one share >= 0 per prompt, not all 0, but got")


def test_weights_that_are_no_numbers_are_refused_by_name():
    refuses(Bandit, TWICE, MASKS, weights=["a", "b"], match="weights")


@pytest.mark.parametrize("theta", [[1.0], np.zeros(5), 1.0])
def test_parameters_of_the_wrong_number_are_said_to_be(theta):
    refuses(BANDIT.at, theta, match="theta.*4")


@pytest.mark.parametrize("k", [0, -1, 2.5, NAN, True, "two"])
def test_bad_draws(k):
    refuses(BANDIT.distinct, k, match="k ")


def test_groups_that_are_too_small_for_the_objective():
    for update in (BANDIT.group_update, BANDIT.expected_update):
        refuses(update, "pass@k", 3, match=r"pass@k \(k = 4\) needs groups of at least 4 samples .* but n = 3")
        refuses(update, "pass@1", 1, match="at least 2")
        refuses(update, "pass@1", 0, match="n must be at least 1")
        refuses(update, "tang", 5, match="groups of exactly 4 samples, but n = 5")
        with pytest.raises(ValueError, match=r"has no credit: .* is not a polynomial in p"):
            update("log-pass@k", 4)


# --- flows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("until_p", [0.0, 1.0, -0.1, 1.5, NAN, INF, "high", [0.5, 0.6]])
def test_bad_until_p(until_p):
    # 1 too: a flow only draws near it, and where p rounds to 1 is no place.
    refuses(flow, BANDIT, "pass@1", until_p=until_p, match="until_p must")


@pytest.mark.parametrize("until_time", [0.0, -1.0, NAN, INF, "late", None])
def test_bad_until_time(until_time):
    refuses(flow, BANDIT, "pass@1", until_time=until_time, match="until_time must")


@pytest.mark.parametrize("states", [1, 0, -3, 2.5, NAN, "many", [3, 4]])
def test_bad_number_of_states(states):
    refuses(flow, BANDIT, "pass@1", states=states, match="states ")


@pytest.mark.parametrize(
    "times", [[0.0, 2.0, 1.0], [0.0, 1.0, 1.0], [-1.0, 1.0], [], [[0.0, 1.0]], 3.0, [0.0, NAN, 2.0], [NAN]]
)
def test_bad_times(times):
    refuses(flow, BANDIT, "pass@1", times=times, match="times is a list of increasing times, the first at least 0")


def test_times_that_are_no_numbers_are_refused_by_name():
    refuses(flow, BANDIT, "pass@1", times=["soon"], match="times")


@pytest.mark.parametrize("accuracy", [0.0, 1e-13, 0.1, -1e-9, NAN, "fine"])
def test_bad_accuracy(accuracy):
    refuses(flow, BANDIT, "pass@1", accuracy=accuracy, match="accuracy must")


@pytest.mark.parametrize("arms", [1, 0, -2, 2.5, NAN, True, "many"])
def test_fewer_than_two_arms(arms):
    refuses(plateau_time, arms, 0.1, 0.5, match="arms ")
    refuses(one_among, arms, match="arms ")


@pytest.mark.parametrize("p", [0.0, 1.0])
def test_a_plateau_from_or_to_an_end(p):
    refuses(plateau_time, 100, p, 0.5, match=rf"p_from must lie strictly between 0 and 1, but is {p:g}: .*for ever")
    refuses(plateau_time, 100, 0.5, p, match=rf"p_to must lie strictly between 0 and 1, but is {p:g}")
    refuses(plateau_time, 100, [0.3, p], 0.5, match=f"p_from.*{p:g}")


@pytest.mark.parametrize("p", [-0.1, 1.1, NAN, "half"])
def test_a_plateau_outside(p):
    refuses(plateau_time, 100, p, 0.5, match="p_from must")
    refuses(plateau_time, 100, 0.5, p, match="p_to must")


# --- families, angles, anchors ----------------------------------------------------------------------------------------

OUTSIDE = [0.0, 1.0, -0.1, 1.5, NAN]


@pytest.mark.parametrize("p", OUTSIDE)
def test_chances_of_the_families_lie_inside(p):
    refuses(one_among, 5, p, match="p must lie")
    refuses(several_correct, (0.1, p), match=r"correct\[1\] must lie")
    refuses(two_strategies, p, match="share must lie")
    refuses(two_strategies, 0.6, p, match="start must lie")
    refuses(easy_and_hard, 90, p, match="p_easy must lie")
    refuses(easy_and_hard, 90, 0.8, p, match="p_hard must lie")
    refuses(easy_and_hard, 90, 0.8, 0.1, p, match="share_easy must lie")


@pytest.mark.parametrize("angle", [-1.0, 180.5, NAN, INF, "wide", None])
def test_bad_angle(angle):
    refuses(easy_and_hard, angle, match="angle must")


@pytest.mark.parametrize("correct", [(), (0.5, 0.5), (0.9, 0.2), (0.1,) * 10])
def test_correct_answers_that_leave_nothing(correct):
    # Ten times 0.1 is 0.9999999999999999 in floats, and the rest no chance but rounding.
    refuses(several_correct, correct, match="sum between 0 and 1")


@pytest.mark.parametrize("wrong", [0, -1, 2.5, "many"])
def test_bad_number_of_wrong_answers(wrong):
    refuses(several_correct, (0.1,), wrong, match="wrong ")


def test_gradients_of_different_shapes_have_no_angle():
    refuses(angle_between, [1.0, 2.0], [1.0, 2.0, 3.0], match=r"have \(2,\) and \(3,\)")


@pytest.mark.parametrize("strength", [-1e-9, -1.0, NAN, INF, "strong", None])
@pytest.mark.parametrize("make", [entropy_bonus, kl_to_start, lambda s: kl_to_start(s, forward=True)])
def test_bad_strength(make, strength):
    refuses(make, strength, match="strength must")


def test_an_objective_or_its_name_is_wanted():
    with pytest.raises(KeyError, match="there is no objective called 'pass@many'"):
        BANDIT.gradient("pass@many")
    assert BANDIT.value(objectives.get("pass@1")) == BANDIT.value("rloo")

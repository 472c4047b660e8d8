"""Entropy, effective answers and distinct draws of a policy; and that among correct answers the likelier one wins."""

import math
from fractions import Fraction

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit, flow, several_correct
from tests.exact import oracles
from tests.exact.oracles import Prompt

TENTHS = Prompt([Fraction(i, 10) for i in (1, 2, 3, 4)], frozenset({0}))
BANDIT = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), [0])
# One answer has all but e^-40, or all that a float can hold; the log and the log1p of what is left must not break.
SURE = {"nearly": [0.0, -40.0, -40.0], "as far as a float goes": [0.0, -800.0, -800.0]}


# --- entropy ------------------------------------------------------------------------------------------------------


def test_entropy_is_the_logarithm_of_equally_likely_answers():
    for answers in (1, 2, 7, 1000):
        assert Bandit(np.zeros(answers), [0]).entropy == pytest.approx(math.log(answers), abs=1e-13)


def test_entropy_by_its_definition():
    assert BANDIT.entropy == pytest.approx(-math.fsum(p * math.log(p) for p in (0.1, 0.2, 0.3, 0.4)), rel=1e-14)
    z = np.array([[0.3, -1.2, 2.0], [5.0, 4.0, -3.0]])
    wanted = oracles.entropy(oracles.tensor(z)).numpy()
    np.testing.assert_allclose(Bandit(z, np.eye(3, dtype=bool)[:2]).entropy, wanted, rtol=1e-13)


@pytest.mark.parametrize("sure", SURE)
def test_entropy_of_a_sure_policy(sure):
    wanted = 2 * 40 * math.exp(-40) if sure == "nearly" else 0.0
    # The first answer's own term, another 2 e^-40, is lost in its rounding to 1; all of it is some 1e-16.
    assert Bandit(SURE[sure], [0]).entropy == pytest.approx(wanted, rel=0.05, abs=1e-300)


# --- effective number of correct answers ---------------------------------------------------------------------------


@pytest.mark.parametrize("gap", [0.0, 3.0, 30.0, 300.0, 800.0])
def test_equally_likely_correct_answers_all_count_however_rare_they_are(gap):
    bandit = Bandit([-gap, -gap, -gap, 0.0], [0, 1, 2])
    assert bandit.effective_correct == pytest.approx(3.0, rel=1e-12)


@pytest.mark.parametrize("gap", [-800.0, -30.0, 0.0, 30.0, 800.0])
def test_one_correct_answer_is_one(gap):
    assert Bandit([gap, 0.0, 0.0], [0]).effective_correct == pytest.approx(1.0, rel=1e-14)


def test_of_two_correct_answers_a_third_and_two_thirds():
    bandit = Bandit(np.log([0.1, 0.2, 0.7]), [0, 1])
    assert bandit.effective_correct == pytest.approx(3 / 2 ** (2 / 3), rel=1e-14)  # exp of log 3 - (2/3) log 2


@pytest.mark.parametrize("sure", SURE)
def test_one_correct_answer_that_has_it_all_is_one(sure):
    assert Bandit(SURE[sure], [0, 1]).effective_correct == pytest.approx(1.0, abs=1e-14)


def test_a_prompt_that_is_lost_does_not_spoil_the_others():
    bandit = Bandit([[0.0, 0.0, 0.0], [-800.0, -800.0, 0.0]], [[True, True, False], [True, True, False]])
    np.testing.assert_allclose(bandit.effective_correct, [2.0, 2.0], rtol=1e-13)


# --- distinct answers ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5, 6])
def test_distinct_answers_over_every_draw(k):
    assert BANDIT.distinct(k) == pytest.approx(float(oracles.distinct(TENTHS, k)), rel=1e-14)


@pytest.mark.parametrize(("k", "wanted"), [(1, 1.0), (4, 2.5646), (16, 3.7829450794)])
def test_distinct_answers_as_known(k, wanted):
    assert BANDIT.distinct(k) == pytest.approx(wanted, abs=1e-10)


@pytest.mark.parametrize("k", [1, 2, 16, 10**6])
@pytest.mark.parametrize("sure", SURE)
def test_a_sure_policy_draws_one_answer_again_and_again(sure, k):
    wanted = 1 + 2 * (-math.expm1(k * math.log1p(-math.exp(-40)))) if sure == "nearly" else 1.0
    assert Bandit(SURE[sure], [0]).distinct(k) == pytest.approx(wanted, rel=1e-14)


def test_a_rare_answer_keeps_its_digits():
    # 1 - (1 - x)^k at x = e^-40, far below an ulp of 1: by powers of 1 - x it would be 0.
    wanted = -math.expm1(10**12 * math.log1p(-math.exp(-40)))
    assert Bandit([0.0, -40.0], [0]).distinct(10**12) - 1 == pytest.approx(wanted, rel=1e-10)


def test_of_all_answers_none_is_left_out_in_the_end():
    assert Bandit(np.zeros(6), [0]).distinct(10**4) == pytest.approx(6.0, rel=1e-14)


def test_without_an_answer_more_the_draws_cannot_be_more_than_one():
    only = Bandit([0.0], [0])
    assert (only.p, only.entropy, only.effective_correct, only.distinct(7)) == (1.0, 0.0, 1.0, 1.0)


# --- the winner takes all ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", objectives.names())
def test_between_correct_answers_the_likelier_one_gains(name):
    objective = objectives.get(name)
    bandit = several_correct((0.3, 0.1, 0.05), wrong=4)
    g, pi, p = bandit.gradient(objective), bandit.policy, bandit.p
    for i in range(3):
        for j in range(3):
            lead = objective.weight(p) * (pi[i] - pi[j]) * (1 - p)
            assert g[i] - g[j] == pytest.approx(lead, abs=1e-13 * abs(g).max())


@pytest.mark.parametrize("name", ["pass@1", "pass@k", "maxrl", "grpo", "log-pass@k"])
def test_along_the_flow_the_leader_pulls_ahead_and_the_effective_number_falls(name):
    path = flow(several_correct((0.05, 0.04, 0.03)), name, until_p=0.9, states=20)
    lead = path.policy[:, 0] / path.policy[:, 1]
    assert (np.diff(lead) > 0).all()
    assert (np.diff([state.effective_correct for state in path.states()]) < 0).all()


@pytest.mark.parametrize("k", [1, 4, 16])
def test_with_features_the_rarer_right_answer_may_win_whatever_k_is(k):
    objective = objectives.get("pass@k", k=k)
    features = [[1, 0], [0, 2], [0, 0]]
    longer = flow(Bandit(np.log([0.3, 0.2, 0.5]), [0, 1], features=features), objective, until_p=0.95)
    np.testing.assert_allclose(longer.policy[-1], [0.047, 0.903, 0.050], rtol=0, atol=5e-4)
    own = flow(Bandit(np.log([0.3, 0.2, 0.5]), [0, 1]), objective, until_p=0.95)
    np.testing.assert_allclose(own.policy[-1], [0.696, 0.254, 0.050], rtol=0, atol=5e-4)
    # The logit of a feature twice as long moves four times as fast: at the start by 4 * 0.2 against 0.3.
    start = Bandit(np.log([0.3, 0.2, 0.5]), [0, 1], features=features)
    speed = np.array(features) @ start.gradient(objective)
    assert speed[1] / speed[0] == pytest.approx(4 * 0.2 / 0.3, rel=1e-12)


def test_equal_correct_answers_stay_equal():
    path = flow(several_correct((0.05, 0.05)), "pass@1", until_p=0.9, states=10)
    np.testing.assert_allclose(path.policy[:, 0], path.policy[:, 1], rtol=1e-8)

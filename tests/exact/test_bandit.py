"""The bandit's policy, success probability and exact gradient: literals, Fractions, autograd."""

from fractions import Fraction

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit, entropy_bonus
from tests.exact import oracles
from tests.exact.oracles import Prompt

TENTHS = [Fraction(i, 10) for i in (1, 2, 3, 4)]
RARE = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), [0])
RARE_AND_LIKELY = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), {0, 3})

# Uneven on purpose: unequal weights, an easy and a hard prompt, logits far from 0 and far from each other.
LOGITS = np.array([[0.3, -1.2, 2.0, 0.0, 1.1], [101.0, 99.5, 100.2, 103.0, 98.0], [-7.0, 0.2, 0.1, -0.4, -3.0]])
CORRECT = np.array(
    [[True, False, False, True, False], [False, False, False, True, True], [True, False, False, False, False]]
)
WEIGHTS = [3.0, 1.0, 2.0]
SHARES = np.array([3.0, 1.0, 2.0]) / 6
FEATURES = np.random.default_rng(3).normal(size=(3, 5, 4))
THETA = np.array([0.3, -0.8, 0.5, 1.1])


def near(got, wanted, relative=1e-10):
    """Agreement relative to the largest entry: a gradient's small entries are differences of its large ones."""
    got, wanted = np.asarray(got), np.asarray(wanted, dtype=np.float64)
    assert got.shape == wanted.shape
    np.testing.assert_allclose(got, wanted, rtol=0, atol=relative * np.abs(wanted).max())


def torch_F(objective):
    return lambda p: objective.F.inside(oracles.torch, p)


def every_objective():
    """All registered ones, and those that count draws at other numbers of draws too."""
    for name in objectives.names(variants=True):
        yield objectives.get(name)
    for name in ("pass@k", "pass@k-training", "log-pass@k", "maxrl-order"):
        for draws in (1, 2, 16):
            yield objectives.with_draws(name, draws)
    yield objectives.get("grpo", ddof=1, eps=0.01)


EVERY = {objective.label + (" as " + objective.name): objective for objective in every_objective()}


# --- one prompt, by hand ------------------------------------------------------------------------------------------


def test_a_rare_correct_answer_of_four():
    assert RARE.p == pytest.approx(0.1, rel=1e-15)
    np.testing.assert_allclose(RARE.policy, [0.1, 0.2, 0.3, 0.4], rtol=1e-15)
    near(RARE.gradient_of_p(), [0.09, -0.02, -0.03, -0.04], 1e-15)
    near(RARE.gradient("pass@1"), [0.09, -0.02, -0.03, -0.04], 1e-15)
    pass_at_4 = objectives.get("pass@k", k=4)
    assert RARE.value(pass_at_4) == pytest.approx(0.3439, rel=1e-14)
    assert pass_at_4.weight(RARE.p) == pytest.approx(2.916, rel=1e-14)
    near(RARE.gradient(pass_at_4), [0.26244, -0.05832, -0.08748, -0.11664], 1e-14)


def test_a_rare_and_a_likely_correct_answer():
    assert RARE_AND_LIKELY.p == pytest.approx(0.5, rel=1e-15)
    step = RARE_AND_LIKELY.gradient_of_p()
    near(step, [0.05, -0.1, -0.15, 0.2], 1e-15)
    assert step[3] - step[0] == pytest.approx(0.15, rel=1e-14)


@pytest.mark.parametrize(("bandit", "wanted"), [(RARE, 0.0143861918), (RARE_AND_LIKELY, -0.0271484349)])
def test_a_rare_correct_answer_raises_entropy_and_a_likely_one_lowers_it(bandit, wanted):
    assert bandit.entropy == pytest.approx(1.2798542258, abs=1e-10)
    policy = bandit.policy[None]
    along = entropy_bonus(1.0).gradient(policy, policy)[0] @ bandit.gradient_of_p()
    assert along == pytest.approx(wanted, abs=1e-10)
    # The same by a small step along the gradient of p.
    step = 1e-6 * bandit.gradient_of_p()
    slope = (bandit.at(step).entropy - bandit.at(-step).entropy) / 2e-6
    assert slope == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("k", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("correct", [{0}, {3}, {0, 3}, {1, 2, 3}])
def test_pass_at_k_by_the_score_function_over_every_outcome(k, correct):
    bandit = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct)
    wanted = oracles.pass_at_k_gradient(Prompt(TENTHS, frozenset(correct)), k)
    near(bandit.gradient(objectives.get("pass@k", k=k)), [float(g) for g in wanted], 1e-13)


def test_pass_at_k_with_features_by_the_score_function_over_every_outcome():
    phi = [[Fraction(1), Fraction(0)], [Fraction(-1, 2), Fraction(2)], [Fraction(0), Fraction(1, 3)]]
    chances = [Fraction(1, 6), Fraction(1, 3), Fraction(1, 2)]
    bandit = Bandit(np.log([1 / 6, 1 / 3, 1 / 2]), [0], features=np.array(phi, dtype=float))
    for k in (1, 2, 5):
        wanted = oracles.pass_at_k_gradient(Prompt(chances, frozenset({0}), phi), k)
        near(bandit.gradient(objectives.get("pass@k", k=k)), [float(g) for g in wanted], 1e-13)


# --- every objective, by autograd ---------------------------------------------------------------------------------


@pytest.mark.parametrize("label", EVERY)
def test_gradient_of_one_prompt(label):
    objective = EVERY[label]
    for z, correct in zip(LOGITS, CORRECT, strict=True):
        wanted = oracles.gradient(torch_F(objective), [z], [correct], [1.0])[0]
        bandit = Bandit(z, correct)
        near(bandit.gradient(objective), wanted)
        assert bandit.value(objective) == pytest.approx(
            torch_F(objective)(oracles.success(oracles.tensor([z]), [correct])).item(), rel=1e-12
        )


@pytest.mark.parametrize("label", EVERY)
def test_gradient_of_several_prompts(label):
    objective = EVERY[label]
    bandit = Bandit(LOGITS, CORRECT, weights=WEIGHTS)
    near(bandit.gradient(objective), oracles.gradient(torch_F(objective), LOGITS, CORRECT, SHARES))
    equal = Bandit(LOGITS, CORRECT)
    near(equal.gradient(objective), oracles.gradient(torch_F(objective), LOGITS, CORRECT, np.ones(3) / 3))
    assert bandit.value(objective) == pytest.approx(SHARES @ objective.value(bandit.p), rel=1e-14)


@pytest.mark.parametrize("label", EVERY)
def test_gradient_in_shared_parameters(label):
    objective = EVERY[label]
    bandit = Bandit(LOGITS, CORRECT, FEATURES, WEIGHTS).at(THETA)
    wanted = oracles.gradient(torch_F(objective), LOGITS, CORRECT, SHARES, FEATURES, THETA)
    near(bandit.gradient(objective), wanted)


def test_gradient_of_p_in_every_arrangement():
    one_by_one = [Bandit(z, c).gradient_of_p() for z, c in zip(LOGITS, CORRECT, strict=True)]
    near(Bandit(LOGITS, CORRECT).gradient_of_p(), one_by_one, 1e-15)
    near(Bandit(LOGITS, CORRECT, FEATURES).gradient_of_p(), np.einsum("pa,pad->pd", one_by_one, FEATURES), 1e-13)
    for z, c, g in zip(LOGITS, CORRECT, one_by_one, strict=True):
        near(g, oracles.gradient(lambda p: p, [z], [c], [1.0])[0], 1e-14)


def test_the_gradient_keeps_its_digits_where_p_is_nearly_one():
    # 1 - p = 1e-30 cannot be had from a float p; it must be summed over the wrong answers.
    bandit = Bandit(np.array([np.log(1e30), 0.0, -1.0]), [0])
    q = 1e-30 * (1 + np.exp(-1))
    near(bandit.gradient_of_p(), [q, -1e-30, -1e-30 * np.exp(-1)], 1e-12)


@pytest.mark.parametrize("name", ["pass@1", "maxrl", "pass@k", "log-pass@k", "risk-sensitive", "grpo"])
def test_the_gradient_is_finite_however_sure_the_policy_is(name):
    # Finite in truth: of log p it is (1 - p) (e - pi), of 2 arcsin sqrt(p) at most 1/2.
    for gap in (30.0, 36.0, 40.0, 200.0):
        for z in ([gap, 0.0, 0.0], [0.0, gap, gap]):
            assert np.isfinite(Bandit(z, [0]).gradient(name)).all(), (gap, z)


# --- shapes, and ways to say the same ------------------------------------------------------------------------------


MASK = [True, False, False, True]


@pytest.mark.parametrize("correct", [[0, 3], (3, 0), {0, 3}, frozenset({3, 0}), np.array([0, 3]), MASK, np.array(MASK)])
def test_the_correct_answers_in_any_dress(correct):
    np.testing.assert_array_equal(Bandit(RARE.logits[0], correct).correct, [MASK])


def test_one_correct_answer_may_come_as_a_number():
    assert Bandit([0.0, 1.0], 1).p == Bandit([0.0, 1.0], [1]).p


def test_what_is_one_number_for_one_prompt_is_a_list_for_several():
    one, several = RARE, Bandit(LOGITS, CORRECT)
    for name in ("p", "entropy", "effective_correct"):
        assert type(getattr(one, name)) is float
        assert getattr(several, name).shape == (3,)
    assert type(one.distinct(3)) is float
    assert several.distinct(3).shape == (3,)
    assert one.policy.shape == (4,)
    assert several.policy.shape == (3, 5)
    assert several.gradient("pass@1").shape == (3, 5)
    assert type(one.value("pass@1")) is type(several.value("pass@1")) is float


def test_one_prompt_with_features_still_has_one_policy():
    bandit = Bandit(LOGITS[0], CORRECT[0], FEATURES[0])
    assert bandit.gradient("pass@1").shape == (4,)
    assert bandit.policy.shape == (5,)
    assert type(bandit.p) is float


def test_features_for_all_prompts_may_be_given_once():
    same = np.broadcast_to(FEATURES[0], FEATURES.shape)
    once, thrice = Bandit(LOGITS, CORRECT, FEATURES[0]), Bandit(LOGITS, CORRECT, same)
    np.testing.assert_array_equal(once.gradient("maxrl"), thrice.gradient("maxrl"))


def test_moving_the_parameters_moves_the_logits_and_leaves_the_start_alone():
    np.testing.assert_allclose(RARE.at([1.0, 0.0, 0.0, -2.0]).current_logits, RARE.logits + np.array([1, 0, 0, -2]))
    moved = Bandit(LOGITS, CORRECT, FEATURES).at(THETA)
    np.testing.assert_allclose(moved.current_logits, LOGITS + FEATURES @ THETA)
    # From 0, where they start, not from where they are.
    np.testing.assert_array_equal(moved.at(0 * THETA).current_logits, LOGITS)
    assert (RARE.theta == 0).all()


def test_a_constant_added_to_the_logits_changes_nothing():
    for shift in (-500.0, 1e3, 1e8):
        np.testing.assert_allclose(Bandit(LOGITS[0] + shift, CORRECT[0]).policy, Bandit(LOGITS[0], CORRECT[0]).policy)


@pytest.mark.parametrize("gap", [0.0, 0.5, 40.0])
def test_p_is_a_probability_whatever_the_rounding(gap):
    # A sum of chances may pass 1 by an ulp, and then no objective would take it.
    for seed in range(300):
        rng = np.random.default_rng(seed)
        z = rng.normal(size=rng.integers(2, 7)) * 2
        bandit = Bandit(np.append(z, z.min() - gap) if gap else z, list(range(z.size)))
        assert 0 <= bandit.p <= 1, seed
        bandit.value("pass@k"), bandit.gradient("pass@k"), bandit.group_update("pass@k", 4)

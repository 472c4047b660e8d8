"""What a group of n samples does to a bandit, against every one of its outcomes in Fractions."""

from fractions import Fraction

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit
from tests.exact import oracles
from tests.exact.oracles import RULES, Prompt

TENTHS = [Fraction(i, 10) for i in (1, 2, 3, 4)]
THIRDS = [Fraction(1, 2), Fraction(1, 3), Fraction(1, 6)]
PHI = [[Fraction(1), Fraction(0)], [Fraction(-1, 2), Fraction(2)], [Fraction(0), Fraction(1, 3)]]
OTHER_PHI = [[Fraction(0), Fraction(-1)], [Fraction(1), Fraction(1)], [Fraction(2), Fraction(-1, 4)]]
ONE = [Fraction(1)]


def named(label):
    """The objective behind a label such as "pass@k (k = 2)"."""
    name, _, inside = label.partition(" (k = ")
    return objectives.get(name, **({"k": int(inside[:-1])} if inside else {}))


def takes(label, n):
    return not named(label).missing("credit", n)


def bandit_of(prompts, weights=None):
    logits = np.log(np.array([x.chances for x in prompts], dtype=float))
    mask = np.array([[a in x.correct for a in range(len(x.chances))] for x in prompts])
    features = None if prompts[0].features is None else np.array([x.features for x in prompts], dtype=float)
    return Bandit(logits, mask, features, weights)


def agrees(bandit, objective, prompts, shares, rule, n, relative=1e-13):
    mean, variance = (np.array(side, dtype=float) for side in oracles.moments(prompts, shares, rule, n))
    got = bandit.group_update(objective, n)
    assert got.variance.shape == got.mean.shape
    np.testing.assert_allclose(np.ravel(bandit.expected_update(objective, n)), mean, rtol=0, atol=relative)
    np.testing.assert_allclose(np.ravel(got.mean), mean, rtol=0, atol=relative)
    np.testing.assert_allclose(np.ravel(got.variance), variance, rtol=1e-11, atol=relative)


# --- one prompt ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("correct", [{0}, {3}, {0, 3}])
@pytest.mark.parametrize(("label", "n"), [(label, n) for label in RULES for n in (1, 2, 4) if takes(label, n)])
def test_every_outcome_of_four_answers(label, n, correct):
    prompt = Prompt(TENTHS, frozenset(correct))
    bandit = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct)
    agrees(bandit, named(label), [prompt], ONE, RULES[label], n)


@pytest.mark.parametrize("label", ["pass@1", "grpo", "pass@k-loo-1 (k = 3)", "nsr"])
def test_groups_of_five(label):
    prompt = Prompt(TENTHS, frozenset({0, 3}))
    agrees(Bandit(np.log([0.1, 0.2, 0.3, 0.4]), {0, 3}), named(label), [prompt], ONE, RULES[label], 5)


WITH_A_TABLE = [name for name in objectives.names(variants=True) if not objectives.get(name).missing("credit")]


@pytest.mark.parametrize("name", WITH_A_TABLE)
def test_every_registered_table_is_put_to_use_as_it_stands(name):
    objective = objectives.get(name)
    n = objective.only or max(objective.least, 3)
    credit = objective.credit(n)
    prompt = Prompt(THIRDS, frozenset({1}))
    rule = oracles.rule_of_table(credit.correct, credit.wrong)
    agrees(Bandit(np.log([1 / 2, 1 / 3, 1 / 6]), [1]), objective, [prompt], ONE, rule, n)


def test_a_table_of_your_own_is_put_to_use_as_it_stands():
    right, wrong = [0.0, 3.0, -0.5, 0.25], [-2.0, 0.5, 0.125, 0.0]
    rule = oracles.rule_of_table(right, wrong)
    agrees(
        Bandit(np.log([1 / 2, 1 / 3, 1 / 6]), [1]), objectives.Credit(right, wrong),
        [Prompt(THIRDS, frozenset({1}))], ONE, rule, 3,
    )  # fmt: skip


@pytest.mark.parametrize("label", RULES)
def test_features_take_part_in_every_outcome(label):
    prompt = Prompt(THIRDS, frozenset({0, 2}), PHI)
    bandit = Bandit(np.log([1 / 2, 1 / 3, 1 / 6]), [0, 2], features=np.array(PHI, dtype=float))
    agrees(bandit, named(label), [prompt], ONE, RULES[label], 3)


@pytest.mark.parametrize("label", ["nsr", "mean-centred", "pass@k (k = 2)"])
def test_if_every_answer_is_correct_no_side_is_left_empty_handed(label):
    prompt = Prompt(THIRDS, frozenset({0, 1, 2}))
    agrees(bandit_of([prompt]), named(label), [prompt], ONE, RULES[label], 3)


def test_one_wrong_sample_under_nsr_is_the_known_step():
    # Answer 2 drawn and wrong: every other logit rises by its chance. PSR on answer 0: all others fall by theirs.
    prompt = Prompt(TENTHS, frozenset({0}))
    assert oracles.update(prompt, [2], RULES["nsr"]) == [Fraction(i, 10) for i in (1, 2, -7, 4)]
    assert oracles.update(prompt, [0], RULES["reinforce"]) == [Fraction(i, 10) for i in (9, -2, -3, -4)]
    # Groups of one put each in with its chance; both have the mean of pass@1, by very different steps.
    bandit = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), [0])
    nsr, psr = bandit.group_update("nsr", 1), bandit.group_update("psr", 1)
    np.testing.assert_allclose(nsr.mean, [0.09, -0.02, -0.03, -0.04], rtol=1e-13)
    np.testing.assert_allclose(psr.mean, nsr.mean, rtol=1e-13)
    np.testing.assert_allclose(psr.variance, 0.09 * np.array([0.9, 0.2, 0.3, 0.4]) ** 2, rtol=1e-13)
    second = 0.2 * np.array([0.1, -0.8, 0.3, 0.4]) ** 2 + 0.3 * np.array([0.1, 0.2, -0.7, 0.4]) ** 2
    second += 0.4 * np.array([0.1, 0.2, 0.3, -0.6]) ** 2
    np.testing.assert_allclose(nsr.variance, second - nsr.mean**2, rtol=1e-13)


# --- several prompts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("label", ["nsr", "pass@1", "grpo", "pass@k (k = 2)", "pass@k-loo-1 (k = 2)"])
def test_two_prompts_with_shared_parameters(label):
    prompts = [Prompt(THIRDS, frozenset({0}), PHI), Prompt(THIRDS[::-1], frozenset({0, 1}), OTHER_PHI)]
    shares = [Fraction(3, 4), Fraction(1, 4)]
    agrees(bandit_of(prompts, [3.0, 1.0]), named(label), prompts, shares, RULES[label], 2)


def test_two_prompts_with_shared_parameters_in_groups_of_three():
    prompts = [Prompt(THIRDS, frozenset({0}), PHI), Prompt(THIRDS[::-1], frozenset({1}), OTHER_PHI)]
    rule = RULES["mean-centred"]
    agrees(bandit_of(prompts), objectives.get("mean-centred"), prompts, [Fraction(1, 2)] * 2, rule, 3)


@pytest.mark.parametrize("label", ["nsr", "pass@1", "pass@k (k = 2)"])
def test_two_prompts_that_share_nothing(label):
    prompts = [Prompt(THIRDS, frozenset({0})), Prompt(THIRDS[::-1], frozenset({0, 1}))]
    shares = [Fraction(3, 4), Fraction(1, 4)]
    bandit = bandit_of(prompts, [3.0, 1.0])
    agrees(bandit, named(label), prompts, shares, RULES[label], 2)
    assert bandit.group_update(named(label), 2).variance.shape == (2, 3)


# --- against the formula for one logit ------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.02, 0.3, 0.5, 0.97])
@pytest.mark.parametrize("label", RULES)
def test_two_answers_are_the_one_logit_policy(label, p):
    # With z = z0 - z1 a correct sample moves z0 by 1 - p and z1 by -(1 - p): the score of z stands in component 0,
    # its negative in component 1.
    objective = named(label)
    got = Bandit(np.log([p, 1 - p]), [0]).group_update(objective, 4)
    wanted = objectives.gradient_moments(objective, 4, p)
    np.testing.assert_allclose(got.mean, [wanted.mean, -wanted.mean], rtol=1e-13)
    np.testing.assert_allclose(got.variance, [wanted.variance] * 2, rtol=1e-11)


def binomial_variance(bandit, objective, n):
    """The variance of E[g | c] alone: all that the number of correct samples says."""
    direction = bandit.gradient_of_p() / (bandit.p * (1 - bandit.p))
    return objectives.gradient_moments(objective, n, bandit.p).variance * direction**2


@pytest.mark.parametrize("label", [label for label in RULES if takes(label, 4)])
@pytest.mark.parametrize("correct", [{0}, {3}, {0, 3}])
def test_the_binomial_alone_understates_the_noise_where_credited_answers_differ(label, correct):
    bandit, objective = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct), named(label)
    whole, part = bandit.group_update(objective, 4).variance, binomial_variance(bandit, objective, 4)
    assert (whole >= part * (1 - 1e-12)).all()
    credit = objective.credit(4)
    if len(correct) == 1:
        # A sole correct answer has one score, and in its own logit all wrong answers have one.
        (right,) = correct
        assert whole[right] == pytest.approx(part[right], rel=1e-11)
    spread = credit.wrong.any() or len(correct) > 1
    assert (whole.sum() > part.sum() * 1.001) == spread


def test_how_much_the_binomial_understates_it():
    # RLOO, groups of four, one correct of four answers at p = .1. In the correct answer's logit both are 63/4000; the
    # binomial lets the others follow in proportion to grad p, as if all three wrong answers were always drawn alike.
    bandit, prompt = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), [0]), Prompt(TENTHS, frozenset({0}))
    _, variance = oracles.moments([prompt], ONE, RULES["pass@1"], 4)
    assert variance[0] == Fraction(63, 4000)
    assert sum(variance) == Fraction(163, 6000)
    assert bandit.group_update("pass@1", 4).variance.sum() == pytest.approx(163 / 6000, rel=1e-12)
    binomial = Fraction(63, 4000) * (1 + Fraction(4 + 9 + 16, 81))
    assert binomial_variance(bandit, "pass@1", 4).sum() == pytest.approx(float(binomial), rel=1e-12)

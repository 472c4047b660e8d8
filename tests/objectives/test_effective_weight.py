"""What a group of n really does on average: against every outcome, in fractions, for every table and for any policy."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from passk_lab import objectives
from passk_lab.objectives import Credit, Missing, Objective, group
from tests.objectives import oracles
from tests.objectives.cases import CASES, PARAMETERS, UNBIASED, in_groups

modest = settings(max_examples=50)
every_name = pytest.mark.parametrize("name", PARAMETERS)
CHANCES = [Fraction(1, 8), Fraction(1, 2), Fraction(15, 16)]  # floats hold them exactly
# p = 1/8, 7/8 and 3/4, with one or several correct answers.
POLICY = (Fraction(1, 8), Fraction(1, 16), Fraction(3, 16), Fraction(5, 8))
RIGHT = [frozenset({0}), frozenset({1, 2, 3}), frozenset({0, 3})]


def made(case):
    return objectives.get(case.name, **case.parameters)


def with_table(correct, wrong, contrast=None):
    """An objective that is a table and nothing else."""
    nothing = Missing("only a table here")
    table = lambda n: Credit(correct, wrong, contrast)  # noqa: E731
    return Objective(equation="", source="", F=nothing, slope=nothing, unbiased=False, table=table)


# --- every outcome ----------------------------------------------------------------------------------------------


@every_name
def test_against_all_groups_of_marks(name):
    for case, n in in_groups(name):
        credit = oracles.held(made(case).credit(n))
        for p in CHANCES:
            exact = oracles.mean_update(credit, oracles.one_logit(n, p)) / (p * (1 - p))
            got = objectives.effective_weight(made(case), n, float(p))
            assert abs(got - exact) <= 1e-10 * credit.largest, f"{case}, n = {n}, p = {p}"


@every_name
@pytest.mark.parametrize("right", RIGHT, ids=lambda right: f"right={sorted(right)}")
def test_against_all_groups_of_four_answers(name, right):
    # Scores of a softmax, so that wrong answers differ among themselves, and so do correct ones.
    slope, p = oracles.grad_p(POLICY, right), sum(POLICY[y] for y in right)
    for case, n in in_groups(name, largest=5):
        if n > 5 or (n == 5 and case.parameters):
            continue  # 4^5 groups once, for the parameters that an objective has by itself
        credit = oracles.held(made(case).credit(n))
        weight = objectives.effective_weight(made(case), n, float(p))
        for factors, expected in zip(oracles.four_arms(n, POLICY, right), slope, strict=True):
            exact = oracles.mean_update(credit, factors)
            assert abs(Fraction(weight) * expected - exact) <= 1e-10 * credit.largest, f"{case}, n = {n}"


@every_name
def test_against_the_definition_to_twelve_digits(name):
    # From the exact table, not from the floats of ours: nothing may be lost on the way.
    for case, n in in_groups(name):
        contrast = oracles.table(case.name, n, **case.parameters).contrast
        for p in (1e-6, 0.1, 0.5, 0.9, 1 - 1e-6):
            exact = oracles.finite_weight(contrast, Fraction(p))
            got = objectives.effective_weight(made(case), n, p)
            assert got == pytest.approx(float(exact), rel=1e-12, abs=0), f"{case}, n = {n}, p = {p}"


@every_name
def test_at_both_ends(name):
    # At p = 0 all others are wrong, at p = 1 all others are right.
    for case, n in in_groups(name):
        credit = made(case).credit(n)
        ends = objectives.effective_weight(made(case), n, [0.0, 1.0])
        at_zero, at_one = credit.correct[1] - credit.wrong[0], credit.correct[n] - credit.wrong[n - 1]
        np.testing.assert_allclose(ends, [at_zero, at_one], rtol=1e-13, atol=1e-14 * np.abs(credit.correct).max())


tables = st.integers(1, 6).flatmap(
    lambda n: st.tuples(*(st.lists(st.floats(-1e3, 1e3), min_size=n + 1, max_size=n + 1),) * 2)
)


@modest
@given(tables, st.integers(0, 64))
def test_any_table_against_every_outcome(sides, sixty_fourths):
    p = Fraction(sixty_fourths, 64)
    toy, n = with_table(*sides), len(sides[0]) - 1
    credit = oracles.held(toy.credit(n))
    got = objectives.effective_weight(toy, n, float(p))
    if 0 < p < 1:
        exact = oracles.mean_update(credit, oracles.one_logit(n, p)) / (p * (1 - p))
        assert abs(got - exact) <= 1e-10 * credit.largest
    exact = oracles.finite_weight(credit.contrast, p)
    assert abs(got - exact) <= 1e-12 * credit.largest
    exact = oracles.finite_value(credit.contrast, p)
    assert abs(objectives.finite_value(toy, n, float(p)) - exact) <= 1e-12 * credit.largest


@modest
@given(tables)
def test_any_table_against_every_group_of_four_answers(sides):
    toy, n = with_table(*(side[:4] for side in sides)), min(len(sides[0]) - 1, 3)
    credit = oracles.held(toy.credit(n))
    for right in RIGHT:
        weight = Fraction(objectives.effective_weight(toy, n, float(sum(POLICY[y] for y in right))))
        pairs = zip(oracles.four_arms(n, POLICY, right), oracles.grad_p(POLICY, right), strict=True)
        for factors, slope in pairs:
            assert abs(weight * slope - oracles.mean_update(credit, factors)) <= 1e-10 * credit.largest


# --- bias -------------------------------------------------------------------------------------------------------


def test_which_are_marked_unbiased():
    assert {case.name for case in CASES if made(case).unbiased and str(case) not in HARMLESS} == UNBIASED
    assert all(made(case).unbiased for case in CASES if str(case) in HARMLESS)
    assert not objectives.get("log-pass@k").unbiased


@pytest.mark.parametrize("name", sorted(UNBIASED))
def test_the_unbiased_have_the_weight_of_the_population_in_every_group(name):
    p = np.array([0.0, 1e-6, 0.1, 0.5, 0.9, 1 - 1e-6, 1.0])
    large = [] if name.startswith("tang") else [(case, n) for case in CASES if case.name == name for n in (33, 200)]
    for case, n in [*in_groups(name), *large]:
        got = objectives.effective_weight(made(case), n, p)
        np.testing.assert_allclose(got, made(case).weight(p), rtol=1e-12, err_msg=f"{case}, n = {n}")


# Two members of biased families that have no bias: no correct group is above the quantile, and no factor is plugged in.
HARMLESS = {"quantile K=0", "mahdavi-plugin k=1"}


@pytest.mark.parametrize("name", [name for name in PARAMETERS if name not in UNBIASED])
def test_the_biased_miss_it_in_every_group(name):
    p = np.linspace(0.05, 0.95, 10)
    for case, n in in_groups(name):
        if str(case) not in HARMLESS:
            missed = objectives.effective_weight(made(case), n, p) / made(case).weight(p) - 1
            least = 1e-5 if case.parameters.get("beta") == 1e-3 else 1e-3
            assert np.abs(missed).max() > least, f"{case}, n = {n}"


@pytest.mark.parametrize("name", ["grpo", "grpo-trl", "risk-sensitive", "mahdavi-plugin", "pass@k-training"])
def test_the_bias_fades_as_groups_grow(name):
    missed = [objectives.effective_weight(name, n, 0.3) / objectives.get(name).weight(0.3) - 1 for n in (8, 64, 4096)]
    assert abs(missed[0]) > abs(missed[1]) > abs(missed[2])
    assert abs(missed[2]) < 2e-3


def test_a_tiny_weight_keeps_its_digits():
    n, k, p = 64, 32, 0.9
    exact = float(k * (1 - Fraction(p)) ** (k - 1))
    for name in ("pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred"):
        assert objectives.effective_weight(objectives.get(name, k=k), n, p) == pytest.approx(exact, rel=1e-12), name
    # The closed contrast is what keeps them: two float tables, subtracted, are off by more than a tenth.
    credit = objectives.get("pass@k", k=k).credit(n)
    subtracted = with_table(credit.correct, credit.wrong)
    assert abs(objectives.effective_weight(subtracted, n, p) / exact - 1) > 0.1


@pytest.mark.parametrize(("n", "k"), [(2, 1), (5, 2), (8, 4), (8, 7)])
@pytest.mark.parametrize("p", CHANCES)
def test_centring_costs_exactly_k_of_n(n, k, p):
    # In fractions: E[sum (s_i - mean s) S_i] = (1 - k/n) grad J_k.
    centred = oracles.read_off(lambda r, i: oracles.pkpo_mean_centred(r, i, k), n)
    update = oracles.mean_update(centred, oracles.one_logit(n, p))
    assert update == (1 - Fraction(k, n)) * k * (1 - p) ** (k - 1) * p * (1 - p)
    got = objectives.effective_weight(objectives.get("pass@k-training-raw", k=k), n, float(p))
    assert got == pytest.approx(float((1 - Fraction(k, n)) * (1 - p) ** (k - 1)), rel=1e-13)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("pass@k", lambda n, k, p: 1 - k / n),
        ("pass@k-loo-1", lambda n, k, p: 1 - (1 - k * p) / (n * (1 - p))),
        ("pass@k-loo", lambda n, k, p: 1 + k / (n * (n - 1))),
    ],
)
@pytest.mark.parametrize(("n", "k"), [(2, 1), (5, 2), (8, 4), (8, 7)])
def test_what_centring_leaves_differs_from_table_to_table(name, kept, n, k):
    objective = objectives.get(name, k=k)
    credit, c = objective.credit(n), np.arange(n + 1)
    mean = (c * credit.correct + (n - c) * credit.wrong) / n
    centred = Credit(credit.correct - mean, credit.wrong - mean)
    for p in (0.125, 0.5, 0.75):
        expected = kept(n, k, p) * objective.weight(p)
        assert objectives.effective_weight(centred, n, p) == pytest.approx(expected, rel=1e-11, abs=1e-13)


# --- worked by hand ---------------------------------------------------------------------------------------------


def weight(name, n, p, **parameters):
    return objectives.effective_weight(objectives.get(name, **parameters), n, p)


@pytest.mark.parametrize("name", ["pass@k", "pass@k-loo-1", "tang"])
def test_eight_draws_of_eight(name):
    assert weight(name, 8, 0.3, k=8) == pytest.approx(0.6588344, rel=1e-10)  # 8 * 0.7^7
    if name != "tang":
        assert weight(name, 8, 0.3, k=4) == pytest.approx(1.372, rel=1e-13)  # 4 * 0.343
    assert weight("tang-std", 8, 0.3, k=8) == pytest.approx(0.6588344 * 2.8284271247, rel=1e-9)


@pytest.mark.parametrize(
    ("name", "n", "expected"),
    [
        ("maxrl", 8, 3.1411733),  # (1 - 0.7^8)/0.3
        ("maxrl-centred", 8, 3.058819),  # (1 - 0.7^7)/0.3
        ("maxrl", 4, 2.533),
        ("maxrl-centred", 4, 2.19),
    ],
)
def test_maxrl_worked_by_hand(name, n, expected):
    assert weight(name, n, 0.3) == pytest.approx(expected, abs=5e-8)


@pytest.mark.parametrize("n", [2, 3, 8, 100])
def test_the_order_that_a_group_of_maxrl_climbs(n):
    p = np.array([1e-6, 0.1, 0.5, 0.9, 1.0])
    order = lambda T: objectives.get("maxrl-order", order=T).weight(p)  # noqa: E731
    np.testing.assert_allclose(weight("maxrl", n, p), order(n), rtol=1e-12)
    np.testing.assert_allclose(weight("maxrl-centred", n, p), order(n - 1), rtol=1e-12)
    for T in {1, n // 2 + 1, n}:
        np.testing.assert_allclose(weight("maxrl-order", n, p, order=T), order(T), rtol=1e-12)


@pytest.mark.parametrize(
    ("n", "k", "p", "ratio"), [(8, 4, 0.3, 0.9097120991), (8, 8, 0.1, 0.5431117471), (16, 8, 0.05, 0.6930670486)]
)
def test_the_plug_in_of_mahdavi_worked_by_hand(n, k, p, ratio):
    assert weight("mahdavi-plugin", n, p, k=k) / (k * (1 - p) ** (k - 1)) == pytest.approx(ratio, rel=1e-9)


def test_the_quantile_of_eight_worked_by_hand():
    # Only groups at the threshold lose: floor(0.6 * 8) = 4 correct among the other seven, 35 of 128.
    assert weight("quantile", 8, 0.5) == pytest.approx(1 - 35 / 128, rel=1e-13)
    assert weight("quantile", 8, 0.5) == pytest.approx(0.7266, abs=5e-5)


@pytest.mark.parametrize(("n", "K"), [(8, 0.4), (10, 0.9), (5, 0.25), (7, 1.0)])
def test_the_dip_of_a_quantile(n, K):
    threshold, p = math.floor((1 - Fraction(str(K))) * n), Fraction(5, 16)
    lost = math.comb(n - 1, threshold) * p**threshold * (1 - p) ** (n - 1 - threshold)
    assert weight("quantile", n, float(p), K=K) == pytest.approx(float(1 - lost), rel=1e-13)


@pytest.mark.parametrize(("k", "shrinks"), [(4, [0.45, 0.76, 0.82, 0.68]), (8, [0.37, 0.59, 0.52, 0.21])])
def test_the_deviation_shrinks_pass_at_k_training_unevenly(k, shrinks):
    p = np.array([0.02, 0.1, 0.3, 0.6])
    ratio = weight("pass@k-training", 16, p, k=k) / objectives.get("pass@k-training", k=k).weight(p)
    np.testing.assert_allclose(ratio, shrinks, atol=0.005)


@pytest.mark.parametrize("n", [2, 4, 9])
def test_the_own_mean_as_a_baseline_costs_one_sample(n):
    np.testing.assert_allclose(weight("mean-centred", n, np.linspace(0, 1, 5)), (n - 1) / n, rtol=1e-14)


# --- what a group climbs ----------------------------------------------------------------------------------------


@every_name
def test_finite_value_is_the_integral_in_fractions(name):
    for case, n in in_groups(name):
        contrast = oracles.table(case.name, n, **case.parameters).contrast
        for p in (0.0, 1e-6, 0.3, 0.9, 1.0):
            exact = float(oracles.finite_value(contrast, Fraction(p)))
            got = objectives.finite_value(made(case), n, p)
            assert got == pytest.approx(exact, rel=1e-12), f"{case}, n = {n}, p = {p}"


@pytest.mark.parametrize("name", ["pass@k", "grpo", "pass@k-training", "maxrl", "risk-sensitive", "quantile"])
@pytest.mark.parametrize("n", [8, 200])
def test_finite_value_is_the_integral_by_quadrature(name, n):
    for p in (0.01, 0.4, 1.0):
        area, _ = integrate.quad(lambda t: objectives.effective_weight(name, n, t), 0, p, epsabs=1e-12, limit=300)
        assert objectives.finite_value(name, n, p) == pytest.approx(area, rel=1e-9)


@every_name
def test_the_slope_of_finite_value_is_the_effective_weight(name):
    p, h = np.linspace(0.1, 0.9, 9), 1e-5
    for case, n in in_groups(name):
        rise = objectives.finite_value(made(case), n, p + h) - objectives.finite_value(made(case), n, p - h)
        expected, atol = (
            objectives.effective_weight(made(case), n, p),
            1e-8 * np.abs(made(case).credit(n).contrast).max(),
        )
        np.testing.assert_allclose(rise / (2 * h), expected, rtol=1e-6, atol=atol, err_msg=f"{case}, n = {n}")


@pytest.mark.parametrize("name", sorted(UNBIASED))
def test_the_unbiased_climb_the_population_form(name):
    p = np.array([1e-6, 0.2, 0.7, 1.0])
    for case, n in in_groups(name):
        climbed = made(case).value(p) - made(case).value(0.0)
        np.testing.assert_allclose(objectives.finite_value(made(case), n, p), climbed, rtol=1e-9)


def test_a_group_of_four_climbs_four_terms_of_the_logarithm():
    assert objectives.finite_value("maxrl", 4, 1.0) == pytest.approx(25 / 12, rel=1e-14)
    assert objectives.finite_value("maxrl-centred", 4, 1.0) == pytest.approx(11 / 6, rel=1e-14)


# --- shapes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [objectives.effective_weight, objectives.finite_value])
def test_shapes_and_types(function):
    assert type(function("pass@k", 8, 0.3)) is float
    assert type(function("pass@k", 8, 1)) is float
    table = function("pass@k", 8, np.array([[0.0, 0.3], [0.5, 1.0]]))
    assert table.shape == (2, 2)
    assert table[0, 1] == pytest.approx(function("pass@k", 8, 0.3), rel=1e-15)
    assert function("pkpo", 8, 0.3) == function(objectives.get("pass@k"), 8, 0.3)


def test_many_chances_are_worked_through_in_blocks(monkeypatch):
    # Blocks of 7 chances in groups of 8 must not show, at a seam or in the rest that is left over.
    p = np.linspace(0, 1, 50).reshape(5, 10)

    def everything():
        moments = objectives.gradient_moments("pass@k", 8, p)
        return [objectives.effective_weight("pass@k", 8, p), objectives.finite_value("pass@k", 8, p), *moments]

    at_once = everything()
    monkeypatch.setattr(group, "_LARGEST_BLOCK", 63)
    for whole, pieces in zip(at_once, everything(), strict=True):
        np.testing.assert_allclose(pieces, whole, rtol=1e-13, atol=1e-16)


def test_a_large_group():
    p = np.linspace(0, 1, 9)
    got = objectives.effective_weight(objectives.get("pass@k", k=3), 4096, p)
    np.testing.assert_allclose(got, 3 * (1 - p) ** 2, rtol=1e-10, atol=1e-14)

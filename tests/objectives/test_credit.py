"""Credit tables: against their definitions by listing subsets, their corners, and the identities between them."""

import math
from fractions import Fraction

import numpy as np
import pytest
import torch

from passk_lab import objectives
from tests.objectives import oracles
from tests.objectives.cases import PARAMETERS, in_groups, sizes

every_name = pytest.mark.parametrize("name", PARAMETERS)


def table(name, n, **parameters):
    return objectives.get(name, **parameters).credit(n)


def assert_same(a, b, atol=0.0):
    """Tables agree to the last digits; atol is for entries that are the difference of larger ones."""
    for side in ("correct", "wrong", "contrast"):
        np.testing.assert_allclose(getattr(a, side), getattr(b, side), rtol=1e-13, atol=atol, err_msg=side)


# --- definitions ------------------------------------------------------------------------------------------------


@every_name
def test_the_table_is_its_definition(name):
    for case, n in in_groups(name):
        exact = oracles.table(case.name, n, **case.parameters)
        credit = table(case.name, n, **case.parameters)
        atol = 1e-15 * float(exact.largest)
        for side in ("correct", "wrong"):
            floats = [float(a) for a in getattr(exact, side)]
            np.testing.assert_allclose(
                getattr(credit, side), floats, rtol=1e-12, atol=atol, err_msg=f"{side}, {case}, n = {n}"
            )
        # No allowance here: the contrast keeps the digits of its smallest entries.
        floats = [float(a) for a in exact.contrast]
        np.testing.assert_allclose(credit.contrast, floats, rtol=1e-12, err_msg=f"contrast, {case}, n = {n}")


@every_name
def test_corners_types_and_lock(name):
    for case, n in in_groups(name):
        credit = table(case.name, n, **case.parameters)
        assert credit.n == n
        assert credit.correct[0] == 0, "a group without a correct sample has none to credit"
        assert credit.wrong[n] == 0, "a group without a wrong sample has none to blame"
        for side, entries in ((credit.correct, n + 1), (credit.wrong, n + 1), (credit.contrast, n)):
            assert side.dtype == np.float64
            assert side.shape == (entries,)
            assert not side.flags.writeable
    with pytest.raises(ValueError, match="read-only"):
        credit.correct[0] = 1.0


@every_name
def test_the_sizes_a_table_takes(name):
    for parameters in PARAMETERS[name]:
        objective = objectives.get(name, **parameters)
        assert [n for n in range(1, 9) if not objective.missing("credit", n)] == sizes(name, parameters), parameters


def test_a_credit_sets_the_corners_itself_and_leaves_what_it_was_given():
    given = np.array([7.0, 1.0, 2.0])
    credit = objectives.Credit(given, given)
    np.testing.assert_array_equal(credit.correct, [0, 1, 2])
    np.testing.assert_array_equal(credit.wrong, [7, 1, 0])
    np.testing.assert_array_equal(credit.contrast, [1 - 7, 2 - 1])
    np.testing.assert_array_equal(given, [7, 1, 2])
    assert given.flags.writeable


@pytest.mark.parametrize(("n", "k"), [(64, 32), (300, 2), (300, 150), (300, 299), (1000, 400)])
def test_the_contrast_of_large_groups_keeps_its_digits(n, k):
    exact = [Fraction(k * math.comb(n - 1 - j, k - 1), math.comb(n - 1, k - 1)) for j in range(n)]
    floats = [float(a) for a in exact]
    for name in ("pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred"):
        np.testing.assert_allclose(table(name, n, k=k).contrast, floats, rtol=1e-12, atol=1e-300, err_msg=name)


@pytest.mark.parametrize(("n", "K", "last_hard"), [(10, 0.9, 1), (10, 0.7, 3), (20, 0.35, 13), (100, 0.93, 7)])
def test_the_share_of_a_quantile_is_read_as_it_is_written(n, K, last_hard):
    # In floats 1 - 0.9 is less than 0.1, and one correct of ten would change sides.
    correct = table("quantile", n, K=K).correct
    np.testing.assert_array_equal(correct, [0.0] + [1.0] * last_hard + [0.0] * (n - last_hard))


# --- worked by hand ---------------------------------------------------------------------------------------------


def test_two_correct_of_four_in_pairs():
    # Of the 6 pairs 5 hold a correct sample. s is 3/6 for a correct and 2/6 for a wrong sample, their mean 5/12; the
    # difference 1/12 in a sum is 1/3 in a mean over 4, and n/(n - k) = 2 makes it unbiased.
    assert table("pass@k-training-raw", 4, k=2).correct[2] == pytest.approx(1 / 6)
    raw = oracles.read_off(lambda r, i: oracles.pkpo_mean_centred(r, i, 2), 4)
    assert (raw.correct[2], raw.wrong[2]) == (Fraction(1, 3), Fraction(-1, 3))
    centred = table("pass@k-centred", 4, k=2)
    assert (centred.correct[2], centred.wrong[2]) == pytest.approx((2 / 3, -2 / 3), rel=1e-15)


def test_the_one_correct_of_eight():
    group = torch.tensor([1.0] + [0.0] * 7, dtype=torch.float64)
    deviation = torch.std(group).item()
    assert deviation == pytest.approx(0.3535533906, abs=5e-11)
    assert table("tang", 8, k=8).correct[1] == 8
    assert table("tang-std", 8, k=8).correct[1] / 8 == pytest.approx(2.8284271247, abs=5e-11)
    assert table("tang-std", 8, k=8).correct[1] == pytest.approx(8 / deviation, rel=1e-15)
    assert table("tang-std-verl", 8, k=8).correct[1] == pytest.approx(8 / (deviation + 1e-6), rel=1e-15)


def test_one_correct_of_four_in_grpo():
    # Mean 1/4, squares (9 + 3)/16 = 3/4: the deviation is sqrt(3)/4 over n and 1/2 over n - 1.
    credit, other = table("grpo", 4), table("grpo", 4, ddof=1)
    assert (credit.correct[1], credit.wrong[1]) == pytest.approx((math.sqrt(3), -1 / math.sqrt(3)), rel=1e-15)
    assert (other.correct[1], other.wrong[1]) == pytest.approx((1.5, -0.5), rel=1e-15)


def test_two_correct_of_four_under_exponential_utility():
    # The mean of e^(2r) is (e^2 + 1)/2; A = (e^(2r)/mean - 1)/2, which is tanh(1)/2 up and down.
    credit = table("risk-sensitive", 4)
    assert (credit.correct[2], credit.wrong[2]) == pytest.approx((math.tanh(1) / 2, -math.tanh(1) / 2), rel=1e-15)


# --- groups without spread --------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [2, 5, 8])
@pytest.mark.parametrize("name", ["grpo", "grpo-verl", "grpo-trl", "mean-centred", "pass@1", "risk-sensitive"])
def test_all_right_and_all_wrong_compare_nothing(name, n):
    credit = table(name, n)
    assert credit.correct[n] == 0
    assert credit.wrong[0] == 0


@pytest.mark.parametrize(("n", "k"), [(4, 2), (8, 3), (8, 7)])
@pytest.mark.parametrize("name", ["pass@k-training", "pass@k-training-raw", "pass@k-centred"])
def test_when_all_subsets_or_none_succeed_nobody_is_credited(name, n, k):
    credit = table(name, n, k=k)
    assert credit.wrong[0] == 0, "no subset succeeds"
    every = slice(n - k + 1, None)  # fewer than k wrong samples: no subset without a correct one
    np.testing.assert_array_equal(credit.correct[every], 0)
    np.testing.assert_array_equal(credit.wrong[every], 0)


@pytest.mark.parametrize("k", [1, 2, 5])
def test_centring_at_n_equal_k_leaves_nothing(k):
    for name in ("pass@k-training", "pass@k-training-raw"):
        credit = table(name, k, k=k)
        assert not credit.correct.any()
        assert not credit.wrong.any()
        assert not credit.contrast.any()


# --- identities -------------------------------------------------------------------------------------------------

CENTRED = {
    "pass@1", "mean-centred", "grpo", "grpo-verl", "grpo-trl", "risk-sensitive", "pass@k-centred", "mahdavi-plugin",
    "pass@k-training-raw", "pass@k-training", "maxrl-centred",
}  # fmt: skip


@every_name
def test_which_credits_add_up_to_0_in_every_group(name):
    totals = []
    for case, n in in_groups(name):
        credit, c = table(name, n, **case.parameters), np.arange(n + 1)
        totals += list((c * credit.correct + (n - c) * credit.wrong) / max(1.0, np.abs(credit.correct).max()))
    if name in CENTRED:
        np.testing.assert_allclose(totals, 0, atol=1e-13)
    else:
        assert np.abs(totals).max() > 0.1


@pytest.mark.parametrize(("n", "k"), [(n, k) for n in range(2, 9) for k in range(1, n)])
def test_the_raw_table_of_pass_at_k_training_is_the_mean_centred_s_over_k(n, k):
    s = oracles.read_off(lambda r, i: oracles.pkpo_mean_centred(r, i, k), n)
    raw, centred = table("pass@k-training-raw", n, k=k), table("pass@k-centred", n, k=k)
    np.testing.assert_allclose(raw.correct, [float(a) / k for a in s.correct], rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(raw.wrong, [float(a) / k for a in s.wrong], rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(centred.correct * (n - k) / (n * k), raw.correct, rtol=1e-13, atol=1e-15)


@pytest.mark.parametrize("n", [2, 3, 8, 50])
def test_tables_that_are_one_and_the_same(n):
    same = [
        (table("pass@k-loo-1", n, k=n), table("tang", n, k=n)),
        (table("pass@k-loo-1", n, k=1), table("reinforce", n)),
        (table("pass@k-centred", n, k=1), table("pass@1", n)),
        (table("pass@k-training-raw", n, k=1), table("mean-centred", n)),
        (table("pass@k-training", n, k=1), table("grpo", n)),
        (table("mahdavi-plugin", n, k=1), table("pass@1", n)),
        (table("maxrl-order", n, order=n), table("maxrl", n)),
        (table("maxrl-order", n, order=1), table("reinforce", n)),
        (table("quantile", n, K=0), table("reinforce", n)),
        (table("w-reinforce", n, lam=0), table("nsr", n)),
    ]
    for a, b in same:
        assert_same(a, b, atol=1e-15 * n)


@pytest.mark.parametrize("n", [2, 3, 8])
def test_the_baseline_of_eq_29_at_one_draw_is_not_quite_that_of_pass_at_1(n):
    # S over the n - 1 others divides by n - 1 where S over the group divides by n: n/(n - 1) times their mean.
    loo, rloo = table("pass@k-loo", n, k=1), table("pass@1", n)
    np.testing.assert_allclose(1 - loo.correct[1:], n / (n - 1) * (1 - rloo.correct[1:]), rtol=1e-13)
    np.testing.assert_allclose(loo.wrong, n / (n - 1) * rloo.wrong, rtol=1e-13)


@pytest.mark.parametrize(
    ("alias", "name"),
    [
        ("psr", "reinforce"),
        ("rloo", "pass@1"),
        ("dr-grpo", "mean-centred"),
        ("rs-grpo", "risk-sensitive"),
        ("pkpo", "pass@k"),
        ("mahdavi-unbiased", "pass@k-loo-1"),
        ("grpo-passk", "tang"),
    ],
)
def test_equal_tables_share_one_entry(alias, name):
    assert objectives.entry(alias) is objectives.entry(name)
    assert objectives.get(alias).name == name
    assert alias not in objectives.names(variants=True)
    assert_same(table(alias, 4), table(name, 4))


@pytest.mark.parametrize(("n", "k"), [(4, 2), (8, 8), (9, 4)])
def test_the_unbiased_mend_of_mahdavi_in_closed_form(n, k):
    for c in range(1, n + 1):
        exact = Fraction(k * math.comb(n - c, k - 1), math.comb(n - 1, k - 1))
        assert table("mahdavi-unbiased", n, k=k).correct[c] == pytest.approx(float(exact), rel=1e-14)
    assert not table("mahdavi-unbiased", n, k=k).wrong.any()


@pytest.mark.parametrize(("n", "k"), [(4, 2), (8, 4), (7, 1), (8, 8)])
def test_the_published_closed_form_of_pass_at_k_training(n, k):
    # Their listing of subsets in closed form: A_neg = (1 - R - C(N_neg - 1, k - 1)/C(N - 1, k - 1))/sigma.
    credit = table("pass@k-training", n, k=k)
    for c in range(1, n):
        wrong = n - c
        R = 1 - Fraction(math.comb(wrong, k), math.comb(n, k))
        sigma = math.sqrt(R * (1 - R))
        others = Fraction(math.comb(wrong - 1, k - 1), math.comb(n - 1, k - 1))
        expected = (float(1 - R) / sigma, float(1 - R - others) / sigma) if sigma else (0.0, 0.0)
        assert (credit.correct[c], credit.wrong[c]) == pytest.approx(expected, rel=1e-13, abs=1e-15)

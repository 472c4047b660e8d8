"""The pass@k curve of a data set: exact rationals on both paths, ragged n, and curves of published samples."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import pass_at_k, pass_at_k_curve, pass_hat_k
from tests.metrics import oracles
from tests.metrics.published import counts, rows

modest = settings(max_examples=60)
# A curve of one problem gets a word, which test_bad_input asks for.
pytestmark = pytest.mark.filterwarnings("ignore::passk_lab.arguments.Doubt")


def assert_within_bound(got, n, c, ks):
    """Relative error at most 2k + 8 ulp: the documented bound."""
    for value, exact, k in zip(got, oracles.curve(n, c, ks), ks, strict=True):
        assert oracles.ulps(value, exact) <= 2 * k + 8, (k, value, float(exact))


@st.composite
def data_sets(draw, longest=60):
    shortest, spread = draw(st.integers(1, longest)), draw(st.integers(0, 12))
    n = draw(st.lists(st.integers(shortest, shortest + spread), min_size=1, max_size=8))
    return n, [draw(st.integers(0, a)) for a in n]


def test_worked_by_hand():
    # Never, once and always right in four: the middle one is k/4, the mean (0 + k/4 + 1)/3.
    np.testing.assert_allclose(pass_at_k_curve(4, [0, 1, 4]), [5 / 12, 6 / 12, 7 / 12, 8 / 12], rtol=1e-15)


@modest
@given(data_sets())
def test_every_k_against_exact_rationals(data):
    n, c = data
    ks = range(1, min(n) + 1)
    got = pass_at_k_curve(n, c)
    assert got.shape == (min(n),)
    assert_within_bound(got, n, c, ks)


@modest
@given(data_sets(longest=120), st.data())
def test_sparse_k_against_exact_rationals(data, more):
    n, c = data
    ks = more.draw(st.lists(st.integers(1, min(n)), min_size=1, max_size=4))
    assert_within_bound(pass_at_k_curve(n, c, ks), n, c, ks)


@pytest.mark.parametrize("c", [[1], [2, 0, 5], [3, 17, 1999], [0, 1, 1000], [2000, 1]])
def test_long_curves_against_exact_rationals(c):
    n = 2000
    ks = sorted({*range(1, 12), *range(50, n, 195), n - 1, n})
    assert_within_bound(pass_at_k_curve(n, c)[np.array(ks) - 1], [n] * len(c), c, ks)


@modest
@given(data_sets())
def test_a_curve_is_a_chance_that_grows_more_and_more_slowly(data):
    curve = pass_at_k_curve(*data)
    assert curve.min() >= 0
    assert (np.diff(curve) >= -1e-14).all()
    assert (np.diff(curve, 2) <= 1e-14).all()


def test_a_curve_never_exceeds_1():
    # Summing chances up may overshoot by a rounding; a share of problems above 1 breaks a logarithm of 1 - share.
    for n in range(2, 80):
        for c in range(1, n + 1):
            assert pass_at_k_curve(n, [c, n]).max() <= 1.0, (n, c)


@modest
@given(data_sets(), st.data())
def test_both_paths_agree_and_repeats_weigh(data, more):
    n, c = data
    whole = pass_at_k_curve(n, c)
    for k in (1, min(n)):
        assert pass_at_k_curve(n, c, [k])[0] == pytest.approx(whole[k - 1], rel=1e-13, abs=1e-300)
        assert np.mean([pass_at_k(a, b, k) for a, b in zip(n, c, strict=True)]) == pytest.approx(
            whole[k - 1], rel=1e-13
        )
    order = more.draw(st.permutations(range(len(n))))
    moved = pass_at_k_curve([n[i] for i in order] * 3, [c[i] for i in order] * 3)
    np.testing.assert_allclose(moved, whole, rtol=1e-14)


def test_k_in_any_order_and_repeated():
    whole = pass_at_k_curve(9, [0, 1, 4, 9])
    np.testing.assert_array_equal(pass_at_k_curve(9, [0, 1, 4, 9], [9, 1, 1, 4]), whole[[8, 0, 0, 3]])


def test_one_k_far_out():
    got = pass_at_k_curve(1000, [1, 0], ks=[1000, 1])
    np.testing.assert_array_equal(got, [0.5, 0.0005])


def test_n_one_number_or_c_one_number():
    np.testing.assert_array_equal(pass_at_k_curve(4, [1, 1]), pass_at_k_curve([4, 4], 1))
    np.testing.assert_allclose(pass_at_k_curve(4, 1), [0.25, 0.5, 0.75, 1.0], rtol=1e-15)


def test_problems_never_and_always_solved():
    np.testing.assert_array_equal(pass_at_k_curve(50, [0, 0]), 0.0)
    assert not np.signbit(pass_at_k_curve(50, [0])).any()
    np.testing.assert_array_equal(pass_at_k_curve(50, [50, 50]), 1.0)


def test_a_problem_with_few_samples_sets_the_end():
    assert pass_at_k_curve([3, 100], [1, 50]).shape == (3,)
    assert pass_at_k_curve([1, 100], [1, 50]).tolist() == [0.75]


def test_a_rare_success_among_very_many_samples():
    # k/n exactly, times one half: the recursion must not take 1 - fail.
    n = 10**6
    got = pass_at_k_curve(n, [1, 0], ks=np.arange(1, 100))
    np.testing.assert_allclose(got, np.arange(1, 100) / (2 * n), rtol=1e-13)


def test_very_large_counts_need_no_table_of_that_size():
    # The counts, not their range, must set the memory: 10**12 samples are no reason for a table of 10**12 entries.
    got = pass_at_k_curve(10**12, [1, 5 * 10**11], ks=[1])
    np.testing.assert_allclose(got, [(1e-12 + 0.5) / 2], rtol=1e-15)


# --- published samples ------------------------------------------------------------------------------------------


def test_math500_base_and_rl():
    ks = 2 ** np.arange(8)
    published = {
        "base": [61.39, 73.41, 81.44, 86.82, 90.43, 92.93, 94.74, 96.20],
        "rl": [77.93, 82.36, 85.68, 88.30, 90.22, 91.51, 92.35, 93.00],
    }
    for arm, percent in published.items():
        n, c = counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm)
        assert c.size == 500
        np.testing.assert_allclose(100 * pass_at_k_curve(n, c, ks), percent, atol=0.00501)
        np.testing.assert_allclose(pass_at_k_curve(n, c)[ks - 1], pass_at_k_curve(n, c, ks), rtol=1e-13)


@pytest.mark.parametrize(
    ("level", "base", "rl"), [("1", (85.9, 100.0), (93.4, 97.7)), ("5", (35.6, 88.8), (56.7, 82.8))]
)
def test_math500_by_level(level, base, rl):
    for arm, percent in (("base", base), ("rl", rl)):
        n, c = counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm, level=level)
        np.testing.assert_allclose(100 * pass_at_k_curve(n, c, [1, 128]), percent, atol=0.0501)


def test_humaneval_codegen():
    n, c = counts("humaneval_codegen16b_n100_counts.csv")
    np.testing.assert_allclose(100 * pass_at_k_curve(n, c, [1, 10, 100]), [22.38, 50.77, 74.39], atol=0.00501)


@pytest.mark.parametrize(
    ("model", "percent"),
    [
        ("Pythia 70M", [0.06, 0.60, 3.61, 12.41, 26.56]),
        ("Pythia 160M", [0.27, 2.51, 16.19, 41.02, 57.03]),
        ("Pythia 12B", [2.32, 15.68, 48.34, 72.33, 87.50]),
    ],
)
def test_pythia_to_ten_thousand_draws(model, percent):
    n, c = counts("monkeys_pythia_math_n10000.csv", model=model)
    ks = np.array([1, 10, 100, 1000, 10_000])
    np.testing.assert_allclose(100 * pass_at_k_curve(n, c, ks), percent, atol=0.00501)
    np.testing.assert_allclose(100 * pass_at_k_curve(n, c)[ks - 1], percent, atol=0.00501)


@pytest.mark.parametrize(
    ("model", "percent"),
    [("Llama-3.1-8B", [64.35, 99.15]), ("gemma-2-9b", [68.08, 85.59]), ("claude-3-5-sonnet", [88.01, 93.22])],
)
def test_evalperf_rank_reversal(model, percent):
    (name,) = {r["model"] for r in rows("evalperf_n100_counts.csv.gz") if model.lower() in r["model"].lower()}
    n, c = counts("evalperf_n100_counts.csv.gz", model=name)
    np.testing.assert_allclose(100 * pass_at_k_curve(n, c, [1, 100]), percent, atol=0.00501)


def test_taubench_coverage_and_reliability():
    c: dict[str, int] = {}
    for row in rows("taubench_gpt4o_airline_trials.csv"):
        c[row["problem_id"]] = c.get(row["problem_id"], 0) + int(row["success"])
    successes = np.array(list(c.values()))
    assert np.bincount(successes).tolist() == [14, 12, 10, 4, 10]
    np.testing.assert_allclose(pass_at_k_curve(4, successes), [0.42, 0.5667, 0.66, 0.72], atol=5e-5)
    reliability = pass_hat_k(4, successes, np.arange(1, 5)[:, None]).mean(axis=1)
    np.testing.assert_allclose(reliability, [0.42, 0.2733, 0.22, 0.20], atol=5e-5)
    assert oracles.curve([4] * 50, successes.tolist(), [4]) == [Fraction(36, 50)]

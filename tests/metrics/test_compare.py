"""Two models on the same problems: made-up data with known crossings, symmetry, seeds, and the MATH500 pair."""

import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import compare, curve_interval, pass_at_k_curve
from tests.metrics.published import counts

# Sure of half of the problems and blind to the rest, against right once in four everywhere: 1/2 against k/4.
SURE, SPREAD = [4, 4, 0, 0], [1, 1, 1, 1]


def crossing_by_hand(a, b, ks):
    """First k with the curve that starts lower on top, from two curves; None if there is none."""
    apart = [i for i in range(len(ks)) if abs(b[i] - a[i]) > 1e-12]
    if not apart:
        return None
    a_starts_lower = a[apart[0]] < b[apart[0]]
    for i in range(len(ks)):
        if (a[i] - b[i] if a_starts_lower else b[i] - a[i]) > 1e-12:
            return int(ks[i])
    return None


def test_a_crossing_worked_by_hand():
    found = compare(4, SURE, 4, SPREAD, seed=0)
    np.testing.assert_array_equal(found.ks, [1, 2, 3, 4])
    np.testing.assert_allclose(found.curve_a, [0.5] * 4)
    np.testing.assert_allclose(found.curve_b, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(found.difference, [-0.25, 0.0, 0.25, 0.5], atol=1e-15)
    # At k = 2 they touch; on top, strictly, is b from k = 3.
    assert found.crossover.k == 3
    assert found.crossover.starts_lower == "b"
    assert found.crossover.resamples == 10_000
    # With m of a's two problems among the four drawn, m ~ Bin(4, 1/2), b = k/4 is on top of m/4 from k = m + 1: at
    # once for m = 0 (which model starts lower is the data's word, not the resample's), and never for m = 4. So 1/16 of
    # the resamples have no crossing, more than the upper 2.5 %, and another 1/16 cross at k = 1.
    assert found.crossover.without / 10_000 == pytest.approx(1 / 16, abs=0.01)
    assert (found.crossover.low, found.crossover.high) == (1, None)
    inner = compare(4, SURE, 4, SPREAD, level=0.8).crossover  # 10 % and 90 %: P(m <= 1) = 5/16, P(m <= 3) = 15/16
    assert (inner.low, inner.high) == (2, 4)
    assert [found.only_a.tolist(), found.only_b.tolist(), found.both.tolist(), found.neither.tolist()] == [
        [], [2, 3], [0, 1], [],
    ]  # fmt: skip
    assert found.level == 0.95


def test_swapping_the_models_turns_everything_round():
    one, other = compare(4, SURE, 4, SPREAD, seed=0), compare(4, SPREAD, 4, SURE, seed=0)
    np.testing.assert_array_equal(one.difference, -other.difference)
    np.testing.assert_array_equal(one.curve_a, other.curve_b)
    assert (one.crossover.k, one.crossover.starts_lower) == (3, "b")
    assert (other.crossover.k, other.crossover.starts_lower) == (3, "a")
    np.testing.assert_array_equal(one.only_b, other.only_a)
    # The two resample in another order, so intervals only agree within the noise of 10,000 resamples.
    np.testing.assert_allclose(one.interval.low, -other.interval.high, atol=0.13)
    np.testing.assert_allclose(one.crossover.without, other.crossover.without, atol=300)


def test_identical_models_never_cross():
    found = compare(4, SURE, 4, SURE, resamples=500)
    assert found.crossover.k is found.crossover.low is found.crossover.high is None
    assert found.crossover.starts_lower == ""
    assert found.crossover.without == found.crossover.resamples == 500
    np.testing.assert_array_equal(found.interval.low, 0.0)
    np.testing.assert_array_equal(found.interval.high, 0.0)


def test_equal_curves_of_different_problems_do_not_start_lower():
    # The same counts on other problems: equal curves, though resamples differ.
    found = compare(4, [3, 1, 0, 2], 4, [0, 1, 2, 3])
    assert (found.crossover.starts_lower, found.crossover.k) == ("", None)
    assert found.crossover.without == 10_000


def test_one_model_better_on_every_problem_never_crosses():
    found = compare(8, [1, 2, 3], 8, [2, 4, 6], resamples=300)
    assert (found.crossover.k, found.crossover.low, found.crossover.high) == (None, None, None)
    assert (found.crossover.without, found.crossover.starts_lower) == (300, "a")
    assert str(found.crossover) == "no crossing (nor in 300 of 300 resamples)"


def test_resamples_without_a_crossing_count_as_later_than_every_k():
    # a is sure of 8 of twenty problems that b never solves; b is right once in 16 on the other 12.
    a, b = [16] * 8 + [0] * 12, [0] * 8 + [1] * 12
    found = compare(16, a, 16, b)
    # Curves 0.4 against 0.6 k/16: b is on top from k = 11 (0.4125). With m of a's problems drawn the curves end at
    # m/20 and (20 - m)/20: no crossing for m >= 10, which has chance P(Bin(20, 0.4) >= 10) = 0.2447.
    assert (found.crossover.k, found.crossover.starts_lower) == (11, "b")
    assert 0 < found.crossover.without < found.crossover.resamples
    assert found.crossover.without / 10_000 == pytest.approx(0.2447, abs=0.02)
    assert found.crossover.high is None
    # 2.5 % of the way up is m = 4, P(m <= 3) = 0.016 and P(m <= 4) = 0.051: 0.2 against 0.8 k/16, k = 5.
    assert found.crossover.low == 5
    assert re.search(r"crossing at k = 11 \[5, beyond the last k\], no crossing in \d+ of 10000", str(found))


def test_a_crossing_is_only_seen_at_the_k_asked_for():
    assert compare(4, SURE, 4, SPREAD, ks=[1, 2, 4]).crossover.k == 4
    assert compare(4, SURE, 4, SPREAD, ks=[1, 2]).crossover.k is None
    # From k = 3 on b leads, and a never comes back.
    assert compare(4, SURE, 4, SPREAD, ks=[3, 4]).crossover.k is None
    assert compare(4, SURE, 4, SPREAD, ks=2).crossover.starts_lower == ""


def test_curves_equal_at_the_first_k():
    # Equal at k = 1 (1/2 each) and apart from k = 2, where the sure model is the lower one and stays so.
    found = compare(4, [4, 0], 4, [2, 2])
    assert (found.crossover.starts_lower, found.crossover.k) == ("a", None)
    assert (compare(4, [2, 2], 4, [4, 0]).crossover.starts_lower) == "b"


@settings(max_examples=25)
@given(st.integers(2, 9), st.integers(2, 10), st.data())
def test_points_do_not_need_the_bootstrap(n, problems, data):
    lists = st.lists(st.integers(0, n), min_size=problems, max_size=problems)
    a, b = data.draw(lists), data.draw(lists)
    found = compare(n, a, n + 1, b, resamples=100)
    curve_a, curve_b = pass_at_k_curve(n, a), pass_at_k_curve(n + 1, b)[:n]
    np.testing.assert_allclose(found.curve_a, curve_a, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.curve_b, curve_b, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.difference, curve_b - curve_a, atol=1e-14)
    assert found.crossover.k == crossing_by_hand(curve_a, curve_b, found.ks)
    groups = [found.only_a, found.only_b, found.both, found.neither]
    assert sorted(np.concatenate(groups).tolist()) == list(range(problems)), "every problem once"
    assert found.only_a.tolist() == [i for i in range(problems) if a[i] > 0 and b[i] == 0]
    assert found.neither.tolist() == [i for i in range(problems) if a[i] == b[i] == 0]
    for low, high in (found.interval_a, found.interval_b, found.interval):
        assert (low <= high).all()


def test_same_seed_same_result_and_generators_are_taken():
    a, b = np.arange(40) % 9, (np.arange(40) * 5 + 2) % 9  # enough problems that no two seeds agree by chance
    runs = [compare(8, a, 8, b, seed=s) for s in (5, 5, np.random.default_rng(5), 6)]
    for run in runs[1:3]:
        np.testing.assert_array_equal(runs[0].interval, run.interval)
        np.testing.assert_array_equal(runs[0].interval_a, run.interval_a)
        assert runs[0].crossover == run.crossover
    assert (np.array(runs[0].interval) != np.array(runs[3].interval)).any()
    generator = np.random.default_rng(5)
    first, second = (compare(8, a, 8, b, seed=generator) for _ in range(2))
    assert (np.array(first.interval) != np.array(second.interval)).any(), "a generator moves on"


def test_k_in_blocks_is_the_same_as_k_at_once():
    # 10,000 resamples of more than 400 k are worked in blocks; the last k of the first block joins the next one.
    rng = np.random.default_rng(0)
    n, a, b = 900, rng.integers(0, 3, 30), rng.integers(0, 901, 30) * rng.integers(0, 2, 30)
    whole = compare(n, a, n, b)
    some = np.array([1, 399, 400, 401, 800, 801, 900])
    part = compare(n, a, n, b, ks=some)
    np.testing.assert_allclose(np.array(whole.interval)[:, some - 1], part.interval, atol=1e-12)
    curve_a, curve_b = pass_at_k_curve(n, a), pass_at_k_curve(n, b)
    assert whole.crossover.k == crossing_by_hand(curve_a, curve_b, whole.ks)
    assert whole.crossover.k > 400, "the crossing of this example lies behind the first block"


def test_ragged_n_stops_at_the_shortest_of_both_models():
    found = compare([4, 9], [1, 3], [8, 3], [2, 3], resamples=100)
    np.testing.assert_array_equal(found.ks, [1, 2, 3])


def test_the_interval_of_one_model_is_that_of_its_curve():
    # The same percentile bootstrap; other random draws, so within the noise of 10,000 resamples.
    n, a, b = 16, np.arange(17), np.arange(17)[::-1]
    found = compare(n, a, n, b)
    alone = curve_interval(n, a)
    np.testing.assert_allclose(found.interval_a.low, alone.low, atol=0.02)
    np.testing.assert_allclose(found.interval_a.high, alone.high, atol=0.02)


def test_pairing_narrows_the_difference():
    # b is a with one more right everywhere: the difference at k = 1 is 1/16 in every resample.
    a = np.arange(16)
    found = compare(16, a, 16, a + 1, ks=[1])
    np.testing.assert_allclose(found.interval, 1 / 16, atol=1e-12)


# --- the MATH500 pair -------------------------------------------------------------------------------------------


@cache
def math500(seed):
    (n_a, c_a), (n_b, c_b) = (counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm) for arm in ("base", "rl"))
    return compare(n_a, c_a, n_b, c_b, seed=seed)


def test_math500_points():
    found = math500(0)
    np.testing.assert_allclose(100 * found.curve_a[[0, 127]], [61.39, 96.20], atol=0.00501)
    np.testing.assert_allclose(100 * found.curve_b[[0, 127]], [77.93, 93.00], atol=0.00501)
    assert (found.crossover.k, found.crossover.starts_lower) == (15, "a")
    sizes = [len(group) for group in (found.only_a, found.only_b, found.both, found.neither)]
    assert sizes == [19, 3, 462, 16]


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_math500_intervals(seed):
    found = math500(seed)
    assert found.crossover.low == pytest.approx(9, abs=1)
    assert found.crossover.high == pytest.approx(31, abs=1)
    assert found.crossover.without < 20
    # The published paired bootstrap of RL minus base, in points, with another seed and method of rounding.
    published = {1: (14.6, 18.5), 8: (0.1, 2.9), 16: (-1.6, 1.1), 32: (-2.8, -0.1), 128: (-5.0, -1.4)}
    for k, ends in published.items():
        got = 100 * found.interval.low[k - 1], 100 * found.interval.high[k - 1]
        np.testing.assert_allclose(got, ends, atol=0.4)
    assert "solved by a only 19, b only 3, both 462, neither 16" in str(found)

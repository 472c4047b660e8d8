"""Two models on the same problems: made-up data with known crossings, symmetry, seeds, and the MATH500 pair."""

import re
import tracemalloc
from decimal import Decimal
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from passk_lab.metrics import compare, comparison, curve_interval, pass_at_k_curve, success_at_k
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
    found = compare(4, SURE * 100, 4, SPREAD * 100)
    np.testing.assert_array_equal(found.ks, [1, 2, 3, 4])
    np.testing.assert_allclose(found.curve_a, [0.5] * 4)
    np.testing.assert_allclose(found.curve_b, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(found.difference, [-0.25, 0.0, 0.25, 0.5], atol=1e-15)
    # d = k/4 - 1/2 +- 1/2: with one more of +1 and -1, N = 402, mean (k/4 - 1/2) 400/402 and error 0.025 or so. The
    # band is 0.06 wide on each side: a ahead at 1, b at 3 and 4, and at 2 nobody knows. They touch at k = 2; b is on
    # top, strictly, from k = 3.
    turn = found.crossover
    assert (turn.k, turn.shown, turn.starts_lower, turn.last) == (3, True, "b", 4)
    assert (turn.a_ahead, turn.b_ahead) == (((1, 1),), ((3, 4),))
    assert (turn.low, turn.high) == (1, 3)
    assert str(turn) == (
        "crossing at k = 3 [1, 3]; a surely ahead at k = 1, b surely ahead at k = 3 to 4; "
        "beyond k = 4 nothing is visible"
    )
    few = compare(4, SURE, 4, SPREAD)
    assert [few.only_a.tolist(), few.only_b.tolist(), few.both.tolist(), few.neither.tolist()] == [
        [], [2, 3], [0, 1], [],
    ]  # fmt: skip
    assert (few.crossover.k, few.crossover.shown, few.crossover.low, few.crossover.high) == (3, False, None, None)
    assert found.level == 0.95


def test_the_band_worked_by_hand():
    # One k: its critical value is Student's. d = -1/4 +- 1/2 at k = 1, 200 each, with +1 and -1: S = 400/4 + 402 m^2
    # and so on; here in numpy, from the rows.
    d = np.array([0.25 - 1, 0.25] * 200 + [1.0, -1.0])
    error = d.std(ddof=1) / np.sqrt(402)
    found = compare(4, SURE * 100, 4, SPREAD * 100, ks=[1], resamples=1_000_000)
    q = stats.t.ppf(0.975, 399)
    np.testing.assert_allclose(np.ravel(found.interval), d.mean() + np.array([-q, q]) * error, atol=2e-4)


def test_the_critical_value_of_independent_k_is_sidaks():
    # Rows of residuals that are orthogonal: the largest of three independent |t| with one chi-square, many freedoms.
    left = np.repeat(np.eye(3), 4, axis=1)
    got = comparison.critical_value(left, np.ones(12), 1e6, 0.95, 200_000, np.random.default_rng(0))
    assert got == pytest.approx(stats.norm.ppf((1 + 0.95 ** (1 / 3)) / 2), abs=0.01)


def test_the_critical_value_by_length_is_no_smaller_and_hardly_larger():
    # Naiman's bound against simulation, on residuals of curves; of one k alone it is Student's.
    rng = np.random.default_rng(0)
    p = rng.beta(0.4, 0.8, 60)
    ks = np.unique(np.geomspace(1, 64, 20).round())
    for rows in (1, 4, len(ks)):
        some = ks[:rows, None]
        left = success_at_k(p, some.astype(int)) - success_at_k(rng.permutation(p), some.astype(int))
        left = left - left.mean(axis=1, keepdims=True)
        bound = comparison.critical_bound(comparison.length(left, np.ones(60)), 59.0, 0.95)
        drawn = comparison.critical_value(left, np.ones(60), 59.0, 0.95, 200_000, np.random.default_rng(1))
        assert drawn - 0.02 < bound < drawn + 0.1
    assert comparison.critical_bound(0.0, 59.0, 0.95) == pytest.approx(stats.t.ppf(0.975, 59), abs=1e-9)


def test_swapping_the_models_turns_everything_round():
    a, b = np.arange(40) % 9, (np.arange(40) * 5 + 2) % 9
    one, other = compare(8, a, 8, b), compare(8, b, 8, a)
    np.testing.assert_array_equal(one.difference, -other.difference)
    np.testing.assert_array_equal(one.curve_a, other.curve_b)
    np.testing.assert_array_equal(one.only_b, other.only_a)
    np.testing.assert_allclose(one.interval.low, -other.interval.high, atol=1e-12)
    one, other = compare(4, SURE * 100, 4, SPREAD * 100).crossover, compare(4, SPREAD * 100, 4, SURE * 100).crossover
    assert (one.k, one.low, one.high, one.starts_lower) == (3, 1, 3, "b")
    assert (other.k, other.low, other.high, other.starts_lower) == (3, 1, 3, "a")
    assert (one.a_ahead, one.b_ahead) == (other.b_ahead, other.a_ahead)


def test_identical_models_never_cross_and_are_not_called_equal():
    found = compare(4, SURE * 10, 4, SURE * 10)
    turn = found.crossover
    assert turn.k is turn.low is turn.high is None
    assert (turn.shown, turn.starts_lower, turn.a_ahead, turn.b_ahead) == (False, "", (), ())
    # 40 problems without a difference: one in which they differ may be the next.
    assert (found.interval.low < -0.02).all()
    assert (found.interval.high > 0.02).all()


def test_equal_curves_of_different_problems_do_not_start_lower():
    found = compare(4, [3, 1, 0, 2], 4, [0, 1, 2, 3])
    assert (found.crossover.starts_lower, found.crossover.k, found.crossover.shown) == ("", None, False)


def test_one_model_better_on_every_problem_is_ahead_and_nothing_is_said_of_later():
    found = compare(8, [1, 2, 3] * 40, 8, [2, 4, 6] * 40)
    turn = found.crossover
    assert (turn.k, turn.low, turn.high, turn.shown, turn.starts_lower) == (None, None, None, False, "a")
    assert turn.b_ahead[0][0] == 1
    assert turn.a_ahead == ()
    assert re.fullmatch(
        r"b surely ahead at k = 1 to \d; a crossing is not shown; beyond k = 8 nothing is visible", str(turn)
    )


def test_a_turn_that_may_be_chance_is_not_a_finding():
    # a is sure of 8 of 20 problems that b never solves; b is right once in 16 on the other 12: 0.4 against 0.6 k/16.
    a, b = [16] * 8 + [0] * 12, [0] * 8 + [1] * 12
    found = compare(16, a, 16, b)
    assert (found.crossover.k, found.crossover.starts_lower, found.crossover.shown) == (11, "b", False)
    assert "a crossing is not shown (the order in these samples turns at k = 11, which may be chance)" in str(found)
    # Of two hundred times as many it is one; 0.4 against 0.6 k/16 is equal at k = 10.67.
    turn = compare(16, a * 200, 16, b * 200).crossover
    assert (turn.k, turn.shown) == (11, True)
    assert turn.low <= 10
    assert 11 <= turn.high <= 13


def test_eight_samples_cannot_see_a_crossing_at_fifteen():
    # A subsample of MATH500 at n = 8 for which a bootstrap said "no crossing (nor in 9886 of 10000)".
    (n_a, c_a), (n_b, c_b) = (counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm=arm) for arm in ("base", "rl"))
    rng = np.random.default_rng(0)
    few = [rng.hypergeometric(c, n - c, 8) for n, c in ((n_a, c_a), (n_b, c_b))]
    turn = compare(8, few[0], 8, few[1]).crossover
    assert not turn.shown
    assert str(turn).endswith("a crossing is not shown; beyond k = 8 nothing is visible")
    assert "no crossing" not in str(turn)


def test_a_crossing_is_only_seen_at_the_k_asked_for():
    a, b = SURE * 100, SPREAD * 100
    assert compare(4, a, 4, b, ks=[1, 2, 4]).crossover.k == 4
    assert compare(4, a, 4, b, ks=[1, 2, 4]).crossover.high == 4
    assert compare(4, a, 4, b, ks=[1, 2]).crossover.k is None
    # From k = 3 on b leads, and a never comes back.
    assert compare(4, a, 4, b, ks=[3, 4]).crossover.k is None
    assert compare(4, a, 4, b, ks=2).crossover.starts_lower == ""


def test_curves_equal_at_the_first_k():
    # Equal at k = 1 (1/2 each) and apart from k = 2, where the sure model is the lower one and stays so.
    found = compare(4, [4, 0], 4, [2, 2])
    assert (found.crossover.starts_lower, found.crossover.k) == ("a", None)
    assert (compare(4, [2, 2], 4, [4, 0]).crossover.starts_lower) == "b"


@settings(max_examples=25)
@given(st.integers(2, 9), st.integers(2, 10), st.data())
def test_points_do_not_need_the_band(n, problems, data):
    lists = st.lists(st.integers(0, n), min_size=problems, max_size=problems)
    a, b = data.draw(lists), data.draw(lists)
    found = compare(n, a, n + 1, b, resamples=100)
    curve_a, curve_b = pass_at_k_curve(n, a), pass_at_k_curve(n + 1, b)[:n]
    np.testing.assert_allclose(found.curve_a, curve_a, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.curve_b, curve_b, rtol=1e-13, atol=1e-15)
    np.testing.assert_allclose(found.difference, curve_b - curve_a, atol=1e-14)
    if not found.crossover.shown:
        assert found.crossover.k == crossing_by_hand(curve_a, curve_b, found.ks)
    # n differs by one, so of b only n samples are looked at.
    groups = [found.only_a, found.only_b, found.both, found.neither]
    assert sorted(np.concatenate(groups).tolist()) == list(range(problems)), "every problem once"
    assert set(found.only_a) >= {i for i in range(problems) if a[i] > 0 and b[i] == 0}
    assert set(found.neither) >= {i for i in range(problems) if a[i] == b[i] == 0}
    assert {i for i in range(problems) if a[i] > 0 and b[i] > 1} <= set(found.both)
    for low, high in (found.interval_a, found.interval_b, found.interval):
        assert (low <= high).all()
    assert found.crossover.shown <= (found.crossover.k is not None)


def test_same_seed_same_result_and_generators_are_taken():
    a, b = np.arange(40) % 9, (np.arange(40) * 5 + 2) % 9
    runs = [compare(8, a, 8, b, seed=s) for s in (5, 5, np.random.default_rng(5), 6)]
    for run in runs[1:3]:
        np.testing.assert_array_equal(runs[0].interval, run.interval)
        np.testing.assert_array_equal(runs[0].interval_a, run.interval_a)
        assert runs[0].crossover == run.crossover
    assert (np.array(runs[0].interval) != np.array(runs[3].interval)).any()
    np.testing.assert_allclose(runs[0].interval, runs[3].interval, atol=0.02)
    generator = np.random.default_rng(5)
    first, second = (compare(8, a, 8, b, seed=generator) for _ in range(2))
    assert (np.array(first.interval) != np.array(second.interval)).any(), "a generator moves on"
    with pytest.raises(ValueError, match="seed must be whole numbers, but got"):
        compare(8, a, 8, b, seed=Decimal("sNaN"))


def test_many_k_and_few_k_have_the_same_curves_and_errors():
    # Every k in one sweep, or a few by the closed form: the same but for the critical value, which looks at other k.
    rng = np.random.default_rng(0)
    n, a, b = 900, rng.integers(0, 3, 60), rng.integers(0, 901, 60) * rng.integers(0, 2, 60)
    whole, some = compare(n, a, n, b), np.array([7, 399, 900])
    part = compare(n, a, n, b, ks=some)
    np.testing.assert_allclose(whole.difference[some - 1], part.difference, atol=1e-12)
    for both in ((whole.interval_a, part.interval_a), (whole.interval_b, part.interval_b)):
        np.testing.assert_allclose(np.array(both[0])[:, some - 1], both[1], atol=1e-12)
    middle, few = (np.add(*i.interval) / 2 for i in (whole, part))
    np.testing.assert_allclose(middle[some - 1], few, atol=1e-9)


def test_no_table_of_problems_by_k_is_held():
    # 3,000 problems, 1,000 draws, a thousand k: 24 MB for one such table, and there were many.
    rng = np.random.default_rng(0)
    n = rng.integers(1000, 1100, 3000)
    a, b = rng.binomial(n, rng.beta(0.3, 0.5, 3000)), rng.binomial(n, rng.beta(0.3, 0.5, 3000))
    compare(n[:50], a[:50], n[:50], b[:50])  # what is loaded at first is not counted
    tracemalloc.start()
    compare(n, a, n, b)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 20e6


def test_ragged_n_stops_at_the_shortest_of_both_models():
    found = compare([4, 9], [1, 3], [8, 3], [2, 3], resamples=100)
    np.testing.assert_array_equal(found.ks, [1, 2, 3])


def test_who_solved_what_is_asked_of_equally_many_samples():
    # One model sampled 128 times and 8 times: with its own n each, "a only" has the luck of 120 more draws.
    rng = np.random.default_rng(3)
    c = rng.binomial(128, rng.beta(0.3, 1.5, 500))
    few = rng.hypergeometric(c, 128 - c, 8)
    naive = int(((c > 0) & (few == 0)).sum())
    found = compare(128, c, 8, few)
    assert len(found.only_a) < naive / 2
    assert abs(len(found.only_a) - len(found.only_b)) < 25
    # What is certain stays so: never right is not solved, right more often than may be left out is.
    assert not (c[found.only_a] == 0).any()
    assert not set(np.flatnonzero(c > 120)) & set(found.only_b)
    # As many samples of both: nothing is drawn.
    np.testing.assert_array_equal(compare(8, few, 8, few[::-1]).only_a, np.flatnonzero((few > 0) & (few[::-1] == 0)))


def test_the_interval_of_one_model_is_that_of_its_curve():
    n, a, b = 16, np.arange(17), np.arange(17)[::-1]
    found = compare(n, a, n, b)
    np.testing.assert_allclose(found.interval_a, curve_interval(n, a, method="t"), rtol=1e-12)
    np.testing.assert_allclose(found.interval_b, curve_interval(n, b, method="t"), rtol=1e-12)


def test_pairing_narrows_the_difference():
    # b is a with one more right everywhere: the difference is known but for what the next problem may do.
    a = np.repeat(np.arange(16), 40)
    found = compare(16, a, 16, a + 1, ks=[1])
    width = float((found.interval.high - found.interval.low)[0])
    assert width < 0.2 * float((found.interval_a.high - found.interval_a.low)[0])
    assert found.interval.low[0] < 1 / 16 < found.interval.high[0]


def test_groups_count_as_one_problem():
    rng = np.random.default_rng(0)
    p = rng.beta(0.5, 1, 30)
    a, b = rng.binomial(8, p), rng.binomial(8, np.sqrt(p))
    alone = compare(8, a, 8, b)
    same = compare(8, a, 8, b, groups=np.arange(30))
    copies = compare(8, np.repeat(a, 4), 8, np.repeat(b, 4), groups=np.repeat(np.arange(30), 4))
    for other in (same, copies):
        np.testing.assert_allclose(other.interval, alone.interval, atol=0.01)
        np.testing.assert_allclose(other.interval_a, alone.interval_a, rtol=1e-9)
    blind = compare(8, np.repeat(a, 4), 8, np.repeat(b, 4))
    assert (blind.interval.high - blind.interval.low < 0.6 * (alone.interval.high - alone.interval.low)).all()
    with pytest.raises(ValueError, match="groups needs one label for each problem: 30"):
        compare(8, a, 8, b, groups=[1, 2])


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
    turn = found.crossover
    assert turn.shown
    assert turn.low == pytest.approx(7, abs=1)
    assert turn.high == pytest.approx(34, abs=1)
    # The published paired bootstrap of RL minus base, in points, for one k at a time: the band for all k holds it.
    published = {1: (14.6, 18.5), 8: (0.1, 2.9), 16: (-1.6, 1.1), 32: (-2.8, -0.1), 128: (-5.0, -1.4)}
    for k, ends in published.items():
        got = 100 * found.interval.low[k - 1], 100 * found.interval.high[k - 1]
        assert got[0] < ends[0]
        assert got[1] > ends[1]
        np.testing.assert_allclose(got, ends, atol=1.2)
    assert "solved by a only 19, b only 3, both 462, neither 16" in str(found)


@pytest.mark.parametrize("half", range(5))
def test_halves_of_one_model_show_no_crossing(half):
    n, c = counts("math500_qwen2.5-7b_base_vs_simplerl.csv", arm="base")
    one = np.random.default_rng(half).hypergeometric(c, n - c, 64)
    turn = compare(64, one, 64, c - one).crossover
    assert not turn.shown

"""The numbers of a diagnosis: each by hand, or as published of the bundled data."""

import math
from itertools import combinations

import numpy as np
import pytest

from passk_lab import data, metrics, objectives, report
from passk_lab.report.pair import BINS, solved
from passk_lab.report.silence import silence
from tests.report.cases import answers, evaluation, math500, the_pair, the_run


@pytest.fixture
def pair():
    return the_pair()


def test_math500_is_level_at_k_15(pair):
    turn = pair.pair.comparison.crossover
    assert (turn.k, turn.low, turn.high, turn.shown) == (15, 7, 34, True)
    assert (pair.name, pair.base_name) == ("SimpleRL-Zoo", "Qwen2.5-7B")


def test_math500_at_its_ends(pair):
    first, last = ([curve.at(k).estimate for curve in (pair.pair.curve, pair.pair.curve_base)] for k in (1, 128))
    np.testing.assert_allclose(first, [49877 / 64000, 39291 / 64000], rtol=1e-12)
    np.testing.assert_allclose(last, [465 / 500, 481 / 500], rtol=1e-12)


def test_the_comparison_is_that_of_the_metrics(pair):
    (n, c), (n_base, c_base) = ((one.n, one.c) for one in math500())
    same = metrics.compare(n_base, c_base, n, c, seed=0)
    np.testing.assert_array_equal(pair.pair.comparison.interval.low, same.interval.low)
    assert pair.pair.comparison.crossover == same.crossover


def test_solved_sets_of_equal_n_are_counted(pair):
    model, base = math500()
    gained = ((model.c > 0) & (base.c == 0)).sum()
    lost = ((base.c > 0) & (model.c == 0)).sum()
    assert (gained, lost) == (3, 19)
    np.testing.assert_allclose([pair.pair.solved.gained.estimate * 500, pair.pair.solved.lost.estimate * 500], [3, 19])


def test_solved_sets_of_unequal_n_are_expected_over_the_draw():
    # The model has 4 samples, 1 right, the base 2, none: among 2 of the 4 the right one is half of the time.
    found = solved(np.array([4]), np.array([1]), np.array([2]), np.array([0]), 0.95, None)
    assert found.gain.tolist() == [0.5]
    assert (found.gained.estimate, found.lost.estimate, found.both.estimate, found.neither.estimate) == (0.5, 0, 0, 0.5)


def test_problems_are_matched_by_id_and_not_by_position():
    model = evaluation(4, [4, 0, 2], ["a", "b", "c"])
    base = evaluation(4, [2, 4, 0, 1], ["c", "a", "b", "d"])
    found = report.diagnose(model, base)
    assert found.pair.c.tolist() == found.pair.c_base.tolist() == [4, 0, 2]
    assert found.matching.only_base == ("d",)
    assert found.pair.comparison.difference.tolist() == [0, 0, 0, 0]


def test_ids_that_only_look_alike_are_not_matched():
    model = evaluation(4, [4, 0, 2, 1], ["Task/1", "7", "c", "d"])
    base = evaluation(4, [4, 0, 2, 1], ["task/1", "007", "c", "d"])
    matching = report.diagnose(model, base).matching
    assert matching.problems == ("c", "d")
    assert matching.alike == (("Task/1", "task/1"), ("7", "007"))


def test_curves_end_at_the_shortest_common_problem():
    model = evaluation([8, 8, 2], [4, 4, 1], ["a", "b", "short"])
    base = evaluation([4, 16], [1, 2], ["a", "b"])
    found = report.diagnose(model, base)
    assert (found.pair.last, found.model.last, found.base.last) == (4, 2, 4)


def test_nothing_in_common_is_said_and_not_compared():
    found = report.diagnose(evaluation(4, [1, 2], ["a", "b"]), evaluation(4, [1, 2], ["b", "c"]))
    assert found.pair is None
    assert [verdict.code for verdict in found.verdicts] == ["nothing_in_common"]


def test_tau_bench():
    trials = data.load("taubench").groupby("problem_id")["success"]
    found = report.diagnose(evaluation(trials.size(), trials.sum(), trials.size().index.astype(str)))
    np.testing.assert_allclose(found.model.pass_hat.estimate, [0.420, 0.273, 0.220, 0.200], atol=5e-4)


def test_silent_groups_of_one_shot_training_fall_and_rise():
    trend = the_run().trend
    first, last = trend.steps[0], trend.steps[-1]
    assert (first.step, last.step, trend.last, trend.problems_in_all) == (0, 40, 8, 1209)
    shares = [one.estimate for step in (first, last) for one in (step.silence.all_wrong, step.silence.all_right)]
    np.testing.assert_allclose(shares, [0.36, 0.08, 0.29, 0.21], atol=5e-3)
    assert trend.change["all_wrong"].high < 0 < trend.change["all_right"].low
    np.testing.assert_allclose(trend.change["all_wrong"].estimate, shares[2] - shares[0])


def test_checkpoints_that_share_few_problems_speak_each_of_their_own():
    steps = [evaluation(4, [1, 2, 3], names, step=step) for step, names in ((1, "abc"), (2, "cde"))]
    found = report.diagnose(steps)
    assert (found.trend.on_common, found.trend.change) == (False, None)
    assert "steps_differ" in [notice.code for notice in found.notices]
    most = [evaluation(4, [1, 2, 3], names, step=step) for step, names in ((1, "abc"), (2, "bcd"))]
    trend = report.diagnose(most).trend
    assert (trend.on_common, trend.problems_in_all) == (True, 2)
    assert trend.steps[0].pass_at_1.estimate == 2.5 / 4


def test_silence_against_every_group():
    n, c, group = 6, 2, 3
    marks = [True] * c + [False] * (n - c)
    groups = list(combinations(marks, group))
    found = silence(np.array([n, n]), np.array([c, 5]), group, 0.95, None)
    wrong = sum(not any(one) for one in groups) / len(groups)
    right = sum(all(one) for one in combinations([True] * 5 + [False], group)) / len(groups)
    np.testing.assert_allclose(found.all_wrong.estimate, (wrong + 0) / 2)
    np.testing.assert_allclose(found.all_right.estimate, (0 + right) / 2)
    np.testing.assert_allclose(found.all_wrong.estimate + found.all_right.estimate + found.mixed.estimate, 1)


def test_gap_against_the_largest_it_could_be():
    found = report.diagnose(evaluation(2, [0, 1, 2, 1])).model.gap
    # pass@2 - pass@1 is 1/2 where one of two is right and 0 elsewhere; of any p the most is p (1 - p) = 1/4.
    assert (found.k, found.gap.estimate, found.largest, found.peak) == (2, 0.25, 0.25, 0.5)
    assert found.largest_at_this_pass_at_1 == 0.25
    assert report.diagnose(evaluation(1, [0, 1])).model.gap is None


def test_spread_counts_each_problem_once():
    found = report.diagnose(evaluation(10, [0, 0, 1, 3, 9, 10])).model.spread
    assert (found.none_right, found.all_right, found.inside.tolist()) == (2, 1, [1, 0, 1, 0, 0, 0, 0, 0, 1, 0])
    np.testing.assert_allclose(found.weight.sum(), 1)


def test_weights_are_those_of_the_objectives_at_c_over_n():
    found = report.diagnose(evaluation(4, [0, 1, 4]), training_n=8, objectives=["grpo", "maxrl"]).model.weights
    np.testing.assert_allclose(found[0].at, objectives.effective_weight("grpo", 8, [0, 0.25, 1]))
    np.testing.assert_allclose(found[1].at[0], 8)  # of plain MaxRL in groups of 8 at p = 0: 1/p cut off after 8 terms
    assert found[1].on_unsolved + found[1].on_hard + found[1].on_easy == pytest.approx(1)


def test_an_objective_without_a_table_says_why():
    (weight,) = report.diagnose(evaluation(4, [1, 2]), training_n=8, objectives=["tang"]).model.weights
    assert "groups of exactly 4" in weight.missing


def test_majority_and_distinct_answers_by_hand():
    # 3 of 4 say 7, which is right; of the other two problems one has no answers in two of its samples.
    said = answers({"7": (3, 3), "8": (1, 0)}, {"1": (2, 0), "2": (2, 2)}, {"x": (2, 0)})
    found = report.diagnose(evaluation(4, [3, 2, 0], answers=said)).model.voting
    assert found.majority.ks.tolist() == [1, 2, 4]
    # k = 4: 7 wins; 1 and 2 tie; x wins and is wrong. k = 1 is pass@1. k = 2: a pair of one each is a coin.
    np.testing.assert_allclose(found.majority.estimate, [(3 + 2) / 12, (3 / 4 + 1 / 2) / 3, (1 + 1 / 2) / 3])
    np.testing.assert_allclose(found.distinct.estimate[-1], (2 + 2 + 1) / 3)
    assert found.without_answer == 2
    assert report.diagnose(evaluation(4, [3, 2, 0])).model.voting is None


def test_groups_of_problems_widen_the_intervals():
    one = evaluation(8, [0] * 20 + [8] * 20)
    labels = {problem: i // 4 for i, problem in enumerate(one.problems)}
    alone, together = (report.diagnose(one, groups=groups).model.pass_at.at(1) for groups in (None, labels))
    assert together.high - together.low > alone.high - alone.low
    listed = report.diagnose(one, groups=list(labels.values())).model.pass_at.at(1)
    assert listed == together


def test_one_problem_has_its_own_interval_and_no_other():
    found = report.diagnose(evaluation(64, [16]))
    assert found.model.pass_at.at(1).estimate == pytest.approx(0.25)
    assert found.model.silence.all_wrong.low is None
    assert "one_problem" in [notice.code for notice in found.notices]


def test_chosen_k_and_level():
    model, base = evaluation(16, [2, 9, 16, 0]), evaluation(16, [4, 8, 16, 1])
    found = report.diagnose(model, base, ks=[4, 12], level=0.9)
    assert found.pair.comparison.ks.tolist() == found.model.pass_at.ks.tolist() == [1, 4, 12]
    assert found.pair.comparison.level == 0.9


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (
            lambda one: report.diagnose(one, ks=[9]),
            r"k = 9 draws need.*the problem 'p0' has n = 8.*Use k <= 8; .* can only be predicted",
        ),
        (lambda one: report.diagnose(one, level=95), r"level must lie strictly between 0 and 1"),
        (lambda one: report.diagnose(one, training_n=0), r"training_n"),
        (lambda one: report.diagnose(one, groups={"p0": 1}), r"1 problems have no group, 'p1' for one"),
        (lambda one: report.diagnose(one, groups=[1, 2, 3]), r"3 labels, but there are 2 problems"),
        (lambda one: report.diagnose(one, [one, one]), r"the base holds 2 checkpoints .* name the files"),
        (lambda one: report.diagnose([]), r"evaluation is empty"),
    ],
)
def test_bad_input_gets_a_sentence(given, said):
    with pytest.raises(ValueError, match=said):
        given(evaluation(8, [1, 2]))


def test_what_is_no_evaluation_is_refused():
    with pytest.raises(TypeError, match=r"as from readers\.read"):
        report.diagnose([3])


def test_table_of_c_counts_every_common_problem(pair):
    assert pair.pair.by_c.shape == (len(BINS), len(BINS))
    assert pair.pair.by_c.sum() == 500
    model, base = math500()
    assert pair.pair.by_c[0, 0] == ((model.c == 0) & (base.c == 0)).sum()
    assert pair.pair.by_c[-1, -1] == ((model.c == 128) & (base.c == 128)).sum()


def test_many_k_are_compared_on_a_grid():
    c = np.arange(0, 2001, 500)
    found = report.diagnose(evaluation(2000, c), evaluation(2000, c[::-1].copy()))
    assert found.pair.last == 2000
    assert found.pair.comparison.ks.size < 200
    assert math.isclose(found.model.pass_at.at(2000).estimate, 4 / 5)


def test_an_alarm_of_the_lab_rings_on_checkpoints_and_says_how_often_it_is_right():
    steps = tuple(
        evaluation(8, [min(8, 2 + 5 * (step > 10)) if i % 2 else 0 for i in range(40)], step=step)
        for step in (0, 10, 20)
    )
    rings = report.diagnose(steps).trend.alarms
    assert [(one.signal, one.step) for one in rings] == [("gap_at_n", 20)]
    # by hand: half of the problems have pass@8 = 1 and p = 1/4, a gap of 3/8 over all; then p = 7/8, a gap of 1/16
    assert "went from 37.5 to 6.2 %" in rings[0].text
    assert "how often it is right on others is not known" in rings[0].text

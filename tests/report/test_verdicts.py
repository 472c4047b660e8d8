"""Verdicts say what the band says: each by hand, none where there is nothing, and no claim beyond the samples."""

import re

import numpy as np
import pytest

from passk_lab import metrics, report
from passk_lab.report.verdicts import CODES, of_comparison
from tests.report.cases import evaluation, math500, the_pair, the_run


def said(n_base, c_base, n, c, **more):
    return {one.code: one for one in of_comparison(metrics.compare(n_base, c_base, n, c, **more))}


def test_better_at_one_draw_worse_by_the_last_and_a_crossing_between():
    found = the_pair().verdicts
    assert [one.code for one in found] == ["better_at_1", "worse_by_last", "crossing"]
    better, worse, crossing = found
    assert (better.evidence["k"], better.evidence["to_k"]) == (1, 6)
    assert better.evidence["model"] == pytest.approx(49877 / 64000)
    assert (worse.evidence["k"], worse.evidence["to_k"]) == (128, 128)
    assert crossing.evidence == {"k": 15, "low": 7, "high": 34, "first": "model", "then": "base"}
    assert "pass@1 is 77.9 % against 61.4 % of the base (+16.5 points" in better.text


def test_from_the_other_side_the_same_is_said_the_other_way_round():
    model, base = math500()
    found = said(128, model.c, 128, base.c)
    assert list(found) == ["worse_at_1", "better_by_last", "crossing"]
    assert found["crossing"].evidence["first"] == "base"


def test_two_halves_of_one_model_show_no_difference():
    # The measure with 1,000 splits stands with the metrics; here, that verdicts add nothing to the band.
    _, base = math500()
    generator = np.random.default_rng(0)
    halves = [generator.hypergeometric(base.c, 128 - base.c, 64) for _ in range(40)]
    found = [said(64, half, 64, base.c - half, seed=0) for half in halves]
    assert sum("no_difference" in one for one in found) >= 38
    assert not any("crossing" in one for one in found)


def test_a_touch_of_two_curves_is_no_crossing():
    # In these samples the order turns at k = 3, as in `compare`'s example; four problems show nothing.
    found = said(4, [4, 4, 0, 0], 4, [1, 1, 1, 1])
    assert "no_difference" in found
    assert "crossing" not in found
    shown = said(4, [4, 4, 0, 0] * 100, 4, [1, 1, 1, 1] * 100)
    assert shown["crossing"].evidence == {"k": 3, "low": 1, "high": 3, "first": "base", "then": "model"}
    assert shown["worse_at_1"].evidence["difference"] == -0.25


def test_few_problems_say_no_difference_seen_and_that_they_cannot_tell():
    found = said(8, [2, 4, 1, 7, 0], 8, [3, 4, 2, 6, 1])
    assert next(iter(found)) == "no_difference"
    assert "cannot_tell" in found
    assert found["cannot_tell"].evidence["problems"] == 5


def test_a_narrow_band_around_zero_leaves_nothing_to_tell():
    c = np.tile([0, 2, 4, 8], 2_000)
    assert list(said(8, c, 8, c)) == ["no_difference"]


def test_ahead_at_one_draw_and_level_in_the_end():
    rng = np.random.default_rng(1)
    hard = rng.binomial(32, 0.3, 400)
    found = said(32, hard, 32, rng.binomial(32, 0.5, 400))
    assert found["better_at_1"].evidence["from_k"] == 1
    assert "worse_by_last" not in found
    assert "crossing" not in found
    assert found["cannot_tell"].evidence["k"] == 32


def test_what_would_decide_is_said_with_numbers():
    model, base = evaluation(8, [1, 1, 4, 3, 8, 7, 3, 0] * 5), evaluation(8, [0, 1, 2, 4, 8, 8, 3, 0] * 5)
    found = {one.code: one for one in report.diagnose(model, base).verdicts}["cannot_tell"]
    assert found.evidence["problems"] == 40
    difference = found.evidence["difference"]
    wanted = found.evidence["problems_needed"]
    assert 40 < wanted < 200  # tests/report/test_enough.py tries how often so many show it
    assert found.evidence["detectable"] > abs(difference)
    assert f"about {wanted:,} problems like these" in found.text
    assert "cannot_tell" in {one.code for one in report.diagnose(model, base, groups=list(range(40))).verdicts}


def test_an_order_that_turns_without_being_shown():
    base = evaluation(8, [4] * 90 + [0] * 3)
    model = evaluation(8, [7] * 88 + [0] * 2 + [0] * 3)
    found = {one.code: one for one in report.diagnose(model, base).verdicts}
    assert found["crossing_not_shown"].evidence["k"] > 1
    assert found["crossing_not_shown"].evidence["problems_needed"] > 93
    assert "crossing" not in found


def test_one_sample_of_each_problem_is_compared_at_k_1_alone():
    found = said(1, [0, 1] * 200, 1, [1, 1] * 200)
    assert list(found) == ["better_at_1"]


def test_a_trend_is_named_only_where_its_interval_leaves_zero():
    codes = [one.code for one in the_run().verdicts]
    assert codes == ["all_wrong_fell", "all_right_rose", "pass_at_1_rose", "pass_at_last_rose"]
    same = [evaluation(8, [1, 4, 7, 8, 0], step=step) for step in (0, 1)]
    assert report.diagnose(same).verdicts == ()


def test_intervals_of_a_trend_hold_all_at_once():
    steps = [evaluation(4, c, step=step) for step, c in ((0, [0, 1, 2, 4] * 10), (1, [1, 1, 3, 4] * 10))]
    change = report.diagnose(steps).trend.change
    shift = (np.array([1, 1, 3, 4] * 10) - np.array([0, 1, 2, 4] * 10)) / 4
    low, high = metrics.mean_interval((shift + 1) / 2, level=1 - 0.05 / 4)
    assert (change["pass_at_1"].low, change["pass_at_1"].high) == pytest.approx((2 * low - 1, 2 * high - 1))
    single = [evaluation(1, c, step=step) for step, c in ((0, [0, 0, 1]), (1, [1, 1, 1]))]
    assert set(report.diagnose(single).trend.change) == {"all_wrong", "all_right", "pass_at_1"}


def diagnoses():
    yield from (the_pair(), the_run())
    yield report.diagnose(evaluation(8, [1, 2]), evaluation(4, [1, 2]))
    yield report.diagnose(evaluation(64, [16]), training_n=100)
    yield report.diagnose(evaluation(4, [1, 2], "ab"), evaluation(4, [1, 2], "cd"))
    yield report.diagnose(evaluation(4, [4] * 50 + [0] * 50), evaluation(4, [1] * 100))


def test_no_sentence_claims_more_than_was_observed():
    forbidden = re.compile(r"capabilit|\bnew\b|\blearn|\bability|\bcannot solve|\bproves?\b|significan|\bbest\b", re.I)
    texts = [said.text for found in diagnoses() for said in (*found.verdicts, *found.notices)]
    assert len(texts) > 10
    assert [text for text in texts if forbidden.search(text)] == []


def test_every_code_is_listed():
    assert {verdict.code for found in diagnoses() for verdict in found.verdicts} <= set(CODES)

"""Warnings: each with how many rows or problems it is about, and none where nothing is wrong."""

import numpy as np

from passk_lab import report
from passk_lab.readers import LeftOut, Notice
from passk_lab.report.warnings import CODES
from tests.report.cases import answers, evaluation, the_pair, the_run


def warned(*given, **more):
    return {one.code: one for one in report.diagnose(*given, **{"ks": [1], **more}).notices}


def many(n=8, seed=0, **more):
    """Counts of a thousand problems, of which nothing is to be warned."""
    return evaluation(n, np.random.default_rng(seed).binomial(n, 0.5, 1000), **more)


def test_nothing_is_said_of_files_that_have_nothing():
    assert the_pair().notices == the_run().notices == ()
    assert warned(many(), many(seed=1)) == {}


def test_what_the_readers_say_comes_first_and_the_bases_is_marked():
    notice = Notice("copies", "3 of 9 samples have the very text of another.", 3)
    found = report.diagnose(many(notices=(notice,)), many(seed=1, notices=(notice,)), ks=[1]).notices
    assert found == (notice, Notice("copies", f"base: {notice.text}", 3))


def test_rows_that_are_no_samples_are_told_apart():
    left = (
        LeftOut("the same sample of the same problem again", 4, "duplicates"),
        LeftOut("not judged: the verdict is empty, or not a number", 5, "unscored"),
        LeftOut("the run ended in an infrastructure error", 6),
        LeftOut("of another filter (flexible-extract)", 7, "filter"),
    )
    found = warned(many(left_out=left))
    assert {code: one.rows for code, one in found.items()} == {"duplicates": 4, "unscored": 5, "failed": 6}
    assert "infrastructure error" in found["failed"].text


def test_short_problems_cap_k_and_are_counted():
    n = np.full(1000, 16)
    n[[3, 5]] = 4, 8
    found = warned(evaluation(n, n // 2))["problems_short"]
    assert found.rows == 2
    assert "k ends at 4, the samples of the shortest (p3)" in found.text


def test_totals_of_a_benchmark():
    found = warned(evaluation(1319, [900], ["gsm8k"]))
    assert found["one_problem"].rows == 1
    assert "n = 1319 and c = 900" in found["one_problem"].text


def test_sampling_that_stopped_at_the_first_success():
    rng = np.random.default_rng(0)
    n = np.minimum(rng.geometric(0.2, 100), 16)
    found = warned(evaluation(n, (n < 16).astype(int)))["n_depends_on_c"]
    assert found.rows == (n < 16).sum()
    assert "fewer samples" in found.text
    dealt = rng.permutation(n)
    honest = warned(evaluation(dealt, rng.binomial(dealt, 0.3)))
    assert "n_depends_on_c" not in honest


def test_few_problems():
    found = warned(evaluation(64, np.arange(0, 60, 2)))["small_benchmark"]
    assert found.rows == 30
    assert "30 problems are few" in found.text


def test_ids_that_do_not_match_are_counted_on_both_sides():
    model, base = evaluation(4, [1, 2, 3], ["a", "b", "X 1"]), evaluation(4, [1, 2, 3, 0], ["a", "b", "x  1", "z"])
    found = warned(model, base)["ids_do_not_match"]
    assert found.rows == 3
    assert "1 only in the model (X 1) and 2 only in the base (x 1, z)" in found.text
    assert "1 of them differ in case, blanks or leading zeros alone" in found.text


def test_other_settings_and_other_judges():
    model = many(settings={"temperature": 1.0, "top_p": 1.0, "model": "a"})
    base = many(seed=1, settings={"temperature": 0.6, "top_p": 1.0, "model": "b"}, verdict="plus")
    found = warned(model, base)
    assert found["settings_differ"].rows == 1
    assert "temperature: 1.0 and 0.6" in found["settings_differ"].text
    assert "passed of by hand, the base by plus" in found["judged_differently"].text


def test_one_file_twice():
    assert warned(many(), many())["same_counts"].rows == 1000


def test_groups_larger_than_the_samples():
    found = report.diagnose(many(), training_n=64)
    assert (found.model.silence.n, found.model.weights[0].n) == (8, 64)
    assert {one.code: one.rows for one in found.notices} == {"training_n_capped": 1000}


def test_answers_judged_both_ways():
    one = evaluation(4, [2, 1], answers=answers({"7": (4, 2)}, {"8": (1, 1), "9": (3, 0)}))
    assert warned(one)["answers_judged_both_ways"].rows == 1


def test_problems_that_are_not_in_every_checkpoint():
    steps = [evaluation(4, [1, 2, 3], names, step=step) for step, names in ((1, "abc"), (2, "bcd"))]
    found = warned(steps)["steps_differ"]
    assert found.rows == 2
    assert "2 of 4 problems are not in every checkpoint" in found.text


def test_every_code_is_listed():
    assert {"copies", "ids_do_not_match", "small_benchmark"} <= set(CODES)

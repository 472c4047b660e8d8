"""The JSON of a diagnosis: what is always in it, plain numbers alone, and the same numbers as the diagnosis."""

import json
import math

import numpy as np

from passk_lab import report
from passk_lab.readers import LeftOut
from tests.report.cases import answers, evaluation, math500, one_shot, the_pair, the_run


def read_back(found):
    return json.loads(json.dumps(report.to_json(found), allow_nan=False))


def test_what_is_always_there():
    one = evaluation([8, 4], [1, 4], [7, 8], left_out=(LeftOut("not judged: empty", 3, "unscored"),))
    said = read_back(report.diagnose(one))
    assert (said["format"], said["problems"]) == ("by hand", 2)
    assert {end: said["samples"][end] for end in ("min", "max")} == {"min": 4, "max": 8}
    assert said["left_out"] == [{"code": "unscored", "why": "not judged: empty", "rows": 3}]
    assert list(said["pass_at"]) == ["1", "2", "3", "4"]
    assert set(said["pass_at"]["1"]) == {"estimate", "low", "high"}
    assert said["verdicts"] == []
    assert {"code", "text", "rows"} == set(said["warnings"][0])
    assert "crossing" not in said
    assert [row["problem"] for row in said["per_problem"]] == ["7", "8"]


def test_with_a_base():
    said = read_back(the_pair())
    assert said["crossing"] == {"k": 15, "low": 7, "high": 34}
    assert said["common"]["surely_ahead"] == {"model": [[1, 6]], "base": [[48, 128]]}
    assert said["common"]["per_problem"][0] == {
        "problem": "0", "n": 128, "c": 128, "base_n": 128, "base_c": 104, "gained": 0, "lost": 0
    }  # fmt: skip
    assert [set(verdict) for verdict in said["verdicts"]] == [{"code", "text", "evidence"}] * 3
    assert math.isclose(said["base"]["pass_at"]["1"]["estimate"], 39291 / 64000)
    assert said["common"]["solved"]["gained"]["problems"] == 3
    assert len(said["common"]["difference"]) == 128
    model, base = math500()
    lost = [name for name, c, c_base in zip(model.problems, model.c, base.c, strict=True) if c == 0 and c_base > 0]
    assert said["common"]["solved"]["likely_lost"] == lost


def test_an_order_that_turns_by_chance_is_no_crossing():
    said = read_back(report.diagnose(evaluation(4, [1, 1, 1, 1]), evaluation(4, [4, 4, 0, 0])))
    assert said["crossing"] is None
    assert said["common"]["order_turns_in_these_samples_at"] == 3


def test_a_trend():
    trend = read_back(the_run())["trend"]
    assert [step["step"] for step in trend["steps"]] == [0, 20, 40]
    assert round(trend["steps"][0]["groups"]["all_wrong"]["estimate"], 2) == 0.36
    assert set(trend["change"]) == {"all_wrong", "all_right", "pass_at_1", "pass_at_last"}


def test_what_has_no_number_is_null():
    said = read_back(report.diagnose(evaluation(4, [2], ["only"], settings={"temperature": float("nan"), 3: None})))
    assert said["groups"]["all_wrong"] == {
        "estimate": said["groups"]["all_wrong"]["estimate"],
        "low": None,
        "high": None,
    }
    assert said["settings"] == {"temperature": None, "3": None}
    assert 0 <= said["pass_hat"]["2"]["low"] <= 1 / 6 <= said["pass_hat"]["2"]["high"]


def test_nothing_in_common():
    found = report.diagnose(evaluation(4, [1, 2], ["a", "b"]), evaluation(4, [1, 2], ["c", "d"]))
    said = read_back(found)
    assert said["crossing"] is said["common"] is None
    assert said["matching"] == {
        "common": 0,
        "only_model": ["a", "b"],
        "only_base": ["c", "d"],
        "alike_but_not_equal": [],
    }


def test_answers_and_other_verdicts():
    one = evaluation(2, [1, 2], answers=answers({"1": (1, 1), "2": (1, 0)}, {"3": (2, 2)}),
                     other_verdicts={"plus": np.array([0, 2])})  # fmt: skip
    said = read_back(report.diagnose(one))
    assert said["answers"]["majority_at"]["1"]["estimate"] == 0.75
    assert said["other_verdicts"] == {"plus": {"right": 2, "pass_at_1": 0.5}}


def test_every_number_is_pythons_own():
    def kinds(value):
        if isinstance(value, dict):
            assert all(type(key) is str for key in value)
            return set().union(*map(kinds, value.values()), set())
        if isinstance(value, list):
            return set().union(*map(kinds, value), set())
        return {type(value)}

    for found in (the_pair(), the_run(), report.diagnose(one_shot(0))):
        assert kinds(report.to_json(found)) <= {str, int, float, bool, type(None)}

"""The challenge: what an entry may say, who stands above whom, and that training writes what the board reads."""

import dataclasses
import json

import numpy as np
import pytest

from passk_lab.challenge import training
from passk_lab.challenge.board import board
from passk_lab.challenge.entry import FULL, Budget, doubts, is_entry, read
from passk_lab.challenge.picture import frontier
from tests.challenge.entries import made

WEIGHT = training.kept_apart()[0]


def doubted(one):
    return " ".join(doubts(one, WEIGHT, training.bases()))


def changed(one, seed=0, **more):
    """The entry with one run changed."""
    runs = tuple(dataclasses.replace(run, **more) if run.seed == seed else run for run in one.runs)
    return dataclasses.replace(one, runs=runs)


def test_an_entry_comes_back_from_its_file_and_stands():
    one = made("mine", kept=0.93)
    stored = json.loads(one.to_json())
    assert is_entry(stored)
    again = read(stored, len(WEIGHT))
    assert doubted(again) == ""
    assert again.to_json() == one.to_json()
    assert again.stated["pass@256 where pass@1 is 0.4"] == pytest.approx(0.93, abs=0.005)
    assert len(one.to_json()) < 100_000


def test_an_entry_that_was_tampered_with_is_doubted():
    one = made()
    values = one.runs[0].pass_at
    stated = {**one.stated, "highest pass@1": 0.9}
    falling, outside = values.copy(), values.copy()
    falling[3, 2, 4], outside[3, 2, 4] = falling[3, 2, 3] - 0.1, 1.1
    better = values + np.where(np.arange(len(values)) == 0, 0.01, 0)[:, None, None]
    cases = {
        "does not follow from its records": dataclasses.replace(one, stated=stated),
        "its budget is another: 480 steps": dataclasses.replace(one, budget=dataclasses.replace(FULL, steps=480)),
        "it has runs of the seeds (0, 1)": dataclasses.replace(one, runs=one.runs[:2]),
        "falls with k": changed(one, pass_at=falling),
        "outside 0 and 1": changed(one, pass_at=outside),
        "does not begin where the base": changed(one, pass_at=np.clip(better, 0, 1)),
        "not evaluated every 30 steps": changed(one, steps=(0, *one.runs[0].steps[:-1])),
        "records": changed(one, pass_at=np.minimum(values * np.linspace(1, 1.002, 9)[:, None, None], 1)),
    }
    for said, case in cases.items():
        assert said in doubted(case), said


def test_what_is_no_entry_is_refused_in_a_sentence():
    whole = json.loads(made().to_json())
    cases = [
        {"passk_lab_challenge": 99},
        {"passk_lab_challenge": 1},
        {**whole, "runs": []},
        {**whole, "runs": [{**whole["runs"][0], "pass_at": [[1]]}]},
        {**whole, "runs": [{**whole["runs"][0], "steps": "x"}]},
        {**whole, "budget": {"steps": 1, "seeds": [0], "other": 1}},
        {**whole, "source": "x" * 30_000},
        {**whole, "stated": {"a": "b"}},
    ]
    for case in cases:
        with pytest.raises(ValueError, match="an entry"):
            read(case, len(WEIGHT))


def test_ranks_are_given_as_far_as_entries_can_be_told_apart():
    entries = [
        made("good", 0.95),
        made("also good", 0.948, noise=0.05),
        made("far below", 0.87),
        made("stuck", goal=0.3),
    ]
    places = {place.entry.name: place for place in board(entries, WEIGHT)}
    assert {name: place.rank for name, place in places.items()} == {
        "good": "1 to 2", "also good": "1 to 2", "far below": "3", "stuck": "",
    }  # fmt: skip
    assert list(places)[-1] == "stuck"
    assert all(place.low < place.kept < place.high for name, place in places.items() if name != "stuck")


def test_a_difference_of_few_multisets_or_within_the_spread_of_trainings_tells_nothing():
    one, other = made("one", 0.93), made("other", 0.915)
    assert [place.rank for place in board([one, other], WEIGHT)] == ["1 to 2", "1 to 2"]  # within the spread
    few = []
    for run in one.runs:
        values = run.pass_at.copy()
        values[1:, WEIGHT.argsort()[-3:], 4] = 0.5  # three multisets lose nearly half
        few.append(dataclasses.replace(run, pass_at=values))
    places = board([one, dataclasses.replace(one, runs=tuple(few))], WEIGHT)
    assert places[0].kept - places[1].kept > 0.02
    assert [place.rank for place in places] == ["1 to 2", "1 to 2"]


def test_entering_trains_judges_and_writes_what_is_read_again(tmp_path, monkeypatch, capsys):
    monkeypatch.setitem(training.BUDGETS, "trial", Budget(steps=1, every=1, seeds=(0,)))
    made_now = training.enter("a/b: <x>", by="me", source="the cell", budget="trial", folder=tmp_path)
    (path,) = tmp_path.iterdir()
    assert path.name == "a-b-x.passk-challenge.json"
    again = read(json.loads(path.read_text()), len(WEIGHT))
    assert (again.name, again.by, again.source) == ("a/b: <x>", "me", "the cell")
    assert again.runs[0].steps == (0, 1)
    assert again.stated == made_now.stated
    said = doubted(again)
    assert said.startswith("its budget is another: 1 steps")
    assert "base" not in said  # it begins where the recorded runs began


def test_what_cannot_be_entered_is_said_before_anything_is_trained(tmp_path):
    with pytest.raises(ValueError, match="rate is one of"):
        training.enter("x", rate=0.1, source="", folder=tmp_path)
    with pytest.raises(KeyError, match="objective"):
        training.enter("x", objective="nothing", source="", folder=tmp_path)
    with pytest.raises(ValueError, match="source"):
        training.enter("x", folder=tmp_path)
    with pytest.raises(ValueError, match="1 to 60 signs"):
        training.enter(" ", source="", folder=tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_in_place_of_training_the_plan_is_had():
    with training.captured(), pytest.raises(training.Captured) as caught:
        training.enter("x", mechanisms={"novelty": {}})
    assert caught.value.args[0].settings["mechanisms"] == {"novelty": {}}


def test_entries_are_shown_among_the_recorded_runs():
    shown = frontier(made("one {x}", 0.93), made("two", goal=0.3))
    assert "Where its pass@1 first is 40 %, 1. one x has pass@256 93" in shown.words
    shown.entry = "2. two"
    assert "unknown" in shown.words

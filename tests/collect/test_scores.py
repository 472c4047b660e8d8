"""Entries of the challenge in what a class handed in: placed, doubted, never run."""

import dataclasses

from passk_lab.collect import as_html, collect
from passk_lab.collect.scores import scores
from tests.challenge.entries import made
from tests.collect import classes


def test_entries_are_placed_and_doubted_and_their_code_is_not_run(tmp_path):
    canary = tmp_path / "canary"
    source = f"open({str(canary)!r}, 'w')\nchallenge.enter('good')"
    false = dataclasses.replace(made("false"), stated={"highest pass@1": 0.99})
    files = {
        "ada/good.passk-challenge.json": made("good <b>", 0.95, source=source).to_json().encode(),
        "ben/poor.passk-challenge.json": made("poor", 0.87).to_json().encode(),
        "eve/false.passk-challenge.json": false.to_json().encode(),
        "eve/broken.passk-challenge.json": b'{"passk_lab_challenge": 1, "name": "broken"}',
    }
    found = collect(classes.lay(files, tmp_path / "class"))
    placed = scores([(student.name, stored) for student in found.students for stored in student.entries])
    assert [(student, place.entry.name, place.rank) for student, place in placed.places] == [
        ("ada", "good <b>", "1"),
        ("ben", "poor", "2"),
    ]
    assert [(student, name) for student, name, _ in placed.flagged] == [("eve", "broken"), ("eve", "false")]
    page = as_html(found, placed)
    assert "good &lt;b&gt;" in page
    assert "good <b>" not in page
    assert "does not follow from its records" in page
    assert "No entry&#x27;s code was run" in page
    assert not canary.exists()


def test_a_class_without_entries_has_no_board():
    assert scores([]) is None

"""A class is collected: right table, everyone named, nothing run that should not be."""

import csv
import io
import json
import socket
import zipfile

import pytest

from passk_lab.cli import main
from passk_lab.collect import as_csv, as_html, collect, results
from tests.collect import classes


@pytest.fixture(scope="module")
def canaries(tmp_path_factory):
    """A file that nothing may write, a port that nothing may reach, a neighbour's file that nothing may read."""
    folder = tmp_path_factory.mktemp("canaries")
    neighbour = folder / "neighbour.ipynb"
    neighbour.write_text("SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        yield folder / "canary", server, neighbour


@pytest.fixture(scope="module")
def found(canaries, tmp_path_factory):
    """A small class, collected: the ordinary, the damaged, the older, the hostile."""
    canary, server, neighbour = canaries
    evil = classes.hostile(canary, server.getsockname()[1], neighbour)
    which = "01_counting_successes"
    files = {
        "good/01_counting_successes.ipynb": classes.handed_in(which, dict.fromkeys(classes.HEADS, "solved")),
        "good/.passk-lab-progress.json": classes.progress(1, {"pass_at_k": "solved", "crossing": "solved"}),
        "wrong/01_counting_successes.ipynb": classes.handed_in(which, {"pass_at_k": classes.WRONG["pass_at_k"][0]}),
        "through/a.ipynb": classes.notebook(
            classes.function("pass_at_k", "return c / n"),
            classes.function("mean_pass_at_k", "return sum(pass_at_k(n, c, k) for n, c in zip(ns, cs)) / len(ns)"),
        ),
        "older/.passk-lab-progress.json": classes.progress(2, {"pass_at_k": "solved"}, version=1),
        "newer/.passk-lab-progress.json": classes.progress(2, {}, version=99),
        "older format/a.ipynb": json.dumps({"nbformat": 3, "worksheets": []}).encode(),
        "damaged/a.ipynb": b'{"nbformat": 4, "cells": [',
        "<script>alert(1)<_script>/a.ipynb": classes.notebook(classes.function("crossing", "return 1")),
        "=1+1/a.ipynb": classes.notebook("x = 1"),
        "renamed/whatever.ipynb": classes.notebook("check.all_right(mine)", "def mine(n, c, k): return (c / n) ** k"),
        "no python/a.ipynb": classes.notebook("def pass_at_k(n, c, k):\n    return (n"),
        **{f"{name}/01_counting_successes.ipynb": evil[name] for name in ("endless", "eater", "reader", "runner")},
    }  # fmt: skip
    place = tmp_path_factory.mktemp("class") / "class.zip"
    with zipfile.ZipFile(place, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return collect(place)


def of(found, name):
    return next(student for student in found.students if student.name == name)


def statuses(found, name):
    return {row.exercise: (row.status, row.mistake) for row in of(found, name).rows.values()}


def test_everyone_is_named(found):
    rows = list(csv.DictReader(io.StringIO(as_csv(found))))
    assert len(found.students) == 15
    assert {row["student"].lstrip("'") for row in rows} == {student.name for student in found.students}


def test_what_is_right_is_solved_and_what_is_wrong_is_told_with_its_mistake(found):
    assert set(statuses(found, "good").values()) == {("correct", "")}
    assert statuses(found, "wrong")["pass_at_k"] == ("incorrect", "with replacement")
    assert statuses(found, "wrong")["crossing"] == ("not attempted", "")
    assert statuses(found, "renamed")["all_right"] == ("incorrect", "with replacement")
    assert statuses(found, "no python")["pass_at_k"] == ("error in your code", "no Python")


def test_who_is_wrong_only_through_another_function_of_theirs_is_helped_with_that_one(found):
    assert statuses(found, "through")["mean_pass_at_k"] == ("incorrect", "through pass_at_k")
    assert [row.exercise for row in of(found, "through").stuck] == ["pass_at_k"]


def test_the_way_there_is_told(found):
    row = of(found, "good").rows["pass_at_k"]
    assert (row.tries, row.tried) == (3, ("replacement", "replacement", "correct"))
    assert row.hints == 1
    assert row.solution is False
    assert of(found, "good").predictions == {"draws for half": 23}


def test_what_cannot_be_read_is_said(found):
    said = {
        name: " ".join(of(found, name).remarks) for name in ("older", "newer", "older format", "damaged", "renamed")
    }
    assert "written by an older lab" in said["older"]
    assert statuses(found, "older")["pass_at_k"] == (results.SAID, "")
    assert "a newer lab wrote it" in said["newer"]
    assert "older notebook format 3" in said["older format"]
    assert "no whole notebook" in said["damaged"]
    assert "whatever.ipynb: renamed; by its exercises it is 01_counting_successes" in said["renamed"]
    assert "mine was judged as all_right" in said["renamed"]


def test_what_does_not_end_and_what_eats_memory_is_stopped_and_the_rest_is_judged(found):
    assert statuses(found, "endless")["pass_at_k"] == ("error in your code", "no end")
    assert statuses(found, "endless")["all_right"][0] == "incorrect"
    assert {kind for _, kind in list(statuses(found, "eater").values())[::3]} == {"too much memory"}


def test_nothing_runs_that_should_not(found, canaries):
    canary, server, _ = canaries
    assert not canary.exists()
    with pytest.raises(TimeoutError):
        server.accept()
    told = as_csv(found) + as_html(found)
    assert "SECRET" not in told
    assert "neighbour.ipynb" in of(found, "reader").rows["pass_at_k"].message  # refused, and told
    assert statuses(found, "runner")["all_right"][0] == "error in your code"
    assert statuses(found, "runner")["pass_at_k"][0] == results.ABSENT


def test_what_shut_them_in_is_on_the_page(found):
    assert found.fences
    assert "audit" in found.fences[0]
    assert "In force: Python refuses" in as_html(found)


def test_no_text_of_a_student_is_page_or_formula(found):
    written, table = as_html(found), as_csv(found)
    assert "<script>alert" not in written
    assert "&lt;script&gt;alert(1)" in written
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in csv.reader(io.StringIO(table)) for cell in row)


def test_the_command_writes_both_and_says_what_is_wrong(tmp_path, capsys):
    classes.lay({"ada/.passk-lab-progress.json": classes.progress(1, {"pass_at_k": "return 1"})}, tmp_path / "class")
    assert main(["collect", str(tmp_path / "class"), "--out", str(tmp_path / "out")]) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["class.csv", "class.html"]
    assert "1 student" in capsys.readouterr().out
    assert main(["collect", str(tmp_path / "nowhere")]) == 2
    assert "name the folder or the zip" in capsys.readouterr().err

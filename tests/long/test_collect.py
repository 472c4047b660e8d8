"""Forty students handed in, as a class does and as someone might try; and entries of the challenge trained anew."""

import csv
import dataclasses
import io
import json
import socket
import time
import zipfile

import pytest

from passk_lab.challenge import entry, training
from passk_lab.collect import as_csv, as_html, collect, retraining
from tests.challenge.entries import made
from tests.collect import classes

pytestmark = pytest.mark.long


def test_forty_submissions(tmp_path, capsys):
    canary, neighbour = tmp_path / "canary", tmp_path / "neighbour.ipynb"
    neighbour.write_text("SECRET")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        files = classes.whole(canary, server.getsockname()[1], neighbour)
        place = tmp_path / "forty.zip"
        with zipfile.ZipFile(place, "w", zipfile.ZIP_DEFLATED) as archive:
            for path, content in files.items():
                archive.writestr(path, content)
        began = time.perf_counter()
        found = collect(place)
        took = time.perf_counter() - began
        with pytest.raises(TimeoutError):
            server.accept()
    table, page = as_csv(found), as_html(found)
    with capsys.disabled():
        print(f"\n40 submissions: {took:.1f} s by the clock; judging took {sum(found.seconds):.1f} s of processor time")
    assert not canary.exists()
    assert "SECRET" not in table + page
    assert "<script>alert" not in page
    assert len(found.students) == 40
    names = {row["student"].lstrip("'") for row in csv.DictReader(io.StringIO(table))}
    assert names == {student.name for student in found.students}
    expected = {}
    for number in range(29):
        answers = classes.ordinary(number)
        student = next(one for one in found.students if f"_{1000 + number}_" in next(iter(one.rows.values())).file)
        expected[student.name] = answers
        for name, answer in answers.items():
            if name == "mean_pass_at_k" and answers["pass_at_k"] != "solved":
                continue  # its solution calls that one
            status = student.rows[name].status
            wanted = {"solved": ("correct",), None: ("not attempted",)}.get(answer, ("incorrect", "error in your code"))
            assert status in wanted, (student.name, name, status)
    assert len(expected) == 29
    unread = [student.name for student in found.students if not student.rows]
    assert len(unread) == 6  # five damaged, one of an older format
    assert len(found.fences) == 34


def test_an_entry_is_trained_anew_to_the_same_numbers_and_a_hostile_one_is_told(tmp_path):
    canary = tmp_path / "canary"
    source = """
from passk_lab import challenge, objectives

@objectives.register("half")
def half():
    return objectives.Objective(
        equation="p/2", source="a test", unbiased=True,
        F=objectives.Face(lambda xp, p: p / 2, 0.0, 0.5), slope=objectives.Face(lambda xp, p: 0 * p + 0.5, 0.5, 0.5),
        table=lambda n: objectives.Credit([0.5] * (n + 1), [0.0] * (n + 1)),
    )

challenge.enter("half", objective="half", budget="trial")
"""
    namespace = {"__name__": "entry"}
    with training.captured():
        try:
            exec(compile(source, "<entry>", "exec"), namespace)
        except training.Captured as caught:
            plan = dataclasses.replace(caught.args[0], source=source)
    given = training.trained(plan)
    weight, _ = training.kept_apart()
    hostile = [
        dataclasses.replace(given, source=f"open({str(canary)!r}, 'w')"),
        dataclasses.replace(given, source="import os; os.kill(os.getppid(), 9)"),
        dataclasses.replace(given, source="import socket; socket.create_connection(('127.0.0.1', 1))"),
        dataclasses.replace(given, source="print(1)"),
        dataclasses.replace(given, settings={**given.settings, "rate": 8e-4}),
        dataclasses.replace(given, source="x = []\nwhile True:\n    x.append(bytes(10**8))"),
    ]
    anew, *told = retraining.retrain_all([given, *hostile], len(weight))
    assert entry.numbers(anew.runs, weight) == given.stated
    assert [text.split(": ")[1] for text in told] == [
        "PermissionError", "PermissionError", "PermissionError", "ValueError", "ValueError", "MemoryError",
    ]  # fmt: skip
    assert not canary.exists()


def test_forty_entries_make_one_board():
    from passk_lab.collect.scores import scores

    given = [(f"s{i}", json.loads(made(f"e{i}", 0.87 + 0.002 * i).to_json())) for i in range(40)]
    assert len(scores(given).places) == 40

"""Every notebook runs from top to bottom: with holes, solved, and with what computes the claims of its prose."""

import json
import os
import re

import nbformat
import pytest
from nbclient import NotebookClient

from passk_lab.course import builder
from passk_lab.course.content import EXERCISES

SOURCES = builder.sources()
MEASURED = json.loads((SOURCES[0].parent / "measured.json").read_text())


def run(source, kind, folder):
    notebook = nbformat.reads(builder.build(source, kind), as_version=4)
    longest = 10 * MEASURED[source.stem]["seconds"]  # of CPU time: a slow machine is fine, another kind of cost is not
    client = NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": str(folder)}})
    began = cpu_time_of_children()
    # On one thread the CPU time is the work alone; threads that wait for each other would count as well.
    client.execute(env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert cpu_time_of_children() - began < longest
    return notebook


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_no_reader_waits_longer_than_a_minute(source):
    assert MEASURED[source.stem]["seconds"] < 60  # by benchmarks.notebook_times


def cpu_time_of_children() -> float:
    """Seconds that processes started by this one, and ended since, kept a core busy; the kernel is one of them."""
    times = os.times()
    return times.children_user + times.children_system


def outputs(notebook):
    return [
        "".join(output.get("text", "") + output.get("data", {}).get("text/plain", ""))
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    ]


def verdicts(notebook):
    found = {}
    for cell in notebook.cells:
        called = re.search(r"^check\.(\w+)\(\1\)$", cell.source, re.MULTILINE)
        if called:
            found[called[1]] = cell.outputs[-1].data["text/plain"].splitlines()[0]
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
@pytest.mark.parametrize(
    # With its claims a notebook is the solved one and more, so the solved one is not run once more by itself.
    ("kind", "verdict"),
    [("student", "○ not attempted"), ("claims", "✓ correct")],
)
def test_it_runs_and_every_check_says(source, kind, verdict, tmp_path):
    notebook = run(source, kind, tmp_path)
    expected = [name for name, exercise in EXERCISES.items() if exercise.notebook == source.stem]
    assert len(expected) >= 3
    assert verdicts(notebook) == dict.fromkeys(expected, verdict)
    for text in outputs(notebook):
        assert "Warning" not in text
        assert "Traceback" not in text
        assert str(tmp_path) not in text
        assert not re.search(r"/(home|tmp|usr)/", text)
    assert all(
        output.output_type != "stream" or output.name != "stderr"
        for c in notebook.cells
        if c.cell_type == "code"
        for output in c.outputs
    )


def test_notebook_01_shows_the_real_figures(tmp_path):
    source = next(source for source in SOURCES if source.stem == "01_counting_successes")
    text = "\n".join(outputs(run(source, "solved", tmp_path)))
    assert re.search(r"^1 +61\.4 +77\.9$", text, re.MULTILINE)
    assert re.search(r"^128 +96\.2 +93\.0$", text, re.MULTILINE)
    assert "first ahead at k = 15" in text
    assert "crossing at k = 15 [7, 34]" in text
    assert "only base 19, only trained 3, both 462, neither 16" in text


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_it_has_what_a_notebook_of_the_course_has(source):
    cells = builder.parse(source.read_text())
    text = "\n".join(cell.text for cell in cells)
    assert text.startswith("# ")
    for part in ("**After this notebook**", "## Take with you", "{measured}", "quiz(", "predict(", "**Next:**"):
        assert part in text, part
    assert "not yet measured" not in builder.build(source)

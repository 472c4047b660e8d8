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
# Seven of the notebooks are about numbers, not about a network: they run where torch cannot be imported.
WITHOUT_TORCH = ("00", "01", "03", "04", "05", "10", "12")
# Python runs a module of this name at its start, before the kernel.
HIDE = """
import sys

class Hidden:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ModuleNotFoundError("torch is hidden", name="torch")

sys.meta_path.insert(0, Hidden)
"""
LOOK = """
import sys
assert "torch" not in sys.modules
try:
    import torch
except ModuleNotFoundError as error:
    print(error)
"""
REAL_FIGURES = (
    r"^1 +61\.4 +77\.9$", r"^128 +96\.2 +93\.0$", r"first ahead at k = 15", r"crossing at k = 15 \[7, 34\]",
    r"only base 19, only trained 3, both 462, neither 16",
)  # fmt: skip
"""What notebook 01 shows of real runs, once its exercises are solved."""


def run(source, kind, folder, without_torch=False):
    notebook = nbformat.reads(builder.build(source, kind), as_version=4)
    told = {}
    if without_torch:
        (folder / "hide").mkdir()
        (folder / "hide" / "sitecustomize.py").write_text(HIDE)
        told = {"PYTHONPATH": os.pathsep.join(filter(None, [str(folder / "hide"), os.environ.get("PYTHONPATH")]))}
        notebook.cells.append(nbformat.v4.new_code_cell(LOOK))
    longest = 10 * MEASURED[source.stem]["seconds"]  # of CPU time: a slow machine is fine, another kind of cost is not
    client = NotebookClient(notebook, timeout=3600, resources={"metadata": {"path": str(folder)}})
    began = cpu_time_of_children()
    # On one thread the CPU time is the work alone; threads that wait for each other would count as well.
    client.execute(env={**os.environ, "OMP_NUM_THREADS": "1", **told})
    assert cpu_time_of_children() - began < longest
    if without_torch:
        assert notebook.cells.pop().outputs[0].text.strip() == "torch is hidden"
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


def is_amiss(text):
    """Whether an output holds what no reader should see, a path of this machine among it."""
    return re.search(r"Warning|Traceback|/(home|tmp|usr|private)/", text) is not None


def verdicts(notebook):
    found = {}
    for cell in notebook.cells:
        called = re.search(r"^check\.(\w+)\(\1\)$", cell.source, re.MULTILINE)
        if called:
            found[called[1]] = cell.outputs[-1].data["text/plain"].splitlines()[0]
    return found


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
@pytest.mark.parametrize(
    # With its claims a notebook is the solved one and more, so the solved one is not run once more by itself. The
    # student's is run in `make test` as well: in JupyterLab, by tests/browser/test_course_notebooks.py.
    ("kind", "verdict"),
    [pytest.param("student", "○ not attempted", marks=pytest.mark.long), ("claims", "✓ correct")],
    ids=["student", "claims"],
)
def test_it_runs_and_every_check_says(source, kind, verdict, tmp_path):
    notebook = run(source, kind, tmp_path, without_torch=kind == "claims" and source.stem[:2] in WITHOUT_TORCH)
    expected = [name for name, exercise in EXERCISES.items() if exercise.notebook == source.stem]
    assert len(expected) >= 3
    assert verdicts(notebook) == dict.fromkeys(expected, verdict)
    assert list(filter(is_amiss, outputs(notebook))) == []
    assert all(
        output.output_type != "stream" or output.name != "stderr"
        for c in notebook.cells
        if c.cell_type == "code"
        for output in c.outputs
    )
    for figures in REAL_FIGURES if kind == "claims" and source.stem.startswith("01") else ():
        assert re.search(figures, "\n".join(outputs(notebook)), re.MULTILINE), figures


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_it_has_what_a_notebook_of_the_course_has(source):
    cells = builder.parse(source.read_text())
    text = "\n".join(cell.text for cell in cells)
    assert text.startswith("# ")
    for part in ("**After this notebook**", "## Take with you", "{measured}", "quiz(", "predict(", "**Next:**"):
        assert part in text, part
    assert "not yet measured" not in builder.build(source)

"""Seven of the notebooks are about numbers, not about a network: they run where torch cannot be imported."""

import nbformat
import pytest
from nbclient import NotebookClient

from passk_lab.course import builder
from tests.notebooks.test_notebooks import verdicts

NOTEBOOKS = ("00", "01", "03", "04", "05", "10", "12")
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


@pytest.mark.parametrize("number", NOTEBOOKS)
def test_it_is_solved_without_torch(number, tmp_path, monkeypatch):
    (tmp_path / "hide").mkdir()
    (tmp_path / "hide" / "sitecustomize.py").write_text(HIDE)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "hide"), prepend=":")
    source = next(source for source in builder.sources() if source.stem.startswith(number))
    notebook = nbformat.reads(builder.build(source, "solved"), as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(LOOK))
    NotebookClient(notebook, timeout=120, resources={"metadata": {"path": str(tmp_path)}}).execute()
    assert notebook.cells[-1].outputs[0].text.strip() == "torch is hidden"
    assert set(verdicts(notebook).values()) == {"✓ correct"}

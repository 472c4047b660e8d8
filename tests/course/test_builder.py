"""The builder: the same source gives the same bytes; the student's notebook holds no solution."""

import json
import subprocess
import sys

import nbformat
import pytest

from passk_lab import bundled
from passk_lab.course import builder

SOURCE = '''# %% [markdown]
# # Title
#
# Text with {measured}.

# %%
def double(x):
    """Twice x."""
    # solution
    return 2 * x
    # end solution


double(3)

# %% tags=["teacher"]
"for the teacher"

# %%
x = 1

# %%
x = 1
'''


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "07_made_up.py"
    path.write_text(SOURCE)
    return path


def cells(source, kind):
    return ["".join(cell["source"]) for cell in json.loads(builder.build(source, kind))["cells"]]


def test_student_solved_teacher(source):
    student, solved, teacher = (cells(source, kind) for kind in builder.KINDS)
    assert student[0] == "# Title\n\nText with not yet measured."
    assert student[1] == 'def double(x):\n    """Twice x."""\n    ...  # your code here\n\n\ndouble(3)'
    assert solved[1] == 'def double(x):\n    """Twice x."""\n    return 2 * x\n\n\ndouble(3)'
    assert len(student) == len(solved) == len(teacher) - 1
    assert teacher[2] == '"for the teacher"'


def test_the_same_source_gives_the_same_bytes(source):
    assert builder.build(source) == builder.build(source)


def test_cell_ids_are_valid_distinct_and_stay_when_a_cell_is_put_before(source):
    notebook = nbformat.reads(builder.build(source), as_version=4)
    nbformat.validate(notebook)
    ids = [cell["id"] for cell in notebook.cells]
    assert len(set(ids)) == len(ids)
    source.write_text("# %%\nnew = True\n\n" + SOURCE)
    assert [cell["id"] for cell in nbformat.reads(builder.build(source), as_version=4).cells][1:] == ids


def test_a_header_that_cannot_be_read_is_named(source):
    source.write_text("# %%\nx = 1\n# %% [latex]\ny\n")
    with pytest.raises(ValueError, match=r"line 3: cannot read the cell header '# %% \[latex\]'"):
        builder.build(source)


def test_an_unknown_kind_lists_the_kinds(source):
    with pytest.raises(KeyError, match=r"'draft'. There are: student, solved, teacher"):
        builder.build(source, "draft")


@pytest.mark.parametrize("path", builder.sources(), ids=lambda path: path.stem)
def test_the_committed_notebook_is_what_its_source_gives(path):
    built = bundled.folder("notebooks") / f"{path.stem}.ipynb"
    assert built.read_bytes() == builder.build(path).encode()
    for cell in nbformat.read(built, as_version=4).cells:
        assert not cell.get("outputs")
        assert "solution\n" not in cell.source


def test_the_glossary_lies_beside_the_notebooks_and_links_to_what_is_there():
    beside = bundled.folder("notebooks") / builder.GLOSSARY
    text = beside.read_text(encoding="utf-8")
    original = (bundled.folder("notebooks").parent / "docs" / "glossary.md").read_text(encoding="utf-8")
    assert text == builder.glossary()
    assert text == original.replace("[the list of names](names.md)", "the list of names")


def test_it_runs_as_a_program_without_a_word():
    ran = subprocess.run(
        [sys.executable, "-m", "passk_lab.course.builder", "--check"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_check_says_what_is_stale(tmp_path, capsys):
    assert builder.main(["--out", str(tmp_path)]) == 0
    assert builder.main(["--check", "--out", str(tmp_path)]) == 0
    (tmp_path / "00_start_here.ipynb").write_text("{}")
    assert builder.main(["--check", "--out", str(tmp_path)]) == 1
    (tmp_path / "glossary.md").unlink()
    assert builder.main(["--check", "--out", str(tmp_path)]) == 1
    assert "00_start_here.ipynb, glossary.md" in capsys.readouterr().err

"""The wheel is the whole lab: unpacked in an empty folder, away from the clone, it has its notebooks and data."""

import os
import subprocess
import sys
import zipfile

import pytest

from passk_lab.course.builder import sources


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    site = tmp_path_factory.mktemp("site")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(site)
    return site


def run(installed, tmp_path, code):
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def test_it_brings_notebooks_data_solutions_and_front_end(installed, tmp_path):
    code = """
import passk_lab
from passk_lab import bundled, course, data, explorers, workplace
assert "_bundled" in str(bundled.folder("data")), bundled.folder("data")
workplace.bring_notebooks(__import__("pathlib").Path("mine"))
assert data.problems("math500").c.shape == (2, 500)
assert "math.comb" in course.check.pass_at_k.solution().body
assert "comb(" in course.check.effective_weight.solution().body
assert "function mount" in explorers.pass_at_k()._esm
assert course.builder.main(["--check"]) == 0
print(sorted(p.name for p in __import__("pathlib").Path("mine").glob("[0-9a-z]*")))
"""
    assert run(installed, tmp_path, code) == str([*(f"{source.stem}.ipynb" for source in sources()), "glossary.md"])


def test_it_brings_the_setting_that_keeps_jupyterlab_quiet(installed):
    assert (installed / "passk_lab" / "jupyter_config" / "labconfig" / "page_config.json").exists()

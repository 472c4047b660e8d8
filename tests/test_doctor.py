"""The doctor tries what it says: whatever is broken, it names it, says what to do and exits 1."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from passk_lab import bundled, doctor, workplace

WELL = "✓ The lab has what it needs."


def examined(folder: Path, **told: str) -> tuple[int, str]:
    """The doctor in a process of its own, with modules of `folder` before all others."""
    path = os.pathsep.join([str(folder), *filter(None, sys.path)])
    done = subprocess.run(
        [sys.executable, "-P", "-m", "passk_lab", "doctor"],
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8", **told}, capture_output=True, check=False,
    )  # fmt: skip
    assert b"Traceback" not in done.stderr, done.stderr
    return done.returncode, done.stdout.decode(told.get("PYTHONIOENCODING", "utf-8"))


def test_a_torch_that_cannot_be_loaded_a_page_without_widgets_and_an_old_code_page_at_once(tmp_path):
    (tmp_path / "torch.py").write_text("raise OSError('libtorch_cpu.so: cannot open shared object file')")
    page = tmp_path / "config" / "labconfig" / "page_config.json"
    page.parent.mkdir(parents=True)
    page.write_text('{"disabledExtensions": {"@jupyter-widgets/jupyterlab-manager": true, "anywidget:plugin": true}}')
    code, said = examined(tmp_path, PYTHONIOENCODING="cp1252", JUPYTER_CONFIG_DIR=str(page.parent.parent))
    assert code == 1
    assert "torch        cannot be loaded" in said
    assert "cannot be loaded (OSError: libtorch_cpu.so: cannot open shared object file)" in said
    assert "pip install --force-reinstall --no-deps torch" in said
    assert "jupyter labextension enable @jupyter-widgets/jupyterlab-manager" in said
    assert "jupyter labextension enable anywidget" in said
    assert "? torch is installed" in said, "cp1252 has no cross"
    assert "The lab has what it needs" not in said


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of notebooks and data to be broken; the package is looked for beside them, as in a clone."""
    shutil.copytree(bundled.folder("data"), tmp_path / "data")
    shutil.copytree(bundled.folder("notebooks"), tmp_path / "notebooks")
    monkeypatch.setattr(bundled, "_PACKAGE", tmp_path / "passk_lab")
    return tmp_path


def flipped(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


BROKEN = {
    "data missing": (lambda at: shutil.rmtree(at / "data"), "came without its data folder"),
    "one file missing": (lambda at: (at / "data" / "epoch_runs.csv").unlink(), "data/epoch_runs.csv cannot be read"),
    "one bit flipped": (
        lambda at: flipped(at / "data" / "runs" / "curves.npz"),
        "data/runs/curves.npz is not as it came",
    ),
    "one file cut": (lambda at: (at / "data" / "runs" / "steps.npz").write_bytes(b""), "data/runs/steps.npz is not as"),
    "no sums": (lambda at: (at / "data" / bundled.SUMS).unlink(), "SHA256SUMS cannot be read"),
    "no notebooks folder": (lambda at: shutil.rmtree(at / "notebooks"), "came without its notebooks folder"),
    "no notebooks": (lambda at: [path.unlink() for path in (at / "notebooks").glob("*.ipynb")], "00_start_here, 01_"),
    "a notebook missing": (lambda at: (at / "notebooks" / workplace.START).unlink(), "damaged: 00_start_here. Install"),
    "a notebook cut": (lambda at: (at / "notebooks" / workplace.START).write_text("{"), "damaged: 00_start_here. Inst"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_came_with_the_lab_and_is_missing_or_damaged(copy, name, capsys):
    hurt, sentence = BROKEN[name]
    hurt(copy)
    assert doctor.doctor() == 1
    said = capsys.readouterr().out
    assert sentence in said
    assert "nstall passk-lab again" in said or "install it again" in said
    assert WELL not in said

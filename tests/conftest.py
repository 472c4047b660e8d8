"""No test reads or writes the reader's own progress; the wheel is built once for the tests that look at it."""

import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def apart(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PASSK_LAB_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    out, clone = tmp_path_factory.mktemp("wheel"), Path(__file__).parent.parent
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built

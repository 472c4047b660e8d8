"""TRL trains with the lab's credit: in the environment of its own that `make test` sets up (`make trl`)."""

import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TRL = ROOT / ".venv-trl" / "bin" / "python"
APART = ["--noconftest", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=", "--import-mode=importlib"]
"""The clone's pytest settings name plugins and warnings that are not there."""


@pytest.mark.skipif(not TRL.exists(), reason="`make trl` makes the environment with TRL")
def test_in_trls_own_environment():
    env = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    command = [str(TRL), "-m", "pytest", *APART, "-q", "-x", "tests/bridge/test_in_trl.py"]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 50
    assert "skipped" not in done.stdout

"""TRL trains with the lab's credit: in the environment of its own that `make test` sets up (`make trl`)."""

import json
import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.objectives import oracles

ROOT = Path(__file__).parents[2]
TRL = ROOT / ".venv-trl" / "bin" / "python"
APART = ["--noconftest", "-p", "no:cacheprovider", "-o", "addopts=", "-o", "filterwarnings=", "--import-mode=importlib"]
"""The clone's pytest settings name plugins and warnings that are not there."""


pytestmark = pytest.mark.skipif(not TRL.exists(), reason="`make trl` makes the environment with TRL")


def run(*words):
    env = os.environ | {"PYTHONPATH": str(ROOT), "HF_HUB_OFFLINE": "1", "CUDA_VISIBLE_DEVICES": ""}
    done = subprocess.run([str(TRL), "-m", *words], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done


def test_in_trls_own_environment():
    done = run("pytest", *APART, "-q", "-x", "tests/bridge/test_in_trl.py")
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) > 50
    assert "skipped" not in done.stdout


@pytest.mark.long
def test_a_group_that_lies_on_two_processes_is_credited_as_one(tmp_path):
    words = ("torch.distributed.run", "--standalone", "--nproc-per-node", "2", "tests/bridge/two_processes.py")
    run(*words, str(tmp_path))
    halves = [json.loads((tmp_path / f"{rank}.json").read_text(encoding="utf-8")) for rank in (0, 1)]
    assert [half["processes"] for half in halves] == [2, 2]
    table, told_apart = oracles.table("pass@k-loo-1", 8, k=4), 0
    for steps in zip(*(half["seen"] for half in halves), strict=True):
        prompts, answers, advantages = ([*mine, *yours] for mine, yours in zip(*steps, strict=True))
        right = [a.isdigit() and int(a) % int(m) == 0 for m, a in zip(prompts, answers, strict=True)]
        assert len(set(prompts)) == 1
        expected = [float((table.correct if r else table.wrong)[sum(right)]) for r in right]
        assert advantages == pytest.approx(expected, abs=1e-6)
        told_apart += sum(right[:4]) != sum(right[4:])
    assert told_apart, "halves alike in every step would show nothing"
    one, other = ([row for row in half["log"] if "lab/pass_at_1" in row] for half in halves)
    assert [row["lab/pass_at_1"] for row in one] == [row["lab/pass_at_1"] for row in other]

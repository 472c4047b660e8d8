"""The tests that only a card can make: those marked `gpu`, in a process of their own."""

import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu.journal import Line, checked, left_out
from benchmarks.gpu.runner import Bench

ROOT = Path(__file__).parents[2]
NONE_CHOSEN = 5
"""What pytest ends with where it has found no test to run."""


def needs(bench: Bench) -> str:
    if not bench.on_gpu:
        return "these tests are for a GPU"
    missing = [name for name in ("pytest", "hypothesis") if find_spec(name) is None]
    return f"{' and '.join(missing)} is not installed here" if missing else ""


def marked(bench: Bench) -> Iterator[Line]:
    what = "tests marked gpu"
    command = [sys.executable, "-m", "pytest", "-m", "gpu", "-p", "no:cacheprovider", "tests/lm"]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    words = [line for line in told.stdout.strip().splitlines() if line.startswith(("FAILED", "ERROR"))]
    last = (told.stdout.strip() or told.stderr.strip()).splitlines()[-1:]
    if told.returncode == NONE_CHOSEN:
        yield left_out(what, "there is none")
    else:
        yield checked(what, told.returncode == 0, "\n".join([*last, *words[:20]]))

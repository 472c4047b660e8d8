"""TRL's GRPOTrainer with a network of the same size on the same card; where TRL is not installed, that is said."""

import json
import subprocess
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

from benchmarks.gpu.journal import Line, measured
from benchmarks.gpu.runner import Bench
from benchmarks.measure import duration

ROOT = Path(__file__).parents[2]
APART = ROOT / ".venv-trl" / "bin" / "python"
SAMPLES, STEPS = 512, 40


def python() -> str:
    """Return the interpreter that has TRL: this one, or that of the environment it has to itself; "" for none."""
    try:
        here = find_spec("trl") is not None
    except ImportError:
        here = False
    return sys.executable if here else str(APART) if APART.exists() else ""


def needs(bench: Bench) -> str:
    if not python():
        return "trl is not installed here"
    return "TRL takes a minute, and this is the short form" if bench.short else ""


def peer(bench: Bench) -> Iterator[Line]:
    command = [
        python(), "-m", "benchmarks.trl_side", "--start", "trained", "--steps", str(STEPS), "--device", bench.device,
    ]  # fmt: skip
    told = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)
    if told.returncode:
        raise RuntimeError(f"benchmarks.trl_side ended with {told.returncode}: {told.stderr[-800:]}")
    found = json.loads(told.stdout.splitlines()[-1])
    versions = ", ".join(f"{name} {version}" for name, version in found["versions"].items())
    for side, what in (("TRL", "TRL's GRPOTrainer"), ("ours", "our plain learner, by turns with it")):
        step = sum(found["seconds"][side]) / (len(found["seconds"][side]) * found["turn"])
        yield measured(
            f"{what}, one run x {SAMPLES}", f"{duration(step)} a step, {SAMPLES / step:,.0f} samples/s ({versions})",
            **{f"{side.lower()}_s": step},
        )  # fmt: skip

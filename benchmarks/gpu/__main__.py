"""The command: see the package's first lines."""

import argparse
import datetime
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.gpu.float32 import without_override

without_override()

import torch  # noqa: E402

from benchmarks.gpu import page  # noqa: E402
from benchmarks.gpu.journal import Journal, read  # noqa: E402
from benchmarks.gpu.plan import STEPS  # noqa: E402
from benchmarks.gpu.runner import Bench, CardLost, run_steps  # noqa: E402

RESULTS = Path(__file__).parents[1] / "results"
TOTAL = 460.0


def main(given: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.gpu", description="Ask a GPU everything.")
    names = [step.name for step in STEPS]
    parser.add_argument("steps", nargs="*", metavar="STEP", help=f"which of {', '.join(names)} (default: all)")
    parser.add_argument("--out", type=Path, required=True, help="folder of gpu.jsonl and of the tables")
    parser.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    parser.add_argument("--short", action="store_true", help="tiny sizes and no limit of time: does every step work?")
    parser.add_argument("--seconds", type=float, default=TOTAL, help=f"for all steps (default: {TOTAL:g})")
    parser.add_argument("--keep", action="store_true", help="put what a GPU told into benchmarks/results as well")
    parser.add_argument("--table", action="store_true", help="measure nothing, write the tables of the lines there are")
    told = parser.parse_args(given)
    if unknown := [name for name in told.steps if name not in names]:
        parser.error(f"there is no step called {', '.join(unknown)}; there are {', '.join(names)}")
    if told.table:
        write(told.out, read(told.out / "gpu.jsonl"), told.keep)
        return
    if told.device == "cuda" and not torch.cuda.is_available():
        parser.error(
            f"torch {torch.__version__} sees no GPU here. To see that every step works, take --short --device cpu."
        )
    if told.device == "cpu" and not told.short:
        parser.error("--device cpu takes hours in full size: add --short.")
    measure(told)


def measure(told: argparse.Namespace) -> None:
    journal = Journal(told.out / "gpu.jsonl")
    journal.add({"device": told.device, "short": told.short, "date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d}"})
    chosen = [step for step in STEPS if step.name in (told.steps or [each.name for each in STEPS])]
    bench = Bench(told.device, told.short, told.out)
    if told.device == "cpu":
        torch.set_num_threads(1)
    else:
        torch.cuda.init()  # the books of its memory are opened by that
    # Who takes the machine away says so first: then the step that runs is not begun again, and the tables are written.
    signal.signal(signal.SIGTERM, stop)

    def tables() -> None:
        write(told.out, journal.lines, told.keep)

    began, total = time.monotonic(), float("inf") if told.short else told.seconds
    try:
        run_steps(chosen, bench, journal, total, tables)
    except CardLost as lost:
        journal.close()
        if lost.left:
            go_on(told, lost.left, total - (time.monotonic() - began))
    finally:
        tables()
        journal.close()
    print(page.page(journal.lines, STEPS))


def go_on(told: argparse.Namespace, left: list[str], seconds: float) -> None:
    """Become a new process, with a fresh context on the card, for the steps that are left."""
    print(f"the card's context is lost; a new process goes on with {', '.join(left)}", flush=True)
    flags = [f"--{name}" for name in ("short", "keep") if getattr(told, name)]
    words = [*left, "--out", str(told.out), "--device", told.device, "--seconds", f"{seconds:.0f}", *flags]
    os.execv(sys.executable, [sys.executable, "-m", "benchmarks.gpu", *words])


def write(folder: Path, lines: list[dict[str, Any]], keep: bool) -> None:
    page.write(folder, lines, STEPS)
    if keep and page.measured_on_a_gpu(lines):
        page.write(RESULTS, lines, STEPS)


def stop(*_: Any) -> None:
    raise SystemExit("told to stop: what was measured is written down.")


if __name__ == "__main__":
    main()

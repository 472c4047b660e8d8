"""The command `passk-lab`: open the lab, look after it, train in it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from passk_lab import needs
from passk_lab.workplace import Trouble, open_lab, reset_notebook

FOLDER = Path("passk-lab")


def main(argv: list[str] | None = None) -> int:
    """Run `passk-lab` and return its exit status."""
    parser = argparse.ArgumentParser(
        prog="passk-lab",
        description="An interactive laboratory for pass@k. Without a command it opens the notebooks in JupyterLab.",
    )
    parser.add_argument("--dir", type=Path, default=FOLDER, help="where your notebooks lie (default: ./passk-lab)")
    parser.add_argument("--port", type=int, help="port on 127.0.0.1 (default: the first free one from 8888)")
    parser.add_argument("--no-browser", action="store_true", help="print the address instead of opening a browser")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    commands.add_parser(
        "doctor", help="say what this machine has: versions, torch build, device, widgets, memory, browser"
    )
    commands.add_parser(
        "verify",
        help="check every derivation and objective against autograd and enumeration; print the ledger",
    )
    reset = commands.add_parser("reset", help="put a notebook back to how it came; your own is kept beside it")
    reset.add_argument("name", help="as in 01_counting_successes")
    # Also after the command: argparse would otherwise put the default back over --dir given before it.
    reset.add_argument("--dir", type=Path, default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    # tyro reads what follows `train`, and has its own --help: an option for each setting of a run.
    commands.add_parser("train", add_help=False, help="train the compact model; passk-lab train --help lists settings")
    runs = commands.add_parser("runs", help="list the runs under a folder")
    runs.add_argument("folder", type=Path, nargs="?", default=Path("passk-lab-runs"), help="default: ./passk-lab-runs")
    sweep = commands.add_parser("sweep", help="train a grid of runs; what is finished stays, what was cut off goes on")
    sweep.add_argument(
        "grid", type=Path, help='JSON: {"shared": {"steps": 120}, "crossed": {"rate": [2e-4, 4e-4], "seed": [0, 1, 2]}}'
    )
    sweep.add_argument("--out", type=Path, required=True, help="each run gets a folder in it")
    sweep.add_argument("--jobs", type=int, help="processes side by side (default: one for each core)")
    sweep.add_argument("--ray", metavar="ADDRESS", help='a Ray cluster, as HOST:PORT or "auto"; needs passk-lab[ray]')
    sweep.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), help="for all runs (default: what the grid says; auto if nothing)"
    )
    sweep.add_argument(
        "--stack", action=argparse.BooleanOptionalAction, default=None,
        help="train runs together as one program where they can be (default: on a GPU; on a CPU it pays for small "
        "batches only); what was begun goes on as it was begun",
    )  # fmt: skip
    options, rest = parser.parse_known_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # where ✓ has no byte (cp1252, say) a ? is better than a traceback
            stream.reconfigure(errors="replace")
    try:
        if options.command in ("train", "runs", "sweep"):
            return _training(options, rest, parser)
        if rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        if options.command == "doctor":
            from passk_lab.doctor import doctor

            return doctor()
        if options.command == "verify":
            from passk_lab.exact.derivations import verify

            return 0 if verify(print).passed else 1
        if options.command == "reset":
            kept = reset_notebook(options.dir, options.name)
            print(
                f"{options.name} is as it came. Your own was kept as {kept}."
                if kept
                else f"{options.name} is as it came."
            )
            return 0
        needs.check(needs.LAB)
        return open_lab(options.dir, options.port, browser=not options.no_browser)
    except (Trouble, KeyError, needs.NotInstalled) as error:
        print(f"passk-lab: {error.args[0]}", file=sys.stderr)
        return 2


def _training(options: argparse.Namespace, rest: list[str], parser: argparse.ArgumentParser) -> int:
    """Run a command that trains or looks at runs; what goes wrong there is said in a sentence."""
    if rest and options.command != "train":
        parser.error(f"unrecognized arguments: {' '.join(rest)}")
    needs.check("passk_lab.lm.command")
    from passk_lab.lm import command

    try:
        if options.command == "train":
            return command.train_command(rest)
        if options.command == "runs":
            return command.runs_command(options.folder)
        with _own_modules_last():
            return command.sweep_command(
                options.grid, options.out, options.jobs, options.ray, options.device, options.stack
            )
    except (ValueError, KeyError, OSError, RuntimeError) as error:
        print(f"passk-lab: {command.sentence(error)}", file=sys.stderr)
        return 2


@contextlib.contextmanager
def _own_modules_last() -> Iterator[None]:
    """Keep a sweep's processes from the folder it is started in: Python takes a module random there for its own."""
    before = os.environ.get("PYTHONSAFEPATH")
    os.environ["PYTHONSAFEPATH"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PYTHONSAFEPATH"]
        else:
            os.environ["PYTHONSAFEPATH"] = before

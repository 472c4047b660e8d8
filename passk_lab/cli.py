"""The command `passk-lab`: open the lab, look after it, train in it."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

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
    _present_options(commands)
    _diagnose_options(commands)
    _teach_options(commands)
    _collect_options(commands)
    options, rest = parser.parse_known_args(argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # where ✓ has no byte (cp1252, say) a ? is better than a traceback
            stream.reconfigure(errors="replace")
    try:
        if options.command in ("train", "runs", "sweep"):
            return _training(options, rest, parser)
        if rest:
            parser.error(f"unrecognized arguments: {' '.join(rest)}")
        if "serve" in options:
            return options.serve(options)
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
    except getattr(options, "told", ()) as error:  # what goes wrong with what the command was given
        from passk_lab.arguments import printable

        said = f"{error.strerror}: {error.filename}" if isinstance(error, OSError) and error.strerror else error.args[0]
        print("\n".join(map(printable, f"passk-lab {options.command}: {said}".split("\n"))), file=sys.stderr)
        return 2
    except (Trouble, KeyError, needs.NotInstalled) as error:
        print(f"passk-lab: {error.args[0]}", file=sys.stderr)
        return 2


def _present_options(commands: Any) -> None:
    """Add the command `present` with its options."""
    present = commands.add_parser(
        "present",
        help="show explorers one after the other, large, for a projector",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Write one page, which needs nothing beside it and no network, that shows one view at a time.\n"
        "Arrow keys, or the Page keys of a remote, step through them; 1 to 4 shows one panel alone, 0 all.",
        epilog="  passk-lab present 'pass_at_k?k=16&p=.9' 'real_curves_math500?hide=answer' 'collapse?k=16&panel=2'\n"
        "  passk-lab present talk.txt --out talk.html\n"
        "  passk-lab present plan-90-minutes",
    )
    present.add_argument(
        "states", metavar="STATE", nargs="+",
        help="as 'Copy this view' gives it; or a file with one on each line; or the name of a plan of the kit",
    )  # fmt: skip
    present.add_argument(
        "--out", metavar="PAGE.html", type=Path, default=Path("present.html"), help="default: %(default)s"
    )
    # Also after the command: argparse would otherwise put the default back over --no-browser given before it.
    present.add_argument("--no-browser", action="store_true", default=argparse.SUPPRESS, help="only write the page")
    present.set_defaults(serve=_present, told=(ValueError, OSError))


def _present(options: argparse.Namespace) -> int:
    """Write the page, and open it."""
    import webbrowser

    needs.check("passk_lab.explorers")
    from passk_lab import files
    from passk_lab.explorers.slides import slides, talk

    shown = slides(options.states, _plans)
    files.put(options.out.resolve(), talk(shown, options.out.stem))
    print(f"Written: {options.out} ({len(shown)} {'view' if len(shown) == 1 else 'views'})")
    if not options.no_browser:
        webbrowser.open(options.out.resolve().as_uri())
    return 0


def _plans() -> dict[str, Any]:
    """Slides of the kit's plans, by name."""
    needs.check("passk_lab.teach")
    from passk_lab.teach.plan_slides import plan_slides
    from passk_lab.teach.plans import PLANS

    return {plan.name: partial(plan_slides, plan) for plan in PLANS}


_DIAGNOSE = """\
Read the result files of an evaluation, or its folder: those of any known tool, or a table. Say pass@k with intervals,
what a base does on the same problems, where the curves cross if they surely do, and what is wrong with the files.
Beyond the samples there are, nothing is said but as a prediction."""
_EXAMPLES = """\
Where files can be read in two ways, the command stops and lists the options to type.

  passk-lab diagnose trained.jsonl --base base.jsonl --out page.html
  passk-lab diagnose rollouts/ --training-n 16 --json trend.json
  passk-lab diagnose results.csv --columns problem=task,correct=passed --false-positive 0.001"""


def _diagnose_options(commands: Any) -> None:
    """Add the command `diagnose` with its options."""
    diagnose = commands.add_parser(
        "diagnose",
        help="say what result files of an evaluation say: pass@k, a comparison with a base, verdicts, warnings",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=_DIAGNOSE,
        epilog=_EXAMPLES,
    )
    diagnose.add_argument(
        "files", metavar="FILE", type=Path, nargs="+", help="files or folders of one model; checkpoints make a trend"
    )
    diagnose.add_argument(
        "--base", metavar="FILE", type=Path, nargs="+", help="the same of what it is compared with, matched by id"
    )
    written = diagnose.add_argument_group("what is written")
    written.add_argument("--json", metavar="OUT.json", type=Path, help="all numbers, as JSON")
    written.add_argument(
        "--out",
        metavar="PAGE.html",
        type=Path,
        help="a page that stands by itself (default, if nothing else is asked for: diagnosis.html)",
    )
    written.add_argument("--figures", metavar="FOLDER", type=Path, help="every figure as JSON, CSV, PNG and SVG")
    reading = diagnose.add_argument_group("how the files are read, where they leave a choice")
    reading.add_argument("--verdict", metavar="NAME", help="which of several judgements")
    reading.add_argument("--filter", metavar="NAME", help="which of several ways to take out the answer")
    reading.add_argument("--threshold", metavar="NUMBER|tool", help="right from this score on, or by the tool's rule")
    reading.add_argument(
        "--columns", metavar="WHAT=COLUMN,...", help="of a table: problem, dataset, correct, n, c, rate, step, ..."
    )
    reading.add_argument("--format", metavar="NAME", help="whose files these are, if it is not found out rightly")
    reading.add_argument("--run", metavar="NAME", help="which run, where the files hold several")
    of_base = diagnose.add_argument_group("how the base is read, where that differs")
    for name in ("verdict", "filter", "threshold", "columns", "format", "run"):
        of_base.add_argument(f"--base-{name}", metavar="..." if name in ("threshold", "columns") else "NAME")
    shown = diagnose.add_argument_group("what is shown")
    shown.add_argument(
        "--training-n", metavar="N", type=int, help="samples of a group in training (default: 8, or all)"
    )
    shown.add_argument(
        "--false-positive", metavar="RATE", type=float, help="what the verifier accepts of wrong samples, as 0.01"
    )
    shown.add_argument(
        "--audit", metavar="X/M|FILE", help="or of M wrong samples read X were accepted; a CSV: right,accepted in 0/1"
    )
    shown.add_argument("--level", type=float, default=0.95, help="of every interval (default: 0.95)")
    shown.add_argument("--k", metavar="K,K,...", help="which k, within the samples (default: a choice, to the last)")
    diagnose.set_defaults(serve=_diagnose, told=(ValueError, KeyError, OSError, RuntimeError, ModuleNotFoundError))


def _diagnose(options: argparse.Namespace) -> int:
    """Diagnose files."""
    from passk_lab.report.command import diagnose_command

    return diagnose_command(options)


def _teach_options(commands: Any) -> None:
    """Add the command `teach` with its options."""
    teach = commands.add_parser(
        "teach", help="write the teacher's kit: figures with questions, a sheet, plans, an exam"
    )
    teach.add_argument("out", metavar="OUT", type=Path, help="a folder; what it holds already is left alone")
    teach.add_argument("--seed", type=int, default=1, help="another draws another exam (default: 1)")
    teach.add_argument("--book", action="store_true", help="the notebooks as a book too, executed: takes minutes")
    teach.set_defaults(serve=_teach, told=(ValueError, OSError))


def _teach(options: argparse.Namespace) -> int:
    """Write the kit."""
    needs.check("passk_lab.teach")
    from passk_lab import teach

    for sentence in teach.write(options.out, options.book, options.seed):
        print(sentence)
    print(f"The kit is in {options.out}. Begin with {options.out / 'index.html'}.")
    return 0


def _collect_options(commands: Any) -> None:
    """Add the command `collect` with its options."""
    collect = commands.add_parser(
        "collect",
        help="judge what a class handed in: class.csv, and a page on who needs help with what",
        description="Judge the notebooks and progress files of a class. Only imports and functions are run, each "
        "submission in a process of its own; the page says what shut them in.",
    )
    collect.add_argument("place", metavar="FOLDER|ZIP", type=Path, help="of Moodle, Canvas, nbgrader, GitHub Classroom")
    collect.add_argument("--out", type=Path, default=Path("passk-lab-class"), help="default: ./passk-lab-class")
    collect.add_argument("--jobs", type=int, default=2, help="submissions judged side by side (default: 2)")
    collect.add_argument(
        "--retrain",
        action="store_true",
        help="run the code of challenge entries, shut in, and train each anew (minutes)",
    )
    collect.set_defaults(serve=_collect, told=(ValueError, OSError))


def _collect(options: argparse.Namespace) -> int:
    """Collect a class."""
    needs.check("passk_lab.collect")
    from passk_lab.collect.command import collect_command

    return collect_command(options.place, options.out, options.jobs, retrain=options.retrain)


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

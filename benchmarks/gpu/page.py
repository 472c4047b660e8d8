"""The table: targets with prediction and outcome, then every step's lines. Made of the lines alone."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.gpu.journal import Line, current
from benchmarks.gpu.runner import Step
from benchmarks.gpu.targets import TARGETS

ABSENT = "not measured on a GPU"


def page(lines: Sequence[Line], steps: Sequence[Step]) -> str:
    """Write all that the lines say in Markdown; without any, what is predicted and what will be asked."""
    runs = [line for line in lines if "device" in line]
    counted = {line["run"] for line in runs if line["device"] == "cuda" and not line["short"]}
    found, real = current(lines), current(line for line in lines if line["run"] in counted)
    out = [
        "# The compact model on a GPU",
        "",
        "Made by `make gpu`. Times are medians of 9 x 10 steps by turns, unless a row says otherwise.",
        "",
        *([" ".join(about(runs, lines)), ""] if runs else []),
        *([] if counted else ["**Not measured on a GPU.** What follows was predicted by arithmetic.", ""]),
        "## Targets on one H100 or H200",
        "",
        *table(("what", "target", "predicted beforehand", "found", "met"), map(verdict(real), TARGETS)),
        "",
        "## Steps",
        "",
        *table(("step", "asks", "share", "took", "ended"), (how(step, found.get(step.name, [])) for step in steps)),
    ]
    for step in steps:
        told = [line for line in found.get(step.name, []) if "what" in line and line.get("ended") != "left out"]
        if told:
            rows = ((line["what"], words(line), passed(line)) for line in told)
            out += ["", f"## {step.name}", "", *table(("what", "found", "passed"), rows)]
    return "\n".join(out) + "\n"


def about(runs: Sequence[Line], lines: Sequence[Line]) -> list[str]:
    """Say of each run of the bench where and when it was."""
    cards = {line["run"]: line["card"] for line in lines if "card" in line}
    told = []
    for run in runs:
        where = cards.get(run["run"], "a GPU") if run["device"] == "cuda" else "the CPU, where no target is measured"
        told.append(f"Run {run['run']}: {run['date']}, on {where}{', the short form' if run['short'] else ''}.")
    return told


def verdict(found: dict[str, list[Line]]):
    def cells(target) -> tuple[str, ...]:
        outcome = target.read(found)
        said, met = (ABSENT, "") if outcome is None else (outcome[0], "yes" if outcome[1] else "**no**")
        return target.what, target.target, target.predicted, said, met

    return cells


def how(step: Step, lines: Sequence[Line]) -> tuple[str, ...]:
    last = lines[-1] if lines else {}
    took = f"{last['seconds']:.1f} s" if "seconds" in last else ""
    ended = "" if not lines else last.get("ended", "cut off with the machine")
    if ended == "left out":
        ended = f"left out: {last['left_out']}"
    return step.name, step.asks, f"{step.seconds:g} s", took, ended


def words(line: Line) -> str:
    if "failed" in line:
        return f"failed: {line['failed']}"
    return f"left out: {line['left_out']}" if "left_out" in line else line.get("found", "")


def passed(line: Line) -> str:
    return {True: "yes", False: "**no**", None: "**no**" if "failed" in line else ""}[line.get("passed")]


def table(head: Sequence[str], rows: Any) -> list[str]:
    whole = [head, ["---"] * len(head), *rows]
    return [f"| {' | '.join(cell(text) for text in row)} |" for row in whole]


def cell(text: str) -> str:
    return " / ".join(text.split("\n")).replace("|", r"\|")


def write(folder: Path, lines: Sequence[Line], steps: Sequence[Step]) -> None:
    """Put gpu.md and gpu.json in place, each in one move."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"gpu.md": page(lines, steps), "gpu.json": json.dumps({"lines": list(lines)}, indent=1) + "\n"}
    for name, text in texts.items():
        half = folder / f"{name}.half"
        half.write_text(text, encoding="utf-8")
        half.replace(folder / name)


def measured_on_a_gpu(lines: Sequence[Line]) -> bool:
    return any(line.get("device") == "cuda" and not line["short"] for line in lines)

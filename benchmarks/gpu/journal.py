"""The lines of DIR/gpu.jsonl: each is written in one piece as soon as it is known; a later run adds to them."""

import json
import traceback
from collections.abc import Iterable
from pathlib import Path
from typing import Any

Line = dict[str, Any]


def measured(what: str, found: str, **figures: Any) -> Line:
    """Say a quantity in words, with the figures behind it."""
    return {"what": what, "found": found, **figures}


def checked(what: str, passed: bool, found: str, **figures: Any) -> Line:
    """Say what was held against what, and whether it held."""
    return {"what": what, "passed": bool(passed), "found": found, **figures}


def left_out(what: str, why: str) -> Line:
    return {"what": what, "left_out": why}


def failed(what: str, error: BaseException) -> Line:
    """Keep the last lines of a traceback: where it broke, and the words."""
    told = "".join(traceback.format_exception(error)).strip().splitlines()
    return {"what": what, "failed": "\n".join(told[-6:])}


class Journal:
    """A file to which lines are added, each by one call of the system, and all lines that are in it."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.lines = read(path)
        self.run = 1 + max((line["run"] for line in self.lines), default=0)
        cut_off = path.exists() and not path.read_bytes().endswith(b"\n") and path.stat().st_size > 0
        self._file = path.open("ab", buffering=0)
        if cut_off:
            self._file.write(b"\n")

    def add(self, line: Line) -> None:
        whole = {"run": self.run, **line}
        self._file.write((json.dumps(whole, default=float) + "\n").encode())
        self.lines.append(json.loads(json.dumps(whole, default=float)))

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> list[Line]:
    """Read the lines that are whole: a machine that was taken away may have left half of the last one."""
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            lines.append(json.loads(text))
        except json.JSONDecodeError:
            continue
    return lines


def current(lines: Iterable[Line]) -> dict[str, list[Line]]:
    """For each step the lines of the last run in which it had its turn."""
    by_step: dict[str, list[Line]] = {}
    for line in lines:
        if "step" not in line:
            continue
        kept = by_step.setdefault(line["step"], [])
        if kept and kept[-1]["run"] != line["run"]:
            kept.clear()
        kept.append(line)
    return by_step

"""What a reader has done, in one small file beside the notebooks: a fresh folder starts fresh."""

from __future__ import annotations

import errno
import json
import math
import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from passk_lab import arguments, files

NAME = ".passk-lab-progress.json"
VERSION = 2
"""Of the file. One without it is of the first: it says how often an exercise was tried, and not what came of it."""
_PARTS = ("exercises", "questions", "predictions", "revealed", "drawings")
_MOST_TRIED = 100
"""Tries of an exercise that are told one by one, the last ones; all are counted."""


def _started_in() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:  # deleted since
        return Path()


_FOLDER = _started_in()
"""A kernel starts in the folder of its notebook, and a reader may walk away from there later."""


def location() -> Path:
    """Return where the file lies: in the folder of the notebook, or in the one named by PASSK_LAB_HOME."""
    return Path(os.environ.get("PASSK_LAB_HOME") or _FOLDER) / NAME


def read() -> dict[str, dict[str, Any]]:
    """Return everything recorded; what a file holds that the lab did not write is left out."""
    return fitting(_stored(location()) or {})


def fitting(stored: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return what of a file's content the lab wrote, in parts; files of an older lab are read too.

    >>> fitting({"exercises": {"pass_at_k": {"best": "correct", "attempts": 3}, "x": 1}})["exercises"]
    {'pass_at_k': {'best': 'correct', 'attempts': 3}}
    """
    return {part: _fitting(part, stored.get(part)) for part in _PARTS}


def remember(part: str, name: str, value: Any) -> None:
    """Store one entry of "exercises", "questions", "predictions", "revealed" or "drawings"."""
    update(part, name, lambda before: value)


def tried(name: str, status: str, mistake: str, final: str) -> None:
    """Store one more try of an exercise: its status, and the mistake it was; the status `final` once reached stays."""

    def new(before: Any) -> dict[str, Any]:
        best = final if (before or {}).get("best") == final else status
        return _noted(before, best, [mistake or status])

    update("exercises", name, new)


def helped(name: str, before_any: str, *, solution: bool = False) -> None:
    """Store that a hint to an exercise was read, or its solution; `before_any` is its best where nothing was tried."""
    more = {"solution": True} if solution else {"hints": 1}
    update("exercises", name, lambda before: _noted(before, (before or {}).get("best", before_any), [], **more))


def _noted(before: Any, best: str, tries: list[str], hints: int = 0, solution: bool = False) -> dict[str, Any]:
    before = before or {}
    return {
        "best": best,
        "attempts": before.get("attempts", 0) + len(tries),
        "tried": [*before.get("tried", []), *tries][-_MOST_TRIED:],
        "hints": before.get("hints", 0) + hints,
        "solution": before.get("solution", False) or solution,
    }


def update(part: str, name: str, new: Callable[[Any], Any]) -> None:
    """Store one entry, made from what it was before (None for nothing), and lose nothing that others store meanwhile.

    A file that is not what the lab wrote is kept beside, under another name; what fits in it goes on. Where nothing can
    be written, a warning says so, and the lesson goes on.
    """
    path = location()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path = path.resolve()  # a reader may have linked it to a place that is backed up
        with files.alone(path.with_name(f".{path.name.lstrip('.')}.lock")):
            stored = _stored(path)
            whole = {**(stored or {}), **{part: _fitting(part, (stored or {}).get(part)) for part in _PARTS}}
            if stored is None or whole != {part: {} for part in _PARTS} | stored:
                if not files.is_plain(path):
                    raise FileExistsError(errno.EEXIST, "it is no file", str(path))
                files.put_aside(path, lambda number: f"{path.stem}.unreadable{f'-{number}' if number > 1 else ''}.json")
            whole[part][name] = new(whole[part].get(name))
            known = whole.get("version")
            whole["version"] = max(VERSION, known if isinstance(known, int) else 0)
            files.put(path, json.dumps(whole, indent=1, sort_keys=True), mode=0o600)
    except OSError as error:
        warnings.warn(
            f"what you do here is not remembered, since {path} cannot be written ({error.strerror}). To have it kept, "
            "name another folder in the environment variable PASSK_LAB_HOME.",
            stacklevel=3,
        )


def predicted(name: str) -> float | None:
    """Return the number the reader predicted under this name, or None.

    >>> predicted("a name nobody used") is None
    True
    """
    return read()["predictions"].get(arguments.as_one_of("name", name, str, "a text"))


def _stored(path: Path) -> dict[str, Any] | None:
    """What the file says: nothing where there is none, and None where it cannot be read."""
    if not files.is_there(path):
        return {}
    try:
        # A pipe of that name would be waited for.
        stored = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    except (OSError, ValueError, RecursionError):
        return None
    return stored if isinstance(stored, dict) else None


def _fitting(part: str, entries: Any) -> dict[str, Any]:
    """Those entries of a part that are what the lab writes there."""
    return {name: it for name, it in entries.items() if _FITS[part](it)} if isinstance(entries, dict) else {}


def _is_exercise(it: Any) -> bool:
    """Whether an entry says what became of an exercise; what an older lab did not write may be missing."""
    return (
        isinstance(it, dict)
        and type(it.get("best")) is str
        and _is_count(it.get("attempts"))
        and isinstance(tries := it.get("tried", []), list)
        and all(type(one) is str for one in tries)
        and _is_count(it.get("hints", 0))
        and type(it.get("solution", False)) is bool
    )


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_count(value[0]) and _is_number(value[1])


_FITS: dict[str, Callable[[Any], bool]] = {
    "exercises": _is_exercise,
    # The words of a choice; a lab before this one wrote its number.
    "questions": lambda it: (
        isinstance(it, dict)
        and (type(it.get("choice")) is str or _is_count(it.get("choice")))
        and type(it.get("right")) is bool
    ),
    "predictions": _is_number,
    # What came out where a prediction was asked for.
    "revealed": _is_number,
    "drawings": lambda it: isinstance(it, list) and all(_is_point(point) for point in it),
}
"""What an entry of each part looks like."""

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
_PARTS = ("exercises", "questions", "predictions", "drawings")


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
    stored = _stored(location()) or {}
    return {part: _fitting(part, stored.get(part)) for part in _PARTS}


def remember(part: str, name: str, value: Any) -> None:
    """Store one entry of "exercises", "questions", "predictions" or "drawings"."""
    update(part, name, lambda before: value)


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


def _is_count(value: Any) -> bool:
    return type(value) is int and value >= 0


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_point(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and _is_count(value[0]) and _is_number(value[1])


_FITS: dict[str, Callable[[Any], bool]] = {
    "exercises": lambda it: isinstance(it, dict) and type(it.get("best")) is str and _is_count(it.get("attempts")),
    # The words of a choice; a lab before this one wrote its number.
    "questions": lambda it: (
        isinstance(it, dict)
        and (type(it.get("choice")) is str or _is_count(it.get("choice")))
        and type(it.get("right")) is bool
    ),
    "predictions": _is_number,
    "drawings": lambda it: isinstance(it, list) and all(_is_point(point) for point in it),
}
"""What an entry of each part looks like."""

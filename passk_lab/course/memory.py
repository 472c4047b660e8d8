"""What a reader has done, in one small local file. It never leaves the machine; delete it to start afresh."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import platformdirs

from passk_lab import arguments

_EMPTY: dict[str, dict[str, Any]] = {"exercises": {}, "questions": {}, "predictions": {}}


def location() -> Path:
    """Return where the file lies: the user's data directory, or the folder named by PASSK_LAB_HOME."""
    home = os.environ.get("PASSK_LAB_HOME")
    return Path(home or platformdirs.user_data_path("passk-lab")) / "progress.json"


def read() -> dict[str, dict[str, Any]]:
    """Return everything recorded that is as the lab writes it; what someone changed into something else is left out.

    A file that cannot be read is moved aside, never overwritten.
    """
    return {part: _sound(part, entries) for part, entries in _stored().items()}


def _sound(part: str, entries: dict[str, Any]) -> dict[str, Any]:
    """Entries of a part that are as the lab writes them, with a sentence about the others."""
    odd = [name for name, value in entries.items() if not _AS_WRITTEN[part](value)]
    if odd:
        warnings.warn(
            f"{location()} holds {part} that the lab did not write so ({', '.join(map(ascii, odd[:3]))}"
            f"{', ...' if len(odd) > 3 else ''}); they count as not there until they are written anew.",
            UserWarning,
            stacklevel=3,
        )
    return {name: value for name, value in entries.items() if name not in odd}


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")


def _is_attempt(value: Any) -> bool:
    return isinstance(value, dict) and value.get("best", "") in _BEST and _is_count(value.get("attempts", 0))


def _is_answer(value: Any) -> bool:
    return isinstance(value, dict) and _is_count(value.get("choice", 0)) and isinstance(value.get("right", False), bool)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


_BEST = ("", "not attempted", "error in your code", "incorrect", "correct")
_AS_WRITTEN: dict[str, Callable[[Any], bool]] = {
    "exercises": _is_attempt, "questions": _is_answer, "predictions": _is_number,
}  # fmt: skip


def _stored() -> dict[str, dict[str, Any]]:
    """Return what the file holds, whatever that is within its three parts."""
    path = location()
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {part: dict(stored.get(part, {})) for part in _EMPTY}
    except (FileNotFoundError, NotADirectoryError):
        return {part: {} for part in _EMPTY}
    except OSError as error:
        warnings.warn(
            f"{path} cannot be read ({error.strerror}), so nothing counts as done.", UserWarning, stacklevel=3
        )
        return {part: {} for part in _EMPTY}
    except (AttributeError, TypeError, ValueError, RecursionError):
        number, aside = 2, path.with_suffix(".unreadable.json")
        while aside.exists():
            number, aside = number + 1, path.with_suffix(f".unreadable-{number}.json")
        with suppress(OSError):  # a folder that cannot be written is no reason to stop a lesson
            path.rename(aside)
        return {part: {} for part in _EMPTY}


def remember(part: str, name: str, value: Any) -> None:
    """Store one entry. Written beside and renamed, so that a kill leaves the old file or the new one, whole."""
    stored = _stored()
    stored[part][name] = value
    path = location()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=".progress-", delete=False
        ) as file:
            json.dump(stored, file, indent=1, sort_keys=True)
        os.replace(file.name, path)
    except OSError:
        # A read-only home must not stop a lesson: the answer is shown all the same, it is only not remembered.
        return


def predicted(name: str) -> float | None:
    """Return the number the reader predicted under this name, or None.

    >>> predicted("a name nobody used") is None
    True
    """
    return read()["predictions"].get(arguments.as_one_of("name", name, str, "a text"))

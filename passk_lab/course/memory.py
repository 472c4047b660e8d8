"""What a reader has done, in one small local file. It never leaves the machine; delete it to start afresh."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any

import platformdirs

_EMPTY: dict[str, dict[str, Any]] = {"exercises": {}, "questions": {}, "predictions": {}}


def location() -> Path:
    """Return where the file lies: the user's data directory, or the folder named by PASSK_LAB_HOME."""
    home = os.environ.get("PASSK_LAB_HOME")
    return Path(home or platformdirs.user_data_path("passk-lab")) / "progress.json"


def read() -> dict[str, dict[str, Any]]:
    """Return everything recorded. A file that cannot be read is moved aside, never overwritten."""
    path = location()
    if not path.exists():
        return {part: {} for part in _EMPTY}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {part: dict(stored.get(part, {})) for part in _EMPTY}
    except (json.JSONDecodeError, AttributeError, TypeError, ValueError):
        number, aside = 2, path.with_suffix(".unreadable.json")
        while aside.exists():
            number, aside = number + 1, path.with_suffix(f".unreadable-{number}.json")
        path.rename(aside)
        return {part: {} for part in _EMPTY}


def remember(part: str, name: str, value: Any) -> None:
    """Store one entry. Written beside and renamed, so that a kill leaves the old file or the new one, whole."""
    stored = read()
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
    return read()["predictions"].get(name)

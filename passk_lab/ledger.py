"""What of a folder is the lab's to renew, and what is the reader's: known by how each file came."""

from __future__ import annotations

import hashlib
import itertools
import json
from pathlib import Path, PurePosixPath
from typing import Any

from passk_lab import files

_NAME = ".passk-lab.json"
"""Remembers how each file came, to tell the reader's changes from ours."""


class Ledger:
    """How each file of the lab came into a folder, to tell the reader's changes from ours; one process at a time.

    One that is lost costs nothing but certainty: every file that is not as it comes today counts as the reader's.
    What is to be told the reader stands in `said`.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.path, self.said = folder, folder / _NAME, list[str]()
        self._came: dict[str, str] = {}
        self._lock = files.alone(folder / f"{_NAME}.lock")

    def __enter__(self) -> Ledger:
        self._lock.__enter__()
        files.clear_away(self.path.parent)
        if files.is_plain(self.path):
            try:
                self._came = {str(name): str(digest) for name, digest in json.loads(self.path.read_bytes()).items()}
            except (ValueError, AttributeError, RecursionError):  # not what the lab wrote, so not the lab's to replace
                aside = files.put_aside(self.path, lambda number: f"{_NAME}.unreadable-{number}")
                self.said.append(f"{_NAME} could not be read and is kept as {aside.name}.")
        elif files.is_there(self.path):
            self.said.append(f"{_NAME} is a link or no file at all, so it was left alone; the lab does without.")
        self._before = dict(self._came)
        return self

    def __exit__(self, kind: type[BaseException] | None, *more: Any) -> None:
        try:
            # Also after trouble: what was brought before it is remembered, if there is still room.
            if self._came != self._before and (files.is_plain(self.path) or not files.is_there(self.path)):
                files.put(self.path, json.dumps(self._came, indent=1, sort_keys=True))
        except OSError:
            pass  # what is as it came is known by that the next time; nothing needs the ledger before
        finally:
            self._lock.__exit__(kind, *more)

    def note(self, name: str, ours: bytes) -> None:
        """Remember that a file came with this content."""
        self._came[name] = _digest(ours)

    def bring(self, name: str, ours: bytes) -> list[str]:
        """Put a file of the lab in its place, never over the reader's work, and say what the reader should know of it.

        Parameters
        ----------
        name : str
            Below the folder, as in "figures/collapse.html"; the folders on the way have to be there.
        ours : bytes
        """
        theirs, came, new = self.folder / name, self._came.get(name), _digest(ours)
        if not files.is_there(theirs):
            files.put_new(theirs, ours)
        elif (there := _content(theirs)) is not None and (_digest(there) == new or came == new):
            pass  # as it came, or the reader's work on what came: either way theirs
        elif there is not None and files.is_plain(theirs) and (_digest(there) == came or ours.startswith(there)):
            files.put(theirs, ours)  # as an older lab brought it, or as much as a kill or a full disk let through
        elif there is None:
            return [f"{name} is no file that can be read, so it was left alone: move it away to get the lab's."]
        else:
            beside = self._beside(name, ours)
            self._came[name] = self._came[beside] = new
            return [f"{name} has changed since you began it; yours is untouched, the new one is {beside}."]
        self._came[name] = new
        return []

    def _beside(self, name: str, ours: bytes) -> str:
        """Put ours beside the reader's and return its name: over an older one of ours, never over the reader's."""
        place = PurePosixPath(name)
        for number in itertools.count(1):
            beside = str(place.with_name(f"{place.stem}.new{f'-{number}' if number > 1 else ''}{place.suffix}"))
            path = self.folder / beside
            if not files.is_there(path):
                files.put_new(path, ours)
                return beside
            there = _content(path) if files.is_plain(path) else None
            if there is not None and (ours.startswith(there) or _digest(there) == self._came.get(beside)):
                if there != ours:
                    files.put(path, ours)
                return beside
        raise AssertionError


def _content(path: Path) -> bytes | None:
    """What a file holds, through links; None if it is none, or may not be read."""
    if not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

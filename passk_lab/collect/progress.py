"""A progress file that was handed in: what of it the lab wrote, and what its version cannot say."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from passk_lab.collect.cells import Unreadable
from passk_lab.course import memory


@dataclass(frozen=True)
class Progress:
    """What a progress file says."""

    exercises: dict[str, dict[str, Any]] = field(default_factory=dict)
    questions: dict[str, dict[str, Any]] = field(default_factory=dict)
    predictions: dict[str, float] = field(default_factory=dict)
    revealed: dict[str, float] = field(default_factory=dict)
    remark: str = ""


def parsed(content: bytes) -> dict[str, Any]:
    """Return a small JSON object.

    Raises
    ------
    Unreadable
        If it is none.
    """
    try:
        stored = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise Unreadable("it is no whole JSON file: it is damaged, or was cut off") from None
    if not isinstance(stored, dict):
        raise Unreadable("it is JSON, but nothing that the lab writes")
    return stored


def is_progress(stored: dict[str, Any]) -> bool:
    """Whether an object is what the course remembers.

    >>> is_progress({"exercises": {}, "predictions": {}}), is_progress({"scores": []})
    (True, False)
    """
    return any(isinstance(stored.get(part), dict) for part in ("exercises", "questions", "predictions"))


def read(stored: dict[str, Any]) -> Progress:
    """Return what a progress file says; one of an older lab is read as far as it goes.

    Raises
    ------
    Unreadable
        If a newer lab wrote it.

    Examples
    --------
    >>> read({"exercises": {"pass_at_k": {"best": "correct", "attempts": 2}}}).remark
    'written by an older lab: it does not say which mistakes were made, nor which hints and solutions were seen.'
    """
    version = stored.get("version", 1)
    if type(version) is not int or version > memory.VERSION:
        raise Unreadable(f"a newer lab wrote it (version {str(version)[:20]}): bring this one up to date")
    parts = memory.fitting(stored)
    older = version < memory.VERSION
    remark = (
        "written by an older lab: it does not say which mistakes were made, nor which hints and solutions were seen."
    )
    return Progress(
        parts["exercises"], parts["questions"], parts["predictions"], parts["revealed"], remark if older else ""
    )

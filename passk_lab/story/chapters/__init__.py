"""The chapters of the story, in the order in which they are told: a file for each."""

from __future__ import annotations

import importlib
from functools import cache

from passk_lab.story.chapter import Chapter

ORDER = (
    "ask", "drawn", "turned", "one_number", "weight", "silence", "one_takes_all", "network", "strategies", "race", "progress",
    "held", "verifier", "take_away",
)  # fmt: skip


@cache
def told() -> tuple[Chapter, ...]:
    """Return the chapters in order."""
    return tuple(importlib.import_module(f"{__name__}.{name}").chapter() for name in ORDER)

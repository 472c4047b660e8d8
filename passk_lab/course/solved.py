"""Which exercises of a notebook are solved, to stand at its top."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

from passk_lab import arguments
from passk_lab.course import memory
from passk_lab.course.content import EXERCISES
from passk_lab.stand_in import ALONE, for_a_page


@dataclass(frozen=True)
class Progress:
    """Which exercises of a notebook are solved, to stand at its top."""

    rows: tuple[tuple[str, str], ...]

    def __repr__(self) -> str:
        done = sum(status == "correct" for _, status in self.rows)
        lines = [f"{done} of {len(self.rows)} exercises solved", *(f"  {name}: {status}" for name, status in self.rows)]
        return "\n".join(lines)

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return to a page without a kernel which exercises there are: nothing is solved there."""
        return {ALONE: {"exercises": [name for name, _ in self.rows]}} if for_a_page() else {}

    def _repr_html_(self) -> str:
        done = sum(status == "correct" for _, status in self.rows)
        items = "".join(
            f"<li>{'✓' if status == 'correct' else '○'} <code>{html.escape(name)}</code>: {html.escape(status)}</li>"
            for name, status in self.rows
        )
        head = f"<b>{done} of {len(self.rows)} exercises solved</b> (kept beside the notebooks, in {memory.NAME})"
        return f"<p>{head}</p><ul>{items}</ul>"


def progress(notebook: str) -> Progress:
    """Show what is solved in a notebook, as in progress("01_counting_successes").

    Raises
    ------
    KeyError
        For a notebook without exercises; the message lists those there are.
    """
    notebooks = list(dict.fromkeys(exercise.notebook for exercise in EXERCISES.values()))
    arguments.known("notebook with exercises", notebook, notebooks)
    stored = memory.read()["exercises"]
    return Progress(
        tuple(
            (name, stored.get(name, {}).get("best", "not attempted"))
            for name, exercise in EXERCISES.items()
            if exercise.notebook == notebook
        )
    )

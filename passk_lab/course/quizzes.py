"""A question with a reason for every choice. It remembers the answer, works by keyboard, and needs no server."""

from __future__ import annotations

import html
from dataclasses import asdict, dataclass
from typing import Any

from passk_lab import arguments
from passk_lab.course import memory
from passk_lab.course.content import QUESTIONS
from passk_lab.course.question import Question
from passk_lab.course.widgets import QuizWidget


@dataclass(frozen=True)
class Reply:
    """What the quiz says to a choice."""

    right: bool
    reason: str

    def __repr__(self) -> str:
        return f"{'✓ Right' if self.right else '✗ Not quite'}. {self.reason}"


class Quiz:
    """One question: show it to answer by mouse or keyboard, or call `answer(i)` from code (from 1, as shown)."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def answer(self, choice: int) -> Reply:
        """Answer with the number of a choice, as they are shown, and hear why it is right or wrong."""
        shown = self.question.shown
        chosen = shown[arguments.known("choice", choice, list(range(1, len(shown) + 1))) - 1]
        # Its words and not its number: a question may be asked in another order, or of other choices, one day.
        memory.remember("questions", self.question.name, {"choice": chosen.text, "right": chosen.right})
        return Reply(chosen.right, chosen.reason)

    def __repr__(self) -> str:
        rows = [f"  {i}. {choice.text}" for i, choice in enumerate(self.question.shown, start=1)]
        return "\n".join([self.question.text, *rows, f"Answer with quiz({self.question.name!r}).answer(1)."])

    def _ipython_display_(self, **_: Any) -> None:
        said = memory.read()["questions"].get(self.question.name, {}).get("choice")
        chosen = next((i for i, choice in enumerate(self.question.shown, start=1) if choice.text == said), 0)
        asked = {"text": self.question.text, "choices": [asdict(choice) for choice in self.question.shown]}
        widget = QuizWidget(asked, self.answer, chosen)
        choices = "".join(f"<li>{html.escape(choice.text)}</li>" for choice in self.question.shown)
        text = f"<p><b>{html.escape(self.question.text)}</b></p><ol>{choices}</ol>"
        widget.stand_in.show(widget, text, repr(self))


def quiz(name: str) -> Quiz:
    """Show a question by name.

    Raises
    ------
    KeyError
        For an unknown name; the message lists those there are.

    Examples
    --------
    >>> quiz("independent draws")
    A model solves a prompt with chance 1/2. You draw twice. How likely is at least one right answer?
      1. 1 - 1/4 = 3/4
      2. 1/2 + 1/2 = 1
      3. 1/2 * 1/2 = 1/4
    Answer with quiz('independent draws').answer(1).
    """
    return Quiz(QUESTIONS[arguments.known("question", name, list(QUESTIONS))])

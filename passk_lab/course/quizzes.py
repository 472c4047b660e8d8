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
    """One question: show it to answer by mouse or keyboard, or call `answer(i)` from code (choices count from 1)."""

    def __init__(self, question: Question) -> None:
        self.question = question

    def answer(self, choice: int) -> Reply:
        """Answer with the number of a choice and hear why it is right or wrong."""
        choice = arguments.known("choice", choice, list(range(1, len(self.question.choices) + 1)))
        chosen = self.question.choices[choice - 1]
        memory.remember("questions", self.question.name, {"choice": choice, "right": chosen.right})
        return Reply(chosen.right, chosen.reason)

    def __repr__(self) -> str:
        rows = [f"  {i}. {choice.text}" for i, choice in enumerate(self.question.choices, start=1)]
        return "\n".join([self.question.text, *rows, f"Answer with quiz({self.question.name!r}).answer(1)."])

    def _ipython_display_(self, **_: Any) -> None:
        chosen = memory.read()["questions"].get(self.question.name, {}).get("choice", 0)
        chosen = chosen if chosen <= len(self.question.choices) else 0  # the question may have had more
        widget = QuizWidget(asdict(self.question), self.answer, chosen)
        choices = "".join(f"<li>{html.escape(choice.text)}</li>" for choice in self.question.choices)
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
    >>> quiz("why unbiased").answer(1).right
    False
    """
    return Quiz(QUESTIONS[arguments.known("question", name, list(QUESTIONS))])

"""The quiz as a widget of a notebook."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets

from passk_lab import look
from passk_lab.course import memory
from passk_lab.front import module

if TYPE_CHECKING:
    from passk_lab.course.quizzes import Quiz

_FRONT = Path(__file__).parent / "front"


class QuizWidget(anywidget.AnyWidget):
    """Native radio buttons; the kernel hears the choice and remembers it."""

    _esm = module(_FRONT / "quiz.js")
    _css = (_FRONT / "quiz.css").read_text(encoding="utf-8")
    _question = traitlets.Dict().tag(sync=True)
    _look = traitlets.Dict().tag(sync=True)
    choice = traitlets.Int(0).tag(sync=True)
    """Number of the choice, from 1; 0 before any."""

    def __init__(self, quiz: Quiz) -> None:
        given = memory.read()["questions"].get(quiz.question.name, {}).get("choice", 0)
        super().__init__(_question=asdict(quiz.question), _look=look.for_the_page(), choice=given)
        self.quiz = quiz
        self.observe(self._answered, "choice")

    def _answered(self, change: Any) -> None:
        self.quiz.answer(change.new)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        bundle, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        # Where no kernel runs the question is at least readable.
        return {**bundle, "text/plain": repr(self.quiz)}, metadata

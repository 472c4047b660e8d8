"""The quiz as a widget of a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from passk_lab import look
from passk_lab.front import module
from passk_lab.widget import Widget

_FRONT = Path(__file__).parent / "front"


class QuizWidget(Widget):
    """Native radio buttons; whoever made it hears the choice.

    Parameters
    ----------
    question : dict
        The text, and the choices with their reasons: the fields of a `Question`.
    answer : callable
        Is called with the number of each choice, from 1.
    choice : int
        What was chosen before; 0 for nothing.
    """

    FROM_PAGE = ("choice",)
    _esm = module(_FRONT / "quiz.js")
    _css = (_FRONT / "quiz.css").read_text(encoding="utf-8")
    _question = traitlets.Dict().tag(sync=True)
    _look = traitlets.Dict().tag(sync=True)
    choice = traitlets.Int(0).tag(sync=True)
    """Number of the choice, from 1; 0 before any."""

    def __init__(self, question: Mapping[str, Any], answer: Callable[[int], Any], choice: int = 0) -> None:
        super().__init__(_question=dict(question), _look=look.for_the_page(), choice=choice)
        self.observe(lambda change: answer(change.new), "choice")

    def fits(self, name: str, value: Any) -> bool:
        """Whether there is a choice of this number."""
        return type(value) is int and 1 <= value <= len(self._question["choices"])

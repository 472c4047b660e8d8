"""Quiz and prediction as widgets of a notebook."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import traitlets

from passk_lab import look
from passk_lab.front import module
from passk_lab.stand_in import StandIn
from passk_lab.widget import Widget

_FRONT = Path(__file__).parent / "front"
_SHEET = (_FRONT / "quiz.css").read_text(encoding="utf-8")


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
    PLAYS_ALONE = True
    _esm = module(_FRONT / "quiz.js")
    _css = _SHEET
    _question = traitlets.Dict().tag(sync=True)
    _look = traitlets.Dict().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)
    choice = traitlets.Int(0).tag(sync=True)
    """Number of the choice, from 1; 0 before any."""

    def __init__(self, question: Mapping[str, Any], answer: Callable[[int], Any], choice: int = 0) -> None:
        self.stand_in = StandIn("answer")
        super().__init__(
            _question=dict(question), _look=look.for_the_page(), _still=self.stand_in.name, choice=choice
        )  # fmt: skip
        self.observe(lambda change: answer(change.new), "choice")

    def fits(self, name: str, value: Any) -> bool:
        """Whether there is a choice of this number."""
        return type(value) is int and 1 <= value <= len(self._question["choices"])


class PredictionWidget(Widget):
    """A native field for a number, and a button; whoever made it hears the number, and says what became of it.

    Parameters
    ----------
    asked : dict
        The question; `low` and `high`, the ends of its range; `whole`, whether the number must be whole; `wanted`, that
        in words; where no kernel runs, `name` and what is `said` there, with {} for the number.
    record : callable
        Is called with each number, and returns what is said of it.
    value : number, optional
        What was written down before.
    """

    FROM_PAGE = ("value",)
    PLAYS_ALONE = True
    _esm = module(_FRONT / "prediction.js")
    _css = _SHEET
    _asked = traitlets.Dict().tag(sync=True)
    _look = traitlets.Dict().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)
    _said = traitlets.Dict().tag(sync=True)
    """What the reader hears, and of which number."""
    value = traitlets.Any(None).tag(sync=True)
    """The number written down; None before any."""

    def __init__(
        self, asked: Mapping[str, Any], record: Callable[[float], str], value: float | None = None
    ) -> None:  # fmt: skip
        self.stand_in = StandIn("answer")
        before = "" if value is None else f"You predicted {value:g} before."
        super().__init__(
            _asked=dict(asked), _look=look.for_the_page(), _still=self.stand_in.name, value=value,
            _said={"value": value, "text": before},
        )  # fmt: skip
        self.observe(lambda change: self._hear(record(change.new)), "value")

    def _hear(self, text: str) -> None:
        self._said = {"value": self.value, "text": text}

    def fits(self, name: str, value: Any) -> bool:
        """Whether this is a number that was asked for."""
        kinds = (int,) if self._asked["whole"] else (int, float)
        return type(value) in kinds and self._asked["low"] <= value <= self._asked["high"]

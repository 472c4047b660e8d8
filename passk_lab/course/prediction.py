"""Predict, then see: the reader writes a number down first; the picture draws it beside the truth. It is not marked."""

from __future__ import annotations

import html
import math
import sys
from dataclasses import dataclass
from typing import Any

from passk_lab import arguments
from passk_lab.course import memory
from passk_lab.course.widgets import PredictionWidget
from passk_lab.stand_in import ALONE, for_a_page


class Prediction:
    """A question answered by a number, before the answer is shown.

    Parameters
    ----------
    name : str
        Under which the number is remembered; `predicted(name)` returns it.
    question : str
    low, high : float
        Range of the answer; whole numbers ask for a whole number.
    """

    def __init__(self, name: str, question: str, low: float, high: float) -> None:
        ends = [arguments.one_number(end, number, -1e300, 1e300) for end, number in (("low", low), ("high", high))]
        low, high = (given if isinstance(given, int) else end for given, end in zip((low, high), ends, strict=True))
        if not low < high:
            raise ValueError(f"the range of a prediction must rise, but got low = {low}, high = {high}.")
        arguments.writable("the name", arguments.as_one_of("name", name, str, "a text"))
        arguments.writable("the question", arguments.as_one_of("question", question, str, "a text"))
        self.name, self.question, self.low, self.high = name, question, low, high
        self._whole = isinstance(low, int) and isinstance(high, int)

    def record(self, value: float) -> str:
        """Remember a number, and say so.

        Raises
        ------
        ValueError
            If it is no number, lies outside the range, or is not whole where a whole number is asked for.
        """
        value = _number(value)
        if not self.low <= value <= self.high:
            raise ValueError(
                f"the answer lies between {self.low} and {self.high}, but you said {value}. Nothing was written down: "
                "predict again."
            )
        if isinstance(self.low, int) and isinstance(self.high, int) and value != int(value):
            raise ValueError(
                f"the answer is a whole number, but you said {value}. Nothing was written down: predict again."
            )
        memory.remember("predictions", self.name, value)
        return _WRITTEN.format(f"{value:g}") + " Run the next cell to see."

    def __repr__(self) -> str:
        return f"{self.question} (between {self.low} and {self.high}; answer with .record(number))"

    def _ipython_display_(self, **_: Any) -> None:
        before = memory.predicted(self.name)
        # The name may have been asked for in another notebook, over another range.
        fits = before is not None and self.low <= before <= self.high and not (self._whole and before != int(before))
        wanted = f"a {'whole ' * self._whole}number from {_written(self.low)} to {_written(self.high)}"
        asked = {
            "question": self.question, "low": self.low, "high": self.high, "whole": self._whole, "wanted": wanted,
            "name": self.name, "said": f"{_WRITTEN} Read on to see.",
        }  # fmt: skip
        widget = PredictionWidget(asked, self.record, before if fits else None)
        text = f"<p><b>Predict first. {html.escape(self.question)}</b> ({wanted})</p>"
        widget.stand_in.show(widget, text, f"Predict first. {self.question} ({wanted})")


_WRITTEN = "You predict {}."


def _number(value: Any) -> float:
    """Return a plain number, of whatever library it came from, or say that it is none."""
    try:
        number = math.nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise ValueError(f"a prediction is a number, as in .record(20), not {arguments.short(value)}.")
    return int(number) if number.is_integer() else number


def _written(number: float) -> str:
    return str(int(number)) if abs(number) < 1e15 and float(number).is_integer() else f"{number:.4g}"


def predict(name: str, question: str, low: float, high: float) -> Prediction:
    """Ask for a number before the picture is shown.

    >>> predict("doctest", "How many?", 1, 10)
    How many? (between 1 and 10; answer with .record(number))
    """
    return Prediction(name, question, low, high)


@dataclass(frozen=True)
class Reveal:
    """What was asked, beside what was predicted; where nothing was, it is kept back until the reader wants it."""

    name: str
    value: float
    said: float | None
    anyway: bool = False
    """Whether it is shown without a prediction too."""

    def __repr__(self) -> str:
        if self.said is not None:
            return self._beside(_written(self.said))
        if self.anyway:
            return f"It is {_written(self.value)}."
        return f"{_FIRST} {_AGAIN} To see it without, write reveal(..., anyway=True)."

    def _repr_html_(self) -> str:
        if self.said is None and not self.anyway:
            first = _FIRST if for_a_page() else f"{_FIRST} {_AGAIN}"
            return f"<p>{first}</p><details><summary>Show it without</summary>It is {_written(self.value)}.</details>"
        return f"<p><b>{self!r}</b></p>"

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        """Return what a page without a kernel says once the question was answered, {} standing for the answer."""
        return {ALONE: {"reveals": self.name, "as": self._beside("{}")}} if for_a_page() else {}

    def _beside(self, said: str) -> str:
        return f"You said {said}. It is {_written(self.value)}."


_FIRST = "Predict first: answer the question."
_AGAIN = "Then run this cell again."


def reveal(name: str, value: float, *, anyway: bool = False) -> Reveal:
    """Show what a prediction was about, beside what the reader predicted, and never before.

    Parameters
    ----------
    name : str
        The name of the prediction, as `predict` was given it.
    value : float
        What is so, as the cell has worked it out. A whole number is written in full, any other with four digits.
    anyway : bool
        Whether to show it also where nothing was predicted. On a page a reader who does not want to guess opens it.

    Returns
    -------
    Reveal
        With `value` and `said`, which is None where nothing was predicted.

    Raises
    ------
    TypeError, ValueError
        For a name that is no text, or a value that is no finite number.

    Examples
    --------
    >>> reveal("nothing was said of this", 36)
    Predict first: answer the question. Then run this cell again. To see it without, write reveal(..., anyway=True).
    >>> reveal("nothing was said of this", 36, anyway=True)
    It is 36.
    >>> ask = predict("crossing of the curves", "At how many draws do the two curves cross?", low=1, high=128)
    >>> ask.record(20)
    'You predict 20. Run the next cell to see.'
    >>> reveal("crossing of the curves", 36)
    You said 20. It is 36.
    """
    number = arguments.one_number("the value to reveal", value, -sys.float_info.max, sys.float_info.max)
    said = memory.predicted(name)
    if said is not None:
        memory.remember("revealed", name, number)
    return Reveal(name, number, said, arguments.switch("anyway", anyway))

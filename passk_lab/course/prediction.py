"""Predict, then see: the reader writes a number down first; the picture draws it beside the truth. It is not marked."""

from __future__ import annotations

import html
import math
from typing import Any

from passk_lab import arguments
from passk_lab.course import memory


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
        return f"You predict {value:g}. Run the next cell to see."

    def __repr__(self) -> str:
        return f"{self.question} (between {self.low} and {self.high}; answer with .record(number))"

    def _ipython_display_(self, **_: Any) -> None:
        import ipywidgets as widgets
        from IPython.display import display

        whole = isinstance(self.low, int) and isinstance(self.high, int)
        before = memory.predicted(self.name)
        # The name may have been asked for in another notebook, over another range.
        fits = before is not None and self.low <= before <= self.high and not (whole and before != int(before))
        field = (widgets.BoundedIntText if whole else widgets.BoundedFloatText)(
            min=self.low, max=self.high, value=before if fits else self.low,
            description="I predict", layout={"width": "220px"},
        )  # fmt: skip
        button = widgets.Button(description="Write it down", button_style="primary")
        said = widgets.HTML()

        def press(_: Any) -> None:
            said.value = f'<span role="status">{html.escape(self.record(field.value))}</span>'

        button.on_click(press)
        question = widgets.HTML(f"<p><b>Predict first.</b> {html.escape(self.question)}</p>")
        display(widgets.VBox([question, widgets.HBox([field, button]), said]))


def _number(value: Any) -> float:
    """Return a plain number, of whatever library it came from, or say that it is none."""
    try:
        number = math.nan if isinstance(value, bool | str | bytes) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if math.isnan(number):
        raise ValueError(f"a prediction is a number, as in .record(20), not {arguments.short(value)}.")
    return int(number) if number.is_integer() else number


def predict(name: str, question: str, low: float, high: float) -> Prediction:
    """Ask for a number before the picture is shown.

    >>> predict("doctest", "How many?", 1, 10)
    How many? (between 1 and 10; answer with .record(number))
    """
    return Prediction(name, question, low, high)

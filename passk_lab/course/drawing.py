"""You draw it: the reader draws a curve before it is shown, and hears how far off it is. It is not marked."""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import traitlets

from passk_lab import arguments, look
from passk_lab.course import memory
from passk_lab.front import module
from passk_lab.stand_in import StandIn
from passk_lab.widget import Widget

_FRONT = Path(__file__).parents[1] / "explorers" / "front"


@dataclass(frozen=True)
class Drawing:
    """A curve that is hidden until the reader has drawn it, as data: the same on a page with a kernel and without.

    Parameters
    ----------
    name : str
        Under which the drawing is remembered; `drawn(name)` returns it.
    question : str
    k : sequence of int, rising
        The draws at which the curve is drawn, best about evenly apart on a log axis. The first point is given.
    hidden : sequence of float in [low, high]
        pass@k of the hidden curve, for each of these k.
    label : str
        Its name.
    beside : mapping, str -> sequence of float
        Curves that are shown all the time, by their names.
    low, high : float
        Ends of the upright axis.
    """

    name: str
    question: str
    k: Sequence[int]
    hidden: Sequence[float]
    label: str
    beside: Mapping[str, Sequence[float]] = field(default_factory=dict)
    low: float = 0.0
    high: float = 1.0

    def __post_init__(self) -> None:
        for what in ("name", "question", "label"):
            arguments.writable(f"the {what}", arguments.as_one_of(what, getattr(self, what), str, "a text"))
        k = arguments.whole("k", self.k, least=1)
        if k.ndim != 1 or len(k) < 2 or (np.diff(k) <= 0).any():
            raise ValueError(f"a curve is drawn at two or more k that rise, but got k = {arguments.short(self.k)}.")
        arguments.as_one_of("beside", self.beside, Mapping, "a dict of curves by name")
        for name in self.beside:
            arguments.writable("the name of a curve", arguments.as_one_of("the name of a curve", name, str, "a text"))
        low = arguments.one_number("low", self.low, 0, 1)
        high = arguments.one_number("high", self.high, low, 1, open_low=True)
        object.__setattr__(self, "k", tuple(k.tolist()))
        object.__setattr__(self, "hidden", self._curve("the hidden curve", self.hidden, low, high))
        beside = {name: self._curve(f"the curve {name!r}", curve, low, high) for name, curve in self.beside.items()}
        object.__setattr__(self, "beside", beside)

    def _curve(self, what: str, values: Any, low: float, high: float) -> tuple[float, ...]:
        array = arguments.floats(what, values)
        if array.shape != (len(self.k),) or (array < low).any() or (array > high).any():
            raise ValueError(
                f"{what} has a number from {low} to {high} for each of the {len(self.k)} k, but got "
                f"{arguments.short(values)}."
            )
        return tuple(array.tolist())

    def record(self, values: Sequence[float]) -> str:
        """Remember a drawing, its height at each k, and say how far it is from the curve.

        Raises
        ------
        ValueError
            If there is not one number for each k, or one lies outside the axis.
        """
        curve = self._curve("your drawing", values, self.low, self.high)
        memory.remember("drawings", self.name, [list(point) for point in zip(self.k, curve, strict=True)])
        return self.verdict(curve)

    def verdict(self, values: Sequence[float]) -> str:
        """Say how far a drawing is from the curve: the mean distance over k, without the point that is given.

        >>> ask = Drawing("doctest", "How does it go on?", [1, 2, 4], [0.5, 0.75, 0.9375], "a")
        >>> ask.verdict([0.5, 0.7, 0.8])
        'Your curve is 9.4 points from that of a on average, and farthest at k = 4: you drew 80.0 %, it is 93.8 %.'
        """
        curve, hidden = np.array(values), np.array(self.hidden)
        off = np.abs(curve - hidden)[1:]
        widest = 1 + int(off.argmax())
        said = [
            f"Your curve is {100 * off.mean():.1f} points from that of {self.label} on average, and farthest at "
            f"k = {self.k[widest]}: you drew {_percent(curve[widest])}, it is {_percent(hidden[widest])}."
        ]
        for name, other in self.beside.items():
            mine, its = (self._first(one > np.array(other)) for one in (curve, hidden))
            said.append(f"Above {name}: yours {mine}, {self.label} {its}.")
        if (falls := np.diff(curve) < 0).any():
            said.append(f"Yours falls after k = {self.k[int(falls.argmax())]}, but {_RISES}")
        return " ".join(said)

    def _first(self, there: Any) -> str:
        return f"first at k = {self.k[int(there.argmax())]}" if there.any() else f"nowhere up to k = {self.k[-1]}"

    def for_the_page(self) -> dict[str, Any]:
        """Return it as plain values, as `drawing.js` reads them, without what is hidden."""
        return {
            "question": self.question,
            "x": {"label": "draws k", "scale": "log2", "low": self.k[0], "high": self.k[-1]},
            "y": {"label": "problems solved in k draws (mean)", "scale": "linear", "low": self.low, "high": self.high},
            "letter": "k",
            "at": list(self.k),
            "label": self.label,
            "first": self.hidden[0],
            "beside": [{"label": name, "values": list(curve)} for name, curve in self.beside.items()],
            "rises": _RISES,
        }

    def __repr__(self) -> str:
        return (
            f"{self.question} (at k = {', '.join(map(str, self.k))}; answer with .record(numbers), one for each k from "
            f"{self.low} to {self.high})"
        )

    def _ipython_display_(self, **_: Any) -> None:
        before = drawn(self.name)
        # The name may have been asked for elsewhere, at other k.
        values = list(before.values()) if before is not None and tuple(before) == self.k else []
        fits = all(self.low <= value <= self.high for value in values)
        widget = DrawingWidget(self, values if fits else [])
        text = f"Draw {self.label}, from k = {self.k[0]} to {self.k[-1]}, before it is shown. {self.question}"
        widget.stand_in.show(widget, f"<p><b>{html.escape(text)}</b></p>", text)


class DrawingWidget(Widget):
    """The curve to draw, on the page; it hears of the hidden one when the drawing is there."""

    FROM_PAGE = ("drawn",)
    PLAYS_ALONE = True
    _esm = module(Path(__file__).parent / "front" / "drawing.js")
    _css = (_FRONT / "drawing.css").read_text(encoding="utf-8")
    _spec = traitlets.Dict().tag(sync=True)
    _look = traitlets.Dict().tag(sync=True)
    _still = traitlets.Unicode().tag(sync=True)
    _verdict = traitlets.Dict(None, allow_none=True).tag(sync=True)
    """What is said of the drawing, the hidden curve, and the drawing of which it is said; None before any."""
    drawn: traitlets.List[float] = traitlets.List().tag(sync=True)
    """The reader's curve, its height at each k; empty before any."""

    def __init__(self, drawing: Drawing, values: Sequence[float] = ()) -> None:
        self._drawing, self.stand_in = drawing, StandIn("draw")
        said = self._judged(list(values), drawing.verdict) if values else None
        super().__init__(
            _spec=drawing.for_the_page(), _look=look.for_the_page(), _still=self.stand_in.name,
            drawn=list(values), _verdict=said,
        )  # fmt: skip
        self.observe(lambda change: self._hear(change.new), "drawn")

    def for_a_page(self) -> dict[str, Any]:
        """Return what the page has to know, with the curve that is hidden: nobody else could tell it there."""
        told = super().for_a_page()
        return {**told, "fixed": {**told["fixed"], "_hidden": list(self._drawing.hidden)}}

    def _hear(self, values: list[float]) -> None:
        self._verdict = self._judged(values, self._drawing.record)

    def _judged(self, values: list[float], judge: Callable[[Sequence[float]], str]) -> dict[str, Any]:
        return {"text": judge(values), "hidden": list(self._drawing.hidden), "drawn": values}

    def fits(self, name: str, value: Any) -> bool:
        """Whether this is a whole curve within the axis."""
        low, high = self._drawing.low, self._drawing.high
        return (
            isinstance(value, list)
            and len(value) == len(self._drawing.k)
            and all(type(height) in (int, float) and low <= height <= high for height in value)
        )


_RISES = "pass@k cannot fall: a problem solved within k draws is solved within more."


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"


def draw(
    name: str, question: str, *, k: Sequence[int], hidden: Sequence[float], label: str,
    beside: Mapping[str, Sequence[float]] | None = None, low: float = 0.0, high: float = 1.0,
) -> Drawing:  # fmt: skip
    """Ask for a curve to be drawn before it is shown; the arguments are those of `Drawing`.

    >>> ask = draw("doctest", "How does it go on?", k=[1, 2, 4], hidden=[0.5, 0.75, 0.9375], label="p = 0.5")
    >>> ask
    How does it go on? (at k = 1, 2, 4; answer with .record(numbers), one for each k from 0.0 to 1.0)
    >>> ask.record([0.5, 0.6, 0.7])
    'Your curve is 19.4 points from that of p = 0.5 on average, and farthest at k = 4: you drew 70.0 %, it is 93.8 %.'
    >>> drawn("doctest")
    {1: 0.5, 2: 0.6, 4: 0.7}
    """
    return Drawing(name, question, k, hidden, label, {} if beside is None else beside, low, high)


def drawn(name: str) -> dict[int, float] | None:
    """Return the curve the reader drew under this name, {k: height}, or None.

    >>> drawn("a name nobody used") is None
    True
    """
    points = memory.read()["drawings"].get(arguments.as_one_of("name", name, str, "a text"))
    return None if points is None else {int(k): height for k, height in points}

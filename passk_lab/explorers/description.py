"""One description of an explorer: controls, tables, panels, words. It is data; the renderers are elsewhere.

A description holds no formula. Python computes every table over the whole range of the controls, once; a renderer
(live.py, static.py, page.py) only picks the slice that the controls point at, and draws it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.explorers.expression import Expression, Scope, Table, evaluate, number_text, number_words
from passk_lab.look import ROLES

LARGEST_PAYLOAD = 500_000
"""Bytes of tables an explorer may carry (0.5 MB), so that a page of six stays under 3 MB."""
LARGEST_SHARE = 20_000
"""Bytes more that an entry of a reader's own may bring: of these there is no largest number."""

RESERVED = ("hide", "keys", "panel", "present")
"""What an address says of a view besides its controls (address.py), so that no control can be called so."""
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.IGNORECASE | re.ASCII)

State = dict[str, Any]


@dataclass(frozen=True)
class Slider:
    """A number chosen from a list, in order; `play` adds a button that walks through the list."""

    name: str
    label: str
    values: Sequence[float]
    start: float
    play: bool = False

    def accept(self, value: Any) -> float:
        """Return the listed value that equals `value`, or say which neighbours there are."""
        values = np.asarray(self.values, dtype=np.float64)
        number = number_in(value)
        close = np.flatnonzero(np.isclose(values, number, rtol=1e-9, atol=1e-12))
        if close.size:
            return self.values[int(close[0])]
        if not math.isfinite(number):
            raise ValueError(f"{self.name} must be a number, but got {arguments.short(value)}.")
        near = [number_text(v) for v in sorted(values[np.argsort(np.abs(values - number))[:2]])]
        raise ValueError(
            f"{self.name} = {number_text(number)} is not on this slider, which runs from {number_text(values[0])} to "
            f"{number_text(values[-1])}; nearest are {' and '.join(near)}."
        )


@dataclass(frozen=True)
class Choice:
    """One of several names; with `first` the menu opens with those, and has all others one step away."""

    name: str
    label: str
    options: Sequence[str]
    start: str
    first: Sequence[str] = ()

    def accept(self, value: Any) -> str:
        """Return the option, or list the options."""
        if isinstance(value, str) and value in self.options:
            return str(value)
        options = ", ".join(self.options)
        raise ValueError(f"{self.name} = {arguments.short(value)} is not an option; there are: {options}.")


@dataclass(frozen=True)
class Toggle:
    """On or off; marks with `show` set to its name follow it."""

    name: str
    label: str
    start: bool = True

    def accept(self, value: Any) -> bool:
        """Return True or False; text of a state string is understood."""
        text = str(value).lower() if isinstance(value, str | int | np.bool_ | np.integer) else ""
        if text in ("true", "1"):
            return True
        if text in ("false", "0"):
            return False
        raise ValueError(f"{self.name} is on or off (True or False), not {arguments.short(value)}.")


def number_in(value: Any) -> float:
    """Return a number, or that of a text as a state string has it; NaN for anything else.

    >>> number_in(".5"), number_in("1_0")
    (0.5, nan)
    """
    if isinstance(value, str):
        return float(value) if _PLAIN.fullmatch(value) else math.nan
    number = arguments.number_of(value)
    return math.nan if number is None else number


Control = Slider | Choice | Toggle


@dataclass(frozen=True)
class Axis:
    """One axis of a panel: its name in words with its letter, and its range.

    An end that is None, or an expression without a value (NaN), is fitted to zero and the marks.
    """

    label: str
    low: float | Expression | None = None
    high: float | Expression | None = None
    scale: str = "linear"
    """"linear", "log" (ticks at powers of ten) or "log2" (ticks at powers of two, for k)."""
    ends: tuple[str, str] | None = None
    """Words under the two ends, as in "never" and "always"."""
    tight: bool = False
    """A fitted range need not hold zero: for curves whose crossing matters more than their height."""


PROBABILITY = Axis("chance p that one sample is right", 0.0, 1.0, ends=("never", "always"))
"""The axis of p."""


def draws_axis(largest: int) -> Axis:
    """Return the axis of k, on which powers of two are written out."""
    return Axis("draws k", 1, arguments.one_whole("largest", largest), scale="log2")


@dataclass(frozen=True, kw_only=True)
class Mark:
    """What all marks share: a role (its colour and dash), an optional label on the line, a toggle that shows it.

    With `answer` it is part of what a class votes on (`Description.vote`), and is left out until that is shown.
    """

    role: str
    label: str = ""
    show: str = ""
    answer: bool = False


@dataclass(frozen=True, kw_only=True)
class Line(Mark):
    """A curve through (x, y); the label stands at `label_at` of the panel's width, above the curve or `below` it."""

    x: Expression
    y: Expression
    label_at: float = 0.6
    below: bool = False


@dataclass(frozen=True, kw_only=True)
class Band(Mark):
    """The area between two curves, as strong as `strength` from 0 to 1; the label stands on its upper edge."""

    x: Expression
    low: Expression
    high: Expression
    strength: float = 0.2
    label_at: float = 0.6


@dataclass(frozen=True, kw_only=True)
class Stems(Mark):
    """Sticks from zero to y with a head: the chances of separate values."""

    x: Expression
    y: Expression


@dataclass(frozen=True, kw_only=True)
class Dots(Mark):
    """Separate points at (x, y), one for each run, say; the label stands by the one nearest to `label_at`."""

    x: Expression
    y: Expression
    label_at: float = 0.6


@dataclass(frozen=True, kw_only=True)
class Cloud(Mark):
    """Many faint points at (x, y), of which each by itself says little."""

    x: Expression
    y: Expression


@dataclass(frozen=True, kw_only=True)
class Point(Mark):
    """One point; `drag` names the slider that follows it when it is pulled along x."""

    x: Expression
    y: Expression
    drag: str = ""


@dataclass(frozen=True, kw_only=True)
class Rule(Mark):
    """A straight line across the panel, at x or at y, or one at each of several x; `drag` as for a point."""

    x: Expression | None = None
    y: Expression | None = None
    drag: str = ""


@dataclass(frozen=True, kw_only=True)
class Tiles(Mark):
    """A map: a tile at every (x, y), coloured by what holds there; each kind's name stands on its largest stretch."""

    x: Expression
    y: Expression
    z: Expression
    """Grid along x and across y of numbers 0, 1, ... into `kinds`; NaN leaves the tile empty."""
    kinds: Sequence[tuple[str, str]]
    """Name and role of each kind."""


@dataclass(frozen=True, kw_only=True)
class Heat(Mark):
    """A map of a number from 0 to 1 as a colour: columns that begin at x, rows between neighbouring y."""

    x: Expression
    until: Expression
    """Where the last column ends."""
    y: Expression
    """Borders of the rows: one more than there are rows."""
    z: Expression
    """Grid along x and across the rows; NaN leaves its place empty."""
    ends: tuple[str, str]
    """What the colours of 0 and of 1 mean."""


def answer(*marks: Mark) -> list[Mark]:
    """Return marks as what a class votes on: they are left out while the answer is hidden.

    >>> from passk_lab.explorers import Number
    >>> [mark.answer for mark in answer(Rule(role="guide", y=Number(0)))]
    [True]
    """
    return [replace(mark, answer=True) for mark in marks]


@dataclass(frozen=True)
class Panel:
    """One picture: a title that states the finding, two axes, marks from back to front."""

    title: str
    x: Axis
    y: Axis
    marks: Sequence[Mark]
    name: str = ""
    """What the text calls it: short, and of this explorer's panels its alone."""

    @property
    def caption(self) -> str:
        """Its name, and its title: what stands above it."""
        return f"{self.name}: {self.title}" if self.name else self.title


@dataclass(frozen=True)
class Readout:
    """A number in the words: `{name}` in a sentence becomes its value, or `absent` where there is none (NaN)."""

    name: str
    value: Expression
    digits: int = 3
    scale: float = 1.0
    """The number is multiplied by it: 100 for per cent."""
    form: str = "{}"
    """Words around the number, as in "{} %"."""
    absent: str = "none"
    least: float = 0.0
    """Positive numbers below it are written "less than" it: float32 cannot tell 1e-50 from 0."""


@arguments.takes(name=str, share=Expression, absent=str)
def percent(name: str, share: Expression, *, absent: str = "none", least: float = 0.0) -> Readout:
    """Return the readout of a share in per cent.

    >>> from passk_lab.explorers import Number
    >>> percent("mixed", Number(0.5)).form
    '{} %'
    """
    return Readout(name, share, scale=100, form="{} %", absent=absent, least=arguments.one_number("least", least, 0, 1))


@dataclass(frozen=True)
class Text:
    """Words that go with a choice: `{name}` in a sentence becomes the text of the option that is chosen."""

    name: str
    choice: str
    texts: Mapping[str, str]


@dataclass(frozen=True)
class Preset:
    """A thing to try: a button that moves the controls, and one sentence on what to see."""

    label: str
    state: Mapping[str, Any]
    sentence: str


@dataclass(frozen=True)
class Description:
    """A whole explorer, as data."""

    name: str
    title: str
    summary: str
    controls: Sequence[Control]
    axes: Mapping[str, Sequence[Any]]
    """Coordinates of every dimension of the tables: numbers, or names."""
    tables: Mapping[str, Table]
    panels: Sequence[Panel]
    readouts: Sequence[Readout]
    sentences: Sequence[str]
    presets: Sequence[Preset] = ()
    source: str = ""
    texts: Sequence[Text] = ()
    grows: str = ""
    """The dimension along which readers add entries of their own: what each of them carries is limited, not how many
    there are. "" where all there can be ships."""
    vote: str = ""
    """What a class is asked while the answer is hidden: it stands for the title, and neither words nor titles of panels
    nor the marks that are the `answer` are shown. "" where there is nothing to vote on."""
    scope: Scope = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        names = tuple(control.name for control in self.controls)
        object.__setattr__(self, "scope", Scope(self.axes, self.tables, names))
        self._check()

    @property
    def start(self) -> State:
        """The state before anyone touched a control."""
        return {control.name: control.accept(control.start) for control in self.controls}

    def accept(self, changes: Mapping[str, Any], base: Mapping[str, Any] | None = None) -> State:
        """Return the state with some controls changed, each checked by its control.

        Raises
        ------
        KeyError
            For a control that does not exist; the message lists those that do.
        ValueError
            For a value the control does not have.
        """
        controls = {control.name: control for control in self.controls}
        state = dict(self.start if base is None else base)
        for name, value in changes.items():
            known = arguments.known("control", name, list(controls))
            state[known] = controls[known].accept(value)
        return state

    def evaluate(self, expression: Expression, state: State) -> Any:
        """Value of an expression in a state: a number, or an array along its free dimension."""
        return evaluate(expression, self.scope, state)

    def numbers(self, state: State) -> dict[str, float]:
        """Numbers of the readouts, {name: number}, in the unit of the words; NaN where there is none."""
        return {readout.name: readout.scale * float(self.evaluate(readout.value, state)) for readout in self.readouts}

    def fill(self, template: str, state: State) -> str:
        """Put the values of controls and readouts into a sentence."""
        readouts = {readout.name: readout for readout in self.readouts}
        texts = {text.name: text for text in self.texts}

        def value(match: re.Match[str]) -> str:
            name = match[1]
            if name in texts:
                return texts[name].texts[state[texts[name].choice]]
            if name in readouts:
                readout = readouts[name]
                number = float(self.evaluate(readout.value, state))
                if math.isnan(number):
                    return readout.absent
                least = 0 <= number < readout.least
                shown = readout.least if least else number
                text = number_words(readout.scale * shown, 1 if least else readout.digits)
                return ("less than " if least else "") + readout.form.replace("{}", text)
            if name not in state:
                arguments.known(f"control, readout or text of {self.name}", name, [*state, *readouts, *texts])
            return state[name] if isinstance(state[name], str) else number_words(state[name], 12)

        return re.sub(r"\{(\w+)\}", value, template)

    def words(self, state: State) -> list[str]:
        """Say the state in sentences: what the picture shows, for those who do not see it."""
        return [self.fill(sentence, state) for sentence in self.sentences]

    def nbytes(self) -> int:
        """Bytes of tables and coordinates that travel to the page."""
        numeric = [values for values in self.axes.values() if not named(values)]
        return 4 * (sum(t.values.size for t in self.tables.values()) + sum(len(v) for v in numeric))

    def _check(self) -> None:
        names = [control.name for control in self.controls]
        readouts = [readout.name for readout in self.readouts] + [text.name for text in self.texts]
        for name in {name for name in names + readouts if (names + readouts).count(name) > 1}:
            raise ValueError(f"explorer {self.name}: two controls or readouts are called {name!r}.")
        for name in {name for name in names if name in RESERVED}:
            raise ValueError(
                f"explorer {self.name}: no control can be called {name!r}, which has a meaning in addresses."
            )
        panels = [panel.name for panel in self.panels if panel.name]
        for name in {name for name in panels if panels.count(name) > 1}:
            raise ValueError(f"explorer {self.name}: two panels are called {name!r}.")
        self._check_size()
        for words in self._texts():
            arguments.writable(f"explorer {self.name!a}: {words!a}", words)
        controls = {control.name: control for control in self.controls}
        for control in self.controls:
            for option in getattr(control, "first", ()):
                arguments.known(f"option of {control.name}", option, list(getattr(control, "options", ())))
        for text in self.texts:
            chosen = controls[arguments.known("control", text.choice, names)]
            for option in getattr(chosen, "options", ()):
                arguments.known(f"text {text.name} for the option", option, list(text.texts))
        state = self.start
        for panel in self.panels:
            for mark in panel.marks:
                for role in [mark.role, *(role for _, role in getattr(mark, "kinds", ()))]:
                    arguments.known("role", role, list(ROLES))
                for slot in (mark.show, getattr(mark, "drag", "")):
                    if slot:
                        arguments.known("control", slot, names)
                self.fill(mark.label, state)
            self.fill(panel.title, state)
        self.words(state)
        self.fill(self.vote, state)
        if bool(self.vote) != any(mark.answer for panel in self.panels for mark in panel.marks):
            raise ValueError(f"explorer {self.name}: a vote needs marks that are the answer to it, and they a vote.")
        for expression in self.expressions():
            self.evaluate(expression, state)
        for preset in self.presets:
            self.accept(preset.state)

    def _check_size(self) -> None:
        if self.grows:
            arguments.known("axis", self.grows, list(self.axes))
        share = 4 * sum(
            table.values.size // len(self.axes[self.grows])
            for table in self.tables.values()
            if self.grows in table.dims
        )  # fmt: skip
        if share > LARGEST_SHARE:
            raise ValueError(
                f"explorer {self.name} carries {share:,} bytes for each {self.grows}, of which readers may add their "
                f"own; at most {LARGEST_SHARE:,} travel to a page for each. Take fewer grid points."
            )
        shared = self.nbytes() - share * len(self.axes.get(self.grows, ()))
        if shared > LARGEST_PAYLOAD:
            raise ValueError(
                f"explorer {self.name} carries {shared:,} bytes of tables; at most {LARGEST_PAYLOAD:,} travel "
                "to a page. Take fewer grid points, or let the page multiply two smaller tables."
            )

    def _texts(self) -> list[str]:
        """Every text that travels to a page."""
        panels, marks = self.panels, [mark for panel in self.panels for mark in panel.marks]
        axes = [axis for panel in panels for axis in (panel.x, panel.y)]
        found: list[Any] = [self.name, self.title, self.summary, self.source, self.vote, *self.sentences]
        found += [text for panel in panels for text in (panel.name, panel.title)] + [mark.label for mark in marks]
        found += [name for mark in marks for name, _ in getattr(mark, "kinds", ())]
        found += [text for axis in axes for text in (axis.label, *(axis.ends or ()))]
        found += [text for control in self.controls for text in (control.label, *getattr(control, "options", ()))]
        found += [text for preset in self.presets for text in (preset.label, preset.sentence)]
        found += [text for readout in self.readouts for text in (readout.form, readout.absent)]
        found += [words for text in self.texts for words in text.texts.values()]
        found += [name for names in self.axes.values() if named(names) for name in names]
        return [text for text in found if isinstance(text, str)]

    def expressions(self) -> list[Expression]:
        """Every expression of the description."""
        marks = (mark for panel in self.panels for mark in panel.marks)
        slots = [getattr(mark, slot, None) for mark in marks for slot in ("x", "y", "low", "high", "z", "until")]
        ends = [end for panel in self.panels for axis in (panel.x, panel.y) for end in (axis.low, axis.high)]
        found = [some for some in (*slots, *ends) if isinstance(some, Expression)]
        return found + [readout.value for readout in self.readouts]


def named(coordinates: Sequence[Any]) -> bool:
    """Whether coordinates are names, not numbers."""
    return len(coordinates) > 0 and isinstance(coordinates[0], str)

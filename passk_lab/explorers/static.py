"""The same description as a matplotlib figure: for print, for GitHub, for where no kernel runs."""

from __future__ import annotations

import base64
import html
import io
import math
import textwrap
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib import rc_context
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullLocator

from passk_lab import arguments, look
from passk_lab.explorers.description import (
    Axis,
    Band,
    Cloud,
    Description,
    Dots,
    Heat,
    Line,
    Mark,
    Panel,
    Point,
    Rule,
    State,
    Stems,
    Tiles,
)
from passk_lab.explorers.expression import Expression, superscript

_MARKERS = {"circle": "o", "square": "s", "triangle": "^", "hollow": "o"}
_FONT = {"family": "DejaVu Sans", "parse_math": False}
_ABREAST = 4
"""Most panels in one row."""
_POINTS, _LINE = 5.2, 11.0
"""Points that a letter of a label is wide, about, and a line of it high."""
_FINE, _COLOURS = 120, 96
"""Dots an inch and colours of the picture that a page carries for where it does not run."""
_SEEN = 0.04
"""A layer is named where it is thicker than this."""


def figure(
    description: Description,
    state: State,
    theme: str = "light",
    *,
    panel: int = 0,
    bare: bool = False,
    hides: bool = False,
) -> Figure:
    """Draw a description in a state; `theme` is "light" or "dark".

    With a `panel`, counted from 1, it is that panel alone. A `bare` one has neither title nor words, for where they
    stand beside it; one that `hides` leaves out the answer to the description's vote.
    """
    arguments.known("theme", theme, ["light", "dark"])
    panels = description.panels[panel - 1 : panel] if panel else description.panels
    rows = math.ceil(len(panels) / _ABREAST)
    columns = math.ceil(len(panels) / rows)
    size = 4.4 * columns, 4.1 * rows + (0.0 if bare else 0.8)
    drawn = Figure(figsize=size, facecolor=look.GROUND[theme], layout="constrained")
    FigureCanvasAgg(drawn)
    if not bare:
        title = textwrap.fill(heading(description, state, hides), 40 * columns)
        drawn.suptitle(title, color=look.INK[theme], fontsize=13, x=0.01, ha="left", **_FONT)
    places = drawn.subplots(rows, columns, squeeze=False).ravel()
    for axes, one in zip(places, panels, strict=False):
        _Drawing(axes, description, state, theme, hides).panel(one)
    for axes in places[len(panels) :]:
        axes.set_axis_off()
    if not (bare or hides):
        words = "\n".join(textwrap.fill(line, 55 * columns) for line in description.words(state))
        drawn.supxlabel(words, color=look.QUIET[theme], fontsize=9, x=0.01, ha="left", **_FONT)
    return drawn


def heading(description: Description, state: State, hides: bool = False) -> str:
    """Return what stands above a figure: its title, or what is asked while the answer is hidden."""
    return description.fill(description.vote, state) if hides and description.vote else description.title


def pictures(description: Description, state: State, *kinds: str) -> dict[str, bytes]:
    """Return the figure as the bytes of a PNG or an SVG, the same byte for byte each time."""
    found, drawn = {}, figure(description, state)
    for kind in kinds:
        file = io.BytesIO()
        with rc_context({"svg.hashsalt": description.name}):
            drawn.savefig(file, format=kind, dpi=72, metadata={"Date": None} if kind == "svg" else None)
        found[kind] = file.getvalue()
    return found


def data_url(description: Description, state: State) -> str:
    """Return the figure as a PNG inside a data: address."""
    return "data:image/png;base64," + base64.b64encode(pictures(description, state, "png")["png"]).decode()


def still(description: Description, state: State) -> tuple[str, str]:
    """Return the figure as HTML, and its words for those who do not see it."""
    words = f"{description.title}. {' '.join(description.words(state))}"
    return f'<img alt="{html.escape(words, quote=True)}" src="{data_url(description, state)}">', words


def small(description: Description, state: State, theme: str = "light", *, panel: int = 0, hides: bool = False) -> str:
    """Return the bare figure as a PNG of few colours inside a data: address, fine enough for paper.

    >>> from passk_lab import explorers
    >>> explorer = explorers.collapse()
    >>> 20_000 < len(small(explorer.description, explorer.description.start)) < 100_000
    True
    """
    from PIL import Image

    drawn = figure(description, state, theme, panel=panel, bare=True, hides=hides)
    drawn.set_dpi(_FINE)
    canvas = FigureCanvasAgg(drawn)
    canvas.draw()  # and not savefig, which lays the panels out twice
    pixels = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image, packed = pixels.quantize(_COLOURS, dither=Image.Dither.NONE), io.BytesIO()
    image.save(packed, "png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(packed.getvalue()).decode()


class _Drawing:
    """One panel being drawn: where it is drawn, from what, in which colours."""

    def __init__(self, axes: Any, description: Description, state: State, theme: str, hides: bool) -> None:
        self.axes, self.description, self.state, self.theme, self.hides = axes, description, state, theme, hides
        self.rule_labels = 0
        self.placed: dict[str, tuple[float, float, float]] = {}
        """What is written on the marks: left end, middle of the height and length, roughly, in points."""

    def panel(self, panel: Panel) -> None:
        axes = self.axes
        axes.set_facecolor(look.GROUND[self.theme])
        caption = panel.name or panel.y.label if self.hides else self.description.fill(panel.caption, self.state)
        title = textwrap.fill(caption, 46)
        axes.set_title(title, color=look.INK[self.theme], fontsize=10, loc="left", **_FONT)
        marks = [mark for mark in panel.marks if not mark.show or self.state[mark.show]]
        self._axis(axes.xaxis, panel.x, marks, ("x",))
        self._axis(axes.yaxis, panel.y, marks, ("y", "low", "high"))
        axes.grid(axis="y", color=look.GRID[self.theme])
        axes.set_axisbelow(True)
        for side in ("top", "right", "left"):
            axes.spines[side].set_visible(False)
        axes.spines["bottom"].set_color(look.QUIET[self.theme])
        for mark in marks:
            if mark.answer and self.hides:
                continue
            getattr(self, "_" + type(mark).__name__.lower())(mark)
        for artist in (*axes.lines, *axes.collections):
            artist.set_in_layout(False)  # on a log axis a mark at 0 lies infinitely far out

    def value(self, expression: Any) -> Any:
        return self.description.evaluate(expression, self.state)

    def _axis(self, axis: Any, wanted: Axis, marks: list[Mark], slots: tuple[str, ...]) -> None:
        which = axis.axis_name
        low, high = (self._end(end) for end in (wanted.low, wanted.high))
        if low is None or high is None:
            there = [getattr(mark, slot, None) for mark in marks for slot in slots]
            numbers = [np.ravel(self.value(expression)) for expression in there if expression is not None]
            finite = np.concatenate([[] if wanted.tight else [0.0], *(v[np.isfinite(v)] for v in numbers)])
            smallest, largest = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
            air = 0.08 * (largest - smallest or 1)
            both = low is None and high is None
            low, high = self._open(low, smallest - air if smallest else 0.0), self._open(high, largest + air)
            if both and not wanted.tight and self.hides and any(mark.answer for mark in marks):
                low, high = -max(-low, high), max(-low, high)  # so that the axis does not give away a sign
        if wanted.scale != "linear":
            getattr(self.axes, f"set_{which}scale")("log", base=2 if wanted.scale == "log2" else 10)
            axis.set_major_locator(LogLocator(base=2 if wanted.scale == "log2" else 10, numticks=13))
            axis.set_minor_locator(NullLocator())
            axis.set_major_formatter(FuncFormatter(_log_tick))
        getattr(self.axes, f"set_{which}lim")(low, high)
        label = f"{wanted.ends[0]}  ←  {wanted.label}  →  {wanted.ends[1]}" if wanted.ends else wanted.label
        axis.set_label_text(label, color=look.INK[self.theme], fontsize=9, **_FONT)
        axis.set_tick_params(colors=look.QUIET[self.theme], labelsize=8)
        if wanted.scale == "linear" and wanted.ends:
            axis.set_major_locator(FixedLocator(np.linspace(low, high, 6).tolist()))

    @staticmethod
    def _open(end: float | None, fitted: float) -> float:
        return fitted if end is None else end

    def _end(self, end: Any) -> float | None:
        """Value of an axis' end, None where it is to be fitted."""
        value = self.value(end) if isinstance(end, Expression) else end
        return None if value is None or math.isnan(value) else float(value)

    def _style(self, mark: Mark) -> dict[str, Any]:
        role = look.ROLES[mark.role]
        dash = (0, tuple(d / role.width for d in role.dash)) if role.dash else "-"
        return {"color": self._colour(mark), "linewidth": role.width, "linestyle": dash}

    def _colour(self, mark: Mark) -> str:
        return self._of_role(mark.role)

    def _of_role(self, name: str) -> str:
        role = look.ROLES[name]
        return role.light if self.theme == "light" else role.dark

    def _line(self, mark: Line) -> None:
        x, y = self.value(mark.x), self.value(mark.y)
        self.axes.plot(x, y, **self._style(mark))
        self._label_nearest(mark, x, y)

    def _band(self, mark: Band) -> None:
        x, low, high = (self.value(slot) for slot in (mark.x, mark.low, mark.high))
        self.axes.fill_between(x, low, high, color=self._colour(mark), alpha=mark.strength, linewidth=0)
        if mark.label and (np.asarray(high - low) > _SEEN).any():
            self._label_nearest(mark, x, high)

    def _stems(self, mark: Stems) -> None:
        x, y = self.value(mark.x), self.value(mark.y)
        there = np.isfinite(x) & (y > 1e-9)
        self.axes.vlines(x[there], 0, y[there], **{**self._style(mark), "linestyle": "-"})
        self._heads(mark, x[there], y[there], 4)
        if there.any():
            tallest = np.flatnonzero(there)[np.argmax(y[there])]
            self._label(mark, x[tallest], y[tallest], (6, 4))

    def _dots(self, mark: Dots) -> None:
        x, y = self.value(mark.x), self.value(mark.y)
        self._heads(mark, x, y, 5)
        self._label_nearest(mark, x, y)

    def _cloud(self, mark: Cloud) -> None:
        x, y = self.value(mark.x), self.value(mark.y)
        self.axes.plot(x, y, linestyle="none", marker="s", markersize=1.5, color=self._colour(mark), alpha=0.45, mew=0)

    def _label_nearest(self, mark: Line | Dots | Band, x: Any, y: Any) -> None:
        """Put the label by the point nearest to where it is wanted across the panel."""
        there = np.flatnonzero(np.isfinite(y))
        if mark.label and there.size:
            to_axes = (self.axes.transScale + self.axes.transLimits).transform
            across = to_axes(np.column_stack([x[there], y[there]]))[:, 0]
            best = there[np.argmin(np.abs(across - mark.label_at))]
            # Under a curve that runs along the top, so that the title stays readable.
            below = getattr(mark, "below", False) or to_axes((x[best], y[best]))[1] > 0.95
            self._label(mark, x[best], y[best], (0, -13 if below else 5), ha="center")

    def _tiles(self, mark: Tiles) -> None:
        x, y, z = (self.value(slot) for slot in (mark.x, mark.y, mark.z))
        colours, taken = np.zeros((y.size, x.size, 4)), set[int]()
        for number, (name, role) in enumerate(mark.kinds):
            there = (z == number).T
            colours[there] = to_rgba(self._of_role(role), 0.4)
            if there.any():
                row, first, last = _longest_stretch(there, taken)
                taken.add(row)
                self._label(replace(mark, label=name, role=role), (x[first] + x[last]) / 2, y[row], (0, 0), ha="center")
        self.axes.pcolormesh(_borders(x, self.axes.get_xscale()), _borders(y, self.axes.get_yscale()), colours)

    def _heat(self, mark: Heat) -> None:
        x, y, z = (self.value(slot) for slot in (mark.x, mark.y, mark.z))
        colours = LinearSegmentedColormap.from_list("heat", look.HEAT)
        edges = np.append(x, self.value(mark.until))
        image = self.axes.pcolormesh(edges, y, z.T, cmap=colours, vmin=0, vmax=1) if z.size else None
        if image is not None:
            bar = self.axes.figure.colorbar(image, ax=self.axes, orientation="horizontal", shrink=0.8, aspect=40)
            bar.set_ticks([0, 1], labels=mark.ends)
            bar.ax.tick_params(colors=look.QUIET[self.theme], labelsize=8, length=0)
            bar.outline.set_visible(False)

    def _point(self, mark: Point) -> None:
        x, y = self.value(mark.x), self.value(mark.y)
        if math.isnan(x) or math.isnan(y):
            return
        self._heads(mark, [x], [y], 8)
        self._label(mark, x, y, (8, 6))

    def _rule(self, mark: Rule) -> None:
        if mark.x is not None:
            x = self.value(mark.x)
            if np.ndim(x):
                for one in x:
                    self.axes.axvline(one, **self._style(mark))
            elif not math.isnan(x):
                self.axes.axvline(x, **self._style(mark))
                # Labels of upright lines step down, so that neighbours do not cover each other.
                self._label(mark, x, 0.96 - 0.06 * self.rule_labels, (4, 0), transform=self.axes.get_xaxis_transform())
                self.rule_labels += bool(mark.label)
        else:
            y = self.value(mark.y)
            self.axes.axhline(y, **self._style(mark))
            self._label(mark, 0.98, y, (0, 3), ha="right", transform=self.axes.get_yaxis_transform())

    def _heads(self, mark: Mark, x: Any, y: Any, size: float) -> None:
        role = look.ROLES[mark.role]
        hollow, ground = role.marker == "hollow", look.GROUND[self.theme]
        self.axes.plot(
            x, y, linestyle="none", marker=_MARKERS[role.marker], markersize=size, clip_on=False, zorder=3,
            markerfacecolor=ground if hollow else self._colour(mark),
            markeredgecolor=self._colour(mark) if hollow else ground,
        )  # fmt: skip

    def _label(self, mark: Mark, x: float, y: float, offset: tuple[float, float], **how: Any) -> None:
        if mark.label:
            # A reader's own name may be wider than the panel.
            text = textwrap.fill(self.description.fill(mark.label, self.state), 40)
            if text in self.placed:  # two marks of one name are one thing drawn twice
                return
            transform = how.pop("transform", self.axes.transData)
            offset = self._free(text, transform.transform((x, y)), offset, how.get("ha", "left"))
            halo = [withStroke(linewidth=3, foreground=look.GROUND[self.theme])]
            self.axes.annotate(
                text, (x, y), xycoords=transform, xytext=offset, textcoords="offset points",
                color=self._colour(mark), fontsize=9, path_effects=halo, zorder=4,
                annotation_clip=False, **how, **_FONT,
            )  # fmt: skip

    def _free(self, text: str, at: Any, offset: tuple[float, float], ha: str) -> tuple[float, float]:
        """Move a label up or down until it touches none that is there, as far as its size is known before drawing."""
        points = 72 / self.axes.figure.dpi
        length = _POINTS * max(len(line) for line in text.split("\n"))
        left = at[0] * points + offset[0] - {"left": 0.0, "center": 0.5, "right": 1.0}[ha] * length
        height = at[1] * points + offset[1]
        tries = [0.0, *(sign * step * _LINE for step in (1, 2, 3) for sign in (-1, 1))]
        free = [shift for shift in tries if not self._touches(left, height + shift, length)]
        shift = free[0] if free else 0.0
        self.placed[text] = left, height + shift, length
        return offset[0], offset[1] + shift

    def _touches(self, left: float, height: float, length: float) -> bool:
        return any(
            left < start + wide + 3 and start < left + length + 3 and abs(height - middle) < _LINE - 1
            for start, middle, wide in self.placed.values()
        )


def _log_tick(value: float, _: Any = None) -> str:
    """Write 0.001 and 10000 in full, farther powers of ten as 10⁹."""
    exponent = math.log10(value)
    if not -3.5 < exponent < 4.5 and math.isclose(exponent, round(exponent), abs_tol=1e-9):
        return f"10{superscript(round(exponent))}"
    return f"{value:g}"


def _borders(centres: np.ndarray, scale: str) -> np.ndarray:
    """Half way between neighbours, on a log axis by their logarithms; the outer tiles end at their centres."""
    along = centres if scale == "linear" else np.log(centres)
    borders = np.concatenate([along[:1], (along[1:] + along[:-1]) / 2, along[-1:]])
    return borders if scale == "linear" else np.exp(borders)


def _longest_stretch(there: np.ndarray, taken: set[int]) -> tuple[int, int, int]:
    """Row, first and last column of the longest unbroken row of True, if possible in a row not taken yet."""
    found = []
    for row, line in enumerate(there):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], line.astype(int), [0]])))
        found += [(row, int(first), int(after) - 1) for first, after in edges.reshape(-1, 2)]
    found.sort(key=lambda stretch: stretch[1] - stretch[2])
    return next((stretch for stretch in found if stretch[0] not in taken), found[0])

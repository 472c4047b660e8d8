"""What travels to the page: the description as JSON, its numbers as one block of float32, the front end's text."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab import look
from passk_lab.explorers.description import Choice, Description, Slider, named
from passk_lab.explorers.expression import Expression, Table
from passk_lab.front import joined, module

FRONT = Path(__file__).parent / "front"


@cache
def front_end() -> str:
    """Return the front end as one text that defines front.mount(root, spec, buffer, state)."""
    return joined(FRONT / "explorer.js")


@cache
def page_front() -> str:
    """Return the front end of a page as one text that defines front.open(explorers, heading), and that of a talk."""
    return joined(FRONT / "pages.js")


@cache
def widget_module() -> str:
    """Return the front end as a module that anywidget can load."""
    return module(FRONT / "widget.js")


@cache
def style() -> str:
    """Return the style sheet."""
    return (FRONT / "explorer.css").read_text(encoding="utf-8")


@cache
def page_style() -> str:
    """Return the style sheet of a page: that of its explorers, and what a page adds to them."""
    ground, quiet = (look.css(colours["light"], colours["dark"]) for colours in (look.GROUND, look.QUIET))
    of_look = f"body {{ background: {ground}; }}\n.passk-foot {{ color: {quiet}; }}\n"
    return style() + of_look + (FRONT / "page.css").read_text(encoding="utf-8")


def pack(description: Description) -> tuple[dict[str, Any], bytes]:
    """Return the JSON part and the numbers of a description."""
    numbers, block = pack_numbers(description.axes, description.tables)
    spec = {
        "name": description.name,
        "title": description.title,
        "summary": description.summary,
        "controls": [_control(control) for control in description.controls],
        **numbers,
        "panels": [
            {
                "name": panel.name,
                "title": panel.title,
                "x": _fields(panel.x),
                "y": _fields(panel.y),
                "marks": [{**_fields(mark), "kind": type(mark).__name__} for mark in panel.marks],
            }
            for panel in description.panels
        ],
        "readouts": [_fields(readout) for readout in description.readouts],
        "sentences": list(description.sentences),
        "texts": [asdict(text) for text in description.texts],
        "presets": [
            {"label": p.label, "state": description.accept(p.state, {}) if p.state else {}, "sentence": p.sentence}
            for p in description.presets
        ],
        "source": description.source,
        "vote": description.vote,
        "look": look.for_the_page(),
    }
    return spec, block


def pack_numbers(
    axes: Mapping[str, Sequence[Any]], tables: Mapping[str, Table]
) -> tuple[dict[str, dict[str, Any]], bytes]:
    """Return where each axis and table lies, and the block of float32 in which they lie."""
    block: list[bytes] = []
    offset = 0

    def place(values: Any) -> int:
        nonlocal offset
        block.append(np.ascontiguousarray(values, dtype="<f4").tobytes())
        start, offset = offset, offset + len(block[-1])
        return start

    placed: dict[str, dict[str, Any]] = {
        "axes": {
            dim: {"names": list(coordinates)}
            if named(coordinates)
            else {"offset": place(coordinates), "length": len(coordinates)}
            for dim, coordinates in axes.items()
        },
        "tables": {name: {"dims": list(table.dims), "offset": place(table.values)} for name, table in tables.items()},
    }
    return placed, b"".join(block)


def _control(control: Any) -> dict[str, Any]:
    out = {**asdict(control), "kind": type(control).__name__}
    if isinstance(control, Slider):
        out["values"] = [plain(value) for value in control.values]
    if isinstance(control, Choice):
        out["options"], out["first"] = list(control.options), list(control.first)
    out["start"] = plain(control.start)
    return out


def _fields(part: Any) -> dict[str, Any]:
    """Fields of a part of a description that are set; expressions in the form that travels."""
    return {
        name: value.to_json() if isinstance(value, Expression) else value
        for name, value in vars(part).items()
        if value is not None and value is not False
    }


def plain(value: Any) -> Any:
    """Numpy scalars as the Python numbers that JSON knows."""
    return value.item() if isinstance(value, np.generic) else value

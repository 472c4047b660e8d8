"""What travels to the page: the description as JSON, its numbers as one block of float32, the front end's text."""

from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab import look
from passk_lab.explorers.description import Choice, Description, Mark, Slider
from passk_lab.explorers.expression import Expression

FRONT = Path(__file__).parent / "front"
# Parts of one module, in the order in which they build on each other.
PARTS = ("evaluate.js", "draw.js", "controls.js", "explorer.js")


@cache
def front_end() -> str:
    """Return the front end without its export: it defines mount(root, spec, buffer, state)."""
    return "\n".join((FRONT / part).read_text(encoding="utf-8") for part in PARTS)


@cache
def widget_module() -> str:
    """Return the front end as a module that anywidget can load."""
    return front_end() + "\n" + (FRONT / "widget.js").read_text(encoding="utf-8")


@cache
def style() -> str:
    """Return the style sheet."""
    return (FRONT / "explorer.css").read_text(encoding="utf-8")


def pack(description: Description) -> tuple[dict[str, Any], bytes]:
    """Return the JSON part and the numbers of a description."""
    block: list[np.ndarray] = []
    offset = 0

    def place(values: Any) -> int:
        nonlocal offset
        numbers = np.ascontiguousarray(values, dtype="<f4").ravel()
        block.append(numbers)
        start, offset = offset, offset + numbers.nbytes
        return start

    axes: dict[str, Any] = {}
    for dim, coordinates in description.axes.items():
        if isinstance(coordinates[0], str):
            axes[dim] = {"names": list(coordinates)}
        else:
            axes[dim] = {"offset": place(coordinates), "length": len(coordinates)}
    tables = {
        name: {"dims": list(table.dims), "offset": place(table.values)} for name, table in description.tables.items()
    }
    spec = {
        "name": description.name,
        "title": description.title,
        "summary": description.summary,
        "controls": [_control(control) for control in description.controls],
        "axes": axes,
        "tables": tables,
        "panels": [
            {"title": panel.title, "x": asdict(panel.x), "y": asdict(panel.y), "marks": [_mark(m) for m in panel.marks]}
            for panel in description.panels
        ],
        "readouts": [{**vars(readout), "value": readout.value.to_json()} for readout in description.readouts],
        "sentences": list(description.sentences),
        "texts": [asdict(text) for text in description.texts],
        "presets": [
            {"label": p.label, "state": description.accept(p.state, {}) if p.state else {}, "sentence": p.sentence}
            for p in description.presets
        ],
        "source": description.source,
        "look": look.for_the_page(),
    }
    return spec, b"".join(numbers.tobytes() for numbers in block)


def _control(control: Any) -> dict[str, Any]:
    out = {**asdict(control), "kind": type(control).__name__}
    if isinstance(control, Slider):
        out["values"] = [plain(value) for value in control.values]
    if isinstance(control, Choice):
        out["options"] = list(control.options)
    out["start"] = plain(control.start)
    return out


def _mark(mark: Mark) -> dict[str, Any]:
    out = {
        name: value.to_json() if isinstance(value, Expression) else value
        for name, value in vars(mark).items()
        if value is not None
    }
    return {**out, "kind": type(mark).__name__}


def plain(value: Any) -> Any:
    """Numpy scalars as the Python numbers that JSON knows."""
    return value.item() if isinstance(value, np.generic) else value

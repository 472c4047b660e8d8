"""What a figure shows as files for others to go on with: its numbers as JSON and CSV, its picture as PNG and SVG."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab import files
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.expression import Expression
from passk_lab.explorers.static import pictures

KINDS = ("json", "csv", "png", "svg")


def exported(description: Description, state: State) -> dict[str, bytes]:
    """Return a figure in each of `KINDS`; of this state: what is drawn, as numbers and as pictures.

    >>> from passk_lab import explorers
    >>> explorer = explorers.pass_at_k()
    >>> sorted(exported(explorer.description, explorer.description.start))
    ['csv', 'json', 'png', 'svg']
    """
    return {
        "json": _as_json(description, state).encode(),
        "csv": _as_csv(description, state).encode(),
        **pictures(description, state, "png", "svg"),
    }


def write_exported(description: Description, state: State, folder: Path, name: str) -> list[Path]:
    """Write them into a folder as NAME.json, NAME.csv, NAME.png and NAME.svg, and return the paths."""
    written = []
    for kind, content in exported(description, state).items():
        written.append(folder / f"{name}.{kind}")
        files.put(written[-1], content)
    return written


def drawn(description: Description, state: State) -> list[dict[str, Any]]:
    """Return what is drawn, as numbers: of each mark its panel, its name, and its slots (x, y, low, high, z).

    >>> from passk_lab import explorers
    >>> explorer = explorers.pass_at_k(k=4)
    >>> drawn(explorer.description, explorer.description.start)[0]["panel"]
    'Success'
    """
    found = []
    for panel in description.panels:
        for mark in panel.marks:
            if mark.show and not state[mark.show]:
                continue
            slots = {slot: getattr(mark, slot, None) for slot in ("x", "y", "low", "high", "z")}
            found.append(
                {
                    "panel": panel.name or description.fill(panel.title, state),
                    "mark": description.fill(mark.label, state) or f"{type(mark).__name__.lower()}, {mark.role}",
                    **{
                        slot: _nested(description.evaluate(what, state))
                        for slot, what in slots.items()
                        if isinstance(what, Expression)
                    },
                }
            )
    return found


def _as_json(description: Description, state: State) -> str:
    said = {"name": description.name, "title": description.title, "state": state, "words": description.words(state)}
    return json.dumps({**said, "drawn": drawn(description, state)}, allow_nan=False, indent=1)


def _as_csv(description: Description, state: State) -> str:
    """A row for each point of each mark; a map has one for each of its places."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    slots = ("x", "y", "low", "high", "z")
    writer.writerow(["panel", "mark", *slots])
    for mark in drawn(description, state):
        columns = {slot: mark[slot] for slot in slots if slot in mark}
        if "z" in columns:
            rows = [
                {"x": x, "y": y, "z": z}
                for x, across in zip(columns["x"], columns["z"], strict=False)
                for y, z in zip(columns["y"], across, strict=False)
            ]
        else:
            length = max(len(column) if isinstance(column, list) else 1 for column in columns.values())
            rows = [
                {slot: column[i] if isinstance(column, list) else column for slot, column in columns.items()}
                for i in range(length)
            ]
        for row in rows:
            if any(value is not None for slot, value in row.items() if slot != "x"):
                numbers = ["" if row.get(slot) is None else repr(row[slot]) for slot in slots]
                writer.writerow([_cell(mark["panel"]), _cell(mark["mark"]), *numbers])
    return text.getvalue()


def _cell(text: str) -> str:
    # A spreadsheet runs a text that begins like a formula; names may come from anybody's files.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _nested(values: Any) -> Any:
    if np.ndim(values):
        return [_nested(one) for one in values]
    return float(values) if np.isfinite(values) else None

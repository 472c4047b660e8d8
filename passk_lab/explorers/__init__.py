"""What a reader touches: one description of an explorer, shown live in a notebook, as a figure, or as an HTML file."""

import importlib
import pkgutil
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from passk_lab import arguments
from passk_lab.explorers import address, shipped
from passk_lab.explorers.description import (
    PROBABILITY,
    Axis,
    Band,
    Choice,
    Cloud,
    Description,
    Dots,
    Heat,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Stems,
    Text,
    Tiles,
    Toggle,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer

SHIPPED = tuple(file.name for file in pkgutil.iter_modules(shipped.__path__) if not file.name.startswith("_"))
"""The functions that make the explorers of the lab, each in the file of its name in shipped/."""

__all__ = [
    "PROBABILITY",
    "Axis",
    "Band",
    "Choice",
    "Cloud",
    "ControlValue",
    "Coordinate",
    "Description",
    "Dots",
    "Explorer",
    "Heat",
    "Line",
    "Number",
    "Panel",
    "Point",
    "Preset",
    "Readout",
    "Rule",
    "Slider",
    "Stems",
    "Table",
    "Text",
    "Tiles",
    "Toggle",
    "Value",
    "draws_axis",
    "from_state",
    "percent",
]
__all__ += SHIPPED

BY_NAME: dict[str, Callable[[], Explorer]]
"""Every explorer that ships, by the name in its state string."""


def __getattr__(name: str) -> Any:
    """Open the file of a shipped explorer on first use (PEP 562): some load pandas or scipy, others need neither."""
    if name not in (*SHIPPED, "BY_NAME"):
        raise AttributeError(f"explorers has nothing called {name!r}; what ships is {', '.join(SHIPPED)}.")
    found = _by_name() if name == "BY_NAME" else getattr(_file(name), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *SHIPPED, "BY_NAME"})


def _file(name: str) -> Any:
    return importlib.import_module(f"{shipped.__name__}.{name}")


@cache
def _by_name() -> dict[str, Callable[[], Explorer]]:
    found: dict[str, Callable[[], Explorer]] = {}
    for name in SHIPPED:
        file, spelled = _file(name), name.replace("_", "-")
        make = getattr(file, name)
        variants = getattr(file, "VARIANTS", ())
        found |= {f"{spelled}-{variant}": partial(make, variant) for variant in variants} or {spelled: make}
    return found


def from_state(text: str) -> Explorer:
    """Open the explorer a state string belongs to, in that state; what it leaves out is as the explorer starts.

    Raises
    ------
    KeyError
        For an unknown explorer; the message lists those there are.
    ValueError
        If the string names a control or a value the explorer does not have.

    Examples
    --------
    >>> from_state("pass-at-k?k=16&p=0.5").k
    16
    """
    name = arguments.known("explorer", address.split(text)[0].replace("_", "-"), list(_by_name()))
    explorer = _by_name()[name]()
    explorer.state = text
    return explorer

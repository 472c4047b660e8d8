"""What a reader touches: one description of an explorer, shown live in a notebook, as a figure, or as an HTML file."""

from collections.abc import Callable
from functools import partial

from passk_lab import arguments
from passk_lab.explorers.description import (
    PROBABILITY,
    Axis,
    Band,
    Choice,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Stems,
    Toggle,
    draws_axis,
)
from passk_lab.explorers.estimators import estimator_lab
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.models import PAIRS, real_curves
from passk_lab.explorers.weights import pass_at_k

__all__ = [
    "PROBABILITY",
    "Axis",
    "Band",
    "Choice",
    "ControlValue",
    "Coordinate",
    "Description",
    "Explorer",
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
    "Toggle",
    "Value",
    "draws_axis",
    "estimator_lab",
    "from_state",
    "pass_at_k",
    "real_curves",
]

_BY_NAME: dict[str, Callable[[], Explorer]] = {
    "pass-at-k": pass_at_k,
    "estimator-lab": estimator_lab,
    **{f"real-curves-{name}": partial(real_curves, name) for name in PAIRS},
}


def from_state(text: str) -> Explorer:
    """Open the explorer a state string belongs to, in that state.

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
    name = arguments.known("explorer", text.strip().partition("?")[0], list(_BY_NAME))
    explorer = _BY_NAME[name]()
    explorer.state = text
    return explorer

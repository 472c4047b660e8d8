"""What a reader touches: one description of an explorer, shown live in a notebook, as a figure, or as an HTML file."""

from collections.abc import Callable
from functools import partial

from passk_lab import arguments
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
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped.collapse import collapse, held_open, same_path
from passk_lab.explorers.shipped.estimators import estimator_lab
from passk_lab.explorers.shipped.frontier import frontier_of_runs
from passk_lab.explorers.shipped.logs import training_logs, visits
from passk_lab.explorers.shipped.models import PAIRS, real_curves
from passk_lab.explorers.shipped.objectives import group_weights, objective_weights
from passk_lab.explorers.shipped.prompts import interference, strategies
from passk_lab.explorers.shipped.runs import collapse_run, recorded_runs
from passk_lab.explorers.shipped.signal import least_variance, vanishing_signal
from passk_lab.explorers.shipped.weights import pass_at_k

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
    "collapse",
    "collapse_run",
    "draws_axis",
    "estimator_lab",
    "from_state",
    "frontier_of_runs",
    "group_weights",
    "held_open",
    "interference",
    "least_variance",
    "objective_weights",
    "pass_at_k",
    "real_curves",
    "recorded_runs",
    "same_path",
    "strategies",
    "training_logs",
    "vanishing_signal",
    "visits",
]

BY_NAME: dict[str, Callable[[], Explorer]] = {
    "pass-at-k": pass_at_k,
    "estimator-lab": estimator_lab,
    "objective-weights": objective_weights,
    "group-weights": group_weights,
    "vanishing-signal": vanishing_signal,
    "least-variance": least_variance,
    "collapse": collapse,
    "same-path": same_path,
    "held-open": held_open,
    "interference": interference,
    "strategies": strategies,
    "training-logs": training_logs,
    "visits": visits,
    "collapse-run": collapse_run,
    "recorded-runs": recorded_runs,
    "frontier-of-runs": frontier_of_runs,
    **{f"real-curves-{name}": partial(real_curves, name) for name in PAIRS},
}
"""Every explorer that ships, by the name in its state string."""


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
    name = arguments.known("explorer", text.strip().partition("?")[0], list(BY_NAME))
    explorer = BY_NAME[name]()
    explorer.state = text
    return explorer

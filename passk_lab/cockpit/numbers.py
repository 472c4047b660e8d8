"""The numbers of one run's pictures, kept up with the run: each record is read once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from passk_lab.cockpit.choices import draws_of
from passk_lab.explorers.expression import Table
from passk_lab.lm.run import ChangeRecord, EvaluationRecord, StepRecord, is_change, is_evaluation, is_step

if TYPE_CHECKING:
    from passk_lab.lm import Run

GROWING = ("step", "evaluated", "changed")
"""Dimensions that grow as the run goes on."""
DRAWS = 2 ** np.arange(11)
"""Values of k at which a run is evaluated."""
OVER = 10
"""Steps of the trailing mean that a noisy line is drawn as."""
ROWS = 200
"""Most prompts in the map: of more, each would be less than a pixel high."""
STEPS, EVALUATIONS = 1000, 300
"""Most steps and evaluations in a description: more of them would share a pixel. Means are taken before thinning."""

CLOUDS = ("pass_at_1", "pass_at_k", "entropy", "distinct", "gradient_norm")
"""Diagnostics drawn for each step by itself."""
MEANS = ("pass_at_1", "pass_at_k", "gap", "wrong", "alike", "silent", "entropy", "distinct", "gradient_norm")
"""Diagnostics drawn as a trailing mean."""


class Place(NamedTuple):
    """How far somebody has been told of a run: so many steps, evaluations and changes."""

    steps: int = 0
    evaluations: int = 0
    changes: int = 0


class Numbers:
    """Axes and tables of a run.

    Parameters
    ----------
    run : Run
    """

    def __init__(self, run: Run) -> None:
        self.run = run
        self.done, self.evaluated_at = 0.0, 0.0
        """The last step, and the last evaluation."""
        self.norms = (math.inf, 0.0)
        """The least and the largest positive gradient norm."""
        self._read = 0
        self._raw: dict[str, list[float]] = {name: [] for name in dict.fromkeys(CLOUDS + MEANS)}
        self._mean: dict[str, list[float]] = {name: [] for name in MEANS}
        self._steps: list[float] = []
        self._evaluated: list[float] = []
        self._chances: list[np.ndarray] = []
        self._changed: list[float] = []
        self._shown = np.zeros(0, dtype=int)
        none = np.full(len(DRAWS), math.nan)
        self._curves: dict[str, Any] = {"base": none, "seen": none, "unseen": none}
        # Where a mechanism moves the objective, no one k is the one that is trained on.
        draws = "" if run.config.make_mechanisms().filling("objective") else draws_of(run.config.objective)
        self._draws, self._k = draws, float(run.config.parameters.get(draws, math.nan)) if draws else math.nan

    def follow(self) -> None:
        """Read the records that are new in the run's history."""
        history = self.run.history
        for record in history[self._read :]:
            if is_step(record):
                self._step(record)
            elif is_evaluation(record):
                self._evaluation(record)
            elif is_change(record):
                self._change(record)
            self._read += 1

    @property
    def place(self) -> Place:
        """How far this has read."""
        return Place(len(self._steps), len(self._evaluated), len(self._changed))

    def numbers(
        self, since: Place | None = None, most: int = EVALUATIONS
    ) -> tuple[dict[str, Sequence[Any]], dict[str, Table]]:
        """Give axes and tables: all, at most `STEPS` and so many evaluations; or what is new since a place."""
        steps, evaluations = (
            (_thinned(len(self._steps), STEPS), _thinned(len(self._evaluated), most))
            if since is None
            else (np.arange(since.steps, len(self._steps)), np.arange(since.evaluations, len(self._evaluated)))
        )
        rows = len(self._shown)
        axes: dict[str, Sequence[Any]] = {
            "step": [self._steps[i] for i in steps],
            "evaluated": [self._evaluated[i] for i in evaluations],
            "changed": self._changed[since.changes if since else 0 :],
            "k": DRAWS.tolist(),
            "prompt": list(range(rows)),
            "border": (np.arange(rows + 1) / max(rows, 1)).tolist(),
        }
        tables = {name: Table(("step",), [self._raw[name][i] for i in steps]) for name in CLOUDS}
        tables |= {f"{name} mean": Table(("step",), [self._mean[name][i] for i in steps]) for name in MEANS}
        chances = np.reshape([self._chances[i] for i in evaluations], (len(evaluations), rows))
        tables |= {"chance": Table(("evaluated", "prompt"), chances)}
        tables |= {name: Table(("k",), curve) for name, curve in self._curves.items()}
        until = self.evaluated_at + self.run.config.evaluate_every
        return axes, tables | {"trained k": Table((), self._k), "until": Table((), until)}

    # One record

    def _step(self, record: StepRecord) -> None:
        self.done = float(record["step"])
        self._steps.append(self.done)
        wrong, right = _finite(record.get("all_wrong")), _finite(record.get("all_right"))
        for name, column in self._raw.items():
            own = {"wrong": wrong, "alike": wrong + right}
            column.append(own[name] if name in own else _finite(record.get(name)))
        for name, column in self._mean.items():
            column.append(_mean(self._raw[name][-OVER:]))
        if (norm := self._raw["gradient_norm"][-1]) > 0:
            self.norms = min(norm, self.norms[0]), max(norm, self.norms[1])

    def _evaluation(self, record: EvaluationRecord) -> None:
        chances = np.asarray(record["unseen"]["p"], dtype=np.float64)
        if not self._evaluated:
            self._shown = shown_prompts(chances)
            self._curves["base"] = record["unseen"]["pass_at"]
        self.evaluated_at = float(record["step"])
        self._evaluated.append(self.evaluated_at)
        self._chances.append(chances[self._shown])
        self._curves |= {"seen": record["seen"]["pass_at"], "unseen": record["unseen"]["pass_at"]}

    def _change(self, record: ChangeRecord) -> None:
        self._changed.append(float(record["step"]))
        if record["name"] == self._draws:
            self._k = float(record["value"])


def shown_prompts(base: np.ndarray) -> np.ndarray:
    """Prompts of the map, from the base's hardest to its easiest, evenly along that order.

    >>> shown_prompts(np.array([0.5, 0.1, 0.9])).tolist()
    [1, 0, 2]
    """
    order = np.argsort(base, kind="stable")
    return order[np.linspace(0, len(order) - 1, min(ROWS, len(order))).round().astype(int)]


def _thinned(length: int, most: int) -> np.ndarray:
    """Positions evenly from the first to the last, `most` at most."""
    return np.linspace(0, length - 1, min(length, most)).round().astype(int)


def _finite(value: Any) -> float:
    return float(value) if value is not None and math.isfinite(value) else math.nan


def _mean(values: list[float]) -> float:
    """Mean of the values that are there."""
    there = [value for value in values if not math.isnan(value)]
    return sum(there) / len(there) if there else math.nan

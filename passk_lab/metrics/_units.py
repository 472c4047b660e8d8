"""What was drawn independently of one another: problems, or groups of them that belong together."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints


@dataclass(frozen=True)
class Units:
    """Independent draws. Rows (kinds of problem) are summed into units; equal units are kept once, with a number."""

    size: Floats
    """Problems in each unit."""
    times: Floats
    """How many such units there are."""
    order: Ints | None = None
    """Rows sorted by unit, where units hold several rows; None where each row is its own unit."""
    begins: Ints | None = None

    @property
    def number(self) -> float:
        """How many independent draws there are."""
        return float(self.times.sum())

    @property
    def problems(self) -> float:
        """How many problems (or how much weight) there are."""
        return float(self.times @ self.size)

    def totals(self, values: Floats) -> Floats:
        """Sum of the values (last axis: rows) over each unit."""
        if self.order is None or self.begins is None:
            return values
        return np.add.reduceat(values[..., self.order], self.begins, axis=-1)


def one_each(times: Any) -> Units:
    """Every problem by itself; `times` is how many problems there are of each kind."""
    times = np.asarray(times, np.float64)
    return Units(np.ones(times.shape), times)


def grouped(groups: Any, problems: int) -> Units:
    """Problems under one label are one unit; rows are problems."""
    labels = arguments.array_of("groups", groups)
    if labels.shape != (problems,):
        raise ValueError(
            f"groups needs one label for each problem: {problems} of them, but got an array of shape {labels.shape}."
        )
    missing = [i for i, label in enumerate(labels.tolist()) if label is None or label != label]
    if missing:
        raise ValueError(f"problem {missing[0]} has no group ({labels[missing[0]]!r}). Give it a label of its own.")
    try:
        _, of = np.unique(labels, return_inverse=True)
    except TypeError:
        raise ValueError(
            f"groups must be labels of one kind, all text or all numbers, but got {arguments.short(groups)}."
        ) from None
    size = np.bincount(of).astype(np.float64)
    order = np.argsort(of, kind="stable")
    begins = np.concatenate([[0], np.cumsum(size)[:-1]]).astype(np.int64)
    return Units(size, np.ones(size.size), order, begins)


def at_least_two(units: Units) -> None:
    """Refuse what cannot say anything about a population."""
    if units.number < 2 and units.order is not None:
        raise ValueError("an interval over groups needs at least two groups: one says nothing about how they differ.")
    if units.number < 2:
        raise ValueError(
            "an interval over problems needs at least two problems. Of one problem itself "
            "curve_interval(..., target='these problems') speaks."
        )

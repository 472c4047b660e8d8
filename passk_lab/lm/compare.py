"""Comparing runs fairly: frontiers instead of end points, and equal progress instead of equal steps."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from passk_lab import arguments
from passk_lab.arguments import Floats


def frontier(points: Any) -> npt.NDArray[np.bool_]:
    """Say which points no other point beats: none is at least as good in both and better in one.

    Parameters
    ----------
    points : array_like of float, shape (m, 2)
        As (pass@1, pass@256), larger is better.

    Returns
    -------
    ndarray of bool, shape (m,); equal points share their fate.

    Raises
    ------
    ValueError
        If the points are not pairs of finite numbers.

    Examples
    --------
    >>> frontier([[0.2, 0.9], [0.5, 0.8], [0.4, 0.8]]).tolist()
    [True, True, False]
    """
    points = arguments.real("points", points)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"points are pairs, an array of shape (m, 2), but the shape is {points.shape}.")
    least = (points[:, None] >= points[None]).all(-1)
    more = (points[:, None] > points[None]).any(-1)
    return ~(least & more).any(axis=0)


def at_equal_progress(progress: Any, values: Any, at: Any) -> Floats:
    """Give what a run had when it FIRST came to some progress, linear between its evaluations.

    Steps are no measure to compare objectives by: Adam rescales each one's gradient. Two runs are compared where they
    have reached the same pass@1.

    Parameters
    ----------
    progress : array_like of float, shape (s,)
        Pass@1, say, at each evaluation.
    values : array_like of float, shape (s, ...)
        What to read off, pass@256 say.
    at : array_like of float, shape (a,)
        The progress at which to compare.

    Returns
    -------
    ndarray of float64, shape (a, ...); NaN where the run never came that far, or began beyond it.

    Raises
    ------
    ValueError
        If the shapes do not fit, or a progress is not finite.

    Examples
    --------
    >>> at_equal_progress([0.2, 0.4, 0.3, 0.6], [1.0, 0.8, 0.85, 0.7], [0.3, 0.5, 0.7]).round(3).tolist()
    [0.9, 0.75, nan]
    """
    progress, at = arguments.real("progress", progress), np.atleast_1d(arguments.real("at", at))
    values = arguments.floats("values", values)
    if progress.ndim != 1 or values.ndim == 0 or len(values) != len(progress):
        raise ValueError(
            f"values has one row for each evaluation, but values has shape {values.shape} for progress of shape "
            f"{progress.shape}."
        )
    out = np.full((len(at), *values.shape[1:]), np.nan)
    for i, goal in enumerate(at):
        reached = np.flatnonzero(progress >= goal)
        if not len(reached) or (reached[0] == 0 and progress[0] > goal):
            continue
        after = reached[0]
        if after == 0:
            out[i] = values[0]
            continue
        share = (goal - progress[after - 1]) / (progress[after] - progress[after - 1])
        out[i] = (1 - share) * values[after - 1] + share * values[after]
    return out

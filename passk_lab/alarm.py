"""An alarm on one signal of a run: when it says that coverage is about to fall, and what is called a fall.

Numbers in, numbers out, and no torch: the same alarm watches a recorded run, a cockpit, a trainer's log, or the
evaluations of a row of checkpoints. How often each one is right, `lm.warning` has measured over the recorded runs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from statistics import fmean
from typing import Any, Literal, get_args

import numpy as np

from passk_lab import arguments, bundled
from passk_lab.arguments import Floats

Form = Literal["falls by ratio", "falls to", "falls by", "rises to", "rises by"]
OVER = 10
"""Steps of which a signal is the mean, in the recorded runs and so in their thresholds."""


@dataclass(frozen=True)
class Alarm:
    """A rule with one threshold: which signal, against what it is held, and how far it may go.

    With v the signal and v_1 its first value: "falls by ratio" alarms where v < threshold v_1, "falls by" where
    v < v_1 - threshold, "rises by" where v > v_1 + threshold, "falls to" where v < threshold, "rises to" where
    v > threshold. A signal that starts at 0 has no ratio to it, and never alarms by one.

    >>> Alarm("distinct", "falls by ratio", 0.75).first([10, 20, 30], [2.0, 1.6, 1.4])
    30.0
    """

    signal: str
    form: Form
    threshold: float

    def __post_init__(self) -> None:
        arguments.known("form", self.form, get_args(Form))
        arguments.one_number("threshold", self.threshold, -np.inf, np.inf)

    def score(self, values: Any) -> Floats:
        """Say how far a signal has gone: the alarm is where this lies above `limit`.

        Parameters
        ----------
        values : array_like of float, shape (s,)
            The signal in the order of steps, one at least.

        Returns
        -------
        ndarray of float64, shape (s,)

        Raises
        ------
        ValueError
            If the values are not a row of finite numbers.

        Examples
        --------
        >>> Alarm("all_wrong", "rises by", 0.1).score([0.2, 0.25, 0.4]).round(2).tolist()
        [0.0, 0.05, 0.2]
        """
        values = arguments.real("values", values)
        if values.ndim != 1:
            raise ValueError(f"values is one number for each step, but its shape is {values.shape}.")
        return scored(self.form, values, values[:1])

    @property
    def limit(self) -> float:
        """Above which `score` alarms."""
        return -self.threshold if self.form in ("falls by ratio", "falls to") else self.threshold

    def on(self, values: Any) -> np.ndarray:
        """Say at each step whether the signal is beyond the threshold: bool, shape (s,)."""
        return self.score(values) > self.limit

    def first(self, steps: Any, values: Any) -> float | None:
        """Return the first step at which it alarms, None if it never does.

        Parameters
        ----------
        steps : array_like of float, shape (s,)
            Rising; steps of training, or numbers of checkpoints.
        values : array_like of float, shape (s,)
            The signal there; the first of them is what later ones are held against.

        Raises
        ------
        ValueError
            If the two do not go together, or the steps do not rise.
        """
        steps, values = _row(steps, values)
        on = self.on(values) if len(values) else np.zeros(0, dtype=bool)
        return float(steps[on.argmax()]) if on.any() else None


def scored(form: Form, values: Floats, start: Floats) -> Floats:
    """Score of values against their starts, elementwise: larger is nearer to an alarm.

    >>> scored("falls by ratio", np.array([1.0, 0.5]), np.array([2.0, 0.0])).tolist()
    [-0.5, -inf]
    """
    if form == "falls by ratio":
        ratio = np.full(np.broadcast_shapes(values.shape, start.shape), np.inf)
        return -np.divide(values, start, out=ratio, where=np.broadcast_to(start > 0, ratio.shape))
    sign = -1.0 if form.startswith("falls") else 1.0
    return sign * (values - start) if form.endswith("by") else sign * values


def windows(steps: Any, values: Any, over: int = OVER) -> tuple[Floats, Floats]:
    """Average a signal over windows of steps, as the recorded runs have it: 1 to 10, 11 to 20, ...

    Parameters
    ----------
    steps : array_like of int, shape (s,)
        Steps done, rising.
    values : array_like of float, shape (s,)
        A signal of a single step is noisy: a batch has few prompts.
    over : int
        Steps in a window.

    Returns
    -------
    pair of ndarray of float64
        Last step of each window, and the mean there. A window that has not come to its last step is left out.

    Raises
    ------
    ValueError
        If steps and values do not go together, or the steps do not rise.

    Examples
    --------
    >>> windows([1, 2, 3, 4, 5], [1.0, 3.0, 5.0, 7.0, 9.0], over=2)
    (array([2., 4.]), array([2., 6.]))
    """
    steps, values = _row(steps, values)
    over = arguments.one_whole("over", over)
    if not len(steps):
        return steps, values
    window = np.ceil(steps / over) * over
    ends, which = np.unique(window, return_inverse=True)
    mean = np.bincount(which, values) / np.bincount(which)
    whole = ends <= steps[-1]
    return ends[whole], mean[whole]


def fall_of(steps: Any, values: Any, low: Any, high: Any, by: float) -> float | None:
    r"""Say when a curve falls for good: the step from which it lies `by` or more below its highest value so far.

    With b_i the highest value up to evaluation i, evaluation i is *down* where b_i - v_i is `by` or more and its
    interval lies below that of b_i (high_i < low at b_i): a fall beyond its interval. A fall has come where every
    evaluation from some i to the last is down, and its step is where the line from evaluation i - 1 to i crosses
    b_i - `by`.

    Parameters
    ----------
    steps : array_like of float, shape (s,)
        Steps of the evaluations, rising.
    values, low, high : array_like of float, shape (s,)
        Pass@256 on held-out numbers, say, with its interval.
    by : float in (0, 1]
        How much is called a fall.

    Returns
    -------
    float or None
        None where it never falls, or comes back.

    Raises
    ------
    ValueError
        If the four do not go together, or the steps do not rise.

    Examples
    --------
    >>> fall_of([0, 30, 60], [1, 0.875, 0.625], [0.95, 0.85, 0.6], [1, 0.9, 0.65], by=0.25)
    45.0
    >>> fall_of([0, 30, 60], [1, 0.625, 0.875], [0.95, 0.6, 0.85], [1, 0.65, 0.9], by=0.25) is None
    True
    """
    steps, values = _row(steps, values)
    low, high = (_row(steps, side)[1] for side in (low, high))
    by = arguments.one_number("by", by, 0, 1, open_low=True)
    if not len(values):
        return None
    best = [int(values[: i + 1].argmax()) for i in range(len(values))]
    down = (values[best] - values >= by) & (high < low[best])
    if not down[-1]:
        return None
    up = np.flatnonzero(~down)  # the first evaluation is its own best, so it is never down
    before, after = up[-1], up[-1] + 1
    line = values[best[after]] - by
    if values[before] <= line:  # far enough down, but not yet beyond the interval
        return float(steps[before])
    share = (values[before] - line) / (values[before] - values[after])
    return float(steps[before] + (steps[after] - steps[before]) * share)


def rung(records: Sequence[Mapping[str, Any]], signal: str = "distinct") -> str:
    """Say that a signal of a run in training has rung its alarm, with the rates of that alarm; "" while it has not.

    The best of the alarms that `lm.warning` tested is on distinct right solutions.

    Parameters
    ----------
    records : sequence of mapping
        One for each look at the run, with "step" and, where it was seen, the signal. Several of one step, as a trainer
        has that draws more than one batch for it, count as their mean.
    signal : str
        A name of `measured()`.

    Raises
    ------
    KeyError
        For a signal without a measured alarm.

    Examples
    --------
    >>> fading = [{"step": step, "distinct": 3.0 - step / 20} for step in range(1, 41)]
    >>> rung(fading[:20]), rung(fading).partition(",")[0]
    ('', 'Alarm at step 30: distinct right solutions in a group')
    """
    one = measured()[arguments.known("signal with an alarm", signal, list(measured()))]
    seen: dict[int, list[float]] = {}
    for record in records:
        if math.isfinite(record.get(signal, math.nan)):
            seen.setdefault(record["step"], []).append(record[signal])
    since = one.alarm.first(*windows(list(seen), [fmean(values) for values in seen.values()]))
    if since is None:
        return ""
    against = "of where it began" if one.alarm.form == "falls by ratio" else "from where it began"
    return (
        f"Alarm at step {since:.0f}: {one.says}, as the mean of {OVER} steps, {_GONE[one.alarm.form]} "
        f"{one.alarm.threshold:.2f} {against}. {one.rates}"
    )


_GONE: Mapping[Form, str] = {"falls by ratio": "below", "falls by": "down by more than", "rises by": "up by more than"}
"""How a signal went, for the forms that the measured alarms have."""


def _row(steps: Any, values: Any) -> tuple[Floats, Floats]:
    if np.shape(steps) == np.shape(values) == (0,):  # nothing has been seen yet
        return np.zeros(0), np.zeros(0)
    steps, values = arguments.real("steps", steps), arguments.real("values", values)
    if steps.ndim != 1 or values.shape != steps.shape:
        raise ValueError(
            f"steps and values are one number each for every look at the run, but their shapes are {steps.shape} and "
            f"{values.shape}."
        )
    if (np.diff(steps) <= 0).any():
        raise ValueError("steps rise from one look at the run to the next; sort both by step first.")
    return steps, values


@dataclass(frozen=True)
class Measured:
    """An alarm with what `lm.warning` found of it over the recorded runs."""

    alarm: Alarm
    says: str
    """What its signal is, in words."""
    fell: int
    """Recorded runs that fell."""
    warned: int
    """Of them, those in which it alarmed before."""
    warned_low: float
    """Interval of that share, clustered by method."""
    warned_high: float
    stood: int
    """Recorded runs that did not fall."""
    false: int
    """Of them, those in which it alarmed."""
    false_low: float
    false_high: float
    lead: float
    """Median steps from the alarm to the fall, where it warned."""
    by: float
    """What is called a fall of pass@256."""

    @property
    def rates(self) -> str:
        """The rates in a sentence."""
        return (
            f"Over the recorded runs it came before held-out pass@256 had fallen by {self.by:g} in {self.warned} of "
            f"the {self.fell} that fell ({self.lead:.0f} steps before, in the median), and in {self.false} of the "
            f"{self.stood} that stood."
        )


@lru_cache(maxsize=1)
def measured() -> Mapping[str, Measured]:
    """Return the alarms by signal, with their rates: those for which a false alarm is allowed in a fifth of the runs.

    >>> measured()["distinct"].alarm.form
    'falls by ratio'
    """
    return {
        signal: Measured(
            Alarm(signal, entry["form"], entry["threshold"]),
            **{name: value for name, value in entry.items() if name not in ("form", "threshold")},
        )
        for signal, entry in _stored()["alarms"].items()
    }


def along_allowed() -> Mapping[str, Any]:
    """Return what the alarms do where more or fewer false ones are allowed, as `lm.warning.along_allowed` found it.

    >>> along_allowed()["allowed"][:3]
    [5, 10, 15]
    """
    along: Mapping[str, Any] = _stored()["along"]
    return along


@lru_cache(maxsize=1)
def _stored() -> Mapping[str, Any]:
    stored: Mapping[str, Any] = json.loads(
        (bundled.folder("data") / "runs" / "warning.json").read_text(encoding="utf-8")
    )
    return stored

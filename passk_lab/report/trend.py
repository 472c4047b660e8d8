"""A run over its checkpoints: what training still gets from these problems, and what one and many draws find."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.alarm import measured
from passk_lab.arguments import Ints
from passk_lab.readers.evaluation import Evaluation
from passk_lab.report.estimates import Estimate, counts_of, curve, difference, of_problems
from passk_lab.report.silence import Silence, silence


@dataclass(frozen=True)
class Step:
    """One checkpoint."""

    step: int | None
    problems: int
    silence: Silence
    pass_at_1: Estimate
    pass_at_last: Estimate


@dataclass(frozen=True)
class Alarmed:
    """An alarm of `passk_lab.alarm` that rings at a checkpoint."""

    signal: str
    step: int
    text: str
    """What was seen, and how often this alarm was right over the lab's recorded runs."""


@dataclass(frozen=True)
class Trend:
    """The checkpoints in their order."""

    steps: tuple[Step, ...]
    last: int
    """The k of `pass_at_last`: the n of the problem that has fewest samples, over all steps."""
    problems_in_all: int
    """Problems that are in every step."""
    on_common: bool
    """Whether the numbers are of these alone. Where the steps share too few, each speaks of its own problems."""
    change: Mapping[str, Estimate] | None
    """From the first step to the last, paired by problem: "all_wrong", "all_right", "pass_at_1" and, where it is
    another, "pass_at_last". The intervals hold all at once (each has its part of what may fail). None where the steps
    share too few problems."""

    alarms: tuple[Alarmed, ...]
    """Those of the lab's alarms that ring on these steps: of the gap, and of groups that are all wrong."""


_ENOUGH = 0.5
"""Share of a step's problems that must be in all steps for the trend to be of those alone."""


def trend(evaluations: Sequence[Evaluation], group: int, level: float, groups: Mapping[str, Any] | None) -> Trend:
    """Return the trend over checkpoints, on the problems that all of them have where these are half of each or more."""
    common = set(evaluations[0].problems).intersection(*(one.problems for one in evaluations[1:]))
    on_common = len(common) > 1 and all(len(common) >= _ENOUGH * len(one.problems) for one in evaluations)
    order = tuple(problem for problem in evaluations[0].problems if problem in common)
    counts = [counts_of(one, order if on_common else one.problems) for one in evaluations]
    last = min(int(n.min()) for n, _ in counts)
    group = min(group, last)
    steps = []
    for one, (n, c) in zip(evaluations, counts, strict=True):
        labels = of_problems(groups, order if on_common else one.problems)
        ends = curve(n, c, np.unique([1, last]), level, labels)
        steps.append(Step(one.step, n.size, silence(n, c, group, level, labels), ends.at(1), ends.at(last)))
    change = _change(counts[0], counts[-1], group, last, level, of_problems(groups, order)) if on_common else None
    return Trend(tuple(steps), last, len(common), on_common, change, tuple(_alarms(steps, last)))


def _alarms(steps: Sequence[Step], last: int) -> Iterator[Alarmed]:
    """Hold the checkpoints against the thresholds that the recorded runs of the compact model have set."""
    at = [step.step for step in steps if step.step is not None]
    if len(at) < len(steps) or last == 1:
        return
    seen = {
        "gap_at_n": (
            f"the gap pass@{last} - pass@1",
            [max(step.pass_at_last.estimate - step.pass_at_1.estimate, 0.0) for step in steps],
        ),
        "all_wrong": (
            f"the share of groups of {steps[0].silence.n} that are all wrong",
            [step.silence.all_wrong.estimate for step in steps],
        ),
    }
    for signal, (what, values) in seen.items():
        one = measured()[signal]
        if (rings := one.alarm.first(at, values)) is not None:
            then = values[at.index(int(rings))]
            yield Alarmed(
                signal,
                int(rings),
                f"Alarm at step {rings:.0f}: {what} went from {100 * values[0]:.1f} to {100 * then:.1f} %. "
                f"{one.rates} They were runs of the lab's small model; how often it is right on others is not known.",
            )


def _change(
    first: tuple[Ints, Ints], then: tuple[Ints, Ints], group: int, last: int, level: float, labels: Any
) -> dict[str, Estimate]:
    scores = {
        "all_wrong": lambda n, c: metrics.pass_hat_k(n, n - c, group),
        "all_right": lambda n, c: metrics.pass_hat_k(n, c, group),
        "pass_at_1": lambda n, c: metrics.pass_at_k(n, c, 1),
        "pass_at_last": lambda n, c: metrics.pass_at_k(n, c, last),
    }
    if last == 1:
        del scores["pass_at_last"]
    each = 1 - (1 - level) / len(scores)
    return {name: difference(score(*then) - score(*first), each, labels) for name, score in scores.items()}

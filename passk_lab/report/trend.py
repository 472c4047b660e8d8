"""A run over its checkpoints: what training still gets from these problems, and what one and many draws find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
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
    return Trend(tuple(steps), last, len(common), on_common, change)


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

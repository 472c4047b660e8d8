"""A run over its checkpoints: what training still gets from these problems, and what one and many draws find."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab.readers.evaluation import Evaluation
from passk_lab.report.estimates import Estimate, curve, of_problems
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


_ENOUGH = 0.5
"""Share of a step's problems that must be in all steps for the trend to be of those alone."""


def trend(evaluations: Sequence[Evaluation], group: int, level: float, groups: Mapping[str, Any] | None) -> Trend:
    """Return the trend over checkpoints, on the problems that all of them have where these are half of each or more."""
    common = set(evaluations[0].problems).intersection(*(one.problems for one in evaluations[1:]))
    on_common = len(common) > 1 and all(len(common) >= _ENOUGH * len(one.problems) for one in evaluations)
    kept = [np.array([not on_common or problem in common for problem in one.problems], bool) for one in evaluations]
    last = min(int(one.n[rows].min()) for one, rows in zip(evaluations, kept, strict=True))
    steps = []
    for one, rows in zip(evaluations, kept, strict=True):
        n, c = one.n[rows], one.c[rows]
        names = tuple(problem for problem, there in zip(one.problems, rows, strict=True) if there)
        labels = of_problems(groups, names)
        ends = curve(n, c, np.unique([1, last]), level, labels)
        steps.append(
            Step(one.step, len(names), silence(n, c, min(group, last), level, labels), ends.at(1), ends.at(last))
        )
    return Trend(tuple(steps), last, len(common), on_common)

"""Where the files hold answers: how often the most frequent one is right, and how many different ones there are."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Ints
from passk_lab.readers.evaluation import Answers, Evaluation
from passk_lab.report.estimates import Curve, means

_MOST_CALLS = 20_000
"""Votes (problem times k) that are worked out exactly."""


@dataclass(frozen=True)
class Voting:
    """Majority vote and distinct answers among k samples."""

    majority: Curve
    """Chance that the most frequent of k answers is right; ties are split evenly, what has no answer never wins."""
    distinct: Curve
    """Expected number of different answers among k samples; none is not one."""
    without_answer: int
    """Judged samples from which no answer was taken."""
    judged_both_ways: int
    """Answers that were judged right in one sample and wrong in another: taken as the larger part was."""
    problems: int


def voting(evaluation: Evaluation, level: float, labels: Any) -> Voting | None:
    """Return what a vote among the samples would say, or None where the files hold no answers."""
    if evaluation.answers is None or not any(answers.given for answers in evaluation.answers):
        return None
    rows = [_row(answers, int(n)) for answers, n in zip(evaluation.answers, evaluation.n, strict=True)]
    least = int(evaluation.n.min())
    ks = _ks(least, len(rows))
    majority, distinct = np.zeros((2, ks.size, len(rows)))
    for i, (given, correct, unparsed) in enumerate(rows):
        n = int(given.sum()) + unparsed
        for j, k in enumerate(ks.tolist()):
            majority[j, i] = metrics.majority_at_k(given, correct, k, unparsed) if given.size else 0.0
            distinct[j, i] = np.sum(metrics.pass_at_k(n, given, k)) if given.size else 0.0
    return Voting(
        majority=means(ks, majority, level, labels),
        distinct=means(ks, distinct, level, labels, scale=ks.astype(np.float64)),
        without_answer=sum(unparsed for _, _, unparsed in rows),
        judged_both_ways=sum(
            0 < answers.right.get(answer, 0) < times
            for answers in evaluation.answers
            for answer, times in answers.given.items()
        ),
        problems=len(rows),
    )


def _row(answers: Answers, n: int) -> tuple[Ints, list[int], int]:
    names = list(answers.given)
    given = np.array([answers.given[name] for name in names], np.int64)
    correct = [i for i, name in enumerate(names) if 2 * answers.right.get(name, 0) > answers.given[name]]
    return given, correct, max(n - int(given.sum()), 0)


def _ks(least: int, problems: int) -> Ints:
    """1, 2, 4, ... and n; fewer where problems are so many that votes would take minutes."""
    powers = [2**i for i in range(least.bit_length()) if 2**i <= least]
    most = max(2, _MOST_CALLS // problems)
    kept = sorted({*powers, least} if least <= 64 else set(powers))
    return np.array(kept if len(kept) <= most else [kept[0], kept[-1]], np.int64)

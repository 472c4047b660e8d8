"""Where the files hold answers: how often the most frequent one is right, and how many different ones there are."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Ints
from passk_lab.readers.evaluation import Answers, Evaluation
from passk_lab.report.estimates import Curve, means

_MOST_VOTES = 100_000
"""Draws times different answers, over all problems, up to which votes are worked out exactly: some five seconds."""


@dataclass(frozen=True)
class Voting:
    """Majority vote and distinct answers among k samples."""

    majority: Curve
    """Chance that the most frequent of k answers is right; ties are split evenly, what has no answer never wins. Where
    problems and answers are many, between k = 1 and the largest only small k are worked out."""
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
    ks = np.unique([*(2**i for i in range(least.bit_length())), least])
    votes = _affordable(ks, sum(given.size for given, _, _ in rows))
    majority, distinct = np.zeros((votes.size, len(rows))), np.zeros((ks.size, len(rows)))
    for i, (given, correct, unparsed) in enumerate(rows):
        if given.size:
            n = int(given.sum()) + unparsed
            majority[:, i] = metrics.majority_at_k(given, correct, votes, unparsed)
            distinct[:, i] = np.sum(metrics.pass_at_k(n, given, ks[:, None]), axis=1)
    return Voting(
        majority=means(votes, majority, level, labels, scale=np.ones(votes.size)),
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


def _affordable(ks: Ints, answers: int) -> Ints:
    """1, the largest k, and of those between as many as can be worked out soon: a vote costs k times the answers."""
    few = int((np.cumsum(ks) * answers <= _MOST_VOTES).sum())
    return np.unique([*ks[: max(few, 1)], ks[-1]])

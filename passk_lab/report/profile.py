"""What is said of one model by itself: its curve, its reliability, how its problems are spread, what training sees."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Floats, Ints
from passk_lab.objectives import Objective
from passk_lab.readers.evaluation import Evaluation
from passk_lab.report.errors import Errors, Rate, errors
from passk_lab.report.estimates import Curve, Estimate, all_right, curve, mean, of_problems, shown_ks
from passk_lab.report.silence import Silence, Weight, silence, weight
from passk_lab.report.voting import Voting, voting


@dataclass(frozen=True)
class Gap:
    """What the largest k adds to one draw, and the most it could."""

    k: int
    gap: Estimate
    """pass@k - pass@1, mean over problems."""
    largest: float
    """Of any problem: reached where p = `peak`."""
    peak: float
    largest_at_this_pass_at_1: float
    """Of problems with this mean: reached where all have the same p. The gap is concave in p, so spread lowers it."""


@dataclass(frozen=True)
class Spread:
    """How p differs between problems."""

    edges: Floats
    """Of the bins of c/n: between them; what is 0 or 1 is counted apart."""
    inside: Ints
    """Problems with c/n between two edges (the upper one belongs to the bin), without those at 0 and 1."""
    none_right: int
    all_right: int
    p: Floats
    """Points of the likeliest spread of p itself (c/n is p with the noise of n draws), and their weights."""
    weight: Floats


@dataclass(frozen=True)
class Profile:
    """One model on all its own problems."""

    evaluation: Evaluation
    pass_at: Curve
    """Up to the n of the problem that has fewest samples."""
    pass_hat: Curve
    """pass^k: the chance that all k samples are right."""
    gap: Gap | None
    """None where there is one sample of a problem."""
    spread: Spread
    silence: Silence
    weights: tuple[Weight, ...]
    voting: Voting | None
    """None where the files hold no answers."""
    predicted: metrics.Prediction | None
    """pass@k at 2n and 4n, n being the fewest samples of a problem: a prediction, each model by its name."""
    errors: Errors
    """What would follow if the verifier erred."""
    at_first: Floats
    """Per problem, in the order of the evaluation: pass@1 and pass@k of the largest k."""
    at_last: Floats

    @property
    def last(self) -> int:
        """The largest k."""
        return int(self.pass_at.ks[-1])


def profile(
    evaluation: Evaluation,
    ks: Any,
    level: float,
    training_n: int,
    objectives: Sequence[Objective],
    groups: Mapping[str, Any] | None,
    rate: Rate | None,
) -> Profile:
    """Work out all that is said of one model."""
    n, c = evaluation.n, evaluation.c
    labels = of_problems(groups, evaluation.problems)
    least = int(n.min())
    ks = shown_ks(least, ks)
    first, last = (np.asarray(metrics.pass_at_k(n, c, k), np.float64) for k in (1, int(ks[-1])))
    return Profile(
        evaluation=evaluation,
        pass_at=curve(n, c, ks, level, labels),
        pass_hat=all_right(n, c, ks, level, labels),
        gap=_gap(first, last, int(ks[-1]), level, labels) if ks[-1] > 1 else None,
        spread=_spread(n, c),
        silence=silence(n, c, min(training_n, least), level, labels),
        weights=tuple(weight(objective, n, c, training_n) for objective in objectives),
        voting=voting(evaluation, level, labels),
        predicted=metrics.predict_pass_at_k(n, c, [2 * least, 4 * least], level, labels) if n.size > 1 else None,
        errors=errors(evaluation, ks, level, rate),
        at_first=first,
        at_last=last,
    )


def _gap(first: Floats, last: Floats, k: int, level: float, labels: Any) -> Gap:
    peak = float(metrics.gap_peak(k))
    return Gap(
        k=k,
        gap=mean(last - first, level, labels),
        largest=float(metrics.gap_at_k(peak, k)),
        peak=peak,
        largest_at_this_pass_at_1=float(metrics.gap_at_k(float(first.mean()), k)),
    )


_BINS = 10


def _spread(n: Ints, c: Ints) -> Spread:
    between = (c > 0) & (c < n)
    edges = np.linspace(0, 1, _BINS + 1)
    # c/n <= edge as whole numbers: 3/10 is no more than .3, whatever a float says.
    which = -(-c * _BINS // n) - 1
    points = metrics.fit_spread(n, c) if n.size > 1 else metrics.Spread(c / n, np.ones(1))
    return Spread(
        edges=edges,
        inside=np.bincount(which[between], minlength=_BINS),
        none_right=int((c == 0).sum()),
        all_right=int((c == n).sum()),
        p=np.asarray(points.p),
        weight=np.asarray(points.weight),
    )

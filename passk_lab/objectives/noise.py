"""Objectives under a verifier that errs with each sample: what is climbed in p, and what groups make of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics._rates import accepted, one_verifier
from passk_lab.metrics.chances import binomial
from passk_lab.objectives.group import credit_of, effective_weight
from passk_lab.objectives.objective import NEAR, TINY, Beside, Credit, Face, Formula, Missing, Objective
from passk_lab.objectives.registry import resolve


def under_noise(objective: Objective | str, false_positive: float, false_negative: float = 0) -> Objective:
    r"""Return what an objective is in p where a verifier errs anew with each sample: F at the chance s of accepting.

    .. math:: F(s), \quad \text{slope } (1 - a - b)\,F'(s), \qquad s = a + (1 - a - b)\,p

    The direction stays that of grad p; its size turns at a + b = 1, from where on right samples are pushed down. The
    credit table is the same, and it counts ACCEPTED samples: where the table is asked for a mean or a variance, give
    s for p, as `effective_weight_under_noise` does. Source: the chain rule; cf. arXiv 2510.00915 and 2601.04411.

    Parameters
    ----------
    objective : Objective or its name
    false_positive, false_negative : float in [0, 1]
        Chance to accept a wrong sample, and to reject a right one.

    Returns
    -------
    Objective

    Raises
    ------
    ValueError
        If a rate leaves [0, 1].

    Examples
    --------
    One wrong sample in ten accepted: MaxRL's weight 1/p is held at (1 - a)/a = 9.

    >>> noisy = under_noise("maxrl", 0.1)
    >>> np.round(noisy.weight([0, 0.1, 1]), 4)
    array([9.    , 4.7368, 0.9   ])
    """
    objective = resolve(objective)
    a, b = one_verifier(false_positive, false_negative)
    keeps = 1 - a - b

    def at_s(face: Face | Missing, factor: float) -> Face | Missing:
        if isinstance(face, Missing):
            return face
        if factor == 0:  # nothing depends on p; F' may be without bound where it is asked
            return Face(lambda xp, p: 0 * p, 0.0, 0.0)

        def end(s: float) -> float:
            return factor * float(face(s))

        return Face(_moved(face.inside, a, b, factor), end(a), end(1 - b))

    return replace(
        objective,
        equation=rf"F(s),\; s = a + (1 - a - b)\,p, \quad F(p) = {objective.equation}",
        F=at_s(objective.F, 1.0),
        slope=at_s(objective.slope, keeps),
        note="; ".join(part for part in (objective.note, "the table counts accepted samples") if part),
        name=f"{objective.name} under noise",
        parameters={**objective.parameters, "false_positive": a, "false_negative": b},
    )


def effective_weight_under_noise(
    objective: Objective | Credit | str, n: int, p: Any, false_positive: float, false_negative: float = 0
) -> Any:
    r"""Give the weight a group of n really puts on grad p where a verifier errs anew with each sample.

    .. math:: (1 - a - b)\, w_n(s), \qquad s = a + (1 - a - b)\,p

    w_n is `effective_weight`: the group sees accepted samples, each of chance s, and grad s = (1-a-b) grad p. Our own
    step.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
    n : int
        Samples in the group.
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    false_positive, false_negative : float in [0, 1]
        As in `under_noise`.

    Returns
    -------
    float, or ndarray of the shape of p

    Raises
    ------
    ValueError
        As `effective_weight`, or if a rate leaves [0, 1].

    Examples
    --------
    A tenth of the wrong samples accepted takes a tenth of the weight of pass@1, at every p:

    >>> round(effective_weight_under_noise("pass@1", 8, 0.1, 0.1), 12)
    0.9
    """
    a, b = one_verifier(false_positive, false_negative)
    s = accepted(arguments.chance("p", p), np.asarray(a), np.asarray(b))
    return arguments.plain((1 - a - b) * np.asarray(effective_weight(objective, n, s)))


def noise_of_nothing(objective: Objective | Credit | str, n: int, false_positive: float) -> float:
    r"""Give the mean squared update of a group in which no sample is right, in units of the mean squared score.

    .. math:: \frac{1}{n^2}\, \mathbb{E}_{c \sim \mathrm{Bin}(n, a)}\bigl[c\,A^+(c)^2 + (n - c)\,A^-(c)^2\bigr]

    On a prompt that is never solved the accepted samples are chosen by the verifier's lot: the mean update is 0, and
    this is what is left, E|g|^2 = v E|S|^2 with S the score of a sample. Our own step: scores are independent of
    verdicts and have mean 0, so no product of two samples stays.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
    n : int
        Samples in the group.
    false_positive : float in [0, 1]
        Chance a to accept a wrong sample.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        As `effective_weight`, or if the rate leaves [0, 1].

    Examples
    --------
    For pass@1 it is a(1-a)/(n-1); for MaxRL, which lives on rare successes, two hundred times as much.

    >>> [round(noise_of_nothing(name, 16, 0.01), 5) for name in ("pass@1", "maxrl")]
    [0.00066, 0.14299]
    """
    credit = credit_of(objective, n)
    a, _ = one_verifier(false_positive, 0)
    c = np.arange(credit.n + 1)
    squares = c * credit.correct**2 + (credit.n - c) * credit.wrong**2
    return float(binomial(credit.n, a) @ squares) / credit.n**2


def wrong_share(
    objective: Objective | str, p: Any, false_positive: float, false_negative: float = 0, n: int | None = None
) -> float:
    r"""Give the share of what training pushes up, over prompts, that is wrong and accepted.

    .. math:: \frac{\sum_x w(s_x)\,(1 - p_x)\,a}{\sum_x w(s_x)\,s_x}, \qquad s_x = a + (1 - a - b)\,p_x

    Each accepted sample of a prompt is pushed with the prompt's weight, right or wrong. What loves rare successes
    weighs the prompts on which they are mostly the verifier's errors. Ours.

    Parameters
    ----------
    objective : Objective or its name
    p : array_like of float in [0, 1], one entry per prompt
        Chance that one sample is right.
    false_positive, false_negative : float in [0, 1]
        As in `under_noise`.
    n : int, or None
        Groups of n, for `effective_weight`; None for the weight of the population.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        As `effective_weight` or `Objective.weight`; or if nothing is pushed up, or with a weight without bound.

    Examples
    --------
    An easy prompt and one that is never solved, one wrong sample in a hundred accepted:

    >>> [round(wrong_share(name, [0.6, 0.0], 0.01), 3) for name in ("pass@1", "maxrl")]
    [0.023, 0.503]
    """
    objective = resolve(objective)
    p = np.atleast_1d(arguments.chance("p", p)).ravel()
    a, b = one_verifier(false_positive, false_negative)
    s = accepted(p, np.asarray(a), np.asarray(b))
    weight = np.asarray(objective.weight(s) if n is None else effective_weight(objective, n, s))
    # A prompt of which nothing is accepted pushes nothing, however large its weight.
    wrong, pushed = (np.sum(np.where(s > 0, weight, 0.0) * part) for part in ((1 - p) * a, s))
    if not (np.isfinite(pushed) and pushed > 0):
        raise ValueError(
            f"{objective.label} pushes {'nothing up' if pushed == 0 else 'without bound'} at these p and rates, so no "
            "share of it is wrong."
        )
    return float(wrong / pushed)


def _moved(inside: Formula, a: float, b: float, factor: float) -> Formula:
    """A formula at s in place of p, times a factor; 1 - s is b + (1-a-b)(1-p), which near p = 1 keeps its digits."""
    keeps = 1 - a - b

    def formula(xp: Any, p: Any) -> Any:
        s = a + keeps * p
        if xp is not np or not np.ndim(s):
            return factor * inside(xp, s)
        rejected = b + keeps * (1 - p)
        out = np.array(inside(np, np.minimum(s, 1 - 2.0**-53)), np.float64)
        near = (rejected > 0) & (rejected < NEAR)
        if near.any():
            out[near] = inside(np, Beside(np.minimum(s[near], 1.0), np.maximum(rejected[near], TINY)))
        return factor * out

    return formula

"""What the sampled estimates k1, k2, k3 of a KL divergence train on average, in the reward or in the loss."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats

ESTIMATORS: dict[str, tuple[Callable[[Floats], Floats], Callable[[Floats], Floats]]] = {
    "k1": (lambda d: d, np.ones_like),
    "k2": (lambda d: d**2 / 2, lambda d: d),
    "k3": (lambda d: np.expm1(-d) + d, lambda d: -np.expm1(-d)),
}
"""Each estimate from the log ratio d of an answer's chances, and its slope in d."""
PLACES = ("reward", "loss")


def kl_estimate_gradient(policy: Any, start: Any, estimator: str, place: Literal["reward", "loss"]) -> Floats:
    r"""Expected gradient, in the logits, of an estimate of KL(policy || start) from answers drawn from the policy.

    .. math:: \mathbb{E}\bigl[c(d_a) \nabla \log \pi_a\bigr] = \pi_a \bigl(c(d_a) - \mathbb{E}\, c\bigr), \qquad
        d_a = \log \pi_a - \log \pi_{0a}

    In the reward the estimate is a number that weighs the score, c = k; in the loss the gradient runs through it,
    c = dk/dd. Two of the six are the gradient of KL(policy || start): k1 in the reward and k2 in the loss. k1 in the
    loss gives 0, k3 in the loss the gradient of KL(start || policy), k3 in the reward the difference of the two. For
    (1/2, 1/4, 1/4) that started at (1/4, 1/2, 1/4) the true gradient is ln 2 (6, -5, -1)/16 = (.260, -.217, -.043):

    =========  =====================  =====================
    estimator  in the reward          in the loss
    =========  =====================  =====================
    k1         (.260, -.217, -.043)   (0, 0, 0)
    k2         (.030, .015, -.045)    (.260, -.217, -.043)
    k3         (.010, .033, -.043)    (.250, -.250, 0)
    =========  =====================  =====================

    Sources: the estimators, J. Schulman, Approximating KL divergence (2020); their gradients, arXiv 2506.09477 and
    2510.01555; what comes of them in training, 2512.21852.

    Parameters
    ----------
    policy, start : array_like of float, shape (A,)
        Chances of the answers, all above 0, now and at the start.
    estimator : {"k1", "k2", "k3"}
    place : {"reward", "loss"}

    Raises
    ------
    KeyError, ValueError
        For another estimator or place, or if these are not chances of the same answers.

    Examples
    --------
    >>> now, start = np.array([2, 1, 1]) / 4, np.array([1, 2, 1]) / 4
    >>> for estimator in ("k1", "k2", "k3"):
    ...     print(estimator, *(np.round(kl_estimate_gradient(now, start, estimator, place), 3) + 0 for place in PLACES))
    k1 [ 0.26  -0.217 -0.043] [0. 0. 0.]
    k2 [ 0.03   0.015 -0.045] [ 0.26  -0.217 -0.043]
    k3 [ 0.01   0.033 -0.043] [ 0.25 -0.25  0.  ]
    """
    value, slope = ESTIMATORS[arguments.known("estimator", estimator, list(ESTIMATORS))]
    arguments.known("place", place, list(PLACES))
    now, before = _chances("policy", policy), _chances("start", start)
    if now.shape != before.shape:
        raise ValueError(
            f"policy and start are chances of the same answers, but there are {now.size} and {before.size}."
        )
    d = np.log(now) - np.log(before)
    weight = value(d) if place == "reward" else slope(d)
    return now * (weight - now @ weight)


def _chances(name: str, given: Any) -> Floats:
    chances = arguments.floats(name, given)
    if chances.ndim != 1 or not (chances > 0).all() or not abs(chances.sum() - 1) < 1e-9:
        raise ValueError(f"{name} is one row of chances above 0 that sum to 1, but {arguments.short(given)} came.")
    return chances

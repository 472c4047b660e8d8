"""Real-valued rewards: the credit of each sample under max@k, where c alone no longer says everything."""

from __future__ import annotations

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.objectives.many_samples import all_wrong

BASELINES = ("none", "loo-1")


def max_at_k_credit(rewards: Any, k: int, baseline: str = "none") -> Floats:
    r"""Credit of each sample for the best of k: the mean of the maximum over the k-subsets that hold it.

    .. math:: A_i = n \binom{n}{k}^{-1} \sum_{I \ni i,\ |I| = k} \max_I g
        \quad\text{("none")}, \qquad
        A_i = n \binom{n}{k}^{-1} \sum_{I \ni i} \bigl[\max_I g - \max_{I \setminus i} g\bigr]\quad\text{("loo-1")}

    Source: arXiv 2505.15201 (PKPO), eqs. 19 and 33, times n: the lab takes means over the group. Both are unbiased for
    the gradient of E max of k; for rewards 0 and 1 they are the tables of `pass@k` and `pass@k-loo-1`. One sort and
    one running sum: O(n log n).

    Parameters
    ----------
    rewards : array_like of float, shape (..., n)
        Rewards of the n samples of each group.
    k : int
        Draws, 1 <= k <= n; with "loo-1" k >= 2, since a set of one has nothing without i.
    baseline : str
        "none" or "loo-1".

    Returns
    -------
    ndarray of float64 of the shape of `rewards`.

    Raises
    ------
    ValueError
        If a reward is not finite, or k does not fit n.

    Examples
    --------
    The best of four gets most; what is under it shares in the sets they have in common.

    >>> max_at_k_credit([0.0, 1.0, 3.0, 2.0], k=2)
    array([4.        , 4.        , 6.        , 4.66666667])
    >>> max_at_k_credit([0.0, 1.0, 3.0, 2.0], k=2, baseline="loo-1")
    array([0.        , 0.66666667, 4.        , 2.        ])
    """
    arguments.known("baseline", baseline, list(BASELINES))
    rewards = arguments.real("rewards", rewards, marks=True)
    if rewards.ndim == 0:
        raise ValueError("rewards holds the n samples of a group along its last axis, but it is a single number.")
    n, k = rewards.shape[-1], arguments.one_whole("k", k, least=1 if baseline == "none" else 2)
    if k > n:
        raise ValueError(f"k = {k} draws need at least {k} samples, but the group has n = {n}.")
    with np.errstate(over="ignore", invalid="ignore"):
        credit = _credit(rewards, n, k, baseline)
    if not np.isfinite(credit).all():
        raise ValueError("rewards lie so far apart that a credit is no finite number any more: scale them down.")
    return credit


def _credit(rewards: Floats, n: int, k: int, baseline: str) -> Floats:
    order = np.argsort(rewards, axis=-1, kind="stable")
    g, below = np.take_along_axis(rewards, order, axis=-1), np.arange(n)
    # With `below` samples under it, a sample is the best of a k-subset in C(below, k-1) subsets with it.
    if baseline == "none":
        best = k * all_wrong(n - 1, below, k - 1) * g
        if k > 1:
            # A better sample j is the best of sets with both in C(below_j - 1, k-2) of C(n-2, k-2).
            shared = k * (k - 1) / (n - 1) * all_wrong(n - 2, np.maximum(below - 1, 0), k - 2) * g
            best[..., :-1] += np.cumsum(shared[..., :0:-1], axis=-1)[..., ::-1]
        credit = best
    else:
        # Each step up from one sample to the next is gained in the sets whose others all lie at or below the step.
        steps = k * all_wrong(n - 1, below[1:], k - 1) * np.diff(g, axis=-1)
        credit = np.concatenate([np.zeros_like(g[..., :1]), np.cumsum(steps, axis=-1)], axis=-1)
    out = np.empty_like(credit)
    np.put_along_axis(out, order, credit, axis=-1)
    return out

"""Best-of-k where a model of the reward scores the samples, and the best scored one is handed in."""

from typing import Any

import numpy as np

from passk_lab import arguments


def best_of_k(p: Any, k: Any, right: Any, wrong: Any) -> Any:
    r"""Chance that the sample with the best score among k is right; ties are broken by lot.

    .. math:: \sum_j \pi_j \bigl(H_j^k - H_{j-1}^k\bigr), \qquad
        \pi_j = \frac{p\,r_j}{p\,r_j + (1 - p)\,w_j}, \quad H_j = \sum_{i \le j} p\,r_i + (1 - p)\,w_i

    A sample has score level j with chance r_j if it is right and w_j if it is wrong. The winner of k samples lies on
    level j with chance H_j^k - H_(j-1)^k, and a winner from there is right with chance pi_j. For many draws only the
    highest level counts: the limit is its pi, the odds p/(1-p) times the slope r/w at which the ROC curve leaves its
    corner. Where another level is purer than the highest, more draws make it worse. Ours; cf. Stroebl et al.,
    arXiv 2411.17501 (a yes/no verifier: a ceiling) and Dorner et al., arXiv 2507.12399 (the ROC curve).

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws. The two broadcast together.
    right, wrong : array_like of float in [0, 1], one entry per score level, from the lowest to the highest
        Chance of each level for a right and for a wrong sample; each sums to 1.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]; p at k = 1

    Raises
    ------
    ValueError
        A sentence with the offending value, or that a law does not sum to 1.

    Examples
    --------
    A score of two levels that wrong samples reach once in ten times, right ones always:

    >>> np.round(best_of_k(0.1, [1, 2, 1000], right=[0, 1], wrong=[0.9, 0.1]), 4)
    array([0.1   , 0.181 , 0.5263])
    """
    arguments.aligned(p=p, k=k)
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    laws = {name: arguments.chance(name, law).ravel() for name, law in {"right": right, "wrong": wrong}.items()}
    for name, law in laws.items():
        if abs(law.sum() - 1) > 1e-9:
            raise ValueError(f"{name} is a law over the score levels and sums to 1, but here to {law.sum():g}.")
    r, w = laws["right"], laws["wrong"]
    if r.size != w.size:
        raise ValueError(f"right and wrong name the same score levels, but have {r.size} and {w.size} of them.")
    shape = arguments.shape_together(p=p, k=k)
    p, k = (np.broadcast_to(x, shape)[..., None] for x in (p, k))
    good, level = p * r, p * r + (1 - p) * w
    below = np.minimum(np.cumsum(level, axis=-1), 1.0)
    reached = below**k
    reached[..., -1] = 1.0
    wins = np.diff(reached, axis=-1, prepend=0.0)
    pure = np.divide(good, level, where=level > 0, out=np.zeros_like(level))
    return arguments.plain(np.clip(np.sum(pure * wins, axis=-1), 0.0, 1.0))

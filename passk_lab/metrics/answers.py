"""When samples carry an answer, not only a verdict: majority vote, distinct answers, entropy."""

from typing import Any, Literal

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics.chances import binomial
from passk_lab.metrics.estimators import at_least_one


def majority_at_k(counts: Any, correct: Any, k: Any, unparsed: Any = 0) -> Any:
    r"""Exact chance that the most frequent answer among k of the n samples is a correct one (maj@k, cons@k).

    .. math:: \sum_{S \subset [n],\, |S| = k} \binom{n}{k}^{-1}
        \frac{\#\{\text{correct answers among the most frequent in } S\}}{\#\{\text{most frequent answers in } S\}}

    Draws are without replacement and ties are split evenly. The sum over subsets is taken through a product of
    polynomials, one per answer, so the cost is polynomial in n (NeMo-RL's cons@k lists all C(n, k) subsets). Source of
    the metric: self-consistency, arXiv 2203.11171; the polynomial form is ours.

    Parameters
    ----------
    counts : array_like of int >= 0, shape (..., m)
        Samples that gave each of the m distinct answers; zeros may pad.
    correct : int or list of int
        Index, or indices, of the correct answers on that axis; an empty list means none was correct, and gives 0.
    k : array_like of int, 1 <= k <= n, where n = counts.sum(-1) + unparsed
        Draws; broadcast with the leading axes of `counts`.
    unparsed : array_like of int >= 0
        Samples without a readable answer: they take up draws and never win. If only they are drawn, nobody wins.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1].

    Raises
    ------
    ValueError
        If an index is not on the axis or repeated, or k exceeds the samples there are.

    Examples
    --------
    >>> round(majority_at_k([3, 2, 1], correct=0, k=3), 12)
    0.6
    >>> round(majority_at_k([3, 2, 1], correct=0, k=3, unparsed=2) * 28, 10)
    15.0
    """
    arguments.aligned(counts=arguments.rows(counts), unparsed=unparsed, k=k)
    counts, unparsed = _answers(counts), arguments.whole("unparsed", unparsed)
    is_correct = _marks(correct, counts.shape[-1])
    arguments.shape_together(counts=counts[..., 0], unparsed=unparsed)
    n = _samples(counts, unparsed)
    k = arguments.draws(n, k)
    shape = arguments.shape_together(counts=counts[..., 0], unparsed=unparsed, k=k)
    rows = np.broadcast_to(counts, (*shape, counts.shape[-1])).reshape(-1, counts.shape[-1])
    others = np.broadcast_to(unparsed, shape).ravel()
    asked = list(zip(rows, np.broadcast_to(k, shape).ravel().tolist(), others.tolist(), strict=True))
    steps = sum(_steps(row[row > 0], is_correct[row > 0], draws, other) for row, draws, other in asked)
    if steps > _MOST_STEPS:
        raise ValueError(
            f"the exact vote of k = {int(k.max())} among these counts takes some {steps:,.0f} multiplications, "
            f"and at most {_MOST_STEPS:,} are done: take a smaller k, or a part of the samples."
        )
    out = np.array([_majority(row[row > 0], is_correct[row > 0], draws, other) for row, draws, other in asked])
    out = out.reshape(shape)
    return out.item() if out.ndim == 0 else out


def distinct_at_k(counts: Any, k: Any) -> Any:
    r"""Expected number of distinct answers among k of the n samples, drawn without replacement.

    .. math:: \sum_{a} \left[ 1 - \binom{n - n_a}{k} \Big/ \binom{n}{k} \right]

    A sum of pass@k's: each answer in turn plays the part of the correct one. As the policy collapses onto one answer
    it falls to 1 for every k. Our step from arXiv 2107.03374, eq. 1.

    Parameters
    ----------
    counts : array_like of int >= 0, shape (..., m)
        Samples that gave each of the m distinct answers; zeros may pad.
    k : array_like of int, 1 <= k <= n = counts.sum(-1)
        Draws; broadcast with the leading axes of `counts`.

    Returns
    -------
    float, or ndarray of the broadcast shape, between 1 and min(k, m).

    Raises
    ------
    ValueError
        If a count is negative, all are 0, or k exceeds n.

    Examples
    --------
    >>> round(distinct_at_k([3, 2, 1], 3), 12)
    2.25
    """
    arguments.aligned(counts=arguments.rows(counts), k=k)
    counts = _answers(counts)
    n = _samples(counts)
    k = arguments.draws(n, k)
    arguments.shape_together(counts=counts[..., 0], k=k)
    each = np.asarray(at_least_one(np.asarray(n)[..., None], counts, np.asarray(k)[..., None]))
    out = np.sum(each, axis=-1)
    return out.item() if np.ndim(out) == 0 else out


def answer_entropy(counts: Any, correction: Literal["miller-madow"] | None = None) -> Any:
    r"""Entropy of the answers in nats, from the samples that gave each.

    .. math:: \hat H = -\sum_a \frac{n_a}{n} \ln \frac{n_a}{n}, \qquad
        \hat H_{\text{MM}} = \hat H + \frac{m - 1}{2n}

    The plug-in value is biased down, by about (m - 1)/2n with m the number of answers seen; Miller-Madow adds that
    back (Miller 1955). Neither knows of answers that were never seen.

    Parameters
    ----------
    counts : array_like of int >= 0, shape (..., m)
        Samples that gave each answer; zeros may pad and are not counted in m.
    correction : None or "miller-madow"
        What to do about the bias.

    Returns
    -------
    float, or ndarray of shape counts.shape[:-1], in nats, >= 0.

    Raises
    ------
    ValueError
        If a count is negative, all are 0, or the correction is unknown.

    Examples
    --------
    >>> answer_entropy([2, 2])
    0.6931471805599453
    >>> answer_entropy([2, 2], correction="miller-madow")
    0.8181471805599453
    """
    counts = _answers(counts)
    if not (correction is None or (isinstance(correction, str) and correction == "miller-madow")):
        raise ValueError(f"correction is None or 'miller-madow', not {arguments.short(correction)}.")
    n = counts.sum(-1, dtype=np.float64)  # shares need no more digits, and a sum of int64 may run over
    _some(n)
    share = counts / n[..., None]
    out = -np.sum(share * np.log(share, where=share > 0, out=np.zeros(share.shape)), axis=-1)
    out = np.maximum(out, 0.0)  # -(1 * log 1) is -0.0
    if correction:
        out = out + ((counts > 0).sum(-1) - 1) / (2 * n)
    return out.item() if np.ndim(out) == 0 else out


def _answers(counts: Any) -> Ints:
    counts = arguments.whole("counts", counts)
    if counts.ndim == 0:
        raise ValueError(f"counts must list the samples of each distinct answer, as in [3, 2, 1], not {counts}.")
    return counts


def _samples(counts: Ints, unparsed: Any = 0) -> Ints:
    """Samples of each problem, which have to be told apart too."""
    total = counts.sum(-1, dtype=np.float64) + unparsed
    _some(total)
    if total.max() > arguments.LARGEST:
        bad = total > arguments.LARGEST
        raise ValueError(
            f"counts add up to at most 2**53 samples, but {arguments.where(bad)}to {arguments.first(total, bad):.4g}."
        )
    return counts.sum(-1) + unparsed


def _some(total: Any) -> None:
    if (total == 0).any():
        raise ValueError("there is no sample at all: every count is 0. Leave the problem out, or count its samples.")


def _marks(correct: Any, m: int) -> np.ndarray:
    """True for each correct answer."""
    marks = np.zeros(m, bool)
    if arguments.array_of("correct", correct).size == 0:
        return marks
    indices = arguments.whole("correct", correct).ravel()
    if indices.max() >= m:
        raise ValueError(f"correct = {indices.max()} points past the {m} answers; indices run from 0 to {m - 1}.")
    if np.unique(indices).size < indices.size:
        raise ValueError(f"correct names an answer twice: {indices.tolist()}.")
    marks[indices] = True
    return marks


_MOST_STEPS = 5 * 10**9
"""Multiplications of an exact vote; some ten seconds."""


def _steps(counts: Ints, is_correct: np.ndarray, k: int, unparsed: int) -> float:
    """How many multiplications `_majority` would take, at most."""
    if not is_correct.any() or k == counts.sum() + unparsed:
        return 0.0
    tops = float(min(k, counts[is_correct].max()))
    wide = np.minimum(counts, min(k, tops)).sum(dtype=np.float64) + min(unparsed, k)
    # The chances of every count of an answer are a table as long as the count.
    return tops * wide * (k + 1) * min(len(counts) + 1, 3) + 500.0 * (counts.sum(dtype=np.float64) + unparsed)


def _majority(counts: Ints, is_correct: np.ndarray, k: int, unparsed: int) -> float:
    """Sum over the winning count t of the chance that t is the top count, times the correct share of those tied at t.

    Independent Binomial(n_a, k/n) draws from each answer, conditioned on k in all, are draws without replacement; so
    the polynomial of each answer has its binomial chances as coefficients, and nothing over- or underflows.
    """
    if not is_correct.any():
        return 0.0
    n = int(counts.sum()) + unparsed
    if k == n:  # nothing is left to chance
        return float(is_correct[counts == counts.max()].mean())
    theta = k / n
    factors = [binomial(int(count), theta) for count in counts]
    blank = binomial(unparsed, theta)
    total = 0.0
    for top in range(1, min(k, int(counts[is_correct].max())) + 1):
        ties = min(k // top, int((counts >= top).sum()))
        # ways[s, d]: chance of d draws so far with s answers at the top count, all others below it;
        # credit[s, d]: the same, weighted with how many of the s are correct.
        ways, credit = np.zeros((2, ties + 1, k + 1))
        ways[0, 0] = 1.0
        for factor, right in zip(factors, is_correct, strict=True):
            below, at = factor[: min(top, k + 1)], (factor[top] if factor.size > top else 0.0)
            new_ways, new_credit = _times(ways, below), _times(credit, below)
            if at:
                new_ways[1:, top:] += at * ways[:-1, : k + 1 - top]
                new_credit[1:, top:] += at * credit[:-1, : k + 1 - top]
                if right:
                    new_credit[1:, top:] += at * ways[:-1, : k + 1 - top]
            ways, credit = new_ways, new_credit
        at_k = _times(credit, blank[: k + 1])[1:, k]
        total += float(at_k @ (1 / np.arange(1, ties + 1)))
    return min(1.0, total / float(binomial(n, theta)[k]))


def _times(polynomials: Floats, factor: Floats) -> Floats:
    """Multiply each row, a polynomial in the number of draws, by one factor, keeping its degree."""
    out = np.zeros_like(polynomials)
    width = polynomials.shape[1]
    for j, coefficient in enumerate(factor[:width]):
        if coefficient:
            out[:, j:] += coefficient * polynomials[:, : width - j]
    return out

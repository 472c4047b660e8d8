"""Bounds of the mean pass@k for k > n, which hold however p is spread over the problems."""

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import distinct_pairs
from passk_lab.metrics._units import at_least_two, grouped, one_each
from passk_lab.metrics.bounded_mean import Interval, gaffke
from passk_lab.metrics.chances import binomial, hypergeometric
from passk_lab.metrics.estimators import pass_at_k
from passk_lab.metrics.known_p import success_at_k
from passk_lab.metrics.prior import Prior, fitted


def pass_at_k_beyond(n: Any, c: Any, ks: Any, level: float = 0.95, groups: Any = None) -> Interval:
    r"""Bound the mean pass@k of the population for k > n, however p is spread over the problems.

    .. math:: \min_f\; E f(C) \quad\text{with}\quad \sum_{c} \operatorname{Bin}(c; n, p) f(c) \ge 1 - (1-p)^k
        \;\text{ for every } p

    No unbiased estimate exists for k > n. But a function f of the count that is at least 1 - (1-p)^k on average for
    every p bounds the mean from above, however p is spread over the problems; the f of least mean is found by a linear
    programme, and the Gaffke interval of f(c_i) gives the end. The lower end is its mirror image. Up to some 4n the
    bounds are as narrow as few problems allow; far beyond they say how little the samples tell. With different n, f is
    averaged over draws of the smallest n from each problem. What models say within them: `predict_pass_at_k`.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    ks : array_like of int >= 1
        Which draws, one axis. For k <= n it is the interval of `curve_interval`.
    level : float in (0, 1)
        Confidence of the interval, for one k at a time.
    groups : array_like of labels, one per problem, or None
        Problems under one label were drawn together.

    Returns
    -------
    Interval(low, high), arrays with one entry per k.

    Raises
    ------
    ValueError
        For impossible counts, fewer than two problems or groups.

    Examples
    --------
    Of a hundred problems with eight samples each, eighty were not solved; 32 draws solve more, but how many more?

    >>> hard = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4
    >>> low, high = pass_at_k_beyond(8, hard, [8, 32])
    >>> low.round(2), high.round(2)
    (array([0.13, 0.13]), array([0.29, 0.4 ]))
    """
    n, c = arguments.counts(n, c)
    arguments.table_size("n", int(n.min()), "with so many samples pass_at_k_curve says all that can be seen")
    ks = one_axis(ks)
    level = arguments.level(level)
    n, c = (a.ravel() for a in np.broadcast_arrays(n, c))
    kinds_n, kinds_c, of = distinct_pairs(n, c)
    how_many = np.bincount(of, minlength=kinds_n.size)
    fewest = int(n.min())
    units = one_each(how_many) if groups is None else grouped(groups, n.size)
    at_least_two(units)
    beta = fitted(kinds_n, kinds_c, how_many, masses=False).prior
    thinned = _thinned(kinds_n, kinds_c, fewest)
    expected = 0.95 * _in_classes(_beta_binomial(beta, fewest)) + 0.05 / thinned.shape[1]

    ends = np.empty((2, ks.size))
    for i, k in enumerate(ks):
        for which, sign in ((0, -1), (1, 1)):
            if k <= fewest:
                values, room = np.asarray(pass_at_k(kinds_n, kinds_c, k)), 0.0
            else:
                f, room = _bounding(sign, expected, fewest, int(k), units.number)
                values = np.clip((thinned @ f + room) / (1 + 2 * room), 0.0, 1.0)
            total = units.totals(values if groups is None else values[of])
            ends[which, i] = gaffke(total, units, level)[which] * (1 + 2 * room) - room
    return Interval(np.maximum(ends[0], 0.0), np.minimum(ends[1], 1.0))


def one_axis(ks: Any) -> Ints:
    """Check draws of which k may exceed n: one number or a list."""
    ks = np.atleast_1d(arguments.whole("k", ks, least=1))
    if ks.ndim != 1:
        raise ValueError(f"k must be one number or a list here, but has shape {ks.shape}.")
    return ks


_CLASSES = 64
"""Counts are told apart up to here. Beyond it, k > n draws succeed all but surely, whatever the count."""


def _in_classes(chances: Floats) -> Floats:
    """Chances of the counts 0, 1, ..., _CLASSES - 1 and of all others together (last axis)."""
    if chances.shape[-1] <= _CLASSES + 1:
        return chances
    return np.concatenate([chances[..., :_CLASSES], chances[..., _CLASSES:].sum(axis=-1, keepdims=True)], axis=-1)


def _beta_binomial(prior: Prior, n: int) -> Floats:
    """Chance of each count from 0 to n, without the masses."""
    from scipy.special import betaln

    c = np.arange(n + 1)
    return np.exp(_log_ways(n, c) + betaln(prior.alpha + c, prior.beta + n - c) - betaln(prior.alpha, prior.beta))


def _log_ways(n: int, c: Ints) -> Floats:
    from scipy.special import gammaln

    return gammaln(n + 1) - gammaln(c + 1) - gammaln(n - c + 1)


def _thinned(n: Ints, c: Ints, fewest: int) -> Floats:
    """Chance of each class of counts when `fewest` of a problem's n samples are kept: one row per kind of problem."""
    out = np.zeros((n.size, min(fewest, _CLASSES) + 1))
    for row, n_i, c_i in zip(out, n.tolist(), c.tolist(), strict=True):
        lowest, chances = hypergeometric(n_i, c_i, fewest)
        np.add.at(row, np.minimum(np.arange(lowest, lowest + chances.size), row.size - 1), chances)
    return out


def _at_every_p(n: int, k: int, step: float) -> tuple[Floats, Floats]:
    """Chance of each class of counts, and the aim 1 - (1-p)^k, on a grid of p as dense as n samples can tell apart."""
    # sqrt(n) asin(sqrt(p)) has a standard deviation of 1/2 everywhere; what lies far above the last class is alike.
    reach = np.sqrt(n) * np.pi / 2 if n <= 4 * _CLASSES else np.sqrt(4.0 * _CLASSES)
    p = np.sin(np.linspace(0, reach, int(reach / step) + 2) / np.sqrt(n)) ** 2
    tiny = np.geomspace(min(1e-3 / k, p[1] / 2), p[1], int(40 * 0.1 / step))
    p = np.unique(np.concatenate([p, tiny, [1.0]]))
    return _first_classes(n, p), success_at_k(p, k)


def _first_classes(n: int, p: Floats) -> Floats:
    if n <= _CLASSES:
        return binomial(n, p)
    from scipy.special import xlog1py, xlogy

    c = np.arange(_CLASSES)
    first = np.exp(_log_ways(n, c) + xlogy(c, p[:, None]) + xlog1py(n - c, -p[:, None]))
    return np.concatenate([first, np.maximum(1 - first.sum(axis=1, keepdims=True), 0.0)], axis=1)


def _bounding(sign: int, expected: Floats, n: int, k: int, number: float) -> tuple[Floats, float]:
    """Return f on the classes with sign * (E_p f - aim) >= 0 for every p, in [-room, 1 + room].

    More room lets f follow the aim more closely, and makes it vary more: the least of mean plus two standard errors is
    taken, under the counts expected from a fit. The choice may be poor; the bound holds all the same.
    """
    from scipy.optimize import linprog

    (chances, aim), (finer, finer_aim) = (_at_every_p(n, k, step) for step in (0.1, 0.025))
    best: tuple[float, Floats, float] | None = None
    for asked in (0.0, 0.1, 0.3, 1.0, 3.0):
        found = linprog(sign * expected, -sign * chances, -sign * aim, bounds=(-asked, 1 + asked))
        if not found.success:
            continue
        # What is missed between the points of the grid, or by the solver, is added, with a tenth for what lies between
        # the points of the finer grid.
        missed = 1.1 * max(0.0, float((sign * (finer_aim - finer @ found.x)).max()))
        f, room = found.x + sign * missed, asked + missed
        mean = expected @ f
        cost = sign * mean + 2 * np.sqrt(expected @ (f - mean) ** 2 / number) + (1 + 2 * room) / number
        if best is None or cost < best[0]:
            best = (float(cost), f, room)
    # An end of [0, 1] always bounds; it is needed where the solver gives up.
    return (np.full(expected.size, float(sign > 0)), 0.0) if best is None else best[1:]

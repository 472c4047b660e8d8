"""Which accepted samples a finding hangs on: those to read first where a verifier may err."""

from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Ints
from passk_lab.metrics.estimators import at_least_one


class HangsOn(NamedTuple):
    """A lead, and how few of the accepted samples behind it would have to be false for it to be gone."""

    lead: float
    """Mean pass@k of a minus that of b."""
    samples: int | None
    """Fewest accepted samples of a that, if false, take the lead away; 0 where a does not lead, None where none do."""
    accepted: int
    """Accepted samples of a, on all problems."""


def hangs_on(n_a: Any, c_a: Any, n_b: Any, c_b: Any, k: Any, among: Any = None) -> HangsOn:
    r"""Find on how few accepted samples the lead of model a over model b at k draws hangs.

    .. math:: \min \sum_i f_i \quad \text{with} \quad \sum_i \text{pass@}k(n_i, c_i - f_i) \le
        \sum_i \text{pass@}k(n'_i, c'_i)

    f_i of a's accepted samples of problem i are false; b's verdicts stand. A problem with few accepted samples gives
    most for each of them, so such problems go first. At k = n the lead counts solved problems, and it hangs on the
    accepted samples of the few that were solved least often. Ours. The fewest where all problems have one n of a;
    where n differs, so many are enough.

    Parameters
    ----------
    n_a, c_a, n_b, c_b : array_like of int, one entry per problem, in the same order
        Samples and accepted ones of model a and of model b; n may be one number for all.
    k : int, 1 <= k <= every n
        Draws.
    among : array_like of int, or None
        Positions of the problems on which a's samples may be false, as `discordant(...).only_a`; None for all.

    Returns
    -------
    HangsOn(lead, samples, accepted)

    Raises
    ------
    ValueError
        For counts or positions that cannot be, or unequal numbers of problems.

    Examples
    --------
    a has solved two problems more than b at k = n = 8, and was accepted once and twice on two of its five:

    >>> hangs_on(8, [8, 5, 3, 2, 1], 8, [8, 8, 8, 0, 0], k=8)
    HangsOn(lead=0.4, samples=3, accepted=19)
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    (n_a, c_a), (n_b, c_b) = _pair(n_a, c_a, n_b, c_b)
    k = arguments.one_whole("k", k)
    draws = arguments.draws(np.minimum(n_a, n_b), k)
    open_to = np.arange(c_a.size) if among is None else arguments.whole("among", among).ravel()
    if open_to.max() >= c_a.size:
        raise ValueError(f"among names problem {open_to.max()}, but there are problems 0 to {c_a.size - 1}.")
    lead = np.sum(at_least_one(n_a, c_a, draws)) - np.sum(at_least_one(n_b, c_b, draws))
    allowed = np.unique(open_to)
    samples = _fewest(n_a[allowed], c_a[allowed], k, float(lead))
    return HangsOn(float(lead / c_a.size), samples, int(c_a.sum()))


class Discordant(NamedTuple):
    """Problems on which one of two models was accepted and the other never."""

    only_a: Ints
    """Positions of the problems with accepted samples of a alone."""
    only_b: Ints
    samples_a: int
    """Accepted samples of a on `only_a`: all of them can be read."""
    samples_b: int


def discordant(c_a: Any, c_b: Any) -> Discordant:
    r"""Find the problems that only one of two models was seen to solve, and how many samples say so.

    .. math:: \{i : c_i > 0,\; c'_i = 0\}, \qquad \{i : c_i = 0,\; c'_i > 0\}

    A difference of two models at k = n rests on these problems alone, so they are what an audit of a comparison reads:
    McNemar's (1947) discordant pairs. With unequal n the model with more samples has more chances.

    Parameters
    ----------
    c_a, c_b : array_like of int >= 0, one entry per problem, in the same order
        Accepted samples.

    Returns
    -------
    Discordant(only_a, only_b, samples_a, samples_b)

    Raises
    ------
    ValueError
        For counts that cannot be, or unequal numbers of problems.

    Examples
    --------
    >>> discordant([3, 0, 2, 0], [1, 4, 0, 0])
    Discordant(only_a=array([2]), only_b=array([1]), samples_a=2, samples_b=4)
    """
    arguments.aligned(c_a=c_a, c_b=c_b)
    c_a, c_b = (np.atleast_1d(arguments.whole(name, c)) for name, c in (("c_a", c_a), ("c_b", c_b)))
    _same_problems(c_a, c_b)
    only_a, only_b = np.flatnonzero((c_a > 0) & (c_b == 0)), np.flatnonzero((c_a == 0) & (c_b > 0))
    return Discordant(only_a, only_b, int(c_a[only_a].sum()), int(c_b[only_b].sum()))


def seldom_accepted(c: Any, most: int = 2) -> Ints:
    r"""Return the positions of problems whose few accepted samples decide whether they count as solved.

    .. math:: \{i : 1 \le c_i \le \text{most}\}

    Below the half-truth point most accepted samples are wrong (`half_truth_p`), and here are the problems nearest to
    it. Read these samples first.

    Parameters
    ----------
    c : array_like of int >= 0, one entry per problem
        Accepted samples.
    most : int >= 1
        Most accepted samples that count as few.

    Returns
    -------
    ndarray of int

    Raises
    ------
    ValueError
        For counts that cannot be.

    Examples
    --------
    >>> seldom_accepted([0, 1, 7, 2])
    array([1, 3])
    """
    c = np.atleast_1d(arguments.whole("c", c)).ravel()
    return np.flatnonzero((c >= 1) & (c <= arguments.one_whole("most", most)))


def _pair(n_a: Any, c_a: Any, n_b: Any, c_b: Any) -> tuple[tuple[Ints, Ints], tuple[Ints, Ints]]:
    (n_a, c_a), (n_b, c_b) = arguments.counts(n_a, c_a), arguments.counts(n_b, c_b)
    n_a, c_a = np.broadcast_arrays(np.atleast_1d(n_a), c_a)
    n_b, c_b = np.broadcast_arrays(np.atleast_1d(n_b), c_b)
    _same_problems(c_a, c_b)
    return (n_a, c_a), (n_b, c_b)


def _same_problems(c_a: Ints, c_b: Ints) -> None:
    if c_a.ndim > 1 or c_a.shape != c_b.shape:
        raise ValueError(
            f"a pairing needs one entry per problem and the same problems on both sides, but a has {c_a.shape} and b "
            f"has {c_b.shape}. Join the two tables on the problem's name first."
        )


def _fewest(n: Ints, c: Ints, k: int, lead: float) -> int | None:
    """Fewest samples that take `lead` (in problems) away: whole problems, those that give most a sample first.

    With one n what a problem gives depends on c alone and is concave in it: taking the smallest c first then gives, of
    all ways to take so many samples, the most (each way to take them is a set of the steps c, c - 1, ... of a problem).
    """
    tiny = 1e-9
    if lead <= tiny:
        return 0
    n, c = n[c > 0], c[c > 0]
    gives = np.asarray(at_least_one(n, c, np.asarray(k))) if c.size else np.empty(0)
    order = np.lexsort((c, -gives / c))
    taken = 0
    for place, i in enumerate(order):
        if gives[i] >= lead - tiny:
            # The last one is taken in part: by whichever of those left needs fewest.
            kinds = np.unique(np.stack([n, c])[:, order[place:]], axis=1).T.tolist()
            return taken + min(_part(samples, right, k, lead - tiny) for samples, right in kinds)
        taken, lead = taken + int(c[i]), lead - float(gives[i])
    return None


def _part(n: int, c: int, k: int, lead: float) -> int:
    """Fewest of c accepted samples that take so much of a problem's pass@k; as many as no problem has, if none do."""
    keeps = np.asarray(at_least_one(np.asarray(n), np.arange(c, -1, -1), np.asarray(k)))
    enough = np.flatnonzero(keeps[0] - keeps >= lead)
    return int(enough[0]) if enough.size else n + 1

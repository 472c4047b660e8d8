"""From the rewards of a batch to the credit of each sample: what every trainer is handed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve

UNSCORED = ("refuse", "leave out")


class Verdicts(NamedTuple):
    """A batch once its rewards are read: which samples are right, which have a verdict at all, and whose they are."""

    right: Any
    """bool, one for each sample."""
    scored: Any
    """bool: False where there is no reward."""
    group: Ints
    """Number of each sample's group, 0, 1, ... in the order in which they first come."""
    names: list[Any]
    """What each group was called."""

    @property
    def n(self) -> Ints:
        """Scored samples of each group."""
        return np.bincount(self.group[self.scored], minlength=len(self.names))

    @property
    def c(self) -> Ints:
        """Right samples of each group."""
        return np.bincount(self.group[self.right], minlength=len(self.names))


def credit(
    rewards: Any,
    objective: Objective | str,
    *,
    groups: Any = None,
    threshold: float | None = None,
    unscored: str = "refuse",
) -> Any:
    r"""Credit of every sample of a batch: its entry in the objective's table for a group of its size.

    .. math:: A_i = \begin{cases} A^+(c) & r_i \text{ right} \\ A^-(c) & r_i \text{ wrong}\end{cases},
        \qquad \hat g = \frac1n \sum_i A_i \nabla\log\pi(y_i)

    The estimate is a mean over the group, so a trainer has to average over samples, and neither centre nor scale.

    Parameters
    ----------
    rewards : array_like
        0 for a wrong sample and 1 for a right one, or True and False: a matrix (..., n) with a group along its last
        axis, a list of rows of different lengths, or a flat list whose groups `groups` tells.
    objective : Objective or its name
    groups : sequence, optional
        For flat rewards, the id of each sample's group, as trainers keep it beside the reward (uid, prompt id). Samples
        of a group need not stand together.
    threshold : float, optional
        Where rewards are not 0 and 1: a reward of at least this much counts as right.
    unscored : "refuse" or "leave out"
        What to do with a reward that is NaN or None. Left out, a sample has credit 0 and its group is one smaller.

    Returns
    -------
    ndarray of the shape of `rewards`; for rows of different lengths a list of arrays.

    Raises
    ------
    ValueError
        If a reward is neither 0 nor 1 and no threshold is given, if one is missing, or if the objective has no table
        for a group of some size: the message names the group.

    Examples
    --------
    >>> credit([[1, 0, 0, 0], [1, 1, 0, 0]], "pass@1")
    array([[ 1.        , -0.33333333, -0.33333333, -0.33333333],
           [ 0.66666667,  0.66666667, -0.66666667, -0.66666667]])
    >>> credit([1, 0, 1, 0, 0], "mean-centred", groups=["a", "b", "b", "a", "b"])
    array([ 0.5       , -0.33333333,  0.66666667, -0.5       , -0.33333333])
    """
    seen = verdicts(rewards, groups=groups, threshold=threshold, unscored=unscored)
    return like(rewards, of_verdicts(seen, objective))


def of_verdicts(seen: Verdicts, objective: Objective | str) -> Floats:
    """Credit of the samples of a batch that was read, in their order; 0 for one without a verdict."""
    objective, out = resolve(objective), np.zeros(len(seen.group))
    n, c = seen.n[seen.group], seen.c[seen.group]
    for size in np.unique(n[seen.scored]):
        here = seen.scored & (n == size)
        reason = objective.missing("credit", int(size))
        if reason:
            name = seen.names[seen.group[np.flatnonzero(here)[0]]]
            raise ValueError(f"group {arguments.short(name)} has {size} scored samples: {reason}")
        table = objective.credit(int(size))
        out[here] = np.where(seen.right[here], table.correct[c[here]], table.wrong[c[here]])
    return out


def verdicts(rewards: Any, *, groups: Any = None, threshold: float | None = None, unscored: str = "refuse") -> Verdicts:
    """Read the rewards of a batch: arguments and refusals of `credit`.

    >>> seen = verdicts([[0, 10, 10], [0, 0, 10]], threshold=10)
    >>> seen.n.tolist(), seen.c.tolist()
    ([3, 3], [2, 1])
    """
    arguments.known("way with unscored samples", unscored, list(UNSCORED))
    flat, group, names = _flat(rewards, groups)
    scored = ~np.isnan(flat)
    if unscored == "refuse" and not scored.all():
        raise ValueError(
            f"{_place(flat, group, names, ~scored)} has no reward (NaN or None). Score it, or leave such samples out "
            'with unscored="leave out": their credit is then 0, and the group is one smaller.'
        )
    return Verdicts(_right(flat, group, names, threshold, scored), scored, group, names)


def like(rewards: Any, values: Floats) -> Any:
    """Give values, one for each sample in order, the shape in which the rewards came."""
    rows = _rows(rewards)
    if rows is None:
        return values.reshape(np.shape(rewards))
    return np.split(values, np.cumsum([len(row) for row in rows])[:-1])


def flat_like(name: str, values: Any, size: int) -> Floats:
    """Read numbers that came in the shape of the rewards, one for each of `size` samples, as one row."""
    rows = _rows(values)
    parts = [arguments.real(name, values)] if rows is None else [arguments.real(name, row) for row in rows]
    flat = np.concatenate([np.ravel(part) for part in parts])
    if flat.size != size:
        raise ValueError(f"{name} has one entry for each sample, but {flat.size} came for {size} rewards.")
    return flat


def _right(flat: Floats, group: Ints, names: list[Any], threshold: float | None, scored: Any) -> Any:
    if threshold is not None:
        least = arguments.one_number("threshold", threshold, -1e300, 1e300)
        return scored & (flat >= least)
    other = scored & (flat != 0) & (flat != 1)
    if other.any():
        values = np.unique(flat[scored])
        two = (
            f", as in threshold={values[1]:g} for the {values[0]:g} and {values[1]:g} here" if len(values) == 2 else ""
        )
        raise ValueError(
            f"rewards are 0 for a wrong sample and 1 for a right one, but {_place(flat, group, names, other)} has "
            f"{arguments.first(flat, other):g}. Say from where on a sample counts as right with threshold=...{two}; "
            "for rewards that are real numbers there is objectives.max_at_k_credit."
        )
    return flat == 1


def _place(flat: Floats, group: Ints, names: list[Any], bad: Any) -> str:
    first = int(np.flatnonzero(bad)[0])
    inside = int((group[:first] == group[first]).sum())
    return f"sample {inside} of group {arguments.short(names[group[first]])}"


def _rows(rewards: Any) -> list[Sequence[Any]] | None:
    """Rows of different lengths, or None for what numpy takes as a matrix or a flat list."""
    if not isinstance(rewards, list | tuple) or not rewards or not all(hasattr(row, "__len__") for row in rewards):
        return None
    if any(isinstance(row, str | bytes) for row in rewards) or len({len(row) for row in rewards}) == 1:
        return None
    return list(rewards)


def _flat(rewards: Any, groups: Any) -> tuple[Floats, Ints, list[Any]]:
    """All rewards in one row, the number of each one's group, and the groups' names."""
    rows = _rows(rewards)
    if rows is not None:
        if groups is not None:
            raise ValueError("rewards came in rows, which are the groups already: leave groups out, or pass them flat.")
        parts = [_numbers(row) for row in rows]
        for index, part in enumerate(parts):
            if part.ndim != 1 or not part.size:
                what = "is empty" if not part.size else f"has shape {part.shape}"
                raise ValueError(f"each row of rewards holds the samples of one group, but row {index} {what}.")
        sizes = [part.size for part in parts]
        return np.concatenate(parts), np.repeat(np.arange(len(parts)), sizes), list(range(len(parts)))
    matrix = _numbers(rewards)
    if matrix.ndim == 0 or not matrix.size:
        raise ValueError("rewards has one entry for each sample of at least one group, and came without any.")
    if groups is None:
        many = matrix.size // matrix.shape[-1]
        return matrix.ravel(), np.repeat(np.arange(many), matrix.shape[-1]), list(range(many))
    if matrix.ndim != 1:
        raise ValueError(
            f"groups tells the groups of a flat list of rewards, but rewards has shape {matrix.shape}, whose rows are "
            "the groups: leave groups out, or pass rewards.ravel()."
        )
    return matrix, *_numbered(groups, matrix.size)


def _numbers(rewards: Any) -> Floats:
    """Rewards as floats, a missing one as NaN."""
    if isinstance(rewards, list | tuple):
        rewards = [
            [np.nan if r is None else r for r in row] if isinstance(row, list | tuple) else row for row in rewards
        ]
        rewards = [np.nan if row is None else row for row in rewards]
    values = arguments.floats("rewards", rewards, marks=True)
    if np.isinf(values).any():
        bad = np.isinf(values)
        raise ValueError(f"rewards must be finite, but {arguments.where(bad, 'entry')}rewards = "
                         f"{arguments.first(values, bad)}.")  # fmt: skip
    return values


def _numbered(groups: Any, size: int) -> tuple[Ints, list[Any]]:
    """Number the groups in the order in which they first come."""
    ids = one_each("groups", groups, size, "the id of each sample's group: repeat a prompt's for each of its samples")
    found: dict[Any, int] = {}
    numbers = np.empty(size, dtype=np.int64)
    for index, name in enumerate(ids):
        if _is_missing(name):
            raise ValueError(f"groups has no id for sample {index}: it would belong to no group, or to all of them.")
        try:
            numbers[index] = found.setdefault(name, len(found))
        except Exception:  # whatever a stranger's type raises when it is hashed or compared
            raise ValueError(
                f"groups holds ids such as numbers or text, but sample {index} has {arguments.short(name)} "
                f"({type(name).__name__})."
            ) from None
    return numbers, list(found)


def one_each(name: str, values: Any, size: int, what: str) -> list[Any]:
    """Return values as a list with one for each sample, or say what is wanted."""
    try:
        held = values.tolist() if hasattr(values, "tolist") else values
        listed = None if isinstance(held, Mapping | Set) or not isinstance(held, Iterable) else list(held)
    except Exception:  # whatever a stranger's type raises, it is no list
        listed = None
    if listed is None:
        raise ValueError(f"{name} is a list with {what}; but {arguments.short(values)} ({type(values).__name__}) came.")
    if len(listed) != size:
        raise ValueError(f"{name} has one entry for each sample, but {len(listed)} came for {size} rewards: {what}.")
    return listed


def _is_missing(name: Any) -> bool:
    try:
        return name is None or bool(name != name)
    except Exception:  # pandas' NA says neither
        return True

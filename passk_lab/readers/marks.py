"""Which samples of which problems were seen: a table's rows by arrays, and no object for each of them."""

import numpy as np
import numpy.typing as npt

from passk_lab.arguments import Ints

_MOST_DENSE = 2**28
"""Bytes for samples that have small whole numbers: one for each problem and number."""
_MOST_MARKS = 20_000_000
"""Others that are remembered, as 8 bytes each. Beyond, nobody looks."""
_MOST_RUNS = 8
_MULTIPLIER = np.uint64(0xD6E8FEB86659FD93)

Bools = npt.NDArray[np.bool_]


class Seen:
    """Remembers pairs of a problem and a sample.

    >>> seen = Seen()
    >>> problem, number, mark = np.array([0, 0, 1]), np.array([5, 5, 5]), np.array([9, 9, 9], dtype=np.uint64)
    >>> seen.new(problem, number, mark), seen.new(problem, number - 6, mark), seen.new(problem, number - 6, mark)
    (array([ True, False,  True]), array([ True, False,  True]), array([False, False, False]))
    """

    def __init__(self) -> None:
        self._dense = np.zeros((0, 0), dtype=np.bool_)
        self._number = 0
        self._sorted: list[npt.NDArray[np.uint64]] = []
        self.full = False
        """Whether there were more than are remembered, so that some copies may have been missed."""

    def new(self, problem: Ints, number: Ints, mark: npt.NDArray[np.uint64]) -> Bools:
        """Say of each row whether its pair is met for the first time.

        Parameters
        ----------
        problem : array of int
            From 0.
        number : array of int
            The sample's, if it is a small whole number; otherwise -1, and `mark` stands for it.
        mark : array of uint64
        """
        fresh = np.zeros(len(problem), dtype=np.bool_)
        if not len(problem):
            return fresh
        dense = number >= 0
        shape = (
            max(int(problem.max()) + 1, self._dense.shape[0]),
            max(int(number.max()) + 1, self._dense.shape[1]),
        )
        if shape[0] * shape[1] > _MOST_DENSE:
            dense &= (problem < self._dense.shape[0]) & (number < self._dense.shape[1])
        elif shape != self._dense.shape and dense.any():
            self._grow(shape)
        if dense.all():
            return self._new_dense(problem, number)
        fresh[dense] = self._new_dense(problem[dense], number[dense])
        fresh[~dense] = self._new_marks(problem[~dense], mark[~dense])
        return fresh

    def _grow(self, shape: tuple[int, int]) -> None:
        # By half more than is needed, as a list does, as long as that is allowed.
        roomy = tuple(
            size if size <= old else size + size // 2 for size, old in zip(shape, self._dense.shape, strict=True)
        )
        shape = shape if roomy[0] * roomy[1] > _MOST_DENSE else (roomy[0], roomy[1])
        larger = np.zeros(shape, dtype=np.bool_)
        larger[: self._dense.shape[0], : self._dense.shape[1]] = self._dense
        self._dense = larger

    def _new_dense(self, problem: Ints, number: Ints) -> Bools:
        where = problem * self._dense.shape[1] + number
        flat = self._dense.reshape(-1)
        fresh = ~flat[where]
        flat[where] = True
        before, self._number = self._number, int(np.count_nonzero(flat))
        # To count is cheaper than to sort, and equal pairs in one batch are rare.
        return fresh if self._number - before == np.count_nonzero(fresh) else _first_of_equal(where, fresh)

    def _new_marks(self, problem: Ints, mark: npt.NDArray[np.uint64]) -> Bools:
        if sum(map(len, self._sorted)) >= _MOST_MARKS:
            self.full = True
            return np.ones(len(problem), dtype=np.bool_)
        with np.errstate(over="ignore"):
            pair = (mark ^ (mark >> np.uint64(32))) * _MULTIPLIER + problem.astype(np.uint64) * _MULTIPLIER
            pair ^= pair >> np.uint64(29)
        fresh = np.ones(len(pair), dtype=np.bool_)
        for there in self._sorted:
            at = np.minimum(np.searchsorted(there, pair), len(there) - 1)
            fresh &= there[at] != pair
        fresh = _first_of_equal(pair, fresh)
        self._sorted.append(np.sort(pair[fresh]))
        self._sorted = [there for there in self._sorted if len(there)]
        if len(self._sorted) > _MOST_RUNS:
            self._sorted = [np.sort(np.concatenate(self._sorted))]
        return fresh


def _first_of_equal(keys: npt.NDArray[np.generic], fresh: Bools) -> Bools:
    """Of equal keys in one batch that are new, keep the first."""
    new = np.flatnonzero(fresh)
    _, first = np.unique(keys[new], return_index=True)
    if len(first) == len(new):
        return fresh
    only = np.zeros(len(fresh), dtype=np.bool_)
    only[new[first]] = True
    return only

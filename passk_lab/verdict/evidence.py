"""What speaks for or against a claim in one world, and the rule that makes a verdict of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, ValuesView
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.verdict.claims import CLAIMS, WORLDS

VERDICTS = ("holds", "holds partly", "does not hold", "not tested")
"""What can be said of a claim in a world."""


@dataclass(frozen=True)
class Evidence:
    """The cases of a claim in one world, and what is said of them."""

    cases: Mapping[str, bool]
    """Each case by name, True where the claim is so. What one case is, the function that made it says."""
    says: str
    """The evidence in a sentence, with its numbers."""
    seeds: str = "exact"
    """Of how many seeds, runs or models it is; "exact" where nothing was drawn."""
    interval: str = ""
    """A 95 % interval, and of what; "" where nothing was drawn."""

    @property
    def verdict(self) -> str:
        """By the rule of `verdict_of`."""
        return verdict_of(self.cases.values())


def verdict_of(cases: Any) -> str:
    """Give a verdict by one rule: a claim holds if it is so in all cases, does not hold if in none, else partly.

    Parameters
    ----------
    cases : list of bool
        Whether the claim is so, case by case; none at all if it was not tested.

    Raises
    ------
    TypeError, ValueError
        If it is no list, or one of them is neither True nor False.

    Examples
    --------
    >>> verdict_of([True, True]), verdict_of([True, False]), verdict_of([False]), verdict_of([])
    ('holds', 'holds partly', 'does not hold', 'not tested')
    """
    cases = arguments.as_one_of("cases", cases, (list, tuple, ValuesView), "a list of True and False")
    cases = [arguments.switch("a case", case) for case in cases]
    if not cases:
        return "not tested"
    return "holds" if all(cases) else "holds partly" if any(cases) else "does not hold"


CELLS: dict[tuple[str, str], Callable[[], Evidence]] = {}
"""Every cell of the table that is tested, by claim and world: the function that computes it."""


def cell(claim: str, world: str) -> Callable[[Callable[[], Evidence]], Callable[[], Evidence]]:
    """Have a function compute the cell of a claim in a world."""
    arguments.known("claim", claim, [one.name for one in CLAIMS])
    arguments.known("world", world, list(WORLDS))

    def put(function: Callable[[], Evidence]) -> Callable[[], Evidence]:
        if (claim, world) in CELLS:
            raise ValueError(
                f"{claim!r} in the world {world!r} has a function already: {CELLS[claim, world].__name__}."
            )
        CELLS[claim, world] = function
        return function

    return put


def over_seeds(values: Any, level: float = 0.95, correlation: bool = False) -> str:
    r"""Write the mean of a number over seeds with its interval, :math:`\bar x \pm t_{m-1} s / \sqrt m`.

    Three seeds give a wide one: t is 4.3.

    Parameters
    ----------
    values : array_like of float, shape (m,)
        One for each seed, two at least.
    level : float in (0, 1)
    correlation : bool
        Whether the values are correlations: the interval is then that of Fisher's z = artanh r, and stays within 1.

    Raises
    ------
    ValueError
        If there are fewer than two, or a correlation is not between -1 and 1.

    Examples
    --------
    >>> over_seeds([0.1, 0.2, 0.3])
    '0.200 [-0.048, 0.448]'
    """
    from scipy.special import stdtrit

    values, level = arguments.real("values", values).ravel(), arguments.level(level)
    if len(values) < 2:
        raise ValueError("one seed has no spread: an interval over seeds needs two of them at least.")
    correlation, beyond = arguments.switch("correlation", correlation), np.abs(values) >= 1
    if correlation and beyond.any():
        raise ValueError(f"a correlation lies between -1 and 1, but one is {arguments.first(values, beyond)}.")
    scaled = np.arctanh(values) if correlation else values
    half = stdtrit(len(values) - 1, (1 + level) / 2) * scaled.std(ddof=1) / np.sqrt(len(values))
    ends = scaled.mean() + np.array([-half, half])
    low, high = (np.tanh(ends) if correlation else ends) + 0.0  # no minus before a 0
    return f"{values.mean() + 0.0:.3f} [{low:.3f}, {high:.3f}]"

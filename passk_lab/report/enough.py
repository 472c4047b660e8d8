"""How many problems or samples would decide what these samples do not: by the very band that did not decide."""

from dataclasses import dataclass

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Floats, Ints

_LEAST = 0.005
"""Observed differences below it are taken for none: what would show them is beyond any benchmark."""
_FOUR_IN_FIVE = 0.8416
"""Standard deviations beyond the band at which a difference is seen four times in five."""
_MOST = 10**7
_PILOT = 80
"""Problems from which on the plan for samples was found to hold (docs/intervals.md)."""


@dataclass(frozen=True)
class Enough:
    """What a comparison at one k would take, from these samples as a pilot."""

    k: int
    detectable: float
    """Smallest difference that the band of as many problems with as many samples shows four times in five."""
    observed: float
    problems: int | None
    """Problems like these that would show a difference as large as was observed; None where that is next to none."""
    samples: int | None
    """Samples of each of these problems, k named beforehand; None where no number of them would do, or the problems
    are too few to say."""

    def __str__(self) -> str:
        seen = (
            f"So many problems and samples show a difference from about {100 * self.detectable:.0f} points on"
            if self.detectable < 1
            else "So few problems show no difference at all"
        )
        if self.problems is None:
            return f"{seen}, 4 times in 5."
        more = f", or {self.samples:,} samples of each of these" if self.samples is not None else ""
        return (
            f"{seen}, 4 times in 5; one as large as observed would take about {self.problems:,} problems like "
            f"these{more}."
        )


def enough(n: Ints, c: Ints, n_base: Ints, c_base: Ints, k: int, low: float, high: float, level: float) -> Enough:
    r"""Return what a comparison at k would take, whose band now runs from `low` to `high`.

    .. math:: |\bar d_P| \ge q \, \widehat{\text{se}}_P + z_{.8} \, \text{sd}(\bar d_P)

    with the mean and standard error of `metrics.compare` for P problems like these and its two more, at +1 and -1; q is
    the band's half width in standard errors, as it is now. The mean itself moves less than its standard error says,
    since the two more are there each time.

    >>> a, b = np.array([0, 1, 2, 4, 8, 8, 3, 0] * 20), np.array([1, 1, 4, 3, 8, 7, 3, 0] * 20)
    >>> found = enough(np.full(160, 8), b, np.full(160, 8), a, 4, -0.02, 0.08, 0.95)
    >>> found.problems, round(found.detectable, 3)
    (277, 0.113)
    """
    d = np.asarray(metrics.pass_at_k(n, c, k) - metrics.pass_at_k(n_base, c_base, k), np.float64)
    observed, spread, size = float(d.mean()), float(d.var()), d.size
    mean, error = _seen(size, observed, spread)
    q = max(high - mean, mean - low) / error
    samples = None
    if abs(observed) >= _LEAST and size >= _PILOT:
        samples = metrics.samples_needed(n_base, c_base, n, c, k, abs(observed), level=level)
    return Enough(
        k=k,
        detectable=_detectable(size, spread, q),
        observed=observed,
        problems=_problems(abs(observed), spread, q) if abs(observed) >= _LEAST else None,
        samples=samples,
    )


def _seen(problems: int, mean: float, spread: float) -> tuple[float, float]:
    """Mean and standard error of the differences of so many problems and of two more, at +1 and at -1."""
    rows = problems + 2
    shifted = problems * mean / rows
    squares = problems * (spread + mean**2) + 2 - rows * shifted**2
    return shifted, float(np.sqrt(squares / (rows * (rows - 1))))


def _shown(problems: int, mean: float, spread: float, q: float) -> bool:
    shifted, error = _seen(problems, mean, spread)
    moves = np.sqrt(spread / problems) * problems / (problems + 2)
    return abs(shifted) >= q * error + _FOUR_IN_FIVE * moves


def _problems(size: float, spread: float, q: float) -> int | None:
    if not _shown(_MOST, size, spread, q):
        return None
    few, many = 1, _MOST  # more problems show more
    while many - few > 1:
        middle = (few + many) // 2
        few, many = (few, middle) if _shown(middle, size, spread, q) else (middle, many)
    return many


def _detectable(problems: int, spread: float, q: float) -> float:
    grid: Floats = np.linspace(0.001, 1, 1000)
    there = [size for size in grid.tolist() if _shown(problems, size, spread, q)]
    return there[0] if there else 1.0


def for_crossing(n: Ints, c: Ints, n_base: Ints, c_base: Ints, last: int, level: float) -> int | None:
    """Return how many problems like these would show the order turn between k = 1 and the last, if it does as observed.

    None where the order is the same at both ends, or the problems are too few to say.
    """
    at = [float(np.mean(metrics.pass_at_k(n, c, k) - metrics.pass_at_k(n_base, c_base, k))) for k in (1, last)]
    if last == 1 or n.size < _PILOT or at[0] * at[1] >= 0 or min(abs(at[0]), abs(at[1])) < _LEAST:
        return None
    return metrics.problems_for_crossing(n_base, c_base, n, c, (1, last), (at[0], at[1]), level=level)

"""How many problems or samples would decide what these samples do not."""

from dataclasses import dataclass

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Ints

_LEAST = 0.005
"""Observed differences below it are taken for none: what would show them is beyond any benchmark."""


@dataclass(frozen=True)
class Enough:
    """What a comparison at one k would take, from these samples as a pilot."""

    k: int
    detectable: float
    """Smallest difference that as many problems with as many samples show, with a power of .8, k named beforehand."""
    observed: float
    problems: int | None
    """Problems like these that would show a difference as large as was observed; None where that is next to none."""
    samples: int | None
    """Samples of each of these problems; None where no number of them would do."""

    def __str__(self) -> str:
        seen = f"These problems and samples show differences from about {100 * self.detectable:.1f} points on"
        if self.problems is None:
            return f"{seen}, 4 times in 5 where k was named beforehand."
        more = (
            f"or {self.samples:,} samples of each of these"
            if self.samples is not None
            else "while no number of samples of these problems would"
        )
        return (
            f"{seen}; one as large as observed would take about {self.problems:,} problems like these, {more} (to be "
            "seen 4 times in 5, k named beforehand)."
        )


def enough(n: Ints, c: Ints, n_base: Ints, c_base: Ints, k: int, level: float) -> Enough:
    """Return what a comparison at k would take.

    >>> a, b = np.array([0, 1, 2, 4, 8, 8, 3, 0] * 20), np.array([1, 1, 4, 3, 8, 7, 3, 0] * 20)
    >>> found = enough(np.full(160, 8), b, np.full(160, 8), a, 4, 0.95)
    >>> found.problems, found.samples, round(found.detectable, 3)
    (39, 6, 0.039)
    """
    pilot = (n_base, c_base, n, c, k)
    observed = float(np.mean(metrics.pass_at_k(n, c, k) - metrics.pass_at_k(n_base, c_base, k)))
    size = abs(observed)
    return Enough(
        k=k,
        detectable=metrics.detectable_difference(*pilot, level=level) if n.size > 2 else 1.0,
        observed=observed,
        problems=metrics.problems_needed(*pilot, size, level=level) if size >= _LEAST else None,
        samples=metrics.samples_needed(*pilot, size, level=level) if size >= _LEAST and n.size > 2 else None,
    )


def for_crossing(n: Ints, c: Ints, n_base: Ints, c_base: Ints, last: int, level: float) -> int | None:
    """Return how many problems like these would show the order turn between k = 1 and the last, if it does as observed.

    None where the order is the same at both ends.
    """
    at = [float(np.mean(metrics.pass_at_k(n, c, k) - metrics.pass_at_k(n_base, c_base, k))) for k in (1, last)]
    if last == 1 or at[0] * at[1] >= 0 or min(abs(at[0]), abs(at[1])) < _LEAST:
        return None
    return metrics.problems_for_crossing(n_base, c_base, n, c, (1, last), (at[0], at[1]), level=level)

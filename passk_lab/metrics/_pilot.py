"""What a pilot says of an experiment to come: what differs between problems, and what the draw of samples adds."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._units import one_each
from passk_lab.metrics.bounded_mean import residuals
from passk_lab.metrics.comparison import critical_bound, length
from passk_lab.metrics.estimators import BEYOND_N, pass_at_k
from passk_lab.metrics.spread import fit_spread
from passk_lab.metrics.uncertainty import pass_at_k_variance


@dataclass(frozen=True)
class Pilot:
    """What varies between problems, and what the draw of samples adds."""

    problems: int
    seen: float
    """Variance of what was observed of each problem."""
    added: float
    """Part of it that the draw of the pilot's samples added."""
    adds: Callable[[int], float]
    """The same for another number of samples."""
    path: Floats
    """Observed differences at some k up to n (rows), for the band."""

    def variance(self, samples: int | None) -> float:
        """Variance of what would be observed of a problem with so many samples (None: as many as in the pilot)."""
        return self.seen if samples is None else max(self.seen - self.added, 0.0) + self.adds(samples)

    def band(self, level: float) -> float:
        """Critical value of a band over all k."""
        units = one_each(np.ones(self.problems))
        _, left, factor = residuals(self.path, units, (-1.0, 1.0))
        return float(critical_bound(length(left, factor), self.problems - 1, arguments.level(level)))


def pilot_of_two(n_a: Any, c_a: Any, n_b: Any, c_b: Any, k: int) -> Pilot:
    k = arguments.one_whole("k", k)
    (n_a, c_a), (n_b, c_b) = arms = [_problem_by_problem(n, c, k) for n, c in ((n_a, c_a), (n_b, c_b))]
    if c_a.size != c_b.size:
        raise ValueError(
            f"a pairing needs the same problems on both sides, but a has {c_a.size} and b has {c_b.size}. "
            "Join the two tables on the problem's name first."
        )
    noise = [_noise(n, c, k) for n, c in arms]
    ks = np.unique(np.geomspace(1, min(n_a.min(), n_b.min()), 24).round().astype(int))
    return Pilot(
        problems=c_a.size,
        seen=float(np.var(pass_at_k(n_b, c_b, k) - pass_at_k(n_a, c_a, k), ddof=1)),
        added=sum(now for now, _ in noise),
        adds=lambda samples: sum(then(samples) for _, then in noise),
        path=pass_at_k(n_b, c_b, ks[:, None]) - pass_at_k(n_a, c_a, ks[:, None]),
    )


def pilot_of_one(n: int, c: Any, k: int) -> Pilot:
    n_each, c = _problem_by_problem(n, c, k)
    now, then = _noise(n_each, c, k)
    values = np.asarray(pass_at_k(n_each, c, k))
    return Pilot(c.size, float(np.var(values, ddof=1)), now, then, values[None])


def _problem_by_problem(n: Any, c: Any, k: int) -> tuple[Ints, Ints]:
    n, c = arguments.counts(n, c)
    arguments.draws(n, k, BEYOND_N)
    n, c = (np.atleast_1d(a) for a in np.broadcast_arrays(n, c))
    if n.ndim > 1:
        raise ValueError(f"give one entry per problem (one axis), not an array of shape {n.shape}.")
    if n.size < 2:
        raise ValueError("a pilot needs at least two problems: how they differ is what decides.")
    return n, c


def _noise(n: Ints, c: Ints, k: int) -> tuple[float, Callable[[int], float]]:
    """Mean variance of the estimate over the likeliest spread of p: with the samples there are, and with others."""
    spread = fit_spread(n, c)

    def at(samples: int) -> float:
        return float(pass_at_k_variance(spread.p, samples, k) @ spread.weight)

    kinds, how_many = np.unique_counts(n)
    return float(np.average([at(int(one)) for one in kinds], weights=how_many)), at


def two(name: str, values: Any) -> tuple[Any, Any]:
    if (
        not isinstance(values, tuple | list | np.ndarray)
        or (isinstance(values, np.ndarray) and values.ndim == 0)
        or len(values) != 2
    ):
        raise ValueError(f"{name} must be two, as in (first, second), but got {arguments.short(values)}.")
    return values[0], values[1]

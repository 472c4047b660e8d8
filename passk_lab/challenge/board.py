"""The score board: who keeps more pass@256 at equal pass@1, as far as it can be told apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import stats

from passk_lab.arguments import Floats
from passk_lab.challenge.entry import DRAWS, PROGRESS, Entry
from passk_lab.lm import recorded
from passk_lab.lm.evaluation import t_interval

LEVEL = 0.95


@dataclass(frozen=True, eq=False)
class Place:
    """An entry on the board."""

    entry: Entry
    kept: float
    """Mean of the seeds; NaN where one never came that far."""
    low: float
    high: float
    reached: float
    """The highest pass@1 of the mean."""
    best: int
    worst: int
    """First and last rank it may have; 0 where it has none."""

    @property
    def rank(self) -> str:
        """The rank, or those it may have."""
        return "" if not self.best else f"{self.best}" if self.best == self.worst else f"{self.best} to {self.worst}"


def board(entries: Sequence[Entry], weight: Floats) -> list[Place]:
    """Place entries: one stands above another only where the two can be told apart.

    They can where two intervals of their paired difference leave 0 out: over multisets of numbers, for other numbers
    might have been kept apart; and over trainings, for a seed's run is one of many, with the spread that the recorded
    runs have (`spread`: three seeds are too few to say it by themselves). The level is shared among all pairs
    (Bonferroni).

    Parameters
    ----------
    entries : sequence of Entry
    weight : ndarray of float, of each multiset

    Returns
    -------
    list of Place, the best first; entries that never came to that pass@1 stand last, without a rank.
    """
    kept = [np.array([run.kept(weight) for run in one.runs]) for one in entries]
    there = [i for i, seeds in enumerate(kept) if not np.isnan(seeds).any()]
    pairs = list(itertools.combinations(there, 2))
    level = 1 - (1 - LEVEL) / max(1, len(pairs))
    above: dict[int, int] = dict.fromkeys(there, 0)
    below: dict[int, int] = dict.fromkeys(there, 0)
    for i, j in pairs:
        if sign := _told_apart(kept[i], kept[j], weight, level):
            better, worse = (i, j) if sign > 0 else (j, i)
            above[worse] += 1
            below[better] += 1
    places = []
    for i, one in enumerate(entries):
        mean = float(weight @ kept[i].mean(0) / weight.sum())
        low, high = _interval(kept[i].mean(0), weight, LEVEL) if i in above else (np.nan, np.nan)
        curves = [run.curve(weight)[:, 0] for run in one.runs]
        shortest = min(map(len, curves))
        reached = float(np.mean([curve[:shortest] for curve in curves], axis=0).max())
        best, worst = (above[i] + 1, len(there) - below[i]) if i in above else (0, 0)
        places.append(Place(one, mean, low, high, reached, best, worst))
    return sorted(places, key=lambda place: (np.isnan(place.kept), -place.kept if place.best else -place.reached))


def _told_apart(one: Floats, other: Floats, weight: Floats, level: float) -> int:
    """1 or -1 where one of two surely keeps more, (seeds, multisets) each; 0 where it cannot be told."""
    seeds = min(len(one), len(other))
    apart = (one[:seeds] - other[:seeds]).mean(0)
    share = weight / weight.sum()
    mean = float(share @ apart)
    sigma, freedom = spread()
    units = len(weight)
    # No multiset is put in, as it is for one entry alone: that guards a mean near 0 or 1; a difference is near neither.
    error = float(np.sqrt(share**2 @ (apart - mean) ** 2 * units / (units - 1)))
    of_numbers = float(stats.t.ppf((1 + level) / 2, units - 1)) * error
    of_training = float(stats.t.ppf((1 + level) / 2, freedom)) * sigma * (2 / seeds) ** 0.5
    return int(np.sign(mean)) if abs(mean) > max(of_numbers, of_training) else 0


@cache
def spread() -> tuple[float, int]:
    """Return how far trainings of one method lie apart that differ in their seed alone, and its degrees of freedom.

    It is the standard deviation of what `board` ranks in the recorded runs, after each method (at each rate) and each
    seed has its own mean: the base and the prompts of a seed are common to all.

    >>> sigma, freedom = spread()
    >>> round(sigma, 3), freedom > 60
    (0.012, True)
    """
    table = recorded.equal_progress_by_seed(PROGRESS, DRAWS)
    own = table[table.part.isin(["objectives", "exploring"])].set_index(["method", "rate", "seed"]).value
    values = own.unstack().dropna().to_numpy()
    left = values - values.mean(1, keepdims=True) - values.mean(0) + values.mean()
    freedom = (values.shape[0] - 1) * (values.shape[1] - 1)
    return float(np.sqrt((left**2).sum() / freedom)), freedom


def _interval(values: Floats, weight: Floats, level: float) -> tuple[float, float]:
    low, high = t_interval(weight, (values * weight)[:, None], level)
    return float(low[0]), float(high[0])

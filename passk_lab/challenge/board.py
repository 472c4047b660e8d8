"""The score board: who keeps more pass@256 at equal pass@1, as far as it can be told apart."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from passk_lab.arguments import Floats
from passk_lab.challenge.entry import Entry
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

    They can where the interval of their paired difference, over multisets of numbers, leaves 0 out, and every seed
    agrees in sign. The level is shared among all pairs (Bonferroni), so that among entries that are alike one in twenty boards
    at most tells any apart.

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
    by_seed = (one[:seeds] - other[:seeds]) @ weight
    low, high = _interval(((one[:seeds] - other[:seeds]).mean(0) + 1) / 2, weight, level)
    if low > 0.5 and (by_seed > 0).all():
        return 1
    return -1 if high < 0.5 and (by_seed < 0).all() else 0


def _interval(values: Floats, weight: Floats, level: float) -> tuple[float, float]:
    low, high = t_interval(weight, (values * weight)[:, None], level)
    return float(low[0]), float(high[0])

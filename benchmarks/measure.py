"""Take times in turn, one of each per round, so that a slow moment of the machine falls on all alike."""

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Row:
    """One line of the table: a quantity, ours and the peer's, their ratio in words, and what was aimed at."""

    what: str
    ours: str
    peer: str
    ratio: str
    target: str
    met: bool | None
    """None where nothing was aimed at."""


@dataclass(frozen=True)
class Result:
    """What one benchmark found: lines for the table, and every figure behind them."""

    rows: list[Row]
    figures: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Times:
    """Repeats of one measurement, in seconds."""

    seconds: list[float]

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def fastest(self) -> float:
        return min(self.seconds)

    def text(self) -> str:
        return f"{duration(self.median)} (min {duration(self.fastest)})"

    def figures(self) -> dict[str, Any]:
        return {"median_s": self.median, "min_s": self.fastest, "repeats": len(self.seconds)}


def interleaved(
    calls: Mapping[str, Callable[[], Any]], repeats: int, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Times]:
    """Time each call once per round, after one round that does not count; with time.process_time in CPU time."""
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for turn in range(repeats + 1):
        for name, call in calls.items():
            begin = clock()
            call()
            if turn:
                seconds[name].append(clock() - begin)
    return {name: Times(values) for name, values in seconds.items()}


def times(ratio: float) -> str:
    """Write a ratio with its digits that count.

    >>> times(4.0811), times(361.2)
    ('4.08x', '361x')
    """
    return f"{ratio:.2f}x" if ratio < 10 else f"{ratio:,.0f}x"


def duration(seconds: float) -> str:
    """Write a time with three digits and the unit that fits.

    >>> duration(0.01234), duration(2.5), duration(3.21e-9)
    ('12.3 ms', '2.5 s', '3.21 ns')
    """
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds / 1e-9:.3g} ns"

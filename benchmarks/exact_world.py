"""Objectives, flows and the tables of the explorers, on one core: is everything ready before a reader would notice?

`effective_weight` of every objective at n = 64 over 512 values of p, beside the same sum with scipy's binom.pmf in its
place. A gradient flow with 200 stored states, for k = 1, 4, 16 and 100 answers. Then every explorer of the lab, from
nothing to its packed tables, each in turn and without its cache.
"""

import importlib
import json
import time

import numpy as np
from scipy.stats import binom

from benchmarks.measure import Result, Row, duration, interleaved, times
from passk_lab import exact, explorers, objectives

N, P = 64, np.linspace(0, 1, 512)
REPEATS = 15


def every_table() -> list[objectives.Credit]:
    found = [objectives.get(name) for name in objectives.names()]
    return [objectives.get("tang", k=N).credit(N) if o.only else o.credit(N) for o in found if not o.missing("credit")]


def ours() -> None:
    for name in objectives.names():
        objective = objectives.get(name, k=N) if name == "tang" else objectives.get(name)
        if not objective.missing("credit"):
            objectives.effective_weight(objective, N, P)


def with_scipy(tables: list[objectives.Credit]) -> None:
    for table in tables:
        binom.pmf(np.arange(N), N - 1, P[:, None]) @ table.contrast


def long_flow(k: int) -> exact.Flow:
    """From one answer in a hundred on, for twenty decades of time."""
    return exact.flow(exact.one_among(100), objectives.get("pass@k", k=k), states=200)


def fresh(name: str) -> float:
    """Seconds an explorer needs to build and pack its tables, nothing being cached."""
    for file in explorers.SHIPPED:
        for thing in vars(importlib.import_module(f"passk_lab.explorers.shipped.{file}")).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()
    begin = time.perf_counter()
    explorers.BY_NAME[name]()
    return time.perf_counter() - begin


def run() -> Result:
    tables = every_table()
    taken = interleaved({"ours": ours, "scipy": lambda: with_scipy(tables)}, REPEATS)
    ratio = taken["scipy"].median / taken["ours"].median
    rows = [
        Row(f"effective weight of all {len(tables)} tables at n = {N}, 512 values of p, beside scipy's binom.pmf",
            taken["ours"].text(), taken["scipy"].text(), f"{times(ratio)} as fast", "under 50 ms",
            taken["ours"].median < 0.05),
    ]  # fmt: skip
    flows = interleaved({f"k = {k}": lambda k=k: long_flow(k) for k in (1, 4, 16)}, REPEATS)
    for name, took in flows.items():
        rows.append(
            Row(f"gradient flow of pass@k, {name}, 100 answers, 200 states up to t = 10^20", took.text(), "", "",
                "under 50 ms", took.median < 0.05)
        )  # fmt: skip
    built = {name: sorted(fresh(name) for _ in range(5))[2] for name in explorers.BY_NAME}
    sizes = {name: make().description.nbytes() for name, make in explorers.BY_NAME.items()}
    new = {name: seconds for name, seconds in built.items() if not name.startswith("real-curves")}
    slowest, largest = max(new, key=new.__getitem__), max(sizes, key=sizes.__getitem__)
    rows += [
        Row(f"whole table of an explorer, the slowest of {len(new)} ({slowest})", duration(new[slowest]), "", "",
            "under 300 ms", new[slowest] < 0.3),
        Row(f"numbers of an explorer, the largest of {len(sizes)} ({largest})", f"{sizes[largest] / 1000:.0f} kB", "",
            "", "at most 500 kB", sizes[largest] <= 500_000),
    ]  # fmt: skip
    figures = {
        **{name: took.figures() for name, took in {**taken, **flows}.items()},
        "explorer_seconds": built, "explorer_bytes": sizes, "ratio_scipy": ratio,
    }  # fmt: skip
    return Result(rows, figures)


if __name__ == "__main__":
    print(json.dumps(run().figures, indent=1))

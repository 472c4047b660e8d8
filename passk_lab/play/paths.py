"""Paths of training by the exact mean update, for every choice of a race: worked out once, shipped, held by a test.

    python -m passk_lab.play.paths          writes paths.json anew, in some seconds

All forty take too long to wait for where a race is opened.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import numpy as np

from passk_lab import files
from passk_lab.play import training
from passk_lab.play.racers import GROUPS, RACERS, TRIES, objective_of, takes_k, why_not
from passk_lab.play.worlds import WORLDS, world

FILE = Path(__file__).parent / "paths.json"
TIMES = (*range(30), *range(30, 60, 3), *range(60, training.STEPS + 1, 10))
"""Steps at which a path is told."""
WHOLE = 65535
"""What stands for 1 in a path."""

Path_ = list[list[int]]


def name_of(world_name: str, racer: str, k: int, n: int) -> str:
    """Return the name of a path. The mean of an unbiased table does not depend on n, nor on its baseline.

    >>> name_of("own", "pass@k-loo-1", 4, 16) == name_of("own", "pass@k", 4, 32)
    True
    """
    objective = objective_of(racer, k)
    n_counts = "" if objective.unbiased else f", n = {n}"
    k_counts = f", k = {k}" if takes_k(racer) else ""
    return f"{world_name}: {objective.equation}{k_counts}{n_counts}"


def worked_out(world_name: str, racer: str, k: int, n: int) -> Path_:
    """Work a path out: rows of pass@1 and of the share solved in k tries (in each of `TRIES`, if k is no matter)."""
    p = training.mean_path(world(world_name), objective_of(racer, k), n)[list(TIMES)]
    rows = [p.mean(axis=1), *(training.solved(p, tries) for tries in ((k,) if takes_k(racer) else TRIES))]
    return [np.round(WHOLE * np.asarray(row)).astype(int).tolist() for row in rows]


def choices() -> dict[str, tuple[str, str, int, int]]:
    """Return a choice that leads along each path, by the path's name.

    >>> len(choices())
    40
    """
    found: dict[str, tuple[str, str, int, int]] = {}
    for world_name in WORLDS:
        for racer in RACERS:
            for k in TRIES if takes_k(racer) else TRIES[:1]:
                for n in GROUPS:
                    if not why_not(racer, k, n):
                        found.setdefault(name_of(world_name, racer, k, n), (world_name, racer, k, n))
    return found


@cache
def shipped() -> dict[str, Path_]:
    """Return the paths as they are shipped."""
    return json.loads(FILE.read_text(encoding="utf-8"))


def main() -> None:
    """Write the file."""
    lines = [f"{json.dumps(name)}: {json.dumps(worked_out(*choice))}" for name, choice in choices().items()]
    files.put(FILE, "{\n" + ",\n".join(lines) + "\n}\n")


if __name__ == "__main__":
    main()

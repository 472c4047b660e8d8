"""Entries that were never trained, with records as training leaves them."""

import numpy as np

from passk_lab.challenge import entry
from passk_lab.challenge.entry import FULL, KS, Entry, SeedRun
from passk_lab.challenge.training import bases, kept_apart


def made(name="an entry", kept=0.9, noise=0.0, goal=0.6, source="", **more):
    """An entry whose runs go from the base to pass@1 = goal, and keep so much of pass@256 where pass@1 is .4."""
    weight, _ = kept_apart()
    runs = []
    for seed in FULL.seeds:
        rng = np.random.default_rng([seed, len(name)])
        base = bases()[seed]
        far = np.linspace(0, 1, len(range(0, FULL.steps + 1, FULL.every)))
        share = (0.4 - base[0]) / (goal - base[0])
        end = base + (kept - base) / share if goal > 0.4 else base * 0.99
        end = np.array([goal, *np.linspace(goal, end[-1], len(KS))[1:]])
        curve = np.clip(base + far[:, None] * (end - base), 0, 1)
        off = rng.normal(0, noise, (len(weight), 1)) * (1 - 2 * (np.arange(len(weight)) % 2))[:, None]
        off = (off - weight @ off / weight.sum()) * np.array([0, 0, 0, 0, 1.0])
        values = np.clip(curve[:, None] + far[:, None, None] * off, 0, 1)
        runs.append(
            SeedRun(seed, "finished", tuple(range(0, FULL.steps + 1, FULL.every)), np.sort(values, -1).round(6))
        )
    settings = {"objective": "grpo", "parameters": {}, "mechanisms": {}, "rate": 4e-4}
    given = {
        "by": "someone",
        "settings": settings,
        "budget": FULL,
        "stated": entry.numbers(tuple(runs), weight),
        **more,
    }
    return Entry(name, source=source, runs=tuple(runs), **given)

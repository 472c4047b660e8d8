"""An entry of the challenge: what was tried, in whose words, and the records from which its numbers follow.

It is a small JSON file. Nothing in it is run by whoever reads it, and nothing it states is believed that its records do
not give.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.lm.compare import at_equal_progress
from passk_lab.version import __version__

VERSION = 1
KEY = "passk_lab_challenge"
"""Under which a file says that it is an entry, and of which version."""
END = ".passk-challenge.json"
KS = (1, 4, 16, 64, 256)
"""The k that an entry keeps."""
DRAWS = 256
"""What is ranked: pass@256 ..."""
PROGRESS = 0.4
"""... where a run first has this pass@1."""
LARGEST = 2_000_000
"""Bytes of an entry."""


@dataclass(frozen=True)
class Budget:
    """What training may take: the same for everyone."""

    steps: int = 240
    every: int = 30
    """Steps between exact evaluations."""
    prompts: int = 16
    n: int = 32
    updates: int = 1
    seeds: tuple[int, ...] = (0, 1, 2)


FULL = Budget()
"""What the recorded runs had, at one learning rate of the three."""
TRIAL = Budget(steps=20, every=10, seeds=(0,))
"""To see whether it trains at all; no board takes it."""


@dataclass(frozen=True, eq=False)
class SeedRun:
    """One run: how it ended, and pass@k of each multiset of numbers kept apart, at each evaluation."""

    seed: int
    ended: str
    steps: tuple[int, ...]
    pass_at: Floats
    """(evaluations, multisets, len(KS)): exact, mean over the prompts of a multiset."""

    def curve(self, weight: Floats) -> Floats:
        """Pass@k at each evaluation, (evaluations, len(KS)); `weight` is that of each multiset."""
        return np.einsum("m,emk->ek", weight / weight.sum(), self.pass_at)

    def kept(self, weight: Floats) -> Floats:
        """Pass@256 of each multiset where pass@1 of all first is `PROGRESS`, (multisets,); NaN if it never is."""
        one = self.curve(weight)[:, 0]
        return at_equal_progress(one, self.pass_at[:, :, KS.index(DRAWS)], PROGRESS)[0]


@dataclass(frozen=True, eq=False)
class Entry:
    """What one student enters."""

    name: str
    by: str
    source: str
    """The cell, as text."""
    settings: Mapping[str, Any]
    """Objective, parameters, mechanisms, rate."""
    budget: Budget
    runs: tuple[SeedRun, ...]
    stated: Mapping[str, float | None]

    def to_json(self) -> str:
        """The file."""
        runs = [
            {"seed": run.seed, "ended": run.ended, "steps": list(run.steps), "pass_at": run.pass_at.round(6).tolist()}
            for run in self.runs
        ]
        whole = {
            KEY: VERSION, "lab": __version__, "name": self.name, "by": self.by, "source": self.source,
            "settings": dict(self.settings), "budget": asdict(self.budget), "runs": runs, "stated": dict(self.stated),
        }  # fmt: skip
        return json.dumps(whole, allow_nan=False, separators=(",", ":")) + "\n"


def is_entry(stored: Mapping[str, Any]) -> bool:
    """Whether a JSON object is an entry.

    >>> is_entry({"passk_lab_challenge": 1}), is_entry({"exercises": {}})
    (True, False)
    """
    return KEY in stored


def read(stored: Mapping[str, Any], multisets: int) -> Entry:
    """Return the entry that a JSON object holds.

    Raises
    ------
    ValueError
        If it is of another version, or not what `enter` writes, in a sentence.
    """
    if stored.get(KEY) != VERSION:
        raise ValueError(f"an entry of version {arguments.short(stored.get(KEY))}; this lab reads {VERSION}")
    try:
        texts = {key: stored[key] for key in ("name", "by", "source")}
        if not all(isinstance(text, str) and len(text) < 20_000 for text in texts.values()):
            raise ValueError
        given = dict(stored["budget"])
        budget = Budget(**{**given, "seeds": tuple(given["seeds"])})
        runs = tuple(_run(one, multisets) for one in stored["runs"])
        stated = {str(key): None if value is None else float(value) for key, value in dict(stored["stated"]).items()}
        if not runs:
            raise ValueError
        return Entry(**texts, settings=dict(stored["settings"]), budget=budget, runs=runs, stated=stated)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise ValueError("an entry that is not as challenge.enter writes it") from None


def _run(stored: Mapping[str, Any], multisets: int) -> SeedRun:
    steps, values = tuple(stored["steps"]), np.array(stored["pass_at"], dtype=float)
    if values.shape != (len(steps), multisets, len(KS)) or any(type(step) is not int for step in steps):
        raise ValueError
    if type(stored["seed"]) is not int or not isinstance(stored["ended"], str):
        raise ValueError
    return SeedRun(stored["seed"], stored["ended"][:200], steps, values)


def numbers(runs: tuple[SeedRun, ...], weight: Floats) -> dict[str, float | None]:
    """Return what an entry states, from its records: means of the seeds; None where a seed never came that far."""
    curves = [run.curve(weight) for run in runs]
    last = np.mean([curve[-1] for curve in curves], axis=0)
    kept = np.mean([weight @ run.kept(weight) / weight.sum() for run in runs])
    shortest = min(map(len, curves))
    reached = np.max(np.mean([curve[:shortest, 0] for curve in curves], axis=0))
    return {
        f"pass@{DRAWS} where pass@1 is {PROGRESS:g}": None if np.isnan(kept) else round(float(kept), 6),
        "highest pass@1": round(float(reached), 6),
        "last pass@1": round(float(last[0]), 6),
        f"last pass@{DRAWS}": round(float(last[-1]), 6),
    }


def doubts(entry: Entry, weight: Floats, base: Mapping[int, Floats]) -> list[str]:
    """Say, a sentence each, why an entry cannot stand on the board.

    Parameters
    ----------
    entry : Entry
    weight : of each multiset
    base : by seed, pass@k of the untrained base for `KS`
        What each run began with.
    """
    found = []
    if entry.budget != FULL:
        found.append(f"its budget is another: {_budget(entry.budget)} instead of {_budget(FULL)}.")
    seeds = tuple(run.seed for run in entry.runs)
    if seeds != entry.budget.seeds:
        found.append(f"it has runs of the seeds {seeds}, and its budget says {entry.budget.seeds}.")
    for run in entry.runs:
        values, where = run.pass_at, f"seed {run.seed}"
        due = tuple(range(0, entry.budget.steps + 1, entry.budget.every))
        if run.steps != due and (run.ended == "finished" or run.steps[:-1] != due[: len(run.steps) - 1]):
            found.append(f"{where}: it was not evaluated every {entry.budget.every} steps to the end.")
        if not (np.isfinite(values).all() and (values >= 0).all() and (values <= 1).all()):
            found.append(f"{where}: a pass@k lies outside 0 and 1.")
        elif (np.diff(values, axis=-1) < -1e-5).any():
            found.append(f"{where}: pass@k falls with k, which it cannot.")
        elif run.seed in base and not np.allclose(run.curve(weight)[0], base[run.seed], atol=2e-3):
            found.append(f"{where}: it does not begin where the base of that seed stands.")
    if not found and (wrong := _unlike(entry.stated, numbers(entry.runs, weight))):
        found.append(f"what it states does not follow from its records: {'; '.join(wrong)}.")
    return found


def differences(before: Entry, after: Entry, weight: Floats) -> list[str]:
    """Say where an entry that was trained anew has other numbers; runs drift apart between kinds of processor."""
    one, other = numbers(before.runs, weight), numbers(after.runs, weight)
    said = [f"{key} {_shown(one[key])}, trained anew {_shown(other[key])}" for key in one if one[key] != other[key]]
    return [f"{before.name} has other numbers than were handed in: {'; '.join(said)}."] if said else []


def _unlike(stated: Mapping[str, float | None], true: Mapping[str, float | None]) -> list[str]:
    wrong = []
    for key, value in true.items():
        said = stated.get(key)
        if (said is None) != (value is None) or (said is not None and value is not None and abs(said - value) > 1e-4):
            wrong.append(f"{key} {_shown(said)}, by the records {_shown(value)}")
    return wrong


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.4g}"


def _budget(budget: Budget) -> str:
    return (
        f"{budget.steps} steps of {budget.prompts} prompts and {budget.n} samples, {budget.updates} update each, seeds "
        f"{', '.join(map(str, budget.seeds))}"
    )

"""Makes the recorded runs that come with the lab.

`python -m passk_lab.lm.record OUT` trains every cell of the manifest into folders under OUT (it goes on where it was
cut off) and packs them into data/runs/. Two CPU cores take about an hour.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import files
from passk_lab.lm import checkpoint
from passk_lab.lm.base import BaseConfig, bundled_path, train_base
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.recorded import (
    EVERY,
    HARD_BASE,
    METHODS,
    SEEDS,
    SHOWN_BY_PROMPT,
    STEPS,
    Method,
    cell_name,
    place,
)
from passk_lab.lm.run import Run
from passk_lab.lm.runs import load_run, made_with
from passk_lab.lm.sweep import folder_of, run_grid

if TYPE_CHECKING:
    import pandas as pd

_WINDOW = 10
"""Steps whose diagnostics are averaged in the packed table."""
_HARD = Countdown(4, 50)


def manifest() -> dict[str, TrainConfig]:
    """Every recorded run: method, learning rate, seed -> config.

    >>> manifest()["GRPO, rate 0.0004, seed 0"].objective
    'grpo'
    """
    return {
        cell_name(m.name, rate, seed): _config(m, rate, seed) for m in METHODS for rate in m.rates for seed in SEEDS
    }


def _config(method: Method, rate: float, seed: int) -> TrainConfig:
    return TrainConfig.from_json(
        {"steps": STEPS, "evaluate_every": EVERY, "rate": rate, "seed": seed, **method.settings}
    )


def make_bases(task: Countdown, **sizes: Any) -> None:
    """Train the bases of a task that are not there yet and save them in data/runs."""
    for seed in SEEDS:
        path = bundled_path(seed, task)
        if not path.exists():
            checkpoint.write(path, train_base(BaseConfig(task=task, seed=seed, **sizes)), note={"seed": seed})
            print(f"trained {path.name}", flush=True)


def record(out: Path, jobs: int | None = None) -> None:
    """Train every cell: what starts from the bases, then what starts from the collapsed models, then the hard task."""

    def run(*parts: str) -> None:
        told = {m.name for m in METHODS if m.part in parts}
        part = {name: config for name, config in manifest().items() if name.split(", rate ")[0] in told}
        run_grid(part, out, jobs, watch=lambda name, how: print(f"{name}: {how}", flush=True))

    place().mkdir(exist_ok=True)
    make_bases(Countdown())
    run("collapse", "objectives", "exact", "exploring")
    for seed in SEEDS:
        collapsed = load_run(out / folder_of(cell_name("GRPO to collapse", 4e-4, seed))).model
        assert collapsed is not None
        checkpoint.write(bundled_path(seed, Countdown(), "collapsed"), collapsed, note={"seed": seed})
    run("after")
    make_bases(_HARD, **HARD_BASE)
    run("hard")


def pack(out: Path, to: Path) -> None:
    """Write the bundled tables from the run folders: curves, diagnostics, single prompts, and the manifest."""
    import pandas as pd

    curves, steps, prompts, cells = [], [], {}, []
    for number, (name, config) in enumerate(manifest().items()):
        run = load_run(out / folder_of(name))
        if run.config != config:
            raise ValueError(f"the run in {out} called {name!r} has another config than the manifest; run it again.")
        if not run.ended:
            raise ValueError(f"the run {name!r} has not ended; start the command again and it goes on.")
        made = json.loads((out / folder_of(name) / "config.json").read_text(encoding="utf-8"))["made_with"]
        cells.append({"name": name, "ended": run.ended, "config": config.to_json(), "made_with": made})
        of_curves, of_steps = packed(run, number)
        curves.append(of_curves)
        steps.append(of_steps)
        if name in SHOWN_BY_PROMPT:
            seen = run.evaluation_records
            prompts[name] = (
                np.array([r["step"] for r in seen], dtype=np.int32),
                np.array([r["unseen"]["p"] for r in seen], dtype=np.float32),
            )
    to.mkdir(parents=True, exist_ok=True)
    write_table(to / "curves.npz", pd.concat(curves))
    write_table(to / "steps.npz", pd.concat(steps))
    kept: dict[str, Any] = {}
    for name, (at, p) in prompts.items():
        kept |= {f"{name}|step": at, f"{name}|p": p}
    files.put(to / "prompts.npz", _compressed(kept))
    text = json.dumps({"made_with": made_with(), "cells": cells}, indent=None, separators=(",", ":"))
    files.put(to / "manifest.json", text.replace('{"name"', '\n{"name"') + "\n")


def packed(run: Run, number: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make a run's rows of the two tables: its curves, and its step diagnostics averaged over ten steps."""
    curves, steps = run.evaluations, run.steps.drop(columns="seconds")
    steps["step"] = (steps.step - 1) // _WINDOW * _WINDOW + _WINDOW
    steps = steps.groupby("step", as_index=False).mean()
    for table in (curves, steps):
        table.insert(0, "run", number)
    return _compact(curves), _compact(steps)


def write_table(path: Path, table: pd.DataFrame) -> None:
    """Save a table as one array for each column: text as text, never as pickled objects. `recorded` reads it."""
    columns = {name: table[name].to_numpy() for name in table.columns}
    plain = {name: column.astype(str) if column.dtype == object else column for name, column in columns.items()}
    files.put(path, _compressed(plain))


def _compressed(arrays: Mapping[str, Any]) -> bytes:
    """Pack arrays as numpy's own file."""
    out = io.BytesIO()
    np.savez_compressed(out, **arrays)
    return out.getvalue()


def _compact(table: pd.DataFrame) -> pd.DataFrame:
    small = {name: np.float32 for name in table.columns if table[name].dtype == np.float64}
    return table.astype({**small, **{name: np.int32 for name in ("run", "step", "k") if name in table.columns}})


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="where the run folders go")
    parser.add_argument("--jobs", type=int, help="processes side by side (default: one a core)")
    given = parser.parse_args()
    record(given.out, given.jobs)
    pack(given.out, place())

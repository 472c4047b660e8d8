"""Makes the recorded runs that come with the lab.

`python -m passk_lab.lm.record OUT` trains every cell of the manifest into folders under OUT (it goes on where it was
cut off) and packs them into data/runs/. Two CPU cores take about an hour. `--only "Clip-Cov" "KL-Cov"` does that for
the runs of some methods and leaves the others as they are. Last the bundled models are judged at every temperature;
`--temperatures` does that alone, in two minutes.
"""

from __future__ import annotations

import argparse
import io
import json
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import files
from passk_lab.lm import checkpoint
from passk_lab.lm.base import BaseConfig, bundled_base, bundled_path, train_base
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.recorded import (
    EVERY,
    HARD_BASE,
    METHODS,
    SEEDS,
    SHOWN_BY_PROMPT,
    STEPS,
    TEMPERATURES,
    Method,
    cell_name,
    place,
    read_table,
)
from passk_lab.lm.run import Run
from passk_lab.lm.runs import load_run, made_with
from passk_lab.lm.sweep import folder_of, run_grid
from passk_lab.lm.temperature import curves_at

if TYPE_CHECKING:
    import pandas as pd

    Cell = tuple[dict[str, Any], pd.DataFrame, pd.DataFrame, dict[str, Any]]
    """A run as it is packed: its line of the manifest, its rows of both tables, its single prompts."""

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


def record(out: Path, jobs: int | None = None, only: Collection[str] = ()) -> None:
    """Train every cell: what starts from the bases, then what starts from the collapsed models, then the hard task.

    With names of methods, only theirs, from the bundled models.
    """

    def train(told: Collection[str]) -> None:
        part = {name: config for name, config in manifest().items() if _method(name) in told}
        run_grid(part, out, jobs, watch=lambda name, how: print(f"{name}: {how}", flush=True), stack=False)

    def run(*parts: str) -> None:
        train({m.name for m in METHODS if m.part in parts})

    if only:
        train(only)
        return
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


def pack(out: Path, to: Path, only: Collection[str] = ()) -> None:
    """Write the bundled tables from the run folders: curves, diagnostics, single prompts, and the manifest.

    With names of methods, the runs of the others are taken from the tables that are there.
    """
    import pandas as pd

    before = Packed(to) if only else None
    curves, steps, cells = [], [], []
    prompts: dict[str, Any] = {}
    for number, (name, config) in enumerate(manifest().items()):
        shown = name in SHOWN_BY_PROMPT
        if before is not None and _method(name) not in only:
            cell, of_curves, of_steps, of_prompts = before.take(name, config, number, shown)
        else:
            cell, of_curves, of_steps, of_prompts = _read(out, name, config, number, shown)
        cells.append(cell)
        curves.append(of_curves)
        steps.append(of_steps)
        prompts |= of_prompts
    to.mkdir(parents=True, exist_ok=True)
    write_table(to / "curves.npz", pd.concat(curves))
    write_table(to / "steps.npz", pd.concat(steps))
    files.put(to / "prompts.npz", _compressed(prompts))
    text = json.dumps({"made_with": made_with(), "cells": cells}, indent=None, separators=(",", ":"))
    files.put(to / "manifest.json", text.replace('{"name"', '\n{"name"') + "\n")


def heat(to: Path) -> None:
    """Judge the bundled models of Countdown-3 at every temperature and write the table."""
    import pandas as pd

    tables = [
        curves_at(bundled_base(seed, kind=kind), TEMPERATURES).assign(model=kind, seed=np.int32(seed))
        for kind in ("base", "collapsed")
        for seed in SEEDS
    ]
    write_table(to / "temperature.npz", _compact(pd.concat(tables, ignore_index=True)))


class Packed:
    """The tables that are there, to take single runs from."""

    def __init__(self, folder: Path) -> None:
        cells = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["cells"]
        self.cells = {cell["name"]: (number, cell) for number, cell in enumerate(cells)}
        self.curves, self.steps = read_table(folder / "curves.npz"), read_table(folder / "steps.npz")
        with np.load(folder / "prompts.npz", allow_pickle=False) as file:
            self.prompts = {key: file[key] for key in file.files}

    def take(self, name: str, config: TrainConfig, number: int, shown: bool) -> Cell:
        """Take one run as it is, under its number of today."""
        if name not in self.cells or TrainConfig.from_json(self.cells[name][1]["config"]) != config:
            raise ValueError(f"the run {name!r} of today's manifest is not in the tables; record its method too.")
        old, cell = self.cells[name]
        curves, steps = (table[table.run == old].assign(run=np.int32(number)) for table in (self.curves, self.steps))
        keys = [f"{name}|step", f"{name}|p"] if shown else []
        return cell, curves, steps, {key: self.prompts[key] for key in keys}


def _read(out: Path, name: str, config: TrainConfig, number: int, shown: bool) -> Cell:
    """Read one run from its folder."""
    run = load_run(out / folder_of(name))
    if run.config.but(device=config.device) != config:  # a sweep writes down where "auto" went
        raise ValueError(f"the run in {out} called {name!r} has another config than the manifest; run it again.")
    if not run.ended:
        raise ValueError(f"the run {name!r} has not ended; start the command again and it goes on.")
    made = json.loads((out / folder_of(name) / "config.json").read_text(encoding="utf-8"))["made_with"]
    cell = {"name": name, "ended": run.ended, "config": config.to_json(), "made_with": made}
    prompts: dict[str, Any] = {}
    if shown:
        seen = run.evaluation_records
        prompts[f"{name}|step"] = np.array([r["step"] for r in seen], dtype=np.int32)
        prompts[f"{name}|p"] = np.array([r["unseen"]["p"] for r in seen], dtype=np.float32)
    return cell, *packed(run, number), prompts


def _method(name: str) -> str:
    return name.split(", rate ")[0]


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
    parser.add_argument("out", type=Path, nargs="?", help="where the run folders go")
    parser.add_argument("--jobs", type=int, help="processes side by side (default: one a core)")
    parser.add_argument("--only", nargs="+", default=(), choices=[m.name for m in METHODS], metavar="METHOD")
    parser.add_argument("--temperatures", action="store_true", help="only judge the bundled models at temperatures")
    given = parser.parse_args()
    if given.temperatures:
        heat(place())
    elif given.out is None:
        parser.error("say where the run folders go: python -m passk_lab.lm.record OUT")
    else:
        record(given.out, given.jobs, given.only)
        pack(given.out, place(), given.only)
        heat(place())

"""The recorded runs that come with the lab: which there are, and the command that makes them again.

`python -m passk_lab.lm.recorded OUT` trains every cell of the manifest into folders under OUT (it goes on where it was
cut off) and packs them into data/runs/. Two CPU cores take about an hour.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import bundled
from passk_lab.lm import checkpoint
from passk_lab.lm.base import BUNDLED_SEEDS, BaseConfig, bundled_path, train_base
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.runs import load_run, made_with
from passk_lab.lm.sweep import folder_of, sweep

if TYPE_CHECKING:
    import pandas as pd

RATES = (2e-4, 4e-4, 8e-4)
SEEDS = BUNDLED_SEEDS
STEPS, EVERY = 240, 30
HARD = Countdown(4, 50)
HARD_BASE = {"steps": 1000, "batch": 256, "orders": 1200}
_WINDOW = 10
"""Steps whose diagnostics are averaged in the packed table."""


@dataclass(frozen=True)
class Method:
    """An objective with its mechanisms, as one row of a comparison."""

    name: str
    part: str
    """"objectives" (notebook 07), "exploring" (notebook 08), "exact", "collapse", "after" or "hard"."""
    settings: Mapping[str, Any]
    rates: tuple[float, ...] = RATES


def _on_grpo(name: str, mechanisms: Mapping[str, Mapping[str, float]], **more: Any) -> Method:
    return Method(name, "exploring", {"objective": "grpo", "mechanisms": mechanisms, **more})


def _k(k: int) -> dict[str, Any]:
    return {"objective": "pass@k", "parameters": {"k": k}}


_ONE_RATE = (4e-4,)
_HARD = {"task": HARD, "orders": HARD_BASE["orders"], "judged": 24, "steps": 180, "evaluate_every": 45}
_AFTER = {"base": "collapsed", "steps": 120}

METHODS = (
    Method("GRPO to collapse", "collapse", {"objective": "grpo", "steps": 400, "evaluate_every": 20}, _ONE_RATE),
    Method("GRPO", "objectives", {"objective": "grpo"}),
    Method("pass@1", "objectives", {"objective": "pass@1"}),
    Method("pass@4", "objectives", _k(4)),
    Method("pass@16", "objectives", _k(16)),
    Method("pass@4, leave-one-out", "objectives", {"objective": "pass@k-loo-1", "parameters": {"k": 4}}),
    Method("Pass@k Training, k = 4", "objectives", {"objective": "pass@k-training", "parameters": {"k": 4}}),
    Method("MaxRL", "objectives", {"objective": "maxrl"}),
    Method("W-REINFORCE", "objectives", {"objective": "w-reinforce"}),
    Method("exact pass@1", "exact", {"objective": "pass@1", "gradient": "exact"}),
    Method("exact pass@4", "exact", {**_k(4), "gradient": "exact"}),
    Method("exact pass@16", "exact", {**_k(16), "gradient": "exact"}),
    Method("exact log p", "exact", {"objective": "maxrl", "gradient": "exact"}),
    Method("expected GRPO", "exact", {"objective": "grpo", "gradient": "expected"}),
    _on_grpo("entropy .05", {"entropy": {"coefficient": 0.05}}),
    _on_grpo("entropy .15", {"entropy": {"coefficient": 0.15}}),
    _on_grpo("entropy held at 3", {"entropy": {"coefficient": 0.05, "target": 3.0}}),
    _on_grpo("KL to the base", {"kl-reverse": {"coefficient": 0.1}}),
    _on_grpo("KL from the base", {"kl-forward": {"coefficient": 0.1}}),
    _on_grpo("novelty", {"novelty": {"strength": 1.0}}),
    _on_grpo("unlikeliness", {"unlikeliness": {"strength": 0.5}}),
    _on_grpo("count bonus", {"count-bonus": {"strength": 0.3}}),
    _on_grpo("uniform correct", {"uniform-correct": {"strength": 0.3}}),
    _on_grpo("differential smoothing", {"differential-smoothing": {"strength": 0.05}}),
    _on_grpo("prefix hints", {"prefix-hints": {"share": 0.5}}),
    Method("annealed k", "exploring", {"objective": "pass@k", "mechanisms": {"annealed-k": {"start": 16, "end": 1}}}),
    _on_grpo("two updates", {}, updates=2),
    _on_grpo("clip higher", {"clip-higher": {}}, updates=2),
    _on_grpo("KL-Cov", {"kl-cov": {}}, updates=2),
    _on_grpo("Clip-Cov", {"clip-cov": {}}, updates=2),
    Method("then GRPO", "after", {"objective": "grpo", **_AFTER}, _ONE_RATE),
    Method("then pass@4", "after", {**_k(4), **_AFTER}, _ONE_RATE),
    Method("then pass@16", "after", {**_k(16), **_AFTER}, _ONE_RATE),
    Method("then MaxRL", "after", {"objective": "maxrl", **_AFTER}, _ONE_RATE),
    Method("then novelty", "after", {"objective": "grpo", "mechanisms": {"novelty": {}}, **_AFTER}, _ONE_RATE),
    Method(
        "then entropy .3", "after",
        {"objective": "grpo", "mechanisms": {"entropy": {"coefficient": 0.3}}, **_AFTER}, _ONE_RATE,
    ),
    Method("GRPO on Countdown-4", "hard", {"objective": "grpo", **_HARD}, _ONE_RATE),
    Method("pass@4 on Countdown-4", "hard", {**_k(4), **_HARD}, _ONE_RATE),
    Method("MaxRL on Countdown-4", "hard", {"objective": "maxrl", **_HARD}, _ONE_RATE),
)  # fmt: skip


def manifest() -> dict[str, TrainConfig]:
    """Every recorded run: method, learning rate, seed -> config.

    >>> manifest()["GRPO, rate 0.0004, seed 0"].objective
    'grpo'
    """
    return {
        cell_name(m.name, rate, seed): _config(m, rate, seed) for m in METHODS for rate in m.rates for seed in SEEDS
    }


def cell_name(method: str, rate: float, seed: int) -> str:
    """Name of a recorded run."""
    return f"{method}, rate {rate:g}, seed {seed}"


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
        sweep(part, out, jobs, watch=lambda name, how: print(f"{name}: {how}", flush=True))

    _place().mkdir(exist_ok=True)
    make_bases(Countdown())
    run("collapse", "objectives", "exact", "exploring")
    for seed in SEEDS:
        collapsed = load_run(out / folder_of(cell_name("GRPO to collapse", 4e-4, seed))).model
        assert collapsed is not None
        checkpoint.write(bundled_path(seed, Countdown(), "collapsed"), collapsed, note={"seed": seed})
    run("after")
    make_bases(HARD, **HARD_BASE)
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
        table = run.evaluations
        table.insert(0, "run", number)
        curves.append(table)
        table = run.steps.drop(columns="seconds")
        table["step"] = (table.step - 1) // _WINDOW * _WINDOW + _WINDOW
        table = table.groupby("step", as_index=False).mean()
        table.insert(0, "run", number)
        steps.append(table)
        if name in SHOWN_BY_PROMPT:
            seen = [r for r in run.history if r["kind"] == "evaluation"]
            prompts[name] = (
                np.array([r["step"] for r in seen], dtype=np.int32),
                np.array([r["unseen"]["p"] for r in seen], dtype=np.float32),
            )
    to.mkdir(parents=True, exist_ok=True)
    _compact(pd.concat(curves)).to_parquet(to / "curves.parquet", compression="zstd", index=False)
    _compact(pd.concat(steps)).to_parquet(to / "steps.parquet", compression="zstd", index=False)
    kept: dict[str, Any] = {}
    for name, (at, p) in prompts.items():
        kept |= {f"{name}|step": at, f"{name}|p": p}
    np.savez_compressed(to / "prompts.npz", **kept)
    text = json.dumps({"made_with": made_with(), "cells": cells}, indent=None, separators=(",", ":"))
    (to / "manifest.json").write_text(text.replace('{"name"', '\n{"name"') + "\n", encoding="utf-8")


SHOWN_BY_PROMPT = tuple(
    cell_name(method, 4e-4, 0) for method in ("GRPO to collapse", "pass@4", "pass@16", "MaxRL", "novelty")
)  # fmt: skip
"""Runs whose held-out prompts are kept one by one."""


def _compact(table: pd.DataFrame) -> pd.DataFrame:
    small = {name: np.float32 for name in table.columns if table[name].dtype == np.float64}
    return table.astype({**small, **{name: np.int32 for name in ("run", "step", "k") if name in table.columns}})


@lru_cache(maxsize=1)
def cells() -> pd.DataFrame:
    """List the recorded runs: method, part, rate, seed, and how each ended.

    >>> sorted(cells().part.unique())
    ['after', 'collapse', 'exact', 'exploring', 'hard', 'objectives']
    """
    import pandas as pd

    stored = json.loads((_place() / "manifest.json").read_text(encoding="utf-8"))["cells"]
    ended = {cell["name"]: cell["ended"] for cell in stored}
    rows = [
        {
            "run": number, "method": m.name, "part": m.part, "rate": rate, "seed": seed,
            "ended": ended[cell_name(m.name, rate, seed)],
        }
        for number, (m, rate, seed) in enumerate((m, rate, seed) for m in METHODS for rate in m.rates for seed in SEEDS)
    ]  # fmt: skip
    return pd.DataFrame(rows)


@lru_cache(maxsize=1)
def curves() -> pd.DataFrame:
    """Exact pass@k at every evaluation of every recorded run: run, step, split, k, pass_at_k, low, high, ..."""
    import pandas as pd

    return pd.read_parquet(_place() / "curves.parquet").merge(cells().drop(columns="ended"), on="run")


@lru_cache(maxsize=1)
def steps() -> pd.DataFrame:
    """Step diagnostics of every recorded run, averaged over ten steps."""
    import pandas as pd

    return pd.read_parquet(_place() / "steps.parquet").merge(cells().drop(columns="ended"), on="run")


def by_prompt(method: str, rate: float = 4e-4, seed: int = 0) -> tuple[Any, Any]:
    """Steps and exact p of every held-out prompt at each, for the few runs that keep them: (S,) and (S, P).

    Raises
    ------
    KeyError
        For a run that does not keep them.
    """
    name = cell_name(method, rate, seed)
    if name not in SHOWN_BY_PROMPT:
        raise KeyError(f"single prompts are kept of {'; '.join(SHOWN_BY_PROMPT)}, not of {name!r}.")
    with np.load(_place() / "prompts.npz", allow_pickle=False) as file:
        return file[f"{name}|step"], file[f"{name}|p"]


def _place() -> Path:
    return bundled.folder("data") / "runs"


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path, help="where the run folders go")
    parser.add_argument("--jobs", type=int, help="processes side by side (default: one a core)")
    given = parser.parse_args()
    record(given.out, given.jobs)
    pack(given.out, _place())

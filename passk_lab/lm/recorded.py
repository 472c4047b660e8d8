"""The recorded runs that come with the lab: which there are, and their tables. `lm.record` makes them.

Reading them needs no torch, so that explorers of recorded runs open as fast as any other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zipfile import BadZipFile

import numpy as np

from passk_lab import arguments, bundled
from passk_lab.lm.compare import at_equal_progress

if TYPE_CHECKING:
    import pandas as pd

RATES = (2e-4, 4e-4, 8e-4)
SEEDS = (0, 1, 2)
STEPS, EVERY = 240, 30
HARD_BASE = {"steps": 1000, "batch": 256, "orders": 1200}
"""How the bases of Countdown-4 were trained, beside the defaults."""


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
_HARD = {
    "task": {"numbers": 4, "values": 50},
    "orders": HARD_BASE["orders"],
    "judged": 24,
    "steps": 180,
    "evaluate_every": 45,
}
_AFTER = {"base": "collapsed", "steps": 120}

METHODS = (
    Method("GRPO to collapse", "collapse", {"objective": "grpo", "steps": 400, "evaluate_every": 20}, _ONE_RATE),
    Method("GRPO", "objectives", {"objective": "grpo"}),
    Method("pass@1", "objectives", {"objective": "pass@1"}),
    Method("pass@4", "objectives", _k(4)),
    Method("pass@16", "objectives", _k(16)),
    Method("pass@4-loo-1", "objectives", {"objective": "pass@k-loo-1", "parameters": {"k": 4}}),
    Method("pass@16-loo-1", "objectives", {"objective": "pass@k-loo-1", "parameters": {"k": 16}}),
    Method("pass@4-training", "objectives", {"objective": "pass@k-training", "parameters": {"k": 4}}),
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
    _on_grpo("reverse KL", {"kl-reverse": {"coefficient": 0.1}}),
    _on_grpo("forward KL", {"kl-forward": {"coefficient": 0.1}}),
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
    Method("then pass@4-loo-1", "after", {"objective": "pass@k-loo-1", "parameters": {"k": 4}, **_AFTER}, _ONE_RATE),
    Method("then pass@16-loo-1", "after", {"objective": "pass@k-loo-1", "parameters": {"k": 16}, **_AFTER}, _ONE_RATE),
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


def every() -> list[tuple[Method, float, int]]:
    """List the cells: method, learning rate, seed, in the order of their run numbers."""
    return [(method, rate, seed) for method in METHODS for rate in method.rates for seed in SEEDS]


@arguments.takes(method=str)
def cell_name(method: str, rate: float, seed: int) -> str:
    """Name of a recorded run."""
    rate, seed = arguments.one_number("rate", rate, 0, 1), arguments.one_whole("seed", seed, least=0)
    return f"{method}, rate {rate:g}, seed {seed}"


SHOWN_BY_PROMPT = tuple(
    cell_name(method, 4e-4, 0) for method in ("GRPO to collapse", "pass@4", "pass@16", "MaxRL", "novelty")
)  # fmt: skip
"""Runs whose held-out prompts are kept one by one."""


@lru_cache(maxsize=1)
def cells() -> pd.DataFrame:
    """List the recorded runs: method, part, rate, seed, and how each ended.

    >>> sorted(cells().part.unique())
    ['after', 'collapse', 'exact', 'exploring', 'hard', 'objectives']
    """
    import pandas as pd

    stored = json.loads((place() / "manifest.json").read_text(encoding="utf-8"))["cells"]
    ended = {cell["name"]: cell["ended"] for cell in stored}
    if missing := [name for name in (cell_name(m.name, rate, seed) for m, rate, seed in every()) if name not in ended]:
        raise ValueError(
            f"{len(missing)} recorded runs are not in data/runs, {missing[0]!r} first: make them with python -m "
            "passk_lab.lm.record OUT."
        )
    rows = [
        {
            "run": number, "method": m.name, "part": m.part, "rate": rate, "seed": seed,
            "ended": ended[cell_name(m.name, rate, seed)],
        }
        for number, (m, rate, seed) in enumerate(every())
    ]  # fmt: skip
    return pd.DataFrame(rows)


@lru_cache(maxsize=1)
def curves() -> pd.DataFrame:
    """Exact pass@k at every evaluation of every recorded run: run, step, split, k, pass_at_k, low, high, ..."""
    return read_table(place() / "curves.npz").merge(cells().drop(columns="ended"), on="run")


@lru_cache(maxsize=1)
def steps() -> pd.DataFrame:
    """Step diagnostics of every recorded run, averaged over ten steps."""
    return read_table(place() / "steps.npz").merge(cells().drop(columns="ended"), on="run")


TEMPERATURES = tuple(round(0.3 + 0.05 * i, 2) for i in range(35))
"""At which the bundled models are judged, from .3 to 2."""


@lru_cache(maxsize=1)
def temperatures() -> pd.DataFrame:
    """Exact pass@k on held-out numbers at every temperature: model, seed, temperature, k, pass_at_k.

    "base" is the bundled base, "collapsed" the model that 400 steps of GRPO made of it.

    >>> temperatures().query("temperature == 1 and k == 1").groupby("model").pass_at_k.mean().round(2).to_dict()
    {'base': 0.23, 'collapsed': 0.62}
    """
    table = read_table(place() / "temperature.npz")
    return table.assign(temperature=table.temperature.astype(float).round(2))


def read_table(path: Path) -> pd.DataFrame:
    """Read a packed table, as `record.write_table` leaves it: one array for each column."""
    import pandas as pd

    path = arguments.path("path", path)
    try:
        with np.load(path, allow_pickle=False) as file:
            columns = {column: file[column] for column in file.files}
    except (OSError, ValueError, EOFError, AttributeError, BadZipFile) as error:
        raise ValueError(f"{path} is no packed table, or cannot be read ({type(error).__name__}).") from None
    return pd.DataFrame(
        {name: _words(column) if column.dtype.kind == "U" else column for name, column in columns.items()}
    )


def _words(column: Any) -> Any:
    """Text as Python's own, each word once in memory."""
    words, which = np.unique(column, return_inverse=True)
    return words.astype(object)[which]


def by_prompt(method: str, rate: float = 4e-4, seed: int = 0) -> tuple[Any, Any]:
    """Steps and exact p of every held-out prompt at each, for the few runs that keep them: (S,) and (S, P).

    Raises
    ------
    KeyError
        For a run that does not keep them.
    """
    name = cell_name(method, rate, seed)
    if name not in SHOWN_BY_PROMPT:
        raise KeyError(f"single prompts are kept of {'; '.join(SHOWN_BY_PROMPT)}, not of {arguments.short(name)}.")
    with np.load(place() / "prompts.npz", allow_pickle=False) as file:
        return file[f"{name}|step"], file[f"{name}|p"]


def equal_progress(pass_at_1: float, k: int = 256, split: str = "unseen") -> pd.DataFrame:
    """Compare the recorded methods where they have the same pass@1, at every learning rate.

    Parameters
    ----------
    pass_at_1 : float in (0, 1)
    k : int
        One of the recorded k, powers of two up to 1024.
    split : str
        "unseen" or "seen".

    Returns
    -------
    DataFrame
        One row for each method and rate of which all seeds came that far, by part: pass@k there as mean, lowest and
        highest of the seeds.

    Raises
    ------
    ValueError
        If no run has that k or split.

    Examples
    --------
    >>> list(equal_progress(0.4).columns)
    ['part', 'method', 'rate', 'mean', 'low', 'high']
    """
    runs = equal_progress_by_seed(pass_at_1, k, split).groupby(["part", "method", "rate"], sort=False).value
    rows = runs.agg(["mean", "min", "max"]).rename(columns={"min": "low", "max": "high"})
    return rows[runs.count() == len(SEEDS)].reset_index()


def equal_progress_by_seed(pass_at_1: float, k: int = 256, split: str = "unseen") -> pd.DataFrame:
    """List what `equal_progress` is the mean of, run by run. Runs of one seed have base model and prompts in common.

    Parameters
    ----------
    pass_at_1, k, split
        As there.

    Returns
    -------
    DataFrame
        One row for each run, by part, method, rate and seed: `value` is its pass@k where its pass@1 first is that, NaN
        for a run that never came that far.

    Raises
    ------
    ValueError
        If no run has that k or split.

    Examples
    --------
    >>> far = equal_progress_by_seed(0.4).query("method == 'MaxRL' and rate == 2e-4")
    >>> int(far.value.count()), len(far)
    (2, 3)
    """
    import pandas as pd

    pass_at_1 = arguments.one_number("pass_at_1", pass_at_1, 0, 1)
    k, own = arguments.one_whole("k", k), _compared(split)
    own = own[own.k.isin([1, k])]
    if k not in set(own.k):
        raise ValueError(f"pass@{k} on the split {split!r} is not recorded; take a power of two up to 1024.")
    rows = []
    for (part, method, rate, seed), run in own.groupby(["part", "method", "rate", "seed"], sort=False):
        wide = run.pivot_table(index="step", columns="k", values="pass_at_k")
        there = float(at_equal_progress(wide[1], wide[k], pass_at_1)[0])
        rows.append((part, method, float(rate), int(seed), there))
    return pd.DataFrame(rows, columns=["part", "method", "rate", "seed", "value"])


def furthest(split: str = "unseen") -> pd.DataFrame:
    """Say how far each recorded method comes: the evaluation with its highest pass@1, mean of the seeds, of any rate.

    Parameters
    ----------
    split : str
        "unseen" or "seen".

    Returns
    -------
    DataFrame
        One row for each method: part, method, rate and step of that evaluation; its pass@1 as mean, lowest and highest
        of the seeds; the mean number of distinct right solutions in 256 samples of a prompt there.

    Examples
    --------
    >>> furthest().set_index("method").loc["GRPO", ["step", "distinct_256"]].round(2).tolist()
    [240.0, 1.18]
    """
    own = _compared(split)
    runs = own[own.k == 1].groupby(["part", "method", "rate", "step"], sort=False)
    table = runs.pass_at_k.agg(["mean", "min", "max"]).rename(columns={"min": "low", "max": "high"})
    table["distinct_256"] = runs.distinct_256.mean()
    table = table.reset_index()
    return table.loc[table.groupby("method", sort=False)["mean"].idxmax()].reset_index(drop=True)


def _compared(split: str) -> pd.DataFrame:
    """Curves of the runs that start alike, from the bases, on one split."""
    arguments.known("split", split, ["seen", "unseen"])
    own = curves()
    return own[(own.split == split) & own.part.isin(["objectives", "exact", "exploring"])]


def place() -> Path:
    """Return the folder of the recorded runs and the bundled models."""
    return bundled.folder("data") / "runs"

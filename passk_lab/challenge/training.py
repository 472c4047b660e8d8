"""Entering: train at the budget that everyone has, judge exactly on numbers kept apart, write the entry down."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab import arguments, files
from passk_lab.arguments import Floats
from passk_lab.challenge import entry
from passk_lab.challenge.entry import FULL, KS, TRIAL, Budget, Entry, SeedRun
from passk_lab.lm import recorded
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.loop import turns
from passk_lab.lm.run import Record, Run, is_evaluation
from passk_lab.lm.training import Learner
from passk_lab.metrics import success_at_k

BUDGETS = {"full": FULL, "trial": TRIAL}


@dataclass(frozen=True)
class Plan:
    """What is to be entered, before it is trained."""

    name: str
    by: str
    source: str
    settings: Mapping[str, Any]
    budget: Budget

    def config(self, seed: int) -> TrainConfig:
        """What the run of one seed is told."""
        budget = self.budget
        return TrainConfig(
            **self.settings, seed=seed, steps=budget.steps, evaluate_every=budget.every, prompts=budget.prompts,
            n=budget.n, updates=budget.updates, device="cpu",
        )  # fmt: skip


def enter(
    name: str,
    *,
    by: str = "",
    objective: str = "grpo",
    parameters: Mapping[str, float] | None = None,
    mechanisms: Mapping[str, Mapping[str, float]] | None = None,
    rate: float = 4e-4,
    budget: str = "full",
    source: str | None = None,
    folder: str | Path = ".",
) -> Entry:
    """Train an objective or mechanism of your own at the budget that everyone has, and write the entry down.

    The full budget is that of the recorded runs: 240 steps of 16 prompts and 32 samples from each of three seeds, at
    one learning rate; some minutes on a CPU. It is judged exactly, on multisets of numbers that no run was trained on.

    Parameters
    ----------
    name : str
        What the board calls it.
    by : str
        Who enters.
    objective, parameters, mechanisms : as of `lm.TrainConfig`
        Your own, as `objectives.register` and `lm.mechanisms.register` took them, or the lab's.
    rate : float
        One of the recorded learning rates, 2e-4, 4e-4 and 8e-4.
    budget : "full" or "trial"
        "trial" is one seed and twenty steps, to see whether it trains at all: no board takes it.
    source : str, optional
        The text of what you wrote; in a notebook it is the cell that calls.
    folder : path
        Where the file NAME.passk-challenge.json goes.

    Returns
    -------
    Entry

    Raises
    ------
    ValueError, KeyError
        For settings that no run takes, or where no source is to be found.
    """
    for what, text in (("name", name), ("by", by)):
        arguments.writable(what, arguments.as_one_of(what, text, str, "a text"))
    if not name.strip() or len(name) > 60:
        raise ValueError(f"name is a text of 1 to 60 signs, not {arguments.short(name)}.")
    held = BUDGETS[arguments.known("budget", budget, list(BUDGETS))]
    if rate not in recorded.RATES:
        known = ", ".join(f"{one:g}" for one in recorded.RATES)
        raise ValueError(f"rate is one of {known}, not {arguments.short(rate)}.")
    settings = {
        "objective": objective, "parameters": dict(parameters or {}), "mechanisms": dict(mechanisms or {}),
        "rate": rate,
    }  # fmt: skip
    if source is None:
        source = _cell() if _instead is None else ""  # whoever captures the plan has the text
    plan = Plan(name, by, source, settings, held)
    plan.config(held.seeds[0])  # what no run takes is said before anything is trained
    if _instead is not None:
        _instead(plan)
    made = trained(plan, _bar(plan))
    path = Path(folder) / f"{re.sub(r'[^A-Za-z0-9]+', '-', name).strip('-') or 'entry'}{entry.END}"
    files.put(path, made.to_json())
    print(f"Written: {path}")
    return made


def trained(plan: Plan, watch: Callable[[int, Record], None] | None = None) -> Entry:
    """Train a plan from each of its seeds, and judge it."""
    runs = tuple(_trained(plan.config(seed), watch) for seed in plan.budget.seeds)
    weight, _ = kept_apart()
    return Entry(plan.name, plan.by, plan.source, plan.settings, plan.budget, runs, entry.numbers(runs, weight))


def _trained(config: TrainConfig, watch: Callable[[int, Record], None] | None) -> SeedRun:
    learner, run = Learner(config), Run(config)
    for new in turns(learner, run):
        for record in new:
            if watch is not None:
                watch(config.seed, record)
    evaluations = [record for record in run.history if is_evaluation(record)]
    pass_at = np.array([by_multiset(record["unseen"]["p"]) for record in evaluations])
    return SeedRun(config.seed, run.ended, tuple(record["step"] for record in evaluations), pass_at)


@cache
def kept_apart() -> tuple[Floats, Any]:
    """Weight of each multiset of numbers kept apart, and the prompts with them."""
    prompts = Countdown().prompts("unseen")
    return np.bincount(prompts.multiset, prompts.weight, minlength=prompts.multisets).astype(float), prompts


def by_multiset(p: Sequence[float]) -> Floats:
    """Pass@k of each multiset from p of each prompt, (multisets, len(KS))."""
    weight, prompts = kept_apart()
    rows = prompts.weight[:, None] * success_at_k(np.array(p)[:, None], np.array(KS)[None, :])
    sums = np.array([np.bincount(prompts.multiset, row, minlength=len(weight)) for row in rows.T]).T
    shares: Floats = sums / weight[:, None]
    return shares


@cache
def bases() -> dict[int, Floats]:
    """Pass@k of the bundled base of each seed, as the recorded runs began: for `KS`."""
    curves = recorded.curves().query("method == 'GRPO' and rate == 4e-4 and step == 0 and split == 'unseen'")
    return {int(seed): one.set_index("k").pass_at_k[list(KS)].to_numpy() for seed, one in curves.groupby("seed")}


def _cell() -> str:
    """The text of the cell that runs."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    cells = getattr(shell, "user_ns", {}).get("In") or []
    if not cells:
        raise ValueError(
            "source: outside of a notebook, pass the text of what you wrote, as in source=Path(...).read_text()."
        )
    return str(cells[-1])


def _bar(plan: Plan) -> Callable[[int, Record], None]:
    from tqdm.auto import tqdm

    bar = tqdm(total=plan.budget.steps * len(plan.budget.seeds), desc=plan.name, unit="step")

    def watch(seed: int, record: Record) -> None:
        if is_evaluation(record):
            one, many = (record["unseen"]["pass_at"][i] for i in (0, 8))
            bar.set_postfix_str(f"seed {seed}: pass@1 {one:.3f}, pass@256 {many:.3f}")
        else:
            bar.update()
        if bar.n == bar.total and is_evaluation(record):
            bar.close()

    return watch


_instead: Callable[[Plan], None] | None = None


class Captured(Exception):
    """Raised in place of training, with the plan."""


@contextmanager
def captured() -> Iterator[None]:
    """Within a with-block, `enter` trains nothing and raises `Captured` with the plan it was given."""
    global _instead

    def instead(plan: Plan) -> None:
        raise Captured(plan)

    _instead = instead
    try:
        yield
    finally:
        _instead = None

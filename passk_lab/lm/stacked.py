"""Whole grids of runs as one program: objectives x k x seeds along a leading run axis. Not measured on a GPU.

Every weight has the shape (E, ...) and every step is two programs for all E runs (`capture`): on a GPU two CUDA graphs,
on a CPU the same functions line by line. On a CPU this pays only for small batches: eight runs on one core took 0.6 of
the time with 32 samples a run, about as long with 128 and 1.8 times as long with 512, because the plain `Learner` reads
equal answers once (`benchmarks/lm_stacked.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import torch

from passk_lab.lm.base import load_base
from passk_lab.lm.breakdown import HOPELESS
from passk_lab.lm.capture import METRICS, Program, Stack
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.device import to_device
from passk_lab.lm.evaluation import judge, judged_on
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import BROKE_DOWN, EvaluationRecord, Run, StepRecord

SHARED = ("task", "orders", "prompts", "n", "steps", "warmup", "clip", "device")
"""Settings in which stacked runs must agree: they are shapes and constants of the program."""
MECHANISMS = ("entropy", "kl-reverse")
"""Mechanisms that runs in a stack may have: terms of the loss with a fixed coefficient."""


class StackedTrainer:
    """E runs that train as one; each ends as the plain `Learner` would end it, up to rounding.

    Runs with one seed see the same prompts and the same uniforms, as they do one after another.

    Parameters
    ----------
    configs : sequence of TrainConfig
        They share what `SHARED` lists, updates = 1 and gradient = "sampled"; objective, parameters, rate, seed, base,
        watch, a fixed entropy coefficient and a kl-reverse coefficient may differ.
    capture : bool, optional
        Whether to capture the two programs as CUDA graphs; None does so on a GPU.

    Raises
    ------
    ValueError
        If the runs cannot be one program, or a capture is asked for without a GPU.

    Examples
    --------
    >>> few = TrainConfig(steps=2, prompts=4, n=8, watch=8, orders=40)
    >>> trainer = StackedTrainer([few, few.but(objective="pass@k", parameters={"k": 4})])
    >>> trainer.step()
    >>> [0 <= history[0]["pass_at_1"] <= 1 for history in trainer.histories()]
    [True, True]
    """

    def __init__(self, configs: Sequence[TrainConfig], capture: bool | None = None) -> None:
        self.configs, self.done = list(configs), 0
        _check(self.configs)
        first = self.configs[0]
        device = to_device(first.device)
        if capture and device.type != "cuda":
            raise ValueError(
                "capture = True asks for CUDA graphs, but these runs are on the CPU: leave capture out, and the same "
                "programs run there line by line."
            )
        self.captured = device.type == "cuda" if capture is None else capture
        self.prompts = first.task.prompts("seen", first.orders)
        self.stack = Stack(self.configs, device)
        self._roll_out = Program(self.stack.roll_out, [], self.captured)
        self._update = Program(self.stack.update, self.stack.kept, self.captured)

    def step(self) -> None:
        """Do one step of every run; nothing is read back, so on a GPU the host runs ahead.

        Raises
        ------
        ValueError
            If the runs have done all their steps.
        """
        first, stack = self.configs[0], self.stack
        if self.done == first.steps:
            raise ValueError(f"these runs have done all their {first.steps} steps: stack configs with more steps.")
        asked, uniforms = [], []
        for seed in stack.seeds:
            rng = np.random.Generator(np.random.PCG64([seed, 2, self.done]))
            asked.append(self.prompts.tokens[self.prompts.draw(rng.random(first.prompts))])
            uniforms.append(rng.random((first.prompts, first.n, first.task.answer_length)))
        for buffer, drawn in ((stack.asked, asked), (stack.uniforms, uniforms)):
            on_host = torch.from_numpy(np.stack(drawn))
            # A fresh page-locked block each time: torch keeps it until the copy, which no one waits for, is over.
            buffer.copy_(on_host.pin_memory() if buffer.is_cuda else on_host, non_blocking=True)
        self._roll_out()
        self._update()
        self.done += 1

    def histories(self) -> list[list[StepRecord]]:
        """Copy what the steps so far left: for each run a record a step, as `Learner.step` gives.

        Absent are the diagnostics that need a sort or a backward pass for each group (distinct, unique,
        signal_to_noise), and the time, which no single run has. A run that broke down ends where it did.
        """
        values, lived = self.stack.records.cpu().tolist(), self.stack.lived.tolist()
        out = []
        for rows, steps in zip(values, lived, strict=True):
            named = [dict(zip(METRICS, row, strict=True)) for row in rows[:steps]]
            out.append([_record(seen, step) for step, seen in enumerate(named, 1)])
        return out

    def models(self) -> list[Transformer]:
        """Copy each run's model out, as it is now."""
        stacked = self.stack.model.state_dict()
        out = []
        for run in range(len(self.configs)):
            model = Transformer(self.stack.task, self.stack.model.shape).to(self.stack.weights.device)
            model.load_state_dict({name: value[run : run + 1] for name, value in stacked.items()})
            out.append(model)
        return out


def train_stacked(configs: Sequence[TrainConfig], capture: bool | None = None) -> list[Run]:
    """Train a grid of runs as one program, with an exact evaluation of each before and after.

    Parameters
    ----------
    configs : sequence of TrainConfig
        What they must share: see `StackedTrainer`.
    capture : bool, optional

    Returns
    -------
    list of Run, in the order of the configs.

    Raises
    ------
    ValueError
        If the runs cannot be one program, or a capture is asked for without a GPU.

    Examples
    --------
    >>> few = TrainConfig(steps=2, prompts=4, n=8, watch=8, orders=40, judged=3)
    >>> runs = train_stacked([few, few.but(objective="maxrl")])
    >>> [(run.ended, len(run.history)) for run in runs]
    [('finished', 4), ('finished', 4)]
    """
    trainer = StackedTrainer(configs, capture)
    for _ in range(trainer.configs[0].steps):
        trainer.step()
    judges: dict[int | None, Any] = {}
    bases: dict[Any, EvaluationRecord] = {}

    def judged(config: TrainConfig, model: Transformer, step: int) -> EvaluationRecord:
        if config.judged not in judges:
            judges[config.judged] = judged_on(config)
        return judge(model, step, *judges[config.judged])

    runs = []
    for config, steps, model in zip(trainer.configs, trainer.histories(), trainer.models(), strict=True):
        base = (config.base, config.base_seed, config.seed, config.judged)
        if base not in bases:
            bases[base] = judged(config, load_base(config).to(trainer.stack.weights.device), 0)
        run = Run(config, [bases[base], *steps, judged(config, model, len(steps))], model=model)
        run.ended = "finished" if len(steps) == config.steps else _broken(config, len(steps))
        runs.append(run)
    return runs


def _record(seen: dict[str, float], step: int) -> StepRecord:
    return {"kind": "step", **seen, "gap": seen["pass_at_k"] - seen["pass_at_1"], "step": step}  # type: ignore[typeddict-item]


def _broken(config: TrainConfig, steps: int) -> str:
    return (
        f"{BROKE_DOWN}at step {steps + 1} of {config.label} the gradient was not finite, or no sample had been right "
        f"for {HOPELESS} steps. The weights are those before this update; the plain lm.Learner says which it is."
    )


def _check(configs: list[TrainConfig]) -> None:
    """Refuse runs that cannot be one program, in a sentence."""
    if not configs:
        raise ValueError("a stack needs at least one config, but none came.")
    first = configs[0]
    for index, config in enumerate(configs):
        who = f"run {index} ({config.label}, seed {config.seed})"
        for name in SHARED:
            ours, theirs = getattr(first, name), getattr(config, name)
            if ours != theirs:
                raise ValueError(
                    f"runs that train as one program share {', '.join(SHARED)}, but {who} has {name} = {theirs} and "
                    f"run 0 has {ours}: give both the same, or stack them apart."
                )
        if config.updates != 1 or config.gradient != "sampled":
            raise ValueError(
                f"stacked runs do one update a batch on the sampled gradient, but {who} has updates = "
                f"{config.updates} and gradient = {config.gradient!r}: train it with the plain lm.Learner."
            )
        for mechanism in config.make_mechanisms():
            if mechanism.name not in MECHANISMS or mechanism.coefficients().get("target"):
                what = f"{mechanism.name} with a target" if mechanism.name in MECHANISMS else mechanism.name
                raise ValueError(
                    f"stacked runs can have {' and '.join(MECHANISMS)} with fixed coefficients, but {who} has {what}: "
                    "train it with the plain lm.Learner."
                )
    shapes = [load_base(config).shape for config in configs]
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(
                f"stacked runs start from bases of one shape, but run 0 starts from {shapes[0]} and run {index} from "
                f"{shape}: stack them apart."
            )

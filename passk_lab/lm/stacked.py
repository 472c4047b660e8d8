"""Whole grids of runs as one program: objectives x k x seeds along a leading run axis. Not measured on a GPU.

Every weight has the shape (E, ...) and every step is two programs for all E runs (`capture`): on a GPU two CUDA graphs,
on a CPU the same functions line by line. On a CPU this pays only for small batches: eight runs on one core took 0.6 of
the time with 32 samples a run, about as long with 128 and 1.8 times as long with 512, because the plain `Learner` reads
equal answers once (`benchmarks/lm_stacked.py`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments
from passk_lab.lm.base import load_base
from passk_lab.lm.breakdown import wrong_with
from passk_lab.lm.capture import METRICS, Program, Stack, parts_of
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.device import to_device
from passk_lab.lm.evaluation import judge_runs, judged_on
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import BROKE_DOWN, EvaluationRecord, StepRecord

SHARED = (
    "task", "orders", "judged", "prompts", "n", "steps", "warmup", "clip", "evaluate_every", "save_every", "device",
)  # fmt: skip
"""Settings in which stacked runs must agree: shapes and constants of the program, and what their one loop does when."""
MECHANISMS = ("entropy", "kl-reverse")
"""Mechanisms that runs in a stack may have: terms of the loss with a fixed coefficient."""


class StackedLearner:
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
    >>> trainer = StackedLearner([few, few.but(objective="pass@k", parameters={"k": 4})])
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
        self.prompts, self.judged_on = first.task.prompts("seen", first.orders), judged_on(first)
        self.stack = Stack(self.configs, device)
        self._roll_out = Program(self.stack.roll_out, [], self.captured)
        self._update = Program(self.stack.update, list(self.stack.kept.values()), self.captured)
        self._lived = (0, [0] * len(self.configs))
        self._judged: dict[Any, EvaluationRecord] = {}

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

    def histories(self, since: int = 0) -> list[list[StepRecord]]:
        """Copy what the steps left: for each run a record a step, as `Learner.step` gives but for the time.

        A run that broke down ends where it did.

        Parameters
        ----------
        since : int
            Only the steps after this one.

        Raises
        ------
        ValueError
            If `since` is not a whole number >= 0.
        """
        since = arguments.one_whole("since", since, least=0)
        records, lived = self.stack.records[:, since : self.done], self.stack.lived
        # In one copy: on a GPU each is a wait for all that has been asked of it.
        rows = torch.cat([records.flatten(1), lived.double()[:, None]], 1).cpu()
        self._lived = (self.done, rows[:, -1].int().tolist())
        seen = rows[:, :-1].unflatten(1, records.shape[1:]).tolist()
        return [
            [_record(row, step) for step, row in enumerate(own, since + 1) if step <= steps]
            for own, steps in zip(seen, self._lived[1], strict=True)
        ]

    def lived(self) -> list[int]:
        """How many steps each run has done; one that broke down counts no further."""
        if self._lived[0] != self.done:
            self._lived = (self.done, self.stack.lived.tolist())
        return list(self._lived[1])

    def ending(self, run: int) -> str:
        """Say how a run ended, as `Run.ended` does; empty while it goes on."""
        lived, config = self.lived()[run], self.configs[run]
        if lived == self.done:
            return "finished" if lived == config.steps else ""
        hopeless = int(self.stack.hopeless[run])
        seen = dict(zip(METRICS, self.stack.records[run, lived].tolist(), strict=True))
        return BROKE_DOWN + wrong_with(
            config, config.make_mechanisms(), config.rate, lived + 1, seen["gradient_norm"], hopeless, seen
        )

    def judge(self) -> list[EvaluationRecord]:
        """Evaluate every run exactly, as it is now; one that broke down as it was before that step.

        Nothing is evaluated twice: a base that several runs start from, or a run that goes no further.
        """
        policies = [
            (config.base, config.base_seed, config.seed) if steps == 0 else (run, steps)
            for run, (config, steps) in enumerate(zip(self.configs, self.lived(), strict=True))
        ]
        new = {policy: run for run, policy in enumerate(policies) if policy not in self._judged}
        if new:
            some = self.stack.model if len(new) == len(policies) else self.stack.model.only(list(new.values()))
            found = judge_runs(some, [self.lived()[run] for run in new.values()], *self.judged_on)
            self._judged |= dict(zip(new, found, strict=True))
        self._judged = {policy: self._judged[policy] for policy in policies}
        return [self._judged[policy] for policy in policies]

    def models(self) -> list[Transformer]:
        """Copy each run's model out, as it is now."""
        return [self.stack.model.only([run]) for run in range(len(self.configs))]

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Copy all that a later process needs to go on with the same bits (on a CPU): tensors, and plain values."""
        kept = self.stack.kept
        kept["records"] = kept["records"][:, : self.done]
        tensors = {name: tensor.to("cpu", copy=True) for name, tensor in kept.items()}
        return tensors, {"done": self.done, "runs": _told(self.configs)}

    def restore(self, tensors: Mapping[str, Tensor], note: Mapping[str, Any]) -> None:
        """Go back to a saved state.

        Raises
        ------
        ValueError
            If it is the state of other runs, or not whole; nothing changes then.
        """
        kept = self.stack.kept
        _see_that_it_fits(self.configs, kept, tensors, note)
        for name, tensor in kept.items():
            # In place, since a captured program reads and writes these very tensors.
            (tensor[:, : note["done"]] if name == "records" else tensor).copy_(tensors[name])
        self.done, self._judged = note["done"], {}
        self._lived = (self.done, tensors["lived"].tolist())

    def state_of(self, run: int) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Copy one run's state out as `Learner.state` gives it: a plain `Learner` goes on from it.

        The weights that belong to it are those of `models()[run]`.
        """
        config, stack = self.configs[run], self.stack
        mechanisms = config.make_mechanisms()
        lived, hopeless = self.lived()[run], int(stack.hopeless[run])
        tensors = {f"mechanism.{name}": value for name, value in mechanisms.memory().items()}
        means, squares = (parts_of(stack.model, flat) for flat in (stack.mean, stack.square))
        for i, (mean, square) in enumerate(zip(means, squares, strict=True)):
            adam = {
                "step": torch.tensor(float(lived)),
                "exp_avg": mean[run : run + 1].clone(),
                "exp_avg_sq": square[run : run + 1].clone(),
            }
            tensors |= {f"adam.{i}.{name}": value.cpu() for name, value in adam.items()}
        return tensors, {
            "done": lived, "rate": config.rate, "hopeless": hopeless,
            "parameters": dict(config.make_objective().parameters), "mechanisms": mechanisms.coefficients(),
        }  # fmt: skip


def _record(row: list[float], step: int) -> StepRecord:
    return {"kind": "step", **dict(zip(METRICS, row, strict=True)), "step": step}  # type: ignore[typeddict-item]


def _told(configs: Sequence[TrainConfig]) -> list[dict[str, Any]]:
    """What the runs were told but for the device, as it comes back from a file."""
    return [json.loads(json.dumps(config.but(device="auto").to_json())) for config in configs]


def _see_that_it_fits(
    configs: Sequence[TrainConfig], kept: Mapping[str, Tensor], tensors: Mapping[str, Tensor], note: Mapping[str, Any]
) -> None:
    """Refuse a state that is not one of these runs, in a sentence, before anything of it reaches them."""
    if note.keys() != {"done", "runs"}:
        raise ValueError(
            f"the state of a stack has the notes done and runs, but this one has {', '.join(note) or 'none'}: it was "
            "not made by StackedLearner.state."
        )
    if not isinstance(note["done"], int) or not 0 <= note["done"] <= configs[0].steps:
        raise ValueError(
            f"the state is not whole: it says that {note['done']!r} steps are done, and these runs have "
            f"{configs[0].steps}. Take an earlier one, or start again."
        )
    ours, theirs = _told(configs), note["runs"]
    if len(ours) != len(theirs):
        raise ValueError(
            f"this stack has {len(ours)} runs, but the state is of {len(theirs)}: stack the runs it is of."
        )
    for run, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
        for name in mine:
            if mine[name] != other.get(name):
                raise ValueError(
                    f"the state is of other runs: in run {run} it has {name} = {other.get(name)!r}, but this stack has "
                    f"{mine[name]!r}. Stack the runs it is of, in their order."
                )
    for name, tensor in kept.items():
        shape = (tensor.shape[0], note["done"], *tensor.shape[2:]) if name == "records" else tuple(tensor.shape)
        there = tuple(tensors[name].shape) if name in tensors else None
        if there != shape:
            raise ValueError(
                f"the state is not whole: {name} should have the shape {shape}, but "
                f"{'is missing' if there is None else f'has {there}'}. Take an earlier one, or start again."
            )


def alone(config: TrainConfig) -> str:
    """Say why a run cannot be in a stack; empty if it can.

    >>> alone(TrainConfig(mechanisms={"novelty": {}}))
    'stacks have entropy and kl-reverse with fixed coefficients, and this run has novelty'
    >>> alone(TrainConfig(mechanisms={"entropy": {"coefficient": 0.05}}))
    ''
    """
    if config.updates != 1 or config.gradient != "sampled":
        return (
            "stacks do one update a batch on the sampled gradient, and this run has "
            f"updates = {config.updates} and gradient = {config.gradient!r}"
        )
    for mechanism in config.make_mechanisms():
        if mechanism.name not in MECHANISMS or mechanism.coefficients().get("target"):
            what = f"{mechanism.name} with a target" if mechanism.name in MECHANISMS else mechanism.name
            return f"stacks have {' and '.join(MECHANISMS)} with fixed coefficients, and this run has {what}"
    return ""


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
        if why := alone(config):
            raise ValueError(f"{who} cannot be in a stack: {why}. Train it with the plain lm.Learner.")
    shapes = [load_base(config).shape for config in configs]
    for index, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise ValueError(
                f"stacked runs start from bases of one shape, but run 0 starts from {shapes[0]} and run {index} from "
                f"{shape}: stack them apart."
            )

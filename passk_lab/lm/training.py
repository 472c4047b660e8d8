"""A policy that learns: what changes in a run, one step of it, and the two things that can push its weights.

Read from `Learner.step` down: prompts are drawn; `SampledPush` has them answered and verified and gives each answer its
credit (`ExactPush`, beside it, draws no answer); the loss goes backward; what was seen is kept; Adam moves the weights.

On a CPU every step has fixed bits. On a GPU sums that atomics take have no fixed order: of gradients that meet in one
row (`index_select`, attention) and of each p (`ExactPush`). So two runs there may drift apart from rounding on.
"""

from __future__ import annotations

import time
from functools import partial
from typing import Any, NamedTuple

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments, objectives
from passk_lab.lm import diagnostics
from passk_lab.lm.adam import Adam
from passk_lab.lm.base import load_base
from passk_lab.lm.batch import Batch
from passk_lab.lm.breakdown import Breakdown, wrong_with
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.device import sent, to_device
from passk_lab.lm.evaluation import log_policy, trace_log_probs
from passk_lab.lm.model import Transformer
from passk_lab.lm.rollout import sample
from passk_lab.lm.run import StepRecord
from passk_lab.lm.threads import one_thread
from passk_lab.lm.tree import Tree
from passk_lab.metrics import success_at_k


class Learner:
    """A policy with its optimiser, its objective and its mechanisms: all that changes in a run stands in here.

    `turns` takes it through a run; by hand it goes step by step.

    Examples
    --------
    >>> learner = Learner(TrainConfig(steps=2, prompts=4, n=8, watch=8))
    >>> record = learner.step()
    >>> record["step"], 0 <= record["pass_at_1"] <= 1
    (1, True)
    """

    def __init__(self, config: TrainConfig) -> None:
        self.config, self.done, self.hopeless, self.rate = config, 0, 0, config.rate
        self.device = to_device(config.device)
        self.prompts = config.task.prompts("seen", config.orders)
        self.model = load_base(config).to(self.device)
        self.base = load_base(config).to(self.device).requires_grad_(False)
        self.adam = Adam(self.model.parameters())
        self.objective, self.mechanisms = config.make_objective(), config.make_mechanisms()
        self.push: SampledPush | ExactPush | None = None
        """The last step's, to look at; nothing is made of it again."""

    @one_thread()
    def step(self) -> StepRecord:
        """Do one training step and return its diagnostics.

        Raises
        ------
        Breakdown
            If no sample has been right for many steps, or a gradient is not finite: with what there was to see.
        """
        config, began = self.config, time.perf_counter()
        rng = np.random.Generator(np.random.PCG64([config.seed, 2, self.done]))  # of seed and step, and nothing else
        which = self.prompts.draw(rng.random(config.prompts))
        push = self.push = (
            SampledPush.draw(self, which, rng) if config.gradient == "sampled" else ExactPush(self, which)
        )
        for update in range(config.updates):
            if update > 0:
                push.read_again()
            self.adam.zero_grad()
            push.loss().backward()
            norm = float(torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip))
            if update == 0:
                record = {**push.look(), "gradient_norm": norm}
                self.hopeless = self.hopeless + 1 if record["pass_at_1"] == 0 else 0
            self._go_on_only_if_healthy(norm, record)
            self.adam.step(self.rate * min(1.0, (self.done + 1) / max(1, config.warmup)))
        self.done += 1
        self.mechanisms.after(record)
        return {"kind": "step", **record, "step": self.done, "seconds": time.perf_counter() - began}  # type: ignore[typeddict-item]

    def _go_on_only_if_healthy(self, norm: float, record: dict[str, float]) -> None:
        step = self.done + 1
        if wrong := wrong_with(self.config, self.mechanisms, self.rate, step, norm, self.hopeless, record):
            raise Breakdown(wrong)

    @property
    def progress(self) -> float:
        """How much of the run is done, from 0 to 1."""
        return min(1.0, self.done / max(1, self.config.steps - 1))

    @torch.no_grad()
    def base_policy(self, tree: Tree) -> Tensor:
        """(readers, vocabulary): the base model's log chances on a tree of answers."""
        return log_policy(self.base, tree.hidden(self.base))

    def changeable(self) -> dict[str, float]:
        """What can be changed while the run goes on, with its value now: rate, the objective's k, coefficients."""
        draws = objectives.entry(self.objective.name).draws
        now = {"rate": self.rate}
        moved = self.mechanisms.filling("objective")  # then it is not ours to set
        if draws and not moved and self.objective.parameters.get(draws) is not None:
            now[draws] = self.objective.parameters[draws]
        return now | {f"{m.name}.{name}": value for m in self.mechanisms for name, value in m.coefficients().items()}

    def change(self, name: str, value: float) -> None:
        """Change the learning rate, the objective's k, or a coefficient, from the next step on.

        Parameters
        ----------
        name : str
            "rate", the name of the objective's draws ("k"), or "mechanism.coefficient".
        value : float

        Raises
        ------
        KeyError, ValueError
            For a name that is not there, or a value out of range; nothing changes then.
        """
        arguments.known("setting", name, list(self.changeable()))
        asked = self.config.asked(self.objective)
        if name == "rate":
            self.rate = arguments.one_number("rate", value, 0, 1, open_low=True)
        elif "." in name:
            kind, coefficient = name.split(".")
            self.mechanisms.named(kind).set(coefficient, value, asked)
        else:
            given = {**self.objective.parameters, name: arguments.one_whole(name, value)}
            objective = objectives.get(self.objective.name, **given)
            if reason := objective.missing("credit", self.config.n):
                raise ValueError(reason)
            self.mechanisms.check(self.config.asked(objective))
            self.objective = objective

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What a checkpoint keeps beside the weights: Adam's moments, the mechanisms, the place in the random stream.

        Every step draws from a stream of its own, a function of the seed and the step: their pair is the generator's
        whole state.
        """
        adam, memory = self.adam.state(), self.mechanisms.memory()
        tensors = {f"adam.{k}": v for k, v in adam.items()} | {f"mechanism.{k}": v for k, v in memory.items()}
        note = {
            "done": self.done, "rate": self.rate, "hopeless": self.hopeless,
            "parameters": dict(self.objective.parameters), "mechanisms": self.mechanisms.coefficients(),
        }  # fmt: skip
        return tensors, note

    def restore(self, model: Transformer, tensors: dict[str, Tensor], note: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.model.load_state_dict(model.state_dict())
        self.done, self.rate, self.hopeless = note["done"], note["rate"], note["hopeless"]
        self.objective = objectives.get(self.objective.name, **note["parameters"])
        self.adam.restore(_under("adam.", tensors))
        self.mechanisms.restore(note["mechanisms"], _under("mechanism.", tensors))


class SampledPush:
    """Groups of answers, drawn, verified and credited; the push is credit times the slope of their log chance.

    A push is made once for a step and then asked for its loss, once for each update; before a second update it reads
    its answers again. `look` says what was seen, once the gradient is there.
    """

    @classmethod
    def draw(cls, learner: Learner, which: np.ndarray, rng: np.random.Generator) -> SampledPush:
        """Ask the policy a group of answers to each prompt, and verify them."""
        config, task = learner.config, learner.config.task
        uniforms = sent(rng.random((config.prompts, config.n, task.answer_length)), learner.device)
        prompts = sent(learner.prompts.tokens[which], learner.device)
        hints = learner.mechanisms.force(learner.prompts, which, config.n, learner.progress, rng)
        forced = None if hints is None else sent(hints, learner.device)
        free = torch.ones_like(uniforms, dtype=torch.bool) if forced is None else forced < 0
        tree = sample(learner.model, prompts, uniforms, forced)
        right = task.verify(prompts[:, None], tree.traces.unflatten(0, uniforms.shape[:2]))
        return cls(learner, which, tree, right, free, rng)

    def __init__(
        self, learner: Learner, which: np.ndarray, tree: Tree, right: Tensor, free: Tensor, rng: np.random.Generator
    ) -> None:
        """Credit answers, as the policy that wrote them sees them."""
        self.learner, self.reading = learner, read(learner.model, tree)
        token_log_prob = self.reading.token.detach().unflatten(0, right.shape)
        base = partial(learner.base_policy, tree)
        self.batch = Batch(learner.config.task, which, tree, right, free, token_log_prob, base, rng)
        objective = learner.mechanisms.objective(learner.objective, learner.progress)
        self.credit = learner.mechanisms.credit(self.batch, gather_credit(objective, self.batch))

    def read_again(self) -> None:
        """Read the answers by the policy as it is now."""
        self.reading = read(self.learner.model, self.batch.tree)

    def loss(self) -> Tensor:
        r"""Minus the mean over samples of credit times log chance, and what the mechanisms add.

        .. math:: -\frac{1}{Gn} \sum_{i,t} A_i \frac{\pi(y_{i,t})}{\pi_{old}(y_{i,t})} + \text{penalties}

        At the policy that sampled the ratio is 1 and its slope that of the log chance.
        """
        batch, mechanisms = self.batch, self.learner.mechanisms
        log_prob = self.reading.token.unflatten(0, batch.right.shape)
        ratio = (log_prob - batch.token_log_prob).exp()
        gain = mechanisms.gain(ratio, self.credit[..., None].expand_as(ratio))
        kept = gain * mechanisms.keep(batch, self.credit, log_prob.detach())
        return -kept.sum() / batch.right.numel() + mechanisms.penalty(batch, self.reading.log_policy, self.credit)

    def look(self) -> dict[str, float]:
        """Say what was seen, once the gradient is there."""
        hidden, logits = self.reading.hidden, self.reading.logits
        return {
            **diagnostics.describe(self.batch, self.credit, logits, self.learner.config.watch),
            "signal_to_noise": diagnostics.signal_to_noise(self.batch, hidden, logits),
        }


class ExactPush:
    """No sample: the weight on each prompt, the objective's own or that of groups of n, times its exact gradient."""

    def __init__(self, learner: Learner, which: np.ndarray) -> None:
        self.learner = learner
        self.prompts, self.times = np.unique(which, return_counts=True)
        self.share = self.times / self.times.sum()
        self.read_again()

    def read_again(self) -> None:
        """Take the success probabilities by the policy as it is now; their sums have no fixed order on a GPU."""
        learner = self.learner
        owner, log_probs = trace_log_probs(learner.model, learner.prompts, self.prompts)
        self.p = torch.zeros(len(self.prompts), device=learner.device).index_add(0, owner, log_probs.exp())
        # A float32 p that rounds to 0 or 1 would meet an unbounded weight there.
        self.inside = self.p.detach().double().clamp(2.0**-100, 1 - 2.0**-24).cpu().numpy()
        if learner.config.gradient == "exact":
            self.weight = learner.objective.weight(self.inside)
        else:
            self.weight = objectives.effective_weight(learner.objective, learner.config.n, self.inside)

    def loss(self) -> Tensor:
        """Minus the mean of weight times p: its gradient is -weight(p) grad p."""
        return -(sent(self.weight * self.share, self.p.device).to(self.p.dtype) * self.p).sum()

    def look(self) -> dict[str, float]:
        """Say what was seen."""
        first = float(self.share @ self.inside)
        more = float(self.share @ success_at_k(self.inside, self.learner.config.watch))
        carriers = objectives.effective_share(np.repeat(self.weight, self.times)) if np.any(self.weight) else 0.0
        return {"pass_at_1": first, "pass_at_k": more, "gap": more - first, "carriers": carriers}


def gather_credit(objective: objectives.Objective, batch: Batch) -> Tensor:
    """(G, n): each sample's entry in the objective's credit table."""
    table = objective.credit(batch.n)
    correct, wrong = sent(np.array([table.correct, table.wrong], dtype=np.float32), batch.right.device)
    return torch.where(batch.right, correct[batch.c][:, None], wrong[batch.c][:, None])


class Reading(NamedTuple):
    """Answers as a policy reads them, on their prefix tree."""

    hidden: Tensor
    """(readers, width) what the output layer reads."""
    logits: Tensor
    """(readers, vocabulary) what it writes; keeps its gradient, for the diagnostics."""
    log_policy: Tensor
    """(readers, vocabulary) log chances."""
    token: Tensor
    """(M, T) log chance of each token of each answer."""


def read(model: Transformer, tree: Tree) -> Reading:
    """Read a tree of answers by a policy, differentiably."""
    hidden = tree.hidden(model)
    logits = model.logits(hidden[None])[0]
    logits.retain_grad()
    log_policy = logits.log_softmax(-1)
    return Reading(hidden, logits, log_policy, tree.log_probs(log_policy)[tree.path])


def _under(start: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}

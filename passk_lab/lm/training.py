"""The training loop: prompts -> rollout -> verifier -> c per group -> credit table -> loss -> update -> diagnostics."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments, objectives
from passk_lab.lm import checkpoint, diagnostics
from passk_lab.lm.adam import Adam
from passk_lab.lm.base import BUNDLED_SEEDS, KINDS, bundled_base
from passk_lab.lm.batch import Batch
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import SPLITS
from passk_lab.lm.evaluation import log_policy, success, trace_log_probs
from passk_lab.lm.model import Transformer
from passk_lab.lm.rollout import sample
from passk_lab.lm.runs import Run, RunFolder
from passk_lab.lm.threads import one_thread
from passk_lab.lm.tree import Tree
from passk_lab.metrics import success_at_k

KS = tuple(2**i for i in range(11))
"""The k of recorded curves, 1 to 1024."""
HOPELESS = 25
"""Steps in a row without one right sample after which a run has broken down: at p = 1 % a batch of 512 has one."""


Watch = Callable[[dict[str, Any]], None]


class Breakdown(RuntimeError):
    """A policy from which training cannot come back, and what it looks like."""


class Trainer:
    """One run, step by step; `train` runs it to the end, the cockpit steps it by hand.

    Examples
    --------
    >>> trainer = Trainer(TrainConfig(steps=2, prompts=4, n=8, watch=8))
    >>> record = trainer.step()
    >>> 0 <= record["pass_at_1"] <= 1
    True
    """

    def __init__(self, config: TrainConfig) -> None:
        self.config, self.done = config, 0
        self.device = checkpoint.to_device(config.device)
        self.prompts = config.task.prompts("seen", config.orders)
        self.held_out = config.task.prompts("unseen", config.orders and max(1, config.orders // 3))
        if config.judged is not None:
            self.held_out = self.held_out.of_multisets(config.judged)
        # As many multisets of numbers as are held out, so that the two curves cost and mean the same.
        self.met = self.prompts.of_multisets(self.held_out.multisets)
        self.model = load_base(config).to(self.device)
        self.base = load_base(config).to(self.device).requires_grad_(False)
        self.objective = config.make_objective()
        self.mechanisms = config.make_mechanisms()
        self.adam = Adam(self.model.parameters())
        self.rate = config.rate
        self.hopeless = 0
        self.batch: Batch | None = None
        """The last step's batch, to look at."""

    @one_thread()
    def step(self) -> dict[str, float]:
        """Do one training step and return its diagnostics.

        Raises
        ------
        Breakdown
            If no sample has been right for many steps, or a gradient is not finite: with what there was to see.
        """
        begun, config = time.perf_counter(), self.config
        rate = self.rate * min(1.0, (self.done + 1) / max(1, config.warmup))
        rng = np.random.Generator(np.random.PCG64([config.seed, 2, self.done]))
        which = self.prompts.draw(rng.random(config.prompts))
        batch = self.batch = self._roll_out(which, rng) if config.gradient == "sampled" else None
        record: dict[str, float] = {}
        for update in range(config.updates):
            loss = self._loss(batch) if batch else self._exact_loss(which, record)
            self.adam.zero_grad()
            loss.backward()
            norm = torch.nn.utils.clip_grad_norm_(self.model.parameters(), config.clip)
            if update == 0 and batch is not None:
                record |= diagnostics.describe(batch, self._logits, config.watch)
                record["signal_to_noise"] = diagnostics.signal_to_noise(batch, self._hidden, self._logits)
            if update == 0:
                record["gradient_norm"] = float(norm)
            self._check(float(norm), record)
            self.adam.step(rate)
        self.done += 1
        for mechanism in self.mechanisms:
            mechanism.after(record)
        return record | {"step": self.done, "seconds": time.perf_counter() - begun}

    def _roll_out(self, which: np.ndarray, rng: np.random.Generator) -> Batch:
        """Sample a group for each prompt and verify it."""
        config, task = self.config, self.config.task
        shape = (config.prompts, config.n, task.answer_length)
        uniforms = torch.from_numpy(rng.random(shape)).to(self.device)
        prompts = torch.from_numpy(self.prompts.tokens[which]).to(self.device)
        forced, free = None, torch.ones(shape, dtype=torch.bool, device=self.device)
        for mechanism in self.mechanisms:
            given = mechanism.force(self.prompts, which, config.n, self.progress, rng)
            if given is not None:
                forced = torch.from_numpy(given).to(self.device)
                free &= forced < 0
        tree = sample(self.model, prompts, uniforms, forced)
        right = task.verify(prompts[:, None], tree.traces.unflatten(0, shape[:2]))
        return Batch(task, prompts, which, tree, right, free, lambda: self._base_policy(tree), rng)

    def _loss(self, batch: Batch) -> Tensor:
        """Minus the mean over samples of credit times log chance, and what the mechanisms add."""
        hidden = batch.tree.hidden(self.model)
        logits = self.model.logits(hidden[None])[0]
        logits.retain_grad()
        self._hidden, self._logits = hidden, logits
        policy = logits.log_softmax(-1)
        token = batch.tree.log_probs(policy)[batch.tree.path].unflatten(0, batch.right.shape)
        if batch.credit is None:  # the first update: this is still the policy that sampled
            batch.token_log_prob = token.detach()
            batch.credit = self._credit(batch)
        credit = batch.credit
        ratio = (token - batch.token_log_prob).exp()
        worth = credit[..., None].expand_as(ratio)
        gain, keep = ratio * worth, batch.free
        for mechanism in self.mechanisms:
            changed, kept = mechanism.surrogate(ratio, worth), mechanism.keep(batch, credit)
            gain = gain if changed is None else changed
            keep = keep if kept is None else keep & kept
        loss = -(gain * keep).sum() / batch.right.numel()
        for mechanism in self.mechanisms:
            penalty = mechanism.penalty(batch, policy, credit)
            loss = loss if penalty is None else loss + penalty
        return loss

    def _credit(self, batch: Batch) -> Tensor:
        """What each sample is worth: the objective's table, then the mechanisms."""
        objective = self.objective
        for mechanism in self.mechanisms:
            objective = mechanism.objective(objective, self.progress)
        credit = gather_credit(objective, batch)
        for mechanism in self.mechanisms:
            credit = mechanism.credit(batch, credit)
        return credit

    def _exact_loss(self, which: np.ndarray, record: dict[str, float]) -> Tensor:
        """Minus the mean of weight times p: its gradient is -weight(p) grad p, with no sample drawn."""
        distinct, times = np.unique(which, return_counts=True)
        owner, log_probs = trace_log_probs(self.model, self.prompts, distinct)
        p = torch.zeros(len(distinct), device=self.device).index_add(0, owner, log_probs.exp())
        # A float32 p that rounds to 0 or 1 would meet an unbounded weight there.
        inside = p.detach().double().clamp(2.0**-100, 1 - 2.0**-24).cpu().numpy()
        if self.config.gradient == "exact":
            weight = self.objective.weight(inside)
        else:
            weight = objectives.effective_weight(self.objective, self.config.n, inside)
        share = times / len(which)
        record |= {
            "pass_at_1": float(share @ inside),
            "pass_at_k": float(share @ success_at_k(inside, self.config.watch)),
        }
        record["gap"] = record["pass_at_k"] - record["pass_at_1"]
        record["carriers"] = objectives.effective_share(np.repeat(weight, times)) if np.any(weight) else 0.0
        return -(torch.as_tensor(weight * share, dtype=p.dtype, device=self.device) * p).sum()

    def _check(self, norm: float, record: dict[str, float]) -> None:
        """Stop before a broken gradient reaches the weights."""
        self.hopeless = self.hopeless + 1 if record["pass_at_1"] == 0 else 0
        seen = f"entropy {record['entropy']:.2f} nats an answer" if "entropy" in record else "no samples to look at"
        added = ", ".join(f"{m.name} {m.coefficients()}" for m in self.mechanisms) or "no mechanism"
        where = f"step {self.done + 1} of {self.config.label}: {seen}, learning rate {self.rate:g}, {added}"
        if not np.isfinite(norm):
            raise Breakdown(f"the gradient is not finite at {where}. The weights are those before this step.")
        if self.hopeless >= HOPELESS:
            uniform = self.config.task.answer_length * np.log(self.config.task.vocabulary)
            why = (
                "the bonus has outgrown the objective and the policy is nearly uniform; lower its coefficient"
                if record.get("entropy", 0) > uniform / 2
                else "the policy has left the legal answers; lower the learning rate"
            )
            raise Breakdown(
                f"no sample has been right for {HOPELESS} steps, so no credit can bring it back, at {where} "
                f"(uniform would be {uniform:.1f}). Most likely {why}."
            )

    @property
    def progress(self) -> float:
        """How much of the run is done, from 0 to 1."""
        return min(1.0, self.done / max(1, self.config.steps - 1))

    @one_thread()
    def evaluate(self) -> dict[str, Any]:
        """Evaluate the policy exactly on both splits: curves, intervals, distinct solutions."""
        out: dict[str, Any] = {"step": self.done}
        for split in SPLITS:
            exact = success(self.model, self.held_out if split == "unseen" else self.met)
            out[split] = {
                "pass_at": exact.curve(KS).tolist(),
                "distinct_256": exact.distinct(256),
                "effective": exact.effective_solutions(),
                "lost": float(exact.prompts.weight @ (exact.p < 0.02)),
                "solved": float(exact.prompts.weight @ (exact.p > 0.95)),
            }
            if split == "unseen":
                low, high = exact.interval(KS, resamples=500)
                out[split] |= {"low": low.tolist(), "high": high.tolist(), "p": exact.p.round(6).tolist()}
        return out

    def _base_policy(self, tree: Tree) -> Tensor:
        with torch.no_grad():
            return log_policy(self.base, tree.hidden(self.base))

    def changeable(self) -> dict[str, float]:
        """What can be changed while the run goes on, with its value now: rate, the objective's k, coefficients."""
        draws = objectives.entry(self.objective.name).draws
        now = {"rate": self.rate}
        if draws and self.objective.parameters.get(draws) is not None:
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
        if name == "rate":
            self.rate = arguments.one_number("rate", value, 0, 1, open_low=True)
        elif "." in name:
            kind, coefficient = name.split(".")
            mechanism = next(m for m in self.mechanisms if m.name == kind)
            before = mechanism.coefficients()[coefficient]
            mechanism.set(coefficient, value)
            try:
                mechanism.check(self.config)
            except ValueError:
                mechanism.set(coefficient, before)
                raise
        else:
            objective = objectives.get(
                self.objective.name, **{**self.objective.parameters, name: arguments.one_whole(name, value)}
            )
            if reason := objective.missing("credit", self.config.n):
                raise ValueError(reason)
            self.objective = objective

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What a checkpoint keeps beside the weights: Adam's moments, the mechanisms, the place in the random stream.

        Every step draws from a stream of its own, a function of the seed and the step: their pair is the generator's
        whole state.
        """
        tensors = {f"adam.{name}": value for name, value in self.adam.state().items()}
        for mechanism in self.mechanisms:
            tensors |= {f"mechanism.{mechanism.name}.{name}": value for name, value in mechanism.memory().items()}
        note = {
            "done": self.done, "rate": self.rate, "hopeless": self.hopeless,
            "parameters": dict(self.objective.parameters),
            "mechanisms": {m.name: m.coefficients() for m in self.mechanisms},
        }  # fmt: skip
        return tensors, note

    def restore(self, model: Transformer, tensors: dict[str, Tensor], note: dict[str, Any]) -> None:
        """Go back to a saved state."""
        self.model.load_state_dict(model.state_dict())
        self.adam.restore({name[5:]: value for name, value in tensors.items() if name.startswith("adam.")})
        self.objective = objectives.get(self.objective.name, **note["parameters"])
        self.done, self.rate, self.hopeless = note["done"], note["rate"], note["hopeless"]
        for mechanism in self.mechanisms:
            for name, value in note["mechanisms"][mechanism.name].items():
                mechanism.set(name, value)
            start = f"mechanism.{mechanism.name}."
            kept = {name.removeprefix(start): value for name, value in tensors.items() if name.startswith(start)}
            if kept:
                mechanism.remember(kept)


def gather_credit(objective: objectives.Objective, batch: Batch) -> Tensor:
    """(G, n): each sample's entry in the objective's credit table."""
    table = objective.credit(batch.n)
    correct, wrong = (
        torch.tensor(side.copy(), dtype=torch.float32, device=batch.right.device)
        for side in (table.correct, table.wrong)
    )
    return torch.where(batch.right, correct[batch.c][:, None], wrong[batch.c][:, None])


def load_base(config: TrainConfig) -> Transformer:
    """Load the base model that a config names, and see that it fits the task."""
    if config.base in ("", *KINDS):
        seed = config.seed % len(BUNDLED_SEEDS) if config.base_seed is None else config.base_seed
        return bundled_base(seed, config.task, config.base or "base")
    model = checkpoint.read(Path(config.base))[0]
    if model.task != config.task:
        raise checkpoint.Unreadable(
            f"the base checkpoint was trained on {model.task}, but the run is on {config.task}: name a base of the "
            "same task."
        )
    return model


def train(config: TrainConfig, folder: str | Path | None = None, watch: Watch | None = None) -> Run:
    """Train from the base to the end, and return what was seen on the way.

    Parameters
    ----------
    config : TrainConfig
    folder : path, optional
        Where to keep the run: config, history, checkpoints. If a run with the same config lies there, unfinished, it
        goes on from its last checkpoint and ends with the same bits as if it had never stopped (on a CPU).
    watch : callable, optional
        Called with each new record of the history.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the folder holds a run of another config.
    OSError
        If the disk is full: nothing saved before is lost.

    Examples
    --------
    >>> run = train(TrainConfig(steps=2, prompts=4, n=8, watch=8))
    >>> run.evaluations.step.unique().tolist()
    [0, 2]
    """
    trainer = Trainer(config)
    store = RunFolder.open(folder, config, trainer) if folder else None
    run = Run(config, store.history() if store else [], model=trainer.model)
    try:
        _to_the_end(trainer, run, store, watch)
    finally:
        if store:
            store.close()
    return run


def _to_the_end(trainer: Trainer, run: Run, store: RunFolder | None, watch: Watch | None) -> None:
    config = trainer.config

    def note(kind: str, record: dict[str, Any]) -> None:
        entry = {"kind": kind, **record}
        run.history.append(entry)
        if store:
            store.append(entry)
        if watch is not None:
            watch(entry)

    if store and store.ended:
        run.ended = store.ended
    elif trainer.done >= config.steps:  # killed after the last checkpoint, before the end was written down
        run.ended = "finished"
        if store:
            store.finish(run)
    elif not run.history:
        note("evaluation", trainer.evaluate())
    while not run.ended:
        try:
            note("step", trainer.step())
        except Breakdown as broken:
            run.ended = f"broke down: {broken}"
        last = trainer.done == config.steps or bool(run.ended)
        if (trainer.done % config.evaluate_every == 0 or last) and run.history[-1]["kind"] == "step":
            note("evaluation", trainer.evaluate())
        if last and not run.ended:
            run.ended = "finished"
        if store and (trainer.done % config.save_every == 0 or last):
            store.save(trainer)
        if store and last:
            store.finish(run)

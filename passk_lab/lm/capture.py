"""The device side of stacked runs: rollout and update of E runs as two programs of fixed shape. Not measured on a GPU.

A program reads and writes tensors that stay where they are, and asks the host for nothing: no `.item()`, no `nonzero`,
no `unique`, no shape that depends on a value. So one CUDA graph can hold it, and where there is no GPU the same
function runs line by line. The loop over the T tokens is unrolled into the program, so what a token attends to is a
slice of the cache that is known when the program is made, and no mask is needed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor

from passk_lab import metrics
from passk_lab.lm.base import load_base
from passk_lab.lm.breakdown import HOPELESS
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.diagnostics import how_many, number_answers, over_groups
from passk_lab.lm.mechanisms.mechanism import entropy_of, less_the_others, still_to_come
from passk_lab.lm.model import Attend, Transformer
from passk_lab.lm.rollout import pick

METRICS = (
    "pass_at_1", "pass_at_k", "gap", "entropy", "distinct", "unique", "all_wrong", "all_right", "silent", "carriers",
    "signal_to_noise", "gradient_norm",
)  # fmt: skip
"""What a step leaves for each run, named as in `diagnostics.MEANING` and in the order of a plain record."""
_MEAN, _SQUARE, _TINY = 0.9, 0.99, 1e-8
_WARM = 3
"""Runs of a program before it is captured, as CUDA graphs ask: libraries set themselves up in them."""


class Program:
    """A function of fixed tensors, run as it is or captured once as a CUDA graph and replayed.

    Parameters
    ----------
    function : callable without arguments
        Reads and writes tensors that outlive it.
    kept : sequence of Tensor
        What it changes and reads again; put back after the runs that warm it up.
    capture : bool
        Only on a GPU.

    Examples
    --------
    >>> count = torch.zeros(1)
    >>> program = Program(lambda: count.add_(1), [count], capture=False)
    >>> program(), program(), count.item()
    (None, None, 2.0)
    """

    def __init__(self, function: Callable[[], object], kept: Sequence[Tensor], capture: bool) -> None:
        self._call = function
        if capture:
            before = [tensor.clone() for tensor in kept]
            side = torch.cuda.Stream()
            side.wait_stream(torch.cuda.current_stream())
            with torch.cuda.stream(side):
                for _ in range(_WARM):
                    function()
            torch.cuda.current_stream().wait_stream(side)
            for tensor, was in zip(kept, before, strict=True):
                tensor.copy_(was)
            graph = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graph):
                function()
            self._call = graph.replay

    def __call__(self) -> None:
        """Run it once."""
        self._call()


def attend_shared(q: Tensor, prompt: Sequence[Tensor], own: Sequence[Tensor], hidden: Tensor | None = None) -> Tensor:
    r"""Attend from a group's samples to the prompt they share and to their own tokens, in one softmax.

    .. math:: \text{softmax}\bigl(q\,[K_x, K_y]^\top / \sqrt{w}\bigr)\,[V_x, V_y]

    The prompt's keys and values are read once for all n samples: their queries form one matrix.

    Parameters
    ----------
    q : Tensor (E, G, n, heads, t, w)
    prompt : (keys, values), each (E, G, heads, S, w)
    own : (keys, values), each (E, G, n, heads, u, w)
    hidden : Tensor of bool, shape (t, u), optional
        True where a query may not look at an own token; None if it may look at all.

    Returns
    -------
    Tensor (E, G, n, heads, t, w)
    """
    samples = (q.shape[2], q.shape[4])

    def together(side: Tensor) -> Tensor:
        return side.transpose(2, 3).flatten(3, 4)

    def apart(side: Tensor) -> Tensor:
        return side.unflatten(3, samples).transpose(2, 3)

    to_own = q @ own[0].transpose(-1, -2)
    if hidden is not None:
        to_own = to_own.masked_fill(hidden, -torch.inf)
    scores = torch.cat([apart(together(q) @ prompt[0].transpose(-1, -2)), to_own], -1)
    share = (scores * q.shape[-1] ** -0.5).softmax(-1)
    to_prompt, to_own = share.split([prompt[0].shape[-2], own[0].shape[-2]], -1)
    return apart(together(to_prompt) @ prompt[1]) + to_own @ own[1]


@torch.no_grad()
def adam_step(weights: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, step: Tensor, rate: Tensor) -> None:
    r"""Adam (0.9, 0.99, 1e-8) with a learning rate for each run, in place and without asking the host.

    .. math:: w \leftarrow w - \frac{\eta_e}{1 - 0.9^t} \cdot \frac{m}{\sqrt{v / (1 - 0.99^t)} + 10^{-8}}

    Source: Kingma and Ba, arXiv 1412.6980. torch's own Adam has one rate for a group of tensors, and here one tensor
    holds all runs; t is a tensor too, so that a captured program counts on.

    Parameters
    ----------
    weights, gradient, mean, square : Tensor (E, size)
        m and v are 0 before the first step; all but the gradient are changed.
    step : Tensor of int, shape (1,)
        t, from 1.
    rate : Tensor of float64, shape (E,)
        A run with rate 0 rests: its moments stay too.

    Examples
    --------
    >>> weights, moments = torch.zeros(2, 1), torch.zeros(2, 2, 1)
    >>> adam_step(weights, torch.ones(2, 1), *moments, torch.tensor([1]), torch.tensor([0.1, 0.2]).double())
    >>> weights.flatten().tolist()
    [-0.10000000149011612, -0.20000000298023224]
    """
    rests = (rate == 0)[:, None]
    mean.copy_(torch.where(rests, mean, torch.lerp(mean, gradient, 1 - _MEAN)))
    square.copy_(torch.where(rests, square, (square * _SQUARE).addcmul_(gradient, gradient, value=1 - _SQUARE)))
    passed = step.double()
    spread = square.sqrt() / (1 - torch.pow(_SQUARE, passed)).sqrt().to(square.dtype) + _TINY
    weights.sub_((rate / (1 - torch.pow(_MEAN, passed))).to(weights.dtype)[:, None] * (mean / spread))


def stack_models(models: Sequence[Transformer], device: torch.device) -> tuple[Transformer, Tensor]:
    """Put models of one shape into one: the stacked model, and the (E, size) tensor its weights are views of.

    With all weights in one tensor, clipping and Adam take a few kernels and not a few for each weight.
    """
    flat = torch.stack([torch.cat([weight.detach().flatten() for weight in m.parameters()]) for m in models])
    flat, whole = flat.to(device), Transformer(models[0].task, models[0].shape, runs=len(models)).to(device)
    for weight, part in zip(whole.parameters(), parts_of(whole, flat), strict=True):
        weight.data = part
    return whole, flat


def parts_of(model: Transformer, flat: Tensor) -> list[Tensor]:
    """Views of an (E, size) tensor in the shapes of a stacked model's weights, in their order."""
    weights = list(model.parameters())
    parts = flat.split([weight[0].numel() for weight in weights], 1)
    return [part.view(weight.shape) for weight, part in zip(weights, parts, strict=True)]


class Stack:
    """Tensors of E runs on one device, and the two programs that work on them.

    Parameters
    ----------
    configs : sequence of TrainConfig
        Checked by `stacked.StackedLearner`.
    device : torch.device
    """

    def __init__(self, configs: Sequence[TrainConfig], device: torch.device) -> None:
        first, runs = configs[0], len(configs)
        task, groups, n = first.task, first.prompts, first.n
        start, length = task.prompt_length, task.answer_length
        self.task, self.groups, self.n, self.steps = task, groups, n, first.steps
        self.warmup, self.clip = first.warmup, first.clip
        bases = [load_base(config) for config in configs]
        self.model, self.weights = stack_models(bases, device)

        def vector(values: Any, dtype: torch.dtype = torch.float64) -> Tensor:
            return torch.tensor(np.array(values), dtype=dtype).to(device)

        def empty(*shape: int, dtype: torch.dtype = torch.float32) -> Tensor:
            return torch.zeros(shape, dtype=dtype, device=device)

        # What is drawn for a seed is drawn and sent once, whatever the number of runs that use it.
        self.seeds = sorted({config.seed for config in configs})
        self.stream = vector([self.seeds.index(config.seed) for config in configs], torch.long)
        self.asked = empty(len(self.seeds), groups, start, dtype=torch.long)
        self.uniforms = empty(len(self.seeds), groups, n, length, dtype=torch.float64)

        self.prompts = empty(runs, groups, start, dtype=torch.long)
        self.tokens = empty(runs, groups, n, length, dtype=torch.long)
        self.right = empty(runs, groups, n, dtype=torch.bool)
        self.c = empty(runs, groups, dtype=torch.long)
        self.credit = empty(runs, groups, n)
        self.gradient = torch.zeros_like(self.weights)

        tables = [config.make_objective().credit(n) for config in configs]
        self.correct = vector([table.correct for table in tables], torch.float32)
        self.wrong = vector([table.wrong for table in tables], torch.float32)
        self.watched = vector([metrics.pass_at_k(n, np.arange(n + 1), config.watch) for config in configs])
        self.rate = vector([config.rate for config in configs])
        given = [{m.name: m.coefficients()["coefficient"] for m in config.make_mechanisms()} for config in configs]
        self.bonus, self.anchor = (
            vector([each.get(name, 0.0) for each in given], torch.float32)
            if any(name in each for each in given)
            else None
            for name in ("entropy", "kl-reverse")
        )
        self.base = stack_models(bases, device)[0].requires_grad_(False) if self.anchor is not None else None

        self.mean, self.square = torch.zeros_like(self.weights), torch.zeros_like(self.weights)
        self.step = empty(1, dtype=torch.long)
        self.alive = torch.ones(runs, dtype=torch.bool, device=device)
        self.hopeless, self.lived = empty(runs, dtype=torch.long), empty(runs, dtype=torch.long)
        self.records = empty(runs, self.steps, len(METRICS), dtype=torch.float64)

        shape = self.model.shape
        cache = (shape.layers, runs, groups, n, shape.heads, length - 1, shape.width // shape.heads)
        self.keys, self.values = empty(*cache), empty(*cache)
        self.place = torch.arange(start + length, device=device)
        self.positions = torch.cat([self.place[:start].repeat(groups), self.place[start:-1].repeat(groups * n)])
        # Where a query (row) may not look: at a place (column) after its own.
        self.after_prompt, self.after_answer = (
            torch.ones(size, size, dtype=torch.bool, device=device).triu(1) for size in (start, length - 1)
        )

    @property
    def kept(self) -> dict[str, Tensor]:
        """What an update reads from the one before it, and the records so far: all that changes from step to step."""
        names = ("weights", "mean", "square", "step", "alive", "hopeless", "lived", "records")
        return {name: getattr(self, name) for name in names}

    @torch.no_grad()
    def roll_out(self) -> None:
        """Read the prompts, write n answers to each, verify them, and look up what each is worth.

        Reads `asked` (seeds, G, S) and `uniforms` (seeds, G, n, T); writes `prompts`, `tokens`, `right`, `c` and
        `credit`. Tokens are drawn by `rollout.pick`, so equal uniforms give the tokens of `rollout.sample`.
        """
        uniforms = self.uniforms.index_select(0, self.stream)
        self.prompts.copy_(self.asked.index_select(0, self.stream))
        group = (self.groups, self.task.prompt_length)
        prompt: list[tuple[Tensor, Tensor]] = []

        def read_prompt(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            q, k, v = (side.unflatten(1, group).transpose(2, 3) for side in (q, k, v))
            prompt.append((k, v))
            return _causally(q, k, v, self.after_prompt).transpose(2, 3).flatten(1, 2)

        place = self.place[: group[1]].repeat(self.groups)
        hidden = self.model.hidden(self.prompts.flatten(1), place, read_prompt).unflatten(1, group)[:, :, -1]
        token = pick(self.model.logits(hidden)[:, :, None], uniforms[..., 0])
        self.tokens[..., 0].copy_(token)
        for written in range(1, self.task.answer_length):
            place = self.place[group[1] + written - 1, None]
            hidden = self.model.hidden(token.flatten(1), place, self._read_one(prompt, written))
            logits = self.model.logits(hidden).unflatten(1, (self.groups, self.n))
            token = pick(logits, uniforms[..., written])
            self.tokens[..., written].copy_(token)
        self.right.copy_(self.task.verify(self.prompts[:, :, None], self.tokens))
        self.c.copy_(self.right.sum(-1))
        correct, wrong = (table.gather(1, self.c)[..., None] for table in (self.correct, self.wrong))
        self.credit.copy_(torch.where(self.right, correct, wrong))

    def _read_one(self, prompt: list[tuple[Tensor, Tensor]], written: int) -> Attend:
        """Read each sample's newest token, of `written`: keep its key and value, attend to the prompt and so far."""

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            q, k, v = (side.unflatten(1, (self.groups, self.n)) for side in (q, k, v))
            self.keys[layer, ..., written - 1, :].copy_(k)
            self.values[layer, ..., written - 1, :].copy_(v)
            own = (self.keys[layer, ..., :written, :], self.values[layer, ..., :written, :])
            return attend_shared(q[..., None, :], prompt[layer], own)[..., 0, :].flatten(1, 2)

        return attend

    def update(self) -> None:
        r"""Take one Adam step in every run on its own loss, clipped by its own norm, and leave the step's metrics.

        .. math:: L_e = -\frac{1}{Gn} \sum_{g,i} A_{gi} \log \pi_e(y_{gi} \mid x_g) - \lambda_e H_e + \beta_e KL_e

        Reads what `roll_out` wrote; changes what `kept` lists. Runs share no term, so one backward pass of the sum
        gives each its own gradient. A run whose gradient is not finite, or that has had no right sample for as many
        steps as the plain `Learner` waits, keeps its weights from then on, and the others go on.
        """
        hidden, logits = self._read(self.model)
        first, later = self._apart(logits.log_softmax(-1))
        every = first[:, :, None].expand(-1, -1, self.n, -1).gather(-1, self.tokens[..., :1])[..., 0]
        each = later.gather(-1, self.tokens[..., 1:, None])[..., 0]
        loss = -(self.credit * (every + each.sum(-1))).mean((1, 2))
        with torch.set_grad_enabled(self.bonus is not None):
            entropy = _over_samples(entropy_of(first), entropy_of(later))
        if self.bonus is not None:
            loss = loss - self.bonus * entropy
        if self.anchor is not None and self.base is not None:
            with torch.no_grad():
                there = self._apart(self._read(self.base)[1].log_softmax(-1))
            far = [(now.exp() * (now - was)).sum(-1) for now, was in zip((first, later), there, strict=True)]
            # As `ReverseKL`: how far the next tokens are, and each token for how far is still to come after it.
            paid = torch.cat([far[0][:, :, None, None].expand(-1, -1, self.n, -1), far[1]], -1).detach()
            chosen = torch.cat([every[..., None], each], -1)
            visits = (less_the_others(still_to_come(paid), 2) * chosen).sum(-1).mean((1, 2))
            loss = loss + self.anchor * (_over_samples(*far) + visits)
        *parts, by_logit = torch.autograd.grad(loss.sum(), [*self.model.parameters(), logits])
        with torch.no_grad():
            torch.cat([part.flatten(1) for part in parts], 1, out=self.gradient)
            norm = torch.linalg.vector_norm(self.gradient, dim=1)
            self._descend(norm)
            self._note(entropy.detach(), norm, self._signal_to_noise(hidden, by_logit))

    def _read(self, model: Transformer) -> tuple[Tensor, Tensor]:
        """What the output layer reads (E, rows, width) and writes (E, rows, V): prompts' rows, once, then samples'."""
        prompts, samples = (self.groups, self.task.prompt_length), (self.groups, self.n, self.task.answer_length - 1)
        size = prompts[0] * prompts[1]

        def attend(layer: int, q: Tensor, k: Tensor, v: Tensor) -> Tensor:
            asking, *shared = (side[:, :size].unflatten(1, prompts).transpose(2, 3) for side in (q, k, v))
            writing, *own = (side[:, size:].unflatten(1, samples).transpose(3, 4) for side in (q, k, v))
            of_prompts = _causally(asking, shared[0], shared[1], self.after_prompt).transpose(2, 3)
            of_answers = attend_shared(writing, shared, own, self.after_answer).transpose(3, 4)
            return torch.cat([of_prompts.flatten(1, 2), of_answers.flatten(1, 3)], 1)

        tokens = torch.cat([self.prompts.flatten(1), self.tokens[..., :-1].flatten(1)], 1)
        hidden = model.hidden(tokens, self.positions, attend)
        return hidden, model.logits(hidden)

    def _apart(self, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Rows the first tokens are read off (E, G, ...), and those of the later ones (E, G, n, T - 1, ...)."""
        prompts, samples = (self.groups, self.task.prompt_length), (self.groups, self.n, self.task.answer_length - 1)
        size = prompts[0] * prompts[1]
        return rows[:, :size].unflatten(1, prompts)[:, :, -1], rows[:, size:].unflatten(1, samples)

    def _signal_to_noise(self, hidden: Tensor, by_logit: Tensor) -> Tensor:
        """(E,) as `diagnostics.signal_to_noise`: each group's gradient of the output matrix by one batched product."""
        read, written = (
            torch.cat([first[:, :, None], later.flatten(2, 3)], 2)
            for first, later in map(self._apart, (hidden, by_logit))
        )
        return over_groups((read.transpose(-1, -2) @ written).flatten(2).double() * self.groups)

    def _descend(self, norm: Tensor) -> None:
        """Clip by each run's norm as torch does, and take the step in the runs that are well."""
        self.step.add_(1)
        hopeless = torch.where(self.c.any(1), 0, self.hopeless + 1)
        self.hopeless.copy_(torch.where(self.alive, hopeless, self.hopeless))
        self.alive.logical_and_(norm.isfinite() & (self.hopeless < HOPELESS))
        self.lived.add_(self.alive)
        factor = (self.clip / (norm + 1e-6)).clamp(max=1.0)
        self.gradient.copy_(torch.where(self.alive[:, None], self.gradient * factor[:, None], 0.0))
        risen = (self.step.double() / max(1, self.warmup)).clamp(max=1.0)
        rate = torch.where(self.alive, self.rate * risen, 0.0)
        adam_step(self.weights, self.gradient, self.mean, self.square, self.step, rate)

    def _note(self, entropy: Tensor, norm: Tensor, signal_to_noise: Tensor) -> None:
        """Write the step's metrics into the ring: after `steps` steps it begins again."""
        c, worth = self.c.double(), self.credit.abs().double().sum(-1)
        squares = self.groups * worth.square().sum(-1)
        first, more = c.mean(1) / self.n, self.watched.gather(1, self.c).mean(1)
        solution = torch.where(self.right, self.task.canonical(self.tokens, torch), -1)
        answer = number_answers(self.tokens, self.task.vocabulary)
        found = {
            "pass_at_1": first,
            "pass_at_k": more,
            "gap": more - first,
            "entropy": entropy,
            "distinct": how_many(solution).double().mean(1),
            "unique": how_many(answer).double().mean(1) / self.n,
            "all_wrong": (self.c == 0).double().mean(1),
            "all_right": (self.c == self.n).double().mean(1),
            "silent": (self.credit == self.credit[..., :1]).all(-1).double().mean(1),
            "carriers": torch.where(squares > 0, worth.sum(-1).square() / squares.clamp_min(1e-300), 0.0),
            "signal_to_noise": signal_to_noise,
            "gradient_norm": norm,
        }
        row = torch.stack([found[name].double() for name in METRICS], -1)
        self.records.index_copy_(1, (self.step - 1) % self.steps, row[:, None])


def _causally(q: Tensor, k: Tensor, v: Tensor, after: Tensor) -> Tensor:
    """Attend as `model.plain_attend` does, (..., heads, S, w), by kernels that do not depend on device and size."""
    scores = (q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5).masked_fill(after, -torch.inf)
    return scores.softmax(-1) @ v


def _over_samples(first: Tensor, later: Tensor) -> Tensor:
    """Mean over a run's samples of a sum over their tokens: (E, G) and (E, G, n, T - 1) -> (E,)."""
    return first.mean(1) + later.sum(-1).mean((1, 2))

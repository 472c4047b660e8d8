"""Countdown with written steps: a small language in which every right answer can be listed.

A prompt is a few numbers from 1 to 9 and a target; an answer spells steps `a op b c` that use the numbers up, one step
at a time, and end at the target. Every number is one token and every answer has the same length, so no answer needs
an end mark. All legal answers to a prompt can be written down, which makes its success probability a finite sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import combinations_with_replacement
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from passk_lab import arguments

OPERATIONS = ("+", "-", "*")
LARGEST_GIVEN = 9
SPLITS = ("seen", "unseen")
_SPLIT_SEED = 20251116
"""The split is part of the task, the same for every run; this seed is arbitrary and fixed."""

Tokens = npt.NDArray[np.int64]


class Traces(NamedTuple):
    """Answers of several prompts: whose they are, their tokens, what they come to."""

    owner: Tokens
    tokens: Tokens
    result: Tokens


@dataclass(frozen=True)
class Countdown:
    """The task: how many numbers a prompt gives, and how many values (0 .. values - 1) a step may reach.

    `Countdown()` is the task of the course, Countdown-3 with values 0 to 29; `Countdown(4, 50)` is the harder one.

    >>> task = Countdown()
    >>> task.vocabulary, task.prompt_length, task.answer_length
    (33, 4, 8)
    >>> task.spell(task.legal_traces([[2, 3, 4]]).tokens[0])
    '2 + 3 5, 4 + 5 9'
    """

    numbers: int = 3
    values: int = 30

    def __post_init__(self) -> None:
        numbers, values = (
            arguments.one_whole("numbers", self.numbers, least=2),
            arguments.one_whole("values", self.values, least=10),
        )
        object.__setattr__(self, "numbers", numbers)  # as the plain number that a file gives back
        object.__setattr__(self, "values", values)
        most = 120 if numbers == 4 else 1000  # three steps of three tokens must fit one int64 in `canonical`
        if numbers > 4 or values > most:
            raise ValueError(
                f"a Countdown task has 2, 3 or 4 numbers and at most {most} values, but numbers = {numbers} and values "
                f"= {values}: with more, the legal answers are too many to list."
            )

    @property
    def name(self) -> str:
        """As in "countdown-3"."""
        return f"countdown-{self.numbers}"

    @property
    def vocabulary(self) -> int:
        """Tokens: one for each value, then one for each operation."""
        return self.values + len(OPERATIONS)

    @property
    def prompt_length(self) -> int:
        """Tokens of a prompt: the numbers and the target."""
        return self.numbers + 1

    @property
    def answer_length(self) -> int:
        """Tokens of an answer, T: four for each step."""
        return 4 * (self.numbers - 1)

    def spell(self, tokens: Any) -> str:
        """Write an answer's tokens as text, a comma after each step; misplaced tokens are shown as they are."""
        words = [str(t) if t < self.values else OPERATIONS[t - self.values] for t in np.asarray(tokens).tolist()]
        return ", ".join(" ".join(words[i : i + 4]) for i in range(0, len(words), 4))

    def legal_traces(self, given: Any) -> Traces:
        """List every legal answer to some numbers, whatever it comes to.

        Each step takes two values still there, in either order, and its result must lie in 0 .. values - 1. Two ways
        that spell the same tokens (equal numbers swapped) are one trace.

        Parameters
        ----------
        given : array_like of int, shape (B, numbers)
            The numbers, in the order in which the prompt gives them.

        Returns
        -------
        Traces
            Sorted by owner (0..B-1), then by tokens.

        Raises
        ------
        ValueError
            If a number is not one of 1..9, or a row does not hold `numbers` of them.
        """
        pools = arguments.whole("given", given, least=1)
        if pools.ndim != 2 or pools.shape[1] != self.numbers or pools.max() > LARGEST_GIVEN:
            raise ValueError(
                f"{self.name} gives {self.numbers} numbers from 1 to {LARGEST_GIVEN} a prompt, one prompt a row, but "
                f"got an array of shape {pools.shape} with values from {pools.min()} to {pools.max()}."
            )
        owner, spelled = np.arange(len(pools)), np.empty((len(pools), 0), dtype=np.int64)
        for held in range(self.numbers, 1, -1):
            stages = []
            for i in range(held):
                for j in range(held):
                    if i == j:
                        continue
                    rest = np.delete(pools, (i, j), axis=1)
                    a, b = pools[:, i], pools[:, j]
                    for op, result in enumerate((a + b, a - b, a * b)):
                        ok = (result >= 0) & (result < self.values)
                        step = np.stack([a, np.full_like(a, self.values + op), b, result], axis=1)
                        stages.append(
                            (owner[ok], np.hstack([spelled, step])[ok], np.hstack([rest, result[:, None]])[ok])
                        )
            owner, spelled, pools = (np.concatenate(parts) for parts in zip(*stages, strict=True))
            # Equal tokens so far and the same owner mean the same values left: keep one of each.
            _, first = np.unique(np.column_stack([owner, spelled]), axis=0, return_index=True)
            owner, spelled, pools = owner[first], spelled[first], pools[first]
        return Traces(owner, spelled, pools[:, 0])

    def verify(self, prompts: Tensor, answers: Tensor) -> Tensor:
        """Say which answers are right: every step true and legal, the last result the target. Any device, no sync.

        Parameters
        ----------
        prompts : Tensor of int, shape (..., numbers + 1)
        answers : Tensor of int, shape (..., T)
            Any tokens; the leading shapes are broadcast.

        Returns
        -------
        Tensor of bool, the broadcast leading shape.
        """
        shape = np.broadcast_shapes(prompts.shape[:-1], answers.shape[:-1])  # torch's own loads its compiler
        steps = answers.expand(*shape, -1).unflatten(-1, (self.numbers - 1, 4))
        pool = prompts[..., :-1].expand(*shape, -1)
        right = torch.ones(shape, dtype=torch.bool, device=answers.device)
        places = torch.arange(pool.shape[-1], device=answers.device)
        for step in range(self.numbers - 1):
            a, op, b, c = steps[..., step, :].unbind(-1)
            for value in (a, b):
                # Take the first place that holds the value; an emptied place holds -1, which no token equals.
                holds = pool == value[..., None]
                right = right & holds.any(-1)
                taken = holds & (places == holds.int().argmax(-1)[..., None])
                pool = torch.where(taken, -1, pool)
            op = op - self.values
            result = torch.where(op == 0, a + b, torch.where(op == 1, a - b, a * b))
            right = right & (op >= 0) & (op < len(OPERATIONS)) & (c == result) & (c < self.values)
            pool = torch.cat([pool, c[..., None]], -1)
            places = torch.arange(pool.shape[-1], device=answers.device)
        return right & (steps[..., -1, 3] == prompts[..., -1])

    def canonical(self, tokens: Any, xp: Any = np) -> Any:
        """Give each answer a number that is equal for two legal spellings of one solution.

        Two answers are the same solution if they differ only in the order of the operands of + and *, or (with four
        numbers) in the order of two first steps neither of which uses the other's result.

        Parameters
        ----------
        tokens : array_like of int, shape (..., T)
        xp : module
            numpy for arrays, torch for tensors: the formula is the same, and on a device it asks the host for nothing.

        Returns
        -------
        array of int64 of that module, the leading shape; 0 or more, and below 2**63.
        """
        tokens = xp.asarray(tokens, dtype=xp.int64)
        steps = tokens.reshape(*tokens.shape[:-1], self.numbers - 1, 4)
        a, op, b, c = (steps[..., i] for i in range(4))
        swaps = op - self.values != 1
        low, high = xp.where(swaps, xp.minimum(a, b), a), xp.where(swaps, xp.maximum(a, b), b)
        code = (low * self.vocabulary + op) * self.vocabulary + high
        codes = [code[..., step] for step in range(self.numbers - 1)]
        if self.numbers == 4:
            # The pair is independent if the second step does not touch the first one's result, nor the other way.
            free = ~(
                (a[..., 1] == c[..., 0])
                | (b[..., 1] == c[..., 0])
                | (a[..., 0] == c[..., 1])
                | (b[..., 0] == c[..., 1])
            )
            first, second, last = codes
            codes = [
                xp.where(free, xp.minimum(first, second), first),
                xp.where(free, xp.maximum(first, second), second),
                last,
            ]
        out = xp.zeros_like(codes[0])
        for code in codes:
            out = out * self.vocabulary**3 + code
        return out

    def multisets(self, split: str) -> Tokens:
        """List the number multisets of a split: a quarter is never met in training.

        Parameters
        ----------
        split : str
            "seen" or "unseen".

        Returns
        -------
        ndarray of int, shape (multisets, numbers), each row sorted.
        """
        arguments.known("split", split, list(SPLITS))
        every = np.array(list(combinations_with_replacement(range(1, LARGEST_GIVEN + 1), self.numbers)))
        order = np.random.Generator(np.random.PCG64(_SPLIT_SEED)).permutation(len(every))
        held_out = len(every) // 4
        return every[np.sort(order[:held_out] if split == "unseen" else order[held_out:])]

    def prompts(self, split: str, orders: int | None = None) -> Prompts:
        """List the prompts of a split with their right answers, weighted as the generator draws them.

        The generator draws the numbers evenly, then one of their legal traces evenly; where that ends is the target.

        Parameters
        ----------
        split : str
            "seen" or "unseen".
        orders : int, optional
            Keep only this many orders of numbers, the same ones every time; None keeps all of them. Countdown-4 has
            thousands, with a thousand traces each.

        Returns
        -------
        Prompts
        """
        return _prompts(self, split, orders)


@dataclass(frozen=True, eq=False)
class Prompts:
    """The prompts of a split: tokens, how often the generator draws each, and all traces."""

    task: Countdown
    split: str
    tokens: Tokens
    """(P, numbers + 1): the numbers and the target."""
    weight: npt.NDArray[np.float64]
    """(P,): the chance of each prompt under the generator; sums to 1."""
    multiset: Tokens
    """(P,): which of the split's multisets of numbers a prompt uses."""
    right: Traces
    """The right answers, `owner` 0..P-1."""
    given: Tokens
    """(B, numbers): the orders of numbers."""
    legal: Traces
    """All legal traces of `given`, for demonstrations."""

    def __len__(self) -> int:
        return len(self.tokens)

    @property
    def multisets(self) -> int:
        """How many multisets of numbers the prompts use."""
        return int(self.multiset.max()) + 1

    def draw(self, uniforms: Any) -> Tokens:
        """Turn uniforms in [0, 1) into prompts, each with its chance under the generator; returns their indices."""
        return np.searchsorted(np.cumsum(self.weight), np.asarray(uniforms), side="right").clip(max=len(self) - 1)

    def of_multisets(self, count: int) -> Prompts:
        """Keep the prompts of `count` of the multisets, the same ones every time; their weights sum to 1 again.

        Whoever asks while another still holds them gets the same object, and so shares what was worked out from it.
        """
        part = self._parts.get(count)
        if part is None:
            part = self._parts[count] = self._of_multisets(count)
        return part

    @cached_property
    def _parts(self) -> WeakValueDictionary[int, Prompts]:
        return WeakValueDictionary()

    def _of_multisets(self, count: int) -> Prompts:
        order = np.random.Generator(np.random.PCG64(_SPLIT_SEED)).permutation(self.multisets)
        kept = np.flatnonzero(np.isin(self.multiset, order[:count]))
        owner, tokens, result = self.answers_of(kept)
        _, multiset = np.unique(self.multiset[kept], return_inverse=True)
        weight = self.weight[kept] / self.weight[kept].sum()
        return replace(
            self, tokens=self.tokens[kept], weight=weight, multiset=multiset, right=Traces(owner, tokens, result)
        )

    def answers_of(self, which: Any) -> Traces:
        """Right answers of some prompts, given by their indices; `owner` counts along `which`."""
        rows, owner = self.rows_of(which)
        return Traces(owner, self.right.tokens[rows], self.right.result[rows])

    def rows_of(self, which: Any) -> tuple[Tokens, Tokens]:
        """Where in `right` the answers of some prompts are, prompt after prompt, and their owners along `which`."""
        which = np.asarray(which)
        first = np.searchsorted(self.right.owner, which)
        many = np.searchsorted(self.right.owner, which, side="right") - first
        owner = np.repeat(np.arange(len(which)), many)
        return np.arange(len(owner)) - np.repeat(np.cumsum(many) - many, many) + first[owner], owner

    @cached_property
    def solutions(self) -> tuple[Tokens, Tokens]:
        """Owner of each distinct right solution, and which solution each right answer spells."""
        keys = np.column_stack([self.right.owner, self.task.canonical(self.right.tokens)])
        distinct, which = np.unique(keys, axis=0, return_inverse=True)
        return distinct[:, 0], which

    def demonstrations(self, rng: np.random.Generator, count: int, noise: float) -> Tokens:
        """Draw demonstrations: numbers, a target and a legal trace, a share of them with someone else's target.

        The noise makes the base model wide: it knows how to write legal traces, and only leans towards the target.

        Parameters
        ----------
        rng : numpy Generator
        count : int
            How many.
        noise : float in [0, 1]
            The share whose targets are shuffled among themselves.

        Returns
        -------
        ndarray of int, shape (count, numbers + 1 + T).

        Raises
        ------
        ValueError
            If `noise` leaves [0, 1] or `count` is not a whole number >= 1.
        """
        count, noise = arguments.one_whole("count", count), arguments.one_number("noise", noise, 0, 1)
        pool = rng.integers(len(self.given), size=count)
        start = np.searchsorted(self.legal.owner, pool)
        stop = np.searchsorted(self.legal.owner, pool, side="right")
        trace = start + (rng.random(count) * (stop - start)).astype(np.int64)
        target = self.legal.result[trace]
        shuffled = rng.permutation(count)[: round(noise * count)]
        target[shuffled] = target[rng.permutation(shuffled)]
        return np.hstack([self.given[pool], target[:, None], self.legal.tokens[trace]])


@lru_cache(maxsize=8)
def _prompts(task: Countdown, split: str, orders: int | None) -> Prompts:
    sets = task.multisets(split)
    grid = np.stack(np.meshgrid(*[np.arange(1, LARGEST_GIVEN + 1)] * task.numbers, indexing="ij"), -1)
    given = grid.reshape(-1, task.numbers)
    code = 10 ** np.arange(task.numbers)[::-1]
    which = np.searchsorted(sets @ code, np.sort(given, axis=1) @ code).clip(max=len(sets) - 1)
    ours = (sets[which] == np.sort(given, axis=1)).all(axis=1)
    given, which = given[ours], which[ours]
    if orders is not None:
        orders = arguments.one_whole("orders", orders)
        kept = np.random.Generator(np.random.PCG64(_SPLIT_SEED)).permutation(len(given))[:orders]
        given = given[np.sort(kept)]
        _, which = np.unique(which[np.sort(kept)], return_inverse=True)  # multisets that are left out do not count
    legal = task.legal_traces(given)
    listed = np.column_stack([legal.owner, legal.result])
    pairs, owner = np.unique(listed, axis=0, return_inverse=True)
    order = np.argsort(owner, kind="stable")
    per_given = np.bincount(legal.owner, minlength=len(given))
    weight = np.bincount(owner) / per_given[pairs[:, 0]] / len(given)
    return Prompts(
        task, split, np.column_stack([given[pairs[:, 0]], pairs[:, 1]]), weight, which[pairs[:, 0]],
        Traces(owner[order], legal.tokens[order], legal.result[order]), given, legal,
    )  # fmt: skip

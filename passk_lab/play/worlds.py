"""Two small worlds to race in: prompts with answers of their own, and prompts that share their strategies."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.exact import Bandit

PROMPTS = 16


@dataclass(frozen=True)
class World:
    """Sixteen prompts to train on: a `Bandit`, with the words that a picture of it needs.

    In a prompt the right answers stand first. So a number drawn evenly from 0 to 1 falls on the bar of its answers at
    its own place, and the right ones lie at the left.
    """

    name: str
    title: str
    told: str
    """What the prompts share, in a sentence."""
    label: str
    """What `rows` say of each prompt."""
    rows: tuple[str, ...]
    letters: str
    """What the answers are called, by their number in `index`, or by their place where prompts share none."""
    shared: bool
    logits: Any
    """Where training starts, shape (16, A): to 12 decimals, so that every machine has the same numbers."""
    right: Any
    """Which answers are right, shape (16, A)."""
    index: Any
    """Which parameter is an answer's own, shape (16, A): answers with the same one move together."""
    rate: float
    """Size of a step, before what `training.step_size` makes of it."""

    @property
    def bandit(self) -> Bandit:
        """The policy at the start of training.

        >>> shared_strategies().bandit.p.shape
        (16,)
        """
        parameters = int(self.index.max()) + 1
        return Bandit(self.logits, self.right, features=np.eye(parameters)[self.index])


@cache
def own_answers() -> World:
    """Prompts from nearly hopeless to nearly solved, each with eight answers of its own, one to four of them right.

    >>> own_answers().right.sum(axis=1).tolist()
    [1, 2, 3, 2, 4, 2, 3, 1, 4, 2, 3, 4, 2, 3, 4, 3]
    """
    chances = (0.004, 0.008, 0.015, 0.025, 0.04, 0.06, 0.09, 0.13, 0.18, 0.25, 0.33, 0.42, 0.52, 0.64, 0.76, 0.88)
    right_ones, answers = (1, 2, 3, 2, 4, 2, 3, 1, 4, 2, 3, 4, 2, 3, 4, 3), 8
    policy, right = np.zeros((PROMPTS, answers)), np.zeros((PROMPTS, answers), dtype=bool)
    for x, (p, many) in enumerate(zip(chances, right_ones, strict=True)):
        among_right, among_wrong = 0.72 ** np.arange(many), 0.8 ** np.arange(answers - many)
        policy[x, :many] = p * among_right / among_right.sum()
        policy[x, many:] = (1 - p) * among_wrong / among_wrong.sum()
        right[x, :many] = True
    return World(
        name="own", title="own answers", shared=False, letters="abcdefgh", label="starts at",
        told="Each prompt has eight answers of its own, one to four of them right; what one learns is no other's.",
        rows=tuple(f"{100 * p:.2g} %" for p in chances),
        logits=np.log(policy).round(12), right=right, index=np.arange(policy.size).reshape(policy.shape),
        rate=PROMPTS / 2,
    )  # fmt: skip


@cache
def shared_strategies() -> World:
    """Prompts that share six strategies: each is solved by one of four or by two, and two of the six solve nothing.

    >>> shared_strategies().rows
    ('A', 'A', 'A', 'A', 'A', 'A', 'A or B', 'B', 'B', 'B', 'B', 'C', 'C', 'C', 'D', 'D')
    """
    solved_by = ["A"] * 6 + ["AB"] + ["B"] * 4 + ["C"] * 3 + ["D"] * 2
    letters = "ABCDEF"
    right = np.array([[letter in solvers for letter in letters] for solvers in solved_by])
    # Strategies differ in how often they are taken, and each prompt leans a little to some of them.
    often = np.log(np.array([0.16, 0.14, 0.12, 0.10, 0.28, 0.20]))
    prompt, strategy = np.indices(right.shape)
    logits = often + 0.35 * np.cos(2.4 * prompt + 1.7 * strategy)
    logits = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    order = np.argsort(~right, axis=1, kind="stable")
    return World(
        name="shared", title="shared strategies", shared=True, letters=letters, label="solved by",
        told="All prompts share six strategies, A to F, the letters on the bars; the more one is taken for a prompt, "
        "the more for all of them.",
        rows=tuple(" or ".join(solvers) for solvers in solved_by),
        logits=np.take_along_axis(logits, order, axis=1).round(12), right=np.take_along_axis(right, order, axis=1),
        index=order, rate=0.8,
    )  # fmt: skip


WORLDS: dict[str, Callable[[], World]] = {"shared": shared_strategies, "own": own_answers}
"""What makes each world, by its name; the first is where a race starts."""


def world(name: str) -> World:
    """Return a world by its name.

    >>> world("own").title
    'own answers'
    """
    return WORLDS[arguments.known("world", name, list(WORLDS))]()

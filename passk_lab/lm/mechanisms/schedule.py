"""Mechanisms that change what is asked as the run goes on: k, and how much of the answer is given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import objectives
from passk_lab.lm.mechanisms.mechanism import Asked, Mechanism, register

if TYPE_CHECKING:
    from passk_lab.lm.countdown import Prompts


@register(
    "annealed-k",
    rule=r"k(t) = \text{round}\bigl(k_0^{1-t}\, k_1^{t}\bigr), \quad t \text{ from 0 to 1}",
    source="train on pass@k first and on pass@1 after, arXiv 2508.10751 and 2505.15201 (annealing k)",
)
@dataclass
class AnnealedK(Mechanism):
    """Let k fall from `start` to `end` over the run, evenly in its logarithm."""

    start: float = 16
    end: float = 1

    ranges = {"start": (1, 2**20), "end": (1, 2**20)}  # noqa: RUF012

    def check(self, asked: Asked) -> None:
        objective = asked.objective
        for k in (self.start, self.end):
            if k != int(k):
                raise ValueError(f"{self.name}: start and end are whole numbers of draws, but {k:g} came.")
        if not objectives.entry(objective.name).draws:
            raise ValueError(
                f"{self.name} moves an objective's number of draws, but {objective.name} has none: take pass@k, say."
            )
        for k in {self.start, self.end}:
            here = self._at(objective, int(k))
            reason = here.missing("credit", asked.n)
            if reason:
                raise ValueError(reason)

    def objective(self, objective: objectives.Objective, progress: float) -> objectives.Objective:
        return self._at(objective, round(self.start ** (1 - progress) * self.end**progress))

    @staticmethod
    def _at(objective: objectives.Objective, k: int) -> objectives.Objective:
        draws = objectives.entry(objective.name).draws
        given = {**objective.parameters, draws: k} if draws else objective.parameters
        return objectives.get(objective.name, **given)


@register(
    "prefix-hints",
    rule=r"\text{with chance } s(1 - t): \ y_{<h} \text{ is the beginning of a right answer}",
    source="hints that move p off 0, arXiv 2605.05112 and BREAD; here the beginning of a right answer drawn evenly",
)
@dataclass
class PrefixHints(Mechanism):
    """Give some groups the first tokens of a right answer; only what the policy writes itself is credited.

    The share of groups with a hint falls from `share` to 0 over the run.
    """

    share: float = 0.5
    tokens: float = 4
    """Length of the hint; 4 is the first step."""

    ranges = {"share": (0.0, 1.0), "tokens": (1, 64)}  # noqa: RUF012

    def check(self, asked: Asked) -> None:
        if self.tokens != int(self.tokens) or self.tokens >= asked.answer_length:
            raise ValueError(
                f"{self.name}: a hint is a whole number of tokens below the answer's {asked.answer_length}, but "
                f"tokens = {self.tokens:g}."
            )

    def force(self, prompts: Prompts, which: np.ndarray, n: int, progress: float, rng: Any) -> Any:
        owner = prompts.right.owner
        first, last = np.searchsorted(owner, which), np.searchsorted(owner, which, side="right")
        chosen = first + (rng.random(len(which)) * (last - first)).astype(np.int64)
        hinted = rng.random(len(which)) < self.share * (1 - progress)
        forced = np.full((len(which), n, prompts.task.answer_length), -1)
        length = int(self.tokens)
        forced[hinted, :, :length] = prompts.right.tokens[chosen[hinted], None, :length]
        return forced

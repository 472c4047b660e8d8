"""Mechanisms that change what each sample is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from passk_lab.lm.device import sent
from passk_lab.lm.mechanisms.mechanism import Mechanism, register, standardised

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch


_GONE = 100
"""Powers of two below which a float32 reward is about to underflow."""


class Shaped(Mechanism):
    """A mechanism that shapes the 0/1 reward.

    Its sources standardise the shaped reward within the group, as GRPO does. Added to any objective, it gives the
    difference that shaping makes there: credit + standardised(shaped) - standardised(plain). With `grpo` that is the
    source's rule itself.
    """

    def shape(self, batch: Batch) -> Tensor:
        """(G, n) shaped rewards."""
        raise NotImplementedError

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        return credit + standardised(self.shape(batch)) - standardised(batch.right.float())


@register(
    "novelty",
    rule=r"r_i \to r_i / (\text{copies of solution } i \text{ in the group})^{s}",
    source="arXiv 2509.06941 gives a bonus by count within the batch; this division is the form of our own study",
)
@dataclass
class Novelty(Shaped):
    """Split a solution's reward among its copies in the group: a second way to be right is worth more."""

    strength: float = 1.0

    def shape(self, batch: Batch) -> Tensor:
        copies = batch.copies.clamp_min(1).float()
        if self.strength * math.log2(batch.n) > _GONE:
            # A factor of the whole group is taken out by standardising, so only the ratio of copies counts.
            fewest = copies.masked_fill(~batch.right, torch.inf).amin(1, keepdim=True)
            copies = torch.where(batch.right, copies / fewest, 1.0)
        return batch.right.float() / copies**self.strength


@register(
    "unlikeliness",
    rule=r"r_i \to r_i \, (1 - \beta \, \text{rank}_i / n), \quad \text{rank } 0 = \text{least likely}",
    source="arXiv 2506.02355; AndreHe02/rewarding-unlikely-release, ray_lean_trainer.py",
)
@dataclass
class Unlikeliness(Shaped):
    """Pay a right answer less the likelier it was among the group's answers."""

    strength: float = 0.5

    ranges = {"strength": (0.0, 1.0)}  # noqa: RUF012

    def shape(self, batch: Batch) -> Tensor:
        # Equal answers share a rank: the mean of the places they fill.
        mine, other = batch.log_prob[:, :, None], batch.log_prob[:, None, :]
        rank = (other < mine).sum(-1) + ((other == mine).sum(-1) - 1) / 2
        return batch.right * (1 - self.strength * rank / batch.n)


@register(
    "count-bonus",
    rule=r"A_i \to A_i + b_i - \bar b, \quad b_i = s / \sqrt{N(x, a_i)}",
    source="arXiv 2509.06941, the count of an answer to a prompt over the whole run, less the group's mean",
)
@dataclass
class CountBonus(Mechanism):
    """Pay an answer more the less often it has been given to this prompt in the run so far.

    The answer is the solution (whatever the order of operands) if right, and the value it ends at if wrong.
    """

    strength: float = 0.3

    def __post_init__(self) -> None:
        super().__post_init__()
        if not hasattr(self, "_count"):
            self._count: dict[tuple[int, int], int] = {}

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        ends = -2 - batch.tree.traces[:, -1].unflatten(0, batch.right.shape)
        answers = torch.where(batch.right, batch.solution, ends).tolist()
        for prompt, group in zip(batch.which.tolist(), answers, strict=True):
            for answer in group:
                self._count[prompt, answer] = self._count.get((prompt, answer), 0) + 1
        counts = [
            [self._count[prompt, answer] for answer in group]
            for prompt, group in zip(batch.which.tolist(), answers, strict=True)
        ]
        bonus = self.strength * sent(np.array(counts), credit.device).float().rsqrt()
        return credit + bonus - bonus.mean(1, keepdim=True)

    def memory(self) -> dict[str, Tensor]:
        rows = [(prompt, answer, count) for (prompt, answer), count in self._count.items()]
        return {"count": torch.tensor(rows, dtype=torch.int64).reshape(-1, 3)}

    def remember(self, memory: dict[str, Tensor]) -> None:
        self._count = {(prompt, answer): count for prompt, answer, count in memory["count"].tolist()}


@register(
    "uniform-correct",
    rule=r"A_i \to A_i \, m \, \bigl[(1 - \tau)/m + \tau \, q_i^{-1} / \textstyle\sum_j q_j^{-1}\bigr] \text{ over the "
    r"} m \text{ right}",
    source="arXiv 2605.00365 (UCPO); AnamikaLochab/UCPO core_algos.compute_dgrpo_advantage_outcome_invq_l",
)
@dataclass
class UniformCorrect(Mechanism):
    """Move credit among the right answers of a group towards the unlikely ones; their sum stays."""

    strength: float = 0.3

    ranges = {"strength": (0.0, 1.0)}  # noqa: RUF012

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        mean_log = batch.log_prob / batch.free.sum(-1).clamp_min(1)
        inverse = (-mean_log).masked_fill(~batch.right, -torch.inf)
        # 1/q over its sum is a softmax of -log q; a group without right answers has nothing to share.
        share = torch.where(batch.right, inverse.softmax(1).nan_to_num(0.0), 0.0)
        spread = (1 - self.strength) + self.strength * batch.c[:, None] * share
        return torch.where(batch.right & (credit > 0), credit * spread, credit)


@register(
    "differential-smoothing",
    rule=r"A_i \to A_i - s\,\overline{\log\pi}_i \text{ if right}, \ A_i + s\,\overline{\log\pi}_i \text{ if wrong}",
    source="arXiv 2511.19942; maxrl repository, compute_dsgrpo_outcome_advantage",
)
@dataclass
class DifferentialSmoothing(Mechanism):
    """Raise entropy among right answers and lower it among wrong ones, by each answer's mean log chance a token."""

    strength: float = 0.05

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        mean_log = batch.log_prob / batch.free.sum(-1).clamp_min(1)
        return credit + self.strength * torch.where(batch.right, -mean_log, mean_log)

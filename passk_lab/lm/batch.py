"""One batch of a training step: what was asked, what was answered, and which answers are right."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from passk_lab.lm.countdown import Countdown
from passk_lab.lm.device import sent
from passk_lab.lm.tree import Tree

LogPolicy = Callable[[], Tensor]


@dataclass(eq=False)
class Batch:
    """G prompts with n samples each, as mechanisms and diagnostics see them."""

    task: Countdown
    which: np.ndarray
    """(G,) the prompts' indices in the split."""
    tree: Tree
    right: Tensor
    """(G, n) bool."""
    free: Tensor
    """(G, n, T) bool: tokens the policy chose itself; False where a hint was written."""
    token_log_prob: Tensor
    """(G, n, T) log chance of each token under the policy that sampled it."""
    base: LogPolicy
    """Gives the base model's log policy on the tree, (readers, vocabulary); computed when first asked for."""
    rng: np.random.Generator
    """This step's own randomness."""

    @property
    def prompts(self) -> Tensor:
        """(G, S) tokens."""
        return self.tree.prompts

    @property
    def n(self) -> int:
        """Samples in a group."""
        return self.right.shape[1]

    @property
    def c(self) -> Tensor:
        """(G,) right samples in each group."""
        return self.right.sum(1)

    @property
    def log_prob(self) -> Tensor:
        """(G, n) log chance of each answer, of its own tokens."""
        return (self.token_log_prob * self.free).sum(-1)

    @cached_property
    def readers(self) -> Tensor:
        """(G, n, T) the reader each token was drawn at."""
        return self.tree.parent[self.tree.path].unflatten(0, (-1, self.n))

    @cached_property
    def reader_weight(self) -> Tensor:
        """(readers,) how often an answer passes a reader and chooses there, as a mean over samples."""
        size = len(self.prompts) + self.tree.inner
        weight = torch.zeros(size, dtype=torch.float64, device=self.right.device)
        weight.index_add_(0, self.readers.flatten(), self.free.flatten().double())
        return (weight / self.right.numel()).float()

    @cached_property
    def base_log_policy(self) -> Tensor:
        """(readers, vocabulary) the base model's log chances."""
        return self.base()

    @cached_property
    def solution(self) -> Tensor:
        """(G, n) a number for each right answer's solution, whatever the order of operands; -1 for wrong ones."""
        code = sent(self.task.canonical(self.tree.traces.cpu().numpy()), self.right.device)
        return torch.where(self.right, code.unflatten(0, self.right.shape), -1)

    @cached_property
    def copies(self) -> Tensor:
        """(G, n) how many right answers of the group are the same solution, itself among them; 0 if wrong."""
        same = (self.solution[:, :, None] == self.solution[:, None, :]) & self.right[:, None, :]
        return same.sum(-1) * self.right

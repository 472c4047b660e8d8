"""Mechanisms that limit how far a token may move: clipping the ratio, dropping tokens by covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from passk_lab.lm.device import sent
from passk_lab.lm.mechanisms.mechanism import Asked, Mechanism, register
from passk_lab.lm.mechanisms.penalties import covariance, needs_updates

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch


@register(
    "clip-higher",
    rule=r"\min\bigl(\rho A, \; \text{clip}(\rho, 1 - \epsilon_{low}, 1 + \epsilon_{high})\, A\bigr)",
    source="arXiv 2503.14476 (DAPO): .2 below and .28 above; low = high = .2 is PPO's clipping",
)
@dataclass
class ClipHigher(Mechanism):
    """Clip the ratio to the sampling policy, with more room to rise than to fall."""

    low: float = 0.2
    high: float = 0.28

    ranges = {"low": (0.0, 1.0)}  # noqa: RUF012

    def check(self, asked: Asked) -> None:
        needs_updates(self.name, asked)

    def surrogate(self, ratio: Tensor, credit: Tensor) -> Tensor:
        return torch.minimum(ratio * credit, ratio.clamp(1 - self.low, 1 + self.high) * credit)


@register(
    "clip-cov",
    rule=r"\nabla = 0 \text{ for a random few of the tokens with covariance in } [\omega_{low}, \omega_{high}]",
    source="arXiv 2505.22617; verl core_algos.compute_policy_loss_clip_cov",
)
@dataclass
class ClipCov(Mechanism):
    """Leave out a random few of the tokens whose log chance and credit rise together."""

    share: float = 0.02
    """Share of all tokens left out; the source takes 2e-4 of far more tokens."""
    low: float = 1.0
    high: float = 5.0

    ranges = {"share": (0.0, 1.0)}  # noqa: RUF012

    def keep(self, batch: Batch, credit: Tensor) -> Tensor:
        cov = covariance(batch, credit).flatten()
        inside = torch.nonzero((cov >= self.low) & (cov <= self.high)).flatten().cpu().numpy()
        dropped = batch.rng.permutation(inside)[: round(self.share * int(batch.free.sum()))]
        keep = torch.ones_like(cov, dtype=torch.bool)
        keep[sent(dropped, cov.device)] = False
        return keep.view_as(batch.free)

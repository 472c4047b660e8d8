"""Mechanisms that limit how far a token may move: clipping the ratio, dropping tokens by covariance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from passk_lab.lm.device import sent
from passk_lab.lm.mechanisms.mechanism import Asked, Mechanism, register
from passk_lab.lm.mechanisms.penalties import covariance, how_many, needs_updates

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
        return clipped(ratio, credit, self.low, self.high)


@register(
    "clip-cov",
    rule=r"\min\bigl(\rho A, \; \text{clip}(\rho, 1 - \epsilon_{low}, 1 + \epsilon_{high})\, A\bigr), \quad "
    r"\text{and } \nabla = 0 \text{ for a random few with covariance in } (\omega_{low}, \omega_{high})",
    source="arXiv 2505.22617; verl core_algos.compute_policy_loss_clip_cov, its recipe entropy/7b_clip_cov.sh",
)
@dataclass
class ClipCov(Mechanism):
    """Leave out a random few of the tokens whose log chance and credit rise together, and clip the ratio as PPO does.

    Tokens that the clipping takes the gradient from already are not among those few. The covariance is that of the log
    chances as they are now, so it is taken anew in each update from a batch.
    """

    share: float = 0.02
    """Share of all tokens left out, at least one; the source takes 2e-4 of far more tokens."""
    low: float = 1.0
    high: float = 5.0
    clip_low: float = 1.0
    clip_high: float = 1.0
    """The ratio is held between 1 - clip_low and 1 + clip_high: 0 and 2 in the source's recipe; .2 and .2 is PPO's."""

    ranges = {"share": (0.0, 1.0), "clip_low": (0.0, 1.0)}  # noqa: RUF012

    def surrogate(self, ratio: Tensor, credit: Tensor) -> Tensor:
        return clipped(ratio, credit, self.clip_low, self.clip_high)

    def keep(self, batch: Batch, credit: Tensor, log_prob: Tensor) -> Tensor:
        ratio, worth = (log_prob - batch.token_log_prob).exp(), credit[..., None]
        cut_off = self.surrogate(ratio, worth) < ratio * worth
        cov = covariance(batch, credit, log_prob)
        inside = torch.nonzero(((cov > self.low) & (cov < self.high) & ~cut_off).flatten()).flatten().cpu().numpy()
        dropped = batch.rng.permutation(inside)[: how_many(self.share, batch)]
        keep = torch.ones(cov.numel(), dtype=torch.bool, device=cov.device)
        keep[sent(dropped, cov.device)] = False
        return keep.view_as(batch.free)


def clipped(ratio: Tensor, credit: Tensor, low: float, high: float) -> Tensor:
    """PPO's gain: the smaller of ratio times credit and clipped ratio times credit (arXiv 1707.06347)."""
    return torch.minimum(ratio * credit, ratio.clamp(1 - low, 1 + high) * credit)

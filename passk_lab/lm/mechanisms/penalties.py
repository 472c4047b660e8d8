"""Mechanisms that add a term to the loss: entropy and closeness to the base model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from passk_lab.lm.mechanisms.mechanism import Asked, Mechanism, entropy_of, over_readers, register

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch


@register(
    "entropy",
    rule=r"+\lambda \, \mathbb{E} \sum_t H(\pi(\cdot \mid y_{<t})), \quad \lambda \leftarrow \lambda + s\,(H^* - H)",
    source="the usual bonus, as in TRL's entropy_coef and verl's entropy_coeff; controller as TRL's adaptive entropy",
)
@dataclass
class Entropy(Mechanism):
    """Reward the entropy of the next token at the prefixes the policy visits, in nats an answer.

    The gradient is that of the entropies at the visited prefixes; how they change which prefixes are visited is left
    out, as in the public trainers. With a target the coefficient rises while entropy is below it and falls, to 0,
    while it is above; without one (target 0) it stays.
    """

    coefficient: float = 0.05
    target: float = 0.0
    """Entropy to hold, in nats an answer; 0 for a fixed coefficient."""
    speed: float = 0.002
    """How much a nat too little raises the coefficient each step."""

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        return -self.coefficient * over_readers(batch, entropy_of(log_policy))

    def after(self, record: dict[str, float]) -> None:
        if self.target > 0:
            self.coefficient = max(0.0, self.coefficient + self.speed * (self.target - record["entropy"]))


@register(
    "kl-reverse",
    rule=r"-\beta \, \mathbb{E} \sum_t KL(\pi \,\|\, \pi_{base})",
    source="the KL penalty of RLHF and GRPO (arXiv 2402.03300), exact over the vocabulary",
)
@dataclass
class ReverseKL(Mechanism):
    """Stay close to the base: do not write what it would not."""

    coefficient: float = 0.1

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        distance = (log_policy.exp() * (log_policy - batch.base_log_policy)).sum(-1)
        return self.coefficient * over_readers(batch, distance)


@register(
    "kl-forward",
    rule=r"-\beta \, \mathbb{E} \sum_t KL(\pi_{base} \,\|\, \pi)",
    source="the mass-covering direction, arXiv 2509.07430 (DPH-RL); here at the policy's own prefixes, on all prompts",
)
@dataclass
class ForwardKL(Mechanism):
    """Keep covering the base: do not give up what it would write."""

    coefficient: float = 0.1

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        base = batch.base_log_policy
        return self.coefficient * over_readers(batch, (base.exp() * (base - log_policy)).sum(-1))


@register(
    "kl-cov",
    rule=r"-\beta \sum_{t \in \text{top}} |\log\pi - \log\pi_{old}|, \quad \text{top by } (A - \bar A)(\log\pi - "
    r"\overline{\log\pi})",
    source="arXiv 2505.22617; verl core_algos.compute_policy_loss_kl_cov",
)
@dataclass
class KLCov(Mechanism):
    """Hold back the few tokens whose log chance and credit rise together: those that use entropy up."""

    coefficient: float = 1.0
    share: float = 0.02
    """Share of tokens held; the source takes 2e-4 of far more tokens."""

    ranges = {"share": (0.0, 1.0)}  # noqa: RUF012

    def check(self, asked: Asked) -> None:
        needs_updates(self.name, asked)

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        cov = covariance(batch, credit)
        held = max(1, round(self.share * int(batch.free.sum())))
        top = cov.flatten().topk(held).indices
        now = batch.tree.log_probs(log_policy)[batch.tree.path].flatten()[top]
        return self.coefficient * (now - batch.token_log_prob.flatten()[top]).abs().sum() / batch.right.numel()


def covariance(batch: Batch, credit: Tensor) -> Tensor:
    """Each token's share in the covariance of log chance and credit, (G, n, T); -inf where a hint was written."""
    free, log_prob = batch.free, batch.token_log_prob
    worth = credit[..., None].expand_as(log_prob)
    mean_worth, mean_log = worth[free].mean(), log_prob[free].mean()
    return torch.where(free, (worth - mean_worth) * (log_prob - mean_log), -torch.inf)


def needs_updates(name: str, asked: Asked) -> None:
    """Refuse a run with one update a batch, where policy and sampling policy are the same."""
    if asked.updates < 2:
        raise ValueError(
            f"{name} compares the policy with the one that sampled, and with updates = 1 the two are the same: take "
            "updates = 2 or more."
        )

"""Mechanisms that add a term to the loss: entropy and closeness to the base model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from passk_lab.lm.mechanisms.mechanism import (
    Asked,
    Mechanism,
    entropy_of,
    less_the_others,
    over_readers,
    register,
    still_to_come,
)

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch


@register(
    "entropy",
    rule=r"+\lambda \, \mathbb{E} \sum_t H(\pi(\cdot \mid y_{<t})), \quad \lambda \leftarrow \lambda \pm \delta "
    r"\text{ and paid only where } H \leq H^*",
    source="the usual bonus, as in TRL's entropy_coef and verl's entropy_coeff; with a target, the adaptive control of "
    "arXiv 2505.22312 (Skywork-OR1) as in TRL's use_adaptive_entropy",
)
@dataclass
class Entropy(Mechanism):
    """Reward the entropy of the next token at the prefixes the policy visits, in nats an answer.

    The gradient is that of the entropies at the visited prefixes; how they change which prefixes are visited is left
    out, as in the public trainers. With a target the coefficient rises by delta after a step whose entropy is at or
    below it and falls by delta, to 0, after one above it; and after one above it no bonus is paid at all. Without a
    target (0) the coefficient stays. TRL counts entropy, and so its target, per token; here both are per answer.
    """

    coefficient: float = 0.05
    target: float = 0.0
    """Entropy to hold, in nats an answer; 0 for a fixed coefficient."""
    delta: float = 0.005
    """How much the coefficient moves in a step."""
    ceiling: float = 1.0
    """How far it may rise."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if not hasattr(self, "_enough"):
            self._enough = False

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        paid = 0.0 if self.target > 0 and self._enough else self.coefficient
        return -paid * over_readers(batch, entropy_of(log_policy))

    def after(self, record: dict[str, float]) -> None:
        if self.target > 0:
            self._enough = record["entropy"] > self.target
            moved = self.coefficient + (-self.delta if self._enough else self.delta)
            self.coefficient = max(0.0, min(moved, self.ceiling))

    def memory(self) -> dict[str, Tensor]:
        return {"enough": torch.tensor(self._enough)} if self.target > 0 else {}

    def remember(self, memory: dict[str, Tensor]) -> None:
        self._enough = bool(memory["enough"])


@register(
    "kl-reverse",
    rule=r"-\beta \, KL(\pi \,\|\, \pi_{base}), \quad \nabla = \mathbb{E} \sum_t \bigl[\nabla KL_t + "
    r"\textstyle\sum_{u > t} KL_u \, \nabla \log \pi(y_t)\bigr]",
    source="the KL penalty of RLHF (arXiv 2203.02155), its gradient as in arXiv 2504.10637: exact over the vocabulary",
)
@dataclass
class ReverseKL(Mechanism):
    """Stay close to the base: do not write what it would not.

    The gradient is that of the divergence of whole answers: of each next token's divergence, summed over the
    vocabulary and not sampled, and of which prefixes are visited, each token answering for the divergence still to
    come (less the mean of the group's other samples, which changes no expectation). Public trainers that sum a KL per
    token into the loss leave that second part out (arXiv 2506.09477): see `k2-in-loss`. It is exact on policy, in the
    first update from a batch.
    """

    coefficient: float = 0.1

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        distance = (log_policy.exp() * (log_policy - batch.base_log_policy)).sum(-1)
        now = batch.tree.log_probs(log_policy)[batch.tree.path].unflatten(0, batch.right.shape)
        to_come = still_to_come(distance.detach()[batch.readers] * batch.free)
        # Less itself, so that the term has a slope and no value: the penalty's value is the divergence.
        visits = (less_the_others(to_come, 1) * (now - now.detach()) * batch.free).sum() / batch.right.numel()
        return self.coefficient * (over_readers(batch, distance) + visits)


@register(
    "kl-forward",
    rule=r"-\beta \, \mathbb{E} \sum_t KL_t(\pi_{base} \,\|\, \pi)",
    source="the mass-covering direction, arXiv 2509.07430 (DPH-RL); ours: at the policy's own prefixes, on all prompts",
)
@dataclass
class ForwardKL(Mechanism):
    """Keep covering the base: do not give up what it would write.

    At the prefixes the policy visits, and those held as they are: on policy what GRPO's `k3-in-loss` trains on average,
    exact over the vocabulary. The divergence of whole answers is a mean over what the BASE writes; for a policy of two
    tokens drawn at random its slope had cosine .998 with this one, and norm .413 against .390.
    """

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
    """Hold back the few tokens whose log chance and credit rise together: those that use entropy up.

    The covariance is that of the log chances as they are now, so it is taken anew in each update from a batch.
    """

    coefficient: float = 1.0
    share: float = 0.02
    """Share of all tokens held, at least one; the source takes 2e-4 of far more tokens."""

    ranges = {"share": (0.0, 1.0)}  # noqa: RUF012

    def check(self, asked: Asked) -> None:
        needs_updates(self.name, asked)

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        now = batch.tree.log_probs(log_policy)[batch.tree.path].unflatten(0, batch.right.shape)
        top = covariance(batch, credit, now.detach()).flatten().topk(how_many(self.share, batch)).indices
        moved = now.flatten()[top] - batch.token_log_prob.flatten()[top]
        return self.coefficient * moved.abs().sum() / batch.right.numel()


def covariance(batch: Batch, credit: Tensor, log_prob: Tensor) -> Tensor:
    """Each token's share in the covariance of log chance and credit, (G, n, T); -inf where a hint was written."""
    free = batch.free
    worth = credit[..., None].expand_as(log_prob)
    mean_worth, mean_log = worth[free].mean(), log_prob[free].mean()
    return torch.where(free, (worth - mean_worth) * (log_prob - mean_log), -torch.inf)


def how_many(share: float, batch: Batch) -> int:
    """How many tokens of a batch a share is: rounded down, at least one, as verl counts; none for a share of 0."""
    return max(1, int(share * int(batch.free.sum()))) if share else 0


def needs_updates(name: str, asked: Asked) -> None:
    """Refuse a run with one update a batch, where policy and sampling policy are the same."""
    if asked.updates < 2:
        raise ValueError(
            f"{name} compares the policy with the one that sampled, and with updates = 1 the two are the same: take "
            "updates = 2 or more."
        )

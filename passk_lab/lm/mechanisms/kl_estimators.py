"""The divergence from the base, estimated from the drawn tokens alone: k1, k2, k3, each in the reward or in the loss.

With d = log pi(y_t) - log pi_base(y_t) they are d, d^2/2 and exp(-d) - 1 + d. As values k1 and k3 are unbiased, but
what trains is their slope, and that depends on the place. On policy and for answers of one token:

=========  ==========================================================  =========================================
estimator  in the reward                                               in the loss
=========  ==========================================================  =========================================
k1         the slope of KL(pi || base)                                 0
k2         another                                                     the slope of KL(pi || base)
k3         the slope of KL(pi || base) less that of KL(base || pi)     the slope of KL(base || pi)
=========  ==========================================================  =========================================

`exact.kl_estimate_gradient` has the six in the enumerable world. For answers of several tokens k1 in the reward keeps
the slope of the whole answers' divergence; a term in the loss, token by token, leaves out how visited prefixes depend
on the policy. Sources: J. Schulman, Approximating KL divergence (2020, joschu.net/blog/kl-approx.html); arXiv
2506.09477, 2510.01555 and 2512.21852.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torch import Tensor

from passk_lab.lm.mechanisms.mechanism import Mechanism, less_the_others, register

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch


def k1(d: Tensor) -> Tensor:
    """The log ratio itself."""
    return d


def k2(d: Tensor) -> Tensor:
    """Half its square."""
    return d.square() / 2


def k3(d: Tensor) -> Tensor:
    """The log ratio, and a term of mean 0 that keeps it above 0."""
    return (-d).expm1() + d


@dataclass
class InReward(Mechanism):
    """Take the estimate, summed over an answer's tokens, off its reward, less the mean of the group's other samples.

    The baseline is RLOO's (arXiv 2402.14740), so it changes no expectation; whatever scale the objective gives rewards,
    this term keeps its own. Public trainers that put the KL into the reward before GRPO's deviation divide it too.
    """

    coefficient: float = 0.1

    def estimate(self, d: Tensor) -> Tensor:
        """Estimate the divergence at each token."""
        raise NotImplementedError

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        there = batch.tree.log_probs(batch.base_log_policy)[batch.tree.path].unflatten(0, batch.right.shape)
        paid = (self.estimate(batch.token_log_prob - there) * batch.free).sum(-1)
        return credit - self.coefficient * less_the_others(paid, 1)


@dataclass
class InLoss(Mechanism):
    """Add the estimate to the loss, summed over an answer's tokens, and let the gradient run through it."""

    coefficient: float = 0.1

    def estimate(self, d: Tensor) -> Tensor:
        """Estimate the divergence at each token."""
        raise NotImplementedError

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor:
        far = batch.tree.log_probs(log_policy) - batch.tree.log_probs(batch.base_log_policy)
        each = self.estimate(far)[batch.tree.path].unflatten(0, batch.right.shape)
        return self.coefficient * (each * batch.free).sum() / batch.right.numel()


@register(
    "k1-in-reward",
    rule=r"r_i \to r_i - \beta \sum_t d_t, \quad d_t = \log \pi(y_t) - \log \pi_{base}(y_t)",
    source="PPO for RLHF (arXiv 1909.08593, 2203.02155), RLOO (2402.14740); unbiased on policy: 2506.09477, 2512.21852",
)
@dataclass
class K1InReward(InReward):
    """Pay for closeness to the base as RLHF does: on policy the slope of KL(policy || base) of whole answers."""

    def estimate(self, d: Tensor) -> Tensor:
        return k1(d)


@register(
    "k2-in-reward",
    rule=r"r_i \to r_i - \beta \sum_t d_t^2 / 2",
    source="Schulman's k2 as a reward: kl_penalty 'mse' of verl; biased: arXiv 2510.01555, 2512.21852",
)
@dataclass
class K2InReward(InReward):
    """Pay for a small square of the log ratio: on policy the slope of another divergence than the KL."""

    def estimate(self, d: Tensor) -> Tensor:
        return k2(d)


@register(
    "k3-in-reward",
    rule=r"r_i \to r_i - \beta \sum_t (e^{-d_t} - 1 + d_t)",
    source="Schulman's k3 as a reward: kl_penalty 'low_var_kl' of verl; biased: arXiv 2510.01555, 2512.21852",
)
@dataclass
class K3InReward(InReward):
    """Pay for a small k3: its value is the KL without bias, its slope that of KL(policy || base) less the other KL."""

    def estimate(self, d: Tensor) -> Tensor:
        return k3(d)


@register(
    "k1-in-loss",
    rule=r"-\beta \, \mathbb{E} \sum_t d_t \text{ differentiated}",
    source="the log ratio as a loss: kl_loss_type 'kl' of verl; no slope on policy: arXiv 2506.09477, 2512.21852",
)
@dataclass
class K1InLoss(InLoss):
    """Add the log ratio to the loss: on policy its slope is 0 on average, and all it adds is noise."""

    def estimate(self, d: Tensor) -> Tensor:
        return k1(d)


@register(
    "k2-in-loss",
    rule=r"-\beta \, \mathbb{E} \sum_t d_t^2 / 2 \text{ differentiated}",
    source="arXiv 2510.01555: on policy the same slope as k1 in the reward; per token, kl_loss_type 'mse' of verl",
)
@dataclass
class K2InLoss(InLoss):
    """Add half the squared log ratio to the loss: on policy the slope of each next token's KL(policy || base).

    How the visited prefixes depend on the policy is left out; `kl-reverse` has both. For a policy of two tokens drawn
    at random the slope of the whole divergence had cosine .870 with this one, and norm .374 against .355.
    """

    def estimate(self, d: Tensor) -> Tensor:
        return k2(d)


@register(
    "k3-in-loss",
    rule=r"-\beta \, \mathbb{E} \sum_t (e^{-d_t} - 1 + d_t) \text{ differentiated}",
    source="GRPO (arXiv 2402.03300, eq. 4), TRL's beta; on policy the slope of the forward KL: 2506.09477, 2510.01555",
)
@dataclass
class K3InLoss(InLoss):
    """Add GRPO's term to the loss: on policy the slope of each next token's KL(base || policy), as in `kl-forward`."""

    def estimate(self, d: Tensor) -> Tensor:
        return k3(d)

"""What to watch in a training step: success, what is left to explore, and where the signal comes from."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from passk_lab import metrics, objectives
from passk_lab.lm.batch import Batch
from passk_lab.lm.mechanisms.mechanism import entropy_of, over_readers

MEANING = {
    "pass_at_1": "share of right samples in the batch, J_1",
    "pass_at_k": "pass@k of the batch, unbiased, k = watch",
    "gap": "pass@k - pass@1, what is left to explore",
    "entropy": "entropy of the next token summed over an answer, nats, at the prefixes visited",
    "distinct": "distinct right solutions in a group, mean",
    "unique": "distinct answers over samples, right or wrong",
    "all_wrong": "share of groups without a right sample",
    "all_right": "share of groups with only right samples",
    "silent": "share of groups in which every sample has the same credit",
    "carriers": "effective share of the prompts that carry the credit (Kish), 0..1",
    "gradient_norm": "norm of the raw gradient, before clipping and before Adam rescales it",
    "signal_to_noise": "of the output layer's gradient over the batch's prompts: |mean| over its standard error",
    "seconds": "time of the step",
}
"""Names of the step diagnostics, with their meaning."""


def describe(batch: Batch, credit: Tensor, logits: Tensor, watch: int) -> dict[str, float]:
    """Summarise a batch and what its answers are worth: the diagnostics that need no gradient."""
    n, groups, log_policy = batch.n, len(batch.prompts), logits.detach().log_softmax(-1)
    silent = (credit == credit[:, :1]).all(1).float().mean()
    found = (batch.c, credit.abs().sum(1), over_readers(batch, entropy_of(log_policy)), silent)
    # From a GPU everything is read at once: each read makes the host wait for all that is under way.
    seen = torch.cat([part.double().flatten() for part in found]).cpu().numpy()
    c, worth = seen[:groups].astype(np.int64), seen[groups : 2 * groups]
    first, more = float(c.mean() / n), float(metrics.pass_at_k(n, c, watch).mean())
    solutions = sum(len(set(row) - {-1}) for row in batch.solution.tolist())
    return {
        "pass_at_1": first,
        "pass_at_k": more,
        "gap": more - first,
        "entropy": float(seen[-2]),
        "distinct": solutions / groups,
        "unique": batch.tree.sizes[-1] / (n * groups),
        "all_wrong": float((c == 0).mean()),
        "all_right": float((c == n).mean()),
        "silent": float(seen[-1]),
        "carriers": objectives.effective_share(worth) if worth.any() else 0.0,
    }


def signal_to_noise(batch: Batch, hidden: Tensor, logits: Tensor) -> float:
    r"""Signal to noise of the output layer's gradient, from the batch's own groups.

    .. math:: \text{signal}^2 = \frac{|\sum_g G_g|^2 - \sum_g |G_g|^2}{m(m-1)}, \qquad
        \text{noise}^2 = \frac{\sum_g |G_g - \bar G|^2}{m(m-1)}

    G_g is group g's gradient of the output matrix, m groups. The signal is estimated without the bias that noise adds
    to a squared norm; below 0 it counts as 0. The other layers would need one backward pass for each group.

    Parameters
    ----------
    batch : Batch
    hidden : Tensor (readers, width)
        What the output layer reads.
    logits : Tensor (readers, vocabulary)
        What it writes, with the gradient of the loss.
    """
    groups, by_logit = len(batch.prompts), logits.grad
    if groups < 2 or by_logit is None:
        return 0.0
    group = torch.cat([torch.arange(groups, device=hidden.device), batch.tree.group[: batch.tree.inner]])
    order = torch.argsort(group, stable=True)
    sizes = [1 + inner for inner in batch.tree.inner_of]
    parts = zip(hidden.detach()[order].split(sizes), by_logit[order].split(sizes), strict=True)
    own = torch.stack([(h.T @ g).flatten() for h, g in parts]).double() * groups
    total, squares = own.sum(0), own.square().sum()
    pairs = groups * (groups - 1)
    signal = (total.square().sum() - squares) / pairs
    noise = (own - own.mean(0)).square().sum() / pairs
    return float(torch.where(noise > 0, (signal.clamp_min(0) / noise).sqrt(), 0.0))

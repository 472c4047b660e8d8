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
    distinct = how_many(batch.solution).sum()
    found = (batch.c, credit.abs().sum(1), over_readers(batch, entropy_of(log_policy)), silent, distinct)
    # From a GPU everything is read at once: each read makes the host wait for all that is under way.
    seen = torch.cat([part.double().flatten() for part in found]).cpu().numpy()
    c, worth = seen[:groups].astype(np.int64), seen[groups : 2 * groups]
    first, more = float(c.mean() / n), float(metrics.pass_at_k(n, c, watch).mean())
    return {
        "pass_at_1": first,
        "pass_at_k": more,
        "gap": more - first,
        "entropy": float(seen[-3]),
        "distinct": float(seen[-1]) / groups,
        "unique": batch.tree.sizes[-1] / (n * groups),
        "all_wrong": float((c == 0).mean()),
        "all_right": float((c == n).mean()),
        "silent": float(seen[-2]),
        "carriers": objectives.effective_share(worth) if worth.any() else 0.0,
    }


def how_many(numbers: Tensor) -> Tensor:
    """Count the different numbers in each row, -1 aside: (..., n) -> (...). Fixed shapes, no word with the host.

    >>> how_many(torch.tensor([[7, 3, 7, -1], [-1, -1, -1, -1]])).tolist()
    [2, 0]
    """
    ordered = numbers.sort(-1).values
    ordered = torch.cat([torch.full_like(ordered[..., :1], -1), ordered], -1)
    return (ordered[..., 1:] != ordered[..., :-1]).sum(-1)


def number_answers(tokens: Tensor, vocabulary: int) -> Tensor:
    """Give each answer of a group a number that equal answers share, and only they: (..., n, T) -> (..., n).

    Several tokens are read as the digits of one int64; where not all of them fit, the numbers so far are replaced by
    their ranks in the group, and the next tokens follow. Fixed shapes, no word with the host.

    >>> number_answers(torch.tensor([[3, 1, 2], [3, 1, 2], [0, 0, 9]]), 10).tolist()
    [312, 312, 9]
    """
    n, length = tokens.shape[-2:]
    fit = 1
    while n * vocabulary ** (fit + 1) < 2**63:
        fit += 1
    number = torch.zeros_like(tokens[..., 0])
    for begin in range(0, length, fit):
        digits = tokens[..., begin : begin + fit]
        size = digits.shape[-1]
        place = vocabulary ** torch.arange(size - 1, -1, -1, device=tokens.device)
        number = (_ranks(number) if begin else number) * vocabulary**size + (digits * place).sum(-1)
    return number


def _ranks(numbers: Tensor) -> Tensor:
    """Replace the numbers of each row by 0, 1, 2, ... in their order; equal ones stay equal."""
    ordered, order = numbers.sort(-1)
    rises = (ordered[..., 1:] != ordered[..., :-1]).long()
    rank = torch.cat([torch.zeros_like(ordered[..., :1]), rises.cumsum(-1)], -1)
    return torch.empty_like(rank).scatter_(-1, order, rank)


def signal_to_noise(batch: Batch, hidden: Tensor, logits: Tensor) -> float:
    """Signal to noise of the output layer's gradient, from the batch's own groups (`over_groups`).

    The other layers would need one backward pass for each group.

    Parameters
    ----------
    batch : Batch
    hidden : Tensor (readers, width)
        What the output layer reads.
    logits : Tensor (readers, vocabulary)
        What it writes, with the gradient of the loss.
    """
    groups, by_logit = len(batch.prompts), logits.grad
    if by_logit is None:
        return 0.0
    group = torch.cat([torch.arange(groups, device=hidden.device), batch.tree.group[: batch.tree.inner]])
    order = torch.argsort(group, stable=True)
    sizes = [1 + inner for inner in batch.tree.inner_of]
    parts = zip(hidden.detach()[order].split(sizes), by_logit[order].split(sizes), strict=True)
    return float(over_groups(torch.stack([(h.T @ g).flatten() for h, g in parts]).double() * groups))


def over_groups(own: Tensor) -> Tensor:
    r"""Signal to noise of a mean over m groups, from what each of them says: (..., m, size) float64 -> (...).

    .. math:: \text{signal}^2 = \frac{|\sum_g G_g|^2 - \sum_g |G_g|^2}{m(m-1)}, \qquad
        \text{noise}^2 = \frac{\sum_g |G_g - \bar G|^2}{m(m-1)}

    The signal is estimated without the bias that noise adds to a squared norm; below 0 it counts as 0. One group tells
    nothing of noise: 0.

    >>> float(over_groups(torch.tensor([[9.0], [1.0]]).double()))  # signal^2 = (100 - 82) / 2, noise^2 = 32 / 2
    0.75
    """
    groups = own.shape[-2]
    if groups < 2:
        return own.new_zeros(own.shape[:-2])
    total, squares, pairs = own.sum(-2), own.square().sum((-2, -1)), groups * (groups - 1)
    signal = (total.square().sum(-1) - squares) / pairs
    noise = (own - own.mean(-2, keepdim=True)).square().sum((-2, -1)) / pairs
    return torch.where(noise > 0, (signal.clamp_min(0) / noise.clamp_min(1e-300)).sqrt(), 0.0)

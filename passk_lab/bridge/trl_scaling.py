"""What TRL's own scaling and losses make of a table of credit, where credit is handed to it as rewards.

Read in trl/trainer/grpo_trainer.py of TRL 1.16.0; `tests/bridge` holds both functions to what the real one does.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.objectives import Credit, Objective
from passk_lab.objectives.group import credit_of

SCALES = ("group", "batch", "none")
"""What `scale_rewards` may be; TRL's own is "group"."""
EPS = 1e-4
"""What TRL adds to a standard deviation that it divides by."""
LOSSES = ("grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "vespo", "luspo")
"""What `loss_type` may be; TRL's own is "dapo"."""


def trl_turns_into(
    objective: Objective | Credit | str, n: int, scale_rewards: str = "group", batch: Any = None
) -> Credit:
    r"""Table that reaches the gradient where TRL is given an objective's credit as if it were rewards.

    .. math:: \tilde A_i = \frac{A_i - \bar A}{s + 10^{-4}}, \qquad s = \begin{cases}
        \text{standard deviation of the group's credits} & \text{"group"} \\
        \text{standard deviation of the batch's credits} & \text{"batch"} \end{cases},
        \qquad \tilde A_i = A_i - \bar A \quad\text{"none"}

    with deviations over one less than their number. A group has two kinds of sample, so "group" leaves of a table only
    which kind got more: every one becomes GRPO's, wherever correct samples get more than wrong ones.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
        "reinforce" for rewards of 0 and 1 as they are.
    n : int
        Samples in the group, at least 2.
    scale_rewards : "group", "batch" or "none"
    batch : sequence of int, for "batch" alone
        Correct samples of each group of the batch, 0..n: its deviation depends on them.

    Returns
    -------
    Credit

    Raises
    ------
    ValueError
        As `Objective.credit`; for n = 1; for "batch" without a batch, or another with one.
    KeyError
        For a scaling that TRL does not have.

    Examples
    --------
    pass@4-loo-1 at two right of eight, as it is and as TRL's own setting makes it; then the batch's mean taken off.

    >>> from passk_lab import objectives
    >>> table = objectives.get("pass@k-loo-1", k=4)
    >>> round(float(table.credit(8).correct[2]), 3), float(table.credit(8).wrong[2])
    (2.286, 0.0)
    >>> [round(float(side[2]), 3) for side in (trl_turns_into(table, 8).correct, trl_turns_into(table, 8).wrong)]
    [1.62, -0.54]
    >>> centred = trl_turns_into(table, 8, "none")
    >>> round(float(centred.correct[2]), 3), round(float(centred.wrong[2]), 3)
    (1.714, -0.571)
    """
    arguments.known("scale_rewards of TRL", scale_rewards, list(SCALES))
    n = arguments.one_whole("n", n, least=2)
    table = credit_of(objective, n)
    c = np.arange(n + 1)
    apart = table.correct - table.wrong
    apart[[0, n]] = 0.0  # one kind of sample alone has nothing to be apart from
    if scale_rewards == "batch":
        scale: Any = 1 / (_deviation_of(table, batch) + EPS)
    elif batch is not None:
        raise ValueError(f'batch is for scale_rewards="batch" alone; "{scale_rewards}" does not look beyond a group.')
    else:
        spread = np.abs(apart) * np.sqrt(c * (n - c) / (n * (n - 1)))
        scale = 1 / (spread + EPS) if scale_rewards == "group" else 1.0
    return Credit(apart * (1 - c / n) * scale, -apart * c / n * scale)


def _deviation_of(table: Credit, batch: Any) -> float:
    if batch is None:
        raise ValueError(
            'scale_rewards="batch" divides by the deviation of all credits of the batch: pass batch=, the number of '
            "correct samples of each of its groups."
        )
    n, counts = table.n, arguments.whole("batch", batch)
    if counts.ndim != 1 or counts.max() > n:
        raise ValueError(f"batch has one number for each group, 0..{n} of n = {n}, but got {arguments.short(batch)}.")
    credits = [np.repeat([table.correct[c], table.wrong[c]], [c, n - c]) for c in counts.tolist()]
    return float(np.std(np.concatenate(credits), ddof=1))


def trl_loss_weights(loss_type: str, lengths: Any, longest: int | None = None, epsilon_high: float = 0.2) -> Floats:
    r"""Weight that a loss of TRL puts on each completion's credit, in the first update from a batch.

    .. math:: -\nabla \text{loss} = \sum_i w_i A_i \nabla\log\pi(y_i), \qquad w_i = \begin{cases}
        1/(B L_{\max}) & \text{dr\_grpo} \\ 1/B & \text{luspo} \\ 1/(B L_i) & \text{grpo, sapo} \\
        1/\sum_j L_j & \text{dapo, bnpo, vespo} \\ \min(1, \epsilon_{high})/\sum_j L_j & \text{cispo} \end{cases}

    Our own step: at the first update every ratio to the policy that wrote the answers is 1, where each loss has a slope
    in closed form. With "grpo" and "sapo" a completion's credit is divided by its own length, so the table is no longer
    one of c alone; with "dapo" and its kin all credits of a batch share one factor, which changes from batch to batch.

    Parameters
    ----------
    loss_type : str
        One of `LOSSES`.
    lengths : array_like of int, shape (B,)
        Tokens of each completion, at least 1.
    longest : int, for "dr_grpo" alone
        `max_completion_length`.
    epsilon_high : float
        For "cispo": where the ratio is cut off. TRL's own value, 0.2, cuts every ratio of 1 to 0.2.

    Raises
    ------
    KeyError
        For a loss that TRL does not have.
    ValueError
        For a length below 1, or above `longest`.

    Examples
    --------
    >>> trl_loss_weights("grpo", [2, 4]), trl_loss_weights("dr_grpo", [2, 4], longest=8)
    (array([0.25 , 0.125]), array([0.0625, 0.0625]))
    """
    arguments.known("loss_type of TRL", loss_type, list(LOSSES))
    lengths = np.atleast_1d(arguments.whole("lengths", lengths, least=1)).astype(np.float64)
    if lengths.ndim != 1:
        raise ValueError(f"lengths has one number for each completion, but its shape is {lengths.shape}.")
    same = np.ones_like(lengths)
    if loss_type == "dr_grpo":
        if longest is None:
            raise ValueError('"dr_grpo" divides by max_completion_length: pass it as longest.')
        if lengths.max() > arguments.one_whole("longest", longest):
            raise ValueError(f"a completion has {lengths.max():.0f} tokens, and longest = {longest}.")
        return same / (lengths.size * longest)
    if loss_type == "luspo":
        return same / lengths.size
    if loss_type in ("grpo", "sapo"):
        return 1 / (lengths.size * lengths)
    cut = min(1.0, arguments.one_number("epsilon_high", epsilon_high, 0.0, 1e6)) if loss_type == "cispo" else 1.0
    return same * cut / lengths.sum()

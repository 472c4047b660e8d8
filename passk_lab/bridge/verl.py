"""The lab's credit as an advantage estimator of verl; SkyRL calls its estimators in the same way.

Written for verl at 1dda039b9, whose trainer calls an estimator with rewards by token and the `uid` of each sample's
prompt. Where a reward holds more than the verdict (a KL penalty, one for length), the estimator refuses it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from passk_lab import needs
from passk_lab.bridge.credits import credit, verdicts
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve

Estimator = Callable[..., tuple[Tensor, Tensor]]


def estimator(objective: Objective | str, threshold: float | None = None, unscored: str = "refuse") -> Estimator:
    """Return the function that verl's registry keeps: rewards by token in, advantages and returns by token out.

    Parameters
    ----------
    objective : Objective or its name
    threshold, unscored
        As in `bridge.credit`.

    Returns
    -------
    function of token_level_rewards (B, T), response_mask (B, T), index (B,) and whatever else verl passes

    Raises
    ------
    ValueError
        When called: as `bridge.credit`, or where verl gave no index.

    Examples
    --------
    >>> lab = estimator("pass@1")
    >>> rewards, mask = torch.tensor([[0.0, 1.0], [0.0, 0.0]]), torch.tensor([[1, 1], [1, 0]])
    >>> lab(rewards, mask, index=["a", "a"])[0]
    tensor([[ 1.,  1.],
            [-1., -0.]])
    """
    climbed = resolve(objective)
    reading: dict[str, Any] = {"threshold": threshold, "unscored": unscored}
    verdicts([0, 1], **reading)  # what cannot be read is said now

    def lab(
        token_level_rewards: Tensor, response_mask: Tensor, index: Any = None, config: Any = None, **_: Any
    ) -> tuple[Tensor, Tensor]:
        if index is None:
            raise ValueError(
                "there is no index (uid), so nobody knows which samples answer one prompt: verl's trainer passes it "
                'where the batch has "uid".'
            )
        rewards = token_level_rewards.detach().double().sum(-1).cpu().numpy()
        each = credit(rewards, climbed, groups=index, **reading)
        advantages = torch.from_numpy(each).to(token_level_rewards)[:, None] * response_mask
        return advantages, advantages

    return lab


def register(
    name: str, objective: Objective | str, threshold: float | None = None, unscored: str = "refuse"
) -> Estimator:
    """Put an estimator into verl's registry, to be chosen by `algorithm.adv_estimator=NAME`.

    Call it in a module of your own and name that in VERL_USE_EXTERNAL_MODULES, so that every process has it.

    Parameters
    ----------
    name : str
        Any name that verl has not taken.
    objective, threshold, unscored
        As in `estimator`.

    Raises
    ------
    NotInstalled
        Where verl is not installed.
    """
    made = estimator(objective, threshold, unscored)
    needs.check(needs.VERL)
    from verl.trainer.ppo.core_algos import register_adv_est

    register_adv_est(name)(made)
    return made

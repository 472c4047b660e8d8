"""The lab's credit as slime's hook between rewards and training, `--custom-reward-post-process-path`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from passk_lab.bridge.credits import credit, verdicts
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve

Hook = Callable[[Any, Sequence[Any]], tuple[list[float], list[float]]]


def post_process(objective: Objective | str, threshold: float | None = None, unscored: str = "refuse") -> Hook:
    """Return the function that slime calls with its arguments and a batch of samples.

    It returns the rewards as they are, which slime logs, and the credits, which it trains on. Groups are told by each
    sample's `group_index`. With `--normalize-advantages` slime would whiten the credits over the batch: leave it off.

    Parameters
    ----------
    objective : Objective or its name
    threshold, unscored
        As in `bridge.credit`.

    Raises
    ------
    ValueError
        When called: as `bridge.credit`, or with `--normalize-advantages`.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> hook = post_process("mean-centred")
    >>> samples = [SimpleNamespace(group_index=7, get_reward_value=lambda args, r=r: r) for r in (1, 0)]
    >>> hook(SimpleNamespace(normalize_advantages=False), samples)
    ([1.0, 0.0], [0.5, -0.5])
    """
    climbed = resolve(objective)
    reading: dict[str, Any] = {"threshold": threshold, "unscored": unscored}
    verdicts([0, 1], **reading)  # what cannot be read is said now

    def hook(args: Any, samples: Sequence[Any]) -> tuple[list[float], list[float]]:
        if getattr(args, "normalize_advantages", False):
            raise ValueError(
                "--normalize-advantages whitens credits over the batch, which turns every objective's table into "
                "another one: leave it off."
            )
        rewards = [sample.get_reward_value(args) for sample in samples]
        each = credit(rewards, climbed, groups=[sample.group_index for sample in samples], **reading)
        return [float("nan") if reward is None else float(reward) for reward in rewards], each.tolist()

    return hook

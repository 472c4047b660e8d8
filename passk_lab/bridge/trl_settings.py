"""Settings of TRL under which a table of credit reaches the gradient as it is, and the sentence for any other."""

from __future__ import annotations

from typing import Any

from passk_lab import arguments
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve

TRL_SETTINGS = {"scale_rewards": "none", "loss_type": "dr_grpo"}
"""The two that TRL's own values are against: `GRPOConfig(**TRL_SETTINGS, ...)`."""

_WANTED: dict[str, tuple[Any, dict[Any, str], str]] = {
    # setting: the value that is allowed, why not some others, why not any other
    "scale_rewards": (
        TRL_SETTINGS["scale_rewards"],
        {
            "group": "divides by the group's standard deviation, which turns every table of a 0/1 reward into GRPO's",
            "batch": "divides by the batch's standard deviation, so a prompt's credit depends on its neighbours",
        },
        "is no scaling that this was written for",
    ),
    "loss_type": (
        TRL_SETTINGS["loss_type"],
        {
            **dict.fromkeys(("grpo", "sapo"), "divides each completion's credit by its own length"),
            **dict.fromkeys(
                ("dapo", "bnpo", "vespo"), "divides by the tokens of the batch, another number in every batch"
            ),
            "cispo": "divides by the tokens of the batch, and its epsilon_high cuts every credit down",
            "luspo": "multiplies each completion's ratio by its length",
        },
        "is no loss that this was written for",
    ),
    "multi_objective_aggregation": (
        "sum_then_normalize", {}, "scales each reward function on its own, before there is a verdict",
    ),
    "mask_truncated_completions": (
        False, {}, "takes the credit of truncated completions away, most of them wrong ones",
    ),
    "off_policy_mask_threshold": (
        None, {}, "takes the credit of some completions away, and only where it is negative",
    ),
}  # fmt: skip


def check_trl(settings: Any, objective: Objective | str, *, evaluates: bool = False) -> None:
    """Pass if TRL's settings leave an objective's table as it is.

    Parameters
    ----------
    settings : GRPOConfig, or anything with its attributes
        What a version of TRL does not have is not asked for.
    objective : Objective or its name
    evaluates : bool
        Whether there is a data set to evaluate on: its groups need a table too.

    Raises
    ------
    ValueError
        Naming every setting that stands against it, the value that is allowed, and why.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> check_trl(SimpleNamespace(scale_rewards="none", loss_type="dr_grpo", num_generations=8), "pass@1")
    >>> check_trl(SimpleNamespace(scale_rewards="none", loss_type="grpo", num_generations=8), "pass@1")
    Traceback (most recent call last):
    ValueError: the credit of pass@1 would not reach the gradient as it is. loss_type="grpo" divides each completion's
    credit by its own length: set loss_type="dr_grpo".
    """
    objective, evaluates, against = resolve(objective), arguments.switch("evaluates", evaluates), []
    if arguments.number_of(getattr(settings, "num_generations", None)) is None:
        raise TypeError(
            f"settings must be a GRPOConfig, but {arguments.short(settings)} ({type(settings).__name__}) came, which "
            "does not say how many generations a group has."
        )
    for name, (allowed, why, otherwise) in _WANTED.items():
        value = getattr(settings, name, allowed)
        if isinstance(value, bool) and name == "scale_rewards":  # as GRPOConfig itself reads them
            value = "group" if value else "none"
        if value != allowed or type(value) is not type(allowed):
            because = why.get(value, otherwise) if isinstance(value, str) else otherwise
            against.append(f"{name}={_written(value)} {because}: set {name}={_written(allowed)}")
    for name in ("num_generations", *(["num_generations_eval"] if evaluates else [])):
        n = getattr(settings, name, None)
        if n is not None and (reason := objective.missing("credit", n)):
            against.append(f"{name}={n}: {reason.rstrip('.')}")
    if against:
        raise ValueError(
            f"the credit of {objective.label} would not reach the gradient as it is. " + ". ".join(against) + "."
        )


def _written(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)

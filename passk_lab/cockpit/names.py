"""What runs are called beside each other: by their objective, and by what else sets them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from passk_lab import objectives

if TYPE_CHECKING:
    from passk_lab.lm import Run, TrainConfig

SIDES = ("A", "B")
"""The runs of a race."""


def names(runs: Sequence[Run]) -> list[str]:
    """Name runs that are shown together: each by its objective and by what is not the same in all of them.

    Parameters
    ----------
    runs : sequence of Run

    Examples
    --------
    >>> from passk_lab.lm import Run, TrainConfig
    >>> loo = TrainConfig(objective="pass@k-loo-1", parameters={"k": 8})
    >>> names([Run(loo), Run(TrainConfig())]), names([Run(loo), Run(loo.but(rate=1e-4))])
    (['pass@8-loo-1', 'grpo'], ['pass@8-loo-1, rate 0.0004', 'pass@8-loo-1, rate 0.0001'])
    """
    aspects = [_aspects(run.config) for run in runs]
    apart = [name for name in aspects[0] if len({of[name] for of in aspects}) > 1] if aspects else []
    by_hand = [["changed on the way"] if run.change_records else [] for run in runs]
    return [
        ", ".join([objective_name(run.config), *(of[name] for name in apart if of[name]), *changed])
        for run, of, changed in zip(runs, aspects, by_hand, strict=True)
    ]


def objective_name(config: TrainConfig) -> str:
    """Name an objective with its number of draws in it.

    >>> from passk_lab.lm import TrainConfig
    >>> objective_name(TrainConfig(objective="pass@k-loo-1", parameters={"k": 8}))
    'pass@8-loo-1'
    """
    name, given = config.objective, dict(config.parameters)
    draws = objectives.entry(name).draws
    if draws in given and "@k" in name:
        name = name.replace("@k", f"@{given.pop(draws):g}", 1)
    return name + _in_brackets(given)


def _aspects(config: TrainConfig) -> dict[str, str]:
    made = [f"{name}{_in_brackets(given)}" for name, given in config.mechanisms.items()]
    return {
        "mechanisms": " and ".join(made) if made else "no mechanism",
        "gradient": "" if config.gradient == "sampled" else f"{config.gradient} gradient",
        "n": f"n = {config.n}",
        "rate": f"rate {config.rate:g}",
        "seed": f"seed {config.seed}",
    }


def _in_brackets(given: Mapping[str, Any]) -> str:
    shown = [f"{name} = {value:g}" if isinstance(value, int | float) else f"{name} = {value}"
             for name, value in given.items()]  # fmt: skip
    return f" ({', '.join(shown)})" if given else ""

"""What can be chosen in the cockpit, which choices go together, and the fields of a mechanism's coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from passk_lab import objectives

if TYPE_CHECKING:  # torch is loaded when a cockpit is made, not when the explorers are
    from passk_lab.lm import TrainConfig

NONE = "none"
OBJECTIVES = ("grpo", "pass@1", "pass@k", "pass@k-loo-1", "maxrl", "w-reinforce")
DRAWS = (1, 2, 4, 8, 16)
RATES = (1e-4, 2e-4, 4e-4, 8e-4)
SEEDS = (0, 1, 2)
FIXED = ("objective", "mechanism", "seed")
"""Choices that hold from Start to Reset."""


def config_of(choices: Mapping[str, Any], coefficients: Mapping[str, float], fixed: Mapping[str, Any]) -> TrainConfig:
    """Turn choices into the config of a run.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, a value out of its range, or choices that do not go together.

    Examples
    --------
    >>> chosen = {"objective": "pass@k", "k": 4, "mechanism": "entropy", "rate": 4e-4, "seed": 0}
    >>> config_of(chosen, {"coefficient": 0.1}, {}).label
    'pass@k (k = 4) + entropy (coefficient = 0.1, target = 0, speed = 0.002)'
    """
    from passk_lab.lm import TrainConfig, mechanisms

    name, mechanism = choices["objective"], choices["mechanism"]
    chosen = {} if mechanism == NONE else {mechanism: mechanisms.get(mechanism, **coefficients).coefficients()}
    return TrainConfig(
        objective=name,
        parameters={draws_of(name): choices["k"]} if draws_of(name) else {},
        mechanisms=chosen,
        rate=choices["rate"],
        seed=choices["seed"],
        **fixed,
    )


def offered(chosen: Mapping[str, Any], fixed: Mapping[str, Any]) -> dict[str, Any]:
    """List what each control offers; what is chosen already is among it."""
    return {
        "objectives": _with(chosen["objective"], (*OBJECTIVES, *_own_objectives(fixed["n"]))),
        "mechanisms": _with(chosen["mechanism"], (NONE, *_mechanisms(fixed))),
        "draws": sorted(_with(chosen["k"], DRAWS)),
        "rates": sorted(_with(chosen["rate"], RATES)),
        "seeds": sorted(_with(chosen["seed"], SEEDS)),
        "fixed": list(FIXED),
    }


def draws_of(objective: str) -> str:
    """The parameter of an objective that counts draws and can be moved, or ""."""
    name = objectives.entry(objective).draws
    return name if name and name in objectives.with_draws(objective, 1).parameters else ""


def _with(chosen: Any, offered: tuple[Any, ...]) -> list[Any]:
    return list(offered) if chosen in offered else [*offered, chosen]


def _own_objectives(n: int) -> list[str]:
    """Objectives that the reader has registered and that can train."""
    return [name for name in objectives.names(own=True) if not objectives.get(name).missing("credit", n)]


def _mechanisms(fixed: Mapping[str, Any]) -> list[str]:
    """Mechanisms that can be part of a run with one update a batch."""
    from passk_lab.lm import TrainConfig, mechanisms

    out = []
    for name in mechanisms.names():
        try:
            TrainConfig(objective="pass@k", mechanisms={name: {}}, **fixed)
        except ValueError:
            continue
        out.append(name)
    return out


def coefficients_of(config: TrainConfig) -> dict[str, float]:
    """Give the coefficients of a config's mechanisms, defaults among them."""
    return {name: value for made in config.make_mechanisms() for name, value in made.coefficients().items()}


def described(mechanism: str) -> str:
    """Give a mechanism's own first sentence."""
    from passk_lab.lm import mechanisms

    if mechanism == NONE:
        return ""
    return f"{mechanism}: {(type(mechanisms.get(mechanism)).__doc__ or '').strip().partition(chr(10))[0]}"


def fields_of(mechanism: str, now: Mapping[str, float]) -> list[dict[str, Any]]:
    """Describe the number fields for a mechanism's coefficients: an arrow key moves by a part of the default."""
    from passk_lab.lm import mechanisms

    if mechanism == NONE:
        return []
    usual = mechanisms.get(mechanism)
    return [
        {
            "name": f"{mechanism}.{name}",
            "label": name,
            "value": now[name],
            "step": 10.0 ** math.floor(math.log10(default / 2)) if default > 0 else 0.1,
        }
        for name, default in usual.coefficients().items()
    ]

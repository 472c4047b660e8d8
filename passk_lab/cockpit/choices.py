"""What can be chosen in the cockpit, which choices go together, and the fields of a mechanism's coefficients."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import arguments, objectives

if TYPE_CHECKING:  # torch is loaded when a cockpit is made, not when the explorers are
    from passk_lab.lm import TrainConfig

NONE = "none"
OBJECTIVES = ("grpo", "pass@1", "pass@k", "pass@k-loo-1", "maxrl", "w-reinforce")
DRAWS = (1, 2, 4, 8, 16)
RATES = (1e-4, 2e-4, 4e-4, 8e-4)
SAMPLES = (8, 16, 32, 64)
SEEDS = (0, 1, 2)
FIXED = ("objective", "mechanism", "n", "seed")
"""Choices that hold from Start to Reset."""
WATCHED = 16
"""The k of the pass@k that the batch is watched by, where its groups have as many samples."""
USUAL: dict[str, Any] = {
    "objective": "grpo", "k": 8, "mechanism": "", "coefficients": None, "rate": 4e-4, "n": 32
}  # fmt: skip
"""What a run of a race is told, and what it is where that is not said."""


@dataclass(frozen=True)
class Choices:
    """What is chosen in a cockpit, and the config that it makes: choices that do not go together cannot be made.

    Parameters
    ----------
    values : mapping
        What the controls show: "objective", "k", "mechanism" ("none" for none), "n", "rate" and "seed".
    coefficients : mapping of str to float
        Of the mechanism; those not named have their defaults.
    fixed : mapping
        Fields of `TrainConfig` that no control moves.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, a value out of its range, or choices that do not go together.

    Examples
    --------
    >>> values = {"objective": "pass@k", "k": 4, "mechanism": "entropy", "n": 16, "rate": 4e-4, "seed": 0}
    >>> chosen = Choices(values, {"coefficient": 0.1}, {"steps": 100})
    >>> chosen.config.label
    'pass@k (k = 4) + entropy (coefficient = 0.1, target = 0, delta = 0.005, ceiling = 1)'
    >>> chosen.changed("entropy.coefficient", 0.2).coefficients["coefficient"]
    0.2
    """

    values: Mapping[str, Any]
    coefficients: Mapping[str, float]
    fixed: Mapping[str, Any]
    config: TrainConfig = field(init=False, repr=False)

    def __post_init__(self) -> None:
        from passk_lab.lm import TrainConfig, mechanisms

        name, mechanism = self.values["objective"], self.values["mechanism"]
        whole = {name: _one(name, self.values[name], least) for name, least in (("k", 1), ("n", 1), ("seed", 0))}
        k, n, seed = whole.values()
        made = {} if mechanism == NONE else {mechanism: mechanisms.get(mechanism, **self.coefficients).coefficients()}
        config = TrainConfig(
            objective=name,
            parameters={draws_of(name): k} if draws_of(name) else {},
            mechanisms=made,
            n=n,
            watch=min(WATCHED, n),
            rate=self.values["rate"],
            seed=seed,
            **self.fixed,
        )
        object.__setattr__(self, "values", {**self.values, **whole, "rate": config.rate})
        object.__setattr__(self, "config", config)
        object.__setattr__(self, "coefficients", made.get(mechanism, {}))

    def changed(self, name: str, value: Any) -> Choices:
        """Choose otherwise: a control's name, or a coefficient's as in "entropy.coefficient"; raises as above."""
        plain = isinstance(value, str | Real)
        if not isinstance(name, str) or not plain:
            raise ValueError(
                f"a choice is a name and a number or a text, not {arguments.short(name)} and {arguments.short(value)}."
            )
        coefficient = name.partition(".")[2]
        if coefficient:
            mechanism = self.values["mechanism"]
            arguments.known("coefficient", name, [f"{mechanism}.{known}" for known in self.coefficients])
            return Choices(self.values, {**self.coefficients, coefficient: value}, self.fixed)
        values = {**self.values, arguments.known("choice", name, list(self.values)): value}
        return Choices(values, {} if name == "mechanism" else self.coefficients, self.fixed)

    def shown(self) -> dict[str, Any]:
        """Say what the controls show."""
        return {
            "choices": dict(self.values),
            "draws": draws_of(self.values["objective"]),
            "mechanism": _described(self.values["mechanism"]),
            "coefficients": _fields_of(self.values["mechanism"], self.coefficients),
        }


def offered(sides: Sequence[Choices]) -> dict[str, Any]:
    """List what each control offers; what is chosen already, for whichever run, is among it."""
    chosen = {name: [one.values[name] for one in sides] for name in sides[0].values}
    first = sides[0]
    return {
        "objectives": _with(chosen["objective"], (*OBJECTIVES, *_own_objectives(first.values["n"]))),
        "mechanisms": _with(chosen["mechanism"], (NONE, *_mechanisms({**first.fixed, "n": first.config.n}))),
        "draws": sorted(_with(chosen["k"], DRAWS)),
        "samples": sorted(_with(chosen["n"], SAMPLES)),
        "rates": sorted(_with(chosen["rate"], RATES)),
        "seeds": sorted(_with(chosen["seed"], SEEDS)),
        "fixed": list(FIXED),
    }


def run_of(run: Mapping[str, Any], seed: int, fixed: Mapping[str, Any]) -> Choices:
    """Make the choices of a run from what it is told, and the rest as it usually is; raises as `Choices` does."""
    run = {**USUAL, **run}
    coefficients = dict(run.pop("coefficients") or {})
    return Choices({**run, "mechanism": run["mechanism"] or NONE, "seed": seed}, coefficients, fixed)


def told_of(side: str, told: Any) -> dict[str, Any]:
    """Check what a run of a race is told: the name of an objective, or a mapping; raises as `Choices` does."""
    if isinstance(told, str):
        return {"objective": told}
    if not isinstance(told, Mapping):
        raise ValueError(
            f"{side} is the name of an objective, or a dict as in {{'objective': 'pass@k', 'k': 8}}, not "
            f"{arguments.short(told)}."
        )
    return {arguments.known(f"part of {side}", name, list(USUAL)): value for name, value in told.items()}


def _one(name: str, value: Any, least: int) -> int:
    """Return one whole number: a slider or a notebook may give it as 8.0."""
    if np.ndim(value):
        raise ValueError(f"{name} is one whole number, not {arguments.short(value)}.")
    return int(arguments.whole(name, value, least))


def draws_of(objective: str) -> str:
    """The parameter of an objective that counts draws and can be moved, or ""."""
    name = objectives.entry(objective).draws
    return name if name and name in objectives.with_draws(objective, 1).parameters else ""


def _with(chosen: Sequence[Any], usual: tuple[Any, ...]) -> list[Any]:
    return list(dict.fromkeys((*usual, *chosen)))


def _own_objectives(n: int) -> list[str]:
    """Objectives that the reader has registered and that can train."""
    return [name for name in objectives.names(own=True) if not objectives.get(name).missing("credit", n)]


def _mechanisms(fixed: Mapping[str, Any]) -> list[str]:
    """Mechanisms that can be part of a run with one update a batch."""
    from passk_lab.lm import TrainConfig, mechanisms

    out = []
    for name in mechanisms.names():
        try:
            TrainConfig(objective="pass@k", mechanisms={name: {}}, watch=1, **fixed)
        except ValueError:
            continue
        out.append(name)
    return out


def _described(mechanism: str) -> str:
    """Give a mechanism's own first sentence."""
    from passk_lab.lm import mechanisms

    if mechanism == NONE:
        return ""
    return f"{mechanism}: {(type(mechanisms.get(mechanism)).__doc__ or '').strip().partition(chr(10))[0]}"


def _fields_of(mechanism: str, now: Mapping[str, float]) -> list[dict[str, Any]]:
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

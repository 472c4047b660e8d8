"""What a training run is told: one frozen description, checked as it is made, the same in a file and in Python."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import PurePath
from typing import Any, Literal

import numpy as np

from passk_lab import arguments, objectives
from passk_lab.lm import mechanisms
from passk_lab.lm.countdown import Countdown
from passk_lab.lm.device import check_name
from passk_lab.lm.mechanisms import Asked, Together
from passk_lab.objectives import Objective

Gradient = Literal["sampled", "expected", "exact"]
BUNDLED_SEEDS = (0, 1, 2)
GRADIENTS = ("sampled", "expected", "exact")


@dataclass(frozen=True)
class TrainConfig:
    """A reinforcement run from a base model.

    >>> TrainConfig(objective="pass@k", parameters={"k": 4}).label
    'pass@k (k = 4)'
    >>> TrainConfig(mechanisms={"entropy": {"coefficient": 0.05}}).label
    'grpo + entropy (coefficient = 0.05)'
    """

    objective: str = "grpo"
    """Name of an objective; `objectives.names(variants=True)` lists them."""
    parameters: Mapping[str, float] = field(default_factory=dict)
    """The objective's parameters, as in {"k": 4}."""
    mechanisms: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    """Exploration mechanisms by name, each with its coefficients; `mechanisms.names()` lists them."""
    gradient: Gradient = "sampled"
    """"sampled": groups and their credit table. "expected": w_n(p) times the exact gradient of p, what groups of n
    climb on average. "exact": F'(p) times the exact gradient of p, the objective itself."""
    seed: int = 0
    """Prompts and samples are a function of it; runs with one seed see the same prompts and the same uniforms."""
    base: str = ""
    """Path of a base checkpoint; empty for the bundled base, "collapsed" for the bundled model after 400 GRPO steps."""
    base_seed: int | None = None
    """Which of the three bundled models; None for seed modulo 3."""
    task: Countdown = Countdown()  # noqa: RUF009  (frozen)
    orders: int | None = None
    """How many orders of numbers to list (`Countdown.prompts`); None for all."""
    judged: int | None = None
    """How many multisets of numbers to evaluate on, from each split; None for all held-out ones, and as many seen."""
    steps: int = 120
    prompts: int = 16
    """Prompts in a batch, P."""
    n: int = 32
    """Samples of each prompt."""
    rate: float = 4e-4
    """Learning rate of Adam (0.9, 0.99) after warm-up."""
    warmup: int = 10
    """Steps over which the rate rises from 0."""
    clip: float = 1.0
    """Largest gradient norm."""
    updates: int = 1
    """Updates from one batch; beyond the first they are off-policy, and the ratio to the sampling policy is used."""
    watch: int = 16
    """The k of the pass@k that diagnostics show beside pass@1."""
    evaluate_every: int = 20
    """Steps between exact evaluations; there is one before the first step and one after the last."""
    save_every: int = 20
    """Steps between checkpoints."""
    device: str = "auto"
    """"auto" is the GPU where there is one and else the CPU; "cpu"; "cuda". A run has fixed bits on the CPU only."""

    def __post_init__(self) -> None:
        self._plain()
        check_name(self.device)
        if self.watch > self.n:
            raise ValueError(
                f"watch = {self.watch} draws need groups of at least {self.watch} samples, but n = {self.n}: take a "
                f"larger n or watch <= {self.n}."
            )
        if self.gradient != "sampled" and self.mechanisms:
            raise ValueError(
                f"mechanisms act on samples, and a run on the {self.gradient} gradient draws none: leave out "
                f"{', '.join(self.mechanisms)}, or take gradient='sampled'."
            )
        objective = self.make_objective()
        reason = objective.missing("weight") if self.gradient == "exact" else objective.missing("credit", self.n)
        if reason:
            raise ValueError(reason)
        self.make_mechanisms().check(self.asked(objective))

    def _plain(self) -> None:
        """Check each setting by itself, and keep it as the plain Python value that a file gives back."""
        whole = {"steps": 1, "prompts": 1, "n": 1, "updates": 1, "watch": 1, "evaluate_every": 1, "save_every": 1}
        plain: dict[str, Any] = {}
        for name, least in {**whole, "orders": 1, "judged": 1, "seed": 0, "warmup": 0, "base_seed": 0}.items():
            value = getattr(self, name)
            if value is not None or name not in ("orders", "judged", "base_seed"):
                plain[name] = arguments.one_whole(name, value, least=least)
        if plain.get("base_seed", 0) not in BUNDLED_SEEDS:
            raise ValueError(
                f"base_seed names a bundled model, {', '.join(map(str, BUNDLED_SEEDS))}, not {plain['base_seed']}."
            )
        plain["rate"] = arguments.one_number("rate", self.rate, 0, 1, open_low=True)
        plain["clip"] = arguments.one_number("clip", self.clip, 0, float("inf"), open_low=True)
        if not isinstance(self.gradient, str) or self.gradient not in GRADIENTS:
            raise ValueError(f"gradient is one of {', '.join(GRADIENTS)}, not {arguments.short(self.gradient)}.")
        plain["gradient"] = str(self.gradient)
        if not isinstance(self.base, str | PurePath):
            raise ValueError(f"base is the path of a checkpoint as a text, not {arguments.short(self.base)}.")
        for name in ("objective", "base", "device"):
            plain[name] = _text(name, str(self.base) if name == "base" else getattr(self, name))
        plain["parameters"] = _numbers("parameters", self.parameters)
        plain["mechanisms"] = {
            arguments.known("mechanism", name, mechanisms.names()): _numbers(name, given)
            for name, given in _mapping("mechanisms", self.mechanisms).items()
        }
        if not isinstance(self.task, Countdown):
            raise ValueError(f"task must be a Countdown, but got {arguments.short(self.task)}.")
        for name, value in plain.items():
            object.__setattr__(self, name, value)

    def make_objective(self) -> Objective:
        """Build the objective."""
        return objectives.get(self.objective, **self.parameters)

    def make_mechanisms(self) -> Together:
        """Build the mechanisms, each fresh."""
        return Together(mechanisms.get(name, **given) for name, given in self.mechanisms.items())

    def asked(self, objective: Objective) -> Asked:
        """Say what a run with an objective asks of its mechanisms."""
        return Asked(objective, self.n, self.updates, self.task.answer_length)

    @property
    def label(self) -> str:
        """Objective and mechanisms in words."""
        parts = [_label(self.objective, self.parameters)]
        parts += [_label(name, given) for name, given in self.mechanisms.items()]
        if self.gradient != "sampled":
            parts[0] += f", {self.gradient} gradient"
        return " + ".join(parts)

    def to_json(self) -> dict[str, Any]:
        """Plain values, for a file."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> TrainConfig:
        """Make a config from plain values.

        Raises
        ------
        ValueError
            For a name that is not a setting, as a newer version of the lab might write, or a value out of its range.
        """
        given = dict(_known_settings(cls, "setting", _mapping("a config", values)))
        if isinstance(given.get("task"), Mapping):
            given["task"] = Countdown(**_known_settings(Countdown, "part of a task", given["task"]))
        return cls(**given)

    def but(self, **changes: Any) -> TrainConfig:
        """Return a copy with some settings changed."""
        return replace(self, **changes)


def _known_settings(kind: Any, what: str, values: Mapping[str, Any]) -> Mapping[str, Any]:
    known = [f.name for f in fields(kind)]
    for name in values:
        if name not in known:
            raise ValueError(
                f"{arguments.short(name)} is not a {what} of this version of the lab; it knows {', '.join(known)}."
            )
    return values


def _mapping(name: str, given: Any) -> Mapping[str, Any]:
    if isinstance(given, Mapping) and all(isinstance(key, str) for key in given):
        return given
    raise ValueError(f"{name} must be a dict by name, as in {{'k': 4}}, but got {arguments.short(given)}.")


def _numbers(name: str, given: Any) -> dict[str, Any]:
    """Return coefficients by name as plain numbers; True, False and None stay what they are."""
    out: dict[str, Any] = {}
    for key, value in _mapping(name, given).items():
        number = arguments.number_of(value)
        if isinstance(value, bool | np.bool_):
            out[str(key)] = bool(value)
        elif value is None:
            out[str(key)] = None
        elif number is None:
            raise ValueError(f"{name}: {key} must be a number, but got {arguments.short(value)}.")
        else:
            whole = isinstance(value, int | np.integer) or getattr(getattr(value, "dtype", None), "kind", "f") in "iu"
            out[str(key)] = int(value) if whole else number
    return out


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"{name} must be a text, but got {arguments.short(value)}.")
    return arguments.writable(name, str(value))


def _label(name: str, given: Mapping[str, Any]) -> str:
    shown = [f"{key} = {value}" if value is None or isinstance(value, bool) else f"{key} = {value:g}"
             for key, value in given.items()]  # fmt: skip
    return f"{name} ({', '.join(shown)})" if given else name

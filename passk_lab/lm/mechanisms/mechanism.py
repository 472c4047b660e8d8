"""What a mechanism is: a few places in the training step where it may act, and a registry by name.

A mechanism is a dataclass whose fields are its coefficients. It fills the hooks it needs; the others do nothing. The
order in a step is that of the methods below.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

import numpy as np
import torch
from torch import Tensor

from passk_lab import arguments
from passk_lab.objectives.objective import Objective

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch
    from passk_lab.lm.config import TrainConfig
    from passk_lab.lm.countdown import Prompts


@dataclass
class Mechanism:
    """Base of all mechanisms: the hooks, none of which does anything yet."""

    name: ClassVar[str] = ""
    rule: ClassVar[str] = ""
    """The equation, in LaTeX."""
    source: ClassVar[str] = ""
    ranges: ClassVar[dict[str, tuple[float, float]]] = {}
    """Lowest and highest value of each coefficient."""

    def __post_init__(self) -> None:
        for field in fields(self):
            low, high = self.ranges.get(field.name, (0.0, float("inf")))
            try:
                setattr(self, field.name, arguments.one_number(field.name, getattr(self, field.name), low, high))
            except ValueError as error:
                raise ValueError(f"{self.name}: {error}") from None

    def coefficients(self) -> dict[str, float]:
        """Coefficients as they are now."""
        return asdict(self)

    def set(self, name: str, value: float) -> None:
        """Change a coefficient while the run goes on.

        Raises
        ------
        ValueError
            If there is no such coefficient, or the value is out of its range.
        """
        arguments.known("coefficient", name, [field.name for field in fields(self)])
        before = getattr(self, name)
        setattr(self, name, value)
        try:
            self.__post_init__()
        except ValueError:
            setattr(self, name, before)
            raise

    def check(self, config: TrainConfig) -> None:
        """Refuse a run this mechanism cannot be part of, in a sentence."""

    def objective(self, objective: Objective, progress: float) -> Objective:
        """Replace the objective as the run goes on; progress rises from 0 to 1."""
        return objective

    def force(self, prompts: Prompts, which: np.ndarray, n: int, progress: float, rng: Any) -> Any:
        """Tokens to write instead of drawing, (G, n, T) with -1 where the policy draws, or None."""
        return None

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        """Change what each sample is worth, (G, n)."""
        return credit

    def keep(self, batch: Batch, credit: Tensor) -> Tensor | None:
        """Tokens whose gradient counts, (G, n, T) bool, or None for all."""
        return None

    def surrogate(self, ratio: Tensor, credit: Tensor) -> Tensor | None:
        """Replace ratio * credit, per token, or None."""
        return None

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor | None:
        """A term added to the loss, a mean over samples, from log chances (readers, vocabulary); or None."""
        return None

    def after(self, record: dict[str, float]) -> None:
        """Look at the step's diagnostics, as a controller does."""

    def memory(self) -> dict[str, Tensor]:
        """What a checkpoint must keep beside the coefficients."""
        return {}

    def remember(self, memory: dict[str, Tensor]) -> None:
        """Take back what `memory` gave."""


_KINDS: dict[str, type[Mechanism]] = {}
Kind = TypeVar("Kind", bound=type[Mechanism])


def register(name: str, rule: str, source: str) -> Callable[[Kind], Kind]:
    """Add a mechanism under a name; it then appears in `get`, configs, the command line, the cockpit and the tests.

    Use it on a dataclass derived from `Mechanism`. Registering a name again replaces it, as when a cell is run twice.

    Raises
    ------
    ValueError
        If a coefficient has no default.

    Examples
    --------
    >>> from dataclasses import dataclass
    >>> @register("louder", rule=r"A \\to 2A", source="an example")
    ... @dataclass
    ... class Louder(Mechanism):
    ...     factor: float = 2.0
    ...     def credit(self, batch, credit):
    ...         return self.factor * credit
    >>> get("louder").factor
    2.0
    >>> forget("louder")
    """

    def add(kind: Kind) -> Kind:
        for parameter in inspect.signature(kind).parameters.values():
            if parameter.default is inspect.Parameter.empty:
                raise ValueError(f"{name}: every coefficient needs a default, but {parameter.name} has none.")
        kind.name, kind.rule, kind.source = name, rule, source
        _KINDS[name] = kind
        return kind

    return add


def forget(name: str) -> None:
    """Remove a mechanism.

    Raises
    ------
    KeyError
        For a name that is not there.
    """
    del _KINDS[arguments.known("mechanism", name, list(_KINDS))]


def names() -> tuple[str, ...]:
    """Return the names of all mechanisms.

    >>> names()[:3]
    ('entropy', 'kl-reverse', 'kl-forward')
    """
    return tuple(_KINDS)


def get(name: str, **coefficients: float) -> Mechanism:
    """Return a mechanism by name, with some coefficients given.

    Raises
    ------
    KeyError
        For an unknown name; the message lists those there are.
    ValueError
        For a coefficient it does not have, or a value out of its range.

    Examples
    --------
    >>> get("novelty").coefficients()
    {'strength': 1.0}
    """
    kind = _KINDS[arguments.known("mechanism", name, list(_KINDS))]
    known = [field.name for field in fields(kind)]
    for coefficient in coefficients:
        if coefficient not in known:
            has = f"has {', '.join(known)}" if known else "has no coefficients"
            raise ValueError(f"{name} {has}, not {coefficient!r}.")
    return kind(**coefficients)


def overview() -> list[dict[str, Any]]:
    """List every mechanism with its coefficients, rule and source.

    >>> overview()[0]["name"]
    'entropy'
    """
    return [
        {"name": name, "coefficients": get(name).coefficients(), "rule": kind.rule, "source": kind.source}
        for name, kind in _KINDS.items()
    ]


def over_readers(batch: Batch, values: Tensor) -> Tensor:
    """Mean over samples of a sum over their choices of a value at each reader."""
    return (batch.reader_weight * values).sum()


def entropy_of(log_policy: Tensor) -> Tensor:
    """Entropy of each row, in nats."""
    return -(log_policy.exp() * log_policy).sum(-1)


def standardised(rewards: Tensor) -> Tensor:
    """Rewards of each group less their mean, over their standard deviation; 0 where all are equal."""
    centred = rewards - rewards.mean(1, keepdim=True)
    spread = centred.square().mean(1, keepdim=True).sqrt()
    # Equal float rewards may differ by rounding from their mean; 1e-6 is far below any real spread of rewards here.
    return torch.where(spread > 1e-6, centred / spread.clamp_min(1e-6), 0.0)

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
from passk_lab.objectives import Objective
from passk_lab.registry import Registry

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch
    from passk_lab.lm.countdown import Prompts


@dataclass(frozen=True)
class Asked:
    """What a run asks of its mechanisms: the few facts by which one can say whether it can be part of it."""

    objective: Objective
    n: int
    """Samples of each prompt."""
    updates: int
    """Updates from one batch."""
    answer_length: int
    """Tokens of an answer, T."""


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

    def set(self, name: str, value: float, asked: Asked | None = None) -> None:
        """Change a coefficient while a run goes on, if the run, where one is named, can go on with it.

        Raises
        ------
        KeyError, ValueError
            If there is no such coefficient, or the value is out of its range or not for this run; nothing changes then.
        """
        arguments.known("coefficient", name, [field.name for field in fields(self)])
        before = getattr(self, name)
        setattr(self, name, value)
        try:
            self.__post_init__()
            if asked is not None:
                self.check(asked)
        except ValueError:
            setattr(self, name, before)
            raise

    def check(self, asked: Asked) -> None:
        """Refuse a run this mechanism cannot be part of, in a sentence."""

    def force(self, prompts: Prompts, which: np.ndarray, n: int, progress: float, rng: Any) -> Any:
        """Tokens to write instead of drawing, (G, n, T) with -1 where the policy draws, or None."""
        return None

    def objective(self, objective: Objective, progress: float) -> Objective:
        """Replace the objective as the run goes on; progress rises from 0 to 1."""
        return objective

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        """Change what each sample is worth, (G, n)."""
        return credit

    def surrogate(self, ratio: Tensor, credit: Tensor) -> Tensor | None:
        """Replace ratio * credit, per token, or None."""
        return None

    def keep(self, batch: Batch, credit: Tensor, log_prob: Tensor) -> Tensor | None:
        """Tokens whose gradient counts, (G, n, T) bool, or None for all; log_prob is each token's log chance now."""
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


KINDS: Registry[type[Mechanism]] = Registry("mechanism")
Kind = TypeVar("Kind", bound=type[Mechanism])
_APART = ".:,=+"
"""Signs that set a mechanism's name apart from its coefficients, as in `entropy:coefficient=0.05`."""


def register(name: str, rule: str, source: str) -> Callable[[Kind], Kind]:
    """Add a mechanism under a name; it then appears in `get`, configs, the command line, the cockpit and the tests.

    Use it on a dataclass derived from `Mechanism`; its fields are the coefficients. A name of the lab's own cannot be
    taken; your own may be registered again, as when a cell is run twice.

    Raises
    ------
    ValueError
        If the name is taken or has a sign in it that sets coefficients apart, if it is no dataclass of that kind, or
        if a coefficient has no default or is called like something that every mechanism has, as `keep` or `credit`.

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
        if not issubclass(kind, Mechanism) or "__dataclass_fields__" not in vars(kind):
            raise ValueError(
                f"{name}: a mechanism is a dataclass derived from Mechanism; put @dataclass over the class."
            )
        if isinstance(name, str) and any(sign in name for sign in _APART):
            raise ValueError(f"a mechanism's name has none of {' '.join(_APART)} in it, but {name!r} came.")
        for parameter in inspect.signature(kind).parameters.values():
            if parameter.default is inspect.Parameter.empty:
                raise ValueError(f"{name}: every coefficient needs a default, but {parameter.name} has none.")
        for coefficient in (field.name for field in fields(kind)):
            if hasattr(Mechanism, coefficient):
                raise ValueError(
                    f"{name}: a coefficient cannot be called {coefficient!r}, since every mechanism has something of "
                    "that name already; choose another."
                )
        KINDS.add(name, kind)
        kind.name, kind.rule, kind.source = name, rule, source
        return kind

    return add


def forget(name: str) -> None:
    """Remove a mechanism of your own; the lab's own stay.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, or one of the lab's own.
    """
    KINDS.forget(name)


def names(own: bool = False) -> tuple[str, ...]:
    """Return the names of all mechanisms, or of your own.

    >>> names()[:3]
    ('entropy', 'kl-reverse', 'kl-forward')
    """
    return KINDS.names(own)


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
    kind = KINDS[name]
    known = [field.name for field in fields(kind)]
    for coefficient in coefficients:
        if coefficient not in known:
            has = f"has {', '.join(known)}" if known else "has no coefficients"
            raise ValueError(f"{name} {has}, not {coefficient!r}.")
    return kind(**coefficients)


def overview() -> list[dict[str, Any]]:
    """List every mechanism: its name, what it does in a sentence, its coefficients, rule and source.

    >>> overview()[1]["name"], overview()[1]["does"]
    ('kl-reverse', 'Stay close to the base: do not write what it would not.')
    """
    return [
        {"name": m.name, "does": _sentence(type(m)), "coefficients": m.coefficients(), "rule": m.rule,
         "source": m.source}
        for m in map(get, names())
    ]  # fmt: skip


def _sentence(kind: type[Mechanism]) -> str:
    """Return the first sentence of a class's own docstring; "" where nobody wrote one and dataclass did."""
    text = " ".join((kind.__doc__ or "").split())
    return "" if text.startswith(f"{kind.__name__}(") else text.partition(". ")[0].removesuffix(".") + "."


def over_readers(batch: Batch, values: Tensor) -> Tensor:
    """Mean over samples of a sum over their choices of a value at each reader."""
    return (batch.reader_weight * values).sum()


def entropy_of(log_policy: Tensor) -> Tensor:
    """Entropy of each row, in nats."""
    return -(log_policy.exp() * log_policy).sum(-1)


def still_to_come(at: Tensor) -> Tensor:
    """Sum of what stands at later places, (..., T) -> (..., T); 0 at the last.

    >>> still_to_come(torch.tensor([1.0, 2.0, 3.0]))
    tensor([5., 3., 0.])
    """
    size = at.shape[-1]
    return at @ torch.ones(size, size, dtype=at.dtype, device=at.device).tril(-1)


def less_the_others(values: Tensor, dim: int) -> Tensor:
    """Values less the mean of the group's other samples, which lie along a dimension; of one sample, its own value.

    >>> less_the_others(torch.tensor([1.0, 2.0, 6.0]), 0)
    tensor([-3.0000, -1.5000,  4.5000])
    """
    others = (values.sum(dim, keepdim=True) - values) / max(1, values.shape[dim] - 1)
    return values - others


def standardised(rewards: Tensor) -> Tensor:
    """Rewards of each group less their mean, over their standard deviation; 0 where all are equal, however small."""
    # Rewards of 1e-9 and 0 are as far apart as 1 and 0. A power of two as the scale changes no digit.
    largest = rewards.abs().amax(1, keepdim=True)
    rewards = torch.where(largest > 0, torch.ldexp(rewards, -torch.frexp(largest).exponent), 0.0)
    centred = rewards - rewards.mean(1, keepdim=True)
    spread = centred.square().mean(1, keepdim=True).sqrt()
    # Equal float rewards may differ by rounding from their mean: by less than 1e-6 of the largest.
    return torch.where(spread > 1e-6, centred / spread.clamp_min(1e-6), 0.0)

"""Objectives by name: the one place where an objective is added, and from which everything else finds it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from passk_lab import arguments
from passk_lab.objectives.objective import Objective
from passk_lab.registry import Registry

Build = Callable[..., Objective]


@dataclass(frozen=True)
class Entry:
    """A family of objectives: how to build one from its parameters, and under which names it goes."""

    name: str
    build: Build
    aliases: tuple[str, ...] = ()
    """Other names of the very same table."""
    variants: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Names for particular parameters, as in {"grpo-verl": {"ddof": 1, "eps": 1e-6}}."""
    draws: str = ""
    """The parameter that counts draws (k, or MaxRL's order), where there is one: a slider of k moves it."""

    @property
    def parameters(self) -> dict[str, Any]:
        """Parameters and their defaults."""
        return {name: parameter.default for name, parameter in inspect.signature(self.build).parameters.items()}

    def make(self, name: str, given: Mapping[str, Any]) -> Objective:
        """Build the objective that goes by a name, with some parameters given."""
        allowed = self.parameters
        for parameter in given:
            if parameter not in allowed:
                takes = f"takes {', '.join(allowed)}" if allowed else "takes no parameters"
                raise ValueError(f"{name} {takes}, not {parameter!r}.")
        fixed = self.variants.get(name, {})
        for parameter, value in given.items():
            if value is None and fixed.get(parameter) is not None:
                raise ValueError(f"{name} needs a value for {parameter}; without one take {self.name}.")
        used = {**allowed, **fixed, **given}
        shown = {key: value for key, value in used.items() if value is not None}
        return replace(self.build(**used), name=name if name in self.variants else self.name, parameters=shown)


ENTRIES: Registry[Entry] = Registry("objective")


def register(
    name: str, *, aliases: tuple[str, ...] = (), variants: Mapping[str, Mapping[str, Any]] | None = None,
    draws: str = "",
) -> Callable[[Build], Build]:  # fmt: skip
    """Add an objective under a name; it then appears in `get`, the explorers, `passk-lab verify` and the tests.

    Use it on a function that takes the parameters, each with a default, and returns an `Objective`. A name of the
    lab's own cannot be taken; your own may be registered again, as when a cell is run twice.

    Parameters
    ----------
    name : str
        How `get` finds it.
    aliases : tuple of str
        Other names of the same table.
    variants : mapping of name to parameters
        Names for particular parameters.
    draws : str
        The parameter that counts draws, if one does.

    Raises
    ------
    ValueError
        If a name is taken, or a parameter has no default.

    Examples
    --------
    >>> from passk_lab import objectives
    >>> @objectives.register("half")
    ... def half():
    ...     return objectives.Objective(
    ...         equation="p/2", source="an example", unbiased=True,
    ...         F=objectives.Face(lambda xp, p: p / 2, 0.0, 0.5),
    ...         slope=objectives.Face(lambda xp, p: 0 * p + 0.5, 0.5, 0.5),
    ...         table=lambda n: objectives.Credit([0.5] * (n + 1), [0.0] * (n + 1)),
    ...     )
    >>> objectives.effective_weight("half", n=4, p=0.3)
    0.5
    >>> objectives.forget("half")
    """

    def add(build: Build) -> Build:
        entry = Entry(name, build, aliases, dict(variants or {}), draws)
        for parameter, default in entry.parameters.items():
            if default is inspect.Parameter.empty:
                raise ValueError(f"{name}: every parameter needs a default, but {parameter} has none.")
        ENTRIES.add(name, entry, also=(*aliases, *entry.variants))
        return build

    return add


def forget(name: str) -> None:
    """Remove an objective of your own; the lab's own stay.

    Raises
    ------
    KeyError, ValueError
        For a name that is not there, or one of the lab's own.
    """
    ENTRIES.forget(name)


@contextmanager
def replaced(name: str, change: Callable[[Objective], Objective]) -> Iterator[None]:
    """Within a with-block, let `change` rework every objective of an entry: to see which check notices."""
    entry = ENTRIES[name]

    def build(**parameters: Any) -> Objective:
        return change(entry.build(**parameters))

    build.__signature__ = inspect.signature(entry.build)  # type: ignore[attr-defined]
    with ENTRIES.replaced(name, replace(entry, build=build)):
        yield


def get(name: str, **parameters: Any) -> Objective:
    """Return an objective by name, with parameters such as k.

    Raises
    ------
    KeyError
        For an unknown name; the message lists those there are.
    ValueError
        For a parameter the objective does not take, or a value out of its range.

    Examples
    --------
    >>> round(get("pass@k", k=8).weight(0.5), 12)
    0.0625
    >>> get("rloo").name
    'pass@1'
    """
    return ENTRIES[name].make(name, parameters)


def resolve(objective: Objective | str) -> Objective:
    """Return an objective as it is, or the one that goes by a name.

    Raises
    ------
    KeyError, TypeError
        For a name that is not there, or for what is no objective at all.
    """
    if isinstance(objective, str):
        return get(objective)
    wanted = "an Objective, as from objectives.get, or the name of one"
    return arguments.as_one_of("objective", objective, Objective, wanted)


def names(variants: bool = False, own: bool = False) -> tuple[str, ...]:
    """Return the names of all objectives, or of your own; with `variants`, also those for particular parameters.

    >>> names()[:3]
    ('reinforce', 'pass@1', 'mean-centred')
    """
    variants = arguments.switch("variants", variants)
    return tuple(n for held in ENTRIES.names(own) for n in (held, *(ENTRIES[held].variants if variants else ())))


def entry(name: str) -> Entry:
    """Return the entry behind a name, an alias or a variant: its aliases, parameters and variants."""
    return ENTRIES[name]


def with_draws(name: str, k: int) -> Objective:
    """Return an objective at k draws: k goes to the parameter that counts draws, if it has one.

    >>> with_draws("maxrl-order", 8).label, with_draws("grpo", 8).label
    ('maxrl-order (order = 8)', 'grpo (ddof = 0, eps = 0.0)')
    """
    found = entry(name)
    # A variant that fixes nothing about draws moves with k as well; plain maxrl has no draws until an order is given.
    counts = (found.draws and found.parameters[found.draws] is not None) or found.draws in found.variants.get(name, {})
    return get(name, **({found.draws: k} if counts else {}))


def overview() -> list[dict[str, Any]]:
    """List every objective with its aliases, formula, needs, bias and source, absent faces with their reason.

    >>> next(row for row in overview() if row["name"] == "log-pass@k")["credit"]
    'absent: the weight of log(1 - (1-p)^k) is not a polynomial in p, and that of a table always is one'
    """
    rows = []
    for name in names(variants=True):
        objective, found = get(name), entry(name)
        needs = f"n = {objective.only}" if objective.only else f"n >= {objective.least}"
        faces = {"value": objective.F, "weight": objective.slope, "credit": objective.table}
        rows.append(
            {
                "name": name,
                "also": ", ".join(found.aliases) if name == found.name else f"{found.name} with other parameters",
                "parameters": ", ".join(f"{key} = {value}" for key, value in objective.parameters.items()),
                "equation": objective.equation,
                **{
                    face: f"absent: {reason}" if (reason := getattr(side, "reason", "")) else "there"
                    for face, side in faces.items()
                },
                "needs": "" if getattr(objective.table, "reason", "") else needs,
                "unbiased": "" if getattr(objective.table, "reason", "") else objective.unbiased,
                "note": objective.note,
                "source": objective.source,
            }
        )
    return rows

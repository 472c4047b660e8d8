"""Where a race and "ask again" may stand: flat states, each value one of a few, as an address holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from passk_lab import arguments
from passk_lab.play.racers import GROUPS, RACERS, TRIES
from passk_lab.play.worlds import WORLDS

State = dict[str, Any]
ASKS = 10
CHANCES = {0.05: "1 in 20", 0.1: "1 in 10", 0.2: "1 in 5", 0.4: "2 in 5"}
"""Chances that one answer is right, and how they are said."""
MOST_SEEDS = 9999
RACE: State = {
    "world": next(iter(WORLDS)), "k": 4, "n": 16, "left": "pass@1", "right": "pass@k-loo-1", "seed": 7, "level": 0.9
}  # fmt: skip
"""Where a race starts. Its level is where the two are compared: so far from pass@1 at the start to the highest that both
reached, from 0.02 to 1."""
ASK: State = {"p": 0.1, "seed": 7}
"""Where "ask again" starts."""
_KNOWN: dict[str, list[Any]] = {
    "world": list(WORLDS), "k": list(TRIES), "n": list(GROUPS), "left": list(RACERS), "right": list(RACERS),
    "p": list(CHANCES),
}  # fmt: skip


def accept(changes: Mapping[str, Any], base: State) -> State:
    """Return a state with some values changed, each checked.

    Raises
    ------
    KeyError
        For a name that the state does not have.
    ValueError
        For a value it cannot have; the message lists those it can.

    Examples
    --------
    >>> accept({"k": 8}, RACE)["k"]
    8
    >>> accept({"k": 3}, RACE)
    Traceback (most recent call last):
    ValueError: k is one of 2, 4, 8, 16, not 3.
    """
    state = dict(base)
    for name, value in changes.items():
        state[arguments.known("setting", name, list(base))] = _checked(name, value)
    return state


def _checked(name: str, value: Any) -> Any:
    if name == "seed":
        seed = arguments.one_whole("seed", value)
        if seed > MOST_SEEDS:
            raise ValueError(f"seed is a whole number from 1 to {MOST_SEEDS}, not {seed}.")
        return seed
    if name == "level":
        return arguments.one_number("level", value, 0.02, 1.0)
    for known in _KNOWN[name]:
        if type(value) is not bool and value == known:
            return known
    allowed = ", ".join(map(str, _KNOWN[name]))
    raise ValueError(f"{name} is one of {allowed}, not {arguments.short(value)}.")

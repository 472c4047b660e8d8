"""Where a race and "ask again" may stand: flat states, each value one of its control's, as an address holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from passk_lab import arguments
from passk_lab.explorers.description import Choice, Slider
from passk_lab.play.racers import GROUPS, RACERS, TRIES
from passk_lab.play.worlds import WORLDS

State = dict[str, Any]
Controls = Sequence[Choice | Slider]
ASKS = 10
CHANCES = {0.05: "1 in 20", 0.1: "1 in 10", 0.2: "1 in 5", 0.4: "2 in 5"}
"""Chances that one answer is right, and how they are said."""
SEEDS = range(1, 1000)
LEVELS = tuple(i / 100 for i in range(2, 101))
"""Where two objectives are compared: shares of the way from pass@1 at the start to the highest that both reached."""

RACE: Controls = (
    Choice("world", "prompts with", list(WORLDS), "shared"),
    Slider("k", "tries k", TRIES, 4),
    Slider("n", "answers drawn n", GROUPS, 16),
    Choice("left", "left", list(RACERS), "pass@1"),
    Choice("right", "right", list(RACERS), "pass@k-loo-1"),
    Slider("seed", "seed", SEEDS, 7),
    Slider("level", "where the two are compared", LEVELS, 0.9),
)
ASK: Controls = (
    Slider("p", "an answer is right", list(CHANCES), 0.1),
    Slider("seed", "seed", SEEDS, 51),
)


def accept(controls: Controls, changes: Mapping[str, Any], base: State | None = None) -> State:
    """Return a state with some values changed, each checked by its control.

    Raises
    ------
    KeyError
        For a name that there is not.
    ValueError
        For a value that its control does not have.

    Examples
    --------
    >>> accept(RACE, {"k": 8})["k"]
    8
    >>> accept(RACE, {"k": 3})
    Traceback (most recent call last):
    ValueError: k = 3 is not on this slider, which runs from 2 to 16; nearest are 2 and 4.
    """
    known = {control.name: control for control in controls}
    state = {name: control.start for name, control in known.items()} if base is None else dict(base)
    for name, value in changes.items():
        setting = arguments.known("setting", name, list(known))
        state[setting] = known[setting].accept(value)
    return state

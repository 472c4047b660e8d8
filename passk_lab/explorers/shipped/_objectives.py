"""Objectives as explorers show them: numbers of each at every k, and what there is to say of each.

Nothing here is kept for the next time: a reader may register a name anew, and what is shown is what `get` gives now.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from passk_lab import objectives
from passk_lab.arguments import Floats
from passk_lab.objectives import Objective

FIRST = ("pass@1", "grpo", "pass@k", "pass@k-loo-1", "pass@k-training", "maxrl")
"""Objectives that a menu opens with."""
_LARGEST = float(np.finfo(np.float32).max)


def over_draws(
    names: Sequence[str], ks: Sequence[int], shape: tuple[int, ...], compute: Callable[[Objective], Any]
) -> Floats:
    """Lay out what `compute` gives of every objective at every k, (objectives, ks, *shape); NaN where it refuses k.

    Raises
    ------
    ValueError
        If an objective cannot be computed, as when a reader's own has a fault; the message names it.
    """
    out = np.full((len(names), len(ks), *shape), np.nan)
    for row, name in zip(out, names, strict=True):
        seen: dict[str, int] = {}
        for i, k in enumerate(ks):
            try:
                objective = objectives.with_draws(name, k)
            except ValueError:
                continue
            # An objective without draws is the same at every k.
            first = seen.setdefault(objective.label, i)
            row[i] = _travelling(name, objective, compute) if first == i else row[first]
    return out


def _travelling(name: str, objective: Objective, compute: Callable[[Objective], Any]) -> Floats:
    """Numbers of an objective, without those that float32, in which tables travel, has no room for."""
    try:
        with np.errstate(all="ignore"):
            values = np.asarray(compute(objective), dtype=np.float64)
    except Exception as error:
        raise ValueError(
            f"{objective.label} cannot be shown: {type(error).__name__}: {error}. Mend it and register it again, or "
            f"go on without it: objectives.forget({name!r})."
        ) from error
    return np.where(np.abs(values) <= _LARGEST, values, np.nan)


def first_of(names: Sequence[str], *first: str) -> tuple[str, ...]:
    """Say which of the names a menu opens with: those the notebooks speak of most, and all of a reader's own."""
    return tuple(name for name in (*(first or FIRST), *objectives.names(own=True)) if name in names)


def about(names: Sequence[str]) -> dict[str, str]:
    """Say of each objective what it does, and what to know of it: a note, what is absent and why, or no bias."""
    out = {}
    for name in names:
        objective = objectives.get(name)
        absent = getattr(objective.table, "reason", "") or getattr(objective.F, "reason", "")
        known = "; ".join(part for part in (objective.note, absent and f"absent: {absent}") if part)
        known = known or ("unbiased at every n" if objective.unbiased else "see its source")
        out[name] = f"{named(name, '; '.join(part for part in (does(name).rstrip('.'), known) if part))}."
    return out


def named(name: str, says: str) -> str:
    """Put a name before what is said of it, where that does not begin with it."""
    return says if says.lower().startswith(f"{name.lower()}:") else f"{name}: {says}"


def does(name: str) -> str:
    """Say what an objective does: the first line of what its author says of it."""
    return (objectives.entry(name).build.__doc__ or "").strip().partition("\n")[0].replace("`", "")

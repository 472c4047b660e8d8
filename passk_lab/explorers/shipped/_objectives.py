"""Objectives as explorers lay them out: at every k, in words."""

from typing import Any

import numpy as np

from passk_lab import objectives


def _objectives_at(names: tuple[str, ...], ks: list[int]) -> list[list[objectives.Objective | None]]:
    """Every objective at every k; None where it refuses that k."""

    def at(name: str, k: int) -> objectives.Objective | None:
        try:
            return objectives.with_draws(name, k)
        except ValueError:
            return None

    return [[at(name, k) for k in ks] for name in names]


def _finite(values: Any) -> np.ndarray:
    values = np.asarray(values, dtype=np.float64)
    return np.where(np.abs(values) < 1e30, values, np.nan)  # tables travel as float32


def _about(names: tuple[str, ...]) -> dict[str, str]:
    out = {}
    for name in names:
        objective = objectives.get(name)
        absent = objective.missing("credit") or objective.missing("value")
        parts = [objective.note, absent.partition(": ")[2] and f"absent: {absent.partition(': ')[2]}"]
        known = "; ".join(part for part in parts if part)
        out[name] = f"{name}: {known or ('unbiased at every n' if objective.unbiased else 'see its source')}."
    return out

"""What a race needs of the lab, as a page holds it: the worlds, credit tables, step sizes, and exact paths."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from passk_lab import look
from passk_lab.play import paths
from passk_lab.play.racers import GROUPS, RACERS, TRIES, objective_of, takes_k, why_not
from passk_lab.play.training import STEPS, step_size
from passk_lab.play.worlds import PROMPTS, WORLDS, world


@cache
def packed() -> tuple[dict[str, Any], bytes]:
    """Return all of it as JSON, and as one block: first float64 (logits, credit), then uint16 (paths).

    Credit of a racer is under "racer|k|n" (k = 0 where it takes none): where it lies in the block, c = 0..n of right
    ones, then of wrong ones. So the page looks up what a sample is worth, and knows no objective.

    >>> spec, block = packed()
    >>> spec["tables"]["pass@1|0|16"]["size"], spec["tables"]["maxrl|0|16"]["size"]
    (1.0, 0.25)
    """
    exact = _Pile("<f8")
    told: dict[str, Any] = {
        "worlds": [_world(name, exact) for name in WORLDS],
        "tables": {
            f"{racer}|{k}|{n}": _table(racer, k, n, exact)
            for racer in RACERS
            for k in (TRIES if takes_k(racer) else (0,))
            for n in GROUPS
        },
    }
    rounded = _Pile("<u2")
    lie = {name: rounded.put(path) for name, path in paths.shipped().items()}
    places = {}
    for name in WORLDS:
        for key, table in told["tables"].items():
            racer, k, n = key.split("|")
            if "missing" not in table:
                places[f"{name}|{key}"] = lie[paths.name_of(name, racer, int(k), int(n))]
    spec = {
        "steps": STEPS, "prompts": PROMPTS, "tries": TRIES, "groups": GROUPS, "times": paths.TIMES,
        "racers": {racer: {"told": words, "takesK": takes_k(racer)} for racer, words in RACERS.items()},
        **told, "paths": places, "pathsFrom": len(exact.bytes), "look": look.for_the_page(),
    }  # fmt: skip
    return spec, exact.bytes + rounded.bytes


def _world(name: str, exact: _Pile) -> dict[str, Any]:
    one = world(name)
    return {
        "name": one.name, "title": one.title, "told": one.told, "label": one.label, "rows": one.rows,
        "letters": one.letters, "shared": one.shared, "rate": one.rate, "answers": one.logits.shape[1],
        "right": one.right.astype(int).ravel().tolist(), "index": one.index.ravel().tolist(),
        "logits": exact.put(one.logits),
    }  # fmt: skip


def _table(racer: str, k: int, n: int, exact: _Pile) -> dict[str, Any]:
    if reason := why_not(racer, k, n):
        return {"missing": reason}
    objective = objective_of(racer, k)
    credit, one = objective.credit(n), world(next(iter(WORLDS)))
    return {
        "size": step_size(one, objective, n) / one.rate,
        "credit": exact.put([credit.correct, credit.wrong]),
    }


class _Pile:
    """Numbers of one kind, laid on one another."""

    def __init__(self, kind: str) -> None:
        self.kind, self.bytes = kind, b""

    def put(self, values: Any) -> int:
        """Lay numbers on it, and return how many lie below."""
        below = len(self.bytes) // np.dtype(self.kind).itemsize
        self.bytes += np.asarray(values, self.kind).tobytes()
        return below

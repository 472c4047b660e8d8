"""What to try first in a cockpit: choices, and what came of them where they were measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Suggestion:
    """Something to try: its name, the choices of one run or of two in a race, and a sentence on what to see."""

    label: str
    sides: tuple[Mapping[str, Any], ...]
    sentence: str


MEASURED_WITH = {"mechanism": "none", "n": 32, "rate": 4e-4}
"""Choices in which the suggested runs agree."""
STEPS, PROMPTS, SEEDS = 400, 16, (0, 1, 2)
"""How the suggested runs were measured beyond what is chosen; a cockpit opens with the same."""

_LOO = {**MEASURED_WITH, "objective": "pass@k-loo-1", "k": 8}
_PLAIN = {**MEASURED_WITH, "objective": "pass@k", "k": 8}
_GRPO = {**MEASURED_WITH, "objective": "grpo"}
_WHEN = "after 400 steps, seeds 0 to 2"

SUGGESTIONS = (
    Suggestion(
        "pass@8-loo-1",
        (_LOO,),
        f"pass@8-loo-1: {_WHEN}, it stood above its base at every k from 1 to 32, and pass@1024 was kept.",
    ),
    Suggestion(
        "plain pass@8: noise",
        (_PLAIN,),
        f"Plain pass@8 climbs the same function, and {_WHEN}, it stood below its base at every k from 1 to 256: its "
        "signal over noise is smaller than that of pass@8-loo-1 at every p.",
    ),
    Suggestion(
        "race the two",
        (_LOO, _PLAIN),
        f"A race of pass@8-loo-1 and plain pass@8 on the same prompts: {_WHEN}, the first stood above the second at "
        "every k from 1 to 256.",
    ),
    Suggestion(
        "grpo: the curves cross",
        (_GRPO,),
        f"grpo: {_WHEN}, it stood above its base at k = 1 and 2 and below it at every k from 16 to 1024.",
    ),
)
"""In the order in which they are offered; `tests/cockpit/test_suggestions.py` holds each sentence against the runs."""

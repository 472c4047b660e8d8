"""The objectives that a race offers, and in which groups each can run."""

from __future__ import annotations

from passk_lab import objectives
from passk_lab.objectives import Objective
from passk_lab.play.training import largest_credit

TRIES = (2, 4, 8, 16)
"""Numbers of tries k: by which a race is judged, and which the objectives that draw k train."""
GROUPS = (8, 16, 32)
"""Sizes of a group."""
RACERS: dict[str, str] = {
    "pass@1": "gain over the mean of the others",
    "reinforce": "each right answer gains the same",
    "grpo": "gain over the mean, in deviations",
    "maxrl": "the rarer right, the more it gains",
    "pass@k": "what sets of {k} with it reach",
    "pass@k-loo-1": "what it adds to sets of {k-1} others",
    "pass@k-training": "sets of {k} as one, in deviations",
}
"""Objectives by their name in the lab, and what each gives an answer, in a few words; {k} and {k-1} are numbers.

pass@k-loo is not among them: in groups of 8 its steps carry a difference in the last digit up to 1e-8 within 200 steps,
so page and Python would not stay together.
"""


def objective_of(racer: str, k: int) -> Objective:
    """Return the objective of a racer; k counts where it draws k.

    >>> objective_of("pass@k", 4).label, objective_of("maxrl", 4).label
    ('pass@k (k = 4)', 'maxrl')
    """
    return objectives.get(racer, k=k) if takes_k(racer) else objectives.get(racer)


def takes_k(racer: str) -> bool:
    """Whether a racer draws k, so that its credit depends on k.

    >>> takes_k("pass@k-training"), takes_k("pass@1")
    (True, False)
    """
    return "@k" in racer


def called(racer: str, k: int) -> str:
    """Return what a racer is called.

    >>> called("pass@k-loo-1", 4)
    'pass@4-loo-1'
    """
    return racer.replace("@k", f"@{k}")


def why_not(racer: str, k: int, n: int) -> str:
    """Say why a racer cannot run in groups of n; "" if it can.

    >>> print(why_not("pass@k-training", 8, 8))
    pass@k-training (k = 8) gives no sample any credit in groups of 8, whatever c is: take a larger n.
    """
    objective = objective_of(racer, k)
    if reason := objective.missing("credit", n):
        return reason
    if largest_credit(objective, n) == 0:
        return f"{objective.label} gives no sample any credit in groups of {n}, whatever c is: take a larger n."
    return ""

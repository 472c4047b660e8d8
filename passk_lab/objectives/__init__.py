"""What training pushes: objectives as functions F of a prompt's success probability p, and their credit tables.

>>> from passk_lab import objectives
>>> objective = objectives.get("pass@k", k=4)
>>> round(objective.value(0.5), 12), round(objective.weight(0.5), 12)
(0.9375, 0.5)
>>> round(objectives.effective_weight(objective, n=8, p=0.5), 12)
0.5

Exploration mechanisms (entropy, KL, novelty, clipping) are not functions of p and are not found here.
"""

from passk_lab.objectives import one_sample  # noqa: F401  (each registers its objectives, in the order they are taught)

# isort: split
from passk_lab.objectives import many_samples  # noqa: F401

# isort: split
from passk_lab.objectives import likelihood  # noqa: F401
from passk_lab.objectives.group import (
    Groups,
    Moments,
    effective_share,
    effective_weight,
    finite_value,
    gradient_moments,
    silent_groups,
)
from passk_lab.objectives.noise import effective_weight_under_noise, noise_of_nothing, under_noise, wrong_share
from passk_lab.objectives.objective import Credit, Face, Missing, Objective
from passk_lab.objectives.registry import ENTRIES, entry, forget, get, names, overview, register, with_draws
from passk_lab.objectives.rewards import max_at_k_credit

ENTRIES.seal()

__all__ = [
    "Credit",
    "Face",
    "Groups",
    "Missing",
    "Moments",
    "Objective",
    "effective_share",
    "effective_weight",
    "effective_weight_under_noise",
    "entry",
    "finite_value",
    "forget",
    "get",
    "gradient_moments",
    "max_at_k_credit",
    "names",
    "noise_of_nothing",
    "overview",
    "register",
    "silent_groups",
    "under_noise",
    "with_draws",
    "wrong_share",
]

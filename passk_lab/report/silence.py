"""What training would see of these prompts: groups with nothing to compare, and the weight of an objective on each."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.arguments import Floats, Ints
from passk_lab.objectives import Objective, effective_share, effective_weight, get, names
from passk_lab.report.estimates import Estimate, mean


@dataclass(frozen=True)
class Silence:
    """Shares of groups of the training's size that are all wrong, all right, or mixed."""

    n: int
    """Samples of a group: drawn without replacement from each problem's own, so without bias."""
    all_wrong: Estimate
    all_right: Estimate
    mixed: Estimate


@dataclass(frozen=True)
class Weight:
    """The weight that groups of an objective put on each problem's gradient of p."""

    objective: str
    n: int
    """Samples of a group."""
    at: Floats
    """Per problem, worked out at p = c/n: what the weight would be if c/n were p."""
    mean: float
    effective_share: float
    """Share of the problems that carry the signal, weight times p (1 - p): 1 if all alike."""
    on_unsolved: float
    """Share of the weight that lies on problems with c = 0 (where grad p itself is small)."""
    on_hard: float
    """On problems with 0 < c/n <= 1/2."""
    on_easy: float
    """On problems with c/n > 1/2."""
    missing: str
    """Why there is none for groups of this size; "" if there is."""


def silence(n: Ints, c: Ints, group: int, level: float, labels: Any) -> Silence:
    r"""Return how many groups of this size are silent.

    .. math:: \frac1P \sum_i \binom{n_i - c_i}{g} \Big/ \binom{n_i}{g}, \qquad
        \frac1P \sum_i \binom{c_i}{g} \Big/ \binom{n_i}{g}

    >>> found = silence(np.array([8, 8]), np.array([0, 4]), 2, 0.95, None)
    >>> round(found.all_wrong.estimate, 6), round(found.all_right.estimate, 6)
    (0.607143, 0.107143)
    """
    wrong = np.asarray(metrics.pass_hat_k(n, n - c, group), np.float64)
    right = np.asarray(metrics.pass_hat_k(n, c, group), np.float64)
    return Silence(group, *(mean(share, level, labels) for share in (wrong, right, 1 - wrong - right)))


def called(objective: Objective) -> str:
    """Return what an objective is called in text: its draws in its name, and of other numbers those that are unusual.

    >>> from passk_lab import objectives
    >>> called(objectives.get("pass@k-loo-1", k=16)), called(objectives.get("grpo"))
    ('pass@16-loo-1', 'grpo')
    >>> called(objectives.get("grpo", ddof=1))
    'grpo (ddof = 1)'
    """
    given = dict(objective.parameters)
    name = objective.name.replace("@k", f"@{given.pop('k')}", 1) if "k" in given and "@k" in objective.name else None
    usual = get(objective.name).parameters if objective.name in names(variants=True) else {}
    more = ", ".join(f"{key} = {value}" for key, value in given.items() if usual.get(key) != value)
    return (name or objective.name) + (f" ({more})" if more else "")


def weight(objective: Objective, n: Ints, c: Ints, group: int) -> Weight:
    """Return what groups of this size put on each problem, with p taken to be c/n.

    >>> from passk_lab import objectives
    >>> found = weight(objectives.get("pass@1"), np.array([8, 8]), np.array([2, 6]), 8)
    >>> found.mean, found.on_hard
    (1.0, 0.5)
    """
    if missing := objective.missing("credit", group):
        nothing = np.zeros(0)
        return Weight(called(objective), group, nothing, 0.0, 0.0, 0.0, 0.0, 0.0, missing)
    p = c / n
    kinds, which = np.unique(p, return_inverse=True)
    at = np.asarray(effective_weight(objective, group, kinds), np.float64)[which]
    size = np.abs(at)
    total = size.sum() or 1.0
    return Weight(
        objective=called(objective),
        n=group,
        at=at,
        mean=float(at.mean()),
        effective_share=effective_share(at * p * (1 - p)),
        on_unsolved=float(size[c == 0].sum() / total),
        on_hard=float(size[(c > 0) & (2 * c <= n)].sum() / total),
        on_easy=float(size[2 * c > n].sum() / total),
        missing="",
    )

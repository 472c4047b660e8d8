"""What to watch in a batch of a real trainer, by the names that the lab's own runs have."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

import numpy as np

from passk_lab import arguments, metrics
from passk_lab.arguments import Ints
from passk_lab.bridge.credits import Verdicts, flat_like, of_verdicts, one_each, verdicts
from passk_lab.objectives import Objective, effective_share, effective_weight
from passk_lab.objectives.registry import resolve

MEANING = {
    "pass_at_1": "share of right samples, mean over the groups",
    "pass_at_k": "pass@k of the groups, unbiased; k is the smallest group's size if none is given",
    "gap": "pass@k - pass@1, what is left to explore",
    "all_wrong": "share of groups without a right sample",
    "all_right": "share of groups with only right samples",
    "silent": "share of groups in which every sample has the same credit",
    "carriers": "effective share of the prompts that carry the credit (Kish), 0..1",
    "weight": "effective weight of the objective at c/n, mean over the groups: plugged in, so biased as c/n is no p",
    "unique": "distinct answers over samples, right or wrong",
    "distinct": "distinct right answers in a group, mean",
    "unscored": "share of samples without a verdict",
}
"""Names of the diagnostics, with their meaning."""


def diagnostics(
    rewards: Any,
    *,
    objective: Objective | str | None = None,
    credit: Any = None,
    answers: Sequence[Hashable] | None = None,
    k: int | None = None,
    groups: Any = None,
    threshold: float | None = None,
    unscored: str = "refuse",
) -> dict[str, float]:
    """Say of a batch how well it went, what is left to explore, and where the signal comes from.

    Parameters
    ----------
    rewards, groups, threshold, unscored
        As in `credit`.
    objective : Objective or its name, optional
        What the trainer climbs: brings "weight", and the credit where none is given.
    credit : array_like of the shape of `rewards`, optional
        What the trainer really gave each sample: brings "silent" and "carriers".
    answers : sequence, optional
        One for each sample, in the order of the flat rewards; equal ones count as one: brings "unique" and "distinct".
        Long texts are all different: pass the final answer of each.
    k : int, optional
        Draws of pass@k; the smallest group's size if not given, which makes it the share of groups that were solved.

    Returns
    -------
    dict of float
        Names as in `MEANING`; what nothing was given for is left out.

    Raises
    ------
    ValueError
        As `credit`; if credits or answers are not one for each sample; if k is more than the samples of a group.

    Examples
    --------
    >>> seen = diagnostics([[1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1]], objective="grpo", answers="abcbbbbbaaab")
    >>> {name: round(value, 3) for name, value in seen.items() if name in ("gap", "silent", "unique", "distinct")}
    {'gap': 0.25, 'silent': 0.667, 'unique': 0.5, 'distinct': 1.0}
    """
    seen = verdicts(rewards, groups=groups, threshold=threshold, unscored=unscored)
    told = seen.n > 0
    if not told.any():
        raise ValueError("rewards has no scored sample at all, so there is nothing to say of them.")
    n, c = seen.n[told], seen.c[told]
    draws = int(n.min()) if k is None else arguments.one_whole("k", k)
    first, more = float((c / n).mean()), float(np.mean(metrics.pass_at_k(n, c, draws)))
    out = {
        "pass_at_1": first, "pass_at_k": more, "gap": more - first,
        "all_wrong": float((c == 0).mean()), "all_right": float((c == n).mean()),
        "unscored": float((~seen.scored).mean()),
    }  # fmt: skip
    if credit is not None:
        out |= _signal(seen, flat_like("credit", credit, seen.group.size))
    elif objective is not None:
        out |= _signal(seen, of_verdicts(seen, objective))
    if objective is not None:
        out["weight"] = _plugged_in(resolve(objective), n, c)
    if answers is not None:
        out |= _answers(seen, answers)
    return {name: out[name] for name in MEANING if name in out}


def _plugged_in(objective: Objective, n: Ints, c: Ints) -> float:
    """Mean over groups of the effective weight at c/n."""
    total = sum(effective_weight(objective, int(m), c[n == m] / m).sum() for m in np.unique(n))
    return float(total / n.size)


def _signal(seen: Verdicts, credit: Any) -> dict[str, float]:
    """Silent groups and effective share, from what each scored sample got."""
    many, group, credit = len(seen.names), seen.group[seen.scored], credit[seen.scored]
    low, high = np.full(many, np.inf), np.full(many, -np.inf)
    np.minimum.at(low, group, credit)
    np.maximum.at(high, group, credit)
    worth = np.bincount(group, np.abs(credit), minlength=many)[seen.n > 0]
    silent = (high <= low)[seen.n > 0].mean()
    return {"silent": float(silent), "carriers": effective_share(worth) if worth.any() else 0.0}


def _answers(seen: Verdicts, answers: Any) -> dict[str, float]:
    listed = one_each("answers", answers, seen.group.size, "the final answer of each sample, as text or a number")
    try:
        marked = list(zip(seen.group.tolist(), listed, seen.right.tolist(), seen.scored.tolist(), strict=True))
        every = {(group, answer) for group, answer, _, scored in marked if scored}
        right = {(group, answer) for group, answer, is_right, _ in marked if is_right}
    except Exception as error:  # whatever a stranger's type raises when it is hashed or compared
        raise ValueError(
            f"answers are compared as text or numbers are, but one of them cannot be ({type(error).__name__})."
        ) from None
    return {"unique": len(every) / int(seen.scored.sum()), "distinct": len(right) / int((seen.n > 0).sum())}

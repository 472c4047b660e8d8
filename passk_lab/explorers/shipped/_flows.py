"""A policy along its flow: the times at which it is looked at, and what is drawn of it then."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from passk_lab import metrics, objectives
from passk_lab.exact import Anchor, Bandit, Flow, flow
from passk_lab.explorers.description import Axis, Stems
from passk_lab.explorers.expression import Coordinate, Table, Value

TIMES = [0.0, *(float(f"{t:.2g}") for t in np.geomspace(0.1, 1e16, 86))]
DRAWS = 16
"""Draws behind "distinct answers" and pass@16."""
TIME_AXIS = Axis("training time t (log)", 0.1, 1e16, scale="log")
CORRECT = (0.05, 0.04, 0.03, 0.02)
"""Chances of the right answers at the start."""
WRONG = 12
"""How many wrong answers share the rest evenly."""


def long_flow(start: Bandit, k: int) -> Flow:
    """Follow the exact gradient of pass@k over all of TIMES."""
    return flow(start, objectives.get("pass@k", k=k), until_time=2e16, times=TIMES, accuracy=1e-6)


def at_times(run: Flow) -> dict[str, np.ndarray]:
    """Give what is drawn of a flow, at each of the times it was asked for."""
    return {**drawn_of(run.as_prompts()), "best": run.pass_at_k(DRAWS)}


def drawn_of(states: Bandit) -> dict[str, np.ndarray]:
    """Give what is drawn of policies, one a prompt."""
    return {
        "policy": states.policy,
        "p": states.p,
        "best": metrics.success_at_k(states.p, DRAWS),
        "distinct": states.distinct(DRAWS),
        "effective": states.effective_correct,
        "entropy": states.entropy,
    }


def flows_together(start: Bandit, runs: Sequence[tuple[int, Anchor | None]], times: Sequence[float]) -> np.ndarray:
    """Give the logits of many flows on pass@k from one start, each with its k and anchor: (runs, times, answers).

    One equation for all of them, d theta/du = (1 + t) grad with u = log(1 + t), whose Jacobian has a block for each: a
    twentieth of what `exact.flow` takes for one after the other, and right while time spans few decades.
    """
    from scipy.integrate import solve_ivp  # here: it takes 28 MB that only a flow needs

    logits, right = start.logits[0], start.correct[0].astype(np.float64)
    # Answers that begin equal stay equal: of these a flow has one, many times over.
    _, first, which, many = np.unique(
        [logits, right], axis=1, return_index=True, return_inverse=True, return_counts=True
    )
    which, shape = which.ravel(), (len(runs), first.size)
    origin, good = np.tile(logits[first], (len(runs), 1)), right[first]
    strength = np.array([anchor.strength if anchor else 0.0 for _, anchor in runs])[:, None]
    begin = _softmax(origin, many)[:, which]
    # Each objective and each anchor is asked once for all its runs.
    weights: list[tuple[Any, list[int]]] = [
        (objectives.get("pass@k", k=k).slope, [i for i, (of, _) in enumerate(runs) if of == k])
        for k in {k for k, _ in runs}
    ]
    pulls = {anchor.name: anchor for _, anchor in runs if anchor}
    rows = {name: [i for i, (_, anchor) in enumerate(runs) if anchor and anchor.name == name] for name in pulls}

    def rates(u: float, y: np.ndarray) -> np.ndarray:
        pi = _softmax(y.reshape(shape), many)
        p = (pi * many) @ good
        out = pi * (good - p[:, None])
        for slope, of in weights:
            out[of] *= slope.inside(np, p[of])[:, None]  # the formula itself: its checks would cost more
        whole = pi[:, which]
        for name, anchor in pulls.items():
            out[rows[name]] += strength[rows[name]] * anchor.gradient(whole[rows[name]], begin[rows[name]])[:, first]
        return np.exp(u) * out.ravel()

    clock, block = np.log1p(np.asarray(times)), first.size - 1
    solved = solve_ivp(
        rates, (0.0, clock[-1]), origin.ravel(), method="LSODA", t_eval=clock, rtol=1e-6, atol=1e-6,
        lband=block, uband=block,
    )  # fmt: skip
    return np.moveaxis(solved.y.reshape(*shape, -1), 2, 1)[..., which]


def _softmax(logits: np.ndarray, many: np.ndarray) -> np.ndarray:
    """Chance of one answer of each kind, of which there are so many."""
    pi = np.exp(logits - logits.max(axis=1, keepdims=True))
    return pi / (pi @ many)[:, None]


def bars() -> list[Stems]:
    """Draw the policy's answers, right ones first; each side from its own share of the table (see `sides`)."""
    return [
        Stems(
            role="correct",
            label="right",
            x=Coordinate("answer"),
            y=Value("policy", along="answer") * Value("right", along="answer"),
        ),
        Stems(
            role="wrong",
            label="wrong",
            x=Coordinate("answer"),
            y=Value("policy", along="answer") * Value("wrong", along="answer"),
        ),
    ]


def sides(right: int, wrong: int) -> dict[str, Table]:
    """Say which answers are right and which are wrong, as two tables of ones and zeros."""
    mask = np.arange(right + wrong) < right
    return {"right": Table(("answer",), mask), "wrong": Table(("answer",), ~mask)}

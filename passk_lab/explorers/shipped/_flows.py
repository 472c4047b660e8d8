"""A policy along its flow: the times at which it is looked at, and what is drawn of it then."""

import numpy as np

from passk_lab import objectives
from passk_lab.exact import Bandit, Flow, flow
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
    states = run.as_prompts()
    return {
        "policy": run.policy,
        "p": run.p,
        "best": run.pass_at_k(DRAWS),
        "distinct": states.distinct(DRAWS),
        "effective": states.effective_correct,
        "entropy": states.entropy,
    }


def bars() -> list[Stems]:
    """Draw the policy's answers, right ones first; each side from its own share of the table (see `sides`)."""
    return [
        Stems(
            role="correct", x=Coordinate("answer"), y=Value("policy", along="answer") * Value("right", along="answer")
        ),
        Stems(role="wrong", x=Coordinate("answer"), y=Value("policy", along="answer") * Value("wrong", along="answer")),
    ]


def sides(right: int, wrong: int) -> dict[str, Table]:
    """Say which answers are right and which are wrong, as two tables of ones and zeros."""
    mask = np.arange(right + wrong) < right
    return {"right": Table(("answer",), mask), "wrong": Table(("answer",), ~mask)}

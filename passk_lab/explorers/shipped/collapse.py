"""Explorer: four right answers, and the policy collapses onto one, whichever k is trained on."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.exact import several_correct
from passk_lab.explorers.description import (
    Axis,
    Description,
    Line,
    Panel,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._flows import CORRECT, TIME_AXIS, TIMES, WRONG, at_times, bars, long_flow, sides

KS = [1, 2, 4, 8, 16]


def collapse(**state: Any) -> Explorer:
    """Watch a policy with four right answers collapse onto one, under pass@k for k = 1 to 16.

    Controls: `k` and the training time `t`. The flow is exact: `exact.flow`.

    >>> collapse(k=1, t=0).words.split(". ")[0]
    'k = 1, t = 0: pass@1 is 0.140, pass@16 is 0.910; 16 draws show 10.1 different answers'
    """
    return Explorer(describe(), **state)


def _stack(runs: list[dict[str, np.ndarray]], *dims: str) -> dict[str, Table]:
    tables = {}
    for name in runs[0]:
        more = ("answer",) if name == "policy" else ()
        tables[name] = Table((*dims, "t", *more), np.stack([run[name] for run in runs]))
    return tables


@cache
def describe() -> Description:
    """Describe it, as data."""
    start = several_correct(CORRECT, WRONG)
    answers = len(CORRECT) + WRONG
    runs = [at_times(long_flow(start, k)) for k in KS]
    x, t = Coordinate("t"), ControlValue("t")

    def over(table: str) -> Value:
        return Value(table, along="t")

    return Description(
        name="collapse",
        title="Of four right answers one takes all, whichever k is trained on",
        summary="A policy over sixteen answers, four of them right, as it is trained: the answers' chances, pass@1 and "
        "pass@16 over time, and how many different answers are left.",
        controls=[
            Slider("t", "training time t", TIMES, 0.0, play=True),
            Slider("k", "draws k that are trained on", KS, 1),
        ],
        axes={"k": KS, "t": TIMES, "answer": list(range(1, answers + 1))},
        tables={**_stack(runs, "k"), **sides(len(CORRECT), WRONG)},
        panels=[
            Panel(
                "its answers at t = {t}",
                Axis("answer", 0, answers + 1),
                Axis("chance of the answer", 0, 1),
                bars(),
                name="Policy",
            ),
            Panel(
                "the gap is what is left to explore",
                TIME_AXIS,
                Axis("chance of a right answer", 0, 1),
                [
                    *answer(
                        Line(role="pass@1", label="pass@1", x=x, y=over("p"), label_at=0.55),
                        Line(role="pass@k", label="pass@16", x=x, y=over("best"), label_at=0.12),
                        Line(role="gap", label="gap", x=x, y=over("best") - over("p"), label_at=0.3),
                    ),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Success",
            ),
            Panel(
                "different ones in 16 draws, and right ones alive",
                TIME_AXIS,
                Axis("answers"),
                [
                    *answer(
                        Line(role="exact", label="different answers in 16 draws", x=x, y=over("distinct"),
                             label_at=0.75),
                        Line(role="correct", label="effective right answers", x=x, y=over("effective"), label_at=0.3),
                    ),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Answers",
            ),
        ],
        readouts=[
            Readout("p", Value("p")), Readout("best", Value("best")), Readout("distinct", Value("distinct")),
            Readout("effective", Value("effective")), Readout("first", Value("policy", answer=1)),
        ],
        sentences=[
            "k = {k}, t = {t}: pass@1 is {p}, pass@16 is {best}; 16 draws show {distinct} different answers. "
            "Of the right answers effectively {effective} are alive; the first has chance {first}."
        ],
        presets=[
            Preset("watch pass@1", {"k": 1, "t": 0}, "Press ▶ beside the time: p rises, and the first right answer, "
                   "which was ahead by 5 to 4, takes all."),
            Preset("watch pass@16", {"k": 16, "t": 0}, "The same collapse, faster at the start and then far slower: "
                   "the weight 16(1 - p)^15 runs out as the prompt is solved."),
            Preset("late under pass@16", {"k": 16, "t": TIMES[-20]}, "Even after ages pass@16 has not brought back "
                   "the second answer; it only pushes ever less."),
        ],
        vote="Four of the sixteen answers are right, and pass@{k} is trained on. How many right ones are left in "
        "the end?",
        source="Exact gradient flow of a softmax policy: exact.flow(exact.several_correct(...), pass@k).",
    )  # fmt: skip

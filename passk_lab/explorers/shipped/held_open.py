"""Explorer: what holds a policy open, how soon, and at what price."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.exact import Bandit, entropy_bonus, kl_to_start, several_correct
from passk_lab.explorers.description import (
    Axis,
    Choice,
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
from passk_lab.explorers.shipped._flows import CORRECT, WRONG, bars, drawn_of, flows_together, sides

_OBJECTIVES = {"pass@1": 1, "pass@16": 16}
_STRENGTHS = [0.03, 0.1, 0.3]
_HOLDS = {
    "nothing": None,
    "entropy bonus": entropy_bonus,
    "reverse KL to the start": kl_to_start,
    "forward KL to the start": lambda strength: kl_to_start(strength, forward=True),
}
_TIMES = [0.0, *(float(f"{t:.2g}") for t in np.geomspace(0.1, 1e5, 61))]


def held_open(**state: Any) -> Explorer:
    """Compare what holds a policy open: entropy bonus, KL to the start (reverse or forward), or nothing.

    Controls: the `objective`, `hold`, its `strength`, and the training time `t`.

    >>> held_open(hold="nothing", t=0).words.split(": ")[1].split(";")[0]
    'pass@1 is 0.140, pass@16 is 0.910'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    start = several_correct(CORRECT, WRONG)
    answers = len(CORRECT) + WRONG

    runs = [
        (k, make(strength) if make else None)
        for k in _OBJECTIVES.values()
        for make in _HOLDS.values()
        for strength in (_STRENGTHS if make else [0.0])
    ]
    logits = flows_together(start, runs, _TIMES)
    drawn = drawn_of(
        Bandit(logits.reshape(-1, answers), np.broadcast_to(start.correct, (logits[..., 0].size, answers)))
    )
    # Nothing is as strong as nothing: one flow stands for all strengths of it.
    number = iter(range(len(runs)))
    rows = [
        [next(number) for _ in _STRENGTHS] if make else [next(number)] * len(_STRENGTHS)
        for _ in _OBJECTIVES
        for make in _HOLDS.values()
    ]
    shape = len(_OBJECTIVES), len(_HOLDS), len(_STRENGTHS), len(_TIMES)
    tables = {
        name: Table(
            ("objective", "hold", "strength", "t", *(("answer",) if name == "policy" else ())),
            np.reshape(values, (len(runs), len(_TIMES), -1))[rows].reshape(*shape, *np.shape(values)[1:]),
        )
        for name, values in drawn.items()
    }
    x, t, last = Coordinate("t"), ControlValue("t"), _TIMES[-1]
    one, best = Value("p", along="t"), Value("best", along="t")
    alive, alive_free = Value("effective", along="t"), Value("effective", along="t", hold="nothing")
    axis = Axis("training time t (log)", 0.1, 1e5, scale="log")
    return Description(
        name="held-open",
        title="What holds a policy open, how soon, and at what price",
        summary="A policy with four right answers, trained on pass@1 or pass@16 with an entropy bonus or a KL term: "
        "its answers, pass@1 and pass@16 over time, and how many right answers are alive.",
        controls=[
            Slider("t", "training time t", _TIMES, _TIMES[41], play=True),
            Choice("objective", "trained on", list(_OBJECTIVES), "pass@1"),
            Choice("hold", "held by", list(_HOLDS), "entropy bonus"),
            Slider("strength", "strength", _STRENGTHS, 0.03),
        ],
        axes={
            "objective": list(_OBJECTIVES), "hold": list(_HOLDS), "strength": _STRENGTHS, "t": _TIMES,
            "answer": list(range(1, answers + 1)),
        },
        tables={**tables, **sides(len(CORRECT), WRONG)},
        panels=[
            Panel(
                "its answers at t = {t}",
                Axis("answer", 0, answers + 1),
                Axis("chance of the answer", 0, 1),
                answer(*bars()),
                name="Policy",
            ),
            Panel(
                "pass@1, pass@16 and the gap between them",
                axis,
                Axis("chance of a right answer", 0, 1),
                [
                    *answer(
                        Line(role="pass@1", label="pass@1", x=x, y=one, label_at=0.75),
                        Line(role="pass@k", label="pass@16", x=x, y=best, label_at=0.15),
                        Line(role="gap", label="gap", x=x, y=best - one, label_at=0.5),
                    ),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Success",
            ),
            Panel(
                "effective right answers, over time",
                axis,
                Axis("effective right answers", 0, 4.2),
                [
                    Line(role="before", label="nothing", x=x, y=alive_free, label_at=0.75),
                    *answer(Line(role="correct", label="{hold}, {strength}", x=x, y=alive, label_at=0.25)),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Alive",
            ),
        ],
        readouts=[
            Readout("p", Value("p")), Readout("best", Value("best")), Readout("effective", Value("effective")),
            Readout("entropy", Value("entropy"), form="{} nats"),
        ],
        sentences=[
            "Held by {hold}, strength {strength}, trained on {objective}, t = {t}: pass@1 is {p}, pass@16 is {best}; "
            "effectively {effective} right answers are alive, and the policy's entropy is {entropy}."
        ],
        presets=[
            Preset("nothing", {"objective": "pass@1", "hold": "nothing", "t": last},
                   "All on one answer, for good."),
            Preset(
                "a strong entropy bonus",
                {"objective": "pass@1", "hold": "entropy bonus", "strength": 0.3, "t": last},
                "All four right answers live on, in the end alike; wrong ones keep a tenth, the price in pass@1.",
            ),
            Preset(
                "a weak one, after a while",
                {"objective": "pass@1", "hold": "entropy bonus", "strength": 0.03, "t": _TIMES[41]},
                "The collapse came first. In the end all four are back, but this hold pulls on a rare answer nearly in "
                "proportion to its chance, so what is nearly lost returns after ages.",
            ),
            Preset(
                "forward KL",
                {"objective": "pass@1", "hold": "forward KL to the start", "strength": 0.03, "t": _TIMES[41]},
                "It does not weaken as an answer is lost, so at the same moment the right ones are on their "
                "way back, to the proportions of the start. Wrong answers keep a share too.",
            ),
            Preset(
                "a bonus under pass@16",
                {"objective": "pass@16", "hold": "entropy bonus", "strength": 0.1, "t": last},
                "Once pass@16 is near 1 its weight is gone, and the bonus has the policy to itself: all sixteen "
                "answers stay open, a right one at half as much again as a wrong one, and pass@1 is a third.",
            ),
        ],
        vote="Trained on {objective}, held by {hold} of strength {strength}: how many of the four right answers are "
        "alive at t = {t}?",
        source="Exact flows: exact.flow(..., anchor=entropy_bonus(...) or kl_to_start(...)).",
    )  # fmt: skip

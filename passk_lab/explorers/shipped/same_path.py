"""Explorer: one path, three clocks. For one prompt k changes when, not where."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.exact import flow, several_correct
from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._flows import TIME_AXIS, TIMES, WRONG, long_flow

_STARTS = {
    "5 % and 4 %": (0.05, 0.04), "equal": (0.045, 0.045), "8 % and 1 %": (0.08, 0.01),
}  # fmt: skip
_CLOCKS = {1: "pass@1", 4: "pass@k", 16: "gap"}
"""The k whose clocks are compared, and the role each is drawn in."""


def same_path(**state: Any) -> Explorer:
    """Watch two right answers compete: pass@1, pass@4 and pass@16 walk the same path by different clocks.

    Controls: the training time `t`, and the `start`.

    >>> same_path(t=0).words.split(". ")[0]
    'At t = 0: p is 0.0900 under pass@1, 0.0900 under pass@4, 0.0900 under pass@16'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    runs = [[long_flow(several_correct(pair, WRONG), k) for k in _CLOCKS] for pair in _STARTS.values()]
    policy = np.array([[run.policy[:, :2] for run in row] for row in runs])
    # Evenly along the path, where the times above leave gaps: the curve that all three points should lie on.
    paths = [
        flow(several_correct(pair, WRONG), "pass@1", until_p=0.999, states=60, accuracy=1e-6).policy[:, :2]
        for pair in _STARTS.values()
    ]
    dims = ("start", "k", "t")
    ks = list(_CLOCKS)
    x, t = Coordinate("t"), ControlValue("t")

    def along(table: str, k: int, free: str = "t") -> Value:
        return Value(table, along=free, k=k)

    return Description(
        name="same-path",
        title="One path, three clocks: for one prompt k changes when, not where",
        summary="The chances of two right answers against each other as training goes on under pass@1, pass@4 and "
        "pass@16, and the success probability over time.",
        controls=[
            Slider("t", "training time t", TIMES, TIMES[11], play=True),
            Choice("start", "chances of the two right answers at the start", list(_STARTS), "5 % and 4 %"),
        ],
        axes={"start": list(_STARTS), "k": ks, "t": TIMES, "step": list(range(60))},
        tables={
            "first": Table(dims, policy[..., 0]),
            "second": Table(dims, policy[..., 1]),
            "p": Table(dims, policy.sum(axis=-1)),
            "path first": Table(("start", "step"), [path[:, 0] for path in paths]),
            "path second": Table(("start", "step"), [path[:, 1] for path in paths]),
        },
        panels=[
            Panel(
                "chance of the first answer and of the second",
                Axis("chance of the first right answer", 0, 1),
                Axis("chance of the second right answer", 0),
                [
                    Line(
 role="exact", x=Value("path first", along="step"), y=Value("path second", along="step")
),
                    *answer(*(
                        Point(role=role, label=f"pass@{k}", x=Value("first", k=k), y=Value("second", k=k))
                        for k, role in _CLOCKS.items()
                    )),
                ],
                name="Path",
            ),
            Panel(
                "how far each has come",
                TIME_AXIS,
                Axis("success probability p", 0, 1),
                [
                    *answer(*(
                        Line(role=role, label=f"pass@{k}", x=x, y=along("p", k), label_at=at)
                        for (k, role), at in zip(_CLOCKS.items(), (0.3, 0.6, 0.85), strict=True)
                    )),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Clocks",
            ),
        ],
        readouts=[
            *(Readout(f"p{k}", Value("p", k=k)) for k in ks),
            *(Readout(f"first{k}", Value("first", k=k)) for k in ks),
        ],
        sentences=[
            "At t = {t}: p is {p1} under pass@1, {p4} under pass@4, {p16} under pass@16. "
            "The first right answer has {first1}, {first4} and {first16} of the policy."
        ],
        presets=[
            Preset("early", {"t": TIMES[8], "start": "5 % and 4 %"}, "pass@4 and pass@16 are ahead, side by side: at p "
                   "near 0.1 both weigh the prompt about three times."),
            Preset("late", {"t": TIMES[44], "start": "5 % and 4 %"}, "pass@1 is long done; the other two are still on "
                   "the way, on the same curve."),
            Preset("no one ahead", {"t": TIMES[44], "start": "equal"}, "With equal chances neither wins: the path is "
                   "the straight line to one half each, an edge that any noise tips over."),
        ],
        vote="The line is the path of training on pass@1. Where on the picture are pass@4 and pass@16 at t = {t}?",
        source="Exact flows: exact.flow. The line is the path of pass@1, the points are three computations.",
    )  # fmt: skip

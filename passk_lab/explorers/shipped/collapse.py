"""Explorers: training as a moving picture. The policy narrows, by the same path for every k; entropy and KL hold it."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import objectives
from passk_lab.exact import Anchor, Bandit, Flow, entropy_bonus, flow, kl_to_start, several_correct
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
    Stems,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer

KS = [1, 2, 4, 8, 16]
TIMES = [0.0, *(float(f"{t:.2g}") for t in np.geomspace(0.1, 1e16, 86))]
DRAWS = 16
"""Draws behind "distinct answers" and pass@16."""
_TIME = Axis("training time t (log)", 0.1, 1e16, scale="log")
_CORRECT = (0.05, 0.04, 0.03, 0.02)
_WRONG = 12


def collapse(**state: Any) -> Explorer:
    """Watch a policy with four right answers collapse onto one, under pass@k for k = 1 to 16.

    Controls: `k` and the training time `t`. The flow is exact: `exact.flow`.

    >>> collapse(k=1, t=0).words.split(". ")[0]
    'k = 1, t = 0: pass@1 is 0.140, pass@16 is 0.910; 16 draws show 10.1 different answers'
    """
    return Explorer(_describe_collapse(), **state)


def same_path(**state: Any) -> Explorer:
    """Watch two right answers compete: pass@1, pass@4 and pass@16 walk the same path by different clocks.

    Controls: the training time `t`, and the `start`.

    >>> same_path(t=0).words.split(". ")[0]
    'At t = 0: p is 0.0900 under pass@1, 0.0900 under pass@4, 0.0900 under pass@16'
    """
    return Explorer(_describe_path(), **state)


def held_open(**state: Any) -> Explorer:
    """Compare what holds a policy open: entropy bonus, KL to the start (reverse or forward), or nothing.

    Controls: `hold`, its `strength`, and the training time `t`, under pass@1.

    >>> held_open(hold="nothing", t=0).words.split(": ")[1].split(";")[0]
    'pass@1 is 0.140, pass@16 is 0.910'
    """
    return Explorer(_describe_held(), **state)


def _long_flow(start: Bandit, k: int) -> Flow:
    return flow(start, objectives.get("pass@k", k=k), until_time=2e16, times=TIMES, accuracy=1e-6)


def _at_times(run: Flow) -> dict[str, np.ndarray]:
    """What is drawn of a flow, at each of TIMES."""
    states = run.as_prompts()
    return {
        "policy": run.policy,
        "p": run.p,
        "best": run.pass_at_k(DRAWS),
        "distinct": states.distinct(DRAWS),
        "effective": states.effective_correct,
        "entropy": states.entropy,
    }


def _stack(runs: list[dict[str, np.ndarray]], *dims: str) -> dict[str, Table]:
    tables = {}
    for name in runs[0]:
        more = ("answer",) if name == "policy" else ()
        tables[name] = Table((*dims, "t", *more), np.stack([run[name] for run in runs]))
    return tables


def _bars() -> list[Stems]:
    # Right answers come first; each side is drawn from its own share of the table.
    return [
        Stems(
            role="correct", x=Coordinate("answer"), y=Value("policy", along="answer") * Value("right", along="answer")
        ),
        Stems(role="wrong", x=Coordinate("answer"), y=Value("policy", along="answer") * Value("wrong", along="answer")),
    ]


def _sides(right: int, wrong: int) -> dict[str, Table]:
    mask = np.arange(right + wrong) < right
    return {"right": Table(("answer",), mask), "wrong": Table(("answer",), ~mask)}


@cache
def _describe_collapse() -> Description:
    start = several_correct(_CORRECT, _WRONG)
    answers = len(_CORRECT) + _WRONG
    runs = [_at_times(_long_flow(start, k)) for k in KS]
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
        tables={**_stack(runs, "k"), **_sides(len(_CORRECT), _WRONG)},
        panels=[
            Panel(
                "The policy at t = {t}: right answers green, wrong ones hollow",
                Axis("answer", 0, answers + 1),
                Axis("chance of the answer", 0, 1),
                _bars(),
            ),
            Panel(
                "What is left to explore: pass@16 less pass@1",
                _TIME,
                Axis("chance of a right answer", 0, 1),
                [
                    Line(role="pass@1", label="pass@1", x=x, y=over("p"), label_at=0.55),
                    Line(role="pass@k", label="pass@16", x=x, y=over("best"), label_at=0.12),
                    Line(role="gap", label="gap", x=x, y=over("best") - over("p"), label_at=0.3),
                    Rule(role="guide", x=t, drag="t"),
                ],
            ),
            Panel(
                "Different answers in 16 draws, and right ones that count",
                _TIME,
                Axis("answers"),
                [
                    Line(role="exact", label="different answers in 16 draws", x=x, y=over("distinct"), label_at=0.75),
                    Line(role="correct", label="effective right answers", x=x, y=over("effective"), label_at=0.3),
                    Rule(role="guide", x=t, drag="t"),
                ],
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
                   "the second answer; it only stopped pushing."),
        ],
        source="Exact gradient flow of a softmax policy: exact.flow(exact.several_correct(...), pass@k).",
    )  # fmt: skip


_STARTS = {
    "5 % and 4 %": (0.05, 0.04), "equal": (0.045, 0.045), "8 % and 1 %": (0.08, 0.01),
}  # fmt: skip
_CLOCKS = {1: "pass@1", 4: "pass@k", 16: "gap"}
"""The k whose clocks are compared, and the role each is drawn in."""


@cache
def _describe_path() -> Description:
    runs = [[_long_flow(several_correct(pair, _WRONG), k) for k in _CLOCKS] for pair in _STARTS.values()]
    policy = np.array([[run.policy[:, :2] for run in row] for row in runs])
    # Evenly along the path, where the times above leave gaps: the curve that all three points should lie on.
    paths = [
        flow(several_correct(pair, _WRONG), "pass@1", until_p=0.999, states=60, accuracy=1e-6).policy[:, :2]
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
                "The path: chance of the first answer and of the second",
                Axis("chance of the first right answer", 0, 1),
                Axis("chance of the second right answer", 0),
                [
                    Line(
 role="exact", x=Value("path first", along="step"), y=Value("path second", along="step")
),
                    *(
                        Point(role=role, label=f"pass@{k}", x=Value("first", k=k), y=Value("second", k=k))
                        for k, role in _CLOCKS.items()
                    ),
                ],
            ),
            Panel(
                "The clocks: how far each has come",
                _TIME,
                Axis("success probability p", 0, 1),
                [
                    *(
                        Line(role=role, label=f"pass@{k}", x=x, y=along("p", k), label_at=at)
                        for (k, role), at in zip(_CLOCKS.items(), (0.3, 0.6, 0.85), strict=True)
                    ),
                    Rule(role="guide", x=t, drag="t"),
                ],
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
        source="Exact flows: exact.flow. The line is the path of pass@1, the points are three computations.",
    )  # fmt: skip


_STRENGTHS = [0.03, 0.1, 0.3]
_HOLDS = {
    "nothing": None,
    "entropy bonus": entropy_bonus,
    "KL to the start": kl_to_start,
    "forward KL to the start": lambda strength: kl_to_start(strength, forward=True),
}
_HELD_TIMES = [0.0, *(float(f"{t:.2g}") for t in np.geomspace(0.1, 1e5, 61))]


@cache
def _describe_held() -> Description:
    start = several_correct(_CORRECT, _WRONG)
    answers = len(_CORRECT) + _WRONG

    def run(make: Any, strength: float) -> dict[str, np.ndarray]:
        anchor: Anchor | None = make(strength) if make else None
        return _at_times(flow(start, "pass@1", until_time=2e5, times=_HELD_TIMES, anchor=anchor, accuracy=1e-5))

    free = run(None, 0.0)
    rows = [[run(make, s) if make else free for s in _STRENGTHS] for make in _HOLDS.values()]
    tables = {
        name: Table(
            ("hold", "strength", "t", *(("answer",) if name == "policy" else ())),
            np.stack([np.stack([cell[name] for cell in row]) for row in rows]),
        )
        for name in free
    }
    x, t, last = Coordinate("t"), ControlValue("t"), _HELD_TIMES[-1]
    one, best = Value("p", along="t"), Value("best", along="t")
    alive, alive_free = Value("effective", along="t"), Value("effective", along="t", hold="nothing")
    axis = Axis("training time t (log)", 0.1, 1e5, scale="log")
    return Description(
        name="held-open",
        title="What holds a policy open, how soon, and at what price",
        summary="A policy with four right answers trained on pass@1 with an entropy bonus or a KL term: its answers, "
        "pass@1 and pass@16 over time, and how many right answers are alive.",
        controls=[
            Slider("t", "training time t", _HELD_TIMES, _HELD_TIMES[41], play=True),
            Choice("hold", "held by", list(_HOLDS), "entropy bonus"),
            Slider("strength", "strength", _STRENGTHS, 0.03),
        ],
        axes={"hold": list(_HOLDS), "strength": _STRENGTHS, "t": _HELD_TIMES, "answer": list(range(1, answers + 1))},
        tables={**tables, **_sides(len(_CORRECT), _WRONG)},
        panels=[
            Panel(
                "The policy at t = {t}",
                Axis("answer", 0, answers + 1),
                Axis("chance of the answer", 0, 1),
                _bars(),
            ),
            Panel(
                "pass@1, pass@16 and the gap between them",
                axis,
                Axis("chance of a right answer", 0, 1),
                [
                    Line(role="pass@1", label="pass@1", x=x, y=one, label_at=0.75),
                    Line(role="pass@k", label="pass@16", x=x, y=best, label_at=0.15),
                    Line(role="gap", label="gap", x=x, y=best - one, label_at=0.5),
                    Rule(role="guide", x=t, drag="t"),
                ],
            ),
            Panel(
                "Right answers that are alive: lost first, brought back later",
                axis,
                Axis("effective right answers", 0, 4.2),
                [
                    Line(role="before", label="nothing", x=x, y=alive_free, label_at=0.75),
                    Line(role="correct", label="{hold}, {strength}", x=x, y=alive, label_at=0.25),
                    Rule(role="guide", x=t, drag="t"),
                ],
            ),
        ],
        readouts=[
            Readout("p", Value("p")), Readout("best", Value("best")), Readout("effective", Value("effective")),
            Readout("entropy", Value("entropy"), form="{} nats"),
        ],
        sentences=[
            "Held by {hold}, strength {strength}, t = {t}: pass@1 is {p}, pass@16 is {best}; effectively {effective} "
            "right answers are alive, and the policy's entropy is {entropy}."
        ],
        presets=[
            Preset("nothing", {"hold": "nothing", "t": last}, "All on one answer, for good."),
            Preset(
                "a strong entropy bonus", {"hold": "entropy bonus", "strength": 0.3, "t": last},
                "All four right answers share alike from early on; wrong ones keep a tenth, the price in pass@1.",
            ),
            Preset(
                "a weak one, after a while", {"hold": "entropy bonus", "strength": 0.03, "t": _HELD_TIMES[41]},
                "The collapse came first. In the end all four are back, but a hold pulls on an answer in proportion to "
                "its chance, so what is nearly lost returns after ages; training stops long before.",
            ),
            Preset(
                "forward KL", {"hold": "forward KL to the start", "strength": 0.03, "t": _HELD_TIMES[41]},
                "It does not weaken as an answer is lost, so at the same moment the right ones are on their "
                "way back, in the proportions of the start. Wrong answers come back too.",
            ),
        ],
        source="Exact flows: exact.flow(..., anchor=entropy_bonus(...) or kl_to_start(...)).",
    )  # fmt: skip

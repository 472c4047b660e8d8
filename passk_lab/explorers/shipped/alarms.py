"""Explorer: of alarms on a signal of training, how many falls of coverage they warn of, and how many ring falsely."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import alarm
from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Slider,
    Text,
    answer,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer

_CALLED = {
    "gap_at_n": "gap at n",
    "gap": "gap at 16",
    "distinct": "distinct solutions",
    "unique": "unique answers",
    "entropy": "entropy",
    "all_wrong": "all-wrong groups",
    "all_right": "all-right groups",
    "silent": "silent groups",
    "carriers": "carriers",
    "signal_to_noise": "signal over noise",
    "pass_at_1": "pass@1",
}
"""Signals as they are called on the page."""


def alarms(**state: Any) -> Explorer:
    """Explore alarms over the recorded runs: the falls of pass@256 they warn of, against the runs they ring falsely in.

    Controls: a `signal`, another one `beside` it, and the share of false alarms `allowed` where thresholds are chosen,
    in per cent. Computed by `lm.warning`, from other methods and seeds than those tested.

    >>> alarms(signal="distinct solutions", allowed=20).words.split(": ")[0]
    'With false alarms allowed in 20 % of the runs that stand'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    found, measured = alarm.along_allowed(), alarm.measured()
    names, allowed = list(_CALLED.values()), list(found["allowed"])
    tables = {
        what: np.array([found[signal][what] for signal in _CALLED], dtype=float) for what in ("warned", "false", "lead")
    }
    both: tuple[tuple[str, str, float, dict[str, str]], ...] = (
        ("plug-in", "{beside}", 0.55, {"signal": "beside"}),
        ("pass@k", "{signal}", 0.85, {}),
    )
    any_one = next(iter(measured.values()))
    guess = Coordinate("guess")
    return Description(
        name="alarms",
        title="A gauge that tells runs apart is a poor alarm on one of them",
        summary="For each signal of training: the share of falls of held-out pass@256 that its alarm came before, "
        "against the share of standing runs in which it rang, and how early it came.",
        controls=[
            Choice("signal", "signal", names, "gap at n"),
            Choice("beside", "beside", names, "distinct solutions"),
            Slider("allowed", "false alarms allowed, in per cent", allowed, 20, play=True),
        ],
        axes={"signal": names, "allowed": allowed, "guess": [0, 60]},
        tables={what: Table(("signal", "allowed"), values) for what, values in tables.items()},
        panels=[
            Panel(
                "falls warned of, and false alarms",
                Axis("false alarms, per cent of the runs that stand", 0, 60),
                Axis("warned, per cent of the falls", 0, 100),
                [
                    Line(role="guide", label="a guess", x=guess, y=guess, label_at=0.95, below=True),
                    *answer(
                        *(
                            mark
                            for role, label, at, chosen in both
                            for mark in (
                                Line(
                                    role=role, label=label, x=Value("false", along="allowed", **chosen),
                                    y=Value("warned", along="allowed", **chosen), label_at=at,
                                ),
                                Point(role=role, x=Value("false", **chosen), y=Value("warned", **chosen)),
                            )
                        )
                    ),
                ],
                name="Rates",
            ),
            Panel(
                "median steps from the alarm to the fall",
                Axis("false alarms allowed, per cent", 0, 50),
                Axis("steps"),
                [
                    mark
                    for role, label, at, chosen in both
                    for mark in (
                        Line(
                            role=role, label=label, x=Coordinate("allowed"),
                            y=Value("lead", along="allowed", **chosen), label_at=at,
                        ),
                        Point(role=role, x=ControlValue("allowed"), y=Value("lead", **chosen), drag="allowed"),
                    )
                ],
                name="Lead",
            ),
        ],
        readouts=[
            Readout(f"{side}_{what}", Value(what, **chosen), form=form, absent="no time, for it warns of none")
            for side, (*_, chosen) in (("b", both[0]), ("a", both[1]))
            for what, form in (("warned", "{} %"), ("false", "{} %"), ("lead", "{} steps"))
        ],
        texts=[Text("about", "signal", _about()), Text("about_beside", "beside", _about())],
        sentences=[
            "With false alarms allowed in {allowed} % of the runs that stand: the alarm on {signal} comes before "
            "{a_warned} of the falls, with {a_lead} in the median, and rings in {a_false} of the others; that on "
            "{beside} before {b_warned}, with {b_lead}, and in {b_false}.",
            "{about} {about_beside}",
        ],
        presets=[
            Preset("the gap", {"signal": "gap at n", "beside": "pass@1", "allowed": 20},
                   "The gap of a group, hardly above the line of a guess."),
            Preset("the best after the fact", {"signal": "distinct solutions", "beside": "entropy", "allowed": 20},
                   "Distinct right solutions and entropy warn of more, and still of fewer than half of the falls."),
            Preset("earlier", {"signal": "all-wrong groups", "beside": "distinct solutions", "allowed": 20},
                   "Groups without a right sample ring earlier, and warn of somewhat fewer falls."),
        ],
        vote="An alarm may ring in {allowed} % of the runs that stand; here is how early it comes, where it comes. Of "
        "the falls of pass@256, how many does one on {signal} warn of? And one on {beside}?",
        source=f"lm.warning, over {any_one.fell + any_one.stood} recorded runs with samples: {any_one.fell} fall by "
        f"{any_one.by:g} or more, {any_one.stood} stand. Thresholds are those of other methods and seeds.",
    )  # fmt: skip


def _about() -> dict[str, str]:
    """Say of each signal what it is and which way it alarms."""
    said = {}
    for signal, one in alarm.measured().items():
        way = "below a share of its start" if one.alarm.form == "falls by ratio" else "so far above its start"
        said[_CALLED[signal]] = f"{_CALLED[signal].capitalize()}: {one.says}; it alarms where it is {way}."
    return said

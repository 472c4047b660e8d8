"""Explorer: an easy and a hard prompt that share parameters. Here pass@k can point elsewhere than pass@1."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.explorers.description import (
    Axis,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
    draws_axis,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer

P_EASY = 0.8
KS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64]
_TURNS = list(range(0, 185, 10))
_HARD = [0.02, 0.05, 0.1, 0.2, 0.3, 0.5]
_EASY_SHARES = [0.3, 0.5, 0.7, 0.9]


def interference(**state: Any) -> Explorer:
    """Explore an easy and a hard prompt that share parameters: the angle between the pass@1 and pass@k gradients.

    Controls: `angle` between the two prompts' gradients, `k`, `p_hard`, and the `share_easy` of easy prompts.

    >>> interference(angle=150, k=8).words.split(". ")[0]
    'The two prompts pull 150 degrees apart: the gradient of pass@8 stands at 141 degrees to that of pass@1'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    turn = np.deg2rad(np.array(_TURNS, dtype=float))[:, None, None, None]
    k = np.array(KS)[:, None, None]
    hard, share = np.array(_HARD)[:, None], np.array(_EASY_SHARES)
    # Each prompt's share of the gradient: how many there are, its weight, its slope p(1 - p).
    easy_part = share * metrics.weight_at_k(P_EASY, k) * P_EASY * (1 - P_EASY) + 0 * hard
    hard_part = (1 - share) * metrics.weight_at_k(hard, k) * hard * (1 - hard)
    x, y = easy_part + hard_part * np.cos(turn), hard_part * np.sin(turn)
    length = np.hypot(x, y)
    x, y = x / length, y / length
    one = x[:, :1] * x + y[:, :1] * y
    turned = np.rad2deg(2 * np.arctan2(np.hypot(x - x[:, :1], y - y[:, :1]), np.hypot(x + x[:, :1], y + y[:, :1])))
    gain_easy = x
    gain_hard = x * np.cos(turn) + y * np.sin(turn)
    dims = ("angle", "k", "p_hard", "share_easy")
    arrows = {"x": np.stack([0 * x, x]), "y": np.stack([0 * y, y])}
    pull = np.stack([np.cos(turn)[:, 0, 0, 0], np.sin(turn)[:, 0, 0, 0]])
    ks = Coordinate("k")

    def arrow(role: str, at: dict[str, Any]) -> Line:
        return Line(role=role, x=Value("x", along="end", **at), y=Value("y", along="end", **at))

    return Description(
        name="interference",
        title="With shared parameters pass@k can point against pass@1",
        summary="Two prompts that share two parameters: their gradients and those of pass@1 and pass@k as arrows, the "
        "angle between the two objectives over k, and what a step along pass@k does to each prompt.",
        controls=[
            Slider("angle", "angle between the prompts", _TURNS, 150, play=True),
            Slider("k", "draws k", KS, 8, play=True),
            Slider("p_hard", "chance p of the hard prompt", _HARD, 0.1),
            Slider("share_easy", "share of easy prompts", _EASY_SHARES, 0.7),
        ],
        axes={"end": [0, 1], "angle": _TURNS, "k": KS, "p_hard": _HARD, "share_easy": _EASY_SHARES},
        tables={
            "x": Table(("end", *dims), arrows["x"]),
            "y": Table(("end", *dims), arrows["y"]),
            "hard x": Table(("end", "angle"), np.stack([0 * pull[0], pull[0]])),
            "hard y": Table(("end", "angle"), np.stack([0 * pull[1], pull[1]])),
            "unit": Table(("end",), [0, 1]),
            "turned": Table(dims, turned),
            "agreement": Table(dims, one),
            "easy gain": Table(dims, gain_easy),
            "hard gain": Table(dims, gain_hard),
        },
        panels=[
            Panel(
                "of both prompts and of both objectives",
                Axis("first parameter", -1.15, 1.15),
                Axis("second parameter", -0.25, 1.25),
                [
                    Line(role="before", x=Value("unit", along="end"), y=Value("unit", along="end") * 0),
                    Line(role="before", x=Value("hard x", along="end"), y=Value("hard y", along="end")),
                    Point(role="before", label="easy prompt", x=Number(1), y=Number(0)),
                    Point(role="before", label="hard prompt", x=Value("hard x", end=1), y=Value("hard y", end=1)),
                    arrow("pass@1", {"k": 1}),
                    *answer(arrow("pass@k", {})),
                    Point(role="pass@1", label="pass@1", x=Value("x", end=1, k=1), y=Value("y", end=1, k=1)),
                    *answer(Point(role="pass@k", label="pass@{k}", x=Value("x", end=1), y=Value("y", end=1))),
                ],
                name="Directions",
            ),
            Panel(
                "between the objectives; beyond 90 degrees they disagree",
                draws_axis(KS[-1]),
                Axis("angle, degrees", 0, 185),
                [
                    Rule(role="guide", label="against each other above", y=Number(90)),
                    *answer(
                        Line(role="pass@k", label="angle to pass@1", x=ks, y=Value("turned", along="k"), label_at=0.6),
                        Point(role="pass@k", x=ControlValue("k"), y=Value("turned"), drag="k"),
                    ),
                ],
                name="Angle",
            ),
            Panel(
                "of a small step along pass@{k}, for each prompt",
                draws_axis(KS[-1]),
                Axis("gain of the prompt's logit", -1.1, 1.1),
                [
                    Rule(role="guide", y=Number(0)),
                    *answer(
                        Line(role="before", label="easy prompt", x=ks, y=Value("easy gain", along="k"), label_at=0.75),
                        Line(role="correct", label="hard prompt", x=ks, y=Value("hard gain", along="k"), label_at=0.3),
                    ),
                    Rule(role="exact", x=ControlValue("k"), drag="k"),
                ],
                name="Gain",
            ),
        ],
        readouts=[
            Readout("turned", Value("turned")), Readout("easy", Value("easy gain"), digits=2),
            Readout("hard", Value("hard gain"), digits=2), Readout("agreement", Value("agreement"), digits=2),
        ],
        sentences=[
            "The two prompts pull {angle} degrees apart: the gradient of pass@{k} stands at {turned} degrees to "
            "that of pass@1. A unit step along it changes the easy prompt's logit by {easy}, the hard prompt's by "
            "{hard}, and pass@1 by {agreement} of what its own gradient would give."
        ],
        presets=[
            Preset("agreement", {"angle": 30, "k": 8}, "Prompts that help each other: at every k a step "
                   "is good for both."),
            Preset("against", {"angle": 170, "k": 8, "p_hard": 0.1, "share_easy": 0.7}, "pass@8 hears the hard prompt "
                   "only; a step along it lowers the easy one, and with it pass@1."),
            Preset("many easy prompts", {"angle": 170, "k": 3, "p_hard": 0.02, "share_easy": 0.9}, "One prompt in ten "
                   "is hard and hardly ever solved. At k = 3 the easy ones still win; at k = 4 their weight is down to "
                   "0.03, and they lose."),
        ],
        vote="The two prompts pull {angle} degrees apart. A step along the gradient of pass@{k}: does pass@1 rise, "
        "and does the easy prompt gain?",
        source="p_easy = 0.8. Interference of prompts: arXiv 2602.21189; this minimal form: exact.easy_and_hard.",
    )  # fmt: skip

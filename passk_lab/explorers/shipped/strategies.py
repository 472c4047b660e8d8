"""Explorer: two strategies under one blind policy. pass@1 wants one of them, pass@k a mixture."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import metrics, objectives
from passk_lab.exact import flow, two_strategies
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
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer

_SHARES = [0.55, 0.6, 0.75, 0.9]
_KS = [1, 2, 4, 8, 16]
_TIMES = [0.0, *(float(f"{t:.2g}") for t in np.geomspace(0.1, 1e5, 49))]
_START = 0.3


def strategies(**state: Any) -> Explorer:
    """Explore two strategies under a policy that cannot see which prompt it has: pass@k wants a mixture.

    Controls: `w`, the share of prompts that strategy A solves, `k`, and the training time `t`.

    >>> strategies(w=0.6, k=2).words.split(". ")[0]
    'Strategy A solves 0.6 of the prompts; pass@2 is best at 0.600 of A'
    """
    return Explorer(describe(), **state)


def _share_of_a(share: float, k: int) -> np.ndarray:
    """Chance of strategy A along the flow on pass@k."""
    start = two_strategies(share, _START)
    return flow(start, objectives.get("pass@k", k=k), until_time=2e5, times=_TIMES, accuracy=1e-6).p[:, 0]


def best_mixture(share: float, k: int) -> float:
    """Chance of strategy A at the top of pass@k: odds (w/(1-w))^(1/(k-1)), all of the better one at k = 1."""
    if k == 1:
        return 1.0 if share > 0.5 else 0.5 if share == 0.5 else 0.0
    odds = (share / (1 - share)) ** (1 / (k - 1))
    return odds / (1 + odds)


@cache
def describe() -> Description:
    """Describe it, as data."""
    x = np.linspace(0, 1, 101)
    w, k = np.array(_SHARES)[:, None, None], np.array(_KS)[:, None]

    def covered(x: np.ndarray) -> np.ndarray:
        return w * metrics.success_at_k(x, k) + (1 - w) * metrics.success_at_k(1 - x, k)

    best = np.array([[best_mixture(share, n) for n in _KS] for share in _SHARES])
    path = np.array([[_share_of_a(share, n) for n in _KS] for share in _SHARES])
    t, times, mix = ControlValue("t"), Coordinate("t"), Coordinate("x")
    return Description(
        name="strategies",
        title="Two strategies, one blind policy: pass@1 wants one of them, pass@k wants both",
        summary="pass@1 and pass@k of a policy that mixes two strategies without seeing which prompt it has, the best "
        "mixture for every k, and where training leads.",
        controls=[
            Slider("t", "training time t", _TIMES, 0.0, play=True),
            Slider("k", "draws k that are trained on", _KS, 4),
            Slider("w", "share of prompts that strategy A solves", _SHARES, 0.6),
        ],
        axes={"w": _SHARES, "k": _KS, "x": x.tolist(), "t": _TIMES},
        tables={
            "reached": Table(("w", "k", "x"), covered(x)),
            "best": Table(("w", "k"), best),
            "at best": Table(("w", "k"), covered(best[..., None])[..., 0]),
            "path": Table(("w", "k", "t"), path),
            "climbed": Table(("w", "k", "t"), covered(path)),
        },
        panels=[
            Panel(
                "pass@1 is a straight line, pass@{k} has its top at {best}",
                Axis("chance of strategy A", 0, 1, ends=("only B", "only A")),
                Axis("problems solved (mean)", 0, 1),
                [
                    Line(role="pass@1", label="pass@1", x=mix, y=Value("reached", along="x", k=1), label_at=0.85),
                    *answer(
                        Line(role="pass@k", label="pass@{k}", x=mix, y=Value("reached", along="x"), label_at=0.3),
                        Rule(role="guide", label="best for pass@{k}", x=Value("best")),
                        Point(role="pass@k", x=Value("path"), y=Value("climbed")),
                    ),
                ],
                name="Mixtures",
            ),
            Panel(
                "from 0.3 of A; pass@1 drops B for good",
                Axis("training time t (log)", 0.1, 1e5, scale="log"),
                Axis("chance of strategy A", 0, 1),
                [
                    *answer(
                        Line(role="pass@1", label="trained on pass@1", x=times, y=Value("path", along="t", k=1),
                             label_at=0.7),
                        Line(role="pass@k", label="on pass@{k}", x=times, y=Value("path", along="t"), label_at=0.85),
                    ),
                    Rule(role="guide", x=t, drag="t"),
                ],
                name="Training",
            ),
        ],
        readouts=[
            Readout("best", Value("best"), digits=3), Readout("now", Value("path")), Readout("value", Value("climbed")),
            Readout("top", Value("at best")), Readout("alone", Value("path", k=1)),
        ],
        sentences=[
            "Strategy A solves {w} of the prompts; pass@{k} is best at {best} of A. At t = {t} training on pass@{k} "
            "has reached {now} of A and pass@{k} = {value} of at most {top}; training on pass@1, which wants A alone, "
            "has {alone}."
        ],
        presets=[
            Preset("probability matching", {"k": 2, "w": 0.75, "t": _TIMES[-1]}, "For k = 2 the best mixture uses each "
                   "strategy as often as it is right."),
            Preset("large k", {"k": 16, "w": 0.75, "t": _TIMES[-1]}, "The larger k, the nearer to one half each."),
            Preset("k = 1", {"k": 1, "w": 0.6, "t": _TIMES[-1]}, "pass@1 goes to the better strategy, and four prompts "
                   "in ten are left to the other, which is hardly drawn any more."),
        ],
        vote="Strategy A solves {w} of the prompts, B the others. Which mixture of the two is best for pass@{k}, "
        "and where does training on it lead?",
        source="exact.two_strategies; the best mixture has odds (w/(1 - w))^(1/(k - 1)), our own step.",
    )  # fmt: skip

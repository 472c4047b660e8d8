"""Explorer: pass@k over p, the weight it gives a prompt, and the gap to pass@1."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    PROBABILITY,
    Axis,
    Band,
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
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.grids import draws_up_to
from passk_lab.explorers.live import Explorer
from passk_lab.metrics import gap_at_k, gap_peak, success_at_k, weight_at_k

LARGEST_K = 1024


def pass_at_k(**state: Any) -> Explorer:
    """Explore pass@k, its weight and the gap over p, for k from 1 to 1024.

    Controls: `k` and `p`. Formulas: `metrics.success_at_k`, `weight_at_k`, `gap_at_k` (arXiv 2511.16231).

    >>> pass_at_k(k=4, p=0.5).words.split(";")[0]
    'k = 4, p = 0.5: one sample is right with chance 0.5, at least one of 4 with chance 0.938'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    ks = draws_up_to(LARGEST_K)
    near_zero = [0.0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005]
    p_slider = [*near_zero, *(np.arange(1, 101) / 100).tolist()]
    p_grid = np.unique(np.concatenate([p_slider, np.linspace(0, 1, 201), np.geomspace(1e-5, 0.05, 90)]))
    k_column, p_row = np.array(ks)[:, None], p_grid[None, :]
    peaks = np.array([np.nan, *gap_peak(ks[1:])])
    p, x, weight = ControlValue("p"), Coordinate("p"), Value("weight", along="p")
    return Description(
        name="pass-at-k",
        title="pass@k weights rarely solved prompts most, and drops them as they are solved",
        summary="Three curves over the chance p that one sample is right: pass@k beside pass@1, the weight pass@k "
        "training gives to a prompt, and the gap between pass@k and pass@1.",
        controls=[
            Slider("k", "draws k", ks, 8, play=True),
            Slider("p", "chance p that one sample is right", p_slider, 0.1),
        ],
        axes={"k": ks, "p": p_grid.tolist()},
        tables={
            "pass": Table(("k", "p"), success_at_k(p_row, k_column)),
            "weight": Table(("k", "p"), weight_at_k(p_row, k_column)),
            "gap": Table(("k", "p"), gap_at_k(p_row, k_column)),
            "peak": Table(("k",), peaks),
        },
        panels=[
            Panel(
                "at least one right answer in k = {k} draws",
                PROBABILITY,
                Axis("chance of at least one right answer", 0, 1),
                [
                    Band(role="gap", x=x, low=x, high=Value("pass", along="p")),
                    Line(role="pass@1", label="pass@1", x=x, y=x, label_at=0.72),
                    Line(role="pass@k", label="pass@{k}", x=x, y=Value("pass", along="p"), label_at=0.3),
                    Point(role="pass@1", x=p, y=p),
                    Point(role="pass@k", x=p, y=Value("pass"), drag="p"),
                ],
                name="Success",
            ),
            Panel(
                "relative to pass@1; it falls to 0 as the prompt is solved",
                PROBABILITY,
                Axis("weight of the prompt (log)", 1e-4, 2000, scale="log"),
                [
                    Rule(role="pass@1", label="pass@1: weight 1", y=Number(1)),
                    *answer(
                        Line(role="pass@k", label="pass@{k}", x=x, y=weight, label_at=0.12),
                        Point(role="pass@k", x=p, y=Value("weight"), drag="p"),
                    ),
                ],
                name="Weight",
            ),
            Panel(
                "widest where the weight passes 1: {peak}",
                PROBABILITY,
                Axis("gap: pass@k minus pass@1", 0, 1),
                [
                    *answer(Rule(role="guide", label="weight = 1", x=Value("peak"))),
                    Line(role="gap", label="gap", x=x, y=Value("gap", along="p"), label_at=0.5),
                    Point(role="gap", x=p, y=Value("gap"), drag="p"),
                ],
                name="Gap",
            ),
        ],
        readouts=[
            Readout("pass", Value("pass")),
            Readout("weight", Value("weight"), least=1e-30),
            Readout("gap", Value("gap")),
            Readout("peak", Value("peak"), form="p = {}", absent="no gap at k = 1"),
        ],
        sentences=[
            "k = {k}, p = {p}: one sample is right with chance {p}, at least one of {k} with chance {pass}; "
            "the gap is {gap}.",
            "Training on pass@{k} multiplies this prompt's pass@1 gradient by {weight}.",
        ],
        presets=[
            Preset("a prompt nearly solved", {"k": 16, "p": 0.9}, "At p = 0.9 the weight of pass@16 is so small that "
                   "the prompt has left the training, though one sample in ten is still wrong."),
            Preset("a prompt hardly ever solved", {"k": 64, "p": 0.01}, "The weight is large here; but a group of "
                   "eight samples finds no right answer in 92 % of cases, and then there is nothing to weigh."),
            Preset("very many draws", {"k": 1024, "p": 0.001}, "Almost the whole rise of the curve, and with it "
                   "the weight, has moved into the sliver next to never."),
        ],
        vote="Training on pass@1 gives every prompt the weight 1. Which prompts does pass@{k} give more, and which "
        "less?",
        source="Formulas: J_k = 1 - (1 - p)^k, weight k(1 - p)^(k - 1) (arXiv 2511.16231).",
    )  # fmt: skip

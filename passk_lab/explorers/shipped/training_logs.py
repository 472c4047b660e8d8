"""Explorer: real training logs, step by step. Silent groups, entropy, and the coverage that is left."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import data
from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Dots,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    answer,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer

WINDOW = 10
"""Steps that are averaged into one point."""
_SUITE, _BENCHMARK = "gsm8k", "gsm8k_pass128"


def training_logs(**state: Any) -> Explorer:
    """Explore 14 real runs of GRPO and DAPO on GSM8K: silent groups, entropy, and pass@k at step 200.

    Controls: the `run` and the training `step`. Data: `data.load("rlvr-log")` and `data.load("rlvr-curves")`.

    >>> training_logs(run="dapo-lr1e5", step=200).words.split(". ")[0]
    'dapo-lr1e5, steps 191 to 200: 76.0 % of groups are all right, 2.96 % all wrong, 21.1 % mixed'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    log = data.load("rlvr-log").query("suite == @_SUITE")
    curves = data.load("rlvr-curves").query("suite == @_SUITE and benchmark == @_BENCHMARK")
    runs = sorted(log.run.unique().tolist())
    steps = list(range(WINDOW, 301, WINDOW))
    columns = ("frac_all_correct", "frac_all_wrong", "entropy")
    means = np.full((len(columns), len(runs), len(steps)), np.nan)
    for i, run in enumerate(runs):
        own = log[log.run == run].set_index("step")
        for j, step in enumerate(steps):
            window = own.loc[step - WINDOW + 1 : step, list(columns)]
            if len(window) == WINDOW:
                means[:, i, j] = window.mean()
    right, wrong, entropy = means
    ks = sorted(curves.k.unique().tolist())
    table = curves.pivot_table(index="run", columns="k", values="pass_at_k")
    passed = table.reindex(runs)[ks].to_numpy()
    base = table.loc["base", ks].to_numpy()
    at_200 = entropy[:, steps.index(200)]
    x, k = Coordinate("step"), Coordinate("k")

    def over(name: str) -> Value:
        return Value(name, along="step")

    return Description(
        name="training-logs",
        title="In real runs the groups fall silent and the entropy falls, fastest at the larger learning rate",
        summary="Shares of groups that are all right, all wrong or mixed over training steps, entropy over steps, and "
        "pass@1 and pass@128 against entropy at step 200, for 14 runs on GSM8K.",
        controls=[
            Slider("step", "training step", steps, 200, play=True),
            Choice("run", "run", runs, "dapo-lr1e5"),
        ],
        axes={"run": runs, "step": steps, "k": ks},
        tables={
            "right": Table(("run", "step"), right),
            "wrong": Table(("run", "step"), wrong),
            "entropy": Table(("run", "step"), entropy),
            "passed": Table(("run", "k"), passed),
            "base": Table(("k",), base),
            "entropy at 200": Table(("run",), at_200),
            "change": Table(("run",), passed[:, ks.index(128)] - base[ks.index(128)]),
        },
        panels=[
            Panel(
                "the silent ones of {run}",
                Axis("training step", 0, 300),
                Axis("share of groups", 0, 1),
                [
                    *answer(
                        Line(role="correct", label="all right", x=x, y=over("right"), label_at=0.6),
                        Line(role="wrong", label="all wrong", x=x, y=over("wrong"), label_at=0.25),
                        Line(role="exact", label="mixed", x=x, y=Number(1) - over("right") - over("wrong"),
                             label_at=0.6),
                    ),
                    Rule(role="guide", x=ControlValue("step"), drag="step"),
                ],
                name="Groups",
            ),
            Panel(
                "of the next token, mean",
                Axis("training step", 0, 300),
                Axis("entropy (nats)", 0, 0.6),
                [
                    Line(role="before", label="grpo-lr5e6", x=x, y=Value("entropy", along="step", run="grpo-lr5e6"),
                         label_at=0.75),
                    *answer(Line(role="pass@k", label="{run}", x=x, y=over("entropy"), label_at=0.5)),
                    Rule(role="guide", x=ControlValue("step"), drag="step"),
                ],
                name="Entropy",
            ),
            Panel(
                "at step 200, beside the base model",
                draws_axis(128),
                Axis("problems solved in k draws (mean)", 0, 1),
                [
                    Line(role="before", label="base model", x=k, y=Value("base", along="k"), label_at=0.3),
                    *answer(Line(role="pass@k", label="{run}", x=k, y=Value("passed", along="k"), label_at=0.2)),
                ],
                name="pass@k",
            ),
            Panel(
                "lower entropy goes with lower pass@128",
                Axis("entropy at step 200 (nats)", 0, 0.4),
                Axis("pass@128 less that of the base model"),
                [
                    Rule(role="guide", label="base model", y=Number(0)),
                    *answer(
                        Dots(role="before", x=Value("entropy at 200", along="run"), y=Value("change", along="run")),
                        Point(role="pass@k", label="{run}", x=Value("entropy at 200"), y=Value("change")),
                    ),
                ],
                name="All 14 runs",
            ),
        ],
        readouts=[
            percent("right", Value("right"), absent="unknown (the run has ended)"),
            percent("wrong", Value("wrong"), absent="unknown"),
            Readout("mixed", Number(1) - Value("right") - Value("wrong"), scale=100, form="{} %", absent="unknown"),
            Readout("entropy", Value("entropy"), form="{} nats", absent="unknown"),
            percent("one", Value("passed", k=1)),
            percent("many", Value("passed", k=128)),
            percent("base_one", Value("base", k=1)),
            percent("base_many", Value("base", k=128)),
            Readout("from", ControlValue("step") - (WINDOW - 1)),
        ],
        sentences=[
            "{run}, steps {from} to {step}: {right} of groups are all right, {wrong} all wrong, {mixed} mixed. "
            "Entropy {entropy}. At step 200 its pass@1 is {one} and its pass@128 {many}; the base model has {base_one} "
            "and {base_many}.",
            "Entropy and coverage both go with the learning rate. No run falls below the base model here.",
        ],
        presets=[
            Preset("fast and narrow", {"run": "dapo-lr1e5", "step": 240}, "Three groups in four are all right by the "
                   "end, and the entropy is down to a sixth."),
            Preset("slower and wider", {"run": "grpo-lr5e6", "step": 300}, "Half the learning rate: more entropy is "
                   "left, and more of pass@128."),
        ],
        vote="{run} is trained on GSM8K. How many of its groups are mixed at step {step}? And at step 200, is its "
        "pass@128 above the base model's or below?",
        source="data.load('rlvr-log'), data.load('rlvr-curves'): Qwen3-1.7B-Base, one run per setting, means of 10 "
        "steps.",
    )  # fmt: skip

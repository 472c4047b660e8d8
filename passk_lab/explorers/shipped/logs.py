"""Explorers: real training logs, step by step. Silent groups, entropy, and the coverage that is left."""

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
    Stems,
    draws_axis,
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
    return Explorer(_describe_logs(), **state)


def visits(**state: Any) -> Explorer:
    """Explore how many of 8 samples are right, visit by visit, for 1,209 training problems of one real run.

    Controls: the `visit`. Data: `data.load("oneshot-rlvr")`.

    >>> visits(visit=0).words.split(". ")[0]
    'Visit 0: of 1209 problems 36.3 % are all wrong, 7.61 % all right'
    """
    return Explorer(_describe_visits(), **state)


@cache
def _describe_logs() -> Description:
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
                "{run}: the share of silent groups",
                Axis("training step", 0, 300),
                Axis("share of groups", 0, 1),
                [
                    Line(role="correct", label="all right", x=x, y=over("right"), label_at=0.6),
                    Line(role="wrong", label="all wrong", x=x, y=over("wrong"), label_at=0.25),
                    Line(role="exact", label="mixed", x=x, y=Number(1) - over("right") - over("wrong"), label_at=0.6),
                    Rule(role="guide", x=ControlValue("step"), drag="step"),
                ],
            ),
            Panel(
                "Mean entropy of the next token",
                Axis("training step", 0, 300),
                Axis("entropy (nats)", 0, 0.6),
                [
                    Line(role="before", label="grpo-lr5e6", x=x, y=Value("entropy", along="step", run="grpo-lr5e6"),
                         label_at=0.75),
                    Line(role="pass@k", label="{run}", x=x, y=over("entropy"), label_at=0.5),
                    Rule(role="guide", x=ControlValue("step"), drag="step"),
                ],
            ),
            Panel(
                "pass@k at step 200, beside the base model",
                draws_axis(128),
                Axis("problems solved in k draws (mean)", 0, 1),
                [
                    Line(role="before", label="base model", x=k, y=Value("base", along="k"), label_at=0.3),
                    Line(role="pass@k", label="{run}", x=k, y=Value("passed", along="k"), label_at=0.2),
                ],
            ),
            Panel(
                "All 14 runs: lower entropy goes with lower pass@128",
                Axis("entropy at step 200 (nats)", 0, 0.4),
                Axis("pass@128 less that of the base model"),
                [
                    Rule(role="guide", label="base model", y=Number(0)),
                    Dots(role="before", x=Value("entropy at 200", along="run"), y=Value("change", along="run")),
                    Point(role="pass@k", label="{run}", x=Value("entropy at 200"), y=Value("change")),
                ],
            ),
        ],
        readouts=[
            Readout("right", Value("right"), scale=100, form="{} %", absent="unknown (the run has ended)"),
            Readout("wrong", Value("wrong"), scale=100, form="{} %", absent="unknown"),
            Readout("mixed", Number(1) - Value("right") - Value("wrong"), scale=100, form="{} %", absent="unknown"),
            Readout("entropy", Value("entropy"), form="{} nats", absent="unknown"),
            Readout("one", Value("passed", k=1), scale=100, form="{} %"),
            Readout("many", Value("passed", k=128), scale=100, form="{} %"),
            Readout("base_one", Value("base", k=1), scale=100, form="{} %"),
            Readout("base_many", Value("base", k=128), scale=100, form="{} %"),
            Readout("from", ControlValue("step") - (WINDOW - 1)),
        ],
        sentences=[
            "{run}, steps {from} to {step}: {right} of groups are all right, {wrong} all wrong, {mixed} mixed. "
            "Entropy {entropy}. At step 200 its pass@1 is {one} and its pass@128 {many}; the base model has {base_one} "
            "and {base_many}."
        ],
        presets=[
            Preset("fast and narrow", {"run": "dapo-lr1e5", "step": 240}, "Three groups in four are all right by the "
                   "end, and the entropy is down to a fifth."),
            Preset("slower and wider", {"run": "grpo-lr5e6", "step": 300}, "Half the learning rate: more entropy is "
                   "left, and more of pass@128."),
        ],
        source="data.load('rlvr-log'), data.load('rlvr-curves'): Qwen3-1.7B-Base, one run per setting, means of 10 "
        "steps; entropy and coverage both go with the learning rate. No run falls below the base model here.",
    )  # fmt: skip


@cache
def _describe_visits() -> Description:
    table = data.load("oneshot-rlvr")
    counts = table[[column for column in table.columns if column.startswith("e")]].to_numpy(dtype=np.float64)
    complete = (~np.isnan(counts)).sum(axis=0) >= 1000  # later visits reach a few problems only
    counts = counts[:, complete]
    last = counts.shape[1]
    share = np.array([[(counts[:, v] == c).sum() for c in range(9)] for v in range(last)], dtype=np.float64)
    problems = share.sum(axis=1)
    share /= problems[:, None]
    x, c = Coordinate("visit"), Coordinate("c")
    return Description(
        name="visits",
        title="Visit by visit groups fall silent at the solved end, and the unsolved end hardly empties",
        summary="How many of 8 samples are right over 1,209 training problems at one visit, and the shares of "
        "all-wrong, all-right and mixed groups over all visits.",
        controls=[Slider("visit", "visit", list(range(last)), 0, play=True)],
        axes={"visit": list(range(last)), "c": list(range(9))},
        tables={
            "share": Table(("visit", "c"), share),
            "problems": Table(("visit",), problems),
            "p": Table(("visit",), share @ np.arange(9) / 8),
        },
        panels=[
            Panel(
                "Right samples of 8 at visit {visit}",
                Axis("right samples c", -0.5, 8.5),
                Axis("share of problems", 0, 0.8),
                [Stems(role="pass@k", x=c, y=Value("share", along="c"))],
            ),
            Panel(
                "Silent and mixed groups over the visits",
                Axis("visit", 0, last - 1),
                Axis("share of problems", 0, 1),
                [
                    Line(role="correct", label="all right", x=x, y=Value("share", along="visit", c=8), label_at=0.7),
                    Line(role="wrong", label="all wrong", x=x, y=Value("share", along="visit", c=0), label_at=0.3),
                    Line(
                        role="exact", label="mixed", x=x, label_at=0.85,
                        y=Number(1) - Value("share", along="visit", c=8) - Value("share", along="visit", c=0),
                    ),
                    Rule(role="guide", x=ControlValue("visit"), drag="visit"),
                ],
            ),
        ],
        readouts=[
            Readout("problems", Value("problems")),
            Readout("wrong", Value("share", c=0), scale=100, form="{} %"),
            Readout("right", Value("share", c=8), scale=100, form="{} %"),
            Readout("mixed", Number(1) - Value("share", c=8) - Value("share", c=0), scale=100, form="{} %"),
            Readout("p", Value("p"), scale=100, form="{} %"),
        ],
        sentences=[
            "Visit {visit}: of {problems} problems {wrong} are all wrong, {right} all right. {mixed} are mixed and can "
            "teach a rule that compares; {p} of all samples are right."
        ],
        presets=[
            Preset("the start", {"visit": 0}, "More than half of the groups are mixed, a third are all wrong."),
            Preset("the end", {"visit": last - 1}, "A quarter is all right; most of the all-wrong third remains."),
        ],
        source="data.load('oneshot-rlvr'): Wang et al., arXiv 2504.20571 (Apache-2.0). One run.",
    )  # fmt: skip

"""Explorers: the recorded runs of the compact language model. Exact curves, step by step, three seeds each."""

import warnings
from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    Axis,
    Band,
    Choice,
    Description,
    Line,
    Panel,
    Preset,
    Readout,
    Rule,
    Slider,
    Tiles,
    draws_axis,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.lm import recorded

COLLAPSE = "GRPO to collapse"
RATES = [round(1e4 * rate) for rate in recorded.RATES]
"""Learning rates in ten-thousandths, which read better than .0004."""
PROMPTS = 150
"""Held-out prompts shown one by one."""
_KINDS = (
    ("never (p < .02)", "wrong"),
    ("seldom (p < .5)", "plug-in"),
    ("often", "pass@1"),
    ("always (p > .95)", "correct"),
)
_SIDES: tuple[tuple[str, dict[str, Any]], ...] = (("a", {}), ("b", {"method": "beside"}))
_EDGES = (0.02, 0.5, 0.95)


def collapse_run(**state: Any) -> Explorer:
    """Explore 400 steps of GRPO on Countdown-3: curves cross, groups fall silent, single prompts fall to both ends.

    Controls: the training `step` and the number of draws `k`. Exact pass@k, mean of three seeds.

    >>> collapse_run(step=0, k=256).words.split(" (")[0]
    'Step 0, numbers never trained on: pass@1 is 23.0 %, pass@256 98.6 %'
    """
    return Explorer(_describe_collapse_run(), **state)


def recorded_runs(**state: Any) -> Explorer:
    """Compare two recorded ways to train, at any step and learning rate: curves, entropy, distinct solutions.

    Controls: `method` and `beside`, the learning `rate`, the training `step`. Held-out numbers, three seeds.

    >>> recorded_runs(method="GRPO", beside="pass@4", step=0).words.split(": ")[0]
    'Step 0, learning rate 4 × 10⁻⁴'
    """
    return Explorer(_describe_recorded(), **state)


def dense(frame: Any, dims: dict[str, list[Any]], column: str) -> Any:
    """Lay a column of a long table out as an array over named dimensions; NaN where there is no row."""
    import pandas as pd

    index = pd.MultiIndex.from_product(list(dims.values()), names=list(dims))
    values = frame.set_index(list(dims))[column].reindex(index)
    return values.to_numpy(dtype=np.float64).reshape([len(side) for side in dims.values()])


def over_seeds(values: Any, axis: int) -> tuple[Any, Any, Any]:
    """Mean, lowest and highest over the seeds; NaN only where no seed has a value, as after a breakdown of all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns where all are NaN
        return np.nanmean(values, axis), np.nanmin(values, axis), np.nanmax(values, axis)


@cache
def _describe_collapse_run() -> Description:
    curves = recorded.curves().query("method == @COLLAPSE")
    steps_seen = recorded.steps().query("method == @COLLAPSE")
    at, ks, seeds = (sorted(curves[name].unique().tolist()) for name in ("step", "k", "seed"))
    dims = {"split": ["unseen", "seen"], "step": at, "k": ks, "seed": seeds}
    mean, low, high = over_seeds(dense(curves, dims, "pass_at_k"), -1)
    # Diagnostics are means of ten steps; the window that ends at an evaluation stands for it.
    dims = {"step": at, "seed": seeds}
    watched = {name: dense(steps_seen, dims, name).mean(-1) for name in ("all_right", "all_wrong")}
    x, k, step = Coordinate("step"), Coordinate("k"), ControlValue("step")

    def unseen(table: str, **more: Any) -> Value:
        return Value(table, split="unseen", **more)

    return Description(
        name="collapse-run",
        title="A real network trained by GRPO: pass@1 rises, pass@256 falls below the base, groups fall silent",
        summary="The compact language model over 400 steps of GRPO: exact pass@k on numbers it never met beside the "
        "base model, pass@k over steps, shares of silent groups, and the success probability of single prompts.",
        controls=[
            Slider("k", "draws k", ks, 256),
            Slider("step", "training step", at, at[-1], play=True),
        ],
        axes={"split": ["unseen", "seen"], "step": at, "k": ks, "prompt": list(range(1, PROMPTS + 1))},
        tables={
            "curve": Table(("split", "step", "k"), mean),
            "low": Table(("split", "step", "k"), low),
            "high": Table(("split", "step", "k"), high),
            "kind": Table(("step", "prompt"), _prompt_kinds(at)),
            **{name: Table(("step",), values) for name, values in watched.items()},
        },
        panels=[
            Panel(
                "Step {step}: exact pass@k, beside the base model",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    Band(role="pass@k", x=k, low=unseen("low", along="k"), high=unseen("high", along="k")),
                    Line(role="plug-in", label="numbers trained on", x=k, y=Value("curve", along="k", split="seen"),
                         label_at=0.2),
                    Line(role="before", label="base", x=k, y=unseen("curve", along="k", step=0), label_at=0.45),
                    Line(role="pass@k", label="held-out numbers", x=k, y=unseen("curve", along="k"), label_at=0.75),
                    Rule(role="guide", x=ControlValue("k"), drag="k"),
                ],
            ),
            Panel(
                "Held-out numbers over the run: pass@{k} falls while pass@1 rises",
                Axis("training step", 0, at[-1]),
                Axis("prompts solved (mean)", 0, 1),
                [
                    Band(role="pass@k", x=x, low=unseen("low", along="step"), high=unseen("high", along="step")),
                    Band(role="pass@1", x=x, low=unseen("low", along="step", k=1),
                         high=unseen("high", along="step", k=1)),
                    Line(role="pass@k", label="pass@{k}", x=x, y=unseen("curve", along="step"), label_at=0.5),
                    Line(role="pass@1", label="pass@1", x=x, y=unseen("curve", along="step", k=1), label_at=0.6),
                    Line(role="gap", label="gap", x=x, label_at=0.8,
                         y=unseen("curve", along="step") - unseen("curve", along="step", k=1)),
                    Rule(role="guide", x=step, drag="step"),
                ],
            ),
            Panel(
                "Groups of 32 that fall silent, at both ends",
                Axis("training step", 0, at[-1]),
                Axis("share of groups", 0, 1),
                [
                    Line(role="correct", label="all right", x=x, y=Value("all_right", along="step"), label_at=0.7),
                    Line(role="wrong", label="all wrong", x=x, y=Value("all_wrong", along="step"), label_at=0.85),
                    Line(role="exact", label="mixed", x=x, label_at=0.3,
                         y=Number(1) - Value("all_right", along="step") - Value("all_wrong", along="step")),
                    Rule(role="guide", x=step, drag="step"),
                ],
            ),
            Panel(
                f"{PROMPTS} held-out prompts, one a row: from the middle to the two ends (seed 0)",
                Axis("training step", 0, at[-1]),
                Axis("prompt (hardest at the bottom)", 0, PROMPTS),
                [
                    Tiles(role="guide", x=x, y=Coordinate("prompt"), z=Value("kind", along="step", across="prompt"),
                          kinds=_KINDS),
                    Rule(role="exact", x=step, drag="step"),
                ],
            ),
        ],
        readouts=[
            Readout("one", unseen("curve", k=1), scale=100, form="{} %"),
            Readout("many", unseen("curve"), scale=100, form="{} %"),
            Readout("low", unseen("low"), scale=100, form="{} %"),
            Readout("high", unseen("high"), scale=100, form="{} %"),
            Readout("base_one", unseen("curve", k=1, step=0), scale=100, form="{} %"),
            Readout("base_many", unseen("curve", step=0), scale=100, form="{} %"),
            Readout("seen_one", Value("curve", split="seen", k=1), scale=100, form="{} %"),
            Readout("seen_many", Value("curve", split="seen"), scale=100, form="{} %"),
        ],
        sentences=[
            "Step {step}, numbers never trained on: pass@1 is {one}, pass@{k} {many} (three seeds: {low} to {high}). "
            "The base model has {base_one} and {base_many}. On numbers trained on: {seen_one} and {seen_many}."
        ],
        presets=[
            Preset("the base", {"step": 0, "k": 256}, "Wide: a quarter right at one draw, nearly all at 256."),
            Preset("where they cross", {"step": 120, "k": 16}, "Above the base for few draws, below it for many."),
            Preset("collapsed", {"step": at[-1], "k": 256}, "The curve is nearly flat: more draws find little more."),
        ],
        source="lm.recorded: Countdown-3, exact pass@k over all held-out prompts, mean of three seeds, bands from the "
        "lowest to the highest seed. GRPO, 16 prompts x 32 samples, learning rate 4e-4.",
    )  # fmt: skip


def _prompt_kinds(at: list[int]) -> Any:
    """Sort held-out prompts by the base's p and say of each, at each step, how often it is solved."""
    steps, p = recorded.by_prompt(COLLAPSE)
    order = np.argsort(p[0], kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, PROMPTS).astype(int)]
    rows = [steps.tolist().index(step) for step in at]
    return np.searchsorted(_EDGES, p[rows][:, chosen], side="right")


@cache
def _describe_recorded() -> Description:
    shown = recorded.cells().query("part in ('objectives', 'exact', 'exploring')")
    names, rates, seeds = (shown[name].unique().tolist() for name in ("method", "rate", "seed"))
    curves = recorded.curves().query("method in @names and split == 'unseen'")
    watched = recorded.steps().query("method in @names")
    at, ks = (sorted(curves[name].unique().tolist()) for name in ("step", "k"))
    dims = {"method": names, "rate": rates, "step": at, "k": ks, "seed": seeds}
    mean, low, high = over_seeds(dense(curves, dims, "pass_at_k"), -1)
    once = curves.query("k == 1")
    distinct = over_seeds(dense(once, {**dims, "k": [1]}, "distinct_256"), -1)[0][..., 0]
    entropy = over_seeds(dense(watched, {"method": names, "rate": rates, "step": at, "seed": seeds}, "entropy"), -1)[0]
    k, step = Coordinate("k"), ControlValue("step")
    both: tuple[Any, ...] = (("plug-in", "{beside}", {"method": "beside"}, 0.75), ("pass@k", "{method}", {}, 0.35))

    def lines(table: str, along: str, label_shift: float = 0.0, **more: Any) -> list[Any]:
        return [
            Line(role=role, label=label, x=Coordinate(along), y=Value(table, along=along, **at, **more),
                 label_at=place + label_shift)
            for role, label, at, place in both
        ]  # fmt: skip

    def bands(along: str, **more: Any) -> list[Any]:
        return [
            Band(role=role, x=Coordinate(along), low=Value("low", along=along, **at, **more),
                 high=Value("high", along=along, **at, **more))
            for role, _, at, _ in both
        ]  # fmt: skip

    return Description(
        name="recorded-runs",
        title="Every way to train moves along its own curve: compare them step by step",
        summary="Two recorded ways to train the compact model, on held-out numbers: exact pass@k beside the base, "
        "pass@1 and pass@256 over steps, entropy, and distinct right solutions in 256 samples.",
        controls=[
            Choice("method", "method", names, "pass@4"),
            Choice("beside", "beside", names, "GRPO"),
            Slider("rate", "learning rate, × 10⁻⁴", RATES, 4),
            Slider("step", "training step", at, at[-1], play=True),
        ],
        axes={"method": names, "rate": RATES, "step": at, "k": ks},
        tables={
            "curve": Table(("method", "rate", "step", "k"), mean),
            "low": Table(("method", "rate", "step", "k"), low),
            "high": Table(("method", "rate", "step", "k"), high),
            "distinct": Table(("method", "rate", "step"), distinct),
            "entropy": Table(("method", "rate", "step"), entropy),
            "base": Table(("k",), mean[0, 0, 0]),
        },
        panels=[
            Panel(
                "Step {step}: exact pass@k on held-out numbers",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    *bands("k"),
                    Line(role="before", label="base", x=k, y=Value("base", along="k"), label_at=0.55),
                    *lines("curve", "k"),
                ],
            ),
            Panel(
                "pass@1 over the run",
                Axis("training step", 0, at[-1]),
                Axis("pass@1 (mean)", 0, 1),
                [*bands("step", k=1), *lines("curve", "step", k=1), Rule(role="guide", x=step, drag="step")],
            ),
            Panel(
                "pass@256 over the run",
                Axis("training step", 0, at[-1]),
                Axis("pass@256 (mean)", 0.7, 1),
                [*bands("step", k=256), *lines("curve", "step", k=256), Rule(role="guide", x=step, drag="step")],
            ),
            Panel(
                "Distinct right solutions in 256 samples",
                Axis("training step", 0, at[-1]),
                Axis("solutions (mean)", 0, 4),
                [*lines("distinct", "step"), Rule(role="guide", x=step, drag="step")],
            ),
        ],
        readouts=[
            Readout(f"{side}_{what}", Value(table, **{**at, **more}), scale=scale, form=form, absent="unknown")
            for side, at in _SIDES
            for what, table, more, scale, form in (
                ("one", "curve", {"k": 1}, 100, "{} %"),
                ("many", "curve", {"k": 256}, 100, "{} %"),
                ("distinct", "distinct", {}, 1, "{}"),
                ("entropy", "entropy", {}, 1, "{} nats"),
            )
        ],
        sentences=[
            "Step {step}, learning rate {rate} × 10⁻⁴: {method} has pass@1 {a_one}, pass@256 {a_many} and {a_distinct} "
            "distinct solutions; {beside} has {b_one}, {b_many} and {b_distinct}. Entropy of the last ten steps: "
            "{a_entropy} and {b_entropy}."
        ],
        presets=[
            Preset("sampled or exact", {"method": "exact pass@4", "beside": "pass@4", "rate": 4, "step": at[-1]},
                   "The same objective without sampling noise: pass@1 rises far more, and coverage stays."),
            Preset("a hold", {"method": "KL to the base", "beside": "GRPO", "rate": 4, "step": at[-1]},
                   "A KL penalty gives up some pass@1 and keeps some coverage."),
            Preset("too fast", {"method": "GRPO", "beside": "pass@16", "rate": 8, "step": at[-1]},
                   "At twice the learning rate both go further along their own curve."),
        ],
        source="lm.recorded: Countdown-3, 16 prompts x 32 samples, exact pass@k over all held-out prompts, mean of "
        "three seeds, bands from the lowest to the highest seed.",
    )  # fmt: skip

"""Explorer: 400 steps of GRPO on Countdown-3, recorded. Curves cross, groups fall silent."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    Axis,
    Band,
    Description,
    Heat,
    Line,
    Panel,
    Preset,
    Rule,
    Slider,
    answer,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.shipped._over_seeds import dense, over_seeds
from passk_lab.lm import recorded

COLLAPSE = "GRPO to collapse"
PROMPTS = 150
"""Held-out prompts shown one by one."""


def collapse_run(**state: Any) -> Explorer:
    """Explore 400 steps of GRPO on Countdown-3: curves cross, groups fall silent, single prompts fall to both ends.

    Controls: the training `step` and the number of draws `k`. Exact pass@k, mean of three seeds.

    >>> collapse_run(step=0, k=256).words.split(" (")[0]
    'Step 0, numbers never trained on: pass@1 is 23.0 %, pass@256 98.6 %'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    curves = recorded.curves().query("method == @COLLAPSE")
    steps_seen = recorded.steps().query("method == @COLLAPSE")
    at, ks, seeds = (sorted(curves[name].unique().tolist()) for name in ("step", "k", "seed"))
    dims = {"split": ["unseen", "seen"], "step": at, "k": ks, "seed": seeds}
    mean, low, high = over_seeds(dense(curves, dims, "pass_at_k"), -1)
    # Diagnostics are means of ten steps; the window that ends at an evaluation stands for it.
    dims = {"step": at, "seed": seeds}
    watched = {name: dense(steps_seen, dims, name).mean(-1) for name in ("all_right", "all_wrong")}
    x, k, step = Coordinate("step"), Coordinate("k"), ControlValue("step")
    every = at[1] - at[0]

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
        axes={"split": ["unseen", "seen"], "step": at, "k": ks, "prompt": list(range(PROMPTS)),
              "border": list(range(PROMPTS + 1))},
        tables={
            "curve": Table(("split", "step", "k"), mean),
            "low": Table(("split", "step", "k"), low),
            "high": Table(("split", "step", "k"), high),
            "chance": Table(("step", "prompt"), _chances(at)),
            **{name: Table(("step",), values) for name, values in watched.items()},
        },
        panels=[
            Panel(
                "exact pass@k at step {step}, beside the base",
                draws_axis(ks[-1]),
                Axis("prompts solved in k draws (mean)", 0, 1),
                [
                    *answer(
                        Band(role="pass@k", x=k, low=unseen("low", along="k"), high=unseen("high", along="k")),
                        Line(role="plug-in", label="numbers trained on", x=k, y=Value("curve", along="k", split="seen"),
                             label_at=0.2),
                    ),
                    Line(role="before", label="base", x=k, y=unseen("curve", along="k", step=0), label_at=0.45),
                    *answer(
                        Line(role="pass@k", label="held-out numbers", x=k, y=unseen("curve", along="k"), label_at=0.75),
                    ),
                    Rule(role="guide", x=ControlValue("k"), drag="k"),
                ],
                name="Curves",
            ),
            Panel(
                "held-out numbers; pass@{k}, pass@1, their gap",
                Axis("training step", 0, at[-1]),
                Axis("prompts solved (mean)", 0, 1),
                [
                    *answer(
                        Band(role="pass@k", x=x, low=unseen("low", along="step"), high=unseen("high", along="step")),
                    ),
                    Band(role="pass@1", x=x, low=unseen("low", along="step", k=1),
                         high=unseen("high", along="step", k=1)),
                    *answer(Line(role="pass@k", label="pass@{k}", x=x, y=unseen("curve", along="step"), label_at=0.5)),
                    Line(role="pass@1", label="pass@1", x=x, y=unseen("curve", along="step", k=1), label_at=0.6),
                    *answer(
                        Line(role="gap", label="gap", x=x, label_at=0.8,
                             y=unseen("curve", along="step") - unseen("curve", along="step", k=1)),
                    ),
                    Rule(role="guide", x=step, drag="step"),
                ],
                name="Over the run",
            ),
            Panel(
                "of 32, that fall silent at both ends",
                Axis("training step", 0, at[-1]),
                Axis("share of groups", 0, 1),
                [
                    *answer(
                        Line(role="correct", label="all right", x=x, y=Value("all_right", along="step"), label_at=0.7),
                        Line(role="wrong", label="all wrong", x=x, y=Value("all_wrong", along="step"), label_at=0.85),
                        Line(role="exact", label="mixed", x=x, label_at=0.3,
                             y=Number(1) - Value("all_right", along="step") - Value("all_wrong", along="step")),
                    ),
                    Rule(role="guide", x=step, drag="step"),
                ],
                name="Groups",
            ),
            Panel(
                f"{PROMPTS} held-out prompts, one a row (seed 0)",
                Axis("training step", 0, at[-1] + every),
                Axis("prompt (hardest at the bottom)", 0, PROMPTS),
                [
                    *answer(
                        Heat(role="guide", x=x, until=Number(at[-1] + every), y=Coordinate("border"),
                             z=Value("chance", along="step", across="prompt"),
                             ends=("never (p = 0)", "always (p = 1)")),
                    ),
                    Rule(role="exact", x=step, drag="step"),
                ],
                name="Map",
            ),
        ],
        readouts=[
            percent("one", unseen("curve", k=1)),
            percent("many", unseen("curve")),
            percent("low", unseen("low")),
            percent("high", unseen("high")),
            percent("base_one", unseen("curve", k=1, step=0)),
            percent("base_many", unseen("curve", step=0)),
            percent("seen_one", Value("curve", split="seen", k=1)),
            percent("seen_many", Value("curve", split="seen")),
        ],
        sentences=[
            "Step {step}, numbers never trained on: pass@1 is {one}, pass@{k} {many} (three seeds: {low} to {high}). "
            "The base model has {base_one} and {base_many}. On numbers trained on: {seen_one} and {seen_many}."
        ],
        presets=[
            Preset("the base", {"step": 0, "k": 256}, "Wide: a quarter right at one draw, nearly all at 256."),
            Preset("where they cross", {"step": 120, "k": 8}, "Above the base for fewer draws, below it for more."),
            Preset("collapsed", {"step": at[-1], "k": 256}, "Flat beside the base: more draws find little more."),
        ],
        vote="Here is the base, and how pass@1 rises over the run. Does pass@{k} end above the base's, or below? And "
        "where does each prompt go?",
        source="lm.recorded: Countdown-3, exact pass@k over all held-out prompts, mean of three seeds, bands from the "
        "lowest to the highest seed. GRPO, 16 prompts x 32 samples, learning rate 4e-4. Means count a prompt as often "
        "as the task draws it; the rows of the map count each once.",
    )  # fmt: skip


def _chances(at: list[int]) -> Any:
    """Sort held-out prompts by the base's p and give the p of some, evenly chosen, at each step."""
    steps, p = recorded.by_prompt(COLLAPSE)
    order = np.argsort(p[0], kind="stable")
    chosen = order[np.linspace(0, len(order) - 1, PROMPTS).astype(int)]
    rows = [steps.tolist().index(step) for step in at]
    return p[rows][:, chosen]

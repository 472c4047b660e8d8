"""Objectives at equal progress: compare runs where they have the same pass@1."""

import math

from passk_lab import explorers
from passk_lab.explorers import Slider
from passk_lab.lm import recorded
from passk_lab.story.chapter import Chapter, Figure

AT, K = 0.4, 256

PROSE = """
Which goal should one train on, then? To compare runs after the same number of steps tells little: who learns more slowly
has also lost less. Compare them where they are equally good at one try. The runs here train the small network, each
{seeds} times with other random numbers: a line for each size of step, and faint dots for the other goals.

Where {tries:.0f} % of single tries are right, a run of [GRPO](method=GRPO&beside=GRPO) solves {grpo:.1f} % with {k} tries; the base solved {base:.1f} %.
With [MaxRL](method=MaxRL&beside=GRPO), whose right answers earn the more the fewer they are, it is {maxrl:.1f} %;
with [a payment for answers that are new](method=novelty&beside=GRPO), {novelty:.1f} %.

And pass@k? [Followed exactly](method=exact pass@4&beside=GRPO), without the chance of samples, pass@4 keeps
{exact:.1f} %, about as much as MaxRL. [With groups of samples](method=pass@4&beside=exact pass@4), in the plainest form, its runs get to pass@1 of
{least:.2f} and no further in any setting tried. It aims at the same; noise is the likely cause. For [in the form of the race](method=pass@4-loo-1&beside=GRPO), in which an
answer counts beside the others of its group, it gets through and keeps {loo:.1f} %. So how pass@k is estimated decides as
much as whether it is the goal.
"""


def _kept(method: str) -> float:
    return explorers.frontier_of_runs(method=method, beside="GRPO", k=K, progress=AT).numbers["a"]


def _furthest(method: str) -> float:
    """Return the largest pass@1 at which a method can be compared."""
    description = explorers.frontier_of_runs(method=method, beside="GRPO", k=K, progress=AT).description
    slider = next(
        control for control in description.controls if isinstance(control, Slider) and control.name == "progress"
    )
    state = {"method": method, "beside": "GRPO", "k": K}
    kept = {at: description.numbers({**state, "progress": at})["a"] for at in slider.values}
    return max(at for at, share in kept.items() if not math.isnan(share))


def chapter() -> Chapter:
    """Return the chapter."""
    explorer = explorers.frontier_of_runs(method="MaxRL", beside="GRPO", k=K, progress=AT)
    kept = {name: _kept(name) for name in ("GRPO", "MaxRL", "novelty", "exact pass@4", "pass@4-loo-1")}
    assert max(kept, key=lambda name: kept[name]) == "exact pass@4"
    return Chapter(
        name="progress",
        title="Which goal? Compare at equal progress",
        prose=PROSE,
        numbers={
            "seeds": lambda: recorded.cells().query("part == 'objectives'").seed.nunique(),
            "k": lambda: K,
            "tries": lambda: 100 * AT,
            "grpo": lambda: kept["GRPO"],
            "base": lambda: explorer.numbers["base"],
            "maxrl": lambda: kept["MaxRL"],
            "novelty": lambda: kept["novelty"],
            "exact": lambda: kept["exact pass@4"],
            "loo": lambda: kept["pass@4-loo-1"],
            "least": lambda: _furthest("pass@4"),
        },
        figure=Figure(explorer, ["Frontier"], ["method", "beside"]),
        notebook="07_objectives_compared",
    )

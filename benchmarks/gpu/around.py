"""What stands around the steps: looking at single prompts, exact evaluation, and checkpoints of a whole stack."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch

from benchmarks.gpu.correctness import runs_of_all_kinds
from benchmarks.gpu.journal import Line, checked
from benchmarks.gpu.runner import Bench, attempt
from passk_lab import lm

NUMBERS, TARGET = [2, 3, 4], 24


def around(bench: Bench) -> Iterator[Line]:
    for what, check in CHECKS.items():
        yield attempt(what, partial(check, bench, what))


def both(bench: Bench) -> tuple[lm.Transformer, lm.Transformer]:
    """Return one policy, on the device and on the CPU."""
    return lm.bundled_base(0).to(bench.device), lm.bundled_base(0)


def right_answers(bench: Bench, what: str) -> Line:
    here, there = (lm.right_answers(model, NUMBERS, TARGET).set_index("answer").chance for model in both(bench))
    away = float((here - there).abs().max())
    return checked(what, away < 1e-5 and len(here) == len(there), f"{len(here)} answers, at most {away:.1e} apart")


def sampled_answers(bench: Bench, what: str) -> Line:
    n = 10_000
    here, there = (lm.sampled_answers(model, NUMBERS, TARGET, n).set_index("answer") for model in both(bench))
    shared = here.index.intersection(there.index)
    away = float((here.chance[shared] - there.chance[shared]).abs().max())
    passed = int(here.copies.sum()) == n and away < 1e-5 and (here.right[shared] == there.right[shared]).all()
    return checked(what, passed, f"{len(here)} distinct of {n:,}; chances at most {away:.1e} apart", difference=away)


def exact_evaluation(bench: Bench, what: str) -> Line:
    prompts = lm.Countdown().prompts("unseen")
    if bench.short:
        prompts = prompts.of_multisets(3)
    here, there = (lm.success(model, prompts).p for model in both(bench))
    away = float(np.abs(here - there).max())
    return checked(what, away < 1e-5, f"p of {len(prompts):,} prompts at most {away:.1e} apart", difference=away)


def evaluation_of_a_stack(bench: Bench, what: str) -> Line:
    """All runs of a stack at once beside each by itself on the CPU."""
    learner = lm.StackedLearner(runs_of_all_kinds(bench))
    for _ in range(3):
        learner.step()
    away = 0.0
    for record, model in zip(learner.judge(), learner.models(), strict=True):
        alone = lm.judge(model.cpu(), 3, *lm.judged_on(learner.configs[0]))
        away = max(away, *np.abs(np.subtract(record["unseen"]["p"], alone["unseen"]["p"])))
    return checked(what, away < 1e-5, f"p of {len(learner.configs)} runs at most {away:.1e} apart", difference=away)


def checkpoint_of_a_stack(bench: Bench, what: str) -> Line:
    """Go on, and go on from a saved state in another stack: the same weights."""
    configs = runs_of_all_kinds(bench)
    one, other = lm.StackedLearner(configs), lm.StackedLearner(configs)
    for _ in range(3):
        one.step()
    other.restore(*one.state())
    for _ in range(3):
        one.step()
        other.step()
    away = float((one.stack.weights - other.stack.weights).abs().max())
    passed = torch.equal(one.stack.weights, other.stack.weights) and one.histories() == other.histories()
    return checked(what, passed, f"weights at most {away:.1e} apart after three more steps", difference=away)


CHECKS = {
    "right answers of a prompt, beside the CPU": right_answers,
    "sampled answers of a prompt, beside the CPU": sampled_answers,
    "exact evaluation, beside the CPU": exact_evaluation,
    "exact evaluation of a stack, beside each run on the CPU": evaluation_of_a_stack,
    "a stack saved and taken up = the stack that went on": checkpoint_of_a_stack,
}

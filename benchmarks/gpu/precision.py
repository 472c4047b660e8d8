"""TF32 in the matmuls: what it saves, and what it does to the gradient."""

from collections.abc import Iterator

import torch

from benchmarks.gpu.correctness import gradient_in_float64, small
from benchmarks.gpu.journal import Line, measured
from benchmarks.gpu.runner import Bench, give_back_memory
from benchmarks.gpu.speed import AT_ONCE, configs_of
from benchmarks.gpu.stacks import steps_of
from benchmarks.measure import duration, interleaved, times
from passk_lab import lm


def precision(bench: Bench) -> Iterator[Line]:
    runs, samples = bench.size((15, 2048), (2, 32))
    before = torch.backends.cuda.matmul.allow_tf32
    try:
        taken = {}
        for name, allowed in (("float32", False), ("TF32", True)):
            torch.backends.cuda.matmul.allow_tf32 = allowed
            learner = lm.StackedLearner(configs_of(bench, runs, samples))
            call = steps_of(learner, AT_ONCE, bench.wait)
            taken[name] = interleaved({name: call}, 5)[name].median / AT_ONCE
            del learner, call
            give_back_memory()
        yield measured(
            f"{runs} x {samples} with TF32", f"{duration(taken['TF32'])} beside {duration(taken['float32'])}, "
            f"{times(taken['float32'] / taken['TF32'])} as fast", tf32_s=taken["TF32"], float32_s=taken["float32"],
        )  # fmt: skip
        learner = lm.StackedLearner([small(bench, clip=1e9)])
        (model,) = learner.models()
        learner.step()
        stack = learner.stack
        exact = gradient_in_float64(model, *(each[0].cpu() for each in (stack.prompts, stack.tokens, stack.credit)))
        away = float((stack.gradient[0].cpu().double() - exact).norm() / exact.norm())
        yield measured("the gradient with TF32 beside float64", f"relative difference {away:.1e}", difference=away)
    finally:
        torch.backends.cuda.matmul.allow_tf32 = before

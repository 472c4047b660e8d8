"""A grid of runs as one program on a CPU, beside the same runs one after another: up to which batch does it pay?

The plain Learner reads equal answers once and so does less arithmetic, the stack calls fewer and larger operations;
both leave the same diagnostics. What a GPU makes of a stack is asked by `benchmarks.gpu`.
"""

import time

import torch

from benchmarks.gpu.stacks import grid
from benchmarks.measure import Result, Row, interleaved, times
from passk_lab import lm

ON_CPU = ((1, 8, 31), (4, 8, 15), (16, 8, 9), (16, 32, 3))
"""Prompts, samples of each, rounds."""


def run() -> Result:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        return Result(*on_cpu())
    finally:
        torch.set_num_threads(threads)


def on_cpu() -> tuple[list[Row], dict]:
    rows, figures = [], {}
    for prompts, n, rounds in ON_CPU:
        configs = grid(8, prompts=prompts, n=n, device="cpu")
        stacked, plain = lm.StackedLearner(configs), [lm.Learner(config) for config in configs]

        def one_after_another(learners: list[lm.Learner] = plain) -> None:
            for learner in learners:
                learner.step()

        taken = interleaved({"stacked": stacked.step, "plain": one_after_another}, rounds, time.process_time)
        ratio = taken["plain"].median / taken["stacked"].median
        rows.append(
            Row(f"a step of 8 runs with {prompts * n} samples each, stacked, beside one after another (CPU time)",
                taken["stacked"].text(), taken["plain"].text(), f"{times(ratio)} as fast", "", None)
        )  # fmt: skip
        figures[f"cpu_{prompts * n}"] = {"ratio": ratio, **{name: t.figures() for name, t in taken.items()}}
    return rows, figures

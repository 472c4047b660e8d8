"""How long a step of the learner takes that trains one run by itself, on the card and on one CPU core."""

import time
from collections.abc import Iterator
from functools import partial

from benchmarks.gpu.journal import Line, measured
from benchmarks.gpu.runner import Bench, attempt
from benchmarks.gpu.speed import configs_of
from benchmarks.measure import duration
from passk_lab import lm


def plain(bench: Bench) -> Iterator[Line]:
    for samples in bench.size((512, 2048), (32,)):
        for device in dict.fromkeys((bench.device, "cpu")):
            what = f"one run x {samples} on the {'GPU' if device == 'cuda' else 'CPU, one core'}"
            yield attempt(what, partial(plain_step, bench, samples, device, what))


def plain_step(bench: Bench, samples: int, device: str, what: str) -> Line:
    (config,) = (each.but(device=device) for each in configs_of(bench, 1, samples))
    learner, steps = lm.Learner(config), bench.size(20 if device == "cuda" else 5, 2)
    learner.step()
    seconds, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        learner.step()
    seconds, cpu = ((time.perf_counter() - seconds) / steps, (time.process_time() - cpu) / steps)
    # On a shared machine the CPU's own time is the fair one; the card's ends with a number that is read back.
    mine = seconds if device == "cuda" else cpu
    return measured(
        what, f"{duration(mine)} a step, {samples / mine:,.0f} samples/s; mean of steps 2 to {steps + 1}",
        on=device, samples=samples, step_s=mine,
    )  # fmt: skip

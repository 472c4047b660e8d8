"""How long a step of a stack takes, captured and eager by turns, beside its floor, and what memory it asks for."""

import time
from collections.abc import Callable, Iterator
from functools import partial

import torch

from benchmarks.gpu.correctness import CAPTURED
from benchmarks.gpu.floors import least
from benchmarks.gpu.journal import Line, left_out, measured
from benchmarks.gpu.runner import Bench, attempt, give_back_memory
from benchmarks.gpu.stacks import grid, steps_of
from benchmarks.measure import duration, interleaved, times
from passk_lab import lm

PROMPTS = 16
SIZES = ((15, 512), (42, 512), (15, 2048), (42, 2048), (1, 512), (1, 2048), (120, 512), (120, 2048))
"""Runs, samples of each: what the targets ask for comes first."""
SHORT = ((2, 32), (1, 32))
AT_ONCE, ROUNDS = 10, 9
LEAST_ROUNDS = 3


def configs_of(bench: Bench, runs: int, samples: int) -> list[lm.TrainConfig]:
    prompts = bench.size(PROMPTS, 4)
    return grid(runs, prompts=prompts, n=samples // prompts, device=bench.device, **bench.size({}, {"orders": 40}))


def speed(bench: Bench) -> Iterator[Line]:
    capture = bench.on_gpu and not bench.refused(CAPTURED)
    if bench.on_gpu and not capture:
        yield left_out("all captured programs", "they do not compute what the eager ones do")
    for runs, samples in bench.size(SIZES, SHORT):
        what = f"{runs} x {samples}"
        yield attempt(what, partial(beside_eager, bench, runs, samples, what, capture))
        give_back_memory()


def beside_eager(bench: Bench, runs: int, samples: int, what: str, capture: bool) -> Line:
    """Captured and eager by turns; memory is what torch takes from the card for the first of them, by itself."""
    configs = configs_of(bench, runs, samples)
    if bench.on_gpu:
        torch.cuda.reset_peak_memory_stats()
    before = held(bench)
    learners = {"captured" if capture else "eager": lm.StackedLearner(configs, capture=capture)}
    for learner in learners.values():
        learner.step()
    bench.wait()
    peak = peak_of(bench) - before
    if capture:
        learners["eager"] = lm.StackedLearner(configs, capture=False)
    at_once, rounds = bench.size(AT_ONCE, 2), bench.size(ROUNDS, 2)
    calls = {name: steps_of(learner, at_once, bench.wait) for name, learner in learners.items()}
    if rounds > LEAST_ROUNDS and timed_once(calls["eager"]) > 1:
        rounds = LEAST_ROUNDS
    step = {name: taken.median / at_once for name, taken in interleaved(calls, rounds).items()}
    mine, config, samples_of_all = next(iter(step.values())), configs[0], runs * samples
    floor = least(bench, config, learners["eager"].stack.model.shape, runs)
    said = [", ".join(f"{name} {duration(seconds)}" for name, seconds in step.items())]
    if capture:
        said[0] += f", {times(step['eager'] / mine)} as long"
    if floor:
        said.append(f"{times(mine / floor)} its floor of {duration(floor)}")
    tokens = samples_of_all * config.task.answer_length
    said.append(f"{samples_of_all / mine:,.0f} samples/s, {tokens / mine:,.0f} tokens/s")
    if peak:
        said.append(f"{peak / 1e9:.3g} GB at most")
    return measured(
        what, "; ".join(said), runs=runs, samples=samples, captured_s=step.get("captured"), eager_s=step["eager"],
        floor_s=floor, samples_per_s=samples_of_all / mine, tokens_per_s=tokens / mine, peak_bytes=peak, rounds=rounds,
        steps=at_once,
    )  # fmt: skip


def timed_once(call: Callable[[], None]) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def held(bench: Bench) -> int:
    return torch.cuda.memory_reserved() if bench.on_gpu else 0


def peak_of(bench: Bench) -> int:
    return torch.cuda.max_memory_reserved() if bench.on_gpu else 0

"""How long a step takes: stacks captured and eager by turns, the plain learner, in float32 and in TF32."""

import time
from collections.abc import Iterator
from functools import partial

import torch

from benchmarks.gpu.card import Watts
from benchmarks.gpu.correctness import CAPTURED, gradient_in_float64, small
from benchmarks.gpu.floors import least
from benchmarks.gpu.journal import Line, checked, left_out, measured
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
    """Captured and eager by turns; the peak of memory is that of the first of them, by itself."""
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


def timed_once(call) -> float:
    begin = time.perf_counter()
    call()
    return time.perf_counter() - begin


def held(bench: Bench) -> int:
    return torch.cuda.memory_allocated() if bench.on_gpu else 0


def peak_of(bench: Bench) -> int:
    return torch.cuda.max_memory_allocated() if bench.on_gpu else 0


def plain(bench: Bench) -> Iterator[Line]:
    """The learner that trains one run by itself, here and on one CPU core."""
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


def energy(bench: Bench) -> Iterator[Line]:
    """What the card draws while a stack of 15 runs with 2,048 samples steps."""
    what, (runs, samples), seconds = "energy of a step", bench.size((15, 2048), (2, 32)), 4.0
    learner = lm.StackedLearner(configs_of(bench, runs, samples))
    call, steps = steps_of(learner, 10, bench.wait), 0
    call()
    with Watts() as watts:
        begin = time.perf_counter()
        while time.perf_counter() - begin < seconds:
            call()
            steps += 10
        step = (time.perf_counter() - begin) / steps
    if watts.mean is None:
        yield left_out(what, "nvidia-smi says nothing of power here")
        return
    each = watts.mean * step / (runs * samples)
    yield measured(
        what, f"{watts.mean:.0f} W while {runs} x {samples} steps, {each * 1e6:.3g} J for a million samples",
        watts=watts.mean, joules_per_sample=each,
    )  # fmt: skip


def precision(bench: Bench) -> Iterator[Line]:
    """TF32 in the matmuls: what it saves, and what it does to the gradient."""
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


def candidates(bench: Bench) -> Iterator[Line]:
    """Other ways to run the two programs, beside the one that ships: first that they are right, then their speed.

    `benchmarks.gpu.candidates.CANDIDATES` names them: each a context in which a StackedLearner that is made uses it.
    """
    from benchmarks.gpu.candidates import CANDIDATES

    for name, (why_not, inside) in CANDIDATES.items():
        if why := why_not(bench):
            yield left_out(name, why)
            continue
        yield attempt(name, partial(candidate_is_right, bench, name, inside))
        for runs, samples in bench.size(((15, 512), (15, 2048)), ((2, 32),)):
            yield attempt(f"{name}, {runs} x {samples}", partial(candidate_speed, bench, name, inside, runs, samples))
            give_back_memory()


def candidate_is_right(bench: Bench, name: str, inside) -> Line:
    configs = [small(bench, clip=1e9), small(bench, clip=1e9, objective="pass@k", parameters={"k": 4}, seed=1)]
    shipped = lm.StackedLearner(configs)
    with inside():
        other = lm.StackedLearner(configs)
    shipped.step()
    other.step()
    same = torch.equal(shipped.stack.tokens, other.stack.tokens)
    mine, theirs = other.stack.gradient, shipped.stack.gradient
    away = float(((mine - theirs).norm(dim=1) / theirs.norm(dim=1)).max())
    found = f"{'equal' if same else 'OTHER'} tokens; gradients within {away:.1e}"
    return checked(f"{name}: as the shipped program", same and away < 1e-4, found, difference=away)


def candidate_speed(bench: Bench, name: str, inside, runs: int, samples: int) -> Line:
    configs = configs_of(bench, runs, samples)
    learners = {"shipped": lm.StackedLearner(configs)}
    begin = time.perf_counter()
    with inside():
        learners["other"] = lm.StackedLearner(configs)
        learners["other"].step()
    bench.wait()
    made, at_once = time.perf_counter() - begin, bench.size(AT_ONCE, 2)
    taken = interleaved({key: steps_of(each, at_once, bench.wait) for key, each in learners.items()}, bench.size(5, 2))
    shipped, mine = (taken[key].median / at_once for key in ("shipped", "other"))
    return measured(
        f"{name}, {runs} x {samples}", f"{duration(mine)} a step beside {duration(shipped)}, {times(shipped / mine)} as "
        f"fast; made in {duration(made)}", candidate=name, candidate_s=mine, shipped_s=shipped, made_s=made, runs=runs,
        samples=samples,
    )  # fmt: skip

"""A grid as notebook 07 has one, 14 settings x 3 seeds x 400 steps with exact evaluations, as one program.

Its nine objectives at 4e-4, the three mechanisms of notebook 08 that a stack holds, and two objectives at twice the
rate: what the recorded runs have as well, so that each run can be laid beside its twin, which one CPU core trained.
Recorded runs stop at step 240, but for GRPO at 4e-4, of which there is one that goes on to 400.
"""

import json
import time
from collections.abc import Iterator
from statistics import fmean, stdev
from typing import Any

import numpy as np

from benchmarks.gpu.journal import Line, left_out, measured
from benchmarks.gpu.runner import Bench
from benchmarks.measure import duration
from passk_lab import lm
from passk_lab.lm import recorded

MECHANISMS = ("entropy .05", "entropy .15", "reverse KL")
TWICE = ("pass@4", "MaxRL")
SETTINGS = [
    *((method, 4e-4) for method in recorded.METHODS if method.part == "objectives" or method.name in MECHANISMS),
    *((method, 8e-4) for method in recorded.METHODS if method.name in TWICE),
]
STEPS, EVERY = 400, 20
KS = (1, 256)
COLLAPSE = "GRPO to collapse"


def cells(bench: Bench) -> list[tuple[str, float, int, lm.TrainConfig]]:
    few = {"prompts": 4, "n": 8, "watch": 8, "orders": 40, "judged": 3}
    size = {"steps": bench.size(STEPS, 4), "evaluate_every": bench.size(EVERY, 2), **bench.size({}, few)}
    return [
        (method.name, rate, seed, lm.TrainConfig(rate=rate, seed=seed, device=bench.device, **size, **method.settings))
        for method, rate in bench.size(SETTINGS, SETTINGS[:2])
        for seed in bench.size(recorded.SEEDS, (0,))
    ]


def notebook_07(bench: Bench) -> Iterator[Line]:
    named = cells(bench)
    configs = [config for *_, config in named]
    first, what = configs[0], f"{len(named)} runs x {configs[0].steps} steps"
    begin = time.perf_counter()
    learner = lm.StackedLearner(configs)
    bench.wait()
    made = time.perf_counter() - begin
    judged, judging = [learner.judge()], time.perf_counter() - begin - made
    while learner.done < first.steps:
        for _ in range(min(first.evaluate_every, first.steps - learner.done)):
            learner.step()
        bench.wait()
        turn = time.perf_counter()
        judged.append(learner.judge())
        judging += time.perf_counter() - turn
        if learner.done % bench.size(100, 2) == 0 and learner.done < first.steps:
            yield measured(f"{what}, up to step {learner.done}", duration(time.perf_counter() - begin))
    wall = time.perf_counter() - begin
    ended = [learner.ending(run) for run in range(len(named))]
    broken = sum(end != "finished" for end in ended)
    yield measured(
        what, f"{duration(wall)}: made in {duration(made)}, {len(judged)} evaluations of all runs {duration(judging)}"
        + (f"; {broken} broke down" if broken else ""), wall_s=wall, made_s=made, judging_s=judging, runs=len(named),
        steps=first.steps, broken=broken,
    )  # fmt: skip
    write_curves(bench, named, judged, ended)
    yield one_core(bench, what, configs, len(judged), wall)
    if bench.short:
        yield left_out("beside the recorded runs", "these runs are too short")
    else:
        yield from beside_recorded(named, judged)


def write_curves(bench: Bench, named: list, judged: list, ended: list[str]) -> None:
    """Leave every evaluation beside the table: pass@k of both splits, run by run."""
    runs = [
        {
            "method": name, "rate": rate, "seed": seed, "ended": ended[place],
            "evaluations": [
                {"step": each[place]["step"], "seen": each[place]["seen"]["pass_at"],
                 "unseen": each[place]["unseen"]["pass_at"]} for each in judged
            ],
        }
        for place, (name, rate, seed, _) in enumerate(named)
    ]  # fmt: skip
    text = json.dumps({"k": list(lm.KS), "runs": runs})
    half = bench.out / "notebook_07.json.half"
    half.write_text(text, encoding="utf-8")
    half.replace(bench.out / "notebook_07.json")


def one_core(bench: Bench, what: str, configs: list[lm.TrainConfig], evaluations: int, wall: float) -> Line:
    """Some steps of some of these runs on one CPU core, and from them all of it: an extrapolation, and said to be."""
    some, steps = configs[:: bench.size(12, 1)], bench.size(4, 1)
    learners = [lm.Learner(config.but(device="cpu")) for config in some]
    for learner in learners:
        learner.step()
    begin = time.process_time()
    for learner in learners:
        for _ in range(steps):
            learner.step()
    step = (time.process_time() - begin) / (steps * len(learners))
    judged_on, model = lm.judged_on(configs[0]), learners[0].model
    lm.judge(model, 0, *judged_on)
    begin = time.process_time()
    lm.judge(model, 0, *judged_on)
    evaluation = time.process_time() - begin
    whole = len(configs) * (configs[0].steps * step + evaluations * evaluation)
    return measured(
        f"{what} on one CPU core", f"{duration(whole)}, {whole / wall:,.0f} times as long; extrapolated from {steps} "
        f"steps of {len(some)} runs near their start ({duration(step)} a step, {duration(evaluation)} an evaluation)",
        cpu_s=whole, cpu_step_s=step, cpu_evaluation_s=evaluation, extrapolated=True,
    )  # fmt: skip


def beside_recorded(named: list, judged: list[list[Any]]) -> Iterator[Line]:
    """Lay each run beside its recorded twin: same seed, same prompts, same uniforms, and other rounding."""
    curves = recorded.curves()
    curves = curves[(curves.split == "unseen") & curves.k.isin(KS)]
    at_step = {each[0]["step"]: each for each in judged}
    paired: dict[int, list[float]] = {k: [] for k in KS}
    for name, rate in dict.fromkeys((name, rate) for name, rate, *_ in named):
        last = {recorded.STEPS: name} | ({STEPS: COLLAPSE} if (name, rate) == ("GRPO", 4e-4) else {})
        for step, twin in last.items():
            there = curves[(curves.method == twin) & (curves.rate == rate) & (curves.step == step)]
            said, figures = [], {}
            for k in KS:
                theirs = there[there.k == k].set_index("seed").pass_at_k
                ours = {
                    seed: at_step[step][place]["unseen"]["pass_at"][lm.KS.index(k)]
                    for place, (mine, at, seed, _) in enumerate(named)
                    if (mine, at) == (name, rate)
                }
                apart = [ours[seed] - float(theirs[seed]) for seed in ours if seed in theirs.index]
                paired[k] += apart
                spread = stdev(float(value) for value in theirs)
                said.append(
                    f"pass@{k} {fmean(ours.values()):.3f} beside {theirs.mean():.3f} (difference {fmean(apart):+.3f}, "
                    f"seeds spread by {spread:.3f})"
                )
                figures[f"pass_at_{k}"] = {"differences": apart, "recorded_spread": spread}
            yield measured(f"{name}, rate {rate:g}, step {step}", "; ".join(said), **figures)
    said, figures = [], {}
    for k, apart in paired.items():
        error = stdev(apart) / np.sqrt(len(apart))
        said.append(f"pass@{k} {fmean(apart):+.4f} ± {error:.4f} (standard error, {len(apart)} pairs)")
        figures[f"pass_at_{k}"] = {"mean": fmean(apart), "standard_error": error}
    yield measured("all of them: ours minus recorded", "; ".join(said), **figures)

"""The candidates beside the programs that ship: first that they are right, then how fast they are."""

import time
from collections.abc import Iterator
from functools import partial

import torch

from benchmarks.gpu.candidates import CANDIDATES, Candidate
from benchmarks.gpu.correctness import small
from benchmarks.gpu.journal import Line, checked, left_out, measured
from benchmarks.gpu.runner import Bench, attempt, give_back_memory
from benchmarks.gpu.speed import AT_ONCE, configs_of
from benchmarks.gpu.stacks import steps_of
from benchmarks.measure import duration, interleaved, times
from passk_lab import lm


def trial(bench: Bench) -> Iterator[Line]:
    for name, candidate in CANDIDATES.items():
        if why := candidate.needs(bench):
            yield left_out(name, why)
            continue
        yield attempt(name, partial(candidate_is_right, bench, name, candidate))
        for runs, samples in bench.size(((15, 512), (15, 2048)), ((2, 32),)):
            yield attempt(
                f"{name}, {runs} x {samples}", partial(candidate_speed, bench, name, candidate, runs, samples)
            )
            give_back_memory()


def candidate_is_right(bench: Bench, name: str, candidate: Candidate) -> Line:
    configs = [small(bench, clip=1e9), small(bench, clip=1e9, objective="pass@k", parameters={"k": 4}, seed=1)]
    shipped = lm.StackedLearner(configs)
    with candidate.inside():
        other = lm.StackedLearner(configs)
    shipped.step()
    other.step()
    same = torch.equal(shipped.stack.tokens, other.stack.tokens)
    mine, theirs = other.stack.gradient, shipped.stack.gradient
    away = float(((mine - theirs).norm(dim=1) / theirs.norm(dim=1)).max())
    found = f"{'equal' if same else 'OTHER'} tokens; gradients within {away:.1e}"
    return checked(f"{name}: as the shipped program", same and away < candidate.tolerance, found, difference=away)


def candidate_speed(bench: Bench, name: str, candidate: Candidate, runs: int, samples: int) -> Line:
    configs = configs_of(bench, runs, samples)
    learners = {"shipped": lm.StackedLearner(configs)}
    begin = time.perf_counter()
    with candidate.inside():
        learners["other"] = lm.StackedLearner(configs)
        learners["other"].step()
    bench.wait()
    made, at_once = time.perf_counter() - begin, bench.size(AT_ONCE, 2)
    taken = interleaved({key: steps_of(each, at_once, bench.wait) for key, each in learners.items()}, bench.size(5, 2))
    shipped, mine = (taken[key].median / at_once for key in ("shipped", "other"))
    return measured(
        f"{name}, {runs} x {samples}",
        f"{duration(mine)} a step beside {duration(shipped)}, {times(shipped / mine)} as fast "
        f"(predicted for 15 x 2,048: {candidate.predicted}); made in {duration(made)}",
        candidate=name, candidate_s=mine, shipped_s=shipped, made_s=made, predicted=candidate.predicted, runs=runs,
        samples=samples,
    )  # fmt: skip

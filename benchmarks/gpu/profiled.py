"""Where a step's time goes on the card: its dearest kernels, and how many there are."""

from collections.abc import Iterator

from torch.profiler import ProfilerActivity, profile

from benchmarks.gpu.journal import Line, measured
from benchmarks.gpu.runner import Bench
from benchmarks.gpu.speed import configs_of
from benchmarks.measure import duration
from passk_lab import lm

SHOWN = 10


def profiled(bench: Bench) -> Iterator[Line]:
    """Profile one step of 15 runs with 2,048 samples; on a CPU the operators of a small one."""
    runs, samples = bench.size((15, 2048), (2, 32))
    learner = lm.StackedLearner(configs_of(bench, runs, samples))
    for _ in range(3):
        learner.step()
    bench.wait()
    with profile(activities=[ProfilerActivity.CUDA if bench.on_gpu else ProfilerActivity.CPU]) as seen:
        learner.step()
        bench.wait()
    rows = [
        (entry.self_device_time_total if bench.on_gpu else entry.self_cpu_time_total, entry.count, entry.key)
        for entry in seen.key_averages()
    ]
    rows = sorted((row for row in rows if row[0] > 0), reverse=True)
    whole, nodes = sum(row[0] for row in rows), sum(row[1] for row in rows)
    kind = "kernels and copies" if bench.on_gpu else "operators"
    yield measured(
        f"one step of {runs} x {samples}", f"{nodes:,} {kind} of {len(rows)} kinds, {duration(whole * 1e-6)} in all",
        nodes=nodes, kernels_s=whole * 1e-6,
    )  # fmt: skip
    for spent, times, name in rows[:SHOWN]:
        yield measured(
            name[:120],
            f"{spent / whole:.1%}, {times} times, {duration(spent * 1e-6)}",
            spent_s=spent * 1e-6,
            count=times,
        )

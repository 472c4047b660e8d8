"""What the card draws from the wall while a stack steps."""

import statistics
import subprocess
import time
from collections.abc import Iterator

from benchmarks.gpu.journal import Line, left_out, measured
from benchmarks.gpu.runner import Bench
from benchmarks.gpu.speed import configs_of
from benchmarks.gpu.stacks import steps_of
from passk_lab import lm


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


class Watts:
    """The power that the card reports, ten times a second while the block lasts; `mean` is None where it is silent."""

    def __enter__(self) -> "Watts":
        self.mean: float | None = None
        command = ["nvidia-smi", "--query-gpu=power.draw", "--format=csv,noheader,nounits", "-lms", "100"]
        try:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError:
            self._process = None
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is None:
            return
        self._process.terminate()
        told, _ = self._process.communicate()
        seen = []
        for line in told.splitlines():
            try:
                seen.append(float(line))
            except ValueError:
                continue
        # The card averages over some hundred milliseconds: what it says first is of before.
        self.mean = statistics.fmean(seen[5:]) if len(seen) > 5 else None

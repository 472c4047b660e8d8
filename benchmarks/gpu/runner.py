"""Steps one after another, each held to the time at which the plan has it over, and none able to end the others."""

import gc
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from benchmarks.gpu.journal import Journal, Line, failed, left_out


@dataclass
class Bench:
    """What a step is given: where it runs, in which size, and what the steps before it found."""

    device: str
    short: bool
    out: Path
    lines: list[Line] = field(default_factory=list)

    @property
    def on_gpu(self) -> bool:
        return self.device == "cuda"

    def size(self, full: Any, short: Any) -> Any:
        return short if self.short else full

    def wait(self) -> None:
        """Let the card finish what it was told."""
        if self.on_gpu:
            torch.cuda.synchronize()

    def alive(self) -> bool:
        """Whether the card still answers: after an access outside its memory every later call fails."""
        try:
            self.wait()
        except RuntimeError:
            return False
        return True

    def refused(self, what: str) -> bool:
        """Whether a check has been made and was not passed."""
        made = [line for line in self.lines if line.get("what") == what]
        return bool(made) and not made[-1].get("passed", "left_out" in made[-1])

    def figure(self, step: str, name: str) -> Any:
        """Return a figure that a step has left, the newest; None if there is none."""
        there = [line[name] for line in self.lines if line.get("step") == step and name in line]
        return there[-1] if there else None


@dataclass(frozen=True)
class Step:
    """A question to the machine: its name, what it asks, its share of the time, and what answers it line by line."""

    name: str
    asks: str
    seconds: float
    call: Callable[[Bench], Iterator[Line]]
    needs: Callable[[Bench], str] = lambda bench: ""
    """Why it cannot be asked here, in words; empty if it can."""


class OutOfTime(BaseException):
    """Raised in a step whose time is over; not an Exception, so that no step takes it for a failure of its own."""


class CardLost(Exception):
    """A kernel went astray and took the card's context with it: only a new process can go on with the steps left."""

    def __init__(self, left: list[str]) -> None:
        self.left = left


def run_steps(
    steps: Sequence[Step], bench: Bench, journal: Journal, total: float, after: Callable[[], None] = lambda: None
) -> None:
    """Run steps in their order and write down each line as it comes.

    A step may last until the plan has it over: the shares of all up to it, summed. What an early step leaves unused is
    the later ones'. A step whose time is over before it begins is left out.

    Parameters
    ----------
    steps, bench, journal
    total : float
        Seconds for all of them; infinite for no limit on any.
    after : callable
        Called after each step, to renew the tables.

    Raises
    ------
    CardLost
        If the card no longer answers, with the names of the steps that are left.
    """
    began, planned = time.monotonic(), 0.0
    for step in steps:
        planned += step.seconds
        until = began + (min(planned, total) if total < float("inf") else total)
        bench.lines, begun = journal.lines, time.monotonic()

        def add(line: Line, step: Step = step) -> None:
            journal.add({"step": step.name, "at": round(time.monotonic() - began, 3), **line})

        if why := step.needs(bench):
            add({**left_out(step.asks, why), "ended": "left out"})
        elif begun >= until:
            add({**left_out(step.asks, "no time was left"), "ended": "left out"})
        else:
            print(f"{step.name} ...", flush=True)
            add({"begins": step.asks})
            ended = "done"
            try:
                with alarm(until - begun):
                    for line in step.call(bench):
                        add(line)
                        print(f"  {in_words(line)}", flush=True)
            except OutOfTime:
                ended = "cut off"
            except Exception as error:
                add(failed(step.asks, error))
                print(f"  failed: {error}", flush=True)
                ended = "failed"
            add({"ended": ended, "seconds": round(time.monotonic() - begun, 3)})
            print(f"  {ended}: {step.name}", flush=True)
            if not bench.alive():
                after()
                raise CardLost([later.name for later in steps[steps.index(step) + 1 :]])
            give_back_memory()
        after()


def attempt(what: str, call: Callable[[], Line]) -> Line:
    """Make one line of a step; if that fails, the failure is the line, and too little memory is a finding."""
    try:
        return call()
    except torch.OutOfMemoryError as error:
        return left_out(what, f"out of memory: {str(error).split('. ')[0]}")
    except Exception as error:
        return failed(what, error)


def in_words(line: Line) -> str:
    words = line.get("found") or line.get("left_out") or line.get("failed", "")
    verdict = {True: " [passed]", False: " [NOT PASSED]", None: ""}[line.get("passed")]
    return f"{line.get('what', '')}: {words}{verdict}"


@contextmanager
def alarm(seconds: float) -> Iterator[None]:
    """Raise OutOfTime inside after so many seconds; what the card is doing then is waited for."""
    if seconds == float("inf") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def ring(*_: Any) -> None:
        raise OutOfTime

    before = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def give_back_memory() -> None:
    gc.collect()
    if torch.cuda.is_available():
        torch.cuda.empty_cache()

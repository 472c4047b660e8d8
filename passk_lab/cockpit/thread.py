"""The cockpit's thread: it reads on in a run's stream of turns, or does not, as it is asked."""

from __future__ import annotations

import atexit
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from typing import Any, Literal

import torch

from passk_lab.lm import Learner, Run, TrainConfig, turns
from passk_lab.lm.run import FAILED, EvaluationRecord, Record

Phase = Literal["preparing", "ready", "running", "paused", "stopped", "finished", "broken", "failed"]

BUTTONS: dict[Phase, tuple[str, ...]] = {
    "preparing": (),
    "ready": ("start", "step"),
    "running": ("pause", "stop"),
    "paused": ("start", "step", "stop", "reset"),
    "stopped": ("reset",),
    "finished": ("reset",),
    "broken": ("reset",),
    "failed": ("reset",),
}
"""What can be asked for in each phase."""
ENDED = ("stopped", "finished", "broken", "failed")
_EVERY = 0.2
"""Least seconds between two reports on a run that goes on: five pictures a second are enough to watch."""


class LiveRun:
    """One run and its thread; `renew` begins it.

    The run is a stream of turns (`lm.turns`). To start is to read on, to pause is not to, and to stop is to say so and
    read the last turn. The thread lives only while there is something to do, so a paused run costs nothing.

    Parameters
    ----------
    config : TrainConfig
    tell : callable
        Called with the loop and "phase" when the phase has changed, and with "rows" when there is more history, from
        whichever thread brought it about, with `lock` held.

    Examples
    --------
    >>> config = TrainConfig(steps=3, prompts=4, n=8, watch=8, judged=2)
    >>> loop = LiveRun(config, lambda loop, what: None)
    >>> loop.renew(config)
    >>> loop.start()
    >>> loop.wait(), loop.phase
    (3, 'finished')
    """

    def __init__(self, config: TrainConfig, tell: Callable[[LiveRun, str], None]) -> None:
        self.tell = tell
        self.lock = threading.RLock()
        """Guards all below; the thread takes it between steps, never during one."""
        self.moved = threading.Condition(self.lock)
        self.run = Run(config)
        self.learner: Learner | None = None
        self.phase: Phase = "preparing"
        self.error: BaseException | None = None
        self._stream: Iterator[list[Record]] = iter(())
        self._commands = threading.RLock()
        """One command at a time, from Python and from the page; the thread never takes it."""
        self._halt = ""
        self._orders: list[tuple[Future[None], str, float]] = []
        self._busy = False
        self._thread: threading.Thread | None = None
        """The last one; it may still be about to go when it is busy no more."""
        self._told = 0.0
        self._bases: dict[Any, EvaluationRecord] = {}
        _LOOPS.add(self)

    # What can be asked for

    def start(self) -> None:
        """Train on to the end of the run; nothing if that is under way.

        Raises
        ------
        RuntimeError
            If the run has ended.
        """
        with self._commands:
            if self._ready_to("start"):
                self._launch(self._read_on, "running")

    def step(self) -> None:
        """Do one training step and pause.

        Raises
        ------
        RuntimeError
            If the run goes on by itself, or has ended.
        """
        with self._commands:
            if not self._ready_to("step"):
                raise RuntimeError("the run goes on by itself: pause it first, then do single steps.")
            self._launch(lambda: self._read_on(most=1), "running", quiet=True)
            self._join()

    def pause(self) -> None:
        """Hold the run after the step it is in; nothing if it does not run."""
        with self._commands:
            self._end_thread("pause")

    def stop(self) -> None:
        """End the run after the step it is in, and evaluate it a last time; nothing if it has ended.

        Raises
        ------
        RuntimeError
            If no run has begun.
        """
        with self._commands:
            self._end_thread("stop")
            if self.phase in ENDED:
                return
            if self.phase != "paused":
                raise RuntimeError("there is no run to stop: start one first.")
            self._launch(self._read_the_last, "running", quiet=True)
            self._join()

    def renew(self, config: TrainConfig) -> None:
        """Go back to the base, with a config that may be another one."""
        with self._commands:
            self._end_thread("pause")
            with self.lock:
                base = self._bases.get(_base_of(config))
                learner = None if base is None else Learner(config)  # a config that makes none changes nothing
                self.run, self.learner, self.error = Run(config), None, None
                if base is None or learner is None:
                    self._launch(self._prepare, "preparing")
                else:
                    self.run.history.append(base)
                    self._begin(learner)
                    self._turn("ready")

    def change(self, name: str, value: float) -> None:
        """Change the learning rate, k or a coefficient from the next step on, as `Learner.change`, which checks it.

        Raises
        ------
        KeyError, ValueError
            As the learner does; nothing changes then.
        RuntimeError
            If no run is under way.
        """
        order: Future[None] = Future()
        with self.lock:
            if self.phase not in ("running", "paused"):
                raise RuntimeError("no run is under way: nothing to change. Start one first.")
            self._orders.append((order, name, value))
            if not self._busy:
                self._obey()
        order.result()

    def wait(self, steps: int | None = None, timeout: float = 600.0) -> int:
        """Wait until the run has done so many steps in all, or no longer runs; returns the steps done.

        Raises
        ------
        TimeoutError
            If that takes longer than `timeout` seconds.
        RuntimeError
            If the thread ended with an error, which is the cause.
        """
        with self.moved:
            in_time = self.moved.wait_for(
                lambda: not self._busy or self.done >= (10**9 if steps is None else steps), timeout
            )
            if not in_time:
                raise TimeoutError(f"after {timeout:g} s the run has done {self.done} steps; it goes on.")
            if self.phase == "failed":
                raise RuntimeError(f"the training thread ended with an error: {self.error!r}") from self.error
            return self.done

    def close(self) -> None:
        """End the thread; the learner and the history stay."""
        with self._commands:
            self._end_thread("pause")

    @property
    def done(self) -> int:
        """Steps done."""
        return self.learner.done if self.learner else 0

    @property
    def choosing(self) -> bool:
        """Whether another config may be chosen: no run has begun, also where the last choice could not be prepared."""
        return self.phase == "ready" or (self.phase == "failed" and not self.run.evaluation_records)

    @property
    def alive(self) -> bool:
        """Whether the thread has something to do."""
        return self._busy

    # Between a command and the thread

    def _ready_to(self, command: str) -> bool:
        """Wait for the base, or for a pause under way; False if the run goes on by itself."""
        if self.phase == "preparing" or self._halt:
            self._join()
        if self.phase in ENDED:
            raise RuntimeError(f"the run has ended ({self.phase} after step {self.done}): reset it to begin again.")
        return command in BUTTONS[self.phase]

    def _launch(self, work: Callable[[], None], phase: Phase, quiet: bool = False) -> None:
        with self.lock:
            if not quiet:
                self._turn(phase)
            else:
                self.phase = phase
            self._busy = True
            self._thread = threading.Thread(target=self._live, args=(work,), name="passk-cockpit", daemon=True)
            self._thread.start()

    def _end_thread(self, how: str) -> None:
        with self.lock:
            if self._busy and self.phase == "running":
                self._halt = how
        self._join()

    def _join(self) -> None:
        thread = self._thread
        if thread is not None:
            thread.join()

    def _turn(self, phase: Phase) -> None:
        self.phase = phase
        self.tell(self, "phase")

    # In the thread

    def _live(self, work: Callable[[], None]) -> None:
        torch.set_num_threads(1)  # of this thread; the cockpit leaves the other cores to the page and to other cells
        phase: Phase = "failed"
        try:
            work()
            phase = self._phase_of_the_run()
        except BaseException as error:  # whatever it is, the reader has to see it
            self.error = error
            self.run.ended = FAILED + "".join(traceback.format_exception_only(error)).strip()
        with self.lock:
            self._halt, self._busy = "", False
            self._obey()
            self.moved.notify_all()
            self._turn(phase)

    def _phase_of_the_run(self) -> Phase:
        if self.run.broke_down:
            return "broken"
        if self.run.ended:
            return "finished" if self.run.ended == "finished" else "stopped"
        return "ready" if self.phase == "preparing" else "paused"

    def _prepare(self) -> None:
        """Load the base and read the first turn, its evaluation."""
        self._begin(Learner(self.run.config))
        next(self._stream)
        self._bases[_base_of(self.run.config)] = self.run.evaluation_records[0]

    def _begin(self, learner: Learner) -> None:
        self._stream = turns(learner, self.run)
        self.run.model = learner.model
        with self.lock:
            self.learner = learner

    def _read_on(self, most: int | None = None) -> None:
        """Read turns of the run until it ends or is to halt, at most so many, and between them obey and tell."""
        while most is None or most > 0:
            with self.lock:
                self._obey()
            if self._halt or next(self._stream, None) is None:
                break
            most = None if most is None else most - 1
            with self.moved:
                self.moved.notify_all()
                now = time.perf_counter()
                if now - self._told >= _EVERY:
                    self.tell(self, "rows")
                    self._told = now
        if self._halt == "stop" and not self.run.ended:
            self._read_the_last()

    def _read_the_last(self) -> None:
        """End the run by hand, and read what is left of it: a last evaluation."""
        self.run.ended = "stopped"
        for _ in self._stream:
            pass

    def _obey(self) -> None:
        """Carry out the changes asked for since the last step."""
        orders, self._orders = self._orders, []
        for order, name, value in orders:
            try:
                if self.run.ended:
                    raise RuntimeError("the run has ended: nothing to change.")
                assert self.learner is not None
                self.learner.change(name, value)
            except Exception as error:
                order.set_exception(error)
            else:
                change: Record = {"kind": "change", "step": self.done, "name": name, "value": value}
                self.run.history.append(change)
                order.set_result(None)


def _base_of(config: TrainConfig) -> tuple[Any, ...]:
    """What the evaluation of the base depends on."""
    return config.seed, config.base, config.base_seed, config.task, config.orders, config.judged


_LOOPS: weakref.WeakSet[LiveRun] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    # A thread inside torch when the interpreter goes away can take the process down with it.
    for loop in list(_LOOPS):
        loop.close()

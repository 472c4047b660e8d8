"""The cockpit's thread: it reads on in the streams of turns of a run, or of two in a race, or not, as it is asked."""

from __future__ import annotations

import atexit
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
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


@dataclass(eq=False)
class Lane:
    """A run, its learner, and the stream of turns in which it goes on."""

    run: Run
    learner: Learner | None = None
    stream: Iterator[list[Record]] = field(default_factory=lambda: iter(()))

    def begin(self, learner: Learner) -> None:
        """Put the learner at the beginning of the stream."""
        self.learner, self.stream = learner, turns(learner, self.run)
        self.run.model = learner.model


class LiveRun:
    """A run, or two in a race, and their thread; `renew` begins it.

    A run is a stream of turns (`lm.turns`). To start is to read on, to pause is not to, and to stop is to say so and
    read the last turn. The runs of a race are read in turns, a step of each, so that whenever they can be looked at
    they are at the same step. The thread lives only while there is something to do, so a paused run costs nothing.

    Parameters
    ----------
    configs : sequence of TrainConfig
    tell : callable
        Called with the loop and "phase" when the phase has changed, and with "rows" when there is more history, from
        whichever thread brought it about, with `lock` held.

    Examples
    --------
    >>> config = TrainConfig(steps=3, prompts=4, n=8, watch=8, judged=2)
    >>> loop = LiveRun([config], lambda loop, what: None)
    >>> loop.renew([config])
    >>> loop.start()
    >>> loop.wait(), loop.phase
    (3, 'finished')
    """

    def __init__(self, configs: Sequence[TrainConfig], tell: Callable[[LiveRun, str], None]) -> None:
        self.tell = tell
        self.lock = threading.RLock()
        """Guards all below; the thread takes it between steps, never during one."""
        self.moved = threading.Condition(self.lock)
        self.lanes = [Lane(Run(config)) for config in configs]
        self.phase: Phase = "preparing"
        self.error: BaseException | None = None
        self._commands = threading.RLock()
        """One command at a time, from Python and from the page; the thread never takes it."""
        self._halt = ""
        self._orders: list[tuple[Future[None], Mapping[int, str], float]] = []
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

    def renew(self, configs: Sequence[TrainConfig]) -> None:
        """Go back to the base, with configs that may be others."""
        with self._commands:
            self._end_thread("pause")
            with self.lock:
                known = all(_base_of(config) in self._bases for config in configs)
                learners = [Learner(config) for config in configs] if known else []  # one that fails changes nothing
                self.lanes, self.error = [Lane(Run(config)) for config in configs], None
                if not known:
                    self._launch(self._prepare, "preparing")
                else:
                    for lane, learner in zip(self.lanes, learners, strict=True):
                        self._begin(lane, learner)
                    self._turn("ready")

    def change(self, names: Mapping[int, str], value: float) -> None:
        """Change the learning rate, k or a coefficient from the next step on, as `Learner.change`, which checks it.

        Parameters
        ----------
        names : mapping of int to str
            For each lane that it is to change in, by its place, what it is called there.
        value : float

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
            self._orders.append((order, names, value))
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
        """Steps done; in a race by the run that has gone on longest, for the other may have broken down."""
        return max(lane.learner.done if lane.learner else 0 for lane in self.lanes)

    @property
    def runs(self) -> list[Run]:
        """The runs, in order."""
        return [lane.run for lane in self.lanes]

    @property
    def learners(self) -> list[Learner]:
        """The learners, in order; none while the base is being prepared."""
        return [lane.learner for lane in self.lanes if lane.learner]

    @property
    def choosing(self) -> bool:
        """Whether another config may be chosen: no run has begun, also where the last choice could not be prepared."""
        return self.phase == "ready" or (self.phase == "failed" and not self.lanes[0].run.evaluation_records)

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
            for run in self.runs:
                run.ended = run.ended or FAILED + "".join(traceback.format_exception_only(error)).strip()
        with self.lock:
            self._halt, self._busy = "", False
            self._obey()
            self.moved.notify_all()
            self._turn(phase)

    def _phase_of_the_run(self) -> Phase:
        if not all(run.ended for run in self.runs):
            return "ready" if self.phase == "preparing" else "paused"
        if any(run.broke_down for run in self.runs):
            return "broken"
        return "stopped" if any(run.ended == "stopped" for run in self.runs) else "finished"

    def _prepare(self) -> None:
        """Load the base and read the first turn, its evaluation, which runs of one base share."""
        for lane in self.lanes:
            learner, base = Learner(lane.run.config), _base_of(lane.run.config)
            if base not in self._bases:
                lane.begin(learner)
                next(lane.stream)
                self._bases[base] = lane.run.evaluation_records[0]
            with self.lock:
                self._begin(lane, learner)

    def _begin(self, lane: Lane, learner: Learner) -> None:
        """Begin a run whose base has been evaluated."""
        lane.run.history[:] = [self._bases[_base_of(lane.run.config)]]
        lane.begin(learner)

    def _read_on(self, most: int | None = None) -> None:
        """Read turns of each run until all have ended or are to halt, at most so many; between them obey and tell."""
        while most is None or most > 0:
            with self.lock:
                self._obey()
            if self._halt or not [lane for lane in self.lanes if next(lane.stream, None) is not None]:
                break
            most = None if most is None else most - 1
            with self.moved:
                self.moved.notify_all()
                now = time.perf_counter()
                if now - self._told >= _EVERY:
                    self.tell(self, "rows")
                    self._told = now
        if self._halt == "stop":
            self._read_the_last()

    def _read_the_last(self) -> None:
        """End by hand the runs that go on, and read what is left of them: a last evaluation."""
        for lane in self.lanes:
            lane.run.ended = lane.run.ended or "stopped"
            for _ in lane.stream:
                pass

    def _obey(self) -> None:
        """Carry out the changes asked for since the last step: in every lane that is meant, or in none."""
        orders, self._orders = self._orders, []
        for order, names, value in orders:
            try:
                self._change(names, value)
            except Exception as error:
                order.set_exception(error)
            else:
                order.set_result(None)

    def _change(self, names: Mapping[int, str], value: float) -> None:
        meant = [(self.lanes[place], name) for place, name in names.items()]
        going = [(lane.run, lane.learner, name) for lane, name in meant if lane.learner and not lane.run.ended]
        if not going:
            raise RuntimeError("the run has ended: nothing to change.")
        before: list[tuple[Learner, str, float]] = []
        try:
            for _, learner, name in going:
                now = learner.changeable().get(name, value)  # a name that is not there is refused by the learner
                learner.change(name, value)
                before.append((learner, name, now))
        except Exception:
            for learner, name, now in before:
                learner.change(name, now)
            raise
        for run, learner, name in going:
            change: Record = {"kind": "change", "step": learner.done, "name": name, "value": value}
            run.history.append(change)


def _base_of(config: TrainConfig) -> tuple[Any, ...]:
    """What the evaluation of the base depends on."""
    return config.seed, config.base, config.base_seed, config.task, config.orders, config.judged


_LOOPS: weakref.WeakSet[LiveRun] = weakref.WeakSet()


@atexit.register
def _close_all() -> None:
    # A thread inside torch when the interpreter goes away can take the process down with it.
    for loop in list(_LOOPS):
        loop.close()

"""Submissions, each judged in a process of its own, two at a time; what it says is checked before it is believed."""

from __future__ import annotations

import json
import multiprocessing
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import wait
from typing import Any

from passk_lab.collect import inside
from passk_lab.collect.cells import Source
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED
from passk_lab.course.content import EXERCISES

STATUSES = (CORRECT, INCORRECT, ERROR, NOT_ATTEMPTED)
STOPPED = "stopped"
"""Status of an exercise in which a submission used up what it may take."""
_CLOCK = 60.0
"""Seconds by the clock after which a submission is stopped, whatever it took of the processor."""
_LONGEST = 1_000_000
"""Bytes of one answer."""
_MOST = 400
"""Answers of one submission."""


@dataclass(frozen=True)
class Verdict:
    """What was found of one exercise in one notebook."""

    notebook: str
    exercise: str
    status: str
    mistake: str = ""
    message: str = ""
    work: str = ""
    function: str = ""
    cell: int = 0


_WORDS = ("notebook", "exercise", "status", "mistake", "message", "work", "function")


@dataclass
class Judged:
    """What was found of one submission."""

    verdicts: list[Verdict] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
    fence: tuple[str, ...] | None = None
    """The layers that held; None where the process did not live to say so."""
    seconds: float = 0.0
    """Processor time it took, as far as it lived to say."""


Notebooks = dict[str, Sequence[Source]]


def judge_all(submissions: Sequence[Notebooks], jobs: int = 2) -> Iterator[tuple[int, Judged]]:
    """Judge submissions, so many at a time; yield each with its number as it is done, in whatever order."""
    processes = context(inside.main)
    running: dict[int, _Running] = {}
    left = iter(enumerate(submissions))
    try:
        with environment():
            while True:
                while len(running) < jobs and (following := next(left, None)) is not None:
                    running[following[0]] = _Running(processes, following[1])
                if not running:
                    return
                soonest = min(one.deadline for one in running.values())
                wait([one.pipe for one in running.values()], timeout=max(0.0, soonest - time.monotonic()))
                for number, one in list(running.items()):
                    if one.hear():
                        del running[number]
                        yield number, one.end()
    finally:
        for one in running.values():
            one.end()


def context(main: Callable[..., None]) -> Any:
    """Return what makes processes: where it can be, forks of one warm parent that has imported the file of `main`.

    The warm parent never reads a submission, so whoever is judged finds no other in its memory.
    """
    if not sys.platform.startswith("linux"):
        return multiprocessing.get_context("spawn")
    forks = multiprocessing.get_context("forkserver")
    forks.set_forkserver_preload([main.__module__])
    return forks


@contextmanager
def environment() -> Iterator[None]:
    """Within a with-block, processes that are begun look for no module in the folder they begin in."""
    given = {"PYTHONSAFEPATH": "1", "OPENBLAS_NUM_THREADS": "1"}
    before = {name: os.environ.get(name) for name in given}
    os.environ.update(given)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


class _Running:
    """A process that judges, and what it has said so far."""

    def __init__(self, processes: Any, notebooks: Notebooks) -> None:
        self.judged = Judged()
        self._begun: tuple[str, str] | None = None
        self._said = 0
        self._ended = False
        self._folder = tempfile.TemporaryDirectory(prefix="passk-collect-")
        self.pipe, theirs = processes.Pipe()
        self.process = processes.Process(target=inside.main, args=(theirs,), daemon=True)
        self.process.start()
        theirs.close()
        self.deadline = time.monotonic() + _CLOCK
        texts = {name: [(source.number, source.text) for source in sources] for name, sources in notebooks.items()}
        self.pipe.send_bytes(json.dumps({"folder": self._folder.name, "notebooks": texts}).encode())

    def hear(self) -> bool:
        """Take in what it says; True when there is no more to come."""
        try:
            while self.pipe.poll():
                self._said += 1
                message = json.loads(self.pipe.recv_bytes(_LONGEST))
                if self._said > _MOST or not isinstance(message, dict):
                    raise ValueError
                self._take(message)
        except EOFError:
            return True
        except (ValueError, OSError, RecursionError, KeyError, TypeError):
            self.judged.remarks.append("What its process answered is not what the judge says: it was stopped.")
            return True
        return self._ended or time.monotonic() > self.deadline

    def _take(self, message: dict[str, Any]) -> None:
        if "fence" in message:
            if self.judged.fence is None:
                self.judged.fence = tuple(map(str, message["fence"]))
        elif message.get("end"):
            self._ended = True
            self.judged.seconds = float(message["seconds"])
        elif "remarks" in message:
            name = str(message["notebook"])
            self.judged.remarks += [f"{name}: {str(remark)[:400]}" for remark in list(message["remarks"])[:20]]
        elif message.get("begun"):
            self._begun = (str(message["notebook"]), str(message["exercise"]))
        else:
            self._begun = None
            if message["exercise"] in EXERCISES and message["status"] in STATUSES:
                words = {key: str(message.get(key, "")) for key in _WORDS}
                cell = message.get("cell", 0)
                self.judged.verdicts.append(Verdict(**words, cell=cell if type(cell) is int else 0))

    def end(self) -> Judged:
        """End the process, and return what was found."""
        if not self._ended and self._begun is not None:
            notebook, exercise = self._begun
            self.judged.verdicts.append(
                Verdict(
                    notebook,
                    exercise,
                    STOPPED,
                    message="It took more than a submission may, and was stopped.",
                )
            )
            self.judged.remarks.append(f"{notebook}: stopped in {exercise}; what stands after it was not judged.")
        elif not self._ended:
            self.judged.remarks.append("Its process ended before it had judged everything.")
        self.process.kill()
        self.process.join()
        self.pipe.close()
        self._folder.cleanup()
        return self.judged

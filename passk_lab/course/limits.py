"""A reader's function is given limits of time and memory: one that loops for ever must not take the lesson with it."""

from __future__ import annotations

import contextlib
import contextvars
import ctypes
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

SECONDS = 5.0
"""What one case may take: by the clock, and of processor time as well, so that a busy machine stops nobody."""
MEMORY = 2**30
"""Bytes that may be asked for beyond what is held. Linux can hold a process to it; elsewhere memory is not limited."""
_GRACE = 5.0
"""Seconds in which a function that catches what is to stop it is stopped again and again."""


class Endless(Exception):
    """What is found in place of an answer that did not come in time."""

    def __init__(self, seconds: float, frames: Sequence[traceback.FrameSummary], gone: bool) -> None:
        super().__init__(f"it had not come to an end after {seconds:g} seconds")
        self.seconds = seconds
        self.frames = frames
        """Where it was, the outermost first."""
        self.gone = gone
        """False if it could not be stopped: it runs on beside the lesson."""


def each(call: Callable[[Any], Any], cases: Sequence[Any], seconds: float = SECONDS) -> list[Any]:
    """Return `call(case)` for every case; `Endless` for one that takes longer than it may, and for those after it.

    The calls are made in a thread of their own. Then whoever asks hears in any case, on every system, also where the
    function catches whatever is raised in it; and Ctrl-C or JupyterLab's ■ still reaches the one who waits. What one
    operation does within C, as list(range(10**12)), ends when it does: only the limit of memory stops that.

    Raises
    ------
    BaseException
        Whatever a call raises.

    Examples
    --------
    >>> each(lambda n: 2 * n, [1, 2])
    [2, 4]
    """
    work = _Work(call, cases)
    with _limited_memory():
        try:
            work.thread.start()
            while not work.ended.wait(min(0.05, seconds / 4)):
                if work.clock() > seconds:
                    frames, gone = work.stop()
                    return work.given + [Endless(seconds, frames, gone)] * (len(cases) - len(work.given))
        except BaseException:  # the reader's own interrupt
            work.stop()
            raise
    if work.error is not None:
        raise work.error
    return work.given


class _Work:
    """Calls made in a thread, which can be stopped."""

    def __init__(self, call: Callable[[Any], Any], cases: Sequence[Any]) -> None:
        self.given: list[Any] = []
        self.error: BaseException | None = None
        self.ended = threading.Event()
        self._left = False
        self._began = _now()
        self._call, self._cases = call, cases
        # In a context like ours: what is printed finds its cell, and numpy warns as it was told to.
        self.thread = threading.Thread(target=contextvars.copy_context().run, args=(self._run,), daemon=True)

    def _run(self) -> None:
        try:
            for case in self._cases:
                self._began = _now()
                self.given.append(self._call(case))
        except BaseException as error:
            self.error = error
        self._left = True
        self.ended.set()

    def clock(self) -> float:
        """Seconds that the present case has taken: by the clock or of processor time, whichever is less."""
        return min(now - then for now, then in zip(_now(), self._began, strict=True))

    def stop(self) -> tuple[Sequence[traceback.FrameSummary], bool]:
        """End the thread; say where it was, and whether it let itself be ended."""
        thread = self.thread.ident
        frame = sys._current_frames().get(thread) if thread is not None else None
        frames = _frames(frame)
        until, interval = time.monotonic() + _GRACE, sys.getswitchinterval()
        # No `except Exception` catches a SystemExit. Where a bare `except:` does, the next one has to come before the
        # function is inside its `try` again, so the threads take very short turns.
        sys.setswitchinterval(1e-6)
        try:
            while not self._gone() and time.monotonic() < until:
                ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread or 0), ctypes.py_object(SystemExit))
                time.sleep(0)
        finally:
            sys.setswitchinterval(interval)
        return frames, self._gone()

    def _gone(self) -> bool:
        return self._left or not self.thread.is_alive()


def _now() -> tuple[float, float]:
    return time.monotonic(), time.process_time()


def _frames(frame: FrameType | None) -> list[traceback.FrameSummary]:
    return traceback.extract_stack(frame) if frame is not None else []


def _status() -> str:
    """What Linux says of this process; nothing where that may not be read, as in a process that was shut in."""
    try:
        return Path("/proc/self/status").read_text()
    except OSError:
        return ""


_inside = 0
_lock = threading.Lock()
_before: tuple[int, int] = (0, 0)


@contextlib.contextmanager
def _limited_memory() -> Iterator[None]:
    """Let an allocation far beyond what the process holds now fail with a MemoryError, where the system can do so."""
    global _inside, _before
    if not sys.platform.startswith("linux"):
        yield
        return
    import resource

    with _lock:
        _inside += 1
        if _inside == 1:
            _before = resource.getrlimit(resource.RLIMIT_DATA)
            held = re.search(r"^VmData:\s+(\d+) kB", _status(), re.MULTILINE)
            most = [bytes_ for bytes_ in _before if bytes_ != resource.RLIM_INFINITY]
            if held:
                resource.setrlimit(resource.RLIMIT_DATA, (min([int(held[1]) * 1024 + MEMORY, *most]), _before[1]))
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and resource.getrlimit(resource.RLIMIT_DATA) != _before:
                # Two may check at once: whoever leaves last restores what the first one found.
                resource.setrlimit(resource.RLIMIT_DATA, _before)

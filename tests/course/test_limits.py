"""Whatever a reader's function does, the lesson goes on."""

import contextlib
import contextvars
import os
import subprocess
import sys
import threading

import pytest

from passk_lab.course import limits

ON_LINUX = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux holds a process to its memory")


def plain(_):
    while True:
        pass


def catches_errors(_):
    while True:
        with contextlib.suppress(Exception):
            int("no number")


def catches_everything(_):
    while True:
        try:
            sum(range(10))
        except:  # noqa: E722
            continue


def loops_within_what_catches_everything(_):
    while True:
        try:
            while True:
                pass
        except:  # noqa: E722
            continue


@pytest.mark.parametrize("function", [plain, catches_errors, catches_everything, loops_within_what_catches_everything])
def test_a_loop_without_end_is_stopped(function, monkeypatch):
    monkeypatch.setattr(
        limits, "_GRACE", 60
    )  # the last two need luck, which comes soon; a busy machine is to be no excuse
    before = threading.active_count()
    (found,) = limits.each(function, [0], seconds=0.1)
    assert isinstance(found, limits.Endless)
    assert found.gone
    assert found.frames[-1].name in (function.__name__, "__exit__", "__enter__", "__init__", "suppress")
    assert (found.seconds, str(found)) == (0.1, "it had not come to an end after 0.1 seconds")
    assert threading.active_count() <= before + 1  # the thread may be on its way out


def test_what_cannot_be_stopped_is_said(monkeypatch):
    monkeypatch.setattr(limits, "_GRACE", 0.1)
    go_on = threading.Event()

    def clings(_):
        while not go_on.is_set():
            with contextlib.suppress(BaseException):
                go_on.wait()  # within C, where nothing reaches it

    try:
        # It takes no processor time of its own; ours counts, as that of any thread does.
        waiting = threading.Thread(target=plain_until, args=(go_on,))
        waiting.start()
        (found,) = limits.each(clings, [0], seconds=0.1)
        assert isinstance(found, limits.Endless)
        assert not found.gone
    finally:
        go_on.set()
        waiting.join()


def plain_until(event):
    while not event.is_set():
        pass


def test_answers_before_the_loop_are_kept_and_none_is_asked_after_it():
    asked = []

    def third(case):
        asked.append(case)
        return case if case < 3 else plain(case)

    found = limits.each(third, [1, 2, 3, 4], seconds=0.1)
    assert found[:2] == [1, 2]
    assert found[2] is found[3]
    assert isinstance(found[2], limits.Endless)
    assert asked == [1, 2, 3]


def test_each_case_has_its_own_time_and_waiting_is_not_working():
    # However long this machine lets it wait: what counts is the processor time of one case.
    assert limits.each(lambda n: threading.Event().wait(n), [0.06, 0.06], seconds=0.05) == [False, False]


def test_what_it_raises_is_raised_here():
    with pytest.raises(SystemExit, match="3"):
        limits.each(sys.exit, [3])


def test_it_runs_in_the_context_of_who_asks():
    told = contextvars.ContextVar("told", default="nothing")
    told.set("something")
    assert limits.each(lambda _: told.get(), [0]) == ["something"]


INTERRUPTED = """
import _thread, signal, threading
from passk_lab.course import limits
signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell lets what it puts into the background ignore it
begun = threading.Event()
def endless(_):
    begun.set()
    while True: pass
threading.Thread(target=lambda: (begun.wait(), _thread.interrupt_main())).start()
try:
    limits.each(endless, [0], seconds=1000)
except KeyboardInterrupt:
    others = [one for one in threading.enumerate() if one is not threading.current_thread()]
    for one in others:
        one.join(20)
    print("interrupted", [one for one in others if one.is_alive()])
"""


def test_the_readers_own_interrupt_ends_it():
    told = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], env=told, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("interrupted []\n", "")


@ON_LINUX
@pytest.mark.parametrize("grows", [lambda _: list(range(10**12)), lambda _: "a" * 2**32, lambda _: bytearray(2**32)])
def test_memory_is_limited_while_a_function_runs_and_never_after(grows):
    import resource

    before = resource.getrlimit(resource.RLIMIT_DATA)
    with pytest.raises(MemoryError):
        limits.each(grows, [0])
    assert resource.getrlimit(resource.RLIMIT_DATA) == before

    def within(depth):
        return limits.each(within, [depth - 1]) if depth else resource.getrlimit(resource.RLIMIT_DATA)[0]

    assert before[0] != limits.each(within, [2])[0][0]
    assert resource.getrlimit(resource.RLIMIT_DATA) == before


@ON_LINUX
def test_a_list_that_grows_in_a_loop_is_stopped():
    def grows(_):
        kept = []
        while True:
            kept.append(bytearray(2**20))

    with pytest.raises(MemoryError):
        limits.each(grows, [0])

"""Entries trained anew, when a teacher asks for it: the only place where their code runs, each shut in by itself."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
import time
from collections.abc import Sequence
from multiprocessing.connection import Connection, wait
from typing import Any

from passk_lab import bundled
from passk_lab.challenge import entry
from passk_lab.challenge.entry import Entry
from passk_lab.collect import fence, inside, judging

SECONDS = 1800
"""Processor time that an entry may take: ten times what the lab's own objectives took (measured)."""
MEMORY = 4 * 2**30
_CLOCK = 3 * SECONDS


def retrain_all(entries: Sequence[Entry], multisets: int, jobs: int = 2) -> list[Entry | str]:
    """Train entries anew; of each what came of it, or in a sentence why nothing did."""
    context = judging.context(main)
    results: dict[int, Entry | str] = {}
    running: dict[int, tuple[Any, Any, float]] = {}
    left = list(enumerate(entries))
    with judging.environment(), contextlib.ExitStack() as folders:
        while left or running:
            while left and len(running) < jobs:
                number, one = left.pop(0)
                folder = folders.enter_context(tempfile.TemporaryDirectory(prefix="passk-retrain-"))
                pipe, theirs = context.Pipe()
                process = context.Process(target=main, args=(theirs,), daemon=True)
                process.start()
                theirs.close()
                pipe.send_bytes(json.dumps({"folder": folder, "entry": one.to_json()}).encode())
                running[number] = (pipe, process, time.monotonic() + _CLOCK)
            wait([pipe for pipe, _, _ in running.values()], timeout=5)
            for number, (pipe, process, deadline) in list(running.items()):
                if pipe.poll() or time.monotonic() > deadline:
                    results[number] = _heard(pipe, entries[number], multisets)
                    process.kill()
                    process.join()
                    del running[number]
    return [results[number] for number in range(len(entries))]


def _heard(pipe: Any, given: Entry, multisets: int) -> Entry | str:
    """What a process answered, checked before it is believed."""
    try:
        if not pipe.poll():
            return "trained anew it took longer than it may, and was stopped."
        said = json.loads(pipe.recv_bytes(entry.LARGEST))
        if "failed" in said:
            return f"trained anew it failed: {str(said['failed'])[:300]}."
        made = entry.read(said, multisets)
    except EOFError:
        return "trained anew it used up the time or the memory that it may take, or ended by itself."
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return "trained anew its process answered something else than an entry."
    return made if made.name == given.name else "trained anew it is another entry."


def main(pipe: Connection) -> None:
    """Train the entry that comes through a pipe, and answer there: the entry anew, or why it failed."""
    request = json.loads(pipe.recv_bytes())
    # Before the process is shut in: what must be loaded from outside.
    from passk_lab.challenge import training

    given = json.loads(request["entry"])
    weight, _ = training.kept_apart()
    inside.leave_everything(pipe, request["folder"])
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    fence.shut(SECONDS, MEMORY, also=[package, str(bundled.folder("data"))])
    try:
        answer = _again(entry.read(given, len(weight)), training)
    except BaseException as error:  # whatever a stranger's code raises
        answer = json.dumps({"failed": f"{type(error).__name__}: {error}"[:300]})
    pipe.send_bytes(answer.encode())
    os._exit(0)


def _again(given: Entry, training: Any) -> str:
    with training.captured():
        try:
            exec(compile(given.source, "<entry>", "exec"), {"__name__": "entry"})
        except training.Captured as caught:
            plan = caught.args[0]
        else:
            raise ValueError("its source calls no challenge.enter")
    if dict(plan.settings) != dict(given.settings) or plan.budget != given.budget:
        raise ValueError("its source asks for other settings than it states")
    made: Entry = training.trained(plan)
    return made.to_json()

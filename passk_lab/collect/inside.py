"""The process in which one submission is judged: it reads the text, shuts itself in, and judges exercise by exercise.

It answers in JSON, a message for what it found so far, so that what was judged before it was stopped stands.
"""

from __future__ import annotations

import ast
import builtins
import contextlib
import json
import linecache
import os
import sys
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import Any

from passk_lab.collect import cells, fence
from passk_lab.course.checker import ERROR, INCORRECT, judge
from passk_lab.course.content import EXERCISES

with contextlib.suppress(ImportError):  # what a submission may import is here before it is shut in
    from passk_lab import metrics, objectives  # noqa: F401

THROUGH = "through "
"""How the mistake of a function is named that calls another one which is wrong; that one's name follows."""
SECONDS = 3.0
"""What one case of an exercise may take."""
IN_ALL = 20
"""Seconds of processor time for a submission."""
_LONGEST = 1200
"""Signs of a message."""


def main(pipe: Connection) -> None:
    """Judge the submission that comes through a pipe, {"folder": ..., "notebooks": {name: cells}}, and answer there."""
    request = json.loads(pipe.recv_bytes())
    leave_everything(pipe, request["folder"])
    held = fence.shut(IN_ALL)
    send = pipe.send_bytes
    send(json.dumps({"fence": held}).encode())
    for name, texts in request["notebooks"].items():
        sources = [cells.Source(number, text) for number, text in texts]
        for message in judged(name, sources):
            send(json.dumps(message).encode())
    send(json.dumps({"end": True, "seconds": time.process_time()}).encode())
    os._exit(0)  # what a function left behind, a thread that does not end, ends here


def leave_everything(pipe: Connection, folder: str) -> None:
    """Let go of what came with the process: files, folder, environment, path."""
    kept = pipe.fileno()
    if os.name == "posix":
        null = os.open(os.devnull, os.O_RDWR)
        for standard in (0, 1, 2):
            os.dup2(null, standard)
        os.closerange(3, kept)
        os.closerange(kept + 1, 4096)
        os.setsid()
    else:
        sys.stdin = sys.stdout = sys.stderr = open(os.devnull, "r+")  # noqa: SIM115
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(HOME=folder, TMPDIR=folder, PASSK_LAB_HOME=folder, PATH="", OPENBLAS_NUM_THREADS="1")
    within = tuple(fence.readable())
    sys.path[:] = [path for path in sys.path if path and os.path.realpath(path).startswith(within)]
    sys.argv[:] = [""]


def judged(notebook: str, sources: list[cells.Source]) -> Any:
    """Judge one notebook; yield what was found, message by message."""
    chosen = cells.select(sources)
    scope: dict[str, Any] = {"__name__": "submission", "__builtins__": {**vars(builtins), "__import__": _import}}
    remarks = list(chosen.remarks)
    for cell, nodes in chosen.cells:
        file = f"<cell {cell.number}>"
        linecache.cache[file] = (len(cell.text), None, cell.text.splitlines(keepends=True), file)
        for node in nodes:
            try:
                exec(compile(ast.Module([node], []), file, "exec"), scope)
            except BaseException as error:  # whatever a stranger's head of a function raises
                remarks.append(f"Cell {cell.number}, line {node.lineno}: {type(error).__name__}: {error}"[:300])
    yield {"notebook": notebook, "remarks": remarks}
    wrong: list[str] = []
    for name, exercise in EXERCISES.items():
        given = chosen.called.get(name, name)
        given = given if given in chosen.defined else name
        found = {"notebook": notebook, "exercise": name}
        if given in chosen.defined and callable(scope.get(given)):
            yield {**found, "begun": True}
            verdict = _verdict(exercise, scope[given])
            through = [other for other in wrong if other in chosen.uses[given]]
            if verdict["status"] in (ERROR, INCORRECT):
                wrong.append(given)
                if through:  # the fault may be that one's alone
                    verdict["mistake"] = f"{THROUGH}{through[0]}"
            yield {**found, **verdict, "function": given, "cell": chosen.defined[given]}
        elif given in chosen.defined:
            yield {**found, "status": ERROR, "mistake": "", "message": "Its definition cannot be run.", "work": ""}
        elif given in chosen.broken:
            yield {**found, "status": ERROR, "mistake": "no Python", "message": f"{chosen.broken[given]}.", "work": ""}


def _verdict(exercise: Any, function: Callable[..., Any]) -> dict[str, str]:
    try:
        outcome, _ = judge(exercise, function, SECONDS)
    except BaseException as error:  # also a SystemExit, or what raises when it is written down
        return {"status": ERROR, "mistake": "", "message": f"It stopped the judge: {type(error).__name__}.", "work": ""}
    return {
        "status": outcome.status, "mistake": outcome.mistake,
        "message": outcome.message[:_LONGEST], "work": outcome.work[:_LONGEST],
    }  # fmt: skip


_real_import = builtins.__import__


def _import(name: str, globals: Any = None, locals: Any = None, fromlist: Any = (), level: int = 0) -> Any:
    """Import within a submission's function: what a submission may import at all."""
    if fromlist == ["__doc__"]:  # a library's own, from C
        return _real_import(name, globals, locals, fromlist, level)
    wholes = [f"{name}.{one}" for one in fromlist or ()]
    if level or not (cells.allowed(name) or (wholes and all(map(cells.allowed, wholes)))):
        raise ImportError(f"a submission may not import {name}")
    return _real_import(name, globals, locals, fromlist, level)

"""Hold a lesson and write benchmarks/results/hub.md: python -m benchmarks.hub --students 20 --minutes 3."""

import argparse
import os
import platform
import statistics
import sys
import time
from importlib.metadata import version

import psutil

from benchmarks.hub import lesson, server
from benchmarks.hub.lesson import FIRST, SIXTH, Lesson
from benchmarks.hub.memory import NOTHING, Taken

PAGE = server.ROOT / "benchmarks" / "results" / "hub.md"
TARGETS = {FIRST: 200, SIXTH: 450}
"""MB that a student's kernel may take after a notebook."""
FIGURE = 20
"""Seconds to the first figure, of the slowest of twenty."""
NOTHING_WRONG = """Nothing: every cell ran, every answer was kept, and no student got anything of another's:
pages, files, kernels and tokens were refused, and what a kernel prints is heard on no port."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.hub", description="A class on one machine, measured.")
    parser.add_argument("--students", type=int, default=20)
    parser.add_argument("--minutes", type=float, default=3, help="over which they arrive (default: 3)")
    parser.add_argument("--sixth", type=int, help="how many of them run notebook 06 as well (default: a quarter)")
    given = parser.parse_args()
    if lacking := server.lacks():
        sys.exit(f"the rehearsal {lacking}")
    before, began = os.getloadavg()[0], time.monotonic()
    sixth = given.sixth if given.sixth is not None else max(1, given.students // 4)
    held = lesson.held(given.students, given.minutes, sixth)
    text = page(held, before, time.monotonic() - began)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 1 if held.faults else 0


def page(held: Lesson, load: float, seconds: float) -> str:
    """Write what was seen as Markdown."""
    many = f"{held.students} students" if held.students > 1 else "1 student"
    rows = [
        _row(f"a student's kernel after {name.split('_')[0]} ({len(of_all)} of them)", of_all, TARGETS[name])
        for name, of_all in held.kernels.items()
    ]
    rows.append(_row("a student's server (JupyterLab's, with the hub's part in it)", held.servers, None))
    rows += [_row("the hub and its idle culler", [held.hub], None), _row("the proxy", [held.proxy], None)]
    all_ = sum((*held.kernels[FIRST], *held.servers, held.hub, held.proxy), NOTHING)
    said = {"first figure": _of_figure(held)}
    times = [
        f"| {mark} | {held.middle(mark):.1f} s | {held.worst(mark):.1f} s | {said.get(mark, '')} |"
        for mark in held.marks[0]
    ]
    memory = psutil.virtual_memory().total / 2**30
    versions = ", ".join(f"{name} {version(name)}" for name in ("jupyterhub", "jupyterlab", "ipykernel", "torch"))
    return f"""# A class on one machine

Written by `python -m benchmarks.hub --students {held.students} --minutes {held.minutes:g}`. A real JupyterHub with
`teaching/jupyterhub_config.py`, its spawner for tests, and {many} who come over HTTP and websockets: they log in, load
JupyterLab's page and scripts, run notebook 01 from top to bottom, answer a quiz, read the shared sheet, restart their
kernels. They arrive one after the other, spread over {held.minutes:g} minutes.

## Memory

MB of 2^20 bytes, read when all were in at once. PSS: proportional set size, in which a page that m processes share
counts 1/m for each; private: what would come free if this process alone ended.

| what | PSS, median | PSS, largest | private, median | target |
|---|---|---|---|---|
{chr(10).join(rows)}

All together after 01: {all_.pss / 1024:.1f} GB, {all_.pss / held.students:.0f} MB a student.

## Waiting

Seconds since a student came to the address; "first figure" is when all numbers of notebook 01's first explorer had
come (a browser draws them within a frame or two). Of the processor a server took {_cpu(held.servers)} and a kernel
{_cpu(held.kernels[FIRST])} up to the end of 01.

| until | median | slowest | target |
|---|---|---|---|
{chr(10).join(times)}

## What went wrong

{chr(10).join(f"- {fault}" for fault in held.faults) or NOTHING_WRONG}

Measured {time.strftime("%Y-%m-%d")} in {seconds:.0f} s on {platform.system()} {platform.machine()}, \
{os.cpu_count()} CPU cores, {memory:.0f} GB; load before: {load:.1f}. Python {platform.python_version()}, {versions}.
"""


def _row(what: str, of_all: list[Taken], target: int | None) -> str:
    largest = max(one.pss for one in of_all)
    said = "" if target is None else f"at most {target}: {'met' if largest <= target else '**not met**'}"
    middle, private = statistics.median(one.pss for one in of_all), statistics.median(one.private for one in of_all)
    return f"| {what} | {middle:.0f} | {largest:.0f} | {private:.0f} | {said} |"


def _cpu(of_all: list[Taken]) -> str:
    return f"{statistics.median(one.seconds for one in of_all):.1f} s"


def _of_figure(held: Lesson) -> str:
    return f"under {FIGURE} s: {'met' if held.worst('first figure') < FIGURE else '**not met**'}"


if __name__ == "__main__":
    sys.exit(main())

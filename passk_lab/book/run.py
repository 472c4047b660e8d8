"""Notebooks run for reading: solved, with what a student sees beside; kept until what they stand on changes."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import importlib.metadata
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

import nbformat
import platformdirs
from nbclient import NotebookClient

from passk_lab import bundled, files, needs
from passk_lab.course import builder

STUDENTS = "student"
"""Where the metadata of a cell hold what stands there for the student, if that is another text than was run."""
_PACKAGE = Path(__file__).parents[1]
_NOT_RUN = ("book",)
"""Rooms on which no notebook stands: a change there runs none anew."""


def executed(
    sources: Sequence[Path], *, kept: Path | None = None, say: Callable[[str], object] = lambda text: None
) -> list[nbformat.NotebookNode]:
    """Return these notebooks with their outputs, running those that changed, or whatever they stand on.

    Parameters
    ----------
    sources : sequence of Path
        py:percent sources, as `builder.sources()` returns them.
    kept : Path, optional
        The folder in which what was run is kept; the user's cache if not given.
    say : callable
        Hears of each notebook that is run.

    Raises
    ------
    nbclient.exceptions.CellExecutionError
        If a cell fails: a book with a traceback in it is none.
    """
    folder = platformdirs.user_cache_path("passk-lab") / "book" if kept is None else kept
    with ThreadPoolExecutor(max_workers=max(1, min(len(sources), os.cpu_count() or 1))) as pool:
        return list(pool.map(lambda source: _executed(source, folder, say), sources))


def _executed(source: Path, folder: Path, say: Callable[[str], object]) -> nbformat.NotebookNode:
    path = folder / f"{source.stem}-{_key(source)}.ipynb"
    if path.exists():
        return nbformat.read(path, as_version=4)
    notebook = run(source)
    say(f"run: {source.stem}")
    with contextlib.suppress(OSError):  # where nothing can be kept it is run anew the next time
        folder.mkdir(parents=True, exist_ok=True)
        files.put(path, nbformat.writes(notebook))
        for old in folder.glob(f"{source.stem}-*.ipynb"):
            if old != path:
                old.unlink(missing_ok=True)
    return notebook


def run(source: Path) -> nbformat.NotebookNode:
    """Run a notebook as its solutions have it, in an empty folder where nothing was answered before."""
    notebook, students = (nbformat.reads(builder.build(source, kind), as_version=4) for kind in ("solved", "student"))
    for cell, student in zip(notebook.cells, students.cells, strict=True):
        if cell.source != student.source:
            cell.metadata[STUDENTS] = student.source
    with tempfile.TemporaryDirectory() as empty:
        environment = {
            **os.environ, "PASSK_LAB_FOR_A_PAGE": "1", "PASSK_LAB_HOME": empty, "IPYTHONDIR": empty,
            "OMP_NUM_THREADS": "1",  # as many notebooks run at once as there are cores
        }  # fmt: skip
        client = NotebookClient(
            notebook,
            timeout=None,
            kernel_name="python3",
            extra_arguments=["--log-level=ERROR"],
            resources={"metadata": {"path": empty}},
        )
        # A loop of its own, closed when it is done: this runs in a thread, perhaps beside the loop of a notebook.
        return asyncio.run(client.async_execute(env=environment))


def _key(source: Path) -> str:
    return hashlib.sha256(f"{source.read_text(encoding='utf-8')}{_stands_on()}".encode()).hexdigest()[:16]


@cache
def _stands_on() -> str:
    """All on which what a notebook shows depends, besides its own text."""
    digest = hashlib.sha256(f"{sys.version}{bundled.sums()}".encode())
    for package in (*needs.EVERYTHING, "ipykernel"):
        digest.update(f"{package} {importlib.metadata.version(package)}".encode())
    for path in sorted(_PACKAGE.rglob("*")):
        inside = path.relative_to(_PACKAGE).parts
        if path.suffix in (".py", ".js", ".css", ".json") and inside[0] not in (*_NOT_RUN, "_bundled"):
            digest.update(path.read_bytes())
    return digest.hexdigest()

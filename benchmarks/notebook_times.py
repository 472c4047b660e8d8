"""How long each notebook keeps the computer busy: the solved one, run from top to bottom on the CPU.

    python -m benchmarks.notebook_times

Writes notebooks/src/measured.json, from which the builder tells readers what to expect.
"""

import json
import os
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from passk_lab.course.builder import build, sources

WORDS = {1: "one CPU core", 2: "two CPU cores", 4: "four CPU cores", 8: "eight CPU cores"}


def main() -> None:
    cores = os.cpu_count() or 1
    machine = WORDS.get(cores, f"{cores} CPU cores")
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        # The kernel inherits these: readers' answers stay untouched, and no GPU helps.
        os.environ |= {"PASSK_LAB_HOME": str(Path(folder) / "home"), "CUDA_VISIBLE_DEVICES": ""}
        for source in sources():
            seconds = run_time(build(source, "solved"), Path(folder))
            measured[source.stem] = {"seconds": round(seconds, 1), "machine": machine}
            print(f"{source.stem:<40} {seconds:6.1f} s", flush=True)
        path = sources()[0].parent / "measured.json"
    path.write_text(json.dumps(measured, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def run_time(notebook: str, folder: Path) -> float:
    """Seconds from starting the kernel to the last cell's end; an error in a cell is raised."""
    client = NotebookClient(
        nbformat.reads(notebook, as_version=4), timeout=3600, resources={"metadata": {"path": str(folder)}}
    )
    begin = time.perf_counter()
    client.execute()
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()

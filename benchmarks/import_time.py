"""`import passk_lab` beside `import numpy`, each in a fresh interpreter: what a script pays that uses one metric.

Whoever only counts successes should not wait for torch or matplotlib to load.
"""

import json
import subprocess
import sys

from benchmarks.measure import Result, Row, interleaved, times

TARGET = 1.5
HEAVY = ("torch", "matplotlib", "pandas", "scipy")


def run() -> Result:
    taken = interleaved(
        {
            "ours": lambda: fresh("import passk_lab"),
            "numpy": lambda: fresh("import numpy"),
            "metrics": lambda: fresh("from passk_lab import metrics"),
            "nothing": lambda: fresh("pass"),
        },
        repeats=25,
    )
    loaded = {name: modules(f"import {name}") for name in ("passk_lab", "passk_lab.metrics")}
    ratio = taken["ours"].median / taken["numpy"].median
    with_metrics = taken["metrics"].median / taken["numpy"].median
    heavy = {name: [module for module in found if module in HEAVY] for name, found in loaded.items()}
    rows = [
        Row("import passk_lab, beside import numpy (interpreter start included)", taken["ours"].text(),
            taken["numpy"].text(), f"{times(ratio)} the time", f"at most {TARGET:g}x", ratio <= TARGET),
        Row("the same with the metrics loaded (from passk_lab import metrics)", taken["metrics"].text(),
            taken["numpy"].text(), f"{times(with_metrics)} the time", "", None),
        Row(f"of {', '.join(HEAVY)}: loaded by import passk_lab", ", ".join(heavy["passk_lab"]) or "none", "", "",
            "none", not heavy["passk_lab"]),
    ]  # fmt: skip
    figures = {"ratio": ratio, "loaded": loaded, **{name: t.figures() for name, t in taken.items()}}
    return Result(rows, figures)


def fresh(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout


def modules(code: str) -> list[str]:
    """Which of the large packages, numpy among them, a statement brings into sys.modules."""
    asked = [*HEAVY, "numpy"]
    return json.loads(fresh(f"{code}; import sys, json; print(json.dumps([m for m in {asked} if m in sys.modules]))"))

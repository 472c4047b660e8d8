"""Tables of samples into counts, beside pandas: ten million rows, a hundred million from ten files, a million lines.

Each reading is a process of its own, so that its peak of memory is its own too; both take turns. pandas reads the file
and sums over a group for each problem. Ours also looks at every verdict's meaning and whether a sample is there twice,
holds some megabytes of rows at a time, and uses one thread.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.measure import Result, Row, duration, times

PROBLEMS, SAMPLES, LINES, PARTS, REPEATS = 10_000, 1000, 1_000_000, 10, 2
SECONDS, BYTES = 10.0, 2**30
RESULTS = Path(__file__).parent / "results" / "reading.md"


class Taken(NamedTuple):
    """What one process took."""

    seconds: float
    cpu: float
    peak: float
    """Bytes."""


def run() -> Result:
    rows, figures, lines = [], {}, []
    with tempfile.TemporaryDirectory() as folder:
        _process("make", folder, "one")
        for name, what, number in (
            ("long.csv", "CSV", PROBLEMS * SAMPLES),
            ("long.parquet", "Parquet", PROBLEMS * SAMPLES),
            ("long.jsonl", "JSON lines", LINES),
        ):
            path = str(Path(folder) / name)
            both: dict[str, list[Taken]] = {"ours": [], "pandas": []}
            for _ in range(REPEATS):
                for who, taken in both.items():
                    taken.append(_process(who, path))
            ours, pandas = (_best(both[who]) for who in ("ours", "pandas"))
            met = ours.cpu < SECONDS and ours.peak < BYTES
            rows.append(
                Row(
                    f"{number:,} rows of {what} into counts of {PROBLEMS:,} problems, beside pandas",
                    _said(ours), _said(pandas),
                    f"{times(ours.cpu / pandas.cpu)} the CPU time, {times(ours.peak / pandas.peak)} the memory",
                    f"under {SECONDS:g} s of CPU time and 1 GB", met,
                )
            )  # fmt: skip
            figures[name] = {who: [taken._asdict() for taken in found] for who, found in both.items()}
            lines += [_line(f"{number:,} rows, {what}", who, _best(found), ours, pandas) for who, found in both.items()]
        _process("make", folder, "many")
        many = _process("ours", str(Path(folder) / "parts"))
    number = PARTS * PROBLEMS * SAMPLES
    ratio = many.peak / (figures["long.csv"]["ours"][0]["peak"])
    rows.append(
        Row(
            f"{number:,} rows of CSV from {PARTS} files, streamed", _said(many), "",
            f"{times(ratio)} the memory of a tenth of them", "under 1 GB", many.peak < BYTES,
        )
    )  # fmt: skip
    figures["parts"] = many._asdict()
    lines.append(_line(f"{number:,} rows, CSV, {PARTS} files", "ours", many, None, None))
    RESULTS.write_text(_page(lines), encoding="utf-8")
    return Result(rows, figures)


def _best(taken: list[Taken]) -> Taken:
    return Taken(*(min(values) for values in zip(*taken, strict=True)))


def _said(taken: Taken) -> str:
    return f"{duration(taken.cpu)} CPU ({duration(taken.seconds)}), {taken.peak / 2**20:.0f} MB"


def _line(what: str, who: str, taken: Taken, ours: Taken | None, pandas: Taken | None) -> str:
    ratios = ["", ""]
    if who == "ours" and ours and pandas:
        ratios = [times(ours.cpu / pandas.cpu), times(ours.peak / pandas.peak)]
    cells = [what, who, f"{taken.seconds:.1f}", f"{taken.cpu:.1f}", f"{taken.peak / 2**20:.0f}", *ratios]
    return f"| {' | '.join(cells)} |"


def _page(lines: list[str]) -> str:
    return "\n".join(
        [
            "# Reading tables",
            "",
            *(__doc__ or "").split("\n\n", 1)[1].strip().splitlines(),
            "",
            f"The better of {REPEATS} processes each (many files: one). Repeat with `python -m benchmarks reading`.",
            "The seconds hang on what else the machine does; the ratios of CPU time and memory hardly do.",
            "",
            "| what | who | seconds | CPU seconds | peak MB | CPU, ours to pandas | memory, ours to pandas |",
            "|---|---|---|---|---|---|---|",
            *lines,
            "",
        ]
    )


def _process(*words: str) -> Taken:
    """Run this module with these words in a process of its own, and take its time and peak of memory."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    begin = time.perf_counter()
    child = subprocess.Popen([sys.executable, "-m", "benchmarks.reading", *words], env=environment)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, words
    return Taken(time.perf_counter() - begin, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024.0)


def _ours(path: str) -> None:
    from passk_lab.readers import read

    (found,) = read(path)
    # What must come out is known: every problem has as many rows as the next.
    assert len(found.problems) == PROBLEMS
    assert found.n.min() == found.n.max()
    assert found.rows == found.n.sum()


def _pandas(path: str) -> None:
    import pandas as pd

    reader: Any = {".csv": pd.read_csv, ".parquet": pd.read_parquet, ".jsonl": lambda at: pd.read_json(at, lines=True)}
    counts = reader[Path(path).suffix](path).groupby("problem")["correct"].agg(["size", "sum"])
    assert len(counts) == PROBLEMS


def _make(folder: str, how: str) -> None:
    import numpy as np
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    names = pa.array([f"task/{code}" for code in range(PROBLEMS)])
    problem = names.take(pa.array(np.repeat(np.arange(PROBLEMS), SAMPLES)))
    rng = np.random.default_rng(0)
    sample, right = np.tile(np.arange(SAMPLES), PROBLEMS), (rng.random(PROBLEMS * SAMPLES) < 0.3).astype(np.int64)
    at = Path(folder)
    if how == "many":
        (at / "parts").mkdir()
        for part in range(PARTS):
            table = pa.table({"problem": problem, "sample": sample + part * SAMPLES, "correct": right})
            pyarrow.csv.write_csv(table, at / "parts" / f"part-{part:05d}.csv")
        return
    table = pa.table({"problem": problem, "sample": sample, "correct": right})
    pyarrow.csv.write_csv(table, at / "long.csv")
    pyarrow.parquet.write_table(table, at / "long.parquet")
    with (at / "long.jsonl").open("w") as file:
        few = table.filter(pa.array(sample < LINES // PROBLEMS)).to_pylist()
        file.writelines(f'{{"problem": "{p}", "sample": {s}, "correct": {c}}}\n' for p, s, c in map(dict.values, few))


if __name__ == "__main__":
    {"ours": _ours, "pandas": _pandas, "make": _make}[sys.argv[1]](*sys.argv[2:])

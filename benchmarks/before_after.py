"""Two states of the lab side by side in one run, each in the environment that its own pyproject asks for.

    git worktree add ../before REVISION && make -C ../before test      (or whatever sets its environment up)
    python -m benchmarks.before_after ../before TITLE

Every probe is a few lines run in a process of its own, by turns in the earlier and in this checkout, so that a slow
moment of the machine falls on both. Medians and their ratio go to a file of that title in benchmarks/results.
"""

import argparse
import json
import os
import statistics
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.__main__ import RESULTS, machine
from benchmarks.measure import duration, times

HERE = Path(__file__).parent.parent
LEARNER = "from passk_lab import lm\nlearner = (lm.Learner if 'Learner' in dir(lm) else lm.Trainer)"


@dataclass(frozen=True)
class Probe:
    """What is measured, by code that prints one number, how often, and how the number is written."""

    what: str
    code: str
    rounds: int
    unit: str = "s"

    def text(self, value: float) -> str:
        if self.unit == "s":
            return duration(value)
        return f"{value / 1e6:.0f} MB" if self.unit == "B" else f"{value:.3g} {self.unit}"


def cpu(code: str, before: str = "") -> str:
    """Code that prints the CPU time of some lines, after others that do not count."""
    return f"import time\n{before}\nbegun = time.process_time()\n{code}\nprint(time.process_time() - begun)"


PROBES = (
    Probe("import passk_lab, CPU time", cpu("import passk_lab"), 9),
    Probe("from passk_lab import metrics, CPU time", cpu("from passk_lab import metrics"), 9),
    Probe("from passk_lab import explorers, CPU time", cpu("from passk_lab import explorers"), 5),
    Probe(
        "100 GRPO steps of 16 x 32 from the base, CPU time",
        cpu(
            "for _ in range(100): learner.step()",
            f"{LEARNER}(lm.TrainConfig(steps=400, device='cpu'))\nfor _ in range(5): learner.step()",
        ),
        5,
    ),
    Probe(
        "400 GRPO steps with 21 exact evaluations of both splits, CPU time",
        cpu("lm.train(lm.TrainConfig(steps=400, evaluate_every=20, device='cpu'))",
            "from passk_lab import lm\nlm.Countdown().prompts('seen')"),
        3,
    ),
    Probe("the slowest explorer's table (held-open), CPU time",
          cpu("explorers.held_open()", "from passk_lab import explorers\nexplorers.same_path()"), 7),
    Probe("memory of the kernel after notebook 06, solved",
          "from benchmarks import lm_training as b\nprint(b.notebook_memory('06_train_a_model')['rss'])", 3, "B"),
    Probe("memory of a kernel that loads lm, explorers and the recorded runs, and trains 20 steps",
          "from benchmarks import lm_training as b\nprint(b.memory()[1]['trains 20 steps']['rss'])", 1, "B"),
    Probe("key press to new pixels, one panel (median)",
          "from benchmarks import latency as b\nprint(b.run().figures['one panel']['explorer']['median_ms'] / 1e3)", 1),
)  # fmt: skip


def measure(probe: Probe, tree: Path) -> float:
    """Run a probe in a checkout, with its own code and its own environment."""
    python = tree / ".venv" / "bin" / "python"
    env = {**os.environ, "PYTHONPATH": str(tree), "OMP_NUM_THREADS": "1"}
    ran = subprocess.run(
        [str(python), "-W", "ignore", "-c", probe.code], cwd=tree, env=env, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(f"{probe.what} failed in {tree.name}:\n{ran.stderr[-2000:]}")
    return float(ran.stdout.split()[-1])


def revision(tree: Path) -> str:
    return subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=tree, capture_output=True, text=True, check=True
    ).stdout.strip()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.before_after", description=__doc__)
    parser.add_argument("before", type=Path, help="a checkout of the earlier state with its environment in .venv")
    parser.add_argument("title", help="name of the file of results")
    parser.add_argument("--only", nargs="*", default=[], help="probes whose name has one of these words")
    given = parser.parse_args()
    trees = {"before": given.before.resolve(), "after": HERE}
    figures = RESULTS / f"{given.title}.json"
    kept = json.loads(figures.read_text(encoding="utf-8")) if figures.exists() else {}
    for probe in PROBES:
        if given.only and not any(word in probe.what for word in given.only):
            continue
        found: dict[str, list[float]] = {name: [] for name in trees}
        for _ in range(probe.rounds):
            for name, tree in trees.items():
                found[name].append(measure(probe, tree))
        where = {**machine(), **{f"revision {name}": revision(tree) for name, tree in trees.items()}}
        kept[probe.what] = {**found, "machine": where}
        print(json.dumps({"what": probe.what, **found}), flush=True)
        figures.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    (RESULTS / f"{given.title}.md").write_text(table(given.title, kept), encoding="utf-8")


def table(title: str, kept: dict) -> str:
    """Write what was found as a table."""
    lines = [
        f"# Before and after: {title}",
        "",
        f"`python -m benchmarks.before_after BEFORE {title}`: two revisions by turns in one run, each in the "
        "environment of its own pyproject; medians. Load: the machine's one-minute average at the end of a probe.",
        "",
        "| what | before | after | after / before | rounds | load | revisions |",
        "|---|---|---|---|---|---|---|",
    ]
    for probe in PROBES:
        if (found := kept.get(probe.what)) is None:
            continue
        before, after = (statistics.median(found[name]) for name in ("before", "after"))
        where = found["machine"]
        lines.append(
            f"| {probe.what} | {probe.text(before)} | {probe.text(after)} | {times(after / before)} | "
            f"{len(found['after'])} | {where['load_average_1min']} | {where['revision before']}, "
            f"{where['revision after']} |"
        )
    lines += [
        "",
        f"Measured on {where['date']}, {where['system']}, {where['cpus']} CPU cores; python {where['python']}, "
        f"torch {where['torch']}, chromium {where['chromium']}.",
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

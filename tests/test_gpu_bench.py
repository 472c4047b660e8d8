"""`make gpu` where there is no GPU: every step in its short form, what a cut leaves, and what the table says.

The process does not find what a bare machine with a GPU has not got.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from benchmarks.gpu import notebook_07, page
from benchmarks.gpu.__main__ import RESULTS, main
from benchmarks.gpu.floors import floors
from benchmarks.gpu.journal import Journal, checked, current, failed, measured, read
from benchmarks.gpu.plan import STEPS
from benchmarks.gpu.runner import Bench, CardLost, OutOfTime, Step, alarm, attempt, run_steps
from benchmarks.gpu.stacks import grid
from benchmarks.gpu.targets import TARGETS
from passk_lab import lm
from passk_lab.lm import recorded

ROOT = Path(__file__).parent.parent
ABSENT = (
    "tyro", "anywidget", "jupyter", "jupyter_core", "jupyterlab", "ipykernel", "ipywidgets", "IPython", "platformdirs",
    "matplotlib", "tqdm", "psutil", "playwright", "nbformat", "nbclient", "traitlets", "trl", "transformers",
)  # fmt: skip
BARE = f"""
import sys
from importlib.machinery import PathFinder

class Bare(PathFinder):
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.split(".")[0] in {ABSENT!r} else super().find_spec(name, path, target)

sys.meta_path[sys.meta_path.index(PathFinder)] = Bare
"""
LEFT_OUT = {"tests", "peer", "precision", "energy"}
"""Steps that have no form for the CPU."""


@pytest.fixture(scope="module")
def bare(tmp_path_factory):
    """The surroundings of a process on a bare machine: this tree, not installed, and without ABSENT."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "sitecustomize.py").write_text(BARE)
    return {
        **os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "PYTHONUNBUFFERED": "1",
        "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE": "1",
    }  # fmt: skip


def command(out, *more):
    return [sys.executable, "-m", "benchmarks.gpu", "--out", str(out), "--short", "--device", "cpu", *more]


@pytest.fixture(scope="module")
def short(bare, tmp_path_factory):
    out = tmp_path_factory.mktemp("short")
    told = subprocess.run(command(out), cwd=ROOT, env=bare, capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    return out, told.stdout


def test_what_a_bare_machine_lacks_is_not_found(bare):
    told = subprocess.run([sys.executable, "-c", "import tqdm"], env=bare, capture_output=True, text=True, check=False)
    assert "No module named 'tqdm'" in told.stderr


def test_every_step_runs_or_says_why_it_does_not(short):
    found = current(read(short[0] / "gpu.jsonl"))
    assert list(found) == [step.name for step in STEPS]
    for name, lines in found.items():
        assert lines[-1]["ended"] == ("left out" if name in LEFT_OUT else "done"), name
        for line in lines:
            assert "failed" not in line, line
            assert line.get("passed", True), line
            assert line.get("found") or line.get("left_out") or "begins" in line or "ended" in line, line
    asked = {line["what"]: line for line in found["correctness"] if "what" in line}
    assert [what for what, line in asked.items() if "left_out" in line] == ["a step waits for nothing"]
    assert found["card"][2]["found"].startswith(
        "off (highest); TORCH_ALLOW_TF32_CUBLAS_OVERRIDE was '1' and is dropped"
    )
    assert len([line for line in found["around"] if line.get("passed")]) == 5


def test_the_tables_hold_every_step_and_target(short):
    out, said = short
    lines = read(out / "gpu.jsonl")
    assert json.loads((out / "gpu.json").read_text()) == {"lines": lines}
    text = (out / "gpu.md").read_text()
    assert text == page.page(lines, STEPS)
    assert text in said
    for step in STEPS:
        assert f"| {step.name} | {step.asks} |" in text
    for target in TARGETS:
        assert f"| {target.what} | {target.target} | {target.predicted} | not measured on a GPU |  |" in text
    assert "**Not measured on a GPU.**" in text
    assert not list(out.glob("*.half"))


@pytest.mark.parametrize(("word", "ends"), [(signal.SIGKILL, -9), (signal.SIGTERM, 1)])
def test_a_cut_in_the_middle_leaves_whole_lines_and_a_table(bare, tmp_path, word, ends):
    steps = ("card", "ceilings", "correctness")
    with subprocess.Popen(
        command(tmp_path, *steps), cwd=ROOT, env=bare, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as running:
        for line in running.stdout:
            if line.startswith("  captured = eager"):
                running.send_signal(word)
                break
        running.communicate()
    assert running.returncode == ends
    lines = read(tmp_path / "gpu.jsonl")
    assert len(lines) == len((tmp_path / "gpu.jsonl").read_text().splitlines())
    found = current(lines)
    assert [found[name][-1].get("ended") for name in steps] == ["done", "done", None]
    assert found["correctness"][1]["passed"]
    text = (tmp_path / "gpu.md").read_text()
    assert text.startswith("# The compact model on a GPU")
    assert "## ceilings" in text
    main(["--out", str(tmp_path), "--table"])
    assert "|  | cut off with the machine |" in (tmp_path / "gpu.md").read_text()


# --- steps and their time -----------------------------------------------------------------------------------------


def says(*lines):
    return lambda bench: iter(lines)


def breaks(bench):
    yield measured("before", "it broke")
    raise ValueError("a kernel\nof two lines")


def never_ends(bench):
    yield measured("first", "here")
    raise OutOfTime


def journal_of(tmp_path, steps, total=float("inf"), bench=None):
    journal = Journal(tmp_path / "gpu.jsonl")
    try:
        run_steps(steps, bench or Bench("cpu", True, tmp_path), journal, total)
    finally:
        journal.close()
    return current(read(tmp_path / "gpu.jsonl"))


def test_a_step_that_raises_or_is_out_of_time_ends_no_other(tmp_path):
    steps = [
        Step("bad", "what breaks", 1, breaks),
        Step("slow", "what does not end", 1, never_ends),
        Step("not here", "what cannot be", 1, breaks, lambda bench: "there is none"),
        Step("good", "what goes", 1, says(measured("it", "goes"))),
    ]
    found = journal_of(tmp_path, steps)
    bad = found["bad"]
    assert [line.get("found") for line in bad[1:2]] == ["it broke"]
    assert bad[2]["failed"].endswith("ValueError: a kernel\nof two lines")
    assert [lines[-1]["ended"] for lines in found.values()] == ["failed", "cut off", "left out", "done"]
    text = page.page(read(tmp_path / "gpu.jsonl"), steps)
    assert "raise ValueError" in text
    assert "ValueError: a kernel / of two lines | **no** |" in text
    assert "left out: there is none |" in text


def test_no_step_begins_after_the_end(tmp_path):
    found = journal_of(tmp_path, [Step("late", "what is late", 5, breaks)], total=0)
    assert found["late"][-1]["left_out"] == "no time was left"


def test_an_alarm_ends_a_step_that_waits():
    with pytest.raises(OutOfTime), alarm(0.01):
        threading.Event().wait()


def test_a_lost_card_names_the_steps_that_are_left(tmp_path):
    class Lost(Bench):
        def alive(self):
            return False

    steps = [Step(name, name, 1, says()) for name in ("one", "two", "three")]
    with pytest.raises(CardLost) as lost:
        journal_of(tmp_path, steps, bench=Lost("cuda", False, tmp_path))
    assert lost.value.left == ["two", "three"]


def test_one_line_that_breaks_leaves_the_others():
    assert attempt("it", lambda: 1 / 0)["failed"].endswith("ZeroDivisionError: division by zero")
    assert failed("it", KeyError("x"))["what"] == "it"


def test_a_later_run_adds_and_the_newest_lines_of_a_step_count(tmp_path):
    both = [Step(name, name, 1, says(measured(name, "first"))) for name in ("one", "two")]
    journal_of(tmp_path, both)
    with (tmp_path / "gpu.jsonl").open("a") as file:
        file.write('{"run": 1, "step": "two", "wh')  # a machine was taken away
    found = journal_of(tmp_path, [Step("two", "two", 1, says(measured("two", "second")))])
    assert [found[name][1]["found"] for name in ("one", "two")] == ["first", "second"]
    assert [found[name][1]["run"] for name in ("one", "two")] == [1, 2]


def test_the_shares_leave_room_in_eight_minutes():
    assert sum(step.seconds for step in STEPS) == 460
    assert len({step.name for step in STEPS}) == len(STEPS)


# --- the table ----------------------------------------------------------------------------------------------------


def test_the_committed_table_is_what_its_lines_make():
    lines = json.loads((RESULTS / "gpu.json").read_text(encoding="utf-8"))["lines"]
    assert (RESULTS / "gpu.md").read_text(encoding="utf-8") == page.page(lines, STEPS)
    assert page.measured_on_a_gpu(lines) or lines == []


def lines_of_a_card(**run):
    def speed(runs, samples, captured, eager, floor, peak):
        return {
            "run": 1, "step": "speed", "what": f"{runs} x {samples}", "found": "", "runs": runs, "samples": samples,
            "captured_s": captured, "eager_s": eager, "floor_s": floor, "samples_per_s": runs * samples / captured,
            "peak_bytes": peak,
        }  # fmt: skip

    return [
        {"run": 1, "device": "cuda", "short": False, "date": "2026-01-01", **run},
        {"run": 1, "step": "card", "what": "the card", "found": "X", "card": "X"},
        speed(15, 512, 5e-3, 9e-3, 1e-3, 0.8e9),
        speed(15, 2048, 18e-3, 19e-3, 3e-3, 4.1e9),
        speed(42, 512, 10e-3, 16e-3, 2.5e-3, 2e9),
        {"run": 1, "step": "notebook_07", "what": "", "found": "", "wall_s": 19.0, "judging_s": 3.0, "runs": 42,
         "steps": 400},
        {"run": 1, "step": "peer", "what": "TRL", "found": "", "trl_s": 0.1},
    ]  # fmt: skip


def test_targets_are_read_off_the_lines_of_a_card():
    found = current(lines_of_a_card())
    said = [target.read(found) for target in TARGETS]
    assert said == [
        ("1.80x (5 ms, eager 9 ms)", True),
        ("18 ms", False),
        ("4.00x (10 ms, floor 2.5 ms)", True),
        ("19 s, of these 3 s in evaluations", True),
        ("420x", True),  # 42 x 512 in 10 ms, beside 512 in 100 ms
        ("0.8 GB", True),
        ("4.1 GB", False),
    ]
    text = page.page(lines_of_a_card(), STEPS)
    assert "Run 1: 2026-01-01, on X." in text
    assert "| 18 ms | **no** |" in text
    assert "not measured on a GPU" not in text
    assert "Not measured" not in text


@pytest.mark.parametrize("run", [{"short": True}, {"device": "cpu"}])
def test_what_was_no_full_run_on_a_card_meets_no_target(run):
    text = page.page(lines_of_a_card(**run), STEPS)
    assert text.count("| not measured on a GPU |  |") == len(TARGETS)
    assert not page.measured_on_a_gpu(lines_of_a_card(**run))


def test_a_check_that_did_not_pass_is_seen():
    line = {"run": 1, "step": "correctness", **checked("equal", False, "1e-3 | apart")}
    assert r"| equal | 1e-3 \| apart | **no** |" in page.page([line], STEPS)
    bench = Bench("cpu", True, Path(), [line])
    assert bench.refused("equal")
    assert not bench.refused("never asked")


# --- sizes --------------------------------------------------------------------------------------------------------


def test_the_floors_of_a_step_by_hand():
    config = lm.TrainConfig(prompts=16, n=32)
    rows = 15 * (16 * 4 + 512 * 7)
    bound = floors(config, lm.Shape(), 15)
    assert bound["flop"] == 4 * rows * (24 * 64 * 64 * 2 + 2 * 64 * 33)
    weights, cache = 15 * 103_616, 2 * 2 * 64 * 15 * 512 * (7 + 28)
    assert bound["bytes"] == 4 * (cache + 8 * weights + 2 * rows * (11 * 64 * 2 + 2 * 64 + 33) + 9 * weights)


@pytest.mark.parametrize("runs", [1, 15, 42, 120])
def test_the_runs_of_a_timed_grid_differ(runs):
    configs = grid(runs, prompts=4, n=8)
    assert len({config.label + f"{config.rate} {config.seed}" for config in configs}) == runs
    assert {config.seed for config in grid(15, prompts=4, n=8)} == {0, 1, 2}


def test_the_grid_of_notebook_07_is_recorded_and_fits_one_stack():
    named = notebook_07.cells(Bench("cpu", False, Path()))
    assert len(named) == 42
    assert {config.steps for *_, config in named} == {400}
    recorded_cells = set(recorded.cells()[["method", "rate", "seed"]].itertuples(index=False, name=None))
    assert {(name, rate, seed) for name, rate, seed, _ in named} <= recorded_cells
    few = {"prompts": 1, "n": 16, "orders": 40, "judged": 3}
    lm.StackedLearner([config.but(**few) for _, _, seed, config in named if seed == 0])


def test_runs_equal_to_the_recorded_ones_differ_by_nothing():
    named = notebook_07.cells(Bench("cpu", False, Path()))
    curves = recorded.curves()
    curves = curves[curves.split == "unseen"]

    def of(method, rate, seed, step):
        twin = notebook_07.COLLAPSE if step > recorded.STEPS else method
        own = curves[(curves.method == twin) & (curves.rate == rate) & (curves.seed == seed) & (curves.step == step)]
        return {"step": step, "unseen": {"pass_at": own.sort_values("k").pass_at_k.tolist() or [0.0] * len(lm.KS)}}

    judged = [[of(name, rate, seed, step) for name, rate, seed, _ in named] for step in (240, 400)]
    *each, last = notebook_07.beside_recorded(named, judged)
    assert len(each) == 15  # and GRPO at step 400
    assert last["pass_at_256"] == {"mean": 0, "standard_error": 0}
    assert "pass@1 +0.0000 ± 0.0000 (standard error, 45 pairs)" in last["found"]
    shifted = [[{**r, "unseen": {"pass_at": list(np.add(r["unseen"]["pass_at"], 0.1))}} for r in row] for row in judged]
    *_, last = notebook_07.beside_recorded(named, shifted)
    assert last["pass_at_1"]["mean"] == pytest.approx(0.1)


# --- the command --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["--device", "cpu"], "add --short"),
        (["sped", "--short"], "there is no step called sped; there are card, ceilings"),
    ],
)
def test_a_command_that_cannot_be_is_refused(tmp_path, capsys, given, words):
    with pytest.raises(SystemExit):
        main(["--out", str(tmp_path), *given])
    assert words in capsys.readouterr().err


def test_make_gpu_sets_nothing_up():
    if shutil.which("make") is None:
        pytest.skip("make is not here")
    told = subprocess.run(
        ["make", "-n", "gpu", "OUT=there", "ARGS=--short"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    assert "python3 -m benchmarks.gpu --out there --keep --short" in told
    assert "set_up" not in told

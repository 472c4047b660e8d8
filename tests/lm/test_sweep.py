"""A sweep: runs side by side, each in a folder of its own; workers may die, and what is finished stays."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from passk_lab.lm import TrainConfig, load_run, train
from passk_lab.lm.sweep import folder_of, grid_of, run_grid

SHARED = {"orders": 60, "judged": 2, "prompts": 4, "n": 16, "steps": 12, "evaluate_every": 6, "save_every": 3}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def steady(history: list[dict]) -> list[dict]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history]


def test_a_grid_crosses_what_is_listed():
    grid = grid_of({"shared": {"steps": 5}, "crossed": {"rate": [2e-4, 4e-4], "mechanisms": [{}, {"novelty": {}}]}})
    assert list(grid) == [
        "rate=0.0002,mechanisms={}",
        "rate=0.0002,mechanisms={novelty:{}}",
        "rate=0.0004,mechanisms={}",
        "rate=0.0004,mechanisms={novelty:{}}",
    ]
    assert grid["rate=0.0004,mechanisms={novelty:{}}"] == TrainConfig(steps=5, rate=4e-4, mechanisms={"novelty": {}})
    assert folder_of("rate=0.0004,mechanisms={novelty:{}}") == "rate=0.0004,mechanisms=_novelty____"


def test_a_grid_of_one_run():
    assert grid_of({}) == {"run": TrainConfig()}
    assert grid_of({"shared": {"seed": 3}}) == {"run": TrainConfig(seed=3)}


@pytest.mark.parametrize(
    ("spec", "error", "said"),
    [
        ([], ValueError, r'a grid is \{"shared": .*but another shape came'),
        ({"shared": [1]}, ValueError, "another shape came"),
        ({"cross": {}}, ValueError, 'has "shared" and "crossed" settings, not \'cross\''),
        ({"crossed": {"seed": 3}}, ValueError, "crossed settings are lists of values, but seed = 3"),
        ({"crossed": {"seed": []}}, ValueError, r"lists of values, but seed = \[\]"),
        ({"crossed": {"seed": [1, 1]}}, ValueError, "the grid has seed=1 twice"),
        ({"shared": {"seed": 1}, "crossed": {"seed": [1]}}, ValueError, "seed is both shared and crossed"),
        ({"shared": {"sed": 1}}, ValueError, "'sed' is not a setting of this version of the lab; it knows"),
        ({"crossed": {"rate": [4e-4, 0]}}, ValueError, "rate must lie above 0"),
        ({"crossed": {"rate": ["fast"]}}, ValueError, "rate"),
        ({"shared": {"mechanisms": 3}}, ValueError, "mechanisms must be a dict by name"),
        ({"shared": {"objective": "pass@q"}}, KeyError, "there is no objective called 'pass@q'"),
    ],
)
def test_a_grid_that_is_none(spec, error, said):
    with pytest.raises(error, match=said):
        grid_of(spec)


def test_runs_that_would_share_a_folder(tmp_path):
    with pytest.raises(ValueError, match="the runs 'a b' and 'a/b' would share the folder 'a_b'"):
        run_grid({"a b": TrainConfig(), "a/b": TrainConfig(seed=1)}, tmp_path)


@pytest.mark.parametrize("jobs", [0, 1.5])
def test_a_number_of_jobs_that_is_none(tmp_path, jobs):
    with pytest.raises(ValueError, match="jobs"):
        run_grid({"a": TrainConfig()}, tmp_path, jobs)


@pytest.mark.skipif(find_spec("ray") is not None, reason="Ray is installed")
def test_a_cluster_without_ray(tmp_path):
    with pytest.raises(RuntimeError, match=r'needs Ray: pip install "passk-lab\[ray\]"'):
        run_grid({"a": TrainConfig()}, tmp_path, ray="auto")


def workers() -> list[psutil.Process]:
    """Workers of this process's sweep that are running Python (not multiprocessing's resource tracker)."""
    return [p for p in psutil.Process().children() if any("spawn_main" in word for word in p.cmdline())]


def test_runs_side_by_side_survive_a_killed_worker_and_the_second_time_nothing_is_new(tmp_path):
    # Long enough for the killer to see a run begin and strike before it ends, also where it has to wait its turn.
    grid = grid_of({"shared": {**SHARED, "steps": 150}, "crossed": {"seed": [0, 1, 2]}})
    killed, side_by_side = [], []

    def kill_one():
        histories = [tmp_path / folder_of(name) / "history.jsonl" for name in grid]
        while not any(h.exists() and h.read_bytes().count(b"\n") > 5 for h in histories):
            time.sleep(0.005)
        there = workers()
        side_by_side.append(len(there))
        killed.append(there[0].pid)
        os.kill(there[0].pid, signal.SIGKILL)

    killer = threading.Thread(target=kill_one, daemon=True)
    killer.start()
    told: list[tuple[str, str]] = []
    ended = run_grid(grid, tmp_path, jobs=2, watch=lambda *what: told.append(what))
    killer.join()
    assert len(killed) == 1
    assert side_by_side == [2]
    assert ended == dict.fromkeys(grid, "finished")
    assert sorted(told) == sorted(ended.items())
    assert workers() == []
    for name, config in grid.items():
        run = load_run(tmp_path / folder_of(name))
        assert run.config == config.but(device="cpu")  # where it ran
        assert run.steps.step.tolist() == list(range(1, 151))
    alone = train(grid["seed=1"])
    assert steady(load_run(tmp_path / "seed=1").history) == steady(alone.history)

    before = contents(tmp_path)
    assert run_grid(grid, tmp_path, jobs=1) == ended
    assert contents(tmp_path) == before


@pytest.mark.parametrize("stack", [False, True])
def test_a_run_that_cannot_be_is_named_and_stops_no_other(tmp_path, stack):
    grid = grid_of({"shared": SHARED, "crossed": {"seed": [0, 1, 2, 3]}})
    for name in ("seed=0", "seed=1"):
        (tmp_path / name).mkdir(parents=True)
    (tmp_path / "seed=0" / "config.json").write_text('{"version": 2, "config": {}}')
    whole = {"version": 1, "config": grid["seed=1"].to_json()}
    (tmp_path / "seed=1" / "config.json").write_text(json.dumps(whole))
    (tmp_path / "seed=1" / "history.jsonl").write_text("spoiled\n{}\n")
    ended = run_grid(grid, tmp_path, jobs=1, stack=stack)
    assert ended["seed=0"].startswith("failed: the run in ")
    assert "written by a newer version" in ended["seed=0"]
    assert "history.jsonl, line 1 is no record of a run" in ended["seed=1"]
    assert ended["seed=2"] == ended["seed=3"] == "finished"

    before = contents(tmp_path / "seed=2")
    for path in (tmp_path / "seed=0" / "config.json", tmp_path / "seed=1" / "history.jsonl"):
        path.unlink()
    assert run_grid(grid, tmp_path, jobs=1, stack=stack) == dict.fromkeys(grid, "finished")
    assert contents(tmp_path / "seed=2") == before


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_workers_end_with_their_parent(tmp_path):
    code = (
        "if __name__ == '__main__':\n from passk_lab.lm.sweep import grid_of, run_grid\n"
        f" run_grid(grid_of({{'shared': {SHARED | {'steps': 100_000}!r}}}), {str(tmp_path)!r}, jobs=1)"
    )
    script = tmp_path / "sweep.py"
    script.write_text(code)
    with subprocess.Popen([sys.executable, str(script)]) as process:
        history = tmp_path / "run" / "history.jsonl"
        while process.poll() is None and not (history.exists() and history.stat().st_size):
            time.sleep(0.01)
        children = psutil.Process(process.pid).children()
        process.kill()
    _, alive = psutil.wait_procs(children, timeout=600)
    assert alive == []


def begin_stack(out: Path, names: list[str], grid: dict[str, TrainConfig]) -> None:
    """Leave a stack as a sweep leaves it that is killed at step 7."""
    from passk_lab.lm import StackedLearner
    from passk_lab.lm.plan import plan_of
    from passk_lab.lm.sweep import _tasks

    class Stopped(BaseException):
        pass

    def until(learner):
        if learner.done == 7:
            raise Stopped
        step(learner)

    step = StackedLearner.step
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StackedLearner, "step", until)
        (task,) = _tasks(out, plan_of({name: grid[name] for name in names}, stack=True))
        with pytest.raises(Stopped):
            task.call(*task.given)


def test_stacks_that_share_runs_a_spoiled_member_and_runs_begun_alone(tmp_path):
    grid = grid_of({"shared": SHARED, "crossed": {"seed": [0, 1, 2, 3, 4]}})
    begin_stack(tmp_path, ["seed=0", "seed=1", "seed=2"], grid)
    with pytest.warns(UserWarning, match="has steps of another stack"):  # the first can go on no more
        begin_stack(tmp_path, ["seed=0", "seed=1"], grid)
    with pytest.raises(KeyboardInterrupt):
        train(grid["seed=3"].but(device="cpu"), tmp_path / "seed=3", stop_at(5))
    history = tmp_path / "seed=1" / "history.jsonl"
    whole = history.read_text()
    history.write_text("spoiled\n" + whole)
    told: list[str] = []
    ended = run_grid(grid, tmp_path, jobs=1, stack=True, tell=told.append)
    assert "history.jsonl, line 1 is no record" in ended["seed=1"]
    assert ended["seed=0"] == "failed: its stack waits for seed=1, which cannot be taken up."
    assert [ended[f"seed={seed}"] for seed in (2, 3, 4)] == ["finished"] * 3
    assert told == ["1 stack of 2 runs on the CPU\n1 run alone on the CPU: begun alone, they go on so (seed=3)"]

    history.write_text(whole)
    assert run_grid(grid, tmp_path, jobs=1, tell=told.append) == dict.fromkeys(grid, "finished")
    assert told[1] == "1 stack of 2 runs on the CPU, taken up again"
    assert not (tmp_path / ".stacks").exists()


def stop_at(step: int):
    def watch(record):
        if record["kind"] == "step" and record["step"] == step:
            raise KeyboardInterrupt

    return watch

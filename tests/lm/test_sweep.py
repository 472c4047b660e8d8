"""A sweep: runs side by side, each in a folder of its own; workers may die, and what is finished stays."""

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
        assert run.config == config
        assert run.steps.step.tolist() == list(range(1, 151))
    alone = train(grid["seed=1"])
    assert steady(load_run(tmp_path / "seed=1").history) == steady(alone.history)

    before = contents(tmp_path)
    assert run_grid(grid, tmp_path, jobs=1) == ended
    assert contents(tmp_path) == before


def test_a_run_that_cannot_be_stops_the_sweep_with_its_sentence(tmp_path):
    grid = grid_of({"shared": {**SHARED, "steps": 2000}, "crossed": {"seed": [0, 1, 2, 3]}})
    (tmp_path / "seed=0").mkdir(parents=True)
    (tmp_path / "seed=0" / "config.json").write_text('{"version": 2, "config": {}}')
    with pytest.raises(ValueError, match="written by a newer version"):
        run_grid(grid, tmp_path, jobs=1)
    _, alive = psutil.wait_procs(workers(), timeout=600)
    assert alive == []
    assert not (tmp_path / "seed=3").exists()


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

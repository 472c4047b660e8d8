"""A sweep on a Ray cluster of two nodes: a worker or a whole node dies in the middle, and the grid is as it should be.

Needs Ray, which `make test-long` installs. Ray gives a node's helpers 15 seconds to start: on a machine that is busy
with something else the cluster may not come up at all.
"""

import socket
import threading
import time
from pathlib import Path

import psutil
import pytest

from passk_lab.lm import load_run, train
from passk_lab.lm.sweep import folder_of, grid_of, run_grid

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("default")]  # Ray's own warnings are its affair
ray = pytest.importorskip("ray")

GRID = grid_of(
    {
        "shared": {
            "orders": 60, "judged": 2, "prompts": 4, "n": 16, "steps": 120, "evaluate_every": 20, "save_every": 5,
            "mechanisms": {"count-bonus": {}, "entropy": {"target": 3.0}},
        },
        "crossed": {"objective": ["grpo", "maxrl"], "seed": [0, 1, 2]},
    }
)  # fmt: skip


@pytest.fixture
def cluster(monkeypatch):
    from ray.cluster_utils import Cluster

    for name, value in (("RAY_USAGE_STATS_ENABLED", "0"), ("RAY_DISABLE_DASHBOARD", "1")):
        monkeypatch.setenv(name, value)
    node = {"num_cpus": 1, "object_store_memory": 100 * 2**20, "include_log_monitor": False}
    cluster = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
    cluster.second = cluster.add_node(**node)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


def at_work() -> list[psutil.Process]:
    """Ray's workers that are in the middle of a run; Ray names a worker after its task."""
    return [p for p in psutil.process_iter() if _title(p).startswith("ray::run_one")]


def past_first_checkpoint(history: Path) -> bool:
    """Whether a run is in its middle: a slow machine may look only after the first runs have ended."""
    return history.exists() and history.read_bytes().count(b"\n") > 8 and not (history.parent / "ended.json").exists()


def _title(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


@pytest.mark.parametrize("dies", ["worker", "node"])
def test_a_sweep_outlives_a_worker_and_a_node(cluster, tmp_path, dies):
    histories = [tmp_path / folder_of(name) / "history.jsonl" for name in GRID]
    died = []

    def strike():
        # Two nodes of one processor are at two runs; strike when both are past their first checkpoint.
        while len(busy := [h for h in histories if past_first_checkpoint(h)]) < 2:
            time.sleep(0.01)
        workers = at_work()
        if dies == "worker":
            workers[0].kill()
        else:
            cluster.remove_node(cluster.second, allow_graceful=False)
        done = [h.parent.name for h in busy if (h.parent / "ended.json").exists()]
        died.append((len(workers), done))

    striker = threading.Thread(target=strike, daemon=True)
    striker.start()
    ended = run_grid(GRID, tmp_path, ray=cluster.address)
    striker.join()
    assert died == [(2, [])]  # of two workers, both in the middle of their runs
    assert ended == dict.fromkeys(GRID, "finished")
    for name, config in GRID.items():
        run, alone = load_run(tmp_path / folder_of(name)), train(config)
        assert run.steps.step.tolist() == list(range(1, 121))
        assert steady(run.history) == steady(alone.history)


def test_stacks_on_a_cluster_and_a_run_that_fails_beside_them(cluster, tmp_path):
    grid = {name: config.but(mechanisms={}, steps=12) for name, config in GRID.items()}
    spoiled, *others = grid
    (tmp_path / folder_of(spoiled)).mkdir()
    (tmp_path / folder_of(spoiled) / "config.json").write_text("spoiled")
    told: list[str] = []
    ended = run_grid(grid, tmp_path, jobs=2, ray=cluster.address, stack=True, tell=told.append)
    assert told == ["1 stack of 3 runs on the CPU\n1 stack of 2 runs on the CPU"]
    assert "is no JSON" in ended[spoiled]
    assert [ended[name] for name in others] == ["finished"] * 5

    (tmp_path / folder_of(spoiled) / "config.json").unlink()
    left = {path: path.stat().st_mtime_ns for name in others for path in (tmp_path / folder_of(name)).rglob("*.csv")}
    assert run_grid(grid, tmp_path, ray=cluster.address, stack=True) == dict.fromkeys(grid, "finished")
    assert left == {path: path.stat().st_mtime_ns for path in left}


def steady(history: list[dict]) -> list[dict]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in history]


def test_an_address_at_which_nobody_listens(tmp_path):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # ours, and never listened at
        for port in (silent.getsockname()[1], 99999):
            with pytest.raises(OSError, match=f"no Ray cluster answers at 127.0.0.1:{port}"):
                run_grid(GRID, tmp_path, ray=f"127.0.0.1:{port}")

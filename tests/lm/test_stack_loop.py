"""Stacks in folders: what single runs leave, through the command, killed and taken up; damage is told."""

import json
import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from passk_lab import lm
from passk_lab.lm import checkpoint
from passk_lab.lm.run import is_evaluation, is_step
from passk_lab.lm.stack_loop import train_stacked
from passk_lab.lm.sweep import folder_of, grid_of
from passk_lab.lm.training import Learner

SHARED = {
    "prompts": 4, "n": 8, "watch": 4, "orders": 40, "judged": 3, "steps": 25, "evaluate_every": 10, "save_every": 5,
    "device": "cpu",
}  # fmt: skip
SPEC = {
    "shared": SHARED,
    "crossed": {"objective": ["grpo", "maxrl"], "mechanisms": [{}, {"entropy": {"coefficient": 0.05}}]},
}
GRID = grid_of(SPEC)
FEW = [GRID[name].but(steps=12) for name in list(GRID)[:2]]


pytestmark = pytest.mark.usefixtures("on_one_thread")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A stack that nothing disturbed, in folders."""
    out = tmp_path_factory.mktemp("whole")
    folders = [out / folder_of(name) for name in GRID]
    return out, train_stacked(list(GRID.values()), folders, out / "kept")


def kept(folder):
    """All a run leaves but its lock and, in config.json, what it was made with."""
    return {
        path.relative_to(folder): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name not in (".lock", "config.json")
    }


def assert_same_records(ours, theirs):
    """As a plain run's, but for the time of a step and for rounding, which training slowly lets grow."""
    assert [(r["kind"], r["step"]) for r in ours] == [(r["kind"], r["step"]) for r in theirs]
    for one, other in zip(ours, theirs, strict=True):
        if is_step(one):
            assert {*one, "seconds"} == {*other}
            for name, value in one.items():
                assert value == (other[name] if name == "kind" else pytest.approx(other[name], rel=0.02, abs=0.01)), (
                    name
                )
        else:
            for split in ("seen", "unseen"):
                assert one[split].keys() == other[split].keys()
                for name, value in one[split].items():
                    np.testing.assert_allclose(value, other[split][name], atol=5e-3, err_msg=name)


def test_a_stack_in_folders_leaves_what_single_runs_leave(whole, tmp_path):
    out, runs = whole
    for name, run in list(zip(GRID, runs, strict=True))[:3]:
        alone = lm.train(GRID[name], tmp_path / folder_of(name))
        assert run.ended == alone.ended == "finished"
        assert_same_records(run.history, alone.history)
        ours, theirs = (kept(folder / folder_of(name)).keys() for folder in (out, tmp_path))
        assert {str(path) for path in theirs - ours} == {"checkpoints/step-000020.safetensors"}
        assert ours < theirs
    assert not (out / "kept").exists()


def test_a_plain_learner_goes_on_from_what_a_stack_left(whole):
    out, _ = whole
    name = list(GRID)[2]
    path = next((out / folder_of(name) / "checkpoints").iterdir())
    learner = Learner(GRID[name].but(steps=30))
    learner.restore(*checkpoint.read(path))
    assert learner.done == 25
    assert learner.step()["step"] == 26


PULLS_THE_PLUG = """
import os, signal
from passk_lab.lm import StackedLearner
step = StackedLearner.step
def pulled(learner):
    if learner.done == 17:
        os.kill(os.getppid(), signal.SIGKILL)  # the sweep; its workers end with it
        signal.pause()
    step(learner)
StackedLearner.step = pulled
"""
COMMAND = """
if __name__ == "__main__":
    from passk_lab.cli import main
    raise SystemExit(main({words!r}))
"""


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
def test_the_command_killed_and_started_again_ends_with_the_same_bits(whole, tmp_path):
    out, spec, script = tmp_path / "out", tmp_path / "grid.json", tmp_path / "sweep.py"
    spec.write_text(json.dumps(SPEC))
    command = COMMAND.format(words=["sweep", str(spec), "--out", str(out), "--stack", "--jobs", "1"])
    script.write_text(PULLS_THE_PLUG + command)
    killed = subprocess.run([sys.executable, str(script)], capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert "1 stack of 4 runs on the CPU\n" in killed.stdout + killed.stderr
    assert len(list((out / ".stacks").glob("*/step-*.safetensors"))) == 2
    assert not list(out.glob("*/ended.json"))

    script.write_text(command)
    again = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=True)
    assert "1 stack of 4 runs on the CPU, taken up again" in again.stdout + again.stderr
    assert not (out / ".stacks").exists()
    for name in GRID:
        assert kept(out / folder_of(name)) == kept(whole[0] / folder_of(name)), name


def test_a_stack_that_has_ended_is_only_read(whole):
    out, runs = whole
    folders = [out / folder_of(name) for name in GRID]
    before = [kept(folder) for folder in folders]
    again = train_stacked(list(GRID.values()), folders, out / "kept")
    assert [run.history for run in again] == [run.history for run in runs]
    assert [kept(folder) for folder in folders] == before


class Stopped(BaseException):
    """Somebody pulled the plug."""


@pytest.fixture
def begun(tmp_path, monkeypatch):
    """Two runs, cut off at step 10 of 12, and what they would have left."""
    folders = [tmp_path / name for name in "ab"]
    step = lm.StackedLearner.step

    def until(learner):
        if learner.done == 10:
            raise Stopped
        step(learner)

    with monkeypatch.context() as patch:
        patch.setattr(lm.StackedLearner, "step", until)
        with pytest.raises(Stopped):
            train_stacked(FEW, folders, tmp_path / "kept")
    return folders, tmp_path / "kept", [run.history for run in train_stacked(FEW)]


def cut_last(kept):
    path = checkpoint.Checkpoints(kept).newest_first()[0]
    path.write_bytes(path.read_bytes()[:-9])


def cut_all(kept):
    for path in checkpoint.Checkpoints(kept).newest_first():
        path.write_bytes(b"")


def of_another(kept):
    learner = lm.StackedLearner([config.but(seed=5) for config in FEW])
    for path in checkpoint.Checkpoints(kept).newest_first():
        checkpoint.write_state(path, learner.state()[0], {"note": learner.state()[1], "histories": [None, None]})


def shorten(kept):
    path = kept.parent / "b" / "history.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:8]))


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (None, ""),
        (cut_last, r"step-000010.safetensors is no whole .* The stack goes on from step 5\."),
        (cut_all, r"step-000005.safetensors is no whole .* The stack starts again\."),
        (of_another, r"is not of this stack: the state is of other runs.* starts again\."),
        (shorten, r"step-000010.* is whole only to 7\. The stack goes on from step 5\."),
    ],
)
def test_what_cannot_be_used_is_told_and_the_end_is_the_same(begun, damage, said):
    folders, kept, histories = begun
    if damage is None:
        runs = train_stacked(FEW, folders, kept)
    else:
        damage(kept)
        with pytest.warns(UserWarning, match=said):
            runs = train_stacked(FEW, folders, kept)
    assert [run.history for run in runs] == histories


def test_a_folder_with_another_run_is_refused_and_the_others_are_let_go(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    lm.train(FEW[0].but(seed=3, steps=1), folders[1])
    with pytest.raises(ValueError, match=r"b holds a run with"):
        train_stacked(FEW, folders, tmp_path / "kept")
    assert lm.train(FEW[0], folders[0]).ended == "finished"


def test_folders_need_one_for_the_stack_and_one_each(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    with pytest.raises(ValueError, match=r"needs one for its own checkpoints too: give kept"):
        train_stacked(FEW, folders)
    with pytest.raises(ValueError, match=r"each of the 2 runs needs a folder of its own, but 1 folders came"):
        train_stacked(FEW, folders[:1], tmp_path / "kept")
    for kept in (tmp_path, tmp_path / "b"):
        with pytest.raises(ValueError, match=r"go into a folder apart, but the run's folder .* is in"):
            train_stacked(FEW, folders, kept)
    assert not folders[0].exists()


def test_what_else_lies_in_the_stacks_folder_stays(tmp_path):
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "thesis.txt").write_text("mine")
    train_stacked([config.but(steps=2) for config in FEW], [tmp_path / "a", tmp_path / "b"], tmp_path / "kept")
    assert [path.name for path in (tmp_path / "kept").iterdir()] == ["thesis.txt"]


def test_a_run_that_had_ended_and_was_spoiled_is_trained_again_with_its_stack(tmp_path):
    folders = [tmp_path / name for name in "ab"]
    runs = train_stacked(FEW, folders, tmp_path / "kept")
    history = folders[0] / "history.jsonl"
    history.write_text("".join(history.read_text().splitlines(keepends=True)[:5]))
    with pytest.warns(UserWarning, match=r"not the one that led to .* The run starts again with its stack\."):
        again = train_stacked(FEW, folders, tmp_path / "kept")
    assert [run.history for run in again] == [run.history for run in runs]
    assert (folders[0] / "history.jsonl.unused").exists()


def test_steps_of_another_stack_are_told(tmp_path, begun):
    folders, _, histories = begun
    with pytest.warns(UserWarning, match=r"a has steps of another stack.* The stack starts again\."):
        runs = train_stacked(FEW, folders, tmp_path / "elsewhere")
    assert [run.history for run in runs] == histories
    with pytest.warns(UserWarning, match=r"no checkpoint of its own: one of a stack has it"):
        alone = lm.train(FEW[0].but(steps=20), cut_off_in_a_stack(tmp_path / "c"))
    assert len(alone.step_records) == 20


def cut_off_in_a_stack(folder):
    """As `begun`, of a longer run, and only what is in its folder."""
    lm.train(FEW[0].but(steps=20), folder)
    (folder / "ended.json").unlink()
    for path in (folder / "checkpoints").iterdir():
        path.unlink()
    return folder


def test_a_run_that_breaks_down_ends_in_its_folder_and_the_other_goes_on(tmp_path):
    config = FEW[0].but(prompts=2, n=4, steps=32, warmup=0)
    folders = [tmp_path / name for name in "ab"]
    broken, well = train_stacked([config.but(rate=1.0), config], folders, tmp_path / "kept")
    alone = lm.train(config.but(rate=1.0))
    assert broken.broke_down
    assert [r["step"] for r in broken.history if is_evaluation(r)] == [
        r["step"] for r in alone.history if is_evaluation(r)
    ]
    assert well.ended == "finished"
    assert len(well.step_records) == 32

"""A run on disk: killed at any moment, cut short or damaged, it goes on to the same bits, and nothing is lost."""

import csv
import gc
import json
import math
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from passk_lab.lm import Countdown, Learner, TrainConfig, Transformer, checkpoint, load_run, mechanisms, train
from passk_lab.lm.run import is_evaluation, is_step
from passk_lab.lm.runs import RunFolder, read_history
from passk_lab.lm.sweep import run_one

# Both mechanisms carry state that a checkpoint must keep: counts over the run, and a coefficient that moves.
CONFIG = TrainConfig(
    mechanisms={"count-bonus": {"strength": 0.3}, "entropy": {"coefficient": 0.05, "target": 3.0}},
    orders=60, judged=2, prompts=4, n=16, steps=20, evaluate_every=10, save_every=5,
)  # fmt: skip
LONG = CONFIG.but(steps=60)
posix = pytest.mark.skipif(os.name != "posix", reason="signals and limits of POSIX")


pytestmark = pytest.mark.usefixtures("on_one_thread")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The run that nothing happened to."""
    folder = tmp_path_factory.mktemp("whole") / "run"
    assert train(CONFIG, folder).ended == "finished"
    return folder


class Stop(Exception):
    pass


def cut_off(folder: Path, at: int, config: TrainConfig = CONFIG) -> Path:
    """Leave a run as a process leaves it that goes after a step."""

    def watch(entry):
        if is_step(entry) and entry["step"] == at:
            raise Stop

    with pytest.raises(Stop):
        train(config, folder, watch)
    return folder


def steady(folder: Path) -> list[dict]:
    return [{k: v for k, v in record.items() if k != "seconds"} for record in read_history(folder)]


def table_of(folder: Path, name: str) -> pd.DataFrame:
    """A table as it lies in the folder; Python reads the numbers, for not every pandas minds the last digit."""
    with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
        return pd.DataFrame([{name: cell(text) for name, text in row.items()} for row in csv.DictReader(file)])


def cell(text: str) -> int | float | str:
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text or math.nan


def assert_same_end(folder: Path, whole: Path) -> None:
    assert steady(folder) == steady(whole)
    ends = RunFolder(whole).checkpoints.newest_first()
    assert len(ends) == 2
    for path in ends:
        assert (folder / "checkpoints" / path.name).read_bytes() == path.read_bytes()
    assert load_run(folder).ended == "finished"
    tables = [table_of(f, "history").drop(columns="seconds") for f in (folder, whole)]
    pd.testing.assert_frame_equal(*tables, check_exact=True)


def damage(path: Path, keep: float = 0.7) -> None:
    path.write_bytes(path.read_bytes()[: int(keep * path.stat().st_size)])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "checkpoints").iterdir())


# --- killed


def lines(folder: Path) -> int:
    path = folder / "history.jsonl"
    return path.read_bytes().count(b"\n") if path.exists() else 0


@posix
def test_killed_at_ten_random_moments_it_ends_with_the_same_bits(tmp_path):
    whole = tmp_path / "whole"
    train(LONG, whole)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["passk_lab.lm.sweep"])  # each start is then a fork, not an import of torch
    rng, kills, number, told = random.Random(20251116), [], 0, json.dumps(LONG.to_json())
    # Ten kills, at more than five places of the run: where one falls is the machine's affair.
    while len(kills) < 10 or len({many for _, many in kills}) <= 5:
        folder = tmp_path / str(number)
        process = context.Process(target=run_one, args=(told, str(folder)))
        process.start()
        # The history is cut back to the last checkpoint when a run is taken up, so lines are counted by their steps.
        there, further = lines(folder), rng.randint(1, 14)
        while process.is_alive() and lines(folder) < there + further:
            time.sleep(0.001)
        time.sleep(rng.uniform(0, 0.03))
        process.kill()
        process.join()
        assert process.exitcode in (0, -signal.SIGKILL)
        if (folder / "ended.json").exists():  # it was quicker than the kill
            assert_same_end(folder, whole)
            number += 1
        else:
            assert process.exitcode
            kills.append((number, lines(folder)))
    assert all(0 < many <= 67 for _, many in kills), kills
    for left in range(number + 1):
        run_one(told, str(tmp_path / str(left)))
        assert_same_end(tmp_path / str(left), whole)


def test_a_finished_run_is_left_as_it_is(whole, tmp_path):
    folder = shutil.copytree(whole, tmp_path / "run")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    run = train(CONFIG, folder)
    assert run.ended == "finished"
    assert run.history == read_history(whole)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before


def test_killed_between_the_last_checkpoint_and_the_end(whole, tmp_path):
    folder = shutil.copytree(whole, tmp_path / "run")
    for name in ("ended.json", "history.csv", "evaluations.csv"):
        (folder / name).unlink()
    train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_killed_before_the_first_checkpoint_it_starts_again(whole, tmp_path):
    folder = cut_off(tmp_path / "run", 3)
    assert names(folder) == []
    train(CONFIG, folder)
    assert_same_end(folder, whole)


# --- the history


def test_the_tables_at_the_end_are_the_history(whole):
    history, run = read_history(whole), load_run(whole)
    steps = pd.DataFrame(list(filter(is_step, history))).drop(columns="kind")
    pd.testing.assert_frame_equal(table_of(whole, "history"), steps, check_exact=True)
    assert steps.step.tolist() == list(range(1, 21))
    table = table_of(whole, "evaluations")
    pd.testing.assert_frame_equal(table, run.evaluations, check_exact=True)
    told = list(filter(is_evaluation, history))
    assert [r["step"] for r in told] == [0, 10, 20]
    for record in told:
        for split in ("seen", "unseen"):
            rows = table[(table.step == record["step"]) & (table.split == split)]
            assert rows.pass_at_k.tolist() == record[split]["pass_at"]


def test_a_last_line_cut_short_is_left_out_and_written_again(whole, tmp_path):
    folder = cut_off(tmp_path / "run", 13)
    history = folder / "history.jsonl"
    before = read_history(folder)
    history.write_bytes(history.read_bytes()[:-40])
    assert read_history(folder) == before[:-1]
    assert load_run(folder).steps.step.tolist() == list(range(1, 13))
    train(CONFIG, folder)
    assert_same_end(folder, whole)


@pytest.mark.parametrize("broken", ['{"kind": "st', "\x00\x00\x00", "17", '{"step": 3}'])
def test_a_broken_line_in_the_middle_is_said_and_can_be_mended(whole, tmp_path, broken):
    folder = cut_off(tmp_path / "run", 13)
    history = folder / "history.jsonl"
    rows = history.read_text().split("\n")
    history.write_text("\n".join([*rows[:10], broken, *rows[10:]]))
    for use in (load_run, lambda folder: train(CONFIG, folder)):
        with pytest.raises(ValueError, match=r"history.jsonl, line 11 is no record of a run .* Remove that line"):
            use(folder)
    # As the sentence says: 10 lines reach step 9, so of the checkpoints of steps 10 and 5 only the latter counts.
    history.write_text("\n".join(rows[:10]) + "\n")
    with pytest.warns(UserWarning, match=r"step-000010.* is of step 10, but the history is whole only to step 9"):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_a_checkpoint_whose_evaluation_is_missing_is_not_used(whole, tmp_path):
    folder = cut_off(tmp_path / "run", 11)
    history = folder / "history.jsonl"
    rows = history.read_text().split("\n")
    place = next(i for i, row in enumerate(rows) if row.startswith('{"kind": "evaluation", "step": 10,'))
    history.write_text("\n".join(rows[:place]) + "\n")
    with pytest.warns(UserWarning, match="whole only to step 9"):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ({"version": 2, "config": {}}, r"written by a newer version of the lab \(history version 2, .* up to 1\)"),
        ({"version": 1, "config": {"temperature": 1.0}}, "'temperature' is not a setting of this version of the lab"),
        ({"version": 1, "config": {"objective": "pass@q"}}, "cannot be opened: there is no objective called 'pass@q'"),
        ({"version": 1, "config": {"task": {"digits": 3}}}, "cannot be opened"),
        ({"version": 1}, 'no settings under "config"'),
        ([], 'no settings under "config"'),
    ],
)
def test_a_config_that_cannot_be_read(tmp_path, written, said):
    (tmp_path / "config.json").write_text(json.dumps(written))
    for use in (load_run, lambda folder: train(CONFIG, folder)):
        with pytest.raises(ValueError, match=said):
            use(tmp_path)


def test_a_config_that_is_no_json_and_a_folder_without_a_run(tmp_path):
    with pytest.raises(ValueError, match="there is no run in"):
        load_run(tmp_path)
    (tmp_path / "config.json").write_bytes(b'{"version": 1, \xff')
    with pytest.raises(ValueError, match=r"config.json is no JSON .* is damaged"):
        load_run(tmp_path)


CONFIGS = [
    CONFIG,
    TrainConfig(),
    TrainConfig(objective="pass@k", parameters={"k": 4}, gradient="exact", seed=7, base_seed=1),
    TrainConfig(task=Countdown(4, 50), orders=1200, judged=24, base="collapsed", device="cpu"),
    *(TrainConfig(objective="pass@k", updates=2, mechanisms={name: {}}) for name in mechanisms.names()),
]


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.label)
def test_a_config_in_a_file_is_the_config(config):
    assert TrainConfig.from_json(json.loads(json.dumps(config.to_json()))) == config


# --- damaged and foreign checkpoints


def test_a_damaged_last_checkpoint_is_said_and_the_one_before_is_used(whole, tmp_path):
    folder = cut_off(tmp_path / "run", 13)
    assert names(folder) == ["step-000005.safetensors", "step-000010.safetensors"]
    damage(folder / "checkpoints" / "step-000010.safetensors")
    said = r"step-000010.* is no whole safetensors file .* The run goes on from step 5\."
    with pytest.warns(UserWarning, match=said):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_both_checkpoints_damaged_it_starts_again_and_keeps_what_it_saves(whole, tmp_path):
    folder = cut_off(tmp_path / "run", 13)
    for name in names(folder):
        damage(folder / "checkpoints" / name, 0.001)
    with pytest.warns(UserWarning, match=r"step-000010.* step-000005.* The run starts again\."):
        cut_off(folder, 12)
    kept = [name for name in names(folder) if name.endswith(".safetensors")]
    assert kept == ["step-000005.safetensors", "step-000010.safetensors"]
    train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_a_finished_run_with_a_damaged_last_checkpoint_does_the_last_steps_again(whole, tmp_path):
    folder = shutil.copytree(whole, tmp_path / "run")
    damage(folder / "checkpoints" / "step-000020.safetensors")
    assert len(load_run(folder).steps) == 20
    with pytest.warns(UserWarning, match="goes on from step 15"):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_a_finished_run_without_checkpoints_keeps_its_history(whole, tmp_path):
    folder = shutil.copytree(whole, tmp_path / "run")
    shutil.rmtree(folder / "checkpoints")
    with pytest.raises(ValueError, match="has ended, but its checkpoints are gone"):
        train(CONFIG, folder)
    run = load_run(folder)
    assert run.model is None
    assert run.history == read_history(whole)


OTHERS = {
    "another task": (Transformer(Countdown(4, 50)), r"is of another task, .*4.* but this run has"),
    "a base model": (Transformer(Countdown()), "not the state of a training run"),
}


@pytest.mark.parametrize(("model", "said"), OTHERS.values(), ids=OTHERS)
def test_a_checkpoint_of_something_else_is_said_and_not_used(whole, tmp_path, model, said):
    folder = cut_off(tmp_path / "run", 13)
    checkpoint.write(folder / "checkpoints" / "step-000013.safetensors", model, note={"seed": 0})
    with pytest.warns(UserWarning, match=said):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_a_checkpoint_with_other_mechanisms_is_said_and_not_used(whole, tmp_path):
    folder, other = cut_off(tmp_path / "run", 13), cut_off(tmp_path / "other", 13, CONFIG.but(mechanisms={}))
    shutil.copy(other / "checkpoints" / "step-000010.safetensors", folder / "checkpoints")
    with pytest.warns(UserWarning, match="is of a run with other mechanisms"):
        train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_another_run_in_the_folder(whole):
    with pytest.raises(ValueError, match=r"holds a run with rate = 0.0004, but this one has 0.001: choose another"):
        train(CONFIG.but(rate=1e-3), whole)


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "file").write_text("mine")
    with pytest.raises(OSError, match="cannot be made"):
        train(CONFIG, tmp_path / "file")
    assert (tmp_path / "file").read_text() == "mine"


@posix
def test_another_process_in_the_folder(tmp_path):
    told = json.dumps(CONFIG.but(steps=10_000).to_json())
    process = multiprocessing.get_context("forkserver").Process(target=run_one, args=(told, str(tmp_path)))
    process.start()
    try:
        while process.is_alive() and lines(tmp_path) < 2:
            time.sleep(0.005)
        with pytest.raises(ValueError, match="another process or thread is training in"):
            train(CONFIG.but(steps=10_000), tmp_path)
    finally:
        process.kill()
        process.join()

    def watch(entry):
        raise Stop

    with pytest.raises(Stop):  # the lock went with the process
        train(CONFIG.but(steps=10_000), tmp_path, watch)


@posix
def test_another_thread_in_the_folder(tmp_path):
    def watch(entry):
        if entry["step"] == 1:
            with ThreadPoolExecutor(1) as other, pytest.raises(ValueError, match="another process or thread is"):
                other.submit(train, CONFIG, tmp_path).result()
            raise Stop

    with pytest.raises(Stop):
        train(CONFIG, tmp_path, watch)


def test_a_folder_that_goes_away_is_told_and_no_room_is_asked_for(tmp_path):
    def watch(entry):
        if entry["step"] == 2:
            shutil.rmtree(tmp_path / "run")

    with pytest.raises(OSError, match=r"the folder .*run is gone, and what was saved in it") as told:
        train(CONFIG, tmp_path / "run", watch)
    assert "room" not in str(told.value)


# --- a full disk


@contextmanager
def files_no_longer_than(size: int):
    """The kernel refuses to let any file grow beyond, in the middle of a write, as a full disk does."""
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@posix
@pytest.mark.parametrize("what", ["checkpoint", "history"])
def test_when_a_file_cannot_grow_nothing_is_lost(whole, tmp_path, what):
    folder = cut_off(tmp_path / "run", 12)
    before = read_history(folder)
    room = 100_000 if what == "checkpoint" else (folder / "history.jsonl").stat().st_size + 100
    said = "could not be saved" if what == "checkpoint" else "the history could not be written"
    with files_no_longer_than(room), pytest.raises(OSError, match=said):
        train(CONFIG, folder)
    if what == "history":
        assert not (folder / "history.jsonl").read_text().endswith("\n")  # half a line
    assert names(folder) == ["step-000005.safetensors", "step-000010.safetensors"]
    assert load_run(folder).steps.step.tolist()[:10] == list(range(1, 11))
    assert read_history(folder)[: len(before) - 2] == before[:-2]
    train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_when_the_tables_at_the_end_cannot_be_written_nothing_is_lost(whole, tmp_path):
    folder = shutil.copytree(whole, tmp_path / "run")
    for name in ("ended.json", "history.csv", "evaluations.csv"):
        (folder / name).unlink()
    (folder / "history.csv").mkdir()  # no file can take a folder's place
    with pytest.raises(OSError, match=r"history.csv could not be saved"):
        train(CONFIG, folder)
    assert not (folder / "ended.json").exists()
    (folder / "history.csv").rmdir()
    train(CONFIG, folder)
    assert_same_end(folder, whole)


def test_a_full_disk_loses_nothing(whole, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    # Two checkpoints of 1.25 MB fit, the third does not until the first is let go, which comes after.
    mount = ["mount", "-t", "tmpfs", "-o", "size=3400k", "tmpfs", str(disk)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this account cannot mount a small file system")
    try:
        with pytest.raises(OSError, match=r"No space left on device.*everything saved before is still there"):
            train(CONFIG, disk / "run")
        assert names(disk / "run") == ["step-000005.safetensors", "step-000010.safetensors"]
        assert load_run(disk / "run").model is not None
        subprocess.run(["mount", "-o", "remount,size=20m", str(disk)], check=True)
        train(CONFIG, disk / "run")
        assert_same_end(disk / "run", whole)
    finally:
        gc.collect()  # the first error's traceback still holds the run, and with it the folder
        subprocess.run(["umount", str(disk)], check=True)


def test_run_folder_says_what_it_did(tmp_path):
    folder = cut_off(tmp_path / "run", 12)
    damage(folder / "checkpoints" / "step-000010.safetensors")
    with pytest.warns(UserWarning, match="no whole safetensors file"):
        store = RunFolder.open(folder, CONFIG, Learner(CONFIG))
    assert store.said.endswith("The run goes on from step 5.")

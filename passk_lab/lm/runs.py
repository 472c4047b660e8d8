"""Runs on disk: config, history as it goes, checkpoints; killed at any moment, a run goes on."""

from __future__ import annotations

import json
import os
import platform
import time
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from passk_lab import arguments
from passk_lab.lm import checkpoint
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import Record, Run, is_evaluation, is_step
from passk_lab.version import __version__

try:
    import fcntl
except ImportError:  # Windows: two processes in one folder go unnoticed there
    fcntl = None  # type: ignore[assignment]

VERSION = 1
"""Version of the history's format."""
_KEPT = 2
"""Checkpoints kept: the last, and the one before it in case the last is cut short."""
_WAIT = 5.0
"""Seconds to wait for another process to leave a folder: one whose cluster node is gone takes a moment to notice."""


class Resumable(Protocol):
    """What a folder needs of a run to save it and to take it up again."""

    model: Transformer
    done: int
    """Steps done."""

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What a checkpoint keeps beside the weights: tensors, and plain values."""

    def restore(self, model: Transformer, tensors: dict[str, Tensor], note: dict[str, Any]) -> None:
        """Go back to a saved state."""


class RunFolder:
    """A run's folder: config.json, history.jsonl, checkpoints/, and at the end history.csv and evaluations.csv."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ended = ""
        self._release: Callable[[], object] | None = None
        self.said = ""
        """What had to be said when the run was taken up: a damaged checkpoint, say."""

    @classmethod
    def open(cls, path: str | Path, config: TrainConfig, learner: Resumable) -> RunFolder:
        """Begin a run in a folder, or take up the one that lies there: the learner is set back to its last checkpoint.

        A checkpoint that cannot be used is put aside under another name, and a warning says so.

        Raises
        ------
        ValueError
            If another run lies there, one that a newer version wrote, one that another process is training, or one
            whose history is damaged.
        OSError
            If the folder cannot be made.
        """
        folder = cls(Path(path))
        try:
            (folder.path / "checkpoints").mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(
                error.errno, f"the run's folder {path} cannot be made ({error.strerror}); name another"
            ) from error  # fmt: skip
        folder._hold()
        about = folder.path / "config.json"
        if about.exists():
            there = load_config(folder.path)
            if there != config:
                ours, theirs = config.to_json(), there.to_json()
                name = next(name for name in ours if ours[name] != theirs[name])
                raise ValueError(
                    f"{folder.path} holds a run with {name} = {theirs[name]!r}, but this one has {ours[name]!r}: "
                    "choose another folder, or use the same config to go on with the run that lies there."
                )
            folder._take_up(learner, config.evaluate_every)
            if folder.said:
                warnings.warn(folder.said, stacklevel=3)
        else:
            written = {"version": VERSION, "config": config.to_json(), "made_with": made_with()}
            checkpoint.write_whole(about, json.dumps(written, indent=1).encode())
        return folder

    def close(self) -> None:
        """Let other processes in again; the run goes on when it is opened the next time."""
        if self._release is not None:
            self._release()

    def _hold(self) -> None:
        """Keep other processes out while this one lives: two that append to one history would spoil it."""
        if fcntl is None:
            return
        lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        self._release = weakref.finalize(self, os.close, lock)
        until = time.monotonic() + _WAIT
        while True:
            try:
                fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except (BlockingIOError, PermissionError):
                if time.monotonic() > until:
                    raise ValueError(
                        f"another process is training in {self.path}, or has stopped there and is still open, as a "
                        "notebook's kernel is: end it, or choose another folder."
                    ) from None
                time.sleep(0.1)
            except OSError:
                return  # a file system without locks

    def _take_up(self, learner: Resumable, evaluate_every: int) -> None:
        """Go back to the last checkpoint that can be used, and cut the history after it."""
        records = _in_order(self.history())
        reach = sum(map(is_step, records))
        if reach and reach % evaluate_every == 0 and is_step(records[-1]):
            reach -= 1  # its evaluation is missing
        told, found = [], False
        for path in reversed(self.checkpoints()):
            try:
                model, tensors, note = checkpoint.read(path)
                _see_that_it_fits(path.name, learner, model, note, reach)
            except checkpoint.Unreadable as error:
                told.append(str(error))
                # Left in its place it would count as the newest, and the good ones would be let go before it.
                path.replace(path.with_name(path.name + ".unused"))
                continue
            learner.restore(model, tensors, note)
            found = True
            break
        ended = _how_it_ended(self.path)
        if ended and not told:
            if not found:
                raise ValueError(
                    f"the run in {self.path} has ended, but its checkpoints are gone: `load_run` still reads its "
                    "history; to train it again, choose another folder."
                )
            self.ended = ended
            return
        if told:
            (self.path / "ended.json").unlink(missing_ok=True)
            kept_from = f"goes on from step {learner.done}" if found else "starts again"
            self.said = f"{' '.join(told)} The run {kept_from}."
        kept = [r for r in records if r["step"] <= learner.done and (found or is_evaluation(r))]
        lines = "".join(json.dumps(record) + "\n" for record in kept)
        checkpoint.write_whole(self.path / "history.jsonl", lines.encode())

    def checkpoints(self) -> list[Path]:
        """Checkpoints there are, oldest first."""
        return sorted((self.path / "checkpoints").glob("step-*.safetensors"))

    def history(self) -> list[Record]:
        """Read the history so far."""
        return read_history(self.path)

    def append(self, record: Record) -> None:
        """Add a record, whole: it is on its way to the disk before the next step begins."""
        try:
            with open(self.path / "history.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            raise OSError(
                error.errno, f"the history could not be written ({error.strerror}); the checkpoints are all there. "
                "Make room, then start the same command again",
            ) from error  # fmt: skip

    def save(self, learner: Resumable) -> None:
        """Write a checkpoint and let the oldest go."""
        with open(self.path / "history.jsonl", "a", encoding="utf-8") as file:
            os.fsync(file.fileno())  # a checkpoint is of use only with the history that leads to it
        tensors, note = learner.state()
        checkpoint.write(
            self.path / "checkpoints" / f"step-{learner.done:06d}.safetensors", learner.model, tensors, note
        )
        for old in self.checkpoints()[:-_KEPT]:
            old.unlink()

    def finish(self, run: Run) -> None:
        """Close the run: tables beside the JSON lines, with all their digits, and how it ended."""
        self.ended = run.ended
        for name, table in (("history", run.steps), ("evaluations", run.evaluations)):
            text = table.to_csv(index=False, lineterminator="\n")
            checkpoint.write_whole(self.path / f"{name}.csv", text.encode())
        checkpoint.write_whole(self.path / "ended.json", json.dumps({"ended": run.ended}).encode())


def load_config(folder: Path) -> TrainConfig:
    """Read a run's config.

    Raises
    ------
    ValueError
        If there is none, it is damaged, or a newer version wrote it.
    """
    path = folder / "config.json"
    try:
        written = json.loads(path.read_text(encoding="utf-8", errors="replace"))
    except (FileNotFoundError, NotADirectoryError):
        raise ValueError(f"there is no run in {folder}: it has no config.json.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{path} is no JSON ({error}): it is not the config of a run, or is damaged.") from None
    if not isinstance(written, dict) or not isinstance(written.get("config"), dict):
        raise ValueError(f'{path} is not the config of a run: it has no settings under "config".')
    version = written.get("version")
    if not isinstance(version, int) or version > VERSION:
        raise ValueError(
            f"the run in {folder} was written by a newer version of the lab (history version {version}, "
            f"this one reads up to {VERSION}): update passk_lab to open it."
        )
    try:
        return TrainConfig.from_json(written["config"])
    except (TypeError, KeyError, ValueError) as error:
        raise ValueError(f"the run in {folder} cannot be opened: {error.args[0]}") from None


def read_history(folder: Path) -> list[Record]:
    """Read the JSON lines of a run; a last line cut short by a kill is left out.

    Raises
    ------
    ValueError
        If another line is damaged.
    """
    path = folder / "history.jsonl"
    if not path.exists():
        return []
    records: list[Record] = []
    lines = path.read_text(encoding="utf-8", errors="replace").split("\n")
    for number, line in enumerate(lines, 1):
        if not line:
            continue
        try:
            record, why = json.loads(line), "it has no kind and no step"
        except json.JSONDecodeError as error:
            record, why = None, str(error)
        if isinstance(record, dict) and {"kind", "step"} <= record.keys():
            records.append(cast(Record, record))
        elif number < len(lines):
            raise ValueError(
                f"{path}, line {number} is no record of a run ({why}). Remove that line and all after it, and train "
                "again: the run goes on from the last checkpoint before it."
            )
    return records


def load_run(folder: str | Path) -> Run:
    """Open a run's folder, finished or not.

    Raises
    ------
    ValueError
        If it holds no run, a damaged one, or one that a newer version wrote.
    """
    folder = arguments.path("folder", folder)
    run = Run(load_config(folder), read_history(folder), _how_it_ended(folder))
    for path in reversed(RunFolder(folder).checkpoints()):
        try:
            run.model = checkpoint.read(path)[0]
            break
        except checkpoint.Unreadable:
            continue
    return run


def _how_it_ended(folder: Path) -> str:
    """Read how a run ended; empty if it has not, or if that file is damaged (training then ends it again)."""
    try:
        return str(json.loads((folder / "ended.json").read_text(encoding="utf-8", errors="replace"))["ended"])
    except (FileNotFoundError, json.JSONDecodeError, TypeError, KeyError):
        return ""


def _in_order(records: list[Record]) -> list[Record]:
    """Keep the records up to the first place where a step is missing or comes twice."""
    done = 0
    for place, record in enumerate(records):
        if is_step(record):
            done += 1
            if record["step"] != done:
                return records[:place]
    return records


def _see_that_it_fits(name: str, learner: Resumable, model: Transformer, note: Any, reach: int) -> None:
    """Refuse a whole checkpoint that is not one of this run's, before anything of it reaches the learner."""
    ours, theirs = learner.model.describe(), model.describe()
    if theirs != ours:
        part = next(part for part in ours if ours[part] != theirs[part])
        raise checkpoint.Unreadable(f"{name} is of another {part}, {theirs[part]}, but this run has {ours[part]}.")
    expected = learner.state()[1]
    if not isinstance(note, dict) or note.keys() != expected.keys():
        raise checkpoint.Unreadable(f"{name} holds a model, but not the state of a training run.")
    if note["mechanisms"].keys() != expected["mechanisms"].keys():
        there = ", ".join(note["mechanisms"]) or "none"
        raise checkpoint.Unreadable(f"{name} is of a run with other mechanisms ({there}).")
    if note["done"] > reach:
        raise checkpoint.Unreadable(f"{name} is of step {note['done']}, but the history is whole only to step {reach}.")


def made_with() -> dict[str, str]:
    """Versions and hardware, to be kept beside results."""
    return {
        "passk_lab": __version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }

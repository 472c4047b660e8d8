"""Runs on disk: config, history as it goes, checkpoints; killed at any moment, a run goes on."""

from __future__ import annotations

import hashlib
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

from passk_lab import arguments, files
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
_WAIT = 5.0
"""Seconds to wait for another process to leave a folder: one whose cluster node is gone takes a moment to notice."""


class Lasting(Protocol):
    """What a folder needs of a run to save it."""

    @property
    def model(self) -> Transformer:
        """The policy."""

    @property
    def done(self) -> int:
        """Steps done."""

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """What a checkpoint keeps beside the weights: tensors, and plain values."""


class Resumable(Lasting, Protocol):
    """What a folder needs of a run to save it and to take it up again."""

    def restore(self, model: Transformer, tensors: dict[str, Tensor], note: dict[str, Any]) -> None:
        """Go back to a saved state."""


class RunFolder:
    """A run's folder: config.json, history.jsonl, checkpoints/, and at the end history.csv and evaluations.csv."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.checkpoints = checkpoint.Checkpoints(path / "checkpoints")
        self.ended = ""
        self._mark = _Mark([])
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
        if folder._enter(config):
            folder._take_up(learner, config)
            if folder.said:
                warnings.warn(folder.said, stacklevel=3)
        return folder

    @classmethod
    def join(cls, path: str | Path, config: TrainConfig) -> RunFolder:
        """Begin a run in a folder as one of a stack, or come back to it; the stack's checkpoint says from which step.

        Raises
        ------
        ValueError, OSError
            As `open`.
        """
        folder = cls(Path(path))
        if folder._enter(config):
            folder._see_whether_it_ended()
        return folder

    def _see_whether_it_ended(self) -> None:
        """Take an ending for one only where the last checkpoint and the history that led to it are there."""
        self.ended = _how_it_ended(self.path)
        self._mark = _Mark(self.history())
        newest = self.checkpoints.newest_first()[:1]
        if not self.ended:
            return
        try:
            if not newest:
                raise checkpoint.Unreadable(f"the run in {self.path} has ended, but its checkpoints are gone.")
            self.see_that_it_led_to(newest[0].name, checkpoint.read_state(newest[0])[1].get("history"))
        except checkpoint.Unreadable as error:
            self.said = f"{error} The run starts again with its stack."
            self.put_history_aside()
            self.ended = ""
            warnings.warn(self.said, stacklevel=4)

    def put_history_aside(self) -> None:
        """Keep what is about to be cut or begun anew, for whoever wants to see what became of it."""
        files.put(self.path / "history.jsonl.unused", self._content())
        (self.path / "ended.json").unlink(missing_ok=True)

    def _enter(self, config: TrainConfig) -> bool:
        """Make the folder or hold the one that is there; returns whether this run lay there."""
        try:
            self.checkpoints.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OSError(
                error.errno, f"the run's folder {self.path} cannot be made ({error.strerror}); name another"
            ) from error  # fmt: skip
        self._hold()
        about = self.path / "config.json"
        if not about.exists():
            if self._content() or self.checkpoints.newest_first():
                raise ValueError(
                    f"{self.path} holds a history or checkpoints, but no config.json that says of which run: put it "
                    "back, or choose another folder."
                )
            written = {"version": VERSION, "config": config.to_json(), "made_with": made_with()}
            checkpoint.write_whole(about, json.dumps(written, indent=1).encode())
            return False
        _see_that_it_is(self.path, config)
        return True

    def close(self) -> None:
        """Let other processes in again; the run goes on when it is opened the next time."""
        if self._release is not None:
            self._release()

    def _hold(self) -> None:
        """Keep all others out while this one lives: two that append to one history would spoil it."""
        if fcntl is None:
            return
        lock = os.open(self.path / ".lock", os.O_RDWR | os.O_CREAT, 0o666)
        self._release = weakref.finalize(self, os.close, lock)
        until = time.monotonic() + _WAIT
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)  # lockf would let another thread of ours in
                return
            except (BlockingIOError, PermissionError):
                if time.monotonic() > until:
                    raise ValueError(
                        f"another process or thread is training in {self.path}, or has stopped there and is still "
                        "open, as a notebook's kernel is: end it, or choose another folder."
                    ) from None
                time.sleep(0.1)
            except OSError:
                return  # a file system without locks

    def _take_up(self, learner: Resumable, config: TrainConfig) -> None:
        """Go back to the last checkpoint that can be used, and cut the history after it."""
        records, reach = self.whole(config)
        told, found = [], False
        for path in self.checkpoints.newest_first():
            try:
                model, tensors, note = checkpoint.read(path)
                _see_that_it_fits(path.name, learner, model, note, reach)
                self.see_that_it_led_to(path.name, checkpoint.read_state(path)[1].get("history"))
            except checkpoint.Unreadable as error:
                told.append(str(error))
                self.checkpoints.put_aside(path)
                continue
            learner.restore(model, tensors, note)
            found = True
            break
        if not found and not told and reach >= config.save_every and not _how_it_ended(self.path):
            told.append(
                f"the run in {self.path} has done {reach} steps, but has no checkpoint of its own: one of a stack has "
                "it, where the sweep that began it goes on."
            )
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
            self.put_history_aside()
            kept_from = f"goes on from step {learner.done}" if found else "starts again"
            self.said = f"{' '.join(told)} The run {kept_from}."
        self._rewrite([r for r in records if r["step"] <= learner.done and (found or is_evaluation(r))])

    def _content(self) -> bytes:
        path = self.path / "history.jsonl"
        return path.read_bytes() if path.exists() else b""

    def whole(self, config: TrainConfig) -> tuple[list[Record], int]:
        """Read the history as far as it is in order; returns it and to which step it has all that a run leaves."""
        records = _in_order(self.history())
        reach = sum(map(is_step, records))
        if reach and reach % config.evaluate_every == 0 and is_step(records[-1]):
            reach -= 1  # its evaluation is missing
        return records, reach

    def cut(self, done: int) -> list[Record]:
        """Go back to where the history had `done` steps, and return what is left of it."""
        left = [record for record in _in_order(self.history()) if record["step"] <= done]
        self._rewrite(left)
        return left

    def _rewrite(self, records: list[Record]) -> None:
        self._mark = _Mark(records)
        lines = "".join(json.dumps(record) + "\n" for record in records)
        checkpoint.write_whole(self.path / "history.jsonl", lines.encode())

    def history(self) -> list[Record]:
        """Read the history so far."""
        return read_history(self.path)

    def append(self, record: Record) -> None:
        """Add a record, whole: it is on its way to the disk before the next step begins."""
        try:
            with open(self.path / "history.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
            self._mark.add(record)
        except OSError as error:
            path = self.path / "history.jsonl"
            raise checkpoint.unsaved(path, "the history could not be written", error) from error

    def save(self, learner: Lasting) -> None:
        """Write a checkpoint and let the oldest go."""
        marked = self.settle()
        tensors, note = learner.state()
        checkpoint.write(self.checkpoints.at(learner.done), learner.model, tensors, note, marked)
        self.checkpoints.let_go()

    def settle(self) -> dict[str, Any]:
        """See the history onto the disk: a checkpoint is of use only with the history that leads to it, marked here."""
        with open(self.path / "history.jsonl", "a", encoding="utf-8") as file:
            os.fsync(file.fileno())
        return self._mark.told()

    def see_that_it_led_to(self, name: str, marked: Any) -> None:
        """Refuse a checkpoint to which another history led: a digit that was flipped in it makes no damaged line.

        Raises
        ------
        Unreadable
            If what is there is not what `settle` marked.
        """
        if marked is not None and _Mark(self.history()[: marked["records"]]).told() != marked:  # None: of before
            raise checkpoint.Unreadable(
                f"the history in {self.path} is not the one that led to {name}: a record in it was changed."
            )

    def finish(self, run: Run) -> None:
        """Close the run: tables beside the JSON lines, with all their digits, and how it ended."""
        self.ended = run.ended
        for name, table in (("history", run.steps), ("evaluations", run.evaluations)):
            text = table.to_csv(index=False, lineterminator="\n")
            checkpoint.write_whole(self.path / f"{name}.csv", text.encode())
        checkpoint.write_whole(self.path / "ended.json", json.dumps({"ended": run.ended}).encode())


class _Mark:
    """What a history is known by: how many records, and a digest of them but for the time of a step."""

    def __init__(self, records: list[Record]) -> None:
        self._records, self._digest = 0, hashlib.sha256()
        for record in records:
            self.add(record)

    def add(self, record: Record) -> None:
        self._records += 1
        kept = {name: value for name, value in record.items() if name != "seconds"}
        self._digest.update(json.dumps(kept).encode())

    def told(self) -> dict[str, Any]:
        return {"records": self._records, "sha256": self._digest.hexdigest()}


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
    for path in RunFolder(folder).checkpoints.newest_first():
        try:
            run.model = checkpoint.read(path)[0]
            break
        except checkpoint.Unreadable:
            continue
    return run


def ended_in(folder: Path, config: TrainConfig) -> str:
    """Say how a run ended that lies in a folder; empty if it has not, or there is none.

    Raises
    ------
    ValueError
        If another run lies there, or its history is damaged.
    """
    if not (folder / "config.json").exists():
        return ""
    _see_that_it_is(folder, config)
    ended = _how_it_ended(folder)
    if not ended:
        read_history(folder)
    return ended


def _see_that_it_is(folder: Path, config: TrainConfig) -> None:
    """Refuse a folder with another run; on another device a run may go on."""
    there = load_config(folder)
    if there.but(device=config.device) != config:
        ours, theirs = config.to_json(), there.to_json()
        name = next(name for name in ours if ours[name] != theirs[name] and name != "device")
        raise ValueError(
            f"{folder} holds a run with {name} = {theirs[name]!r}, but this one has {ours[name]!r}: "
            "choose another folder, or use the same config to go on with the run that lies there."
        )


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

"""Runs on disk and in memory: config, history as it goes, checkpoints; killed at any moment, a run goes on."""

from __future__ import annotations

import json
import platform
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch

import passk_lab
from passk_lab.lm import checkpoint
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.model import Transformer

if TYPE_CHECKING:
    import pandas as pd

    from passk_lab.lm.training import Trainer

VERSION = 1
"""Version of the history's format."""
_KEPT = 2
"""Checkpoints kept: the last, and the one before it in case the last is cut short."""


@dataclass(eq=False)
class Run:
    """What a run was told and what was seen."""

    config: TrainConfig
    history: list[dict[str, Any]] = field(default_factory=list)
    """Records in order, each with a kind: "step" or "evaluation"."""
    ended: str = ""
    """"finished", or how it broke down; empty while it goes on."""
    model: Transformer | None = None

    @property
    def steps(self) -> pd.DataFrame:
        """One row for each training step: the diagnostics."""
        import pandas as pd

        rows = [record for record in self.history if record["kind"] == "step"]
        return pd.DataFrame(rows).drop(columns="kind", errors="ignore")

    @property
    def evaluations(self) -> pd.DataFrame:
        """One row for each evaluation, split and k: exact pass@k, with its interval on the unseen split."""
        import pandas as pd

        from passk_lab.lm.training import KS

        rows = []
        for record in self.history:
            if record["kind"] != "evaluation":
                continue
            for split in ("seen", "unseen"):
                side = record[split]
                whole = {name: value for name, value in side.items() if not isinstance(value, list)}
                for place, k in enumerate(KS):
                    ends = {end: side[end][place] for end in ("low", "high") if end in side}
                    row = {"step": record["step"], "split": split, "k": k, "pass_at_k": side["pass_at"][place]}
                    rows.append({**row, **ends, **whole})
        return pd.DataFrame(rows)


class RunFolder:
    """A run's folder: config.json, history.jsonl, checkpoints/, and when it has ended history.parquet."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.ended = ""

    @classmethod
    def open(cls, path: str | Path, config: TrainConfig, trainer: Trainer) -> RunFolder:
        """Begin a run in a folder, or take up the one that lies there: the trainer is set back to its last checkpoint.

        Raises
        ------
        ValueError
            If another run lies there, or one that a newer version wrote.
        """
        folder = cls(Path(path))
        (folder.path / "checkpoints").mkdir(parents=True, exist_ok=True)
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
            folder._take_up(trainer)
        else:
            written = {"version": VERSION, "config": config.to_json(), "made_with": made_with()}
            checkpoint.write_whole(about, json.dumps(written, indent=1).encode())
        return folder

    def _take_up(self, trainer: Trainer) -> None:
        """Go back to the last checkpoint that can be read, and cut the history after it."""
        told = []
        for path in reversed(self.checkpoints()):
            try:
                trainer.restore(*checkpoint.read(path))
            except checkpoint.Unreadable as error:
                told.append(str(error))
                continue
            break
        else:
            trainer.done = 0
        records = read_history(self.path)
        kept = [r for r in records if r["step"] <= trainer.done and (trainer.done or r["kind"] == "evaluation")]
        if told:
            kept_from = f"goes on from step {trainer.done}" if trainer.done else "starts again"
            self.said = f"{' '.join(told)} The run {kept_from}."
        lines = "".join(json.dumps(record) + "\n" for record in kept)
        checkpoint.write_whole(self.path / "history.jsonl", lines.encode())
        ended = self.path / "ended.json"
        self.ended = json.loads(ended.read_text(encoding="utf-8"))["ended"] if ended.exists() else ""

    said = ""
    """What had to be said when the run was taken up: a damaged checkpoint, say."""

    def checkpoints(self) -> list[Path]:
        """Checkpoints there are, oldest first."""
        return sorted((self.path / "checkpoints").glob("step-*.safetensors"))

    def history(self) -> list[dict[str, Any]]:
        """Read the history so far."""
        return read_history(self.path)

    def append(self, record: dict[str, Any]) -> None:
        """Add a record, whole: it is on its way to the disk before the next step begins."""
        try:
            with open(self.path / "history.jsonl", "a", encoding="utf-8") as file:
                file.write(json.dumps(record) + "\n")
        except OSError as error:
            raise OSError(
                error.errno, f"the history could not be written ({error.strerror}); the checkpoints are all there. "
                "Make room, then start the same command again",
            ) from error  # fmt: skip

    def save(self, trainer: Trainer) -> None:
        """Write a checkpoint and let the oldest go."""
        tensors, note = trainer.state()
        checkpoint.write(
            self.path / "checkpoints" / f"step-{trainer.done:06d}.safetensors", trainer.model, tensors, note
        )
        for old in self.checkpoints()[:-_KEPT]:
            old.unlink()

    def finish(self, run: Run) -> None:
        """Close the run: Parquet tables beside the JSON lines, and how it ended."""
        self.ended = run.ended
        run.steps.to_parquet(self.path / "history.parquet")
        run.evaluations.to_parquet(self.path / "evaluations.parquet")
        checkpoint.write_whole(self.path / "ended.json", json.dumps({"ended": run.ended}).encode())


def load_config(folder: Path) -> TrainConfig:
    """Read a run's config.

    Raises
    ------
    ValueError
        If there is none, or a newer version wrote it.
    """
    try:
        written = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ValueError(f"there is no run in {folder}: it has no config.json.") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"{folder / 'config.json'} is no JSON ({error}).") from None
    if written.get("version", 0) > VERSION:
        raise ValueError(
            f"the run in {folder} was written by a newer version of the lab (history version {written['version']}, "
            f"this one reads up to {VERSION}): update passk_lab to open it."
        )
    return TrainConfig.from_json(written["config"])


def read_history(folder: Path) -> list[dict[str, Any]]:
    """Read the JSON lines of a run; a last line cut short by a kill is left out."""
    path = folder / "history.jsonl"
    if not path.exists():
        return []
    records = []
    lines = path.read_text(encoding="utf-8").split("\n")
    for number, line in enumerate(lines, 1):
        try:
            if line:
                records.append(json.loads(line))
        except json.JSONDecodeError as error:
            if number == len(lines):
                break
            raise ValueError(f"{path}, line {number} is no JSON ({error}).") from None
    return records


def load_run(folder: str | Path) -> Run:
    """Open a run's folder, finished or not.

    Raises
    ------
    ValueError
        If it holds no run, or one that a newer version wrote.
    """
    folder = Path(folder)
    run = Run(load_config(folder), read_history(folder))
    ended = folder / "ended.json"
    run.ended = json.loads(ended.read_text(encoding="utf-8"))["ended"] if ended.exists() else ""
    for path in reversed(RunFolder(folder).checkpoints()):
        try:
            run.model = checkpoint.read(path)[0]
            break
        except checkpoint.Unreadable:
            continue
    return run


def made_with() -> dict[str, str]:
    """Versions and hardware, to be kept beside results."""
    return {
        "passk_lab": passk_lab.__version__,
        "torch": torch.__version__,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else "none",
    }

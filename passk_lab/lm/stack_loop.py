"""The course of a stack: the turns of E runs at once, in memory or each in a folder of its own, killed and taken up.

All runs of a stack have one checkpoint, since their weights are one tensor; at the end each folder gets one of its own,
as a run trained alone leaves it.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor

from passk_lab.lm import checkpoint
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.model import Transformer
from passk_lab.lm.run import Record, Run
from passk_lab.lm.runs import RunFolder, load_run
from passk_lab.lm.stacked import StackedLearner


def train_stacked(
    configs: Sequence[TrainConfig], folders: Sequence[str | Path] | None = None, kept: str | Path | None = None,
    capture: bool | None = None,
) -> list[Run]:  # fmt: skip
    """Train a grid of runs as one program; each leaves what `lm.train` leaves, but for the time of a step.

    Parameters
    ----------
    configs : sequence of TrainConfig
        What they must share: see `StackedLearner`.
    folders : sequence of path, optional
        Where to keep each run, as `lm.train` does. Given again, the stack goes on from its last checkpoint and ends
        with the same bits as if it had never stopped (on a CPU).
    kept : path, optional
        The stack's own folder, with the checkpoints of all its runs; removed when they have ended. Needed with folders.
    capture : bool, optional
        Whether to capture the programs as CUDA graphs; None does so on a GPU.

    Returns
    -------
    list of Run, in the order of the configs.

    Raises
    ------
    ValueError
        If the runs cannot be one program, a capture is asked for without a GPU, or a folder holds another run.
    OSError
        If the disk is full: nothing saved before is lost.

    Examples
    --------
    >>> few = TrainConfig(steps=2, prompts=4, n=8, watch=8, orders=40, judged=3)
    >>> runs = train_stacked([few, few.but(objective="maxrl")])
    >>> [(run.ended, len(run.history)) for run in runs]
    [('finished', 4), ('finished', 4)]
    """
    if folders is None:
        learner, runs = StackedLearner(configs, capture), [Run(config) for config in configs]
        for _ in stack_turns(learner, runs):
            pass
        for run, model in zip(runs, learner.models(), strict=True):
            run.model = model
        return runs
    if kept is None:
        raise ValueError("a stack that is to be kept in folders needs one for its own checkpoints too: give kept.")
    if isinstance(folders, str | Path) or len(folders) != len(configs):
        count = "one path" if isinstance(folders, str | Path) else f"{len(folders)} folders"
        raise ValueError(f"each of the {len(configs)} runs needs a folder of its own, but {count} came.")
    own = Path(kept).absolute()
    if clash := next((f for f in folders if own == Path(f).absolute() or own in Path(f).absolute().parents), None):
        raise ValueError(
            f"the stack's own checkpoints go into a folder apart, but the run's folder {clash} is in {kept}."
        )
    store = _Store(folders, configs, own)
    try:
        if not store.ended:
            learner = StackedLearner(configs, capture)
            store.take_up(learner)
            for new in stack_turns(learner, store.runs):
                store.add(learner, new)
        store.finish()
    finally:
        store.close()
    return [load_run(folder) for folder in folders]


def stack_turns(learner: StackedLearner, runs: Sequence[Run]) -> Iterator[list[list[Record]]]:
    """Go on with the runs of a stack to their end; yields what each turn added to each history.

    A turn is all steps up to the next evaluation or checkpoint: nothing is read back in between, so that on a GPU the
    host runs ahead. A run that breaks down is evaluated as it was before, and the others go on.

    Parameters
    ----------
    learner : StackedLearner
    runs : sequence of Run
        As far as they are; empty ones begin with an evaluation of the base.
    """
    config, over = learner.configs[0], [bool(run.ended) for run in runs]
    while True:
        told = [len(run.history) for run in runs]
        lived, since = learner.lived(), min((len(run.step_records) for run in runs if not run.ended), default=0)
        for run, new in zip(runs, learner.histories(since), strict=True):
            if not run.ended:
                run.history += new[len(run.step_records) - since :]
        for place, run in enumerate(runs):
            run.ended = run.ended or learner.ending(place)
        at_hand = learner.done % config.evaluate_every == 0
        due = [
            not done and (at_hand or bool(run.ended)) and run.evaluated_at < steps
            for run, steps, done in zip(runs, lived, over, strict=True)
        ]
        if any(due):
            for run, judged, wanted in zip(runs, learner.judge(), due, strict=True):
                if wanted:
                    run.history.append(judged)
        yield [run.history[before:] for run, before in zip(runs, told, strict=True)]
        if all(run.ended for run in runs):
            return
        stops = (learner.done // every * every + every for every in (config.evaluate_every, config.save_every))
        for _ in range(min(*stops, config.steps) - learner.done):
            learner.step()


class _Store:
    """The folders of a stack's runs, and the one of its own with the checkpoints of them all."""

    def __init__(self, folders: Sequence[str | Path], configs: Sequence[TrainConfig], kept: Path) -> None:
        self.configs, self.checkpoints, self.folders = configs, checkpoint.Checkpoints(kept), list[RunFolder]()
        self.runs: list[Run] = []
        try:
            for folder, config in zip(folders, configs, strict=True):
                self.folders.append(RunFolder.join(folder, config))
        except BaseException:
            self.close()
            raise

    @property
    def ended(self) -> bool:
        """Whether all runs have."""
        return all(folder.ended for folder in self.folders)

    def take_up(self, learner: StackedLearner) -> None:
        """Set a fresh learner back to the last checkpoint that the histories reach, and cut these there."""
        self.checkpoints.folder.mkdir(parents=True, exist_ok=True)
        told = []
        for path in self.checkpoints.newest_first():
            try:
                self._restore(learner, path)
                break
            except checkpoint.Unreadable as error:
                told.append(str(error))
                self.checkpoints.put_aside(path)
        if not learner.done:
            for folder, config in zip(self.folders, self.configs, strict=True):
                if not folder.ended and folder.whole(config)[1] >= config.save_every:
                    told.append(f"{folder.path} has steps of another stack, which it is no longer part of.")
                    folder.put_history_aside()
        if told:
            goes_on = f"goes on from step {learner.done}" if learner.done else "starts again"
            warnings.warn(f"{' '.join(told)} The stack {goes_on}.", stacklevel=3)
        for folder, config in zip(self.folders, self.configs, strict=True):
            history = folder.history() if folder.ended else folder.cut(learner.done)
            self.runs.append(Run(config, history, folder.ended))

    def _restore(self, learner: StackedLearner, path: Path) -> None:
        """Set a learner back, if every history led to the checkpoint and reaches as far."""
        tensors, about = checkpoint.read_state(path)
        fresh = learner.state()
        if not {"note", "histories"} <= about.keys():
            raise checkpoint.Unreadable(f"{path.name} is not the checkpoint of a stack.")
        try:
            learner.restore(tensors, about["note"])
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise checkpoint.Unreadable(f"{path.name} is not of this stack: {error.args[0]}") from None
        try:
            for folder, config, lived in zip(self.folders, self.configs, learner.lived(), strict=True):
                reach = folder.whole(config)[1]
                if reach < lived and not folder.ended:
                    raise checkpoint.Unreadable(
                        f"{path.name} is of step {lived}, but the history in {folder.path} is whole only to {reach}."
                    )
            for folder, marked in zip(self.folders, about["histories"], strict=True):
                folder.see_that_it_led_to(path.name, marked)
        except checkpoint.Unreadable:
            learner.restore(*fresh)
            raise

    def add(self, learner: StackedLearner, new: list[list[Record]]) -> None:
        """Keep what a turn added: histories, folders of runs that have ended, and the stack's checkpoint."""
        for folder, records in zip(self.folders, new, strict=True):
            for record in records:
                folder.append(record)
        ending = [place for place, run in enumerate(self.runs) if run.ended and not self.folders[place].ended]
        models = learner.models() if ending else []
        for place in ending:
            self.folders[place].save(_One(models[place], learner.lived()[place], *learner.state_of(place)))
            self.folders[place].finish(self.runs[place])
        if learner.done and learner.done % self.configs[0].save_every == 0 and not self.ended:
            marked = [folder.settle() for folder in self.folders]
            tensors, note = learner.state()
            checkpoint.write_state(self.checkpoints.at(learner.done), tensors, {"note": note, "histories": marked})
            self.checkpoints.let_go()

    def finish(self) -> None:
        """Remove the stack's own checkpoints: all runs have ended, and have theirs. What else lies there stays."""
        for path in self.checkpoints.newest_first():
            path.unlink()
        with suppress(OSError):  # not there, or something else is in it
            self.checkpoints.folder.rmdir()

    def close(self) -> None:
        """Let other processes into the runs' folders."""
        for folder in self.folders:
            folder.close()


@dataclass(frozen=True)
class _One:
    """One run of a stack, as its folder keeps it."""

    model: Transformer
    done: int
    tensors: dict[str, Tensor]
    note: dict[str, Any]

    def state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        return self.tensors, self.note

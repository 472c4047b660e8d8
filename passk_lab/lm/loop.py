"""A run: ask, answer, verify, credit, push, look; and again. Whoever does not read on has paused it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from passk_lab.lm.breakdown import Breakdown
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.evaluation import judge, judged_on
from passk_lab.lm.run import BROKE_DOWN, Record, Run
from passk_lab.lm.runs import RunFolder
from passk_lab.lm.training import Learner

Watch = Callable[[Record], None]


def train(config: TrainConfig, folder: str | Path | None = None, watch: Watch | None = None) -> Run:
    """Train from the base to the end, and return what was seen on the way.

    Parameters
    ----------
    config : TrainConfig
    folder : path, optional
        Where to keep the run: config, history, checkpoints. If a run with the same config lies there, unfinished, it
        goes on from its last checkpoint and ends with the same bits as if it had never stopped (on a CPU; on a GPU sums
        have no fixed order, and it may drift from rounding on).
    watch : callable, optional
        Called with each new record of the history.

    Returns
    -------
    Run

    Raises
    ------
    ValueError
        If the folder holds a run of another config.
    OSError
        If the disk is full: nothing saved before is lost.

    Examples
    --------
    >>> run = train(TrainConfig(steps=2, prompts=4, n=8, watch=8))
    >>> run.evaluations.step.unique().tolist()
    [0, 2]
    """
    learner = Learner(config)
    store = RunFolder.open(folder, config, learner) if folder else None
    run = Run(config, store.history() if store else [], store.ended if store else "", learner.model)
    try:
        for new in turns(learner, run):
            for record in new:
                if store:
                    store.append(record)
                if watch is not None:
                    watch(record)
            if store and not run.ended and learner.done and learner.done % config.save_every == 0:
                store.save(learner)
        if store and not store.ended:
            store.save(learner)
            store.finish(run)
    finally:
        if store:
            store.close()
    return run


def turns(learner: Learner, run: Run) -> Iterator[list[Record]]:
    """Go on with a run to its end; yields what each turn added to the history: a step, an evaluation, or both.

    Not to read on is to pause the run. To end it early, set `run.ended` in between: the next turn is its last
    evaluation. A run that has ended has no more turns.

    Parameters
    ----------
    learner : Learner
    run : Run
        As far as it is; an empty one begins with an evaluation of the base.

    Examples
    --------
    >>> config = TrainConfig(steps=9, prompts=4, n=8, watch=8, judged=2)
    >>> learner, run = Learner(config), Run(config)
    >>> stream = turns(learner, run)
    >>> [record["kind"] for record in next(stream)], [record["step"] for record in next(stream)]
    (['evaluation'], [1])
    >>> run.ended = "stopped"
    >>> [[record["kind"] for record in new] for new in stream]
    [['evaluation']]
    """
    config, told, prompts = learner.config, len(run.history), judged_on(learner.config)
    while True:
        if run.history and not run.ended:
            try:
                if learner.done < config.steps:
                    run.history.append(learner.step())
            except Breakdown as broken:
                run.ended = f"{BROKE_DOWN}{broken}"
            else:
                run.ended = "finished" if learner.done == config.steps else ""
        due = run.ended or learner.done % config.evaluate_every == 0
        if due and run.evaluated_at < learner.done:
            run.history.append(judge(learner.model, learner.done, *prompts))
        if told == len(run.history):
            return
        yield run.history[told:]
        told = len(run.history)

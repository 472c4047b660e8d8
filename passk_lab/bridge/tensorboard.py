"""Records as TensorBoard's event files: of the lab's own runs, of a trainer's callback, of a trainer's log."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from torch.utils.tensorboard import SummaryWriter

from passk_lab import arguments

_NO_CURVE = ("step", "kind", "name", "value")


class Writer:
    """Writes records as they come, to be handed to a run: `lm.train(config, watch=Writer("runs/grpo"))`.

    Parameters
    ----------
    folder : path
        Where `tensorboard --logdir` looks; a file of events is added to what is there.
    """

    def __init__(self, folder: str | Path) -> None:
        self._events = SummaryWriter(str(arguments.path("folder", folder)))

    def __call__(self, record: Mapping[str, Any]) -> None:
        """Write one record; what `write` says of its form holds here too."""
        self._add(_scalars(0, record))
        self._events.flush()

    def _add(self, scalars: Iterable[tuple[str, float, int]]) -> None:
        for name, value, step in list(scalars):
            self._events.add_scalar(name, value, step)

    def close(self) -> None:
        """Close the file."""
        self._events.close()


def write(records: Iterable[Mapping[str, Any]], folder: str | Path) -> int:
    """Write every number of some records as a scalar at the record's step, and return how many were written.

    Parameters
    ----------
    records : iterable of dict
        Each with its `step`: `run.history` of a lab run, the `records` of a `LabDiagnostics`, or a trainer's
        `state.log_history`. Numbers are told by their name; exact pass@k of a split as "unseen/pass_at_8"; a change by
        hand as "change/NAME". An entry that is None says nothing and is left out.
    folder : path
        As in `Writer`.

    Raises
    ------
    ValueError
        If a record has no step, or holds what is no number; nothing is written then.

    Examples
    --------
    >>> write(run.history, "runs/grpo")  # doctest: +SKIP
    412
    """
    found = [scalar for place, record in enumerate(records) for scalar in _scalars(place, record)]
    if not found:
        raise ValueError("records holds no number, so there is nothing to show: pass run.history, or a log.")
    writer = Writer(folder)
    try:
        writer._add(found)
    finally:
        writer.close()
    return len(found)


def _scalars(place: int, record: Mapping[str, Any]) -> Iterator[tuple[str, float, int]]:
    """Give the numbers of a record as name, value, step."""
    if not isinstance(record, Mapping) or "step" not in record:
        raise ValueError(f"each record has its step, but record {place} is {arguments.short(record)}.")
    step = arguments.one_whole(f"step of record {place}", record["step"], least=0)
    if record.get("kind") == "change":
        yield f"change/{record['name']}", _number(place, record["name"], record["value"]), step
        return
    for name, value in record.items():
        if name in _NO_CURVE or value is None:
            continue
        for tag, number in _unfolded(place, name, value):
            yield tag, number, step


def _unfolded(place: int, name: str, value: Any) -> Iterator[tuple[str, float]]:
    if not isinstance(value, Mapping):
        yield name, _number(place, name, value)
        return
    from passk_lab.lm.run import KS  # the k of a recorded curve, which its file does not repeat

    for inner, content in value.items():
        if inner in ("pass_at", "low", "high"):
            for k, entry in zip(KS, content, strict=True):
                yield f"{name}/{inner}_{k}" if inner == "pass_at" else f"{name}/pass_at_{k}_{inner}", float(entry)
        elif inner != "p":  # p of every prompt is no curve
            yield f"{name}/{inner}", _number(place, f"{name}/{inner}", content)


def _number(place: int, name: str, value: Any) -> float:
    number = arguments.number_of(value)
    if number is None:
        raise ValueError(f"{name} of record {place} is to be a number, but it is {arguments.short(value)}.")
    return number

"""The challenge of a class: entries read and doubted, those that stand placed on the board."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from passk_lab import needs
from passk_lab.challenge import entry
from passk_lab.challenge.entry import Entry
from passk_lab.collect import retraining

if TYPE_CHECKING:
    from passk_lab.challenge.board import Place

_BESIDE = ("GRPO", "pass@4-loo-1", "MaxRL", "novelty", "forward KL")


@dataclass(frozen=True)
class Scores:
    """What became of the entries."""

    places: Sequence[tuple[str, Place]]
    """Student and place, the best first."""
    flagged: Sequence[tuple[str, str, str]]
    """Student, entry, and why it does not stand."""
    notes: Sequence[str]
    recorded: Mapping[str, float]
    """Some recorded methods, by the same measure."""
    retrained: bool


def scores(given: Sequence[tuple[str, Mapping[str, Any]]], *, retrain: bool = False, jobs: int = 2) -> Scores | None:
    """Place the entries of a class; None where there is none.

    Parameters
    ----------
    given : sequence of (student, JSON object)
    retrain : bool
        Whether to run an entry's code: shut in, it is trained anew, and stands by what comes of that.
    jobs : int
        Entries trained side by side.

    Raises
    ------
    needs.NotInstalled
        If there are entries, and torch is not there to place them.
    """
    if not given:
        return None
    needs.check("passk_lab.lm")
    from passk_lab.challenge.board import board
    from passk_lab.challenge.training import bases, kept_apart
    from passk_lab.lm import recorded

    weight, _ = kept_apart()
    standing: list[tuple[str, Entry]] = []
    flagged: list[tuple[str, str, str]] = []
    notes: list[str] = []
    for student, stored in given:
        name = str(stored.get("name", "an entry"))[:60]
        try:
            read = entry.read(stored, len(weight))
        except ValueError as error:
            flagged.append((student, name, f"{error}."))
            continue
        if doubts := entry.doubts(read, weight, bases()):
            flagged.append((student, name, " ".join(doubts)))
        else:
            standing.append((student, read))
    if retrain and standing:
        anew = retraining.retrain_all([read for _, read in standing], len(weight), jobs)
        kept = []
        for (student, read), result in zip(standing, anew, strict=True):
            if isinstance(result, str):
                flagged.append((student, read.name, result))
            elif again := entry.doubts(result, weight, bases()):
                flagged.append((student, read.name, f"trained anew: {' '.join(again)}"))
            else:
                kept.append((student, result))
                notes += entry.differences(read, result, weight)
        standing = kept
    students = {id(read): student for student, read in standing}
    placed = board([read for _, read in standing], weight) if standing else []
    equal = recorded.equal_progress(entry.PROGRESS, entry.DRAWS).groupby("method")["mean"].max()
    return Scores(
        [(students[id(place.entry)], place) for place in placed], flagged, notes,
        {name: float(equal[name]) for name in _BESIDE}, retrain,
    )  # fmt: skip

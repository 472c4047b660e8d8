"""What a cockpit's page is told of its runs: all there is, or the rows that are new since it was last told."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from passk_lab.cockpit import report
from passk_lab.cockpit.numbers import Place
from passk_lab.cockpit.pictures import Pictures
from passk_lab.explorers.payload import pack, pack_numbers

if TYPE_CHECKING:
    from passk_lab.cockpit.thread import LiveRun
    from passk_lab.lm import Run


class News:
    """The news of a cockpit, in order and none twice; call it with the loop's lock held.

    Parameters
    ----------
    runs : sequence of Run
        The runs before any; when the loop has others, those are the next, and the last that took a step stay behind
        them.
    """

    def __init__(self, runs: Sequence[Run]) -> None:
        self.pictures = Pictures(runs)
        self._count = 0
        self._told: list[Place] = []

    def all(self, loop: LiveRun) -> dict[str, Any]:
        """Tell the runs from their beginning, and what went before; "block" holds the numbers."""
        last = self.pictures
        if list(last.runs) != loop.runs:
            self._renew(loop.runs, [run for run in last.runs if run.step_records] or last.before)
        self.pictures.follow()
        told, block = pack(self.pictures.description())
        shown = {"names": self.pictures.names, "growing": self.pictures.growing, "legend": self.pictures.legend()}
        return {**told, **self._words(loop), **shown, "before": bool(self.pictures.before), "block": block}

    def more(self, loop: LiveRun) -> tuple[dict[str, Any], bytes]:
        """Tell what is new, and the numbers of it."""
        self.pictures.follow()
        numbers, block = pack_numbers(*self.pictures.numbers(self._told))
        return {**self._words(loop), **numbers}, block

    def clear(self) -> None:
        """Forget what went before."""
        self._renew(self.pictures.runs, ())

    def _renew(self, runs: Sequence[Run], before: Sequence[Run]) -> None:
        self.pictures, self._count = Pictures(runs, before), self._count + 1

    def _words(self, loop: LiveRun) -> dict[str, Any]:
        """Say from where to where the news goes, and all of it that is not rows."""
        since, self._told = self._told, self.pictures.place
        return {
            "run": self._count,
            "from": [list(place) for place in since],
            "to": [list(place) for place in self._told],
            "done": loop.done,
            "titles": self.pictures.titles(),
            "words": self.pictures.words(),
            "samples": report.samples(loop.learners),
            "now": [learner.changeable() for learner in loop.learners],
        }

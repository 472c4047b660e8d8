"""What a cockpit's page is told of its runs: all there is, or the rows that are new since it was last told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from passk_lab.cockpit import report
from passk_lab.cockpit.pictures import Pictures, Place
from passk_lab.explorers.payload import pack_numbers

if TYPE_CHECKING:
    from passk_lab.cockpit.thread import LiveRun
    from passk_lab.lm import Run


class News:
    """The news of a cockpit, in order and none twice; call it with the loop's lock held.

    Parameters
    ----------
    run : Run
        The run before any; when the loop has another one, that is the next.
    """

    def __init__(self, run: Run) -> None:
        self.pictures = Pictures(run)
        self._runs, self._told = 0, Place()

    def all(self, loop: LiveRun) -> dict[str, Any]:
        """Tell the run from its beginning; "block" holds the numbers."""
        if loop.run is not self.pictures.run:
            self.pictures, self._runs = Pictures(loop.run), self._runs + 1
        self.pictures.follow()
        numbers, block = pack_numbers(*self.pictures.numbers())
        return {**self._words(loop), **numbers, "block": block}

    def more(self, loop: LiveRun) -> tuple[dict[str, Any], bytes]:
        """Tell what is new, and the numbers of it."""
        self.pictures.follow()
        numbers, block = pack_numbers(*self.pictures.numbers(self._told))
        return {**self._words(loop), **numbers}, block

    def _words(self, loop: LiveRun) -> dict[str, Any]:
        """Say from where to where the news goes, and all of it that is not rows."""
        since, self._told = self._told, self.pictures.place
        return {
            "run": self._runs,
            "from": list(since),
            "to": list(self._told),
            "done": loop.done,
            "titles": self.pictures.titles(),
            "words": report.words(loop.run),
            "samples": report.samples(loop.learner),
            "now": loop.learner.changeable() if loop.learner else {},
        }

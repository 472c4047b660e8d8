"""What a chapter of the story is: a heading, a few paragraphs, a figure that their words move."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from passk_lab.course.drawing import Drawing
from passk_lab.explorers.live import Explorer
from passk_lab.play import Part


@dataclass(frozen=True)
class Figure:
    """An explorer, in the state it opens in; which of its panels, controls and sentences are seen first."""

    explorer: Explorer
    panels: Sequence[str]
    controls: Sequence[str]
    sentences: Sequence[int] = (0,)
    title: str = ""
    """In place of the explorer's own, where a page has it twice."""

    @property
    def name(self) -> str:
        """Name of the explorer, as in its state string."""
        return self.explorer.description.name


@dataclass(frozen=True)
class Chapter:
    """A part of the story.

    Parameters
    ----------
    name : str
        Its anchor in the page's address.
    title : str
        What it finds.
    prose : str
        Paragraphs in the marks of `prose.py`, with an empty line between.
    numbers : mapping, str -> function
        What the prose says, by name: computed from the lab, never restated.
    figure : Figure, optional
        What the words of the prose move.
    drawing : Drawing, optional
        A curve that the reader draws.
    played : Part, optional
        A race, or a question that is asked again.
    part : str
        HTML of a part of its own.
    after : str
        Prose below the figure.
    notebook : str
        Where the lab goes on from here.
    """

    name: str
    title: str
    prose: str
    numbers: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    figure: Figure | None = None
    drawing: Drawing | None = None
    played: Part | None = None
    part: str = ""
    after: str = ""
    notebook: str = ""

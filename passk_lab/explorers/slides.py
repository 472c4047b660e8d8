"""Views one after the other, in one file: what `passk-lab present` writes for a talk."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from passk_lab import arguments, explorers
from passk_lab.explorers import address
from passk_lab.explorers.description import Description
from passk_lab.explorers.page import Placed, opened, without_script


@dataclass(frozen=True)
class Slide:
    """An explorer, and how it is shown."""

    description: Description
    view: address.View
    choices: tuple[str, ...] = ()
    """Answers to choose from, while the right one is hidden."""


Talks = Callable[[], Mapping[str, Callable[[], list[Slide]]]]
"""Slides that are known by a name: looked up where a name is no explorer's, and made when they are asked for."""


def slides(states: Iterable[str], talks: Talks = dict) -> list[Slide]:
    """Return what is to be shown: each state is a text, one of the `talks`, or a file with one on each line.

    Raises
    ------
    ValueError
        With the text, where it stands, and what is allowed in its place.

    Examples
    --------
    >>> [slide.view.state for slide in slides(["pass_at_k?k=16&p=.9", "collapse?k=16&panel=2"])]
    [{'k': 16, 'p': 0.9}, {'t': 0.0, 'k': 16}]
    """
    found = []
    for text in states:
        file = Path(text)
        named = "?" not in text
        if named and file.suffix and not file.is_file():
            raise ValueError(f"there is no file {file}; a state is written as in pass_at_k?k=16&p=.9.")
        lines = _lines(file) if named and file.is_file() else [("", text)]
        found += [slide for at, line in lines for slide in _slides(line, at, talks)]
    if not found:
        raise ValueError("there is no state to show: name one, as in pass_at_k?k=16&p=.9, or a file with one a line.")
    return found


def _lines(file: Path) -> list[tuple[str, str]]:
    """Lines of a file that say something, and where each stands."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError(f"{file} is no text, but should hold a state on each line.") from None
    return [(f"{file}, line {i + 1}: ", line) for i, line in enumerate(text.splitlines()) if line.strip()]


def _slides(text: str, at: str, talks: Talks) -> list[Slide]:
    """Return what one text asks for; `at` says where it stands."""
    try:
        spelled, asked = address.split(text)
        name = spelled.replace("_", "-")
        if not name:
            raise ValueError(f"{arguments.short(text)} names no explorer: it is written as in pass_at_k?k=16&p=.9.")
        if name not in explorers.BY_NAME:
            known = talks()
            arguments.known("explorer or plan" if known else "explorer", name, [*explorers.BY_NAME, *known])
            if asked:
                raise ValueError(f"{name} is a plan, without controls; it is written without {arguments.short(asked)}.")
            return known[name]()
        description = explorers.BY_NAME[name]().description
        return [Slide(description, address.view(description, text))]
    except (KeyError, ValueError) as error:
        raise ValueError(f"{at}{error.args[0]}") from None


def talk(shown: list[Slide], title: str = "passk-lab") -> str:
    """Return the text of the file: each explorer once, the views that it is shown in, pictures where no script runs.

    >>> page = talk(slides(["same_path?t=5", "same_path?t=50&panel=2"]))
    >>> page.count('class="passk-slide"'), page.count('"name": "same-path"')
    (2, 1)
    """
    placed: list[Placed] = []
    known: list[tuple[str, str]] = []
    steps, body = [], []
    for slide in shown:
        description, view = slide.description, slide.view
        asks = (description.name, description.vote)  # a plan asks the course's question, where the explorer has its own
        if asks not in known:
            known.append(asks)
            placed.append((f"explorer-{len(placed)}", description, description.start))
        steps.append([known.index(asks), address.state_text(description, view.state, view), slide.choices])
        still = without_script(description, view.state, "h2", panel=view.panel, hides=view.hides)
        body.append(f'<section class="passk-slide">{still}{_lettered(slide.choices)}</section>')
    live = "".join(f'<div id="{place}"></div>' for place, *_ in placed)
    return opened("slides", steps, title, f'{live}<div class="passk-slides">{"".join(body)}</div>', placed)


def _lettered(choices: tuple[str, ...]) -> str:
    items = "".join(f"<li>{html.escape(choice)}</li>" for choice in choices)
    return f'<ol type="a" class="passk-choices">{items}</ol>' if choices else ""

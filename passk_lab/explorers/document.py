"""Words, tables and explorers on one page, in one file: it moves on a screen, and stands still on paper.

Where no script runs, and in print, each explorer is the picture of the state it opened in, with its words.
"""

from __future__ import annotations

import base64
import html
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from passk_lab import look
from passk_lab.explorers.description import Description
from passk_lab.explorers.export import KINDS, exported
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.page import Placed, filled

_TYPES = {"json": "application/json", "csv": "text/csv", "png": "image/png", "svg": "image/svg+xml"}

_CSS = f"""
body {{ background: {look.css(look.GROUND["light"], look.GROUND["dark"])};
  color: {look.css(look.INK["light"], look.INK["dark"])};
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }}
main > header, main > section {{ padding: 0 14px; }}
h1 {{ font-size: 26px; line-height: 1.25; margin: 24px 0 6px; overflow-wrap: anywhere; }}
h2 {{ font-size: 20px; line-height: 1.3; margin: 34px 0 6px; }}
p, li {{ overflow-wrap: anywhere; }}
td, th {{ max-width: 28em; overflow-wrap: break-word; white-space: pre-wrap; }}
p {{ margin: 6px 0; max-width: 46em; }}
.passk-explorer p {{ max-width: none; }}
.passk-doc-list {{ max-width: 46em; padding-left: 1.2em; margin: 6px 0; }}
.passk-doc-strong {{ font-weight: 600; }}
.passk-doc-scroll {{ overflow-x: auto; margin: 2px 0 10px; }}
table {{ border-collapse: collapse; font-size: 14px; font-variant-numeric: tabular-nums; }}
main .passk-doc-caption {{ font-size: 14px; margin: 12px 0 0;
  color: {look.css(look.QUIET["light"], look.QUIET["dark"])}; }}
th, td {{ text-align: left; padding: 3px 14px 3px 0; border-bottom: 1px solid
  {look.css(look.GRID["light"], look.GRID["dark"])}; vertical-align: top; }}
thead th {{ font-weight: 600; }}
tbody th {{ font-weight: 400; }}
.passk-doc-number {{ text-align: right; }}
.passk-doc-short {{ white-space: nowrap; }}
.passk-doc-figure {{ margin: 14px -14px; }}
.passk-doc-still {{ margin: 0 14px; }}
.passk-doc-still img {{ width: 100%; height: auto; display: block; }}
.passk-doc-files {{ font-size: 13px; margin: 4px 14px 0;
  color: {look.css(look.QUIET["light"], look.QUIET["dark"])}; }}
.passk-doc-files a, main a {{ color: {look.css(look.ROLES["pass@1"].light, look.ROLES["pass@1"].dark)}; }}
.passk-doc-files a {{ display: inline-block; padding: 3px 6px; }}
.passk-alive .passk-doc-still {{ display: none; }}
@media print {{
  :root {{ color-scheme: light; }}
  body {{ font-size: 11pt; background: #FFFFFF; color: #1B1F23; }}
  .passk-alive .passk-doc-still {{ display: block; }}
  .passk-doc-live, .passk-doc-files {{ display: none; }}
  .passk-doc-figure, tr {{ break-inside: avoid; }}
  h2 {{ break-after: avoid; }}
  .passk-doc-scroll {{ overflow: visible; }}
}}
"""


@dataclass(frozen=True)
class Words:
    """Paragraphs; `strong` ones are what is to be seen first."""

    paragraphs: Sequence[str]
    strong: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences of equal rank."""

    points: Sequence[str]


@dataclass(frozen=True)
class Listing:
    """A table: what it lists, the heads of its columns, its rows; the first cell of a row names it."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]


@dataclass(frozen=True)
class Shown:
    """An explorer, under a name that its files get."""

    name: str
    description: Description
    state: dict[str, Any] | None = None


_WIDE = 560
"""Pixels that a still picture of one panel is wide at most; of more panels, twice that."""
_SHORT = 26
"""Signs of a cell that is not broken into lines."""

Part = Words | Points | Listing | Shown


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands under it."""

    title: str
    parts: Sequence[Part]


def document(title: str, opening: Sequence[Part], chapters: Sequence[Chapter]) -> str:
    """Return the text of the file; every text in it is escaped, so that nothing a user's file holds can run.

    >>> page = document("<b>", [Words(["Two & two."])], [])
    >>> "<title>&lt;b&gt;</title>" in page, "<p>Two &amp; two.</p>" in page
    (True, True)
    """
    placed: list[Placed] = []
    numbers = itertools.count()
    body = [f"<header><h1>{html.escape(title)}</h1>{_parts(opening, placed, numbers)}</header>"]
    for chapter in chapters:
        body.append(f"<section><h2>{html.escape(chapter.title)}</h2>{_parts(chapter.parts, placed, numbers)}</section>")
    return filled(title, "\n".join(body), placed, css=_CSS)


def _parts(parts: Sequence[Part], placed: list[Placed], numbers: Iterator[int]) -> str:
    return "\n".join(_part(part, placed, numbers) for part in parts)


def _part(part: Part, placed: list[Placed], numbers: Iterator[int]) -> str:
    if isinstance(part, Words):
        kind = ' class="passk-doc-strong"' if part.strong else ""
        return "\n".join(f"<p{kind}>{html.escape(text)}</p>" for text in part.paragraphs)
    if isinstance(part, Points):
        return f'<ul class="passk-doc-list">{"".join(f"<li>{html.escape(text)}</li>" for text in part.points)}</ul>'
    if isinstance(part, Listing):
        return _table(part, f"table-{next(numbers)}")
    return _figure(part, placed)


def _table(part: Listing, place: str) -> str:
    # The first cell of a row is its name, even where it is a number.
    numeric = [i > 0 and all(_is_number(row[i]) for row in part.rows) for i in range(len(part.heads))]
    heads = "".join(
        f'<th scope="col"{_of_cell(head, right)}>{html.escape(head)}</th>'
        for head, right in zip(part.heads, numeric, strict=True)
    )
    rows = []
    for first, *others in part.rows:
        cells = "".join(
            f"<td{_of_cell(cell, right)}>{html.escape(str(cell))}</td>"
            for cell, right in zip(others, numeric[1:], strict=True)
        )
        rows.append(f'<tr><th scope="row">{html.escape(str(first))}</th>{cells}</tr>')
    return (
        f'<p class="passk-doc-caption" id="{place}">{html.escape(part.caption)}</p>'
        f'<div class="passk-doc-scroll" tabindex="0" role="group" aria-labelledby="{place}">'
        f'<table aria-labelledby="{place}"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or str(cell).replace(".", "", 1).isdecimal()


def _of_cell(cell: Any, right: bool) -> str:
    kinds = ["passk-doc-number"] * right + ["passk-doc-short"] * (len(str(cell)) <= _SHORT)
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _figure(part: Shown, placed: list[Placed]) -> str:
    description = part.description
    state = Explorer(description, **(part.state or {}))._values
    place = f"explorer-{len(placed)}"
    placed.append((place, description, state))
    files = exported(description, state)
    links = {
        kind: f"data:{_TYPES[kind]};base64,{base64.b64encode(content).decode()}" for kind, content in files.items()
    }
    words = f"{description.title}. {' '.join(description.words(state))}"
    name = html.escape(part.name, quote=True)
    offered = " ".join(f'<a download="{name}.{kind}" href="{links[kind]}">{name}.{kind}</a>' for kind in KINDS)
    return (
        f'<div class="passk-doc-figure"><div class="passk-doc-live" id="{place}"></div>'
        f'<div class="passk-doc-still"><img alt="{html.escape(words, quote=True)}" src="{links["svg"]}"'
        f' style="max-width: {_WIDE * min(len(description.panels), 2)}px"></div>'
        f'<p class="passk-doc-files">This figure as a file: {offered}</p></div>'
    )

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
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.export import KINDS, exported
from passk_lab.explorers.live import Explorer
from passk_lab.explorers.page import Placed, filled, without_script
from passk_lab.explorers.static import heading, small

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
section:has(> .passk-doc-picture), section > .passk-doc-picture ~ * {{ display: flow-root; }}
.passk-doc-picture {{ display: block; max-width: 400px; margin: 6px 0; }}
.passk-doc-picture img {{ width: 100%; height: auto; display: block; }}
.passk-doc-picture .passk-doc-dark {{ display: none; }}
@media screen and (prefers-color-scheme: dark) {{
  .passk-doc-picture .passk-doc-dark {{ display: block; }}
  .passk-doc-picture .passk-doc-light {{ display: none; }}
}}
@media (min-width: 760px) {{ .passk-doc-picture {{ float: left; width: 400px; margin-right: 28px; }} }}
details {{ margin: 8px 0; }}
summary {{ cursor: pointer; font-weight: 600; padding: 4px 0; }}
@page {{ margin: 14mm; }}
@media print {{
  :root {{ color-scheme: light; }}
  body {{ font-size: 10.5pt; background: #FFFFFF; color: #1B1F23; }}
  main > header, main > section {{ padding: 0; }}
  h2 {{ margin-top: 20px; }}
  p {{ orphans: 3; widows: 3; max-width: none; }}
  .passk-alive .passk-doc-still {{ display: block; }}
  .passk-doc-live, .passk-doc-files {{ display: none; }}
  section:has(> .passk-doc-picture) {{ font-size: 9.5pt; line-height: 1.4; }}
  .passk-doc-picture {{ width: 6cm; margin-right: 7mm; }}
  .passk-doc-figure, tr, .passk-doc-list, section:has(> .passk-doc-picture) {{ break-inside: avoid; }}
  h2, .passk-doc-caption, .passk-doc-strong, thead {{ break-after: avoid; }}
  .passk-doc-scroll {{ overflow: visible; }}
  table {{ font-size: 9pt; }} th, td {{ padding-right: 9px; }}
  thead th.passk-doc-short {{ white-space: normal; }}
  details::details-content {{ content-visibility: visible; }}
}}
"""


@dataclass(frozen=True)
class Link:
    """Words that lead to another page, or to another place on this one: a path from here, or what follows a #."""

    text: str
    to: str


Inline = str | Link | tuple["str | Link", ...]
"""What stands in a line: words, a link, or several of them one after the other."""


@dataclass(frozen=True)
class Words:
    """Paragraphs; `strong` ones are what is to be seen first."""

    paragraphs: Sequence[Inline]
    strong: bool = False


@dataclass(frozen=True)
class Points:
    """A list of sentences of equal rank; `lettered` ones are choices, to be voted on."""

    points: Sequence[Inline]
    lettered: bool = False


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


@dataclass(frozen=True)
class Still:
    """A panel of an explorer as a picture that leads to a page on which it moves, without the answer to its vote."""

    description: Description
    panel: int
    """Counted from 1; 0 are all of them."""
    to: str
    state: dict[str, Any] | None = None


@dataclass(frozen=True)
class Folded:
    """What is opened by who wants to see it; in print it stands open."""

    title: str
    parts: Sequence[Part]


_WIDE = 560
"""Pixels that a still picture of one panel is wide at most; of more panels, twice that."""
_SHORT = 26
"""Signs of a cell that is not broken into lines."""

Part = Words | Points | Listing | Shown | Still | Folded


@dataclass(frozen=True)
class Chapter:
    """A heading and what stands under it; `place` is what a link to it ends in, after the #."""

    title: str
    parts: Sequence[Part]
    place: str = ""


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
        place = f' id="{html.escape(chapter.place, quote=True)}"' if chapter.place else ""
        inside = _parts(chapter.parts, placed, numbers)
        body.append(f"<section{place}><h2>{html.escape(chapter.title)}</h2>{inside}</section>")
    return filled(title, "\n".join(body), placed, css=_CSS)


def figure_page(description: Description, state: State, below: Sequence[Part]) -> str:
    """Return the text of a page on which an explorer stands first, under its own title, and words below it.

    >>> from passk_lab import explorers
    >>> shown = explorers.pass_at_k().description
    >>> "<p>Pull the line.</p>" in figure_page(shown, shown.start, [Words(["Pull the line."])])
    True
    """
    place = "explorer"
    still = without_script(description, state, "h1", hides=bool(description.vote))
    body = f'<div id="{place}">{still}</div><section>{_parts(below, [], itertools.count())}</section>'
    return filled(description.title, body, [(place, description, state)], heading="h1", css=_CSS)


def _parts(parts: Sequence[Part], placed: list[Placed], numbers: Iterator[int]) -> str:
    return "\n".join(_part(part, placed, numbers) for part in parts)


def _part(part: Part, placed: list[Placed], numbers: Iterator[int]) -> str:
    if isinstance(part, Words):
        kind = ' class="passk-doc-strong"' if part.strong else ""
        return "\n".join(f"<p{kind}>{_inline(text)}</p>" for text in part.paragraphs)
    if isinstance(part, Points):
        start, end = ('<ol type="a" class="passk-doc-list">', "</ol>") if part.lettered else (_LIST, "</ul>")
        return f"{start}{''.join(f'<li>{_inline(text)}</li>' for text in part.points)}{end}"
    if isinstance(part, Listing):
        return _table(part, f"table-{next(numbers)}")
    if isinstance(part, Folded):
        inside = _parts(part.parts, placed, numbers)
        return f"<details><summary>{html.escape(part.title)}</summary>{inside}</details>"
    if isinstance(part, Still):
        return _still(part)
    return _figure(part, placed)


_LIST = '<ul class="passk-doc-list">'


def _inline(given: object) -> str:
    if isinstance(given, tuple):
        return "".join(map(_inline, given))
    if isinstance(given, Link):
        return f'<a href="{html.escape(given.to, quote=True)}">{html.escape(given.text)}</a>'
    return html.escape(str(given))


def _table(part: Listing, place: str) -> str:
    # The first cell of a row is its name, even where it is a number.
    numeric = [i > 0 and _are_numbers([row[i] for row in part.rows]) for i in range(len(part.heads))]
    heads = "".join(
        f'<th scope="col"{_of_cell(head, right)}>{_head(head)}</th>'
        for head, right in zip(part.heads, numeric, strict=True)
    )
    rows = []
    for first, *others in part.rows:
        cells = "".join(
            f"<td{_of_cell(cell, right)}>{_inline(cell)}</td>" for cell, right in zip(others, numeric[1:], strict=True)
        )
        rows.append(f'<tr><th scope="row">{_inline(first)}</th>{cells}</tr>')
    return (
        f'<p class="passk-doc-caption" id="{place}">{html.escape(part.caption)}</p>'
        f'<div class="passk-doc-scroll" tabindex="0" role="group" aria-labelledby="{place}">'
        f'<table aria-labelledby="{place}"><thead><tr>{heads}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'
    )


def _head(text: str) -> str:
    """A head that paper may break after each underscore of a function's name: a sheet is narrower than a screen."""
    return html.escape(text).replace("_", "_<wbr>")


def _are_numbers(cells: Sequence[Any]) -> bool:
    """Whether a column holds numbers, and nothing besides but empty cells."""
    found = [cell for cell in cells if cell != ""]
    return bool(found) and all(map(_is_number, found))


def _is_number(cell: Any) -> bool:
    return isinstance(cell, int | float) or str(cell).replace(".", "", 1).isdecimal()


def _of_cell(cell: Any, right: bool) -> str:
    kinds = ["passk-doc-number"] * right + ["passk-doc-short"] * (_length(cell) <= _SHORT)
    return f' class="{" ".join(kinds)}"' if kinds else ""


def _length(given: object) -> int:
    if isinstance(given, tuple):
        return sum(map(_length, given))
    return len(given.text if isinstance(given, Link) else str(given))


def _still(part: Still) -> str:
    description, state = part.description, part.description.start | (part.state or {})
    light, dark = (small(description, state, theme, panel=part.panel, hides=True) for theme in ("light", "dark"))
    words = html.escape(heading(description, state, hides=True), quote=True)
    # Two pictures and no <source>: a browser does not choose among sources anew when a page goes to paper.
    return (
        f'<a class="passk-doc-picture" href="{html.escape(part.to, quote=True)}">'
        f'<img class="passk-doc-light" alt="{words}" src="{light}">'
        f'<img class="passk-doc-dark" alt="{words}" src="{dark}"></a>'
    )


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

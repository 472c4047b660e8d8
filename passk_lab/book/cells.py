"""The cells of a notebook that was run, as HTML: prose, code, outputs, and places where widgets will play."""

from __future__ import annotations

import html
import re
from typing import Any

import nbformat
from nbconvert.filters import ansi2html

from passk_lab.book import words
from passk_lab.book.assets import Assets, as_script, from_base64, name_of
from passk_lab.book.run import STUDENTS
from passk_lab.stand_in import ALONE

_LONG = 4000
"""Letters; what is longer is a file of its own, for other pages and figures too."""
_EXERCISE = re.compile(r'<a href="#(exercise-\w+)">(.*?)</a>')
_CHECKED = re.compile(r"^check\.(\w+)\(\1\)$", re.MULTILINE)


def body(notebook: nbformat.NotebookNode, assets: Assets) -> str:
    """Return all cells, in order."""
    whole = "\n".join(_cell(cell, assets) for cell in notebook.cells)
    # A notebook need not hold each exercise that it lists.
    return _EXERCISE.sub(lambda link: link[0] if f'id="{link[1]}"' in whole else link[2], whole)


def _cell(cell: nbformat.NotebookNode, assets: Assets) -> str:
    if cell.cell_type == "markdown":
        return words.markdown(cell.source)
    shown = "".join(_output(output, assets) for output in cell.outputs)
    found = _CHECKED.search(cell.source)
    name = f' id="{_place(found[1])}"' if found else ""
    if students := cell.metadata.get(STUDENTS):
        return (
            f'<div class="book-cell"{name}>{words.coloured(students)}'
            f'<details class="book-solution"><summary>Solution, and what its check says</summary>'
            f"{words.coloured(cell.source)}{shown}</details></div>"
        )
    return f'<div class="book-cell"{name}>{words.coloured(cell.source)}{shown}</div>'


def _place(exercise: str) -> str:
    return f"exercise-{exercise}"


def _output(output: nbformat.NotebookNode, assets: Assets) -> str:
    if output.output_type == "stream":
        return _pre(output.text)
    data = output.data
    if alone := data.get(ALONE):
        return _alone(alone, data, assets)
    for kind in ("text/html", "image/svg+xml", "text/markdown", "image/png", "text/latex", "text/plain"):
        if kind in data:
            return _data(kind, data, assets)
    return ""


def _data(kind: str, data: dict[str, Any], assets: Assets) -> str:
    content = data[kind]
    if kind == "text/html":
        return f'<div class="book-output">{content}</div>'
    if kind == "text/markdown":
        return f'<div class="book-output">{words.markdown(content)}</div>'
    if kind == "text/latex":
        return f'<div class="book-output">{words.formula(content.strip("$ "), apart=True)}</div>'
    if kind == "text/plain":
        return _pre(content)
    png = kind == "image/png"
    path = assets.picture(from_base64(content) if png else content.encode(), "png" if png else "svg")
    return f'<p class="book-output"><img src="{path}" alt="{html.escape(data.get("text/plain", ""))}"></p>'


def _pre(text: str) -> str:
    return f'<pre class="book-text" tabindex="0">{ansi2html(text.rstrip())}</pre>' if text.strip() else ""


def _alone(alone: dict[str, Any], data: dict[str, Any], assets: Assets) -> str:
    """A widget, with what stands there on paper; or what a page says in another way than a kernel."""
    if names := alone.get("exercises"):
        links = ", ".join(f'<a href="#{_place(name)}"><code>{html.escape(name)}</code></a>' for name in names)
        return f'<p class="book-output">Exercises of this notebook: {links}.</p>'
    if "reveals" in alone:
        told = as_script({"name": alone["reveals"], "as": alone["as"]})
        return f'<div class="book-output book-reveal">{_data_of(told)}{data["text/html"]}</div>'
    widget = alone["widget"]
    name = alone["fixed"].get("_spec", {}).get("name") or widget.rpartition(".")[2].lower()
    fixed = alone["fixed"]
    if len(as_script(fixed)) > _LONG:
        fixed = assets.fixed(re.sub(r"\W+", "-", name), fixed)
    part = {"fixed": fixed, "set": alone["set"], "kept": name_of(alone["fixed"])}
    return (
        f'<div class="book-output"><div class="book-alive" data-front="{assets.front(widget)}">'
        f'{_data_of(as_script(part))}</div><div class="book-still">{data["text/html"]}</div></div>'
    )


def _data_of(text: str) -> str:
    return f'<script type="application/json">{text}</script>'

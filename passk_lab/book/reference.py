"""The reference: a page for each room, with all that its docstrings say; and the list of all names."""

from __future__ import annotations

import html
import inspect
import re
from collections.abc import Iterator
from functools import cached_property
from types import ModuleType
from typing import Any

from passk_lab.book import docstrings, words
from passk_lab.book.names import docstring, fields, first_sentence, path_of, public, rooms

LIST = "reference.html"


def pages() -> Iterator[tuple[str, str, str]]:
    """Give for each page its path, its title and its body, the list of all names first."""
    yield LIST, "Every public name", _list()
    for room in rooms():
        yield page_of(room), path_of(room), _room(room)


def page_of(room: ModuleType) -> str:
    """Return the path of the page of a room."""
    return f"reference-{path_of(room).replace('.', '-')}.html"


def places() -> dict[str, str]:
    """Return where each public name is told of, {"metrics.pass_at_k": "reference-metrics.html#pass_at_k"}."""
    found = {}
    for room in rooms():
        found[path_of(room)] = page_of(room)
        found |= {f"{path_of(room)}.{name}": f"{page_of(room)}#{name}" for name, _ in public(room)}
    return found


def _list() -> str:
    parts = [
        "<h1>Every public name</h1><p>From the docstrings, which <code>help(name)</code> shows in a notebook. "
        'Which symbol is which name is in the <a href="glossary.html">glossary</a>.</p>'
    ]
    for room in rooms():
        path = path_of(room)
        rows = "".join(
            f'<tr><th><a href="{page_of(room)}#{name}"><code>{path}.{name}</code></a></th>'
            f"<td>{_sentence(first_sentence(room, name, thing))}</td></tr>"
            for name, thing in public(room)
        )
        parts.append(
            f'<h2 id="{path}">{path}</h2><p>{_sentence(first_sentence(room, path, room))}</p>'
            f"<table><thead><tr><th>name</th><th>what it is</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    return "".join(parts)


def _room(room: ModuleType) -> str:
    path = path_of(room)
    parts = [f"<h1><code>{path}</code></h1>{docstrings.as_html(docstring(room, path, room))}"]
    for name, thing in public(room):
        if inspect.ismodule(thing):
            said = (
                f'<p>{_sentence(first_sentence(room, name, thing))}</p><p><a href="{page_of(thing)}">All of it</a></p>'
            )
        else:
            said = docstrings.as_html(docstring(room, name, thing)) + _members(thing)
        parts.append(f'<h2 id="{name}"><code>{name}</code></h2>{_call(f"{path}.{name}", thing)}{said}')
    return "".join(parts)


def _call(path: str, thing: Any) -> str:
    """How it is called; of a thing that is not called, what it is."""
    if inspect.ismodule(thing):
        return ""
    if not callable(thing):
        shown = repr(thing)
        return (
            words.coloured(f"{path} = {shown}") if len(shown) < 300 and "\n" not in shown and "<" not in shown else ""
        )
    try:
        signature = inspect.signature(thing)
    except (TypeError, ValueError):
        return ""
    # What an argument is stands in the text below; annotations would make a wall of it.
    plain = [one.replace(annotation=one.empty, default=_default(one.default)) for one in signature.parameters.values()]
    return words.coloured(f"{path}{signature.replace(parameters=plain, return_annotation=signature.empty)}")


class _Written:
    """A default that shows as a text."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def _default(value: Any) -> Any:
    # An address in memory is no part of a book.
    return _Written("...") if value is not inspect.Parameter.empty and " at 0x" in repr(value) else value


def _members(thing: Any) -> str:
    """Methods and properties of a class, and fields of which something is said."""
    if not inspect.isclass(thing):
        return ""
    rows = [
        f"<dt><code>{name}</code></dt><dd>{docstrings.as_html(said)}</dd>"
        for name, said in fields(thing)
        if not name.startswith("_")
    ]
    for name, member in vars(thing).items():
        plain = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        if name.startswith("_") or not (inspect.isfunction(plain) or isinstance(plain, property | cached_property)):
            continue
        if said := inspect.getdoc(plain):
            call = _signature(plain) if inspect.isfunction(plain) else ""
            rows.append(f"<dt><code>{name}</code>{call}</dt><dd>{docstrings.as_html(said)}</dd>")
    return f'<p class="book-of">Its parts</p><dl class="book-items">{"".join(rows)}</dl>' if rows else ""


def _signature(function: Any) -> str:
    names = [name for name in inspect.signature(function).parameters if name not in ("self", "cls")]
    return f" <span>({html.escape(', '.join(names))})</span>"


def _sentence(text: str) -> str:
    return words.markdown(re.sub(r"\\\|", "|", text), escape=True, inline=True)

"""An explorer as one HTML file: open it from disk, put it in slides or on a course page; no kernel, no network."""

import base64
import html
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from passk_lab import files
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.payload import pack, page_front, page_style, plain
from passk_lab.front import HEAD, as_script

_PAGE = (
    HEAD
    + """<title>{title}</title>
<style>
{style}
</style>
</head>
<body>
<main{main}>{body}</main>
{script}</body>
</html>
"""
)
_SCRIPT = """<script type="module">
{front_end}
document.documentElement.classList.add("passk-alive");
front.{how}(await front.unpacked({explorers}), {more});
</script>
"""

_WIDE = 440
"""Pixels that a panel of the picture is wide at most."""

Placed = tuple[str, Description, State]
"""Where on the page an explorer goes (the id of its element), and in which state it opens."""


def page(description: Description, state: State, *, picture: bool = True) -> str:
    """Return the text of the file; with a picture of the state, for where no script runs, or without."""
    body = without_script(description, state, "h1") if picture else ""
    return filled(description.title, body, [("explorer", description, state)], main="explorer", heading="h1")


def without_script(description: Description, state: State, heading: str, *, panel: int = 0, hides: bool = False) -> str:
    """Return title, picture and words of a state as HTML: what a page shows where no script runs."""
    from passk_lab.explorers import static

    words = [] if hides else description.words(state)
    title = static.heading(description, state, hides)
    said = html.escape(" ".join([title, *words]), quote=True)
    panels = 1 if panel else min(len(description.panels), 4)
    wide = _WIDE * panels
    picture = static.small(description, state, panel=panel, hides=hides)
    return (
        f'<div class="passk-still"><{heading}>{html.escape(title)}</{heading}>'
        f'<div class="passk-wide" tabindex="0" role="group" aria-label="picture">'
        f'<img alt="{said}" style="max-width: {wide}px; --panels: {panels}" src="{picture}"></div>'
        f"{''.join(f'<p>{html.escape(sentence)}</p>' for sentence in words)}</div>"
    )


def filled(
    title: str, body: str, explorers: Sequence[Placed], *, main: str = "", heading: str = "h3", css: str = ""
) -> str:
    """Return a page with explorers in it; `body` is HTML, in which whatever is a user's has been escaped."""
    return opened("open", heading, title, body, explorers, main=main, css=css)


def opened(
    how: str, more: Any, title: str, body: str, explorers: Sequence[Placed], *, main: str = "", css: str = ""
) -> str:
    """Return a page that its script opens in one of the ways of front/pages.js, with what that is told besides."""
    packed = []
    for place, description, state in explorers:
        spec, data = pack(description)
        block = base64.b64encode(zlib.compress(data, 9)).decode()
        packed.append([place, spec, block, {name: plain(value) for name, value in state.items()}])
    return _PAGE.format(
        title=html.escape(title),
        style=page_style() + css,
        main=f' id="{main}"' if main else "",
        body=body,
        script=_SCRIPT.format(front_end=page_front(), how=how, explorers=as_script(packed), more=as_script(more))
        if packed
        else "",
    )


def write_page(description: Description, state: State, path: str | Path, *, picture: bool = True) -> Path:
    """Write it to `path` and return the path."""
    path = Path(path)
    # A path that the reader names may be a link: what it leads to is meant.
    files.put(path.resolve(), page(description, state, picture=picture))
    return path

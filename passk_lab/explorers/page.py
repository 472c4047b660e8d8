"""An explorer as one HTML file: open it from disk, put it in slides or on a course page; no kernel, no network."""

import base64
import html
import json
from collections.abc import Sequence
from pathlib import Path

from passk_lab import files
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.payload import front_end, pack, style

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="passk_lab">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; \
style-src 'unsafe-inline'; img-src data:">
<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; }}
main {{ max-width: 1150px; margin: 0 auto; }}
{style}
</style>
</head>
<body>
<main{main}>{body}</main>
{script}</body>
</html>
"""
_SCRIPT = """<script type="module">
{front_end}
document.documentElement.classList.add("passk-alive");
const heading = "{heading}";
for (const [place, spec, data, state] of {explorers}) {{
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  front.mount(document.getElementById(place), spec, bytes.buffer, state, {{ heading }});
}}
</script>
"""

Placed = tuple[str, Description, State]
"""Where on the page an explorer goes (the id of its element), and in which state it opens."""


def page(description: Description, state: State) -> str:
    """Return the text of the file."""
    return filled(description.title, "", [("explorer", description, state)], main="explorer", heading="h1")


def filled(
    title: str, body: str, explorers: Sequence[Placed], *, main: str = "", heading: str = "h3", css: str = ""
) -> str:
    """Return a page with explorers in it; `body` is HTML, in which whatever is a user's has been escaped."""
    packed = []
    for place, description, state in explorers:
        spec, data = pack(description)
        packed.append([place, spec, base64.b64encode(data).decode(), state])
    return _PAGE.format(
        title=html.escape(title),
        style=style() + css,
        main=f' id="{main}"' if main else "",
        body=body,
        script=_SCRIPT.format(front_end=front_end(), heading=heading, explorers=_json(packed)) if packed else "",
    )


def write_page(description: Description, state: State, path: str | Path) -> Path:
    """Write it to `path` and return the path."""
    path = Path(path)
    # A path that the reader names may be a link: what it leads to is meant.
    files.put(path.resolve(), page(description, state))
    return path


def _json(value: object) -> str:
    # Inside a script a "</script>" or "<!--" in a text would end it: escape every "<".
    return json.dumps(value, allow_nan=False).replace("<", "\\u003c")

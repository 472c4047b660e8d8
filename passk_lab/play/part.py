"""A playable part of a page: its data, and the front end that fills a place with it."""

from __future__ import annotations

import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from passk_lab import files
from passk_lab.explorers.description import Description
from passk_lab.explorers.static import still
from passk_lab.front import HEAD, as_script, joined

FRONT = Path(__file__).parent / "front"


@dataclass(frozen=True)
class Part:
    """What a page holds of a race, or of "ask again": its numbers, its state, and what is left where no program runs.

    Examples
    --------
    >>> from passk_lab import play
    >>> part = play.race_part(k=8)
    >>> part.place("here", "<p>Here a race is run.</p>")
    '<div id="here"><p>Here a race is run.</p></div>'
    >>> part.mount, part.state["k"], sorted(part.data)
    ('race', 8, ['block', 'spec'])
    """

    mount: str
    """Its name in MOUNTS of front/page.js."""
    title: str
    spec: Mapping[str, Any]
    block: bytes
    state: Mapping[str, Any]
    told: str
    """What it is, for where it cannot be shown."""
    picture: Description | None
    """Its exact curves."""

    @property
    def data(self) -> dict[str, Any]:
        """What its mount is handed, as plain values."""
        return {"spec": self.spec, "block": base64.b64encode(self.block).decode()}

    def place(self, name: str, without: str) -> str:
        """Return the element it fills; `without` is the HTML that stands in it where no program runs."""
        return f'<div id="{html.escape(name)}">{without}</div>'

    def still(self) -> tuple[str, str]:
        """Return what is left of it where no program runs: HTML with a picture, and a text."""
        if self.picture is None:
            return f"<p>{html.escape(self.told)}</p>", self.told
        picture, words = still(self.picture, self.picture.start)
        return f"<p>{html.escape(self.told)}</p>{picture}", f"{self.told} {words}"


@cache
def style() -> str:
    """Return the style sheet."""
    return (FRONT / "play.css").read_text(encoding="utf-8")


@cache
def front_end() -> str:
    """Return the front end as one text that defines front.MOUNTS."""
    return joined(FRONT / "page.js")


_CLOSE = (",", ":")
_PAGE = (
    HEAD
    + """<title>{title}</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; }}
main {{ max-width: 1200px; margin: 0 auto; }}
img {{ max-width: 100%; }}
{style}
</style>
</head>
<body>
<main>{place}</main>
<script type="module">
{front_end}
front.MOUNTS["{mount}"](document.getElementById("part"), {data}, {state}, {{ heading: "h1" }});
</script>
</body>
</html>
"""
)


def page(part: Part) -> str:
    """Return a page that holds one part."""
    return _PAGE.format(
        title=html.escape(part.title), style=style(), place=part.place("part", part.still()[0]), front_end=front_end(),
        mount=part.mount, data=as_script(part.data, separators=_CLOSE),
        state=as_script(dict(part.state), separators=_CLOSE),
    )  # fmt: skip


def write_page(part: Part, path: str | Path) -> Path:
    """Write it to `path` and return the path."""
    path = Path(path)
    # A path that the reader names may be a link: what it leads to is meant.
    files.put(path.resolve(), page(part))
    return path

"""The page: chapters put together in one file, which asks for nothing and opens from disk."""

from __future__ import annotations

import html
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from passk_lab import arguments, look
from passk_lab.explorers.description import State
from passk_lab.explorers.payload import plain, style
from passk_lab.front import HEAD, as_script, joined
from passk_lab.play import Part
from passk_lab.play import style as style_of_play
from passk_lab.story import chapters, prose
from passk_lab.story.chapter import Chapter, Figure
from passk_lab.story.packed import packed, rounded
from passk_lab.story.stills import still

TITLE = "Ask a model k times"
_LEAD = "Is pass@k something to train a language model on, or only something to watch? Ten minutes to read, no " \
    "Python: pull the lines, press the words, and see."  # fmt: skip

_FRONT = Path(__file__).parent / "front"
_DRAWING = Path(__file__).parents[1] / "explorers" / "front" / "drawing.css"

_PAGE = (
    HEAD
    + """<title>{title}</title>
<meta name="description" content="{lead}">
<style>
{style}
</style>
</head>
<body>
<a class="skip" href="#{first}">To the story</a>
<header>
<div><h1>{title}</h1>
<p class="lead">{lead}</p></div>
<nav aria-label="Chapters"><details open><summary>Chapters</summary><ol>
{contents}
</ol></details></nav>
</header>
<main>
{body}
</main>
<footer>
<p>Every curve here is exact or measured, and every number in the text was computed when the page was built. The page
asks for nothing from anywhere, and keeps nothing about you. Made with passk_lab; prose and figures may be used under
CC BY 4.0.</p>
</footer>
{data}
<script type="module">
{front_end}
front.tell({told});
</script>
</body>
</html>
"""
)


@cache
def page(stills: bool = True) -> str:
    """Return the text of the page; without `stills` their words are there, and no pictures."""
    stills = arguments.switch("stills", stills)
    told = chapters.told()
    made = [_Section(chapter, stills) for chapter in told]
    return _PAGE.format(
        title=html.escape(TITLE),
        lead=html.escape(_LEAD, quote=True),
        style=_style(),
        first=told[0].name,
        contents="\n".join(f'<li><a href="#{one.name}">{html.escape(one.title)}</a></li>' for one in told),
        body="\n".join(section.html for section in made),
        data="\n".join(dict.fromkeys(section.data for section in made if section.data)),
        front_end=joined(_FRONT / "story.js"),
        told=as_script(
            {
                "look": look.for_the_page(),
                "explorers": {section.explorer: section.spec for section in made if section.explorer},
                "chapters": {section.chapter.name: section.told for section in made if section.told},
            }
        ),
    )


class _Section:
    """A chapter on the page: its HTML, what its script is told, and the numbers of its figure."""

    def __init__(self, chapter: Chapter, stills: bool) -> None:
        self.chapter, self.data, self.explorer = chapter, "", ""
        self.spec: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.moves: list[State] = []
        figure = self._figure(chapter.figure, stills) if chapter.figure else ""
        if chapter.drawing:
            figure += f'<div class="drawing" id="drawing-{chapter.name}"></div>'
            self.told["drawing"] = {**chapter.drawing.for_the_page(), "hidden": list(chapter.drawing.hidden)}
        part = self._played(chapter.played, stills) if chapter.played else chapter.part
        text, after = (self._words(part) for part in (chapter.prose, chapter.after))
        goes_on = f'<p class="goes-on">Go on in the lab: notebook <code>{html.escape(chapter.notebook)}</code></p>'
        if chapter.notebook and (after or part):
            after += goes_on
        elif chapter.notebook:
            text += goes_on
        title = f'<h2 id="{chapter.name}-title">{html.escape(chapter.title)}</h2>'
        figure = f'<div class="figure">{figure}</div>' if figure else ""
        kind = "played" if chapter.played else "shown" if chapter.figure else "drawn" if chapter.drawing else "ends"
        self.html = (
            f'<section class="chapter {kind}" id="{chapter.name}" aria-labelledby="{chapter.name}-title">\n'
            f'{title}\n<div class="prose">{text}</div>\n{figure}\n'
            + (f'<div class="part">{part}</div>\n' if part else "")
            + (f'<div class="after">{after}</div>\n' if after else "")
            + "</section>"
        )

    def _figure(self, shown: Figure, stills: bool) -> str:
        name = self.chapter.name
        described = rounded(shown.explorer.description)
        self.description = replace(described, title=shown.title or described.title)
        self.opening = {control: plain(value) for control, value in shown.explorer._values.items()}
        self.explorer = self.description.name
        self.spec, numbers = packed(described)
        self.data = f'<script type="text/plain" id="data-{self.explorer}">{numbers}</script>'
        key = {"panels": list(shown.panels), "controls": list(shown.controls), "sentences": list(shown.sentences)}
        self.told |= {
            "explorer": self.explorer,
            "title": self.description.title,
            "state": self.opening,
            "moves": self.moves,
            "key": key,
        }
        picture = still(self.description, self.opening, shown.panels, drawn=stills)
        return f'<div class="live" id="live-{name}"></div><div class="still">{picture}</div>'

    def _played(self, part: Part, stills: bool) -> str:
        name, data = self.chapter.name, part.data
        spec = {key: value for key, value in data["spec"].items() if key != "look"}
        self.data = f'<script type="application/json" id="data-{name}">{as_script({**data, "spec": spec})}</script>'
        self.told |= {"mount": part.mount, "state": dict(part.state)}
        picture = part.picture
        shown = still(picture, picture.start, drawn=stills) if picture else ""
        place = part.place(f"live-{name}", f"<p>{html.escape(part.told)}</p>")
        return f'{place}<div class="still">{shown}</div>'  # outside of what is filled: paper shows it all the same

    def _words(self, text: str) -> str:
        return prose.as_html(prose.filled(text, self.chapter.numbers), self._button)

    def _button(self, query: str, words: str) -> str:
        if not self.chapter.figure:
            raise ValueError(f"chapter {self.chapter.name} has no figure that {words!r} could move.")
        there = self.description.accept(dict(parse_qsl(query, strict_parsing=True)), self.opening)
        self.moves.append({control: plain(value) for control, value in there.items()})
        return f'<span class="go" data-chapter="{self.chapter.name}" data-move="{len(self.moves) - 1}">{words}</span>'


def _style() -> str:
    colours = {"ground": look.GROUND, "ink": look.INK, "quiet": look.QUIET, "grid": look.GRID}
    of_look = {f"--{name}": look.css(colour["light"], colour["dark"]) for name, colour in colours.items()}
    accent = look.ROLES["pass@1"]
    of_look["--accent"] = look.css(accent.light, accent.dark)
    for name, role in (("right", "correct"), ("wrong", "wrong")):
        of_look[f"--{name}"] = look.css(look.ROLES[role].light, look.ROLES[role].dark)
    root = " ".join(f"{name}: {colour};" for name, colour in of_look.items())
    own = (_FRONT / "story.css").read_text(encoding="utf-8")
    return "\n".join(
        [f":root {{ color-scheme: light dark; {root} }}", style(), style_of_play(), _DRAWING.read_text("utf-8"), own]
    )

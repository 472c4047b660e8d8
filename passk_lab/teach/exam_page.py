"""A form of the exam, or its key, as a page to print: the text that can be changed is the same, in Markdown."""

from __future__ import annotations

import re

from passk_lab.teach.printed import LINE, printed

_CSS = f"""
h2 {{ margin-top: 22px; }}
pre {{ white-space: pre-wrap; }}
ul {{ margin: 4px 0; padding-left: 1.4em; }}
table {{ border-collapse: collapse; margin: 6px 0; }}
th, td {{ border: 1px solid {LINE}; padding: 2px 8px; text-align: left; vertical-align: top; }}
@media print {{
  body {{ font-size: 10.5pt; }}
  .question, tr {{ break-inside: avoid; }}
  .question:has(+ .room) {{ break-after: avoid; }}
  .room {{ height: calc(var(--points) * 7mm); }}
}}
"""
_QUESTIONS = re.compile(r"^(?=## )", re.MULTILINE)
_POINTS = re.compile(r"\((\d+) points\)$", re.MULTILINE)


def exam_page(text: str, home: str, room: bool) -> str:
    """Return a form, or a key, as a page.

    Parameters
    ----------
    text : str
        It in Markdown: a title, then questions under headings of the second order, each with its points.
    home : str
        The way to the first page for who teaches.
    room : bool
        Whether paper leaves room to write under each question, the more the more points it has.
    """
    # Only what is printed needs what turns Markdown into HTML.
    from passk_lab.book.words import markdown

    before, *questions = _QUESTIONS.split(text)
    body = [markdown(before, escape=True)]
    for question in questions:
        points = _POINTS.search(question)
        space = f'<div class="room" style="--points: {points[1]}"></div>' if room and points else ""
        body.append(f'<section class="question">{markdown(question, escape=True)}</section>{space}')
    title = before.partition("\n")[0].lstrip("# ")
    return printed(title, _CSS, "\n".join(body), home, "For who teaches it")

"""The first page of the book: what it is, what is alive in it, and what is in it."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence

from passk_lab.book.page import Page
from passk_lab.book.words import markdown

PATH, TITLE = "index.html", "The pass@k lab"
_OPENING = """
# The pass@k lab

Is pass@k something to train on, or only something to watch? These are the notebooks of the lab's course, each run from
top to bottom, as pages that need no Python, no server and no network.

- **Figures move.** Pull a point, turn a control, press what is offered under *Try*.
- **Predictions, drawings and questions judge** what you answer, at once. It is kept in this browser, if that
  keeps anything of a page opened from disk, and nowhere else; the end of each page offers to forget it.
- **Exercises** stand as a student finds them, with the solution folded below. To write code and have it checked, open
  the same notebook in the lab: `pip install passk-lab`, then `passk-lab`.
- **Training live** needs the lab too; here a run stands still in its place.

Search with the field at the top, or the key `/`. What is in it:
"""


def body(notebooks: Sequence[Page], *, whole: bool) -> str:
    """Return the body; `whole` says whether the book holds the reference."""
    rows = "".join(
        f'<li><a href="{page.path}">{html.escape(page.title)}</a><br>{_opening(page)}</li>' for page in notebooks
    )
    more = ['<li><a href="glossary.html">Glossary</a><br>Which symbol is which name, and the words of the field.</li>']
    if whole:
        more.append('<li><a href="reference.html">Every public name</a><br>The reference, room by room.</li>')
    return f'{markdown(_OPENING)}<ul class="book-list">{rows}{"".join(more)}</ul>'


def _opening(page: Page) -> str:
    """The paragraph with which a notebook begins."""
    found = re.search(r"<p>(.*?)</p>", page.body, re.DOTALL)
    return found[1] if found else ""

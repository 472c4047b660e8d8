"""One page of the book: head, contents, body, and the pages before and after."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

from passk_lab.book.mend import Section
from passk_lab.version import __version__

_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="passk_lab {version}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self' file:; \
style-src 'self' file: 'unsafe-inline'; img-src 'self' file: data:">
<title>{title} · pass@k lab</title>
<link rel="stylesheet" href="book.css">
<script src="book.js" defer></script>
</head>
<body>
<a class="book-skip" href="#main">To the text</a>
<header class="book-head"><a href="index.html">The pass@k lab</a>
<search class="book-search" hidden><label>Search <input type="search" autocomplete="off" spellcheck="false"></label>
<p role="status"></p><ol></ol></search></header>
<div class="book-columns">
<nav class="book-contents" aria-label="Contents"><details open><summary>Contents</summary>
<ol>
{contents}
</ol></details></nav>
<main id="main">
{body}
<nav class="book-turn" aria-label="Before and after">{turn}</nav>
</main>
</div>
<footer class="book-foot">{foot}</footer>
</body>
</html>
"""
_FOOT = (
    "Written by passk_lab {version}. What you answer here stays in this browser, and is kept nowhere else. "
    '<button type="button" class="book-forget" hidden>Forget my answers</button>'
)


@dataclass(frozen=True)
class Page:
    """A page, before it knows of the others."""

    path: str
    title: str
    body: str
    sections: Sequence[Section]
    part: str = ""
    """The part of the book that begins with it, if one does."""


def written(page: Page, pages: Sequence[Page]) -> str:
    """Return the whole text of a page; `pages` are all of the book, in reading order."""
    here = pages.index(page)
    before, after = pages[here - 1] if here else None, pages[here + 1] if here + 1 < len(pages) else None
    turn = [f'<a rel="prev" href="{before.path}">← {html.escape(before.title)}</a>'] if before else []
    turn += [f'<a rel="next" href="{after.path}">{html.escape(after.title)} →</a>'] if after else []
    return _PAGE.format(
        version=__version__, title=html.escape(page.title), contents=_contents(page, pages), body=page.body,
        turn="".join(turn), foot=_FOOT.format(version=__version__),
    )  # fmt: skip


def _contents(page: Page, pages: Sequence[Page]) -> str:
    rows = []
    for other in pages:
        if other.part:
            rows.append(f'<li class="book-part">{html.escape(other.part)}</li>')
        here = ' aria-current="page"' if other is page else ""
        inside = _within(page) if other is page else ""
        rows.append(f'<li><a href="{other.path}"{here}>{html.escape(other.title)}</a>{inside}</li>')
    return "\n".join(rows)


def _within(page: Page) -> str:
    rows = [f'<li><a href="#{one.place}">{html.escape(one.title)}</a></li>' for one in page.sections if one.level == 2]
    return f"<ol>{''.join(rows)}</ol>" if rows else ""

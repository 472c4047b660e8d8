"""A docstring in numpy's style as HTML: prose, formulas, lists of what goes in and comes out, examples."""

from __future__ import annotations

import html
import re
import textwrap

from passk_lab.book import words

SECTIONS = ("Parameters", "Attributes", "Returns", "Yields", "Raises", "Notes", "Examples")
_HEAD = re.compile(rf"^({'|'.join(SECTIONS)})\n-{{3,}}\n", re.MULTILINE)
_INLINE = re.compile(r":math:`([^`]*)`")
_BLOCK = re.compile(r"^( *)\.\. math::(.*(?:\n(?:\1 +.*|[ ]*(?=\n\1 )))*)", re.MULTILINE)
_ITEMS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")


def as_html(text: str) -> str:
    """Return a docstring, as `inspect.getdoc` gives it, as HTML.

    >>> page = as_html('''One sentence.
    ...
    ... Parameters
    ... ----------
    ... k : int
    ...     Draws, ``k >= 1``.
    ... ''')
    >>> "<dt><code>k</code> <span>int</span></dt><dd><p>Draws, <code>k &gt;= 1</code>.</p>" in page
    True
    """
    before, *parts = _HEAD.split(text)
    shown = [_prose(before)]
    for head, body in zip(parts[::2], parts[1::2], strict=True):
        inside = _items(body, named=head in ("Parameters", "Attributes")) if head in _ITEMS else _prose(body)
        shown.append(f'<p class="book-of">{head}</p>{inside}')
    return "".join(shown)


def _prose(text: str) -> str:
    """Paragraphs, lists, formulas; and examples, of which every line after the first prompt belongs to it."""
    text = _BLOCK.sub(lambda found: _apart(found[2]), text)
    text = _INLINE.sub(lambda found: f"${' '.join(found[1].split())}$", text)
    paragraphs = [
        f"```pycon\n{one}\n```" if one.lstrip().startswith(">>>") else one
        for one in re.split(r"\n\s*\n", text.strip("\n"))
    ]
    return words.markdown("\n\n".join(paragraphs), escape=True) if text.strip() else ""


def _apart(body: str) -> str:
    formulas = re.split(r"\n\s*\n", textwrap.dedent(body).strip())
    return "\n\n" + "\n\n".join(f"$${' '.join(one.split())}$$" for one in formulas) + "\n\n"


def _items(body: str, *, named: bool) -> str:
    """Entries that begin at the margin, each with what is said of it set in below."""
    entries = [one for one in re.split(r"\n(?=\S)", body.strip("\n")) if one.strip()]
    rows = []
    for entry in entries:
        head, _, said = entry.partition("\n")
        name, colon, kind = head.partition(" : ")
        if named or colon:
            term = f"<code>{html.escape(name)}</code>" + (f" <span>{_kind(kind)}</span>" if kind else "")
        else:
            term = f"<span>{_kind(head)}</span>"
        rows.append(f"<dt>{term}</dt><dd>{_prose(textwrap.dedent(said))}</dd>")
    return f'<dl class="book-items">{"".join(rows)}</dl>'


def _kind(text: str) -> str:
    return words.markdown(_INLINE.sub(r"$\1$", text), escape=True, inline=True) if text else ""

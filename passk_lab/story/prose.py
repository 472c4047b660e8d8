"""The prose of a chapter: text with numbers that are computed, claims that are checked, words that move a figure.

    {lead:.0f}                  what the function `lead` computes, written as Python's format says
    [never]{holds}              words that the function `holds` must make true (course/claims.py)
    [at 128 draws](k=128)       a button: moves the figure to its opening state with k = 128
    [the paper](https://...)    a link
    *word*, `word`, k^(k−1)     in italics, as code, raised

No number of a result stands in a chapter's text itself: `tests/story` looks for them.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping
from typing import Any

from passk_lab.course import claims

_VALUE = re.compile(r"(?<!\])\{(\w+)(?::([^{}]*))?\}")
_LINK = re.compile(r"\[([^\[\]]+)\]\(([^()]+)\)")
_CODE = re.compile(r"`([^`]+)`")
_RAISED = re.compile(r"\^(?:\(([^()]*)\)|(\w+))")
_LETTER, _EM = re.compile(r"[a-z]"), r"<em>\g<0></em>"
_STRESS = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])")

Numbers = Mapping[str, Callable[[], Any]]


def filled(text: str, numbers: Numbers) -> str:
    """Put the computed numbers into a text, and hold its claims.

    Raises
    ------
    KeyError
        If it names what nothing computes.
    AssertionError
        If a claim is not so.

    >>> filled("[Never]{always_so}, in {share:.0f} %", {"always_so": lambda: True, "share": lambda: 41.7})
    'Never, in 42 %'
    """
    text = _VALUE.sub(lambda found: format(numbers[found[1]](), found[2] or ""), text)
    for words, name in claims.marks(text):
        if name != claims.GIVEN and (why := claims.fault(words, numbers[name]())):
            raise AssertionError(f"{words!r} {why} ({name})")
    return claims.plain(text)


def bare(text: str) -> str:
    """Return a text without what is computed, checked or an address: what is left is to state no number.

    >>> bare("[Never]{so}, [in {share:.0f} %](k=4) of *8*")
    ', in  % of *8*'
    """
    text = claims._MARK.sub("", text)
    return _LINK.sub(r"\1", _VALUE.sub("", text))


def as_html(text: str, button: Callable[[str, str], str]) -> str:
    """Return paragraphs as HTML; `button` makes one of a state and the words on it.

    >>> as_html("Two & [three](k=3).", lambda state, words: f"<b>{words}</b>")
    '<p>Two &amp; <b>three</b>.</p>'
    """

    def link(found: re.Match[str]) -> str:
        words, where = found[1], html.unescape(found[2])
        if where.startswith("https://"):
            return f'<a href="{html.escape(where)}">{words}</a>'
        return button(where, words)

    return "\n".join(
        f"<p>{_marked(paragraph, link)}</p>" for paragraph in re.split(r"\n\s*\n", text.strip()) if paragraph
    )


def _marked(paragraph: str, link: Callable[[re.Match[str]], str]) -> str:
    text = _LINK.sub(link, html.escape(_kept_together(" ".join(paragraph.split())), quote=False))
    text = _CODE.sub(r"<code>\1</code>", text)
    text = _RAISED.sub(lambda found: f"<sup>{_LETTER.sub(_EM, found[1] or found[2])}</sup>", text)
    return _STRESS.sub(r"<em>\1</em>", text)


def _kept_together(text: str) -> str:
    r"""Keep a number and its unit, a letter and its value, a difference, in one line.

    >>> _kept_together("k = 7, 60 % [so](k=7) is 1 − (1 − p)").split(" ")
    ['k\xa0=\xa07,', '60\xa0%', '[so](k=7)', 'is', '1\xa0−\xa0(1\xa0−\xa0p)']
    """
    text = re.sub(" ([−×]) ", "\N{NO-BREAK SPACE}\\1\N{NO-BREAK SPACE}", text)
    return re.sub(r"(?<=\d) (?=%)|(?<=\b\w) (?==)|(?<= =) (?=\d)|(?<=\b\w\s=) (?=\d)", "\N{NO-BREAK SPACE}", text)

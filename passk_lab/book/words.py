"""Markdown and mathematics as HTML that needs nothing from anywhere: formulas become MathML."""

from __future__ import annotations

import html

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonConsoleLexer, PythonLexer

_LEFT = {
    r"\lceil": "⌈",
    r"\rceil": "⌉",
    r"\lfloor": "⌊",
    r"\rfloor": "⌋",
    r"\{": "{",
    r"\}": "}",
    r"\_": "_",
    r"\%": "%",
}
"""What the converter hands on as it came: brackets after a size, and signs within a text."""


def markdown(text: str, *, escape: bool = False, inline: bool = False) -> str:
    """Return Markdown, with formulas between dollars, as HTML.

    Parameters
    ----------
    text : str
    escape : bool
        Whether a "<" in the text is that sign, and not the beginning of HTML.
    inline : bool
        Whether it is a part of a line, and not a paragraph.

    Examples
    --------

    >>> markdown("p is *one* number.")
    '<p>p is <em>one</em> number.</p>\\n'
    """
    found = MarkdownWithMath(renderer=_Renderer(escape=escape, exclude_anchor_links=True)).render(text)
    return found.strip().removeprefix("<p>").removesuffix("</p>") if inline else found


def formula(latex: str, *, apart: bool = False) -> str:
    r"""Return a formula as MathML, `apart` on a line of its own.

    >>> formula(r"\frac{1}{k}").count("<mfrac>")
    1
    """
    found = convert(latex, display="block" if apart else "inline")
    for left, sign in _LEFT.items():
        found = found.replace(left, sign)
    return f'<div class="book-formula" tabindex="0">{found}</div>' if apart else found


def coloured(text: str, *, console: bool = False) -> str:
    """Return Python, or with `console` what was typed at its prompt, with its parts named for the style sheet."""
    lexer = PythonConsoleLexer() if console else PythonLexer()
    return f'<pre class="book-code" tabindex="0">{highlight(text, lexer, HtmlFormatter(nowrap=True)).rstrip()}</pre>'


class _Renderer(IPythonRenderer):
    """nbconvert's, but for formulas and code."""

    def block_math(self, body: str) -> str:
        return formula(body.strip(), apart=True)

    def inline_math(self, body: str) -> str:
        return formula(body.strip())

    def latex_environment(self, name: str, body: str) -> str:
        return formula(rf"\begin{{{name}}}{body}\end{{{name}}}", apart=True)

    def block_code(self, code: str, info: str | None = None) -> str:
        if info and info.startswith("py"):
            return coloured(code, console=info.startswith("pycon"))
        return f'<pre class="book-code" tabindex="0">{html.escape(code.rstrip())}</pre>'

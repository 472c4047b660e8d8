"""Formulas and docstrings as HTML: every one the lab has, and nothing of them lost."""

import inspect
import re
from html import unescape

import pytest

from passk_lab import objectives
from passk_lab.book import docstrings, words
from passk_lab.book.names import docstring, fields, path_of, public, rooms
from passk_lab.course.builder import glossary, parse, sources
from passk_lab.exact import derivations

ALL = [(room, name, thing) for room in rooms() for name, thing in public(room) if not inspect.ismodule(thing)]


def of_docstrings():
    for room, name, thing in ALL:
        text = docstring(room, name, thing)
        yield from re.findall(r":math:`([^`]*)`", text)
        for block in re.findall(r"\.\. math::(.*(?:\n +.*|\n(?=\n +))*)", text):
            yield " ".join(block.split())


def of_notebooks():
    prose = [cell.text for source in sources() for cell in parse(source.read_text("utf-8")) if cell.markdown]
    for text in [*prose, glossary()]:
        yield from re.findall(r"\$\$(.+?)\$\$", text, re.DOTALL)
        yield from re.findall(r"(?<!\$)\$([^$\n]+)\$(?!\$)", text)


FORMULAS = {
    "notebooks": list(of_notebooks()),
    "derivations": [step.formula for name in derivations.names() for step in derivations.get(name).steps],
    "objectives": [row["equation"] for row in objectives.overview()],
    "docstrings": list(of_docstrings()),
}


@pytest.mark.parametrize("where", FORMULAS)
def test_every_formula_becomes_mathml(where):
    for latex in FORMULAS[where]:
        found = words.formula(" ".join(latex.split()))
        assert found.startswith("<math"), latex
        assert "\\" not in unescape(found), latex  # what the converter does not know it hands on as it is
        assert "merror" not in found, latex


def test_there_are_formulas_to_convert():
    assert len(FORMULAS["notebooks"]) >= 1  # most of the prose has its formulas in plain letters
    assert all(len(FORMULAS[where]) > 20 for where in ("derivations", "objectives", "docstrings"))


def plain(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


def test_no_word_of_a_docstring_is_lost():
    lost = {}
    for room, name, thing in ALL:
        text = docstring(room, name, thing)
        without = re.sub(r":math:`[^`]*`|\.\. math::.*(?:\n +.*|\n(?=\n +))*", " ", text)
        there = set(re.findall(r"\w{3,}", plain(docstrings.as_html(text))))
        if gone := set(re.findall(r"\w{3,}", without)) - there:
            lost[f"{path_of(room)}.{name}"] = gone
    assert lost == {}


def test_a_docstring_has_its_sections():
    page = docstrings.as_html(
        "A sentence.\n\n.. math:: p^k\n\nParameters\n----------\nk : int, `k >= 1`\n    Draws,\n    more than one."
        "\n\nReturns\n-------\nfloat\n\nExamples\n--------\nWhy:\n\n>>> 1 < 2\nTrue\n"
    )
    assert page.count("<math") == 1
    assert (
        '<p class="book-of">Parameters</p><dl class="book-items"><dt><code>k</code> <span>int, <code>k &gt;= 1' in page
    )
    assert "<dd><p>Draws,\nmore than one.</p>" in page
    assert "<dt><span>float</span></dt>" in page
    assert '<span class="gp">&gt;&gt;&gt; </span>' in page


def test_what_a_docstring_says_cannot_run():
    assert "<b>" not in docstrings.as_html("One <b>bold</b>.\n\nRaises\n------\nValueError\n    For <b>.")


def test_fields_of_a_class_are_told():
    from passk_lab.course.exercise import Exercise

    assert dict(fields(Exercise))["hints"] == "Idea, formula, line."

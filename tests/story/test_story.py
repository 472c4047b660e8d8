"""The story: what ships is what the lab computes, its prose states no number of its own, it fits into its sizes."""

import re

import numpy as np
import pytest

from passk_lab.course import claims
from passk_lab.story import chapters, packed, page, prose, sampled
from passk_lab.story.__main__ import PAGE

STILL = re.compile(r'data:image/png;base64,[^"]*')
NUMBERS = re.compile(r'(<script type="text/plain" id="data-[^"]*">)([^<]*)(?=</script>)')
GIVEN = re.compile(r"\bpass@\d+\b|\b(?:one|first|second|two)\b", re.IGNORECASE)
BUTTON = re.compile(r"\[([^\[\]]+)\]\(([^()]+)\)")


@pytest.fixture(scope="module")
def shipped():
    return PAGE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def built():
    return page(stills=False)


def without_pictures(text):
    return STILL.sub("data:image/png;base64,", text)


def test_what_ships_is_what_the_lab_computes(shipped, built):
    # Another zlib packs into other bytes, another scipy has other last digits: numbers are compared as numbers.
    mine, theirs = (NUMBERS.sub(r"\1", without_pictures(text)) for text in (built, shipped))
    assert mine == theirs, "run `make page`"
    for (_, mine), (_, theirs) in zip(NUMBERS.findall(built), NUMBERS.findall(shipped), strict=True):
        one, other = (np.frombuffer(packed.unpacked(text), "<f4") for text in (mine, theirs))
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-6)


def test_its_sizes(shipped, built):
    assert len(shipped.encode()) <= 1_400_000
    assert len(built.encode()) <= 750_000


def test_every_figure_has_its_still_picture_on_both_grounds(shipped):
    pictures = STILL.findall(shipped)
    figures = [chapter for chapter in chapters.told() if chapter.figure or (chapter.played and chapter.played.picture)]
    assert len(pictures) == 2 * len(figures) == 2 * shipped.count("<picture>")
    assert all(len(picture) > 4000 for picture in pictures)


def without_settings(text):
    """The prose without what is computed, and without numbers on a word that are those it leads to."""

    def given(found):
        there = {float(number) for number in re.findall(r"=(-?[\d.]+(?:e\d+)?)", found[2])}
        return "" if {r.high + r.low for r in claims.readings(found[1])} <= {2 * value for value in there} else found[1]

    return GIVEN.sub("", prose.bare(BUTTON.sub(given, text)))


@pytest.mark.parametrize("chapter", chapters.told(), ids=lambda chapter: chapter.name)
def test_its_prose_states_no_number_of_its_own(chapter):
    for text in (chapter.prose, chapter.after):
        found = claims.unbound(without_settings(text), "k = 1 n = 8 p = 0.001 p = 0.01 p = 0.5 p = 0.9")
        assert found == [], found


def test_a_number_that_is_typed_in_is_found():
    assert claims.unbound(without_settings("It solves 62 %, [with 8 tries](k=8&p=0.1), [with 9](k=8)."), "") == [
        "62",
        "9",
    ]


def test_a_claim_that_is_not_so_is_refused():
    with pytest.raises(AssertionError, match="is not so"):
        prose.filled("[None]{so} falls.", {"so": lambda: False})
    with pytest.raises(KeyError):
        prose.filled("{nowhere:.0f}", {})


def test_the_prose_is_escaped():
    assert prose.as_html("a < b", lambda state, words: "") == "<p>a &lt; b</p>"


def test_numbers_are_packed_and_unpacked():
    description = packed.rounded(chapters.told()[7].figure.explorer.description)
    spec, text = packed.packed(description)
    block = packed.unpacked(text)
    for name, table in description.tables.items():
        start = spec["tables"][name]["offset"]
        there = np.frombuffer(block, "<f4", table.values.size, start).reshape(table.values.shape)
        np.testing.assert_array_equal(there, table.values)


def test_the_answers_are_those_of_the_bundled_models():
    drawn, kept = sampled.draw(), sampled.kept()
    assert drawn["parameters"] == kept["parameters"]
    for one, other in zip(drawn["prompts"], kept["prompts"], strict=True):
        for kind in sampled.KINDS:
            assert one[kind]["answers"] == other[kind]["answers"]
            np.testing.assert_allclose(one[kind]["p"], other[kind]["p"], rtol=0.01)


def test_every_chapter_names_a_notebook_that_there_is():
    notebooks = PAGE.parents[1] / "notebooks"
    named = [chapter.notebook for chapter in chapters.told() if chapter.notebook]
    assert len(named) >= 10
    for name in named:
        assert (notebooks / f"{name}.ipynb").exists(), name

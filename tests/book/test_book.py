"""A book of a small made-up notebook: what stands on its page, what is shared, what is run again and when."""

import json
import re
from html import unescape

import pytest

from passk_lab import book
from passk_lab.book import page as pages
from tests.book.small import dead_links, write_small


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("small")
    write_small(folder)
    return folder


@pytest.fixture(scope="module")
def text(folder):
    return (folder / "book" / "00_small.html").read_text(encoding="utf-8")


def told(text):
    return [json.loads(one) for one in re.findall(r'<script type="application/json">(.*?)</script>', text)]


def test_no_link_is_dead(folder):
    assert dead_links(folder / "book") == []
    assert {page.name for page in (folder / "book").glob("*.html")} == {"index.html", "00_small.html", "glossary.html"}


def test_a_dead_link_is_found(tmp_path):
    (tmp_path / "a.html").write_text('<p id="x"><a href="#x"></a><a href="#y"></a><img src="none.png">')
    assert dead_links(tmp_path) == ["a.html: #y", "a.html: none.png"]


def test_each_widget_has_what_it_needs_and_a_picture_for_paper(text, folder):
    parts = [part for part in told(text) if "kept" in part]
    assert [sorted(part["set"]) for part in parts] == [["_values"], ["value"], ["choice"], ["drawn"]]
    assert text.count('<div class="book-still">') == 4
    assert (folder / "book" / parts[0]["fixed"]).read_text().startswith('passk.fixed("figures/visits-')
    assert parts[1]["fixed"]["_asked"]["said"] == "You predict {}. Read on to see."
    assert parts[3]["fixed"]["_hidden"] == [0.5, 0.75, 0.9375]


def test_a_reveal_waits_for_its_prediction(text):
    assert {"name": "of the book", "as": "You said {}. It is 36."} in told(text)
    assert "run this cell again" not in text


def test_an_exercise_stands_open_with_its_solution_folded(text):
    _, exercise = text.split('id="exercise-all_right"')
    before, solution = exercise.split('<details class="book-solution">')
    assert "your code here" in unescape(before)
    assert "comb" not in before
    assert "comb" in solution.split("</details>")[0]
    assert "✓ correct" in solution.split("</details>")[0]
    assert '<a href="#exercise-all_right"><code>all_right</code></a>' in text  # from the list at the top


def test_formulas_are_mathml_in_prose_and_tables(text):
    assert text.count("<math") == 3
    assert "$" not in re.sub(r"<(script|pre).*?</\1>", "", text, flags=re.DOTALL)


def test_what_a_cell_shows_cannot_run(text):
    assert "&lt;/script&gt;&lt;b&gt;" in text
    assert '<span class="ansi-red-fg">red &lt; 1</span>' in text


def test_the_teachers_cells_are_not_in_it(text):
    assert "the teacher's own" not in unescape(text)


def test_tables_have_no_empty_heads(text):
    assert not re.search(r"<th[^>]*>\s*</th>", text)
    assert text.count('<div class="book-wide" tabindex="0"') == 2


def test_the_page_may_load_nothing_from_outside(text):
    assert "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?:https?:)?//', text.replace(pages.__doc__ or "", ""))


def test_the_search_knows_each_section(folder):
    index = (folder / "book" / "search.js").read_text(encoding="utf-8")
    rows = json.loads(index.removeprefix("passk.found(").rstrip().removesuffix(");"))
    small = {title: (address, words) for page, address, title, words in rows if page == "00 A small notebook"}
    assert small["What moves & judges"][0] == "00_small.html#what-moves-judges"
    assert "It begins." in small["A small notebook"][1]


def test_only_what_changed_is_run_again(tmp_path):
    said = []
    for text in ("# %%\n1", "# %%\n1", "# %%\n2", "# %%\n2"):
        write_small(tmp_path, f"# %% [markdown]\n# # One\n\n{text}\n", say=said.append)
    assert said == ["run: 00_small"] * 2
    assert len(list((tmp_path / "kept").iterdir())) == 1  # what is no longer of use is gone


def test_a_cell_that_fails_ends_it(tmp_path):
    from nbclient.exceptions import CellExecutionError

    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        write_small(tmp_path, "# %% [markdown]\n# # Bad\n\n# %%\n1 / 0\n")
    assert not (tmp_path / "book").exists()


def test_a_number_that_no_notebook_has_is_refused(tmp_path):
    with pytest.raises(KeyError, match="01"):
        book.write(tmp_path, only=["99"])

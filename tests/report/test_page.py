"""The page of a diagnosis as a text: whole, harmless, of the size that was promised, and the same each time."""

import csv
import functools
import json
import re
from html.parser import HTMLParser

import pytest

from passk_lab import report
from passk_lab.report import figures, page
from tests.report.cases import evaluation, hostile

PAIR = [evaluation(8, [8, 8, 8, 7, 0, 0, 0, 1] * 30), evaluation(8, [1, 2, 1, 3, 1, 2, 1, 1] * 30, run="base")]
KINDS = {
    "one": lambda: report.diagnose(PAIR[0]),
    "one problem": lambda: report.diagnose(evaluation(4, [1])),
    "one sample": lambda: report.diagnose(evaluation(1, [0, 1, 1])),
    "pair": lambda: report.diagnose(*PAIR),
    "one in common": lambda: report.diagnose(evaluation(4, [1]), evaluation(4, [2], run="base")),
    "nothing in common": lambda: report.diagnose(PAIR[0], evaluation(8, [1, 2], run="base", problems=["x", "y"])),
    "steps": lambda: report.diagnose(*hostile()),
    "all right": lambda: report.diagnose(evaluation(8, [8] * 20), evaluation(8, [8] * 20, run="base")),
    "ragged": lambda: report.diagnose(evaluation([2, 8, 100], [1, 8, 3]), evaluation([8, 8, 9], [0, 8, 1], run="base")),
}


@functools.cache
def made(kind):
    found = KINDS[kind]()
    return found, page.page(found)


class _Tags(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.opened, self.said = [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.opened.append((tag, dict(attributes)))

    def handle_data(self, data):
        self.said.append(data)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_diagnosis_has_a_page_without_a_hole(kind):
    found, text = made(kind)
    said = _Tags(text.partition("<main>")[2].partition("</main>")[0]).said
    assert [cell for cell in said if cell == "None" or re.search(r"\bnan\b|\binf\b|Estimate\(|array\(", cell)] == []
    for verdict in found.verdicts:
        assert verdict.text in said


def test_no_text_of_a_file_becomes_a_tag():
    _, text = made("steps")
    tags = _Tags(text).opened
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert [
        attributes for tag, attributes in tags if tag == "img" and "src" in attributes and attributes["src"] == "x"
    ] == []
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)


def test_the_page_is_the_same_each_time_and_not_too_large():
    _, text = made("pair")
    assert text == page.page(report.diagnose(*PAIR))
    assert len(text) < 4_000_000


def test_every_figure_is_there_as_a_file_and_its_numbers_are_those_drawn(tmp_path):
    found = report.diagnose(*PAIR)
    written = {path.name for path in page.write_figures(found, tmp_path / "figures")}
    names = [name for name, _ in figures.every(found)]
    assert written == {f"{name}.{kind}" for name in names for kind in ("json", "csv", "png", "svg")}
    with open(tmp_path / "figures" / "curves.csv", newline="") as file:
        rows = [
            row for row in csv.DictReader(file) if row["panel"] == "Difference" and row["mark"] == "model minus base"
        ]
    drawn = {float(row["x"]): float(row["y"]) for row in rows if row["x"]}
    comparison = found.pair.comparison
    for k in (1, 8):
        assert drawn[k] == pytest.approx(comparison.difference[comparison.ks == k][0], abs=1e-7)
    assert json.loads((tmp_path / "figures" / "curves.json").read_text())["words"]


def test_a_name_that_a_spreadsheet_would_run_is_written_as_text(tmp_path):
    page.write_figures(report.diagnose(evaluation(4, [1, 2], run="=cmd|' /C calc'!A0")), tmp_path)
    for path in tmp_path.glob("*.csv"):
        with open(path, newline="") as file:
            assert not any(cell[:1] in ("=", "@") for row in csv.reader(file) for cell in row)


def test_the_surest_losses_stand_by_evidence_and_not_by_their_place():
    model = evaluation(100, [0, 20, 50, 50], problems=["weak", "strong", "same", "other"])
    base = evaluation(100, [1, 80, 50, 50], problems=["weak", "strong", "same", "other"], run="base")
    said = _Tags(page.page(report.diagnose(model, base))).said
    at = next(i for i, text in enumerate(said) if text.startswith("The surest losses"))
    table = said[at : said.index("How the problems are spread")]
    assert "strong" in table
    assert not {"weak", "same", "other"} & set(table)
    assert not any(text.startswith("The surest gains") for text in said)

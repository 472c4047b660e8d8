"""The whole book: every notebook run, every page opened from disk, in light and dark, wide and on a phone."""

import pytest
from playwright.sync_api import expect

from passk_lab import book
from tests.book.small import dead_links
from tests.browser.conftest import new_page, watch  # noqa: F401
from tests.browser.test_axe import faults

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("book")
    book.write(folder / "out", kept=folder / "kept")
    said = []
    book.write(folder / "out", kept=folder / "kept", say=said.append)
    assert said == []  # nothing has changed, so nothing is run
    return folder / "out"


def test_no_link_is_dead(folder):
    assert dead_links(folder) == []


def test_it_is_of_a_size_to_carry(folder):
    assert sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) < 15e6


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page(scheme, folder, new_page):  # noqa: F811
    page, found = new_page(color_scheme=scheme), {}
    page.context.set_offline(True)
    watch(page, page)
    for file in sorted(folder.glob("*.html")):
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(file.as_uri())
        expect(page.locator(".book-is-alive")).to_have_count(page.locator(".book-alive").count())
        for summary in page.locator("main summary").all():
            summary.evaluate("it => { it.parentElement.open = true; }")
        said = [*page.errors, *page.strangers]
        said += faults(page)  # axe asks for the style sheet, which the page may not, and that is said as an error
        page.errors.clear()
        page.set_viewport_size({"width": 360, "height": 640})
        if page.evaluate("document.documentElement.scrollWidth") > 360:
            said.append("wider than a phone")
        if said:
            found[file.name] = said
    assert found == {}

"""The page of a diagnosis in a browser: it moves, asks for nothing, runs nothing, and can be read by all."""

import pytest
from playwright.sync_api import expect

from passk_lab import report
from passk_lab.report import page as report_page
from tests.browser.access import faults, too_small
from tests.browser.conftest import watch
from tests.report.cases import hostile


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("diagnosis") / "page.html"
    return report_page.write_page(report.diagnose(*hostile()), path).as_uri()


def opened(new_page, address, **options):
    page = new_page(**options)
    page.context.set_offline(True)
    watch(page, page)
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_moves_asks_for_nothing_and_runs_nothing(scheme, new_page, address):
    page = opened(new_page, address, color_scheme=scheme)
    page.locator("canvas").first.wait_for()
    title = page.title()
    assert title.startswith("Diagnosis: ")
    explorers = page.locator(".passk-explorer")
    assert explorers.count() == 7
    words = explorers.first.locator(".passk-words")
    before = words.inner_text()
    explorers.first.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    expect(words).not_to_have_text(before)
    assert faults(page) == []
    assert too_small(page) == []
    assert (page.errors, page.strangers, page.title()) == ([], [], title)


@pytest.mark.parametrize("width", [360, 320])  # 320 is what 400 % zoom leaves of a window of 1280
def test_nothing_is_cut_off_on_a_phone_or_at_400_per_cent(width, new_page, address):
    page = opened(new_page, address, viewport={"width": width, "height": 700})
    page.locator("canvas").first.wait_for()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_on_paper_and_without_javascript_there_are_still_pictures(new_page, address):
    for page in (opened(new_page, address, java_script_enabled=False), opened(new_page, address, color_scheme="dark")):
        page.emulate_media(media="print")
        stills = page.locator(".passk-doc-still img")
        assert stills.count() == 7
        for still in stills.all():
            assert still.is_visible()
            assert len(still.get_attribute("alt")) > 60
        assert page.locator("canvas:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"

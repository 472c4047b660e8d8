"""A page of the book, opened from disk: figures move, questions judge, nothing is asked of the network."""

import pytest
from playwright.sync_api import expect

from tests.book.small import write_small
from tests.browser.conftest import watch
from tests.browser.explorer_page import ExplorerOnPage
from tests.browser.test_axe import faults


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    return write_small(tmp_path_factory.mktemp("book")).as_uri()


@pytest.fixture
def open_page(new_page, address):
    def _open(**options):
        page = new_page(**options)
        page.context.set_offline(True)
        watch(page, page)
        page.goto(address)
        if options.get("java_script_enabled", True):
            page.locator(".passk-explorer canvas").first.wait_for()
            expect(page.locator(".book-is-alive")).to_have_count(4)
        return page

    return _open


def test_everything_on_it_answers(open_page):
    page = open_page()

    shown = ExplorerOnPage(page, page.locator(".passk-explorer h3").inner_text())
    before, words = shown.pictures(), shown.words
    shown.root.get_by_role("slider").first.focus()
    page.keyboard.press("ArrowRight")
    assert shown.pictures() != before
    assert shown.words != words

    expect(page.locator(".book-reveal")).to_contain_text("Predict first")
    page.get_by_label("I predict").fill("200")
    page.get_by_label("I predict").press("Enter")
    expect(page.get_by_text("The answer is a whole number from 1 to 100, but you said 200.")).to_be_visible()
    expect(page.locator(".book-reveal")).to_contain_text("Predict first")
    page.get_by_label("I predict").fill("20")
    page.get_by_label("I predict").press("Enter")
    expect(page.get_by_text("You predict 20. Read on to see.")).to_be_visible()
    expect(page.locator(".book-reveal")).to_have_text("You said 20. It is 36.")

    quiz, heard = page.locator(".passk-quiz", has=page.get_by_role("radio")), []
    for radio in quiz.get_by_role("radio").all():
        radio.check()
        heard.append(quiz.get_by_role("status").inner_text().split(".")[0])
    assert sorted(heard) == ["✓ Right", *["✗ Not quite"] * (len(heard) - 1)]
    chosen = page.locator("input[type=radio]:checked").get_attribute("value")

    page.locator(".passk-drawing summary").click()
    for i, height in enumerate(("0.6", "0.7")):
        field = page.locator(".passk-drawing input").nth(i)
        field.fill(height)
        field.press("Tab")
    page.locator(".passk-drawing").get_by_role("button", name="Show me").click()
    expect(page.locator(".passk-drawing [role=status]")).to_contain_text("points from that of p = 0.5 on average")

    page.reload()  # what was answered is still there, and gone when it is to be
    expect(page.locator(".book-reveal")).to_have_text("You said 20. It is 36.")
    expect(page.locator("input[type=radio]:checked")).to_have_attribute("value", chosen)
    expect(page.locator(".passk-drawing [role=status]")).to_contain_text("points from that of")
    page.get_by_role("button", name="Forget my answers").click()
    expect(page.locator(".book-is-alive")).to_have_count(4)
    expect(page.locator(".book-reveal")).to_contain_text("Predict first")
    expect(page.locator("input[type=radio]:checked")).to_have_count(0)
    assert page.errors == []
    assert page.strangers == []


def test_search_finds_sections_by_keyboard(open_page):
    page = open_page()
    page.keyboard.press("/")
    page.keyboard.type("judges moves")
    link = page.get_by_role("link", name="00 A small notebook: What moves & judges")
    expect(page.get_by_text("1 place", exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(link).to_be_focused()
    page.keyboard.press("Enter")
    assert page.url.endswith("#what-moves-judges")
    expect(link).to_have_count(0)  # who has gone there is done
    page.keyboard.press("/")
    page.keyboard.type("moves judges")
    expect(link).to_be_visible()
    page.keyboard.press("Escape")
    expect(link).to_have_count(0)
    assert page.errors == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(open_page, scheme):
    page = open_page(color_scheme=scheme)
    page.locator("summary", has_text="Solution").click()
    assert faults(page) == []


def test_a_phone_shows_it_whole(open_page):
    page = open_page(viewport={"width": 360, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    expect(page.locator(".book-contents ol").first).to_be_hidden()  # at a press


def test_on_paper_pictures_stand_in_for_what_moves(open_page):
    page = open_page(color_scheme="dark")
    page.emulate_media(media="print")
    expect(page.locator(".book-still img")).to_be_visible()
    expect(page.locator(".passk-explorer")).to_be_hidden()
    assert page.locator(".book-still img").evaluate("it => it.decode().then(() => it.naturalWidth)") > 300
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_without_scripts_it_can_be_read(open_page):
    page = open_page(java_script_enabled=False)
    expect(page.locator(".book-still img")).to_be_visible()
    expect(page.get_by_text("Show it without")).to_be_visible()
    expect(page.get_by_role("search")).to_be_hidden()

"""The story as a reader meets it: docs/index.html, opened from disk, offline."""

import itertools

import pytest
from playwright.sync_api import expect

from passk_lab.story import chapters
from passk_lab.story.__main__ import PAGE
from tests.browser.conftest import watch
from tests.browser.test_axe import faults

NAMES = [chapter.name for chapter in chapters.told()]
PICTURE = "(id) => document.querySelector(`#${id} .live canvas`).toDataURL()"


@pytest.fixture
def story(new_page):
    def open_page(hash="", **options):
        page = new_page(**{"reduced_motion": "reduce", **options})
        page.context.set_offline(True)
        watch(page, page)
        page.goto(PAGE.as_uri() + hash)
        return page

    return open_page


def words(page, chapter):
    return page.locator(f"#{chapter} .passk-words")


def test_words_move_a_picture_and_the_way_back_leads_back(story):
    page = story(reduced_motion="no-preference")
    page.get_by_role("link", name="Ask 8 times").click()
    expect(words(page, "one-number")).to_contain_text("k = 8, p = 0.1")
    page.wait_for_url("**/index.html#one-number?k=8&p=0.1")
    before = page.evaluate(PICTURE, "one-number")
    page.get_by_role("link", name="Ask 64 times").click()
    expect(words(page, "one-number")).to_contain_text("k = 64, p = 0.1")
    page.wait_for_url("**/index.html#one-number?k=64&p=0.1")
    assert page.evaluate(PICTURE, "one-number") != before
    page.go_back()
    expect(words(page, "one-number")).to_contain_text("k = 8, p = 0.1")
    assert (page.errors, page.strangers) == ([], [])


def test_what_was_there_before_stays_faintly(story):
    page = story("#one-number?k=4&p=0.1")
    expect(words(page, "one-number")).to_contain_text("k = 4")
    page.get_by_role("link", name="Ask 8 times").click()
    expect(words(page, "one-number")).to_contain_text("k = 8")
    with_ghost = page.evaluate(PICTURE, "one-number")
    other = story("#one-number?k=8&p=0.1")
    expect(words(other, "one-number")).to_contain_text("k = 8")
    assert other.evaluate(PICTURE, "one-number") != with_ghost


def test_a_link_restores_a_view_and_says_so(story):
    page = story("#held-open?hold=entropy%20bonus&t=1000&strength=0.3")
    expect(words(page, "held-open")).to_contain_text("Held by entropy bonus, strength 0.3")
    expect(page.locator("#held-open")).to_be_in_viewport()
    page.locator("#held-open").get_by_role("button", name="Copy link to this view").click()
    expect(page.locator("#held-open .passk-note")).to_contain_text("#held-open?t=1000")
    page.locator("#held-open").get_by_role("button", name="Reset").click()
    expect(words(page, "held-open")).to_contain_text("Held by nothing")
    raced = story("#race?left=grpo&right=maxrl&k=8&seed=3&world=own&n=banana")
    expect(raced.locator("#race select").first).to_have_value("grpo")
    assert (page.errors, raced.errors) == ([], [])


def test_a_drawn_curve_is_judged(story):
    page = story()
    canvas = page.locator("#draw").get_by_role("slider")
    canvas.scroll_into_view_if_needed()
    canvas.focus()
    for _ in range(7):
        canvas.press("ArrowRight")
    page.locator("#draw").get_by_role("button", name="Show me").click()
    expect(page.locator("#draw [role=status]")).to_contain_text("Above the trained model: yours nowhere")
    expect(page.locator("#draw [role=status]")).to_contain_text("the base first at k = 16")


def through(page):
    """Every figure, made as it is by one who reads on."""
    for name in NAMES:
        page.evaluate("(id) => document.getElementById(id).scrollIntoView({behavior: 'instant'})", name)
        live = page.locator(f"#{name} .live > .passk-explorer, #{name} .live > section, #{name} .part section")
        if page.locator(f"#live-{name}").count():
            live.first.wait_for(state="attached")


@pytest.mark.parametrize("options", [
    {"color_scheme": "light"}, {"color_scheme": "dark"}, {"viewport": {"width": 360, "height": 740}},
    {"viewport": {"width": 320, "height": 256}},  # 400 % zoom of a window 1280 pixels wide
], ids=["light", "dark", "phone", "zoom"])  # fmt: skip
def test_it_is_whole_in_every_window(story, options):
    page = story(**options)
    through(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    beyond = page.evaluate(
        "[...document.querySelectorAll('button, input, select, a, summary')].filter((e) => e.checkVisibility()"
        " && !e.closest('.skip, fieldset')).filter((e) => { const b = e.getBoundingClientRect();"
        " return b.right > innerWidth + 1 || b.left < -1; }).map((e) => e.outerHTML.slice(0, 120))"
    )
    assert beyond == []
    if "color_scheme" in options:
        assert faults(page) == []
    if options.get("color_scheme") == "light":
        headings = "[...document.querySelectorAll('h1, h2, h3, h4')].filter((e) => e.checkVisibility())"
        levels = page.evaluate(f"{headings}.map((e) => +e.tagName[1])")
        assert levels[0] == 1 and levels.count(1) == 1  # noqa: PT018
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        page.emulate_media(media="print")  # on paper it is still pictures, of what is played too, beside their words
        for chapter in chapters.told():
            if chapter.figure or chapter.played:
                expect(page.locator(f"#{chapter.name} .still img")).to_be_visible()
                expect(page.locator(f"#live-{chapter.name}")).to_be_hidden()
        expect(page.locator(".drawing canvas").first).to_be_visible()
        pages = page.pdf(format="A4").count(b"/Type /Page\n")
        assert len(chapters.told()) / 2 <= pages < len(chapters.told())
    assert (page.errors, page.strangers) == ([], [])


def test_without_a_script_it_is_pictures_and_text(story):
    page = story(java_script_enabled=False)
    for chapter in chapters.told():
        if chapter.figure:
            expect(page.locator(f"#{chapter.name} .still img")).to_be_visible()
    expect(page.get_by_text("is solved more often than not")).to_be_visible()
    assert page.locator("main a.go").count() == 0

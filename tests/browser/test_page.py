"""What a page adds to its explorers: an address, a vote, one panel alone, a projector, paper, a picture, a course."""

import html
import re
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from passk_lab import explorers
from passk_lab.explorers import address, slides
from passk_lab.explorers.page import filled
from tests.browser.explorer_page import ExplorerOnPage, luminance
from tests.browser.written import REMEMBER_TEXTS, faults_of

SCREENS = ({"width": 1920, "height": 1080}, {"width": 1024, "height": 768})
CAPITAL = 14 / 2000
"""Height of a capital that the last row reads: 14 mm of a picture 2 m wide."""
PROJECTED = """async (views) => { const g = document.createElement('canvas').getContext('2d'), found = {};
const section = document.querySelector('.passk-explorer');
for (const view of views) {
  location.hash = view;
  await new Promise(done => setTimeout(() => requestAnimationFrame(() => setTimeout(done))));
  const words = [], canvases = [];
  for (const node of section.querySelectorAll('*')) {
    const own = [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own && node.tagName !== 'SELECT') continue;
    if (node.closest('.passk-spoken') || node.closest('option') || !node.checkVisibility()) continue;
    const style = getComputedStyle(node);
    g.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = g.measureText('H');
    const { left, top, right, bottom } = node.getBoundingClientRect();
    words.push([up + down, node.textContent || node.tagName,
      left < -0.5 || top < -0.5 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5]);
  }
  for (const c of section.querySelectorAll('canvas')) {
    if (c.checkVisibility()) canvases.push([c.texts, c.clientWidth, c.clientHeight]);
  }
  found[view] = { words, canvases, whole: section.classList.contains('passk-present') &&
    section.scrollHeight <= section.clientHeight && section.scrollWidth <= section.clientWidth };
} return found; }"""
TARGETS = """() => [...document.querySelectorAll('a[href], button, summary, select, textarea, input')]
  .filter(e => e.checkVisibility()).map(e => [e, (e.type === 'checkbox' && e.closest('label')) || e])
  .map(([e, at]) => [e.outerHTML.slice(0, 90), at.getBoundingClientRect().width, at.getBoundingClientRect().height])"""


@pytest.fixture(scope="module")
def remembering(one_page):
    one_page.add_init_script(REMEMBER_TEXTS)
    return one_page


@pytest.fixture
def open_at(remembering, file_of):
    def _open(name: str, view: str = "", size=SCREENS[1], page=None):
        page = page or remembering
        page.set_viewport_size(size)
        page.goto("about:blank")
        page.goto(f"{file_of(name).as_uri()}{view}")
        page.locator("canvas:visible").first.wait_for()
        return page, ExplorerOnPage(page, root=page.locator(".passk-explorer"))

    return _open


def hash_of(page) -> str:
    return page.evaluate("location.hash")


def note_of(shown) -> str:
    return shown.root.locator(".passk-note").inner_text()


RIGHTMOST = """c => { const g = c.getContext('2d'), [w, h] = [c.width, c.height];
const pixels = g.getImageData(0, 0, w, h).data; let found = [0, 0];
for (let i = 0; i < w * h; i++) {
  const [r, , b] = pixels.slice(4 * i, 4 * i + 3);
  if (pixels[4 * i + 3] > 200 && r - b > 120 && (i % w) / w > found[0]) found = [(i % w) / w, Math.floor(i / w) / h];
} return found; }"""


def test_a_point_beyond_the_edge_is_an_arrow_at_it(open_at):
    _, shown = open_at("pass-at-k", "#k=16&p=0.9&panel=2")
    across, down = shown.root.locator("canvas:visible").evaluate(RIGHTMOST)  # of the orange pixels
    assert 0.8 < across < 0.95  # at p = 0.9, where the weight is 1.6e-14 and the picture ends at 1e-4
    assert down > 0.75


def test_a_link_opens_the_view_and_the_address_follows_the_hand(open_at):
    page, shown = open_at("pass-at-k", "#k=16&p=.9")
    shown.expect_words("k = 16, p = 0.9")
    shown.slider("draws k").press("ArrowRight")
    page.wait_for_function("() => location.hash === '#k=17&p=0.9'")
    page.evaluate("location.hash = '#pass_at_k?p=0.5&k=64'")
    shown.expect_words("k = 64, p = 0.5")
    page.evaluate("location.hash = '#k=2'")  # what is not said is as the page came
    shown.expect_words("k = 2, p = 0.1")
    shown.button("Reset").click()
    page.wait_for_function("() => location.hash === '#k=8&p=0.1'")
    assert page.errors == []


def test_what_an_address_has_too_much_is_said_and_the_rest_is_shown(open_at):
    _, shown = open_at("pass-at-k", "#k=16&p=7&speed=3")
    shown.expect_words("k = 16, p = 0.1")
    assert "left out: p = 7, speed = 3. There is: k from 1 to 1024, p from 0 to 1." in note_of(shown)
    _, shown = open_at("pass-at-k", "#collapse?k=4")
    assert note_of(shown) == "This address is of another figure: collapse."


def test_copy_link_gives_the_address_of_the_view(open_at, new_page):
    page, shown = open_at("pass-at-k", page=new_page(permissions=["clipboard-read", "clipboard-write"]))
    shown.button("a prompt nearly solved").click()
    shown.button("Copy link").click()
    expect(shown.root.locator(".passk-note")).to_contain_text("Copied: file:///")
    link = page.evaluate("navigator.clipboard.readText()")
    assert link.endswith("/pass-at-k.html#k=16&p=0.9")


def test_a_vote_hides_the_answer_until_it_is_shown(open_at):
    for name in explorers.BY_NAME:
        description = explorers.BY_NAME[name]().description
        page, shown = open_at(name, "#hide=answer")
        heading = shown.root.get_by_role("heading")
        question = description.fill(description.vote, description.start)
        expect(heading).to_have_text(question)
        asked_as = page.title()
        assert shown.words.strip() == ""
        hidden = shown.pictures() if name in ("pass-at-k", "visits") else []
        text = shown.root.inner_text()
        for said in (
            description.title,
            *(description.fill(panel.title, description.start) for panel in description.panels),
        ):
            assert said not in text, name
        assert not any(shown.button(preset.label).is_visible() for preset in description.presets)
        shown.root.get_by_role("button", name="Show the answer").first.press("Enter")
        expect(heading).to_have_text(description.title)
        assert shown.words == " ".join(description.words(description.start))
        assert not hidden or [*map(str.__ne__, shown.pictures(), hidden)].count(True) > 0, name
        assert "hide=answer" not in hash_of(page)
        assert (asked_as, page.title()) == (question, description.title), name
        assert page.evaluate("document.activeElement.textContent") == "Hide the answer"  # the finger is where it was
    shown.root.get_by_role("button", name="Hide the answer").first.click()
    assert shown.pictures() == hidden
    assert hash_of(page).endswith("&hide=answer")


def test_digits_show_one_panel_alone_and_all_again(open_at):
    page, shown = open_at("pass-at-k")
    canvases = shown.root.locator("canvas")
    small = canvases.nth(1).bounding_box()["width"]
    page.keyboard.press("2")
    expect(shown.root.get_by_role("status")).to_contain_text("Weight alone; the key 0 shows all 3 panels.")
    assert [canvas.is_visible() for canvas in canvases.all()] == [False, True, False]
    assert canvases.nth(1).bounding_box()["width"] > 2 * small
    assert hash_of(page) == "#k=8&p=0.1&panel=2"
    page.keyboard.press("4")  # there is none
    assert canvases.nth(1).is_visible()
    shown.slider("draws k").press("0")
    assert [canvas.is_visible() for canvas in canvases.all()] == [True] * 3
    assert hash_of(page) == "#k=8&p=0.1"


def test_digits_in_a_field_are_the_fields(open_at):
    page, shown = open_at("same-path")
    shown.root.get_by_role("combobox").press("1")
    page.get_by_text("Embed").click()
    page.get_by_role("textbox").press("2")
    page.keyboard.press("Control+1")
    assert all(canvas.is_visible() for canvas in shown.root.locator("canvas").all())


def test_the_page_says_its_keys_and_a_switch_and_the_address_turn_off_those_that_one_may_say(open_at):
    page, _ = open_at("pass-at-k")
    foot = page.locator(".passk-foot")
    expect(foot).to_contain_text("Keys: 1 to 3 show one panel alone, 0 all; P makes it large")
    switch = foot.get_by_role("checkbox", name="Listen to digits and P")
    expect(switch).to_be_checked()
    switch.press("Space")
    assert hash_of(page) == "#k=8&p=0.1&keys=off"
    for key in "2pP":
        page.keyboard.press(key)
    assert hash_of(page) == "#k=8&p=0.1&keys=off"
    page, _ = open_at("pass-at-k", "#k=8&p=0.1&present=1&keys=off")
    assert not foot.is_visible()  # it lies below what fills the window, and takes no focus there
    page.keyboard.press("Escape")
    assert hash_of(page) == "#k=8&p=0.1&keys=off"
    expect(switch).not_to_be_checked()
    switch.press("Space")
    page.keyboard.press("2")
    assert hash_of(page) == "#k=8&p=0.1&panel=2"


def for_the_last_row(open_at, name: str, *views: str) -> None:
    for size in SCREENS:
        page, _ = open_at(name, "", size)
        for view, seen in page.evaluate(PROJECTED, [f"#present=1{view}" for view in views]).items():
            at = f"{name} {view} on {size['width']}"
            assert [fault for canvas in seen["canvases"] for fault in faults_of(*canvas)] == [], at
            written = [(text["capital"], text["text"]) for texts, *_ in seen["canvases"] for text in texts]
            written += [(capital, text) for capital, text, _ in seen["words"]]
            assert len(written) > 12
            assert [text for capital, text in written if capital < CAPITAL * size["width"]] == [], at
            assert [text for _, text, cut in seen["words"] if cut] == [], at
            assert seen["whole"], at
            assert min(height for *_, height in seen["canvases"]) > 0.15 * size["height"], at


@pytest.mark.parametrize("name", ["pass-at-k", "collapse-run", "imperfect-verifier"])
def test_the_last_row_reads_every_letter_and_nothing_is_cut(name, open_at):
    for_the_last_row(open_at, name, "", "&panel=2")


@pytest.mark.long
@pytest.mark.parametrize("name", explorers.BY_NAME)
def test_the_last_row_reads_every_letter_of_every_panel(name, open_at):
    description = explorers.BY_NAME[name]().description
    presets = ["&" + address.query(description.accept(preset.state)) for preset in description.presets]
    alone = [f"&panel={i + 1}" for i in range(len(description.panels))]
    for_the_last_row(open_at, name, "", "&hide=answer", *presets, *alone)


def test_a_key_goes_to_the_projector_and_back(open_at):
    page, shown = open_at("pass-at-k", size=SCREENS[0])
    line = "() => document.querySelector('canvas').getContext('2d').getTransform().a"
    before = page.evaluate(line)
    page.keyboard.press("p")
    assert hash_of(page) == "#k=8&p=0.1&present=1"
    page.wait_for_function(f"least => ({line})() > least", arg=1.6 * before)  # lines and marks with the letters
    shown.pull(panel=0, from_x=0.3, to_x=0.7)
    assert 0.5 < float(shown.value("chance p that one sample is right")) < 0.8
    page.keyboard.press("Escape")
    assert "present" not in hash_of(page)
    page.wait_for_function(f"before => ({line})() === before", arg=before)
    shown.button("Projector").click()
    shown.button("Leave (Esc)").click()
    assert not shown.root.evaluate("e => e.classList.contains('passk-present')")


def test_on_its_way_to_paper_a_dark_page_is_drawn_light_at_once(open_at):
    page, shown = open_at("visits")
    page.emulate_media(color_scheme="dark")
    ground = "e => getComputedStyle(e).backgroundColor"
    scale = "() => document.querySelector('canvas').getContext('2d').getTransform().a"
    try:
        assert luminance(shown.root.evaluate(ground)) < 60
        before = page.evaluate(scale)
        page.evaluate("() => { dispatchEvent(new Event('beforeprint')); }")
        assert luminance(shown.root.evaluate(ground)) == 255
        assert page.evaluate(scale) == 3 * before
        page.evaluate("() => { dispatchEvent(new Event('afterprint')); }")
        assert luminance(shown.root.evaluate(ground)) < 60
    finally:
        page.emulate_media(color_scheme="light")


def test_paper_is_white_and_shows_what_was_on_the_screen(open_at):
    page, shown = open_at("real-curves-math500", "#k=15")
    page.emulate_media(media="print", color_scheme="dark")
    try:
        ground, ink, body = page.evaluate(
            """() => { const e = document.querySelector('.passk-explorer'), s = getComputedStyle(e);
            return [s.backgroundColor, s.color, getComputedStyle(document.body).backgroundColor]; }"""
        )
        assert (luminance(ground), luminance(body)) == (255, 255)
        assert luminance(ink) < 60
        drawn = "c => c.texts.length && c.getContext('2d').getTransform().a"
        assert shown.root.locator("canvas").first.evaluate(drawn) >= 3  # finely enough for paper
        assert not page.get_by_role("button", name="Copy link").is_visible()
        assert not page.locator(".passk-foot").is_visible()
        shown.expect_words("k = 15")
    finally:
        page.emulate_media(media="screen", color_scheme="light")


def test_without_a_script_there_is_a_title_a_picture_and_words(new_page, tmp_path):
    page = new_page(java_script_enabled=False, viewport={"width": 360, "height": 700})
    explorer = explorers.real_curves(k=15)
    page.goto(explorer.to_html(tmp_path / "still.html").as_uri())
    assert page.locator("h1").inner_text() == explorer.description.title
    assert explorer.words in page.locator("img").get_attribute("alt")
    assert page.locator("img").bounding_box()["width"] >= 500  # it can be read, and is scrolled, not the page
    assert page.locator(".passk-wide").bounding_box()["width"] <= 360
    assert [p.inner_text() for p in page.locator("p").all()] == explorer.description.words(explorer._values)


def test_nothing_overflows_a_phone_and_every_target_is_large_enough(remembering, file_of):
    remembering.set_viewport_size({"width": 360, "height": 700})
    for name in explorers.BY_NAME:
        remembering.goto(file_of(name).as_uri())
        remembering.locator("canvas").first.wait_for()
        remembering.get_by_text("Embed").click()
        assert remembering.evaluate("document.documentElement.scrollWidth") <= 360, name
        small = [target for target in remembering.evaluate(TARGETS) if min(target[1:]) < 24]
        assert small == [], name
        assert remembering.locator("h1").count() == 1


def test_the_line_for_a_course_shows_the_view_where_it_is_put(open_at, tmp_path, file_of):
    page, shown = open_at("pass-at-k", "#k=16&p=0.9")
    page.get_by_text("Embed").click()
    line = page.get_by_role("textbox").input_value()
    assert 'src="pass-at-k.html#k=16&#38;p=0.9"' in line
    shown.slider("draws k").press("ArrowRight")
    page.wait_for_function("() => document.querySelector('textarea').value.includes('k=17')")
    (tmp_path / "pass-at-k.html").write_bytes(file_of("pass-at-k").read_bytes())
    (tmp_path / "course.html").write_text(f"<h1>Week 3</h1>{line}", encoding="utf-8")
    page.goto((tmp_path / "course.html").as_uri())
    frame = page.frame_locator("iframe")
    expect(frame.locator(".passk-words")).to_contain_text("k = 16, p = 0.9")
    assert html.unescape(re.search('title="([^"]*)"', line)[1]) == explorers.pass_at_k().description.title
    assert page.errors == []


def test_several_explorers_on_one_page_share_its_address(remembering, tmp_path):
    made = [explorers.pass_at_k(), explorers.collapse(), explorers.pass_at_k()]
    placed = [(f"figure-{i}", one.description, one._values) for i, one in enumerate(made)]
    path = tmp_path / "three.html"
    body = "<h1>Three</h1>" + "".join(f'<div id="{place}"></div>' for place, *_ in placed)
    path.write_text(filled("Three", body, placed), encoding="utf-8")
    page = remembering
    page.set_viewport_size({"width": 1000, "height": 700})
    page.goto(f"{path.as_uri()}#pass-at-k.2?k=64&p=0.5;collapse?k=16")
    first, second, third = (ExplorerOnPage(page, root=page.locator(".passk-explorer").nth(i)) for i in range(3))
    first.expect_words("k = 8, p = 0.1")
    second.expect_words("k = 16, t = 0")
    third.expect_words("k = 64, p = 0.5")
    first.slider("draws k").press("ArrowRight")
    page.wait_for_function("() => location.hash.startsWith('#pass-at-k?k=9&p=0.1;collapse?t=0&k=16;pass-at-k.2?k=64')")
    second.slider("training time t").press("2")
    assert [c.is_visible() for c in second.root.locator("canvas").all()] == [False, True, False]
    assert all(c.is_visible() for c in first.root.locator("canvas").all())
    page.evaluate("location.hash = '#pass-at-k.2?k=4'")
    third.expect_words("k = 4, p = 0.1")
    first.expect_words("k = 8, p = 0.1")
    page.evaluate("location.hash = '#collapse?keys=off'")  # keys are the page's
    first.slider("draws k").press("2")
    assert all(c.is_visible() for c in first.root.locator("canvas").all())
    assert page.locator("h1").count() == 1
    assert page.errors == []


@pytest.fixture
def talk(tmp_path):
    path = tmp_path / "talk.html"
    shown = slides.slides(["pass_at_k?k=16&p=.9", "real_curves_math500?k=4&hide=answer", "pass_at_k?k=64&panel=2"])
    shown[1] = replace(shown[1], choices=("Above it.", "<b>Below</b> it."))
    path.write_text(slides.talk(shown), encoding="utf-8")
    return path.as_uri()


def test_a_talk_steps_by_arrow_and_remote_and_says_where_it_is(talk, remembering):
    page = remembering
    page.set_viewport_size(SCREENS[1])
    page.goto(talk)
    status = page.locator("body > [role=status]")
    expect(status).to_have_text(f"1 of 3: {explorers.pass_at_k().description.title}")
    page.keyboard.press("PageDown")
    expect(status).to_contain_text("2 of 3: Here is Qwen2.5-7B.")
    assert hash_of(page).startswith("#2?k=4&")
    assert hash_of(page).endswith("&hide=answer")
    expect(page.locator(".passk-choices:visible li")).to_have_text(["Above it.", "<b>Below</b> it."])
    page.locator(".passk-explorer:visible").get_by_role("button", name="Show the answer").first.press("Enter")
    expect(page.locator(".passk-choices:visible")).to_have_count(0)
    page.keyboard.press("ArrowRight")
    assert page.title().startswith("3 of 3")
    assert page.locator("canvas:visible").count() == 1
    page.keyboard.press("ArrowRight")  # the last stays
    assert hash_of(page) == "#3?k=64&p=0.1&panel=2"
    slider = page.get_by_role("slider", name="draws k")
    slider.press("ArrowRight")  # which is the slider's
    page.wait_for_function("() => location.hash === '#3?k=66&p=0.1&panel=2'")
    slider.press("PageUp")  # and a remote's is never
    expect(status).to_contain_text("2 of 3")
    page.get_by_role("button", name="Back").click()
    expect(status).to_contain_text("1 of 3")
    assert page.evaluate("document.activeElement.textContent") == "Next"
    page.keyboard.press("End")
    expect(page.locator(".passk-words:visible")).to_contain_text("k = 64, p = 0.1")  # as the list has it
    page.goto("about:blank")
    page.goto(f"{talk}#2?k=9")
    expect(page.locator(".passk-explorer:visible").get_by_role("slider")).to_have_attribute("aria-valuetext", "9")
    page.evaluate("location.hash = '#2?k=9&keys=off'")
    page.wait_for_function("() => location.hash.endsWith('&keys=off')")
    page.keyboard.press("p")
    page.keyboard.press("PageDown")  # which is no character
    expect(status).to_contain_text("3 of 3")
    assert hash_of(page) == "#3?k=64&p=0.1&panel=2&keys=off"
    assert page.locator(".passk-present").count() == 1
    assert page.errors == []


def test_a_talk_on_paper_and_without_a_script_is_all_its_views(talk, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(talk)
    assert page.locator("img").count() == 3
    assert [h.inner_text().split(".")[0] for h in page.locator("h2").all()][1] == "Here is Qwen2"
    page = new_page()
    page.goto(talk)
    page.emulate_media(media="print", color_scheme="dark")
    assert [image.is_visible() for image in page.locator("img").all()] == [True] * 3
    assert page.locator(".passk-choices:visible").count() == 1
    assert not page.locator(".passk-explorer").first.is_visible()

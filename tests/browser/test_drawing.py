"""You draw it: a curve drawn by mouse, by keyboard or in numbers, on a page of its own and in a real JupyterLab."""

import json
import random

import pytest
from playwright.sync_api import expect

from passk_lab import look
from passk_lab.course.drawing import Drawing
from passk_lab.explorers.payload import FRONT
from passk_lab.front import joined
from tests.browser.conftest import SCREENSHOTS, watch

ASK = Drawing(
    "made up", "How does the base go on?", [1, 2, 4, 8, 16, 32], [0.6, 0.7, 0.78, 0.85, 0.9, 0.94], "base",
    {"trained": [0.78, 0.82, 0.85, 0.87, 0.89, 0.91]}, low=0.5,
)  # fmt: skip
PAGE = """<!doctype html><html lang="en"><title>drawing</title><style>{style}</style><div id="root"></div>
<script type="module">{front}
window.view = front.mountDrawing(document.getElementById("root"), {spec}, {look}, {{hidden: {hidden}}});</script>"""
STATUS = ".passk-drawing [role=status]"


@pytest.fixture
def page(new_page, tmp_path):
    def open_page(**options):
        page = new_page(reduced_motion="reduce", **options)
        page.context.set_offline(True)
        watch(page, page)
        path = tmp_path / "page.html"
        parts = {"spec": ASK.for_the_page(), "look": look.for_the_page(), "hidden": ASK.hidden}
        path.write_text(PAGE.format(
            style=(FRONT / "drawing.css").read_text(), front=joined(FRONT / "drawing.js"),
            **{name: json.dumps(value) for name, value in parts.items()},
        ))  # fmt: skip
        page.goto(path.as_uri())
        return page

    return open_page


def canvas_of(page):
    return page.locator(".passk-drawing").get_by_role("slider")


def draw(page, heights: list[float]) -> None:
    """Pull a stroke across the canvas, from the left to the right, through these parts of its height."""
    canvas_of(page).scroll_into_view_if_needed()
    box = canvas_of(page).bounding_box()
    for i, height in enumerate(heights):
        x = box["x"] + box["width"] * (0.1 + 0.88 * i / (len(heights) - 1))
        page.mouse.move(x, box["y"] + box["height"] * (1 - height), steps=12)
        if i == 0:
            page.mouse.down()
    page.mouse.up()


def values(page) -> list[float]:
    return page.evaluate("() => window.view.values()")


def test_a_stroke_to_the_edge_is_judged_in_pythons_words(page):
    page = page()
    expect(page.get_by_role("button", name="Show me")).to_be_disabled()
    expect(page.get_by_role("button", name="Draw again")).to_be_hidden()
    draw(page, [0.3, 0.5, 0.6, 0.75])
    drawn = values(page)
    assert len(drawn) == 6
    assert drawn[0] == 0.6
    assert drawn[1:] == sorted(drawn[1:])
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(STATUS)).to_have_text(ASK.verdict(drawn))
    draw(page, [0.9, 0.1])
    assert values(page) == drawn  # what was judged stays
    page.get_by_role("button", name="Draw again").click()
    assert values(page) == [0.6]
    expect(page.locator(STATUS)).to_have_text("")
    expect(canvas_of(page)).to_be_focused()
    assert page.errors == []
    assert page.strangers == []


def test_half_a_stroke_goes_on_where_it_ended_and_can_be_mended(page):
    page = page()
    box = canvas_of(page).bounding_box()

    def stroke(*points):
        for i, (x, y) in enumerate(points):
            page.mouse.move(box["x"] + box["width"] * x, box["y"] + box["height"] * y)
            if i == 0:
                page.mouse.down()
        page.mouse.up()

    stroke((0.1, 0.6), (0.4, 0.5))
    assert 1 < len(values(page)) < 6
    expect(page.get_by_role("button", name="Show me")).to_be_disabled()
    stroke((0.97, 0.2), (0.98, 0.2))
    whole = values(page)
    assert len(whole) == 6
    assert whole[2:] == sorted(whole[2:])
    stroke((0.97, 0.7), (0.6, 0.7))  # from the right to the left, quickly: the places between come along
    mended = values(page)
    assert mended[:3] == whole[:3]
    assert max(mended[3:]) - min(mended[3:]) < 0.01


def test_by_keyboard_alone_and_a_screen_reader_hears_the_value(page):
    page = page()
    page.keyboard.press("Tab")
    canvas = canvas_of(page)
    expect(canvas).to_be_focused()
    expect(canvas).to_have_attribute("aria-valuetext", "k = 1: 60.0 %")
    for _ in range(2):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("PageUp")
        page.keyboard.press("ArrowUp")
    expect(canvas).to_have_attribute("aria-valuetext", "k = 4: 66.0 %")
    assert values(page) == pytest.approx([0.6, 0.63, 0.66])
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(canvas).to_have_attribute("aria-valuetext", "k = 2: 62.5 %")
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    drawn = values(page)
    assert drawn == pytest.approx([0.6, 0.625, 0.66, 0.66, 0.66, 0.66])
    expect(page.locator(STATUS)).to_have_text(ASK.verdict(drawn))
    page.keyboard.press("ArrowUp")
    assert values(page) == drawn


def test_in_numbers_and_a_number_that_will_not_do_is_said(page):
    page = page()
    page.get_by_text("Numbers instead").click()
    page.get_by_label("k = 4", exact=True).fill("0.7")
    page.get_by_label("k = 4", exact=True).press("Tab")
    assert values(page) == pytest.approx([0.6, 0.65, 0.7])
    page.get_by_label("k = 32").fill("1.7")
    page.get_by_label("k = 32").press("Tab")
    expect(page.locator(STATUS)).to_have_text("At k = 32 the height is a number from 0.5 to 1.")
    page.get_by_label("k = 32").fill("0.9")
    page.get_by_label("k = 32").press("Tab")
    expect(page.get_by_role("button", name="Show me")).to_be_enabled()
    assert values(page) == pytest.approx([0.6, 0.65, 0.7, 0.7 + 0.2 / 3, 0.7 + 0.4 / 3, 0.9])


def test_the_page_says_what_python_says_of_any_drawing(page):
    page = page()
    pick = random.Random(5)
    for _ in range(40):
        drawn = [ASK.hidden[0], *(round(pick.uniform(0.5, 1), 4) for _ in ASK.k[1:])]
        page.get_by_text("Numbers instead").evaluate("it => it.parentElement.open = true")
        for k, height in zip(ASK.k[1:], drawn[1:], strict=True):
            page.get_by_label(f"k = {k}", exact=True).fill(str(height))
            page.get_by_label(f"k = {k}", exact=True).dispatch_event("change")
        page.get_by_role("button", name="Show me").click()
        expect(page.locator(STATUS)).to_have_text(ASK.verdict(drawn))
        page.get_by_role("button", name="Draw again").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_stands_on_either_ground(page, scheme):
    page = page(color_scheme=scheme, viewport={"width": 1280, "height": 800})
    rgb = tuple(int(look.INK[scheme][i : i + 2], 16) for i in (1, 3, 5))
    expect(page.locator(".passk-drawing")).to_have_css("color", f"rgb{rgb}".replace(",", ","))
    draw(page, [0.3, 0.5, 0.6, 0.75])
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/drawing-{scheme}-drawn.png")
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(STATUS)).not_to_have_text("")
    if SCREENSHOTS:
        page.screenshot(path=f"{SCREENSHOTS}/drawing-{scheme}-shown.png")


def test_a_finger_draws_and_the_page_stays(page):
    page = page(has_touch=True, viewport={"width": 420, "height": 500})
    box = canvas_of(page).bounding_box()
    session = page.context.new_cdp_session(page)
    for i in range(21):
        x, y = box["x"] + box["width"] * (0.12 + 0.86 * i / 20), box["y"] + box["height"] * (0.7 - 0.4 * i / 20)
        kind = "touchStart" if i == 0 else "touchMove"
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.get_by_role("button", name="Show me")).to_be_enabled()
    assert page.evaluate("() => scrollY") == 0


MADE_UP = """from passk_lab.course import draw, drawn
ask = draw('browser', 'How does it go on?', k=[1, 2, 4, 8], hidden=[.5, .75, .9375, .9961], label='p = 0.5')
ask"""


def test_in_jupyterlab_the_kernel_judges_and_remembers(open_notebook, place_notebook):
    notebook = open_notebook(place_notebook("made_up.ipynb", MADE_UP))
    notebook.run_all()
    page = notebook.page
    assert notebook.execute("drawn('browser')") == "None"
    draw(page, [0.4, 0.6, 0.8])
    page.get_by_role("button", name="Show me").click()
    expect(page.locator(STATUS)).to_contain_text("points from that of p = 0.5 on average")
    remembered = notebook.execute("drawn('browser')")
    assert remembered.startswith("{1: 0.5, 2: ")
    said = page.locator(STATUS).inner_text()
    assert notebook.execute("ask.verdict(list(drawn('browser').values()))") == repr(said)
    notebook.screenshot("drawing-jupyterlab")
    # The page may say a whole curve within the axis and nothing else.
    notebook.run_code("from passk_lab.course.drawing import DrawingWidget\nwidget = DrawingWidget(ask)")
    for state in ({"drawn": [0.5, 2, 0.9, 1]}, {"drawn": [0.5]}, {"drawn": "1234"}, {"_verdict": {"text": "x"}}):
        notebook.tell("widget", state)
    assert notebook.execute("(widget.drawn, widget._verdict)") == "([], None)"
    # Run again, it is there as it was.
    notebook.run_all()
    expect(page.locator(STATUS)).to_have_text(said)
    expect(page.get_by_role("button", name="Draw again")).to_be_visible()
    assert notebook.errors == []
    assert notebook.strangers == []


def test_after_a_drag_the_notebook_has_its_keys_and_without_its_kernel_it_says_what_to_do(
    open_notebook, place_notebook
):
    notebook = open_notebook(place_notebook("made_up.ipynb", MADE_UP))
    notebook.run_all()
    page = notebook.page
    draw(page, [0.4, 0.6, 0.8])
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-InputPrompt").first).to_have_text("[2]:")
    expect(canvas_of(page)).to_have_attribute("aria-valuetext", "k = 1: 50.0 %")  # the new one is there
    draw(page, [0.4, 0.6, 0.8])
    expect(page.get_by_role("button", name="Show me")).to_be_enabled()
    page.evaluate(f"() => {notebook.KERNEL}.restart()")
    expect(page.locator(STATUS)).to_contain_text("The kernel that asked is gone: run this cell")
    expect(page.get_by_role("button", name="Show me")).to_be_disabled()
    page.wait_for_function(f"() => {notebook.KERNEL}.status === 'idle'")
    notebook.save()
    notebook.lab.free_kernels()
    page.reload(wait_until="domcontentloaded")
    page.locator(".passk-still").wait_for(state="attached")
    shown = page.locator(".jp-Cell-outputArea").first.inner_text().strip()  # the keys have added a cell below
    assert shown.startswith("Draw p = 0.5, from k = 1 to 8, before it is shown. How does it go on?")
    assert shown.endswith("Run this cell, after those above it, to draw.")
    notebook.screenshot("drawing-second-day")

"""The HTML file, opened from disk with no server and no network: it moves, and says what Python says."""

import random

import pytest
from playwright.sync_api import expect

from passk_lab import explorers, objectives
from passk_lab.explorers import Explorer
from passk_lab.explorers.description import Choice, Slider
from tests.browser.conftest import watch
from tests.browser.explorer_page import ExplorerOnPage, luminance
from tests.explorers.fourth import waves

MAKE = {
    **explorers.BY_NAME,
    "real-curves-math500": lambda: explorers.real_curves(drawn={1: 0.61, 8: 0.8, 128: 0.9}),
    "fourth": lambda: Explorer(waves()),
}


SAY = """async (section, states) => { const said = [];
for (const state of states) {
  for (const [name, to] of Object.entries(state)) {
    const input = section.querySelector(`[id$="-${name}"]`);
    if (input.type === 'checkbox') input.checked = to; else input.value = to;
    input.dispatchEvent(new Event(input.type === 'range' ? 'input' : 'change', {bubbles: true}));
  }
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  said.push([...section.querySelectorAll('.passk-words p')].map(p => p.innerText).join(' '));
} return said; }"""


@pytest.fixture
def open_file(new_page, one_page, tmp_path):
    def _open(explorer, **options):
        page = new_page(**options) if options else one_page
        page.context.set_offline(True)
        if options:
            watch(page, page)
        page.errors.clear()
        page.strangers.clear()
        page.goto(explorer.to_html(tmp_path / "page.html", picture=False).as_uri())
        return page, ExplorerOnPage(page, explorer.description.title)

    return _open


@pytest.mark.parametrize("name", MAKE)
def test_it_says_what_python_says_in_every_state_and_moves_by_keyboard(name, open_file):
    explorer = MAKE[name]()
    description = explorer.description
    page, shown = open_file(explorer)
    it_moves_by_keyboard(shown, description)
    pick = random.Random(name)
    states, natives = [], []
    for _ in range(25):
        state, native = {}, {}
        for control in description.controls:
            if isinstance(control, Slider):
                native[control.name] = pick.randrange(len(control.values))
                state[control.name] = control.values[native[control.name]]
            else:
                options = control.options if isinstance(control, Choice) else [True, False]
                native[control.name] = state[control.name] = pick.choice(options)
        states.append(state)
        natives.append(native)
    assert shown.root.evaluate(SAY, natives) == [" ".join(description.words(state)) for state in states]
    assert page.errors == []
    assert page.strangers == []


def it_moves_by_keyboard(shown, description):
    slider = next(control for control in description.controls if isinstance(control, Slider))
    before, words = shown.pictures(), shown.words
    shown.slider(slider.label).focus()
    shown.page.keyboard.press("ArrowRight")
    assert shown.pictures() != before
    assert shown.words != words
    shown.page.keyboard.press("ArrowLeft")
    assert shown.pictures() == before  # the same state is the same picture
    assert shown.words == words


def test_pulling_the_point_moves_p(open_file):
    _, shown = open_file(explorers.pass_at_k(k=4, p=0.1))
    shown.pull(panel=0, from_x=0.3, to_x=0.7)
    p = float(shown.value("chance p that one sample is right"))
    assert 0.5 < p < 0.8
    shown.expect_words(f"k = 4, p = {p:g}")


def test_pulling_the_line_moves_k(open_file):
    _, shown = open_file(explorers.real_curves(k=1))
    shown.pull(panel=1, from_x=0.2, to_x=0.99)
    assert int(shown.value("draws k")) > 100


def test_play_walks_and_pauses(open_file):
    page, shown = open_file(explorers.pass_at_k(k=4))
    shown.button("Play draws k").click()
    page.wait_for_function("() => Number(document.querySelector('output').textContent) >= 8")
    shown.button("Pause draws k").click()
    stopped = shown.value("draws k")
    page.evaluate(
        "() => new Promise(done => setTimeout(done, 300))"
    )  # three beats of the film, by the page's own clock
    assert shown.value("draws k") == stopped


def test_a_thing_to_try_moves_the_controls_and_says_why(open_file):
    _, shown = open_file(explorers.pass_at_k())
    shown.button("a prompt nearly solved").click()
    shown.expect_words("k = 16, p = 0.9")
    assert "has left the training" in shown.root.locator(".passk-note").inner_text()


def test_a_thing_to_try_stops_the_film(open_file):
    page, shown = open_file(explorers.pass_at_k(k=4))
    shown.button("Play draws k").click()
    page.wait_for_function("() => Number(document.querySelector('output').textContent) >= 6")
    shown.button("a prompt nearly solved").click()
    page.evaluate("() => new Promise(done => setTimeout(done, 300))")
    shown.expect_words("k = 16, p = 0.9")
    assert shown.button("Play draws k").is_visible()


def test_pulling_what_plays_stops_the_film(open_file):
    page, shown = open_file(explorers.strategies())
    shown.button("Play training time t").click()
    shown.pull(panel=1, from_x=0.3, to_x=0.5)
    pulled = shown.value("training time t")
    page.evaluate("() => new Promise(done => setTimeout(done, 300))")
    assert shown.value("training time t") == pulled


def test_undo_takes_back_one_thing_and_reset_all_of_them(open_file):
    _, shown = open_file(explorers.pass_at_k(k=4, p=0.1))
    shown.button("a prompt nearly solved").click()
    shown.button("very many draws").click()
    shown.expect_words("k = 1024, p = 0.001")
    shown.button("Undo").click()
    shown.expect_words("k = 16, p = 0.9")
    shown.button("Reset").click()
    shown.expect_words("k = 4, p = 0.1")
    shown.button("Undo").click()
    shown.expect_words("k = 16, p = 0.9")
    for _ in range(2):
        shown.button("Undo").click()
    shown.expect_words("k = 4, p = 0.1")
    assert "Nothing has been changed yet." in shown.root.locator(".passk-note").inner_text()


def test_copy_this_view_gives_the_state_string_and_says_whether_it_is_copied(open_file):
    page, shown = open_file(explorers.pass_at_k(k=32, p=0.05), permissions=["clipboard-read", "clipboard-write"])
    shown.button("Copy this view").click()
    expect(shown.root.locator(".passk-note")).to_have_text("Copied: pass-at-k?k=32&p=0.05")
    assert page.evaluate("() => navigator.clipboard.readText()") == "pass-at-k?k=32&p=0.05"
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error('no')); }")
    shown.button("Copy this view").click()
    expect(shown.root.locator(".passk-note")).to_contain_text(
        "may not copy by itself. The view is: pass-at-k?k=32&p=0.05"
    )


def test_a_menu_of_many_opens_with_a_few(open_file):
    _, shown = open_file(explorers.group_weights())
    menu, offered = shown.choice("objective"), "s => [...s.options].filter(o => !o.hidden).map(o => o.text)"
    few = menu.evaluate(offered)
    assert 4 <= len(few) - 1 <= 6
    menu.select_option(few[-1])
    assert len(menu.evaluate(offered)) == len(objectives.names(variants=True))
    shown.expect_words("pass@k-training promises")  # to look at more changes nothing


def test_a_toggle_changes_the_picture(open_file):
    _, shown = open_file(explorers.real_curves())
    before = shown.pixels()
    shown.toggle("95% bands over problems").press("Space")
    assert shown.pixels() != before


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_follows_the_systems_ground(scheme, open_file):
    _, shown = open_file(explorers.pass_at_k(), color_scheme=scheme)
    ground, ink = shown.root.evaluate("e => [getComputedStyle(e).backgroundColor, getComputedStyle(e).color]")
    assert (luminance(ground) < 60) == (scheme == "dark")
    assert abs(luminance(ground) - luminance(ink)) > 150


def test_a_narrow_page_stacks_the_panels_and_cuts_nothing_off(open_file):
    page, shown = open_file(explorers.pass_at_k(), viewport={"width": 390, "height": 800})
    boxes = [canvas.bounding_box() for canvas in shown.root.locator("canvas").all()]
    assert len({round(box["x"]) for box in boxes}) == 1
    assert page.evaluate("() => document.documentElement.scrollWidth <= window.innerWidth")


def test_a_screen_reader_finds_names_roles_and_words(open_file):
    page, shown = open_file(explorers.real_curves())
    tree = page.locator("main").aria_snapshot()
    for entry in (
        'group "Who is ahead can depend on how many samples you may draw"', 'slider "draws k"', 'combobox "model a"',
        'combobox "difficulty"', 'checkbox "95% bands over problems"', 'button "Play draws k"', 'group "What to try"',
        'img "Curves: pass@k of both models"', 'img "Difference: problem by problem; above zero SimpleRL-Zoo is ahead"',
    ):  # fmt: skip
        assert entry in tree, entry
    expect(shown.root.get_by_role("status")).to_contain_text("k = 1: Qwen2.5-7B 61.4 %")  # the only one
    assert page.locator("[aria-live], [role=status], [role=alert]").count() == 1


def test_markup_in_a_description_stays_text(open_file):
    page, _ = open_file(Explorer(waves()))
    assert page.locator("h1 b").count() == 0
    assert "</script>" in page.locator("h1").inner_text()

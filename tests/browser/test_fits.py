"""Every explorer in the room a notebook leaves it at 1280 x 800: whole, nothing cut off, nothing printed over."""

import pytest

from passk_lab import explorers
from tests.browser.explorer_page import ExplorerOnPage
from tests.browser.written import REMEMBER_TEXTS, faults

PANE = {"width": 940, "height": 640}
"""What is left of a window of 1280 x 800 for a notebook beside JupyterLab's file browser."""
NARROW = {"width": 700, "height": 640}


@pytest.fixture(scope="module")
def remembering(one_page):
    one_page.add_init_script(REMEMBER_TEXTS)
    return one_page


@pytest.mark.parametrize("name", explorers.BY_NAME)
def test_an_explorer_fits_the_pane_and_nothing_is_cut_off_or_printed_over(name, remembering, file_of):
    explorer, page = explorers.BY_NAME[name](), remembering
    page.set_viewport_size(PANE)
    page.goto(file_of(name).as_uri())
    shown = ExplorerOnPage(page, explorer.description.title)
    tops = shown.root.locator("canvas").evaluate_all("all => all.map(c => Math.round(c.getBoundingClientRect().y))")
    assert len(set(tops)) == (1 if len(explorer.description.panels) <= 3 else 2)
    presets = [preset.label for preset in explorer.description.presets]
    for viewport in (PANE, NARROW):
        page.set_viewport_size(viewport)
        for preset in (None, *presets):
            if preset is not None:
                shown.button(preset).click()
            at = f"{name} at {viewport['width']}, {preset or 'as it opens'}"
            assert faults(shown) == [], at
            assert page.evaluate("document.documentElement.scrollWidth") <= viewport["width"], at
            # What a preset says and the words may take a line more than the window has; the picture never moves.
            if viewport is PANE and preset is None:
                assert shown.root.bounding_box()["height"] <= viewport["height"], at


def test_words_that_grow_move_neither_picture_nor_controls(new_page, tmp_path):
    explorer = explorers.group_weights(objective="pass@1")
    page = new_page(viewport=PANE)
    page.goto(explorer.to_html(tmp_path / "page.html").as_uri())
    shown = ExplorerOnPage(page, explorer.description.title)
    places = "root => [...root.querySelectorAll('canvas, input, select, button')].map(e => e.getBoundingClientRect().y)"
    before, height = shown.root.evaluate(places), shown.root.bounding_box()["height"]
    shown.set({"objective": "pass@k-training"})
    shown.pixels()
    assert shown.root.bounding_box()["height"] != height  # the words have grown, or there was nothing to see
    assert shown.root.evaluate(places) == before

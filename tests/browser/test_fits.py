"""Every explorer in the room a notebook leaves it at 1280 x 800: whole, nothing cut off, nothing printed over."""

from itertools import combinations

import pytest

from passk_lab import explorers, look
from tests.browser.explorer_page import ExplorerOnPage

PANE = {"width": 940, "height": 640}
"""What is left of a window of 1280 x 800 for a notebook beside JupyterLab's file browser."""
NARROW = {"width": 700, "height": 640}
COLOURS = {look.INK["light"], look.QUIET["light"], *(role.light for role in look.ROLES.values())}
"""Those of texts, whose contrast tests/explorers/test_colours.py knows."""
REMEMBER_TEXTS = """
const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  this.canvas.texts = [];
  clearRect.apply(this, box);
};
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, room = Infinity) {
  const width = Math.min(this.measureText(text).width, room), top = this.textBaseline === "top" ? y + 1 : y - 5;
  const left = x - ({ right: 1, center: 0.5 }[this.textAlign] ?? 0) * width;
  const colour = this.globalAlpha === 1 ? this.fillStyle : "let through";
  (this.canvas.texts ??= []).push({ text, colour, left, right: left + width, top, bottom: top + 10 });
  fillText.call(this, text, x, y, ...(room < Infinity ? [room] : []));
};
"""


class Written(dict):
    """A text on a canvas: what it is, and its four sides in pixels."""

    def touches(self, other) -> bool:
        """Whether two texts share a pixel."""
        return (
            self["left"] < other["right"] and other["left"] < self["right"]
            and self["top"] < other["bottom"] and other["top"] < self["bottom"]
        )  # fmt: skip


def faults(shown: ExplorerOnPage) -> list[str]:
    """Texts that are cut off by the end of their canvas, printed over one another, or in a strange colour."""
    found = []
    shown.pixels()
    for canvas in shown.root.locator("canvas").all():
        texts, width, height = canvas.evaluate("c => [c.texts, c.clientWidth, c.clientHeight]")
        texts = [Written(text) for text in texts]
        assert len(texts) > 4
        for text in texts:
            if text["left"] < -0.5 or text["right"] > width + 0.5 or text["top"] < 0 or text["bottom"] > height:
                found.append(f"cut off: {text['text']}")
            if text["colour"].upper() not in COLOURS:
                found.append(f"in a colour that nobody measured, {text['colour']}: {text['text']}")
        found += [f"{a['text']!r} over {b['text']!r}" for a, b in combinations(texts, 2) if a.touches(b)]
    return found


@pytest.mark.parametrize("name", explorers.BY_NAME)
def test_an_explorer_fits_the_pane_and_nothing_is_cut_off_or_printed_over(name, new_page, tmp_path):
    explorer = explorers.BY_NAME[name]()
    page = new_page(viewport=PANE)
    page.add_init_script(REMEMBER_TEXTS)
    page.goto(explorer.to_html(tmp_path / "page.html").as_uri())
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

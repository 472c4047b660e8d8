"""Every exported explorer, every kind of widget in a real JupyterLab: clean to axe-core, and large enough to touch."""

import pytest

from passk_lab import explorers
from tests.browser.access import OURS, faults, too_small

LAB = (
    "from passk_lab import cockpit, explorers",
    "from passk_lab.course import check, draw, predict, progress, quiz, reveal",
    "explorers.pass_at_k()",
    "quiz('why unbiased')",
    "predict('axe', 'How many?', 1, 10)",
    "reveal('axe', 3)",
    "draw('axe', 'Draw it.', k=[1, 2, 4, 8], hidden=[0.1, 0.2, 0.3, 0.4], label='base')",
    "check.pass_at_k(lambda n, c, k: 1 - (1 - c / n) ** k)",
    "progress('01_counting_successes')",
    "cockpit.open()",
)
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_exported_explorer(scheme, new_page, file_of):
    page, found = new_page(color_scheme=scheme), {}
    for name in explorers.BY_NAME:
        page.goto(file_of(name).as_uri())
        page.locator("canvas").first.wait_for()
        found[name] = faults(page) + too_small(page)
        page.set_viewport_size(PHONE)
        found[name] += too_small(page)
        page.set_viewport_size(DESK)
    assert {name: of_one for name, of_one in found.items() if of_one} == {}


def test_every_kind_of_widget_in_a_notebook(open_notebook, place_notebook):
    notebook = open_notebook(place_notebook("axe.ipynb", *LAB))
    notebook.run_all()
    notebook.page.locator(".passk-cockpit canvas").first.wait_for()
    for kind in ("explorer", "quiz", "drawing", "cockpit"):
        assert notebook.page.locator(f".passk-{kind}").count() >= 1, kind
    assert faults(notebook.page, OURS) == []
    assert too_small(notebook.page, OURS) == []

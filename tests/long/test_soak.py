"""A long sitting: thousands of moves leave neither errors nor memory behind (make test-long)."""

import pytest

from benchmarks import soak
from passk_lab import explorers
from tests.browser.conftest import (  # noqa: F401  (fixtures)
    lab,
    new_page,
    open_notebook,
    place_notebook,
)
from tests.browser.explorer_page import ExplorerOnPage

pytestmark = [pytest.mark.long, pytest.mark.browser]
TITLE = "pass@k weights rarely solved prompts most, and drops them as they are solved"


def test_five_thousand_moves_and_fifty_reruns(open_notebook, place_notebook):  # noqa: F811
    cell = "from passk_lab import explorers\ne = explorers.pass_at_k(k=4, p=0.1)\ne"
    notebook = open_notebook(place_notebook("soak.ipynb", cell))
    notebook.run_all()
    page, explorer = notebook.page, ExplorerOnPage(notebook.page, TITLE)

    def heap() -> int:
        client = page.context.new_cdp_session(page)
        client.send("HeapProfiler.collectGarbage")
        return client.send("Runtime.getHeapUsage")["usedSize"]

    explorer.slider("draws k").focus()
    for _ in range(100):
        page.keyboard.press("ArrowRight")
    before = heap()
    for i in range(5000):
        page.keyboard.press("ArrowLeft" if (i // 40) % 2 else "ArrowRight")
    assert heap() < before + 5e6
    for _ in range(50):
        notebook.run_all()
    explorer.expect_words("k = 4, p = 0.1")
    assert page.locator(".passk-explorer").count() == 1
    assert heap() < before + 60e6
    assert notebook.errors == []


def test_fifty_thousand_moves_over_every_explorer(new_page, tmp_path):  # noqa: F811
    each = -(-soak.MOVES // len(explorers.BY_NAME))
    for name, make in explorers.BY_NAME.items():
        page = new_page()
        page.context.set_offline(True)
        sitting = soak.sat(page, make().to_html(tmp_path / f"{name}.html"), name, each)
        assert sitting.errors == []
        assert sitting.requests == []
        assert sitting.growth < soak.GROWTH, sitting
        page.context.close()

"""The widget in a real JupyterLab: it moves without the kernel, tells it at rest, and obeys it."""

import urllib.error
import urllib.request

import pytest

from tests.browser.conftest import until
from tests.browser.explorer_page import ExplorerOnPage, luminance
from tests.explorers.fourth import waves

TITLE = "pass@k weights rarely solved prompts most, and drops them as they are solved"
LAB = "from passk_lab import explorers\ne = explorers.pass_at_k(k=4, p=0.1)\n"


@pytest.fixture
def shown(open_notebook, place_notebook):
    def _open(*cells, title=TITLE, **options):
        notebook = open_notebook(place_notebook("made_up.ipynb", *cells), **options)
        notebook.run_all()
        return notebook, ExplorerOnPage(notebook.page, title)

    return _open


def quiet(notebook) -> None:
    assert notebook.errors == []
    assert notebook.strangers == []


def test_a_key_moves_it_and_the_kernel_hears_at_rest(shown):
    notebook, explorer = shown(LAB + "heard = []\ne.observe(lambda c: heard.append(c.new), 'k')\ne")
    before = explorer.pictures()
    explorer.slider("draws k").focus()
    for _ in range(5):
        notebook.page.keyboard.press("ArrowRight")
    explorer.expect_words("k = 9, p = 0.1")
    assert explorer.pictures() != before
    notebook.expect("e.k", "9")
    # Once, when the hand rests, and not at every step: five steps that nothing comes between.
    notebook.run_code("heard.clear()")
    explorer.root.evaluate(
        """section => { const input = section.querySelector('[id$="-k"]');
        for (let i = 0; i < 5; i++) { input.stepUp(); input.dispatchEvent(new Event('input', {bubbles: true})); } }"""
    )
    notebook.expect("e.k", "14")
    assert notebook.execute("heard") == "[14]"
    quiet(notebook)


def test_python_moves_the_picture(shown):
    notebook, explorer = shown(LAB + "e")
    before = explorer.pictures()
    notebook.run_code("e.k = 64; e.p = 0.5")
    explorer.expect_words("k = 64, p = 0.5")
    assert explorer.value("draws k") == "64"
    assert explorer.pictures() != before
    quiet(notebook)


def test_it_moves_while_the_kernel_is_busy(shown):
    notebook, explorer = shown(LAB + "import time\ne")
    notebook.page.evaluate(
        "code => { KERNEL.requestExecute({code}); }".replace("KERNEL", notebook.KERNEL), "time.sleep(3600)"
    )
    notebook.page.wait_for_function(f"() => {notebook.KERNEL}.status === 'busy'")
    explorer.slider("draws k").focus()
    notebook.page.keyboard.press("ArrowRight")
    explorer.expect_words("k = 5, p = 0.1")
    assert notebook.page.evaluate(f"() => {notebook.KERNEL}.status") == "busy"
    notebook.page.evaluate(f"() => {notebook.KERNEL}.interrupt()")


def test_two_views_and_a_box_follow_each_other(shown):
    notebook, first = shown(LAB + "import ipywidgets as w\ne", "w.HBox([e, w.IntText(description='other')])")
    regions = notebook.page.get_by_role("group", name=TITLE)
    second = ExplorerOnPage(notebook.page, root=regions.nth(1))
    first.slider("draws k").focus()
    notebook.page.keyboard.press("ArrowRight")
    second.expect_words("k = 5, p = 0.1")
    assert notebook.page.get_by_label("other").count() == 1
    quiet(notebook)


def test_the_still_picture_hides_beside_the_live_one_and_stands_in_without_a_kernel(shown):
    notebook, explorer = shown(LAB + "e")
    page = notebook.page
    still = page.locator("div[class^=passk-still] img")
    explorer.expect_words("k = 4")
    assert still.count() == 1
    still.wait_for(state="hidden")
    assert "k = 4, p = 0.1" in still.get_attribute("alt")

    # Reloaded beside its running kernel the live one is drawn again, in the state it had.
    notebook.run_code("e.k = 16")
    notebook.save()
    page.reload(wait_until="domcontentloaded")
    explorer.expect_words("k = 16, p = 0.1")
    assert len(explorer.pixels()) > 2000
    quiet(notebook)

    # Without the kernel that made it only the still picture is left; it is visible and has its words.
    notebook.lab.free_kernels()
    page.reload(wait_until="domcontentloaded")
    still.wait_for(state="visible")
    assert explorer.root.count() == 0


def test_it_follows_jupyterlabs_theme(shown):
    notebook, explorer = shown(LAB + "e")

    def switch(theme: str, dark: bool) -> None:
        before = explorer.pixels()
        notebook.page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        notebook.page.wait_for_function("dark => (document.body.dataset.jpThemeLight === 'false') === dark", arg=dark)
        ground = "e => getComputedStyle(e).backgroundColor"
        until(notebook.page, lambda: (luminance(explorer.root.evaluate(ground)) < 60) == dark, f"the ground of {theme}")
        until(notebook.page, lambda: explorer.pixels() != before, f"the picture in {theme}")
        notebook.screenshot(f"explorer-{'dark' if dark else 'light'}")

    switch("JupyterLab Dark", dark=True)
    switch("JupyterLab Light", dark=False)


def test_a_fourth_explorer_in_python_alone_works_live(shown):
    code = (
        "from passk_lab.explorers import Explorer\nfrom tests.explorers.fourth import waves\ne = Explorer(waves())\ne"
    )
    notebook, explorer = shown(code, title=waves().title)
    explorer.expect_words("time 1, bent <i>: hole 1.00 × 10⁻⁵, decay about 36.8 %.")
    before = explorer.pictures()
    explorer.slider("time").focus()
    notebook.page.keyboard.press("End")
    explorer.expect_words("time 4, bent <i>: hole 12346, decay about 1.83 %.")
    explorer.choice("kind").select_option("flat & plain")
    explorer.expect_words("time 4, flat & plain")
    assert explorer.pictures() != before
    notebook.expect("e.kind", "'flat & plain'")
    quiet(notebook)


def test_arrow_keys_do_not_leave_the_slider_for_the_next_cell(shown):
    notebook, explorer = shown(LAB + "e", "1 + 1")
    explorer.slider("draws k").focus()
    active = "() => window.jupyterapp.shell.currentWidget.content.activeCellIndex"
    before = notebook.page.evaluate(active)
    for key in ("ArrowDown", "ArrowUp", "ArrowUp"):
        notebook.page.keyboard.press(key)
    assert notebook.page.evaluate(active) == before
    explorer.expect_words("k = 5")


def test_keys_that_run_save_and_leave_are_the_notebooks(shown):
    notebook, explorer = shown("count = 0", LAB + "count += 1\ne", "1 + 1")
    page, lab = notebook.page, "window.jupyterapp.shell.currentWidget"
    cells, active = f"() => {lab}.content.widgets.length", f"() => {lab}.content.activeCellIndex"
    count = page.evaluate(cells)
    slider = explorer.slider("draws k")
    for hold in (slider.focus, lambda: explorer.pull(0, 0.3, 0.6)):
        hold()
        page.evaluate(f"() => {{ {lab}.context.model.dirty = true; }}")
        page.keyboard.press("Control+s")
        page.wait_for_function(f"() => !{lab}.context.model.dirty")
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(f"() => {lab}.content.activeCellIndex === 2")
        explorer.expect_words("k = 4, p = 0.1")  # made anew
    notebook.expect("count", "3")

    slider.focus()
    for key in "abxdd":  # in command mode these insert, cut and delete cells
        page.keyboard.press(key)
    assert (page.evaluate(cells), page.evaluate(active)) == (count, 1)
    page.keyboard.press("Escape")
    assert page.evaluate(f"() => [{lab}.content.mode, document.activeElement === {lab}.content.activeCell.node]") == [
        "command", True,
    ]  # fmt: skip
    page.keyboard.press("b")
    page.wait_for_function(f"count => {lab}.content.widgets.length === count + 1", arg=count)
    assert page.evaluate(active) == 2
    quiet(notebook)


def test_the_server_asks_for_its_token(lab):
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(f"{lab.url}/api/kernels")
    assert refused.value.code == 403
    refused.value.close()


def test_the_printed_address_is_the_first_notebook(lab):
    assert "/lab/tree/00_start_here.ipynb?token=" in lab.address
    with urllib.request.urlopen(lab.address) as answer:
        assert answer.status == 200

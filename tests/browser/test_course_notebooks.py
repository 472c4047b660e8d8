"""The notebooks as a reader works through them, by keyboard."""

import re

import pytest
from playwright.sync_api import expect

from passk_lab.course.builder import sources
from tests.browser import look_at_exact, look_at_training
from tests.browser.explorer_page import ExplorerOnPage
from tests.browser.reader import cell_of, work_through

CURVES = "Who is ahead can depend on how many samples you may draw"

LOOKS = {
    name.removeprefix("look_at_"): look
    for module in (look_at_exact, look_at_training)
    for name, look in vars(module).items()
    if name.startswith("look_at_")
}
"""What there is to look at in a notebook, by its number."""


@pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.long)], ids=["one", "every"])
@pytest.mark.parametrize("name", [source.stem for source in sources()])
def test_a_reader_plays_with_it_and_solves_an_exercise_by_keyboard(name, every, open_notebook):
    work_through(open_notebook(f"{name}.ipynb"), name, LOOKS.get(name[:2], lambda notebook: None), every=every)


def test_every_look_is_at_a_notebook_there_is():
    assert set(LOOKS) <= {source.stem[:2] for source in sources()}
    assert len(LOOKS) >= 7


def test_notebook_00_explorer_by_keyboard(open_notebook):
    notebook = open_notebook("00_start_here.ipynb")
    notebook.run_all()
    cell_of(notebook, "explorers.pass_at_k()")
    explorer = ExplorerOnPage(
        notebook.page, "pass@k weights rarely solved prompts most, and drops them as they are solved"
    )
    explorer.expect_words("k = 8, p = 0.1: one sample is right with chance 0.1, at least one of 8 with chance 0.570")
    explorer.slider("draws k").focus()
    notebook.page.keyboard.press("Home")
    explorer.expect_words("the gap is 0.")
    explorer.slider("chance p that one sample is right").focus()
    notebook.page.keyboard.press("End")
    explorer.expect_words("k = 1, p = 1: one sample is right with chance 1")
    notebook.screenshot("notebook-00")


def test_the_glossary_opens_beside_a_notebook(open_notebook):
    notebook = open_notebook("00_start_here.ipynb")
    notebook.page.get_by_role("link", name="glossary").first.click()
    expect(notebook.page.locator(".jp-MarkdownViewer")).to_contain_text("success probability of one sample")
    assert notebook.errors == []


def test_notebook_00_a_quiz_is_answered_by_keyboard(open_notebook):
    notebook = open_notebook("00_start_here.ipynb")
    notebook.run_all()
    cell = cell_of(notebook, 'quiz("silent group")')
    choice = cell.get_by_role("radio", name="one with 8 right and 0 wrong")
    choice.focus()
    notebook.page.keyboard.press("Space")
    expect(cell.get_by_role("status")).to_contain_text("✓ Right.")
    notebook.page.keyboard.press("ArrowUp")
    expect(cell.get_by_role("status")).to_contain_text("Not quite")


def test_notebook_01_draw_then_see_the_curves_cross(open_notebook):
    notebook = open_notebook("01_counting_successes.ipynb")
    notebook.run_all()
    page = notebook.page
    cell = cell_of(notebook, '"base curve",')
    drawing = cell.get_by_role("slider", name="Your curve of Qwen2.5-7B")
    drawing.focus()
    expect(drawing).to_have_attribute("aria-valuetext", "k = 1: 61.4 %")
    for _ in range(13):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("PageUp")
    notebook.screenshot("notebook-01-drawn")
    page.keyboard.press("Enter")
    expect(cell.get_by_role("status")).to_contain_text("from that of Qwen2.5-7B on average")
    expect(cell.get_by_role("status")).to_contain_text("Qwen2.5-7B first at k = 15.")
    notebook.screenshot("notebook-01-drawing")

    cell = cell_of(notebook, 'drawn=drawn("base curve")')
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_function(f"() => {notebook.KERNEL}.status === 'idle'")
    explorer = ExplorerOnPage(page, CURVES)
    explorer.expect_words("k = 1: Qwen2.5-7B 61.4 %, SimpleRL-Zoo 77.9 %")
    explorer.expect_words("gets ahead at k = 15")
    explorer.expect_words("both 462, by Qwen2.5-7B only 19, by SimpleRL-Zoo only 3, by neither 16")
    slider = explorer.slider("draws k")
    slider.focus()
    for _ in range(14):
        page.keyboard.press("ArrowRight")
    explorer.expect_words("k = 15:")
    difference = float(re.search(r"minus \S+ (-?[\d.]+)", explorer.words)[1])
    assert -0.5 < difference < 0
    page.keyboard.press("End")
    explorer.expect_words("k = 128: Qwen2.5-7B 96.2 %, SimpleRL-Zoo 93.0 %")
    explorer.choice("difficulty").focus()
    page.keyboard.press("End")
    explorer.expect_words("Of 134 problems")
    notebook.screenshot("notebook-01")
    assert notebook.errors == []
    assert notebook.strangers == []


def test_every_id_of_the_page_is_its_own(open_notebook):
    notebook = open_notebook("01_counting_successes.ipynb")
    notebook.run_all()
    for text in ("explorers.estimator_lab(", "explorers.real_curves("):
        cell_of(notebook, text).locator(".passk-explorer").wait_for()
    ids = notebook.page.evaluate("() => [...document.querySelectorAll('.passk-explorer [id]')].map(e => e.id)")
    assert len(ids) >= 10
    assert len(set(ids)) == len(ids)
    groups = notebook.page.evaluate(
        """() => [...document.querySelectorAll('.passk-quiz')].map(q => q.querySelector('input[type=radio]')?.name)
        .filter(name => name)"""
    )
    assert len(set(groups)) == len(groups) == 3

"""A notebook opened again, or whose kernel was restarted: what is left can be read, and says what to do."""

import pytest
from playwright.sync_api import expect

from passk_lab.course.content import QUESTIONS
from tests.browser.explorer_page import ExplorerOnPage

CALL = "Run this cell, after those above it, to "
EXPLORER = "from passk_lab import explorers\nexplorers.pass_at_k(k=4, p=0.1)"
QUIZ = "from passk_lab.course import predict, predicted, quiz\nquiz('why unbiased')"
PREDICTION = "predict('crossing', 'Where do they cross?', low=1, high=128)"


@pytest.fixture
def run(open_notebook, place_notebook):
    def _run(*cells):
        notebook = open_notebook(place_notebook("made_up.ipynb", *cells))
        notebook.run_all()
        expect(notebook.page.locator(".passk-explorer, .passk-quiz")).to_have_count(len(cells))
        return notebook

    return _run


def reload(notebook) -> None:
    page = notebook.page
    page.reload(wait_until="domcontentloaded")
    page.locator(".passk-still").last.wait_for(state="attached")
    assert page.locator(".passk-explorer, .passk-quiz").count() == 0


def expect_stand_ins(notebook) -> None:
    """What each cell shows, and nothing else."""
    shown = notebook.page.locator(".jp-Cell-outputArea")
    expect(shown.nth(0).locator("img[alt*='k = 4, p = 0.1']")).to_be_visible()
    expect(shown.nth(0)).to_have_text(CALL + "move it.", use_inner_text=True)
    for choice in QUESTIONS["why unbiased"].choices:
        expect(shown.nth(1).get_by_role("listitem").filter(has_text=choice.text)).to_be_visible()
    asked = QUESTIONS["why unbiased"].text
    for number, first in ((1, asked), (2, "Predict first. Where do they cross? (a whole number from 1 to 128)")):
        text = shown.nth(number).inner_text().strip()
        assert (text.startswith(first), text.endswith(CALL + "answer.")) == (True, True), text


def test_on_the_second_day_there_is_no_error_and_all_can_be_read(run):
    notebook = run(EXPLORER, QUIZ, PREDICTION)
    page = notebook.page
    expect(page.locator(".passk-still")).to_have_count(3)
    for still in page.locator(".passk-still").all():
        expect(still).to_be_hidden()
    notebook.save()
    notebook.lab.free_kernels()
    reload(notebook)
    error = page.get_by_text("Error displaying widget")
    expect(error).to_have_count(3)  # JupyterLab has written it
    for one in error.all():
        expect(one).to_be_hidden()
    expect_stand_ins(notebook)
    notebook.screenshot("saved")

    # As it comes from someone else: without styles.
    path = notebook.lab.notebooks / "made_up.ipynb"
    path.write_text(path.read_text(encoding="utf-8").replace(CALL, CALL + " "), encoding="utf-8")
    reload(notebook)
    expect(error).to_have_count(0)
    expect(page.locator(".passk-still style")).to_have_count(0)
    expect_stand_ins(notebook)


def test_after_a_restart_an_answer_is_judged_and_said_to_be_lost_until_the_cell_is_run_again(run):
    notebook = run(QUIZ, PREDICTION, EXPLORER)
    page = notebook.page
    question, prediction = page.locator(".passk-quiz").nth(0), page.locator(".passk-quiz").nth(1)
    page.evaluate(f"() => {notebook.KERNEL}.restart()")
    expect(prediction.get_by_role("status")).to_contain_text("run this cell, after those above it, to answer")
    expect(prediction.get_by_role("button")).to_be_disabled()
    page.wait_for_function(f"() => {notebook.KERNEL}.status === 'idle'")
    reply = question.get_by_role("status")
    right = next(i for i, choice in enumerate(QUESTIONS["why unbiased"].shown) if choice.right)
    question.get_by_role("radio").nth(right).click()
    expect(reply).to_contain_text("✓ Right.")
    expect(reply).to_contain_text("Not remembered, since the kernel that asked is gone")
    notebook.screenshot("restarted")
    explorer = ExplorerOnPage(page, root=page.locator(".passk-explorer"))
    explorer.pull(0, 0.3, 0.6)  # it needs no kernel to move
    explorer.expect_words("k = 4, p = 0.5")

    for cell in (question, prediction):
        cell.locator("legend").click()
        page.keyboard.press("Shift+Enter")
    expect(prediction.get_by_role("status")).to_have_text("")
    question.get_by_role("radio").nth(right - 1).click()  # -1 is the last
    expect(reply).to_contain_text("✗ Not quite.")
    expect(reply).not_to_contain_text("Not remembered")
    field = prediction.get_by_role("spinbutton")
    for typed, said in (
        ("", "Write a whole number from 1 to 128 first."),
        ("200", "The answer is a whole number from 1 to 128, but you said 200."),
        ("2.5", "The answer is a whole number from 1 to 128, but you said 2.5."),
        ("20", "You predict 20. Run the next cell to see."),
    ):
        # JupyterLab may take the focus once more for the cell that it walked on to.
        field.fill(typed)
        field.press("Enter")
        expect(prediction.get_by_role("status")).to_have_text(said)
        notebook.screenshot(f"prediction-{typed}")
    notebook.expect("predicted('crossing')", "20")
    assert notebook.errors == []

"""A question and a judgement in a real JupyterLab: by keyboard, in the colours of the page's ground."""

from playwright.sync_api import expect

from passk_lab import look
from passk_lab.course.content import QUESTIONS

CELLS = (
    "from passk_lab.course import check, quiz\nquiz('why unbiased')",
    "check.pass_at_k(lambda n, c, k: 1 - (1 - c / n) ** k)",
    "from passk_lab.course import predict\npredict('crossing', 'Where do they cross?', low=1, high=128)",
)


def test_a_quiz_answers_to_arrow_keys_and_follows_the_theme(open_notebook, place_notebook):
    notebook = open_notebook(place_notebook("made_up.ipynb", *CELLS))
    notebook.run_all()
    page = notebook.page
    question, prediction = page.locator(".passk-quiz").nth(0), page.locator(".passk-quiz").nth(1)
    shown = QUESTIONS["why unbiased"].shown
    expect(question.locator("label")).to_have_text([choice.text for choice in shown])
    place = next(i for i, choice in enumerate(shown) if choice.right)
    question.get_by_role("radio").nth(place - 1).focus()  # -1 is the last
    page.keyboard.press("ArrowDown")
    expect(question.get_by_role("status")).to_contain_text("✓ Right.")
    expect(question.get_by_role("radio").nth(place)).to_be_checked()
    for theme, dark in (("JupyterLab Dark", True), ("JupyterLab Light", False)):
        page.evaluate("theme => window.jupyterapp.commands.execute('apputils:change-theme', {theme})", theme)
        page.wait_for_function("dark => (document.body.dataset.jpThemeLight === 'false') === dark", arg=dark)
        wrong = look.ROLES["wrong"].dark if dark else look.ROLES["wrong"].light
        expect(question).to_have_css("color", rgb(look.INK["dark" if dark else "light"]), timeout=10_000)
        expect(prediction).to_have_css("color", rgb(look.INK["dark" if dark else "light"]), timeout=10_000)
        judged = page.locator("div[role=status]", has_text="incorrect")
        expect(judged).to_have_css("border-left-color", rgb(wrong), timeout=10_000)
        notebook.screenshot(f"quiz-{'dark' if dark else 'light'}")
    assert notebook.errors == []
    assert notebook.strangers == []


ENDLESS = """
from passk_lab.course import check

def draws_needed(p, target):
    k = 1
    while 1 - (1 - p) ** k < target:
        k += 1
    return k

check.draws_needed(draws_needed)
"""


def test_a_loop_without_end_is_stopped_and_the_next_cell_runs(open_notebook, place_notebook):
    notebook = open_notebook(place_notebook("made_up.ipynb", ENDLESS, "print('went', 'on')"))
    notebook.run_all()
    judged = notebook.page.locator("div[role=status]", has_text="error in your code")
    expect(judged).to_contain_text("draws_needed(p=0, target=0.5) was stopped after 5 seconds", timeout=120_000)
    expect(judged).to_contain_text("in the line: while 1 - (1 - p) ** k < target:")
    expect(judged).to_contain_text("Wanted there: a ValueError (no answer exists).")
    expect(notebook.page.locator(".jp-OutputArea-output", has_text="went on")).to_be_visible()
    assert notebook.errors == []


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"

"""What a reader does with a notebook: find a cell, answer a question, solve an exercise, work it through."""

from playwright.sync_api import expect

from passk_lab.course.builder import solution_of
from passk_lab.course.content import EXERCISES, QUESTIONS
from tests.browser.access import OURS, faults, too_small
from tests.browser.explorer_page import ExplorerOnPage
from tests.notebooks.test_notebooks import is_amiss


def cell_of(notebook, text: str, how: str = "includes"):
    """The cell whose source holds a text, or starts with it (how="startsWith"), scrolled to."""
    index = notebook.page.evaluate(
        """([text, how]) => { const nb = window.jupyterapp.shell.currentWidget.content;
        const i = nb.widgets.findIndex(c => c.model.sharedModel.source[how](text));
        nb.activeCellIndex = i; return i; }""",
        [text, how],
    )
    assert index >= 0, text
    notebook.page.evaluate("i => window.jupyterapp.shell.currentWidget.content.scrollToItem(i, 'start')", index)
    return notebook.page.locator(f".jp-Cell[data-windowed-list-index='{index}']")


def explorer_in(notebook, source: str) -> ExplorerOnPage:
    cell = cell_of(notebook, source, "startsWith")
    root = cell.locator(".passk-explorer")
    root.wait_for()
    return ExplorerOnPage(notebook.page, root=root)


def answer(notebook, name: str) -> None:
    """Choose what is right."""
    cell = cell_of(notebook, f'quiz("{name}")')
    right = next(choice.text for choice in QUESTIONS[name].choices if choice.right)
    radio = cell.get_by_role("radio", name=right, exact=True)
    radio.focus()
    notebook.page.keyboard.press("Space")
    expect(cell.get_by_role("status")).to_contain_text("✓ Right.")


def solve(notebook, exercise) -> None:
    """Type the solution into its cell and run it, with the keyboard."""
    page = notebook.page
    cell = cell_of(notebook, f"check.{exercise.name}({exercise.name})")
    cell.locator(".cm-content").click()
    page.keyboard.press("Control+a")
    code = f"{solution_of(exercise.notebook, exercise.name)}\n\n\ncheck.{exercise.name}({exercise.name})"
    page.keyboard.insert_text(code)
    page.keyboard.press("Control+Enter")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("✓ correct")


def work_through(notebook, name: str, look, *, every: bool) -> None:
    """Run it as it came, look around, solve an exercise by keyboard, or every one, and run what was solved again."""
    notebook.run_all()
    assert list(filter(is_amiss, texts(notebook))) == []
    mine = [exercise for exercise in EXERCISES.values() if exercise.notebook == name]
    for exercise in mine:
        cell = cell_of(notebook, f"check.{exercise.name}({exercise.name})")
        expect(cell.locator(".jp-OutputArea")).to_contain_text("○ not attempted")
    look(notebook)
    solved = mine if every else mine[:1]
    for exercise in solved:
        solve(notebook, exercise)
    cell = cell_of(notebook, "progress(")
    if every:
        notebook.run_all()
    else:
        notebook.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(cell.locator(".jp-OutputArea")).to_contain_text(f"{len(solved)} of {len(mine)} exercises solved")
    assert notebook.errors == []
    assert notebook.strangers == []
    assert faults(notebook.page, OURS) + too_small(notebook.page, OURS) == []


def texts(notebook) -> list[str]:
    """What stands under the cells, as text."""
    return notebook.page.evaluate(
        """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code')
        .flatMap(c => c.model.outputs.toJSON()).map(o => [o.text, o.data?.['text/plain']].flat().join(''))"""
    )

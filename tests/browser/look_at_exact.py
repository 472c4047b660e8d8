"""What a reader looks at in notebooks 02 to 05: by keyboard, with the films running."""

import re

from playwright.sync_api import expect

from tests.browser.reader import answer, cell_of, explorer_in


def look_at_02(notebook):
    """A derivation is mathematics, its ledger all ticks; the table of a group moves by keyboard."""
    cell = cell_of(notebook, 'derivations.get("gradient")')
    expect(cell.locator("mjx-container").first).to_be_visible()
    assert cell.locator("mjx-container").count() >= 4
    ledger = cell_of(notebook, 'derivations.get("gradient").check()').locator("table")
    rows = ledger.locator("tbody tr")
    assert rows.count() >= 12
    assert all(text.startswith("✓") for text in rows.all_inner_texts())
    shown = explorer_in(notebook, "explorers.group_weights(")
    shown.expect_words("pass@k-training promises weight 1.53, the group gives 0.789")
    shown.choice("objective").select_option("pass@k-loo-1")
    shown.expect_words("which is 100 % of it")
    shown.button("centring leaves 1 - k/n").press("Enter")
    shown.expect_words("which is 75 % of it")
    notebook.screenshot("notebook-02")
    answer(notebook, "only a factor")


def look_at_03(notebook):
    """Predict, then see; the explorers move, and say where there is no table."""
    cell = cell_of(notebook, '"time ratio",')
    field = cell.get_by_role("spinbutton", name="I predict")
    field.focus()
    notebook.page.keyboard.press("Control+a")
    notebook.page.keyboard.type("3")
    notebook.page.keyboard.press("Tab")
    notebook.page.keyboard.press("Enter")
    expect(cell.get_by_role("status")).to_contain_text("You predict 3.")
    expect(cell_of(notebook, "times = {(low, high)").locator(".jp-OutputArea")).to_contain_text("4.847e+13")
    cell = cell_of(notebook, "slow, quick =")
    notebook.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("You said 3.")
    expect(cell.locator(".jp-OutputArea")).to_contain_text("12.27")
    shown = explorer_in(notebook, "explorers.vanishing_signal(")
    shown.expect_words("92.3 % are all wrong")
    shown.slider("draws k").focus()
    notebook.page.keyboard.press("End")
    shown.expect_words("there is no such table for these n and k")
    shown = explorer_in(notebook, "explorers.least_variance(")
    before = shown.pixels()
    shown.slider("samples n in a group").focus()
    notebook.page.keyboard.press("End")
    assert shown.pixels() != before
    notebook.screenshot("notebook-03")


def look_at_04(notebook):
    """The collapse is a film: it plays, pauses, and few answers are left."""
    shown = explorer_in(notebook, "explorers.collapse(")
    shown.expect_words("k = 1, t = 0: pass@1 is 0.140")
    before = shown.pictures()
    shown.button("Play training time t").click()
    notebook.page.wait_for_function(
        "section => Number(section.querySelector('output').textContent) >= 100", arg=shown.root.element_handle()
    )
    shown.button("Pause training time t").click()
    assert all(a != b for a, b in zip(before, shown.pictures(), strict=True))
    left = float(re.search(r"16 draws show ([\d.]+) different", shown.words)[1])
    assert left < 3
    notebook.screenshot("notebook-04")
    shown = explorer_in(notebook, "explorers.held_open(")
    shown.choice("held by").select_option("nothing")
    shown.expect_words("Held by nothing")
    shown.slider("training time t").focus()
    notebook.page.keyboard.press("End")
    shown.expect_words("effectively 1.00 right answers are alive")
    shown = explorer_in(notebook, "explorers.training_logs(")
    shown.expect_words("grpo-lr1e5, steps 191 to 200")
    answer(notebook, "which answer wins")


def look_at_05(notebook):
    """The arrow turns with k; the mixture holds."""
    shown = explorer_in(notebook, "explorers.interference(")
    shown.expect_words("the gradient of pass@1 stands at 0 degrees")
    shown.slider("draws k").focus()
    for _ in range(2):
        notebook.page.keyboard.press("ArrowRight")
    shown.expect_words("the gradient of pass@3 stands at 134 degrees")
    shown = explorer_in(notebook, "explorers.strategies(")
    shown.expect_words("pass@2 is best at 0.750 of A")
    shown.slider("training time t").focus()
    notebook.page.keyboard.press("End")
    shown.expect_words("training on pass@2 has reached 0.750 of A")
    notebook.screenshot("notebook-05")
    answer(notebook, "no new direction")

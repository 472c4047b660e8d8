"""What a reader looks at in notebooks 06 to 08: the recorded runs replayed, the explorers by keyboard."""

from tests.browser.reader import answer, cell_of, explorer_in


def look_at_06(notebook):
    """The collapse is played from the base on; the cockpit stands there and waits."""
    shown = explorer_in(notebook, "explorers.collapse_run(")
    shown.expect_words("Step 400, numbers never trained on: pass@1 is 62.1 %, pass@256 82.9 %")
    before = shown.pictures()
    shown.slider("training step").focus()
    notebook.page.keyboard.press("Home")
    shown.expect_words("Step 0, numbers never trained on: pass@1 is 23.0 %, pass@256 98.6 %")
    # The line at the step moves in the other panels; the curve itself in the first.
    assert all(a != b for a, b in zip(before, shown.pictures(), strict=True))
    shown.button("where they cross").press("Enter")
    shown.expect_words("Step 120")
    notebook.screenshot("notebook-06")
    cockpit = cell_of(notebook, "cockpit.open(")
    assert cockpit.get_by_role("button", name="Start").is_enabled()
    answer(notebook, "why pass@256 falls")


def look_at_07(notebook):
    """Two methods at equal progress; the same objective with and without noise."""
    shown = explorer_in(notebook, "explorers.frontier_of_runs(")
    shown.expect_words("Where pass@1 is 0.4: MaxRL has pass@256")
    shown.choice("method").select_option("exact pass@4")
    shown.expect_words("exact pass@4 has pass@256 97.3 %")
    shown = explorer_in(notebook, "explorers.recorded_runs(")
    shown.button("sampled or exact").press("Enter")
    shown.expect_words("exact pass@4 has pass@1 43.7 %")
    notebook.screenshot("notebook-07")
    answer(notebook, "one learning rate")


def look_at_08(notebook):
    """The explosion is told in a sentence; mechanisms on the same plane."""
    assert "broke down" in cell_of(notebook, 'runs["pass@16-loo-1"].ended').locator(".jp-OutputArea").inner_text()
    shown = explorer_in(notebook, "explorers.frontier_of_runs(")
    shown.choice("beside").select_option("reverse KL")
    shown.expect_words("reverse KL")
    notebook.screenshot("notebook-08")
    answer(notebook, "which kl")

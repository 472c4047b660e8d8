"""The cockpit in a real JupyterLab: driven by keyboard while other cells answer, reloaded, doubled, run again."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import until

TITLE = "Train the compact model, and watch what is left to explore"
OPEN = "from passk_lab import cockpit\npit = cockpit.open({}, steps=50_000, prompts=6, n=16, judged=2)\npit"
BUTTONS = ("Start", "Pause", "Step", "Stop", "Reset")


class CockpitOnPage:
    """A cockpit, found among those on the page by its place."""

    def __init__(self, page, place: int = 0):
        self.page, self.root = page, page.get_by_role("region", name=TITLE).nth(place)

    @property
    def status(self):
        return self.root.locator(".passk-status")

    def button(self, name: str):
        return self.root.get_by_role("button", name=name, exact=True)

    def press(self, name: str) -> None:
        """By keyboard."""
        self.button(name).focus()
        self.page.keyboard.press("Enter")

    def expect_status(self, text: str) -> None:
        expect(self.status).to_contain_text(text)

    def expect_buttons(self, *enabled: str) -> None:
        for name in BUTTONS:
            expect(self.button(name)).to_be_enabled(enabled=name in enabled)

    @property
    def done(self) -> int:
        return int(re.match(r"step (\d+) of", self.root.locator(".passk-count").inner_text())[1])

    def wait_for_step(self, step: int) -> None:
        until(self.page, lambda: self.done >= step, f"step {step}")

    def expect_in_one_view(self, pictures: int) -> None:
        """Buttons and so many pictures are seen at once, when its top is."""
        self.root.evaluate("root => root.scrollIntoView({block: 'start'})")
        ends = self.root.evaluate(
            """(root, pictures) => [...[...root.querySelectorAll('figure')].slice(0, pictures),
            ...root.querySelectorAll('button')].filter(seen => seen.getClientRects().length)
            .map(seen => seen.getBoundingClientRect().bottom)""",
            pictures,
        )
        foot = self.page.locator("#jp-bottom-panel, #jp-main-statusbar").last.bounding_box()
        assert max(ends) <= foot["y"], (max(ends), foot)

    def picture(self, name: str) -> str:
        return self.root.locator(f".passk-{name} canvas").evaluate(
            """canvas => new Promise(done => requestAnimationFrame(
            () => requestAnimationFrame(() => done(canvas.toDataURL()))))"""
        )


@pytest.fixture
def shown(open_notebook, place_notebook):
    def _open(*cells, **options):
        notebook = open_notebook(place_notebook("made_up.ipynb", *cells), **options)
        notebook.run_all()
        cockpit = CockpitOnPage(notebook.page)
        cockpit.expect_status("Ready, at the base")
        return notebook, cockpit

    return _open


def quiet(notebook) -> None:
    assert notebook.errors == []
    assert notebook.strangers == []


def run_cell(notebook, index: int) -> None:
    notebook.page.evaluate(
        """index => { window.jupyterapp.shell.currentWidget.content.activeCellIndex = index;
        window.jupyterapp.commands.execute('notebook:run-cell'); }""",
        index,
    )


def test_a_run_from_start_to_reset_by_keyboard_while_other_cells_answer(shown):
    notebook, pit = shown(OPEN.format("mechanism='entropy'"), "sum(range(1000)), pit.phase")
    page = notebook.page
    for name in ("objective", "mechanism", "learning rate", "seed"):
        assert pit.root.get_by_role("combobox", name=name, exact=True).count() == 1
    assert pit.root.get_by_role("slider", name="draws k", exact=True).count() == 1
    assert pit.root.get_by_role("progressbar", name="steps done").count() == 1
    pictures = pit.root.get_by_role("img")
    expect(pictures).to_have_count(7)
    expect(pictures.first).to_have_attribute("aria-label", "The base, before the first step")
    for picture in pit.root.locator("figure:has(canvas)").all():
        caption = picture.locator("figcaption").inner_text()
        expect(picture.locator("canvas")).to_have_attribute("aria-label", caption)
    # One region speaks, with what the kernel says and what the pictures show.
    live = pit.root.locator("[role=status], output:not([aria-hidden=true]), [aria-live]:not([aria-live=off])")
    expect(live).to_have_count(1)
    expect(live).to_have_text(re.compile("Ready, at the base.*held-out pass@1 is"))
    pit.expect_buttons("Start", "Step")
    before = {name: pit.picture(name) for name in ("curve", "map", "batch", "entropy")}

    pit.press("Start")
    pit.expect_status("Training in the background")
    pit.expect_buttons("Pause", "Stop")
    assert pit.button("Pause").evaluate("button => button === document.activeElement")  # Start went grey under the key
    expect(pit.root.get_by_role("combobox", name="objective")).to_be_disabled()

    # Another cell answers while it trains.
    run_cell(notebook, 1)
    expect(page.locator(".jp-Cell").nth(1).locator(".jp-OutputArea-output")).to_contain_text("(499500, 'running')")

    # A coefficient changes from the next step on; a refused one stays as it was, with a sentence.
    field = pit.root.get_by_role("spinbutton", name="coefficient", exact=True)
    field.fill("0.1")
    field.press("Enter")
    notebook.expect("pit.learner.mechanisms[0].coefficient", "0.1")
    field.fill("-1")
    field.press("Enter")
    pit.expect_status("coefficient must lie at or above 0")
    expect(field).to_have_value("0.1")
    rate = pit.root.get_by_role("combobox", name="learning rate")
    rate.focus()
    page.keyboard.press("ArrowUp")
    pit.expect_status("Training in the background")
    notebook.expect("pit.learner.rate", "0.0002")
    pit.wait_for_step(42)
    assert all(pit.picture(name) != old for name, old in before.items())
    expect(pit.root.locator(".passk-curve figcaption")).to_contain_text("its base")
    assert pit.root.locator(".passk-answers li").count() == 6
    assert set(pit.root.locator(".passk-answers li b").all_inner_texts()) <= {"✓", "✗"}
    answers = pit.root.locator(".passk-answers li").all_inner_texts()
    assert sum(" = " in answer for answer in answers) > 3
    notebook.screenshot("cockpit-running")

    pit.press("Pause")
    pit.expect_status("Paused after step")
    pit.expect_buttons("Start", "Step", "Stop", "Reset")
    assert pit.button("Start").evaluate("button => button === document.activeElement")
    held = int(re.search(r"after step (\d+)", pit.status.inner_text())[1])
    assert notebook.execute("(pit.done, pit._loop.alive)") == f"({held}, False)"  # nobody is left to do a step
    pit.picture("curve")  # drawn after all that the kernel had sent
    assert pit.done == held
    pit.press("Step")
    pit.wait_for_step(held + 1)
    pit.press("Stop")
    pit.expect_status(f"Stopped after step {held + 1} and evaluated")
    pit.expect_buttons("Reset")
    notebook.screenshot("cockpit")
    pit.press("Reset")
    pit.expect_status("Ready, at the base")
    # What was trained stays behind, with its name, until it is cleared.
    runs = pit.root.get_by_role("list", name="Runs in the pictures")
    expect(runs).to_contain_text("before: grpo")
    assert pit.picture("curve") != before["curve"]
    pit.press("Clear what went before")
    expect(runs).to_be_hidden()
    assert pit.picture("curve") == before["curve"]
    assert pit.done == 0
    assert notebook.execute("(pit.run.history[-1]['step'], pit._loop.alive)") == "(0, False)"
    quiet(notebook)


def test_choosing_before_the_start(shown):
    notebook, pit = shown(OPEN.format("'grpo'"))
    slider = pit.root.get_by_role("slider", name="draws k")
    expect(slider).to_be_disabled()  # grpo has no k
    pit.root.get_by_role("combobox", name="objective").select_option("pass@k")
    expect(slider).to_be_enabled()
    slider.focus()
    for _ in range(2):
        notebook.page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "2")
    notebook.expect("pit.learner.objective.parameters['k']", "2")
    before = pit.picture("curve")
    pit.root.get_by_role("combobox", name="seed").select_option("1")
    pit.root.get_by_role("combobox", name="mechanism").select_option("clip-cov")
    expect(pit.root.get_by_role("spinbutton")).to_have_count(5)
    pit.expect_status("Ready, at the base")
    settings = "share = 0.02, low = 1, high = 5, clip_low = 1, clip_high = 1"
    assert notebook.execute("pit.run.config.label") == f"'pass@k (k = 2) + clip-cov ({settings})'"
    assert pit.picture("curve") != before
    pit.root.get_by_role("combobox", name="objective").select_option("grpo")
    pit.root.get_by_role("combobox", name="mechanism").select_option("annealed-k")
    pit.expect_status("grpo has none: take pass@k")
    expect(pit.root.get_by_role("combobox", name="mechanism")).to_have_value("clip-cov")
    quiet(notebook)


def test_a_race_is_in_one_view_beside_the_file_browser(shown):
    notebook, _ = shown(OPEN.format("'pass@k-loo-1', k=4"), viewport={"width": 1280, "height": 800})
    page, lab = notebook.page, notebook.lab
    page.goto(f"{lab.url}/lab/tree/made_up.ipynb?token={lab.token}", wait_until="domcontentloaded")
    page.wait_for_function(
        f"() => window.jupyterapp?.shell?.currentWidget?.context && {notebook.KERNEL}?.status === 'idle'"
    )
    page.evaluate("() => window.jupyterapp.commands.execute('filebrowser:activate')")
    expect(page.locator(".jp-DirListing-content")).to_be_visible()
    notebook.run_all()
    pit = CockpitOnPage(page)
    pit.expect_status("Ready, at the base")
    pit.expect_in_one_view(8)
    pit.press("Race a second run")
    expect(pit.root.get_by_role("group", name="Run B")).to_be_visible()
    pit.expect_in_one_view(8)
    expect(pit.root.get_by_role("list", name="Runs in the pictures").locator("li")).to_have_text(
        ["A: pass@4-loo-1", "B: pass@4"]
    )
    second = pit.root.get_by_role("group", name="Run B")
    second.get_by_role("combobox", name="objective").select_option("maxrl")
    expect(second.get_by_role("slider", name="draws k")).to_be_disabled()
    before = {name: pit.picture(name) for name in ("curve", "mapb", "entropy")}
    pit.press("Start")
    pit.wait_for_step(21)
    pit.press("Pause")
    pit.expect_status("Paused after step")
    assert all(pit.picture(name) != old for name, old in before.items())
    assert notebook.execute("len({learner.done for learner in pit.learners})") == "1"
    second.get_by_role("combobox", name="learning rate").select_option("0.0001")
    notebook.expect("[learner.rate for learner in pit.learners]", "[0.0004, 0.0001]")
    expect(pit.root.locator(".passk-curve figcaption")).to_contain_text(re.compile(r"After step \d+, A: "))
    # Whatever they answered just then, an equation or none, both are judged.
    expect(pit.root.locator(".passk-answers li").first).to_contain_text(re.compile("A [✓✗] .*B [✓✗] ", re.DOTALL))

    # One picture large, by keyboard, and all again.
    pit.press("Enlarge: entropy")
    expect(pit.root.locator("canvas:visible")).to_have_count(1)
    assert pit.root.locator(".passk-entropy canvas").bounding_box()["width"] > 600
    page.keyboard.press("Escape")
    expect(pit.root.locator("canvas:visible")).to_have_count(8)

    # A suggestion takes the place of the choices, and both runs stay behind.
    pit.press("pass@8-loo-1")
    pit.expect_status("pass@8-loo-1: after 400 steps")
    runs = pit.root.get_by_role("list", name="Runs in the pictures").locator("li")
    expect(runs).to_have_count(3)
    expect(runs.nth(2)).to_contain_text("before B: maxrl")
    assert notebook.errors == []


def test_it_answers_while_a_cell_run_at_once_after_it_keeps_the_kernel_busy(open_notebook, place_notebook):
    # ipykernel 7.4 would answer its messages during the busy cell only if the channel had been used before.
    cells = OPEN.format("'grpo'"), "import time\nfor _ in range(3000):\n    time.sleep(0.1)"
    notebook = open_notebook(place_notebook("made_up.ipynb", *cells))
    notebook.page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
    pit = CockpitOnPage(notebook.page)
    pit.expect_status("Ready, at the base")
    pit.press("Start")
    pit.wait_for_step(5)
    pit.press("Pause")
    pit.expect_status("Paused after step")
    expect(notebook.page.locator(".jp-Cell .jp-InputPrompt").nth(1)).to_have_text("[*]:")
    assert notebook.errors == []


def test_two_cockpits_and_a_cell_run_again(shown):
    cells = [OPEN.format("'pass@k', k=4").replace("pit =", f"{name} =").replace("\npit", f"\n{name}") for name in "ab"]
    notebook, one = shown("from passk_lab import explorers", *cells)
    other = CockpitOnPage(notebook.page, 1)
    other.expect_status("Ready, at the base")
    one.press("Start")
    one.wait_for_step(5)
    assert notebook.execute("(b.phase, b.done)") == "('ready', 0)"
    other.press("Start")
    other.wait_for_step(5)
    other.press("Pause")
    other.expect_status("Paused after step")
    assert notebook.execute("a.phase") == "'running'"
    notebook.run_code("old = a")
    run_cell(notebook, 1)
    one.expect_status("Ready, at the base")
    assert (
        notebook.execute("(old is a, old._loop.alive, old.comm is None, b.phase)") == "(False, False, True, 'paused')"
    )
    quiet(notebook)


def test_a_reloaded_page_finds_the_run_going_on(shown):
    notebook, pit = shown(OPEN.format("'grpo'"))
    page = notebook.page
    pit.press("Start")
    pit.wait_for_step(25)
    notebook.save()
    page.reload(wait_until="domcontentloaded")
    pit.expect_status("Training in the background")
    pit.wait_for_step(30)
    held = pit.done
    pit.wait_for_step(held + 5)
    pit.press("Pause")
    pit.expect_status("Paused after step")
    assert notebook.execute("pit._all['axes']['step']['length'] == pit.done") == "True"
    assert pit.root.locator(".passk-answers li").count() == 6

    # Left by its last view, a run is held; without a kernel a sentence stands in.
    pit.press("Start")
    pit.expect_status("Training in the background")
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs')")
    pit.root.wait_for(state="detached")
    notebook.expect("pit.phase", "'paused'")
    quiet(notebook)


def reopen_without_kernel(notebook) -> None:
    notebook.save()
    notebook.lab.free_kernels()
    notebook.page.reload(wait_until="domcontentloaded")


def test_a_sentence_stands_in_where_no_kernel_runs(shown):
    notebook, _ = shown(OPEN.format("'grpo'"))
    still = notebook.page.locator("div[class^=passk-still]")
    expect(still).to_be_hidden()
    reopen_without_kernel(notebook)
    expect(still).to_be_visible()
    expect(still).to_contain_text("Where a kernel runs, a cockpit stands here")
    expect(still).to_contain_text("Run this cell, after those above it, to bring the cockpit up.")
    error = notebook.page.get_by_text("Error displaying widget")
    error.wait_for(state="attached")
    expect(error).to_be_hidden()


def test_a_run_that_has_ended_leaves_its_pictures_where_no_kernel_runs(shown):
    notebook, pit = shown(OPEN.format("'grpo'"))
    pit.press("Start")
    pit.wait_for_step(5)
    pit.press("Stop")
    pit.expect_status("and evaluated")
    step = pit.done
    still = notebook.page.locator("div[class^=passk-still] img")
    expect(still).to_have_count(1)
    expect(still).to_be_hidden()
    reopen_without_kernel(notebook)
    expect(still).to_be_visible(timeout=30_000)
    expect(still).to_have_attribute("alt", re.compile(f"A run of grpo, seed 0. Step {step} of 5000"))
    notebook.screenshot("cockpit-still")


@pytest.mark.parametrize("how", ["killed", "shut down"])
def test_it_says_when_the_kernel_is_gone(shown, how):
    notebook, pit = shown(OPEN.format("'grpo'"))
    pit.press("Start")
    pit.wait_for_step(3)
    if how == "killed":  # as by a system that is out of memory: JupyterLab starts another one
        notebook.send_code("import os, signal; os.kill(os.getpid(), signal.SIGKILL)")
    else:
        notebook.lab.free_kernels()
    pit.expect_status("The kernel has ended, and this run with it")
    pit.expect_buttons()
    assert pit.done >= 3


def test_the_page_can_set_nothing_of_a_cockpit_in_the_kernel(shown):
    notebook, _ = shown(OPEN.format("'grpo'"))
    before = notebook.execute("(pit._view, len(pit._esm), pit.layout is None)")
    notebook.tell("pit", {"_esm": "alert(1)", "_view": {}, "_spec": {}, "layout": None, "comm": None, "close": 1})
    assert notebook.execute("(pit._view, len(pit._esm), pit.layout is None)") == before
    notebook.run_code("from passk_lab import explorers; explorer = explorers.pass_at_k(k=4)")
    for values in ({"k": 16}, {"k": 16, "p": 0.1, "close": 1}, {"k": 17.5, "p": 0.1}, {"k": "alert(1)", "p": 0.1}):
        notebook.tell("explorer", {"_values": values})
    assert notebook.execute("explorer.state, callable(explorer.close)") == "('pass-at-k?k=4&p=0.1', True)"
    notebook.tell("explorer", {"_values": {"k": 16, "p": 0.1}})  # what a hand on the slider does
    notebook.expect("explorer.k", "16")

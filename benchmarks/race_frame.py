"""What a frame of the live race costs: 16 prompts, two sides, groups of 16 answers that rain on their bars.

Nothing is compared here but with the 16.7 ms between two frames of a screen that shows sixty a second. What counts is
CPU time, since a busy machine stretches any other, and that of all processes of the browser together (script, layout,
drawing, putting the picture on the screen; no GPU helps), as if they had one core. First while the rain is seen answer
by answer, then while it is fast.
"""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, CDPSession, Page

from benchmarks.browser import open_browser, open_page
from benchmarks.measure import Result, Row
from passk_lab import play
from passk_lab.play.training import STEPS

FRAME = 16.0
"""Milliseconds that a frame may cost, so that sixty a second fit on one core."""
RAIN = 12
"""Steps in which the answers are seen falling."""
ROUNDS = 3
COUNT = "() => { window.frames = 0; const tick = () => { frames += 1; requestAnimationFrame(tick); }; tick(); }"


def run() -> Result:
    with open_browser() as browser, tempfile.TemporaryDirectory() as folder:
        file = play.race(n=16).to_html(Path(folder) / "race.html")
        rounds = [one_round(browser, file) for _ in range(ROUNDS)]
    rows, figures = [], {}
    for part, words in (("rain", "while answers are seen falling"), ("fast", "at 30 steps a second")):
        best = min((found[part] for found in rounds), key=lambda one: one["cpu_ms"])
        figures[part] = [found[part] for found in rounds]
        rows.append(
            Row(
                f"a frame of the live race, 16 prompts x n = 16 on two sides, {words}: CPU time",
                f"{best['cpu_ms']:.1f} ms ({best['frames']:.0f} frames)",
                "", "", f"under {FRAME:.0f} ms", best["cpu_ms"] < FRAME,
            )
        )  # fmt: skip
    return Result(rows, figures)


def one_round(browser: Browser, file: Path) -> dict[str, dict[str, float]]:
    with open_page(browser) as page:
        page.goto(file.as_uri())
        session = browser.new_browser_cdp_session()
        page.evaluate(COUNT)
        page.get_by_role("button", name="pass@1", exact=True).click()
        page.wait_for_timeout(1500)  # the page's program is compiled by then
        marks = [mark(page, session)]
        for step in (RAIN, STEPS):
            # By text, since the page's policy lets no text become a program.
            while int(page.locator(".passk-clock").inner_text().split()[1]) < step:
                page.wait_for_timeout(500)
            marks.append(mark(page, session))
    parts = {}
    for name, before, after in (("rain", *marks[:2]), ("fast", *marks[1:])):
        frames, cpu = (after[key] - before[key] for key in ("frames", "cpu_s"))
        parts[name] = {"frames": frames, "cpu_ms": 1000 * cpu / frames}
    return parts


def mark(page: Page, session: CDPSession) -> dict[str, float]:
    processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
    return {"frames": page.evaluate("() => frames"), "cpu_s": sum(one["cpuTime"] for one in processes)}

"""The static book: how long it takes to write, from scratch and when nothing has changed, its size, and its pages.

    python -m benchmarks.book

Writes benchmarks/results/book.md. Beside other programs the wall clock says little, so the time that cores were kept
busy stands next to it, and what the machine had to do besides. Wanted: from scratch under 5 minutes and unchanged under
30 seconds on two cores, and a page that answers within 2 seconds, read from disk.
"""

import datetime
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Browser, expect

from benchmarks.browser import chromium_version, open_browser, open_page
from tests.browser.conftest import PATIENCE

RESULT = Path(__file__).parent / "results" / "book.md"
WATCH = """
window.seen = {};
const note = (name) => { window.seen[name] ??= performance.now(); };
document.addEventListener("DOMContentLoaded", () => {
  note("read");
  const places = document.querySelectorAll(".book-alive");
  new MutationObserver(() => {
    const alive = document.querySelectorAll(".book-is-alive").length;
    if (alive) note("first");
    if (alive === places.length) note("all");
  }).observe(document.body, { subtree: true, childList: true, attributes: true, attributeFilter: ["class"] });
});
"""
"""Notes when the page has been read, when its first widget answers, and when all do."""


def timed(out: Path, kept: Path) -> tuple[float, float]:
    """Write the book in a process of its own; the seconds it took, and those that cores were busy."""
    code = "import sys, pathlib, passk_lab; passk_lab.book.write(sys.argv[1], kept=pathlib.Path(sys.argv[2]))"
    began, before = time.perf_counter(), os.times()
    subprocess.run([sys.executable, "-c", code, str(out), str(kept)], check=True)
    after = os.times()
    busy = sum(after[2:4]) - sum(before[2:4])
    return time.perf_counter() - began, busy


def opened(browser: Browser, file: Path) -> dict[str, float]:
    """Milliseconds from asking for a page to what `WATCH` notes, and how many widgets it has."""
    with open_page(browser) as page:
        page.add_init_script(WATCH)
        page.goto(file.as_uri())
        widgets = page.locator(".book-alive").count()
        expect(page.locator(".book-is-alive")).to_have_count(widgets, timeout=1000 * PATIENCE)
        return {**page.evaluate("window.seen"), "widgets": widgets}


def row(browser: Browser, file: Path) -> str:
    """The middle one of three openings, as a row of the table."""
    times = [opened(browser, file) for _ in range(3)]
    middle = {name: statistics.median(one[name] for one in times) for name in times[0]}
    seconds = " | ".join(f"{middle[name] / 1000:.2f}" for name in ("read", "first", "all"))
    return f"| {file.name} | {file.stat().st_size / 1e3:.0f} | {middle['widgets']:.0f} | {seconds} |"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        out, kept = Path(folder) / "book", Path(folder) / "kept"
        load = os.getloadavg()[0]
        scratch, again = timed(out, kept), timed(out, kept)
        files = [path for path in out.rglob("*") if path.is_file()]
        size = {part: sum(it.stat().st_size for it in (out / part).rglob("*") if it.is_file()) / 1e6 for part in PARTS}
        with open_browser() as browser:
            rows = [row(browser, file) for file in sorted(out.glob("[0-9]*.html"))]
    machine = f"{os.cpu_count()} CPU cores, load {load:.1f} before it began (near 0 where nothing else runs)"
    lines = [
        f"Written by `python -m benchmarks.book` on {datetime.date.today()}: {machine}, Python "
        f"{sys.version.split()[0]}, Chromium {chromium_version()}.",
        "",
        "| what | seconds | seconds that cores were busy |",
        "|---|---|---|",
        f"| from scratch | {scratch[0]:.0f} | {scratch[1]:.0f} |",
        f"| when nothing has changed | {again[0]:.0f} | {again[1]:.0f} |",
        "",
        f"{len(files)} files, {size['.']:.1f} MB: pictures {size['pictures']:.1f} MB, numbers of figures "
        f"{size['figures']:.1f} MB, the rest pages, front ends and the index of the search.",
        "",
        "Seconds from asking for a page on disk until it is read, until its first widget answers, and until all do "
        "(median of three):",
        "",
        "| page | kB | widgets | read | first answers | all answer |",
        "|---|---|---|---|---|---|",
        *rows,
    ]
    RESULT.write_text("\n".join(["# The static book", "", *lines]) + "\n", encoding="utf-8")
    print(RESULT.read_text(encoding="utf-8"))


PARTS = (".", "pictures", "figures")


if __name__ == "__main__":
    main()

"""From the command `passk-lab` to the first figure one can touch: how long a reader waits, and for what.

Nothing is compared here: the parts of the wait stand side by side. The clock starts with the command; a Chromium is
open already, as a reader's is. Notebook 00 is run from top to bottom; its picture counts from the first frame in which
an explorer's canvas holds more than one colour. The first round meets cold files, so every round is listed.
"""

import statistics
import time
from itertools import pairwise

from playwright.sync_api import Browser

from benchmarks.browser import open_browser, open_lab, open_page
from benchmarks.measure import Result, Row, duration
from passk_lab.workplace import START
from tests.browser.conftest import Notebook

ROUNDS = 5
PARTS = ("server up", "page loaded", "kernel ready", "cells run and the picture seen")
DRAWN = """() => [...document.querySelectorAll('.passk-explorer canvas')].some((canvas) => {
    if (!canvas.width || !canvas.height) return false;
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
    return new Uint32Array(data.buffer).some((pixel, i, all) => pixel !== all[0]);
})"""


def run() -> Result:
    with open_browser() as browser:
        rounds = [one_round(browser) for _ in range(ROUNDS)]
    middle = {name: statistics.median(found[name] for found in rounds) for name in [*PARTS, "in all"]}
    fastest = min(found["in all"] for found in rounds)
    parts = "; ".join(f"{name} {duration(middle[name])}" for name in PARTS)
    row = Row(
        "from `passk-lab` to the first figure of notebook 00",
        f"{duration(middle['in all'])} (min {duration(fastest)}): {parts}", "", "", "", None,
    )  # fmt: skip
    return Result([row], {"median_s": middle, "min_s": fastest, "rounds_s": rounds})


def one_round(browser: Browser) -> dict[str, float]:
    marks = [time.perf_counter()]
    with open_lab() as lab, open_page(browser) as page:
        marks.append(time.perf_counter())
        page.goto(f"{lab.url}/doc/tree/{START}?token={lab.token}&reset", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        marks.append(time.perf_counter())
        page.wait_for_function(
            f"() => window.jupyterapp?.shell?.currentWidget?.context && {Notebook.KERNEL}?.status === 'idle'"
        )
        marks.append(time.perf_counter())
        page.evaluate("() => { window.jupyterapp.commands.execute('notebook:run-all-cells'); }")
        page.wait_for_function(DRAWN)
        marks.append(time.perf_counter())
    found = {name: end - begin for name, (begin, end) in zip(PARTS, pairwise(marks), strict=True)}
    return {**found, "in all": marks[-1] - marks[0]}

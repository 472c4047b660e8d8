"""A long sitting: thousands of moves over every explorer, in a page without a server: benchmarks/results/soak.md.

    python -m benchmarks.soak --moves 50000

A move is what a hand does to a control: the page is sent the event, and draws at the next frame. Ten moves go into a
frame, as fast hands do, and a seed decides which. Memory is the JavaScript heap after a collection of garbage, read
with the explorer in the same state before and after.
"""

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

from benchmarks.browser import chromium_version, open_browser, open_page
from passk_lab import explorers
from tests.browser.conftest import watch

PAGE = Path(__file__).parent / "results" / "soak.md"
MOVES = 50_000
WARM = 1000
"""Moves before the first reading: what is made once is no growth, nor is what the engine compiles."""
FRAME = 10
GROWTH = 0.10
"""How much a page may grow."""

MOVE = """([moves, seed, frame]) => new Promise((done) => {
  let state = seed, left = moves;
  const pick = (below) => {  // Park and Miller's generator: the same moves each time
    state = (state * 48271) % 2147483647;
    return state % below;
  };
  const root = document.querySelector('.passk-explorer');
  const controls = [...root.querySelectorAll('.passk-control :is(input, select)')];
  const presets = [...root.querySelectorAll('.passk-try > button')];
  const move = () => {
    const which = pick(controls.length + (presets.length ? 1 : 0)), input = controls[which];
    if (!input) return presets[pick(presets.length)].click();
    let kind = 'change';
    if (input.type === 'range') {
      input.value = pick(Number(input.max) + 1);
      kind = 'input';
    } else if (input.type === 'checkbox') input.checked = !input.checked;
    else {
      const options = [...input.options].filter((option) => option.value !== '' && !option.disabled);
      input.value = options[pick(options.length)].value;
    }
    input.dispatchEvent(new Event(kind, { bubbles: true }));
  };
  const step = () => {
    for (let i = Math.min(frame, left); i > 0; i -= 1) move();
    left -= frame;
    if (left > 0) requestAnimationFrame(step); else requestAnimationFrame(() => requestAnimationFrame(done));
  };
  step();
})"""
BACK = """() => {
  const tools = [...document.querySelectorAll('.passk-tools button')];
  tools.find((button) => button.textContent === 'Reset').click();
}"""


@dataclass(frozen=True)
class Sitting:
    """One explorer, moved: bytes of heap and nodes of the document before and after, and what went wrong."""

    name: str
    moves: int
    seconds: float
    heap: tuple[int, int]
    nodes: tuple[int, int]
    listeners: tuple[int, int]
    errors: list[str]
    requests: list[str]

    @property
    def growth(self) -> float:
        return max(after / before - 1 for before, after in (self.heap, self.nodes, self.listeners))


def sat(page: Page, file: Path, name: str, moves: int) -> Sitting:
    """Move one exported explorer so many times."""
    watch(page, page)
    page.goto(file.as_uri())
    page.locator("canvas").first.wait_for()
    client = page.context.new_cdp_session(page)
    client.send("Performance.enable")

    def read() -> dict[str, Any]:
        page.evaluate(BACK)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        for _ in range(2):
            client.send("HeapProfiler.collectGarbage")
        counters = client.send("Memory.getDOMCounters")
        return {"heap": client.send("Runtime.getHeapUsage")["usedSize"], **counters}

    page.evaluate(MOVE, [WARM, 1, FRAME])
    before, began = read(), time.monotonic()
    page.evaluate(MOVE, [moves, 2, FRAME])
    seconds, after = time.monotonic() - began, read()
    heap, nodes, listeners = ((int(before[what]), int(after[what])) for what in ("heap", "nodes", "jsEventListeners"))
    return Sitting(name, moves, seconds, heap, nodes, listeners, page.errors, page.strangers)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description="A long sitting, measured.")
    parser.add_argument("--moves", type=int, default=MOVES, help="over all explorers")
    moves = parser.parse_args().moves
    each = -(-moves // len(explorers.BY_NAME))
    with tempfile.TemporaryDirectory() as folder, open_browser() as browser:
        found = []
        for name, make in explorers.BY_NAME.items():
            file = make().to_html(Path(folder) / f"{name}.html")
            with open_page(browser) as page:
                page.context.set_offline(True)
                found.append(sat(page, file, name, each))
    text = written(found)
    PAGE.write_text(text, encoding="utf-8")
    print(text)
    return 0


def written(found: list[Sitting]) -> str:
    """Write what was seen as Markdown."""
    rows = "\n".join(
        f"| {one.name} | {one.moves:,} | {one.seconds:.0f} s | {one.heap[0] / 1e6:.2f} to {one.heap[1] / 1e6:.2f} MB "
        f"| {one.nodes[0]} to {one.nodes[1]} | {one.growth:+.1%} | {len(one.errors)} | {len(one.requests)} |"
        for one in found
    )
    moves = sum(one.moves for one in found)
    worst = max(found, key=lambda one: one.growth)
    return f"""# A long sitting

Written by `python -m benchmarks.soak`: {moves:,} moves over {len(found)} explorers, each an exported page opened from
disk. A move sends the page the event of a control or presses what is offered to try; ten go into each frame that is
drawn. The heap is JavaScript's, after garbage was collected, with the explorer reset before and after, and {WARM:,}
moves before the first reading, while the engine still compiles. `growth` is the largest of heap, nodes of the document,
and listeners; at most {GROWTH:.0%} is allowed. It was largest in {worst.name}: {worst.growth:+.1%}.

| explorer | moves | time | heap | nodes | growth | errors on the console | requests out |
|---|---|---|---|---|---|---|---|
{rows}

Measured {time.strftime("%Y-%m-%d")} with Chromium {chromium_version()}. The live widget in JupyterLab has a sitting of
its own in `tests/long/test_soak.py`: 5,000 moves and 50 reruns.
"""


if __name__ == "__main__":
    sys.exit(main())

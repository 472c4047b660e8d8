"""From the key press on a slider to new pixels, for the explorer and for the habit: ipywidgets.interact + plt.show.

Both show the same curves, run in JupyterLab in the same Chromium, and are timed by the same clock in the page: from
the keydown event to the end of the animation frame that paints the new pixels. For the explorer that is the frame in
whose callback it draws its canvases; for interact, the first frame that begins after the new <img> was decoded. A
message posted from the frame's callback is handled after that frame was painted, and takes the time. The picture
must really differ from the one before: canvases by all their pixels, images by their bytes. While dragging, a timer in
the page moves the slider 50 times a second for 4 s, and every frame with a new picture is counted.

A page at rest is given a frame at once, so the canvases are drawn some 2 ms after the key. Counted to the beginning of
the frame after, which is one display tick more for the explorer and none for interact, one panel measured 7 to 13 times
as fast and three panels 14 to 16 times.
"""

import json
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, Page

from benchmarks.browser import open_browser, open_lab, open_page, write_notebook
from benchmarks.measure import Result, Row, times
from tests.browser.conftest import Lab, Notebook

PRESSES, ROUNDS, WARM_UP, LARGEST_K = 40, 2, 5, 60
EVENTS, EVERY_MS = 200, 20
TARGET = 10.0
FRAME_MS = 1000 / 60

NUMBERS = f"""
import numpy as np
ks, p = list(range(1, {LARGEST_K} + 1)), np.linspace(0, 1, 512)
shares = [i / 8 for i in range(1, 9)]
"""

# Two curves of 512 points: pass@k and its gap to pass@1.
EXPLORER_ONE = """
from passk_lab.explorers import *
k, x = np.array(ks)[:, None], Coordinate("p")
passed = 1 - (1 - p) ** k
Explorer(Description(
    name="one-panel", title="One panel, two curves", summary="pass@k and its gap to pass@1 over p.",
    controls=[Slider("k", "draws k", ks, 1)],
    axes={"k": ks, "p": p.tolist()},
    tables={"pass": Table(("k", "p"), passed), "gap": Table(("k", "p"), passed - p)},
    panels=[Panel("pass@k at k = {k}", PROBABILITY, Axis("chance of a right answer", 0, 1), [
        Line(role="pass@k", label="pass@{k}", x=x, y=Value("pass", along="p")),
        Line(role="gap", label="gap", x=x, y=Value("gap", along="p")),
    ])],
    readouts=[], sentences=["k = {k}."],
))
"""
INTERACT_ONE = """
import ipywidgets, matplotlib.pyplot as plt
def draw(k=1):
    passed = 1 - (1 - p) ** k
    plt.figure(figsize=FIGSIZE)
    plt.plot(p, passed, "--", label=f"pass@{k}")
    plt.plot(p, passed - p, "-.", label="gap")
    plt.title(f"pass@k at k = {k}"); plt.xlabel("chance p that one sample is right")
    plt.ylabel("chance of a right answer"); plt.xlim(0, 1); plt.ylim(0, 1); plt.grid(axis="y"); plt.legend()
    plt.show()
ipywidgets.interact(draw, k=(1, LARGEST_K));
""".replace("LARGEST_K", str(LARGEST_K))

# Eight curves of 512 points in each of three panels: pass@k, weight and gap where a share of problems can be solved.
EXPLORER_THREE = """
from passk_lab.explorers import *
k, x = np.array(ks)[:, None], Coordinate("p")
tables = {"pass": 1 - (1 - p) ** k, "weight": k * (1 - p) ** (k - 1), "gap": 1 - (1 - p) ** k - p}
ranges = {"pass": (0, 1), "weight": (0, 60), "gap": (0, 1)}
Explorer(Description(
    name="three-panels", title="Three panels, 24 lines", summary="pass@k, weight and gap over p, for eight shares.",
    controls=[Slider("k", "draws k", ks, 1)],
    axes={"k": ks, "p": p.tolist()},
    tables={name: Table(("k", "p"), values) for name, values in tables.items()},
    panels=[Panel(name + " at k = {k}", PROBABILITY, Axis(name, *ranges[name]), [
        Line(role="pass@k", x=x, y=Value(name, along="p") * share) for share in shares
    ]) for name in tables],
    readouts=[], sentences=["k = {k}."],
))
"""
INTERACT_THREE = """
import ipywidgets, matplotlib.pyplot as plt
def draw(k=1):
    curves = {"pass": 1 - (1 - p) ** k, "weight": k * (1 - p) ** (k - 1), "gap": 1 - (1 - p) ** k - p}
    figure, panels = plt.subplots(1, 3, figsize=FIGSIZE)
    for panel, (name, y), top in zip(panels, curves.items(), (1, 60, 1)):
        for share in shares:
            panel.plot(p, share * y, "--", color="C1")
        panel.set_title(f"{name} at k = {k}"); panel.set_xlabel("chance p that one sample is right")
        panel.set_ylabel(name); panel.set_xlim(0, 1); panel.set_ylim(0, top); panel.grid(axis="y")
    plt.show()
ipywidgets.interact(draw, k=(1, LARGEST_K));
""".replace("LARGEST_K", str(LARGEST_K))

# Canvases are drawn inside an animation frame, so the frame asked for while drawing is the one after the new pixels.
WATCH_EXPLORER = """() => {
    const canvases = [...document.querySelectorAll('.passk-explorer canvas')];
    const input = document.querySelector('.passk-explorer input[type=range]');
    const look = () => canvases.map((canvas) => {
        const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
        const words = new Uint32Array(data.buffer);
        let sum = 0;
        for (let i = 0; i < words.length; i++) sum = (Math.imul(sum, 31) + words[i]) | 0;
        return sum;
    }).join();
    let asked = 0;
    for (const canvas of canvases) {
        const g = canvas.getContext('2d'), clear = g.clearRect;
        g.clearRect = function (...box) {
            clear.apply(this, box);
            if (!asked) { asked = 1; bench.painted((now) => { asked = 0; bench.frame(now, look()); }); }
        };
    }
    return bench.start(input, look(), (step) => {
        input.value = input.valueAsNumber + step;
        input.dispatchEvent(new Event('input', { bubbles: true }));
    }, canvases.map((canvas) => [canvas.clientWidth, canvas.clientHeight]));
}"""
WATCH_INTERACT = """() => {
    const box = document.querySelector('.widget-interact'), handle = box.querySelector('.noUi-handle');
    const image = () => box.querySelector('img');
    new MutationObserver(async () => {
        const img = image();
        if (!img) return;
        const src = img.src;
        await img.decode().catch(() => {});
        if (img.isConnected) requestAnimationFrame(() => bench.painted((now) => bench.frame(now, src)));
    }).observe(box, { childList: true, subtree: true, attributes: true, attributeFilter: ['src'] });
    return bench.start(handle, image().src, (step) => {
        const key = step > 0 ? 'ArrowRight' : 'ArrowLeft';
        handle.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
    }, [[image().width, image().height]]);
}"""
BENCH = """
window.bench = {
    start(focus, picture, move, sizes) {
        Object.assign(this, { focus, picture, move, latency: null, pressed: 0, frames: [] });
        const pressed = (event) => { if (event.isTrusted) this.pressed = performance.now(); };
        document.addEventListener('keydown', pressed, true);
        focus.scrollIntoView({ block: 'start' });
        return sizes;
    },
    // Called inside an animation frame: hands on the time after this frame was painted.
    painted(then) {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => then(performance.now());
        port2.postMessage(null);
    },
    ready() { this.latency = null; this.focus.focus({ preventScroll: true }); },
    frame(now, picture) {
        if (picture === this.picture) return;
        this.picture = picture;
        this.frames.push(now);
        if (this.pressed) { this.latency = now - this.pressed; this.pressed = 0; }
    },
    drag(events, every, turn) {
        return new Promise((resolve) => {
            this.frames = [];
            const begin = performance.now();
            let sent = 0, last = begin;
            const timer = setInterval(() => {
                this.move(Math.floor(sent / turn) % 2 ? -1 : 1);
                last = performance.now();
                if (++sent === events) { clearInterval(timer); wait(); }
            }, every);
            const wait = () => {  // until the picture has been at rest for three seconds
                if (performance.now() - Math.max(last, this.frames.at(-1) ?? 0) < 3000) return setTimeout(wait, 100);
                const during = this.frames.filter((t) => t <= last).length;
                resolve({ seconds: (last - begin) / 1000, frames: during, all_frames: this.frames.length,
                          settle_ms: Math.max(0, (this.frames.at(-1) ?? last) - last) });
            };
        });
    },
};
"""
FIGURES = {
    "one panel": {"explorer": EXPLORER_ONE, "interact": INTERACT_ONE},
    "three panels": {"explorer": EXPLORER_THREE, "interact": INTERACT_THREE},
}
READY = {"explorer": ".passk-explorer canvas", "interact": ".widget-interact img"}
WATCH = {"explorer": WATCH_EXPLORER, "interact": WATCH_INTERACT}


def run() -> Result:
    found: dict[str, dict[str, dict[str, Any]]] = {
        figure: {kind: {"presses_ms": [], "drags": []} for kind in kinds} for figure, kinds in FIGURES.items()
    }
    with open_lab() as lab, open_browser() as browser:
        for _ in range(ROUNDS):
            for figure, kinds in FIGURES.items():
                pixels: list[list[int]] = []
                for kind, code in kinds.items():
                    into = found[figure][kind]
                    # matplotlib gets the picture's size in pixels from the explorer, so that both paint the same area.
                    with shown(browser, lab, kind, code.replace("FIGSIZE", figsize(pixels))) as page:
                        into["size_px"] = pixels = page.evaluate(WATCH[kind])
                        into["presses_ms"] += presses(page, PRESSES // ROUNDS)
                        into["drags"].append(page.evaluate(f"() => bench.drag({EVENTS}, {EVERY_MS}, {LARGEST_K // 2})"))
    figures = {figure: {kind: summary(v) for kind, v in kinds.items()} for figure, kinds in found.items()}
    return Result([row for figure, kinds in figures.items() for row in table(figure, kinds)], figures)


def figsize(pixels: list[list[int]]) -> str:
    """Inches of a figure at matplotlib's 100 dots per inch that covers these canvases side by side."""
    return repr((sum(width for width, _ in pixels) / 100, max((height for _, height in pixels), default=0) / 100))


@contextmanager
def shown(browser: Browser, lab: Lab, kind: str, code: str) -> Iterator[Page]:
    """A page with the figure in a notebook that has run."""
    write_notebook(lab.notebooks / "latency.ipynb", NUMBERS, code)
    with open_page(browser) as page:
        page.add_init_script(BENCH)
        notebook = Notebook(page, lab, "latency.ipynb")
        notebook.run_all()
        page.wait_for_selector(READY[kind])
        page.wait_for_timeout(1000)
        yield page
    lab.free_kernels()


def presses(page: Page, count: int) -> list[float]:
    """Single key presses, each after the picture of the one before, and a rest that falls anywhere within a frame."""
    latencies = []
    for turn in range(WARM_UP + count):
        page.evaluate("() => bench.ready()")
        page.wait_for_timeout(250 + 7 * (turn % 5))
        page.keyboard.press("ArrowRight")
        # By a timer: playwright's usual polling asks for every animation frame, which no page at rest does.
        page.wait_for_function("() => bench.latency !== null", polling=20)
        if turn >= WARM_UP:
            latencies.append(page.evaluate("() => bench.latency"))
    return latencies


def summary(found: dict[str, Any]) -> dict[str, Any]:
    milliseconds, drags = sorted(found["presses_ms"]), found["drags"]
    return {
        "median_ms": statistics.median(milliseconds),
        "min_ms": milliseconds[0],
        "p95_ms": milliseconds[min(len(milliseconds) - 1, round(0.95 * len(milliseconds)))],
        "frames_per_s": statistics.median(drag["frames"] / drag["seconds"] for drag in drags),
        "settle_ms": statistics.median(drag["settle_ms"] for drag in drags),
        **found,
    }


def table(figure: str, kinds: dict[str, dict[str, Any]]) -> list[Row]:
    ours, peer = kinds["explorer"], kinds["interact"]
    ratio = peer["median_ms"] / ours["median_ms"]

    def press(found: dict[str, Any]) -> str:
        return f"{found['median_ms']:.1f} ms (p95 {found['p95_ms']:.0f}, min {found['min_ms']:.1f})"

    def drag(found: dict[str, Any]) -> str:
        return f"{found['frames_per_s']:.1f} a second, at rest {found['settle_ms']:.0f} ms after the last move"

    return [
        Row(f"{figure}: key press to new pixels, beside interact + plt.show", press(ours), press(peer),
            f"{times(ratio)} as fast", f"at least {TARGET:g}x", ratio >= TARGET),
        Row(f"{figure}: key press to new pixels, beside one display frame", f"{ours['median_ms']:.1f} ms",
            f"{FRAME_MS:.1f} ms", f"{times(ours['median_ms'] / FRAME_MS)} the time", "near 1x (at most 1.5x)",
            ours["median_ms"] <= 1.5 * FRAME_MS),
        Row(f"{figure}: pictures while the slider is dragged (50 moves a second)", drag(ours), drag(peer),
            f"{times(ours['frames_per_s'] / peer['frames_per_s'])} as many" if peer["frames_per_s"] else "", "", None),
    ]  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run().figures, indent=1))

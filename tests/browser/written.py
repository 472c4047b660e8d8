"""What is written on canvases: remembered as it is drawn, and looked through for what is cut off or printed over."""

from itertools import combinations

from passk_lab import look
from tests.browser.explorer_page import ExplorerOnPage

COLOURS = {*look.INK.values(), *look.QUIET.values(), *(c for r in look.ROLES.values() for c in (r.light, r.dark))}
"""Those of texts, whose contrast tests/explorers/test_colours.py knows."""
REMEMBER_TEXTS = """
const { fillText, clearRect } = CanvasRenderingContext2D.prototype;
CanvasRenderingContext2D.prototype.clearRect = function (...box) {
  this.canvas.texts = [];
  clearRect.apply(this, box);
};
CanvasRenderingContext2D.prototype.fillText = function (text, x, y, room = Infinity) {
  const width = Math.min(this.measureText(text).width, room), top = this.textBaseline === "top" ? y + 1 : y - 5;
  const left = x - ({ right: 1, center: 0.5 }[this.textAlign] ?? 0) * width;
  const scale = this.getTransform().a / devicePixelRatio;
  const { actualBoundingBoxAscent: up, actualBoundingBoxDescent: down } = this.measureText("H");
  const colour = this.globalAlpha === 1 ? this.fillStyle : "let through";
  (this.canvas.texts ??= []).push({ text, colour, left: scale * left, right: scale * (left + width), top: scale * top,
    bottom: scale * (top + 10), capital: scale * (up + down) });
  fillText.call(this, text, x, y, ...(room < Infinity ? [room] : []));
};
"""


class Written(dict):
    """A text on a canvas: what it is, and its four sides in pixels."""

    def touches(self, other) -> bool:
        """Whether two texts share a pixel."""
        return (
            self["left"] < other["right"] and other["left"] < self["right"]
            and self["top"] < other["bottom"] and other["top"] < self["bottom"]
        )  # fmt: skip


def faults(shown: ExplorerOnPage) -> list[str]:
    """Texts that are cut off by the end of their canvas, printed over one another or in a strange colour."""
    shown.pixels()
    canvases = shown.root.locator("canvas:visible").evaluate_all(
        "all => all.map(c => [c.texts, c.clientWidth, c.clientHeight])"
    )
    return [fault for canvas in canvases for fault in faults_of(*canvas)]


def faults_of(texts: list[dict], width: float, height: float) -> list[str]:
    """The same of one canvas: what is written on it, and its size in pixels."""
    found, texts = [], [Written(text) for text in texts]
    assert len(texts) > 4
    for text in texts:
        if text["left"] < -0.5 or text["right"] > width + 0.5 or text["top"] < 0 or text["bottom"] > height:
            found.append(f"cut off: {text['text']}")
        if text["colour"].upper() not in COLOURS:
            found.append(f"in a colour that nobody measured, {text['colour']}: {text['text']}")
    return found + [f"{a['text']!r} over {b['text']!r}" for a, b in combinations(texts, 2) if a.touches(b)]

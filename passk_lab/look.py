"""One look, so that a colour means one thing in the whole lab. Both renderers read it from here."""

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Role:
    """Colours of a quantity on a light and on a dark ground, its dash (points on, off, ...) and its marker."""

    light: str
    dark: str
    dash: tuple[int, ...] = ()
    marker: str = "circle"
    width: float = 2.0


GROUND = {"light": "#FFFFFF", "dark": "#111417"}
INK = {"light": "#1B1F23", "dark": "#E6E9EC"}
QUIET = {"light": "#5B636B", "dark": "#A4ACB4"}
"""Tick labels and notes."""
GRID = {"light": "#E3E6E9", "dark": "#2A2F35"}

# Starting from Okabe and Ito's palette: text in a colour reaches 4.5:1 on its ground, and colours that stand together
# are told apart by every kind of eye (tests/explorers/test_colours.py measures it).
ROLES: dict[str, Role] = {
    "pass@1": Role("#0069A6", "#56B4E9", marker="circle"),
    "pass@k": Role("#BA4F00", "#F58025", dash=(9, 4), marker="square"),
    "gap": Role("#5E2590", "#A964F5", dash=(9, 3, 2, 3)),
    "before": Role("#6E6E6E", "#ADADAD", dash=(2, 3), marker="triangle"),
    "plug-in": Role("#5C4400", "#F2CF66", dash=(5, 3), marker="triangle"),
    "exact": Role("#1B1F23", "#E6E9EC", width=1.2),
    "guide": Role("#5B636B", "#A4ACB4", dash=(4, 4), width=1.2),
    "correct": Role("#005A41", "#62E39E", marker="circle"),
    "wrong": Role("#CB2C79", "#D45C87", marker="hollow", dash=(6, 3)),
}

HEAT = (
    "#00224E", "#123570", "#3B496C", "#575D6D", "#707173", "#8A8678", "#A59C74", "#C3B369", "#E1CC55", "#FEE838",
)  # fmt: skip
"""Colours of a number, from the least to the most (cividis): as light as they are large, to every eye."""


def for_the_page() -> dict[str, Any]:
    """Return the look as plain values, as the front end reads it."""
    roles = {name: asdict(role) for name, role in ROLES.items()}
    return {"roles": roles, "ground": GROUND, "ink": INK, "quiet": QUIET, "grid": GRID, "heat": list(HEAT)}


def css(light: str, dark: str) -> str:
    """Write a colour for a style sheet that cannot ask which ground it stands on.

    >>> css("#000000", "#FFFFFF")
    'light-dark(#000000, #FFFFFF)'
    """
    return f"light-dark({light}, {dark})"


def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours as WCAG 2 defines it, from 1 to 21.

    >>> round(contrast("#000000", "#FFFFFF"))
    21
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    linear = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in channels)
    return sum(share * v for share, v in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

"""How the book looks and what moves in it: one style sheet and one script for all pages."""

from __future__ import annotations

from pathlib import Path

from passk_lab import look
from passk_lab.book.assets import Assets
from passk_lab.front import joined

_FRONT = Path(__file__).parent / "front"


def style(assets: Assets) -> str:
    """Return the style sheet: the colours of the lab, the book's own rules, and those of the widgets shown in it."""
    colours = {
        "ground": look.GROUND, "ink": look.INK, "quiet": look.QUIET, "grid": look.GRID,
        **{name: {"light": look.ROLES[role].light, "dark": look.ROLES[role].dark} for name, role in _ROLES.items()},
    }  # fmt: skip
    rows = "".join(f"  --book-{name}: {look.css(it['light'], it['dark'])};\n" for name, it in colours.items())
    own = (_FRONT / "book.css").read_text(encoding="utf-8")
    return "\n".join([f":root {{\n{rows}}}", own, *assets.styles])


def script() -> str:
    """Return the script."""
    return f"(() => {{\n{joined(_FRONT / 'book.js')}front.start();\n}})();\n"


_ROLES = {"link": "pass@1", "right": "correct", "number": "pass@k", "keyword": "gap"}
"""Colours of links and of parts of code, by what they mean elsewhere."""

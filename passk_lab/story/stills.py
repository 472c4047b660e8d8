"""Still pictures of the figures: what is there in print, and where no script runs."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from dataclasses import replace

from PIL import Image

from passk_lab.explorers.description import Description, State
from passk_lab.explorers.static import figure

_COLOURS = 32
_DPI = 120
_NONE = "data:image/png;base64,"


def still(description: Description, state: State, panels: Sequence[str] = (), *, drawn: bool = True) -> str:
    """Return the picture of some panels (or all) on both grounds, with its words for those who do not see it.

    Where it is not `drawn`, the picture is missing and all else is there.
    """
    shown = [panel for panel in description.panels if panel.name in panels] or description.panels
    votes = any(mark.answer for panel in shown for mark in panel.marks)
    key = replace(description, panels=shown, vote=description.vote if votes else "")
    light, dark = (_picture(key, state, theme) if drawn else _NONE for theme in ("light", "dark"))
    words = html.escape(f"{description.title}. {' '.join(description.words(state))}", quote=True)
    return (
        f'<picture><source media="screen and (prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{words}" src="{light}"></picture>'
    )


def _picture(description: Description, state: State, theme: str) -> str:
    drawn = figure(description, state, theme)
    file = io.BytesIO()
    drawn.savefig(file, format="png", dpi=_DPI)
    # A few colours are enough for lines on a ground, and take a fourth of the bytes.
    small, out = Image.open(file).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE), io.BytesIO()
    small.save(out, format="png", optimize=True)
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()

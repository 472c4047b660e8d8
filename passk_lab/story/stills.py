"""Still pictures of the figures: what is there in print, and where no script runs."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import replace

from passk_lab.explorers.description import Description, State
from passk_lab.explorers.static import small

_NONE = "data:image/png;base64,"


def still(description: Description, state: State, panels: Sequence[str] = (), *, drawn: bool = True) -> str:
    """Return the picture of some panels (or all) on both grounds, with its words for those who do not see it.

    Where it is not `drawn`, the picture is missing and all else is there.
    """
    shown = [panel for panel in description.panels if panel.name in panels] or description.panels
    votes = any(mark.answer for panel in shown for mark in panel.marks)
    key = replace(description, panels=shown, vote=description.vote if votes else "")
    light, dark = (small(key, state, theme, bare=False) if drawn else _NONE for theme in ("light", "dark"))
    words = html.escape(f"{description.title}. {' '.join(description.words(state))}", quote=True)
    return (
        f'<picture><source media="screen and (prefers-color-scheme: dark)" srcset="{dark}">'
        f'<img alt="{words}" src="{light}"></picture>'
    )

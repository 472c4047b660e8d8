"""What stands in for a live widget where no kernel runs: on GitHub, in print, in a notebook opened again."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from typing import Any

VIEW = "application/vnd.jupyter.widget-view+json"
ALONE = "application/vnd.passk-lab.alone+json"
"""What plays a widget on a page that has no kernel: its class, what it is told, and by what name it is remembered."""
_NO_ERROR = (
    "<style>.jp-OutputArea-child:not(:has(> .jp-OutputArea-output > *)):has(+ .jp-OutputArea-child .passk-still) "
    "{ display: none; }</style>"
)
"""Where no kernel knows the widget, JupyterLab writes an error in its place, as bare text: that hides beside this."""


def for_a_page() -> bool:
    """Whether what is shown is to go into a page that has no kernel: the book sets this where it runs a notebook."""
    return os.environ.get("PASSK_LAB_FOR_A_PAGE") == "1"


class StandIn:
    """Something still below a live widget, which hides it as long as it is on the page itself (`dom.js`).

    Two outputs, since JupyterLab shows of one only the widget, or that there is none. Where styles are taken out (on
    GitHub, in a notebook that is not trusted) no widget is shown either, and what is left can be read as it is.

    Parameters
    ----------
    to : str
        What the reader can do after running the cell, as in "answer".
    """

    def __init__(self, to: str) -> None:
        self.name = f"passk-still-{uuid.uuid4().hex[:12]}"
        """Its class on the page, by which the live widget finds it."""
        self._call = f"Run this cell, after those above it, to {to}."
        self._shown: list[Any] = []

    def show(self, widget: Any, content: str, text: str) -> None:
        """Show a widget, and below it HTML, or a text where that is not shown either."""
        from IPython.display import display

        if for_a_page():
            alone = {ALONE: widget.for_a_page()} if widget.PLAYS_ALONE else {}
            display({"text/html": f"<div>{content}</div>", "text/plain": text, **alone}, raw=True)
            return
        bundle, metadata = widget._repr_mimebundle_()
        # Where widgets are not shown the first output is to say nothing; nbconvert warns of one without any text.
        display({VIEW: bundle[VIEW], "text/plain": ""}, metadata=metadata, raw=True)
        handle = display(self._bundle(content, text), raw=True, display_id=True)
        if handle is not None:
            self._shown.append(handle)

    def renew(self, make: Callable[[], tuple[str, str]]) -> None:
        """Put what `make` returns in its place, wherever it is shown, in a thread: a picture takes a second or two."""
        if self._shown:
            threading.Thread(target=lambda: self._replace(*make()), name="passk-still").start()

    def _replace(self, content: str, text: str) -> None:
        for handle in self._shown:
            handle.update(self._bundle(content, text), raw=True)

    def _bundle(self, content: str, text: str) -> dict[str, str]:
        return {
            "text/html": f'<div class="{self.name} passk-still">{_NO_ERROR}{content}<p><i>{self._call}</i></p></div>',
            "text/plain": f"{text}\n{self._call}",
        }

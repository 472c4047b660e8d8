"""What stands in for a live widget where no kernel runs: on GitHub, in print, in a notebook opened again."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any


class StandIn:
    """Something still below a live widget, which hides it as long as it is on the page itself (`dom.js`)."""

    def __init__(self) -> None:
        self.name = f"passk-still-{uuid.uuid4().hex[:12]}"
        """Its class on the page, by which the live widget finds it."""
        self._shown: list[Any] = []

    def show(self, content: str) -> None:
        """Show HTML below what has just been displayed."""
        from IPython.display import HTML, display

        handle = display(HTML(self._wrapped(content)), display_id=True)
        if handle is not None:
            self._shown.append(handle)

    def renew(self, make: Callable[[], str]) -> None:
        """Put what `make` returns in its place, wherever it is shown, in a thread: a picture takes a second or two."""
        if self._shown:
            threading.Thread(target=lambda: self._replace(make()), name="passk-still").start()

    def _replace(self, content: str) -> None:
        from IPython.display import HTML

        for handle in self._shown:
            handle.update(HTML(self._wrapped(content)))

    def _wrapped(self, content: str) -> str:
        return f'<div class="{self.name}">{content}</div>'

"""What a class handed in: judged, each submission shut in by itself, and told to the teacher on one page.

A name is loaded when it is first touched: where no process can be forked, each one that judges imports this room, and
needs nothing of what draws.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passk_lab.collect.page import as_html
    from passk_lab.collect.results import as_csv, collect

__all__ = ["as_csv", "as_html", "collect"]

_WHERE = {"as_csv": "results", "as_html": "page", "collect": "results"}


def __getattr__(name: str) -> Any:
    """Load a name on first use (PEP 562)."""
    if name not in _WHERE:
        raise AttributeError(f"passk_lab.collect has nothing called {name!r}.")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

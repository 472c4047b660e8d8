"""The course as a static book: every notebook run, alive without a kernel; with reference, glossary and search.

What writes it is loaded when it is first touched: the documents take the list of public names (`names.py`) from here.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passk_lab.book.book import write

__all__ = ["write"]


def __getattr__(name: str) -> Any:
    """Load a name on first use (PEP 562)."""
    if name not in __all__:
        raise AttributeError(f"passk_lab.book has nothing called {name!r}.")
    return getattr(importlib.import_module("passk_lab.book.book"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

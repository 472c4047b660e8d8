"""A challenge for a class: an objective or mechanism of one's own, at equal budget; its board allows for chance."""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passk_lab.challenge.picture import frontier
    from passk_lab.challenge.training import enter

__all__ = ["enter", "frontier"]

_WHERE = {"enter": "training", "frontier": "picture"}


def __getattr__(name: str) -> Any:
    """Load a name on first use (PEP 562): entries are read without torch."""
    if name not in _WHERE:
        raise AttributeError(f"passk_lab.challenge has nothing called {name!r}.")
    return getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)

"""passk_lab: an interactive laboratory for pass@k in reinforcement learning with verifiable rewards.

The rooms load when first touched, so that ``import passk_lab`` costs next to nothing:

>>> import passk_lab
>>> passk_lab.metrics.pass_at_k(n=4, c=1, k=2)
0.5
"""

import importlib
from typing import TYPE_CHECKING, Any

from passk_lab.needs import ROOMS  # with its doorkeeper, which says what a room lacks
from passk_lab.version import __version__

__all__ = ["__version__", *ROOMS]

if TYPE_CHECKING:
    from passk_lab import (  # noqa: F401
        bridge,
        cockpit,
        course,
        data,
        exact,
        explorers,
        lm,
        metrics,
        objectives,
        play,
        readers,
        report,
        story,
        verdict,
    )


def __getattr__(name: str) -> Any:
    """Open a room on first use (PEP 562)."""
    if name in ROOMS:
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"passk_lab has no room called {name!r}; the rooms are {', '.join(ROOMS)}.")


def __dir__() -> list[str]:
    return sorted(__all__)

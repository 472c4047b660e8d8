"""Two sets of result files -> a diagnosis: curves, difference, crossing, verdicts and warnings, with their numbers."""

from importlib import import_module
from typing import Any

from passk_lab.report.as_json import to_json
from passk_lab.report.diagnosis import Diagnosis, diagnose
from passk_lab.report.verdicts import Verdict

_DRAWN = {"explorer": "figures", "write_figures": "page", "write_page": "page"}
"""What draws is opened when it is asked for: the numbers need no matplotlib."""

__all__ = ["Diagnosis", "Verdict", "diagnose", "explorer", "to_json", "write_figures", "write_page"]


def __getattr__(name: str) -> Any:
    """Open the file of what draws on first use (PEP 562)."""
    if name not in _DRAWN:
        raise AttributeError(f"report has nothing called {name!r}; it has {', '.join(__all__)}.")
    globals()[name] = getattr(import_module(f"{__name__}.{_DRAWN[name]}"), name)
    return globals()[name]

"""Where the notebooks and the data lie: inside an installed package, or at the top of a clone."""

from pathlib import Path

_PACKAGE = Path(__file__).parent


def folder(name: str) -> Path:
    """Return the folder "data" or "notebooks" that came with this copy of the lab.

    >>> (folder("data") / "SOURCES.md").exists()
    True
    """
    installed = _PACKAGE / "_bundled" / name
    place = installed if installed.is_dir() else _PACKAGE.parent / name
    if not place.is_dir():
        raise FileNotFoundError(f"this copy of passk_lab came without its {name} folder; install it again.")
    return place

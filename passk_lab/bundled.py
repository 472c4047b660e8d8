"""Where the notebooks and the data lie: inside an installed package, or at the top of a clone."""

import hashlib
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).parent
SUMS = "SHA256SUMS"
"""In the data folder, as `sha256sum` writes and checks it; `make texts` renews it."""


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


def licence() -> str:
    """Return the licence of the lab's code.

    >>> licence().splitlines()[0]
    'MIT License'
    """
    if (_PACKAGE / "_bundled").is_dir():
        return metadata.distribution("passk-lab").read_text("licenses/LICENSE") or ""
    return (_PACKAGE.parent / "LICENSE").read_text(encoding="utf-8")


def sums() -> str:
    """Return what `SUMS` has to say: the SHA-256 of each file of data, a line for each.

    >>> sums() == (folder("data") / SUMS).read_text(encoding="utf-8")
    True
    """
    data = folder("data")
    # SOURCES.md is prose, and no number comes from it.
    paths = [path for path in sorted(data.rglob("*")) if path.is_file() and path.name not in (SUMS, "SOURCES.md")]
    return "".join(f"{_digest(path)}  {path.relative_to(data).as_posix()}\n" for path in paths)


def damaged() -> list[str]:
    """Say, a sentence each, which files of data are missing or are not as they came.

    >>> damaged()
    []
    """
    data, said = folder("data"), []
    for line in (data / SUMS).read_text(encoding="utf-8").splitlines():
        digest, _, name = line.partition("  ")
        try:
            if _digest(data / name) != digest:
                said.append(f"data/{name} is not as it came: its SHA-256 is another.")
        except OSError as error:
            said.append(f"data/{name} cannot be read ({error.strerror}).")
    return said


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

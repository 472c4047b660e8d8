"""Files put in place whole, never over what the lab did not write: what every room does that writes one."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import secrets
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

try:
    import fcntl
except ImportError:  # Windows: two processes are not held apart there; each file is still put in place whole
    fcntl = None  # type: ignore[assignment]

_HALF = ".passk-half-"
_PAUSE = 0.02
"""Seconds between two looks at a lock that another holds."""


def put(path: Path, content: bytes | str, mode: int = 0o666) -> None:
    """Put a file in place in one move: written beside, flushed to the disk, renamed.

    Whatever happens, a kill or a full disk, the file is the old one or the new one, whole. A link is replaced and not
    followed. Whether the lab may replace what is there is for the caller to know; `put_new` never does.

    Parameters
    ----------
    path : Path
    content : bytes or str
        Text is written as UTF-8, its line ends as they are.
    mode : int
        Permissions of a file that was not there, less the umask; one that was there keeps its own.

    Raises
    ------
    FileExistsError
        If a folder, a pipe or a device has that name.
    OSError
        If it cannot be written; what was there stays, and nothing is left beside it.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     put(Path(folder) / "a.txt", "one")
    ...     put(Path(folder) / "a.txt", "two")
    ...     [(path.name, path.read_text()) for path in Path(folder).iterdir()]
    [('a.txt', 'two')]
    """
    if is_there(path) and not is_plain(path) and not path.is_symlink():
        raise FileExistsError(errno.EEXIST, "it is no plain file", str(path))
    kept = stat.S_IMODE(path.stat().st_mode) if is_plain(path) else None
    with _written_beside(path.parent, content, mode) as half:
        if kept is not None:
            half.chmod(kept)
        os.replace(half, path)
    _flush_names(path.parent)


def put_new(path: Path, content: bytes | str, mode: int = 0o666) -> None:
    """Put a file in place as `put` does, but only where there is nothing of that name.

    Raises
    ------
    FileExistsError
        If there is anything: a file, a folder, a link that leads nowhere.
    OSError
        If it cannot be written.
    """
    with _written_beside(path.parent, content, mode) as half:
        _move_to_new(half, path)
    _flush_names(path.parent)


def put_aside(path: Path, name: Callable[[int], str]) -> Path:
    """Rename a file to the first name that is free, `name(1)`, `name(2)`, ..., and return where it is now.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     for text in ("one", "two"):
    ...         put(Path(folder) / "a", text)
    ...         print(put_aside(Path(folder) / "a", lambda number: f"a.kept-{number}").name)
    a.kept-1
    a.kept-2
    """
    for number in itertools.count(1):
        with contextlib.suppress(FileExistsError):
            aside = path.with_name(name(number))
            _move_to_new(path, aside)
            return aside
    raise AssertionError


def clear_away(folder: Path) -> None:
    """Delete what `put` left in a folder when it was killed; every later `put` there does so too.

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     clear_away(Path(folder))
    """
    # Those of a writer at work are locked.
    if fcntl is None:
        return
    for half in folder.glob(f"{_HALF}*"):
        with contextlib.suppress(OSError):
            left = os.open(half, os.O_RDWR | os.O_NOFOLLOW | os.O_NONBLOCK)
            try:
                if _try_lock(left):
                    half.unlink()
            finally:
                os.close(left)


def is_plain(path: Path) -> bool:
    """Whether there is a file of this name, and no link, pipe, folder or device.

    >>> is_plain(Path(__file__)), is_plain(Path(__file__).parent)
    (True, False)
    """
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (FileNotFoundError, NotADirectoryError):
        return False


def is_there(path: Path) -> bool:
    """Whether anything has this name, a link that leads nowhere too.

    >>> is_there(Path(__file__)), is_there(Path(__file__) / "below a file")
    (True, False)
    """
    return os.path.lexists(path)


@contextlib.contextmanager
def alone(path: Path, patience: float = 30.0) -> Iterator[None]:
    """Hold a lock that one process, and one thread in it, has at a time; a kill lets it go.

    Parameters
    ----------
    path : Path
        The lock's own file: made if it is not there, left empty, and never deleted, since another may wait for it.
    patience : float
        Seconds to wait for whoever has it.

    Raises
    ------
    TimeoutError
        If another holds it for longer.
    OSError
        If its file cannot be made. Where a file system has no locks, nothing is held and nothing raised.
    """
    if fcntl is None:
        yield
        return
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        until = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= until:
                    raise TimeoutError(errno.ETIMEDOUT, "another process has held it for too long", str(path)) from None
                time.sleep(_PAUSE)
                continue
            except OSError:
                pass  # a file system without locks
            break
        yield
    finally:
        os.close(lock)


@contextlib.contextmanager
def _written_beside(folder: Path, content: bytes | str, mode: int) -> Iterator[Path]:
    """Write and flush a file under a name of no matter; it is gone in the end, unless it was moved away."""
    clear_away(folder)
    half, file = _new_half(folder, mode)
    try:
        with file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
            if fcntl is not None:  # while it is locked nobody takes it for one that a kill left
                yield half
        if fcntl is None:
            yield half
    finally:
        half.unlink(missing_ok=True)


def _new_half(folder: Path, mode: int) -> tuple[Path, BinaryIO]:
    """Make a file under a name that nobody has, and hold its lock."""
    while True:
        half = folder / f"{_HALF}{secrets.token_hex(8)}"
        there = os.open(half, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode)
        file = os.fdopen(there, "wb")
        if fcntl is None:
            return half, file
        with contextlib.suppress(OSError):  # a file system without locks
            # Waits: another may be looking right now whether a kill left it, and will then have deleted it.
            fcntl.flock(file.fileno(), fcntl.LOCK_EX)
        if os.fstat(file.fileno()).st_nlink:
            return half, file
        file.close()


def _try_lock(file: int) -> bool:
    """Take a lock if it is free; False where another has it, and where there are no locks."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (AttributeError, OSError):
        return False
    return True


def _move_to_new(source: Path, to: Path) -> None:
    """Rename a file, but never over another."""
    try:
        os.link(source, to)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ENOSPC, errno.EROFS, errno.EACCES):
            raise
        # A file system without hard links, or a file of another's: take the name first, then move onto our own.
        os.close(os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        os.replace(source, to)
    else:
        source.unlink()


def _flush_names(folder: Path) -> None:
    """Have a folder's new names on the disk, where a folder can be flushed."""
    if os.name != "posix":
        return
    with contextlib.suppress(OSError):
        there = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(there)
        finally:
            os.close(there)

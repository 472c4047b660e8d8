"""Where kernels speak with JupyterLab: in files that nobody else can open, and not on ports of the machine.

A kernel tells what a cell prints to whoever connects to it. Its messages are signed, but to hear them takes no key, and
every account of a machine can connect to a port of its 127.0.0.1.
"""

from __future__ import annotations

import os
import socket
import tempfile
import uuid
from contextlib import ExitStack, suppress
from pathlib import Path

ON_PORTS = "on ports of 127.0.0.1, where every account of this machine can hear what a cell prints"


def folder(usual: Path, held: ExitStack) -> Path | None:
    """Return where kernels' sockets can lie: where Jupyter has them, or in a folder of this session, or None."""
    if os.name != "posix":  # Windows has such sockets, but its Python does not
        return None
    if can_lie_in(usual):
        return usual
    try:
        # A short path, as a rule, and on a disk of the machine itself.
        session = tempfile.TemporaryDirectory(prefix="passk-lab-", ignore_cleanup_errors=True)
    except OSError:
        return None
    found = Path(held.enter_context(session))
    return found if can_lie_in(found) else None


def can_lie_in(folder: Path) -> bool:
    """Whether sockets can lie in a folder, out of others' reach. It is made where it is not yet.

    That is tried and not looked up: a socket's path may have some hundred bytes only, and not every file system, as one
    that comes over a network, has sockets.
    """
    name = folder / f"kernel-{uuid.uuid4()}-ipc-10"  # as Jupyter names them
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = folder.stat()
        # One that stands open is not closed here: it may have been meant for others as well.
        if there.st_uid != os.geteuid() or there.st_mode & 0o077:
            return False
        with socket.socket(socket.AF_UNIX) as kernel, socket.socket(socket.AF_UNIX) as client:
            kernel.bind(os.fspath(name))
            kernel.listen(1)
            client.connect(os.fspath(name))
    except OSError:
        return False
    finally:
        with suppress(OSError):
            name.unlink()
    return True

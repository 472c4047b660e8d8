"""The reader's own folder: notebooks copied there, never over the reader's work, and JupyterLab started on it."""

from __future__ import annotations

import contextlib
import errno
import http.client
import itertools
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from passk_lab import arguments, bundled, files, kernel_sockets
from passk_lab.ledger import Ledger

START = "00_start_here.ipynb"
GLOSSARY = "glossary.md"
_PATIENCE = 15.0
"""Seconds that JupyterLab gets to close; one that waits for a kernel which never started would take a minute. What it
leaves behind when it is cut off ends by itself, for kernels watch their parent."""


class Trouble(Exception):
    """Something the reader can mend: said in a sentence, without a traceback."""


def shipped() -> list[Path]:
    """Return the notebooks of this copy of the lab, in reading order."""
    return sorted(bundled.folder("notebooks").glob("[0-9][0-9]_*.ipynb"))


def brought() -> list[Path]:
    """Return all that is copied into a reader's folder: the notebooks, and the glossary to which they link."""
    return [*shipped(), bundled.folder("notebooks") / GLOSSARY]


def bring_notebooks(folder: Path) -> list[str]:
    """Copy the notebooks and their glossary into `folder` and say, in sentences, what was done beyond copying.

    A file the reader changed is left alone; if ours has changed since it was copied, ours is put beside it, under
    a name that is free or holds nothing but what the lab wrote.

    Raises
    ------
    Trouble
        If the folder cannot be written; every file in it is then as it was, or as it came, whole.
    """
    said: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Ledger(folder) as ledger:
            for source in brought():
                said += ledger.bring(source.name, source.read_bytes())
            said += ledger.said
    except OSError as error:
        raise Trouble(
            f"cannot write to {folder}: {error.strerror}. Nothing of yours was changed; "
            "choose another folder with --dir."
        ) from None
    return said


def reset_notebook(folder: Path, name: str) -> str:
    """Put a notebook back to how it came, keep the reader's beside it, and return the name of what was kept.

    Raises
    ------
    Trouble
        If that cannot be done; the notebook is then as it was.
    """
    names = [path.stem for path in shipped()]
    arguments.known("notebook", name.removesuffix(".ipynb"), names)
    source = next(path for path in shipped() if path.stem == name.removesuffix(".ipynb"))
    theirs, ours, kept = folder / source.name, source.read_bytes(), None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with Ledger(folder) as ledger:
            if not files.is_there(theirs):
                files.put_new(theirs, ours)
            elif not files.is_plain(theirs):
                raise Trouble(f"{theirs} is a link or no file at all: move it away, then reset. Nothing was changed.")
            elif theirs.read_bytes() != ours:
                kept = _keep(theirs)
                try:
                    files.put(theirs, ours)
                except OSError:
                    kept.unlink()  # the notebook itself is still there
                    raise
            ledger.note(source.name, ours)
    except OSError as error:
        raise Trouble(f"cannot put {theirs} back: {error.strerror}. Nothing was changed.") from None
    return kept.name if kept else ""


def _keep(theirs: Path) -> Path:
    """Copy the reader's notebook to a name that is free."""
    for number in itertools.count(1):
        backup = theirs.with_name(f"{theirs.stem}.backup-{number}.ipynb")
        with contextlib.suppress(FileExistsError):
            files.put_new(backup, theirs.read_bytes())
            return backup
    raise AssertionError


def open_lab(folder: Path, port: int | None, browser: bool) -> int:
    """Start JupyterLab on 127.0.0.1 with a token, at the first notebook, say where it is, and wait for it to end."""
    with contextlib.ExitStack() as held:
        chosen = _port(port, held)
        for sentence in bring_notebooks(folder):
            print(sentence)
        place = _place_for_jupyter(held)
        words = [f"--ServerApp.open_browser={browser}", *_kernels_apart(place, held)]
        print("Starting JupyterLab ...", flush=True)
        # Whoever ends the command ends JupyterLab with it: left alone it would hold the port and its kernels.
        signal.signal(signal.SIGTERM, _interrupt)
        while True:
            status, up = _serve(folder, chosen, words, place)
            if up or status == 0:
                return status
            # Another program may take the port after we found it free and before JupyterLab gets to it: then the next.
            if port is not None or _why_not(chosen) is None:
                print(f"JupyterLab ended before it was open (exit status {status}); its own words stand above.")
                return status
            chosen = _port(None, held)


def _serve(folder: Path, port: int, words: list[str], place: dict[str, str]) -> tuple[int, bool]:
    """Run JupyterLab to its end; return its exit status, and whether it ever answered."""
    token, up = secrets.token_urlsafe(24), False
    process = _start(folder, port, token, words, place)
    try:
        while not (up := _answers(port, token)) and process.poll() is None:
            time.sleep(0.1)
        if up:
            print(
                f"\n  The lab is open at\n\n    http://127.0.0.1:{port}/lab/tree/{START}?token={token}\n\n"
                f"  Your notebooks lie in {folder.resolve()}.\n  Stop it with Ctrl-C.\n",
                flush=True,
            )
        return process.wait(), up
    except KeyboardInterrupt:
        process.terminate()
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        print("The lab is closed. Your notebooks are saved where they were.")
        return 0, up


def _start(folder: Path, port: int, token: str, words: list[str], place: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [
        # -P, and the file itself: with -m Python would look for tornado in the folder it is started in.
        sys.executable, "-P", str(Path(__file__).with_name("server.py")),
        f"--ServerApp.root_dir={folder.resolve()}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--LabApp.default_url=/lab/tree/{START}", "--ServerApp.log_level=WARN", *words,
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # The token goes by the environment: a command line can be read by everyone on the machine. Stdin stays open as long
    # as this process lives, however it ends, and JupyterLab ends with it.
    told = {**os.environ, **place, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": _config_path()}
    return subprocess.Popen(command, stdin=subprocess.PIPE, env=told)


def _answers(port: int, token: str) -> bool:
    """Whether JupyterLab is up: what listens at the port knows the token that only it was given, and has the page."""
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no business here
    straight.addheaders = [("Authorization", f"token {token}")]
    try:
        with straight.open(f"http://127.0.0.1:{port}/api/status", timeout=_PATIENCE) as answer:
            known = "kernels" in json.load(answer)
        with straight.open(f"http://127.0.0.1:{port}/lab/tree/{START}", timeout=_PATIENCE) as answer:
            return known and answer.status == 200
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _config_path() -> str:
    """Add our own JupyterLab setting to the user's: it neither asks for news nor looks for updates on the network."""
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.pathsep.join([str(Path(__file__).parent / "jupyter_config"), *([theirs] if theirs else [])])


def _place_for_jupyter(held: contextlib.ExitStack) -> dict[str, str]:
    """Say where JupyterLab may write what it keeps of itself, if the reader's home cannot be written: for this session.

    Kernels and settings that lie in the home are read from there all the same.
    """
    from jupyter_core import paths

    data, config = Path(paths.jupyter_data_dir()), Path(paths.jupyter_config_dir())
    places = {
        "JUPYTER_DATA_DIR": data,
        "JUPYTER_RUNTIME_DIR": Path(paths.jupyter_runtime_dir()),
        "JUPYTERLAB_WORKSPACES_DIR": Path(os.environ.get("JUPYTERLAB_WORKSPACES_DIR", config / "lab" / "workspaces")),
        "IPYTHONDIR": Path(os.environ.get("IPYTHONDIR", Path.home() / ".ipython")),
    }
    closed = [name for name, place in places.items() if not _can_be_written(place)]
    if not closed:
        return {}
    print(
        f"{places[closed[0]]} cannot be written: what JupyterLab and IPython keep of themselves (open tabs, history) "
        "goes with this session. Your notebooks are not concerned."
    )
    session = Path(held.enter_context(tempfile.TemporaryDirectory(prefix="passk-lab-", ignore_cleanup_errors=True)))
    found = [str(data), *filter(None, [os.environ.get("JUPYTER_PATH")])]
    return {**{name: str(session / name.lower()) for name in closed}, "JUPYTER_PATH": os.pathsep.join(found)}


def _kernels_apart(place: dict[str, str], held: contextlib.ExitStack) -> list[str]:
    """Keep what kernels say from other accounts: note in `place` where their sockets lie, and return JupyterLab's word.

    Where that cannot be, it is said, and kernels speak on ports.
    """
    from jupyter_core import paths

    # A kernel, which runs in another folder, has to find them too.
    usual = Path(place.get("JUPYTER_RUNTIME_DIR", paths.jupyter_runtime_dir())).absolute()
    found = kernel_sockets.folder(usual, held)
    if found is None:
        print(f"Kernels speak {kernel_sockets.ON_PORTS}.")
        return []
    place["JUPYTER_RUNTIME_DIR"] = str(found)
    return ["--KernelManager.transport=ipc"]


def _can_be_written(place: Path) -> bool:
    """Whether a folder can be written, or made where it is not yet."""
    there = next((path for path in (place, *place.parents) if path.exists()), place)
    return there.is_dir() and os.access(there, os.W_OK | os.X_OK)


def _port(wanted: int | None, held: contextlib.ExitStack) -> int:
    """Choose a port that is free, and keep other labs of this user from choosing it too."""
    if wanted is not None and not 1 <= wanted <= 65535:
        raise Trouble(f"--port {wanted} is not a port; use a number from 1024 to 65535.")
    if wanted is None:
        for port in range(8888, 8988):
            if _why_not(port) is None and _reserved(port, held):
                return port
        raise Trouble("ports 8888 to 8987 are all taken; name a free one with --port.")
    why = _why_not(wanted)
    if why is None:
        _reserved(wanted, held)
        return wanted
    if why == errno.EACCES:
        raise Trouble(
            f"port {wanted} is not for everybody to open: below 1024 that takes an administrator's rights. Leave "
            "--port out, or name one from 1024 to 65535. Nothing was started or changed."
        )
    free = next((port for port in (*range(wanted + 1, 65536), *range(8888, 8988)) if _why_not(port) is None), None)
    another = f"Name another, as in --port {free}, or leave" if free else "Leave"
    raise Trouble(
        f"port {wanted} is taken, perhaps by a lab that is already open. {another} --port out to take a free one. "
        "Nothing was started or changed."
    )


def _why_not(port: int) -> int | None:
    """Why a port cannot be opened, as an errno; None if it can."""
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return None


def _reserved(port: int, held: contextlib.ExitStack) -> bool:
    """Take a port before JupyterLab does, seconds later; a lab started in between chooses another one."""
    owner = os.geteuid() if hasattr(os, "geteuid") else 0
    locks = Path(tempfile.gettempdir()) / f"passk-lab-ports-{owner}"
    try:
        locks.mkdir(mode=0o700, exist_ok=True)
        held.enter_context(files.alone(locks / str(port), patience=0))
    except TimeoutError:
        return False
    except OSError:
        pass  # not held, then: whoever loses the race for the port takes the next
    return True

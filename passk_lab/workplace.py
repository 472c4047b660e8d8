"""The reader's own folder: notebooks copied there, never over the reader's work, and JupyterLab started on it."""

from __future__ import annotations

import contextlib
import errno
import hashlib
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
from typing import Any

from passk_lab import arguments, bundled, files

START = "00_start_here.ipynb"
GLOSSARY = "glossary.md"
_LEDGER = ".passk-lab.json"
"""Remembers how each file came, to tell the reader's changes from ours."""
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
        with _Ledger(folder) as ledger:
            for source in brought():
                said += _bring(source, folder, ledger)
            said += ledger.said
    except OSError as error:
        raise Trouble(
            f"cannot write to {folder}: {error.strerror}. Nothing of yours was changed; "
            "choose another folder with --dir."
        ) from None
    return said


def _bring(source: Path, folder: Path, ledger: _Ledger) -> list[str]:
    """Bring one notebook, or the glossary, and say what the reader should know of it."""
    theirs, ours = folder / source.name, source.read_bytes()
    came, new = ledger.came.get(source.name), _digest(ours)
    if not files.is_there(theirs):
        files.put_new(theirs, ours)
    elif (there := _content(theirs)) is not None and (_digest(there) == new or came == new):
        pass  # as it came, or the reader's work on what came: either way theirs
    elif there is not None and files.is_plain(theirs) and (_digest(there) == came or ours.startswith(there)):
        files.put(theirs, ours)  # as an older lab brought it, or as much of ours as a kill or a full disk let through
    elif there is None:
        return [f"{source.name} is no file that can be read, so it was left alone: move it away to get the lab's."]
    else:
        beside = _beside(source, folder, ledger, ours)
        ledger.came[source.name] = ledger.came[beside] = new
        return [f"{source.name} has changed since you began it; yours is untouched, the new one is {beside}."]
    ledger.came[source.name] = new
    return []


def _beside(source: Path, folder: Path, ledger: _Ledger, ours: bytes) -> str:
    """Put ours beside the reader's and return its name: over an older one of ours, never over the reader's."""
    for number in itertools.count(1):
        beside = folder / f"{source.stem}.new{f'-{number}' if number > 1 else ''}{source.suffix}"
        if not files.is_there(beside):
            files.put_new(beside, ours)
            return beside.name
        there = _content(beside) if files.is_plain(beside) else None
        if there is not None and (ours.startswith(there) or _digest(there) == ledger.came.get(beside.name)):
            if there != ours:
                files.put(beside, ours)
            return beside.name
    raise AssertionError


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
        with _Ledger(folder) as ledger:
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
            ledger.came[source.name] = _digest(ours)
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


class _Ledger:
    """How each file of the lab came into a folder, to tell the reader's changes from ours; one process at a time.

    One that is lost costs nothing but certainty: every notebook that is not as it comes today counts as the reader's.
    """

    def __init__(self, folder: Path) -> None:
        self.path, self.said = folder / _LEDGER, list[str]()
        self.came: dict[str, str] = {}
        self._lock = files.alone(folder / f"{_LEDGER}.lock")

    def __enter__(self) -> _Ledger:
        self._lock.__enter__()
        files.clear_away(self.path.parent)
        if files.is_plain(self.path):
            try:
                self.came = {str(name): str(digest) for name, digest in json.loads(self.path.read_bytes()).items()}
            except (ValueError, AttributeError, RecursionError):  # not what the lab wrote, so not the lab's to replace
                aside = files.put_aside(self.path, lambda number: f"{_LEDGER}.unreadable-{number}")
                self.said.append(f"{_LEDGER} could not be read and is kept as {aside.name}.")
        elif files.is_there(self.path):
            self.said.append(f"{_LEDGER} is a link or no file at all, so it was left alone; the lab does without.")
        self._before = dict(self.came)
        return self

    def __exit__(self, kind: type[BaseException] | None, *more: Any) -> None:
        try:
            # Also after trouble: what was brought before it is remembered, if there is still room.
            if self.came != self._before and (files.is_plain(self.path) or not files.is_there(self.path)):
                files.put(self.path, json.dumps(self.came, indent=1, sort_keys=True))
        except OSError:
            pass  # what is as it came is known by that the next time; nothing needs the ledger before
        finally:
            self._lock.__exit__(kind, *more)


def open_lab(folder: Path, port: int | None, browser: bool) -> int:
    """Start JupyterLab on 127.0.0.1 with a token, at the first notebook, say where it is, and wait for it to end."""
    with contextlib.ExitStack() as held:
        chosen = _port(port, held)
        for sentence in bring_notebooks(folder):
            print(sentence)
        place = _place_for_jupyter(held)
        print("Starting JupyterLab ...", flush=True)
        # Whoever ends the command ends JupyterLab with it: left alone it would hold the port and its kernels.
        signal.signal(signal.SIGTERM, _interrupt)
        while True:
            status, up = _serve(folder, chosen, browser, place)
            if up or status == 0:
                return status
            # Another program may take the port after we found it free and before JupyterLab gets to it: then the next.
            if port is not None or _why_not(chosen) is None:
                print(f"JupyterLab ended before it was open (exit status {status}); its own words stand above.")
                return status
            chosen = _port(None, held)


def _serve(folder: Path, port: int, browser: bool, place: dict[str, str]) -> tuple[int, bool]:
    """Run JupyterLab to its end; return its exit status, and whether it ever answered."""
    token, up = secrets.token_urlsafe(24), False
    process = _start(folder, port, token, browser, place)
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


def _start(folder: Path, port: int, token: str, browser: bool, place: dict[str, str]) -> subprocess.Popen[bytes]:
    command = [
        # -P, and the file itself: with -m Python would look for tornado in the folder it is started in.
        sys.executable, "-P", str(Path(__file__).with_name("server.py")),
        f"--ServerApp.root_dir={folder.resolve()}", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0", f"--LabApp.default_url=/lab/tree/{START}", f"--ServerApp.open_browser={browser}",
        "--ServerApp.log_level=WARN",
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


def _content(path: Path) -> bytes | None:
    """What a file holds, through links; None if it is none, or may not be read."""
    if not path.is_file():
        return None
    try:
        return path.read_bytes()
    except OSError:
        return None


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()

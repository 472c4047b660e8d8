"""The reader's own folder: notebooks copied there, never over the reader's work, and JupyterLab started on it."""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

from passk_lab import arguments, bundled

START = "00_start_here.ipynb"
_LEDGER = ".passk-lab.json"
"""Remembers how each notebook came, to tell the reader's changes from ours."""
_PATIENCE = 15.0
"""Seconds that JupyterLab gets to close; one that waits for a kernel which never started would take a minute. What it
leaves behind when it is cut off ends by itself, for kernels watch their parent."""


class Trouble(Exception):
    """Something the reader can mend: said in a sentence, without a traceback."""


def shipped() -> list[Path]:
    """Return the notebooks of this copy of the lab, in reading order."""
    return sorted(bundled.folder("notebooks").glob("[0-9][0-9]_*.ipynb"))


def bring_notebooks(folder: Path) -> list[str]:
    """Copy the notebooks into `folder` and say, in sentences, what was done beyond copying.

    A notebook the reader changed is left alone; if ours has changed since it was copied, ours is put beside it.
    """
    said = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        ledger = _read_ledger(folder)
        for source in shipped():
            theirs, ours = folder / source.name, _digest(source)
            came = ledger.get(source.name)
            if not theirs.exists() or (_digest(theirs) == came and came != ours):
                shutil.copyfile(source, theirs)
            elif _digest(theirs) == ours or came == ours:
                pass  # as it came, or the reader's work on what came: either way theirs
            else:
                beside = folder / f"{source.stem}.new.ipynb"
                shutil.copyfile(source, beside)
                said.append(
                    f"{source.name} has changed since you began it; yours is untouched, the new one is {beside.name}."
                )
            ledger[source.name] = ours
        (folder / _LEDGER).write_text(json.dumps(ledger, indent=1, sort_keys=True), encoding="utf-8")
    except OSError as error:
        raise Trouble(
            f"cannot write to {folder}: {error.strerror}. Nothing of yours was changed; "
            "choose another folder with --dir."
        ) from None
    return said


def reset_notebook(folder: Path, name: str) -> str:
    """Put a notebook back to how it came, keep the reader's beside it, and return the name of what was kept."""
    names = [path.stem for path in shipped()]
    arguments.known("notebook", name.removesuffix(".ipynb"), names)
    source = next(path for path in shipped() if path.stem == name.removesuffix(".ipynb"))
    theirs, kept = folder / source.name, ""
    try:
        if theirs.exists() and _digest(theirs) != _digest(source):
            number = 1
            while (backup := folder / f"{source.stem}.backup-{number}.ipynb").exists():
                number += 1
            theirs.rename(backup)
            kept = backup.name
    except OSError as error:
        raise Trouble(f"cannot keep a copy of {theirs}: {error.strerror}. Nothing was changed.") from None
    bring_notebooks(folder)
    return kept


def open_lab(folder: Path, port: int | None, browser: bool) -> int:
    """Start JupyterLab on 127.0.0.1 with a token, at the first notebook, say where it is, and wait for it to end."""
    chosen = _port(port)
    for sentence in bring_notebooks(folder):
        print(sentence)
    print("Starting JupyterLab ...", flush=True)
    # Whoever ends the command ends JupyterLab with it: left alone it would hold the port and its kernels.
    signal.signal(signal.SIGTERM, _interrupt)
    while True:
        token = secrets.token_urlsafe(24)
        process = _start(folder, chosen, token, browser)
        try:
            while not (up := _answers(chosen, token)) and process.poll() is None:
                time.sleep(0.1)
            if up:
                print(
                    f"\n  The lab is open at\n\n    http://127.0.0.1:{chosen}/lab/tree/{START}?token={token}\n\n"
                    f"  Your notebooks lie in {folder.resolve()}.\n  Stop it with Ctrl-C.\n",
                    flush=True,
                )
            status = process.wait()
        except KeyboardInterrupt:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            print("The lab is closed. Your notebooks are saved where they were.")
            return 0
        # Another program may take the port after we found it free and before JupyterLab gets to it: then the next.
        if up or port is not None or _free(chosen):
            return status
        chosen = _port(None)


def _start(folder: Path, port: int, token: str, browser: bool) -> subprocess.Popen[bytes]:
    command = [
        sys.executable, "-m", "jupyterlab", f"--ServerApp.root_dir={folder.resolve()}", "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}", "--ServerApp.port_retries=0", f"--LabApp.default_url=/lab/tree/{START}",
        f"--ServerApp.open_browser={browser}", "--ServerApp.log_level=WARN",
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # The token goes by the environment: a command line can be read by everyone on the machine.
    return subprocess.Popen(command, env={**os.environ, "JUPYTER_TOKEN": token, "JUPYTER_CONFIG_PATH": _config_path()})


def _answers(port: int, token: str) -> bool:
    """Whether JupyterLab is up: what listens at the port knows the token that only it was given."""
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/status", headers={"Authorization": f"token {token}"})
    straight = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # a proxy has no business here
    try:
        with straight.open(asked, timeout=_PATIENCE) as answer:
            return "kernels" in json.load(answer)
    except (OSError, ValueError, http.client.HTTPException):
        return False


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _config_path() -> str:
    """Add our own JupyterLab setting to the user's: it neither asks for news nor looks for updates on the network."""
    theirs = os.environ.get("JUPYTER_CONFIG_PATH")
    return os.pathsep.join([str(Path(__file__).parent / "jupyter_config"), *([theirs] if theirs else [])])


def _port(wanted: int | None) -> int:
    if wanted is not None and not 1 <= wanted <= 65535:
        raise Trouble(f"--port {wanted} is not a port; use a number from 1024 to 65535.")
    for port in [wanted] if wanted is not None else range(8888, 8988):
        if _free(port):
            return port
    if wanted is None:
        raise Trouble("ports 8888 to 8987 are all taken; name a free one with --port.")
    raise Trouble(
        f"port {wanted} is taken, perhaps by a lab that is already open. Name another, as in --port {wanted + 1}, "
        "or leave --port out to take a free one. Nothing was started or changed."
    )


def _free(port: int) -> bool:
    with socket.socket() as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _read_ledger(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / _LEDGER).read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError, RecursionError):
        return {}


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()

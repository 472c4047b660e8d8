"""What one student can get of another's through the hub, and through the machine's own ports and files: nothing."""

import re
import socket
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import requests
import websocket
import zmq

from benchmarks.hub import memory
from benchmarks.hub.server import PATIENCE
from benchmarks.hub.student import Kernel, Student

REFUSED = {403, 404}
"""A server of somebody else's answers 403; the hub's API does not even say that there is one."""


def leaks(one: Student, other: Student, others: Kernel, homes: Path) -> list[str]:
    """Say, a sentence each, what `one` gets of `other`'s."""
    said = [*_through_the_hub(one, other, others), *_through_ports(one, other, others, homes)]
    return [*said, *_through_files(other, homes)]


def _through_the_hub(one: Student, other: Student, others: Kernel) -> list[str]:
    said = []
    bearer = {"Authorization": f"token {one.token()}"}
    addresses = [
        f"{other.base}/lab", f"{other.base}/api/contents/.passk-lab-progress.json", f"{other.base}/api/sessions",
        f"{other.base}/files/01_counting_successes.ipynb", f"{other.base}/api/kernels/{others.number}",
        f"{one.hub}/hub/api/users/{other.name}", f"{one.hub}/hub/api/users/{other.name}/tokens",
    ]  # fmt: skip
    for address in addresses:
        for how, answer in (
            ("their cookies", one.http.get(address, timeout=PATIENCE)),
            ("their token", requests.get(address, headers=bearer, timeout=PATIENCE)),
        ):
            # A page asks the hub who is there, and the hub says no.
            if answer.status_code not in REFUSED:
                said.append(f"{one.name} got {answer.status_code} for {address} with {how}")
        nobody = requests.get(address, timeout=PATIENCE)
        if nobody.status_code not in REFUSED and "/hub/login" not in nobody.url:
            said.append(f"nobody got {nobody.status_code} for {address}")
    channels = f"{other.base}/api/kernels/{others.number}/channels"
    for how, cookie, header in (("cookies", one.cookies_for(f"{one.base}/"), {}), ("token", None, bearer)):
        try:
            websocket.create_connection(
                channels.replace("http", "ws", 1), timeout=PATIENCE, cookie=cookie, header=header
            ).close()
            said.append(f"{one.name} came to {other.name}'s kernel with their {how}")
        except websocket.WebSocketBadStatusException:
            pass
    return said


def _through_ports(one: Student, other: Student, others: Kernel, homes: Path) -> list[str]:
    said = []
    bearer = {"Authorization": f"token {one.token()}"}
    for process, words in memory.processes(other.name, homes).items():
        for port in sorted(listening(process)):
            if "ipykernel_launcher" in words:  # one is there for what its own children print, and it only takes
                if overheard(port, others.run):
                    said.append(f"what {other.name}'s kernel prints was heard on port {port}")
                continue
            address = f"http://127.0.0.1:{port}/user/{other.name}/api/contents"
            answer = requests.get(address, headers=bearer, timeout=PATIENCE)
            if answer.status_code not in REFUSED:
                said.append(f"{one.name} got {answer.status_code} for {address}")
        if re.search(r"token=\w|[0-9a-f]{32,}", re.sub(r"kernel-[\w-]+\.json", "", words)):
            said.append(f"a secret stands in a command line, which everybody can read: {words}")
    return said


def overheard(port: int, run: Callable[[str], object]) -> bool:
    """Whether what a kernel prints reaches somebody who connects to a port of it; `run` has it run a cell."""
    with zmq.Context() as context, context.socket(zmq.SUB) as ear:
        ear.linger = 0
        ear.subscribe(b"")
        ear.connect(f"tcp://127.0.0.1:{port}")
        # Whoever subscribes hears nothing of the first moments.
        for _ in range(5):
            run("print('only for me')")
            if ear.poll(200):
                return True
    return False


def listening(process: int) -> set[int]:
    """The TCP ports on which a process listens."""
    return {
        connection.laddr.port
        for connection in psutil.Process(process).net_connections("inet")
        if connection.status == psutil.CONN_LISTEN and connection.type == socket.SOCK_STREAM
    }


def _through_files(other: Student, homes: Path) -> list[str]:
    """What lies open in a student's folders; a home itself is made by whoever makes the account."""
    home = homes / other.name
    closed = [home / "passk-lab", home / ".jupyter-run"]
    return [
        f"{path} is open to others"
        for folder in closed
        for path in [folder, *folder.rglob("*")]
        if not path.is_symlink() and path.exists() and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)
    ]

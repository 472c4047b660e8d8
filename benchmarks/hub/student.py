"""One student, as the hub sees one: a browser's requests and messages, without the browser.

Log in, wait for the server, load JupyterLab's page and scripts, open a notebook and a kernel for it, send its
cells one by one as JupyterLab's "run all" does, answer a quiz through its widget, restart the kernel.
"""

import json
import re
import select
import struct
import sys
import time
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests
import websocket

from benchmarks.hub.server import PATIENCE

LAB = Path(sys.prefix) / "share" / "jupyter" / "lab" / "static"
SCRIPTS = sorted(path.name for path in LAB.glob("*.js") if path.stat().st_size > 50_000)
"""JupyterLab's larger scripts, some ten megabytes: about what a browser loads that has not been here."""
WIDGET = "application/vnd.jupyter.widget-view+json"


class Student:
    """A student with cookies of their own. Raises where the hub does not do what it should."""

    def __init__(self, hub: str, name: str, password: str = "any"):
        self.hub, self.name, self.password, self.http = hub, name, password, requests.Session()
        self.base = f"{hub}/user/{name}"
        self.kernels: list[Kernel] = []
        self.marks: dict[str, float] = {}
        """Seconds from arrival to each thing that was waited for."""

    def come_in(self, notebook: str) -> None:
        """Log in, wait for the server, load the page of a notebook and JupyterLab's scripts."""
        self._began = time.monotonic()
        self.get(f"{self.hub}/hub/login")
        answer = self.http.post(
            f"{self.hub}/hub/login", timeout=PATIENCE,
            data={
                "username": self.name, "password": self.password,
                "_xsrf": self.http.cookies.get("_xsrf", path="/hub/"),
            },
        )  # fmt: skip
        answer.raise_for_status()
        self.mark("logged in")
        end = time.monotonic() + PATIENCE
        while not (page := self.get(f"{self.base}/lab/tree/{notebook}")).url.startswith(f"{self.base}/lab"):
            if time.monotonic() > end:
                raise RuntimeError(f"{self.name}'s server never came: {page.url}\n{page.text[:500]}")
            time.sleep(0.5)
        self.mark("server up")
        (main,) = re.findall(r'src="([^"]+/)main\.[^"]+\.js', page.text)
        for script in SCRIPTS:
            self.get(urljoin(page.url, f"{main}{script}"))
        self.mark("page loaded")

    def open(self, notebook: str) -> "Kernel":
        """Open a notebook with a kernel of its own."""
        found = self.get(f"{self.base}/api/contents/{notebook}?content=1").json()["content"]
        wish = {"path": notebook, "name": notebook, "type": "notebook", "kernel": {"name": "python3"}}
        session = self.post(f"{self.base}/api/sessions", wish).json()
        cells = [cell["source"] for cell in found["cells"] if cell["cell_type"] == "code"]
        self.kernels.append(Kernel(self, session["kernel"]["id"], cells))
        return self.kernels[-1]

    def token(self) -> str:
        """A token that the hub gives this student, as a program of theirs would use it."""
        return self.post(f"{self.hub}/hub/api/users/{self.name}/tokens", {"note": "mine"}).json()["token"]

    def get(self, address: str) -> requests.Response:
        answer = self.http.get(address, timeout=PATIENCE)
        answer.raise_for_status()
        return answer

    def post(self, address: str, what: dict[str, Any]) -> requests.Response:
        answer = self.http.post(address, json=what, headers=self._xsrf(address), timeout=PATIENCE)
        answer.raise_for_status()
        return answer

    def delete(self, address: str) -> None:
        self.http.delete(address, headers=self._xsrf(address), timeout=PATIENCE).raise_for_status()

    def leave(self) -> None:
        """Close what is open; the server goes on, as it does behind a closed tab."""
        for kernel in self.kernels:
            kernel.close()
        self.http.close()

    def _xsrf(self, address: str) -> dict[str, str]:
        path = "/hub/" if address.startswith(f"{self.hub}/hub/") else f"/user/{self.name}/"
        return {"X-XSRFToken": self.http.cookies.get("_xsrf", path=path) or ""}

    def cookies_for(self, address: str) -> str:
        """The header of cookies that a browser would send to an address."""
        wanted = self.http.prepare_request(requests.Request("GET", address))
        return wanted.headers.get("Cookie", "")

    def mark(self, what: str) -> None:
        self.marks.setdefault(what, time.monotonic() - self._began)


@dataclass
class Answer:
    """What came back for one request: the status of its reply, the outputs, the widgets it opened."""

    status: str = ""
    outputs: list[dict[str, Any]] = field(default_factory=list)
    opened: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def shows_a_widget(self) -> bool:
        return any(WIDGET in output.get("data", {}) for output in self.outputs)


class Kernel:
    """A kernel behind its websocket."""

    def __init__(self, student: Student, number: str, cells: list[str]):
        self.student, self.number, self.cells, self.session = student, number, cells, uuid.uuid4().hex
        self._connect()

    def _connect(self) -> None:
        address = f"{self.student.base}/api/kernels/{self.number}/channels"
        self.socket = websocket.create_connection(
            f"{address.replace('http', 'ws', 1)}?session_id={self.session}", timeout=5 * PATIENCE,
            cookie=self.student.cookies_for(address), origin=self.student.hub, suppress_origin=False,
        )  # fmt: skip

    def run(self, code: str) -> Answer:
        """Run a cell and wait until all of it is back."""
        wish = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False,
                "stop_on_error": False}  # fmt: skip
        return self._ask("shell", "execute_request", wish)

    def run_all(self) -> list[Answer]:
        """Run the notebook, and mark the first figure: the first explorer whose numbers are all here."""
        answers = []
        for cell in self.cells:
            answers.append(self.run(cell))
            if cell.startswith("explorers.") and answers[-1].shows_a_widget:
                self.student.mark("first figure")
        self.student.mark("notebook run")
        return answers

    def choose(self, quiz: Answer, number: int) -> Answer:
        """Answer a quiz as its widget in a page does."""
        (comm,) = [comm for comm, state in quiz.opened.items() if "choice" in state]
        update = {"method": "update", "state": {"choice": number}, "buffer_paths": []}
        return self._ask("shell", "comm_msg", {"comm_id": comm, "data": update}, replies=False)

    def restart(self) -> None:
        """Restart the kernel, as the button does, and come back to it."""
        self.student.post(f"{self.student.base}/api/kernels/{self.number}/restart", {})
        self.socket.close()
        self._connect()

    def close(self) -> None:
        self.socket.close()

    def _catch_up(self) -> None:
        """Read what came since the last request; come back, as JupyterLab does, if the server gave this one up.

        It does after two pings without an answer. A browser answers whenever one comes, and this only when it reads.
        """
        given_up = False
        try:
            while not given_up and select.select([self.socket.sock], [], [], 0)[0]:
                given_up = self.socket.recv_data(control_frame=True)[0] == websocket.ABNF.OPCODE_CLOSE
        except (websocket.WebSocketConnectionClosedException, ConnectionError):
            given_up = True
        if given_up:
            self.socket.shutdown()  # close() thinks that the other side's word was enough, and keeps the descriptor
            self._connect()

    def _ask(self, channel: str, kind: str, content: dict[str, Any], replies: bool = True) -> Answer:
        asked = uuid.uuid4().hex
        header = {"msg_id": asked, "msg_type": kind, "session": self.session, "username": "", "version": "5.3",
                  "date": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}  # fmt: skip
        message = {"channel": channel, "header": header, "parent_header": {}, "metadata": {}, "content": content}
        self._catch_up()
        self.socket.send(json.dumps(message))
        answer, idle = Answer(), False
        while not (idle and (answer.status or not replies)):
            message = _read(self.socket.recv())
            if message.get("parent_header", {}).get("msg_id") != asked:
                continue
            kind, content = message["header"]["msg_type"], message["content"]
            if kind == "execute_reply":
                answer.status = content["status"]
            elif kind in ("execute_result", "display_data", "stream", "error"):
                answer.outputs.append({"kind": kind, **content})
            elif kind == "comm_open":
                answer.opened[content["comm_id"]] = content["data"].get("state", {})
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return answer


def _read(frame: str | bytes) -> dict[str, Any]:
    """A message of the kernel; one with buffers comes as their number, their offsets, and the parts."""
    if isinstance(frame, str):
        return json.loads(frame) if frame else {}
    (parts,) = struct.unpack_from(">I", frame)
    offsets = struct.unpack_from(f">{parts}I", frame, 4)
    return json.loads(frame[offsets[0] : offsets[1] if parts > 1 else len(frame)])

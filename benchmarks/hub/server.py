"""The hub as `teaching/jupyterhub_config.py` makes it, on free ports of 127.0.0.1.

Students of a rehearsal are no accounts of the system: JupyterHub's own local spawner for tests starts their servers,
and any password is right. All else is what a school gets; with `accounts` those two things as well.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "teaching" / "jupyterhub_config.py"
PATIENCE = 120
"""Seconds for anything to answer, far beyond what it takes: not a limit on speed."""
PROXIES = (Path(sys.prefix) / "proxy" / "node_modules" / ".bin", CONFIG.parent / "node_modules" / ".bin")

REHEARSAL = """
load_subconfig({config!r})
if not {accounts}:
    c.JupyterHub.authenticator_class, c.JupyterHub.spawner_class = "dummy", "simple"
    c.Authenticator.allow_all = True
    c.SimpleLocalProcessSpawner.home_dir_template = {homes!r}
    c.Spawner.environment["PASSK_LAB_HUB_REHEARSAL"] = "1"
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_port = {hub}
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{proxy}"
c.JupyterHub.cleanup_servers = True
"""


def lacks() -> str:
    """Say what a hub needs and this machine does not have; nothing if all is there."""
    if not _proxy():
        return "needs configurable-http-proxy: `make proxy`, or npm install --prefix teaching configurable-http-proxy"
    if subprocess.run([sys.executable, "-m", "jupyterhub", "--version"], capture_output=True).returncode:
        return "needs JupyterHub: pip install '.[hub]'"
    return ""


class Hub:
    """A hub that has its state, and its students' homes if they are no accounts of the system, in a folder."""

    def __init__(self, folder: Path, accounts: bool = False):
        self.folder, self.homes = folder, Path("/home") if accounts else folder / "homes"
        self.course = folder / "course"
        for made in (self.homes, self.course):
            made.mkdir(parents=True, exist_ok=True)
        (self.course / "sheet.md").write_text("Predict before you run.\n", encoding="utf-8")
        public, hub, proxy = _free_ports(3)
        self.url = f"http://127.0.0.1:{public}"
        config = folder / "rehearsal_config.py"
        config.write_text(
            REHEARSAL.format(
                config=str(CONFIG),
                homes=str(self.homes / "{username}"),
                public=public,
                hub=hub,
                proxy=proxy,
                accounts=accounts,
            ),
            encoding="utf-8",
        )
        environment = {
            **os.environ, "PASSK_LAB_HUB_STATE": str(folder / "state"), "PASSK_LAB_COURSE": str(self.course),
            "PASSK_LAB_TLS": str(folder / "no-tls"), "PATH": f"{_proxy()}{os.pathsep}{os.environ['PATH']}",
        }  # fmt: skip
        environment.pop("PASSK_LAB_HOME", None)
        self.log = folder / "hub.log"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "jupyterhub", "--config", str(config)],
                cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self.stop()
            raise

    def _wait(self) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/hub/health", timeout=5).close()
                return
            except OSError:
                time.sleep(0.2)
        raise RuntimeError(f"the hub did not come up:\n{self.log.read_text()[-3000:]}")

    def stop(self) -> None:
        """End the hub, and with it the proxy and all servers."""
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def __enter__(self) -> "Hub":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _proxy() -> str:
    """The folder of configurable-http-proxy."""
    path = os.pathsep.join([*map(str, PROXIES), os.environ.get("PATH", "")])
    found = shutil.which("configurable-http-proxy", path=path)
    return str(Path(found).parent) if found else ""


def _free_ports(number: int) -> list[int]:
    probes = [socket.socket() for _ in range(number)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()

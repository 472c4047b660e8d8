"""One lab per test session, started by the real command; one Chromium; nothing beyond 127.0.0.1."""

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from passk_lab import explorers
from passk_lab.course import memory

CHROMIUM_FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 120
"""Seconds that anything may take before a test gives up, far beyond what it does take: not a limit on speed."""
SCREENSHOTS = os.environ.get("PASSK_LAB_SCREENSHOTS")


class Lab:
    """The lab as `passk-lab --no-browser` opens it, with all of Jupyter's own folders apart from the user's."""

    def __init__(self, base: Path):
        self.base, self.notebooks = base, base / "my-notebooks"
        config = base / "config"
        (config / "labconfig").mkdir(parents=True)
        # The tests drive JupyterLab's own commands; readers' labs do not expose them.
        (config / "labconfig" / "page_config.json").write_text('{"exposeAppInBrowser": true}')
        self.environment = {
            **os.environ,
            "JUPYTER_CONFIG_DIR": str(config), "JUPYTER_DATA_DIR": str(base / "data"),
            "JUPYTER_RUNTIME_DIR": str(base / "runtime"), "JUPYTERLAB_WORKSPACES_DIR": str(base / "workspaces"),
            "JUPYTERLAB_SETTINGS_DIR": str(base / "settings"), "IPYTHONDIR": str(base / "ipython"),
            "PASSK_LAB_HOME": str(base / "home"),
        }  # fmt: skip
        self.log = (base / "lab.log").open("w")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "passk_lab", "--no-browser", "--dir", str(self.notebooks)],
            env=self.environment, stdout=subprocess.PIPE, stderr=self.log, text=True, start_new_session=True,
        )  # fmt: skip
        self.address = self._printed_address()
        self.url, self.token = re.match(r"(http://127\.0\.0\.1:\d+).*token=(\S+)", self.address).groups()

    def _printed_address(self) -> str:
        for line in self.process.stdout:
            if "token=" in line:
                return line.strip()
        raise RuntimeError(f"passk-lab printed no address:\n{self._read_log()}")

    def api(self, path: str, method: str = "GET"):
        request = urllib.request.Request(
            f"{self.url}/api/{path}", headers={"Authorization": f"token {self.token}"}, method=method
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            body = answer.read()
        return json.loads(body) if body else None

    def free_kernels(self) -> None:
        for session in self.api("sessions"):
            self.api(f"sessions/{session['id']}", method="DELETE")

    def _read_log(self) -> str:
        return (self.base / "lab.log").read_text()[-3000:]

    def stop(self) -> None:
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.process.stdout.close()
        self.log.close()


class Notebook:
    """A notebook in the page: run it, look into it, keep the errors and the requests it made."""

    KERNEL = "window.jupyterapp.shell.currentWidget.context.sessionContext?.session?.kernel"

    def __init__(self, page, lab: Lab, name: str):
        self.page, self.lab = page, lab
        watch(page, self)
        page.goto(f"{lab.url}/doc/tree/{name}?token={lab.token}&reset", wait_until="domcontentloaded")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function(
            f"() => window.jupyterapp?.shell?.currentWidget?.context && {self.KERNEL}?.status === 'idle'"
        )

    def run_all(self) -> None:
        self.page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
        self.page.wait_for_function(f"() => {self.KERNEL}.status === 'idle'")
        failed = self.page.evaluate(
            """() => window.jupyterapp.shell.currentWidget.content.widgets.filter(c => c.model.type === 'code')
            .flatMap((c, i) => c.model.outputs.toJSON().filter(o => o.output_type === 'error')
            .map(o => `cell ${i}: ${o.ename}: ${o.evalue}`))"""
        )
        assert not failed, failed

    def execute(self, expression: str) -> str:
        """Value of an expression in the kernel, as text, outside any cell."""
        script = """async expression => {
            const options = {code: '', user_expressions: {r: expression}, store_history: false};
            const r = (await KERNEL.requestExecute(options).done).content.user_expressions.r;
            return r.data?.['text/plain'] ?? JSON.stringify(r); }"""
        return self.page.evaluate(script.replace("KERNEL", self.KERNEL), expression)

    def run_code(self, code: str) -> None:
        """Run a statement in the kernel, outside any cell."""
        script = "async code => { await KERNEL.requestExecute({code, store_history: false}).done; }"
        self.page.evaluate(script.replace("KERNEL", self.KERNEL), code)

    def send_code(self, code: str) -> None:
        """As `run_code`, where no answer will come."""
        script = "code => { KERNEL.requestExecute({code, store_history: false}).done.catch(() => {}); }"
        self.page.evaluate(script.replace("KERNEL", self.KERNEL), code)

    def tell(self, widget: str, state: dict) -> None:
        """Send a widget of the kernel a state, as any program in the page can."""
        script = """async ([comm, state]) => {
            const kernel = KERNEL;
            const made = kernel.hasComm(comm) ? kernel._comms.get(comm) : kernel.createComm("jupyter.widget", comm);
            await made.send({method: "update", state, buffer_paths: []}).done; }"""
        comm = self.execute(f"{widget}.model_id").strip("'")
        self.page.evaluate(script.replace("KERNEL", self.KERNEL), [comm, state])

    def expect(self, expression: str, text: str) -> None:
        """Wait until an expression in the kernel has a value; what the page tells the kernel takes its time."""
        until(self.page, lambda: self.execute(expression) == text, f"{expression} is {text}")

    def save(self) -> None:
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        self.page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")

    def explorer(self, title: str):
        return self.page.locator(".passk-explorer", has=self.page.get_by_role("heading", name=title)).first

    def screenshot(self, name: str) -> None:
        if SCREENSHOTS:
            Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=str(Path(SCREENSHOTS) / f"{name}.png"))


def until(page, holds: Callable[[], bool], what: str) -> None:
    """Wait for what only Python can tell, while the page goes on."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"it never came: {what}"
        page.wait_for_timeout(20)


def watch(page, keeper) -> None:
    """Keep console errors and every request that leaves 127.0.0.1."""
    keeper.errors, keeper.strangers = [], []
    page.on("pageerror", lambda error: keeper.errors.append(str(error)))
    page.on("console", lambda message: keeper.errors.append(message.text) if message.type == "error" else None)

    def check(request) -> None:
        if not re.match(r"(https?|wss?)://127\.0\.0\.1[:/]|data:|blob:|file:", request.url):
            keeper.strangers.append(request.url)

    page.on("request", check)


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def file_of(tmp_path_factory):
    """The page of an explorer that ships, written once for all tests; without the picture that no script shows."""
    folder, written = tmp_path_factory.mktemp("pages"), {}

    def write(name: str) -> Path:
        if name not in written:
            written[name] = explorers.BY_NAME[name]().to_html(folder / f"{name}.html", picture=False)
        return written[name]

    return write


@pytest.fixture(scope="module")
def one_page(browser):
    """One page for many files, one after the other: a process for each of them costs more than what is looked at."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(1000 * PATIENCE)
    context.set_offline(True)
    page = context.new_page()
    watch(page, page)
    yield page
    context.close()


@pytest.fixture
def new_page(browser):
    contexts = []

    def open_page(**options):
        context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        context.set_default_timeout(1000 * PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def open_notebook(new_page, lab):
    # What another test answered, drew or solved would open here as it was left.
    (Path(lab.environment["PASSK_LAB_HOME"]) / memory.NAME).unlink(missing_ok=True)
    yield lambda name, **options: Notebook(new_page(**options), lab, name)
    lab.free_kernels()


@pytest.fixture
def place_notebook(lab):
    """Put a notebook made of code cells into the lab's folder and return its name."""
    placed = []

    def place(name: str, *cells: str) -> str:
        import nbformat

        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        path = lab.notebooks / name
        nbformat.write(notebook, path)
        placed.append(path)
        return name

    yield place
    for path in placed:
        path.unlink(missing_ok=True)


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/browser" in str(item.path).replace(os.sep, "/"):
            item.add_marker("browser")

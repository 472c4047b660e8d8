"""What the benchmarks in a browser share: a lab in a folder of its own, a Chromium, notebooks made of code cells."""

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import nbformat
from playwright.sync_api import Browser, Page, sync_playwright

from passk_lab.doctor import CHROMIUMS, find_browser
from tests.browser.conftest import CHROMIUM_FLAGS, PATIENCE, Lab

VIEW = {"width": 1280, "height": 900}


def chromium_path() -> str:
    found = find_browser(CHROMIUMS)
    if found is None:
        raise SystemExit("no Chromium found: install one (make chromium), or name it in CHROMIUM.")
    return found


def chromium_version() -> str:
    text = subprocess.run([chromium_path(), "--version"], capture_output=True, text=True, check=True).stdout
    return next((word for word in text.split() if word[0].isdigit()), text.strip())


@contextmanager
def open_browser() -> Iterator[Browser]:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium_path(), args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@contextmanager
def open_page(browser: Browser) -> Iterator[Page]:
    """A page in a context of its own, which nothing seen before has warmed."""
    context = browser.new_context(viewport=VIEW)
    context.set_default_timeout(1000 * PATIENCE)
    yield context.new_page()
    context.close()


@contextmanager
def open_lab() -> Iterator[Lab]:
    with tempfile.TemporaryDirectory() as folder:
        lab = Lab(Path(folder))
        try:
            yield lab
        finally:
            lab.stop()


def write_notebook(path: Path, *cells: str) -> None:
    metadata: dict[str, Any] = {
        "kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
    }
    code = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(nbformat.v4.new_notebook(cells=code, metadata=metadata), path)

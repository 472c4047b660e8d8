"""What holds for all tests: none touches the reader's own progress, and none asks how busy the machine is."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Speed is for benchmarks/ to measure. What a test says must hold beside any other program.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")


@pytest.fixture(autouse=True)
def apart(tmp_path_factory, monkeypatch):
    monkeypatch.setenv("PASSK_LAB_HOME", str(tmp_path_factory.mktemp("home")))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory):
    out, clone = tmp_path_factory.mktemp("wheel"), Path(__file__).parent.parent
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(clone)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all who drive a page, in whichever folder: a process cannot start Playwright twice."""
    from passk_lab.doctor import CHROMIUMS, find_browser
    from tests.browser.conftest import CHROMIUM_FLAGS, PATIENCE

    playwright = pytest.importorskip("playwright.sync_api")
    chromium = find_browser(CHROMIUMS)
    if chromium is None:
        reason = "no Chromium found: install one, or name it in CHROMIUM"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    playwright.expect.set_options(timeout=1000 * PATIENCE)
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()

"""Find a Chromium for the browser tests, or get one: first one that needs no root, then the system's own; say which."""

import os
import shutil
import subprocess
import sys

from passk_lab.doctor import CHROMIUMS, find_browser


def works(browser: str | None) -> bool:
    """Whether it starts: one without its libraries is there, and of no use."""
    try:
        asked = subprocess.run([str(browser), "--version"], capture_output=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return browser is not None and asked.returncode == 0


def install() -> None:
    """Ask Playwright for its own, into this user's cache; only if that does not start, the system's package manager."""
    print(
        "No Chromium here: asking Playwright for its own, which needs no root (playwright install chromium).",
        flush=True,
    )
    subprocess.run([sys.executable, "-P", "-m", "playwright", "install", "chromium"], check=False)
    if works(find_browser(CHROMIUMS)):
        return
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("It does not start. Calling the system's package manager: apt-get install chromium.", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "chromium"], check=False, **quiet)


def main() -> int:
    if not works(find_browser(CHROMIUMS)):
        install()
    found = find_browser(CHROMIUMS)
    if works(found):
        print(f"Browser tests use {found}.")
        return 0
    print("NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. Install Chromium or Chrome, or name one in CHROMIUM.")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())

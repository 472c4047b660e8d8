"""Find a Chromium for the browser tests, or install one; say plainly where there is none."""

import os
import shutil
import subprocess
import sys

from passk_lab.doctor import CHROMIUMS, find_browser


def install() -> None:
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("No Chromium here: installing Debian's (apt-get install chromium).", flush=True)
        quiet = {"stdout": subprocess.DEVNULL, "env": {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update"], check=False, **quiet)
        subprocess.run(["apt-get", "install", "-y", "chromium"], check=False, **quiet)
    else:
        print("No Chromium here: asking Playwright for its own.", flush=True)
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)


def main() -> int:
    if find_browser(CHROMIUMS) is None:
        install()
    found = find_browser(CHROMIUMS)
    if found:
        print(f"Browser tests use {found}.")
        return 0
    print("NO CHROMIUM: THE BROWSER TESTS WILL BE SKIPPED. Install Chromium or Chrome, or name one in CHROMIUM.")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())

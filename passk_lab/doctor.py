"""`passk-lab doctor`: what this machine has, and what the lab would miss."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sys
from pathlib import Path

from passk_lab import needs
from passk_lab.version import __version__

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
BROWSERS = (*CHROMIUMS, "msedge", "firefox")
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def find_browser(names: tuple[str, ...] = BROWSERS) -> str | None:
    """Return the path of a browser: the one named by CHROMIUM, else the first that is installed."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    found = next((path for name in names if (path := shutil.which(name))), None)
    found = found or next((path for path in _MAC if Path(path).exists()), None)
    return found or _from_playwright()


def _from_playwright() -> str | None:
    """A Chromium that `playwright install chromium` brought, where the test extra is installed."""
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return next((str(path) for path in sorted(cache.glob("chromium-*/chrome-linux*/chrome"))), None)


def doctor() -> int:
    """Print what there is, and return 1 if something the lab needs is missing."""
    missing = []
    print(f"passk-lab    {__version__}")
    print(f"python       {platform.python_version()} on {platform.system()} {platform.machine()}")
    absent = [package for package in needs.EVERYTHING if not needs.installed(package)]
    for package in needs.EVERYTHING:
        print(f"{package:<12} {'-' if package in absent else _version(package)}")
    if absent:
        missing.append(f"The whole lab needs {needs.how_to_get(absent)}")
    print(f"torch build  {_torch_build()}")
    print(f"widgets      {_widget_front_end(missing)}")
    print(f"memory       {_memory()}")
    print(f"browser      {find_browser() or 'none found here; open the printed address in any browser'}")
    try:
        from passk_lab.workplace import shipped

        print(f"notebooks    {len(shipped())} in this copy")
    except FileNotFoundError as error:
        missing.append(str(error))
    for sentence in missing:
        print(f"\n✗ {sentence}")
    if absent:
        print(f"\nRooms that work here: {', '.join(_open_rooms(absent)) or 'none'}.")
    else:
        print("\nSomething is missing: see above." if missing else "\n✓ The lab has what it needs.")
    return int(bool(missing))


def _version(package: str) -> str:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"


def _open_rooms(absent: list[str]) -> list[str]:
    of = {name: {"numpy", "scipy", *needs.NEEDS.get(f"passk_lab.{name}", ())} for name in needs.ROOMS}
    return [name for name in needs.ROOMS if of[name].isdisjoint(absent)]


def _torch_build() -> str:
    if not needs.installed("torch"):
        return "-"
    try:
        import torch
    except ImportError as error:
        return f"cannot be loaded ({error})"
    kind = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU only"
    if torch.cuda.is_available():
        return f"{kind}, device {torch.cuda.get_device_name(0)}"
    mps = getattr(torch.backends, "mps", None)
    apple = " (Apple's GPU, which has no float64, is not used)" if mps and mps.is_available() else ""
    return f"{kind}, device cpu{apple}"


def _widget_front_end(missing: list[str]) -> str:
    """Versions of the two JupyterLab extensions that draw widgets, as they lie in this environment."""
    places = [Path(sys.prefix) / "share/jupyter/labextensions"]
    found = []
    for name in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        described = [json.loads(p.read_text()) for place in places if (p := place / name / "package.json").exists()]
        if described:
            found.append(f"{name.split('/')[-1]} {described[0]['version']}")
        elif needs.installed("ipywidgets") and needs.installed("anywidget"):
            missing.append(
                f"JupyterLab's extension {name} is missing: pip install --force-reinstall ipywidgets anywidget"
            )
    return ", ".join(found) or "no front end found"


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return "not known here"

"""`passk-lab doctor`: what this machine has, and what the lab would miss."""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import json
import os
import platform
import shutil
from pathlib import Path

from passk_lab import bundled, kernel_sockets, needs, workplace
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
    """Print what there is, tried and not only looked up, and return 1 if something the lab needs is missing."""
    missing: list[str] = []
    print(f"passk-lab    {__version__}")
    print(f"python       {platform.python_version()} on {platform.system()} {platform.machine()}")
    absent = [package for package in needs.EVERYTHING if not needs.installed(package)]
    if absent:
        missing.append(f"The whole lab needs {needs.how_to_get(absent)}")
    for package in needs.EVERYTHING:
        print(f"{package:<12} {'-' if package in absent else _version(package, missing)}", flush=True)
    print(f"torch build  {_torch_build()}")
    print(f"widgets      {_widget_front_end(missing)}")
    print(f"kernels      {_kernels()}")
    print(f"memory       {_memory()}")
    print(f"browser      {find_browser() or 'none found here; open the printed address in any browser'}")
    print(f"notebooks    {_notebooks(missing)}")
    print(f"data         {_data(missing)}")
    for sentence in missing:
        print(f"\n✗ {sentence}")
    if absent:
        print(f"\nRooms that work here: {', '.join(_open_rooms(absent)) or 'none'}.")
    else:
        print("\nSomething is missing: see above." if missing else "\n✓ The lab has what it needs.")
    return int(bool(missing))


def _version(package: str, missing: list[str]) -> str:
    """Version of a package that can also be loaded: one that is there and broken is worse than none."""
    try:
        importlib.import_module(package)
    except Exception as error:
        why = f"{type(error).__name__}: {error}".splitlines()[0]
        missing.append(
            f"{package} is installed, but cannot be loaded ({why}). This brings it anew: pip install --force-reinstall "
            f"--no-deps {package}"
        )
        return "cannot be loaded"
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return "of unknown version"


def _notebooks(missing: list[str]) -> str:
    """How many notebooks there are, each read."""
    try:
        there = {path.stem: path for path in workplace.shipped()}
        wanted = {path.stem for path in (bundled.folder("notebooks") / "src").glob("[0-9][0-9]_*.py")}
    except FileNotFoundError as error:
        missing.append(str(error))
        return "none"
    lost = sorted(wanted - there.keys()) or ([] if there else ["every one"])
    lost += [name for name, path in there.items() if not _is_json(path)]
    if lost:
        missing.append(
            f"Of the notebooks that came with this copy, missing or damaged: {', '.join(lost)}. Install passk-lab "
            "again; in a clone: git restore notebooks"
        )
    return f"{len(there)} in this copy"


def _is_json(path: Path) -> bool:
    try:
        return bool(json.loads(path.read_bytes())["cells"])
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _data(missing: list[str]) -> str:
    """Whether the data are as they came, byte for byte."""
    try:
        said = bundled.damaged()
    except OSError as error:
        said = [error.args[0] if len(error.args) == 1 else f"{error.filename} cannot be read ({error.strerror})."]
    if said:
        missing.append(" ".join(said) + " Install passk-lab again; in a clone: git restore data")
        return "missing or damaged"
    return "as it came, by SHA-256"


def _open_rooms(absent: list[str]) -> list[str]:
    of = {name: {"numpy", "scipy", *needs.NEEDS.get(f"passk_lab.{name}", ())} for name in needs.ROOMS}
    return [name for name in needs.ROOMS if of[name].isdisjoint(absent)]


def _torch_build() -> str:
    try:
        import torch
    except Exception:  # said above
        return "-"
    kind = f"CUDA {torch.version.cuda}" if torch.version.cuda else "CPU only"
    if torch.cuda.is_available():
        return f"{kind}, device {torch.cuda.get_device_name(0)}"
    mps = getattr(torch.backends, "mps", None)
    apple = " (Apple's GPU, which has no float64, is not used)" if mps and mps.is_available() else ""
    return f"{kind}, device cpu{apple}"


def _widget_front_end(missing: list[str]) -> str:
    """Versions of the two JupyterLab extensions that draw widgets, if JupyterLab finds them and they are not off."""
    try:
        from jupyter_core.paths import jupyter_path
        from jupyterlab_server.config import get_page_config

        page = get_page_config(jupyter_path("labextensions"))
    except Exception as error:
        if needs.installed("jupyterlab"):
            missing.append(f"JupyterLab's extensions cannot be listed ({type(error).__name__}: {error}).")
        return "no front end found"
    found, off = [], [str(name) for name in page.get("disabledExtensions", ())]
    for name in ("@jupyter-widgets/jupyterlab-manager", "anywidget"):
        folder = next((path for place in jupyter_path("labextensions") if (path := Path(place) / name).is_dir()), None)
        if folder is None or name not in [extension["name"] for extension in page["federated_extensions"]]:
            if needs.installed("ipywidgets") and needs.installed("anywidget"):
                missing.append(
                    f"JupyterLab's extension {name} is missing: pip install --force-reinstall --no-deps ipywidgets "
                    "jupyterlab-widgets anywidget"
                )
        elif any(it == name or it.startswith(f"{name}:") for it in off):  # the whole, or one of its parts
            missing.append(f"JupyterLab's extension {name} is switched off: jupyter labextension enable {name}")
        else:
            described = json.loads((folder / "package.json").read_text(encoding="utf-8"))
            found.append(f"{name.split('/')[-1]} {described['version']}")
    return ", ".join(found) or "no front end found"


def _kernels() -> str:
    """Who can hear what a cell prints."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir
    except Exception:  # said above
        return "-"
    with contextlib.ExitStack() as held:
        found = kernel_sockets.folder(Path(jupyter_runtime_dir()).absolute(), held)
    return "speak in a folder that only you can open" if found else f"speak {kernel_sockets.ON_PORTS}"


def _memory() -> str:
    try:
        return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.1f} GiB"
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return "not known here"

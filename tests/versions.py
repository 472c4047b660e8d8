"""The suite's core on other Pythons and at the lower bounds of pyproject.toml: `make test-versions`.

The core is everything but the notebooks, the browser, the long tests and set-up itself. A Python is looked for on PATH,
among pyenv's, and under the name PYTHON3_12; one that is not here is passed over, and said. At the lower bounds old
packages meet newer ones that warn of them, so a warning is no error there.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import set_up  # noqa: E402

LOWEST = "lowest"
NAMES = ("3.12", "3.13", LOWEST)
CORE = ["-m", "not browser and not long", "--ignore=tests/notebooks", "--ignore=tests/test_set_up.py"]


def find_python(version: str) -> str | None:
    """Return a Python of this version that runs, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = [
        os.environ.get("PYTHON" + version.replace(".", "_")),
        shutil.which(f"python{version}"),
        *sorted(pyenv.glob(f"{version}.*/bin/python")),
    ]
    for python in filter(None, found):
        asked = subprocess.run([python, "-c", "import sys; print(*sys.version_info[:2], sep='.')"], capture_output=True)
        if asked.stdout.decode().strip() == version:
            return str(python)
    return None


def install(name: str, python: str) -> Path:
    """Make the environment of this name afresh, and return its Python."""
    environment = set_up.Environment(ROOT / f".venv-{name}", {"test"}, None)
    subprocess.run([python, "-m", "venv", "--clear", "--without-pip", environment.folder], check=True)
    environment.uv = environment.find_uv() or set_up.Environment(ROOT / ".venv", set(), None).find_uv()
    if environment.uv is None:
        raise set_up.Trouble("this needs uv: make test brings one, or pip install uv.")
    choice = ["--resolution=lowest-direct"] if name == LOWEST else ["-c", set_up.CONSTRAINTS]
    what = ["-e", f"{ROOT}[test]", "pip>=23"]
    words = [environment.uv, "pip", "install", *choice, *what, "--python", environment.python]
    places = environment.places()
    backend = environment.torch_backend(words, places)
    if backend is None:
        set_up.say("torch comes with CUDA then: some 3 GB to download.")
    with set_up.phase(f"packages for {name}"):
        environment.run([*words, *(backend or [])], env=places, check=True)
    return environment.python


def core(name: str, python: Path) -> str:
    """Run the core and return pytest's last line."""
    lenient = ["-o", "filterwarnings=default"] if name == LOWEST else []
    ran = subprocess.Popen(
        [python, "-m", "pytest", "-n", "auto", *CORE, *lenient], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    last = ""
    for line in ran.stdout or ():
        print(line, end="", flush=True)
        last = line.strip() if re.search(r"\d+ (passed|failed|error)", line) else last
    return last if ran.wait() == 0 else f"FAILED {last}"


def main(names: list[str]) -> int:
    """Run the core on each and print a table; 1 if it failed anywhere, or no Python was found at all."""
    ended = {}
    for name in names:
        python = sys.executable if name == LOWEST else find_python(name)
        if python is None:
            ended[name] = f"not run: there is no Python {name} here"
            continue
        try:
            ended[name] = core(name, install(name, python))
        except (set_up.Trouble, subprocess.CalledProcessError) as trouble:
            ended[name] = f"FAILED to install: {trouble}"
    for name, what in ended.items():
        print(f"{name:<8} {what}")
    ran = [what for what in ended.values() if "not run" not in what]
    return int(not ran or any("FAILED" in what for what in ran))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(NAMES)))

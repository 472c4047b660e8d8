#!/usr/bin/env python3
"""Set up the lab's environment, or mend one that was left broken: `python3 set_up.py`. `make` calls it before all else.

It needs Python's standard library alone. An environment counts as set up once its stamp says so, which is written last
and says for which place, Python and requirements. So a run that was killed at any moment, a clone that moved, a Python
that went away are all mended by the next run, and a run that finds its stamp does nothing.
"""

import argparse
import ast
import contextlib
import hashlib
import itertools
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: two set-ups at once are not held apart there
    fcntl = None

if sys.version_info < (3, 11):
    sys.exit(
        "passk_lab needs Python 3.11 or newer, this is %s. Name another: make lab PYTHON=python3.12"
        % ".".join(map(str, sys.version_info[:3]))
    )

CLONE = Path(__file__).resolve().parent
CONSTRAINTS = CLONE / "constraints.txt"
STAMP = "set_up.json"
"""In the environment from its first moment, so that nothing is deleted that was not made here; empty to the end."""
PATIENCE = 60
"""Seconds for an answer to a question; a download may take as long as it moves."""
HEALTH = "import sys, importlib.metadata as m; [m.version(name) for name in sys.argv[1:]]"
# What pip is told by its configuration, in uv's words: where packages are looked for is set once, for both.
IN_UV = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "no-index": "UV_NO_INDEX",
    "cert": "SSL_CERT_FILE",
}


class Trouble(Exception):
    """Set-up cannot go on; said in a sentence."""


def main():
    """Set up what the command line asks for, and return the exit status."""
    parser = argparse.ArgumentParser(prog="set_up.py", description="Set up the lab's environment, or mend it.")
    parser.add_argument("--venv", type=Path, default=CLONE / ".venv", help="the environment's folder (default: .venv)")
    parser.add_argument("--extras", default="", help="extras of pyproject.toml, with commas, as in test,ray")
    parser.add_argument("--requirements", type=Path, help="install this file instead of the lab")
    given = parser.parse_args()
    environment = Environment(given.venv, set(filter(None, given.extras.split(","))), given.requirements)
    try:
        environment.ensure()
    except Trouble as trouble:
        print(f"set-up: {trouble}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nset-up: stopped. The next run mends what is half done.", file=sys.stderr)
        return 130
    return 0


class Environment:
    """A folder with a Python of its own, and what has to be installed in it."""

    def __init__(self, folder, extras, requirements):
        self.folder = folder.absolute()
        self.requirements = requirements
        self.extras = extras
        self.python = self.folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        self.lock = None
        self.uv = None

    def ensure(self):
        """Do nothing if all is in place, else whatever is needed; one set-up at a time."""
        if not self.lacks():
            return
        with self.alone():
            self.clear_away()
            reason = self.lacks()
            if not reason:  # another set-up did it meanwhile
                return
            began = time.monotonic()
            say(f"setting up {self.folder.name}: {reason}.")
            sound = self.is_sound()
            if sound:
                self.extras |= set(self.stamp()["extras"])
                self.write_stamp({})  # a kill from here on leaves no stamp to trust
            else:
                self.put_away()
            self.uv = self.find_uv()  # after that, for it may have been the one in there
            if not sound:
                self.make()
            self.install()
            if not self.answers():
                raise Trouble(f"{self.folder} was set up and yet does not work: delete it and try again.")
            self.write_stamp({**self.wanted(), "extras": sorted(self.extras)})
            say(f"ready in {time.monotonic() - began:.0f} s.")

    # What there is

    def lacks(self):
        """Say what is missing, in words; nothing if all is in place."""
        stamp, wanted = self.stamp(), self.wanted()
        if not self.folder.exists():
            return "there is none yet"
        if not stamp:
            return "an earlier set-up was cut off" if stamp is not None else "it was not made by this set-up"
        if stamp.get("place") != wanted["place"]:
            return f"it was made in {stamp.get('place')}"
        if stamp.get("python") != wanted["python"]:
            return f"it has Python {stamp.get('python')}, and this is {wanted['python']}"
        if not self.answers():
            return "its Python or a package is gone"
        if stamp.get("inputs") != wanted["inputs"]:
            return "what it needs has changed"
        missing = self.extras - set(stamp["extras"])
        return f"{', '.join(sorted(missing))} is to come" if missing else ""

    def stamp(self):
        """Read the stamp: {} if set-up never came to its end, None if it never began here."""
        try:
            stamp = json.loads((self.folder / STAMP).read_text(encoding="utf-8"))
            return stamp if isinstance(stamp, dict) else {}
        except FileNotFoundError:
            return None
        except (OSError, ValueError):
            return {}

    def wanted(self):
        """Return what the stamp has to say."""
        return {
            "place": str(self.folder),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "inputs": hashlib.sha256(repr(self.asked_for()).encode()).hexdigest(),
        }

    def asked_for(self):
        """Return what the files say about what is to be installed."""
        pins = CONSTRAINTS.read_text(encoding="utf-8")
        if self.requirements:
            return [pins, self.requirements.read_text(encoding="utf-8")]
        project = read_project()
        return [pins, project["dependencies"], project["optional-dependencies"], project["scripts"]]

    def is_sound(self):
        """Whether this environment can be added to."""
        stamp, wanted = self.stamp(), self.wanted()
        return bool(stamp) and all(stamp.get(k) == wanted[k] for k in ("place", "python")) and self.answers()

    def answers(self):
        """Whether its Python runs and finds what must be there: a quick look, some 50 ms."""
        names = ["pip"]
        if not self.requirements:
            names += ["passk-lab", *(re.match(r"[\w-]+", line)[0] for line in read_project()["dependencies"])]
        try:
            return subprocess.run([self.python, "-I", "-c", HEALTH, *names], capture_output=True).returncode == 0
        except OSError:
            return False

    # Steps

    def make(self):
        """Make an environment with nothing in it."""
        with phase(f"a new environment, Python {sys.version.split()[0]}"):
            self.folder.mkdir(parents=True)
            self.write_stamp({})
            # Not this Python, if it is itself of an environment: perhaps of the very one that was put away.
            python = getattr(sys, "_base_executable", None) or sys.executable
            without = ["--without-pip"] if self.uv else []  # uv brings it in a fraction of the time
            if self.run([python, "-P", "-m", "venv", *without, self.folder]).returncode:
                raise Trouble("Python could not make an environment: see its words above. On Debian: python3-venv.")

    def put_away(self):
        """Clear the place: an environment of no use is deleted if it was made here, and kept aside if not."""
        if not self.folder.exists():
            return
        if not self.folder.is_dir():
            raise Trouble(f"{self.folder} is no folder. Name another with VENV=..., or move it away.")
        if self.stamp() is not None or not any(self.folder.iterdir()):
            self.folder.rename(self.folder.with_name(f"{self.folder.name}.old-{os.getpid()}"))
            self.clear_away()
        elif (self.folder / "pyvenv.cfg").exists():
            names = (self.folder.with_name(f"{self.folder.name}.kept-{number}") for number in itertools.count(1))
            kept = next(name for name in names if not name.exists())
            self.folder.rename(kept)
            say(f"the environment that was there is kept as {kept.name}; delete it if you do not miss it.")
        else:
            raise Trouble(f"{self.folder} holds other things. Name another with VENV=..., or move it away.")

    def clear_away(self):
        """Delete what a set-up put away, this one or one that was killed over it."""
        for old in self.folder.parent.glob(f"{self.folder.name}.old-*"):
            shutil.rmtree(old)

    def install(self):
        """Bring the packages in: with uv where it can be had and knows a way, else with pip."""
        if self.requirements:
            what = ["-r", self.requirements]
        else:
            what = ["-e", f"{CLONE}[{','.join(sorted(self.extras))}]" if self.extras else str(CLONE)]
        words = ["install", "-c", CONSTRAINTS, *what]
        if not self.with_uv(words):
            more = shlex.split(os.environ.get("PIP_ARGS", ""))
            with phase("packages, with pip"):  # which holds each against the hash that its index gives
                pip = [self.python, "-P", "-m", "pip", *words, *more, "--disable-pip-version-check"]
                if not self.has_pip() or self.run(pip, env=self.for_builds()).returncode:
                    raise Trouble("pip could not install the packages: see its words above. Then try again.")

    def with_uv(self, words):
        """Install with uv and say whether that was done; words for pip (PIP_ARGS) are left to pip."""
        if os.environ.get("PIP_ARGS", "").strip():
            return False
        self.uv = self.uv or self.bring_uv()
        if self.uv is None:
            return False
        places = self.places()
        with phase("which versions, and their hashes"):
            plan, backend = self.plan_for_this_machine(places)
        if plan is None:
            return False
        locked = self.folder / "locked.txt"
        locked.write_text(plan, encoding="utf-8")
        install = [self.uv, "pip", *words, "-r", locked, "--python", self.python, *backend]
        with phase("packages, with uv"):
            # Hashes are verified where the index gave one, and what builds the lab is pinned as all else is. Compiled
            # now, as pip does it: else each first import of a package takes twice as long.
            more = ["--verify-hashes", "--build-constraints", CONSTRAINTS, "--compile-bytecode"]
            if self.run([*install, *more], env=places).returncode == 0:
                return True
        say("uv did not manage; pip tries.")
        return False

    def find_uv(self):
        """Return a uv that runs: one on PATH, or the environment's own."""
        for uv in filter(None, (shutil.which("uv"), self.python.with_name("uv"))):
            with contextlib.suppress(OSError):
                if self.run([uv, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL).returncode == 0:
                    return uv
        return None

    def bring_uv(self):
        """Let pip bring a uv into the environment."""
        with phase("uv, which installs faster than pip"), contextlib.suppress(subprocess.TimeoutExpired):
            pip = [self.python, "-P", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
            self.run([*pip, "-c", CONSTRAINTS, "uv"], timeout=2 * PATIENCE)
        uv = self.find_uv()
        if uv is None:
            say("no uv to be had; pip does it.")
        return uv

    def has_pip(self):
        """Whether the environment has pip, by now."""
        pip = [self.python, "-P", "-m", "pip", "--version"]
        return self.run(pip, capture_output=True).returncode == 0 or (
            self.run([self.python, "-P", "-m", "ensurepip"], stdout=subprocess.DEVNULL).returncode == 0
        )

    def plan_for_this_machine(self, places):
        """Return what uv would install, and its words for the build of torch that fits; None if it knows no way.

        On Linux the plain index brings a torch with gigabytes of CUDA, of no use without an NVIDIA GPU.
        """
        plan = self.plan([], places)
        if plan is None:
            return None, []
        if "\nnvidia-" not in plan or "UV_TORCH_BACKEND" in os.environ or has_gpu():
            return plan, []
        say("no NVIDIA GPU here: looking for torch's build for the CPU, which is gigabytes smaller.")
        cpu = ["--torch-backend=cpu"]
        plan = self.plan(cpu, {"UV_HTTP_RETRIES": "1", **places})
        if plan is None:
            say("its source does not answer; pip looks where it is told to. Should that bring CUDA and you do not want")
            say("it, stop this with Ctrl-C: the README's part on torch has other ways.")
        return plan, cpu

    def plan(self, words, places):
        """Return versions and hashes of all to install, or None, with uv's last words shown, if it finds no way."""
        extras = [word for extra in sorted(self.extras) for word in ("--extra", extra)]
        what = [self.requirements] if self.requirements else [CLONE / "pyproject.toml", *extras]
        with contextlib.suppress(subprocess.TimeoutExpired):
            plan = self.run(
                [self.uv, "pip", "compile", *what, "-", "-c", CONSTRAINTS, "--generate-hashes", "--no-annotate",
                 "--no-header", "--quiet", "--python", self.python, *words],
                env=places, timeout=PATIENCE, input="pip\n",
                stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8", errors="replace",
            )  # fmt: skip
            if plan.returncode == 0:
                return plan.stdout
            say("uv: " + " ".join(plan.stderr.split())[-300:])
        return None

    def for_builds(self):
        """Return the environment in which pip builds with the versions of the constraints, besides its own setting."""
        configured = self.pip_config().get("constraint", [])
        every = " ".join([*configured, CONSTRAINTS.as_uri()])  # a path might hold a blank
        return {"PIP_CONSTRAINT": every, "PIP_BUILD_CONSTRAINT": every}  # its name from pip 25.3 on

    def places(self):
        """Return pip's configuration as uv's: where packages are looked for. What is set for uv itself goes before."""
        found = {
            IN_UV[key]: ("," if key == "find-links" else " ").join(parts)
            for key, parts in self.pip_config().items()
            if key in IN_UV
        }
        if "UV_INDEX" in found:
            found["UV_INDEX_STRATEGY"] = "unsafe-best-match"  # the newest of all indexes, as pip does
        return {name: value for name, value in found.items() if name not in os.environ}

    def pip_config(self):
        """Return what pip is configured to do, each setting as its words."""
        # Asked of this Python's pip, since the environment may not have one yet. Without either, nothing is configured.
        pip = [sys.executable, "-P", "-m", "pip", "config", "list"]
        listed = self.run(pip, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout
        found = {}
        # Of pip's sources the environment is the last word; it is written ":env:", and sorts first.
        for line in sorted(listed.splitlines(), key=lambda line: line.startswith(":env:")):
            key, _, value = line.partition("=")
            with contextlib.suppress(ValueError, SyntaxError):
                found[key.rpartition(".")[2]] = str(ast.literal_eval(value)).split()
        return found

    # Helpers

    def write_stamp(self, content):
        """Replace the stamp in one move."""
        new = self.folder / f"{STAMP}.new"
        with new.open("w", encoding="utf-8") as file:
            file.write(json.dumps(content, indent=1) + "\n")
            file.flush()
            os.fsync(file.fileno())
        new.replace(self.folder / STAMP)

    def run(self, words, env=None, **more):
        """Run a command that holds the lock too: one that outlives this process still keeps the next set-up waiting."""
        if self.lock is not None:
            more["pass_fds"] = (self.lock.fileno(),)
        return subprocess.run([str(word) for word in words], env={**os.environ, **(env or {})}, **more)

    @contextlib.contextmanager
    def alone(self):
        """Hold the environment's lock, which is free again when the last process that holds it has ended, anyhow."""
        if fcntl is None:
            yield
            return
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with self.folder.with_name(f"{self.folder.name}.lock").open("w") as self.lock:
            try:
                fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                say(f"another set-up is at work on {self.folder.name}; waiting for it.")
                fcntl.flock(self.lock, fcntl.LOCK_EX)
            yield
        self.lock = None


def read_project():
    """Return the table [project] of pyproject.toml."""
    import tomllib  # not in the Pythons that are to be told that they are too old

    return tomllib.loads((CLONE / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def has_gpu():
    """Whether NVIDIA's own tool finds a GPU."""
    tool = shutil.which("nvidia-smi")
    try:
        return bool(tool) and b"GPU" in subprocess.run([tool, "-L"], capture_output=True, timeout=20).stdout
    except (OSError, subprocess.TimeoutExpired):
        return False


def say(words):
    """Print a line at once: a log that is read while it grows needs it."""
    print(f"set-up: {words}", flush=True)


@contextlib.contextmanager
def phase(name):
    """Say what begins, and how long it took."""
    say(f"{name} ...")
    began = time.monotonic()
    yield
    say(f"{name}: {time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    sys.exit(main())

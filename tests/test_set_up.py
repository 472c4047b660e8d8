"""Set-up ends whole or is mended by the next run: killed at each step, moved, or under another Python.

set_up.py runs as it ships, in a clone of its own; a stub stands in for uv on PATH, so that nothing is downloaded. Told
by KILL, the stub kills the set-up that called it (and, in "together", itself) at a step that no clock has to hit.
"""

import ast
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_docs import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and locks of POSIX")

STUB = """#!{python}
import json, os, signal, sys, time, tomllib
from pathlib import Path
words = sys.argv[1:]
if words == ["--version"]:
    sys.exit()
kill = os.environ.get("KILL", "")
def at(step):
    if kill == step + " together":
        os.killpg(0, signal.SIGKILL)
    if kill == step + " alone":
        os.kill(os.getppid(), signal.SIGKILL)
        for _ in range(6000):  # this one lives on and writes: the next set-up has to wait for it
            if Path("go").exists():
                break
            time.sleep(0.01)
plan = words[1] == "compile"
with open(os.environ["STUB_LOG"], "a") as log:
    told = {{name: value for name, value in os.environ.items() if name.startswith("UV_")}}
    log.write(json.dumps({{"plan": plan, "words": words, "told": told}}) + "\\n")
if plan:
    at("plan")
    if os.environ.get("PLAN") == "none" or (os.environ.get("PLAN") == "no cpu" and "--torch-backend=cpu" in words):
        sys.exit("no way")
    cuda = os.environ.get("PLAN") in ("cuda", "no cpu") and "--torch-backend=cpu" not in words
    print("numpy==1\\nnvidia-cublas==1" if cuda else "numpy==1\\ntorch==1")
    sys.exit()
python = Path(words[words.index("--python") + 1])
site = next(python.parent.parent.glob("lib/python*/site-packages"))
project = tomllib.loads(Path("pyproject.toml").read_text())["project"]
needed = [line.partition(">")[0] for line in project["dependencies"]]
for number, name in enumerate(["passk-lab", *needed, "pip"]):
    if number == 4:
        at("install")
    place = site / (name.replace("-", "_") + "-1.dist-info")
    place.mkdir(exist_ok=True)
    (place / "METADATA").write_text("Name: " + name + "\\nVersion: 1\\n")
at("end")
"""
VENV = """
import os, signal, sys
from pathlib import Path
(Path(sys.argv[-1]) / "pyvenv.cfg").write_text("home")
os.killpg(0, signal.SIGKILL)
"""
# Stands in for Python's own module: makes half an environment, and is killed with the set-up.


class Clone:
    def __init__(self, folder: Path):
        self.folder, self.log = folder / "clone", folder / "log"
        self.folder.mkdir()
        for name in ("set_up.py", "pyproject.toml", "constraints.txt"):
            shutil.copyfile(ROOT / name, self.folder / name)
        self.bin = folder / "bin"
        self.bin.mkdir()
        self.program("uv", STUB.format(python=sys.executable))
        self.program("nvidia-smi", "#!/bin/sh\n")

    def program(self, name, text):
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    @property
    def venv(self) -> Path:
        return self.folder / ".venv"

    def start(self, *words, **told) -> subprocess.Popen:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("UV_", "PIP_"))}
        # The environment's own programs come first, as where it was activated.
        path = os.pathsep.join([str(self.venv / "bin"), str(self.bin), environment["PATH"]])
        return subprocess.Popen(
            [sys.executable, "set_up.py", *words], cwd=self.folder, start_new_session=True, text=True,
            env={**environment, "PATH": path, "STUB_LOG": str(self.log), **told},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def set_up(self, *words, **told):
        with self.start(*words, **told) as process:
            said = process.communicate()[0]
        return process.returncode, said

    def calls(self):
        """What the stub was called with since last asked."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return [json.loads(line) for line in lines]

    def change_what_is_needed(self):
        with (self.folder / "constraints.txt").open("a") as file:
            file.write("# changed\n")

    def whole(self):
        """Whether each package is there, by the environment's own Python, and a further run finds nothing to do."""
        from passk_lab import needs

        code = "import sys, importlib.metadata as m; [m.version(name) for name in sys.argv[1:]]"
        subprocess.run([self.venv / "bin" / "python", "-I", "-c", code, "pip", *needs.EVERYTHING], check=True)
        self.calls()
        assert self.set_up() == (0, "")
        assert self.calls() == []
        assert not [path for path in self.folder.iterdir() if ".old-" in path.name]


@pytest.fixture(scope="module")
def clone(tmp_path_factory):
    """A clone that is set up. Tests that share it leave it so."""
    made = Clone(tmp_path_factory.mktemp("set-up"))
    code, said = made.set_up()
    assert code == 0, said
    assert "there is none yet" in said
    assert "a new environment" in said
    assert "ready in" in said
    made.whole()
    return made


def test_killed_at_each_step_in_turn_and_mended_at_last(tmp_path):
    clone = Clone(tmp_path)
    (tmp_path / "venv.py").write_text(VENV)
    code, said = clone.set_up(PYTHONPATH=str(tmp_path))
    assert code == -signal.SIGKILL
    assert said.endswith(" ...\n")
    assert (clone.venv / "pyvenv.cfg").exists()
    for step in ("plan together", "install together", "end together"):
        code, said = clone.set_up(KILL=step)
        assert code == -signal.SIGKILL
        assert "an earlier set-up was cut off" in said
        assert "ready" not in said
        assert len(clone.calls()) == (1 if "plan" in step else 2)
    # Killed over the deletion of what was there: half of it lies about.
    clone.venv.rename(clone.folder / ".venv.old-1")
    shutil.rmtree(clone.folder / ".venv.old-1" / "bin")
    code, said = clone.set_up()
    assert code == 0, said
    clone.whole()


def test_killed_while_more_is_added(clone):
    code, _ = clone.set_up("--extras", "test", KILL="install together")
    assert code == -signal.SIGKILL
    code, said = clone.set_up()
    assert code == 0
    assert "an earlier set-up was cut off" in said
    clone.whole()


def test_an_installer_that_outlives_its_set_up_is_waited_for(clone):
    clone.change_what_is_needed()
    with clone.start(KILL="install alone") as killed:
        assert killed.wait() == -signal.SIGKILL
        with clone.start() as process:
            first = process.stdout.readline()
            (clone.folder / "go").touch()
            rest = process.stdout.read()
    (clone.folder / "go").unlink()
    assert process.returncode == 0
    assert first == "set-up: another set-up is at work on .venv; waiting for it.\n"
    assert "an earlier set-up was cut off" in rest
    clone.whole()


def test_two_at_once_install_once(clone):
    clone.change_what_is_needed()
    clone.calls()
    both = [clone.start() for _ in range(2)]
    for process in both:
        with process:
            process.communicate()
        assert process.returncode == 0
    assert [call["plan"] for call in clone.calls()] == [True, False]
    clone.whole()


def test_extras_add_up_and_a_change_installs_them_all_again(clone):
    clone.change_what_is_needed()
    for extras in ("test", "test,ray"):
        clone.set_up("--extras", extras)
    assert json.loads((clone.venv / "set_up.json").read_text())["extras"] == ["ray", "test"]
    assert clone.set_up("--extras", "ray") == (0, "")
    clone.change_what_is_needed()
    clone.calls()
    assert "what it needs has changed" in clone.set_up()[1]
    assert any(word.endswith("clone[ray,test]") for word in clone.calls()[-1]["words"])


def test_a_clone_that_moved(tmp_path):
    clone = Clone(tmp_path)
    clone.set_up()
    clone.folder = clone.folder.rename(tmp_path / "elsewhere")
    code, said = clone.set_up()
    assert code == 0
    assert f"it was made in {tmp_path / 'clone' / '.venv'}" in said
    assert str(tmp_path / "elsewhere") in (clone.venv / "bin" / "activate").read_text()
    clone.whole()


def with_another_python(venv):
    stamp = json.loads((venv / "set_up.json").read_text())
    (venv / "set_up.json").write_text(json.dumps({**stamp, "python": "3.10"}))


def with_its_python_gone(venv):
    (venv / "bin" / "python").unlink()
    (venv / "bin" / "python").symlink_to("no/python/here")


def without_pip(venv):
    for place in venv.glob("lib/python*/site-packages/pip*"):
        shutil.rmtree(place)


def with_its_own_uv_before_any_other(venv):
    shutil.copy(venv.parent.parent / "bin" / "uv", venv / "bin" / "uv")
    with_half_a_stamp(venv)


def with_half_a_stamp(venv):
    (venv / "set_up.json").write_text('{"place": ')


@pytest.mark.parametrize(
    "broken",
    [with_another_python, with_its_python_gone, without_pip, with_half_a_stamp, with_its_own_uv_before_any_other],
)
def test_a_broken_environment_is_made_anew(clone, broken):
    broken(clone.venv)
    code, said = clone.set_up()
    assert code == 0
    assert "a new environment" in said
    clone.whole()


def test_an_environment_of_another_hand_is_kept(tmp_path):
    clone = Clone(tmp_path)
    for number in (1, 2):
        shutil.rmtree(clone.venv, ignore_errors=True)
        clone.venv.mkdir()
        (clone.venv / "pyvenv.cfg").write_text("home = somewhere")
        (clone.venv / "mine").write_text(f"work {number}")
        code, said = clone.set_up()
        assert code == 0
        assert f"kept as .venv.kept-{number}" in said
        assert (clone.folder / f".venv.kept-{number}" / "mine").read_text() == f"work {number}"


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path):
    clone = Clone(tmp_path)
    clone.venv.mkdir()
    (clone.venv / "thesis.tex").write_text("years of work")
    code, said = clone.set_up()
    assert code == 1
    assert "holds other things. Name another with VENV=" in said
    assert [path.name for path in clone.venv.iterdir()] == ["thesis.tex"]


def test_torch_comes_for_the_cpu_where_there_is_no_gpu(clone):
    def install(**told):
        clone.change_what_is_needed()
        clone.calls()
        assert clone.set_up(PLAN="cuda", **told)[0] == 0
        return clone.calls()[-1]["words"]

    assert {"--torch-backend=cpu", "--compile-bytecode"} <= set(install())
    assert "--torch-backend=cpu" not in install(UV_TORCH_BACKEND="cu130"), "the reader's own choice stands"
    clone.program("nvidia-smi", "#!/bin/sh\necho GPU 0: one\n")
    try:
        assert "--torch-backend=cpu" not in install()
    finally:
        clone.program("nvidia-smi", "#!/bin/sh\n")


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"PLAN": "none"}, "uv: no way"),
        ({"PLAN": "no cpu"}, "its source does not answer; pip looks where it is told to"),
        ({"PIP_ARGS": "--no-color"}, "packages, with pip"),
    ],
)
def test_pip_takes_over_where_uv_knows_no_way_or_pip_is_given_words(clone, told, sentence):
    clone.change_what_is_needed()
    clone.calls()
    code, said = clone.set_up(**told, PIP_NO_INDEX="1")  # so that pip ends at once, and without the packages
    assert code == 1
    assert sentence in said
    assert "set-up: pip could not install the packages: see its words above." in said
    assert all(call["plan"] for call in clone.calls())
    assert clone.set_up()[0] == 0
    clone.whole()


def test_uv_looks_where_pip_looks(clone, tmp_path):
    (tmp_path / "pip.conf").write_text(
        "[global]\nindex-url = http://127.0.0.1:9/simple\nextra-index-url = http://127.0.0.1:9/a http://127.0.0.1:9/b\n"
    )
    clone.change_what_is_needed()
    clone.calls()
    told = {"PIP_CONFIG_FILE": str(tmp_path / "pip.conf"), "PIP_FIND_LINKS": "one two"}
    assert clone.set_up(**told, UV_INDEX="http://127.0.0.1:9/mine")[0] == 0
    seen = clone.calls()[-1]["told"]
    assert seen["UV_DEFAULT_INDEX"] == "http://127.0.0.1:9/simple"
    assert seen["UV_FIND_LINKS"] == "one,two"
    assert seen["UV_INDEX"] == "http://127.0.0.1:9/mine", "what is set for uv goes before"


def test_an_older_python_can_read_that_it_is_too_old():
    ast.parse((ROOT / "set_up.py").read_text(), feature_version=(3, 6))


def test_what_comes_is_held_against_its_hash_and_what_builds_is_pinned(clone):
    clone.change_what_is_needed()
    clone.calls()
    assert clone.set_up()[0] == 0
    plan, install = (call["words"] for call in clone.calls())
    assert {"--generate-hashes", str(clone.folder / "pyproject.toml")} <= set(plan)
    assert plan[plan.index("-c") + 1] == str(clone.folder / "constraints.txt")
    assert install[install.index("-r") + 1] == str(clone.venv / "locked.txt")
    assert install[install.index("--build-constraints") + 1] == str(clone.folder / "constraints.txt")
    assert "--verify-hashes" in install
    assert (clone.venv / "locked.txt").read_text() == "numpy==1\ntorch==1\n"


def test_pip_builds_with_the_constraints_besides_its_own(clone, tmp_path):
    (tmp_path / "pip").mkdir()
    (tmp_path / "pip" / "__init__.py").touch()
    (tmp_path / "pip" / "__main__.py").write_text(
        "import os, sys\n"
        "if 'list' in sys.argv: print(\"global.constraint='/mine.txt'\")\n"
        "if 'install' in sys.argv:\n"
        "    print('PIP', os.environ['PIP_CONSTRAINT'], os.environ['PIP_BUILD_CONSTRAINT'])\n    sys.exit(1)"
    )
    clone.change_what_is_needed()
    said = clone.set_up(PLAN="none", PYTHONPATH=str(tmp_path))[1]
    ours = (clone.folder / "constraints.txt").as_uri()
    assert f"PIP /mine.txt {ours} /mine.txt {ours}\n" in said
    assert clone.set_up()[0] == 0
    clone.whole()


def test_nothing_is_run_of_the_folder_it_is_started_in(tmp_path):
    clone, here = Clone(tmp_path), tmp_path / "here"
    here.mkdir()
    for module in ("random", "tempfile", "pip", "venv", "ensurepip", "json"):
        (here / f"{module}.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'a').write({module!r} + ' ')")
    words = [sys.executable, str(clone.folder / "set_up.py")]
    told = {**os.environ, "PATH": os.pathsep.join([str(clone.bin), os.environ["PATH"]]), "STUB_LOG": str(clone.log)}
    shutil.copyfile(ROOT / "pyproject.toml", here / "pyproject.toml")  # the stub reads it where it is started
    done = subprocess.run(words, cwd=here, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "ran").exists()

"""The light way in: with numpy and scipy alone six rooms work, and every other says in a sentence what it lacks."""

import ast
import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import passk_lab
from passk_lab import needs

PACKAGE = Path(passk_lab.__file__).parent
LIGHT = ("metrics", "objectives", "exact", "bridge", "readers", "report")
CLOSED = [room for room in passk_lab.__all__ if room not in (*LIGHT, "__version__")]
BRINGS = {"IPython": "anywidget", "PIL": "matplotlib", "traitlets": "anywidget"}
"""Packages that come with one in the list of a room."""
OPTIONAL = {"ray"}


@pytest.fixture(scope="module")
def light(wheel, tmp_path_factory):
    """Python of an environment with numpy, scipy and the wheel installed without its dependencies: nothing else."""
    env = tmp_path_factory.mktemp("light")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", "--symlinks", str(env)], check=True)
    python = env / "bin" / "python"
    site = Path(ask(python, "import sysconfig; print(sysconfig.get_path('purelib'))"))
    for package in ("numpy", "scipy"):  # the very files that are installed here, so that nothing is downloaded
        for entry in {file.parts[0] for file in importlib.metadata.files(package) if file.parts[0] != ".."}:
            (site / entry).symlink_to(importlib.metadata.distribution(package).locate_file(entry))
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps", str(wheel)]
    subprocess.run(pip, check=True)
    return python


def start(python, *words, **more):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([python, *words], env=environment, capture_output=True, text=True, check=False, **more)


def ask(python, code, *words, **more):
    done = start(python, "-c", code, *words, **more)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_it_has_numpy_and_scipy_alone(light):
    code = "import importlib.metadata as m; print(*sorted({d.metadata['Name'] for d in m.distributions()}))"
    assert ask(light, code).split() == ["numpy", "passk-lab", "scipy"]


def test_the_light_rooms_give_right_numbers(light, tmp_path):
    (tmp_path / "x_results.jsonl").write_text('{"task_id": "a", "passed": true, "completion": ""}\n' * 3)
    code = """
import sys
from passk_lab import bridge, metrics, objectives, exact, readers, report
print(bridge.credit([[1, 0, 0]], "pass@1")[0, 1])
print(metrics.pass_at_k(n=4, c=1, k=2), metrics.compare(4, [1, 2, 4], 4, [2, 3, 4], seed=0).crossover is not None)
print(round(objectives.effective_weight(objectives.get("pass@k-training", k=4), n=8, p=0.1), 3))
print(round(float(exact.flow(exact.one_among(100), "pass@1", until_p=0.1).time[-1]), 4))
print(*readers.read(sys.argv[1])[0].c)
print(report.diagnose(readers.read(sys.argv[1])).model.pass_at.at(3).estimate)
"""
    # By hand: 1 - C(3, 2)/C(4, 2); the README's number; log-odds and 1/p of the closed form of a plateau.
    assert ask(light, code, str(tmp_path)).split() == ["-0.5", "0.5", "True", "0.789", "93.9478", "3", "1.0"]


def test_the_doctests_of_the_light_rooms(light):
    code = f"""
import doctest, importlib, json, pkgutil
from passk_lab.needs import ADAPTERS, NEEDS
tried = {{}}
for room in {LIGHT!r}:
    package = importlib.import_module("passk_lab." + room)
    parts = [m.name for m in pkgutil.walk_packages(package.__path__, package.__name__ + ".")]
    there = [part for part in parts if "derivations" not in part and part not in ADAPTERS | NEEDS]
    for name in [package.__name__, *there]:
        failed, number = doctest.testmod(importlib.import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
        assert not failed, name
        tried[room] = tried.get(room, 0) + number
print(json.dumps(tried))
"""
    tried = json.loads(ask(light, code))
    assert set(tried) == set(LIGHT)
    assert all(number > 5 for number in tried.values()), tried


def test_a_derivation_is_read_there_and_its_check_says_what_it_lacks(light):
    code = "from passk_lab.exact import derivations as d; r = d.get('gap-peak'); print(r.claim); r.check()"
    done = start(light, "-c", code)
    assert done.stdout.strip()
    assert said(done) == (
        "passk_lab.needs.NotInstalled: the check of a derivation or an objective needs mpmath and torch, not installed "
        "here. This brings them: pip install mpmath torch"
    )


def said(done):
    assert done.returncode != 0
    return done.stderr.strip().splitlines()[-1]


@pytest.mark.parametrize("way", ["import passk_lab.{}", "from passk_lab import {}", "import passk_lab; passk_lab.{}"])
@pytest.mark.parametrize("room", CLOSED)
def test_any_other_room_says_what_it_lacks_whichever_way_it_is_opened(light, room, way):
    lacks = needs.NEEDS[f"passk_lab.{room}"]
    sentence = said(start(light, "-c", way.format(room)))
    assert sentence.startswith(f"passk_lab.needs.NotInstalled: passk_lab.{room} needs {lacks[0]}")
    assert sentence.endswith(f": pip install {' '.join(lacks)}")


@pytest.mark.parametrize("adapter", ["trl", "verl", "tensorboard"])
def test_an_adapter_says_which_trainer_it_is_for(light, adapter):
    lacks = needs.ADAPTERS[f"passk_lab.bridge.{adapter}"]
    sentence = said(start(light, "-c", f"import passk_lab.bridge.{adapter}"))
    assert sentence.startswith(f"passk_lab.needs.NotInstalled: passk_lab.bridge.{adapter} needs {lacks[0]}")
    assert sentence.endswith(f": pip install {' '.join(lacks)}")


def test_the_sentence_is_an_import_error(light):
    code = (
        "try:\n import passk_lab.lm\nexcept ImportError as error:\n print(type(error).__mro__[1].__name__, error.name)"
    )
    assert ask(light, code) == "ModuleNotFoundError pandas"


def test_the_command_speaks_there(light, tmp_path):
    command = light.parent / "passk-lab"
    assert start(command, "--help").returncode == 0
    doctor = start(command, "doctor", cwd=tmp_path)
    assert doctor.returncode == 1
    assert "Rooms that work here: bridge, exact, metrics, objectives, readers, report." in doctor.stdout
    assert "pip install anywidget ipywidgets jupyterlab" in doctor.stdout
    assert not doctor.stderr
    for words, lacks in (
        (["verify"], "mpmath and torch"),
        (["train"], "pandas, safetensors, torch, tqdm and tyro"),
        (["runs"], "pandas, safetensors, torch, tqdm and tyro"),
        ([], "anywidget, ipywidgets, jupyterlab, matplotlib and pandas"),
    ):
        done = start(command, *words, cwd=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("passk-lab: ")
        assert f"needs {lacks}, not installed here" in done.stderr
        assert len(done.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir()), "nothing is copied for a lab that cannot open"


def test_a_wrong_import_of_our_own_is_not_taken_for_a_missing_package(tmp_path):
    broken = tmp_path / "passk_lab"
    shutil.copytree(PACKAGE, broken, ignore=shutil.ignore_patterns("__pycache__"))
    with (broken / "data.py").open("a") as file:
        file.write("\nfrom passk_lab.arguments import no_such_thing\n")
    done = start(sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import passk_lab.data")
    assert said(done).startswith("ImportError: cannot import name 'no_such_thing' from 'passk_lab.arguments'")


def imported(file: Path) -> set[str]:
    """Top-level names of every import in a file, those inside functions too."""
    found = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").partition(".")[0])
    return found - set(sys.stdlib_module_names) - {"passk_lab"}


def files(room: str) -> list[Path]:
    return [PACKAGE / f"{room}.py"] if (PACKAGE / f"{room}.py").exists() else sorted((PACKAGE / room).rglob("*.py"))


@pytest.mark.parametrize("room", CLOSED)
def test_a_room_lists_what_its_files_import(room):
    used = {BRINGS.get(name, name) for file in files(room) for name in imported(file)} - OPTIONAL
    listed = {"numpy", "scipy", *needs.NEEDS[f"passk_lab.{room}"]}
    if room == "lm":
        listed |= set(needs.NEEDS["passk_lab.lm.command"])
    assert used <= listed


@pytest.mark.parametrize("room", LIGHT)
def test_a_light_room_imports_numpy_and_scipy_alone(room):
    for file in files(room):
        more = {
            "derivations": needs.NEEDS[needs.CHECKS],
            "readers": (*needs.NEEDS[needs.TABLES], *needs.NEEDS[needs.PACKED]),
        }
        asked_for = {package for folder, packages in more.items() if folder in file.parts for package in packages}
        adapter = needs.ADAPTERS.get(f"passk_lab.{room}.{file.stem}", ())
        verl = needs.ADAPTERS[needs.VERL] if file.stem == "verl" and room == "bridge" else ()
        assert imported(file) <= {"numpy", "scipy", *asked_for, *adapter, *verl}, file


def test_what_is_listed_is_what_pip_installs():
    project = tomllib.loads((PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {line.partition(">")[0] for line in project["dependencies"]}
    assert names == set(needs.EVERYTHING)

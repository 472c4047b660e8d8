"""The documents keep their promises: the glossary is complete, every public name is explained, nothing leaks."""

import importlib
import inspect
import re
import subprocess
from pathlib import Path

import pytest

from passk_lab import cockpit, course, data, exact, explorers, lm, metrics, objectives
from passk_lab.course.builder import sources
from passk_lab.exact import derivations

ROOT = Path(__file__).parent.parent
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`((?:metrics|objectives|exact|explorers|cockpit|course|data|lm)(?:\.\w+)+)`", GLOSSARY)
PUBLIC = [
    *(f"metrics.{name}" for name in metrics.__all__),
    *(f"objectives.{name}" for name in objectives.__all__),
    *(f"exact.{name}" for name in exact.__all__),
    *(f"lm.{name}" for name in lm.__all__ if name not in ("mechanisms", "recorded")),
    *(f"lm.mechanisms.{name}" for name in lm.mechanisms.__all__),
    *(f"exact.derivations.{name}" for name in ("get", "names", "verify")),
    *(f"course.{name}" for name in course.__all__),
    *(f"explorers.{name}" for name in (*explorers.SHIPPED, "from_state", "Explorer", "Description")),
    *(f"cockpit.{name}" for name in cockpit.__all__),
]


def find(path: str):
    thing = importlib.import_module("passk_lab")
    for part in path.split("."):
        thing = getattr(thing, part) if hasattr(thing, part) else importlib.import_module(f"{thing.__name__}.{part}")
    return thing


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_in_the_glossary(name):
    assert name in NAMED


@pytest.mark.parametrize("name", NAMED)
def test_every_name_in_the_glossary_exists(name):
    assert find(name) is not None


def test_every_letter_of_the_legend_is_in_the_glossary():
    letters = re.findall(r"^\| (\S+) \|", GLOSSARY, re.MULTILINE)
    assert {"P", "n", "c", "k", "p", "T", "V"} <= set(letters)


NEVER_RAISE = ("names", "overview", "with_draws", "replaced", "entry")
ROOMS = [metrics, objectives, exact, derivations, explorers, cockpit, course, data, lm, lm.mechanisms]


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.__name__)
def test_every_public_function_has_a_docstring_and_an_example(room):
    names = getattr(room, "__all__", ["available", "columns", "load", "problems"])
    for name in names:
        thing = getattr(room, name)
        text = thing.__doc__ or type(thing).__doc__ or ""
        assert text.strip(), name
        if room in (metrics, objectives, exact, data) and inspect.isfunction(thing):
            assert ">>>" in text or name in ("replaced", "entry", "forget"), name
            assert "Raises" in text or room is data or name in NEVER_RAISE, name


def test_the_readme_shows_the_commands_and_its_pictures_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for word in ("make lab", "make test", "passk-lab doctor", "CPU build", "VS Code", "Colab"):
        assert word in text
    for place in re.findall(r"(?:src|srcset)=\"([^\"]+)\"|\]\(([\w./]+)\)", text):
        assert (ROOT / (place[0] or place[1])).exists(), place


def test_the_readme_lists_every_notebook_in_its_order():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\d\d_\w+)` \|", text, re.MULTILINE) == [source.stem for source in sources()]


def test_the_architecture_names_every_room_and_file_there_is():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    for path in (ROOT / "passk_lab").glob("*"):
        if path.suffix == ".py" and not path.name.startswith("__"):
            assert path.name in text, path.name
        elif path.is_dir() and not path.name.startswith("_"):
            assert f"{path.name}/" in text, path.name


def test_no_tracked_file_names_a_machines_path_or_a_registry():
    files = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split()
    if not files:
        pytest.skip("not a git checkout")
    hosts = "|".join(["py" + "pi", "python" + "hosted", "npm" + "js", "down" + "load.pytorch"])
    places = "|".join(f"/{top}/[a-z.]" for top in ("work", "root", "farm"))
    for file in files:
        if Path(file).suffix in (".png", ".gz", ".csv", ".safetensors", ".npz"):
            continue
        text = (ROOT / file).read_text(encoding="utf-8")
        assert not re.search(rf"({hosts})\.(org|com)", text), file
        assert not re.search(rf"(?<![\w.])({places})", text), file

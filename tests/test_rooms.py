"""The rooms of the house: what a name in a room means, whichever way it is reached."""

import ast
import importlib
import pkgutil
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

import passk_lab

ROOMS = ["passk_lab", *(room.name for room in pkgutil.walk_packages(passk_lab.__path__, "passk_lab.") if room.ispkg)]


def hiding(room):
    """Names that a room offers and that are files of it too, but not those files themselves."""
    files = {file.name for file in pkgutil.iter_modules(room.__path__)}
    both = files & set(getattr(room, "__all__", ()))
    return [name for name in both if getattr(room, name) is not importlib.import_module(f"{room.__name__}.{name}")]


@pytest.mark.parametrize("name", ROOMS)
def test_no_function_of_a_room_hides_a_file_of_it(name):
    # `import passk_lab.explorers.collapse as m` once gave a function.
    assert hiding(importlib.import_module(name)) == []


def test_there_are_rooms_to_look_at():
    assert {"passk_lab.metrics", "passk_lab.explorers", "passk_lab.lm.mechanisms"} <= set(ROOMS)


def test_a_function_that_hides_its_file_is_found(tmp_path, monkeypatch):
    room = tmp_path / "kitchen"
    room.mkdir()
    (room / "__init__.py").write_text("from kitchen.bake import bake\n\n__all__ = ['bake']\n")
    (room / "bake.py").write_text("def bake(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert hiding(importlib.import_module("kitchen")) == ["bake"]


def arrows(folder, package):
    """What each file of a room imports of that room, wherever in it: for types only, or inside a function, too."""
    files = {
        ".".join((package, *path.relative_to(folder).with_suffix("").parts)).removesuffix(".__init__"): path
        for path in sorted(folder.rglob("*.py"))
    }
    found = {}
    for name, path in files.items():
        asked = set()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                # `from room import file` asks for the file, `from room.file import name` too.
                named = {f"{node.module}.{part.name}" for part in node.names}
                asked |= {name if name in files else node.module for name in named}
            elif isinstance(node, ast.Import):
                asked |= {part.name for part in node.names}
        found[name] = asked & files.keys() - {name}
    return found


def circle(found):
    """A ring of files that import each other, or nothing."""
    try:
        TopologicalSorter(found).prepare()
    except CycleError as error:
        return error.args[1]
    return []


@pytest.mark.parametrize("room", ["cockpit", "course", "exact", "explorers", "metrics", "objectives"])
def test_no_files_of_a_room_import_each_other_in_a_ring(room):
    found = arrows(Path(passk_lab.__file__).parent / room, f"passk_lab.{room}")
    assert any(found.values())
    assert circle(found) == []


def test_a_ring_is_found_though_its_arrows_are_hidden(tmp_path):
    (tmp_path / "__init__.py").write_text("from kitchen.bake import cake\n")
    (tmp_path / "bake.py").write_text("def cake():\n    from kitchen import oven\n")
    (tmp_path / "oven.py").write_text("if TYPE_CHECKING:\n    from kitchen.bake import cake\n")
    assert set(circle(arrows(tmp_path, "kitchen"))) == {"kitchen.bake", "kitchen.oven"}

"""The rooms of the house: what a name in a room means, whichever way it is reached."""

import importlib
import pkgutil

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


def test_the_package_offers_its_rooms():
    assert passk_lab.__all__ == ["__version__", *passk_lab.ROOMS]


def test_there_are_rooms_to_look_at():
    assert {"passk_lab.metrics", "passk_lab.explorers", "passk_lab.lm.mechanisms"} <= set(ROOMS)


def test_a_function_that_hides_its_file_is_found(tmp_path, monkeypatch):
    room = tmp_path / "kitchen"
    room.mkdir()
    (room / "__init__.py").write_text("from kitchen.bake import bake\n\n__all__ = ['bake']\n")
    (room / "bake.py").write_text("def bake(): ...\n")
    monkeypatch.syspath_prepend(tmp_path)
    assert hiding(importlib.import_module("kitchen")) == ["bake"]

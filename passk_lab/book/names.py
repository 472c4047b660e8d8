"""Every public name of the lab, room by room, and what is said of it."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
import sys
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

from passk_lab.needs import ROOMS

APART = ("exact.derivations",)  # a room within a room that is not in the `__all__` of the outer one


def rooms() -> list[ModuleType]:
    """Return the rooms in the order of their names, each followed by the rooms within it."""
    found = []
    for name in ROOMS:
        outer = importlib.import_module(f"passk_lab.{name}")
        inner = [thing for _, thing in public(outer) if inspect.ismodule(thing)]
        inner += [importlib.import_module(f"passk_lab.{path}") for path in APART if path.startswith(f"{name}.")]
        found += [outer, *inner]
    return found


def public(room: ModuleType) -> list[tuple[str, Any]]:
    """Return the public names of a room with what they stand for: its `__all__`, or what is defined in it."""
    names = getattr(room, "__all__", None) or sorted(
        name
        for name, thing in vars(room).items()
        if not name.startswith("_") and getattr(thing, "__module__", "") == room.__name__
    )
    return [(name, getattr(room, name)) for name in names]


def path_of(room: ModuleType) -> str:
    """Return the name of a room as a reader writes it, without the package."""
    return room.__name__.removeprefix("passk_lab.")


def docstring(room: ModuleType, name: str, thing: Any) -> str:
    """Return what is said of a public name; of a constant it stands in the line after.

    Raises
    ------
    ValueError
        If nothing is said of it.
    """
    own = inspect.ismodule(thing) or inspect.isroutine(thing) or inspect.isclass(thing)
    text = inspect.getdoc(thing) if own else _after_the_constant(room, name)
    if not text and not own and type(thing).__module__.startswith("passk_lab"):
        text = inspect.getdoc(type(thing))
    if not text or text.startswith(f"{name}("):  # what dataclass writes where nobody wrote anything
        raise ValueError(f"{path_of(room)}.{name} has no docstring: say in a sentence what it is.")
    return text


def first_sentence(room: ModuleType, name: str, thing: Any) -> str:
    """Return the first sentence of a docstring."""
    paragraph = " ".join(docstring(room, name, thing).split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", paragraph)[0].replace("|", r"\|")
    return re.sub(r":math:`([^`]*)`", r"$\1$", sentence)


def fields(thing: type) -> list[tuple[str, str]]:
    """Return the fields of a class of which something is said in the line after, with what is said."""
    module = sys.modules[thing.__module__]
    bodies = [
        node.body
        for node in ast.walk(ast.Module(_statements(str(module.__file__)), []))
        if isinstance(node, ast.ClassDef) and node.name == thing.__name__
    ]
    return [found for body in bodies for found in _said_after(body)]


def _said_after(lines: Sequence[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Give names that are set, each with the text that stands in the line after it."""
    for line, after in pairwise(lines):
        targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant) and isinstance(after.value.value, str):
            for target in targets:
                if isinstance(target, ast.Name):
                    yield target.id, inspect.cleandoc(after.value.value)


def _after_the_constant(room: ModuleType, name: str) -> str:
    for module in [m for path, m in sys.modules.items() if path.startswith(room.__name__) and m is not None]:
        if said := dict(_said_after(_statements(str(module.__file__)))).get(name):
            return said
    return ""


@cache
def _statements(file: str) -> list[ast.stmt]:
    return ast.parse(Path(file).read_text(encoding="utf-8")).body

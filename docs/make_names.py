"""Write docs/names.md: every public name of the lab with the first sentence of its docstring, room by room.

python docs/make_names.py           write it
python docs/make_names.py --check   only say whether it is as it should be (a test asks)
"""

import ast
import importlib
import inspect
import re
import sys
from itertools import pairwise
from pathlib import Path
from types import ModuleType
from typing import Any

import passk_lab

PAGE = Path(__file__).parent / "names.md"
HEAD = """# Every public name

Written by `python docs/make_names.py` from the docstrings; `help(name)` in a notebook has the rest. Which symbol is
which name, and what the words of the field mean, is in [the glossary](glossary.md).
"""
APART = ("exact.derivations",)  # a room within a room that is not in the `__all__` of the outer one


def rooms() -> list[ModuleType]:
    """Return the rooms in the order of their names, each followed by the rooms within it."""
    found = []
    for name in passk_lab.__all__:
        if not name.startswith("_"):
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


def first_sentence(room: ModuleType, name: str, thing: Any) -> str:
    """Return the first sentence of a docstring; a constant has it in the line after."""
    own = inspect.ismodule(thing) or inspect.isroutine(thing) or inspect.isclass(thing)
    text = inspect.getdoc(thing) if own else _after_the_constant(room, name)
    if not text and not own and type(thing).__module__.startswith("passk_lab"):
        text = inspect.getdoc(type(thing))
    if not text or text.startswith(f"{name}("):  # what dataclass writes where nobody wrote anything
        raise SystemExit(f"{path_of(room)}.{name} has no docstring: say in a sentence what it is.")
    paragraph = " ".join(text.split("\n\n")[0].split())
    sentence = re.split(r"(?<=[.!?])\s+(?=[A-Z`])", paragraph)[0].replace("|", r"\|")
    return re.sub(r":math:`([^`]*)`", r"$\1$", sentence)


def _after_the_constant(room: ModuleType, name: str) -> str:
    for module in [m for path, m in sys.modules.items() if path.startswith(room.__name__) and m is not None]:
        lines = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8")).body
        for line, after in pairwise(lines):
            targets = line.targets if isinstance(line, ast.Assign) else [getattr(line, "target", None)]
            if (
                any(isinstance(target, ast.Name) and target.id == name for target in targets)
                and isinstance(after, ast.Expr)
                and isinstance(after.value, ast.Constant)
            ):
                return inspect.cleandoc(str(after.value.value))
    return ""


def page() -> str:
    """Return the whole text."""
    parts = [HEAD]
    for room in rooms():
        path = path_of(room)
        parts.append(f"\n## {path}\n\n{first_sentence(room, path, room)}\n\n| name | what it is |\n|---|---|\n")
        parts += [f"| `{path}.{name}` | {first_sentence(room, name, thing)} |\n" for name, thing in public(room)]
    return "".join(parts)


def main(arguments: list[str]) -> int:
    """Write the page, or with --check say whether it is up to date."""
    text = page()
    if arguments == ["--check"]:
        if PAGE.exists() and PAGE.read_text(encoding="utf-8") == text:
            return 0
        print("docs/names.md is not what the docstrings say: run `python docs/make_names.py`.")
        return 1
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

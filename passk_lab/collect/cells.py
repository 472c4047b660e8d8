"""What of a submitted notebook may run: imports of what the course uses, functions, constants. Nothing runs here."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

ALLOWED = frozenset({
    "abc", "bisect", "cmath", "collections", "copy", "dataclasses", "decimal", "enum", "fractions", "functools",
    "heapq", "itertools", "math", "numbers", "numpy", "operator", "passk_lab.metrics", "passk_lab.objectives", "random",
    "scipy.special", "scipy.stats", "statistics", "string", "typing",
})  # fmt: skip
"""Modules that a submission may import: what a function of the course can need."""
OF_THE_COURSE = frozenset(
    {"IPython", "matplotlib", "pandas", "passk_lab", "pathlib", "sys", "tempfile", "torch", "types"}
)
"""What the notebooks import beside, for their pictures: left out without a word."""
KEEPING = ("cache", "functools.cache", "functools.lru_cache", "lru_cache")
"""Decorators that stay: they change what a function costs and not what it gives."""
REACHES = frozenset({
    "__subclasses__", "__globals__", "__code__", "__closure__", "__builtins__", "_getframe", "settrace", "ctypes",
    "ctypeslib", "gc", "importlib", "inspect", "__import__", "subprocess", "socket", "EXERCISES", "oracle",
})  # fmt: skip
"""Names with which code reaches for what is no part of an exercise."""
LARGEST = 20_000_000
"""Bytes of a notebook."""
_MOST_CELLS = 5_000
_MAGIC = re.compile(r"^\s*(?:[%!]|\?\s*\w|\w[\w.]*\?\??\s*$)")


class Unreadable(Exception):
    """A file that is not what it should be, in a sentence."""


@dataclass(frozen=True)
class Source:
    """The text of one code cell, and its number among all cells, from 1."""

    number: int
    text: str


@dataclass
class Selected:
    """What of a notebook is to run, cell by cell, and what is said of the rest."""

    cells: list[tuple[Source, list[ast.stmt]]] = field(default_factory=list)
    defined: dict[str, int] = field(default_factory=dict)
    """Functions by name, with the number of the cell that defines it last."""
    called: dict[str, str] = field(default_factory=dict)
    """Of each exercise whose check is called with a function of another name: that name."""
    uses: dict[str, set[str]] = field(default_factory=dict)
    """Names that each function uses."""
    broken: dict[str, str] = field(default_factory=dict)
    """Functions that stand in a cell which is no Python, with what is said of it."""
    remarks: list[str] = field(default_factory=list)


def code_cells(content: bytes) -> list[Source]:
    """Return the code cells of a notebook.

    Raises
    ------
    Unreadable
        If it is no notebook, or one of another format.

    Examples
    --------
    >>> code_cells(b'{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x = 1"]}]}')
    [Source(number=1, text='x = 1')]
    """
    if len(content) > LARGEST:
        raise Unreadable(f"it is larger than {LARGEST // 10**6} MB: clear its outputs and save it again")
    try:
        notebook = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise Unreadable("it is no text in UTF-8: it is damaged, or no notebook") from None
    except (ValueError, RecursionError):
        raise Unreadable("it is no whole notebook (its JSON does not end, or never began)") from None
    if not isinstance(notebook, dict):
        raise Unreadable("it is JSON, but no notebook")
    version = notebook.get("nbformat")
    if "worksheets" in notebook or (type(version) is int and version < 4):
        raise Unreadable(f"it has the older notebook format {version}: open it in JupyterLab and save it again")
    cells = notebook.get("cells")
    if version != 4 or not isinstance(cells, list):
        raise Unreadable("it is JSON, but no notebook of format 4")
    if len(cells) > _MOST_CELLS:
        raise Unreadable(f"it has more than {_MOST_CELLS} cells")
    found = []
    for number, cell in enumerate(cells, start=1):
        if isinstance(cell, dict) and cell.get("cell_type") == "code":
            text = _joined(cell.get("source"))
            if text is None:
                raise Unreadable(f"cell {number} holds no text")
            found.append(Source(number, text))
    return found


def _joined(source: Any) -> str | None:
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    return source if isinstance(source, str) else None


def select(cells: list[Source]) -> Selected:
    r"""Choose what may run: allowed imports, constants, functions without what would run before they are called.

    >>> text = "import os, math\nprint(1)\ndef f(n=print()): ...\ndef g(n): return math.comb(n, 1)"
    >>> chosen = select([Source(1, text)])
    >>> [ast.unparse(node) for _, nodes in chosen.cells for node in nodes]
    ['import math', 'def g(n):\n    return math.comb(n, 1)']
    >>> chosen.remarks
    ['import os is not run (cell 1).', 'f is not judged: a default in its head is no plain value (cell 1).']
    """
    chosen = Selected()
    modules: set[str] = set()
    reached: set[str] = set()
    for cell in cells:
        text = _without_magic(cell.text)
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            why = error.msg if isinstance(error, SyntaxError) else "it cannot be read"
            line = f", line {error.lineno}" if isinstance(error, SyntaxError) and error.lineno else ""
            for name in re.findall(r"^\s*def (\w+)", text, re.MULTILINE):
                chosen.broken[name] = f"cell {cell.number} is no Python ({why}{line})"
            if text.strip():
                chosen.remarks.append(f"Cell {cell.number} is no Python ({why}{line}).")
            continue
        nodes: list[ast.stmt] = []
        for node in tree.body:
            kept, remark = _kept(node, modules)
            if remark:
                chosen.remarks.append(f"{remark} (cell {cell.number}).")
            if kept is None:
                continue
            nodes.append(kept)
            for name in _names(kept):
                if isinstance(kept, ast.FunctionDef) or _is_lambda(kept):
                    chosen.defined[name] = cell.number
                    chosen.uses[name] = {inner.id for inner in ast.walk(kept) if isinstance(inner, ast.Name)}
                    chosen.broken.pop(name, None)
        reached |= {name for node in nodes for name in _reaches(node)}
        chosen.called.update(_checked(tree))
        if nodes:
            chosen.cells.append((Source(cell.number, text), nodes))
    if reached:
        chosen.remarks.append(
            f"Its functions name {', '.join(sorted(reached))}, which no exercise needs: read them before you trust "
            "what was found."
        )
    return chosen


def _without_magic(text: str) -> str:
    """The text without the lines that are IPython's; the others keep their numbers."""
    if text.lstrip().startswith("%%") and not re.match(r"\s*%%(?:time|timeit|capture)\b", text):
        return ""
    return "\n".join("" if _MAGIC.match(line) else line for line in text.splitlines())


def _kept(node: ast.stmt, modules: set[str]) -> tuple[ast.stmt | None, str]:
    """What of a statement runs, and what is said where it does not."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return _imported(node, modules)
    if isinstance(node, ast.FunctionDef):
        return _function(node, modules)
    if isinstance(node, ast.Assign) and all(isinstance(target, ast.Name) for target in node.targets):
        if isinstance(node.value, ast.Lambda):
            return (node, "") if _plain_defaults(node.value.args, modules) else (None, "")
        return (node, "") if _is_plain(node.value) else (None, "")
    if isinstance(node, ast.ClassDef | ast.AsyncFunctionDef):
        return None, f"{node.name} is not run: it is no plain function"
    return None, ""


def _imported(node: ast.Import | ast.ImportFrom, modules: set[str]) -> tuple[ast.stmt | None, str]:
    """An import, without what is not allowed; what a star brings is not known, so it stays out."""
    if isinstance(node, ast.Import):
        kept = [alias for alias in node.names if allowed(alias.name)]
        left = [alias.name for alias in node.names if not allowed(alias.name)]
        new: ast.stmt = ast.Import(kept)
        modules.update(alias.asname or alias.name.split(".")[0] for alias in kept)
    else:
        if node.level:
            return None, "a relative import is not run"
        wholes = {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        kept = [
            alias for alias in node.names
            if alias.name != "*" and (allowed(str(node.module)) or allowed(wholes[alias.name]))
        ]  # fmt: skip
        left = [wholes[alias.name] for alias in node.names if alias not in kept]
        new = ast.ImportFrom(node.module, kept, 0)
        modules.update(alias.asname or alias.name for alias in kept)
    strange = [name for name in left if name.split(".")[0] not in OF_THE_COURSE]
    remark = f"import {', '.join(strange)} is not run" if strange else ""
    return (ast.copy_location(new, node) if kept else None), remark


def allowed(module: str) -> bool:
    """Whether a submission may import a module, as math or numpy.linalg.

    >>> allowed("numpy.linalg"), allowed("os")
    (True, False)
    """
    parts = module.split(".")
    return any(".".join(parts[:i]) in ALLOWED for i in range(1, len(parts) + 1)) or module == "scipy"


def _function(node: ast.FunctionDef, modules: set[str]) -> tuple[ast.stmt | None, str]:
    """A function without what Python would run when it is defined: decorators, annotations; defaults must be plain."""
    if not _plain_defaults(node.args, modules):
        return None, f"{node.name} is not judged: a default in its head is no plain value"
    kept = [one for one in node.decorator_list if _keeps(one)]
    dropped = [ast.unparse(one)[:60] for one in node.decorator_list if not _keeps(one)]
    node.decorator_list, node.returns = kept, None
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    for argument in filter(None, every):
        argument.annotation = None
    if hasattr(node, "type_params"):
        node.type_params = []
    return node, f"{node.name} is run without its decorator @{', @'.join(dropped)}" if dropped else ""


def _keeps(decorator: ast.expr) -> bool:
    """Whether a decorator is one that stays; its arguments are plain."""
    if isinstance(decorator, ast.Call):
        plain = all(map(_is_plain, [*decorator.args, *(word.value for word in decorator.keywords)]))
        return plain and ast.unparse(decorator.func) in KEEPING
    return ast.unparse(decorator) in KEEPING


def _plain_defaults(arguments: ast.arguments, modules: set[str]) -> bool:
    given = [*arguments.defaults, *filter(None, arguments.kw_defaults)]
    return all(_is_plain(one) or _is_of_a_module(one, modules) for one in given)


def _is_plain(node: ast.expr) -> bool:
    """Whether an expression is a value as it stands, so that nothing runs when it is read.

    >>> [_is_plain(ast.parse(text, mode="eval").body) for text in ("-1", "[1, (2, 'a')]", "10**9", "f()")]
    [True, True, False, False]
    """
    try:
        ast.literal_eval(node)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    return True


def _is_of_a_module(node: ast.expr, modules: set[str]) -> bool:
    """Whether an expression names something of an imported module, as math.inf does."""
    while isinstance(node, ast.Attribute) and not node.attr.startswith("_"):
        node = node.value
    return isinstance(node, ast.Name) and node.id in modules


def _is_lambda(node: ast.stmt) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.value, ast.Lambda)


def _names(node: ast.stmt) -> list[str]:
    if isinstance(node, ast.FunctionDef):
        return [node.name]
    if isinstance(node, ast.Assign):
        return [target.id for target in node.targets if isinstance(target, ast.Name)]
    return []


def _reaches(node: ast.stmt) -> Iterator[str]:
    for inner in ast.walk(node):
        name = inner.attr if isinstance(inner, ast.Attribute) else inner.id if isinstance(inner, ast.Name) else ""
        if name in REACHES:
            yield name
        if isinstance(inner, ast.Import | ast.ImportFrom):
            of = f"{inner.module}." if isinstance(inner, ast.ImportFrom) else ""
            if not allowed(of.rstrip(".")):
                yield from (alias.name for alias in inner.names if not allowed(of + alias.name))


def _checked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Calls check.NAME(other), check["NAME"](other): the exercise and the function it is given."""
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and call.args and isinstance(call.args[0], ast.Name)):
            continue
        of = call.func
        if isinstance(of, ast.Attribute) and isinstance(of.value, ast.Name) and of.value.id == "check":
            yield of.attr, call.args[0].id
        elif (
            isinstance(of, ast.Subscript) and isinstance(of.value, ast.Name) and of.value.id == "check"
            and isinstance(of.slice, ast.Constant) and isinstance(of.slice.value, str)
        ):  # fmt: skip
            yield of.slice.value, call.args[0].id

"""The front end as one text: ES modules, each in a scope of its own, in the order in which they need one another.

A widget hands its page a single text, and a page opened from disk may load no second file. So the modules are joined
here, when they are asked for; there is no build step.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

HEAD = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="generator" content="passk_lab">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'unsafe-inline'; \
style-src 'unsafe-inline'; img-src data:">
"""
"""How a page begins that carries all it needs: it may load nothing, from anywhere."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.{1,2}/[^"]+)";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function|class|const|let) (\w+))", re.MULTILINE)
_DEFAULT = re.compile(r"^export default ", re.MULTILINE)
_LEFT = re.compile(r"^(?:import|export)\b.*$", re.MULTILINE)


@cache
def joined(entry: Path) -> str:
    """Join a module and all that it imports, at any remove; what the module exports is then `front` in the text.

    Parameters
    ----------
    entry : Path
        Its imports are written ``import { a, b } from "./other.js";``, its exports ``export function a``,
        ``export const b`` and ``export default c``.

    Raises
    ------
    FileNotFoundError
        If a module that is imported is not there.
    ValueError
        If modules import one another in a circle, one imports what another does not export, or one is written in a way
        that cannot be joined.

    Examples
    --------
    >>> text = joined(Path(__file__).parent / "explorers" / "front" / "scales.js")  # which stands on numbers.js
    >>> [line.split()[1] for line in text.splitlines() if line.endswith("(() => {")]
    ['numbers_0', 'scales_1']
    """
    modules: dict[Path, _Module] = {}
    name = _add(entry.resolve(), modules, [])
    return "\n".join([*(module.text for module in modules.values()), f"const front = {name};\n"])


def module(entry: Path) -> str:
    """Join a module whose default export is the widget's, as anywidget loads it."""
    return joined(entry) + "export default front.default;\n"


class _Module:
    """A module that has been taken up: the name it has in the text, what it exports, its part of the text."""

    def __init__(self, name: str, exports: list[str], body: str) -> None:
        self.name, self.exports = name, exports
        self.text = f"const {name} = (() => {{\n{body}return {{ {', '.join(exports)} }};\n}})();"


def _add(path: Path, modules: dict[Path, _Module], above: list[Path]) -> str:
    """Take up a module after those it imports, and return its name; `above` are those that are waiting for it."""
    if path in modules:
        return modules[path].name
    if path in above:
        circle = " -> ".join(module.name for module in [*above[above.index(path) :], path])
        raise ValueError(f"these modules import one another in a circle: {circle}. Move what both need to a third.")
    if not path.is_file():
        raise FileNotFoundError(f"{above[-1].name} imports {path.name}, but there is no file {path}.")

    def bring(match: re.Match[str]) -> str:
        there = (path.parent / match[2]).resolve()
        name = _add(there, modules, [*above, path])
        wanted = [part.strip() for part in match[1].split(",") if part.strip()]
        for unknown in (part for part in wanted if part not in modules[there].exports):
            raise ValueError(
                f"{path.name} imports {unknown} from {there.name}, which exports: {', '.join(modules[there].exports)}."
            )
        return f"const {{ {', '.join(wanted)} }} = {name};"

    body = _IMPORT.sub(bring, path.read_text(encoding="utf-8"))
    exports = _EXPORT.findall(body)
    body, defaults = _DEFAULT.subn("const byDefault = ", _EXPORT.sub("", body))
    if left := _LEFT.search(body):
        raise ValueError(
            f"{path.name} has a line that cannot be joined: {left[0]!r}. Import and export names one by one."
        )
    name = f"{re.sub(r'[^A-Za-z]', '', path.stem)}_{len(modules)}"
    modules[path] = _Module(name, exports + ["default: byDefault"] * bool(defaults), body)
    return name


def as_script(value: object, **how: Any) -> str:
    """Write a value as JSON that may stand in a script: no "</script>" or "<!--" of a text can end it.

    >>> as_script("</script>")
    '"\\\\u003c/script>"'
    """
    return json.dumps(value, allow_nan=False, **how).replace("<", "\\u003c")

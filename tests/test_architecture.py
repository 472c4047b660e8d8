"""The house as the code has it: no circle among files, none among rooms, and every arrow shown in architecture.md.

Every import counts, also one for types alone and one inside a function: they are arrows to a reader all the same.
"""

import ast
import re
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "passk_lab"
TOP = {"passk_lab", "passk_lab.__main__"}
"""The package's face hands the rooms out when touched, and its command starts them: nobody stands on these two."""


def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports_of(source: str, name: str, known: set[str]) -> set[str]:
    """Modules that a source text imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{name} has a relative import"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {one if one in known else str(node.module) for one in whole}
    return (found & known) - {name}


def arrows() -> dict[str, set[str]]:
    """From each module to those it imports."""
    files = modules()
    return {name: imports_of(path.read_text(encoding="utf-8"), name, set(files)) for name, path in files.items()}


def room_of(module: str) -> str:
    """The room of a module: its folder, or the file where it lies by itself."""
    return module if module in TOP else module.split(".")[1]


def between_rooms(of_modules: dict[str, set[str]]) -> dict[str, set[str]]:
    """The same arrows from room to room."""
    rooms: dict[str, set[str]] = {}
    for name, others in of_modules.items():
        rooms.setdefault(room_of(name), set()).update(room_of(other) for other in others)
    return {room: others - {room} for room, others in rooms.items()}


def circle(graph: dict[str, set[str]]) -> list[str]:
    """A ring of nodes that lead to each other, or nothing."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return error.args[1]
    return []


def shown() -> dict[str, set[str]]:
    """The arrows in architecture.md: rows of the table "room | stands on"."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("| room | stands on |")[1].split("\n\n")[0]
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \|$", table, re.MULTILINE)
    return {room: set(re.findall(r"`(\w+)`", others)) for room, others in rows}


def test_no_file_stands_in_a_circle():
    there = arrows()
    assert sum(map(len, there.values())) > 100
    assert circle(there) == []


def test_no_room_stands_in_a_circle():
    assert circle(between_rooms(arrows())) == []


def test_every_arrow_is_shown_and_every_arrow_shown_is_there():
    rooms = between_rooms(arrows())
    assert not any(TOP & others for others in rooms.values())
    assert shown() == {room: others for room, others in rooms.items() if room not in TOP}


def test_a_circle_is_found():
    assert circle({"a": {"b"}, "b": {"c"}, "c": set()}) == []
    assert set(circle({"a": {"b"}, "b": {"c"}, "c": {"a"}, "d": {"a"}})) == {"a", "b", "c"}


def test_imports_are_found_wherever_they_stand():
    source = (
        "import passk_lab.data\n"
        "from passk_lab import lm\n"
        "from passk_lab.metrics import pass_at_k\n"
        "if TYPE_CHECKING:\n    from passk_lab.lm.run import Run\n"
        "def f():\n    from passk_lab.exact.flows import flow\n"
    )
    known = {f"passk_lab.{name}" for name in ("data", "lm", "metrics", "lm.run", "exact.flows", "exact")}
    assert imports_of(source, "passk_lab.x", known) == known - {"passk_lab.exact"}

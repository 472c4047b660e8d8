"""From notebooks/src/NN_name.py (py:percent, with solutions) to the notebooks: student, solved, teacher.

    python -m passk_lab.course.builder            write the student notebooks, and the glossary beside them
    python -m passk_lab.course.builder --check    say which of them are not what the sources give
    python -m passk_lab.course.builder --claims   count the claims of their prose, and name what is not bound

A cell begins with `# %%` (code) or `# %% [markdown]`; tags stand behind, as in `# %% tags=["teacher"]`: such a cell
is in the teacher's notebook alone, and one of words, a talking point, stands there as a quotation under its label. In
a code cell the lines between `# solution` and `# end solution` are what the reader has to write. The same source gives
the same bytes: cell ids come from the cell's text, and nothing of the machine is written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from passk_lab import arguments, bundled, files
from passk_lab.course import claims

_HEADER = re.compile(r"^# %%(?P<markdown> \[markdown\])?(?: tags=(?P<tags>\[[^\]]*\]))?\s*$")
_REGION = re.compile(r"^(?P<indent>[ ]*)# solution\n(?P<body>.*?)^[ ]*# end solution\n", re.MULTILINE | re.DOTALL)
GLOSSARY = "glossary.md"
"""Lies beside the notebooks too, in a clone and in the reader's folder, so that they can link to it."""
_LINK = re.compile(r"\[([^\]]*)\]\((?![a-z]+:|#)[^)]*\)")
TEACHER = "teacher"
"""Tag of the cells, and the kind of notebook, that the teacher alone holds; in words they are talking points."""
KINDS = ("student", "solved", TEACHER)
CLAIMS = "claims"
"""Tag of the cells that compute what the prose claims, and the kind of notebook in which they run, to be tested."""


@dataclass(frozen=True)
class Cell:
    """One cell of a source."""

    markdown: bool
    tags: tuple[str, ...]
    text: str


def sources(folder: Path | None = None) -> list[Path]:
    """Return the notebook sources, in reading order."""
    return sorted(((folder or bundled.folder("notebooks")) / "src").glob("[0-9][0-9]_*.py"))


def parse(text: str) -> list[Cell]:
    """Cut a py:percent text into cells.

    >>> parse('# %% [markdown]\\n# Hello\\n\\n# %% tags=["teacher"]\\nx = 1\\n')
    [Cell(markdown=True, tags=(), text='Hello'), Cell(markdown=False, tags=('teacher',), text='x = 1')]
    """
    cells: list[Cell] = []
    header: re.Match[str] | None = None
    lines: list[str] = []

    def close() -> None:
        if header is None:
            return
        markdown = bool(header["markdown"])
        body = "\n".join(re.sub(r"^# ?", "", line) if markdown else line for line in lines).strip("\n")
        if body:
            cells.append(Cell(markdown, tuple(json.loads(header["tags"] or "[]")), body))

    for number, line in enumerate(text.splitlines(), start=1):
        found = _HEADER.match(line)
        if found:
            close()
            header, lines = found, []
        elif line.startswith("# %%"):
            raise ValueError(f'line {number}: cannot read the cell header {line!r}; tags stand as tags=["name"].')
        else:
            lines.append(line)
    close()
    return cells


def build(source: Path, kind: str = "student") -> str:
    """Return a notebook as text: "student" with holes, "solved" with solutions, "teacher" with what is the teacher's.

    "claims" is the teacher's with the cells that compute its claims, each followed by a look at the words.
    """
    arguments.known("kind of notebook", kind, (*KINDS, CLAIMS))
    cells = parse(source.read_text(encoding="utf-8"))
    hidden = {"student": {TEACHER, CLAIMS}, "solved": {TEACHER, CLAIMS}, TEACHER: {CLAIMS}, CLAIMS: set()}[kind]
    bound = bound_claims(cells) if kind == CLAIMS else {}
    seen: dict[str, int] = {}
    notebook = {
        "cells": [_cell(cell, kind, source.stem, seen, bound) for cell in cells if not hidden & set(cell.tags)],
        "metadata": {
            "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        },
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def bound_claims(cells: list[Cell]) -> dict[str, list[str]]:
    """Return the words bound to each name in the prose of these cells, {name: [words, ...]}.

    Raises
    ------
    ValueError
        If the prose names what no cell of claims computes, or such a cell computes what the prose does not name.
    """
    bound: dict[str, list[str]] = {}
    for words, name in (mark for cell in cells if cell.markdown for mark in claims.marks(cell.text)):
        if name != claims.GIVEN:
            bound.setdefault(name, []).append(words)
    computed = [name for cell in cells if CLAIMS in cell.tags for name in claims.functions(cell.text)]
    for what, there, wanted in (("computed", computed, bound), ("named in the prose", bound, computed)):
        if missing := [name for name in wanted if name not in there]:
            raise ValueError(f"claims that are not {what}: {', '.join(missing)}.")
    return bound


def _cell(cell: Cell, kind: str, name: str, seen: dict[str, int], bound: dict[str, list[str]]) -> dict[str, Any]:
    text = claims.plain(cell.text) if cell.markdown else cell.text
    if cell.markdown and TEACHER in cell.tags:
        text = "\n".join(f"> {line}".rstrip() for line in f"**For the teacher.**\n\n{text}".splitlines())
    digest = hashlib.sha256(f"{name}:{text}".encode()).hexdigest()[:12]
    if CLAIMS in cell.tags:
        held = {claim: bound[claim] for claim in claims.functions(text)}
        text += f"\n\nfrom passk_lab.course import claims as _claims\n_claims.hold({held!r}, globals())"
    if not cell.markdown:
        text = _REGION.sub(_hole if kind == "student" else r"\g<body>", text + "\n").rstrip("\n")
    text = text.replace("{measured}", measured_text(name))
    seen[digest] = seen.get(digest, 0) + 1
    built: dict[str, Any] = {
        "cell_type": "markdown" if cell.markdown else "code",
        "id": digest if seen[digest] == 1 else f"{digest}-{seen[digest]}",
        "metadata": {"tags": list(cell.tags)} if cell.tags else {},
        "source": text.splitlines(keepends=True),
    }
    return built if cell.markdown else {**built, "execution_count": None, "outputs": []}


def _hole(region: re.Match[str]) -> str:
    return f"{region['indent']}...  # your code here\n"


def solution_of(notebook: str, exercise: str) -> str:
    """Return the solved cell of an exercise, from the notebook's source: the cell that calls check.EXERCISE(...)."""
    source = bundled.folder("notebooks") / "src" / f"{notebook}.py"
    for cell in parse(source.read_text(encoding="utf-8")):
        if not cell.markdown and f"check.{exercise}({exercise})" in cell.text:
            solved = _REGION.sub(r"\g<body>", cell.text + "\n")
            return solved.replace(f"check.{exercise}({exercise})", "").strip("\n")
    raise KeyError(f"no cell of {notebook} holds the exercise {exercise!r}.")


def measured_text(name: str) -> str:
    """Say how long a notebook was measured to run, in words; `make measure` measures anew."""
    path = bundled.folder("notebooks") / "src" / "measured.json"
    measured = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    if name not in measured:
        return "not yet measured"
    return f"{measured[name]['seconds']:.0f} seconds on {measured[name]['machine']}"


def glossary() -> str:
    """Return the glossary as it lies beside the notebooks, where no other page of `docs/` is there to link to."""
    here = bundled.folder("notebooks")
    original = here.parent / "docs" / GLOSSARY
    path = original if original.exists() else here / GLOSSARY  # an installed lab came with the copy alone
    return _LINK.sub(r"\1", path.read_text(encoding="utf-8"))


def unbound(source: Path) -> list[tuple[str, str]]:
    """Return what a notebook's prose claims without being bound: the word, and the first line of its cell."""
    cells = parse(source.read_text(encoding="utf-8"))
    code = "\n".join(cell.text for cell in cells if not cell.markdown)
    prose = [cell.text for cell in cells if cell.markdown]
    return [(word, text.splitlines()[0]) for text in prose for word in claims.unbound(text, code)]


def count_claims(source: Path) -> str:
    """Say how many claims of a notebook are bound, given and neither, and which are neither."""
    cells = parse(source.read_text(encoding="utf-8"))
    marks = [mark for cell in cells if cell.markdown for mark in claims.marks(cell.text)]
    bound = [words for words, name in marks if name != claims.GIVEN]
    left = unbound(source)
    numbers = sum(len(claims.readings(words)) for words in bound)
    head = f"{source.stem}: {len(bound)} claims, {numbers} numbers bound; {len(marks) - len(bound)} given; "
    return "\n".join([f"{head}{len(left)} not bound", *(f"    {word}    in: {where[:90]}" for word, where in left)])


def main(argv: list[str] | None = None) -> int:
    """Write the student notebooks, or check them."""
    parser = argparse.ArgumentParser(prog="python -m passk_lab.course.builder", description="Build the notebooks.")
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if a notebook is not up to date")
    parser.add_argument("--claims", action="store_true", help="change nothing; exit 1 if a claim is not bound")
    parser.add_argument("--kind", choices=KINDS, default="student")
    parser.add_argument("--out", type=Path, help="folder to write to (default: notebooks/)")
    options = parser.parse_args(argv)
    if options.claims:
        print("\n".join(count_claims(source) for source in sources()))
        return any(unbound(source) for source in sources())
    out = options.out or bundled.folder("notebooks")
    stale = []
    built = {f"{source.stem}.ipynb": build(source, options.kind) for source in sources()}
    for name, text in {**built, GLOSSARY: glossary()}.items():
        path = out / name
        if options.check:
            if not path.exists() or path.read_text(encoding="utf-8") != text:
                stale.append(path.name)
        else:
            out.mkdir(parents=True, exist_ok=True)
            files.put(path, text)
    if stale:
        print(f"not what their sources give: {', '.join(stale)}. Run make notebooks.", file=sys.stderr)
    return bool(stale)


if __name__ == "__main__":
    sys.exit(main())

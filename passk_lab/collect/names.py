"""Whose a file is: read off its path by one rule, which the page states."""

from __future__ import annotations

import re
from collections.abc import Sequence

RULE = (
    "A student's name is read off the path: of Moodle's folders (Name_123_assignsubmission_file) and Canvas's files "
    "(name_12_345_file.ipynb) what stands before the number; after nbgrader's submitted/ the next folder; within "
    "GitHub Classroom's TASK-submissions/ what follows TASK-; otherwise the first folder; of a file in no folder its "
    "own name, less the notebook's. Where two students have one name, the number of the course system stands behind."
)
_MOODLE = re.compile(r"^(?P<name>.+?)_(?P<number>\d+)_assignsubmission_\w+?(?:_.*)?$")
_CANVAS = re.compile(r"^(?P<name>[^_]+)_(?:LATE_)?(?P<number>\d+)_\d+_.+$")
_LONGEST = 80


def shared_folder(paths: Sequence[str]) -> str:
    """Return the folder that holds all there is, with its slash, where it holds folders alone: a zip is often wrapped.

    >>> shared_folder(["class/anna/01.ipynb", "class/ben/01.ipynb"]), shared_folder(["anna/01.ipynb", "anna/02.ipynb"])
    ('class/', '')
    """
    shared = ""
    while True:
        rest = [path[len(shared) :].split("/") for path in paths]
        firsts = {parts[0] for parts in rest}
        if len(firsts) != 1 or any(len(parts) < 3 for parts in rest):
            return shared
        first = firsts.pop()
        if first == "submitted" or first.endswith("-submissions") or _MOODLE.match(first):
            return shared
        shared += f"{first}/"


def of_all(paths: Sequence[str], shared: str = "") -> list[str]:
    """Return the student of each path; two of one name are kept apart by the number that the course system gave them.

    >>> of_all(["Lee_1_assignsubmission_file_/a.ipynb", "Lee_2_assignsubmission_file_/a.ipynb"])
    ['Lee (1)', 'Lee (2)']
    """
    found = [of(path[len(shared) :]) for path in paths]
    numbers: dict[str, set[str]] = {}
    for name, number in found:
        numbers.setdefault(name, set()).add(number)
    return [f"{name} ({number})" if len(numbers[name]) > 1 and number else name for name, number in found]


def of(path: str) -> tuple[str, str]:
    """Return the student of one path, and the number that the course system gave, if any.

    >>> of("Anna Lee_123456_assignsubmission_file_/01_counting_successes.ipynb")
    ('Anna Lee', '123456')
    >>> of("leeanna_LATE_12_345_01_counting_successes.ipynb")
    ('leeanna', '12')
    >>> of("submitted/anna/week1/01_counting_successes.ipynb"), of("lab-submissions/lab-anna/a.ipynb")
    (('anna', ''), ('anna', ''))
    >>> of("anna/02/a.ipynb"), of("anna_01_counting_successes.ipynb")
    (('anna', ''), ('anna', ''))
    """
    parts = path.split("/")
    for part in parts:
        if there := _MOODLE.match(part):
            return _clean(there["name"]), there["number"]
    if there := _CANVAS.match(parts[0]):
        return _clean(there["name"]), there["number"]
    if "submitted" in parts[:-2]:
        return _clean(parts[parts.index("submitted") + 1]), ""
    for i, part in enumerate(parts[:-2]):
        assignment = part.removesuffix("-submissions")
        if assignment != part and parts[i + 1].startswith(f"{assignment}-"):
            return _clean(parts[i + 1][len(assignment) + 1 :]), ""
    if len(parts) > 1:
        return _clean(parts[0].removesuffix(".zip")), ""
    stem = re.sub(r"\.(?:ipynb|json|zip)$", "", parts[0], flags=re.IGNORECASE)
    rest = stem
    for notebook in _known():
        rest = rest.replace(notebook, "")
    return _clean(rest.strip("_- .") or stem), ""


def _known() -> list[str]:
    from passk_lab.course.content import FILES

    return [".passk-lab-progress", "passk-lab-progress", *(file.NOTEBOOK for file in FILES)]


def _clean(name: str) -> str:
    """One line of text that can be shown: no control signs, no more than so many signs."""
    text = "".join(sign if sign.isprintable() else "?" for sign in " ".join(name.split()))
    return text[:_LONGEST] or "?"

"""Documents that keep a list for each problem, {"eval": {"problem": [row, row, ...]}}: their rows, one by one."""

from collections.abc import Iterator
from typing import Any

from passk_lab.readers.source import File, Head


def first_row(head: Head, key: str) -> Any:
    """The first row of the first list that has one, under this key; None where the document is another."""
    if not head.holds(key, dict):
        return None
    return next((rows[0] for rows in head.first[key].values() if isinstance(rows, list) and rows), None)


def rows(file: File, key: str) -> Iterator[tuple[str, tuple[str, int, Any]]]:
    """Every row with its place: the problem, its index in the list, and what stands there."""
    for problem, its in file.document[key].items():
        if not isinstance(its, list) or not its:
            file.leave_out("the problem has no list of samples", f"problem {problem}")
            continue
        for index, row in enumerate(its):
            yield f"problem {problem}, entry {index + 1}", (problem, index, row)

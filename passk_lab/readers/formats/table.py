"""Tables that anybody writes: a row for each sample, counts n and c, or a column for each sample; the last resort."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from passk_lab.readers.ambiguity import Parts, settled
from passk_lab.readers.columns import are_split, batches, batches_of, rows_of, short
from passk_lab.readers.counting import count
from passk_lab.readers.format import Format, Tallies
from passk_lab.readers.layout import Layout, layout_of, rate_alone
from passk_lab.readers.rules import OF_NO_TOOL
from passk_lab.readers.sample import BadFile, Choices
from passk_lab.readers.source import File, Head

_PART = re.compile(r"[-_.]?(?:part|shard|chunk|rank|worker|split)[-_.]?\d+|-\d{5}-of-\d{5}", re.IGNORECASE)
_STEP = re.compile(r"(?:step|checkpoint|ckpt|iter|iteration)[-_.]?(\d{1,12})", re.IGNORECASE)


class _Table(Format):
    name = "table"
    writes = "CSV, TSV, JSON (a table of W&B too), JSON lines, Parquet"
    problem_is = "a column of ids; the number of the row in a matrix of 0 and 1"
    sample_is = "a row, a column, or one of n"
    correct_is = "the verdict says so (true, 1, yes, pass, correct, C and the like)"
    trap = "an id of a row taken for that of a problem; n and c summed over problems; two models in one table"
    rule = OF_NO_TOOL
    last_resort = True

    def recognises(self, head: Head) -> bool:
        return _source(head, {}, None) is not None

    def lacks(self, head: Head) -> str | None:
        rate = rate_alone(_names(head) or ())
        if rate is None:
            return None
        return (
            f"{short(rate)} is a rate for each problem, and no count follows from it without n, the number of its "
            "samples: add a column n (and c, how many of them were right, if you have it)."
        )

    def run(self, file: File) -> str:
        return _STEP.sub("", _PART.sub("", file.name))

    def step(self, file: File) -> int | None:
        found = _STEP.search(file.path.name)
        return int(found[1]) if found else file.step_of_folder

    def words(self, file: File, choices: Choices) -> tuple[str, str, str]:
        layout, _ = _opened(file, choices)
        within = "" if layout.dataset is None else f", within {layout.name(layout.dataset)}"
        judged = " and ".join(layout.name(at) for at in layout.verdicts)
        problem = f"the column {layout.name(layout.problem)}{within}"
        match layout.kind:
            case "counts":
                n, c = layout.name(layout.n), layout.name(layout.c)
                right = f"counted in {c}" if c else f"{n} times {layout.name(layout.rate)}"
                return problem, f"one of the {n} of a row", right
            case "wide":
                return problem, "a column of a row", self.correct_is
            case "matrix":
                return "a row; its id is its number, from 0", "a column of a row", self.correct_is
            case _:
                ids = "" if layout.sample is None else f"; its id is {layout.name(layout.sample)}"
                return problem, f"a row{ids}", f"{judged}: {self.correct_is}"

    def fill(self, file: File, choices: Choices, tallies: Tallies) -> None:
        layout, parts = _opened(file, choices)
        count(file, layout, parts(layout.positions()), self.step(file), tallies)


Source = tuple[Layout, Parts]


def _opened(file: File, choices: Choices) -> Source:
    """How a table is laid out, and its batches; or what has to be said of its columns."""
    if "table" not in file.kept:
        layout, parts = _found(file, choices)
        if "problem" not in choices.columns:
            before = file.left_out.copy()
            layout = settled(layout, parts, choices.columns)
            file.left_out = before  # the rows are read once more, to be counted
        file.kept["table"] = layout, parts
    found: Source = file.kept["table"]
    return found


def _found(file: File, choices: Choices) -> Source:
    head = file.head()
    try:
        found = _source(head, choices.columns, choices.verdict)
    except ValueError as error:
        raise BadFile(file.name, f"{error} {_shown(head)}") from None
    if found is None:
        raise BadFile(
            file.name,
            f"it is not seen which columns hold the problem and the verdict, or n and c. {_shown(head)} Name them: "
            "--columns problem=NAME,correct=NAME or --columns problem=NAME,n=NAME,c=NAME.",
        )
    return found


def _shown(head: Head) -> str:
    names = _names(head) or ()
    more = f" and {len(names) - 30} more" if len(names) > 30 else ""
    return f"The columns are {', '.join(map(short, names[:30])) or 'none'}{more}."


def _names(head: Head) -> tuple[str, ...] | None:
    """The columns of a table; of a JSON text that is none, None."""
    record = head.record
    if head.kind in ("csv", "parquet"):
        return head.columns
    if head.kind == "lines":
        return head.columns
    if isinstance(record, list) and record and all(isinstance(row, dict) for row in record):
        return tuple(dict.fromkeys(name for row in record[:1000] for name in row))
    if are_split(record):
        return tuple(record["columns"])
    if isinstance(record, dict) and record and _are_columns(list(record.values())):
        return tuple(record)
    return None


def _are_columns(cells: Sequence[Any]) -> bool:
    return all(isinstance(column, list | dict) and len(column) == len(cells[0]) for column in cells)


def _source(head: Head, columns: Mapping[str, str], verdict: str | None) -> Source | None:
    file, record = head.file, head.record
    names = _names(head)
    if names and head.kind in ("lines", "document"):
        # What the user names may lie in an object in the row.
        names = (*names, *(name for name in columns.values() if name not in names and name.partition(".")[0] in names))
    layout = layout_of(names, columns, verdict) if names else None
    if layout is not None and head.kind in ("csv", "parquet"):
        if layout.kind == "matrix" and head.kind == "parquet":
            layout = layout._replace(header=True)
        return layout, lambda asked: batches(file, asked, layout.header)
    if layout is not None and head.kind == "lines":
        return layout, lambda asked: batches_of((row for _, row in file.records()), _at(layout, asked))
    if head.kind != "document":
        return None
    if layout is not None and layout.header:
        return layout, lambda asked: batches_of(rows_of(record), _at(layout, asked))
    return _nested(record)


def _at(layout: Layout, positions: Sequence[int]) -> list[str]:
    return [layout.names[at] for at in positions]


def _nested(record: Any) -> Source | None:
    """JSON without names of columns: a list of lists of verdicts, or an object with the verdicts of each problem."""
    if isinstance(record, list) and record and all(isinstance(row, list) for row in record):
        rows = [{"problem": str(number), "correct": row} for number, row in enumerate(record)]
    elif isinstance(record, dict) and record and all(isinstance(row, list) for row in record.values()):
        rows = [{"problem": name, "correct": row} for name, row in record.items()]
    elif isinstance(record, dict) and record and all(isinstance(row, dict) for row in record.values()):
        rows = [{"problem": name, **row} for name, row in record.items()]
        names = tuple(dict.fromkeys(name for row in rows[:1000] for name in row))
        layout = layout_of(names, {"problem": "problem"})
        if layout is None or layout.kind != "counts":
            return None
        return layout, lambda asked: batches_of(iter(rows), [names[at] for at in asked])
    else:
        return None
    if not all(isinstance(cell, bool | int | float | None) for row in rows for cell in row["correct"]):
        return None
    layout = Layout("samples", ("problem", "correct"), 0, (1,))
    return layout, lambda asked: batches_of(iter(rows), _at(layout, asked))


FORMAT = _Table()

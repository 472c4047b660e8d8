"""From a table's rows to the tallies of its steps: who is counted, who is left out, and which cell cannot be read."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from passk_lab.arguments import Floats, Ints
from passk_lab.readers.columns import Batch, Column, place_of, short, text_of
from passk_lab.readers.evaluation import Notice
from passk_lab.readers.layout import Layout
from passk_lab.readers.marks import Bools
from passk_lab.readers.sample import BadFile, Choices, Undecided
from passk_lab.readers.source import File
from passk_lab.readers.store import Store
from passk_lab.readers.tally import Tally
from passk_lab.readers.words import list_of, score_of, whole_of

Rows = Ints | slice
"""Numbers of rows, or all from one to another."""

_TOTALS = {"total", "totals", "all", "overall", "average", "avg", "mean", "sum"}
_NO_ID = "no id of a problem"
_GREEDY = "greedy: drawn at temperature 0, so no sample of the policy"
_AGAIN = "the same sample of the same problem again"


def count(
    file: File,
    layout: Layout,
    batches: Iterable[Batch],
    step: int | None,
    choices: Choices,
    tallies: Callable[[int | None], Tally],
) -> None:
    """Count a table into the tally of each step; `step` is that of rows which name none.

    Parameters
    ----------
    file : File
    layout : Layout
        Which column is what.
    batches : iterable of Batch
        The columns at `layout.positions()`, in that order.
    """
    reading = _Reading(file, layout, step, choices, tallies)
    for batch in batches:
        reading.add(batch)
    reading.end()


class _Reading:
    """One table on its way into the tallies of its steps."""

    def __init__(
        self,
        file: File,
        layout: Layout,
        step: int | None,
        choices: Choices,
        tallies: Callable[[int | None], Tally],
    ) -> None:
        self._file, self._layout, self._choices, self._tallies = file, layout, choices, tallies
        self._step = step
        self._runs: Counter[str] = Counter()
        self._stores: dict[int | None, Store] = {}

    def add(self, batch: Batch) -> None:
        """Count some rows."""
        layout = self._layout
        there = dict(zip(layout.positions(), batch.columns, strict=True))
        keep = self._of_run(there, batch.rows)
        for step, rows in self._by_step(there, batch, keep):
            store = self._store(step)
            tally = self._tallies(step)
            if layout.temperature is not None:
                greedy = self._meant(there[layout.temperature], batch.first, _number, rows) == 0
                rows = _without(tally, _GREEDY, greedy, rows)
            problem, rows = self._problems(store, tally, there, batch, rows)
            if layout.kind == "counts":
                self._counts(tally, store, there, batch, problem, rows)
            elif layout.kind == "samples":
                self._samples(tally, store, there, batch, problem, rows)
            else:
                self._once(store, problem, batch.first, rows)
                for at in layout.verdicts:
                    store.add("correct", problem, self._judged(store, there[at], batch.first, rows)[0])

    def end(self) -> None:
        """Hand the counts over, once all rows are read."""
        if self._layout.run is not None and self._choices.run not in self._runs:
            if self._choices.run is not None:
                raise Undecided(f"there is no run {self._choices.run!r} in the table.", "run", self._shown_runs())
            if len(self._runs) > 1:
                raise Undecided(f"the table holds {len(self._runs)} runs.", "run", self._shown_runs())
        for step, store in self._stores.items():
            tally = self._tallies(step)
            store.into(tally)
            if self._layout.kind == "counts" and len(store.names) == 1:
                tally.say(
                    Notice(
                        "totals",
                        f"There is one problem, {short(store.names[0])}. If its n and c are sums over problems, "
                        "nothing but pass@1 follows from them: give n and c of each problem.",
                        1,
                    )
                )

    def _shown_runs(self) -> dict[str, str]:
        return {name: f"{rows} rows" for name, rows in self._runs.most_common(20)}

    def _store(self, step: int | None) -> Store:
        if step not in self._stores:
            self._stores[step] = self._tallies(step).kept.setdefault("table", Store())
        return self._stores[step]

    def _judged(self, store: Store, column: Column, first: int, rows: Rows) -> tuple[Ints, Bools]:
        """The code of each row's score, and whether there is a score at all."""
        scores = self._meanings(column, first, score_of)
        codes = column.codes[rows] + 1
        return store.codes_of(scores)[codes], ~np.isnan(scores)[codes]

    def _of_run(self, there: Mapping[int, Column], rows: int) -> Rows:
        if self._layout.run is None:
            return slice(0, rows)
        column = there[self._layout.run]
        names = [text_of(value) for value in column.values]
        number = np.bincount(column.codes + 1, minlength=len(names) + 1)
        self._runs.update({name: int(rows) for name, rows in zip(["", *names], number, strict=True) if rows})
        if self._choices.run is None:
            return slice(0, rows)
        wanted = np.array([False, *(name == self._choices.run for name in names)])
        return np.flatnonzero(wanted[column.codes + 1])

    def _by_step(self, there: Mapping[int, Column], batch: Batch, rows: Rows) -> Iterator[tuple[int | None, Rows]]:
        if self._layout.step is None:
            yield self._step, rows
            return
        numbers = np.arange(batch.rows)[rows]
        steps = np.nan_to_num(self._meant(there[self._layout.step], batch.first, _step, rows), nan=-1)
        for step in np.unique(steps):
            yield None if step < 0 else int(step), numbers[steps == step]

    def _problems(
        self, store: Store, tally: Tally, there: Mapping[int, Column], batch: Batch, rows: Rows
    ) -> tuple[Ints, Rows]:
        if self._layout.problem is None:
            return store.index([str(batch.first + row) for row in range(batch.rows)]), rows
        column = there[self._layout.problem]
        met = np.bincount(column.codes[rows] + 1, minlength=len(column.values) + 1)[1:] > 0
        # Only the names that rows of this step have: others are no problems of it.
        names = [text_of(value) if there else "" for value, there in zip(column.values, met, strict=True)]
        codes = np.full(len(names) + 1, -1)
        left = [code for code, name in enumerate(names) if name]
        codes[np.array(left, dtype=np.int64) + 1] = store.index([names[code] for code in left])
        problem = codes[column.codes[rows] + 1]
        rows = _without(tally, _NO_ID, problem < 0, rows)
        return problem[problem >= 0], rows

    def _meanings(self, column: Column, first: int, meaning: Callable[[Any], Any]) -> Floats:
        """What an empty cell and each distinct other one mean as numbers; NaN where they say nothing."""
        found = np.full(len(column.values) + 1, np.nan)
        for code, value in enumerate(column.values):
            try:
                number = meaning(value)
            except ValueError as error:
                raise self._bad(column, code, first, value, str(error)) from None
            if number is not None:
                found[code + 1] = number
        return found

    def _meant(self, column: Column, first: int, meaning: Callable[[Any], Any], rows: Rows) -> Floats:
        return self._meanings(column, first, meaning)[column.codes[rows] + 1]

    def _bad(self, column: Column, code: int, first: int, value: Any, sentence: str) -> BadFile:
        return self._bad_row(first + int(np.argmax(column.codes == code)), f"{short(value)} is there, and {sentence}")

    def _bad_row(self, row: int, sentence: str) -> BadFile:
        line = place_of(self._file, row, self._layout.header)
        return BadFile(self._file.name, sentence if line is not None else f"row {row + 1}: {sentence}", line)

    def _once(self, store: Store, problem: Ints, first: int, rows: Rows) -> None:
        """Say so where a problem has a second row that no column tells from its first."""
        again = store.again(problem)
        if again is not None:
            at, name = again
            raise self._bad_row(
                first + int(rows.start + at if isinstance(rows, slice) else rows[at]),
                f"the problem {short(name)} has a row already. Two rows of one problem are two models, two steps or "
                "two halves: name the column that says which (--columns run=NAME or step=NAME), or make one row of them.",
            )

    def _counts(
        self, tally: Tally, store: Store, there: Mapping[int, Column], batch: Batch, problem: Ints, rows: Rows
    ) -> None:
        layout = self._layout
        assert layout.n is not None
        assert layout.c is not None
        rows = np.arange(batch.rows)[rows]
        n = self._meant(there[layout.n], batch.first, whole_of, rows)
        c = self._meant(there[layout.c], batch.first, whole_of, rows)
        names = layout.name(layout.c), layout.name(layout.n)
        if (c > n).any():
            at = int(np.argmax(c > n))
            raise self._bad_row(
                batch.first + int(rows[at]),
                f"{names[0]} = {c[at]:g} is more than {names[1]} = {n[at]:g}. Are the columns the other way round? "
                f"Name them: --columns n=NAME,c=NAME.",
            )
        total = np.array([store.names[p].lower() in _TOTALS for p in problem], dtype=np.bool_) & (len(problem) > 1)
        empty = np.isnan(n) | np.isnan(c)
        for why, those in (
            ("a total of the others, and no problem", total),
            (f"{names[1]} or {names[0]} is empty", empty & ~total),
            (f"{names[1]} is 0: no samples", (n == 0) & ~empty & ~total),
        ):
            if those.any():
                tally.leave_out(why, int(those.sum()))
        good = ~total & ~empty & (n > 0)
        problem, n, c = problem[good], n[good], c[good]
        self._once(store, problem, batch.first, rows[good])
        wrong, right = store.codes_of(np.array([0.0, 1.0]))
        store.add("correct", problem, np.full(len(problem), right), c)
        store.add("correct", problem, np.full(len(problem), wrong), n - c)

    def _samples(
        self, tally: Tally, store: Store, there: Mapping[int, Column], batch: Batch, problem: Ints, rows: Rows
    ) -> None:
        layout = self._layout
        if any(_lists(there[at]) for at in layout.verdicts):
            for at in layout.verdicts:
                self._add_lists(store, there[at], batch.first, problem, rows, layout.name(at))
            return
        scores, judged = zip(
            *(self._judged(store, there[at], batch.first, rows) for at in layout.verdicts), strict=True
        )
        if layout.sample is not None:
            code = there[layout.sample].codes[rows]
            # What nobody judged may have been drawn again under the same number.
            asked = np.any(judged, axis=0) & (code >= 0)
            every = bool(asked.all())
            number, mark = there[layout.sample].ids()
            code = code if every else code[asked]
            again = np.zeros(len(problem), dtype=np.bool_)
            again[asked] = ~store.seen.new(problem if every else problem[asked], number[code], mark[code])
            if again.any():
                rows = _without(tally, _AGAIN, again, rows)
                problem, scores = problem[~again], tuple(score[~again] for score in scores)
        for at, score in zip(layout.verdicts, scores, strict=True):
            store.add(layout.name(at), problem, score)
        if layout.text is not None:
            tally.add_copies(store.copies(problem, there[layout.text], rows))
        if layout.answer is not None:
            store.add_answers(problem, there[layout.answer], rows, scores[0])

    def _add_lists(self, store: Store, column: Column, first: int, problem: Ints, rows: Rows, name: str) -> None:
        rows = np.arange(len(column.codes))[rows]
        lists = [list_of(value) for value in column.values]
        if bad := [code for code, found in enumerate(lists) if found is None]:
            raise self._bad(column, bad[0], first, column.values[bad[0]], "in other rows this column holds lists.")
        cells: list[Any] = []
        sizes = []
        for code in column.codes[rows].tolist():
            found = (lists[code] if code >= 0 else None) or []
            sizes.append(len(found))
            cells += found
        flat = Column.of(cells)
        for code, value in enumerate(flat.values):
            try:
                score_of(value)
            except ValueError as error:
                row = np.repeat(rows, sizes)[np.argmax(flat.codes == code)]
                raise self._bad_row(first + int(row), f"{short(value)} is there, and {error}") from None
        store.add(name, np.repeat(problem, sizes), self._judged(store, flat, first, slice(None))[0])


def _without(tally: Tally, why: str, those: Bools, rows: Rows) -> Rows:
    """Leave out some of these rows."""
    if not those.any():
        return rows
    tally.leave_out(why, int(those.sum()))
    numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
    return numbers[~those]


def _lists(column: Column) -> bool:
    return bool(len(column.values)) and list_of(column.values[0]) is not None


def _number(cell: Any) -> float | None:
    try:
        return score_of(cell)
    except ValueError:
        return None


def _step(cell: Any) -> float | None:
    if isinstance(cell, str):
        if not cell.strip():
            return None
        found = re.fullmatch(r"\D*(\d{1,12})(?:\.0)?\s*", cell)
        if found is None:
            raise ValueError("a step of the training is a whole number, as in 200 or checkpoint-200.")
        return int(found[1])
    number = whole_of(cell)
    return None if number is None else float(number)

"""From a table's rows to the tallies of its steps: who is counted, who is left out, and which cell cannot be read."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import numpy as np

from passk_lab.arguments import Floats, Ints
from passk_lab.readers.columns import Batch, Column, place_of, short, text_of
from passk_lab.readers.format import Tallies
from passk_lab.readers.layout import Layout
from passk_lab.readers.marks import Bools
from passk_lab.readers.sample import BadFile
from passk_lab.readers.source import File
from passk_lab.readers.store import Store
from passk_lab.readers.tally import AGAIN, Tally
from passk_lab.readers.words import list_of, score_of, share_of, whole_of

Rows = Ints | slice
"""Numbers of rows, or all from one to another."""

_TOTALS = {"total", "totals", "all", "overall", "average", "avg", "mean", "sum"}
_NO_ID = "no id of a problem"


def count(
    file: File,
    layout: Layout,
    batches: Iterable[Batch],
    step: int | None,
    tallies: Tallies,
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
    reading = _Reading(file, layout, step, tallies)
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
        tallies: Tallies,
    ) -> None:
        self._file, self._layout, self._tallies = file, layout, tallies
        self._step = step
        self._stores: dict[tuple[int | None, str, bool], tuple[Tally, Store]] = {}

    def add(self, batch: Batch) -> None:
        """Count some rows."""
        layout = self._layout
        there = dict(zip(layout.positions(), batch.columns, strict=True))
        if layout.dataset is not None and layout.problem is not None:
            there[layout.problem] = _within(there[layout.dataset], there[layout.problem])
        for tally, store, part in self._parts(there, batch):
            problem, rows = self._problems(store, tally, there, batch, part)
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
        for tally, store in self._stores.values():
            store.into(tally)
            if store.is_crowded():
                self._file.notice("copies_unknown", "So many samples have no number that nobody looked for copies.")
            if self._layout.kind == "counts" and len(store.names) == 1:
                self._file.notice(
                    "totals",
                    f"There is one problem, {short(store.names[0])}. If its n and c are sums over problems, nothing "
                    "but pass@1 follows from them: give n and c of each problem.",
                )

    def _parts(self, there: Mapping[int, Column], batch: Batch) -> Iterator[tuple[Tally, Store, Rows]]:
        """The rows of each step, each run, and those drawn at temperature 0."""
        layout = self._layout
        columns: list[tuple[Ints, list[Any]]] = []
        for at, meaning in ((layout.step, _step), (layout.run, text_of), (layout.temperature, _is_greedy)):
            if at is not None:
                columns.append(self._told_apart(there[at], batch.first, meaning))
        if not columns:
            yield *self._store(self._step, "", False), slice(0, batch.rows)
            return
        key = np.zeros(batch.rows, dtype=np.int64)
        for codes, values in columns:
            key = key * len(values) + codes
        for part in np.unique(key).tolist():
            told: list[Any] = []
            rest = part
            for _, values in reversed(columns):
                rest, code = divmod(rest, len(values))
                told.insert(0, values[code])
            step = told.pop(0) if layout.step is not None else None
            run = told.pop(0) if layout.run is not None else None
            greedy = bool(told.pop(0)) if layout.temperature is not None else False
            rows = np.flatnonzero(key == part)
            yield *self._store(self._step if step is None else step, run or "", greedy), rows

    def _store(self, step: int | None, run: str, greedy: bool) -> tuple[Tally, Store]:
        if (step, run, greedy) not in self._stores:
            tally = self._tallies(step, run)
            tally = tally.of_greedy() if greedy else tally
            self._stores[step, run, greedy] = tally, tally.kept.setdefault("table", Store())
        return self._stores[step, run, greedy]

    def _told_apart(self, column: Column, first: int, meaning: Callable[[Any], Any]) -> tuple[Ints, list[Any]]:
        """The distinct meanings of a column's cells, and which of them each row has; None is an empty one's."""
        values: dict[Any, int] = {None: 0}
        codes = [0]
        for code, value in enumerate(column.values):
            try:
                codes.append(values.setdefault(meaning(value), len(values)))
            except ValueError as error:
                raise self._bad(column, code, first, value, str(error)) from None
        return np.array(codes, dtype=np.int64)[column.codes + 1], list(values)

    def _judged(self, store: Store, column: Column, first: int, rows: Rows) -> tuple[Ints, Bools]:
        """The code of each row's score, and whether there is a score at all."""
        scores = self._meanings(column, first, score_of)
        codes = column.codes[rows] + 1
        return store.codes_of(scores)[codes], ~np.isnan(scores)[codes]

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
                "two halves: name the column that says which (--columns run=NAME), or make one row of them.",
            )

    def _counts(
        self, tally: Tally, store: Store, there: Mapping[int, Column], batch: Batch, problem: Ints, rows: Rows
    ) -> None:
        layout = self._layout
        assert layout.n is not None
        rows = np.arange(batch.rows)[rows]
        n = self._meant(there[layout.n], batch.first, whole_of, rows)
        if layout.c is not None:
            names = layout.name(layout.c), layout.name(layout.n)
            c = self._meant(there[layout.c], batch.first, whole_of, rows)
        else:
            assert layout.rate is not None
            names = layout.name(layout.rate), layout.name(layout.n)
            c = self._right_of_rate(there[layout.rate], batch.first, rows, n, names)
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

    def _right_of_rate(self, column: Column, first: int, rows: Ints, n: Floats, names: tuple[str, str]) -> Floats:
        """How many were right, where a table has their share: the whole number that n times it is, as it is rounded."""
        rate = self._meant(column, first, lambda cell: share_of(cell)[0], rows)
        half = self._meant(column, first, lambda cell: share_of(cell)[1], rows)
        c = np.round(n * rate)
        off = np.abs(n * rate - c)
        if (bad := (off > 1e-9 * n) & ((off > n * half) | (n * half >= 0.5))).any():
            at = int(np.argmax(bad))
            raise self._bad_row(
                first + int(rows[at]),
                f"{names[1]} = {n[at]:g} times {names[0]} = {rate[at]:g} is no whole number of right samples. Give "
                "their number c, or a row for each sample.",
            )
        return c

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
                rows = _without(tally, AGAIN, again, rows)
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


def _within(outer: Column, inner: Column) -> Column:
    """The ids of problems, each with its data set before it."""
    there = inner.codes >= 0
    width = max(len(inner.values), 1)
    keys, places = np.unique((outer.codes[there] + 1) * width + inner.codes[there], return_inverse=True)
    codes = np.full(len(inner.codes), -1, dtype=np.int64)
    codes[there] = places
    values = []
    for data, code in (divmod(key, width) for key in keys.tolist()):
        name = text_of(inner.values[code])
        values.append(f"{text_of(outer.values[data - 1])}/{name}" if data and name else name)
    return Column(codes, values)


def _without(tally: Tally, why: str, those: Bools, rows: Rows) -> Rows:
    """Leave out some of these rows."""
    if not those.any():
        return rows
    tally.leave_out(why, int(those.sum()))
    numbers = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
    return numbers[~those]


def _lists(column: Column) -> bool:
    return bool(len(column.values)) and list_of(column.values[0]) is not None


def _is_greedy(cell: Any) -> bool:
    try:
        return score_of(cell) == 0
    except ValueError:
        return False


def _step(cell: Any) -> int | None:
    if isinstance(cell, str):
        if not cell.strip():
            return None
        found = re.fullmatch(r"\D*(\d{1,12})(?:\.0)?\s*", cell)
        if found is None:
            raise ValueError("a step of the training is a whole number, as in 200 or checkpoint-200.")
        return int(found[1])
    return whole_of(cell)

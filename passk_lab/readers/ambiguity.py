"""Which column of a table holds the problem, where several could: it is asked where they count differently."""

from collections.abc import Callable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from passk_lab.readers.columns import Batch, Column
from passk_lab.readers.layout import Layout
from passk_lab.readers.sample import Undecided

_ENOUGH = 2**20
"""Rows after which no more are read, once readings are seen to differ."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

Marks = npt.NDArray[np.uint64]
Parts = Callable[[Sequence[int]], Iterator[Batch]]


def settled(layout: Layout, parts: Parts, columns: Mapping[str, str]) -> Layout:
    """Return the one layout that a table can have; ask where the problem may be one column or another.

    Two readings are the same if they put the same rows together, whatever they call them. Of a table with one row for
    each problem only such readings are asked about as give each problem one row.

    Parameters
    ----------
    layout : Layout
    parts : function
        The table's columns at some positions, batch by batch.
    columns : mapping
        What the user said of them, for the choices.

    Raises
    ------
    Undecided
        If two readings put different rows together.
    """
    readings = layout.readings()
    if len(readings) == 1 or layout.problem is None:
        return layout
    single = layout.kind != "samples"
    asked = sorted({at for one in readings for at in _key(one, single)})
    there: dict[tuple[int, ...], Marks] = {}
    keys = [_key(one, single) for one in readings]
    rows, of = 0, ""
    for batch in parts(asked):
        rows += batch.rows
        marks = {at: _marks(column) for at, column in zip(asked, batch.columns, strict=True)}
        for key in {*keys, *(_both(one, other) for one in keys for other in keys)}:
            there[key] = np.union1d(there.get(key, np.empty(0, np.uint64)), _together([marks[at] for at in key]))
        if not single and rows >= _ENOUGH and len(_different(keys, there)) > 1:
            of = "the first "
            break
    if not rows:
        return layout
    if single:
        return next((one for one, key in zip(readings, keys, strict=True) if len(there[key]) == rows), layout)
    different = [readings[at] for at in _different(keys, there)]
    if len(different) == 1:
        return layout
    raise Undecided(
        "which is the problem? Several columns could name it, and each puts other rows together.",
        "columns",
        {_said(one, columns): f"{len(there[_key(one, single)]):,} problems in {of}{rows:,} rows" for one in different},
    )


def _said(layout: Layout, columns: Mapping[str, str]) -> str:
    roles = {**columns, "problem": layout.name(layout.problem)}
    if layout.dataset is not None:
        roles["dataset"] = layout.name(layout.dataset)
    return ",".join(f"{role}={name}" for role, name in roles.items())


def _key(layout: Layout, single: bool) -> tuple[int, ...]:
    """The columns that tell one problem from another; of a table with a row for each, also its runs and steps."""
    more = (layout.run, layout.step) if single else ()
    return tuple(sorted({at for at in (layout.problem, layout.dataset, *more) if at is not None}))


def _both(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(sorted({*one, *other}))


def _different(keys: list[tuple[int, ...]], there: Mapping[tuple[int, ...], Marks]) -> list[int]:
    """One reading of each kind: two are of one kind if both together tell no more apart than each alone."""
    found: list[int] = []
    for at, key in enumerate(keys):
        same = (len(there[key]) == len(there[keys[b]]) == len(there[_both(key, keys[b])]) for b in found)
        if not any(same):
            found.append(at)
    return found


def _marks(column: Column) -> Marks:
    _, marks = column.ids()
    return np.concatenate([marks, np.zeros(1, np.uint64)])[column.codes]


def _together(columns: list[Marks]) -> Marks:
    """The different rows of some columns, each row as one number."""
    mixed = np.zeros(len(columns[0]), np.uint64)
    with np.errstate(over="ignore"):
        for column in columns:
            mixed = (mixed ^ column) * _MULTIPLIER
            mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)

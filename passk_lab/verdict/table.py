"""The table of claims and worlds, as a table to filter and as the page docs/verdict.md."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from passk_lab import arguments
from passk_lab.verdict import bandit, formula, network, real
from passk_lab.verdict.claims import CLAIMS, WORLDS, Claim
from passk_lab.verdict.evidence import CELLS, Evidence

if TYPE_CHECKING:
    import pandas as pd

ROOMS = (formula, bandit, network, real)
"""The files that fill the cells, one a world."""


def evidence(claim: str, world: str) -> Evidence | None:
    """Compute a cell of the table.

    Parameters
    ----------
    claim, world : str
        Names, as in `CLAIMS` and `WORLDS`.

    Returns
    -------
    Evidence or None
        None where the claim was not tested in that world.

    Raises
    ------
    KeyError
        For a name that is not there.

    Examples
    --------
    >>> evidence("one prompt, one direction", "formula").verdict
    'holds'
    >>> evidence("the gap warns", "formula") is None
    True
    """
    claim = arguments.known("claim", claim, [one.name for one in CLAIMS])
    world = arguments.known("world", world, list(WORLDS))
    return _computed(claim, world) if (claim, world) in CELLS else None


@cache
def _computed(claim: str, world: str) -> Evidence:
    return CELLS[claim, world]()


def verdict_in(claim: str, world: str) -> str:
    """Give the verdict on a claim in a world: one of `VERDICTS`.

    >>> verdict_in("many prompts, one direction", "formula"), verdict_in("the gap warns", "formula")
    ('does not hold', 'not tested')
    """
    found = evidence(claim, world)
    return found.verdict if found else "not tested"


def said_in(claim: str, world: str) -> str:
    """Give the verdict, and where a claim holds partly in how many of its cases it does.

    >>> said_in("pass@k keeps no more", "bandit")
    'holds partly: 1 of 2'
    """
    found = evidence(claim, world)
    if found is None or found.verdict != "holds partly":
        return verdict_in(claim, world)
    return f"{found.verdict}: {sum(found.cases.values())} of {len(found.cases)}"


def overview() -> pd.DataFrame:
    """Table the verdicts, claims by worlds; where a claim holds partly, with the number of cases."""
    import pandas as pd

    rows = {one.name: {world: said_in(one.name, world) for world in WORLDS} for one in CLAIMS}
    return pd.DataFrame(rows).T.rename_axis("claim")


def cells(claim: str | None = None, world: str | None = None, verdict: str | None = None) -> pd.DataFrame:
    """List the cells that were tested with their evidence, all or those of a claim, a world or a verdict.

    Parameters
    ----------
    claim, world, verdict : str, optional
        Names to filter by.

    Returns
    -------
    DataFrame
        One row a cell: claim, world, verdict, in how many `cases` the claim is so, evidence, seeds, interval, and the
        function that computed it.

    Raises
    ------
    KeyError
        For a name that is not there.

    Examples
    --------
    >>> cells(world="formula", verdict="does not hold").claim.tolist()
    ['many prompts, one direction']
    """
    import pandas as pd

    from passk_lab.verdict.evidence import VERDICTS

    if claim is not None:
        arguments.known("claim", claim, [one.name for one in CLAIMS])
    if world is not None:
        arguments.known("world", world, list(WORLDS))
    if verdict is not None:
        arguments.known("verdict", verdict, VERDICTS)
    rows = [
        row
        for one in CLAIMS
        for place in WORLDS
        if claim in (None, one.name) and world in (None, place) and (row := _row(one, place)) is not None
    ]
    names = ["claim", "world", "verdict", "cases", "evidence", "seeds", "interval", "function"]
    table = pd.DataFrame(rows, columns=names)
    return table if verdict is None else table[table.verdict == verdict].reset_index(drop=True)


def _row(claim: Claim, world: str) -> tuple[str, ...] | None:
    found = evidence(claim.name, world)
    if found is None:
        return None
    function = CELLS[claim.name, world]
    so = f"{sum(found.cases.values())} of {len(found.cases)}"
    path = f"{function.__module__.removeprefix('passk_lab.')}.{function.__name__}"
    return claim.name, world, found.verdict, so, found.says, found.seeds, found.interval, path


def page() -> str:
    """Write docs/verdict.md."""
    lines = [
        "# The verdict: each claim in each world",
        "",
        "Written by `python -m passk_lab.verdict` from formulas, recorded runs and bundled data; a test checks its",
        "bytes. A claim *holds* in a world if it is so in all cases looked at there, *does not hold* if in none, else",
        "it *holds partly*. What a case is, the function of the cell says in its docstring. No verdict is typed in,",
        "and none says more than its cases: one small network with three seeds, a few public models. The rule counts",
        "and does not ask about chance; cases of a world share bases, seeds and models. Where an interval holds zero",
        "the sign is open, whatever the word says.",
        "",
        f"| claim | who | {' | '.join(WORLDS.values())} |",
        f"|---|---|{'---|' * len(WORLDS)}",
    ]
    for one in CLAIMS:
        verdicts = " | ".join(said_in(one.name, world) for world in WORLDS)
        lines.append(f"| **{one.name}**: {one.says} | {one.whose} | {verdicts} |")
    lines += ["", "## What stands behind each", ""]
    for one in CLAIMS:
        lines += [
            f"### {one.name}",
            "",
            one.says,
            "",
            "| world | verdict | cases | evidence | seeds | 95 % interval | computed by |",
            "|---|---|---|---|---|---|---|",
        ]
        for row in cells(claim=one.name).itertuples():
            lines.append(
                f"| {WORLDS[row.world]} | {row.verdict} | {row.cases} | {row.evidence} | {row.seeds} | "
                f"{row.interval or '-'} | `{row.function}` |"
            )
        lines += ["", f"To see it: `{one.call}`", ""]
    return "\n".join(lines)

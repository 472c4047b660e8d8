"""From paths to evaluations: find the files, know them, count them, and ask where they can be read in two ways."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from passk_lab import arguments
from passk_lab.readers.columns import short
from passk_lab.readers.evaluation import Evaluation, LeftOut
from passk_lab.readers.format import Format, every
from passk_lab.readers.sample import BadFile, Choices, Undecided
from passk_lab.readers.source import File, find
from passk_lab.readers.tally import Tally

Path_ = str | os.PathLike[str]


def formats() -> dict[str, str]:
    """The tools whose files can be read: name -> what the files are called.

    >>> formats()["verl"]
    'DIR/STEP.jsonl'
    """
    return {name: reader.writes for name, reader in sorted(every().items())}


def read(
    paths: Path_ | Sequence[Path_],
    *,
    verdict: str | None = None,
    filter: str | None = None,
    threshold: float | str | None = None,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,
    run: str | None = None,
) -> tuple[Evaluation, ...]:
    """Read the evaluation in these files or folders; one for each step of training where they are checkpoints.

    Parameters
    ----------
    paths : path, or several
        Files, packed or not, or folders.
    verdict, filter : str or None
        Which judgement, where the files hold several that disagree.
    threshold : float, "tool" or None
        A sample is right from this score on; "tool" takes the tool's own rule.
    columns : mapping or None
        Of a table: "problem", "sample", "correct", "n", "c", "step" -> the name of the column.
    format : str or None
        A name of `formats()`; None finds out.
    run : str or None
        Which run, where the files hold several.

    Returns
    -------
    tuple of Evaluation
        By step.

    Raises
    ------
    BadFile
        If a file cannot be read; a row that cannot is left out, and counted.
    Undecided
        If there are two readings that count differently: its `choices` has them.

    Examples
    --------
    >>> import tempfile
    >>> rows = '{"task_id": "a", "passed": true, "completion": ""}\\n' * 3
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "base_results.jsonl").write_text(rows)
    ...     (found,) = read(folder)
    >>> found.format, found.problems, found.n, found.c
    ('human-eval', ('a',), array([3]), array([3]))
    """
    choices = Choices(verdict, filter, threshold, dict(columns or {}), format, run)
    named = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    if not named:
        raise ValueError("no file was named: pass at least one path.")
    files, passed = find([Path(path) for path in named])
    reader, mine, beside, unknown = _known(files, choices)
    runs: dict[str, dict[int | None, Tally]] = {}
    of_run: dict[str, list[File]] = {}
    for file in mine:
        name = reader.run(file)
        if choices.run is not None and name != choices.run:
            if not reader.holds_runs(file, choices):
                continue
            name = choices.run
        tallies = runs.setdefault(name, {})
        of_run.setdefault(name, []).append(file)
        reader.fill(file, choices, lambda step, tallies=tallies: tallies.setdefault(step, Tally(choices)))  # type: ignore[misc]
    if choices.run is not None and choices.run not in runs:
        raise Undecided(f"there is no run {choices.run!r} here.", "run", {reader.run(file): file.name for file in mine})
    if len(runs) > 1:
        raise Undecided(
            f"these are {len(runs)} evaluations: name the files of one, or the run.",
            "run",
            {name: f"{len(of_run[name])} file{'s' * (len(of_run[name]) > 1)}" for name in runs},
        )
    ((name, tallies),) = runs.items()
    if all(tally.is_empty() for tally in tallies.values()):
        raise BadFile(
            of_run[name][0].name,
            f"it looks like a file of {reader.name}, but no row of it could be counted"
            + "".join(f"; {why}: {rows}" for file in of_run[name] for why, rows in file.left_out.items())
            + ".",
        )
    return tuple(
        _evaluation(reader, name, step, tallies[step], of_run[name], beside, unknown, passed, choices)
        for step in sorted(tallies, key=lambda step: (step is not None, step))
        if not tallies[step].is_empty()
    )


def _known(files: list[File], choices: Choices) -> tuple[Format, list[File], list[File], list[File]]:
    """The one reader of these files; the files it reads, those that lie beside them, and those of nobody."""
    readers = every()
    if choices.format is not None:
        wanted = readers[arguments.known("format", choices.format, list(readers))]
        readers = {wanted.name: wanted}
    elif choices.columns:
        readers = {name: reader for name, reader in readers.items() if reader.last_resort}
    tables = {name: reader for name, reader in readers.items() if reader.last_resort}
    tools = {name: reader for name, reader in readers.items() if not reader.last_resort}
    mine: dict[str, list[File]] = {}
    beside: dict[str, list[File]] = {}
    unknown = []
    columns = {}
    for file in files:
        head = file.head() if file.kind else None
        names = [name for name, reader in tools.items() if head and reader.recognises(head)]
        aside = [name for name, reader in tools.items() if head and not names and reader.beside(head)]
        if not names and not aside:
            # A table whose columns the user named is one, whatever they are called.
            names = [name for name, it in tables.items() if head and (choices.columns or it.recognises(head))]
        for name in names:
            mine.setdefault(name, []).append(file)
        for name in aside:
            beside.setdefault(name, []).append(file)
        if not names and not aside:
            unknown.append(file)
            columns[file.name] = head.columns if head else ()
    if any(name in tools for name in mine):
        unknown += [file for name in tables for file in mine.pop(name, [])]
    if not mine:
        there = ", ".join(file.name for file in files[:5]) or "nothing"
        shown = [", ".join(map(short, names[:20])) for names in columns.values() if names][:1]
        raise BadFile(
            files[0].name if len(files) == 1 else "these files",
            f"no results of a tool that is known, nor a table of samples or counts (there is: {there}). "
            + "".join(f"Its columns are {names}. " for names in shown if len(files) == 1)
            + f"Known are: {', '.join(sorted(readers))}. Of any table, name the columns: "
            "--columns problem=NAME,correct=NAME.",
        )
    if len(mine) > 1:
        raise Undecided(
            "there are files of several tools here.",
            "format",
            {name: ", ".join(file.name for file in there[:3]) for name, there in mine.items()},
        )
    ((name, its),) = mine.items()
    return readers[name], its, beside.get(name, []), unknown


def _evaluation(
    reader: Format,
    run: str,
    step: int | None,
    tally: Tally,
    files: list[File],
    beside: list[File],
    unknown: list[File],
    passed: Counter[str],
    choices: Choices,
) -> Evaluation:
    counted = tally.counted(reader.rule, reader.primary)
    mine = [file for file in files if reader.step(file) in (None, step)] or files
    unread: Counter[str] = Counter()
    for file in mine:
        unread.update(file.left_out)
    left_out = [*counted.left_out, *(LeftOut(why, rows) for why, rows in unread.items())]
    settings: dict[str, Any] = {}
    for file in mine:
        settings |= reader.settings(file)
    problem_is, sample_is, correct_is = reader.words(mine[0], choices)
    return Evaluation(
        format=reader.name,
        run=run,
        step=step,
        files=tuple(file.name for file in mine),
        problem_is=problem_is,
        sample_is=sample_is,
        correct_is=f"{correct_is}. Here: {counted.correct_is}",
        verdict=counted.verdict,
        problems=counted.counts.problems,
        n=counted.counts.n,
        c=counted.counts.c,
        rows=counted.rows + sum(unread.values()),
        left_out=tuple(left_out),
        files_passed_over={**passed, **({"files of no known tool": len(unknown)} if unknown else {})},
        notices=counted.notices,
        scores=tuple(reader.scores(mine, beside, counted.counts)),
        other_verdicts=counted.other_verdicts,
        answers=counted.answers,
        settings=settings,
    )

"""From paths to evaluations: find the files, know them, count them, and ask where they can be read in two ways."""

import math
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from passk_lab import arguments
from passk_lab.readers.columns import short
from passk_lab.readers.evaluation import Evaluation, LeftOut, Notice, Score
from passk_lab.readers.format import Format, every
from passk_lab.readers.sample import BadFile, Choices, Undecided, told
from passk_lab.readers.source import File, Head, find
from passk_lab.readers.tally import Counts, Tally

Path_ = str | os.PathLike[str]
_UNREADABLE = "files that cannot be read"


def tools() -> dict[str, str]:
    """The tools whose files can be read: name -> what the files are called.

    >>> tools()["verl"]
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
        Of a table: "problem", "dataset" (within which alone ids are told apart), "sample", "correct", "n", "c", "rate",
        "step" -> the name of the column.
    format : str or None
        A name of `tools()`; None finds out.
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
    choices = _choices(verdict, filter, threshold, columns, format, run)
    named = _named(paths)
    files, passed = find(named)
    if not files:
        over = "".join(f"; passed over {number}: {why}" for why, number in passed.items())
        raise BadFile(", ".join(map(str, named[:3])), f"there is no file to read{over}.")
    reader, mine, beside, unknown = _known(files, choices, passed)
    runs = _runs(reader, mine, choices)
    if choices.run is not None:
        if choices.run not in runs:
            raise Undecided(
                f"there is no run {choices.run!r} here.", "run", {name: str(run) for name, run in runs.items()}
            )
        runs = {choices.run: runs[choices.run]}
    if len(runs) > 1:
        raise Undecided(
            f"these are {len(runs)} evaluations: name the files of one, or the run.",
            "run",
            {name: str(run) for name, run in runs.items()},
        )
    ((name, its),) = runs.items()
    _share(list(its.tallies.values()))
    found = [
        _evaluation(reader, name, step, its, beside, unknown, passed, choices)
        for step in sorted(its.tallies, key=_by_step)
        if not its.tallies[step].is_empty()
    ]
    if not any(one.problems for one in found):
        left_out = Counter({left.why: left.rows for one in found for left in one.left_out})
        if not found:
            left_out.update(sum((Counter(tally.left_out) for tally in its.tallies.values()), Counter[str]()))
            left_out.update(sum((file.left_out for file in its.files), Counter[str]()))
        raise BadFile(
            ", ".join(file.name for file in its.files[:3]),
            f"it looks like a file of {reader.name}, but no row of it could be counted"
            + "".join(f"; {why}: {rows}" for why, rows in left_out.items())
            + ".",
        )
    silent = {
        f"files of step {one.step}, none of whose samples is judged": len(one.files)
        for one in found
        if not one.problems
    }
    return tuple(replace(one, files_passed_over={**one.files_passed_over, **silent}) for one in found if one.problems)


def _share(tallies: list[Tally]) -> None:
    """Tell the tally of each step which scores there are at all of them: what is right is the same at every step."""
    if len(tallies) > 1:
        together: dict[str, Counter[float]] = {}
        for tally in tallies:
            for verdict, scores in tally.values().items():
                together.setdefault(verdict, Counter()).update(scores)
        for tally in tallies:
            tally.elsewhere = together


def _by_step(step: int | None) -> tuple[bool, int]:
    return step is not None, step or 0


@dataclass
class _Run:
    """One evaluation, or the checkpoints of one training: its files, and the counts of each step."""

    files: list[File]
    again: list[File]
    """Files that show the same samples once more."""
    tallies: dict[int | None, Tally] = field(default_factory=dict)

    def __str__(self) -> str:
        more = f" and {len(self.files) - 3} more" if len(self.files) > 3 else ""
        return f"{', '.join(file.name for file in self.files[:3])}{more}"


def _runs(reader: Format, files: list[File], choices: Choices) -> dict[str, _Run]:
    """Count the files, each into its run; a run is named as its files are, with the folder where that is not enough."""
    together: dict[tuple[str, str], list[File]] = {}
    for file in files:
        together.setdefault((reader.run(file), file.place), []).append(file)
    names = Counter(name for name, _ in together)
    runs: dict[str, _Run] = {}
    for (name, place), its in together.items():
        read, again = reader.views(its)
        whole = f"{place}/{name}".rstrip("/") if names[name] > 1 else name

        tallies = _Tallies(whole, read, again, choices)
        for file in read:
            reader.fill(file, choices, tallies)
            if len(files) > 1:
                file.forget()
        runs |= tallies.runs or {whole: _Run(read, again, {None: Tally(choices)})}
    return runs


class _Tallies:
    """Gives the tally of a step, and of a run where the files hold several."""

    def __init__(self, name: str, files: list[File], again: list[File], choices: Choices) -> None:
        self._name, self._files, self._again, self._choices = name, files, again, choices
        self._known: dict[tuple[int | None, str], Tally] = {}
        self.runs: dict[str, _Run] = {}

    def __call__(self, step: int | None, run: str = "") -> Tally:
        found = self._known.get((step, run))
        if found is None:
            name = f"{self._name}: {run}" if run and self._name else run or self._name
            of_run = self.runs.setdefault(name, _Run(self._files, self._again))
            found = self._known[step, run] = of_run.tallies.setdefault(step, Tally(self._choices))
        return found


def _named(paths: Any) -> list[Path]:
    wanted = "a path, or several in a list"
    if isinstance(paths, str | os.PathLike):
        paths = [paths]
    named = [arguments.path("paths", path) for path in arguments.as_one_of("paths", paths, (list, tuple), wanted)]
    if not named:
        raise ValueError("no file was named: pass at least one path.")
    return named


def _choices(verdict: Any, filter: Any, threshold: Any, columns: Any, format: Any, run: Any) -> Choices:
    names = {"verdict": verdict, "filter": filter, "format": format, "run": run}
    for name, value in names.items():
        if value is not None:
            arguments.as_one_of(name, value, str, "a name")
    if isinstance(threshold, str):
        if threshold != "tool":
            raise ValueError(f"threshold is a number, or 'tool' for the tool's own rule, not {threshold!r}.")
    elif threshold is not None:
        threshold = arguments.one_number("threshold", threshold, -math.inf, math.inf)
    if columns is not None:
        columns = dict(arguments.as_one_of("columns", columns, Mapping, "a mapping, as {'problem': 'task'}"))
        for what, column in columns.items():
            arguments.as_one_of("a key of columns", what, str, "a word, as 'problem'")
            arguments.as_one_of(f"columns[{what!r}]", column, str, "the name of a column")
    return Choices(verdict, filter, threshold, columns or {}, format, run)


def _known(
    files: list[File], choices: Choices, passed: Counter[str]
) -> tuple[Format, list[File], list[File], list[File]]:
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
    lacking: dict[str, list[File]] = {}
    columns: list[str] = []
    for file in files:
        try:
            head = _head(file)
        except BadFile as error:
            if file.named:
                raise
            said = next((why for why in passed if why.startswith(_UNREADABLE)), f"{_UNREADABLE} (first: {error})")
            passed[said] += 1
            continue
        names = [name for name, reader in tools.items() if head and reader.recognises(head)]
        aside = [name for name, reader in tools.items() if head and not names and reader.beside(head)]
        if not names:
            # A table whose columns the user named is one, whatever they are called.
            names = [name for name, it in tables.items() if head and (choices.columns or it.recognises(head))]
        asked = [readers[name] for name in names] or ([] if aside else list(readers.values()))
        why = next((why for it in asked if head and not choices.columns and (why := it.lacks(head))), None)
        if why is not None:
            lacking.setdefault(why, []).append(file)
            continue
        for name in names:
            mine.setdefault(name, []).append(file)
        for name in aside:
            beside.setdefault(name, []).append(file)
        if not names and not aside:
            unknown.append(file)
            columns += [", ".join(map(short, head.columns[:20]))] if head and head.columns else []
        if len(files) > 1:
            file.forget()
    if any(name in tools for name in mine):
        of_tables = [file for name in tables for file in mine.pop(name, [])]
        unknown += [file for file in of_tables if all(file not in its for its in beside.values())]
    if not mine and lacking:
        why, its = next(iter(lacking.items()))
        raise BadFile(its[0].name, why)
    for why, its in lacking.items():
        passed[f"{', '.join(file.name for file in its[:3])}: {why.rstrip('.')}"] += len(its)
    if not mine and beside and not unknown:
        name, its = next(iter(beside.items()))
        raise BadFile(
            its[0].name,
            f"{name} writes this beside its samples, and it holds none. Name those: {readers[name].writes}.",
        )
    if not mine:
        there = ", ".join(file.name for file in files[:5]) or "nothing to read"
        there += "".join(f"; passed over {number}: {why}" for why, number in passed.items())
        raise BadFile(
            files[0].name if len(files) == 1 else "these files",
            f"no results of a tool that is known, nor a table of samples or counts (there is: {there}). "
            + (f"The columns are {columns[0]}. " if columns and len(files) == 1 else "")
            + f"Known are: {', '.join(sorted(readers))}. Of any table, name the columns: "
            "--columns problem=NAME,correct=NAME where a row is a sample, --columns problem=NAME,n=NAME,c=NAME where "
            "it has counts.",
        )
    if len(mine) > 1:
        raise Undecided(
            "there are files of several tools here.",
            "format",
            {name: ", ".join(file.name for file in there[:3]) for name, there in mine.items()},
        )
    ((name, its),) = mine.items()
    of_it = beside.get(name, [])
    of_others = [file for other, there in beside.items() if other != name for file in there]
    return readers[name], its, of_it, unknown + [file for file in of_others if file not in its and file not in of_it]


def _passed(files: list[File], choices: Choices) -> dict[str, int]:
    """Files that were there and not read; by whose they are, where the user named one tool of several."""
    if choices.format is None:
        return {"files of no known tool": len(files)} if files else {}
    found: Counter[str] = Counter()
    others = [one for name, one in every().items() if name != choices.format]
    for file in files:
        head = _head(file)
        whose = [one.name for one in others if head and not one.last_resort and one.recognises(head)]
        tables = [one.name for one in others if head and one.last_resort and one.recognises(head)]
        file.forget()
        if whose:
            found[f"{file.name}, a file of {whose[0]}"] += 1
        else:
            found[f"{file.name}, a table" if tables else "files of no known tool"] += 1
    return dict(found)


def _head(file: File) -> Head | None:
    """What readers see of a file; nothing where it is of no kind that has any."""
    try:
        return file.head() if file.kind else None
    except OSError as error:
        raise BadFile(file.name, f"it cannot be opened ({error.strerror}).") from None


def _evaluation(
    reader: Format,
    name: str,
    step: int | None,
    run: _Run,
    beside: list[File],
    unknown: list[File],
    passed: Counter[str],
    choices: Choices,
) -> Evaluation:
    counted = run.tallies[step].counted(reader.rule, reader.primary)
    counts = counted.counts
    mine = [file for file in run.files if reader.step(file) in (None, step)] or run.files
    again = [file for file in run.again if reader.step(file) in (None, step)]
    there = [*beside, *reader.beside_on_disk(mine, known=[*beside, *run.files, *run.again])]
    aside = [file for file in there if file.place == mine[0].place and reader.step(file) in (None, step)]
    # A row that could not be read has no step: those of a file of several steps are told with the first.
    first = min((there for there in run.tallies if not run.tallies[there].is_empty()), key=_by_step)
    told = [file for file in mine if reader.step(file) == step or step == first]
    unread = _unread(told)
    scores = tuple(_scores(reader, mine, [*aside, *again], counts))
    settings: dict[str, Any] = {}
    for file in mine:
        settings |= {key: value for key, value in reader.settings(file).items() if value is not None}
    problem_is, sample_is, correct_is = reader.words(mine[0], choices)
    return Evaluation(
        format=reader.name,
        run=name,
        step=step,
        files=tuple(file.name for file in mine),
        problem_is=problem_is,
        sample_is=sample_is,
        correct_is=f"{correct_is}. Here: {counted.correct_is}",
        verdict=counted.verdict,
        problems=counts.problems,
        n=counts.n,
        c=counts.c,
        rows=counted.rows + sum(one.rows for one in unread),
        left_out=(*counted.left_out, *unread),
        files_passed_over={
            **passed,
            **_passed(unknown, choices),
            **({f"the same samples once more ({', '.join(f.name for f in again[:3])})": len(again)} if again else {}),
        },
        notices=(
            *counted.notices,
            *_of_files(told),
            *reader.notices(mine, aside, counts),
            *(_uneven(mine) if reader.repeats else ()),
            *_disagreeing(reader, again, counts, choices),
            *_off(scores),
        ),
        scores=scores,
        other_verdicts=counted.other_verdicts,
        answers=counted.answers,
        settings=settings,
    )


def _scores(reader: Format, mine: list[File], beside: list[File], counts: Counts) -> Iterator[Score]:
    """The tool's own scores; a summary that is not as the tool writes it has none, and is told of."""
    try:
        yield from reader.scores(mine, beside, counts)
    except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
        mine[0].notice("score_unread", f"The tool's own score beside these files cannot be read: {told(error)}.")


def _unread(files: list[File]) -> list[LeftOut]:
    """Rows that could not be read, by the reason, each with the place of the first."""
    rows: Counter[str] = Counter()
    first: dict[str, str] = {}
    for file in files:
        for said, number in file.left_out.items():
            why, _, place = said.rpartition(" (first: ")
            rows[why] += number
            first.setdefault(why, place if len(files) == 1 else f"{file.name}, {place}")
    return [LeftOut(f"{why} (first: {first[why]}", number, "unread") for why, number in rows.items()]


def _of_files(files: list[File]) -> Iterator[Notice]:
    together: Counter[tuple[str, str]] = sum((file.notices for file in files), Counter[tuple[str, str]]())
    for (code, text), rows in together.items():
        yield Notice(code, text.replace("{rows}", str(rows)), rows)


def _uneven(files: list[File]) -> Iterator[Notice]:
    lengths = {file.name: file.rows for file in files}
    if len(set(lengths.values())) > 1:
        short, long = min(lengths, key=lengths.__getitem__), max(lengths, key=lengths.__getitem__)
        number = sum(rows < lengths[long] for rows in lengths.values())
        yield Notice(
            "uneven_files",
            f"Each file should have one sample of every problem, but {short} has {lengths[short]} rows and {long} "
            f"{lengths[long]}: some problems have fewer samples.",
            number,
        )


def _disagreeing(reader: Format, again: list[File], counts: Counts, choices: Choices) -> Iterator[Notice]:
    """Whether files that show the same samples once more count them otherwise."""
    for file in again:
        tally = Tally(choices)
        try:
            reader.fill(file, choices, lambda step, run="", tally=tally: tally)
            if tally.is_empty():
                continue
            other = tally.counted(reader.rule, reader.primary).counts
        except Undecided:
            continue
        except BadFile as error:
            yield Notice("files_disagree", f"What shows the same samples once more cannot be read: {error}", 1)
            continue
        file.forget()
        mine, its = (sorted(zip(one.n.tolist(), one.c.tolist(), strict=True)) for one in (counts, other))
        if mine != its:
            yield Notice(
                "files_disagree",
                f"{file.name} shows the same samples once more, and counts {other.c.sum()} of {other.n.sum()} as "
                f"right, where {counts.c.sum()} of {counts.n.sum()} are counted here.",
                sum((Counter(mine) - Counter(its)).values()),
            )


def _off(scores: Iterable[Score]) -> Iterator[Notice]:
    for score in scores:
        if not math.isclose(score.stated, score.recomputed, rel_tol=1e-6, abs_tol=score.digits):
            yield Notice(
                "score_differs",
                f"{score.file} states {score.name} = {score.stated:.6g}; from the samples it is {score.recomputed:.6g} "
                f"({score.rule}).",
                1,
            )

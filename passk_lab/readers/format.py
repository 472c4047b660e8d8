"""What a reader of one tool's files is. Each ships in `formats/`, a small file by itself, and is found there."""

import pkgutil
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib import import_module
from typing import Any, Protocol

from passk_lab.readers import formats
from passk_lab.readers.evaluation import Notice, Score
from passk_lab.readers.rules import TRUE, Rule
from passk_lab.readers.sample import BadFile, BadRow, Choices, Sample, Undecided, told
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts, Tally

_LARGEST_SUMMARY = 64 * 2**20


class Format:
    """The files of one tool: how to know them, what in them is a problem, a sample, and right."""

    name: str
    """As the tool calls itself."""
    writes: str
    """The names of its files, as in "samples_TASK_DATE.jsonl"."""
    problem_is: str
    sample_is: str
    correct_is: str
    trap: str = ""
    """What goes wrong with these files where they are read carelessly."""
    rule: Rule = TRUE
    primary: str | None = None
    """The verdict that is meant where nobody asks for another; None if the files have several of equal rank."""
    last_resort: bool = False
    """Whether a file is read only if it is no other tool's."""
    parts: bool = False
    """Whether several files of one run and step are parts of one evaluation, and not each a whole one."""
    repeats: bool = False
    """Whether each of those parts has one more sample of every problem, so that all are of one length."""
    summaries: tuple[str, ...] = ()
    """Patterns of the names of files that lie beside these and state the tool's own score."""

    def recognises(self, head: Head) -> bool:
        """Whether a file is this tool's, by its name and its first record."""
        raise NotImplementedError

    def beside(self, head: Head) -> bool:
        """Whether a file belongs to the tool but holds no samples: its own summary, say."""
        return any(fnmatch(head.file.path.name, pattern) for pattern in self.summaries)

    def lacks(self, head: Head) -> str | None:
        """What a file that is nearly the tool's own lacks to be read, in a sentence: its answers are not judged."""
        return None

    def beside_on_disk(self, files: Iterable[File], known: Iterable[File]) -> Iterator[File]:
        """The tool's own summaries in the folders of these files, which the user need not have named."""
        seen = {file.path.resolve() for file in known}
        for folder in dict.fromkeys(file.path.parent for file in files):
            for path in sorted(path for pattern in self.summaries for path in folder.glob(pattern)):
                if path.resolve() not in seen and path.is_file() and path.stat().st_size <= _LARGEST_SUMMARY:
                    seen.add(path.resolve())
                    yield File(path, path.name)

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        """The file's rows, each with its place: the lines of JSON, unless the reader says otherwise."""
        return file.records()

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        """The samples of one row. A row that lacks something may raise KeyError, TypeError, ... : it is left out."""
        raise NotImplementedError

    def views(self, files: list[File]) -> tuple[list[File], list[File]]:
        """Part the files of one run into those to be read and those that show the same samples once more."""
        return files, []

    def fill(self, file: File, choices: Choices, tallies: "Tallies") -> None:
        """Count a file into the tally of each step; tables do so by columns, without a `Sample` for each row."""
        step = self.step(file)
        for place, record in self.records(file):
            file.rows += 1
            try:
                samples = list(self.samples(record, file, choices))
            except (BadFile, Undecided):
                raise
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                file.leave_out(f"not a row as {self.name} writes them: {told(error)}", place)
                continue
            if not samples:
                file.leave_out("it has no samples", place)
            for sample in samples:
                try:
                    tallies(step if sample.step is None else _whole(sample.step), sample.run).add(sample)
                except (TypeError, ValueError) as error:
                    file.leave_out(told(error), place)

    def words(self, file: File, choices: Choices) -> tuple[str, str, str]:
        """What in a file is a problem, a sample, and right."""
        return self.problem_is, self.sample_is, self.correct_is

    def run(self, file: File) -> str:
        """What the file's evaluation is called: files of one run, under one folder, are read together."""
        return file.folder if self.parts else file.name

    def step(self, file: File) -> int | None:
        """Of the training, where the name of the file or of a folder above it says it."""
        return None

    def settings(self, file: File) -> dict[str, object]:
        """How was sampled, where the file says so."""
        return {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        """The tool's own scores, from these files or from those beside them, and the same from the counts."""
        return iter(())

    def notices(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Notice]:
        """What has to be told once all is counted: problems that the files list and have no sample of, say."""
        return iter(())


def _whole(step: Any) -> int:
    if isinstance(step, bool) or not isinstance(step, int | float) or not float(step).is_integer():
        raise BadRow("its step of training is no whole number")
    return int(step)


class Tallies(Protocol):
    """Gives the tally of a step, and of a run where a file holds several."""

    def __call__(self, step: int | None, run: str = "") -> Tally:
        """Give it."""
        ...


def every() -> dict[str, Format]:
    """All readers by name.

    >>> "human-eval" in every()
    True
    """
    found = [import_module(f"{formats.__name__}.{module.name}") for module in pkgutil.iter_modules(formats.__path__)]
    return {module.FORMAT.name: module.FORMAT for module in found if hasattr(module, "FORMAT")}

"""What a reader of one tool's files is. Each ships in `formats/`, a small file by itself, and is found there by name."""

import pkgutil
from collections.abc import Callable, Iterable, Iterator
from importlib import import_module
from typing import Any

from passk_lab.readers import formats
from passk_lab.readers.evaluation import Score
from passk_lab.readers.rules import TRUE, Rule
from passk_lab.readers.sample import BadFile, Choices, Sample, Undecided
from passk_lab.readers.source import File, Head
from passk_lab.readers.tally import Counts, Tally


class Format:
    """The files of one tool: how to know them, what in them is a problem, a sample, and right."""

    name: str
    """As the tool calls itself."""
    writes: str
    """The names of its files, as in "samples_TASK_DATE.jsonl"."""
    problem_is: str
    sample_is: str
    correct_is: str
    rule: Rule = TRUE
    primary: str | None = None
    """The verdict that is meant where nobody asks for another; None if the files have several of equal rank."""
    last_resort: bool = False
    """Whether a file is read only if it is no other tool's."""
    parts: bool = False
    """Whether several files of one run and step are parts of one evaluation, and not each a whole one."""

    def recognises(self, head: Head) -> bool:
        """Whether a file is this tool's, by its name and its first record."""
        raise NotImplementedError

    def beside(self, head: Head) -> bool:
        """Whether a file belongs to the tool but holds no samples: its own summary, say."""
        return False

    def records(self, file: File) -> Iterator[tuple[str, Any]]:
        """The file's rows, each with its place: the lines of JSON, unless the reader says otherwise."""
        return file.records()

    def samples(self, record: Any, file: File, choices: Choices) -> Iterator[Sample]:
        """The samples of one row. A row that lacks something may raise KeyError, TypeError, ... : it is left out."""
        raise NotImplementedError

    def fill(self, file: File, choices: Choices, tallies: Callable[[int | None], Tally]) -> None:
        """Count a file into the tally of each step; tables do so by columns, without a `Sample` for each row."""
        step = self.step(file)
        for place, record in self.records(file):
            try:
                for sample in list(self.samples(record, file, choices)):
                    tallies(step if sample.step is None else sample.step).add(sample)
            except (BadFile, Undecided):
                raise
            except (LookupError, TypeError, ValueError, AttributeError) as error:
                lacks = f"no {error}" if isinstance(error, KeyError) else str(error)
                file.leave_out(f"not a row as {self.name} writes them: {lacks}", place)

    def words(self, file: File, choices: Choices) -> tuple[str, str, str]:
        """What in a file is a problem, a sample, and right."""
        return self.problem_is, self.sample_is, self.correct_is

    def holds_runs(self, file: File, choices: Choices) -> bool:
        """Whether the rows of one file are of several runs, each named in its row."""
        return False

    def run(self, file: File) -> str:
        """What the file's evaluation is called: files of one run are read together."""
        return "" if self.parts else file.name

    def step(self, file: File) -> int | None:
        """Of the training, where the file's name says it."""
        return None

    def settings(self, file: File) -> dict[str, object]:
        """How was sampled, where the file says so."""
        return {}

    def scores(self, files: Iterable[File], beside: Iterable[File], counts: Counts) -> Iterator[Score]:
        """The tool's own scores, from these files or from those beside them, and the same from the counts."""
        return iter(())


def every() -> dict[str, Format]:
    """All readers by name.

    >>> "human-eval" in every()
    True
    """
    found = [import_module(f"{formats.__name__}.{module.name}") for module in pkgutil.iter_modules(formats.__path__)]
    return {module.FORMAT.name: module.FORMAT for module in found if hasattr(module, "FORMAT")}

"""One sample as a file states it, before it is decided what is right."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from passk_lab import arguments

Verdict = bool | float | None
"""A judgement, a score, or nothing: the sample was not judged."""


class Sample(NamedTuple):
    """One row of a file that stands for one answer of a model."""

    problem: Any
    """Its id: a text or a number; of anything else its JSON."""
    verdicts: Mapping[str, Verdict]
    """By name; more than one where the file judges in several ways."""
    sample: Any = None
    """Its id within the problem; the same twice is one sample. None where the file has none."""
    answer: Any = None
    """What was answered, after the tool took it out of the text."""
    text: str | None = None
    """The whole text: two equal ones of one problem are copies."""
    filter: str = ""
    """Which of several ways to take out the answer this row is about."""
    step: int | None = None
    """Of the training, where rows of several lie in one file."""
    greedy: bool = False
    """Drawn at temperature 0: no sample of the policy."""
    run: str = ""
    """Which evaluation, where one file holds several: a benchmark."""
    left_out: str | None = None
    """Why it is no sample at all, in words: "the run ended in an infrastructure error"."""
    left_out_code: str = "failed"
    """The same as one of `evaluation.LEFT_OUT`."""


def label(thing: Any) -> str:
    """An id as text, the same whether the file has 3, 3.0 or "3".

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> label("a"), label(3), label(3.0), label({"b": 1, "a": [2]})
    ('a', '3', '3', '{"a": [2], "b": 1}')
    """
    if isinstance(thing, str):  # half of a surrogate pair can be in JSON, but not in a file or on a page
        return thing if thing.isascii() else thing.encode("utf-8", "backslashreplace").decode()
    if thing is None or thing != thing:
        raise BadRow("the problem has no id")
    if isinstance(thing, float) and thing.is_integer():
        return str(int(thing))
    return json.dumps(thing, sort_keys=True, ensure_ascii=False) if isinstance(thing, dict | list) else str(thing)


class BadRow(ValueError):
    """A row that is not as its tool writes it: says how."""


def told(error: Exception) -> str:
    """Say what is wrong with a row or a summary whose reading raised this, without the words of Python.

    >>> told(BadRow("the status is int, and no text")), told(KeyError("passed")), told(TypeError("'>' not supported"))
    ('the status is int, and no text', "no 'passed'", 'a value is of another kind than the tool writes')
    """
    if isinstance(error, BadRow):
        return str(error)
    if isinstance(error, KeyError):
        return f"no {error}"
    if isinstance(error, IndexError):
        return "a list is shorter than the tool writes it"
    if isinstance(error, TypeError | AttributeError):
        return "a value is of another kind than the tool writes"
    return "a value is none that the tool writes"


class Undecided(ValueError):
    """The files can be read in more than one way: says which, and by what option one is chosen."""

    def __init__(self, sentence: str, option: str, choices: Mapping[str, str]) -> None:
        arguments.as_one_of("choices", choices, Mapping, "a mapping from each choice to what it would be")
        sentence = arguments.as_one_of("sentence", sentence, str, "a text")
        super().__init__(sentence + "".join(f"\n  --{option} {name!r}: {what}" for name, what in choices.items()))
        self.option = option
        self.choices = dict(choices)


@dataclass(frozen=True)
class Choices:
    """What the user decided beforehand."""

    verdict: str | None = None
    filter: str | None = None
    threshold: float | str | None = None
    """Right is a score of at least this; "tool" takes the tool's own rule."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """Of a table: "problem", "sample", "correct", "n", "c", ... -> the column's name."""
    format: str | None = None
    run: str | None = None


class BadFile(ValueError):
    """A file that cannot be read as what it seems to be: says which, where, and how to mend it."""

    def __init__(self, file: Any, sentence: str, line: int | None = None) -> None:
        place = f"{file}, line {line}" if line is not None else str(file)
        super().__init__(f"{place}: {sentence}")
        self.file, self.line = str(file), line

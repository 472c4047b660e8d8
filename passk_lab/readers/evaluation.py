"""What was read: for each problem how many samples, how many of them right, and all that must be said with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from passk_lab.arguments import Ints

LEFT_OUT = {
    "unscored": "samples that nobody judged",
    "duplicates": "rows of a sample that was there already",
    "failed": "rows that are no samples: errors, totals, rows without an id",
    "unread": "rows that cannot be read",
    "filter": "the same samples by another way to take out the answer",
    "greedy": "rows drawn at temperature 0, beside others that were sampled",
}
"""Every code of rows that are left out, with what it means."""


@dataclass(frozen=True)
class LeftOut:
    """Rows that were not counted, and why."""

    why: str
    rows: int
    code: str = "failed"
    """One of `LEFT_OUT`, for programs."""


@dataclass(frozen=True)
class Notice:
    """Something that whoever reads the numbers has to know, with how many rows or problems it is about."""

    code: str
    """One word of a fixed list, for programs: "copies", "greedy", "partial_credit", ..."""
    text: str
    rows: int


@dataclass(frozen=True)
class Score:
    """A number the tool itself states, and the same worked out anew from the samples by the tool's rule."""

    name: str
    stated: float
    recomputed: float
    rule: str
    """How the tool gets it, in words."""
    file: str
    digits: float = 1e-9
    """How far the two may part: what the tool rounds to."""


@dataclass(frozen=True)
class Answers:
    """The distinct answers to one problem: how often each was given, and how often it was judged right."""

    given: Mapping[str, int]
    right: Mapping[str, int]


@dataclass(frozen=True)
class Evaluation:
    """The samples of one model on one set of problems, as counts."""

    format: str
    """The tool whose files these are, by the name of its reader."""
    run: str
    """What the files call it: a model, a task, a folder."""
    step: int | None
    """Of the training, where the files are checkpoints."""
    files: tuple[str, ...]
    problem_is: str
    """What counts as one problem, in words; likewise a sample, and a right one."""
    sample_is: str
    correct_is: str
    verdict: str
    """The name of the verdict that was taken, of those in the files."""
    problems: tuple[str, ...]
    """Their ids, in the order in which they were met."""
    n: Ints
    """Samples that were judged, for each problem; at least 1."""
    c: Ints
    """Those that were right."""
    rows: int
    """All that were read: the samples counted and those left out."""
    left_out: tuple[LeftOut, ...]
    """Rows that were not counted: together with all of n they are `rows`."""
    files_passed_over: Mapping[str, int]
    """Files in the folders that were named which hold no samples, by the reason."""
    notices: tuple[Notice, ...]
    scores: tuple[Score, ...]
    other_verdicts: Mapping[str, Ints]
    """c by the other verdicts in the files that judge the same samples."""
    answers: tuple[Answers, ...] | None
    """For each problem, where the files hold answers."""
    settings: Mapping[str, Any]
    """How was sampled, where the files say: model, temperature, ..."""

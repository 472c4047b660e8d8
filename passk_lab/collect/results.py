"""A class as data: of each student and exercise what was found, and what the progress file says was tried."""

from __future__ import annotations

import csv
import io
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from passk_lab import arguments
from passk_lab.challenge.entry import is_entry
from passk_lab.collect import cells, handed, progress
from passk_lab.collect.inside import THROUGH
from passk_lab.collect.judging import STOPPED, Judged, Notebooks, Verdict, judge_all
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED
from passk_lab.course.content import EXERCISES

ABSENT = "not in the notebook"
SAID = "said to be solved"
"""The progress file says so, and there is no notebook to judge."""
_RANK = (CORRECT, SAID, INCORRECT, ERROR, STOPPED, NOT_ATTEMPTED, ABSENT)
STUCK = (INCORRECT, ERROR, STOPPED)
UNKNOWN = {INCORRECT: "wrong, by no known mistake", ERROR: "stops with an error", STOPPED: "had to be stopped"}
"""What is said where no mistake of the bank was recognised."""
MANY_TRIES = 3
"""Tries without success after which help is due."""


@dataclass(frozen=True)
class Row:
    """One exercise of one student."""

    exercise: str
    status: str
    mistake: str = ""
    message: str = ""
    work: str = ""
    tries: int | None = None
    """None where no progress file says."""
    tried: tuple[str, ...] = ()
    hints: int | None = None
    solution: bool | None = None
    file: str = ""

    @property
    def notebook(self) -> str:
        """The notebook that asks it."""
        return EXERCISES[self.exercise].notebook

    @property
    def solved(self) -> bool:
        """Whether it is solved, judged or said."""
        return self.status in (CORRECT, SAID)

    @property
    def needs_help(self) -> bool:
        """Whether it was tried and is not solved, in what was handed in or by the progress file."""
        if self.mistake.startswith(THROUGH):
            return False
        return self.status in STUCK or (not self.solved and (self.tries or 0) >= MANY_TRIES)


@dataclass
class Student:
    """What was found of one student."""

    name: str
    rows: dict[str, Row] = field(default_factory=dict)
    predictions: dict[str, float] = field(default_factory=dict)
    revealed: dict[str, float] = field(default_factory=dict)
    questions: dict[str, bool] = field(default_factory=dict)
    """Whether each question of a quiz was answered rightly at last."""
    entries: list[dict[str, Any]] = field(default_factory=list)
    """Entries of the challenge, as they lie in their files."""
    remarks: list[str] = field(default_factory=list)

    @property
    def solved(self) -> int:
        """Exercises solved."""
        return sum(row.solved for row in self.rows.values())

    @property
    def urgent(self) -> bool:
        """Whether to sit down with: stuck in three or more, or in two and in as many as are solved."""
        return len(self.stuck) >= 3 or len(self.stuck) >= max(2, self.solved)

    @property
    def stuck(self) -> list[Row]:
        """Exercises to help with."""
        return [row for row in self.rows.values() if row.needs_help]


@dataclass
class Class:
    """A class: its students, in the order of their names, and what shut their functions in."""

    title: str
    students: list[Student]
    fences: list[tuple[str, ...]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    """Processor time of each submission that was judged to its end."""

    @property
    def exercises(self) -> list[str]:
        """The exercises of the notebooks that anyone handed in, in the order of the course."""
        there = {row.notebook for student in self.students for row in student.rows.values()}
        return [name for name, exercise in EXERCISES.items() if exercise.notebook in there]

    def of(self, exercise: str) -> list[tuple[Student, Row]]:
        """Everyone's row of an exercise."""
        return [(student, student.rows[exercise]) for student in self.students if exercise in student.rows]

    def mistakes(self, exercise: str) -> list[tuple[str, list[tuple[Student, Row]]]]:
        """The mistakes of an exercise, the commonest first, with those who make them in what they handed in."""
        found: dict[str, list[tuple[Student, Row]]] = {}
        for student, row in self.of(exercise):
            if row.status in STUCK and not row.mistake.startswith(THROUGH):
                found.setdefault(row.mistake or UNKNOWN.get(row.status, row.status), []).append((student, row))
        return sorted(found.items(), key=lambda one: (-len(one[1]), one[0]))

    def tried_mistakes(self, exercise: str) -> Counter[str]:
        """How many students made each mistake on their way, as the progress files say."""
        known = {CORRECT, INCORRECT, ERROR}
        return Counter(what for _, row in self.of(exercise) for what in set(row.tried) - known)


def collect(place: Path, jobs: int = 2) -> Class:
    """Read what a class handed in, and judge it.

    Parameters
    ----------
    place : Path
        A folder or a zip.
    jobs : int
        Submissions judged side by side.
    """
    place, jobs = arguments.path("place", place), arguments.one_whole("jobs", jobs)
    students, opened = [], []
    for submission in handed.read(place):
        student = Student(submission.student, remarks=list(submission.remarks))
        students.append(student)
        opened.append(_opened(submission, student))
    to_judge = [number for number, (notebooks, _) in enumerate(opened) if notebooks]
    fences, seconds = [], []
    for number, judged in judge_all([opened[number][0] for number in to_judge], jobs):
        _enter(students[to_judge[number]], opened[to_judge[number]][0], judged)
        if judged.fence is not None:
            fences.append(judged.fence)
        if judged.seconds:
            seconds.append(judged.seconds)
    for student, (_, progress_files) in zip(students, opened, strict=True):
        for one in progress_files:
            _add_said(student, one)
        _fill(student)
    return Class(place.stem if place.is_file() else place.resolve().name, students, fences, seconds)


def _opened(one: handed.Submission, student: Student) -> tuple[Notebooks, list[progress.Progress]]:
    """The notebooks and progress files of a submission; what is none is said of the student."""
    notebooks: Notebooks = {}
    said: list[progress.Progress] = []
    for file in one.files:
        try:
            if file.path.lower().endswith(".ipynb"):
                notebooks[file.path] = cells.code_cells(file.content)
                continue
            stored = progress.parsed(file.content)
            if is_entry(stored):
                student.entries.append(stored)
            elif progress.is_progress(stored):
                found = progress.read(stored)
                said.append(found)
                if found.remark:
                    student.remarks.append(f"{file.path}: {found.remark}")
        except cells.Unreadable as error:
            student.remarks.append(f"{file.path}: {error}.")
    return notebooks, said


def _enter(student: Student, notebooks: Notebooks, judged: Judged) -> None:
    student.remarks += judged.remarks
    for verdict in judged.verdicts:
        row = Row(
            verdict.exercise, verdict.status, verdict.mistake, verdict.message, verdict.work, file=verdict.notebook
        )
        before = student.rows.get(verdict.exercise)
        if before is None or _RANK.index(row.status) < _RANK.index(before.status):
            student.rows[verdict.exercise] = row
        _say_of(student, verdict)
    silent = [name for name in notebooks if all(verdict.notebook != name for verdict in judged.verdicts)]
    student.remarks += [f"{name}: no exercise of the course is in it." for name in silent]


def _say_of(student: Student, verdict: Verdict) -> None:
    """Say where a function was found under another name, or its file has another name than the notebook."""
    exercise = EXERCISES[verdict.exercise]
    if verdict.function and verdict.function != verdict.exercise:
        student.remarks.append(
            f"{verdict.notebook}: {verdict.function} was judged as {verdict.exercise}, whose check it calls."
        )
    if exercise.notebook not in verdict.notebook:
        said = f"{verdict.notebook}: renamed; by its exercises it is {exercise.notebook}."
        if said not in student.remarks:
            student.remarks.append(said)


def _add_said(student: Student, said: progress.Progress) -> None:
    student.predictions |= said.predictions
    student.revealed |= said.revealed
    student.questions |= {name: entry["right"] for name, entry in said.questions.items()}
    strange = sorted(set(said.exercises) - set(EXERCISES))
    if strange:
        student.remarks.append(
            f"The progress file names exercises that are not in this lab: {', '.join(strange)[:200]}."
        )
    for name, entry in said.exercises.items():
        if name not in EXERCISES:
            continue
        row = student.rows.get(name)
        status = row.status if row else SAID if entry["best"] == CORRECT else _said_status(entry["best"])
        new = "tried" in entry
        base = row or Row(name, status)
        student.rows[name] = Row(
            name, base.status, base.mistake, base.message, base.work, entry["attempts"], tuple(entry.get("tried", ())),
            entry["hints"] if new else None, entry["solution"] if new else None, base.file,
        )  # fmt: skip


def _said_status(best: str) -> str:
    return best if best in (INCORRECT, ERROR, NOT_ATTEMPTED) else NOT_ATTEMPTED


def _fill(student: Student) -> None:
    """Put in the exercises that a student's notebooks ask and that were not found in them."""
    there = {row.notebook for row in student.rows.values()}
    judged = {row.notebook for row in student.rows.values() if row.file}
    rows = {
        name: student.rows.get(name, Row(name, ABSENT if it.notebook in judged else NOT_ATTEMPTED))
        for name, it in EXERCISES.items()
        if it.notebook in there
    }
    student.rows = rows


def truth(students: Iterable[Student], name: str) -> float | None:
    """What came out where a prediction was asked for: the middle of what the progress files say."""
    values = [student.revealed[name] for student in students if name in student.revealed]
    return statistics.median_low(values) if values else None


COLUMNS = (
    "student", "notebook", "exercise", "status", "mistake", "tries", "tried", "hints", "solution seen", "file",
    "remark",
)  # fmt: skip


@arguments.takes(found=Class)
def as_csv(found: Class) -> str:
    """Return a row for each exercise of each student, and one for each remark; a formula in a name stays a text."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for student in found.students:
        for row in student.rows.values():
            more = [
                row.tries,
                " > ".join(row.tried),
                row.hints,
                None if row.solution is None else "yes" if row.solution else "no",
            ]
            _write(writer, [student.name, row.notebook, row.exercise, row.status, row.mistake, *more, row.file, ""])
        for remark in student.remarks:
            _write(writer, [student.name, *[""] * (len(COLUMNS) - 2), remark])
        if not student.rows and not student.remarks:
            _write(writer, [student.name, *[""] * (len(COLUMNS) - 2), "nothing was found"])
    return text.getvalue()


def _write(writer: Any, row: Sequence[object]) -> None:
    writer.writerow([guarded(cell) if isinstance(cell, str) else "" if cell is None else cell for cell in row])


def guarded(text: str) -> str:
    """Keep a spreadsheet from running a text that begins like a formula.

    >>> guarded("=HYPERLINK(1)"), guarded("anna")
    ("'=HYPERLINK(1)", 'anna')
    """
    return f"'{text}" if text.lstrip()[:1] in ("=", "+", "-", "@") or text[:1] in ("\t", "\r", "\n") else text

"""check.NAME(your_function): not attempted, error in your code, incorrect, or correct; in words, with a worked case."""

from __future__ import annotations

import html
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from passk_lab import arguments, look
from passk_lab.course import memory
from passk_lab.course.content import EXERCISES
from passk_lab.course.exercise import (
    REFUSES,
    Exercise,
    Mistake,
    alike,
    answer,
    behaviour,
    call_text,
    number,
    same,
    text,
    truth,
)

NOT_ATTEMPTED, ERROR, INCORRECT, CORRECT = "not attempted", "error in your code", "incorrect", "correct"
_LOOK = {
    NOT_ATTEMPTED: ("○", "guide"),
    ERROR: ("⚠", "wrong"),
    INCORRECT: ("✗", "wrong"),
    CORRECT: ("✓", "correct"),
}
"""Symbol and role of each status."""


@dataclass(frozen=True)
class Outcome:
    """What the checker found, for the eye and for a program."""

    status: str
    message: str
    work: str = ""
    """The smallest counter-example, worked by hand."""
    mistake: str = ""
    """Name of the known mistake the function makes on every case, if any."""

    def __repr__(self) -> str:
        return "\n".join(part for part in (f"{_LOOK[self.status][0]} {self.status}", self.message, self.work) if part)

    def _repr_html_(self) -> str:
        symbol, role = _LOOK[self.status]
        work = (
            f'<pre style="margin: .4em 0 0; background: transparent">{html.escape(self.work)}</pre>'
            if self.work
            else ""
        )
        message = html.escape(self.message).replace("\n", "<br>")
        return f'<div style="{_edge(role)}" role="status"><b>{symbol} {self.status}</b><br>{message}{work}</div>'


@dataclass(frozen=True)
class Note:
    """A hint or a solution, to be shown."""

    title: str
    body: str
    code: bool = False

    def __repr__(self) -> str:
        return f"{self.title}\n{self.body}"

    def _repr_html_(self) -> str:
        body = html.escape(self.body)
        shown = f"<pre>{body}</pre>" if self.code else f"<br>{body}"
        title = html.escape(self.title)
        return f'<div style="{_edge("guide")}"><b>{title}</b>{shown}</div>'


def _edge(role: str) -> str:
    """Style of a note: an edge in the colour of a role, on whichever ground the notebook has."""
    colours = look.ROLES[role]
    return f"border-left: 4px solid {look.css(colours.light, colours.dark)}; padding: .3em .8em"


class Check:
    """The checker of one exercise: call it with your function; ask it for a hint, or for the solution."""

    def __init__(self, exercise: Exercise) -> None:
        self.exercise = exercise
        self._diagnosed: Mistake | None = None
        self._rung = 0

    def __call__(self, function: Callable[..., Any]) -> Outcome:
        """Judge a function and remember the best outcome."""
        outcome, self._diagnosed = judge(self.exercise, function)
        if self._diagnosed:
            self._rung = 0
        if outcome.status != NOT_ATTEMPTED:
            memory.update("exercises", self.exercise.name, lambda before: _with(before or {}, outcome.status))
        return outcome

    def hint(self) -> Note:
        """Next rung of the ladder: first about the mistake just diagnosed, then idea, formula, line."""
        if self._diagnosed and self._diagnosed.hint:
            found, self._diagnosed = self._diagnosed, None
            return Note("Hint, on what your function does now", found.hint)
        rung = min(self._rung, len(self.exercise.hints) - 1)
        self._rung += 1
        kind = ("idea", "formula", "line")[rung]
        more = "" if rung == 2 else f" (ask again for the {('formula', 'line')[rung]})"
        return Note(f"Hint: the {kind}{more}", self.exercise.hints[rung])

    def solution(self) -> Note:
        """One way to write it, from the notebook's own source."""
        # Not above: the builder is a program too, and python -m warns of one that its package has loaded before.
        from passk_lab.course.builder import solution_of

        return Note(
            f"A solution of {self.exercise.name}", solution_of(self.exercise.notebook, self.exercise.name), code=True
        )

    def __repr__(self) -> str:
        name = self.exercise.name
        return f"{self.exercise.task}\nCall check.{name}(your_function); check.{name}.hint(); check.{name}.solution()."


def _with(before: Mapping[str, Any], status: str) -> dict[str, Any]:
    """What is remembered of an exercise after one more attempt."""
    best = CORRECT if CORRECT in (before.get("best"), status) else status
    return {"best": best, "attempts": before.get("attempts", 0) + 1}


class Checks:
    """All checkers, by the name of the exercise: check.pass_at_k(your_function)."""

    def __init__(self) -> None:
        self._checks = {name: Check(exercise) for name, exercise in EXERCISES.items()}

    def __getattr__(self, name: str) -> Check:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Check:
        return self._checks[arguments.known("exercise", name, list(self._checks))]

    def __dir__(self) -> list[str]:
        return sorted(self._checks)


def judge(exercise: Exercise, function: Callable[..., Any]) -> tuple[Outcome, Mistake | None]:
    """Judge a function against the exact oracle on every case."""
    if not callable(function):
        return Outcome(NOT_ATTEMPTED, f"Pass the function itself: check.{exercise.name}({exercise.name})."), None
    expected = [exercise.expected(case) for case in exercise.cases]
    given: list[Any] = []
    for case in exercise.cases:
        value = answer(function, case)
        if not given and (value is Ellipsis or isinstance(value, NotImplementedError) or value is None):
            return Outcome(NOT_ATTEMPTED, f"{exercise.task} Replace the dots, then run the cell again."), None
        given.append(value)
    wrong = [i for i, (a, b) in enumerate(zip(given, expected, strict=True)) if not same(a, b)]
    if not wrong:
        return Outcome(
            CORRECT, f"All {len(given)} cases agree with the exact answer, from the smallest to {_last(exercise)}."
        ), None
    case, got, right = exercise.cases[wrong[0]], given[wrong[0]], expected[wrong[0]]
    where = call_text(exercise, case)
    if isinstance(got, Exception):
        return Outcome(ERROR, f"{where} stopped with {text(got)}{_line(got)}"), None
    mistake = recognise(exercise, given, expected)
    found = f"{where} gives {text(got)}; exactly it is {text(right)}."
    if isinstance(right, bool):
        found += "" if isinstance(truth(got), bool) else " True or False is wanted."
    elif number(got) is None and got is not None and got != REFUSES:
        found += " A number is wanted."
    message = f"{mistake.message}\n{found}" if mistake else found
    return Outcome(INCORRECT, message, exercise.work(*case), mistake.name if mistake else ""), mistake


def recognise(exercise: Exercise, given: list[Any], expected: list[Any]) -> Mistake | None:
    """Find the known mistake that answers every case as the function did.

    Numbers and refusals are compared apart: whoever has the formula wrong is told about the formula, whether or not
    impossible input is refused.
    """
    has_answer = [right != REFUSES for right in expected]
    numbers = [i for i, there in enumerate(has_answer) if there]
    numbers_right = all(same(given[i], expected[i]) for i in numbers)
    chosen = [i for i, there in enumerate(has_answer) if not there] if numbers_right else numbers
    cases = [exercise.cases[i] for i in chosen]
    for mistake in exercise.mistakes:
        if mistake.refusal == numbers_right and alike([given[i] for i in chosen], behaviour(mistake.function, cases)):
            return mistake
    return None


def _last(exercise: Exercise) -> str:
    return call_text(exercise, exercise.cases[-1])


def _line(error: Exception) -> str:
    """Give the line of the reader's cell on which it stopped."""
    frames = traceback.extract_tb(error.__traceback__)
    own = [frame for frame in frames if "passk_lab" not in frame.filename]
    return f", in the line: {own[-1].line}" if own and own[-1].line else "."


check = Checks()

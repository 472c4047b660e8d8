"""check.NAME(your_function): not attempted, error in your code, incorrect, or correct; in words, with a worked case."""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from passk_lab import arguments, look
from passk_lab.course import kinds, limits, memory
from passk_lab.course.content import EXERCISES
from passk_lab.course.exercise import (
    REFUSES,
    Case,
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
        self._diagnosed: Mistake | kinds.Kind | None = None
        self._rung = 0

    def __call__(self, function: Callable[..., Any]) -> Outcome:
        """Judge a function and remember the best outcome."""
        outcome, self._diagnosed = judge(self.exercise, function)
        if self._diagnosed:
            self._rung = 0
        if outcome.status != NOT_ATTEMPTED:
            memory.tried(self.exercise.name, outcome.status, outcome.mistake, final=CORRECT)
        return outcome

    def hint(self) -> Note:
        """Next rung of the ladder: first about the mistake just diagnosed, then idea, formula, line."""
        memory.helped(self.exercise.name, NOT_ATTEMPTED)
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

        body = solution_of(self.exercise.notebook, self.exercise.name)
        memory.helped(self.exercise.name, NOT_ATTEMPTED, solution=True)
        return Note(f"A solution of {self.exercise.name}", body, code=True)

    def __repr__(self) -> str:
        name = self.exercise.name
        return f"{self.exercise.task}\nCall check.{name}(your_function); check.{name}.hint(); check.{name}.solution()."


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


def judge(
    exercise: Exercise, function: Callable[..., Any], seconds: float = limits.SECONDS
) -> tuple[Outcome, Mistake | kinds.Kind | None]:
    """Judge a function against the exact oracle on every case, each of which may take so many seconds."""
    if not callable(function):
        return Outcome(NOT_ATTEMPTED, f"Pass the function itself: check.{exercise.name}({exercise.name})."), None
    first = _answers(function, exercise.cases[:1], seconds)[0]
    if first is None and (nothing := kinds.of_nothing(function, exercise.cases)):
        found = f"{call_text(exercise, exercise.cases[0])} returns nothing."
        return Outcome(INCORRECT, f"{nothing.message}\n{found}", mistake=nothing.name), nothing
    dots = first is None and (kinds.unwritten(function) or kinds.has_dots(function))
    if dots or first is Ellipsis or isinstance(first, NotImplementedError):
        return Outcome(NOT_ATTEMPTED, f"Wanted: {exercise.task}\nReplace the dots, then run the cell again."), None
    if isinstance(first, limits.Endless):
        given = [first] * len(exercise.cases)
    else:
        given = [first, *_answers(function, exercise.cases[1:], seconds)]
    expected = [exercise.expected(case) for case in exercise.cases]
    wrong = [i for i, (a, b) in enumerate(zip(given, expected, strict=True)) if not same(a, b)]
    if not wrong:
        agree = f"All {len(given)} cases agree with the exact answer, from the smallest to {_last(exercise)}."
        return Outcome(CORRECT, "\n".join(filter(None, (agree, exercise.afterwards)))), None
    case, got, right = exercise.cases[wrong[0]], given[wrong[0]], expected[wrong[0]]
    numbers_right = kinds.numbers_right(given, expected)
    mistake: Mistake | kinds.Kind | None
    if isinstance(got, Exception):
        status, found = ERROR, kinds.stopped(exercise, case, got)
        mistake = kinds.of_an_error(got, refused=numbers_right and right == REFUSES)
    else:
        status, found = INCORRECT, f"{call_text(exercise, case)} gives {text(got)}; exactly it is {text(right)}."
        if isinstance(right, bool):
            found += "" if isinstance(truth(got), bool) else " True or False is wanted."
        elif isinstance(got, str) and got == REFUSES:
            found += kinds.refused(function, case)
        elif number(got) is None:
            wanted = "" if right == REFUSES else " A number is wanted."
            found += " On some path your function returns nothing." if got is None else wanted
        mistake = (
            (None if isinstance(right, bool) else kinds.of_a_power(function))
            or recognise(exercise, given, expected)
            or (kinds.NOT_REFUSED if numbers_right else None)
        )
    message, name = (f"{mistake.message}\n{found}", mistake.name) if mistake else (found, "")
    return Outcome(status, message, exercise.work(*case) if status == INCORRECT else "", name), mistake


def _answers(function: Callable[..., Any], cases: Sequence[Case], seconds: float) -> list[Any]:
    return limits.each(lambda case: answer(function, case), cases, seconds)


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


check = Checks()

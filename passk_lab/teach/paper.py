"""Exercises on paper: one case of an exercise of the course, its answer, and what wrong answers to it reveal."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from passk_lab.course.content import EXERCISES
from passk_lab.course.exercise import Case, Exercise, Mistake, answer, number
from passk_lab.teach.by_hand import by_hand

_APART = Fraction(1, 200)
"""Answers nearer to each other, of the larger one, are one number to who works by hand."""
_COUNTED = re.compile(r"\b(problem|answer) (\d+)(?=:)")


@dataclass(frozen=True)
class Paper:
    """A case of an exercise that can be worked by hand."""

    exercise: str
    case: Case
    text: str
    """The task, with the case in it; the numbers of the case are filled in by their names, as in {p}."""

    @property
    def of(self) -> Exercise:
        """The exercise of the course that it belongs to."""
        return EXERCISES[self.exercise]

    @property
    def asked(self) -> str:
        """The task, filled in."""
        return by_hand(self.text.format(**dict(zip(self.of.arguments, map(written, self.case), strict=True))))

    @property
    def right(self) -> Any:
        """The exact answer."""
        return self.of.expected(self.case)

    @property
    def worked(self) -> list[str]:
        """The working by hand, line by line; a program counts problems and answers from 0, a person from 1."""
        counted = _COUNTED.sub(lambda it: f"{it[1]} {int(it[2]) + 1}", self.of.work(*self.case))
        return by_hand(counted).splitlines()

    def wrong(self, most: int = 4) -> list[tuple[str, str, str]]:
        """Return wrong answers to expect, what each reveals, and what to ask back.

        They are those mistakes of the course's bank that show in this case.
        """
        found: list[tuple[Fraction, Mistake]] = []
        for mistake in self.of.mistakes:
            given = number(answer(mistake.function, self.case))
            if isinstance(given, Fraction) and all(
                _apart(given, one) for one in [self.right, *(it for it, _ in found)]
            ):
                found.append((given, mistake))
        return [(written(given), by_hand(one.message), by_hand(one.hint)) for given, one in found[:most]]


def _apart(one: Fraction, other: Any) -> bool:
    return abs(one - Fraction(other)) > _APART * max(abs(one), abs(Fraction(other)))


def written(value: Any) -> str:
    """Write a number as one does by hand: a fraction with a small denominator, otherwise a decimal.

    >>> written(Fraction(3, 4)), written(Fraction(1, 3**9)), written([Fraction(1, 2), -3])
    ('3/4', '0.0000508', '1/2 and −3')
    """
    if isinstance(value, tuple | list):
        return " and ".join(map(written, value))
    exact = number(value)
    if not isinstance(exact, Fraction):
        return str(value)
    near = exact.limit_denominator(100_000)
    if near.denominator <= 128 and abs(near - exact) < Fraction(1, 10**12):
        return by_hand(str(near))
    return by_hand(f"{float(exact):.3g}" if abs(exact) >= Fraction(1, 1000) else f"{float(exact):.7f}")


PAPERS = {
    "at least one": Paper("at_least_one", (Fraction(1, 4), 3),
        "One sample is right with chance p = {p}. What is pass@{k}, the chance that at least one of {k} is right?"),
    "draws needed": Paper("draws_needed", (Fraction(1, 10), Fraction(1, 2)),
        "p = {p}. How many draws are needed until pass@k reaches {target}?"),
    "pass@k from counts": Paper("pass_at_k", (5, 2, 3),
        "Of n = {n} samples c = {c} are right. What is the unbiased estimate of pass@{k}?"),
    "mixed group": Paper("mixed_group", (Fraction(1, 2), 4),
        "p = {p}, groups of n = {n}. Which share of the groups holds both a right and a wrong sample?"),
    "slope of failure": Paper("slope_of_failure", (Fraction(1, 2), 3),
        "The chance that all {k} draws are wrong is (1 − p)^{k}. What is its slope in p, at p = {p}?"),
    "slope of the gap": Paper("gap_slope", (Fraction(1, 4), 2),
        "The gap is pass@{k} − pass@1. What is its slope in p, at p = {p}? Does training still widen it there?"),
    "different answers": Paper("distinct_answers", ((Fraction(1, 2), Fraction(1, 4), Fraction(1, 4)), 2),
        "Three answers have the chances {pi}. How many different ones do {k} draws show, on average?"),
    "mean of two problems": Paper("mean_pass_at_k", ((4, 4), (1, 3), 2),
        "Two problems with n = {ns} samples, of which c = {cs} are right. What is their mean pass@{k}?"),
    "accepted and right": Paper("accepted_right", (Fraction(1, 100), Fraction(1, 100), Fraction(0)),
        "p = {p}. The verifier accepts a wrong sample with chance {a} and rejects no right one. An answer is accepted: "
        "how likely is it right?"),
}  # fmt: skip
"""By name; the sheet and the plans choose among them."""

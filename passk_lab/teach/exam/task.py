"""A question of the exam: what is asked, in several variants, and the function that computes the key of each."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

POINTS = {"easy": 4, "medium": 6, "hard": 10}
"""What a question of each level is worth: forms with the same levels have the same points."""


@dataclass(frozen=True)
class Answer:
    """A number that is asked, as the lab computes it, and the same as arithmetic for a pocket calculator."""

    name: str
    value: float
    work: str
    """By + - * / ^ ( ), sqrt, ln, exp and the binomial C(n, k): whoever grades can type it, and a test does."""
    decimals: int = 3
    unit: str = ""
    up: bool = False
    """True if a whole number is asked that reaches something: the work is rounded up to it."""

    def written(self, value: float) -> str:
        """Write a value of this answer as it is asked: to its decimals, with its unit."""
        shown = f"{value + 0.0:.{self.decimals}f}"
        shown = shown.removeprefix("-") if float(shown) == 0 else shown
        return f"{shown} {self.unit}".rstrip()

    @property
    def text(self) -> str:
        """The right answer as it has to stand there."""
        return self.written(self.value)

    @property
    def rounding(self) -> str:
        """What the exam says of the rounding."""
        if self.decimals == 0:
            return "a whole number"
        return f"{self.decimals} decimal{'s' if self.decimals > 1 else ''}"


@dataclass(frozen=True)
class Step:
    """A part of the answer and what it is worth."""

    points: int
    says: str


@dataclass(frozen=True)
class Slip:
    """A wrong answer that is to be expected: what was done, what that reveals, and what it leaves of the points."""

    did: str
    reveals: str
    left: int = 0
    value: float | None = None
    """The number that comes out, where it is one."""
    of: int = 0
    """Place of the answer whose number it is."""


@dataclass(frozen=True)
class Key:
    """What a question's answer has to hold, and what costs points."""

    steps: tuple[Step, ...]
    slips: tuple[Slip, ...]
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True)
class Task:
    """One question of the bank."""

    notebook: str
    name: str
    title: str
    level: str
    ask: str
    """The question as a template; what stands in braces is given by the variant."""
    variants: tuple[Mapping[str, Any], ...]
    """Equally hard: each form takes another one. A value that is a function is called with its variant when the
    question is asked: recorded data are read then, and not on import."""
    key: Callable[..., Key]
    """Computes the key of a variant."""
    words: bool = False
    """True if a reason or a judgement is asked as well, or alone."""
    secret: tuple[str, ...] = ()
    """Words that give this answer away, and that no question may hold."""

    @property
    def points(self) -> int:
        """What it is worth."""
        return POINTS[self.level]

    def question(self, variant: Mapping[str, Any]) -> str:
        """The question as it is asked."""
        return self.ask.format(
            **{name: value(variant) if callable(value) else value for name, value in variant.items()}
        )

    def key_of(self, variant: Mapping[str, Any]) -> Key:
        """The key of a variant, computed."""
        return self.key(**variant)


def listed(values: Any) -> str:
    """Write numbers as a list for the eye: 0.1, 0.5 and 0.9.

    >>> listed([0.1, 0.5, 0.9])
    '0.1, 0.5 and 0.9'
    """
    *before, last = [f"{value:.10g}" for value in values]
    return f"{', '.join(before)} and {last}" if before else last


def first_whole(holds: Callable[[int], bool], start: int = 1) -> int:
    """Smallest whole number from start on for which something holds.

    >>> first_whole(lambda k: 2**k > 1000)
    10
    """
    number = start
    while not holds(number):
        number += 1
        if number > 10**6:
            raise ValueError("looked up to a million and found none.")
    return number


def root_between(low: float, high: float, of: Callable[[float], float]) -> float:
    """Where a function of one number changes its sign, by halving.

    >>> round(root_between(0, 2, lambda x: x * x - 2), 6)
    1.414214
    """
    sign = math.copysign(1, of(low))
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if math.copysign(1, of(middle)) == sign else (low, middle)
    return (low + high) / 2

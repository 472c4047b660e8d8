"""An exercise: what is asked, the exact oracle, the cases, the mistakes people make, the ladder of hints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

Case = tuple[Any, ...]
REFUSES = "refuses"
"""The right outcome where no answer exists: a ValueError."""
TOLERANCE = 1e-9


@dataclass(frozen=True)
class Mistake:
    """A wrong function that people really write or ship, with what to say to its author."""

    name: str
    function: Callable[..., Any]
    message: str
    hint: str = ""
    refusal: bool = False
    """True if every number is right and only the refusals (where no answer exists) are wrong."""


@dataclass(frozen=True)
class Exercise:
    """One function for the reader to write."""

    name: str
    notebook: str
    task: str
    """What the function gives, over which domain, and what must raise: word for word its docstring in the notebook."""
    arguments: tuple[str, ...]
    oracle: Callable[..., Any]
    """Exact: takes a case, returns a Fraction, an int or None; raises ValueError where no answer exists."""
    cases: tuple[Case, ...]
    """From small to large: the first one that fails is shown."""
    work: Callable[..., str]
    """The working of a case by hand, line by line, for the smallest counter-example."""
    mistakes: tuple[Mistake, ...]
    hints: tuple[str, str, str]
    """Idea, formula, line."""
    afterwards: str = ""
    """Said once it is solved, where a bug was to be found: what it did."""

    def expected(self, case: Case) -> Any:
        """Exact answer of a case, or REFUSES."""
        return answer(self.oracle, case)


def answer(function: Callable[..., Any], case: Case) -> Any:
    """Return what a function answers: its value, REFUSES for a ValueError, or the exception it died of."""
    try:
        value = function(*as_given(case))
    except ValueError as error:
        return error if error.__traceback__ is None else REFUSES
    except Exception as error:
        return error
    return value


def same(one: Any, other: Any) -> bool:
    """Compare two answers: numbers to a relative 1e-9, everything else exactly."""
    one, other = truth(one), truth(other)
    first, second = number(one), number(other)
    if first is not None and second is not None:
        if isinstance(first, float) or isinstance(second, float):
            return str(first) == str(second)  # nan is like nan, inf like inf; a Fraction is finite, however large
        scale = max(abs(first), abs(second))
        return first == second or abs(first - second) <= Fraction(TOLERANCE) * scale
    if isinstance(one, Exception) or isinstance(other, Exception):
        return type(one) is type(other)
    if (first is None) != (second is None):
        return False
    return one is other or (isinstance(one, str) and one == other)


def truth(value: Any) -> Any:
    """Return numpy's and torch's own True and False as Python's, anything else as it is."""
    if str(getattr(value, "dtype", "")) in ("bool", "torch.bool") and getattr(value, "shape", None) == ():
        return value.item()
    return value


def number(value: Any) -> Any:
    """Return what the reader returned as a plain number (from float, int, Fraction, numpy or torch), or None."""
    value = truth(value)
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return None
    if isinstance(value, int | Fraction):
        return Fraction(value)
    try:
        if getattr(value, "size", 1) == 1 and hasattr(value, "item"):
            value = value.item()
        value = float(value)
    except (TypeError, ValueError, RuntimeError):
        return None
    return Fraction(value) if math.isfinite(value) else value


def behaviour(function: Callable[..., Any], cases: Sequence[Case]) -> list[Any]:
    """Return the answers of a function to all cases."""
    return [answer(function, case) for case in cases]


def alike(one: Sequence[Any], other: Sequence[Any]) -> bool:
    """Say whether two behaviours are the same on every case."""
    return all(same(a, b) for a, b in zip(one, other, strict=True))


def as_given(case: Case) -> list[Any]:
    """Fractions reach the reader as floats, and lists as copies: a function that changes its input harms nobody."""
    return [
        float(value) if isinstance(value, Fraction) else [*map(_plain, value)] if isinstance(value, tuple) else value
        for value in case
    ]


def _plain(value: Any) -> Any:
    return float(value) if isinstance(value, Fraction) else value


def text(value: Any) -> str:
    """Write an answer for the eye: 1/2 = 0.5, a refusal, None."""
    if isinstance(value, str) and value == REFUSES:
        return "a ValueError (no answer exists)"
    if isinstance(value, Exception):
        return f"{type(value).__name__}: {value}"
    if isinstance(value, Fraction) and value.denominator > 1:
        shown = f"{float(value):.10g}"
        return shown if value.denominator > 10**6 else f"{value} = {shown}"
    if isinstance(value, Fraction):
        return str(value.numerator)
    plain = number(value)
    if plain is not None and not isinstance(value, int):
        return f"{float(plain):.10g}"
    shown = repr(value)
    return shown if len(shown) <= 80 else shown[:77] + "..."


def call_text(exercise: Exercise, case: Case) -> str:
    """Write a case as the call it is: pass_at_k(n=4, c=1, k=2)."""
    inside = ", ".join(f"{n}={_plain_text(v)}" for n, v in zip(exercise.arguments, as_given(case), strict=True))
    return f"{exercise.name}({inside})"


def _plain_text(value: Any) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)

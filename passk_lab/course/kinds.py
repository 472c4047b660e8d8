"""What can go wrong in any exercise, told from how a function ends and what it is made of; banks know the rest."""

from __future__ import annotations

import contextlib
import dis
import inspect
import io
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

from passk_lab.course import limits
from passk_lab.course.exercise import REFUSES, Case, Exercise, answer, as_given, call_text, same, text

Function = Callable[..., Any]


@dataclass(frozen=True)
class Kind:
    """A kind of mistake, with what to say to its author."""

    name: str
    message: str
    hint: str


PRINT = Kind(
    "print instead of return",
    "Your function prints and returns nothing. What is printed is for the eye; a caller gets what is returned.",
    "Write return where you write print.",
)
NO_RETURN = Kind(
    "return missing",
    "Your function works something out, and then lets it go: it returns nothing.",
    "End with a line: return ...",
)
XOR = Kind(
    "^ for power",
    "In Python a power is written **. Your function uses ^, which is the exclusive or of whole numbers.",
    "Write ** in place of ^.",
)
ZERO_DIVISION = Kind(
    "division by zero",
    "Your function divides by zero.",
    "What is zero in this case? Look at it apart, or find a form of the formula that does not divide by it.",
)
ENDLESS = Kind(
    "no end",
    "Your function did not come to an end.",
    "Which condition is to end the loop? Can it come true in this case? Look at such a case before the loop.",
)
MEMORY = Kind(
    "too much memory",
    f"Your function asked for more memory than there is, or than a check may take ({limits.MEMORY >> 30} GB).",
    "Count or add up as you go; do not make a list of everything.",
)
NOT_REFUSED = Kind(
    "not refused",
    "Every number is right. Where no answer exists, a ValueError is to say so.",
    "Test for it first, and raise a ValueError.",
)


def of_nothing(function: Function, cases: Sequence[Case]) -> Kind | None:
    """What went wrong with a function that returns nothing in any case; None if it does in some, or is not written."""
    if unwritten(function):
        return None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        given = limits.each(lambda case: answer(function, case), cases)
    if not all(value is None or isinstance(value, Exception) or same(value, REFUSES) for value in given):
        return None
    if printed.getvalue():
        return PRINT
    return None if has_dots(function) else NO_RETURN


def of_an_error(error: Exception, *, refused: bool) -> Kind | None:
    """What went wrong where no answer came; `refused` where every number is right and this was to be refused."""
    if isinstance(error, limits.Endless):
        return ENDLESS
    if isinstance(error, MemoryError):
        return MEMORY
    if isinstance(error, TypeError) and "for ^" in str(error):
        return XOR
    if refused:
        return NOT_REFUSED
    return ZERO_DIVISION if isinstance(error, ZeroDivisionError) else None


def of_a_power(function: Function) -> Kind | None:
    """What went wrong with a wrong function in which there is a ^."""
    return XOR if any(_xors(code) for code in _codes(function)) else None


def numbers_right(given: Sequence[Any], expected: Sequence[Any]) -> bool:
    """Say whether every case that has an answer got it."""
    return all(same(a, b) for a, b in zip(given, expected, strict=True) if b != REFUSES)


def stopped(exercise: Exercise, case: Case, error: Exception) -> str:
    """Say how a function ended in place of an answer, where, and what is wanted there."""
    how = f"stopped with {text(error)}"
    if isinstance(error, limits.Endless):
        how = f"was stopped after {error.seconds:g} seconds"
        if not error.gone:
            how = f"still runs after {error.seconds:g} seconds: it catches what is to stop it, so restart the kernel"
    return f"{call_text(exercise, case)} {how}{_line(error)}\nWanted there: {text(exercise.expected(case))}."


def refused(function: Function, case: Case) -> str:
    """Say with which words, and in which line, a function raised a ValueError where an answer exists."""
    try:
        function(*as_given(case))
    except ValueError as error:
        return f" It stopped with {text(error)}{_line(error)}"
    return ""


def _line(error: Exception) -> str:
    """Give the line of the reader's cell on which it stopped."""
    frames: Sequence[traceback.FrameSummary] = (
        error.frames if isinstance(error, limits.Endless) else traceback.extract_tb(error.__traceback__)
    )
    own = [frame for frame in frames if not ("passk_lab" in frame.filename or frame.filename == threading.__file__)]
    return f", in the line: {own[-1].line}" if own and own[-1].line else "."


def unwritten(function: Function) -> bool:
    """Say whether there is nothing in a function but constants."""
    constant = {"RESUME", "NOP", "CACHE", "POP_TOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
    return all(op.opname in constant for code in _codes(function) for op in dis.get_instructions(code))


def has_dots(function: Function) -> bool:
    """Say whether the dots that are to be replaced still stand there."""
    try:
        return any(line.split("#")[0].strip() == "..." for line in inspect.getsource(function).splitlines())
    except (OSError, TypeError):
        return False


def _codes(function: Function) -> Iterator[CodeType]:
    """A function's code, and that of the functions and comprehensions within it."""
    found = [code for code in [getattr(function, "__code__", None)] if code is not None]
    while found:
        code = found.pop()
        yield code
        found += [it for it in code.co_consts if isinstance(it, CodeType)]


def _xors(code: CodeType) -> bool:
    return any(op.opname == "BINARY_OP" and op.argrepr in ("^", "^=") for op in dis.get_instructions(code))

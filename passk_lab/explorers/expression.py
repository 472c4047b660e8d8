"""The little language in which a mark names its numbers: a slice of a table, a coordinate, a control, + - *.

The page evaluates the same language (front/evaluate.js); a browser test holds the two against each other.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from passk_lab import arguments


@dataclass(frozen=True)
class Table:
    """Numbers over named dimensions, kept as float32, as they travel; NaN where there is no value."""

    dims: tuple[str, ...]
    values: Any

    def __post_init__(self) -> None:
        with np.errstate(over="ignore"):
            values = np.asarray(arguments.floats("values", self.values, marks=True), dtype=np.float32, order="C")
        arguments.as_one_of("dims", self.dims, tuple, "a tuple of names")
        if values.ndim != len(self.dims):
            raise ValueError(
                f"a table over {self.dims} needs {len(self.dims)} axes, but its values have {values.ndim}."
            )
        object.__setattr__(self, "values", values)


class Expression:
    """Something with a value in every state; combine with + - *."""

    def __add__(self, other: Any) -> Expression:
        return Operation("+", self, as_expression(other))

    def __sub__(self, other: Any) -> Expression:
        return Operation("-", self, as_expression(other))

    def __mul__(self, other: Any) -> Expression:
        return Operation("*", self, as_expression(other))

    def to_json(self) -> Any:
        """Return the form that travels to the page."""
        raise NotImplementedError


@dataclass(frozen=True)
class Number(Expression):
    """A fixed number."""

    value: float

    def to_json(self) -> Any:
        """["number", value]."""
        return ["number", self.value]


@dataclass(frozen=True)
class ControlValue(Expression):
    """The number a slider stands at."""

    name: str

    def to_json(self) -> Any:
        """["control", name]."""
        return ["control", self.name]


@dataclass(frozen=True)
class Coordinate(Expression):
    """The coordinates of a dimension, as an array along it."""

    dim: str

    def to_json(self) -> Any:
        """["coordinate", dim]."""
        return ["coordinate", self.dim]


class Value(Expression):
    """A slice of a table: a number, an array along one dimension, or a grid along one and across another.

    Every other dimension is fixed: by the control of the same name, by the control named in `at`, or at the coordinate
    given in `at`.

    >>> Value("curve", along="k", model="first").to_json()
    ['value', 'curve', 'k', {'model': 'first'}]
    """

    def __init__(self, table: str, along: str = "", across: str = "", **at: Any) -> None:
        self.table, self.along, self.across, self.at = table, along, across, at

    def to_json(self) -> Any:
        """["value", table, along, at], and across for a grid."""
        return ["value", self.table, self.along, self.at, *([self.across] if self.across else [])]


@dataclass(frozen=True)
class Operation(Expression):
    """Two expressions added, subtracted or multiplied."""

    sign: str
    left: Expression
    right: Expression

    def to_json(self) -> Any:
        """["+" or "-" or "*", left, right]."""
        return [self.sign, self.left.to_json(), self.right.to_json()]


@dataclass(frozen=True)
class Scope:
    """Where names are looked up."""

    axes: Mapping[str, Sequence[Any]]
    tables: Mapping[str, Table]
    controls: tuple[str, ...]


def as_expression(value: Any) -> Expression:
    """Let plain numbers stand in expressions."""
    return value if isinstance(value, Expression) else Number(float(value))


def evaluate(expression: Expression, scope: Scope, state: Mapping[str, Any]) -> Any:
    """Value in a state, in float64."""
    if isinstance(expression, Number):
        return expression.value
    if isinstance(expression, ControlValue):
        return float(state[expression.name])
    if isinstance(expression, Coordinate):
        return np.asarray(scope.axes[expression.dim], dtype=np.float32).astype(np.float64)
    if isinstance(expression, Operation):
        left, right = (evaluate(side, scope, state) for side in (expression.left, expression.right))
        return left + right if expression.sign == "+" else left - right if expression.sign == "-" else left * right
    if isinstance(expression, Value):
        return _slice(expression, scope, state)
    raise TypeError(f"not an expression: {expression!r}")


def _slice(value: Value, scope: Scope, state: Mapping[str, Any]) -> Any:
    if value.table not in scope.tables:
        raise KeyError(f"there is no table called {value.table!r}. There are: {', '.join(scope.tables)}.")
    table = scope.tables[value.table]
    index: list[Any] = []
    for dim, size in zip(table.dims, table.values.shape, strict=True):
        if len(scope.axes[dim]) != size:
            raise ValueError(
                f"table {value.table} has {size} entries along {dim}, whose axis has {len(scope.axes[dim])}."
            )
        free = dim in (value.along, value.across)
        index.append(slice(None) if free else _position(value.at.get(dim, dim), dim, scope, state))
    found = table.values[tuple(index)].astype(np.float64)
    turned = value.across and table.dims.index(value.across) < table.dims.index(value.along)
    return found.T if turned else found


def _position(at: Any, dim: str, scope: Scope, state: Mapping[str, Any]) -> int:
    wanted = state[at] if isinstance(at, str) and at in scope.controls else at
    coordinates = scope.axes[dim]
    for position, coordinate in enumerate(coordinates):
        if coordinate == wanted or (
            not isinstance(wanted, str)
            and not isinstance(coordinate, str)
            and math.isclose(coordinate, wanted, rel_tol=1e-6)
        ):
            return position
    raise ValueError(f"the axis {dim} has no coordinate {wanted!r}: a control may only reach values that the axis has.")


def number_text(value: float, digits: int = 3) -> str:
    """Write a number to so many significant digits, as a program reads it back; whole numbers in full.

    >>> number_text(1024), number_text(0.41666), number_text(0.0000123)
    ('1024', '0.417', '1.23e-5')
    """
    number = float(value)
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e15:
        return str(int(number))
    size = abs(number)
    if 1e-3 <= size < 1e15:
        text = _fixed(number, max(0, digits - 1 - math.floor(math.log10(size))))
        return text.rstrip("0").rstrip(".") if digits > 6 else text
    mantissa, exponent = _mantissa(number, digits)
    return f"{mantissa}e{exponent}"


def number_words(value: float, digits: int = 3) -> str:
    """Write a number for the eye: as `number_text` does, but very large and very small ones with a power of ten.

    >>> number_words(1024), number_words(0.0000123), number_words(1.6e12, 12), number_words(1e6)
    ('1024', '1.23 × 10⁻⁵', '1.6 × 10¹²', '10⁶')
    """
    number = float(value)
    if number == 0 or 1e-3 <= abs(number) < 1e6 or not math.isfinite(number):
        return number_text(number, digits)
    mantissa, exponent = _mantissa(number, digits)
    if digits > 6 or number == int(number):
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
    power = f"10{superscript(exponent)}"
    return power if mantissa == "1" else f"{mantissa} × {power}"


def superscript(whole: int) -> str:
    """Write a whole number in raised digits.

    >>> superscript(-12)
    '⁻¹²'
    """
    return str(whole).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def _mantissa(number: float, digits: int) -> tuple[str, int]:
    exponent = math.floor(math.log10(abs(number)))
    # A power of ten below 1e-307 is no full float any more.
    mantissa = _fixed(
        number / 10.0**exponent if exponent > -308 else number * 1e300 / 10.0 ** (exponent + 300), digits - 1
    )
    if abs(float(mantissa)) >= 10:  # 9.996 rounds up to 10.00
        exponent += 1
        mantissa = _fixed(number / 10.0**exponent, digits - 1)
    return mantissa, exponent


def _fixed(number: float, places: int) -> str:
    # JavaScript's toFixed rounds exact ties away from zero; Python's format rounds them to even.
    return str(Decimal(number).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP))

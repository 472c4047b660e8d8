"""A derivation: what is claimed, the steps, the closed form, and the check that holds it against two other ways."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

from passk_lab import needs

Case = tuple[Any, ...]


@dataclass(frozen=True)
class Step:
    """One line of a derivation: LaTeX, and why it holds."""

    formula: str
    why: str


@dataclass(frozen=True)
class Row:
    """One comparison: the closed form in a case, the other way's result, and how far apart they are."""

    subject: str
    case: str
    against: str
    closed: tuple[float, ...]
    other: tuple[float, ...]
    tolerance: float

    @property
    def residual(self) -> float:
        """Largest difference over the largest entry of the other side; NaN is infinitely far from everything."""
        if len(self.closed) != len(self.other):
            return math.inf
        pairs = [(a, b) for a, b in zip(self.closed, self.other, strict=True) if a != b]
        if any(not (math.isfinite(a) and math.isfinite(b)) for a, b in pairs):
            return math.inf
        size = max((abs(b) for b in self.other if math.isfinite(b)), default=0.0)
        furthest = max((abs(a - b) for a, b in pairs), default=0.0)
        return furthest / size if size else furthest

    @property
    def passed(self) -> bool:
        """Whether the two sides agree to the tolerance."""
        return self.residual <= self.tolerance


@dataclass(frozen=True)
class Ledger:
    """The rows of one or many checks; it shows itself as a table."""

    rows: tuple[Row, ...]

    @property
    def passed(self) -> bool:
        """Whether there are rows, and every one of them agrees."""
        return bool(self.rows) and all(row.passed for row in self.rows)

    @property
    def failures(self) -> tuple[Row, ...]:
        """Rows that do not agree."""
        return tuple(row for row in self.rows if not row.passed)

    def worst(self, against: str) -> float | None:
        """Largest residual against one of the other ways, or None if it was not asked."""
        return max((row.residual for row in self.rows if row.against == against), default=None)

    def __add__(self, other: Ledger) -> Ledger:
        return Ledger(self.rows + other.rows)

    def __repr__(self) -> str:
        head = f"{'case':<44} {'against':<12} {'closed form':>22} {'other way':>22} {'residual':>9}"
        return "\n".join([head, *map(_line, self.rows)])

    def _repr_html_(self) -> str:
        cells = "".join(
            f"<tr><td>{'✓' if row.passed else '✗'}</td><td>{html.escape(row.case)}</td><td>{html.escape(row.against)}"
            f"</td><td>{_numbers(row.closed)}</td><td>{_numbers(row.other)}</td><td>{row.residual:.1e}</td></tr>"
            for row in self.rows
        )
        head = "".join(
            f"<th>{name}</th>" for name in ("holds", "case", "against", "closed form", "other way", "residual")
        )
        return f"<table><thead><tr>{head}</tr></thead><tbody>{cells}</tbody></table>"


@dataclass(frozen=True, kw_only=True)
class Derivation:
    """One result: shown in a notebook with its steps, and checked by `check()`."""

    name: str
    claim: str
    source: str
    steps: Sequence[Step]
    closed: Callable[..., Any]
    """The closed form, from the code that ships; takes a case, returns a number or several."""
    autograd: Callable[..., Any]
    """The same quantity by float64 autograd."""
    enumeration: Callable[..., Any]
    """The same quantity by listing every outcome, in fractions."""
    cases: Sequence[Case]
    by_hand: Sequence[tuple[Case, Any]] = ()
    """Cases with their result as worked out by hand or published."""
    arguments: Sequence[str] = ()
    tolerance: float = 1e-10

    def check(self) -> Ledger:
        """Compare the closed form with autograd and with enumeration in every case, and with the literals by hand."""
        needs.check(needs.CHECKS)
        rows = []
        for case in self.cases:
            mine, text = numbers(self.closed(*case)), self.case_text(case)
            for against, other in (("autograd", self.autograd), ("enumeration", self.enumeration)):
                rows.append(Row(self.name, text, against, mine, numbers(other(*case)), self.tolerance))
        for case, literal in self.by_hand:
            mine = numbers(self.closed(*case))
            # Ten digits are kept of a literal.
            rows.append(Row(self.name, self.case_text(case), "by hand", mine, numbers(literal), 1e-8))
        return Ledger(tuple(rows))

    def case_text(self, case: Case) -> str:
        """Write a case with the names of its parts."""
        return ", ".join(f"{name} = {_text(value)}" for name, value in zip(self.arguments, case, strict=True))

    def __repr__(self) -> str:
        lines = [f"{i}. {step.formula}   ({step.why})" for i, step in enumerate(self.steps, 1)]
        return "\n".join([f"{self.name}: {self.claim}", *lines, f"Source: {self.source}"])

    def _repr_markdown_(self) -> str:
        lines = "\n\n".join(f"{i}. {step.why}\n\n   $${step.formula}$$" for i, step in enumerate(self.steps, 1))
        return f"**{self.claim}**\n\n{lines}\n\n*Source: {self.source}.*"


def numbers(value: Any) -> tuple[float, ...]:
    """Flatten a number, a fraction, a list, an array or a tensor into plain floats."""
    if isinstance(value, Fraction | int | float):
        return (float(value),)
    if isinstance(value, Iterable) and not hasattr(value, "shape"):
        return tuple(x for entry in value for x in numbers(entry))
    return tuple(float(x) for x in np.ravel(np.asarray(value, dtype=np.float64)))


def _text(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "(" + ", ".join(map(_text, value)) + ")"
    return str(value)


def _numbers(values: Sequence[float]) -> str:
    shown = ", ".join(f"{value:.6g}" for value in values[:4])
    return shown + (", ..." if len(values) > 4 else "")


def _line(row: Row) -> str:
    mark = "" if row.passed else "   <- DIFFERS"
    return (
        f"{row.case[:44]:<44} {row.against:<12} {_numbers(row.closed)[:22]:>22} {_numbers(row.other)[:22]:>22} "
        f"{row.residual:9.1e}{mark}"
    )

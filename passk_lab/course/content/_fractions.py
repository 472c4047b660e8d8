"""Fractions, averaged and written out."""

from fractions import Fraction as F
from typing import Any


def average(values: Any) -> Any:
    """Exact for Fractions, in floats for floats."""
    values = list(values)
    return sum(values) / len(values)


def shown(value: F) -> str:
    """A fraction as it is while it is short, else as a decimal."""
    return str(value) if value.denominator < 10**6 else f"{float(value):.6g}"

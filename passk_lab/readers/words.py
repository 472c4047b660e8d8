"""What the cell of a verdict says: words and numbers as people and spreadsheets write them."""

import json
import math
import re
from typing import Any

RIGHT = (
    "1", "true", "t", "yes", "y", "pass", "passed", "correct", "c", "right", "success", "solved", "ok", "accepted",
    "wahr", "vrai", "verdadero", "vero",
)  # fmt: skip
WRONG = (
    "0", "false", "f", "no", "n", "fail", "failed", "incorrect", "i", "wrong", "failure", "unsolved", "rejected",
    "falsch", "faux", "falso",
)  # fmt: skip
UNJUDGED = ("", "nan", "null", "none", "na", "n/a", "nat", "-", "?", "unscored")
"""Words that mean right, wrong, and not judged, in capitals or not: C, I and N are Inspect's, and spreadsheets write
true and false in their own language."""

_SCORES: dict[str, float | None] = dict.fromkeys(RIGHT, 1.0) | dict.fromkeys(WRONG, 0.0) | dict.fromkeys(UNJUDGED, None)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?")


def score_of(cell: Any) -> float | None:
    """Return the score in a cell; None if it says that nobody judged.

    Raises
    ------
    ValueError
        For any other word, and for a percentage: a sample is right or wrong, and is no share of others.

    Examples
    --------
    >>> score_of("Yes"), score_of("C"), score_of(True), score_of("0.5"), score_of("0,5"), score_of("nan")
    (1.0, 1.0, 1.0, 0.5, 0.5, None)
    """
    if cell is None:
        return None
    if isinstance(cell, bool | int | float):
        score = float(cell) if abs(cell) < 2**1000 else math.inf
        return score if math.isfinite(score) else None
    text = (cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)).strip().lower()
    if text in _SCORES:
        return _SCORES[text]
    number = text.replace(",", ".", 1)
    if _NUMBER.fullmatch(number):
        score = float(number)
        return score if math.isfinite(score) else None
    if text.endswith("%"):
        raise ValueError("a percentage is no verdict: give a row for each sample, or the counts n and c.")
    raise ValueError(
        f"that is none of the words understood. Right: {', '.join(RIGHT)}. Wrong: {', '.join(WRONG)}. Not judged: an "
        f"empty cell, {', '.join(UNJUDGED[1:])}. Or a number."
    )


def share_of(cell: Any) -> tuple[float | None, float]:
    """Return the share in a cell, and how far rounding may have moved it; None where it is empty.

    Raises
    ------
    ValueError
        If it is not between 0 and 1, or 0 % and 100 %.

    Examples
    --------
    >>> share_of("0.33"), share_of("50%"), share_of(""), share_of(0.25)
    ((0.33, 0.005), (0.5, 0.005), (None, 0.0), (0.25, 0.005))
    """
    text = ("" if cell is None else str(cell)).strip().lower().replace(",", ".", 1)
    if text in UNJUDGED:
        return None, 0.0
    unit = 0.01 if text.endswith("%") else 1.0
    digits = text.removesuffix("%").strip()
    if not _NUMBER.fullmatch(digits) or not 0 <= float(digits) * unit <= 1:
        raise ValueError("a rate is a number from 0 to 1, or a percentage with its sign.")
    mantissa, _, exponent = digits.partition("e")
    places = len(mantissa.partition(".")[2]) - int(exponent or 0)
    exact = float(digits) * unit in (0.0, 1.0)
    return float(digits) * unit, 0.0 if exact else unit * 0.5 * 10.0**-places


def list_of(cell: Any) -> list[Any] | None:
    """Return the verdicts of several samples in one cell: a list, or a list that was written as text.

    >>> list_of([1, 0]), list_of("[True, False]"), list_of("1")
    ([1, 0], [True, False], None)
    """
    if isinstance(cell, list | tuple):
        return list(cell)
    if isinstance(cell, str) and cell.lstrip().startswith("["):
        try:
            found = json.loads(cell.lower().replace("none", "null"))
        except (ValueError, RecursionError):
            return None
        return found if isinstance(found, list) else None
    return None


def whole_of(cell: Any) -> int | None:
    """Return the count in a cell; None if it is empty.

    >>> whole_of("8"), whole_of(8.0), whole_of("")
    (8, 8, None)
    """
    if isinstance(cell, str) and not _NUMBER.fullmatch(cell.strip().lower()):
        if cell.strip().lower() not in UNJUDGED:
            raise ValueError("counts are whole numbers.")
        return None
    score = score_of(cell)
    if score is None:
        return None
    if score != math.floor(score):
        raise ValueError("counts are whole numbers. A fraction or a percentage times n / 1 or n / 100 is the count.")
    if score < 0:
        raise ValueError("a count is not negative.")
    if score > 2**53:
        raise ValueError("a count is at most 2**53.")
    return int(score)

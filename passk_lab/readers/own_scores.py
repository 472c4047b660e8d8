"""What tools say of their own files, worked out anew from the samples by the rule of each."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from passk_lab.metrics import pass_at_k
from passk_lab.readers.evaluation import Score
from passk_lab.readers.tally import Counts

ESTIMATOR = "mean over problems of 1 - C(n - c, k)/C(n, k)"
_PASS_AT = re.compile(r"pass(?:@|_at_)(\d+)")


def pass_ats(
    stated: Mapping[str, Any], counts: Counts, file: str, of: str = "", percent: bool = False, digits: float = 1e-9
) -> Iterator[Score]:
    """Every pass@k that a summary states, beside the mean over problems of the unbiased estimate.

    A k beyond the samples of any problem is passed over: no rule gives it.

    >>> counts = Counts(("a", "b"), np.array([4, 4]), np.array([1, 4]))
    >>> [(score.name, score.recomputed) for score in pass_ats({"pass@2": 0.75, "pass@8": 1}, counts, "x.json")]
    [('pass@2', 0.75)]
    """
    for name, value in stated.items():
        found = _PASS_AT.fullmatch(name)
        if found and is_number(value) and 1 <= int(found[1]) <= counts.n.min():
            by_us = float(np.mean(pass_at_k(counts.n, counts.c, int(found[1])))) * (100 if percent else 1)
            yield Score(f"pass@{found[1]}{of}", float(value), by_us, ESTIMATOR, file, digits)


def mean(counts: Counts, verdict: str, each_problem: bool = False) -> float:
    """The mean score of all samples, or the mean over problems of their mean scores; nan where there is none.

    >>> two = {"r": ({1.0: 1, 0.0: 1}, {0.5: 4, None: 9})}
    >>> mean(Counts(("a", "b"), np.array([2, 4]), np.array([1, 0]), scores=two), "r")
    0.5
    """
    sums = [
        (sum(score * rows for score, rows in there.items() if score is not None), _judged(there))
        for there in counts.scores.get(verdict, ())
    ]
    sums = [(total, rows) for total, rows in sums if rows]
    if not sums:
        return float("nan")
    if each_problem:
        return float(np.mean([total / rows for total, rows in sums]))
    return sum(total for total, _ in sums) / sum(rows for _, rows in sums)


def _judged(scores: Mapping[float | None, int]) -> int:
    return sum(rows for score, rows in scores.items() if score is not None)


def is_number(value: Any) -> bool:
    """Whether a summary states a number here, and not a text or nothing.

    >>> is_number(0.5), is_number("0.5"), is_number(None), is_number(float("nan"))
    (True, False, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value

"""Counts of a table on their way into a tally: arrays that grow with the problems and not with the rows."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from passk_lab.arguments import Floats, Ints
from passk_lab.readers.columns import Column, text_of
from passk_lab.readers.marks import Seen
from passk_lab.readers.rules import MOST_VALUES
from passk_lab.readers.sample import Undecided
from passk_lab.readers.tally import LEAST_TEXT, Tally

_BINS = 2**22
"""Bins of problem and value that are counted by their number; beyond, they are sorted."""
_MOST_ANSWERS = 1_000_000
"""Different answers that are kept. Beyond, none is."""
_VALUES = 2**24
"""No column has as many different values as this in one key."""


class _Pairs:
    """How often each value was met with each problem, of the pairs that were met at all."""

    def __init__(self) -> None:
        self.keys: Ints = np.empty(0, dtype=np.int64)
        self.counts: Ints = np.empty(0, dtype=np.int64)

    def add(self, problem: Ints, value: Ints, weights: Any = None) -> None:
        if not len(problem):
            return
        width = int(value.max()) + 1
        bins = (int(problem.max()) + 1) * width
        if bins <= _BINS and weights is None:
            number = np.bincount(problem * width + value, minlength=bins)
            keys = np.flatnonzero(number)
            number = number[keys]
            keys = keys // width * _VALUES + keys % width
        else:
            keys, number = (
                problem * _VALUES + value,
                np.ones(len(problem), dtype=np.int64) if weights is None else weights,
            )
        keys, inverse = np.unique(np.concatenate([self.keys, keys]), return_inverse=True)
        total = np.zeros(len(keys), dtype=np.int64)
        np.add.at(total, inverse, np.concatenate([self.counts, np.asarray(number, dtype=np.int64)]))
        self.keys, self.counts = keys, total


class Store:
    """What was counted of one table, or of the parts of one, at one step."""

    def __init__(self) -> None:
        self.names: list[str] = []
        """Of the problems, in the order in which they were met."""
        self.seen = Seen()
        """Samples by their ids."""
        self._texts = Seen()
        self._index: dict[str, int] = {}
        self._scores: dict[float | None, int] = {}
        self._pairs: dict[str, _Pairs] = {}
        self._answers: dict[tuple[str, int], int] | None = {}
        self._answered = _Pairs()
        self._with_row: Ints = np.empty(0, dtype=np.int64)

    def index(self, names: Sequence[str]) -> Ints:
        """Number the problems of these names, new ones after all others."""
        index = self._index
        found = np.array([index.setdefault(name, len(index)) for name in names], dtype=np.int64)
        if len(index) > len(self.names):
            self.names = list(index)
        return found

    def again(self, problem: Ints) -> tuple[int, str] | None:
        """Return the first of these rows whose problem had a row before, here or earlier."""
        number = np.zeros(len(self.names), dtype=np.int64)
        number[: len(self._with_row)] = self._with_row
        np.add.at(number, problem, 1)
        if (number[problem] > 1).any():
            before = set(np.flatnonzero(self._with_row).tolist())
            for at, code in enumerate(problem.tolist()):
                if code in before:
                    return at, self.names[code]
                before.add(code)
        self._with_row = number
        return None

    def add(self, verdict: str, problem: Ints, score: Ints, weights: Any = None) -> None:
        """Count rows: the problem of each, the code of its score, and for how many samples it stands."""
        self._pairs.setdefault(verdict, _Pairs()).add(problem, score, weights)

    def add_answers(self, problem: Ints, answer: Column, rows: Any, score: Ints) -> None:
        """Count what was answered in rows, with the codes of their scores."""
        if self._answers is None:
            return
        codes = answer.codes[rows]
        answered = codes >= 0
        pair, inverse = np.unique(codes[answered] * _VALUES + score[answered], return_inverse=True)
        known = self._answers
        texts = [text_of(answer.values[code]) for code in (pair // _VALUES).tolist()]
        own = [
            known.setdefault((text, code), len(known))
            for text, code in zip(texts, (pair % _VALUES).tolist(), strict=True)
        ]
        self._answered.add(problem[answered], np.array(own, dtype=np.int64)[inverse])
        if len(known) > _MOST_ANSWERS:
            self._answers = None

    def copies(self, problem: Ints, text: Column, rows: Any) -> int:
        """How many of these rows have the very text of another sample of their problem."""
        _, marks = text.ids()
        long = np.array([len(value) >= LEAST_TEXT for value in map(text_of, text.values)] + [False], dtype=np.bool_)
        codes = text.codes[rows]
        told = long[codes]
        codes = codes[told]
        return int((~self._texts.new(problem[told], np.full(len(codes), -1), marks[codes])).sum())

    def is_crowded(self) -> bool:
        """Whether there were so many samples or texts that nobody looked for copies."""
        return self.seen.full or self._texts.full

    def into(self, tally: Tally) -> None:
        """Hand all that was counted to a tally; problems and samples are remembered."""
        scores = list(self._scores)
        found: dict[int, dict[str, dict[float | None, int]]] = {}
        for verdict, pairs in self._pairs.items():
            for key, number in zip(pairs.keys.tolist(), pairs.counts.tolist(), strict=True):
                code, value = divmod(key, _VALUES)
                if number:
                    found.setdefault(code, {}).setdefault(verdict, {})[scores[value]] = number
        answers = self._by_answer(scores)
        for code in sorted(found):
            tally.add_judged(self.names[code], found[code], answers.get(code))
        self._pairs, self._answered = {}, _Pairs()

    def _by_answer(self, scores: list[float | None]) -> dict[int, dict[str, dict[float | None, int]]]:
        if not self._answers:
            return {}
        known = list(self._answers)
        answers: dict[int, dict[str, dict[float | None, int]]] = {}
        for key, number in zip(self._answered.keys.tolist(), self._answered.counts.tolist(), strict=True):
            code, value = divmod(key, _VALUES)
            text, score = known[value]
            answers.setdefault(code, {}).setdefault(text, {})[scores[score]] = number
        # One answer a problem, right in some rows and wrong in others, is the answer that was looked for.
        alone = all(len(given) == 1 for given in answers.values())
        both = any(len(set(given) - {None}) > 1 for there in answers.values() for given in there.values())
        return {} if alone and both else answers

    def codes_of(self, scores: Floats) -> Ints:
        """Number scores; NaN is that of a sample that nobody judged."""
        known = self._scores
        codes = [known.setdefault(None if value != value else value, len(known)) for value in scores.tolist()]
        if len(known) > MOST_VALUES:
            raise Undecided(
                f"there are more than {MOST_VALUES} different scores: partial credit, and no table of right and wrong. "
                "Make a column of it that says what is right.",
                "columns",
                {"correct=NAME": "the column that says so"},
            )
        return np.array(codes, dtype=np.int64)

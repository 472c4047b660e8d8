"""From samples to counts: what must be kept of each row, and no more, so that memory grows with the problems."""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np

from passk_lab.arguments import Ints
from passk_lab.readers.evaluation import Answers, LeftOut, Notice
from passk_lab.readers.rules import MOST_VALUES, Rule, decide
from passk_lab.readers.sample import BadRow, Choices, Sample, Undecided, label

_MOST_MARKS = 1_000_000
"""Texts and ids that are remembered, by a hash, to find copies. Beyond, it is said that nobody looked."""
LEAST_TEXT = 4
"""Signs of a text that can be a copy: "..." and "" stand for texts that the tool did not keep."""
AGAIN = "the same sample of the same problem again"
_GREEDY = "greedy: drawn at temperature 0, so no sample of the policy"
_LONGEST_ANSWER = 200
_HUGE = 2**1000
"""Whole numbers from here on are no floats."""
_UNJUDGED = "not judged: the verdict is empty, or not a number"
_CODES = {AGAIN: "duplicates", _GREEDY: "greedy", _UNJUDGED: "unscored"}


class Counts(NamedTuple):
    """Counts of some problems."""

    problems: tuple[str, ...]
    n: Ints
    c: Ints
    verdict: str = ""
    filter: str = ""
    scores: Mapping[str, tuple[Mapping[float | None, int], ...]] = {}
    """For each verdict in the files, how often each problem had which score; None where it was not judged."""


class Counted(NamedTuple):
    """All that a tally says once it is known what is right."""

    verdict: str
    filter: str
    correct_is: str
    counts: Counts
    left_out: tuple[LeftOut, ...]
    notices: tuple[Notice, ...]
    other_verdicts: Mapping[str, Ints]
    answers: tuple[Answers, ...] | None
    rows: int


class _Problem:
    """What is kept of one problem under one filter."""

    __slots__ = ("answers", "ids", "rows", "scores", "texts")

    def __init__(self) -> None:
        self.rows = 0
        self.scores: dict[str, Counter[float | None]] = {}
        self.ids: set[int] = set()
        self.texts: set[int] = set()
        self.answers: dict[str, dict[str, Counter[float | None]]] = {}


class Tally:
    """Counts the samples of one run at one step."""

    def __init__(self, choices: Choices) -> None:
        self._choices = choices
        self._filters: dict[str, dict[str, _Problem]] = {}
        self._rows: Counter[str] = Counter()
        self._left_out: Counter[str] = Counter()
        self._codes = dict(_CODES)
        self._copies: Counter[str] = Counter()
        self._greedy: Tally | None = None
        self._marks = 0
        self.rows = 0
        self.elsewhere: Mapping[str, Mapping[float, int]] = {}
        """Scores at all steps of the run: 10 is right where there is a 0 at another step."""
        self.kept: dict[str, Any] = {}
        """What a reader has to remember from one file of a run to the next."""

    def add(self, sample: Sample) -> None:
        """Count one sample.

        Raises
        ------
        TypeError, ValueError
            If a verdict is no number, or the problem has no id; nothing is counted then.
        """
        scores = {name: _score(verdict) for name, verdict in sample.verdicts.items()}
        if sample.left_out is not None:
            self.leave_out(sample.left_out, code=sample.left_out_code)
            return
        name = label(sample.problem)
        if sample.greedy:
            self.of_greedy().add(sample._replace(greedy=False))
            return
        self.rows += 1
        problem = self._problem(sample.filter, name)
        if sample.sample is not None and not self._is_new(problem.ids, str(sample.sample)):
            self._left_out[AGAIN] += 1
            return
        self._rows[sample.filter] += 1
        problem.rows += 1
        if isinstance(text := sample.text, str) and len(text) >= LEAST_TEXT and not self._is_new(problem.texts, text):
            self._copies[sample.filter] += 1
        for name, score in scores.items():
            counter = problem.scores.get(name)
            if counter is None:
                counter = problem.scores[name] = Counter()
            counter[score] += 1
            if sample.answer is not None:
                answer = _short(label(sample.answer))
                problem.answers.setdefault(name, {}).setdefault(answer, Counter())[score] += 1

    def add_counts(self, problem: str, verdict: str, scores: Mapping[float | None, int]) -> None:
        """Count many samples of one problem at once: how many have each score."""
        self.add_judged(problem, {verdict: scores})

    def add_judged(
        self,
        problem: str,
        verdicts: Mapping[str, Mapping[float | None, int]],
        answers: Mapping[str, Mapping[float | None, int]] | None = None,
    ) -> None:
        """Count many samples of one problem at once, each judged by all of these verdicts: how many have each score.

        Where it is known, also how many gave each answer, by their scores of the first verdict.
        """
        # A verdict of fewer samples leaves the others unjudged.
        number = max(sum(scores.values()) for scores in verdicts.values())
        self.rows += number
        self._rows[""] += number
        there = self._problem("", problem)
        there.rows += number
        for verdict, scores in verdicts.items():
            there.scores.setdefault(verdict, Counter()).update(scores)
        if answers:
            given = there.answers.setdefault(next(iter(verdicts)), {})
            for answer, by_score in answers.items():
                given.setdefault(answer, Counter()).update(by_score)

    def add_copies(self, rows: int) -> None:
        """Count samples that have the very text of another of their problem."""
        self._copies[""] += rows

    def of_greedy(self) -> "Tally":
        """Return the tally of rows drawn at temperature 0, which are counted only where there are no others."""
        if self._greedy is None:
            self._greedy = Tally(self._choices)
        return self._greedy

    def leave_out(self, why: str, rows: int = 1, code: str = "failed") -> None:
        """Count rows that are no samples; the code is one of `evaluation.LEFT_OUT`."""
        self.rows += rows
        self._codes.setdefault(why, code)
        self._left_out[why] += rows

    def is_empty(self) -> bool:
        """Whether nothing was counted."""
        return not self._filters and (self._greedy is None or self._greedy.is_empty())

    @property
    def left_out(self) -> Mapping[str, int]:
        """Rows that are no samples so far, by the reason."""
        return self._left_out

    def values(self) -> dict[str, Counter[float]]:
        """Return how many samples have which score, by the name of the verdict."""
        found: dict[str, Counter[float]] = {}
        for problems in self._filters.values():
            for name in _verdicts(problems):
                _collect(found.setdefault(name, Counter()), problems.values(), name)
        return found

    def counted(self, rule: Rule, primary: str | None) -> Counted:
        """Decide what is right, and count it."""
        if self._greedy is not None and self._filters:
            self._left_out[_GREEDY] += self._greedy.rows
            self.rows += self._greedy.rows
            number, self._greedy = self._greedy.rows, None
            counted = self.counted(rule, primary)
            text = f"{number} rows were drawn at temperature 0, beside those that were sampled: they are not counted."
            return counted._replace(notices=(*counted.notices, Notice("greedy", text, number)))
        if self._greedy is not None:
            counted = self._greedy.counted(rule, primary)
            text = (
                f"All {counted.counts.n.sum()} samples were drawn at temperature 0: they say what the likeliest answer "
                "is worth, and nothing of what more draws would find."
            )
            aside = self._told(self._left_out)
            return counted._replace(
                notices=(*counted.notices, Notice("greedy", text, int(counted.counts.n.sum()))),
                left_out=(*counted.left_out, *aside),
                rows=counted.rows + self.rows,
            )
        chosen = self._filter(rule, primary)
        problems = self._filters[chosen]
        verdict, right, words = self._verdict(problems, rule, primary)
        counts, unjudged = _count(problems, verdict, right)
        counts = counts._replace(
            filter=chosen, scores={name: _scores(problems, counts, name) for name in _verdicts(problems)}
        )
        left_out = self._left_out.copy()
        for name, rows in self._rows.items():
            if name != chosen:
                left_out[why := f"of another filter ({name})"] += rows
                self._codes[why] = "filter"
        if unjudged:
            left_out[_UNJUDGED] += unjudged
        return Counted(
            verdict=verdict,
            filter=chosen,
            correct_is=words,
            counts=counts,
            left_out=self._told(left_out),
            notices=tuple(self._notices(chosen, len(problems) - len(counts.problems), problems, verdict)),
            other_verdicts=self._others(problems, verdict, rule, counts),
            answers=_answers([problems[name] for name in counts.problems], verdict, right),
            rows=self.rows,
        )

    def _told(self, left_out: Mapping[str, int]) -> tuple[LeftOut, ...]:
        return tuple(LeftOut(why, rows, self._codes.get(why, "failed")) for why, rows in left_out.items())

    def _problem(self, which: str, name: str) -> _Problem:
        of_filter = self._filters.get(which)
        if of_filter is None:
            of_filter = self._filters[which] = {}
        problem = of_filter.get(name)
        if problem is None:
            problem = of_filter[name] = _Problem()
        return problem

    def _is_new(self, seen: set[int], text: str) -> bool:
        if self._marks >= _MOST_MARKS:
            return True
        mark = int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest())
        if mark in seen:
            return False
        seen.add(mark)
        self._marks += 1
        return True

    def _filter(self, rule: Rule, primary: str | None) -> str:
        names = list(self._filters)
        if self._choices.filter is not None:
            if self._choices.filter not in names:
                raise Undecided(
                    f"there is no filter {self._choices.filter!r} in these files.", "filter", dict.fromkeys(names, "")
                )
            return self._choices.filter
        if len(names) == 1:
            return names[0]
        found = {}
        for name in names:
            verdict, right, _ = self._verdict(self._filters[name], rule, primary)
            counts, _ = _count(self._filters[name], verdict, right)
            found[name] = counts
        first = found[names[0]]
        if all(_same(first, other) for other in found.values()):
            return names[0]
        raise Undecided(
            "the same samples are judged once for each filter, and the filters disagree.",
            "filter",
            {name: _shown(counts) for name, counts in found.items()},
        )

    def _verdict(
        self, problems: Mapping[str, _Problem], rule: Rule, primary: str | None
    ) -> tuple[str, Callable[[float], bool], str]:
        names = _verdicts(problems)
        chosen = self._choices.verdict
        if not names:
            return "", lambda score: False, "no sample is judged"
        if chosen is not None and chosen not in names:
            raise Undecided(f"there is no verdict {chosen!r} in these files.", "verdict", dict.fromkeys(names, ""))
        if chosen is None and len(names) == 1:
            chosen = names[0]
        if chosen is None and primary in names:
            chosen = primary
        if chosen is not None:
            return (chosen, *self._decided(problems, chosen, rule))
        found: dict[str, Counts | Undecided] = {}
        for name in names:
            try:
                found[name] = _count(problems, name, self._decided(problems, name, rule)[0])[0]
            except Undecided as open_question:
                found[name] = open_question
        first = found[names[0]]
        if isinstance(first, Counts) and all(isinstance(c, Counts) and _same(first, c) for c in found.values()):
            return (names[0], *self._decided(problems, names[0], rule))
        raise Undecided(
            f"the files judge each sample in {len(names)} ways, and they disagree.",
            "verdict",
            {name: _shown(c) if isinstance(c, Counts) else "partial credit" for name, c in found.items()},
        )

    def _decided(
        self, problems: Mapping[str, _Problem], verdict: str, rule: Rule
    ) -> tuple[Callable[[float], bool], str]:
        values: Counter[float] = Counter()
        _collect(values, problems.values(), verdict)
        values = Counter(self.elsewhere.get(verdict, values))
        return decide(verdict, values, rule, self._choices.threshold, values.__getitem__)

    def _others(self, problems: Mapping[str, _Problem], verdict: str, rule: Rule, mine: Counts) -> dict[str, Ints]:
        found = {}
        for other in _verdicts(problems):
            if other != verdict:
                try:
                    right, _ = self._decided(problems, other, rule)
                except Undecided:
                    continue
                counts, _ = _count({name: problems[name] for name in mine.problems}, other, right)
                if counts.problems == mine.problems and np.array_equal(counts.n, mine.n):
                    found[other] = counts.c
        return found

    def _notices(self, chosen: str, unjudged: int, problems: Mapping[str, _Problem], verdict: str) -> list[Notice]:
        notices = []
        if copies := self._copies[chosen]:
            rows = self._rows[chosen]
            notices.append(
                Notice(
                    "copies",
                    f"{copies} of {rows} samples have the very text of another sample of their problem. Short answers "
                    "and short programs repeat by chance, the more the surer the model is; long texts only where the "
                    "model was not sampled, or a cache was.",
                    copies,
                )
            )
        if unjudged:
            notices.append(
                Notice("problems_dropped", f"{unjudged} problems have no judged sample and are not counted.", unjudged)
            )
        kinds = {score for problem in problems.values() for score in problem.scores.get(verdict, {})} - {None}
        between = sum(
            rows
            for problem in problems.values()
            for score, rows in problem.scores.get(verdict, {}).items()
            if score is not None and 0 < score < 1
        )
        if between and len(kinds) > 2:
            notices.append(
                Notice("partial_credit", f"{between} samples have a score strictly between 0 and 1.", between)
            )
        if self._marks >= _MOST_MARKS:
            notices.append(
                Notice(
                    "copies_unknown",
                    f"Beyond {_MOST_MARKS:,} texts and ids nobody looked for copies, nor for the same sample twice.",
                    self.rows,
                )
            )
        return notices


def _score(verdict: Any) -> float | None:
    if verdict is None:
        return None
    if isinstance(verdict, bool | int | float | np.bool_ | np.number):
        score = math.inf if isinstance(verdict, int) and abs(verdict) > _HUGE else float(verdict)
        return score if math.isfinite(score) else None
    raise BadRow(f"the verdict is {type(verdict).__name__}, and no number")


def _short(answer: str) -> str:
    """An answer that may be a whole text, as its beginning and a mark of the rest: equal ones stay equal."""
    if len(answer) <= _LONGEST_ANSWER:
        return answer
    rest = blake2b(answer.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
    return f"{answer[:_LONGEST_ANSWER]}... ({rest})"


def _collect(values: Counter[float], problems: Iterable[_Problem], verdict: str) -> None:
    for problem in problems:
        for score, rows in problem.scores.get(verdict, {}).items():
            if score is not None and (len(values) < MOST_VALUES or score in values):
                values[score] += rows


def _verdicts(problems: Mapping[str, _Problem]) -> list[str]:
    return list(dict.fromkeys(name for problem in problems.values() for name in problem.scores))


def _scores(problems: Mapping[str, _Problem], counts: Counts, verdict: str) -> tuple[Mapping[float | None, int], ...]:
    return tuple(problems[name].scores.get(verdict, {}) for name in counts.problems)


def _count(problems: Mapping[str, _Problem], verdict: str, right: Callable[[float], bool]) -> tuple[Counts, int]:
    names, n, c, unjudged = [], [], [], 0
    for name, problem in problems.items():
        scores = problem.scores.get(verdict, Counter())
        judged = {score: rows for score, rows in scores.items() if score is not None and rows}
        unjudged += problem.rows - sum(judged.values())
        if judged:
            names.append(name)
            n.append(sum(judged.values()))
            c.append(sum(rows for score, rows in judged.items() if right(score)))
    return Counts(tuple(names), np.array(n, dtype=np.int64), np.array(c, dtype=np.int64), verdict), unjudged


def _same(one: Counts, other: Counts) -> bool:
    return one.problems == other.problems and np.array_equal(one.n, other.n) and np.array_equal(one.c, other.c)


def _shown(counts: Counts) -> str:
    return f"{counts.c.sum()} of {counts.n.sum()} samples right"


def _answers(problems: list[_Problem], verdict: str, right: Callable[[float], bool]) -> tuple[Answers, ...] | None:
    if not any(problem.answers.get(verdict) for problem in problems):
        return None
    found = []
    for problem in problems:
        judged = {
            answer: {score: rows for score, rows in scores.items() if score is not None}
            for answer, scores in problem.answers.get(verdict, {}).items()
        }
        found.append(
            Answers(
                given={answer: sum(scores.values()) for answer, scores in judged.items() if scores},
                right={
                    answer: sum(rows for score, rows in scores.items() if right(score))
                    for answer, scores in judged.items()
                    if scores
                },
            )
        )
    return tuple(found)

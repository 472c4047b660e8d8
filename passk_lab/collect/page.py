"""class.html: what a teacher of forty wants to know first, in the order in which it is wanted."""

from __future__ import annotations

import ast
import contextlib
import itertools
import math
import statistics
from collections.abc import Iterator, Sequence
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any

from passk_lab import arguments
from passk_lab.challenge.entry import DRAWS, PROGRESS, Entry
from passk_lab.collect import fence, names
from passk_lab.collect.cells import ALLOWED
from passk_lab.collect.results import (
    ABSENT,
    MANY_TRIES,
    SAID,
    STUCK,
    UNKNOWN,
    Class,
    Row,
    Student,
    truth,
)
from passk_lab.collect.scores import Scores
from passk_lab.course import builder
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED
from passk_lab.course.content import EXERCISES, QUESTIONS
from passk_lab.explorers.document import Chapter, Listing, Part, Points, Shown, Words, document

if TYPE_CHECKING:
    from passk_lab.challenge.board import Place

SIGNS = {CORRECT: "✓", SAID: "(✓)", INCORRECT: "✗", ERROR: "⚠", "stopped": "■", NOT_ATTEMPTED: "○", ABSENT: "–"}
"""Sign of each status in the table of everyone."""
_FOR_ALL = 0.25
"""Share of those who tried from which an exercise is gone over with everyone."""
_FEW = 3


@arguments.takes(found=Class, challenge=(Scores, NoneType))
def as_html(found: Class, challenge: Scores | None = None) -> str:
    """Return the text of the page; all that came from students is escaped in it."""
    return document(f"Class: {found.title}", list(_opening(found)), list(_chapters(found, challenge)))


def _opening(found: Class) -> Iterator[Part]:
    read = [student for student in found.students if student.rows]
    solved = sum(student.solved for student in read)
    asked = sum(len(student.rows) for student in read)
    urgent = [one.name for one in read if one.urgent]
    somewhere = sum(bool(one.stuck) for one in read)
    yield Words(
        [f"{_number(len(found.students), 'student')}, {len(read)} judged: {solved} of {asked} exercises solved. "
         f"{somewhere} are stuck somewhere; to sit down with: {_listed(urgent) or 'nobody'}."],
        strong=True,
    )  # fmt: skip
    unread = [student.name for student in found.students if not student.rows]
    if unread:
        yield Words([f"Nothing could be judged of {_listed(unread)} (why stands under the files, below)."])
    topics = list(_topics(found))
    if topics:
        yield Words(["To go over with everyone:"])
        yield Points(topics)


def _topics(found: Class) -> Iterator[str]:
    shares = []
    for name in found.exercises:
        tried = [row for _, row in found.of(name) if row.solved or row.needs_help]
        stuck = [row for row in tried if not row.solved]
        if len(stuck) >= _FEW and len(stuck) >= _FOR_ALL * len(tried):
            shares.append((len(stuck) / len(tried), name, len(stuck), len(tried)))
    for _, name, unsolved, of_those in sorted(shares, reverse=True)[:5]:
        mistakes = found.mistakes(name)
        most = f"; {len(mistakes[0][1])} of them: {mistakes[0][0]}" if mistakes else ""
        where = EXERCISES[name].notebook[:2]
        yield f"{name} ({where}): {unsolved} of the {of_those} who tried have not solved it{most}."


def _chapters(found: Class, challenge: Scores | None) -> Iterator[Chapter]:
    yield Chapter("Who needs help with what", list(_help(found)))
    yield Chapter("Exercise by exercise", [_exercises(found)])
    if mistakes := list(_mistakes(found)):
        yield Chapter("Commonest mistakes, with an example", mistakes)
    if predictions := list(_predictions(found)):
        yield Chapter("Predictions and questions", predictions)
    if challenge is not None:
        yield Chapter("The challenge", list(_challenge(challenge)))
    yield Chapter("Everyone", list(_everyone(found)))
    if remarks := [f"{student.name}: {remark}" for student in found.students for remark in student.remarks]:
        yield Chapter("The files: what was not read, and what is to know", [Points(remarks)])
    yield Chapter("How this was done", list(_how(found)))


def _help(found: Class) -> Iterator[Part]:
    by_need = sorted(found.students, key=lambda one: (-len(one.stuck), one.name.casefold()))
    urgent = [student for student in by_need if student.urgent]
    if urgent:
        yield Listing(
            "To sit down with: stuck in three exercises or more, or in two and in as many as are solved",
            ["student", "stuck with", "solved"],
            [
                [one.name, "\n".join(f"{row.exercise}: {_why(row)}" for row in one.stuck),
                 f"{one.solved} of {len(one.rows)}"]
                for one in urgent
            ],
        )  # fmt: skip
    every = _by_mistake(found)
    unknown = set(UNKNOWN.values())
    groups = [one for one in every if len(one[2]) > 1 and one[1] not in unknown]
    if groups:
        yield Listing(
            "Groups to help together: who makes the same mistake in what was handed in",
            ["exercise", "mistake", "students", "who"],
            [[name, what, len(who), _listed([student.name for student, _ in who])] for name, what, who in groups],
        )
    alone = [
        f"{student.name} ({name}: {what})"
        for name, what, who in every
        for student, _ in who
        if not student.urgent and (len(who) == 1 or what in unknown)
    ]
    if alone:
        yield Words([f"By themselves: {_listed(sorted(alone, key=str.casefold))}."])
    if not urgent and not every:
        yield Words(["Nobody who tried is stuck."])
    idle = [
        student.name
        for student in found.students
        if student.rows and {row.status for row in student.rows.values()} <= {NOT_ATTEMPTED, ABSENT}
    ]
    if idle:
        yield Words([f"Handed in, and tried nothing: {_listed(idle)}."])
    seen = [f"{student.name} ({', '.join(names)})" for student, names in _with_solution(found)]
    if seen:
        yield Words([f"Looked at a solution, so ask them to explain it: {_listed(seen)}."])


def _by_mistake(found: Class) -> list[tuple[str, str, list[tuple[Student, Row]]]]:
    """Exercise, mistake, and who makes it; the commonest first."""
    every = [(name, what, who) for name in found.exercises for what, who in found.mistakes(name)]
    return sorted(every, key=lambda one: -len(one[2]))


def _with_solution(found: Class) -> Iterator[tuple[Student, list[str]]]:
    for student in found.students:
        if seen := [row.exercise for row in student.rows.values() if row.solution]:
            yield student, seen


def _why(row: Row) -> str:
    what = row.mistake or UNKNOWN.get(row.status, row.status)
    tries = f", {_number(row.tries, 'try', 'tries')}" if row.tries else ""
    seen = ", solution seen" if row.solution else f", {_number(row.hints, 'hint')}" if row.hints else ""
    return f"{what}{tries}{seen}"


def _number(number: int, one: str, several: str = "") -> str:
    """Write 1 try, 2 tries."""
    return f"{number} {one if number == 1 else several or f'{one}s'}"


def _exercises(found: Class) -> Listing:
    rows = []
    for name in found.exercises:
        there = [row for _, row in found.of(name)]
        solved = sum(row.solved for row in there)
        stuck = sum(row.needs_help or row.status in STUCK for row in there)
        mistakes = found.mistakes(name)
        common = f"{mistakes[0][0]} ({len(mistakes[0][1])})" if mistakes else ""
        tries = [row.tries for row in there if row.tries]
        rows.append([name, EXERCISES[name].notebook[:2], solved, stuck, len(there) - solved - stuck,
                     f"{statistics.median(tries):g}" if tries else "", common])  # fmt: skip
    return Listing(
        "How many students; tries: the middle one of those whose progress file says",
        ["exercise", "notebook", "solved", "stuck", "not tried", "tries", "commonest mistake (students)"],
        rows,
    )


def _mistakes(found: Class) -> Iterator[Part]:
    rows = [
        [f"{name}: {what}", len(who), who[0][1].message, who[0][1].work] for name, what, who in _by_mistake(found)[:12]
    ]
    if rows:
        heads = ["mistake", "students", "what the judge says to one of them", "by hand"]
        yield Listing("In what was handed in, the commonest first", heads, rows)
    on_the_way = [
        (number, f"{name}: {what}")
        for name in found.exercises
        for what, number in found.tried_mistakes(name).most_common(3)
    ]
    if on_the_way:
        yield Listing(
            "Made by how many on their way, as the progress files say, also where it is solved now",
            ["mistake", "students"],
            [[what, number] for number, what in sorted(on_the_way, reverse=True)[:12]],
        )


def _predictions(found: Class) -> Iterator[Part]:
    asked = predictions()
    rows: list[list[Any]] = []
    for name in dict.fromkeys([*asked, *(name for student in found.students for name in student.predictions)]):
        said = [student.predictions[name] for student in found.students if name in student.predictions]
        if not said:
            continue
        question, low, high = asked.get(name, (name, min(said), max(said)))
        true = truth(found.students, name)
        middle = f"{statistics.median(said):.4g}"
        if true is None:
            rows.append([question, len(said), "nobody saw", middle, *[""] * 5])
            continue
        off = [(one - true) / ((high - low) or 1.0) for one in said]
        bins = [sum(1 for one in off if least < one <= most) for least, most in itertools.pairwise(_BINS)]
        rows.append([question, len(said), f"{true:.4g}", middle, *bins])
    if rows:
        yield Listing(
            "What was predicted before it was seen, and what was so; how many students were off by how much of the "
            "range that was asked for",
            ["asked", "students", "it is", "middle prediction", "low by .3 or more", "low", "within .1", "high",
             "high by .3 or more"],
            rows,
        )  # fmt: skip
    answered: list[list[Any]] = [
        [QUESTIONS[name].text, len(right), sum(right)]
        for name in QUESTIONS
        if (right := [student.questions[name] for student in found.students if name in student.questions])
    ]
    if answered:
        answered.sort(key=lambda row: row[2] / row[1])
        heads = ["question", "answered", "rightly at last"]
        yield Listing("Questions, the least understood first", heads, answered)


_BINS = (-math.inf, -0.3, -0.1, 0.1, 0.3, math.inf)


@cache
def predictions() -> dict[str, tuple[str, float, float]]:
    """Return what the course has the reader predict: question and range by name, read off the notebooks' sources."""
    found = {}
    cells = [cell for source in builder.sources() for cell in builder.parse(source.read_text(encoding="utf-8"))]
    for cell in cells:
        for call in ast.walk(ast.parse("" if cell.markdown else cell.text)):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "predict":
                given = [*call.args, *(word.value for word in call.keywords)]
                with contextlib.suppress(ValueError):  # one is asked with words that its cell works out
                    name, question, low, high = map(ast.literal_eval, given)
                    found[name] = (question, low, high)
    return found


def _challenge(scores: Scores) -> Iterator[Part]:
    if scores.places:
        yield Listing(
            f"In per cent: pass@{DRAWS} where pass@1 first is {100 * PROGRESS:g}, on numbers kept apart, mean of three "
            "seeds, with its interval over multisets of numbers. Ranks as far as entries can be told apart: over "
            "multisets, in pairs, which is finer than each by itself; and over trainings, by the recorded runs",
            ["rank", "entry", "by", f"pass@{DRAWS}", "interval", "highest pass@1", "what it is"],
            [
                [place.rank or "none", place.entry.name, student, *_figures(place), _settings(place.entry)]
                for student, place in scores.places
            ],
        )
        recorded = ", ".join(f"{name} {100 * value:.1f}" for name, value in scores.recorded.items())
        yield Words([f"The recorded runs for comparison, each at the best of three rates: {recorded}."])
        from passk_lab.challenge.picture import describe  # torch, which a class without entries does not need

        yield Shown("challenge", describe([place.entry for _, place in scores.places]))
        yield Listing(
            "What they wrote", ["entry", "the cell"], [[p.entry.name, p.entry.source] for _, p in scores.places]
        )
    if scores.flagged:
        yield Words(["Not on the board:"], strong=True)
        yield Points([f"{student}, {name}: {why}" for student, name, why in scores.flagged])
    if scores.notes:
        yield Points(list(scores.notes))
    untouched = "No entry's code was run: its numbers follow from its own records. --retrain trains it anew."
    yield Words(["Every entry's code was run, and it stands by what came of that." if scores.retrained else untouched])


def _figures(place: Place) -> list[str]:
    if not place.best:
        return ["never came there", "", f"{100 * place.reached:.1f}"]
    return [f"{100 * place.kept:.1f}", f"{100 * place.low:.1f} to {100 * place.high:.1f}", f"{100 * place.reached:.1f}"]


def _settings(entry: Entry) -> str:
    given = entry.settings
    mechanisms = "".join(f" + {name}" for name in dict(given.get("mechanisms") or {}))
    return f"{given.get('objective')}{mechanisms}, rate {given.get('rate')}"[:80]


def _everyone(found: Class) -> Iterator[Part]:
    legend = ", ".join(f"{sign} {status}" for status, sign in SIGNS.items())
    for notebook in dict.fromkeys(EXERCISES[name].notebook for name in found.exercises):
        asked = [name for name in found.exercises if EXERCISES[name].notebook == notebook]
        rows = [
            [student.name, *(SIGNS[student.rows[name].status] if name in student.rows else "" for name in asked)]
            for student in found.students
        ]
        yield Listing(f"{notebook}: {legend}", ["student", *asked], rows)


def _how(found: Class) -> Iterator[Part]:
    yield Points(
        [
            names.RULE,
            "Of a notebook only imports, functions and plain constants were run, each function by the course's own "
            "judge, each submission in a process of its own. Imported were only: " + ", ".join(sorted(ALLOWED)) + ".",
            f"Stuck is who tried and has not solved it: what was handed in is {_listed(STUCK)}, or the progress file "
            f"counts {MANY_TRIES} tries or more. Whose function calls a wrong one of theirs is helped with that one.",
            "Whoever sets out to can have a function fool its own judge, for both are in one process; it reaches no "
            "other submission. Functions that name what no exercise needs are told above.",
        ]
    )
    for layers in sorted(set(found.fences)):
        yield Words([f"What shut in the functions of {_number(found.fences.count(layers), 'submission')}:"])
        yield Points(list(fence.layers_in_words(layers)))
    yield Words(["Made with passk_lab. The page asks nothing of any network."])


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items)

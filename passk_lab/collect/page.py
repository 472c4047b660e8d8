"""class.html: what a teacher of forty wants to know first, in the order in which it is wanted."""

from __future__ import annotations

import statistics
from collections.abc import Iterator, Sequence

from passk_lab.collect import fence, names
from passk_lab.collect.cells import ALLOWED
from passk_lab.collect.results import (
    ABSENT,
    MANY_TRIES,
    SAID,
    STUCK,
    Class,
    Row,
    Student,
    truth,
)
from passk_lab.course.checker import CORRECT, ERROR, INCORRECT, NOT_ATTEMPTED
from passk_lab.course.content import EXERCISES
from passk_lab.explorers.document import Chapter, Listing, Part, Points, Words, document

SIGNS = {CORRECT: "✓", SAID: "(✓)", INCORRECT: "✗", ERROR: "⚠", "stopped": "⏱", NOT_ATTEMPTED: "○", ABSENT: "–"}
"""Sign of each status in the table of everyone."""
_FOR_ALL = 0.25
"""Share of those who tried from which an exercise is gone over with everyone."""
_FEW = 3


def page(found: Class) -> str:
    """Return the text of the page; all that came from students is escaped in it."""
    return document(f"Class: {found.title}", list(_opening(found)), list(_chapters(found)))


def _opening(found: Class) -> Iterator[Part]:
    read = [student for student in found.students if student.rows]
    solved = sum(student.solved for student in read)
    asked = sum(len(student.rows) for student in read)
    stuck = sorted((student for student in read if student.stuck), key=lambda one: -len(one.stuck))
    yield Words(
        [f"{len(found.students)} students handed in, {len(read)} of them something that could be judged: {solved} of {asked} "
         f"exercises are solved. {len(stuck)} need help."],
        strong=True,
    )  # fmt: skip
    unread = [student.name for student in found.students if not student.rows]
    if unread:
        yield Words([f"Nothing could be judged of {_listed(unread)}: why stands below, under What was not read."])
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
    for _, name, stuck, tried in sorted(shares, reverse=True)[:5]:
        what, who = found.mistakes(name)[0] if found.mistakes(name) else ("", [])
        most = f"; {len(who)} of them: {what}" if who else ""
        yield f"{name} ({EXERCISES[name].notebook[:2]}): {stuck} of the {tried} who tried have not solved it{most}."


def _chapters(found: Class) -> Iterator[Chapter]:
    yield Chapter("Who needs help with what", list(_help(found)))
    yield Chapter("Exercise by exercise", [_exercises(found)])
    if mistakes := list(_mistakes(found)):
        yield Chapter("Commonest mistakes, with an example", mistakes)
    if predictions := list(_predictions(found)):
        yield Chapter("Predictions", predictions)
    yield Chapter("Everyone", list(_everyone(found)))
    if remarks := [f"{student.name}: {remark}" for student in found.students for remark in student.remarks]:
        yield Chapter("What was not read, and what is to know of the files", [Points(remarks)])
    yield Chapter("How this was done", [Points(list(_how(found)))])


def _help(found: Class) -> Iterator[Part]:
    rows = []
    for student in sorted(found.students, key=lambda one: (-len(one.stuck), one.name.casefold())):
        if student.stuck:
            what = "; ".join(f"{row.exercise}: {_why(row)}" for row in student.stuck)
            rows.append([student.name, what, f"{student.solved} of {len(student.rows)}"])
    if rows:
        yield Listing("Those who tried and are stuck, the most stuck first", ["student", "stuck with", "solved"], rows)
    else:
        yield Words(["Nobody who tried is stuck."])
    idle = [
        student.name for student in found.students
        if student.rows and not student.stuck and all(row.status in (NOT_ATTEMPTED, ABSENT) for row in student.rows.values())
    ]  # fmt: skip
    if idle:
        yield Words([f"Handed in, and tried nothing: {_listed(idle)}."])
    seen = [f"{student.name} ({', '.join(names)})" for student, names in _with_solution(found)]
    if seen:
        yield Words([f"Saw a solution before it was solved, so ask them to explain it: {_listed(seen)}."])


def _with_solution(found: Class) -> Iterator[tuple[Student, list[str]]]:
    for student in found.students:
        if seen := [row.exercise for row in student.rows.values() if row.solution]:
            yield student, seen


def _why(row: Row) -> str:
    what = row.mistake or row.status
    tries = f", {row.tries} tries" if row.tries else ""
    seen = ", solution seen" if row.solution else f", {row.hints} hints" if row.hints else ""
    return f"{what}{tries}{seen}"


def _exercises(found: Class) -> Listing:
    rows = []
    for name in found.exercises:
        there = [row for _, row in found.of(name)]
        solved = sum(row.solved for row in there)
        stuck = sum(row.needs_help for row in there)
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
    every = [(len(who), name, what, who) for name in found.exercises for what, who in found.mistakes(name)]
    rows = []
    for number, name, what, who in sorted(every, key=lambda one: (-one[0], one[1], one[2]))[:12]:
        example = who[0][1]
        rows.append([f"{name}: {what}", number, example.message, _listed([student.name for student, _ in who])])
    if rows:
        yield Listing("In what was handed in, the commonest first", ["mistake", "students", "an example", "who"], rows)
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
    asked = dict.fromkeys(name for student in found.students for name in student.predictions)
    rows = []
    for name in asked:
        said = [student.predictions[name] for student in found.students if name in student.predictions]
        true = truth(found.students, name)
        if true is None:
            rows.append([name, len(said), "not known", f"{statistics.median(said):.4g}", "", "", ""])
            continue
        low, high = sum(one < true for one in said), sum(one > true for one in said)
        rows.append(
            [name, len(said), f"{true:.4g}", f"{statistics.median(said):.4g}", low, len(said) - low - high, high]
        )
    if rows:
        yield Listing(
            "What was predicted before it was seen, and what was so",
            ["asked", "students", "it is", "middle prediction", "too low", "right", "too high"],
            rows,
        )


def _everyone(found: Class) -> Iterator[Part]:
    legend = ", ".join(f"{sign} {status}" for status, sign in SIGNS.items())
    for notebook in dict.fromkeys(EXERCISES[name].notebook for name in found.exercises):
        asked = [name for name in found.exercises if EXERCISES[name].notebook == notebook]
        rows = [
            [student.name, *(SIGNS[student.rows[name].status] if name in student.rows else "" for name in asked)]
            for student in found.students
        ]
        yield Listing(f"{notebook}: {legend}", ["student", *asked], rows)


def _how(found: Class) -> Iterator[str]:
    yield names.RULE
    yield (
        "Of a notebook only imports, functions and plain constants were run, each function by the course's own judge, each "
        "submission in a process of its own. Imported were only: " + ", ".join(sorted(ALLOWED)) + "."
    )
    yield (
        f"Stuck is who tried and has not solved it: what was handed in is {_listed(STUCK)}, or the progress file "
        f"counts {MANY_TRIES} tries or more."
    )
    for layers in sorted(set(found.fences)):
        number = found.fences.count(layers)
        yield f"What shut in the functions of {number} submissions:"
        yield from fence.layers_in_words(layers)
    yield (
        "Whoever sets out to can have a function fool its own judge, for both are in one process; it reaches no other "
        "submission. Functions that name what no exercise needs are said above."
    )
    yield "Made with passk_lab. The page asks nothing of any network."


def _listed(items: Sequence[str]) -> str:
    return ", ".join(items)

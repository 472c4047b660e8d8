"""A plan as a page: what comes when at a glance, then each step with its question and its wrong answers."""

from __future__ import annotations

from collections.abc import Iterator

from passk_lab.course.content import EXERCISES
from passk_lab.course.question import Question
from passk_lab.explorers.document import Chapter, Link, Listing, Part, Points, Words, document
from passk_lab.teach.activities import Activity
from passk_lab.teach.by_hand import by_hand
from passk_lab.teach.figures import figure
from passk_lab.teach.paper import PAPERS, Paper, written
from passk_lab.teach.plans import Plan, Session

_WRONG = ("They say", "What it reveals", "What next")


def plan_page(plan: Plan, figures: str, notebooks: str, home: str) -> str:
    """Return the page; `figures` and `notebooks` are the ways from it to those folders, `home` to the first page."""
    back = Words([Link("The first page of the kit", home)])
    slides = Words(
        [f"In place of the tabs, its figures as slides, each with its question: passk-lab present {plan.name}"]
    )
    opening: list[Part] = [back, Words([plan.aim], strong=True), Words(["To have ready:"]), Points(plan.ready), slides]
    overviews = [_overview(plan, number, figures, notebooks) for number in range(len(plan.sessions))]
    steps = [
        Chapter(_head(plan, session, begins, ends, step), list(_step(step, figures, notebooks)), _place(number, place))
        for number, session in enumerate(plan.sessions)
        for place, (begins, ends, step) in enumerate(_clock(session))
    ]
    end = [
        Chapter("Homework", [Points(plan.homework)]),
        Chapter("What to grade", [Points(plan.grading), *_gradable(plan)]),
    ]
    return document(plan.title, [*opening, *overviews], [*steps, *end])


def _clock(session: Session) -> Iterator[tuple[int, int, Activity]]:
    begins = 0
    for minutes, step in session.steps:
        yield begins, begins + minutes, step
        begins += minutes


def _place(session: int, step: int) -> str:
    return f"step-{session + 1}-{step + 1}"


def _head(plan: Plan, session: Session, begins: int, ends: int, step: Activity) -> str:
    before = f"{session.title}, " if len(plan.sessions) > 1 else ""
    return f"{before}{_minutes(begins, ends)}: {step.title}"


def _minutes(begins: int, ends: int) -> str:
    return f"{begins}–\u2060{ends} min"  # no line ends within it


def _overview(plan: Plan, number: int, figures: str, notebooks: str) -> Listing:
    session = plan.sessions[number]
    return Listing(
        f"{session.title}: {session.minutes} minutes",
        ("Minutes", "What", "Shown", "If you are late"),
        [
            (
                f"{begins}–{ends}",
                Link(step.title, f"#{_place(number, place)}"),
                _shown(step, figures, notebooks) or "–",
                step.late,
            )
            for place, (begins, ends, step) in enumerate(_clock(session))
        ],
    )


def _shown(step: Activity, figures: str, notebooks: str) -> Link | None:
    if step.figure:
        one = figure(step.figure)
        return Link(one.title, f"{figures}/{one.name}.html{one.to_ask}")
    return Link(step.notebook, f"{notebooks}/{step.notebook}.ipynb") if step.notebook else None


def _step(step: Activity, figures: str, notebooks: str) -> Iterator[Part]:
    yield Words([by_hand(step.do)])
    shown = _shown(step, figures, notebooks)
    if shown:
        yield Words([("Shown: ", shown)])
    if step.figure and step.vote:
        one = figure(step.figure)
        yield Words([f"It opens so, with these words kept back: {' '.join(one.description.words(one.asking))}"])
        yield from asked(one.asked)
        yield Words([(
            "They see it ",
            Link("in this view", f"{figures}/{one.name}.html{one.to_answer}"),
            f": {one.words}",
        )])  # fmt: skip
    for name in step.papers:
        yield from worked(PAPERS[name])
    yield Words([f"If you are late: {step.late}"])


def asked(question: Question) -> Iterator[Part]:
    """Yield a question for the teacher: its choices as the class sees them, what wrong ones reveal and ask for."""
    letters = "abcdefgh"
    yield Words([by_hand(question.text)], strong=True)
    yield Points([by_hand(choice.text) for choice in question.shown], lettered=True)
    (right,) = [(letter, it) for letter, it in zip(letters, question.shown, strict=False) if it.right]
    yield Words([f"Right is {right[0]}. {by_hand(right[1].reason)}"])
    yield Listing(
        "Wrong answers to expect",
        _WRONG,
        [
            (f"{letter}. {by_hand(it.text)}", by_hand(it.reason), by_hand(it.ask))
            for letter, it in zip(letters, question.shown, strict=False)
            if not it.right
        ],
    )


def worked(paper: Paper) -> Iterator[Part]:
    """Yield an exercise on paper for the teacher: the answer, how it is worked, what wrong ones reveal and ask for."""
    yield Words([paper.asked], strong=True)
    yield Words([f"Right is {written(paper.right)}."])
    yield Points(paper.worked)
    yield Listing("Wrong answers to expect", _WRONG, paper.wrong())


def _gradable(plan: Plan) -> Iterator[Part]:
    if plan.notebooks:
        yield Listing(
            "Exercises that are checked against exact answers",
            ("Notebook", "Exercises"),
            [(name, ", ".join(e.name for e in EXERCISES.values() if e.notebook == name)) for name in plan.notebooks],
        )

"""The figures of the kit: an explorer, one question under it, and the views that ask it and that answer it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

from passk_lab import explorers
from passk_lab.course.content import QUESTIONS
from passk_lab.course.question import Choice, Question
from passk_lab.explorers import address, document
from passk_lab.explorers.address import View
from passk_lab.explorers.description import Description, State
from passk_lab.explorers.document import Chapter, Folded, Link, Part, Points, Still, Words
from passk_lab.teach.by_hand import by_hand


@dataclass(frozen=True)
class Figure:
    """An explorer with a question of the course under it."""

    title: str
    """Says what is shown and not what is to be found: it stands above a question."""
    asks: str
    """The view in which the question is put, as `explorers.from_state` reads it."""
    answers: str
    """The view in which its answer is seen."""
    question: str | Question
    """The name of one of the course's, or one of the kit's own."""
    panel: str = ""
    """What is seen of it on the first page."""

    @property
    def first(self) -> bool:
        """Whether it stands on the first page with a picture; the others are named there."""
        return bool(self.panel)

    @property
    def name(self) -> str:
        """The name of its file, without the ending."""
        return self.asks.partition("?")[0]

    @property
    def asked(self) -> Question:
        """The question under it."""
        return QUESTIONS[self.question] if isinstance(self.question, str) else self.question

    @property
    def description(self) -> Description:
        """What it shows; while its answer is hidden it is called by what is shown and not by what is found."""
        return replace(_described(self.name), vote=self.title)

    @property
    def asking(self) -> State:
        """Where its controls stand while the question is put."""
        return address.parsed(self.description, self.asks)

    @property
    def answering(self) -> State:
        """Where they stand when its answer is seen."""
        return address.parsed(self.description, self.answers)

    @property
    def to_ask(self) -> str:
        """What follows the name of its file to put the question, with the answer kept back."""
        return f"#{address.query(self.asking, View(self.asking, hides=True))}"

    @property
    def to_answer(self) -> str:
        """What follows the name of its file to show the answer."""
        return f"#{address.query(self.answering)}"

    @property
    def words(self) -> str:
        """What it says where its answer is seen."""
        return " ".join(self.description.words(self.answering))

    @property
    def seen(self) -> int:
        """Which of its panels is seen on the first page, counted from 1."""
        return [panel.name for panel in self.description.panels].index(self.panel) + 1


@cache
def _described(name: str) -> Description:
    return explorers.BY_NAME[name]().description


HOW_MANY_LEFT = Question(
    "how many are left",
    "Four of sixteen answers are right, and one of them is a little ahead. You train on pass@16 for as long as you like. "
    "How many right answers does the policy still give?",
    (
        Choice("All four: of many draws, different answers are worth most.", False,
               "Pass@16 asks for one right answer among the draws and not for different ones: copies do as well.",
               "Two policies have one p, the first by four right answers, the second by one. Which has the larger pass@16?"),
        Choice("In effect one: whichever was ahead at the start.", True,
               "Each logit moves in proportion to its answer's own chance, so the lead of the first only grows. k sets the "
               "pace: under pass@16 the push runs out early, and what is left of the others is left, for now."),
        Choice("One under pass@1, but two or three under pass@16.", False,
               "The path is the same for every k, walked at another pace. Look again later: there are fewer.",
               "Let the time run on in the figure: do the two or three stay?"),
    ),
)  # fmt: skip
"""What the figure itself shows; the course asks it of two answers and one step."""

BEST_MIXTURE = Question(
    "best mixture",
    "A policy cannot see which kind of prompt it has. Strategy A solves most of the prompts, strategy B the others. You "
    "train on pass@16. Where does the policy end?",
    (
        Choice("With A alone, as under pass@1: it is right more often.", False,
               "Of many draws one of B is enough for the prompts that A never solves. Under pass@1 each draw of B costs.",
               "Draw sixteen times with A alone: which prompts are never solved?"),
        Choice("Near one half of each, and the nearer the larger k.", True,
               "Each strategy only has to come up once among the draws. Here pass@k wants what pass@1 would give up."),
        Choice("With B alone: what is hard has the larger weight.", False,
               "That would lose all prompts that A solves. Weights grow as a prompt is missed, and so hold each other.",
               "Draw sixteen times with B alone: how many prompts are lost?"),
    ),
)  # fmt: skip
"""What the course asks by an exercise and not by a vote."""

FIGURES = (
    Figure("Draws from one prompt", "pass-at-k?k=1&p=0.5", "pass-at-k?k=2&p=0.5", "independent draws", "Success"),
    Figure("A small network, trained by GRPO", "collapse-run?k=256&step=0", "collapse-run?k=256&step=400",
           "why pass@256 falls", "Curves"),
    Figure("A real base model and its RL-trained child", "real-curves-math500?k=1", "real-curves-math500?k=15",
           "what crossing shows", "Curves"),
    Figure("What a group of samples tells", "vanishing-signal?n=16&k=16&p=0.5", "vanishing-signal?n=16&k=16&p=0.001",
           "what vanishes at zero", "Slope"),
    Figure("One prompt, three objectives", "same-path?t=0", "same-path?t=2.5", "only a factor", "Path"),
    Figure("Four right answers", "collapse?t=0&k=16", "collapse?t=1600000000000&k=16", HOW_MANY_LEFT, "Policy"),
    Figure("Two prompts that share parameters", "interference?angle=30&k=8", "interference?angle=170&k=8",
           "no new direction", "Directions"),
    Figure("Recorded runs, at equal progress", "frontier-of-runs?method=pass%404&beside=GRPO&k=256&progress=0.25",
           "frontier-of-runs?method=pass%404&beside=GRPO&k=256&progress=0.27", "one learning rate", "Equal progress"),
    Figure("Two ways to estimate pass@k", "estimator-lab?n=10&k=5&p=0.3", "estimator-lab?n=10&k=5&p=0.1",
           "why unbiased"),
    Figure("Groups of eight in a real run", "visits?visit=0", "visits?visit=50", "silent group"),
    Figure("Two strategies under one blind policy", "strategies?t=0&k=16&w=0.6", "strategies?t=100000&k=16&w=0.6",
           BEST_MIXTURE),
    Figure("What holds a policy open", "held-open?hold=nothing&t=100000",
           "held-open?hold=forward%20KL%20to%20the%20start&strength=0.03&t=1000", "which kl"),
    Figure("Recorded runs, step by step", "recorded-runs?method=exact%20pass%404&beside=pass%404&rate=4&step=120",
           "recorded-runs?method=exact%20pass%404&beside=pass%404&rate=4&step=240", "what exact separates"),
    Figure("Predictions beyond the samples", "predictions?method=flat%20prior%20on%20each%20problem&beside=bounds&times=2",
           "predictions?method=bounds&beside=Beta&times=16", "k beyond n"),
    Figure("Alarms over the recorded runs", "alarms?signal=gap%20at%20n&beside=pass%401&allowed=20",
           "alarms?signal=gap%20at%20n&beside=distinct%20solutions&allowed=20", "gauge or alarm"),
)  # fmt: skip


def figure(name: str) -> Figure:
    """Return the figure of this name."""
    return next(one for one in FIGURES if one.name == name)


def question_parts(asked: Question, seen: list[Part]) -> list[Part]:
    """Return a question with its choices, and the folded answer, which ends in what is `seen`."""
    right = next(choice for choice in asked.choices if choice.right)
    letters = dict(zip(asked.shown, "abcdefgh", strict=False))
    wrong = [f"{letters[choice]}. {by_hand(choice.reason)}" for choice in asked.shown if not choice.right]
    said = Words([f"{letters[right]}. {by_hand(right.text)}"], strong=True)
    return [
        Words([by_hand(asked.text)], strong=True),
        Points([by_hand(choice.text) for choice in asked.shown], lettered=True),
        Folded("What is right, and why", [said, Words([by_hand(right.reason), *wrong]), *seen]),
    ]


def page(one: Figure, home: str) -> str:
    """Return the page of a figure: it moves, asks, and answers who wants to see it."""
    seen: list[Part] = [Words([("In the figure: ", Link("the view that shows it", one.to_answer), f". {one.words}")])]
    below = [*question_parts(one.asked, seen), Words([Link("All figures", home)])]
    return document.figure_page(one.description, one.asking, below)


def card(one: Figure, folder: str) -> Chapter:
    """Return what the first page shows of a figure: its picture, its question, and the way to it."""
    to = f"{folder}/{one.name}.html"
    return Chapter(
        one.title,
        [
            Still(one.description, one.seen, to + one.to_ask, one.asking),
            Words([Link("Open the figure", to + one.to_ask)]),
            *question_parts(one.asked, [Words([Link("See it in the figure", to + one.to_answer)])]),
        ],
        one.name,
    )

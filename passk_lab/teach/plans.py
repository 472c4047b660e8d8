"""The plans: what is done when, of `activities`; what to have ready, what to set and what to grade."""

from __future__ import annotations

from dataclasses import dataclass

from passk_lab.teach import activities as a
from passk_lab.teach.activities import Activity

Step = tuple[int, Activity]
"""Minutes, and what is done in them."""


@dataclass(frozen=True)
class Session:
    """What is done without leaving the room for longer than a break."""

    title: str
    minutes: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Plan:
    """A plan for a class."""

    name: str
    """The name of its file, without the ending."""
    title: str
    aim: str
    """What the class can do afterwards."""
    ready: tuple[str, ...]
    """What has to be ready before it begins."""
    sessions: tuple[Session, ...]
    homework: tuple[str, ...]
    notebooks: tuple[str, ...]
    """Those that are set as homework or worked in: their exercises are what can be graded."""
    grading: tuple[str, ...]


_ROOM = (
    "A projector and the folder of this kit, on a stick or on any web space. No network is needed.",
    "The sheet, printed on both sides, one for each; pens.",
    "Each figure of the plan opened once, in its own tab, in the order of the plan.",
)
_MACHINES = (
    "Machines on which the lab opens, tried the day before: one for two is enough.",
    "The notebooks of the plan run once on one of those machines.",
)
_RETOLD = (
    "The three sentences. Full marks for a claim, a condition under which it holds and one under which it does not; "
    "half for the claim alone. Nothing off for doubting the paper, if a reason stands there."
)
_NOT_PREDICTIONS = (
    "Predictions are never graded: who fears for marks writes down what is safe, and learns nothing from it."
)
_EXERCISES = (
    "Exercises that were solved without opening the solution: the same for each. One solved after hints is solved. "
    "passk-lab collect FOLDER makes the table of what a class has handed in."
)

PLANS = (
    Plan(
        "plan-45-minutes",
        "45 minutes: one claim, and where it stops",
        "Afterwards each can say what pass@k is, why training on it gives a prompt no new direction, and one case in which "
        "that no longer holds. No machines.",
        _ROOM,
        (
            Session("The lesson", 45, (
                (4, a.PREDICT), (7, a.ASK_AGAIN), (5, a.AT_LEAST_ONE), (8, a.NETWORK_COLLAPSES), (8, a.ONLY_A_FACTOR),
                (5, a.ONE_TAKES_ALL), (5, a.CLAIM_STOPS), (3, a.RETELL),
            )),
        ),
        ("The exercises of the sheet that were not done in class.",
         "Open the figures again and answer two questions that were not voted on: one sentence each, for why the most "
         "tempting wrong answer is wrong."),
        (),
        (_RETOLD, _NOT_PREDICTIONS),
    ),
    Plan(
        "plan-90-minutes",
        "90 minutes: from counts to the claim, and to its limits",
        "Afterwards each can estimate pass@k from counts, derive its gradient, say at which ends the signal dies and why, "
        "and name two cases in which training on pass@k is not training on pass@1 at another pace. No machines.",
        _ROOM,
        (
            Session("First half", 45, (
                (5, a.PREDICT), (8, a.ASK_AGAIN), (8, a.BY_HAND), (10, a.CURVES_CROSS), (9, a.FROM_COUNTS), (5, a.BREAK),
            )),
            Session("Second half", 45, (
                (9, a.ONLY_A_FACTOR), (8, a.SIGNAL_DIES), (7, a.ONE_TAKES_ALL), (6, a.CLAIM_STOPS), (5, a.MIXTURE),
                (6, a.EQUAL_PROGRESS), (4, a.RETELL),
            )),
        ),
        ("The exercises of the sheet that were not done in class.",
         "Notebook 01, or notebook 00 for those who have never seen one."),
        ("00_start_here", "01_counting_successes"),
        (_RETOLD, _EXERCISES, _NOT_PREDICTIONS),
    ),
    Plan(
        "plan-one-day",
        "One day: predict, derive, train",
        "Afterwards each has written and tested the estimator, derived the gradient, watched a network collapse, and judged "
        "objectives at equal progress. One machine for two.",
        _ROOM + _MACHINES,
        (
            Session("Morning, first half: counting", 90, (
                (6, a.PREDICT), (9, a.ASK_AGAIN), (10, a.START_MACHINES), (12, a.CURVES_CROSS),
                (45, a.work("01_counting_successes", "All of the notebook; its last exercise is for the quick.", "pass_at_k")),
                (8, a.MEAN_OF_PROBLEMS),
            )),
            Session("Morning, second half: the gradient", 90, (
                (12, a.ONLY_A_FACTOR), (13, a.SLOPE), (9, a.SIGNAL_DIES),
                (45, a.work("02_the_gradient", "Up to the weight that a group gives; the rest is for the quick.", "slope_of_failure")),
                (11, a.SILENT_GROUPS),
            )),
            Session("Afternoon, first half: exploration", 90, (
                (9, a.ONE_TAKES_ALL), (7, a.DIFFERENT_ANSWERS),
                (40, a.work("04_exploration_collapse", "All of the notebook.", "gap_slope")),
                (10, a.CLAIM_STOPS), (8, a.MIXTURE), (16, a.HOLD_OPEN),
            )),
            Session("Afternoon, second half: a network, and what to compare", 90, (
                (10, a.NETWORK_COLLAPSES), (40, a.work("06_train_a_model", "The replay first, then one run live.", "success_probability")),
                (12, a.EQUAL_PROGRESS), (8, a.NOISE_OR_OBJECTIVE), (12, a.ALARM), (8, a.RETELL),
            )),
        ),
        ("Notebook 05, or notebook 07 for those who train models.",
         "The exercises that were begun and not finished."),
        ("01_counting_successes", "02_the_gradient", "04_exploration_collapse", "06_train_a_model"),
        (_RETOLD, _EXERCISES, _NOT_PREDICTIONS),
    ),
    Plan(
        "plan-four-weeks",
        "Four weeks: a lecture, a tutorial and homework each",
        "Afterwards each can read a paper on pass@k critically: what was estimated, from how many samples, by which "
        "verifier, compared at which progress. One machine for two in the tutorials, and one each at home.",
        _ROOM + _MACHINES,
        (
            Session("Week 1, lecture: counting", 90, (
                (6, a.PREDICT), (12, a.ASK_AGAIN), (15, a.BY_HAND), (20, a.CURVES_CROSS), (17, a.FROM_COUNTS),
                (10, a.MEAN_OF_PROBLEMS), (10, a.RETELL_COUNTS),
            )),
            Session("Week 1, tutorial", 90, (
                (10, a.START_MACHINES), (70, a.work("01_counting_successes", "All of the notebook.", "pass_at_k")),
                (10, a.BEYOND_SAMPLES),
            )),
            Session("Week 2, lecture: the gradient and its ends", 90, (
                (6, a.GUESS_SILENCE), (25, a.ONLY_A_FACTOR), (19, a.SLOPE), (18, a.SIGNAL_DIES), (12, a.SILENT_GROUPS),
                (10, a.RETELL_GRADIENT),
            )),
            Session("Week 2, tutorial", 90, (
                (50, a.work("02_the_gradient", "All of the notebook.", "slope_of_failure")),
                (40, a.work("03_vanishing_signal", "Up to the signal over the noise; the rest at home.", "groups_until_signal")),
            )),
            Session("Week 3, lecture: exploration, and where the claim stops", 90, (
                (6, a.GUESS_MIXTURE), (16, a.ONE_TAKES_ALL), (12, a.DIFFERENT_ANSWERS), (16, a.CLAIM_STOPS), (12, a.MIXTURE),
                (18, a.HOLD_OPEN), (10, a.RETELL),
            )),
            Session("Week 3, tutorial", 90, (
                (45, a.work("04_exploration_collapse", "All of the notebook.", "gap_slope")),
                (45, a.work("05_many_prompts", "All of the notebook.", "points_against")),
            )),
            Session("Week 4, lecture: networks, verifiers, verdicts", 90, (
                (6, a.GUESS_NETWORK), (16, a.NETWORK_COLLAPSES), (16, a.EQUAL_PROGRESS), (12, a.NOISE_OR_OBJECTIVE),
                (14, a.VERIFIER), (14, a.ALARM), (12, a.RETELL),
            )),
            Session("Week 4, tutorial", 90, (
                (45, a.work("06_train_a_model", "The replay first, then one run live.", "success_probability")),
                (45, a.work("07_objectives_compared", "Up to the comparison at equal progress; the rest at home.", "at_equal_progress")),
            )),
        ),
        ("Week 1: notebook 00 for those who need it, and what is left of 01.",
         "Week 2: what is left of 02 and 03.",
         "Week 3: what is left of 04 and 05; the sheet once more, without help.",
         "Week 4: notebook 12, and one page: a claim of your choice, the case that speaks most for it, the case that speaks "
         "most against it, and what you would measure next. Notebooks 08 to 11 are for projects."),
        ("01_counting_successes", "02_the_gradient", "03_vanishing_signal", "04_exploration_collapse", "05_many_prompts",
         "06_train_a_model", "07_objectives_compared", "12_verdict"),
        (_EXERCISES,
         "The page of the last week: is each number given with how it was estimated, and is the case against it the "
         "strongest there is?",
         "The exam: two forms that are alike, in the folder teacher, and another pair for each seed.",
         _NOT_PREDICTIONS),
    ),
)  # fmt: skip

"""Questions on notebook 12: what the evidence carries."""

from functools import cache
from itertools import product

import numpy as np

from passk_lab.course.content import EXERCISES
from passk_lab.lm import compare, recorded, warning
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task

NOTEBOOK = "12_verdict"


def _warned(alarms: tuple[int, ...], falls: tuple[int, ...]) -> Key:
    share = float(EXERCISES["warned_share"].oracle(alarms, falls))
    fell = sum(fall != -1 for fall in falls)
    hits = sum(-1 < alarm < fall for alarm, fall in zip(alarms, falls, strict=True) if fall != -1)
    false = sum(alarm != -1 for alarm, fall in zip(alarms, falls, strict=True) if fall == -1)
    stood = len(falls) - fell
    rung = sum(alarm != -1 for alarm in alarms)
    return Key(
        answers=(
            Answer("warned", share, f"{hits} / {fell}", 2),
            Answer("false", false / stood, f"{false} / {stood}", 2),
        ),
        steps=(
            Step(2, f"{fell} runs fell; {hits} of them had the alarm BEFORE the fall."),
            Step(2, f"{stood} runs stood; {false} of them rang."),
        ),
        slips=(
            Slip("of all runs", "The share is one of those that fell.", 2, hits / len(falls)),
            Slip(
                "late alarms counted",
                "An alarm at or after the fall warned nobody.",
                2,
                sum(alarm != -1 for alarm, fall in zip(alarms, falls, strict=True) if fall != -1) / fell,
            ),
            Slip("of the alarms", "How often an alarm is right is another question.", 2, hits / rung),
        ),
    )


def _by_chance(seeds: int, pairs: int, found: int) -> Key:
    signs = list(product((0, 1), repeat=seeds))
    alike = sum(len(set(one)) == 1 for one in signs) / len(signs)
    return Key(
        answers=(
            Answer("(a) one pair", alike, f"2 * 0.5^{seeds}"),
            Answer("(b) pairs expected", pairs * alike, f"{pairs} * 2 * 0.5^{seeds}"),
        ),
        steps=(
            Step(2, "(a) All seeds say yes, or all say no: two of the equally likely patterns."),
            Step(1, "(b) That chance times the number of pairs."),
            Step(
                3,
                f"(c) {found} is near what luck gives, so no order among them is shown; that is not the same as their "
                "being equal. The pairs share methods and seeds, so they are no independent draws either; more seeds "
                "would tell.",
            ),
        ),
        slips=(
            Slip("one order alone", "Counts 'a ahead in all' and forgets 'b ahead in all'.", 4, alike / 2),
            Slip("(c) 'so many pairs agree: the order is shown'", "Counts hits without asking how many luck gives.", 3),
            Slip("(c) 'so the methods are equal'", "Takes 'no difference shown' for 'no difference'.", 4),
        ),
    )


@cache
def _kept(method: str) -> float:
    """Mean pass@256 of the seeds of a recorded method where pass@1 is 0.40, at the rate 0.0004."""
    rows = recorded.curves().query("method == @method and split == 'unseen' and rate == 4e-4 and k in (1, 256)")
    runs = rows.pivot_table("pass_at_k", ["seed", "step"], "k").groupby("seed")
    return float(np.mean([compare.at_equal_progress(run[1], run[256], 0.4)[0] for _, run in runs]))


@cache
def _alarm() -> tuple[float, float, float]:
    """How the alarm on the gap did over the recorded runs: warned, false, and right in pairs at one step."""
    judged = warning.judged("gap_at_n", 0.1, 0.2)
    pairs = warning.ordered("gap_at_n", 0.1).concordance
    return judged.warned.hits / judged.warned.of, judged.false.hits / judged.false.of, float(pairs)


def _claim(which: str) -> Key:
    if which == "theorem":
        goal, beside = (_kept(method) for method in ("exact pass@4", "exact pass@1"))
        return Key(
            steps=(
                Step(
                    2, "What is right: for ONE prompt the two gradients have one direction, and k sets the clock alone."
                ),
                Step(
                    3,
                    "Where the step breaks: over prompts with shared parameters each term has its own weight, and the "
                    "sum turns; with one blind policy pass@k even has another optimum, a mixture.",
                ),
                Step(
                    3,
                    "Evidence against it: in the network, at equal pass@1 (0.40), the exact gradient of pass@4 keeps "
                    f"pass@256 = {goal:.3f} and that of pass@1 {beside:.3f}. (Another piece of evidence from the "
                    "course is as good: the two prompts that pull apart, the two strategies.)",
                ),
                Step(
                    2,
                    "What follows for practice: measure both numbers on problems held out, at equal progress, with "
                    "seeds; the table of credit decides how much of it samples let one have (plain pass@k fails by "
                    "its noise).",
                ),
            ),
            slips=(
                Slip("calls the theorem false", "It is true; what is wrong is the step from one prompt to many.", 6),
                Slip("argues with sampling noise alone", "The turn is there with exact gradients too.", 6),
                Slip("one learning rate, last step", "Compares runs at unequal progress.", 8),
            ),
        )
    warned, false, pairs = _alarm()
    return Key(
        steps=(
            Step(
                2,
                "What is right: the gap says how much more draws still find, and it closes as a policy narrows. Read "
                "with pass@1: a gap of zero is solved or lost.",
            ),
            Step(
                3,
                "Where the step breaks: a run that simply gets better closes the gap as well, so one line on it does "
                "not part those that fall from those that stand.",
            ),
            Step(
                3,
                f"Evidence: over the recorded runs the alarm warned before {warned:.0%} of the falls and rang in "
                f"{false:.0%} of the runs that stand, which cannot be told apart; of two runs at the same step it "
                f"named the one that falls in {pairs:.0%} of pairs.",
            ),
            Step(
                2,
                "What follows for practice: compare runs at one step; watch pass@1 and pass@k of large k on problems "
                "held out; choose thresholds on other runs than those they are tested on.",
            ),
        ),
        slips=(
            Slip("calls the gap worthless", "It orders runs well; it is the single threshold that fails.", 6),
            Slip("'the gap falls after the fall, always'", "For some it comes before: it is right in part.", 7),
            Slip("the threshold fitted to the tested runs", "Then no alarm is ever false.", 8),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "warned and false",
        "How good is the alarm?",
        "easy",
        "Six runs, with the step of the first alarm and the step of the fall (a dash: there was none):\n\n"
        "| run | 1 | 2 | 3 | 4 | 5 | 6 |\n|---|---|---|---|---|---|---|\n| alarm | {alarm_text} |\n| fall | "
        "{fall_text} |\n\n"
        "Before which share of the falls did the alarm warn? In which share of the runs that stand did it ring?",
        tuple(
            {
                "alarm_text": " | ".join("-" if step < 0 else str(step) for step in alarms),
                "fall_text": " | ".join("-" if step < 0 else str(step) for step in falls),
                "alarms": alarms,
                "falls": falls,
            }
            for alarms, falls in (
                ((40, 90, -1, 60, 30, -1), (70, 80, 50, -1, -1, -1)),
                ((50, 120, 20, -1, -1, -1), (100, 110, -1, 60, 90, -1)),
                ((80, 30, 50, 40, -1, -1), (70, 60, 90, -1, -1, -1)),
            )
        ),
        lambda alarms, falls, **_: _warned(alarms, falls),
    ),
    Task(
        NOTEBOOK,
        "signs by chance",
        "In one order in each seed",
        "medium",
        "Methods are compared pair by pair, each with the same {seeds} seeds. Of {pairs} pairs, {found} stand in one "
        "order in each seed.\n\n"
        "(a) If the two methods of a pair were alike and the seeds independent, with which chance would the pair "
        "stand in one order in each seed?\n\n"
        "(b) How many of the pairs would you expect to do so?\n\n"
        "(c) What may be said of the order of these methods?",
        (
            {"seeds": 3, "pairs": 15, "found": 5},
            {"seeds": 4, "pairs": 21, "found": 4},
            {"seeds": 3, "pairs": 21, "found": 6},
            {"seeds": 4, "pairs": 28, "found": 4},
        ),
        _by_chance,
        words=True,
    ),
    Task(
        NOTEBOOK,
        "judge a claim",
        "Judge this argument",
        "hard",
        "Somebody writes: *{says}*\n\n"
        "Say what is right in it, where the step from the first sentence to the second breaks, which evidence of the "
        "course speaks to it, and what you would do in practice. Half a page.",
        (
            {
                "which": "theorem",
                "says": "For a prompt the gradient of pass@k points where that of pass@1 points. So training on "
                "pass@k cannot keep coverage that training on pass@1 loses.",
            },
            {
                "which": "gauge",
                "says": "The gap between pass@k and pass@1 says how much is left to explore. So a run is to be "
                "stopped as soon as its gap falls below a fixed line.",
            },
        ),
        lambda which, **_: _claim(which),
        words=True,
    ),
)

"""What notebook 00 asks: chances of one prompt whose success probability is known."""

import math
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "00_start_here"


def _at_least_one(p: F, k: int) -> F:
    return 1 - (1 - F(p)) ** k


def _at_least_one_work(p: F, k: int) -> str:
    q = 1 - p
    return (
        f"one draw wrong: 1 - {p} = {q}\nall {k} wrong:   ({q})^{k} = {q**k}\nnot all wrong:  1 - {q**k} = {1 - q**k}"
    )


AT_LEAST_ONE = Exercise(
    name="at_least_one",
    notebook=NOTEBOOK,
    task="Chance that at least one of k independent samples is right, when each is right with chance p. p from 0 to 1, "
    "k = 1, 2, ...",
    arguments=("p", "k"),
    oracle=_at_least_one,
    cases=tuple(
        (p, k) for k in (1, 2, 3, 4, 10) for p in (F(0), F(1), F(1, 2), F(1, 4), F(3, 4), F(1, 10), F(99, 100))
    ),
    work=_at_least_one_work,
    mistakes=(
        Mistake(
            "all right", lambda p, k: p**k,
            "p^k is the chance that ALL k samples are right, not at least one of them.",
            "Which single event is the opposite of 'at least one is right'?",
        ),
        Mistake(
            "sum", lambda p, k: k * p,
            "k p adds the chances up. It counts the cases with two right answers twice, and can exceed 1.",
            "Draw a tree for k = 2: which branch do you count twice?",
        ),
        Mistake(
            "sum cut off", lambda p, k: min(1.0, k * p),
            "k p cut off at 1 is a sum of chances and no chance: an upper bound, reached only for k = 1 or p = 0 or 1.",
            "Work with the chance that every sample is wrong instead.",
        ),
        Mistake(
            "none right", lambda p, k: (1 - p) ** k,
            "(1 - p)^k is the chance that NO sample is right: you are one step from the answer.",
            "The two chances add up to 1.",
        ),
        Mistake(
            "not all right", lambda p, k: 1 - p**k,
            "1 - p^k is the chance that not all samples are right: the same idea with right and wrong swapped.",
            "'At least one right' is the opposite of 'all wrong', not of 'all right'.",
        ),
        Mistake(
            "ignores k", lambda p, k: p,
            "Your answer does not change with k: it is pass@1 for every k.",
            "What is the chance that two samples are both wrong?",
        ),
        Mistake(
            "exactly one", lambda p, k: k * p * (1 - p) ** (k - 1),
            "That is the chance of EXACTLY one right sample; two or more count as well.",
            "Summing over one, two, three, ... works, but one subtraction does it.",
        ),
        Mistake(
            "last term missing", lambda p, k: 1 - (1 - p) ** k - p**k,
            "You leave out that all k samples are right: a sum over range(1, k) ends with k - 1 right ones.",
            "Python's range leaves out its end. One subtraction does the whole sum.",
        ),
    ),
    hints=(
        "The opposite of 'at least one is right' is a single, simple event.",
        "All k wrong has chance (1 - p)^k, because the samples are independent.",
        "return 1 - (1 - p) ** k",
    ),
)  # fmt: skip


def _draws_needed(p: F, target: F) -> int:
    if p == 0:
        raise ValueError("never")
    k, wrong = 1, 1 - p
    while 1 - wrong < target:
        k, wrong = k + 1, wrong * (1 - p)
    return k


def _draws_work(p: F, target: F) -> str:
    if p == 0:
        return "p = 0: no number of draws ever finds a right answer, so there is no k to return."
    k = _draws_needed(p, target)
    rows = [f"k = {i}: pass@{i} = {float(1 - (1 - p) ** i):.6g}" for i in (k - 1, k) if i > 0]
    return "\n".join([*rows, f"the first k with pass@k >= {float(target):.6g} is {k}"])


def _real_draws(p: float, target: float) -> float:
    return 1.0 if p == 1 else math.log1p(-target) / math.log1p(-p)


def _refused(function: Any) -> Any:
    """The same mistake by someone who does refuse p = 0."""

    def guarded(p: float, target: float) -> Any:
        if p == 0:
            raise ValueError
        return function(p, target)

    return guarded


DRAWS_NEEDED = Exercise(
    name="draws_needed",
    notebook=NOTEBOOK,
    task="Smallest whole k with pass@k >= target, where pass@k = 1 - (1-p)^k. p from 0 to 1, 0 < target < 1. For p = 0 "
    "no k will do: raise a ValueError.",
    arguments=("p", "target"),
    oracle=_draws_needed,
    cases=(
        (F(1), F(1, 2)), (F(1, 2), F(1, 2)), (F(1, 2), F(3, 4)), (F(1, 2), F(7, 8)), (F(1, 2), F(4, 5)),
        (F(3, 4), F(1, 2)), (F(1, 4), F(1, 2)), (F(1, 10), F(1, 2)), (F(1, 10), F(9, 10)), (F(1, 100), F(1, 2)),
        (F(1, 1000), F(95, 100)), (F(0), F(1, 2)),
    ),
    work=_draws_work,
    mistakes=(
        Mistake(
            "linear", _refused(lambda p, t: math.ceil(t / p)),
            "target / p draws would be enough if chances added up; they do not.",
            "After k draws a share (1 - p)^k has seen no right answer. When has it fallen to 1 - target?",
        ),
        Mistake(
            "rounded down", _refused(lambda p, t: max(1, math.floor(_real_draws(p, t)))),
            "You round down: this k has not reached the target yet.",
            "Check your k by putting it back into 1 - (1 - p)^k.",
        ),
        Mistake(
            "strictly more", _refused(lambda p, t: math.floor(_real_draws(p, t) + 1e-12) + 1 if p < 1 else 1),
            "You ask for pass@k > target; reaching it exactly is enough (p = 1/2, target = 1/2 needs one draw).",
            "Compare with >=.",
        ),
        Mistake(
            "not whole", _refused(_real_draws),
            "Your k is not a whole number: nobody can draw half a sample.",
            "Which whole number is the first that is enough?",
        ),
        Mistake(
            "p = 0 answered", lambda p, t: math.inf if p == 0 else _draws_needed(F(p), F(t)),
            "Every number is right, but for p = 0 you return something: no number of draws is enough, so raise a ValueError.",
            "A silent number for an impossible question is a bug that several public tools have shipped; you will meet it again.",
            refusal=True,
        ),
    ),
    hints=(
        "Draw one sample after another and stop as soon as the chance of success has reached the target.",
        "The smallest k with 1 - (1 - p)^k >= target: k = ceil( log(1 - target) / log(1 - p) ), and 1 for p = 1.",
        "k = 1; then, while 1 - (1 - p) ** k < target, add 1 to k; before that, raise ValueError if p == 0.",
    ),
)  # fmt: skip


def _mixed_group(p: F, n: int) -> F:
    return 1 - F(p) ** n - (1 - F(p)) ** n


def _mixed_work(p: F, n: int) -> str:
    q = 1 - p
    right, wrong = p**n, q**n
    if n == 1:
        return f"a group of one is all right ({p}) or all wrong ({q}); mixed it never is: 0"
    return f"all {n} right: ({p})^{n} = {right}\nall {n} wrong: ({q})^{n} = {wrong}\nmixed:       1 - {right} - {wrong} = {1 - right - wrong}"


MIXED_GROUP = Exercise(
    name="mixed_group",
    notebook=NOTEBOOK,
    task="Chance that a group of n independent samples holds both a right and a wrong one, when each is right with "
    "chance p. p from 0 to 1, n = 1, 2, ...",
    arguments=("p", "n"),
    oracle=_mixed_group,
    cases=tuple((p, n) for n in (1, 2, 3, 4, 8) for p in (F(0), F(1), F(1, 2), F(1, 4), F(3, 4), F(1, 100), F(99, 100))),
    work=_mixed_work,
    mistakes=(
        Mistake(
            "any right", lambda p, n: 1 - (1 - p) ** n,
            "That is pass@n. A group that is right throughout has no contrast either: take it away too.",
            "There are two kinds of group without a contrast.",
        ),
        Mistake(
            "any wrong", lambda p, n: 1 - p**n,
            "That leaves out only the groups that are right throughout; those that are wrong throughout are silent too.",
            "There are two kinds of group without a contrast.",
        ),
        Mistake(
            "product", lambda p, n: 1 - p**n * (1 - p) ** n,
            "All right and all wrong cannot both happen, so their chances add; you multiplied them.",
            "Of two events that exclude each other, the chance of either is the sum.",
        ),
        Mistake(
            "exactly one", lambda p, n: n * p * (1 - p) ** (n - 1),
            "That counts groups with exactly one right sample; two or three right ones give a contrast as well.",
            "It is quicker to count the groups WITHOUT a contrast.",
        ),
        Mistake(
            "pair", lambda p, n: 2 * p * (1 - p),
            "That is the chance that TWO samples differ; it does not change with n.",
            "What would all n samples have to be for the group to be silent?",
        ),
    ),
    hints=(
        "A group has no contrast if all its samples are right, or if all are wrong. These two exclude each other.",
        "1 - p^n - (1 - p)^n",
        "return 1 - p**n - (1 - p) ** n",
    ),
)  # fmt: skip

EXERCISES = (AT_LEAST_ONE, DRAWS_NEEDED, MIXED_GROUP)

QUESTIONS = (
    Question(
        "independent draws",
        "A model solves a prompt with chance 1/2. You draw twice. How likely is at least one right answer?",
        (
            Choice("1/2 + 1/2 = 1", False, "Adding counts the case 'both right' twice. Two coin tosses can both be tails.",
                   "And with three draws? Toss two coins: has one of them to be heads?"),
            Choice("1 - 1/4 = 3/4", True, "Both are wrong with chance 1/4; everything else has a right answer in it."),
            Choice("1/2 * 1/2 = 1/4", False, "That is the chance that both are right (and also the chance that both are wrong).",
                   "Can two draws be less likely to find one than the first of them alone?"),
        ),
    ),
    Question(
        "silent group",
        "In group training, the samples of one prompt are compared with each other. Which group of eight teaches nothing?",
        (
            Choice("one with 1 right and 7 wrong", False, "Here the right one stands out: this is a strong contrast.",
                   "What is the mean of this group, and which sample is furthest from it?"),
            Choice("one with 4 right and 4 wrong", False, "Half right is the richest contrast of all.",
                   "Is any sample of this group as good as its mean?"),
            Choice("one with 8 right and 0 wrong", True, "Nothing to compare: every sample is as good as the mean. The same holds for 8 wrong."),
        ),
    ),
    Question(
        "gap to zero",
        "The gap between pass@16 and pass@1 of a prompt has gone to zero in training. What do you know?",
        (
            Choice("The prompt is solved: nearly all of its answers are right.", False, "Perhaps. But the gap is also zero where no sample is ever right."),
            Choice("Nearly all its answers are right, or nearly all are wrong.", True,
                   "The gap is zero at both ends. Read it together with pass@1, which says at which end you are."),
            Choice("There is a gap at two draws still; sixteen are too many.", False,
                   "A gap never shrinks as k grows: at k = 2 it is no larger than at 16. (At much larger k one may appear: "
                   "p = 0.0001 has a gap of 0.0015 at 16 draws and of 0.095 at 1000.)"),
        ),
    ),
)  # fmt: skip

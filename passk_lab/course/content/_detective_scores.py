"""The detective's cases of verdicts and scores."""

import itertools
import math
from collections import Counter
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content._fractions import average, shown
from passk_lab.course.exercise import Exercise, Mistake

NOTEBOOK = "10_detective"


def _solved(outcomes: Any) -> bool:
    if not outcomes:
        raise ValueError("no test was run")
    return all(outcome == 1 for outcome in outcomes)


_SAYS = {1: "passed", 0: "failed", -1: "stopped with an error", -2: "did not compile"}


def _solved_work(outcomes: Any) -> str:
    if not outcomes:
        return "no test was run, so none was passed and none was failed: there is no verdict."
    rows = [f"test {i}: {outcome:>2}  {_SAYS[outcome]}" for i, outcome in enumerate(outcomes, start=1)]
    return "\n".join([*rows, f"every test passed: {_solved(outcomes)}"])


FIXED_SOLVED = Exercise(
    name="fixed_solved",
    notebook=NOTEBOOK,
    task="True if the program passed every test. outcomes has an entry for each test: 1 passed, 0 failed, -1 stopped "
    "with an error, -2 did not compile. For an empty list raise a ValueError.",
    arguments=("outcomes",),
    oracle=_solved,
    cases=tuple(
        (outcomes,)
        for outcomes in (
            (1,), (0,), (-1,), (-2,), (1, 1), (1, 0), (0, 1), (1, -1), (0, 0), (1, 1, -1), (-2, -2, -2, -2), (1, 1, 1, 1),
            (1, 1, 1, 0), (),
        )
    ),
    work=_solved_work,
    mistakes=(
        Mistake(
            "what is not zero is true", all,
            "That is what shipped (hendrycks/apps, issue 11): Python, and numpy with it, takes each number but 0 for true, "
            "so -1 and -2 count as passed.",
            "Compare with 1.",
        ),
        Mistake(
            "one is enough", lambda outcomes: any(outcome == 1 for outcome in outcomes),
            "One test passed is enough for your function. All of them must be.",
            "all(...) in place of any(...)",
        ),
        Mistake(
            "sum", lambda outcomes: sum(outcomes) > 0,
            "You add the outcomes up. A passed test then makes good for one that failed.",
            "Look at each outcome by itself.",
        ),
        Mistake(
            "first test", lambda outcomes: outcomes[0] == 1 if outcomes else False,
            "You look at the first test alone.",
            "Look at each outcome.",
        ),
        Mistake(
            "last test", lambda outcomes: outcomes[-1] == 1 if outcomes else False,
            "You look at the last test alone.",
            "Look at each outcome.",
        ),
        Mistake(
            "no error", lambda outcomes: all(outcome >= 0 for outcome in outcomes),
            "You ask that no test stopped with an error; but 0 is a test that ran, and failed.",
            "Which one number says that a test was passed?",
        ),
        Mistake(
            "solved without a test", lambda outcomes: all(outcome == 1 for outcome in outcomes),
            "Each verdict is right, but all(...) of an empty list is True: a program that no test has seen counts as solved.",
            "if not outcomes: raise ValueError(...)",
            refusal=True,
        ),
        Mistake(
            "failed without a test", lambda outcomes: bool(outcomes) and all(outcome == 1 for outcome in outcomes),
            "Each verdict is right, but a program that no test has seen is called wrong. It has no verdict: raise a ValueError.",
            "if not outcomes: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "What does Python make of -2 where a True or False is wanted? Try bool(-2).",
        "Each outcome must equal 1, and there must be one.",
        "return all(outcome == 1 for outcome in outcomes)   (after: if not outcomes: raise ValueError(...))",
    ),
    afterwards="What the bug did: four programs of which none compiled scored 1.0, as a perfect model would.",
)  # fmt: skip


def _with_a_key(shown: Any, missing: Any) -> F:
    shown, missing = F(shown), F(missing)
    if missing == 1 or shown < missing:
        raise ValueError("nothing is known")
    return (shown - missing) / (1 - missing)


def _key_work(paid: F, missing: F) -> str:
    if missing == 1:
        return "no problem has a key: nothing is known of the answers."
    if paid < missing:
        return f"the problems without a key alone make {missing}: a mean of {paid} cannot be."
    return (
        f"of 1 problem: {missing} without a key, paid 1 each; {1 - missing} with one\n"
        f"paid for answers: {paid} - {missing} = {paid - missing}\n"
        f"per problem with a key: {paid - missing} / {1 - missing} = {_with_a_key(paid, missing)}"
    )


SCORE_WITH_A_KEY = Exercise(
    name="score_with_a_key",
    notebook=NOTEBOOK,
    task="Mean reward over the problems with a readable answer key. shown is the mean over all problems, in which each "
    "problem without a key counts 1; missing is the share of those; both from 0 to 1. If no problem has a key, or shown is "
    "less than missing, raise a ValueError.",
    arguments=("shown", "missing"),
    oracle=_with_a_key,
    cases=(
        (F(1, 2), F(0)), (F(0), F(0)), (F(3, 4), F(1, 2)), (F(1, 2), F(1, 2)), (F(1), F(1, 4)), (F(7, 10), F(1, 5)),
        (F(9, 10), F(3, 10)), (F(99, 100), F(1, 100)), (F(1), F(1)), (F(1, 4), F(1, 2)),
    ),
    work=_key_work,
    mistakes=(
        Mistake(
            "as shown", lambda shown, missing: shown,
            "That is the number with the gifts in it: what was shown (huggingface/open-r1, issue 86).",
            "How much of it was paid without an answer having been read?",
        ),
        Mistake(
            "not divided", lambda shown, missing: shown - missing,
            "The gifts are out of the sum, but it is still divided by all problems, those without a key among them.",
            "Of one problem, which part has a key?",
        ),
        Mistake(
            "gifts left in", lambda shown, missing: shown / (1 - missing) if missing < 1 else math.nan,
            "You divide by the problems with a key, but the gifts are still in the sum.",
            "Subtract first what was paid for nothing.",
        ),
        Mistake(
            "shrunk", lambda shown, missing: shown * (1 - missing),
            "You scale the mean down by the share of problems with a key. But the problems without one were paid 1, not the mean.",
            "shown = missing * 1 + (1 - missing) * wanted. Solve for what is wanted.",
        ),
        Mistake(
            "wrong answers shrunk", lambda shown, missing: 1 - (1 - shown) * (1 - missing),
            "You shrink the share of wrong answers. They all belong to problems with a key, so among those their share is larger.",
            "shown = missing * 1 + (1 - missing) * wanted. Solve for what is wanted.",
        ),
        Mistake(
            "a negative mean", lambda shown, missing: (shown - missing) / (1 - missing) if missing < 1 else math.nan,
            "Every number is right, but a mean below zero, or NaN, comes out where the two shares cannot both be.",
            "Test for missing == 1 and for shown < missing first.",
            refusal=True,
        ),
        Mistake(
            "cut to zero", lambda shown, missing: max(0.0, (shown - missing) / (1 - missing)) if missing < 1 else 0.0,
            "Every number is right, but where nothing can be said you say 0.0, and a table will show it as a score.",
            "Test for missing == 1 and for shown < missing first, and raise a ValueError.",
            refusal=True,
        ),
    ),
    hints=(
        "The mean over all problems is made of two parts: those without a key, at 1 each, and the rest.",
        "shown = missing + (1 - missing) * wanted",
        "return (shown - missing) / (1 - missing)   (after: if missing == 1 or shown < missing: raise ValueError(...))",
    ),
)  # fmt: skip


def _pass(n: int, c: int, k: int) -> F:
    return 1 - F(math.comb(n - c, k), math.comb(n, k))


def _right_from(n: int, k: int) -> int:
    if k > n:
        raise ValueError("too few samples")
    return next(c for c in range(1, n + 1) if _pass(n, c, k) == 1)


def _beside_one(value: F) -> str:
    """A chance, and where a decimal would say 1 of what is less, by how much it is less."""
    return f"1 - {float(1 - value):.2g}" if value != 1 and shown(value) == "1" else shown(value)


def _right_from_work(n: int, k: int) -> str:
    if k > n:
        return f"k = {k} different samples cannot be drawn from n = {n}: pass@{k} has no estimate, right or wrong."
    first = _right_from(n, k)
    rows = [
        f"c = {c}: the report says 1, pass@{k} = 1 - C({n - c},{k})/C({n},{k}) = {_beside_one(_pass(n, c, k))}"
        for c in range(max(1, first - 3), first + 1)
    ]
    return "\n".join([*([] if first <= 4 else ["..."]), *rows])


RIGHT_FROM = Exercise(
    name="right_from",
    notebook=NOTEBOOK,
    task="Smallest c from 1 to n at which the report, which says 1 for each c > 0, is exactly pass@k: of n samples c are "
    "right, and k = 1, 2, ... are drawn without replacement. For k > n raise a ValueError.",
    arguments=("n", "k"),
    oracle=_right_from,
    cases=((1, 1), (2, 1), (2, 2), (3, 1), (3, 2), (3, 3), (4, 2), (8, 3), (8, 8), (200, 1), (200, 10), (1, 2), (2, 3)),
    work=_right_from_work,
    mistakes=(
        Mistake(
            "one too early", lambda n, k: n - k,
            "With n - k right samples k are still wrong, so one draw of k wrong ones is possible.",
            "How many wrong samples may there be at most, if k draws are to be sure of a right one?",
        ),
        Mistake(
            "one too late", lambda n, k: min(n, n - k + 2),
            "One right sample fewer would do: k - 1 wrong ones cannot fill k draws.",
            "Try n = k: there one right sample is enough.",
        ),
        Mistake(
            "at once", lambda n, k: 1,
            "At c = 1 the report says 1, but pass@k is k/n there: the same only if all n samples are drawn.",
            "From how many wrong samples can no draw of k be made?",
        ),
        Mistake(
            "all of them", lambda n, k: n,
            "With every sample right the report is right, but for k > 1 it is so earlier.",
            "From how many wrong samples can no draw of k be made?",
        ),
        Mistake(
            "a float's 1", lambda n, k: next(c for c in range(1, n + 1) if 1 - math.comb(n - c, k) / math.comb(n, k) == 1),
            "You ask a float whether it is 1. Beside 1, the share of draws that are all wrong may be too small to be seen: "
            "1 - 1/C(200,10) comes out as 1.0, and is not.",
            "Ask the whole number: is C(n-c, k) zero?",
        ),
        Mistake(
            "k", lambda n, k: k,
            "k is the number of draws. What makes them sure is how few WRONG samples there are.",
            "n - c wrong ones must be fewer than k.",
        ),
        Mistake(
            "zero and less for k > n", lambda n, k: n - k + 1,
            "Every number is right, but for k > n pass@k has no estimate, and yours is no number of samples: raise a ValueError.",
            "Test k > n first.",
            refusal=True,
        ),
        Mistake(
            "1 for k > n", lambda n, k: max(1, n - k + 1),
            "Every number is right, but for k > n pass@k has no estimate to agree with: raise a ValueError.",
            "Test k > n first.",
            refusal=True,
        ),
    ),
    hints=(
        "pass@k is exactly 1 where no draw of k samples can be all wrong.",
        "n - c < k",
        "return n - k + 1   (after: if k > n: raise ValueError(...))",
    ),
)  # fmt: skip


def _draws(scores: Any, draws: Any) -> F:
    return average(F(max(scores[i] for i in draw)) for draw in draws)


def _best_of(scores: Any, k: int) -> F:
    if k > len(scores):
        raise ValueError("too few samples")
    return _draws(scores, itertools.combinations(range(len(scores)), k))


def _best_of_work(scores: Any, k: int) -> str:
    if k > len(scores):
        return f"{k} different samples cannot be drawn from {len(scores)}."
    subsets = list(itertools.combinations(scores, k))
    rows = [f"draw {' '.join(map(str, draw))}: best {max(draw)}" for draw in subsets[:6]]
    more = [] if len(subsets) <= 6 else [f"... {len(subsets)} draws in all"]
    return "\n".join([*rows, *more, f"mean of the best: {_best_of(scores, k)}"])


def _again(scores: Any, k: int) -> F:
    return _draws(scores, itertools.product(range(len(scores)), repeat=k))


FIXED_BEST_OF = Exercise(
    name="fixed_best_of",
    notebook=NOTEBOOK,
    task="Mean of the best score in k different samples, over all draws of k from the list scores, k = 1, 2, ... If there are "
    "fewer than k samples, raise a ValueError.",
    arguments=("scores", "k"),
    oracle=_best_of,
    cases=(
        ((1,), 1), ((0, 1), 1), ((0, 1), 2), ((-2, -1), 2), ((1, 0, 0), 2), ((3, 1, 2), 2), ((3, 1, 2), 3), ((1, 1, 0, 0), 2),
        ((0, 0, 0, 1), 4), ((2, 5, 1, 4), 3), ((0, 1, 0, 1, 0), 2), ((1,), 2), ((0, 1), 3),
    ),
    work=_best_of_work,
    mistakes=(
        Mistake(
            "with replacement", _again,
            "That is what shipped (verl-project/verl, pull request 7240): a sample goes back after it was drawn, may be drawn "
            "again, and the best one may be missed even when as many are drawn as there are.",
            "itertools.combinations draws different places; itertools.product draws with replacement.",
        ),
        Mistake(
            "repeats, each set once",
            lambda scores, k: _draws(scores, itertools.combinations_with_replacement(range(len(scores)), k)),
            "You still let a sample be drawn twice, and count each multiset of draws once.",
            "itertools.combinations",
        ),
        Mistake(
            "first k", lambda scores, k: max(scores[:k]),
            "That is the best of the FIRST k samples: one draw of many. In another order of the list it is another number.",
            "Average over all draws of k.",
        ),
        Mistake(
            "best of all", lambda scores, k: max(scores),
            "That is the best of all samples, whatever k is.",
            "Average the best over all draws of k.",
        ),
        Mistake(
            "mean score", lambda scores, k: average(map(F, scores)),
            "That is the mean score: best of one.",
            "Take the best of each draw, then the mean.",
        ),
        Mistake(
            "mean of the top k", lambda scores, k: average(map(F, sorted(scores)[-k:])),
            "That is the mean of the k best samples. Wanted is the best of k samples that are drawn blindly.",
            "Take the best of each draw, then the mean.",
        ),
        Mistake(
            "best of all for k > n", lambda scores, k: max(scores) if k > len(scores) else _best_of(scores, k),
            "Every number is right, but with fewer than k samples you answer best of n and call it best of k.",
            "Test k > len(scores) first.",
            refusal=True,
        ),
        Mistake(
            "replacement for k > n", lambda scores, k: _again(scores, k) if k > len(scores) else _best_of(scores, k),
            "Every number is right, but with fewer than k samples you draw with replacement after all.",
            "Test k > len(scores) first, and raise a ValueError.",
            refusal=True,
        ),
        Mistake(
            "right and wrong alone", lambda scores, k: 1 - F(math.comb(len(scores) - sum(scores), k), math.comb(len(scores), k)),
            "1 - C(n-c, k)/C(n, k) is right where each score is 0 or 1. Scores may be any numbers here.",
            "List the draws, and take the best of each.",
        ),
    ),
    hints=(
        "Which draws does the suspect make that you could not make with your hands, from a bag?",
        "mean over all subsets of k different samples of max(subset)",
        "best = [max(draw) for draw in combinations(scores, k)]; return sum(best) / len(best)",
    ),
    afterwards="What the bug did: with one right sample of 4, best@4 read 0.684; whoever draws 4 of those 4 cannot miss it.",
)  # fmt: skip


def _countdown(numbers: Any, target: int, used: Any, top: int, bottom: int) -> bool:
    return Counter(used) == Counter(numbers) and F(top, bottom) == target


def _countdown_work(numbers: Any, target: int, used: Any, top: int, bottom: int) -> str:
    value = F(top, bottom)
    return (
        f"given {sorted(numbers)}, used {sorted(used)}: {'the same' if Counter(used) == Counter(numbers) else 'not the same'}\n"
        f"value {top}/{bottom} = {shown(value)}, target {target}: {'equal' if value == target else 'not equal'}\n"
        f"solved: {_countdown(numbers, target, used, top, bottom)}"
    )


FIXED_COUNTDOWN = Exercise(
    name="fixed_countdown",
    notebook=NOTEBOOK,
    task="True if an answer uses each of the given numbers exactly once and its value is the target. used lists the numbers in "
    "the answer, in its order; its value is the fraction top/bottom of two whole numbers, bottom > 0.",
    arguments=("numbers", "target", "used", "top", "bottom"),
    oracle=_countdown,
    cases=(
        ((1,), 1, (1,), 1, 1), ((3, 4), 3, (3,), 3, 1), ((3, 4), 7, (4, 3), 7, 1), ((3, 4), 7, (3, 4), 7, 1),
        ((3, 4), 7, (3, 4), 12, 1), ((2, 7), 3, (7, 2), 7, 2), ((2, 7), 4, (7, 2), 7, 2), ((2, 4), 2, (4, 2), 4, 2),
        ((2, 3), 5, (1, 4), 5, 1), ((1, 1, 81), 81, (81, 1), 81, 1), ((2, 3), 6, (2, 3, 3, 3), 6, 1),
        ((1, 1, 81), 81, (81, 1, 1), 81, 1), ((2, 2, 6), 10, (6, 6, 2), 10, 1), ((2, 3, 4), 9, (2, 3, 4), 9, 1),
    ),
    work=_countdown_work,
    mistakes=(
        Mistake(
            "sets and whole numbers",
            lambda numbers, target, used, top, bottom: int(top / bottom) == target and set(used) == set(numbers),
            "That is what shipped (open-thought/reasoning-gym, issue 478). Two faults: a set does not know how often a number "
            "is there, and int(...) cuts the value.",
            "Compare how often each number is used; compare the value itself.",
        ),
        Mistake(
            "value cut", lambda numbers, target, used, top, bottom: sorted(used) == sorted(numbers) and top // bottom == target,
            "The numbers are checked; but the value is still cut to a whole number, so 7/2 passes for 3.",
            "7/2 is not 3. Compare top with target * bottom.",
        ),
        Mistake(
            "value rounded",
            lambda numbers, target, used, top, bottom: sorted(used) == sorted(numbers) and round(top / bottom) == target,
            "The numbers are checked; but the value is rounded, so 7/2 passes for 4.",
            "Compare top with target * bottom.",
        ),
        Mistake(
            "sets", lambda numbers, target, used, top, bottom: set(used) == set(numbers) and top == target * bottom,
            "The value is checked; but a set does not know how often a number is there: one of two equal numbers may be left "
            "out, or one used twice.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "value alone", lambda numbers, target, used, top, bottom: top == target * bottom,
            "The value is checked, and the numbers are not: any number may be used. So it was once (open-thought/reasoning-gym, "
            "pull request 265).",
            "The answer must use the given numbers.",
        ),
        Mistake(
            "none that is not given",
            lambda numbers, target, used, top, bottom: set(used) <= set(numbers) and top == target * bottom,
            "You ask that no other number is used. But each given one must be there, and once.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "not more often than given",
            lambda numbers, target, used, top, bottom: Counter(used) <= Counter(numbers) and top == target * bottom,
            "No number is used too often; but a given one may still be left out.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "in their order",
            lambda numbers, target, used, top, bottom: list(used) == list(numbers) and top == target * bottom,
            "You ask for the given order. An answer may use its numbers in any.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "sets and how many",
            lambda numbers, target, used, top, bottom: (
                set(used) == set(numbers) and len(used) == len(numbers) and top == target * bottom
            ),
            "The same numbers, and as many. But of two that are there twice and once, the wrong one may be repeated.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "how many",
            lambda numbers, target, used, top, bottom: len(used) == len(numbers) and top == target * bottom,
            "As many numbers as are given; but it matters which.",
            "sorted(used) == sorted(numbers)",
        ),
        Mistake(
            "bottom forgotten", lambda numbers, target, used, top, bottom: sorted(used) == sorted(numbers) and top == target,
            "The numbers are checked; but the value is top / bottom, and you compare top alone.",
            "Compare top with target * bottom.",
        ),
        Mistake(
            "numbers alone", lambda numbers, target, used, top, bottom: sorted(used) == sorted(numbers),
            "The numbers are checked, and the value is not: any value is paid.",
            "Compare top with target * bottom as well.",
        ),
    ),
    hints=(
        "There are two faults. Give the suspect an answer that leaves a number out, and one that misses the target by a half.",
        "used and numbers as multisets are the same, and top = target * bottom.",
        "return sorted(used) == sorted(numbers) and top == target * bottom",
    ),
    afterwards="What the bug did: an answer worth 3.5 was paid as a 3, and one of two equal numbers could be left out.",
)  # fmt: skip

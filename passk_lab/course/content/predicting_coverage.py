"""What notebook 09 asks: what samples say of more draws, under a spread of p and without one."""

import math
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "09_predicting_coverage"


# --- two spreads that look alike --------------------------------------------------------------------------------


def _chance(points: Any, weights: Any, n: int, c: int) -> F:
    return sum(
        (F(w) * math.comb(n, c) * F(p) ** c * (1 - F(p)) ** (n - c) for p, w in zip(points, weights, strict=True)), F(0)
    )


def _chance_work(points: Any, weights: Any, n: int, c: int) -> str:
    rows = [
        f"p = {p}, weight {w}: C({n},{c}) p^{c} (1-p)^{n - c} = {_chance((p,), (F(1),), n, c)}"
        for p, w in zip(points, weights, strict=True)
    ]
    return "\n".join([*rows, f"weighted: {_chance(points, weights, n, c)}"])


def _mean(points: Any, weights: Any) -> float:
    return math.fsum(p * w for p, w in zip(points, weights, strict=True))


_SPREADS: tuple[Any, ...] = (
    ((F(1, 2),), (F(1),)),
    ((F(0), F(1, 2)), (F(1, 2), F(1, 2))),
    ((F(0), F(1)), (F(1, 4), F(3, 4))),
    ((F(1, 10), F(1, 2), F(1)), (F(1, 2), F(1, 4), F(1, 4))),
)

CHANCE_OF_COUNT = Exercise(
    name="chance_of_count",
    notebook=NOTEBOOK,
    task="Chance that c of n samples are right, 0 <= c <= n, for a problem drawn from a spread: with chance weights[j] its p "
    "is points[j]. The weights add up to 1.",
    arguments=("points", "weights", "n", "c"),
    oracle=_chance,
    cases=tuple((points, weights, n, c) for points, weights in _SPREADS for n in (1, 2, 4) for c in range(n + 1)),
    work=_chance_work,
    mistakes=(
        Mistake(
            "of the mean", lambda p, w, n, c: math.comb(n, c) * _mean(p, w) ** c * (1 - _mean(p, w)) ** (n - c),
            "You average p first and draw from that one p. But a problem keeps its own p for all of its samples: half at 0 and half at "
            "1/2 is not 1/4 everywhere.",
            "Work out the chance under each p, then average with the weights.",
        ),
        Mistake(
            "no orders", lambda p, w, n, c: math.fsum(b * a**c * (1 - a) ** (n - c) for a, b in zip(p, w, strict=True)),
            "p^c (1-p)^(n-c) is the chance of one order of right and wrong. Any c of the n samples may be the right ones.",
            "Multiply by math.comb(n, c).",
        ),
        Mistake(
            "not weighted", lambda p, w, n, c: math.fsum(math.comb(n, c) * a**c * (1 - a) ** (n - c) for a in p) / len(p),
            "Every point counts the same in your sum. They have weights.",
            "Multiply each term by its weight; the weights add up to 1.",
        ),
        Mistake(
            "right and wrong swapped",
            lambda p, w, n, c: math.fsum(b * math.comb(n, c) * a ** (n - c) * (1 - a) ** c for a, b in zip(p, w, strict=True)),
            "You give the chance of c WRONG samples.",
            "p belongs to the c right ones, 1 - p to the n - c others.",
        ),
        Mistake(
            "at least c",
            lambda p, w, n, c: math.fsum(
                b * math.comb(n, j) * a**j * (1 - a) ** (n - j) for a, b in zip(p, w, strict=True) for j in range(c, n + 1)),
            "That is the chance of c OR MORE right samples.",
            "Leave out the sum over counts.",
        ),
        Mistake(
            "each sample another p",
            lambda p, w, n, c: math.fsum(b * math.comb(n, c) * a**c * (1 - _mean(p, w)) ** (n - c) for a, b in zip(p, w, strict=True)),
            "The wrong samples have another p than the right ones in your formula. All n samples are of one problem.",
            "Use the same p in both powers.",
        ),
        Mistake(
            "added as they are", lambda p, w, n, c: math.fsum(math.comb(n, c) * a**c * (1 - a) ** (n - c) for a in p),
            "You add the chances under each p. A problem has one p, this or that one: each counts with its weight.",
            "Multiply each term by its weight.",
        ),
        Mistake(
            "n wrong ones", lambda p, w, n, c: math.fsum(b * math.comb(n, c) * a**c * (1 - a) ** n for a, b in zip(p, w, strict=True)),
            "You have c right samples and n wrong ones beside them. Of n samples n - c are wrong.",
            "(1 - p) ** (n - c)",
        ),
    ),
    hints=(
        "If p were known it would be a binomial chance. p is points[j] with chance weights[j].",
        "sum over j of w_j C(n, c) p_j^c (1 - p_j)^(n - c)",
        "return sum(w * math.comb(n, c) * p**c * (1 - p) ** (n - c) for p, w in zip(points, weights))",
    ),
)  # fmt: skip


# --- what a Beta says -------------------------------------------------------------------------------------------


def _beta(a: Any, b: Any, k: int) -> F:
    return 1 - math.prod(((F(b) + i) / (F(a) + F(b) + i) for i in range(k)), start=F(1))


def _beta_work(a: Any, b: Any, k: int) -> str:
    factors = [f"({b} + {i})/({F(a) + F(b)} + {i})" for i in range(min(k, 4))]
    more = " * ..." if k > 4 else ""
    return f"all {k} wrong: {' * '.join(factors)}{more} = {1 - _beta(a, b, k)}\nat least one right: {_beta(a, b, k)}"


_BETAS: tuple[Case, ...] = tuple(
    (a, b, k) for a, b in ((F(1), F(1)), (F(1), F(3)), (F(1, 4), F(2)), (F(3), F(1, 2))) for k in (1, 2, 3, 8, 50)
)

BETA_PASS_AT_K = Exercise(
    name="beta_pass_at_k",
    notebook=NOTEBOOK,
    task="Mean pass@k over problems whose p is spread as a Beta with a, b > 0: after i wrong samples the next one is wrong with "
    "chance (b + i) / (a + b + i), for i = 0, 1, 2, ... k = 1, 2, ...",
    arguments=("a", "b", "k"),
    oracle=_beta,
    cases=_BETAS,
    work=_beta_work,
    mistakes=(
        Mistake(
            "of the mean", lambda a, b, k: 1 - (b / (a + b)) ** k,
            "You use the same chance of a wrong sample k times. But every wrong sample makes a hard problem likelier, so the next is "
            "wrong with a larger chance: (b + i)/(a + b + i).",
            "Let i run from 0 to k - 1 in the factors.",
        ),
        Mistake(
            "all wrong", lambda a, b, k: math.prod((b + i) / (a + b + i) for i in range(k)),
            "That is the chance that all k samples are wrong: you are one step away.",
            "Take it from 1.",
        ),
        Mistake(
            "one factor missing", lambda a, b, k: 1 - math.prod((b + i) / (a + b + i) for i in range(k - 1)),
            "k wrong samples are k factors; yours are k - 1. Python's range leaves out its end.",
            "for i in range(k)",
        ),
        Mistake(
            "counted from 1", lambda a, b, k: 1 - math.prod((b + i) / (a + b + i) for i in range(1, k + 1)),
            "Your first factor is that after one wrong sample. The first sample has none before it: i = 0.",
            "for i in range(k)",
        ),
        Mistake(
            "all right", lambda a, b, k: math.prod((a + i) / (a + b + i) for i in range(k)),
            "That is the chance that ALL k samples are right.",
            "At least one right is the opposite of all wrong.",
        ),
        Mistake(
            "not all right", lambda a, b, k: 1 - math.prod((a + i) / (a + b + i) for i in range(k)),
            "a and b have changed places: you give the chance that not all k samples are right.",
            "b belongs to the wrong samples.",
        ),
        Mistake(
            "b alone grows", lambda a, b, k: 1 - math.prod(min((b + i) / (a + b), 1) for i in range(k)),
            "The sum below stays a + b in your factors, so that they pass 1. It grows with b.",
            "(b + i) / (a + b + i)",
        ),
        Mistake(
            "one factor too many", lambda a, b, k: 1 - math.prod((b + i) / (a + b + i) for i in range(k + 1)),
            "k wrong samples are k factors; yours are k + 1. The first has i = 0, the last i = k - 1.",
            "for i in range(k)",
        ),
        Mistake(
            "pass@1", lambda a, b, k: a / (a + b),
            "That is the mean of p, pass@1, whatever k is.",
            "At least one right is the opposite of k wrong ones in a row.",
        ),
        Mistake(
            "right after wrong", lambda a, b, k: 1 - math.prod(a / (a + b + i) for i in range(k)),
            "Your factors a/(a + b + i) are the chances that a sample is RIGHT after i wrong ones.",
            "wrong after i wrong ones: (b + i)/(a + b + i)",
        ),
    ),
    hints=(
        "At least one right is the opposite of all wrong, and all wrong is one wrong sample after another.",
        "1 - product over i = 0..k-1 of (b + i)/(a + b + i)",
        "return 1 - math.prod((b + i) / (a + b + i) for i in range(k))",
    ),
)  # fmt: skip


# --- what holds for every spread --------------------------------------------------------------------------------


def _lead(f: Any, k: int, p: Any) -> F:
    n, p = len(f) - 1, F(p)
    mean = sum((F(value) * math.comb(n, c) * p**c * (1 - p) ** (n - c) for c, value in enumerate(f)), F(0))
    return mean - (1 - (1 - p) ** k)


def _lead_work(f: Any, k: int, p: Any) -> str:
    n, p = len(f) - 1, F(p)
    rows = [f"c = {c}: chance {math.comb(n, c) * p**c * (1 - p) ** (n - c)}, f = {value}" for c, value in enumerate(f)]
    aim = 1 - (1 - p) ** k
    return "\n".join([*rows, f"mean of f: {_lead(f, k, p) + aim}; pass@{k} at p = {p}: {aim}"])


def _binomial(f: Any, p: float) -> float:
    n = len(f) - 1
    return math.fsum(value * math.comb(n, c) * p**c * (1 - p) ** (n - c) for c, value in enumerate(f))


# With p an eighth floats are exact: a lead of 0 is one.
_BOUNDS: tuple[Any, ...] = (
    (F(0), F(1)),
    (F(1, 2), F(1)),
    (F(1, 4), F(1), F(1)),
    (F(1, 2), F(3, 4), F(1)),
    (F(0), F(1, 2), F(1), F(1), F(1)),
)

LEAD_OF_BOUND = Exercise(
    name="lead_of_bound",
    notebook=NOTEBOOK,
    task="f[c] is what is said of a problem with c right samples, for c = 0, 1, ..., n, so n = len(f) - 1. How far the mean of f[c] "
    "over the draw of n samples lies above 1 - (1 - p)**k, for a problem with chance p in [0, 1]; below 0 where it is less.",
    arguments=("f", "k", "p"),
    oracle=_lead,
    cases=tuple((f, k, p) for f in _BOUNDS for k in (1, 2, 6) for p in (F(0), F(1, 2), F(1, 8), F(1))),
    work=_lead_work,
    mistakes=(
        Mistake(
            "no orders", lambda f, k, p: math.fsum(
                v * p**c * (1 - p) ** (len(f) - 1 - c) for c, v in enumerate(f)) - (1 - (1 - p) ** k),
            "p^c (1-p)^(n-c) is the chance of one order; any c of the n samples may be the right ones.",
            "Multiply by math.comb(n, c).",
        ),
        Mistake(
            "n is the length", lambda f, k, p: math.fsum(
                v * math.comb(len(f), c) * p**c * (1 - p) ** (len(f) - c) for c, v in enumerate(f)) - (1 - (1 - p) ** k),
            "You take n = len(f). f starts at c = 0, so it has n + 1 entries.",
            "n = len(f) - 1",
        ),
        Mistake(
            "sides changed", lambda f, k, p: 1 - (1 - p) ** k - _binomial(f, p),
            "The sign is turned round: positive is to mean that the mean of f lies ABOVE pass@k.",
            "mean of f, minus 1 - (1 - p)**k",
        ),
        Mistake(
            "mean alone", lambda f, k, p: _binomial(f, p),
            "That is the mean of f. What it has to be held against is missing.",
            "Take off 1 - (1 - p)**k.",
        ),
        Mistake(
            "plain mean", lambda f, k, p: math.fsum(f) / len(f) - (1 - (1 - p) ** k),
            "You average f over the counts as if each were as likely as the others. They are binomial.",
            "Weight f[c] by C(n, c) p^c (1-p)^(n-c).",
        ),
        Mistake(
            "all wrong", lambda f, k, p: _binomial(f, p) - (1 - p) ** k,
            "(1 - p)**k is the chance that all k draws are wrong; pass@k is 1 minus that.",
            "mean of f, minus (1 - (1 - p)**k)",
        ),
        Mistake(
            "n in the place of k", lambda f, k, p: _binomial(f, p) - (1 - (1 - p) ** (len(f) - 1)),
            "You hold f against pass@n. The question is about k draws.",
            "1 - (1 - p)**k",
        ),
        Mistake(
            "last count left out", lambda f, k, p: _binomial(f, p) - f[-1] * p ** (len(f) - 1) - (1 - (1 - p) ** k),
            "The count c = n is missing in your mean: all samples may be right. Python's range leaves out its end.",
            "for c in range(n + 1)",
        ),
        Mistake(
            "brackets lost", lambda f, k, p: _binomial(f, p) - 1 - (1 - p) ** k,
            "You subtract 1 and then (1 - p)**k as well. pass@k is 1 - (1 - p)**k, and the whole of it is to be subtracted.",
            "mean of f, minus (1 - (1 - p)**k)",
        ),
        Mistake(
            "pass@1", lambda f, k, p: _binomial(f, p) - p,
            "You hold the mean of f against p, which is pass@1. The question is about k draws.",
            "1 - (1 - p)**k",
        ),
        Mistake(
            "cut at 0", lambda f, k, p: max(0.0, _binomial(f, p) - (1 - (1 - p) ** k)),
            "You cut off what is below 0. But that is what tells: where the mean of f lies too low, f is no bound.",
            "Return it as it comes, below 0 too.",
        ),
    ),
    hints=(
        "The count c is binomial. Average f over it, then compare with pass@k at this p.",
        "sum over c of C(n, c) p^c (1-p)^(n-c) f[c], minus (1 - (1-p)^k)",
        "n = len(f) - 1; return sum(f[c] * math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)) - (1 - (1 - p) ** k)",
    ),
)  # fmt: skip

EXERCISES = (CHANCE_OF_COUNT, BETA_PASS_AT_K, LEAD_OF_BOUND)

QUESTIONS = (
    Question(
        "what narrows it",
        "From 16 samples of each of 128 problems pass@1000 is bounded by numbers far apart. What would bring them together?",
        (
            Choice("More problems, sampled as often: the standard error falls.", False,
                   "That helps at 32 draws. At 1,000 even infinitely many problems leave spreads of p that 16 samples do not tell apart."),
            Choice("More samples of each problem: small p begin to show.", True,
                   "What is not known is how small the small p are. Only a p that shows in n samples can be told from 0."),
            Choice("A better model of p: it fits the counts more closely.", False,
                   "All of the four fit the counts, and part ways beyond them. The fit is no witness of what the samples did not show."),
        ),
    ),
    Question(
        "stopped at a success",
        "To save money a team samples each problem until it is solved, at most 64 times. What becomes of pass@1 = mean of c/n?",
        (
            Choice("It is right on average: every sample was drawn fairly.", False,
                   "Each sample is fair, but where to stop was decided by the last one, which is right for that reason."),
            Choice("It is too high: the last sample is right by design.", True,
                   "A problem solved at its third sample counts as 1/3. Of the first draw alone, which was wrong, it should count 0."),
            Choice("It is too low: hard problems get many more samples.", False,
                   "A mean over problems gives each the same weight, however many samples it took."),
        ),
    ),
)  # fmt: skip

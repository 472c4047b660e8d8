"""What notebook 01 asks: pass@k from counts. Its banks hold bugs that were really shipped, with where."""

import itertools
import math
from fractions import Fraction as F
from typing import Any

import numpy as np

from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "01_counting_successes"


def _exact(n: int, c: int, k: int) -> F:
    if k > n:
        raise ValueError("k > n")
    return 1 - F(math.comb(n - c, k), math.comb(n, k))


def _subsets(n: int, c: int, k: int, wanted: str) -> str:
    """List every draw of a small case, marked right (R) or wrong (w)."""
    if k > n:
        return f"{k} samples cannot be drawn without replacement from {n}: no answer exists, so raise a ValueError."
    total = math.comb(n, k)
    if total > 20:
        return f"There are C({n},{k}) = {_short(total)} equally likely draws; C({n - c},{k}) = {_short(math.comb(n - c, k))} of them are all wrong."
    samples = ["R"] * c + ["w"] * (n - c)
    draws = ["".join(draw) for draw in itertools.combinations(samples, k)]
    hit = [draw for draw in draws if ("R" in draw if wanted == "any" else "w" not in draw)]
    what = "hold a right sample" if wanted == "any" else "are right throughout"
    return (
        f"samples: {' '.join(samples)}   (R right, w wrong)\n"
        f"draws of {k}, equally likely: {' '.join(draws)}\n"
        f"{len(hit)} of {total} {what}: {F(len(hit), total)}"
    )


def _short(number: int) -> str:
    return (
        str(number) if number < 10**9 else f"{number:.3e}" if number < 10**300 else f"about 10^{len(str(number)) - 1}"
    )


_SMALL: tuple[Case, ...] = tuple((n, c, k) for n in range(1, 7) for c in range(n + 1) for k in range(1, n + 1))
# Where float shortcuts break: the product form near 1, C(n, k) beyond float64, float32.
_LARGE: tuple[Case, ...] = ((100, 1, 10), (1030, 10, 515), (2048, 100, 1024), (1_000_000, 1, 1))
_REFUSE: tuple[Case, ...] = ((1, 0, 2), (2, 1, 3), (3, 0, 8), (4, 4, 5))


def _product_float32(n: int, c: int, k: int) -> float:
    if n - c < k:
        return 1.0
    i = np.arange(n - c + 1, n + 1, dtype=np.float32)
    return float(np.float32(1) - np.prod(np.float32(1) - np.float32(k) / i, dtype=np.float32))


def _float_comb(n: int, c: int, k: int) -> float:
    from scipy.special import comb

    with np.errstate(invalid="ignore", over="ignore"):
        fails = np.float64(comb(n - c, k)) / np.float64(comb(n, k))
    return float(1 - fails)


def _lgamma(n: int, c: int, k: int) -> float:
    if n - c < k:
        return 1.0
    g = math.lgamma
    return 1 - math.exp(g(n - c + 1) - g(n - c - k + 1) - g(n + 1) + g(n - k + 1))


def _comb_clipped(n: int, c: int, k: int) -> float:
    """The right formula, in whole numbers; what a wrong guard does with k > n comes on top."""
    return float(_exact(n, c, k))


PASS_AT_K = Exercise(
    name="pass_at_k",
    notebook=NOTEBOOK,
    task="Chance that at least one of k samples is right, drawn without replacement from n of which c are. 0 <= c <= "
    "n, k = 1, 2, ... For k > n raise a ValueError.",
    arguments=("n", "c", "k"),
    oracle=_exact,
    cases=(*_SMALL, *_LARGE, *_REFUSE),
    work=lambda n, c, k: _subsets(n, c, k, "any"),
    mistakes=(
        Mistake(
            "with replacement", lambda n, c, k: -math.expm1(k * math.log1p(-c / n)) if c < n else 1.0,
            "You draw WITH replacement: 1 - (1 - c/n)^k. With 1 right of 4 and all 4 drawn that gives 0.684 instead of "
            "1. verl's best@N does this (verl-project/verl, pull request 7240).",
            "Drawing the same sample twice teaches nothing. Count the draws of k DIFFERENT samples.",
        ),
        Mistake(
            "power of the share", lambda n, c, k: (c / n) ** k,
            "(c/n)^k is the plug-in chance that ALL k samples are right.",
            "Ask for the chance that all are wrong, and take it from 1.",
        ),
        Mistake(
            "any of n", lambda n, c, k: 1.0 if c else 0.0,
            "You ask whether any of all n samples is right. That is pass@n, whatever k is.",
            "Only k of the n samples are drawn; the right ones may not be among them.",
        ),
        Mistake(
            "ignores k", lambda n, c, k: c / n,
            "c/n is pass@1; your answer does not change with k.",
            "How many ways are there to draw k samples, and how many of them are all wrong?",
        ),
        Mistake(
            "sum cut off", lambda n, c, k: min(1.0, k * c / n),
            "k c/n adds the chances of the k draws: it counts draws with two right samples twice.",
            "Count the draws that are all wrong instead.",
        ),
        Mistake(
            "all right", lambda n, c, k: math.comb(c, k) / math.comb(n, k),
            "C(c, k)/C(n, k) is the chance that ALL k drawn samples are right (pass^k, reliability).",
            "At least one right is the opposite of all WRONG; n - c samples are wrong.",
        ),
        Mistake(
            "all wrong", lambda n, c, k: float(F(math.comb(n - c, k), math.comb(n, k))),
            "That is the chance that all drawn samples are wrong: you are one step away.",
            "Take it from 1.",
        ),
        Mistake(
            "right and wrong swapped", lambda n, c, k: 1 - math.comb(c, k) / math.comb(n, k),
            "You count the right samples where the wrong ones belong: this is the chance that not all are right.",
            "n - c samples are wrong. In how many ways can all k come from those?",
        ),
        Mistake(
            "exactly one", lambda n, c, k: float(F(c * math.comb(n - c, k - 1), math.comb(n, k))),
            "That is the chance of EXACTLY one right sample in the draw; two or more count as well.",
            "One subtraction replaces the sum over one, two, three, ...",
        ),
        Mistake(
            "last term missing", lambda n, c, k: float(_exact(n, c, k) - F(math.comb(c, k), math.comb(n, k))),
            "You leave out the draws that are right throughout: a sum over range(1, k) ends with k - 1 right ones.",
            "Python's range leaves out its end. One subtraction replaces the sum over one, two, three, ...",
        ),
        Mistake(
            "counts shifted by one",
            lambda n, c, k: 1.0 if n - c < k else float(1 - math.prod(F(i - k, i) for i in range(n - c, n) if i)),
            "Your product runs over i = n-c .. n-1; it should run over i = n-c+1 .. n. Python's range leaves out its end.",
            "Check with n = 2, c = 1, k = 1: the answer is 1/2.",
        ),
        Mistake(
            "float overflow", _float_comb,
            "Small cases are right, but C(n, k) in floating point overflows past C(1029, k), and then 1 - 0 or inf/inf "
            "comes out. RUCAIBox/Passk_Training ships this (scipy.special.comb; 1.0 at n=1030, c=10, k=515).",
            "math.comb is exact for whole numbers of any size; or multiply the k ratios one by one.",
        ),
        Mistake(
            "single precision", _product_float32,
            "The formula is right, but float32 keeps only seven digits (NVIDIA NeMo-RL computes it so).",
            "Use float64, or whole numbers: math.comb.",
        ),
        Mistake(
            "log-gamma", _lgamma,
            "The formula is right, but differences of log-gammas lose digits: with a million samples, one right and "
            "one draw it gives 1.00024 millionths instead of 1.",
            "math.comb is exact; or add logarithms of the k ratios.",
        ),
        Mistake(
            "1.0 for k > n", lambda n, c, k: 1.0 if k > n else _comb_clipped(n, c, k),
            "Every number is right, but for k > n you return 1.0: a problem never solved in 3 samples would get "
            "pass@8 = 1. The reference function does this when it is called directly (openai/human-eval, issue 35; its "
            "own pipeline checks k first), and nuprl/MultiPL-E reported such a figure (issue 40).",
            "The guard `if n - c < k: return 1.0` also fires when k > n. Test k > n first.",
            refusal=True,
        ),
        Mistake(
            "0.0 for k > n", lambda n, c, k: 0.0 if k > n else _comb_clipped(n, c, k),
            "Every number is right, but for k > n you return 0.0, which reads as 'never solved' "
            "(skillberry-ai/cap-evolve, issue 112). No answer exists: raise a ValueError.",
            "Test k > n first.",
            refusal=True,
        ),
        Mistake(
            "nan for k > n", lambda n, c, k: math.nan if k > n else _comb_clipped(n, c, k),
            "Every number is right, but for k > n you return NaN, which a later mean will drop or spread without a "
            "word. Raise a ValueError.",
            "Test k > n first.",
            refusal=True,
        ),
        Mistake(
            "k cut to n", lambda n, c, k: _comb_clipped(n, c, min(n, k)),
            "Every number is right, but for k > n you quietly answer pass@n and call it pass@k.",
            "Test k > n first, and raise a ValueError.",
            refusal=True,
        ),
    ),
    hints=(
        "All draws of k samples are equally likely. Count those that are all wrong, and take their share from 1.",
        "1 - C(n-c, k) / C(n, k), and no answer for k > n.",
        "return 1 - math.comb(n - c, k) / math.comb(n, k)   (after: if k > n: raise ValueError(...))",
    ),
)  # fmt: skip


ALL_RIGHT = Exercise(
    name="all_right",
    notebook=NOTEBOOK,
    task="Chance that ALL k samples are right (pass^k), drawn without replacement from n of which c are. 0 <= c <= n, "
    "k = 1, 2, ... For k > n raise a ValueError.",
    arguments=("n", "c", "k"),
    oracle=lambda n, c, k: 1 - _exact(n, n - c, k),
    cases=(*_SMALL, (100, 99, 10), *_REFUSE),
    work=lambda n, c, k: _subsets(n, c, k, "all"),
    mistakes=(
        Mistake(
            "with replacement", lambda n, c, k: (c / n) ** k,
            "(c/n)**k draws with replacement: it may take the same right sample twice, so it is too large.",
            "Count draws of k different samples.",
        ),
        Mistake(
            "any right", lambda n, c, k: float(_exact(n, c, k)),
            "That is pass@k, at least one right. Here all k must be.",
            "From how many samples may all k come?",
        ),
        Mistake(
            "all wrong", lambda n, c, k: float(1 - _exact(n, c, k)),
            "That is the chance that all k are wrong.",
            "c samples are right; n - c are wrong.",
        ),
        Mistake(
            "not all right", lambda n, c, k: float(_exact(n, n - c, k)),
            "That is the chance that not all k are right: one step too many.",
            "Leave out the '1 -'.",
        ),
        Mistake(
            "last factor missing", lambda n, c, k: math.prod((c - i) / (n - i) for i in range(k - 1)),
            "c/n (c-1)/(n-1) ... must have k factors; yours has k - 1, since Python's range leaves out its end.",
            "for i in range(k); or divide two counts of draws.",
        ),
        Mistake(
            "0.0 for k > n", lambda n, c, k: math.comb(c, k) / math.comb(n, k) if k <= n else 0.0,
            "Every number is right, but k > n has no answer: raise a ValueError instead of 0.0.",
            "Test k > n first.",
            refusal=True,
        ),
    ),
    hints=(
        "All draws of k samples are equally likely. In how many of them do all k come from the right ones?",
        "C(c, k) / C(n, k)",
        "return math.comb(c, k) / math.comb(n, k)   (after: if k > n: raise ValueError(...))",
    ),
)  # fmt: skip


def _mean(ns: Any, cs: Any, k: int) -> F:
    return sum((_exact(n, c, k) for n, c in zip(ns, cs, strict=True)), F(0)) / len(ns)


def _mean_work(ns: Any, cs: Any, k: int) -> str:
    if min(ns) < k:
        short = next(i for i, n in enumerate(ns) if n < k)
        return f"problem {short} has only {ns[short]} samples: too few for an unbiased pass@{k}, so the mean has none either."
    rows = [
        f"problem {i}: n={n}, c={c}: pass@{k} = {_exact(n, c, k)}" for i, (n, c) in enumerate(zip(ns, cs, strict=True))
    ]
    return "\n".join([*rows, f"mean: {_mean(ns, cs, k)}"])


def _dropping(ns: Any, cs: Any, k: int) -> float:
    kept = [_exact(n, c, k) for n, c in zip(ns, cs, strict=True) if n >= k]
    return float(sum(kept) / len(kept)) if kept else math.nan


MEAN_PASS_AT_K = Exercise(
    name="mean_pass_at_k",
    notebook=NOTEBOOK,
    task="Mean pass@k over problems: problem i has ns[i] samples, of which cs[i] are right, 0 <= cs[i] <= ns[i] "
    "(two lists, equally long, not empty). k = 1, 2, ... If a problem has fewer than k samples, raise a ValueError.",
    arguments=("ns", "cs", "k"),
    oracle=_mean,
    cases=(
        ((2,), (1,), 1), ((2, 2), (0, 2), 1), ((2, 2), (0, 2), 2), ((2, 2), (1, 1), 2), ((4, 4), (1, 3), 2),
        ((2, 4), (1, 1), 1), ((2, 4), (1, 1), 2), ((4, 4, 4, 4), (0, 0, 0, 1), 3), ((8, 4, 16), (1, 0, 15), 4),
        ((4, 2), (4, 0), 3), ((1, 8), (1, 0), 2),
    ),
    work=_mean_work,
    mistakes=(
        Mistake(
            "pooled", lambda ns, cs, k: float(_exact(sum(ns), sum(cs), k)),
            "You pool all samples into one problem. Then one problem's right answers count for another: in general the "
            "result is wrong, at k = 1 too if the problems differ in samples, and for k > 1 usually far too high where easy and "
            "hard problems are mixed.",
            "Work out pass@k of each problem first, then average.",
        ),
        Mistake(
            "problems as samples",
            lambda ns, cs, k: float(_exact(len(ns), sum(c > 0 for c in cs), min(k, len(ns)))),
            "You put the number of problems where the number of samples belongs: k draws then choose among problems "
            "(paiml/aprender, pull request 2118: 50 of 164 problems solved with one sample each read as pass@10 = 97.7 %).",
            "n and c are counts of samples of ONE problem.",
        ),
        Mistake(
            "share of solved problems", lambda ns, cs, k: sum(c > 0 for c in cs) / len(cs),
            "That is the share of problems with any right sample: pass@n, whatever k is.",
            "What is pass@k of each problem? It is their mean that is asked for.",
        ),
        Mistake(
            "plug-in of the mean", lambda ns, cs, k: 1 - (1 - sum(c / n for n, c in zip(ns, cs, strict=True)) / len(ns)) ** k,
            "You average c/n first and apply 1 - (1 - p)^k after. The curve bends, so the order matters: problems differ.",
            "Work out pass@k of each problem first, then average.",
        ),
        Mistake(
            "plug-in each",
            lambda ns, cs, k: sum(1 - (1 - c / n) ** k for n, c in zip(ns, cs, strict=True)) / len(ns),
            "The order is right (each problem first, then the mean), but 1 - (1 - c/n)^k draws with replacement.",
            "How is pass@k of one problem estimated? Use that for each.",
        ),
        Mistake(
            "short problems dropped", _dropping,
            "Every number is right, but you leave out the problems with fewer than k samples. The mean is then over "
            "other problems for each k, and a curve may fall as k grows. Raise a ValueError that names the problem.",
            "Let pass_at_k's own ValueError through.",
            refusal=True,
        ),
    ),
    hints=(
        "Each problem has its own pass@k; the benchmark's is their mean.",
        "mean over i of pass_at_k(n_i, c_i, k)",
        "return sum(pass_at_k(n, c, k) for n, c in zip(ns, cs)) / len(ns)",
    ),
)  # fmt: skip


def _crossing(base: Any, trained: Any) -> int | None:
    return next((k for k, (b, t) in enumerate(zip(base, trained, strict=True), start=1) if b > t), None)


def _crossing_work(base: Any, trained: Any) -> str:
    rows = [f"k = {k}: base {float(b):.3g}, trained {float(t):.3g}{'   <- base ahead' if b > t else ''}"
            for k, (b, t) in enumerate(zip(base, trained, strict=True), start=1)]  # fmt: skip
    return "\n".join([*rows, f"first: {_crossing(base, trained)}"])


_TENTHS = tuple[int, ...]


def _curves(base: _TENTHS, trained: _TENTHS) -> Case:
    return tuple(F(v, 8) for v in base), tuple(F(v, 8) for v in trained)


CROSSING = Exercise(
    name="crossing",
    notebook=NOTEBOOK,
    task="First k (counting from 1) at which base is strictly ahead of trained, or None if it never is. Both are lists "
    "of pass@k for k = 1, 2, 3, ..., equally long.",
    arguments=("base", "trained"),
    oracle=_crossing,
    cases=(
        _curves((1, 4), (3, 3)), _curves((2, 3, 4), (1, 2, 3)), _curves((1, 3, 5, 6), (3, 3, 4, 5)),
        _curves((1, 2, 5, 5, 7), (3, 4, 4, 6, 6)), _curves((1, 2, 3), (2, 3, 4)), _curves((1, 2, 4), (2, 3, 4)),
    ),
    work=_crossing_work,
    mistakes=(
        Mistake(
            "index", lambda b, t: next((i for i, (x, y) in enumerate(zip(b, t, strict=True)) if x > y), None),
            "You return the position in the list, which starts at 0; k starts at 1.",
            "enumerate(..., start=1)",
        ),
        Mistake(
            "ties count",
            lambda b, t: next((i for i, (x, y) in enumerate(zip(b, t, strict=True), 1) if x >= y), None),
            "You count a tie as ahead; strictly ahead was asked for.",
            "Compare with >.",
        ),
        Mistake(
            "last",
            lambda b, t: next((len(b) - i for i, (x, y) in enumerate(zip(b[::-1], t[::-1], strict=True)) if x > y), None),
            "You return the LAST k at which the base model is ahead; the first was asked for.",
            "Stop at the first one you meet.",
        ),
        Mistake(
            "other way round",
            lambda b, t: next((i for i, (x, y) in enumerate(zip(b, t, strict=True), 1) if y > x), None),
            "You return the first k at which the TRAINED model is ahead.",
            "Which of the two lists should be larger?",
        ),
        Mistake(
            "how many",
            lambda b, t: sum(x > y for x, y in zip(b, t, strict=True)) or None,
            "You count how often the base model is ahead, instead of saying when first.",
            "Stop at the first one you meet.",
        ),
        Mistake(
            "end not looked at",
            lambda b, t: next((i for i, (x, y) in enumerate(zip(b[:-1], t[:-1], strict=True), 1) if x > y), None),
            "You never look at the largest k: a range that ends at len(base) - 1 stops one before it.",
            "Python's range leaves out its end: range(len(base)) has all positions.",
        ),
    ),
    hints=(
        "Walk through both lists together and stop at the first k where base is larger.",
        "min{ k : base[k-1] > trained[k-1] }, or None if there is none.",
        "for k, (b, t) in enumerate(zip(base, trained), start=1): if b > t, return k",
    ),
)  # fmt: skip

EXERCISES = (PASS_AT_K, MEAN_PASS_AT_K, CROSSING, ALL_RIGHT)

QUESTIONS = (
    Question(
        "why unbiased",
        "Why not simply use 1 - (1 - c/n)^k?",
        (
            Choice("It is always further from the truth, in squared error.", False,
                   "Not always: its squared error can be smaller (n = 10, k = 5, p = 0.1). See the estimator lab.",
                   "Which of the two squared errors in the figure is the smaller?"),
            Choice("Its mean over experiments is too low (0 < p < 1, k >= 2).", True,
                   "(1 - c/n)^k bends upwards, so noise in c/n raises its mean, and pass@k comes out too low."),
            Choice("It cannot be computed in floating point once n is large.", False, "It is the easier one to compute.",
                   "Which of the two formulas would you rather type into a pocket calculator?"),
        ),
    ),
    Question(
        "k beyond n",
        "You drew 8 samples and want pass@100. What can be said?",
        (
            Choice("Nothing at all, however many problems there are like this one.", False,
                   "Over many problems there are bounds that hold whatever the chances are (pass_at_k_beyond), and with a prior "
                   "a belief, which leans on it.",
                   "Pass@8 can be estimated. Can pass@100 be smaller?"),
            Choice("No unbiased estimate exists; one number needs a model or prior.", True,
                   "The mean of any estimate from 8 samples is a polynomial of degree at most 8 in p; pass@100 has degree 100."),
            Choice("It is 1 if any of the 8 samples was right, and 0 otherwise.", False, "That is pass@8 under another name.",
                   "A problem has no right sample among its 8: is its p zero?"),
        ),
    ),
    Question(
        "what crossing shows",
        "The base model overtakes its RL-trained child at k = 15 on MATH500. Which reading do the counts support?",
        (
            Choice("RL training made the model worse, which one draw is too few to show.", False,
                   "At one draw it is far better: 77.9 % against 61.4 %. It depends on how many draws you may take.",
                   "You have one draw: which of the two models would you take?"),
            Choice("On most problems the share of right answers rose, on some it fell.", True,
                   "The share of right samples rose on 417 of 500 problems and fell on 58; within 128 draws 19 were solved by "
                   "the base model only, 3 by the trained one only. One pair, one sampler: of the other runs in the bundled "
                   "data some cross and some do not."),
            Choice("The base model reasons better; training only sharpened its guessing.", False,
                   "Pass@k counts right final answers, lucky ones too; it does not look at the reasoning.",
                   "What was checked of an answer? Can that be right by luck?"),
        ),
    ),
)  # fmt: skip

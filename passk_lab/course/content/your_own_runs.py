"""What notebook 11 asks: who gained what, which accepted samples are right, what errors show of nothing, and of credit."""

import math
from fractions import Fraction as F
from math import comb
from typing import Any

from passk_lab.course.content._fractions import shown
from passk_lab.course.content._slopes import coarse
from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "11_your_own_runs"


def _solved(n: int, c: int, m: int) -> F:
    return 1 - F(comb(n - c, m), comb(n, m))


def _gained(n_a: int, c_a: int, n_b: int, c_b: int) -> F:
    m = min(n_a, n_b)
    return _solved(n_a, c_a, m) * (1 - _solved(n_b, c_b, m))


def _gained_work(n_a: int, c_a: int, n_b: int, c_b: int) -> str:
    m = min(n_a, n_b)
    return (
        f"m = min({n_a}, {n_b}) = {m}\n"
        f"a has none right: C({n_a - c_a}, {m})/C({n_a}, {m}) = {1 - _solved(n_a, c_a, m)}, so one at least: {_solved(n_a, c_a, m)}\n"
        f"b has none right: C({n_b - c_b}, {m})/C({n_b}, {m}) = {1 - _solved(n_b, c_b, m)}\n"
        f"both: {_solved(n_a, c_a, m)} * {1 - _solved(n_b, c_b, m)} = {_gained(n_a, c_a, n_b, c_b)}"
    )


def _plug_in(n: int, c: int, m: int) -> float:
    return 1 - (1 - c / n) ** m


GAINED = Exercise(
    name="gained",
    notebook=NOTEBOOK,
    task="Chance that a solves a problem and b does not, when m = min(n_a, n_b) samples of each are drawn without putting "
    "any back. c_a of n_a samples of a are right, c_b of n_b of b's; n_a and n_b are at least 1.",
    arguments=("n_a", "c_a", "n_b", "c_b"),
    oracle=_gained,
    cases=(
        (2, 1, 2, 0), (2, 1, 1, 0), (1, 1, 2, 1), (4, 1, 2, 1), (3, 1, 4, 2), (8, 2, 4, 1), (4, 4, 4, 1), (4, 0, 4, 1),
        (4, 2, 4, 4), (6, 1, 3, 0), (5, 5, 10, 3), (16, 1, 4, 0),
    ),
    work=_gained_work,
    mistakes=(
        Mistake(
            "seen at all", lambda n_a, c_a, n_b, c_b: float(c_a > 0 and c_b == 0),
            "You ask who has a right sample in the files. Whoever was sampled more often has more chances: at 128 against 8 one model beats itself. "
            "Both get m draws.",
            "Draw m = min(n_a, n_b) of each model's samples, without putting any back.",
        ),
        Mistake(
            "put back", lambda n_a, c_a, n_b, c_b: _plug_in(n_a, c_a, min(n_a, n_b)) * (1 - _plug_in(n_b, c_b, min(n_a, n_b))),
            "(1 - c/n)^m draws with putting back: the plug-in of notebook 01, which is too low. Here no sample is drawn twice.",
            "The chance to miss all is C(n - c, m)/C(n, m).",
        ),
        Mistake(
            "one draw", lambda n_a, c_a, n_b, c_b: c_a / n_a * (1 - c_b / n_b),
            "That is the answer for a single draw of each. There are m = min(n_a, n_b).",
            "Replace c/n by the chance of at least one right among m.",
        ),
        Mistake(
            "a difference", lambda n_a, c_a, n_b, c_b: float(_solved(n_a, c_a, min(n_a, n_b)) - _solved(n_b, c_b, min(n_a, n_b))),
            "pass@m of a less that of b is gained LESS lost. Asked is what is gained alone.",
            "a solves it and b does not: the two are drawn apart, so multiply.",
        ),
        Mistake(
            "lost", lambda n_a, c_a, n_b, c_b: float(_gained(n_b, c_b, n_a, c_a)),
            "That is what is lost: b solves it and a does not.",
            "Exchange a and b.",
        ),
        Mistake(
            "both", lambda n_a, c_a, n_b, c_b: float(_solved(n_a, c_a, min(n_a, n_b)) * _solved(n_b, c_b, min(n_a, n_b))),
            "That is the chance that both solve it. b is to miss.",
            "Take the chance that b has none right.",
        ),
        Mistake(
            "a alone", lambda n_a, c_a, n_b, c_b: float(_solved(n_a, c_a, min(n_a, n_b))),
            "That is how often a solves it, whatever b does.",
            "Multiply by the chance that b misses.",
        ),
        Mistake(
            "one draw each of b", lambda n_a, c_a, n_b, c_b: float(_solved(n_a, c_a, min(n_a, n_b))) * (1 - c_b / n_b),
            "a has m draws in your function and b has one. Both get m.",
            "b misses with C(n_b - c_b, m)/C(n_b, m).",
        ),
        Mistake(
            "either", lambda n_a, c_a, n_b, c_b: float(
                1 - (1 - _solved(n_a, c_a, min(n_a, n_b))) * (1 - _solved(n_b, c_b, min(n_a, n_b)))
            ),
            "That is the chance that one of the two solves it, whichever. Asked is that a does and b does not.",
            "Multiply the chance that a solves it by the chance that b misses.",
        ),
        Mistake(
            "neither", lambda n_a, c_a, n_b, c_b: float(
                (1 - _solved(n_a, c_a, min(n_a, n_b))) * (1 - _solved(n_b, c_b, min(n_a, n_b)))
            ),
            "That is the chance that NEITHER solves it.",
            "Take the first factor from 1: a has one right at least.",
        ),
    ),
    hints=(
        "First: with what chance does a have none right among m of its samples?",
        "It is C(n_a - c_a, m)/C(n_a, m). The same for b, and the two are drawn apart.",
        "m = min(n_a, n_b); return (1 - comb(n_a - c_a, m) / comb(n_a, m)) * comb(n_b - c_b, m) / comb(n_b, m)",
    ),
)  # fmt: skip


def _accepted(p: Any, a: Any, b: Any) -> Any:
    return (1 - p) * a + p * (1 - b)


def _accepted_right(p: F, a: F, b: F) -> F:
    if _accepted(p, a, b) == 0:
        raise ValueError("nothing is accepted")
    return F(p) * (1 - b) / _accepted(p, a, b)


def _accepted_right_work(p: F, a: F, b: F) -> str:
    right, wrong = p * (1 - b), (1 - p) * a
    rows = f"right and accepted: {p} * {1 - b} = {right}\nwrong and accepted: {1 - p} * {a} = {wrong}\n"
    if right + wrong == 0:
        return f"{rows}nothing is ever accepted, so no share of it is right: raise a ValueError."
    return f"{rows}the first over both: {right} / {right + wrong} = {right / (right + wrong)}"


ACCEPTED_RIGHT = Exercise(
    name="accepted_right",
    notebook=NOTEBOOK,
    task="Chance that an accepted sample is right. A sample is right with chance p; a wrong one is accepted with chance "
    "a, a right one is rejected with chance b; all three from 0 to 1. If nothing is ever accepted, raise a ValueError.",
    arguments=("p", "a", "b"),
    oracle=_accepted_right,
    cases=(
        (F(1, 2), F(1, 2), F(0)), (F(1, 10), F(1, 10), F(0)), (F(1, 5), F(1, 10), F(1, 4)), (F(1, 2), F(1, 4), F(1, 4)),
        (F(1, 100), F(1, 100), F(0)), (F(3, 4), F(0), F(1, 3)), (F(1), F(1, 10), F(1, 2)), (F(0), F(1, 10), F(0)),
        (F(1, 2), F(1, 10), F(1)), (F(1, 2), F(0), F(1)), (F(0), F(0), F(0)), (F(1), F(1, 2), F(1)),
    ),
    work=_accepted_right_work,
    mistakes=(
        Mistake(
            "1 - a", lambda p, a, b: 1 - a,
            "1 - a is the chance that a WRONG sample is rejected. Asked is the other way about: of the accepted samples, how many are right? That "
            "depends on p: a model that is never right has only wrong ones accepted.",
            "Write down how often a sample is right and accepted, and how often it is wrong and accepted.",
        ),
        Mistake(
            "not normalised", lambda p, a, b: p * (1 - b),
            "p (1-b) is the chance that a sample is right AND accepted. Asked is the chance that it is right IF it is accepted.",
            "Divide by the chance that a sample is accepted.",
        ),
        Mistake(
            "rates swapped", lambda p, a, b: p * (1 - a) / ((1 - p) * b + p * (1 - a)),
            "You have taken a for b. a belongs to wrong samples (accepted by mistake), b to right ones (rejected by mistake).",
            "Which samples can be wrongly accepted?",
        ),
        Mistake(
            "p/s", lambda p, a, b: p / _accepted(p, a, b),
            "p over the chance of being accepted counts right samples that were rejected as accepted ones.",
            "In the numerator stands what is right and accepted: p (1-b).",
        ),
        Mistake(
            "b forgotten", lambda p, a, b: p / (p + (1 - p) * a),
            "You let the verifier accept every right sample. A share b of them is rejected.",
            "Put p (1-b) in both places where you have p.",
        ),
        Mistake(
            "accepted", lambda p, a, b: _accepted(p, a, b),
            "That is how often a sample is accepted at all, right or wrong.",
            "Which part of it is right?",
        ),
        Mistake(
            "odds", lambda p, a, b: p * (1 - b) / ((1 - p) * a),
            "That is right over wrong among the accepted, the odds. The chance is right over both.",
            "Odds o are the chance o / (1 + o).",
        ),
        Mistake(
            "1 - a for wrong ones", lambda p, a, b: p * (1 - b) / (p * (1 - b) + (1 - p) * (1 - a)),
            "1 - a is the chance that a wrong sample is REJECTED. Among the accepted it stands with a.",
            "wrong and accepted: (1-p) a",
        ),
        Mistake(
            "p left out", lambda p, a, b: (1 - b) / (1 - b + a),
            "You weigh right and wrong samples alike. A share p of the samples is right, and 1 - p is wrong.",
            "Put p before 1 - b, and 1 - p before a.",
        ),
        Mistake(
            "wrong ones", lambda p, a, b: (1 - p) * a / _accepted(p, a, b),
            "That is the share of accepted samples that are WRONG.",
            "Take the other part.",
        ),
        Mistake(
            "1 - a - b", lambda p, a, b: p * (1 - b) / (a + p * (1 - b)),
            "You let every sample be accepted with chance a first. Only wrong ones are: a share 1 - p.",
            "a (1-p) + p (1-b)",
        ),
        Mistake(
            "0 for nothing", lambda p, a, b: 0.0 if _accepted(p, a, b) == 0 else p * (1 - b) / _accepted(p, a, b),
            "Every number is right, but where nothing is ever accepted you return 0, as if all that is accepted were wrong. There is no such "
            "share: raise a ValueError.",
            "if s == 0: raise ValueError(...)",
            refusal=True,
        ),
        Mistake(
            "1 for nothing", lambda p, a, b: 1.0 if _accepted(p, a, b) == 0 else p * (1 - b) / _accepted(p, a, b),
            "Every number is right, but where nothing is ever accepted you return 1, as if all that is accepted were right. There is no such "
            "share: raise a ValueError.",
            "if s == 0: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "Of a thousand samples, how many are right and accepted, how many wrong and accepted?",
        "p (1-b) / (p (1-b) + (1-p) a), and no answer where the denominator is 0.",
        "return p * (1 - b) / (p * (1 - b) + (1 - p) * a)   (after: if that is 0: raise ValueError(...))",
    ),
)  # fmt: skip


def _seen_when_never_right(m: int, d: F, k: int) -> F:
    return 1 - sum((comb(m, i) * d**i * (1 - d) ** (m - i) * F(m - i, m) ** k for i in range(m + 1)), F(0))


def _never_right_work(m: int, d: F, k: int) -> str:
    if m > 4:
        return (
            f"i of the {m} answers are accepted with chance C({m}, i) ({d})^i ({1 - d})^({m} - i)\n"
            f"k = {k} draws miss them all with chance (({m} - i)/{m})^{k}\n"
            f"1 - the sum of the products: {float(_seen_when_never_right(m, d, k)):.6g}"
        )
    rows = [
        f"{i} of {m} accepted: chance {comb(m, i) * d**i * (1 - d) ** (m - i)}, all {k} draws miss them: ({m - i}/{m})^{k}"
        for i in range(m + 1)
    ]
    return "\n".join([*rows, f"1 - the sum of the products: {shown(_seen_when_never_right(m, d, k))}"])


def _mean_distinct(m: int, d: Any, k: int) -> float:
    return float(1 - (1 - d) ** (m * (1 - (1 - 1 / m) ** k)))


SEEN_WHEN_NEVER_RIGHT = Exercise(
    name="seen_when_never_right",
    notebook=NOTEBOOK,
    task="Seen pass@k of a model that is never right: each of k draws is one of m equally likely wrong answers, and each "
    "of these answers, whatever the others are, is accepted for good with chance d, else never. m, k = 1, 2, ..., "
    "0 <= d <= 1.",
    arguments=("m", "d", "k"),
    oracle=_seen_when_never_right,
    cases=(
        (2, F(1, 10), 2), (2, F(1, 2), 2), (1, F(1, 10), 2), (3, F(1, 2), 2), (2, F(1, 4), 3), (3, F(1, 3), 1),
        (4, F(1, 10), 4), (10, F(1, 10), 10), (1, F(1, 3), 1), (10, F(1, 10), 100), (5, F(0), 3), (5, F(1), 3),
    ),
    work=_never_right_work,
    mistakes=(
        Mistake(
            "each sample", lambda m, d, k: 1 - (1 - d) ** k,
            "1 - (1-d)^k draws an error anew for every SAMPLE. Here an answer that is rejected once is rejected whenever it comes again, so k draws "
            "of one answer are one ticket.",
            "Ask first how many of the m answers are accepted; then whether k draws miss them.",
        ),
        Mistake(
            "d", lambda m, d, k: d,
            "d is what one draw shows. More draws see more answers, and with them more of the accepted ones.",
            "What do two draws show, if there are two answers?",
        ),
        Mistake(
            "all answers tried", lambda m, d, k: 1 - (1 - d) ** m,
            "1 - (1-d)^m is the limit of many draws, when every answer has come. k draws leave some out.",
            "If i of the m answers are accepted, k draws miss them with chance ((m-i)/m)^k.",
        ),
        Mistake(
            "mean number of answers", _mean_distinct,
            "You put the MEAN number of distinct answers into the exponent. (1-d)^D is convex in D, so its mean is larger than that: you show too "
            "much.",
            "Sum over how many of the m answers are accepted.",
        ),
        Mistake(
            "k different answers", lambda m, d, k: 1 - (1 - d) ** min(m, k),
            "That lets the draws be as different as they can be. They are drawn with repetition, so some answers come twice.",
            "k draws give fewer than k distinct answers on average.",
        ),
        Mistake(
            "all draws accepted",
            lambda m, d, k: sum(comb(m, i) * d**i * (1 - d) ** (m - i) * (i / m) ** k for i in range(m + 1)),
            "That is the chance that ALL k draws are accepted. One accepted draw is enough to be seen.",
            "Use the chance that no draw is accepted.",
        ),
        Mistake(
            "missed",
            lambda m, d, k: sum(comb(m, i) * d**i * (1 - d) ** (m - i) * ((m - i) / m) ** k for i in range(m + 1)),
            "That is the chance that NOTHING is seen.",
            "Take it from 1.",
        ),
        Mistake(
            "each answer by itself", lambda m, d, k: 1 - (1 - d * (1 - (1 - F(1, m)) ** k)) ** m,
            "You let each of the m answers come or not as if it did not matter what else came. But k draws are shared out among the answers: where one "
            "comes often, others are missed.",
            "Given that i answers are accepted, k draws miss all of them with chance ((m-i)/m)^k.",
        ),
        Mistake(
            "d of one answer", lambda m, d, k: 1 - (1 - d / m) ** k,
            "You draw a verdict anew with each draw, at a rate of d/m. The verdict on an answer is drawn once, and holds whenever the answer comes again.",
            "Ask first how many of the m answers are accepted; then whether k draws miss them.",
        ),
    ),
    hints=(
        "The verdicts on the m answers are drawn once, before the draws. Ask first how many are accepted.",
        "1 - sum over i of C(m, i) d^i (1-d)^(m-i) ((m-i)/m)^k.",
        "return 1 - sum(math.comb(m, i) * d**i * (1 - d)**(m - i) * ((m - i) / m)**k for i in range(m + 1))",
    ),
)  # fmt: skip


def _seen(p: Any, k: int, a: Any, b: Any) -> Any:
    return 1 - (1 - _accepted(p, a, b)) ** k


def _weight_under_noise(p: F, k: int, a: F, b: F) -> F:
    return k * (1 - a - b) * (1 - _accepted(F(p), a, b)) ** (k - 1)


def _weight_work(p: F, k: int, a: F, b: F) -> str:
    s = _accepted(p, a, b)
    return (
        f"s = ({1 - p}) {a} + {p} ({1 - b}) = {s};  ds/dp = 1 - {a} - {b} = {1 - a - b}\n"
        f"slope of 1 - (1-s)^{k} in s: {k} ({1 - s})^{k - 1} = {shown(k * (1 - s) ** (k - 1))}\n"
        f"times ds/dp: {shown(_weight_under_noise(p, k, a, b))}"
    )


WEIGHT_UNDER_NOISE = Exercise(
    name="weight_under_noise",
    notebook=NOTEBOOK,
    task="Slope in p of the seen pass@k, 1 - (1-s)^k with s = (1-p) a + p (1-b): what training on verdicts puts on the "
    "gradient of p. By hand, not as a difference quotient. p, a and b from 0 to 1, k = 1, 2, 3, ...",
    arguments=("p", "k", "a", "b"),
    oracle=_weight_under_noise,
    cases=(
        (F(1, 2), 2, F(1, 10), F(0)), (F(1, 4), 2, F(1, 10), F(1, 5)), (F(1, 10), 1, F(1, 10), F(1, 4)),
        (F(1, 10), 4, F(1, 10), F(0)), (F(1, 5), 3, F(1, 10), F(1, 4)), (F(0), 8, F(1, 100), F(0)),
        (F(9, 10), 4, F(1, 20), F(1, 2)), (F(1, 2), 3, F(1, 2), F(1, 2)), (F(1, 2), 2, F(3, 4), F(1, 2)),
        (F(1), 2, F(1, 10), F(1, 5)), (F(1, 3), 3, F(0), F(0)), (F(1, 1000), 1000, F(1, 1000), F(0)),
    ),
    work=_weight_work,
    mistakes=(
        Mistake(
            "weight at p", lambda p, k, a, b: k * (1 - p) ** (k - 1),
            "k (1-p)^(k-1) is the weight under a verifier that never errs. What is climbed here is 1 - (1-s)^k.",
            "Differentiate by the chain rule: first in s, then s in p.",
        ),
        Mistake(
            "at s, inner slope forgotten", lambda p, k, a, b: k * (1 - _accepted(p, a, b)) ** (k - 1),
            "The slope in s is right. But s moves by 1 - a - b only when p moves by 1.",
            "Multiply by ds/dp.",
        ),
        Mistake(
            "at p, times the inner slope", lambda p, k, a, b: k * (1 - a - b) * (1 - p) ** (k - 1),
            "ds/dp is there, but the weight stands at p: training sees s, the chance of being ACCEPTED.",
            "Put 1 - s in place of 1 - p.",
        ),
        Mistake(
            "(1-a)^k", lambda p, k, a, b: k * (1 - a) ** k * (1 - p) ** (k - 1),
            "(1-a)^k k (1-p)^(k-1) is right while no right sample is rejected: then 1 - s = (1-a)(1-p). With b > 0 it is not.",
            "1 - s = (1-a) - (1-a-b) p.",
        ),
        Mistake(
            "(1-a-b)^k", lambda p, k, a, b: k * (1 - a - b) ** k * (1 - p) ** (k - 1),
            "You write 1 - s as (1-a-b)(1-p). It is b + (1-a-b)(1-p): a right sample may be rejected too.",
            "Work 1 - s out from s = (1-p) a + p (1-b).",
        ),
        Mistake(
            "sign of ds/dp lost", lambda p, k, a, b: k * abs(1 - a - b) * (1 - _accepted(p, a, b)) ** (k - 1),
            "Right while a + b < 1. A verifier that accepts wrong samples more readily than right ones pushes p DOWN: the weight is negative.",
            "Leave 1 - a - b with its sign.",
        ),
        Mistake(
            "a minus too many", lambda p, k, a, b: -k * (1 - a - b) * (1 - _accepted(p, a, b)) ** (k - 1),
            "The size is right and the sign is not: (1-s)^k is taken from 1, and its own derivative has a minus.",
            "d/ds of 1 - (1-s)^k is +k (1-s)^(k-1).",
        ),
        Mistake(
            "1 - b", lambda p, k, a, b: k * (1 - b) * (1 - _accepted(p, a, b)) ** (k - 1),
            "ds/dp is 1 - a - b: p stands in (1-p) a as well, so when p rises fewer wrong samples are there to be accepted.",
            "(1-b) - a",
        ),
        Mistake(
            "s for 1 - s", lambda p, k, a, b: k * (1 - a - b) * _accepted(p, a, b) ** (k - 1),
            "You have the power of s, the slope of s^k: that is the chance that ALL k are accepted. Seen is that one at least is.",
            "Put 1 - s in place of s.",
        ),
        Mistake(
            "1 - a", lambda p, k, a, b: k * (1 - a) * (1 - _accepted(p, a, b)) ** (k - 1),
            "ds/dp is 1 - a - b: when p rises, right samples take the place of wrong ones, and right ones are accepted with 1 - b, wrong ones with a.",
            "(1-b) - a",
        ),
        Mistake(
            "power k", lambda p, k, a, b: k * (1 - a - b) * (1 - _accepted(p, a, b)) ** k,
            "The derivative of (1-s)^k has the exponent k - 1.",
            "d/ds (1-s)^k = -k (1-s)^(k-1)",
        ),
        Mistake(
            "k forgotten", lambda p, k, a, b: (1 - a - b) * (1 - _accepted(p, a, b)) ** (k - 1),
            "The derivative of (1-s)^k has a factor k.",
            "d/ds (1-s)^k = -k (1-s)^(k-1)",
        ),
        Mistake(
            "seen pass@k", lambda p, k, a, b: _seen(p, k, a, b),
            "That is the seen pass@k itself; asked is its slope in p.",
            "Differentiate.",
        ),
        *coarse(_seen),
    ),
    hints=(
        "What is seen depends on p through s alone: take the chain rule.",
        "k (1-s)^(k-1) times ds/dp, and ds/dp = 1 - a - b.",
        "s = (1 - p) * a + p * (1 - b); return k * (1 - a - b) * (1 - s) ** (k - 1)",
    ),
)  # fmt: skip


def _after_the_mean(right: F, wrong: F, c: int, n: int) -> F:
    if c == 0:
        raise ValueError("no right sample")
    return right - (c * F(right) + (n - c) * wrong) / n


def _after_the_mean_work(right: F, wrong: F, c: int, n: int) -> str:
    if c == 0:
        return "c = 0: no sample is right, so none has a credit to ask for. Raise a ValueError."
    mean = (c * F(right) + (n - c) * wrong) / n
    return (
        f"the group's credits: {c} times {right}, {n - c} times {wrong}\n"
        f"their mean: ({c} * {right} + {n - c} * {wrong}) / {n} = {mean}\n"
        f"a right sample's credit less that: {right} - {mean} = {right - mean}"
    )


def _group_deviation(right: float, wrong: float, c: int, n: int) -> float:
    mean = (c * right + (n - c) * wrong) / n
    return math.sqrt((c * (right - mean) ** 2 + (n - c) * (wrong - mean) ** 2) / n) or 1.0


AFTER_THE_MEAN = Exercise(
    name="after_the_mean",
    notebook=NOTEBOOK,
    task="What a right sample's credit becomes when the mean of its group is taken off: c of n samples have the credit "
    "right, the others wrong. n = 1, 2, 3, ..., 0 <= c <= n. For c = 0 there is no right sample: raise a ValueError.",
    arguments=("right", "wrong", "c", "n"),
    oracle=_after_the_mean,
    cases=(
        (F(1), F(0), 1, 2), (F(1), F(-1), 1, 4), (F(4), F(0), 1, 8), (F(16, 7), F(0), 2, 8), (F(16, 7), F(1, 7), 2, 8),
        (F(1, 2), F(-1, 2), 3, 5), (F(0), F(-1), 2, 3), (F(3), F(3), 2, 4), (F(8), F(0), 8, 8), (F(2), F(0), 1, 1),
        (F(0), F(-1), 0, 4), (F(0), F(0), 0, 1),
    ),
    work=_after_the_mean_work,
    mistakes=(
        Mistake(
            "mean of two", lambda right, wrong, c, n: right - (right + wrong) / 2,
            "You take the middle between the two credits off. The mean is over the n samples, of which c have one and n - c the other.",
            "Weigh each credit by how many samples have it.",
        ),
        Mistake(
            "mean of the others", lambda right, wrong, c, n: right - ((c - 1) * right + (n - c) * wrong) / (n - 1) if n > 1 else 0.0,
            "You take the mean of the OTHER samples off, as leave-one-out does. Here it is the whole group's, the sample itself among them.",
            "Count the sample itself: divide by n.",
        ),
        Mistake(
            "mean reward", lambda right, wrong, c, n: right - c / n,
            "c/n is the mean of the rewards. What the trainer was handed are the credits, and it is their mean that it takes off.",
            "Average c times right and n - c times wrong.",
        ),
        Mistake(
            "right ones alone", lambda right, wrong, c, n: right - c * right / n,
            "You leave the wrong samples out of the mean. They have a credit as well, and it is not always 0.",
            "Add (n - c) times wrong before you divide.",
        ),
        Mistake(
            "the mean", lambda right, wrong, c, n: (c * right + (n - c) * wrong) / n,
            "That is the mean itself. Asked is what it leaves of a right sample's credit.",
            "Subtract it from right.",
        ),
        Mistake(
            "a wrong one", lambda right, wrong, c, n: wrong - (c * right + (n - c) * wrong) / n,
            "That is what becomes of a WRONG sample's credit. Asked is a right one's.",
            "Begin with right.",
        ),
        Mistake(
            "divided too", lambda right, wrong, c, n: (right - (c * right + (n - c) * wrong) / n) / _group_deviation(right, wrong, c, n),
            "You divide by the group's standard deviation as well. With scale_rewards=\"none\" just the mean is taken off.",
            "Leave the division out.",
        ),
        Mistake(
            "the gap", lambda right, wrong, c, n: right - wrong,
            "right - wrong is how far the two lie apart, which the mean does not change. How far does the right one lie above the mean?",
            "It lies above by the share (n - c)/n of that gap.",
        ),
        Mistake(
            "the wrong ones' share", lambda right, wrong, c, n: F(c, n) * (right - wrong),
            "c/n of the gap is how far the WRONG samples lie below the mean.",
            "A right one lies above it by (n - c)/n of the gap.",
        ),
        Mistake(
            "minus the wrong ones", lambda right, wrong, c, n: right - (c * right - (n - c) * wrong) / n,
            "In the mean you subtract the wrong samples' credit. A mean adds all of them.",
            "(c right + (n - c) wrong)/n",
        ),
        Mistake(
            "no refusal", lambda right, wrong, c, n: float(right - (c * F(right) + (n - c) * wrong) / n),
            "Every number is right, but with c = 0 no sample is right, and you answer for a right one all the same. Raise a ValueError.",
            "if c == 0: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "Write the n credits down one by one, c of one kind and n - c of the other, and take their mean.",
        "The mean is (c right + (n - c) wrong)/n; a right sample keeps right less that, which is (n - c)/n times right - wrong.",
        "return right - (c * right + (n - c) * wrong) / n",
    ),
)  # fmt: skip

A_DEVIATION_DIVIDES = Question(
    "a deviation divides",
    "A trainer is given the credits of pass@16-loo-1 as rewards and divides them by each group's standard deviation. What does it climb?",
    (
        Choice("Still pass@16: a scale is no more than a learning rate.", False,
               "A learning rate is the same for each group. This scale is another one in each group, and takes out just what told rare from common."),
        Choice("What GRPO climbs, wherever right samples got more credit.", True,
               "Two kinds of sample, one mean, one deviation: what is left is which kind got more. Groups in which none got more than another are silent."),
        Choice("Neither: the noise grows, and in the mean it is pass@16.", False,
               "The mean changes too: in groups of 8 the weight at p = 0.02, 2.41, is GRPO's, whatever table the credits came from."),
    ),
)  # fmt: skip

EXERCISES = (GAINED, ACCEPTED_RIGHT, SEEN_WHEN_NEVER_RIGHT, WEIGHT_UNDER_NOISE, AFTER_THE_MEAN)

QUESTIONS = (
    Question(
        "no difference seen",
        "A diagnosis of your two runs says: no difference seen up to k = 64. What does that mean?",
        (
            Choice("The two models are equally good: a difference would have shown itself by k = 64.", False,
                   "A band that holds zero holds other numbers too. How far it reaches is what the samples leave open, and the verdict says it."),
            Choice("The samples leave room for a difference of either sign; the band says how large.", True,
                   "So read how far the band reaches, and how many problems would decide: the verdict says both."),
            Choice("Beyond k = 64 the curves will not cross, or one of them would have begun to turn.", False,
                   "Nothing is visible beyond the samples, crossings least of all: MATH500 cut to 8 samples of each problem shows no crossing, and "
                   "there is one at k = 15."),
        ),
    ),
    Question(
        "a crossing under errors",
        "Base and trained model are judged by one verifier that accepts some wrong samples and rejects no right one. At k = 100 the base leads in "
        "what is seen. What may the verifier have done?",
        (
            Choice("Nothing: one verifier treats both alike, so it moves no crossing, it only blurs.", False,
                   "So it is if each wrong SAMPLE is accepted with one rate: then differences shrink by (1-a)^k and keep their sign. If errors belong "
                   "to answers, the model with more distinct wrong answers holds more tickets."),
            Choice("Made the lead: where errors belong to answers, a diverse model holds more tickets.", True,
                   "Base and trained model need no different verifiers for that: one is enough, if the one repeats a wrong answer that is rejected and "
                   "the other tries many."),
            Choice("Hidden a larger lead: errors lift the trained model more, as it is right more often.", False,
                   "Being right more often leaves fewer wrong samples to accept, so errors of each sample lift it less. They shrink the difference and "
                   "turn nothing round."),
        ),
    ),
    A_DEVIATION_DIVIDES,
)  # fmt: skip

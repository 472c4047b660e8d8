"""What notebook 04 asks: the gap between pass@k and pass@1, distinct answers, and which right answer wins."""

from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content._fractions import shown
from passk_lab.course.content._slopes import coarse, success, weight
from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "04_exploration_collapse"


def _gap(p: Any, k: int) -> Any:
    return 1 - (1 - p) ** k - p


def _gap_work(p: F, k: int) -> str:
    slope = weight(p, k)
    end = (
        "here the gap neither grows nor shrinks"
        if slope == 1
        else f"the gap {'grows' if slope > 1 else 'shrinks'} as p rises"
    )
    return (
        f"pass@{k} = 1 - (1-p)^{k} has slope {k} (1-p)^{k - 1} = {k} * ({1 - p})^{k - 1} = {slope}\n"
        f"pass@1 = p has slope 1\n"
        f"the difference: {slope} - 1 = {slope - 1}: {end}"
    )  # fmt: skip


GAP_SLOPE = Exercise(
    name="gap_slope",
    notebook=NOTEBOOK,
    task="Derivative of the gap pass@k - pass@1 with respect to p: by hand, not as a difference quotient. p from 0 to "
    "1, k = 1, 2, ...",
    arguments=("p", "k"),
    oracle=lambda p, k: weight(F(p), k) - 1,
    # k = 1, where there is no gap, comes last: a wrong answer shows more at k = 2.
    cases=tuple(
        (p, k) for k in (2, 3, 4, 8, 16, 1) for p in (F(1, 4), F(1, 2), F(0), F(1), F(3, 4), F(1, 10), F(99, 100))
    ),
    work=_gap_work,
    mistakes=(
        Mistake(
            "pass@1 forgotten", weight,
            "That is the slope of pass@k alone. The gap also loses what pass@1 gains.",
            "What is the slope of p in p?",
        ),
        Mistake(
            "other way round", lambda p, k: 1 - weight(p, k),
            "That is the slope of pass@1 - pass@k: the sign is turned round. For small p the gap GROWS.",
            "First pass@k, then minus pass@1.",
        ),
        Mistake(
            "inner derivative lost", lambda p, k: -weight(p, k) - 1,
            "The minus of 1 - p has gone astray: the slope of -(1-p)^k is +k (1-p)^(k-1), since minus times minus is plus.",
            "Pass@k rises with p.",
        ),
        Mistake(
            "exponent k", lambda p, k: k * (1 - p) ** k - 1,
            "The exponent is still k; differentiating lowers it to k - 1.",
            "For k = 1 there is no gap, so the slope must be 0 at every p.",
        ),
        Mistake(
            "factor k forgotten", lambda p, k: (1 - p) ** (k - 1) - 1,
            "The factor k is missing. Without it the gap would never grow.",
            "At p = 0 the slope is k - 1.",
        ),
        Mistake(
            "gap itself", _gap,
            "That is the gap, not its slope.",
            "How much does the gap change when p rises a little?",
        ),
        Mistake(
            "slope of pass@1 is p", lambda p, k: weight(p, k) - p,
            "You subtract p. The slope of p is 1.",
            "For k = 1 the slope must be 0 at every p.",
        ),
        *coarse(_gap),
    ),
    hints=(
        "The slope of a difference is the difference of the slopes.",
        "k (1-p)^(k-1) - 1",
        "return k * (1 - p) ** (k - 1) - 1",
    ),
)  # fmt: skip


def _distinct(pi: Any, k: int) -> F:
    return sum((1 - (1 - F(q)) ** k for q in pi), F(0))


def _seen_work(pi: Any, answers: Any, k: int) -> list[str]:
    rows = [
        f"answer {a}: seen in {k} draws with chance 1 - ({1 - pi[a]})^{k} = {shown(1 - (1 - pi[a]) ** k)}"
        for a in answers
    ]
    return rows if len(rows) <= 4 else [*rows[:3], "..."]  # fmt: skip


_HALVES, _QUARTERS, _THREE = (F(1, 2), F(1, 2)), (F(1, 4), F(3, 4)), (F(1, 2), F(1, 4), F(1, 4))
_FOUR, _PEAKED = (F(1, 4),) * 4, (F(97, 100), F(1, 100), F(1, 100), F(1, 100))
_SURE, _GAP = (F(1), F(0), F(0)), (F(0), F(1, 2), F(1, 2))
_TENTHS = (F(1, 10), F(1, 5), F(3, 10), F(2, 5))

DISTINCT_ANSWERS = Exercise(
    name="distinct_answers",
    notebook=NOTEBOOK,
    task="Expected number of DIFFERENT answers in k draws, k = 1, 2, 3, ..., from a policy that gives answer a with chance "
    "pi[a].",
    arguments=("pi", "k"),
    oracle=_distinct,
    cases=((_HALVES, 1), ((F(1),), 1), *((pi, k) for k in (2, 3, 4) for pi in (_HALVES, _QUARTERS, _THREE)),
           (_TENTHS, 1), (_TENTHS, 4), (_SURE, 1), (_SURE, 8), (_GAP, 3), (_FOUR, 8), (_PEAKED, 16), ((F(1, 10),) * 10, 16)),
    work=lambda pi, k: "\n".join([*_seen_work(pi, range(len(pi)), k), f"sum: {shown(_distinct(pi, k))}"]),
    mistakes=(
        Mistake(
            "effective number", lambda pi, k: 1 / sum(q * q for q in pi),
            "1 / sum of squares is the effective number of answers. It does not know how often you draw.",
            "How likely is it that answer a turns up at all in k draws?",
        ),
        Mistake(
            "all of them", lambda pi, k: len(pi),
            "That is how many answers there are. Rare ones may not turn up in k draws.",
            "How likely is it that answer a turns up at all in k draws?",
        ),
        Mistake(
            "at most", lambda pi, k: min(k, len(pi)),
            "That is the largest number possible. Draws repeat each other, so on average it is less.",
            "How likely is it that answer a turns up at all in k draws?",
        ),
        Mistake(
            "all draws agree", lambda pi, k: sum(q**k for q in pi),
            "Sum of pi^k is the chance that all k draws give the SAME answer.",
            "Answer a is missing with chance (1 - pi_a)^k.",
        ),
        Mistake(
            "not always", lambda pi, k: sum(1 - q**k for q in pi),
            "1 - pi^k is the chance that not ALL draws give this answer. It is seen at all unless all draws MISS it.",
            "Answer a is missed by one draw with chance 1 - pi_a.",
        ),
        Mistake(
            "answers missed", lambda pi, k: sum((1 - q) ** k for q in pi),
            "That is how many answers are NOT seen: you are one step away.",
            "Each answer is seen or not: take it from 1.",
        ),
        Mistake(
            "expected draws", lambda pi, k: sum(min(1, k * q) for q in pi),
            "k pi_a is how OFTEN answer a is drawn on average; cut off at 1 it still is more than the chance of seeing it.",
            "Answer a is missed by all k draws with chance (1 - pi_a)^k.",
        ),
        Mistake(
            "as if equal", lambda pi, k: len(pi) * (1 - (1 - 1 / len(pi)) ** k),
            "You treat all answers as equally likely. The more uneven they are, the fewer are seen.",
            "Use each answer's own chance.",
        ),
        Mistake(
            "likeliest only", lambda pi, k: 1 - (1 - max(pi)) ** k,
            "That is the chance of seeing the likeliest answer. Add up over all answers.",
            "The expected number of events is the sum of their chances.",
        ),
    ),
    hints=(
        "The expected number of answers seen is the sum, over answers, of the chance to see each: no independence needed.",
        "sum over a of 1 - (1 - pi_a)^k",
        "return sum(1 - (1 - q) ** k for q in pi)",
    ),
)  # fmt: skip


def _growth(pi: Any, correct: Any, k: int, i: int, j: int) -> F:
    p = success(pi, correct)
    return weight(p, k) * (pi[i] - pi[j]) * (1 - p)


def _growth_work(pi: Any, correct: Any, k: int, i: int, j: int) -> str:
    p = success(pi, correct)
    return (
        f"p = {p}; weight {k} * ({1 - p})^{k - 1} = {shown(weight(p, k))}\n"
        f"both right, so each logit moves with weight * pi * (1 - p):\n"
        f"logit {i}: weight * {pi[i]} * {1 - p};  logit {j}: weight * {pi[j]} * {1 - p}\n"
        f"difference: weight * ({pi[i] - pi[j]}) * {1 - p} = {shown(_growth(pi, correct, k, i, j))}"
    )


def _lead(change: Callable[[Any, Any, Any, int], Any]) -> Callable[..., Any]:
    """A wrong growth from pi_i, pi_j, p and k."""
    return lambda pi, correct, k, i, j: float(change(pi[i], pi[j], sum(pi[a] for a in correct), k))


GROWTH_OF_LEAD = Exercise(
    name="growth_of_lead",
    notebook=NOTEBOOK,
    task="Speed of logit i less that of logit j, when the logits of a softmax policy follow the exact gradient of "
    "pass@k, k = 1, 2, 3, ... Answer a has chance pi[a]; correct lists the right answers, and i and j are two of them.",
    arguments=("pi", "correct", "k", "i", "j"),
    oracle=_growth,
    cases=(
        *((_THREE, (0, 1), k, i, j) for k in (1, 2, 3, 4) for i, j in ((0, 1), (1, 0))),
        *((_TENTHS, (0, 3), k, i, j) for k in (1, 4, 16) for i, j in ((3, 0), (0, 3))),
        *((_TENTHS, (0, 1, 2), k, i, j) for k in (1, 4) for i, j in ((2, 0), (1, 2))),
        (_THREE, (1, 2), 4, 1, 2), (_THREE, (0, 1, 2), 1, 0, 1), (_THREE, (0, 1, 2), 4, 0, 1),
        (_GAP, (0, 1), 2, 1, 0), ((F(1, 100), F(1, 50), F(97, 100)), (0, 1), 16, 1, 0),
    ),
    work=_growth_work,
    mistakes=(
        Mistake(
            "weight forgotten", _lead(lambda x, y, p, k: (x - y) * (1 - p)),
            "That is the speed under pass@1: the weight k (1-p)^(k-1) is missing. It changes the pace, not who wins.",
            "Multiply by the slope of pass@k in p.",
        ),
        Mistake(
            "1 - p forgotten", _lead(lambda x, y, p, k: weight(p, k) * (x - y)),
            "The factor r - p is missing, which is 1 - p for a right answer: when all is right, nothing moves.",
            "Logit a moves with weight * pi_a (r_a - p).",
        ),
        Mistake(
            "sign", _lead(lambda x, y, p, k: weight(p, k) * (y - x) * (1 - p)),
            "The sign is turned round: the LIKELIER of two right answers grows faster, since it is drawn more often.",
            "Which of the two gets more samples to learn from?",
        ),
        Mistake(
            "exponent", _lead(lambda x, y, p, k: k * (1 - p) ** k * (x - y) * (1 - p)),
            "One factor 1 - p too many: the weight has exponent k - 1, and r - p adds one more.",
            "Altogether (1-p) has exponent k.",
        ),
        Mistake(
            "p for 1 - p", _lead(lambda x, y, p, k: weight(p, k) * (x - y) * p),
            "You multiply by p, where r - p = 1 - p belongs.",
            "For a right answer r = 1.",
        ),
        Mistake(
            "logit i alone", _lead(lambda x, y, p, k: weight(p, k) * x * (1 - p)),
            "That is the speed of logit i alone. Logit j moves as well.",
            "Subtract the same with pi_j.",
        ),
        Mistake(
            "each its own weight", _lead(lambda x, y, p, k: (weight(x, k) * x - weight(y, k) * y) * (1 - p)),
            "You give each answer a weight of its own, k (1-pi_a)^(k-1), as if rare right answers were favoured. Pass@k does not know which "
            "right answer was found: the weight is taken at p, the same for both.",
            "There is one weight, at the sum of all right chances.",
        ),
        Mistake(
            "only its own coupling", _lead(lambda x, y, p, k: weight(p, k) * (x * (1 - x) - y * (1 - y))),
            "pi (1 - pi) counts each answer as if it were the only right one. Right answers do not take chance from being right: for both "
            "the last factor is 1 - p.",
            "Logit a moves with weight * pi_a (r_a - p).",
        ),
        Mistake(
            "first right answer only",
            lambda pi, correct, k, i, j: k * (1 - pi[correct[0]]) ** k * (pi[i] - pi[j]),
            "Your p is the chance of the first right answer alone. The weight is taken at the sum of all of them.",
            "p = sum(pi[a] for a in correct)",
        ),
        Mistake(
            "divided by p", _lead(lambda x, y, p, k: weight(p, k) * (x - y) * (1 - p) / p),
            "You divide by p: pi_i / p is the share of an answer among the RIGHT ones. A logit moves in proportion to pi_i itself.",
            "Logit a moves with weight * pi_a (r_a - p).",
        ),
    ),
    hints=(
        "Write the gradient for logit i and for logit j (the exercise gradient_entry of notebook 02) and subtract.",
        "k (1-p)^(k-1) (pi_i - pi_j) (1 - p)",
        "p = sum(pi[a] for a in correct); return k * (1 - p) ** (k - 1) * (pi[i] - pi[j]) * (1 - p)",
    ),
)  # fmt: skip


def _diversity(pi: Any, correct: Any, k: int) -> F:
    return sum((1 - (1 - F(pi[a])) ** k for a in correct), F(0))


def _diversity_work(pi: Any, correct: Any, k: int) -> str:
    if not correct:
        return "no answer is right, so no right answer is ever seen: 0"
    return "\n".join([f"right answers: {', '.join(map(str, correct))}", *_seen_work(pi, correct, k),
                      f"sum: {shown(_diversity(pi, correct, k))}"])  # fmt: skip


def _seen(change: Callable[[list[Any], Any, int, float], Any]) -> Callable[..., Any]:
    """A wrong count from the chances of the right answers, their sum, k, and the right count."""

    def wrong(pi: Any, correct: Any, k: int) -> float:
        right = [pi[a] for a in correct]
        return float(change(right, sum(right), k, sum(1 - (1 - q) ** k for q in right)))

    return wrong


_SCATTERED: tuple[Case, ...] = (
    ((F(9, 10), *(F(1, 100),) * 10), (0,), 16),
    ((F(1, 2), F(1, 4), F(1, 8), F(1, 8)), (2, 3), 4),
)

FIXED_DIVERSITY = Exercise(
    name="fixed_diversity",
    notebook=NOTEBOOK,
    task="Expected number of different RIGHT answers in k draws, k = 1, 2, 3, ... Answer a has chance pi[a]; correct "
    "lists the right ones, perhaps none.",
    arguments=("pi", "correct", "k"),
    oracle=_diversity,
    cases=(
        *((pi, correct, k) for k in (1, 2, 3) for pi, correct in ((_HALVES, (0,)), (_QUARTERS, (1,)), (_THREE, (0, 1)))),
        *((_TENTHS, correct, k) for k in (1, 4) for correct in ((0,), (0, 3), (0, 1, 2))),
        (_THREE, (0, 1, 2), 4), (_SURE, (0, 1), 8), (_SURE, (1, 2), 8), (_GAP, (0, 1), 3), (_HALVES, (), 1), (_HALVES, (), 4),
        (_FOUR, (0, 1), 16), *_SCATTERED,
    ),
    work=_diversity_work,
    mistakes=(
        Mistake(
            "wrong answers counted", lambda pi, correct, k: sum(1 - (1 - q) ** k for q in pi),
            "Wrong answers are still counted. A policy that scatters over wrong answers then looks diverse, and one that unlearns mistakes "
            "looks collapsed. (Entropy, the usual gauge, counts them as well.)",
            "Sum over the right answers only.",
        ),
        Mistake(
            "pass@k", _seen(lambda right, p, k, count: 1 - (1 - p) ** k),
            "That is pass@k, the chance of at least one right answer: it is 1 at most, and cannot tell one way of being right from many.",
            "Each right answer has a chance of its own to be seen; add them up.",
        ),
        Mistake(
            "among right draws", _seen(lambda right, p, k, count: sum(1 - (1 - q / p) ** k for q in right if p)),
            "You divide pi by p: that is as if all k draws were right. Most may be wrong, and then fewer right answers are seen.",
            "Use pi_a as it is.",
        ),
        Mistake(
            "divided by p", _seen(lambda right, p, k, count: count / p if p else 0.0),
            "You divide the right count by p. Asked is how many right answers k draws show, failures included.",
            "Leave the division out.",
        ),
        Mistake(
            "given a success", _seen(lambda right, p, k, count: count / (1 - (1 - p) ** k) if p else 0.0),
            "You divide by pass@k: that is the number GIVEN that something right was found. Runs with nothing right count as 0 here.",
            "Leave the division out.",
        ),
        Mistake(
            "right draws", _seen(lambda right, p, k, count: k * p),
            "k p is the number of right DRAWS; two draws of the same answer count once here.",
            "An answer is seen unless all k draws miss it.",
        ),
        Mistake(
            "share of right answers", _seen(lambda right, p, k, count: count / len(right) if right else 0.0),
            "You divide by how many right answers there are: that is a share. Asked is a number.",
            "Leave the division out.",
        ),
        Mistake(
            "number of right answers", _seen(lambda right, p, k, count: len(right)),
            "That is how many right answers exist, seen or not.",
            "An answer is seen unless all k draws miss it.",
        ),
        Mistake(
            "effective number", _seen(lambda right, p, k, count: p * p / sum(q * q for q in right) if p else 0.0),
            "That is the effective number of right answers. It does not know how often you draw, nor how rarely you are right.",
            "An answer is seen unless all k draws miss it.",
        ),
        Mistake(
            "first right answer only", lambda pi, correct, k: 1 - (1 - pi[correct[0]]) ** k,
            "You look at the first right answer alone. There may be several, or none.",
            "One term for each a in correct.",
        ),
    ),
    hints=(
        "The same sum as for distinct answers, but over fewer of them.",
        "sum over right answers a of 1 - (1 - pi_a)^k",
        "return sum(1 - (1 - pi[a]) ** k for a in correct)",
    ),
    afterwards="What the bug did: wrong answers were counted as well. From 'before' to 'learned' it fell from 7.7 to 4.5, though more right answers are "
    "seen (yours: 2.9 to 3.0); and it gave 'scattered' 8.6, of which 7.8 are wrong answers (yours: 0.8).",
)  # fmt: skip

EXERCISES = (GAP_SLOPE, DISTINCT_ANSWERS, GROWTH_OF_LEAD, FIXED_DIVERSITY)

QUESTIONS = (
    Question(
        "gap and collapse",
        "In training, the gap between pass@16 and pass@1 of one prompt went from 0.6 to 0.1. What is certain?",
        (
            Choice("The policy now gives fewer different right answers.", False,
                   "The gap of one prompt depends on p alone. One right answer or a hundred: the same p has the same gap."),
            Choice("p is closer to 0 or to 1; the gap does not say to which.", True,
                   "As p runs from 0 to 1 the gap rises once, to 0.78 at p = 0.169, and falls once. Read pass@1 beside it."),
            Choice("Pass@16 has fallen, since its lead over pass@1 has shrunk.", False,
                   "Pass@16 rises whenever p does. If p went from 0.4 to 0.9, the gap closed because pass@1 caught up."),
        ),
    ),
    Question(
        "which answer wins",
        "Two answers are right, with chances 0.3 and 0.1, and each logit is a parameter of its own. You follow the exact gradient of pass@8. "
        "Which logit grows faster?",
        (
            Choice("That of the rarer answer: pass@8 rewards diversity.", False,
                   "Pass@8 rewards finding ANY right answer. It cannot tell the two apart, so it has no reason to favour the rarer."),
            Choice("That of the likelier answer, for every k.", True,
                   "The lead grows at the speed k (1-p)^(k-1) (0.3 - 0.1) (1-p). k sets the pace and never the sign."),
            Choice("Both alike, since both are rewarded alike.", False,
                   "Each logit moves in proportion to its own chance: the likelier answer is drawn more often, and learnt more from."),
        ),
    ),
)  # fmt: skip

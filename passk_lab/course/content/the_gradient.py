"""What notebook 02 asks: the gradient of pass@k by hand, in the logits, and as a group of n samples sees it."""

import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content._slopes import coarse, success, weight
from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "02_the_gradient"

_HALVES, _QUARTERS, _THREE = (F(1, 2), F(1, 2)), (F(1, 4), F(3, 4)), (F(1, 2), F(1, 4), F(1, 4))
_TENTHS = (F(1, 10), F(1, 5), F(3, 10), F(2, 5))
_FIVE = (F(1, 10), F(1, 10), F(1, 5), F(1, 5), F(2, 5))


def _mean_push(pi: Any, correct: Any, b: Any, a: int) -> F:
    return sum((pi[y] * ((y in correct) - F(b)) * ((y == a) - F(pi[a])) for y in range(len(pi))), F(0))


def _push_work(pi: Any, correct: Any, b: Any, a: int) -> str:
    rows = [
        f"answer {y}: chance {pi[y]}, reward less b {(y in correct) - b}, score {int(y == a)} - {pi[a]} = {(y == a) - pi[a]}; "
        f"product {pi[y] * ((y in correct) - b) * ((y == a) - pi[a])}"
        for y in range(len(pi))
    ]
    return "\n".join([*rows, f"sum: {_mean_push(pi, correct, b, a)}"])


def _push(chance: Any, score: Any) -> Callable[..., Any]:
    """A wrong mean: another factor in the place of the chance, or of the score."""
    return lambda pi, correct, b, a: float(
        sum(chance(pi, y) * ((y in correct) - b) * score(pi, y, a) for y in range(len(pi)))
    )


def _softmax_score(pi: Any, y: int, a: int) -> Any:
    return (y == a) - pi[a]


MEAN_PUSH = Exercise(
    name="mean_push",
    notebook=NOTEBOOK,
    task="One answer y is drawn from the softmax policy pi; its reward is 1 if it is listed in correct, else 0. Write the mean of "
    "(reward - b) times the score of y in logit a, which is the slope of log pi[y] in that logit. Here b may be any number; nothing has to "
    "be refused.",
    arguments=("pi", "correct", "b", "a"),
    oracle=_mean_push,
    cases=(
        *((_HALVES, (0,), b, a) for b in (F(0), F(1, 2), F(1, 4)) for a in (0, 1)),
        *((_QUARTERS, (0,), b, a) for b in (F(0), F(1, 2)) for a in (0, 1)),
        *((_THREE, (0, 1), b, a) for b in (F(0), F(3, 4), F(-1)) for a in (0, 1, 2)),
        *((_TENTHS, (0,), b, a) for b in (F(0), F(1, 10)) for a in range(4)),
        *((_TENTHS, (0, 3), b, a) for b in (F(0), F(1, 2), F(-2)) for a in range(4)),
        *((_FIVE, (1, 3), F(3, 10), a) for a in range(5)),
        # Where the answer is 0 the chances are halves and quarters, so that a sum of floats gives 0 as well.
        ((F(0), F(1, 2), F(1, 2)), (0, 1), F(1, 2), 0), ((F(1), F(0)), (0,), F(0), 0), ((F(1), F(0)), (1,), F(1, 2), 1),
        (_HALVES, (0, 1), F(0), 0), (_HALVES, (0, 1), F(1, 2), 1), (_HALVES, (), F(0), 0), (_HALVES, (), F(1, 2), 1),
    ),
    work=_push_work,
    mistakes=(
        Mistake(
            "score without - pi_a", _push(lambda pi, y: pi[y], lambda pi, y, a: y == a),
            "You take 1 at the drawn answer and 0 elsewhere for the score, or b for p. log pi_y also holds the logarithm of the sum of all "
            "exp(z), whose slope in z_a is pi_a: the score is (1 if y = a, else 0) - pi_a.",
            "The mean of the score has to be 0: is yours?",
        ),
        Mistake(
            "not averaged", _push(lambda pi, y: 1, _softmax_score),
            "You add the answers up as if each were drawn once. Answer y comes with chance pi_y: a mean weighs it by that.",
            "Multiply each term by pi[y].",
        ),
        Mistake(
            "pi in place of log pi", _push(lambda pi, y: pi[y], lambda pi, y, a: pi[y] * _softmax_score(pi, y, a)),
            "pi_y (1 - pi_a) is the slope of pi_y. The score is the slope of LOG pi_y, without that pi_y; the chance enters once, by "
            "averaging.",
            "d log pi = d pi / pi",
        ),
        Mistake(
            "answer a alone",
            lambda pi, correct, b, a: float(pi[a] * ((a in correct) - b) * (1 - pi[a])),
            "You count only draws of answer a itself. Any other answer has a score in logit a as well: - pi_a.",
            "Sum over every answer y; two kinds of terms, y = a and y not a.",
        ),
        Mistake(
            "wrong samples left out",
            lambda pi, correct, b, a: float(sum(pi[y] * (1 - b) * _softmax_score(pi, y, a) for y in correct)),
            "You let right samples push by 1 - b and wrong ones not at all. The baseline is taken off every reward: a wrong sample pushes by "
            "0 - b. Only so does it cancel on average.",
            "What does a wrong answer's reward become when b is taken off?",
        ),
        Mistake(
            "baseline outside", lambda pi, correct, b, a: float(_mean_push(pi, correct, 0, a) - b),
            "You take b off the mean. It is taken off the reward, and then multiplied by the score, whose mean is 0.",
            "mean of b * score = b * mean of the score = ?",
        ),
        Mistake(
            "b in the short formula", lambda pi, correct, b, a: float(pi[a] * ((a in correct) - b - success(pi, correct))),
            "pi_a (r_a - p) holds for the reward as it is; taking b off r_a alone forgets that p becomes p - b as well. The two cancel.",
            "Write r - b for the reward everywhere, also in its mean p.",
        ),
        Mistake(
            "- pi_y for - pi_a", _push(lambda pi, y: pi[y], lambda pi, y, a: 1 - pi[a] if y == a else -pi[y]),
            "Where another answer is drawn, its score in logit a is - pi_a: the logit that moves is that of a, not that of y.",
            "How much does log pi_y fall when z_a rises? By the slope of the logarithm of the sum of exp(z), in z_a.",
        ),
        Mistake(
            "score forgotten", lambda pi, correct, b, a: float(success(pi, correct) - b),
            "That is the mean of reward - b alone. Each draw pushes by its reward times its score.",
            "Multiply by (1 if y = a, else 0) - pi[a] before averaging.",
        ),
        Mistake(
            "sign", _push(lambda pi, y: pi[y], lambda pi, y, a: -_softmax_score(pi, y, a)),
            "The sign is turned round: the logit of the drawn answer has the positive score, 1 - pi_a.",
            "Raising an answer's own logit makes it more likely.",
        ),
        Mistake(
            "pi_a forgotten", lambda pi, correct, b, a: float((a in correct) - success(pi, correct)),
            "r_a - p is right up to a factor: answer a is drawn with chance pi_a.",
            "Add the terms up for a case with two answers.",
        ),
        Mistake(
            "in pi, not in the logit", lambda pi, correct, b, a: float((a in correct) - b),
            "That takes 1/pi_a for the score, the slope of log pi_a in pi_a itself. The logits are the parameters.",
            "How does log pi_y change when the logit z_a rises?",
        ),
    ),
    hints=(
        "Go through the answers: each is drawn with its chance, has a reward less b, and a score in logit a. Then add up.",
        "sum over y of pi_y (r_y - b) ((1 if y = a, else 0) - pi_a). It comes out as pi_a (r_a - p), whatever b is.",
        "return sum(pi[y] * ((y in correct) - b) * ((y == a) - pi[a]) for y in range(len(pi)))",
    ),
)  # fmt: skip


def _slope_work(p: F, k: int) -> str:
    q = 1 - p
    return (
        f"outer: the slope of u^{k} is {k} u^{k - 1}; at u = 1 - p = {q} it is {k * q ** (k - 1)}\n"
        f"inner: u = 1 - p falls as fast as p rises: -1\n"
        f"chain rule: {k * q ** (k - 1)} * (-1) = {-k * q ** (k - 1)}"
    )


SLOPE_OF_FAILURE = Exercise(
    name="slope_of_failure",
    notebook=NOTEBOOK,
    task="Derivative with respect to p of (1 - p)^k, the chance that all k draws are wrong: by hand, not as a "
    "difference quotient. p from 0 to 1, k = 1, 2, ...",
    arguments=("p", "k"),
    oracle=lambda p, k: -weight(F(p), k),
    cases=tuple(
        (p, k) for k in (1, 2, 3, 4, 8, 16) for p in (F(1, 2), F(1, 4), F(0), F(1), F(3, 4), F(1, 10), F(99, 100))
    ),
    work=_slope_work,
    mistakes=(
        Mistake(
            "sign lost", weight,
            "The sign is lost: as p rises, failure becomes rarer, so the slope cannot be positive. (You have the slope of pass@k itself.)",
            "Chain rule: what is the derivative of 1 - p?",
        ),
        Mistake(
            "exponent kept", lambda p, k: -k * (1 - p) ** k,
            "The exponent is still k. The derivative of u^k is k u^(k-1).",
            "Try k = 1: the slope of 1 - p is -1 at every p.",
        ),
        Mistake(
            "factor k forgotten", lambda p, k: -((1 - p) ** (k - 1)),
            "The factor k is missing: the derivative of u^k is k u^(k-1), not u^(k-1).",
            "Try k = 2 and expand: (1 - p)^2 = 1 - 2p + p^2.",
        ),
        Mistake(
            "p in place of 1 - p", lambda p, k: -k * p ** (k - 1),
            "That is the slope of 1 - p^k: the power stands on p, where it belongs on 1 - p.",
            "Write u = 1 - p and differentiate u^k first.",
        ),
        Mistake(
            "differentiated in k", lambda p, k: (1 - p) ** k * math.log(1 - p),
            "(1 - p)^k log(1 - p) is the derivative with respect to k. Here k stays fixed, and p moves.",
            "For a fixed k this is a power of 1 - p, not an exponential.",
        ),
        Mistake(
            "not differentiated", lambda p, k: (1 - p) ** k,
            "That is (1 - p)^k itself, not its slope.",
            "How much does it change when p rises a little?",
        ),
        *coarse(lambda p, k: (1 - p) ** k),
    ),
    hints=(
        "A power of a simple expression: use the chain rule, outer derivative times inner derivative.",
        "d/dp (1-p)^k = k (1-p)^(k-1) * (-1)",
        "return -k * (1 - p) ** (k - 1)",
    ),
)  # fmt: skip


def _gradient_entry(pi: Any, correct: Any, k: int, a: int) -> F:
    p = success(pi, correct)
    return weight(p, k) * pi[a] * ((a in correct) - p)


def _entry_work(pi: Any, correct: Any, k: int, a: int) -> str:
    p = success(pi, correct)
    r = int(a in correct)
    return (
        f"p = sum of pi over the right answers = {p}\n"
        f"weight k (1-p)^(k-1) = {k} * ({1 - p})^{k - 1} = {weight(p, k)}\n"
        f"answer {a} is {'right' if r else 'wrong'}: dp/dz_{a} = pi_{a} (r_{a} - p) = {pi[a]} * ({r} - {p}) = {pi[a] * (r - p)}\n"
        f"together: {_gradient_entry(pi, correct, k, a)}"
    )


def _entry(change: Callable[[Any, Any, Any, int], Any]) -> Callable[..., Any]:
    """A wrong entry from pi_a, r_a, p and k."""
    return lambda pi, correct, k, a: float(change(pi[a], int(a in correct), sum(pi[i] for i in correct), k))


GRADIENT_ENTRY = Exercise(
    name="gradient_entry",
    notebook=NOTEBOOK,
    task="Derivative of pass@k with respect to the logit of answer a. The policy is a softmax that gives answer i with "
    "chance pi[i]; correct lists the right answers, perhaps none. k = 1, 2, ...",
    arguments=("pi", "correct", "k", "a"),
    oracle=_gradient_entry,
    cases=(
        *((_HALVES, (0,), k, a) for k in (1, 2, 3) for a in (0, 1)),
        *((_QUARTERS, (0,), k, a) for k in (1, 2, 3) for a in (0, 1)),
        *((_THREE, (0, 1), k, a) for k in (1, 2, 4) for a in (0, 1, 2)),
        *((_TENTHS, (0,), k, a) for k in (1, 4) for a in range(4)),
        *((_TENTHS, (0, 3), k, a) for k in (1, 4, 16) for a in range(4)),
        *((_FIVE, (1, 3), 16, a) for a in range(5)),
        ((F(0), F(1, 2), F(1, 2)), (0, 1), 2, 0), ((F(1), F(0)), (0,), 1, 0), ((F(1), F(0)), (1,), 4, 1),
        (_HALVES, (0, 1), 1, 0), (_HALVES, (0, 1), 4, 1), (_HALVES, (), 1, 0), (_HALVES, (), 4, 1),
    ),
    work=_entry_work,
    mistakes=(
        Mistake(
            "weight forgotten", _entry(lambda q, r, p, k: q * (r - p)),
            "That is the gradient of pass@1: the weight k (1-p)^(k-1) is missing, so k changes nothing.",
            "Chain rule: slope of pass@k in p, times the derivative of p in the logit.",
        ),
        Mistake(
            "no coupling", _entry(lambda q, r, p, k: weight(p, k) * r * q),
            "You move pi_a alone. In a softmax all chances add up to 1: when one logit rises, every other answer loses, and that is the '- p' in "
            "pi_a (r_a - p).",
            "Check: the gradient over all logits must add up to 0.",
        ),
        Mistake(
            "own chance only", _entry(lambda q, r, p, k: weight(p, k) * r * q * (1 - q)),
            "pi_a (1 - pi_a) is how pi_a alone reacts to its own logit. The other right answers react as well, and a wrong answer's logit takes "
            "chance away from the right ones.",
            "Add up d pi_i / d z_a over ALL right answers i: it is pi_i (1 if i = a, else 0) - pi_i pi_a.",
        ),
        Mistake(
            "in pi, not in the logit", _entry(lambda q, r, p, k: weight(p, k) * r),
            "That is the derivative with respect to pi_a, as if the chances were free. The logits are the parameters.",
            "d pi_i / d z_a = pi_i ((1 if i = a, else 0) - pi_a).",
        ),
        Mistake(
            "pi_a forgotten", _entry(lambda q, r, p, k: weight(p, k) * (r - p)),
            "r_a - p is what a SAMPLE of answer a is worth. The gradient also counts how often it is drawn: times pi_a.",
            "Which factor stands before r_a - p?",
        ),
        Mistake(
            "sign", _entry(lambda q, r, p, k: weight(p, k) * q * (p - r)),
            "The sign is turned round: this goes down the hill, and the right answers lose.",
            "A right answer (r_a = 1) should get a positive entry.",
        ),
        Mistake(
            "exponent k", _entry(lambda q, r, p, k: k * (1 - p) ** k * q * (r - p)),
            "The weight has exponent k; the derivative of 1 - (1-p)^k has exponent k - 1.",
            "Use your slope_of_failure.",
        ),
        Mistake(
            "weight at pi_a", _entry(lambda q, r, p, k: weight(q, k) * q * (r - p)),
            "You take the weight at pi_a, the chance of this one answer. It belongs at p, the chance of being right at all: pass@k cares only "
            "about that.",
            "Add up pi over the right answers first.",
        ),
        Mistake(
            "first right answer only",
            lambda pi, correct, k, a: weight(pi[correct[0]], k) * pi[a] * ((a in correct) - pi[correct[0]]),
            "Your p is the chance of the first right answer alone. There may be several, or none, and any of them will do.",
            "p = sum(pi[i] for i in correct)",
        ),
        Mistake(
            "divided by p", _entry(lambda q, r, p, k: weight(p, k) * q * (r - p) / p),
            "You divide by p, as the slope of LOG pass@1 would. Nothing of the kind stands in the chain rule, and at p = 0 it has no value.",
            "Slope of pass@k in p, times pi_a (r_a - p).",
        ),
    ),
    hints=(
        "Chain rule in two steps: from pass@k to p, the chance of being right, and from p to the logit.",
        "k (1-p)^(k-1) * pi_a * (r_a - p), where p is the sum of pi over the right answers, r_a is 1 or 0.",
        "p = sum(pi[i] for i in correct); return k * (1 - p) ** (k - 1) * pi[a] * ((a in correct) - p)",
    ),
)  # fmt: skip


def _chance(n: int, p: Any, j: int) -> Any:
    return math.comb(n, j) * p**j * (1 - p) ** (n - j)


def _effective_weight(right: Any, wrong: Any, n: int, p: F) -> F:
    return sum((_chance(n - 1, F(p), j) * (right[j + 1] - wrong[j]) for j in range(n)), F(0))


def _effective_work(right: Any, wrong: Any, n: int, p: F) -> str:
    rows = [
        f"j = {j} of the {n - 1} others right: chance {_chance(n - 1, p, j)}, "
        f"right[{j + 1}] - wrong[{j}] = {right[j + 1]} - ({wrong[j]}) = {right[j + 1] - wrong[j]}"
        for j in range(n)
    ]
    return "\n".join([*(rows if n <= 4 else [*rows[:3], "..."]), f"sum: {_effective_weight(right, wrong, n, p)}"])


def _over(m: int, n: int, p: float, term: Callable[[int], Any]) -> float:
    """Sum of a term over the j < n first outcomes of Bin(m, p)."""
    return float(sum(_chance(m, p, j) * term(j) for j in range(n)))


_TABLES: tuple[tuple[Any, Any, int], ...] = (
    ((0, 1), (0, 0), 1),  # reward as it is
    ((0, 1, 0), (0, -1, 0), 2),  # leave-one-out
    ((0, 2, 2), (0, 2, 0), 2),  # pass@2 without a baseline
    ((0, 3, 0, 0), (0, 0, 0, 0), 3),  # the best less the second best
    ((0, F(3, 4), F(1, 2), F(1, 4), 0), (0, F(-1, 4), F(-1, 2), F(-3, 4), 0), 4),  # reward less group mean
    ((0, 5, 3, 2, 1), (-1, 1, 2, 4, 0), 4),  # made up: no two alike
    ((0, 1, 1, 1, 1, 0, 0, 0, 0), (0, 0, 0, 0, 0, -1, -1, -1, 0), 8),  # quantile baseline
)


def _chance_of(j: int, n: int, p: Any) -> Any:
    """Chance that j of the n - 1 others are right."""
    return math.comb(n - 1, j) * p**j * (1 - p) ** (n - 1 - j)


EFFECTIVE_WEIGHT = Exercise(
    name="effective_weight",
    notebook=NOTEBOOK,
    task="Weight w for which the mean update, (1/n) sum of credit times score, is w times the gradient of p. In a "
    "group of n samples with c right ones, each right sample gets credit right[c] and each wrong one wrong[c]; a "
    "sample is right with chance p, from 0 to 1. n = 1, 2, ...",
    arguments=("right", "wrong", "n", "p"),
    oracle=_effective_weight,
    cases=tuple((*table, p) for table in _TABLES for p in (F(1, 2), F(1, 4), F(0), F(1), F(9, 10))),
    work=_effective_work,
    mistakes=(
        Mistake(
            "n others", lambda r, w, n, p: _over(n, n, p, lambda j: r[j + 1] - w[j]),
            "You draw the others from Bin(n, p). The sample we look at is one of the n, so only n - 1 others are left.",
            "The chances of j = 0 .. n-1 must add up to 1.",
        ),
        Mistake(
            "right[j]", lambda r, w, n, p: _over(n - 1, n, p, lambda j: r[j] - w[j]),
            "right[j] forgets the sample itself: if it is right and j others are, the group holds j + 1 right ones.",
            "Count the right samples of the whole group in both cases.",
        ),
        Mistake(
            "wrong[j + 1]", lambda r, w, n, p: _over(n - 1, n, p, lambda j: r[j + 1] - w[j + 1]),
            "wrong[j + 1] counts one too many: if the sample is wrong and j others are right, the group holds j right ones.",
            "Count the right samples of the whole group in both cases.",
        ),
        Mistake(
            "added", lambda r, w, n, p: _over(n - 1, n, p, lambda j: r[j + 1] + w[j]),
            "You add the two credits. A right sample pushes along grad p, a wrong one AGAINST it: the credits subtract.",
            "What happens if every sample gets credit 1, right or wrong? Nothing should.",
        ),
        Mistake(
            "same group", lambda r, w, n, p: _over(n, n + 1, p, lambda c: r[c] - w[c]),
            "You compare right[c] with wrong[c] in groups with the same c. Turning one sample from wrong to right also changes c.",
            "Fix the n - 1 others first; then let the sample be right, or wrong.",
        ),
        Mistake(
            "coefficient forgotten",
            lambda r, w, n, p: float(sum(p**j * (1 - p) ** (n - 1 - j) * (r[j + 1] - w[j]) for j in range(n))),
            "p^j (1-p)^(n-1-j) is the chance of ONE order; j right ones among n - 1 can stand in C(n-1, j) orders.",
            "math.comb(n - 1, j)",
        ),
        Mistake(
            "wrong samples forgotten", lambda r, w, n, p: _over(n - 1, n, p, lambda j: r[j + 1]),
            "The credit of the wrong samples is missing. They move the policy too: away from what they are.",
            "Subtract wrong[j].",
        ),
        Mistake(
            "times p (1-p)", lambda r, w, n, p: _over(n - 1, n, p, lambda j: (r[j + 1] - w[j]) * p * (1 - p)),
            "You multiplied by p (1-p), the slope of p in a single logit. The weight is what stands BEFORE the gradient of p.",
            "For reward less the mean of the others the weight is 1 at every p.",
        ),
        Mistake(
            "last term missing",
            lambda r, w, n, p: float(sum(_chance_of(j, n, p) * (r[j + 1] - w[j]) for j in range(n - 1))),
            "Your sum ends at j = n - 2: all the n - 1 others may be right as well. Python's range leaves out its end.",
            "for j in range(n)",
        ),
        Mistake(
            "first term missing",
            lambda r, w, n, p: float(sum(_chance_of(j, n, p) * (r[j + 1] - w[j]) for j in range(1, n))),
            "Your sum begins at j = 1: it may be that none of the others is right.",
            "for j in range(n)",
        ),
        Mistake(
            "divided by p", lambda r, w, n, p: _over(n - 1, n, p, lambda j: r[j + 1] - w[j]) / p,
            "You divide by p. The weight is what stands before the gradient of p itself, not of its logarithm.",
            "For reward less the mean of the others the weight is 1 at every p.",
        ),
    ),
    hints=(
        "All n samples look alike on average, so follow one of them. Fix how many of the n - 1 others are right.",
        "sum over j = 0 .. n-1 of C(n-1, j) p^j (1-p)^(n-1-j) (right[j+1] - wrong[j])",
        "return sum(math.comb(n - 1, j) * p**j * (1 - p) ** (n - 1 - j) * (right[j + 1] - wrong[j]) for j in range(n))",
    ),
)  # fmt: skip


def _companions_wrong(n: int, right: int, k: int) -> F:
    """Chance that k - 1 companions drawn from n - 1 samples, of which some are right, are all wrong."""
    return F(math.comb(max(n - 1 - right, 0), k - 1), math.comb(n - 1, k - 1))


def _credit(n: int, c: int, k: int, is_right: bool) -> F:
    """PKPO's loo-1: only a right sample whose companions are all wrong makes a difference."""
    if k > n:
        raise ValueError("k > n")
    return k * _companions_wrong(n, c - 1, k) if is_right else F(0)


def _without_baseline(n: int, c: int, k: int, is_right: bool) -> F:
    """PKPO's s: a wrong sample shares in the draws its companions solve."""
    return F(k) if is_right else k * (1 - _companions_wrong(n, c, k))


def _baseline_twice(n: int, c: int, k: int, is_right: bool) -> F:
    """MaxRL's PKPO: the mean of the others taken from credits that hold a baseline already."""
    own, total = _credit(n, c, k, is_right), c * _credit(n, c, k, True)
    return own - (total - own) / (n - 1) if n > 1 else own


def _centred(n: int, c: int, k: int, is_right: bool) -> F:
    return _credit(n, c, k, is_right) - c * _credit(n, c, k, True) / n


def _credit_work(n: int, c: int, k: int, is_right: bool) -> str:
    if k > n:
        return f"{k} different samples cannot be drawn from {n}: no credit exists, so raise a ValueError."
    if not is_right:
        return f"the sample is wrong, so no draw of {k} needs it: credit 0"
    return (
        f"the sample is right; companions: {k - 1} of the {n - 1} others, of which {c - 1} are right\n"
        f"companions all wrong: C({n - c},{k - 1})/C({n - 1},{k - 1}) = {_companions_wrong(n, c - 1, k)}\n"
        f"only then does the draw need this sample; credit: {k} * that = {_credit(n, c, k, True)}"
    )


# k = 1 comes last: there a mean of the others is a sound baseline, and the smallest counter-example should be a real one.
_SEEN: tuple[Case, ...] = tuple(
    (n, c, k, is_right)
    for ks in ((2, 3, 4), (1,))
    for n in range(1, 5)
    for c in range(n + 1)
    for k in ks
    for is_right in (True, False)
    if k <= n and (c > 0 if is_right else c < n)
)

FIXED_CREDIT = Exercise(
    name="fixed_credit",
    notebook=NOTEBOOK,
    task="k times the chance that a right sample's k - 1 companions, drawn without replacement from the other n - 1 "
    "samples, are all wrong; 0 for a wrong sample. c of the n are right, 0 <= c <= n (at least 1 for a right "
    "sample), is_right says what this one is. k = 1, 2, ... For k > n raise a ValueError.",
    arguments=("n", "c", "k", "is_right"),
    oracle=_credit,
    cases=(
        *_SEEN, (8, 1, 4, True), (8, 1, 4, False), (8, 3, 4, False), (8, 6, 4, False), (64, 2, 16, True),
        (1, 0, 2, False), (2, 1, 3, True), (4, 2, 8, False),
    ),
    work=_credit_work,
    mistakes=(
        Mistake(
            "baseline twice", _baseline_twice,
            "You still subtract the mean of the others' credits, which have a baseline in them already and depend on this sample: the weight "
            "is too large by the factor 1 + (k-1)/(n-1) * p/(1-p), at n = 8, k = 4 by 2.3 % at p = 0.05 and by 18.4 % at p = 0.3. The PKPO "
            "estimator of tajwarfahim/maxrl ships this.",
            "A baseline may use the other samples' REWARDS, not credits into which this sample's reward has gone.",
        ),
        Mistake(
            "centred", _centred,
            "You subtract the group's mean credit: the weight changes with p again. A mean that holds this sample's own credit is no baseline.",
            "Return the credit before that step.",
        ),
        Mistake(
            "no baseline", _without_baseline,
            "That is unbiased as well, but it is another credit (PKPO's s, without a baseline). Here only a right sample gets any, when its "
            "companions all fail.",
            "Whoever is wrong gets 0.",
        ),
        Mistake(
            "all right samples alike", lambda n, c, k, r: F(k) if r else F(0),
            "Every right sample gets k: the weight is then k at every p, k times the pass@1 gradient. What makes it pass@k is to ask whether the "
            "draw would have failed without this sample.",
            "In which share of the draws are all companions wrong?",
        ),
        Mistake(
            "sum for mean", lambda n, c, k, r: _credit(n, c, k, r) / n,
            "You return the paper's credit, for a SUM over the group. The lab takes means, so multiply by n.",
            "A lone right sample gets k.",
        ),
        Mistake(
            "one wrong sample too few",
            lambda n, c, k, r: F(k * math.comb(max(n - 1 - c, 0), k - 1), math.comb(n - 1, k - 1)) if r else F(0),
            "C(n-1-c, k-1) takes this sample out of the wrong ones, but it is right: all n - c wrong ones may be its companions.",
            "Take this sample out first; n - 1 are left, and n - c of them are wrong.",
        ),
        Mistake(
            "with replacement", lambda n, c, k, r: k * (1 - F(c, n)) ** (k - 1) if r else F(0),
            "(1 - c/n)^(k-1) draws the companions with replacement, and counts this sample among them. At n = 8, k = 4 the weight is then two "
            "thirds of pass@4's where p is small, and four times as much at p = 0.9 (cf. Mahdavi's plug-in).",
            "Count draws of k - 1 different samples from the other n - 1.",
        ),
        Mistake(
            "k cut to n", lambda n, c, k, r: _credit(n, c, min(n, k), r),
            "Every number is right, but for k > n you quietly use k = n. Draws of k different samples do not exist then: raise a ValueError.",
            "Test k > n first.",
            refusal=True,
        ),
    ),
    hints=(
        "The first step of the shown code is sound. What does the second one subtract, and does it depend on this sample?",
        "k C(n-c, k-1) / C(n-1, k-1) for a right sample, 0 for a wrong one; nothing is subtracted afterwards.",
        "return k * math.comb(n - c, k - 1) / math.comb(n - 1, k - 1) if is_right else 0   (after: if k > n: raise)",
    ),
    afterwards="What the bug did: the others' credits depend on this sample, for c counts it too, and so a baseline was taken off that knew the answer. "
    "In groups of 8 the weight of pass@4 came out 2.3 % too large at p = 0.05, 18.4 % at 0.3, and 4.86 times as large at 0.9.",
)  # fmt: skip

EXERCISES = (MEAN_PUSH, SLOPE_OF_FAILURE, GRADIENT_ENTRY, EFFECTIVE_WEIGHT, FIXED_CREDIT)

QUESTIONS = (
    Question(
        "only a factor",
        "One prompt, exact gradients. What does training on pass@8 change, compared with pass@1?",
        (
            Choice("It pulls towards answers that pass@1 neglects.", False,
                   "That would be a new direction. The chain rule leaves none: the gradient is 8 (1-p)^7 times that of pass@1.",
                   "Through which one number does pass@8 see the policy?"),
            Choice("Only the length of a step, by 8 (1-p)^7.", True,
                   "Same direction, so (in small steps) the same path at another pace: faster below p = 0.257, where the factor is 1, and slower above."),
            Choice("A step that raises pass@8 may now lower pass@1.", False,
                   "The factor is never negative: a step that helps pass@8 of a single prompt helps its pass@1 as well.",
                   "If pass@8 of this prompt has risen, what has its p done?"),
        ),
    ),
    Question(
        "what a group sees",
        "You draw groups of 8 samples. For which k can a rule of credits follow the gradient of pass@k without bias?",
        (
            Choice("For every k, given enough groups.", False,
                   "More groups take away noise, not bias: the mean of every rule on groups of 8 stays a polynomial of degree 7 at most in p."),
            Choice("For k up to 8, the group's size.", True,
                   "The weight of a group of n is a polynomial of degree n - 1 in p at most; k (1-p)^(k-1) has degree k - 1."),
            Choice("For k up to 7, one below the size.", False,
                   "k = 8 still fits: give 8 to the only right sample of a group, and nothing otherwise. (PKPO's plain credit less the group's "
                   "own mean does end at 7: at k = n that mean is all there is.)"),
        ),
    ),
)  # fmt: skip

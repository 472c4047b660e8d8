"""What notebook 05 asks: several prompts that share parameters, and two strategies that share a chance."""

from fractions import Fraction as F
from statistics import median
from typing import Any

from passk_lab.course.content._fractions import average, shown
from passk_lab.course.content._slopes import coarse, weight
from passk_lab.course.exercise import Case, Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "05_many_prompts"


def _terms(p: Any, b: Any, k: int) -> list[Any]:
    """What each prompt adds to the derivative: weight, times b p (1-p)."""
    return [weight(q, k) * s * q * (1 - q) for q, s in zip(p, b, strict=True)]


def _shared_gradient(p: Any, b: Any, k: int) -> F:
    return F(average(_terms(p, b, k)))


def _rows(p: Any, b: Any, k: int) -> list[str]:
    return [
        f"prompt {x}: weight {shown(F(weight(q, k)))}, b p (1-p) = {b[x]} * {q} * {1 - q} = {b[x] * q * (1 - q)}: "
        f"{shown(F(weight(q, k) * b[x] * q * (1 - q)))}"
        for x, q in enumerate(p)
    ]


_EASY_HARD: Any = (F(3, 4), F(1, 8))
_PAIRS: tuple[tuple[Any, Any], ...] = (
    ((F(1, 2),), (1,)), ((F(1, 4),), (-2,)), ((F(1, 2), F(1, 4)), (1, 1)), (_EASY_HARD, (1, 1)), (_EASY_HARD, (1, -1)),
    (_EASY_HARD, (-1, 1)), ((F(1, 4), F(1, 4)), (1, -3)), ((F(9, 10), F(1, 2), F(1, 100)), (1, F(1, 2), -2)),
    ((F(0), F(1), F(1, 2)), (1, 1, 1)), ((F(0), F(1)), (1, -1)),
    ((F(9, 10), F(9, 10), F(9, 10), F(1, 20), F(1, 50)), (1, 2, 1, -1, -1)),
)  # fmt: skip

SHARED_GRADIENT = Exercise(
    name="shared_gradient",
    notebook=NOTEBOOK,
    task="Derivative in theta of the mean pass@k over prompts that share this one parameter: prompt x is solved with "
    "chance p[x] = sigmoid(a[x] + b[x] theta). p and b are lists, k = 1, 2, 3, ...",
    arguments=("p", "b", "k"),
    oracle=_shared_gradient,
    cases=tuple((p, b, k) for p, b in _PAIRS for k in (1, 2, 4)) + tuple((p, b, 16) for p, b in _PAIRS[-4:]),
    work=lambda p, b, k: "\n".join([*_rows(p, b, k), f"mean: {shown(_shared_gradient(p, b, k))}"]),
    mistakes=(
        Mistake(
            "sum", lambda p, b, k: float(sum(_terms(p, b, k))),
            "You add the prompts up; the objective is their mean.",
            "Divide by the number of prompts.",
        ),
        Mistake(
            "weight forgotten", lambda p, b, k: average(_terms(p, b, 1)),
            "That is the derivative of mean pass@1: the weight k (1-p)^(k-1) of each prompt is missing.",
            "Chain rule, prompt by prompt.",
        ),
        Mistake(
            "weight at the mean", lambda p, b, k: weight(average(p), k) * average(_terms(p, b, 1)),
            "You use ONE weight, at the mean p, for all prompts. Then pass@k could never point elsewhere than pass@1; each prompt has its own.",
            "Put the weight inside the sum.",
        ),
        Mistake(
            "mean weight", lambda p, b, k: average(weight(q, k) for q in p) * average(_terms(p, b, 1)),
            "You multiply the mean weight by the mean gradient. The mean of products is not the product of the means.",
            "Put the weight inside the sum.",
        ),
        Mistake(
            "sigmoid forgotten", lambda p, b, k: average(weight(q, k) * s for q, s in zip(p, b, strict=True)),
            "The slope of the sigmoid, p (1-p), is missing.",
            "d p / d theta = b p (1-p).",
        ),
        Mistake(
            "b forgotten", lambda p, b, k: average(_terms(p, [1] * len(p), k)),
            "b is missing: it says how far, and in WHICH direction, theta moves a prompt.",
            "d p / d theta = b p (1-p).",
        ),
        Mistake(
            "b without sign", lambda p, b, k: average(_terms(p, [abs(s) for s in b], k)),
            "You take the size of b. Its sign matters: a prompt with negative b gets worse when theta rises.",
            "Use b as it is.",
        ),
        Mistake(
            "exponent k", lambda p, b, k: average((1 - q) * t for q, t in zip(p, _terms(p, b, k), strict=True)),
            "One factor 1 - p too many: the weight has exponent k - 1, and the sigmoid adds one more.",
            "Altogether: k (1-p)^(k-1) * b p (1-p).",
        ),
    ),
    hints=(
        "The derivative of a mean is the mean of the derivatives; for each prompt, the chain rule.",
        "mean over x of k (1-p_x)^(k-1) * b_x p_x (1-p_x)",
        "return sum(k * (1 - q) ** (k - 1) * s * q * (1 - q) for q, s in zip(p, b)) / len(p)",
    ),
)  # fmt: skip


def _points_against(p: Any, b: Any, k: int) -> bool:
    return _shared_gradient(p, b, k) * _shared_gradient(p, b, 1) < 0


def _against_work(p: Any, b: Any, k: int) -> str:
    one, many = _shared_gradient(p, b, 1), _shared_gradient(p, b, k)
    verdict = "opposite signs: True" if one * many < 0 else "not of opposite sign: False"
    return "\n".join([*_rows(p, b, k), f"mean for pass@{k}: {shown(many)}; for pass@1: {shown(one)}", verdict])


_AGAINST: tuple[Case, ...] = (
    ((F(1, 2),), (1,), 1), ((F(1, 2),), (-1,), 4), ((F(1, 2), F(1, 4)), (1, 1), 2), ((F(3, 4), F(1, 4)), (1, -1), 1),
    ((F(3, 4), F(1, 4)), (1, -1), 2), (_EASY_HARD, (1, -1), 1), (_EASY_HARD, (1, -1), 2), (_EASY_HARD, (-1, 1), 2),
    ((F(1, 2), F(1, 4)), (1, -1), 2), ((F(1, 2), F(1, 4)), (2, -1), 2), ((F(1, 2), F(3, 8)), (3, -2), 2),
    (_EASY_HARD, (-1, -1), 4), ((F(7, 8), F(1, 2)), (3, -1), 2), ((F(3, 4), F(1, 2)), (2, -1), 2), ((F(0), F(1)), (1, -1), 4),
    ((F(9, 10), F(1, 2), F(1, 100)), (1, F(1, 2), -2), 4), ((F(9, 10), F(1, 2), F(1, 100)), (1, F(1, 2), -2), 16),
    ((F(9, 10), F(9, 10), F(9, 10), F(1, 20), F(1, 50)), (1, 2, 1, -1, -1), 8),
)  # fmt: skip


def _without_slope(p: Any, b: Any, k: int) -> bool:
    return bool(sum(weight(q, k) * s for q, s in zip(p, b, strict=True)) * sum(b) < 0)


def _higher_power(p: Any, b: Any, k: int) -> bool:
    return bool(sum((1 - q) * t for q, t in zip(p, _terms(p, b, k), strict=True)) * sum(_terms(p, b, 1)) < 0)


POINTS_AGAINST = Exercise(
    name="points_against",
    notebook=NOTEBOOK,
    task="True if the derivatives in theta of mean pass@k and of mean pass@1 have opposite signs, else False (also if "
    "one of them is 0). Prompt x is solved with chance p[x] = sigmoid(a[x] + b[x] theta); p and b are lists, k = 1, 2, "
    "3, ...",
    arguments=("p", "b", "k"),
    oracle=_points_against,
    cases=_AGAINST,
    work=_against_work,
    mistakes=(
        Mistake(
            "1 and 0", lambda p, b, k: int(_points_against(p, b, k)),
            "The verdict is right each time, but True or False is wanted, and you return a number (1 and 0, or numpy's own True and False). "
            "Wrap it: bool(...).",
            "A comparison such as x * y < 0 gives True or False.",
        ),
        Mistake(
            "agreement", lambda p, b, k: not _points_against(p, b, k),
            "You return True where the two do NOT disagree.",
            "Of opposite sign means: the product is below 0.",
        ),
        Mistake(
            "ties count", lambda p, b, k: bool(_shared_gradient(p, b, k) * _shared_gradient(p, b, 1) <= 0),
            "You count a derivative of 0 as pointing against the other. Where one of them is 0 there is no direction to oppose.",
            "Compare with < 0, not <= 0.",
        ),
        Mistake(
            "never", lambda p, b, k: False,
            "You always say False. That holds for each prompt alone, where the weight only changes the length (and for one common weight at "
            "the mean p). Summed over prompts the sign may turn.",
            "Take an easy prompt with b = 1 and a hard one with b = -1.",
        ),
        Mistake(
            "prompts disagree", lambda p, b, k: any(s > 0 for s in b) and any(s < 0 for s in b),
            "You ask whether some prompts want theta up and others down. That is needed, not enough: the weights must also tip the balance.",
            "Compute both means and compare their signs.",
        ),
        Mistake(
            "pass@k falls", lambda p, b, k: bool(_shared_gradient(p, b, k) < 0),
            "You look at the sign of the pass@k derivative alone. It points against pass@1 only if that one has the other sign.",
            "Multiply the two and look at the sign.",
        ),
        Mistake(
            "sigmoid forgotten", _without_slope,
            "The slope of the sigmoid, p (1-p), is missing in the sums. It decides which prompt weighs more under pass@1.",
            "Use your shared_gradient, with k and with 1.",
        ),
        Mistake(
            "exponent k", _higher_power,
            "In the pass@k sum stands one factor 1 - p too many: the weight has exponent k - 1.",
            "Use your shared_gradient, with k and with 1.",
        ),
    ),
    hints=(
        "Two numbers have opposite signs exactly if their product is below 0.",
        "shared_gradient(p, b, k) * shared_gradient(p, b, 1) < 0",
        "return shared_gradient(p, b, k) * shared_gradient(p, b, 1) < 0",
    ),
)  # fmt: skip


def _mixture(x: Any, w: Any, k: int) -> Any:
    return w * (1 - (1 - x) ** k) + (1 - w) * (1 - x**k)


def _mixture_slope(x: F, w: F, k: int) -> F:
    return k * (w * (1 - F(x)) ** (k - 1) - (1 - F(w)) * F(x) ** (k - 1))


def _mixture_work(x: F, w: F, k: int) -> str:
    up, down = k * (1 - x) ** (k - 1), -k * x ** (k - 1)
    return (
        f"slope of 1 - (1-x)^{k}: {k} (1-x)^{k - 1} = {shown(up)}\n"
        f"slope of 1 - x^{k}:    -{k} x^{k - 1} = {shown(down)}\n"
        f"mixed: {w} * {shown(up)} + {1 - w} * ({shown(down)}) = {shown(_mixture_slope(x, w, k))}"
    )


MIXTURE_SLOPE = Exercise(
    name="mixture_slope",
    notebook=NOTEBOOK,
    task="Derivative in x of the mean pass@k, w (1 - (1-x)^k) + (1-w) (1 - x^k): by hand, not as a difference "
    "quotient. A share w of the prompts is solved by strategy A, the rest by strategy B only; x is the chance to "
    "use A. Both from 0 to 1, k = 1, 2, 3, ...",
    arguments=("x", "w", "k"),
    oracle=_mixture_slope,
    cases=tuple(
        (x, w, k)
        for k in (1, 2, 3, 4, 16)
        for x, w in ((F(1, 2), F(1, 2)), (F(1, 4), F(1, 2)), (F(1, 2), F(3, 4)), (F(1, 4), F(3, 4)), (F(0), F(3, 4)),
                     (F(1), F(3, 4)), (F(9, 10), F(6, 10)), (F(1, 4), F(1)), (F(1, 4), F(0)))
    ),
    work=_mixture_work,
    mistakes=(
        Mistake(
            "second sign", lambda x, w, k: k * (w * (1 - x) ** (k - 1) + (1 - w) * x ** (k - 1)),
            "Both parts rise with you. 1 - x^k FALLS as x grows: using A more often harms the prompts that need B.",
            "The slope of 1 - x^k is -k x^(k-1).",
        ),
        Mistake(
            "first sign", lambda x, w, k: -k * (w * (1 - x) ** (k - 1) + (1 - w) * x ** (k - 1)),
            "The first part must rise: the slope of -(1-x)^k is +k (1-x)^(k-1), since the inner derivative is -1.",
            "At x = 0 every bit of A helps the prompts that need A.",
        ),
        Mistake(
            "shares swapped", lambda x, w, k: k * ((1 - w) * (1 - x) ** (k - 1) - w * x ** (k - 1)),
            "w and 1 - w have changed places: w belongs to the prompts that A solves.",
            "For w = 1 the slope is never negative.",
        ),
        Mistake(
            "factor k forgotten", lambda x, w, k: w * (1 - x) ** (k - 1) - (1 - w) * x ** (k - 1),
            "The factor k is missing in front.",
            "The derivative of u^k is k u^(k-1).",
        ),
        Mistake(
            "exponent k", lambda x, w, k: k * (w * (1 - x) ** k - (1 - w) * x**k),
            "The exponents are still k; differentiating lowers them to k - 1.",
            "For k = 1 the slope is 2 w - 1 at every x.",
        ),
        Mistake(
            "pass@1's slope", lambda x, w, k: 2 * w - 1,
            "2 w - 1 is the slope of pass@1: it does not see x, and sends the policy to one pure strategy. For k > 1 the slope depends on x.",
            "Differentiate both powers.",
        ),
        Mistake(
            "value", _mixture,
            "That is the mean pass@k itself, not its slope.",
            "Differentiate the two parts one by one.",
        ),
        *coarse(_mixture),
    ),
    hints=(
        "Two powers, each with a fixed factor: differentiate one by one, and mind the inner derivative of 1 - x.",
        "k ( w (1-x)^(k-1) - (1-w) x^(k-1) )",
        "return k * (w * (1 - x) ** (k - 1) - (1 - w) * x ** (k - 1))",
    ),
)  # fmt: skip


def _mean_weight(p: Any, k: int) -> F:
    return F(average(weight(q, k) for q in p))


def _weight_work(p: Any, k: int) -> str:
    rows = [f"prompt {x}: {k} * ({1 - q})^{k - 1} = {shown(F(weight(q, k)))}" for x, q in enumerate(p)]
    return "\n".join([*rows, f"mean: {shown(_mean_weight(p, k))}"])


FIXED_MEAN_WEIGHT = Exercise(
    name="fixed_mean_weight",
    notebook=NOTEBOOK,
    task="Mean over prompts of the weight k (1-p)^(k-1), p being a list with the chance of each prompt, k = 1, 2, 3, ...",
    arguments=("p", "k"),
    oracle=_mean_weight,
    cases=tuple(
        (p, k)
        for p in ((F(1, 2),), (F(1, 2), F(1, 2)), (F(1, 4), F(3, 4)), (F(0), F(1)), (F(1), F(1)), (F(0), F(0), F(1, 2)),
                  (F(1, 10), F(1, 5), F(9, 10)), (F(99, 100),) * 3 + (F(1, 100),))
        for k in (1, 2, 4, 16)
    ),
    work=_weight_work,
    mistakes=(
        Mistake(
            "weight at the mean", lambda p, k: weight(average(p), k),
            "Still the weight at the MEAN p (the batch's pass rate). The weight bends: with half the prompts never and half always solved it "
            "is k/2 on average, but k/2^(k-1) at the mean.",
            "Compute the weight of each prompt first, then the mean.",
        ),
        Mistake(
            "weight at the median", lambda p, k: weight(median(p), k),
            "You take the weight of the prompt in the middle. A few hard prompts can carry most of the mean.",
            "Compute the weight of each prompt first, then the mean.",
        ),
        Mistake(
            "sum", lambda p, k: float(sum(weight(q, k) for q in p)),
            "You add the weights up and do not divide by the number of prompts.",
            "Divide by len(p).",
        ),
        Mistake(
            "exponent k", lambda p, k: average(k * (1 - q) ** k for q in p),
            "The exponent is k; the weight has k - 1. (You have k times the mean chance to fail k draws.)",
            "k * (1 - q) ** (k - 1)",
        ),
        Mistake(
            "factor k forgotten", lambda p, k: average((1 - q) ** (k - 1) for q in p),
            "The factor k is missing: at p = 0 the weight is k, not 1.",
            "k * (1 - q) ** (k - 1)",
        ),
        Mistake(
            "normalised", lambda p, k: 1.0,
            "Normalised weights have mean 1 whatever the prompts are. What was asked is how large the weights ARE.",
            "Do not divide by their sum.",
        ),
        Mistake(
            "weighed by p", lambda p, k: average(weight(q, k) * q for q in p),
            "You weigh each prompt by its p once more: that is the mean chance of exactly one right sample in k.",
            "Leave the factor p out.",
        ),
        Mistake(
            "largest", lambda p, k: max(weight(q, k) for q in p),
            "That is the largest weight, of the hardest prompt.",
            "Take the mean over all prompts.",
        ),
    ),
    hints=(
        "Mean of the weights, not weight of the mean: the order matters, since the weight bends.",
        "mean over x of k (1-p_x)^(k-1)",
        "return sum(k * (1 - q) ** (k - 1) for q in p) / len(p)",
    ),
    afterwards="What the bug did: the weight was taken at the mean chance. The curve k (1-p)^(k-1) is steep, so its mean is not its value at the mean: "
    "one unsolved and one solved prompt have the mean weight 8 at k = 16, and got 0.0005.",
)  # fmt: skip

EXERCISES = (SHARED_GRADIENT, POINTS_AGAINST, MIXTURE_SLOPE, FIXED_MEAN_WEIGHT)

QUESTIONS = (
    Question(
        "no new direction",
        "For each prompt the pass@k gradient points where its pass@1 gradient points. Prompts share parameters. What of the means over prompts?",
        (
            Choice("They point the same way: all weights are positive.", False,
                   "Positive weights keep the direction of each term, not that of the sum: 0.19 - 0.11 is positive, but with the weights of pass@2 "
                   "at p = 0.75 and 0.125, 0.5 * 0.19 - 1.75 * 0.11 is negative.",
                   "Draw a long arrow, and a short one that points nearly against it. Now make the short one the longer: where does the "
                   "sum point?"),
            Choice("They can differ, and even point against each other.", True,
                   "Each prompt gets a weight of its own, so the sum turns. 'No new direction' is a statement about one prompt."),
            Choice("They differ only if the gradients are estimated from samples.", False,
                   "Sampling adds noise and sometimes bias. The turn is there with exact gradients too.",
                   "The arrows of the figure are exact. Do they point the same way?"),
        ),
    ),
    Question(
        "why pass@1 falls",
        "Training on mean pass@k raised it, and mean pass@1 fell. The gradients were exact. How can that be?",
        (
            Choice("It cannot: mean pass@k rises exactly when mean pass@1 does.", False,
                   "True for each single prompt. Of two means over several prompts one can rise and the other fall."),
            Choice("Hard prompts, weighed up, pulled shared parameters against easier ones.", True,
                   "It takes both: weights that differ, and prompts whose gradients point apart. More hard prompts alone are not enough."),
            Choice("Pass@k lowers p on solved prompts, since their weight is small.", False,
                   "A small weight is still not negative: such a prompt is no longer defended, but its own gradient never pushes it down."),
        ),
    ),
)  # fmt: skip

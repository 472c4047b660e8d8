"""Questions on notebook 02: the gradient of pass@k, and what a group makes of it."""

import numpy as np

from passk_lab import exact, metrics, objectives
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "02_the_gradient"


def _weight(p: float, k: int) -> Key:
    return Key(
        answers=(Answer("factor", float(metrics.weight_at_k(p, k)), f"{k} * (1 - {p})^{k - 1}"),),
        steps=(
            Step(2, "The slope of 1 - (1 - p)^k in p is k (1 - p)^(k-1)."),
            Step(1, "The number."),
            Step(1, "Above 1 it pulls harder than pass@1 and below 1 less; the direction stays."),
        ),
        slips=(
            Slip("exponent k", "Derivative of a power: the exponent was not lowered.", 2, k * (1 - p) ** k),
            Slip("factor k forgotten", "Derivative of a power: the factor is missing.", 2, (1 - p) ** (k - 1)),
            Slip("p in place of 1 - p", "Thinks that what is solved often is pushed most.", 1, k * p ** (k - 1)),
            Slip("'another direction'", "Believes that the factor turns the gradient of one prompt.", 2),
        ),
    )


def _entry(pi: tuple[float, ...], right: tuple[int, ...], k: int, logit: int) -> Key:
    bandit = exact.Bandit(np.log(pi), correct=list(right))
    value = float(bandit.gradient(objectives.get("pass@k", k=k))[logit])
    p = sum(pi[i] for i in right)
    reward = int(logit in right)
    return Key(
        answers=(Answer("slope", value, f"{k} * (1 - {p:.10g})^{k - 1} * {pi[logit]} * ({reward} - {p:.10g})", 4),),
        steps=(
            Step(1, f"p is the sum of the right answers' chances, {p:.10g}."),
            Step(2, f"The weight {float(metrics.weight_at_k(p, k)):.4f}, taken at p."),
            Step(
                2, f"The slope of p in the logit is its chance times (reward - p), {pi[logit]} ({reward} - {p:.10g})."
            ),
            Step(1, "The product, with its sign."),
        ),
        slips=(
            Slip("weight forgotten", "Gave the gradient of pass@1.", 3, pi[logit] * (reward - p)),
            Slip(
                "own chance only, pi (1 - pi)",
                "Forgets that the other chances move too: the softmax couples them.",
                3,
                float(metrics.weight_at_k(p, k)) * pi[logit] * (1 - pi[logit]),
            ),
            Slip(
                "weight at the one answer's chance",
                "Thinks each answer has a weight of its own, as if pass@k favoured rare answers.",
                3,
                float(metrics.weight_at_k(pi[logit], k)) * pi[logit] * (reward - p),
            ),
        ),
    )


def _table(right: tuple[float, ...], wrong: tuple[float, ...], p: float) -> Key:
    credit = objectives.Credit([0, *right], [*wrong, 0])
    weight = float(objectives.effective_weight(credit, 3, p))
    promised = float(objectives.get("pass@k", k=2).weight(p))
    jumps = [a - b for a, b in zip(right, wrong, strict=True)]
    same = sum(
        math_coefficient * (right[j] - wrong[min(j + 1, 2)])
        for j, math_coefficient in enumerate(((1 - p) ** 2, 2 * p * (1 - p), p * p))
    )
    return Key(
        answers=(
            Answer(
                "(a) effective weight",
                weight,
                f"(1 - {p})^2 * ({right[0]} - ({wrong[0]})) + 2 * {p} * (1 - {p}) * ({right[1]} - ({wrong[1]})) + "
                f"{p}^2 * ({right[2]} - ({wrong[2]}))",
            ),
            Answer("(b) weight of pass@2", promised, f"2 * (1 - {p})"),
        ),
        steps=(
            Step(2, "(a) Follow one sample: 0, 1 or 2 of the OTHER two are right, with chances (1-p)^2, 2p(1-p), p^2."),
            Step(
                3,
                "(a) With j others right it makes c = j + 1 if right and c = j if wrong; the differences are "
                f"{listed(jumps)}. Weighed by the chances and added.",
            ),
            Step(2, "(b) 2 (1 - p)."),
            Step(2, "(c) They differ, so the rule is biased: the mean of its updates is not the gradient of pass@2."),
            Step(1, "(c) One p is enough for No. For Yes the two polynomials have to agree at every p."),
        ),
        slips=(
            Slip(
                "right and wrong credit at the same c",
                "Compares two samples of one group; turning a sample from wrong to right changes c as well.",
                4,
                same,
            ),
            Slip(
                "credits added",
                "A wrong sample pushes against the gradient of p, so the credits subtract.",
                5,
                sum(w * (a + b) for w, a, b in zip(((1 - p) ** 2, 2 * p * (1 - p), p * p), right, wrong, strict=True)),
            ),
            Slip("(c) 'more groups will mend it'", "Takes bias for noise.", 8),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "weight at p",
        "The factor before the gradient",
        "easy",
        "One prompt is solved with chance p = {p}. By which factor is the gradient of pass@{k} that of pass@1? Say "
        "also whether it pulls harder or less than pass@1, and in which direction.",
        ({"p": 0.2, "k": 8}, {"p": 0.3, "k": 8}, {"p": 0.25, "k": 6}, {"p": 0.15, "k": 10}),
        _weight,
        words=True,
        secret=("k (1 - p)^(k-1)", "k (1-p)^(k-1)"),
    ),
    Task(
        NOTEBOOK,
        "slope in a logit",
        "A gradient by hand",
        "medium",
        "A softmax policy over four answers gives them the chances {pi_text}; {right_text} are right. Give the slope "
        "of pass@{k} in the logit of the {which} answer.",
        (
            {
                "pi": (0.1, 0.2, 0.3, 0.4),
                "pi_text": "0.1, 0.2, 0.3 and 0.4",
                "right": (0, 1),
                "right_text": "the first two",
                "k": 3,
                "logit": 0,
                "which": "first",
            },
            {
                "pi": (0.2, 0.3, 0.1, 0.4),
                "pi_text": "0.2, 0.3, 0.1 and 0.4",
                "right": (1, 2),
                "right_text": "the second and the third",
                "k": 3,
                "logit": 1,
                "which": "second",
            },
            {
                "pi": (0.3, 0.15, 0.35, 0.2),
                "pi_text": "0.3, 0.15, 0.35 and 0.2",
                "right": (1, 3),
                "right_text": "the second and the last",
                "k": 3,
                "logit": 3,
                "which": "last",
            },
        ),
        lambda pi, right, k, logit, **_: _entry(pi, right, k, logit),
        secret=("(r_a - p)",),
    ),
    Task(
        NOTEBOOK,
        "a table of credit",
        "What a table of credit really climbs",
        "hard",
        "A training rule draws groups of n = 3 and gives this credit, c being the number of right samples:\n\n"
        "| c | 0 | 1 | 2 | 3 |\n|---|---|---|---|---|\n| a right sample | | {r1} | {r2} | {r3} |\n| a wrong sample | "
        "{w0} | {w1} | {w2} | |\n\n"
        "It is said to follow pass@2.\n\n"
        "(a) With which weight does it push, on average, at p = {p}?\n\n"
        "(b) Which weight does pass@2 have there?\n\n"
        "(c) Is the rule unbiased for pass@2? Why is one p enough for the one answer, and not for the other?",
        tuple(
            {"r1": r[0], "r2": r[1], "r3": r[2], "w0": w[0], "w1": w[1], "w2": w[2], "p": p, "right": r, "wrong": w}
            for r, w, p in (
                ((2, 1, 0), (0, -1, -1), 0.2),
                ((2, 1, 0), (0, -0.5, -1), 0.3),
                ((1.5, 1, 0.5), (0, -1, -0.5), 0.2),
            )
        ),
        lambda right, wrong, p, **_: _table(right, wrong, p),
        words=True,
    ),
)

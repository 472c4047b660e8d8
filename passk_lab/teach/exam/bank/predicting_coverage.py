"""Questions on notebook 09: what n samples say of a larger k."""

import numpy as np

from passk_lab import metrics
from passk_lab.course.content import EXERCISES
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task

NOTEBOOK = "09_predicting_coverage"


def _beta(a: int, b: int, k: int) -> Key:
    value = float(np.ravel(metrics.Prior(a, b, 0, 0).pass_at_k(k))[0])
    factors = " * ".join(f"({b + i} / {a + b + i})" for i in range(k))
    mean = a / (a + b)
    return Key(
        answers=(Answer(f"mean pass@{k}", value, f"1 - {factors}"),),
        steps=(
            Step(
                3, "After i wrong samples the next is wrong with chance (b + i)/(a + b + i), i = 0, 1, ...: k factors."
            ),
            Step(1, "One minus their product."),
        ),
        slips=(
            Slip(
                "the mean p put into the formula",
                "Draws the problem anew for each sample; a problem keeps its p, and a wrong sample makes a hard one "
                "likelier.",
                1,
                float(metrics.success_at_k(mean, k)),
            ),
            Slip(
                "counted from 1",
                "The first sample has no wrong one before it.",
                2,
                1 - float(np.prod([(b + i) / (a + b + i) for i in range(1, k + 1)])),
            ),
            Slip("the product itself", "Stopped one step early.", 3, 1 - value),
        ),
    )


def _stopped(p: float) -> Key:
    chances = [p, p * (1 - p), p * (1 - p) ** 2, (1 - p) ** 3]
    counts = [(1, 1), (2, 1), (3, 1), (3, 0)]
    naive = sum(chance * float(metrics.pass_at_k(n, c, 1)) for chance, (n, c) in zip(chances, counts, strict=True))
    return Key(
        answers=(Answer("(a) mean of c/n", naive, f"{p} + {p} * (1 - {p}) / 2 + {p} * (1 - {p})^2 / 3"),),
        steps=(
            Step(
                3,
                "(a) Solved at the first sample it counts 1, at the second 1/2, at the third 1/3, else 0; each with "
                "its chance.",
            ),
            Step(2, f"(b) Too high: {p} is true. The last sample is right because one stopped there."),
            Step(
                1,
                "(c) By the first sample of each problem alone, whose fate does not depend on where one stops.",
            ),
        ),
        slips=(
            Slip("p", "Thinks that fair samples make a fair count, however the stop was chosen.", 1, p),
            Slip("share of solved problems", "Gave pass@3.", 2, float(metrics.success_at_k(p, 3))),
            Slip(
                "(b) 'too low: hard problems get more samples'", "A mean over problems gives each the same weight.", 3
            ),
        ),
    )


def _worlds(top: float, share: float, points: tuple[float, float], weights: tuple[float, float]) -> Key:
    hopeless = metrics.Spread(np.array([0, top]), np.array([1 - share, share]))
    hard = metrics.Spread(np.array(points), np.array(weights))
    one_of_two = [
        float(EXERCISES["chance_of_count"].oracle(spread.p, spread.weight, 2, 1)) for spread in (hopeless, hard)
    ]
    three = [float(np.ravel(spread.pass_at_k(3))[0]) for spread in (hopeless, hard)]
    far = [float(np.ravel(spread.pass_at_k(10**6))[0]) for spread in (hopeless, hard)]
    (x, y), (u, v) = points, weights
    return Key(
        answers=(
            Answer("(a) first world", one_of_two[0], f"{share} * 2 * {top} * (1 - {top})", 4),
            Answer("(a) second world", one_of_two[1], f"{u} * 2 * {x} * (1 - {x}) + {v} * 2 * {y} * (1 - {y})", 4),
            Answer("(b) pass@3, first world", three[0], f"{share} * (1 - (1 - {top})^3)", 4),
            Answer("(b) pass@3, second world", three[1], f"{u} * (1 - (1 - {x})^3) + {v} * (1 - (1 - {y})^3)", 4),
        ),
        steps=(
            Step(
                3,
                "(a) A problem keeps its p for both samples: the chance of one right of two under each p, then "
                "weighed.",
            ),
            Step(2, "(b) The same with 1 - (1 - p)^3."),
            Step(
                2, f"(c) {far[0]:.10g} in the first world, where the rest is hopeless, and {far[1]:.10g} in the second."
            ),
            Step(
                3,
                "(d) Two samples of each problem show the first two moments of the spread, whatever the number of "
                "problems; pass@k needs k of them. More SAMPLES of each problem: then small p begin to show.",
            ),
        ),
        slips=(
            Slip("(a) from the mean p", "Gives every problem the mean chance.", 7, 2 * share * top * (1 - share * top)),
            Slip("(d) 'more problems'", "Takes a question of what can be seen for one of standard errors.", 7),
            Slip("(d) 'a model that fits'", "Both worlds fit alike; fit is no witness of what was not sampled.", 7),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "spread as a Beta",
        "A Beta predicts",
        "easy",
        "The chances p of a benchmark's problems are spread as a Beta with a = {a} and b = {b}: after i wrong samples "
        "of a problem its next one is wrong with chance (b + i)/(a + b + i). Give the mean pass@{k} over the "
        "problems.",
        ({"a": 1, "b": 5, "k": 3}, {"a": 1, "b": 4, "k": 3}, {"a": 2, "b": 3, "k": 3}, {"a": 2, "b": 5, "k": 3}),
        _beta,
    ),
    Task(
        NOTEBOOK,
        "until solved",
        "Sampled until solved",
        "medium",
        "To save money each problem is sampled until an answer is right, three times at most; n and c are written "
        "down. Suppose each problem has p = {p}.\n\n"
        "(a) What is the mean of c/n that comes out, in the long run?\n\n"
        "(b) Is that too high or too low for pass@1, and why?\n\n"
        "(c) How can pass@1 be had from these very samples without bias?",
        ({"p": 0.2}, {"p": 0.3}, {"p": 0.4}, {"p": 0.25}),
        _stopped,
        words=True,
    ),
    Task(
        NOTEBOOK,
        "two worlds",
        "Two worlds that look alike",
        "hard",
        "In a first world a share {share} of the problems is solved with p = {top}, and the others never. In a second "
        "world a share {u} is solved with p = {x} and a share {v} with p = {y}. Of each problem two samples are "
        "drawn.\n\n"
        "(a) With which chance is exactly one of the two right, for a problem taken at random? In either "
        "world.\n\n"
        "(b) Give pass@3 in either world.\n\n"
        "(c) To what does pass@k go as k grows?\n\n"
        "(d) Somebody has two samples of each of very many problems and asks for pass@1000. What do you answer, and "
        "what would help?",
        tuple(
            {
                "share": share,
                "top": top,
                "x": points[0],
                "y": points[1],
                "u": weights[0],
                "v": weights[1],
                "points": points,
                "weights": weights,
            }
            for top, share, points, weights in (
                (0.4, 0.5, (0.1, 0.6), (0.8, 0.2)),
                (0.3, 0.5, (0.1, 0.6), (0.9, 0.1)),
                (0.4, 0.75, (0.2, 0.6), (0.75, 0.25)),
            )
        ),
        lambda top, share, points, weights, **_: _worlds(top, share, points, weights),
        words=True,
    ),
)

"""Questions on notebook 11: verifiers that err, leads that hang on little, credit in a trainer."""

import numpy as np

from passk_lab import metrics, objectives
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, first_whole

NOTEBOOK = "11_your_own_runs"


def _accepted(p: float, a: float, b: float) -> Key:
    seen = float(metrics.seen_at_k(p, 1, a, b))
    right = float(metrics.seen_at_k(1, 1, a, b)) * p
    return Key(
        answers=(Answer("share", right / seen, f"{p} * (1 - {b}) / ({p} * (1 - {b}) + (1 - {p}) * {a})"),),
        steps=(
            Step(
                2, f"Right and accepted: p (1 - b) = {right:.4f}. Wrong and accepted: (1 - p) a = {seen - right:.4f}."
            ),
            Step(2, "The first over the sum of both."),
        ),
        slips=(
            Slip("1 - a", "How often a wrong sample is rejected: the condition is turned round.", 0, 1 - a),
            Slip("p (1 - b)", "Right AND accepted, not right IF accepted.", 2, right),
            Slip("b forgotten", "Lets the verifier accept every right sample.", 3, p / (p + (1 - p) * a)),
            Slip("right over wrong", "The odds.", 2, right / (seen - right)),
        ),
    )


def _noise(p: float, k: int, a: float, b: float) -> Key:
    s = float(metrics.seen_at_k(p, 1, a, b))
    weight = float(objectives.under_noise(objectives.get("pass@k", k=k), a, b).weight(p))
    work = f"((1 - {p}) * {a} + {p} * (1 - {b}))"
    return Key(
        answers=(
            Answer("(a) chance of being accepted", s, f"(1 - {p}) * {a} + {p} * (1 - {b})", 4),
            Answer("(b) weight", weight, f"{k} * (1 - {a} - {b}) * (1 - {work})^{k - 1}"),
        ),
        steps=(
            Step(2, "(a) s = (1-p) a + p (1-b)."),
            Step(2, "(b) Chain rule: k (1-s)^(k-1), times ds/dp = 1 - a - b."),
            Step(
                2,
                "(c) The size of the push, not its direction, as long as a + b < 1. In a comparison one common a "
                "shrinks a difference by (1-a)^k and keeps its sign, where no right sample is rejected; with "
                "rejections, or errors that belong to answers, that is no longer sure.",
            ),
        ),
        slips=(
            Slip(
                "weight at p", "Takes the verifier for one that never errs.", 3, float(metrics.weight_at_k(p, k)), of=1
            ),
            Slip(
                "inner slope forgotten",
                "The slope in s; but s moves by 1 - a - b only when p moves by 1.",
                5,
                float(metrics.weight_at_k(s, k)),
                of=1,
            ),
            Slip(
                "1 - b for 1 - a - b",
                "p stands in (1-p) a as well.",
                5,
                (1 - b) * float(metrics.weight_at_k(s, k)),
                of=1,
            ),
            Slip(
                "(c) 'training goes another way'",
                "For errors of each sample it does not; for errors of answers it may.",
                4,
            ),
        ),
    )


def _made(d: float, p: float) -> Key:
    base = np.array([p, 0.0])

    def seen(k: int) -> float:
        return float(np.mean(metrics.seen_at_k(base, k, d)))

    first = first_whole(lambda k: seen(k) > 0.5 + 1e-12)
    k = first
    return Key(
        answers=(
            Answer("(a) base, true", float(np.mean(metrics.success_at_k(base, 4))), f"(1 - (1 - {p})^4) / 2"),
            Answer("(b) base, seen", seen(4), f"((1 - ((1 - {p}) * (1 - {d}))^4) + (1 - (1 - {d})^4)) / 2"),
            Answer("(c) first k", k, str(k), 0),
        ),
        steps=(
            Step(2, "(a) Each problem, then the mean; the second gives nothing. The trained model has 0.5 at every k."),
            Step(
                3,
                "(b) A wrong sample of the base is accepted with its chance, whether the problem is solved or not: 1 "
                "- ((1-p)(1-d))^k on the first, 1 - (1-d)^k on the second.",
            ),
            Step(
                2,
                f"(c) Seen are {', '.join(f'{seen(j):.3f}' for j in range(1, k + 1))} for k = 1 to {k}; the trained "
                "model is seen at 0.5 throughout.",
            ),
            Step(
                3,
                "(d) The crossing is made by the verifier: the one who tries many wrong answers holds more tickets "
                "than the one who repeats a rejected one. Read by hand what one model alone solved, each distinct "
                "accepted answer once.",
            ),
        ),
        slips=(
            Slip(
                "(b) the true number",
                "One verifier for both is taken to treat both alike.",
                5,
                float(np.mean(metrics.success_at_k(base, 4))),
                of=1,
            ),
            Slip(
                "(d) 'one verifier cannot make a crossing'",
                "So it is for one rate on every sample of both; here errors belong to answers.",
                7,
            ),
            Slip(
                "(d) 'read a random hundred of the accepted'", "Nearly all of these are of problems that both solve.", 8
            ),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "right among the accepted",
        "What an accepted sample is worth",
        "easy",
        "A sample is right with chance p = {p}. The verifier accepts a wrong sample with chance a = {a} and rejects a "
        "right one with chance b = {b}. Which share of the accepted samples is right?",
        (
            {"p": 0.02, "a": 0.01, "b": 0.1},
            {"p": 0.05, "a": 0.02, "b": 0.1},
            {"p": 0.03, "a": 0.02, "b": 0.2},
            {"p": 0.04, "a": 0.01, "b": 0.2},
        ),
        _accepted,
    ),
    Task(
        NOTEBOOK,
        "weight under errors",
        "Training on verdicts",
        "medium",
        "A verifier accepts a wrong sample with chance a = {a} and rejects a right one with chance b = {b}, anew for "
        "each sample. A prompt has p = {p}; training on verdicts climbs the pass@{k} that is SEEN.\n\n"
        "(a) With which chance is one sample accepted?\n\n"
        "(b) Which weight does the prompt's gradient of p get?\n\n"
        "(c) What do such errors change in the training of one prompt, and what in a comparison of two models?",
        (
            {"p": 0.3, "k": 4, "a": 0.05, "b": 0.1},
            {"p": 0.2, "k": 4, "a": 0.1, "b": 0.1},
            {"p": 0.25, "k": 5, "a": 0.05, "b": 0.2},
            {"p": 0.4, "k": 3, "a": 0.1, "b": 0.05},
        ),
        _noise,
        words=True,
    ),
    Task(
        NOTEBOOK,
        "a crossing that was made",
        "A lead that the verifier made",
        "hard",
        "Two problems, one verifier. The trained model always solves the first; on the second it repeats one wrong "
        "answer, which is rejected. The base solves the first with p = {p} and never the second; its wrong answers "
        "are so many that none comes twice, and each is accepted with chance {d}. Right answers are accepted.\n\n"
        "(a) Give the base's true mean pass@4 over the two problems.\n\n"
        "(b) Give the mean pass@4 that is seen of the base.\n\n"
        "(c) From which k on is the base seen strictly ahead of the trained model?\n\n"
        "(d) What has happened, and what would you read by hand to find it out?",
        ({"d": 0.1, "p": 0.4}, {"d": 0.15, "p": 0.3}, {"d": 0.12, "p": 0.3}, {"d": 0.08, "p": 0.5}),
        _made,
        words=True,
    ),
)

"""Questions on notebook 04: the gap, the answer that wins, what holds a policy open."""

import numpy as np

from passk_lab import exact, metrics
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "04_exploration_collapse"


def _gap(p: float, k: int) -> Key:
    grows = p < float(metrics.gap_peak(k))
    return Key(
        answers=(Answer("gap", float(metrics.gap_at_k(p, k)), f"1 - (1 - {p})^{k} - {p}"),),
        steps=(
            Step(2, "pass@k less pass@1."),
            Step(
                2,
                f"It {'grows' if grows else 'shrinks'} as p rises: the weight there is "
                f"{float(metrics.weight_at_k(p, k)):.3f}, and the gap grows where the weight is above 1.",
            ),
        ),
        slips=(
            Slip("p not taken off", "Gave pass@k.", 2, float(metrics.success_at_k(p, k))),
            Slip(f"'it {'shrinks' if grows else 'grows'}'", "Takes one side of the hill for the whole of it.", 2),
            Slip("(1 - p)^k - p", "The miss in the place of the hit.", 2, (1 - p) ** k - p),
        ),
    )


def _distinct(right: tuple[float, ...], k: int) -> Key:
    p = sum(right)
    work = " + ".join(f"(1 - (1 - {q})^{k})" for q in right)
    return Key(
        answers=(
            Answer("(a) different right answers", float(metrics.success_at_k(np.array(right), k).sum()), work, 4),
            Answer(f"(b) pass@{k}", float(metrics.success_at_k(p, k)), f"1 - (1 - {p:.10g})^{k}", 4),
        ),
        steps=(
            Step(3, f"(a) Answer by itself: it is met unless all {k} draws miss it. Then the sum over the right ones."),
            Step(1, f"(b) p is the sum, {p:.10g}."),
            Step(
                2,
                "(c) pass@k depends on p alone and is 1 at most: it does not see how p is shared out. So a policy may "
                "drop an answer while pass@k rises.",
            ),
        ),
        slips=(
            Slip("k p", "Counts right draws; a draw of the same answer counts again.", 3, k * p),
            Slip("(a) the number of right answers", "All that exist, drawn or not.", 3, float(len(right))),
            Slip(
                "(b) sum of the answers' own pass@k",
                "Took (a) for a chance.",
                5,
                float(metrics.success_at_k(np.array(right), k).sum()),
                of=1,
            ),
            Slip("(c) 'pass@k pays for variety'", "Reads diversity into a goal that asks for any right answer.", 4),
        ),
    )


def _features(pi: tuple[float, ...], length: float) -> Key:
    features: list[list[float]] = [[1, 0], [0, length], [0, 0]]

    def ratio(vectors: list[list[float]] | None) -> float:
        bandit = exact.Bandit(np.log(pi), correct=[0, 1], features=vectors)
        speeds = bandit.gradient("pass@1")
        speeds = speeds if vectors is None else np.array(vectors) @ speeds
        return float(speeds[1] / speeds[0])

    ahead = "second" if ratio(features) > 1 else "first"
    return Key(
        answers=(
            Answer("(a) ratio", ratio(None), f"{pi[1]} / {pi[0]}"),
            Answer("(b) ratio", ratio(features), f"{length}^2 * {pi[1]} / {pi[0]}"),
        ),
        steps=(
            Step(
                2,
                "(a) Each logit of a right answer moves at weight times its chance times (1 - p): the ratio is that "
                "of the chances.",
            ),
            Step(3, "(b) Features at right angles: the speed has the squared length of the answer's own feature too."),
            Step(
                2,
                f"(c) The {ahead} answer: in (b) its logit is the faster, and as it gains chance it gets faster still.",
            ),
            Step(2, "(c) k is not in the ratio: F'(p) is one factor of all logits, and sets the clock alone."),
            Step(1, "(c) 'The likelier wins' is a statement about logits that are parameters."),
        ),
        slips=(
            Slip(
                "(b) length not squared",
                "The feature acts twice: the parameter moves by it, and moves the logit by it.",
                8,
                length * pi[1] / pi[0],
                of=1,
            ),
            Slip("(a) 1", "Thinks that what is rewarded alike is learnt alike.", 7, 1.0),
            Slip(
                "(c) 'a large k helps the rarer one'",
                "Gives each answer a weight of its own; the weight is taken at p.",
                6,
            ),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "the gap",
        "The gap",
        "easy",
        "A prompt is solved with chance p = {p}. Give the gap pass@{k} - pass@1. Does it grow or shrink when p rises "
        "a little? Give the reason.",
        ({"p": 0.2, "k": 4}, {"p": 0.6, "k": 4}, {"p": 0.3, "k": 3}, {"p": 0.55, "k": 3}),
        _gap,
        words=True,
    ),
    Task(
        NOTEBOOK,
        "different right answers",
        "How many right answers will be seen?",
        "medium",
        "A policy gives its right answers the chances {right_text}; everything else is wrong. It is sampled {k} "
        "times.\n\n"
        "(a) How many different right answers do you expect to see?\n\n"
        "(b) What is pass@{k}?\n\n"
        "(c) Why can the one fall while the other rises?",
        tuple(
            {"right": right, "right_text": listed(right), "k": k}
            for right, k in (
                ((0.3, 0.1, 0.05), 4),
                ((0.2, 0.15, 0.05), 4),
                ((0.2, 0.1, 0.1), 5),
                ((0.3, 0.15, 0.05), 3),
            )
        ),
        lambda right, k, **_: _distinct(right, k),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "who wins",
        "Which right answer wins?",
        "hard",
        "One prompt, three answers with chances {pi_text}; the first two are right. Training follows the exact "
        "gradient of pass@k.\n\n"
        "(a) Each logit is a parameter of its own. How fast does the second answer's logit rise, as a multiple of the "
        "first one's, at the start?\n\n"
        "(b) Now the logits are computed from parameters: logit = start + feature · parameters, with features (1, 0), "
        "(0, {length}) and (0, 0). The same multiple?\n\n"
        "(c) Which answer takes the rest in the world of (b), what does k change in it, and what becomes of the "
        "sentence *the likelier right answer wins*?",
        tuple(
            {"pi": pi, "pi_text": listed(pi), "length": length}
            for pi, length in (((0.3, 0.2, 0.5), 2), ((0.4, 0.1, 0.5), 3), ((0.5, 0.2, 0.3), 2), ((0.3, 0.1, 0.6), 2.5))
        ),
        lambda pi, length, **_: _features(pi, length),
        words=True,
    ),
)

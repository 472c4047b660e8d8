"""Questions on notebook 05: where one prompt's theorem ends."""

import numpy as np

from passk_lab import exact, metrics, objectives
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed, root_between

NOTEBOOK = "05_many_prompts"


def _mean_weight(p: tuple[float, ...], k: int) -> Key:
    weights = metrics.weight_at_k(np.array(p), k)
    work = " + ".join(f"{k} * (1 - {q})^{k - 1}" for q in p)
    return Key(
        answers=(Answer("mean weight", float(weights.mean()), f"({work}) / {len(p)}"),),
        steps=(
            Step(3, f"Each prompt by itself: {listed(weights.round(4))}."),
            Step(1, "Then the mean."),
        ),
        slips=(
            Slip(
                "weight at the mean p",
                "A function of a mean for a mean of the function.",
                1,
                float(metrics.weight_at_k(float(np.mean(p)), k)),
            ),
            Slip("sum, not divided", "Forgot the mean.", 3, float(weights.sum())),
            Slip(
                "exponent k",
                "Derivative of a power: the exponent was not lowered.",
                2,
                float((k * (1 - np.array(p)) ** k).mean()),
            ),
        ),
    )


def _against(p: tuple[float, float], k: int) -> Key:
    easy, hard = p

    def slope(draws: int) -> float:
        return (
            float(
                metrics.weight_at_k(easy, draws) * easy * (1 - easy)
                - metrics.weight_at_k(hard, draws) * hard * (1 - hard)
            )
            / 2
        )

    def work(draws: int) -> str:
        terms = [f"{draws} * (1 - {q})^{draws - 1} * {q} * (1 - {q})" for q in p]
        return f"({terms[0]} - {terms[1]}) / 2"

    return Key(
        answers=(
            Answer("(a) slope of mean pass@1", slope(1), work(1), 5),
            Answer(f"(b) slope of mean pass@{k}", slope(k), work(k), 5),
        ),
        steps=(
            Step(2, "(a) Mean of b p (1-p) over the two prompts."),
            Step(2, "(b) Each term with its own weight."),
            Step(1, "(c) Opposite signs: a step that raises the one lowers the other."),
            Step(1, "(c) No contradiction: each prompt's two gradients point alike; weights that differ turn the sum."),
        ),
        slips=(
            Slip(
                "one weight for both",
                "Weight at the mean p: with a common factor no sum can turn.",
                3,
                float(metrics.weight_at_k((easy + hard) / 2, k)) * slope(1),
                of=1,
            ),
            Slip(
                "signs of b ignored",
                "Forgets that the second prompt loses as the parameter rises.",
                2,
                (easy * (1 - easy) + hard * (1 - hard)) / 2,
            ),
            Slip("(c) 'this contradicts the theorem'", "Takes a statement about one prompt for one about means.", 5),
        ),
    )


def _mixture(w: float, k: int) -> Key:
    goal = objectives.get("pass@k", k=k)

    def slope(x: float) -> float:
        return float(exact.two_strategies(w, start=x).gradient(goal)[0])

    def mean(x: float, draws: int) -> float:
        return float(w * metrics.success_at_k(x, draws) + (1 - w) * metrics.success_at_k(1 - x, draws))

    best = root_between(0.5, 1 - 1e-9, slope)
    odds = f"({w} / {1 - w:.10g})^(1 / {k - 1})"
    x = f"({odds} / (1 + {odds}))"
    other = "1 - " + x
    return Key(
        answers=(
            Answer("(a) chance of A", best, f"{odds} / (1 + {odds})"),
            Answer(f"(b) pass@{k}", mean(best, k), f"{w} * (1 - ({other})^{k}) + {1 - w:.10g} * (1 - {x}^{k})"),
            Answer("(b) pass@1", mean(best, 1), f"{w} * {x} + {1 - w:.10g} * ({other})"),
        ),
        steps=(
            Step(
                4,
                f"(a) The slope is k (w (1-x)^{k - 1} - (1-w) x^{k - 1}); it is zero where x/(1-x) = "
                f"(w/(1-w))^(1/{k - 1}).",
            ),
            Step(2, "(b) Put x into w (1 - (1-x)^k) + (1-w)(1 - x^k), and into w x + (1-w)(1-x)."),
            Step(
                2, f"(c) pass@1 is a straight line in x: best at x = 1, with {w}; the mixture gives some of that away."
            ),
            Step(
                2,
                "(c) So pass@k has another optimum, and keeps both strategies. That is no counter-example to the "
                "theorem, which is about one prompt: here prompts need different answers and look alike.",
            ),
        ),
        slips=(
            Slip(f"(a) x = w = {w}", "That is the answer for two draws.", 7, w),
            Slip("(a) x = 1", "Took pass@1's optimum for that of any k.", 4, 1.0),
            Slip("(a) x = 1/2", "Thinks that covering means half and half; that is the limit of large k.", 5, 0.5),
            Slip("(c) 'only sampling noise'", "Believes that exact gradients of two goals must agree.", 6),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "mean weight",
        "The weight of a batch",
        "easy",
        "Three prompts are solved with chances {p_text}. Give the mean over these prompts of the weight that pass@{k} "
        "puts on each.",
        tuple(
            {"p": p, "p_text": listed(p), "k": k}
            for p, k in (((0.1, 0.5, 0.9), 4), ((0.2, 0.4, 0.9), 4), ((0.1, 0.6, 0.8), 5), ((0.2, 0.5, 0.95), 5))
        ),
        lambda p, k, **_: _mean_weight(p, k),
    ),
    Task(
        NOTEBOOK,
        "pulling apart",
        "Two prompts, one parameter",
        "medium",
        "Two prompts share one parameter θ: p = sigmoid(a + b θ). The easy one has p = {easy} and b = 1, the hard one "
        "p = {hard} and b = -1.\n\n"
        "(a) Give the slope in θ of the mean pass@1 of the two.\n\n"
        "(b) And of their mean pass@{k}.\n\n"
        "(c) What do the two signs say, and why is that possible though every weight is positive?",
        tuple(
            {"easy": p[0], "hard": p[1], "p": p, "k": k}
            for p, k in (((0.8, 0.1), 3), ((0.75, 0.125), 2), ((0.7, 0.1), 3), ((0.8, 0.12), 2))
        ),
        lambda p, k, **_: _against(p, k),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "two strategies",
        "A policy that cannot see",
        "hard",
        "A share w = {w} of the prompts is solved by strategy A alone, the rest by B alone. The policy cannot tell "
        "them apart; it uses A with chance x at each draw.\n\n"
        "(a) Which x gives the best mean pass@{k}?\n\n"
        "(b) Give the mean pass@{k} and the mean pass@1 at that x.\n\n"
        "(c) Where would training on pass@1 end, what does the mixture cost, and does this refute *pass@k shows no "
        "new direction*?",
        ({"w": 0.8, "k": 3}, {"w": 0.7, "k": 3}, {"w": 0.75, "k": 3}, {"w": 0.9, "k": 3}),
        _mixture,
        words=True,
    ),
)

"""Questions on notebook 07: credit, fair comparison, and what samples let an objective have."""

import numpy as np

from passk_lab import objectives
from passk_lab.lm import compare
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "07_objectives_compared"


def _grpo(n: int, c: int) -> Key:
    table = objectives.get("grpo").credit(n)
    spread = f"sqrt({c} / {n} * (1 - {c} / {n}))"
    plain = objectives.get("mean-centred").credit(n)
    return Key(
        answers=(
            Answer("a right sample", float(table.correct[c]), f"(1 - {c} / {n}) / {spread}"),
            Answer("a wrong sample", float(table.wrong[c]), f"(0 - {c} / {n}) / {spread}"),
        ),
        steps=(
            Step(2, f"Mean {c}/{n}, standard deviation the root of {c}/{n} (1 - {c}/{n}), divided by n."),
            Step(2, "Reward less mean, over that, for either kind."),
        ),
        slips=(
            Slip("not divided", "Reward less mean: the rule without GRPO's scale.", 2, float(plain.correct[c])),
            Slip("divided by the variance", "Forgot the root.", 2, (1 - c / n) / (c / n * (1 - c / n))),
            Slip(
                "n - 1 inside the root",
                "The other standard deviation; a factor, here close to 1.",
                3,
                float(table.correct[c]) * ((n - 1) / n) ** 0.5,
            ),
        ),
    )


def _progress(one: tuple[float, ...], many: tuple[float, ...], level: float, rival: float) -> Key:
    value = float(compare.at_equal_progress(one, many, level)[0])
    j = next(i for i in range(len(one) - 1) if one[i] < level < one[i + 1])
    ahead = "first" if value > rival else "second"
    return Key(
        answers=(
            Answer(
                "(a) pass@256 there",
                value,
                f"{many[j]} + ({level} - {one[j]}) / ({one[j + 1]} - {one[j]}) * ({many[j + 1]} - {many[j]})",
            ),
        ),
        steps=(
            Step(2, "(a) Between the two evaluations around the level, on a straight line."),
            Step(1, "(a) The number."),
            Step(1, f"(b) At equal progress the {ahead} run keeps more."),
            Step(
                2,
                "(c) Equal steps are not equal progress: Adam rescales each objective's gradient, so one rate is "
                "another speed for each, and who has moved less has kept more. Rates and seeds are to be varied.",
            ),
        ),
        slips=(
            Slip("the evaluation before the level", "Compared runs at different progress.", 3, many[j]),
            Slip("the evaluation after the level", "Compared runs at different progress.", 3, many[j + 1]),
            Slip("their middle", "Did not look how near the level is to either.", 4, (many[j] + many[j + 1]) / 2),
            Slip("(c) 'who ends with more pass@256 is better'", "Takes a slow run for a careful one.", 4),
        ),
    )


def _carriers(p: tuple[float, ...], k: int) -> Key:
    chances = np.array(p)

    def number(draws: int) -> float:
        pulls = objectives.get("pass@k", k=draws).weight(chances) * chances * (1 - chances)
        return len(p) * objectives.effective_share(pulls)

    def work(draws: int) -> str:
        pulls = [f"{draws} * {q} * (1 - {q})^{draws}" for q in p]
        return f"({' + '.join(pulls)})^2 / ({' + '.join(f'({pull})^2' for pull in pulls)})"

    pulls = [k * q * (1 - q) ** k for q in p]
    return Key(
        answers=(
            Answer("(a) under pass@1", number(1), work(1), 2),
            Answer(f"(b) under pass@{k}", number(k), work(k), 2),
        ),
        steps=(
            Step(3, "(a) Pulls p (1 - p), their sum squared over the sum of their squares."),
            Step(3, f"(b) Pulls {k} p (1-p)^{k}: {listed(np.round(pulls, 4))}. (The factor {k} cancels.)"),
            Step(2, "(c) With a large k fewer prompts carry the update, so it hangs on fewer groups and is noisier."),
            Step(
                2,
                "(c) The objective has not changed by that: with the exact gradient it is free of this noise, so a "
                "weak sampled run does not convict it. A better table (loo-1) or larger groups come first.",
            ),
        ),
        slips=(
            Slip(
                "(b) the weight in place of the pull",
                "A prompt that is hardly ever solved has weight and no gradient: p (1-p) is in the pull too.",
                7,
                float(len(p) * objectives.effective_share(objectives.get("pass@k", k=k).weight(chances))),
                of=1,
            ),
            Slip(
                "(b) sum over the largest",
                "Keeps the largest pull, where the sum of squares is to be kept.",
                7,
                sum(pulls) / max(pulls),
                of=1,
            ),
            Slip("(b) share", "Divided by the number of prompts.", 9, number(k) / len(p), of=1),
            Slip("(c) 'so pass@k is the worse goal'", "Blames the goal for its estimate.", 7),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "credit of GRPO",
        "GRPO's credit",
        "easy",
        "In a group of n = {n} samples c = {c} are right (reward 1), the others wrong (reward 0). Give GRPO's credit "
        "of a right and of a wrong sample.",
        ({"n": 8, "c": 2}, {"n": 10, "c": 2}, {"n": 9, "c": 3}, {"n": 10, "c": 4}),
        _grpo,
    ),
    Task(
        NOTEBOOK,
        "equal progress",
        "Compared at equal progress",
        "medium",
        "A run has, at its evaluations in order of time, pass@1 = {one_text} and pass@256 = {many_text}. A second "
        "run, with another objective and the same number of steps, has pass@256 = {rival} where its pass@1 is "
        "{level}, and ends at pass@1 = {end}.\n\n"
        "(a) What pass@256 has the first run where its pass@1 is {level}?\n\n"
        "(b) Which of the two has kept more at equal progress?\n\n"
        "(c) Why not compare them at the same step?",
        tuple(
            {
                "one": one,
                "many": many,
                "one_text": listed(one),
                "many_text": listed(many),
                "level": level,
                "rival": rival,
                "end": end,
            }
            for one, many, level, rival, end in (
                ((0.23, 0.35, 0.45, 0.52), (0.98, 0.95, 0.91, 0.86), 0.38, 0.962, 0.41),
                ((0.22, 0.32, 0.44, 0.5), (0.98, 0.96, 0.9, 0.87), 0.35, 0.964, 0.39),
                ((0.24, 0.34, 0.46, 0.55), (0.99, 0.96, 0.92, 0.85), 0.42, 0.921, 0.43),
            )
        ),
        lambda one, many, level, rival, **_: _progress(one, many, level, rival),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "who carries the signal",
        "How many prompts carry the signal?",
        "hard",
        "Four prompts are solved with chances {p_text}. Each pulls on its own logit with the slope of its pass@k "
        "there. The effective number of prompts for pulls s is (Σ s)² / Σ s².\n\n"
        "(a) Give it for pass@1.\n\n"
        "(b) And for pass@{k}.\n\n"
        "(c) What does that do to an update from samples? A run on pass@{k} by plain credit ends far below one by the "
        "exact gradient of pass@{k}: what does that say of the objective?",
        tuple(
            {"p": p, "p_text": listed(p), "k": k}
            for p, k in (
                ((0.1, 0.3, 0.6, 0.9), 4),
                ((0.1, 0.4, 0.6, 0.8), 4),
                ((0.2, 0.4, 0.7, 0.9), 3),
                ((0.1, 0.2, 0.7, 0.8), 3),
            )
        ),
        lambda p, k, **_: _carriers(p, k),
        words=True,
    ),
)

"""Questions on notebook 06: a network whose right answers can be listed."""

import math
from functools import cache

import numpy as np

from passk_lab import exact, metrics
from passk_lab.lm import recorded
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "06_train_a_model"


def _listed_answers(chances: tuple[float, ...], k: int) -> Key:
    p = sum(chances)
    return Key(
        answers=(Answer(f"pass@{k}", float(metrics.success_at_k(p, k)), f"1 - (1 - {p:.10g})^{k}"),),
        steps=(
            Step(2, f"A sample is one answer and not another: the chances add to p = {p:.10g}."),
            Step(2, "1 - (1 - p)^k."),
        ),
        slips=(
            Slip(
                "the likeliest answer alone",
                "Overlooks that any right answer will do.",
                2,
                float(metrics.success_at_k(max(chances), k)),
            ),
            Slip("k p", "Adds the chances of draws that may both be right.", 1, k * p),
            Slip("p alone", "Gave pass@1.", 1, p),
        ),
    )


def _temperature(logits: tuple[float, ...], place: int, warm: float) -> Key:
    def chance(temperature: float) -> float:
        return float(exact.Bandit(np.array(logits) / temperature, correct=[place]).p)

    def work(temperature: float) -> str:
        terms = [f"exp({z} / {temperature})" for z in logits]
        return f"{terms[place]} / ({' + '.join(terms)})"

    rises = chance(warm) > chance(1)
    return Key(
        answers=(
            Answer("(a) at T = 1", chance(1), work(1)),
            Answer(f"(b) at T = {warm}", chance(warm), work(warm)),
        ),
        steps=(
            Step(2, "(a) Softmax of the logits."),
            Step(2, "(b) The logits divided by T, and a new sum below."),
            Step(
                2,
                f"(c) It {'rises' if rises else 'falls'} with heat, and so do{'' if rises else ' not'} the unlikely "
                "wrong tokens: heat moves all chances closer together. Over an answer of many tokens every place is "
                "disturbed, so pass@1 pays, and an answer at 1e-10 stays out of reach.",
            ),
        ),
        slips=(
            Slip("logits times T", "The temperature turned round: that cools.", 4, chance(1 / warm), of=1),
            Slip(
                "chance divided by T",
                "Divides the chance; it is the logits that are divided.",
                4,
                chance(1) / warm,
                of=1,
            ),
            Slip(
                "sum left at T = 1",
                "The sum below changes with T as well.",
                4,
                math.exp(logits[place] / warm) / sum(math.exp(z) for z in logits),
                of=1,
            ),
            Slip("(c) 'heat brings back what training lost'", "Takes a trained model for a cold base.", 4),
        ),
    )


@cache
def _curves(method: str) -> dict[int, dict[int, float]]:
    rows = recorded.curves().query("method == @method and split == 'unseen'")
    ends = rows[rows.step.isin([rows.step.min(), rows.step.max()])]
    table = ends.groupby(["step", "k"]).pass_at_k.mean().unstack("k")
    return {
        place: {k: round(float(row[k]), 2) for k in (1, 4, 32, 256)} for place, (_, row) in enumerate(table.iterrows())
    }


def _shown(method: str) -> str:
    before, after = _curves(method).values()
    head = "| | " + " | ".join(f"pass@{k}" for k in before) + " |\n|---|" + "---|" * len(before)
    rows = [
        f"| {name} | " + " | ".join(f"{row[k]:.2f}" for k in row) + " |"
        for name, row in (("before", before), ("after", after))
    ]
    return "\n".join([head, *rows])


def _recorded(method: str) -> Key:
    before, after = _curves(method).values()
    ks = list(before)
    turn = next(i for i, k in enumerate(ks) if after[k] < before[k])
    return Key(
        answers=(
            Answer("(a) gap before", before[256] - before[1], f"{before[256]} - {before[1]}", 2),
            Answer("(a) gap after", after[256] - after[1], f"{after[256]} - {after[1]}", 2),
        ),
        steps=(
            Step(2, "(a) pass@256 less pass@1 in each row."),
            Step(1, f"(b) Between k = {ks[turn - 1]} and k = {ks[turn]}."),
            Step(
                3,
                "(c) Prompts went to both ends: many are solved nearly always, which lifts the mean of p, and some "
                "hardly ever, which even 256 draws miss. The mean of p hardly sees the difference between 0.02 and "
                "0.0001; pass@256 does.",
            ),
            Step(
                2,
                "(d) Their groups are nearly all wrong: no contrast, no signal. The training itself made them silent.",
            ),
            Step(
                2,
                "(e) Held-out numbers, drawn anew as whole multisets, since prompts with the same numbers rise and "
                "fall together; and other seeds. The difference is taken multiset by multiset.",
            ),
        ),
        slips=(
            Slip(
                "(c) 'more wrong samples spoil the result'",
                "pass@k asks for one right sample: wrong ones harm nothing.",
                7,
            ),
            Slip("(c) 'noise of sampling'", "p was summed from the list of right answers: nothing is sampled here.", 8),
            Slip("(d) 'a larger k would reach them'", "A weight acts on samples that have to be drawn first.", 8),
            Slip("(e) bars from prompts as if independent", "Too narrow: the witnesses are not independent.", 9),
            Slip("(a) pass@256 - pass@4", "Read off the wrong column.", 9, after[256] - after[4], of=1),
        ),
    )


METHODS = ("GRPO to collapse", "GRPO on Countdown-4")

TASKS = (
    Task(
        NOTEBOOK,
        "right answers listed",
        "From a list of answers to pass@k",
        "easy",
        "The right answers to a prompt are known, and a network gives them the chances {chances_text}. Give pass@{k}.",
        tuple(
            {"chances": chances, "chances_text": listed(chances), "k": k}
            for chances, k in (
                ((0.02, 0.015, 0.005), 16),
                ((0.03, 0.01, 0.01), 12),
                ((0.025, 0.02, 0.015), 10),
                ((0.04, 0.02, 0.01), 8),
            )
        ),
        lambda chances, k, **_: _listed_answers(chances, k),
    ),
    Task(
        NOTEBOOK,
        "temperature",
        "A warmer model",
        "medium",
        "At one place of an answer three tokens are possible, with logits {logits_text}; the {which} one leads to a "
        "right answer.\n\n"
        "(a) With which chance is it drawn at temperature 1?\n\n"
        "(b) And at temperature {warm}?\n\n"
        "(c) A trained model has lost answers. Does a higher temperature give them back? Say what it does to the "
        "others.",
        tuple(
            {"logits": logits, "logits_text": listed(logits), "place": 2, "which": "last", "warm": warm}
            for logits, warm in (((3, 1, 0), 2), ((4, 2, 0), 2), ((4, 1, -1), 2), ((3, 2, -1), 2))
        ),
        lambda logits, place, warm, **_: _temperature(logits, place, warm),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "both ends",
        "Up at one draw, down at 256",
        "hard",
        "{run} Exact pass@k on held-out numbers, mean of three seeds:\n\n"
        "{table}\n\n"
        "(a) Give the gap pass@256 - pass@1 before and after.\n\n"
        "(b) Between which of these k do the curves cross?\n\n"
        "(c) How can pass@1 rise while pass@256 falls?\n\n"
        "(d) Why do the prompts that were lost not come back as training goes on?\n\n"
        "(e) Which uncertainty is left, and how would you draw its bars?",
        (
            {
                "method": METHODS[0],
                "run": "A small network was trained by GRPO on a number game.",
                "table": lambda variant: _shown(variant["method"]),
            },
            {
                "method": METHODS[1],
                "run": "A small network was trained by GRPO on a harder number game, with four numbers.",
                "table": lambda variant: _shown(variant["method"]),
            },
        ),
        lambda method, **_: _recorded(method),
        words=True,
    ),
)

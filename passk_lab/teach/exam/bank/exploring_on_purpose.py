"""Questions on notebook 08: mechanisms, what they hold and what they cost."""

import numpy as np

from passk_lab import exact, objectives
from passk_lab.course.content import EXERCISES
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, listed

NOTEBOOK = "08_exploring_on_purpose"


def _novelty(solutions: tuple[int, ...]) -> Key:
    oracle = EXERCISES["novelty_reward"].oracle
    rewards = [float(oracle(solutions, i)) for i in range(len(solutions))]
    copies, right = solutions.count(0), sum(s >= 0 for s in solutions)
    kinds = len(set(solutions) - {-1})
    return Key(
        answers=(
            Answer("a copy of the commonest solution", rewards[solutions.index(0)], f"1 / {copies}"),
            Answer("sum over the group", sum(rewards), str(kinds), 0),
        ),
        steps=(
            Step(2, "A solution's reward of 1 is shared evenly among its copies; a wrong sample gets 0."),
            Step(2, f"Each of the {kinds} solutions adds up to 1, however often it was written."),
        ),
        slips=(
            Slip(
                "1 over the number of right samples",
                "Shares among all right samples and not among copies.",
                1,
                1 / right,
            ),
            Slip(
                "wrong samples paid too",
                "Takes 'wrong' for one more solution: a rare mistake would be worth more than a common right answer.",
                2,
                kinds + 1,
                of=1,
            ),
            Slip("1 for each right sample", "The plain reward: copies cost nothing.", 1, right, of=1),
        ),
    )


def _two_ways(base: tuple[float, float], policy: tuple[float, float]) -> Key:
    now, start = np.array([policy]), np.array([base])
    reverse, forward = (-float(exact.kl_to_start(1.0, forward=way).value(now, start)[0]) for way in (False, True))

    def work(of: tuple[float, float], over: tuple[float, float]) -> str:
        return " + ".join(f"{a} * ln({a} / {b})" for a, b in zip(of, over, strict=True))

    return Key(
        answers=(
            Answer("(a) reverse KL", reverse, work(policy, base)),
            Answer("(b) forward KL", forward, work(base, policy)),
        ),
        steps=(
            Step(2, "(a) KL(policy ‖ base): a mean over what the policy writes."),
            Step(2, "(b) KL(base ‖ policy): a mean over what the base writes."),
            Step(
                2,
                "(c) The forward one: half of what the base writes is B, and its log ratio grows without bound as B "
                "dies out. The reverse one hardly counts what is hardly written, and stays below ln 2 here.",
            ),
        ),
        slips=(
            Slip("the two exchanged", "Which of the two writes is what the mean is over.", 3, forward),
            Slip("bits", "The logarithm to base 2 in the place of ln.", 4, reverse / np.log(2)),
            Slip(
                "(c) 'either: both are 0 only where the two agree'",
                "True, and no answer: far from there they differ.",
                4,
            ),
        ),
    )


def _explosion(p: float, k: int, n: int) -> Key:
    weight = float(objectives.get("pass@k", k=k).weight(p))
    wrong = float(objectives.get("grpo").credit(n).wrong[n - 1])
    share = f"{n - 1} / {n}"
    return Key(
        answers=(
            Answer(f"(a) weight of pass@{k}", weight, f"{k} * (1 - {p})^{k - 1}", 5),
            Answer("(b) credit of the wrong sample", wrong, f"(0 - {share}) / sqrt({share} * (1 - {share}))", 2),
        ),
        steps=(
            Step(2, "(a) The weight at this p."),
            Step(2, "(b) Standardised in its group: minus the root of n - 1."),
            Step(
                3,
                "(c) The bonus keeps its size. Under pass@k nothing speaks against it where prompts are solved, so "
                "the policy spreads until right answers are too rare to be drawn; then there is no way back. Under "
                "GRPO a wrong sample in a solved group is fined at once, and hard.",
            ),
            Step(
                3,
                "(d) A controller that holds the entropy near a target and pays nothing above it; a smaller "
                "coefficient; a hold that is tied to the base (KL); an objective that still weighs solved prompts. "
                "Two of them, with the reason.",
            ),
        ),
        slips=(
            Slip(
                "(c) 'pass@k pays for wrong samples'",
                "It never pays a wrong sample more than a right one: it says nothing here, which is enough.",
                7,
            ),
            Slip(
                "(c) 'the bonus is too large for any objective'",
                "How much is too much depends on what stands against it.",
                8,
            ),
            Slip("(b) reward less mean, not divided", "The scale is what makes it so hard.", 8, -(n - 1) / n, of=1),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "novelty",
        "Copies share",
        "easy",
        "Of a group of {n} samples {right} are right: {spelled}. The novelty rule pays 1 for each solution, shared "
        "among its copies. What does one copy of the commonest solution get, and what do all samples of the group get "
        "together?",
        (
            {
                "n": 8,
                "right": 6,
                "spelled": "four spell one solution, one a second, one a third",
                "solutions": (0, 0, 0, 0, 1, 2, -1, -1),
            },
            {
                "n": 10,
                "right": 7,
                "spelled": "five spell one solution, two a second",
                "solutions": (0, 0, 0, 0, 0, 1, 1, -1, -1, -1),
            },
            {
                "n": 10,
                "right": 8,
                "spelled": "five spell one solution, two a second, one a third",
                "solutions": (0, 0, 0, 0, 0, 1, 1, 2, -1, -1),
            },
        ),
        lambda solutions, **_: _novelty(solutions),
    ),
    Task(
        NOTEBOOK,
        "two divergences",
        "Which divergence rings?",
        "medium",
        "The base writes A and B with chances {base_text}; after training the policy writes them with "
        "{policy_text}.\n\n"
        "(a) Give the reverse KL, KL(policy ‖ base).\n\n"
        "(b) Give the forward KL, KL(base ‖ policy).\n\n"
        "(c) As B dies out, which of the two warns, and why does the other not?",
        tuple(
            {"base": (0.5, 0.5), "policy": policy, "base_text": "0.5 and 0.5", "policy_text": listed(policy)}
            for policy in ((0.9, 0.1), (0.95, 0.05), (0.98, 0.02), (0.92, 0.08))
        ),
        lambda base, policy, **_: _two_ways(base, policy),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "bonus",
        "A bonus that ran away",
        "hard",
        "A policy with p = {p} on most prompts goes on training with an entropy bonus, in groups of {n}. Under "
        "pass@{k} its entropy shoots up and soon nothing is right any more; under GRPO, with the same bonus, that "
        "does not happen.\n\n"
        "(a) Which weight does pass@{k} put on such a prompt?\n\n"
        "(b) What credit does GRPO give to the one wrong sample of a group in which all others are right?\n\n"
        "(c) Explain both courses by these numbers.\n\n"
        "(d) Name two changes that would let the bonus be kept, with the reason for each.",
        (
            {"p": 0.8, "k": 8, "n": 10},
            {"p": 0.9, "k": 6, "n": 17},
            {"p": 0.85, "k": 8, "n": 26},
            {"p": 0.8, "k": 6, "n": 16},
        ),
        _explosion,
        words=True,
    ),
)

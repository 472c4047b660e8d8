"""Questions on notebook 03: what vanishes at either end, and what does not."""

from passk_lab import metrics, objectives
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, first_whole

NOTEBOOK = "03_vanishing_signal"


def _waiting(p: float, n: int) -> Key:
    return Key(
        answers=(Answer("groups on average", float(1 / metrics.success_at_k(p, n)), f"1 / (1 - (1 - {p})^{n})", 2),),
        steps=(
            Step(2, f"A group holds a right sample with chance {float(metrics.success_at_k(p, n)):.4f}."),
            Step(2, "One waits for the first such group 1 over that chance, this group included."),
        ),
        slips=(
            Slip("1 / (n p)", "Adds chances inside the group; nearly right for a small p only.", 2, 1 / (n * p)),
            Slip("1 / p", "Counts samples, not groups.", 1, 1 / p),
            Slip(
                "the chance itself",
                "Gave how likely one group is to hold one, and not the wait.",
                2,
                float(metrics.success_at_k(p, n)),
            ),
        ),
    )


def _signal(p: float, n: int) -> Key:
    rewards_alone = objectives.Credit([0, *[1] * n], [0] * (n + 1))
    moments = objectives.gradient_moments(rewards_alone, n, p)
    need = first_whole(lambda size: size * p / (1 - p) >= 1 - 1e-12)
    return Key(
        answers=(
            Answer(
                "(a) signal over noise", float(moments.mean / moments.variance**0.5), f"sqrt({n} * {p} / (1 - {p}))"
            ),
            Answer("(b) samples", need, f"(1 - {p}) / {p}", 0, up=True),
        ),
        steps=(
            Step(2, "(a) One sample adds 1 - p with chance p, else 0: mean p (1-p), variance p (1-p) (1-p)^2."),
            Step(2, "(a) The mean of n has the same mean and an n-th of the variance: the ratio is sqrt(n p / (1-p))."),
            Step(2, "(b) It is 1 where n = (1-p)/p: about one right sample in the group."),
        ),
        slips=(
            Slip("n p / (1-p), no root", "Gave the square: mean squared over variance.", 4, n * p / (1 - p)),
            Slip("n forgotten", "The ratio of one sample; a mean of n is less noisy.", 3, (p / (1 - p)) ** 0.5),
            Slip(
                "variance p (1-p)",
                "The variance of the reward, not of what it adds.",
                3,
                p * (1 - p) / (p * (1 - p) / n) ** 0.5,
            ),
        ),
    )


def _ends(end: str, p: float, k: int, n: int) -> Key:
    weight = float(metrics.weight_at_k(p, k))
    groups = objectives.silent_groups(n, p)
    low = end == "low"
    silent = float(groups.all_wrong if low else groups.all_right)
    work = f"(1 - {p})^{n}" if low else f"{p}^{n}"
    if low:
        steps = (
            Step(
                3, f"(c) The statement is wrong about the weight: near p = 0 it goes to k = {k}, the largest it can be."
            ),
            Step(
                2,
                "(c) What vanishes is the gradient of p itself, which shrinks like p, and the chance of a right "
                "sample in the group. Pass@1 suffers from both in the same way.",
            ),
        )
        slip = Slip("(c) 'true, the weight is zero where p is'", "The weight is mixed up with the gradient of p.", 5)
    else:
        steps = (
            Step(
                3,
                "(c) The statement is wrong about the samples: right ones are drawn all the time. The weight goes, "
                "exponentially in k, even with the exact gradient.",
            ),
            Step(
                2,
                "(c) Groups fall silent here because all are RIGHT, and a rule that compares has nothing to compare; "
                "that adds to it, and is not the same.",
            ),
        )
        slip = Slip("(c) 'true, nothing right is left to draw'", "The two ends of the axis are mixed up.", 5)
    return Key(
        answers=(
            Answer(f"(a) weight of pass@{k}", weight, f"{k} * (1 - {p})^{k - 1}", 4),
            Answer(f"(b) share of groups that are all {'wrong' if low else 'right'}", silent, work, 4),
        ),
        steps=(Step(3, "(a) The weight at this p."), Step(2, f"(b) All {n} alike, by independence."), *steps),
        slips=(
            slip,
            Slip("exponent k", "Derivative of a power: the exponent was not lowered.", 8, k * (1 - p) ** k),
            Slip(
                "(b) the other end",
                "All right and all wrong have changed places.",
                8,
                float(groups.all_right if low else groups.all_wrong),
                of=1,
            ),
            Slip(
                "(c) 'a larger k makes it clearer'", "Weighing up a rare success weighs up its noise just as much.", 8
            ),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "groups to wait",
        "Waiting for a success",
        "easy",
        "A prompt is solved with chance p = {p}. Groups of n = {n} samples are drawn. How many groups, on average, "
        "until one holds a right sample, that one included?",
        ({"p": 0.01, "n": 16}, {"p": 0.02, "n": 10}, {"p": 0.03, "n": 8}, {"p": 0.02, "n": 16}),
        _waiting,
    ),
    Task(
        NOTEBOOK,
        "signal and noise",
        "Signal over noise",
        "medium",
        "A policy has one logit z, p = 1/(1 + exp(-z)). REINFORCE without a baseline: a right sample adds its score 1 "
        "- p, a wrong one adds nothing, and the update is the mean over n samples. Let p = {p}.\n\n"
        "(a) What is the mean of the update over its standard deviation, for n = {n}?\n\n"
        "(b) How many samples does it take at least for a signal as large as its noise?",
        ({"p": 0.02, "n": 16}, {"p": 0.04, "n": 8}, {"p": 0.05, "n": 12}, {"p": 0.01, "n": 32}),
        _signal,
    ),
    Task(
        NOTEBOOK,
        "two ends",
        "What vanishes here?",
        "hard",
        "A colleague says: *{says}* Take p = {p} and groups of n = {n}.\n\n"
        "(a) Which weight does pass@{k} give this prompt?\n\n"
        "(b) With which chance is a group all {silent}?\n\n"
        "(c) Is the statement right? Say what vanishes at this end and what does not.",
        (
            {
                "end": "low",
                "p": 0.001,
                "k": 4,
                "n": 8,
                "silent": "wrong",
                "says": "Where a prompt is hardly ever solved, pass@4 learns nothing, for its weight there is gone.",
            },
            {
                "end": "high",
                "p": 0.9,
                "k": 4,
                "n": 8,
                "silent": "right",
                "says": "Where a prompt is nearly always solved, pass@4 learns nothing, for no right sample is drawn.",
            },
            {
                "end": "low",
                "p": 0.002,
                "k": 3,
                "n": 6,
                "silent": "wrong",
                "says": "Pass@3 cannot learn a prompt that is almost never solved: it puts no weight on it.",
            },
            {
                "end": "high",
                "p": 0.8,
                "k": 5,
                "n": 6,
                "silent": "right",
                "says": "Pass@5 cannot learn more on a prompt that is mostly solved: such prompts give it no "
                "successes.",
            },
        ),
        lambda end, p, k, n, **_: _ends(end, p, k, n),
        words=True,
    ),
)

"""Questions on notebook 00: what one number p decides."""

from passk_lab import metrics, objectives
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task, first_whole

NOTEBOOK = "00_start_here"


def _at_least_one(p: float, k: int) -> Key:
    answer = Answer(f"pass@{k}", float(metrics.success_at_k(p, k)), f"1 - (1 - {p})^{k}")
    return Key(
        answers=(answer,),
        steps=(
            Step(1, f"One sample is wrong with chance 1 - p = {1 - p:.10g}."),
            Step(
                2, f"All {k} are wrong with that chance to the power {k}: draws are independent, so chances multiply."
            ),
            Step(1, "At least one right is the rest, 1 minus that."),
        ),
        slips=(
            Slip("k times p", "Chances are added, as if two right samples could not come together.", 0, k * p),
            Slip("p to the power k", "The chance that ALL are right: coverage and reliability are mixed up.", 1, p**k),
            Slip(
                "(1 - p) to the power k",
                "Stopped one step early: that is the chance that none is right.",
                3,
                (1 - p) ** k,
            ),
        ),
    )


def _mixed(p: float, n: int) -> Key:
    groups = objectives.silent_groups(n, p)
    return Key(
        answers=(Answer("share of mixed groups", float(groups.mixed), f"1 - {p}^{n} - (1 - {p})^{n}", 4),),
        steps=(
            Step(2, f"All right has chance {p}^{n}."),
            Step(2, f"All wrong has chance (1 - {p})^{n}."),
            Step(2, "The two exclude each other, so both are taken from 1."),
        ),
        slips=(
            Slip(
                "1 - (1 - p)^n",
                "All right is not seen as silent: the word means a comparison, not a success.",
                3,
                float(metrics.success_at_k(p, n)),
            ),
            Slip(
                "(1 - p^n) (1 - (1 - p)^n)",
                "Multiplied where chances of exclusive cases add.",
                3,
                float((1 - groups.all_right) * (1 - groups.all_wrong)),
            ),
            Slip(
                "n p (1 - p)^(n-1)",
                "Counts one right sample only; two or more give a contrast as well.",
                1,
                n * p * (1 - p) ** (n - 1),
            ),
        ),
    )


def _two_prompts(easy: float, hard: float, target: float) -> Key:
    k = first_whole(lambda draws: metrics.success_at_k(hard, draws) >= target)
    mean = float(metrics.success_at_k([easy, hard], k).mean())
    middle = (easy + hard) / 2
    return Key(
        answers=(
            Answer("(a) draws", k, f"ln(1 - {target}) / ln(1 - {hard})", 0, up=True),
            Answer("(b) mean of the two", mean, f"(2 - (1 - {easy})^{k} - (1 - {hard})^{k}) / 2"),
        ),
        steps=(
            Step(
                3,
                f"(a) (1 - {hard})^k is to be at most {1 - target:.10g}; take logarithms, mind that dividing by a "
                "negative one turns the sign.",
            ),
            Step(1, "(a) Rounded up: the whole number below has not reached the target."),
            Step(3, "(b) Each prompt by itself first, then the mean."),
            Step(
                3,
                "(c) The formula bends, so the order matters: of the mean chance it gives too much. One hard prompt "
                "is not made up for by an easy one that is solved anyhow.",
            ),
        ),
        slips=(
            Slip(
                "target over p",
                "Adds chances: the same slip as k times p.",
                1,
                first_whole(lambda d: d * hard >= target),
            ),
            Slip("rounded down", "Did not check that the target is reached.", 9, k - 1),
            Slip(
                "the formula at the mean p",
                "A function of a mean for a mean of the function: the pooling slip of notebook 01.",
                4,
                float(metrics.success_at_k(middle, k)),
                of=1,
            ),
            Slip("(c) 'they are the same on average'", "Mean of p and mean of pass@k are taken for one thing.", 7),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "at least one",
        "More than one try",
        "easy",
        "A model solves a prompt with chance p = {p} at each try. It tries {k} times. With which chance is at least "
        "one of the answers right?",
        ({"p": 0.3, "k": 3}, {"p": 0.2, "k": 4}, {"p": 0.4, "k": 3}, {"p": 0.25, "k": 3}),
        _at_least_one,
        secret=("1 - (1 - p)^k", "1-(1-p)^k"),
    ),
    Task(
        NOTEBOOK,
        "mixed groups",
        "Groups with something to compare",
        "medium",
        "A prompt is solved with chance p = {p}. Groups of n = {n} samples are drawn. Which share of the groups holds "
        "right and wrong samples both, so that there is something to compare?",
        ({"p": 0.3, "n": 4}, {"p": 0.4, "n": 4}, {"p": 0.3, "n": 5}, {"p": 0.4, "n": 5}),
        _mixed,
        secret=("1 - p^n - (1 - p)^n",),
    ),
    Task(
        NOTEBOOK,
        "an easy and a hard prompt",
        "An easy and a hard prompt",
        "hard",
        "Of two prompts one is solved with chance {easy} at each draw, the other with chance {hard}.\n\n"
        "(a) How many draws does the hard one need until its pass@k is {target} or more?\n\n"
        "(b) Take that k. What is the mean of the two prompts' pass@k?\n\n"
        "(c) Somebody puts the mean of the two chances into the formula of pass@k instead. Is that too much or too "
        "little, and why is it not the same?",
        (
            {"easy": 0.6, "hard": 0.05, "target": 0.5},
            {"easy": 0.5, "hard": 0.04, "target": 0.4},
            {"easy": 0.7, "hard": 0.06, "target": 0.5},
        ),
        _two_prompts,
        words=True,
    ),
)

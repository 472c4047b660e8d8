"""Questions on notebook 10: faults that shipped, and how they are convicted."""

from fractions import Fraction

from passk_lab import metrics
from passk_lab.course.content import EXERCISES
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task

NOTEBOOK = "10_detective"


def _micro(sums: tuple[int, int], tokens: tuple[int, int]) -> Key:
    right = float(EXERCISES["fixed_accumulated"].oracle(sums, tokens))
    shipped = sum(s / t for s, t in zip(sums, tokens, strict=True)) / 2
    return Key(
        answers=(
            Answer("as shipped", shipped, f"({sums[0]} / {tokens[0]} + {sums[1]} / {tokens[1]}) / 2"),
            Answer("right", right, f"({sums[0]} + {sums[1]}) / ({tokens[0]} + {tokens[1]})"),
        ),
        steps=(
            Step(1, "The mean of the two means."),
            Step(1, "The sum of all losses over all tokens."),
            Step(
                2,
                "A token of the short micro-batch weighs more. It hides where the parts are equally long: such a test "
                "is blind.",
            ),
        ),
        slips=(
            Slip("sum over the number of micro-batches", "A mean over the wrong things.", 2, sum(sums) / 2, of=1),
            Slip("'they differ by rounding'", "Takes a difference of weights for one of precision.", 2),
        ),
    )


def _spike(n: int, p: str) -> Key:
    chance = Fraction(p)
    value = float(EXERCISES["chance_of_a_spike"].oracle(n, chance))
    q = float(chance)
    return Key(
        answers=(
            Answer("share of groups", value, f"{n} * {p} * (1 - {p})^{n - 1} + {n} * {p}^{n - 1} * (1 - {p})", 4),
        ),
        steps=(
            Step(3, "A lone right sample: any of n places, n p (1-p)^(n-1)."),
            Step(2, "A lone wrong one as well: n p^(n-1) (1-p)."),
            Step(
                1,
                "Where the others are all equal, do not divide: count them to see it, and trust no rounded deviation.",
            ),
        ),
        slips=(
            Slip(
                "lone right ones alone", "Overlooks that a lone wrong sample spikes too.", 4, n * q * (1 - q) ** (n - 1)
            ),
            Slip(
                "one place",
                "The lone sample may stand in any of n places.",
                3,
                q * (1 - q) ** (n - 1) + q ** (n - 1) * (1 - q),
            ),
            Slip(
                "all mixed groups",
                "With two of each kind the others of a sample are not all equal.",
                1,
                1 - q**n - (1 - q) ** n,
            ),
            Slip(
                "silent groups", "There no sample differs from the others: its advantage is 0.", 0, q**n + (1 - q) ** n
            ),
        ),
    )


def _convict(which: str) -> Key:
    n, c, k = 2, 1, 2
    if which == "coverage":
        exact, says, work = (
            float(metrics.pass_at_k(n, c, k)),
            float(metrics.pass_at_k_plugin(n, c, k)),
            "1 - (1 - 1 / 2)^2",
        )
        true, blind = "1 - C(1, 2) / C(2, 2)", "k = 1, c = 0 and c = n"
        fault = "It draws with replacement: the one wrong sample may come twice, so it finds too little."
    else:
        exact, says, work = (
            float(metrics.pass_hat_k(n, c, k)),
            float(metrics.pass_at_k_plugin(n, c, 1)) ** 2,
            "(1 / 2)^2",
        )
        true, blind = "C(1, 2) / C(2, 2)", "k = 1, c = 0 and c = n"
        fault = "It draws with replacement: the one right sample may come twice, so it promises too much."
    return Key(
        answers=(
            Answer("(a) the formula, for n = 2, c = 1, k = 2", says, work, 2),
            Answer("(a) the truth there", exact, true, 2),
        ),
        steps=(
            Step(3, "(a) Both numbers; the truth by listing the draws: there is one draw of two different samples."),
            Step(3, f"(b) {fault}"),
            Step(2, f"(c) It is blind at {blind}: there the two agree."),
            Step(
                2,
                "(d) An exact answer by listing draws, beside the formula, on all small n, c, k, in order of size; the "
                "first difference names the fault. For k > n there is no such draw: refuse, and give no number.",
            ),
        ),
        slips=(
            Slip("(a) 'they agree'", "Did not list the draws.", 6, says, of=1),
            Slip("(b) 'rounding'", "Looks for the fault in the machine's arithmetic; it is in the formula.", 7),
            Slip("(c) 'it shows for every k > 1'", "At c = 0 and c = n the wrong formula is right as well.", 9),
            Slip("(d) 'test it with n = 100'", "A large case cannot be checked by hand and shows no cause.", 8),
        ),
    )


TASKS = (
    Task(
        NOTEBOOK,
        "two micro-batches",
        "A mean of means",
        "easy",
        "A batch is cut in two. The losses of the first part sum to {s1} over {t1} tokens, those of the second to "
        "{s2} over {t2}. A program takes the mean of each part and then the mean of the two. Which loss does it show, "
        "which is the mean over the tokens, and with which test would the fault not be seen?",
        tuple(
            {"s1": s[0], "s2": s[1], "t1": t[0], "t2": t[1], "sums": s, "tokens": t}
            for s, t in (((300, 20), (200, 5)), ((240, 30), (160, 10)), ((90, 16), (120, 4)), ((150, 12), (250, 8)))
        ),
        lambda sums, tokens, **_: _micro(sums, tokens),
        words=True,
    ),
    Task(
        NOTEBOOK,
        "spikes",
        "An advantage of a million",
        "medium",
        "A trainer takes off the mean of the OTHER rewards of the group and divides by the standard deviation of the "
        "OTHERS, plus a millionth. So a sample whose reward differs from that of the others, which are all equal, "
        "gets an advantage of a million in size. Rewards are 0 and 1, groups have n = {n}, each sample is right with "
        "chance p = {p}.\n\n"
        "Which share of the groups holds such a sample? How would you mend the rule?",
        ({"n": 6, "p": "0.2"}, {"n": 5, "p": "0.3"}, {"n": 6, "p": "0.3"}, {"n": 5, "p": "0.4"}),
        _spike,
        words=True,
    ),
    Task(
        NOTEBOOK,
        "convict",
        "Convict this formula",
        "hard",
        "Of n samples c are right, and k different ones are drawn from them. The chance that {what} is right is "
        "computed by the formula `{formula}`.\n\n"
        "(a) What does the formula say for n = 2, c = 1, k = 2, and what is true?\n\n"
        "(b) Name the fault and what it does to the number.\n\n"
        "(c) On which inputs does it hide?\n\n"
        "(d) Which test would have found it, and what should be said for k > n?",
        (
            {
                "which": "coverage",
                "what": "at least one of these",
                "formula": "1 - (1 - c/n)^k",
            },
            {"which": "reliability", "what": "each of these", "formula": "(c/n)^k"},
        ),
        lambda which, **_: _convict(which),
        words=True,
    ),
)

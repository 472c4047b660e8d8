"""Exercises of notebook 07, what samples are worth: GRPO's credit, its weight, and how many prompts carry the signal."""

import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content.collapse import shown
from passk_lab.course.content.comparing import NOTEBOOK, average
from passk_lab.course.exercise import Exercise, Mistake


def _standardised(rewards: Any, i: int) -> float:
    mean = F(average([F(r) for r in rewards]))
    square = average((r - mean) ** 2 for r in rewards)
    return 0.0 if square == 0 else float(rewards[i] - mean) / math.sqrt(square)


def _standardised_work(rewards: Any, i: int) -> str:
    mean = average([F(r) for r in rewards])
    square = average((r - mean) ** 2 for r in rewards)
    if square == 0:
        return "all rewards are equal: nothing to compare, every credit is 0"
    return (
        f"mean {mean}, mean squared distance from it {square}, its root {math.sqrt(square):.6g}\n"
        f"sample {i}: ({rewards[i]} - {mean}) / {math.sqrt(square):.6g} = {_standardised(rewards, i):.6g}"
    )


def _over(scale: Callable[[float, int], float]) -> Callable[..., float]:
    """Reward less mean, over something made of the mean square and n."""

    def function(rewards: Any, i: int) -> float:
        mean = average(rewards)
        square = average((r - mean) ** 2 for r in rewards)
        return float((rewards[i] - mean) / scale(square, len(rewards))) if square else 0.0

    return function


_REWARDS: tuple[Any, ...] = (
    (0, 1),
    (0, 0),
    (1, 1),
    (1, 0, 0, 0),
    (1, 1, 1, 0),
    (1, 1, 0, 0, 0),
    (3, 1, 2),
    (0, 0, 0, 0, 0, 0, 0, 1),
)

STANDARDISED_CREDIT = Exercise(
    name="standardised_credit",
    notebook=NOTEBOOK,
    task="Write GRPO's credit of sample i: its reward less the group's mean, over the group's standard deviation (the root of the MEAN squared distance, "
    "divided by n). If all rewards are equal, 0.",
    arguments=("rewards", "i"),
    oracle=_standardised,
    cases=tuple((rewards, i) for rewards in _REWARDS for i in range(len(rewards))),
    work=_standardised_work,
    mistakes=(
        Mistake(
            "n - 1", _over(lambda s, n: math.sqrt(s * n / (n - 1))),
            "You divide by n - 1 inside the root, as torch.std and pandas do unless told otherwise. The difference is a factor, 0.71 for two samples "
            "and nearly 1 for many. This course takes the n form.",
            "Divide the sum of squares by len(rewards).",
        ),
        Mistake(
            "not divided", _over(lambda s, n: 1),
            "Reward less mean, without the division, is the rule of 'Dr. GRPO' and of REINFORCE with the group's mean. It weighs all prompts alike; "
            "GRPO's division weighs very hard and very easy ones up.",
            "Divide by the standard deviation.",
        ),
        Mistake(
            "variance", _over(lambda s, n: s),
            "You divide by the VARIANCE. Then a group with one right sample of many gets a huge credit.",
            "Take the root.",
        ),
        Mistake(
            "sum of squares", _over(lambda s, n: math.sqrt(s * n)),
            "You take the root of the SUM of squares. The standard deviation has their mean in it; your credit shrinks as groups grow.",
            "Divide the sum by n before the root.",
        ),
        Mistake(
            "small number added", _over(lambda s, n: math.sqrt(s) + 1e-4),
            "You add a small number to the standard deviation, as trainers do against division by 0. It makes every credit a little too small; here "
            "an exact answer and an explicit case for equal rewards are wanted.",
            "if all are equal: return 0; else divide by the deviation itself.",
        ),
        Mistake(
            "mean distance", lambda r, i: 0.0 if len(set(r)) == 1 else (r[i] - average(r)) / average(abs(x - average(r)) for x in r),
            "You divide by the mean ABSOLUTE distance. The standard deviation squares the distances.",
            "Squares, mean, root.",
        ),
        Mistake(
            "mean not taken off", lambda r, i: 0.0 if len(set(r)) == 1 else r[i] / math.sqrt(average((x - average(r)) ** 2 for x in r)),
            "You divide the reward itself. Without the mean taken off, wrong samples get no credit at all, and right ones are only ever pushed up.",
            "rewards[i] - mean",
        ),
        Mistake(
            "mean of the others",
            lambda r, i: 0.0 if len(set(r)) == 1 else (r[i] - average(r[:i] + r[i + 1 :])) / math.sqrt(average((x - average(r)) ** 2 for x in r)),
            "You take off the mean of the OTHERS (leave-one-out, as RLOO does). GRPO takes off the mean of all, the sample included.",
            "mean = sum(rewards) / len(rewards)",
        ),
    ),
    hints=(
        "Mean, then the root of the mean squared distance from it, then one division; and think of the group whose samples agree.",
        "(r_i - mean) / sqrt( (1/n) sum (r_j - mean)^2 )",
        "mean = sum(rewards) / n; spread = (sum((r - mean) ** 2 for r in rewards) / n) ** 0.5; return (rewards[i] - mean) / spread if spread else 0",
    ),
)  # fmt: skip


CENTRED_WEIGHT = Exercise(
    name="centred_weight",
    notebook=NOTEBOOK,
    task="Derive: a group of n with c right gives 1 - c/n to a right sample and -c/n to a wrong one (reward less the group's own mean). Its mean update "
    "is w times the gradient of p, with w the mean over j of (credit of a right sample if j of the OTHER n - 1 are right) - (that of a wrong one). Write w.",
    arguments=("n",),
    oracle=lambda n: F(n - 1, n),
    cases=tuple((n,) for n in (2, 3, 4, 5, 8, 32, 1000, 1)),
    work=lambda n: (
        f"with j of the other {n - 1} right: right sample, c = j + 1: 1 - (j+1)/{n};  wrong sample, c = j: -j/{n}\n"
        f"difference: 1 - (j+1)/{n} + j/{n} = 1 - 1/{n} = {F(n - 1, n)}, the same for every j, so also on average"
    ),
    mistakes=(
        Mistake(
            "1", lambda n: 1.0,
            "1 would hold for the true p as baseline, or for the mean of the OTHERS. The group's own mean contains the sample itself, and takes a bit of "
            "its reward back.",
            "A right sample makes c = j + 1, a wrong one leaves c = j.",
        ),
        Mistake(
            "n/(n-1)", lambda n: n / (n - 1) if n > 1 else math.inf,
            "n/(n-1) is the factor that REPAIRS the shrinking. Asked is how much it shrinks.",
            "Turn it over.",
        ),
        Mistake(
            "1/n", lambda n: 1 / n,
            "1/n is what is lost: the part of a sample's own reward in its baseline.",
            "Take it from 1.",
        ),
        Mistake(
            "1 + 1/n", lambda n: 1 + 1 / n,
            "The sign of 1/n is turned: a right sample has c = j + 1, which raises the mean taken off its reward.",
            "1 - (j+1)/n - (-j/n)",
        ),
        Mistake(
            "n - 1", lambda n: n - 1,
            "You have n times too much: the credits are divided by n.",
            "1 - (j+1)/n + j/n",
        ),
        Mistake(
            "0", lambda n: 0.0,
            "The credits of a GROUP add up to 0. That does not make the update 0: right samples are pushed up and wrong ones down.",
            "Take the difference of the two credits, for the same j.",
        ),
        Mistake(
            "(n-2)/n", lambda n: (n - 2) / n,
            "One 1/n too many is taken off: the two counts differ by one, not by two.",
            "c = j + 1 for a right sample and c = j for a wrong one.",
        ),
    ),
    hints=(
        "Put c = j + 1 into the first credit and c = j into the second, and subtract. Does j stay?",
        "1 - (j+1)/n - (-j/n)",
        "return (n - 1) / n",
    ),
)  # fmt: skip


def _pulls(p: Any, k: int) -> list[Any]:
    """Slope of pass@k in a prompt's logit."""
    return [k * q * (1 - q) ** k for q in p]


def _effective(pulls: Any) -> Any:
    squares = sum(s * s for s in pulls)
    return sum(pulls) ** 2 / squares if squares else 0


def _carriers_work(p: Any, k: int) -> str:
    rows = [
        f"prompt {x}: {k} * {q} * ({1 - q})^{k} = {shown(F(s))}"
        for x, (q, s) in enumerate(zip(p, _pulls(p, k), strict=True))
    ]
    total, squares = F(sum(_pulls(p, k))), F(sum(s * s for s in _pulls(p, k)))
    if not squares:
        return "\n".join([*rows, "nothing pulls: 0"])
    return "\n".join(
        [
            *rows,
            f"sum {shown(total)}, sum of squares {shown(squares)}",
            "m equal pulls a: m a = sum and m a^2 = sum of squares, so a = squares / sum and m = sum^2 / squares",
            f"m = {float(_effective(_pulls(p, k))):.6g}",
        ]
    )


def _perplexity(pulls: Any) -> float:
    total = sum(pulls)
    return math.exp(-sum(s / total * math.log(s / total) for s in pulls if s)) if total else 0.0


EFFECTIVE_PROMPTS = Exercise(
    name="effective_prompts",
    notebook=NOTEBOOK,
    task="Prompt x pulls its logit with strength k p (1-p)^k, p = p[x]. Write the effective number of prompts (Kish): how many prompts with EQUAL pulls "
    "would have the same sum of pulls and the same sum of squared pulls. If nothing pulls, 0.",
    arguments=("p", "k"),
    oracle=lambda p, k: F(_effective(_pulls(p, k))),
    cases=tuple(
        (p, k)
        for k in (1, 2, 4, 16)
        for p in ((F(1, 2),), (F(1, 2), F(1, 2)), (F(1, 2), F(1, 4)), (F(1, 4), F(0)), (F(1), F(0)), (F(1, 2), F(1, 2), F(1, 10), F(9, 10)),
                  (F(1, 100), F(1, 20), F(1, 4), F(3, 4), F(19, 20)))
    ),
    work=_carriers_work,
    mistakes=(
        Mistake(
            "share", lambda p, k: _effective(_pulls(p, k)) / len(p),
            "You divide by the number of prompts: that is the effective SHARE, which the lab logs as carriers. Asked is the number.",
            "Do not divide by len(p).",
        ),
        Mistake(
            "weight only", lambda p, k: _effective([k * (1 - q) ** (k - 1) for q in p]),
            "You use the weight k (1-p)^(k-1) alone. A prompt that is never solved has the largest weight and no gradient: the pull has p (1-p) in it too.",
            "k p (1-p)^k",
        ),
        Mistake(
            "k forgotten", lambda p, k: _effective(_pulls(p, 1)),
            "Your pulls are p (1-p), those of pass@1, whatever k is. (The FACTOR k may be left out, since it cancels; the power may not.)",
            "p (1-p)^k",
        ),
        Mistake(
            "who pulls at all", lambda p, k: sum(s > 0 for s in _pulls(p, k)),
            "You count every prompt that pulls at all. One that pulls a thousandth of another hardly counts.",
            "Weigh them by how strongly they pull.",
        ),
        Mistake(
            "over the strongest", lambda p, k: sum(s) / max(s) if max(s := _pulls(p, k)) else 0,
            "Sum over the LARGEST pull keeps the sum and the largest. Asked is to keep the sum and the sum of squares.",
            "m a = sum, m a^2 = sum of squares: solve for m.",
        ),
        Mistake(
            "perplexity", lambda p, k: _perplexity(_pulls(p, k)),
            "exp of the entropy of the shares is another effective number. It keeps the entropy; Kish's keeps the sum of squares.",
            "m a = sum, m a^2 = sum of squares: solve for m.",
        ),
        Mistake(
            "upside down", lambda p, k: 1 / m if (m := _effective(_pulls(p, k))) else 0,
            "Sum of squares over squared sum is how concentrated the signal is: 1 over the number asked for.",
            "Turn the fraction over.",
        ),
        Mistake(
            "sum not squared", lambda p, k: _effective(s) / sum(s) if sum(s := _pulls(p, k)) else 0,
            "You divide the sum by the sum of squares. Doubling all pulls would halve your number, and it should not change.",
            "Square the sum.",
        ),
    ),
    hints=(
        "Say there are m prompts with pull a each. Two equations, two unknowns.",
        "m a = S and m a^2 = Q give m = S^2 / Q",
        "s = [k * q * (1 - q) ** k for q in p]; Q = sum(x * x for x in s); return sum(s) ** 2 / Q if Q else 0",
    ),
)  # fmt: skip

EXERCISES = (STANDARDISED_CREDIT, CENTRED_WEIGHT, EFFECTIVE_PROMPTS)

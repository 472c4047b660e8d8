"""What notebook 03 asks: where the signal of pass@k is strongest, and what is left of it in groups of n samples."""

import math
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Exercise, Mistake
from passk_lab.course.question import Choice, Question

NOTEBOOK = "03_vanishing_signal"


def _strength(p: Any, k: int) -> Any:
    """Slope of pass@k in a single logit."""
    return k * p * (1 - p) ** k


def _strongest_at(k: int) -> F:
    return F(1, k + 1)


def _strongest_work(k: int) -> str:
    rows = [
        f"slope in p of k p (1-p)^k: k (1-p)^{k} - k p * {k} (1-p)^{k - 1} = k (1-p)^{k - 1} ((1-p) - {k} p)",
        f"zero where 1 - p = {k} p: p = 1/{k + 1}",
    ]
    near = [F(1, k + 2), F(1, k + 1), F(1, k)]
    return "\n".join([*rows, "check: " + ", ".join(f"{float(_strength(p, k)):.4g} at p = {p}" for p in near)])


def _on_a_grid(steps: int) -> Callable[[int], float]:
    return lambda k: max(range(steps + 1), key=lambda i: _strength(i / steps, k)) / steps


STRONGEST_AT = Exercise(
    name="strongest_at",
    notebook=NOTEBOOK,
    task="The p between 0 and 1 at which k p (1-p)^k, the slope of pass@k in z for p = sigmoid(z), is largest. k = 1, "
    "2, ...",
    arguments=("k",),
    oracle=_strongest_at,
    cases=tuple((k,) for k in (1, 2, 3, 4, 8, 16, 64, 1000)),
    work=_strongest_work,
    mistakes=(
        Mistake(
            "1/k", lambda k: 1 / k,
            "1/k is where k p (1-p)^(k-1) is largest: the chance of exactly one right sample in k. The slope in the logit has one more factor (1-p).",
            "Differentiate p (1-p)^k, with exponent k.",
        ),
        Mistake(
            "weight 1", lambda k: 1 - k ** (-1 / (k - 1)) if k > 1 else 1 - math.exp(-1),
            "There the weight k (1-p)^(k-1) is 1 and the gap between pass@k and pass@1 is widest. How strongly the logit is pulled is another "
            "question: the weight times p (1-p).",
            "Differentiate k p (1-p)^k itself.",
        ),
        Mistake(
            "half", lambda k: 0.5,
            "1/2 is right for k = 1 only, where the slope is p (1-p). The larger k, the further left the peak lies.",
            "Set the derivative of p (1-p)^k to 0 and keep k.",
        ),
        Mistake(
            "mirrored", lambda k: k / (k + 1),
            "k/(k+1) is the mirror image: it maximises p^k (1-p), which rewards ALL draws being right.",
            "Which of the two factors carries the power k?",
        ),
        Mistake(
            "zero", lambda k: 0.0,
            "At p = 0 the WEIGHT is largest, k. But the slope of p in the logit, p (1-p), is 0 there, and the product is 0.",
            "The peak lies between the two zeros, p = 0 and p = 1.",
        ),
        Mistake(
            "pass@k = 1/2", lambda k: 1 - 2 ** (-1 / k),
            "That is where pass@k is 1/2: right for k = 1, where the slope p (1-p) peaks at 1/2, but not for k > 1.",
            "Differentiate k p (1-p)^k and look for the zero.",
        ),
        Mistake(
            "height", lambda k: _strength(1 / (k + 1), k),
            "That is how LARGE the slope gets; asked is at which p.",
            "Return the p.",
        ),
        Mistake(
            "grid of 1000", _on_a_grid(1000),
            "You searched on a grid of 1000 steps: right to three digits. An exact formula is wanted.",
            "Set the derivative to 0 and solve for p.",
        ),
    ),
    hints=(
        "At its largest value the curve is flat: differentiate in p and look for the zero between 0 and 1.",
        "(1-p)^k - k p (1-p)^(k-1) = 0, and (1-p)^(k-1) can be divided out: 1 - p = k p.",
        "return 1 / (k + 1)",
    ),
)  # fmt: skip


def _groups_until_signal(p: F, n: int) -> F:
    if p == 0:
        raise ValueError("never")
    return 1 / (1 - (1 - F(p)) ** n)


def _groups_work(p: F, n: int) -> str:
    if p == 0:
        return "p = 0: no group ever holds a right sample, so no number of groups can be expected. Raise a ValueError."
    silent = (1 - p) ** n
    shown = f"{float(1 - silent):.6g}"
    return (
        f"a group of {n} without a right sample: ({1 - p})^{n} = {float(silent):.6g}\n"
        f"with one: {shown}\n"
        f"waiting for the first success of chance {shown}: 1 / {shown} = {float(_groups_until_signal(p, n)):.6g} groups"
    )


def _median(p: float, n: int) -> float:
    return 1.0 if p == 1 else math.log(0.5) / (n * math.log1p(-p))


# One sample a group and p = 1 come after the rest: some mistakes divide by zero there, and their first case should not.
_FEW = (
    (F(1, 2), 2),
    (F(1, 4), 2),
    (F(1, 2), 4),
    (F(1, 4), 4),
    (F(3, 4), 8),
    (F(1, 10), 8),
    (F(1, 100), 8),
    (F(1, 1000), 16),
)

GROUPS_UNTIL_SIGNAL = Exercise(
    name="groups_until_signal",
    notebook=NOTEBOOK,
    task="Expected number of groups of n samples that are drawn until one holds at least one right sample, that one "
    "included. A sample is right with chance p. 0 <= p <= 1, n = 1, 2, 3, ... For p = 0 it never comes: raise a ValueError.",
    arguments=("p", "n"),
    oracle=_groups_until_signal,
    cases=(*_FEW, (F(1, 2), 1), (F(1, 4), 1), (F(1), 1), (F(1), 8), (F(0), 1), (F(0), 8)),
    work=_groups_work,
    mistakes=(
        Mistake(
            "1/(np)", lambda p, n: 1 / (n * p),
            "1/(n p) takes n p for the chance of a signal. That adds chances up: it is nearly right for very small p, and below one group for "
            "large p.",
            "What is the chance that a group holds NO right sample?",
        ),
        Mistake(
            "1/p", lambda p, n: 1 / p,
            "1/p counts single samples. A group draws n at once; how many GROUPS does it take?",
            "What is the chance that a group of n holds a right sample?",
        ),
        Mistake(
            "samples, not groups", lambda p, n: n / (1 - (1 - p) ** n),
            "You count samples: n for each group. Asked is the number of groups.",
            "Divide by n.",
        ),
        Mistake(
            "mixed groups", lambda p, n: 1 / (1 - p**n - (1 - p) ** n),
            "You wait for a group with a right AND a wrong sample. Here one right sample is enough, even in a group that is right throughout.",
            "Leave p^n out.",
        ),
        Mistake(
            "silent groups before", lambda p, n: (1 - p) ** n / (1 - (1 - p) ** n),
            "You count only the silent groups before the first with a right sample; count that one as well.",
            "At p = 1 the answer is 1, not 0.",
        ),
        Mistake(
            "median", _median,
            "That is after how many groups HALF of all runs have seen a right sample (the median). The mean is larger: a few runs wait very long.",
            "For a success of chance s each time, the mean wait is 1/s.",
        ),
        Mistake(
            "chance", lambda p, n: 1 - (1 - p) ** n,
            "That is the chance that ONE group has a signal. How many groups does one wait for it?",
            "An event of chance 1/4 is awaited 4 times on average.",
        ),
        Mistake(
            "exactly one", lambda p, n: 1 / (n * p * (1 - p) ** (n - 1)),
            "You wait for a group with EXACTLY one right sample; two or more count as well.",
            "At least one right is the opposite of all wrong.",
        ),
        Mistake(
            "infinity for p = 0", lambda p, n: math.inf if p == 0 else 1 / (1 - (1 - p) ** n),
            "Every number is right, but for p = 0 you return infinity: true as a limit, and it will quietly make every mean over prompts "
            "infinite. Raise a ValueError.",
            "if p == 0: raise ValueError(...)",
            refusal=True,
        ),
        Mistake(
            "0 for p = 0", lambda p, n: 0.0 if p == 0 else 1 / (1 - (1 - p) ** n),
            "Every number is right, but for p = 0 you return 0, as if the signal came at once. It never comes: raise a ValueError.",
            "if p == 0: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "Two steps: how likely is it that a group holds a right sample, and how long does one wait for something so likely?",
        "1 / (1 - (1-p)^n), and no answer for p = 0.",
        "return 1 / (1 - (1 - p) ** n)   (after: if p == 0: raise ValueError(...))",
    ),
)  # fmt: skip


def _signal_to_noise(p: F, n: int) -> F:
    if p == 1:
        raise ValueError("no noise")
    return n * F(p) / (1 - F(p))


def _signal_work(p: F, n: int) -> str:
    if p in (0, 1):
        end = "goes to 0 as p does" if p == 0 else "grows without bound as p nears 1: raise a ValueError"
        return f"p = {p}: every sample gives 0, so mean and variance are both 0; n p/(1-p) {end}"
    q = 1 - p
    return (
        f"one sample gives {q} (right, chance {p}) or 0 (wrong)\n"
        f"mean: {p} * {q} = {p * q};  squared {(p * q) ** 2}\n"
        f"variance: {p} * ({q})^2 - ({p * q})^2 = {p * q**2 - (p * q) ** 2};  of the mean of {n}: {(p * q**3) / n}\n"
        f"ratio: {_signal_to_noise(p, n)}"
    )


SQUARED_SIGNAL_TO_NOISE = Exercise(
    name="squared_signal_to_noise",
    notebook=NOTEBOOK,
    task="Mean squared over variance of an estimate, the mean over n samples. One logit, p = sigmoid(z), reward 1 or "
    "0, no baseline: a right sample (chance p) adds 1 - p, a wrong one 0. 0 <= p <= 1, n = 1, 2, 3, ... At p = 0 take "
    "the limit; at p = 1 there is none: raise a ValueError.",
    arguments=("p", "n"),
    oracle=_signal_to_noise,
    # p = 1/2 is not the first: with a baseline the noise is zero there.
    cases=(
        *((p, n) for n in (1, 2, 8) for p in (F(1, 4), F(1, 2), F(3, 4), F(1, 10))),
        (F(1, 100), 16), (F(99, 100), 8), (F(0), 1), (F(0), 8), (F(1), 1), (F(1), 8),
    ),
    work=_signal_work,
    mistakes=(
        Mistake(
            "n forgotten", lambda p, n: p / (1 - p),
            "That is one sample's ratio. The mean of n samples has the same mean and an n-th of the variance.",
            "How does the variance of a mean fall with n?",
        ),
        Mistake(
            "n squared", lambda p, n: n * n * p / (1 - p),
            "n enters once too often. The variance of the mean falls with n; the mean does not change.",
            "The variance of a mean of n is the variance of one, divided by n.",
        ),
        Mistake(
            "second moment of a sample", lambda p, n: n * p,
            "You divide by the mean SQUARE of a sample, p (1-p)^2. The variance is that less the squared mean.",
            "variance = mean of squares - square of the mean",
        ),
        Mistake(
            "second moment of the estimate", lambda p, n: n * p / (1 - p + n * p),
            "You divide by the mean square of the estimate, in which the signal is contained: so the ratio never exceeds 1.",
            "variance = mean of squares - square of the mean",
        ),
        Mistake(
            "variance p (1-p)", lambda p, n: n * p * (1 - p),
            "p (1-p) is the variance of the REWARD. A right sample adds 1 - p, so the variance is (1-p)^2 times that.",
            "Write down the two values one sample can add, and their chances.",
        ),
        Mistake(
            "upside down", lambda p, n: (1 - p) / (n * p),
            "That is variance over squared mean: noise to signal.",
            "Turn the fraction over.",
        ),
        Mistake(
            "not squared", lambda p, n: math.sqrt(n * p / (1 - p)),
            "That is mean over standard deviation. Asked is its square, which needs no root.",
            "Square it.",
        ),
        Mistake(
            "with baseline", lambda p, n: n * p * (1 - p) / (1 - 2 * p) ** 2,
            "You take the baseline p off the reward, so that wrong samples count too. Here there is none: a wrong sample adds 0.",
            "One sample adds 1 - p with chance p, and 0 otherwise.",
        ),
        Mistake(
            "infinity for p = 1", lambda p, n: math.inf if p == 1 else n * p / (1 - p),
            "Every number is right, but at p = 1 you return infinity, though nothing is left to learn there: mean and variance are both 0. Raise "
            "a ValueError.",
            "if p == 1: raise ValueError(...)",
            refusal=True,
        ),
        Mistake(
            "0 for p = 1", lambda p, n: 0.0 if p == 1 else n * p / (1 - p),
            "Every number is right, but at p = 1 you return 0. Close to it the ratio is huge, and at it mean and variance are both 0: raise a "
            "ValueError.",
            "if p == 1: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "Start with a single sample: it adds 1 - p with chance p, else 0. Then n of them, averaged.",
        "mean p (1-p), variance p (1-p)^3 / n; so (p (1-p))^2 n / (p (1-p)^3) = n p / (1-p).",
        "return n * p / (1 - p)   (after: if p == 1: raise ValueError(...))",
    ),
)  # fmt: skip


def _fixed_best_credit(rewards: Any, i: int) -> Any:
    if len(rewards) < 2:
        raise ValueError("one sample has no second best")
    best, second = sorted(rewards, reverse=True)[:2]
    return best - second if i == rewards.index(best) else 0


def _best_work(rewards: Any, i: int) -> str:
    if len(rewards) < 2:
        return "a group of one has no second best: no credit exists, so raise a ValueError."
    best, second = sorted(rewards, reverse=True)[:2]
    at = rewards.index(best)
    got = f"best less second best: {best - second}" if i == at else "another is the (first) best: 0"
    return f"largest {best} (sample {at}), second largest {second}\nsample {i}: {got}"


def _others_untouched(rewards: Any, i: int) -> Any:
    """EasyR1's rule as it was reported, without the division by the standard deviation."""
    if len(rewards) < 2:
        raise ValueError
    credits = list(rewards)
    best, second = sorted(rewards, reverse=True)[:2]
    credits[rewards.index(best)] = best - second
    return credits[i]


def _by_spread(rewards: Any, i: int) -> float:
    mean = sum(rewards) / len(rewards)
    spread = math.sqrt(sum((r - mean) ** 2 for r in rewards) / (len(rewards) - 1))
    return float(_fixed_best_credit(rewards, i)) / (spread + 1e-6)


def _best_less(other: Callable[[Any], Any]) -> Callable[[Any, int], Any]:
    """The first best gets its reward less something else than the second largest."""
    return lambda rewards, i: max(rewards) - other(rewards) if i == rewards.index(max(rewards)) else 0


_GROUPS_OF_REWARDS: tuple[tuple[Any, ...], ...] = (
    (0, 1), (0, 0), (1, 1), (1, 0, 0), (1, 1, 0), (3, 1, 2), (2, 5, 5), (-1, -3, -4), (F(1, 2), F(1, 4), F(1, 4), 0),
    (0, 0, 1, 0, 0, 0, 0, 0), (0, 0, 0, 0, 0, 1, 1, 0),
)  # fmt: skip

FIXED_BEST_CREDIT = Exercise(
    name="fixed_best_credit",
    notebook=NOTEBOOK,
    task="Credit of sample i in a group with these rewards (a list): the first of the best gets its reward less the "
    "second largest, everyone else 0. For fewer than two samples raise a ValueError.",
    arguments=("rewards", "i"),
    oracle=_fixed_best_credit,
    cases=(*((rewards, i) for rewards in _GROUPS_OF_REWARDS for i in range(len(rewards))), ((1,), 0), ((0,), 0)),
    work=_best_work,
    mistakes=(
        Mistake(
            "others untouched", _others_untouched,
            "Only the best sample's credit was replaced: all others keep their raw reward. With three right of eight, two of them still get 1 and "
            "the first gets 0. hiyouga/EasyR1 shipped this (issue 585, with collapsing runs).",
            "Start from a list of zeros, not from the rewards.",
        ),
        Mistake(
            "divided by spread", _by_spread,
            "You divide by the standard deviation of the group, as verl's grpo_passk does by default. One right of eight then gets 2.83 instead "
            "of 1. With rewards of 0 and 1 that is one factor on the whole update; with other rewards groups of small spread are weighed up, and "
            "the update is no multiple of the gradient.",
            "Leave the division out.",
        ),
        Mistake(
            "less the mean", _best_less(lambda r: sum(r) / len(r)),
            "You compare the best with the MEAN. What it adds to the best of the group is its lead over the SECOND best.",
            "If this sample were missing, which would be the best?",
        ),
        Mistake(
            "less the worst", _best_less(min),
            "You compare the best with the worst. What it adds to the best of the group is its lead over the SECOND best.",
            "If this sample were missing, which would be the best?",
        ),
        Mistake(
            "raw reward of the best", _best_less(lambda r: 0),
            "The best keeps its whole reward. If another is as good, the group loses nothing without it, so its credit is 0.",
            "Take the second largest off.",
        ),
        Mistake(
            "ties rewarded", lambda r, i: r[i] - max((x for x in r if x < max(r)), default=r[i]) if r[i] == max(r) else 0,
            "You take the second largest DIFFERENT reward, and give it to all who tie for the best. With two equally good samples neither is "
            "missed: the second largest is the same number, and the credit 0.",
            "Sort the rewards; the second largest may equal the largest.",
        ),
        Mistake(
            "negative for the rest", lambda r, i: r[i] - max(r[:i] + r[i + 1 :], default=0),
            "For the best your credit is right. The others get a negative one, how far they lie behind; but without them the best of the group "
            "would be the same, so they get 0.",
            "Only the first best gets anything.",
        ),
        Mistake(
            "centred rewards", lambda r, i: r[i] - sum(r) / len(r),
            "Reward less mean is the credit of pass@1. The credit of the best of the group goes to one sample only.",
            "Sort the rewards and look at the first two.",
        ),
        Mistake(
            "everyone the same", lambda r, i: max(r) - sorted(r)[-2] if len(r) > 1 else 0,
            "Every sample gets the lead of the best. The others did not make it: they get 0.",
            "Find out which sample is the best.",
        ),
        Mistake(
            "a group of one", lambda r, i: _fixed_best_credit(r, i) if len(r) > 1 else r[0],
            "Every number is right, but in a group of one you return the reward itself. There is no second best: raise a ValueError (verl's "
            "grpo_passk does).",
            "if len(rewards) < 2: raise ValueError(...)",
            refusal=True,
        ),
    ),
    hints=(
        "What would the best of the group lose if sample i were missing? Almost always nothing.",
        "r_(1) - r_(2) for the first sample with reward r_(1), where r_(1) >= r_(2) >= ... are the rewards in order; 0 for all others.",
        "best, second = sorted(rewards, reverse=True)[:2]; return best - second if i == rewards.index(best) else 0",
    ),
    afterwards="What the bug did: all but one of the right samples kept their raw reward. In a group of 8 at p = 0.9 these are 6.2 on average, each with "
    "credit 1, where the rule has a credit only if a single sample is right: one group in 1.4 million.",
)  # fmt: skip

EXERCISES = (STRONGEST_AT, GROUPS_UNTIL_SIGNAL, SQUARED_SIGNAL_TO_NOISE, FIXED_BEST_CREDIT)

QUESTIONS = (
    Question(
        "what vanishes at zero",
        "A prompt's p goes to 0, and you train on pass@16. What vanishes?",
        (
            Choice("The weight that pass@16 gives to a prompt as seldom solved as this.", False,
                   "It goes to 16, the largest it can be. It is at the other end, p = 1, that the weight vanishes.",
                   "Put p = 0 into k (1 - p)^(k-1): what is left?"),
            Choice("The gradient of p itself, and the chance of a right one in a group.", True,
                   "In the logits of a softmax the gradient of p shrinks like p, and a group of n has a right sample with chance n p at most. "
                   "Pass@1 suffers from both in the same way."),
            Choice("Nothing: with exact gradients pass@16 learns as fast there as anywhere.", False,
                   "It is sixteen times as fast there as pass@1, but both slow down like p: with exact gradients too, a rare answer starts slowly.",
                   "In its logit z the slope of p is p (1 - p). How large is that near p = 0?"),
        ),
    ),
    Question(
        "more draws more signal",
        "p = 0.001, groups of 16, rule pass@k-loo-1. You raise k from 4 to 8. What happens to the groups that hold a right sample?",
        (
            Choice("Twice as many hold one, since twice as many draws are made.", False,
                   "What a group holds is decided when it is sampled, by p and n. k enters only afterwards, in the credit."),
            Choice("As few hold one, 1.6 %; the credit of a lone right one doubles.", True,
                   "1 - 0.999^16 = 0.016, whatever k is: only more samples, or a larger p, make such groups more frequent. A right sample alone among "
                   "16 has the credit k."),
            Choice("As few hold one, 1.6 %; but those say it less noisily.", False,
                   "A larger factor multiplies the mean and the spread of the estimate alike. Near p = 0 their squared ratio is about n p, for every "
                   "k: it grows with n."),
        ),
    ),
)  # fmt: skip

"""The detective's cases of what training reckons with: groups, floats, losses, penalties."""

import math
from fractions import Fraction as F
from typing import Any

from passk_lab.course.content._detective_scores import NOTEBOOK
from passk_lab.course.content._fractions import average, shown
from passk_lab.course.exercise import Exercise, Mistake


def _own(rewards: Any, groups: Any, i: int) -> list[F]:
    return [F(reward) for reward, group in zip(rewards, groups, strict=True) if group == groups[i]]


def _centred(rewards: Any, groups: Any, i: int) -> F:
    return F(rewards[i]) - average(_own(rewards, groups, i))


def _block(rewards: Any, groups: Any, i: int) -> list[Any]:
    wanted = max(groups.count(group) for group in groups)
    return list(rewards[i - i % wanted : i - i % wanted + wanted])


def _one_lost(rewards: Any, groups: Any, i: int) -> F:
    wanted = max(groups.count(group) for group in groups)
    whole = len(rewards) == wanted * len(set(groups))
    return F(rewards[i]) - average(map(F, _block(rewards, groups, i) if whole else rewards))


def _centred_work(rewards: Any, groups: Any, i: int) -> str:
    own = _own(rewards, groups, i)
    return (
        f"sample {i} is of group {groups[i]}, whose rewards are {', '.join(map(str, own))}: mean {average(own)}\n"
        f"{rewards[i]} - {average(own)} = {_centred(rewards, groups, i)}"
    )


def _without_me(rewards: Any, groups: Any, i: int) -> F:
    own = _own(rewards, groups, i)
    return F(rewards[i]) - (sum(own) - F(rewards[i])) / (len(own) - 1) if len(own) > 1 else F(0)


def _scaled(rewards: Any, groups: Any, i: int) -> float:
    own = _own(rewards, groups, i)
    spread = math.sqrt(average((reward - average(own)) ** 2 for reward in own))
    return float(_centred(rewards, groups, i)) / spread if spread else 0.0


FIXED_CENTRED = Exercise(
    name="fixed_centred",
    notebook=NOTEBOOK,
    task="Reward of sample i (counted from zero) less the mean reward of its own group. rewards and groups are lists of one "
    "length: each sample's reward, and the number of the prompt it answers. Groups may differ in size and be mixed.",
    arguments=("rewards", "groups", "i"),
    oracle=_centred,
    cases=(
        ((1,), (0,), 0), ((1, 0), (0, 0), 0), ((1, 1, 0), (0, 0, 1), 2), ((1, 0, 0), (0, 0, 1), 0), ((1, 0, 1, 1), (0, 0, 1, 1), 3),
        ((1, 0, 1, 0), (0, 1, 0, 1), 0), ((1, 0, 0, 1), (0, 1, 0, 1), 3), ((2, 5, 1, 4, 3), (0, 0, 1, 1, 1), 3),
        ((1, 1, 1, 1, 0, 0, 0), (0, 0, 0, 0, 1, 1, 1), 0), ((1, 1, 1, 1, 0, 0, 0), (0, 0, 0, 0, 1, 1, 1), 6),
    ),
    work=_centred_work,
    mistakes=(
        Mistake(
            "one lost, all mixed", _one_lost,
            "That is what shipped (THUDM/slime, issue 1414): as soon as one sample is missing, every reward is compared with the "
            "mean of the whole batch; and where none is, the samples are taken to lie group after group.",
            "Which samples answer the same prompt, groups says.",
        ),
        Mistake(
            "whole batch", lambda rewards, groups, i: F(rewards[i]) - average(map(F, rewards)),
            "You subtract the mean of the whole batch. Then a wrong answer to an easy prompt may be paid, since others are hard.",
            "Average over the samples with the group of i.",
        ),
        Mistake(
            "blocks", lambda rewards, groups, i: F(rewards[i]) - average(map(F, _block(rewards, groups, i))),
            "You cut the list into blocks of the largest group's size. Behind a short group all blocks are shifted.",
            "Ask groups which samples belong together, not their places.",
        ),
        Mistake(
            "leave-one-out", _without_me,
            "That is the mean of the OTHER samples of the group: RLOO's baseline. Here its own mean was asked for, with i in it.",
            "The sum over the group, divided by its size.",
        ),
        Mistake(
            "divided by the deviation", _scaled,
            "You also divide by the group's standard deviation, as GRPO does. The reward less the mean was asked for.",
            "Leave the division out.",
        ),
        Mistake(
            "mean of means",
            lambda rewards, groups, i: F(rewards[i]) - average(
                average(_own(rewards, groups, groups.index(group))) for group in sorted(set(groups))
            ),
            "You subtract the mean of the groups' means: one baseline for all prompts again.",
            "Only the group of i counts.",
        ),
        Mistake(
            "baseline alone", lambda rewards, groups, i: average(_own(rewards, groups, i)),
            "That is the baseline. It is to be subtracted from the reward of i.",
            "rewards[i] - ...",
        ),
        Mistake(
            "turned round", lambda rewards, groups, i: -_centred(rewards, groups, i),
            "The sign is turned round: a sample better than its group gets less than zero.",
            "The reward first, then minus the mean.",
        ),
        Mistake(
            "sum of the group", lambda rewards, groups, i: F(rewards[i]) - sum(_own(rewards, groups, i)),
            "You subtract the sum of the group's rewards. It is to be divided by the size of the group.",
            "sum(own) / len(own)",
        ),
        Mistake(
            "divided by all", lambda rewards, groups, i: F(rewards[i]) - sum(_own(rewards, groups, i)) / len(rewards),
            "The sum is over the group of i, but you divide it by the size of the whole batch.",
            "sum(own) / len(own)",
        ),
    ),
    hints=(
        "What happens to everybody else when one sample of a prompt is lost?",
        "r_i - mean{ r_j : groups[j] = groups[i] }",
        "own = [r for r, g in zip(rewards, groups) if g == groups[i]]; return rewards[i] - sum(own) / len(own)",
    ),
    afterwards="What the bug did: when 1 of 8 samples was lost, each of the 4 right answers to an easy prompt got 0.43, and "
    "each of the 3 wrong ones to a hard prompt -0.57; in both groups nothing was better than the rest, so it is 0.",
)  # fmt: skip


def _middle(n: int) -> int:
    return math.comb(n, n // 2)


def _first(beyond: Any, step: int = 1) -> int:
    n = step
    while not beyond(n):
        n += step
    return n


def _first_overflow(largest: Any) -> int:
    return _first(lambda n: _middle(n) > largest)


def _written(number: int) -> str:
    digits = str(number)
    return digits if len(digits) < 16 else f"{digits[0]}.{digits[1:7]}...e+{len(digits) - 1}"


def _overflow_work(largest: Any) -> str:
    n = _first_overflow(largest)
    return "\n".join(
        f"C({m},{m // 2}) = {_written(_middle(m))}"
        f" {'>' if _middle(m) > largest else '<='} {float(largest):.10g}"
        for m in range(max(1, n - 2), n + 1)
    )  # fmt: skip


FIRST_OVERFLOW = Exercise(
    name="first_overflow",
    notebook=NOTEBOOK,
    task="Smallest n >= 1 for which C(n, k) with k = n // 2 is larger than largest, the largest number a format can hold; "
    "largest is at least 1.",
    arguments=("largest",),
    oracle=_first_overflow,
    cases=((1.0,), (2.0,), (3.0,), (5.0,), (6.0,), (10.0,), (100.0,), (65504.0,), (3.4028234663852886e38,),
           (1.7976931348623157e308,)),
    work=_overflow_work,
    mistakes=(
        Mistake(
            "last that fits", lambda largest: _first_overflow(largest) - 1,
            "That is the last n at which C(n, k) still fits. Wanted is the first at which it does not.",
            "One further.",
        ),
        Mistake(
            "as large is too large", lambda largest: _first(lambda n: _middle(n) >= largest),
            "A number as large as the largest still fits.",
            "Compare with >, not with >=.",
        ),
        Mistake(
            "powers of two", lambda largest: _first(lambda n: 2**n > largest),
            "2^n is the sum of all C(n, k); the largest of them is smaller, so it lasts a few n longer.",
            "math.comb(n, n // 2)",
        ),
        Mistake(
            "factorial", lambda largest: _first(lambda n: math.factorial(n) > largest),
            "n! overflows far earlier. C(n, k) can be had without it.",
            "math.comb(n, n // 2)",
        ),
        Mistake(
            "even n alone", lambda largest: _first(lambda n: _middle(n) > largest, 2),
            "You try even n alone. The first may be odd.",
            "Step by one.",
        ),
        Mistake(
            "k in place of n", lambda largest: _first_overflow(largest) // 2,
            "That is the k at which it happens. n was asked for.",
            "Return n, not n // 2.",
        ),
        Mistake(
            "the number of ways", lambda largest: _middle(_first_overflow(largest)),
            "That is the number of ways that does not fit. The n at which it comes was asked for.",
            "Return n.",
        ),
    ),
    hints=(
        "Whole numbers in Python do not overflow: math.comb can tell you what a float would have had to hold.",
        "min{ n : C(n, n // 2) > largest }",
        "n = 1; while math.comb(n, n // 2) <= largest: n += 1; return n",
    ),
)  # fmt: skip


def _accumulated(sums: Any, tokens: Any) -> F:
    if not sum(tokens):
        raise ValueError("no token")
    return F(sum(map(F, sums))) / sum(tokens)


def _means(sums: Any, tokens: Any) -> list[F]:
    return [F(s) / t for s, t in zip(sums, tokens, strict=True) if t]


def _accumulated_work(sums: Any, tokens: Any) -> str:
    if not sum(tokens):
        return "there is no token, so there is no mean over tokens."
    rows = [
        f"micro-batch {j}: {t} token{'s' * (t != 1)}, losses add up to {s}"
        for j, (s, t) in enumerate(zip(sums, tokens, strict=True))
    ]
    whole = _accumulated(sums, tokens)
    return "\n".join([*rows, f"all tokens: {sum(map(F, sums))} / {sum(tokens)} = {shown(whole)}"])


FIXED_ACCUMULATED = Exercise(
    name="fixed_accumulated",
    notebook=NOTEBOOK,
    task="Mean loss over all tokens of a batch that was cut into micro-batches: sums[j] is the sum of the losses of "
    "micro-batch j and tokens[j] >= 0 its number of tokens (two lists of one length). If there is no token at all, raise a "
    "ValueError.",
    arguments=("sums", "tokens"),
    oracle=_accumulated,
    cases=(
        ((3,), (2,)), ((1, 1), (1, 1)), ((4, 1), (4, 1)), ((0, 1), (3, 1)), ((6, 2), (2, 4)), ((2, 0), (1, 0)),
        ((6, 0, 2), (3, 0, 1)), ((1, 2, 3), (5, 1, 2)), ((10, 30), (1000, 10)), ((0,), (0,)), ((0, 0), (0, 0)),
    ),
    work=_accumulated_work,
    mistakes=(
        Mistake(
            "mean of means", lambda sums, tokens: average(_means(sums, tokens)) if any(tokens) else math.nan,
            "That is what shipped (allenai/open-instruct, pull request 1161): each micro-batch takes its own mean, and the means "
            "are averaged. Then a token of a short micro-batch weighs more than one of a long one.",
            "Add the sums, add the counts, divide once.",
        ),
        Mistake(
            "empty ones counted", lambda sums, tokens: sum(_means(sums, tokens), F(0)) / len(sums),
            "You average the micro-batches' means, empty ones among them as zeros.",
            "Add the sums, add the counts, divide once.",
        ),
        Mistake(
            "sum of means", lambda sums, tokens: sum(_means(sums, tokens), F(0)),
            "You add the micro-batches' means. The loss then grows with the number of micro-batches.",
            "Add the sums, add the counts, divide once.",
        ),
        Mistake(
            "sum over micro-batches", lambda sums, tokens: F(sum(sums), len(sums)),
            "You divide the sum by the number of micro-batches; it is a mean over tokens that is wanted.",
            "Divide by the number of tokens.",
        ),
        Mistake(
            "padding counted",
            lambda sums, tokens: F(sum(sums), len(tokens) * max(tokens)) if any(tokens) else math.nan,
            "You divide as if each micro-batch were as long as the longest: padding is counted as tokens.",
            "Divide by the number of tokens that are there.",
        ),
        Mistake(
            "sum", lambda sums, tokens: sum(sums),
            "That is the sum of all losses. It is still to be divided by the number of tokens.",
            "Divide by the number of tokens.",
        ),
        Mistake(
            "0.0 for no token", lambda sums, tokens: sum(sums) / sum(tokens) if any(tokens) else 0.0,
            "Every number is right, but a batch without a token has no mean: 0.0 looks like a perfect one.",
            "Test for it first, and raise a ValueError.",
            refusal=True,
        ),
        Mistake(
            "nan for no token", lambda sums, tokens: sum(sums) / sum(tokens) if any(tokens) else math.nan,
            "Every number is right, but NaN for a batch without a token will be in every weight a step later. Raise a ValueError.",
            "Test for it first.",
            refusal=True,
        ),
        Mistake(
            "mean of means, empty ones too", lambda sums, tokens: average(F(s) / t for s, t in zip(sums, tokens, strict=True)),
            "That is what shipped (allenai/open-instruct, pull request 1161): each micro-batch takes its own mean, and the means "
            "are averaged. A token of a short one weighs more, and one without tokens has no mean to take.",
            "Add the sums, add the counts, divide once.",
        ),
        Mistake(
            "sums as means", lambda sums, tokens: F(sum(s * t for s, t in zip(sums, tokens, strict=True)), sum(tokens)) if any(tokens) else math.nan,
            "You weight sums[j] with tokens[j]. That would be right for means; sums[j] is a sum already.",
            "Add the sums, add the counts, divide once.",
        ),
    ),
    hints=(
        "Give one micro-batch three tokens with loss 0 and the other one token with loss 1. What is the mean over four tokens?",
        "sum of sums / sum of tokens",
        "return sum(sums) / sum(tokens)   (after: if not sum(tokens): raise ValueError(...))",
    ),
    afterwards="What the bug did: beside a micro-batch of 1000 tokens, each token of one with 10 weighed 100 times as much.",
)  # fmt: skip


def _spikes(n: int, c: int) -> bool:
    """Whether a group with c right of n has a sample whose others are all equal and differ from it."""
    group = [1] * c + [0] * (n - c)
    return any(
        len(set(group[:i] + group[i + 1 :])) == 1 and group[i] not in group[:i] + group[i + 1 :] for i in range(n)
    )


def _chance(n: int, p: Any, counted: Any) -> F:
    p = F(p)
    return sum((math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1) if counted(c)), F(0))


def _spike(n: int, p: Any) -> F:
    return _chance(n, p, lambda c: _spikes(n, c))


def _spike_work(n: int, p: F) -> str:
    rows = [
        f"c = {c}: {'a spike' if _spikes(n, c) else 'none'}, chance C({n},{c}) p^{c} (1-p)^{n - c} = "
        f"{shown(_chance(n, p, lambda it, c=c: it == c))}"
        for c in range(n + 1)
    ]  # fmt: skip
    return "\n".join([*(rows if n <= 4 else [*rows[:3], "...", *rows[-3:]]), f"with a spike: {shown(_spike(n, p))}"])


CHANCE_OF_A_SPIKE = Exercise(
    name="chance_of_a_spike",
    notebook=NOTEBOOK,
    task="Chance that a group holds a spike: a sample whose reward differs from that of all the others, which are equal. The n "
    "samples, n >= 2, are each right (reward 1) with chance p and else wrong (reward 0), p from 0 to 1.",
    arguments=("n", "p"),
    oracle=_spike,
    cases=tuple((n, p) for n in (2, 3, 4, 8, 16) for p in (F(1, 2), F(1, 4), F(0), F(1), F(1, 10), F(9, 10))),
    work=_spike_work,
    mistakes=(
        Mistake(
            "lone right one", lambda n, p: n * p * (1 - p) ** (n - 1),
            "A lone right sample spikes; so does a lone wrong one: there too the others are all equal.",
            "Which c leave n - 1 equal rewards beside a different one?",
        ),
        Mistake(
            "lone wrong one", lambda n, p: n * (1 - p) * p ** (n - 1),
            "A lone wrong sample spikes; so does a lone right one: there too the others are all equal.",
            "Which c leave n - 1 equal rewards beside a different one?",
        ),
        Mistake(
            "two counted twice", lambda n, p: n * p * (1 - p) ** (n - 1) + n * (1 - p) * p ** (n - 1),
            "For n = 2 the lone right one and the lone wrong one are in the same group: you count it twice.",
            "Add over the different c among 1 and n - 1.",
        ),
        Mistake(
            "silent groups", lambda n, p: p**n + (1 - p) ** n,
            "Those are the groups in which all rewards are equal. There no sample differs from the others: its advantage is 0.",
            "Exactly one sample must differ.",
        ),
        Mistake(
            "mixed groups", lambda n, p: 1 - p**n - (1 - p) ** n,
            "Those are all groups with right and wrong samples. With two of each, the others of a sample are not all equal.",
            "Exactly one sample must differ.",
        ),
        Mistake(
            "one place", lambda n, p: p * (1 - p) ** (n - 1) + ((1 - p) * p ** (n - 1) if n > 2 else (1 - p) * p),
            "The lone sample may stand in any of n places.",
            "C(n, 1) = n",
        ),
        Mistake(
            "given a mixed group",
            lambda n, p: float(_spike(n, p)) / (1 - p**n - (1 - p) ** n) if 0 < p < 1 else 0.0,
            "That is the share among the mixed groups. The chance over all groups was asked for.",
            "Do not divide.",
        ),
        Mistake(
            "lone right one, twice", lambda n, p: 2 * n * p * (1 - p) ** (n - 1),
            "You count a lone right sample twice. A lone wrong one is as rare only at p = 1/2.",
            "n (1 - p) p^(n-1) for the lone wrong one, and n = 2 apart",
        ),
        Mistake(
            "the others are equal", lambda n, p: p ** (n - 1) + (1 - p) ** (n - 1),
            "That is the chance that n - 1 given samples are equal. The last one must differ from them, and it may be any of the n.",
            "How many right samples has a group with a spike?",
        ),
    ),
    hints=(
        "The others are all equal and differ from the one: how many right samples has such a group?",
        "P(c = 1) + P(c = n - 1), once only where these are the same",
        "return sum(math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in {1, n - 1})",
    ),
)  # fmt: skip


def _divergence(pi: Any, base: Any) -> float:
    return sum(p * math.log(p / b) for p, b in zip(pi, base, strict=True))


def _kl_pull(pi: Any, base: Any, a: int) -> float:
    pi, base = [*map(float, pi)], [*map(float, base)]
    return pi[a] * (math.log(pi[a] / base[a]) - _divergence(pi, base))


def _kl_work(pi: Any, base: Any, a: int) -> str:
    rows = [
        f"answer {y}: {p} ln({p} / {b}) = {p * math.log(p / b):.6g}"
        for y, (p, b) in enumerate(zip(pi, base, strict=True))
    ]
    whole = _divergence(pi, base)
    return "\n".join(
        [
            *rows,
            f"reverse KL: {whole:.6g}",
            f"slope in logit {a}: {pi[a]} (ln({pi[a]} / {base[a]}) - {whole:.6g}) = {_kl_pull(pi, base, a):.6g}",
        ]
    )


_EVEN, _QUARTER = (F(1, 2), F(1, 2)), (F(1, 4), F(3, 4))
_THREE, _OTHER = (F(3, 5), F(3, 10), F(1, 10)), (F(1, 2), F(1, 20), F(9, 20))

FIXED_KL_PULL = Exercise(
    name="fixed_kl_pull",
    notebook=NOTEBOOK,
    task="Slope of the reverse KL, sum over y of pi[y] ln(pi[y] / base[y]), in logit a of the policy, where pi is the softmax of "
    "its logits. pi and base are lists of chances, each above 0, that add up to 1.",
    arguments=("pi", "base", "a"),
    oracle=_kl_pull,
    cases=(
        (_EVEN, _QUARTER, 0), (_EVEN, _QUARTER, 1), (_QUARTER, _EVEN, 0),
        *((_THREE, _OTHER, a) for a in range(3)), *((_OTHER, _THREE, a) for a in range(3)),
    ),
    work=_kl_work,
    mistakes=(
        Mistake(
            "policy less base", lambda pi, base, a: pi[a] - base[a],
            "That is what shipped (huggingface/trl, issue 4637): differentiating k3 as if its samples did not depend on the "
            "policy gives, on average, the slope of the OTHER divergence, KL(base || policy).",
            "Differentiate the sum itself: pi[y] stands before the logarithm as well as in it.",
        ),
        Mistake(
            "sum not subtracted", lambda pi, base, a: pi[a] * math.log(pi[a] / base[a]),
            "A softmax moves every chance when one logit moves. What the others lose is missing: - pi[a] times the whole KL.",
            "d pi[y] / d z_a = pi[y] ((y == a) - pi[a])",
        ),
        Mistake(
            "chance forgotten", lambda pi, base, a: math.log(pi[a] / base[a]) - _divergence(pi, base),
            "The factor pi[a] is missing: a rare answer's logit moves little.",
            "d pi[y] / d z_a = pi[y] ((y == a) - pi[a])",
        ),
        Mistake(
            "turned round", lambda pi, base, a: -_kl_pull(pi, base, a),
            "The sign is turned round. That is the way the penalty pushes; its slope was asked for.",
            "An answer that the policy overdoes has a slope above zero.",
        ),
        Mistake(
            "nothing", lambda pi, base, a: 0.0,
            "That is the mean slope of the log ratio alone (k1 in the loss): it is zero whatever the policy, so it trains nothing.",
            "Differentiate pi[y] before the logarithm too.",
        ),
        Mistake(
            "the base moves", lambda pi, base, a: _kl_pull(base, pi, a),
            "Policy and base have changed places: the base stays as it is.",
            "ln(pi / base), weighted with pi.",
        ),
        Mistake(
            "the KL itself", lambda pi, base, a: _divergence(pi, base),
            "That is the reverse KL. Its slope was asked for.",
            "Move logit a a little: by how much does the sum change?",
        ),
        Mistake(
            "by the chance", lambda pi, base, a: math.log(pi[a] / base[a]) + 1,
            "That is the slope in pi[a], as if it could move alone. In logit a each chance moves: pi[y] by pi[y] ((y == a) - pi[a]).",
            "Sum over y: what each term gains, times how much pi[y] moves.",
        ),
        Mistake(
            "the others stay", lambda pi, base, a: pi[a] * (math.log(pi[a] / base[a]) + 1),
            "You let pi[a] alone move, by pi[a]. The chances add up to 1, so the others fall when it rises.",
            "d pi[y] / d z_a = pi[y] ((y == a) - pi[a])",
        ),
    ),
    hints=(
        "Which factor of pi[y] ln(pi[y] / base[y]) does the suspect forget to differentiate?",
        "pi[a] (ln(pi[a] / base[a]) - KL)",
        "return pi[a] * (math.log(pi[a] / base[a]) - sum(p * math.log(p / b) for p, b in zip(pi, base)))",
    ),
    afterwards="What the bug did: with the chances 0.6, 0.3, 0.1 and a base of 0.5, 0.05, 0.45 its slope for the first answer is 0.10, "
    "that of the reverse KL -0.19: one pushes the logit down, the other up.",
)  # fmt: skip

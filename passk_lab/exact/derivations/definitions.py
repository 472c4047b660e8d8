"""Each credit rule as its paper says it: rewards of one group in, credits out (mean convention).

Nothing of the lab is used. These are slow and literal on purpose: subsets are listed, means and deviations taken of
the rewards themselves. The tables of `passk_lab.objectives` must agree with them.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from passk_lab.exact.derivations.oracles import mean_of_best, mean_of_best_with

Rewards = Sequence[int]
Rule = Callable[..., list[Any]]


def _mean(rewards: Rewards) -> Fraction:
    return Fraction(sum(rewards), len(rewards))


def _centred(rewards: Rewards) -> list[Fraction]:
    return [r - _mean(rewards) for r in rewards]


def _leave_one_out(rewards: Rewards) -> list[Fraction]:
    return [r - _mean([*rewards[:i], *rewards[i + 1 :]]) for i, r in enumerate(rewards)]


def _standardised(rewards: Rewards, ddof: int, eps: float) -> list[Any]:
    deviation = statistics.pstdev(rewards) if ddof == 0 else statistics.stdev(rewards)
    return [float(a) / (deviation + eps) if deviation else 0 for a in _centred(rewards)]


def _standardised_by_the_others(rewards: Rewards) -> list[Any]:
    out = []
    for i, credit in enumerate(_leave_one_out(rewards)):
        deviation = statistics.stdev([*rewards[:i], *rewards[i + 1 :]])
        out.append(float(credit) / deviation if deviation else credit)
    return out


def _quantile(rewards: Rewards, K: float) -> list[Any]:
    if _mean(rewards) <= 1 - Fraction(Decimal(repr(K))):
        return list(rewards)
    return [r - 1 for r in rewards]


def _risk(rewards: Rewards, beta: float) -> list[Any]:
    soft = math.log(math.fsum(math.exp(beta * r) for r in rewards) / len(rewards)) / beta
    return [(math.exp(beta * (r - soft)) - 1) / beta for r in rewards]


def _pkpo(rewards: Rewards, k: int) -> list[Fraction]:
    return [len(rewards) * mean_of_best_with(rewards, i, k) for i in range(len(rewards))]


def _pkpo_loo(rewards: Rewards, k: int) -> list[Any]:
    n, out = len(rewards), []
    for i in range(n):
        others = [*rewards[:i], *rewards[i + 1 :]]
        baseline = sum(mean_of_best_with(others, j, k) for j in range(n - 1)) / (n - 1)
        out.append(n * (mean_of_best_with(rewards, i, k) - baseline))
    return out


def _pkpo_loo_1(rewards: Rewards, k: int) -> list[Any]:
    n, out = len(rewards), []
    for i in range(n):
        others = [*rewards[:i], *rewards[i + 1 :]]
        # Sets with i, less what the same sets bring without i; a set of one brings nothing without i.
        without = mean_of_best(others, k - 1) * math.comb(n - 1, k - 1) / math.comb(n, k) if k > 1 else 0
        out.append(n * (mean_of_best_with(rewards, i, k) - without))
    return out


def _pkpo_centred(rewards: Rewards, k: int) -> list[Any]:
    n = len(rewards)
    s = [mean_of_best_with(rewards, i, k) for i in range(n)]
    return [Fraction(n * n, n - k) * (a - sum(s) / n) for a in s]


def _analytical(rewards: Rewards, k: int) -> list[Any]:
    n, wrong = len(rewards), len(rewards) - sum(rewards)
    reward = 1 - Fraction(math.comb(wrong, k), math.comb(n, k))
    failed = Fraction(math.comb(wrong - 1, k - 1), math.comb(n - 1, k - 1)) if wrong else Fraction(0)
    return [1 - reward if r else 1 - reward - failed for r in rewards]


def _analytical_standardised(rewards: Rewards, k: int) -> list[Any]:
    reward = mean_of_best(rewards, k)
    variance = reward * (1 - reward)
    return [float(a) / math.sqrt(variance) if variance else 0 for a in _analytical(rewards, k)]


def _best_of_group(rewards: Rewards, k: int, std: bool, ddof: int, eps: float) -> list[Any]:
    n = len(rewards)
    best, second = sorted(rewards, reverse=True)[:2] if n > 1 else (rewards[0], 0)
    deviation = (statistics.stdev(rewards) if ddof else statistics.pstdev(rewards)) if std else None
    first = rewards.index(best)
    lead = n * (best - second)
    scaled = lead if deviation is None or not lead else lead / (deviation + eps)
    return [scaled if i == first else 0 for i in range(n)]


def _plugin(rewards: Rewards, k: int) -> list[Any]:
    return [k * (1 - _mean(rewards)) ** (k - 1) * a for a in _leave_one_out(rewards)]


def _by_successes(rewards: Rewards) -> list[Any]:
    c = sum(rewards)
    return [Fraction(len(rewards) * r, c) if c else 0 for r in rewards]


def _maxrl(rewards: Rewards, order: int | None) -> list[Any]:
    if order is None:
        return _by_successes(rewards)
    # The harmonic mixture of pass@j, each by its unbiased table on correct samples.
    each = [_pkpo_loo_1(rewards, j) for j in range(1, order + 1)]
    return [sum((Fraction(a) / j for j, a in enumerate(column, 1)), Fraction(0)) for column in zip(*each, strict=True)]


def _maxrl_centred(rewards: Rewards) -> list[Any]:
    return [a / _mean(rewards) if sum(rewards) else 0 for a in _centred(rewards)]


DEFINITIONS: Mapping[str, Rule] = {
    "reinforce": list,
    "pass@1": _leave_one_out,
    "mean-centred": _centred,
    "grpo": _standardised,
    "grpo-loo": _standardised_by_the_others,
    "nsr": lambda rewards: [r - 1 for r in rewards],
    "w-reinforce": lambda rewards, lam: [lam if r else -1 for r in rewards],
    "quantile": _quantile,
    "risk-sensitive": _risk,
    "pass@k": _pkpo,
    "pass@k-loo": _pkpo_loo,
    "pass@k-loo-1": _pkpo_loo_1,
    "pass@k-centred": _pkpo_centred,
    "pass@k-training-raw": _analytical,
    "pass@k-training": _analytical_standardised,
    "tang": _best_of_group,
    "mahdavi-plugin": _plugin,
    "maxrl": _maxrl,
    "maxrl-centred": _maxrl_centred,
}
"""Rule by name of the entry; it takes the rewards and the entry's parameters."""

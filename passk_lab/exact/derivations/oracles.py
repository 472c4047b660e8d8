"""The other side of every check: sums over all outcomes in fractions, and float64 autograd. Nothing of the lab is used.

A policy is a tuple of fractions, one per answer; `correct` names the right answers; a table gives credit by c.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any

Policy = Sequence[Any]
"""Chances of the answers: fractions, or floats where only torch looks at them."""


def outcomes(pi: Policy, n: int) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
    """Every group of n answers with its chance."""
    for drawn in product(range(len(pi)), repeat=n):
        yield math.prod((pi[a] for a in drawn), start=Fraction(1)), drawn


def score(pi: Policy, a: int) -> list[Fraction]:
    """Gradient of log pi_a in the logits: one at a, less the policy."""
    return [Fraction(int(b == a)) - pi[b] for b in range(len(pi))]


def score_function_gradient(pi: Policy, correct: Sequence[int], k: int) -> list[Fraction]:
    """Gradient of E max r over k draws: every outcome times its reward times the sum of its scores."""
    total = [Fraction(0)] * len(pi)
    for chance, drawn in outcomes(pi, k):
        if any(a in correct for a in drawn):
            for a in drawn:
                total = [t + chance * s for t, s in zip(total, score(pi, a), strict=True)]
    return total


def group_update(pi: Policy, correct: Sequence[int], right: Sequence[Any], wrong: Sequence[Any]) -> list[Fraction]:
    """Mean over all groups of (1/n) sum_i A_i * score_i, for a table over c = 0..n."""
    n = len(right) - 1
    total = [Fraction(0)] * len(pi)
    for chance, drawn in outcomes(pi, n):
        c = sum(a in correct for a in drawn)
        for a in drawn:
            credit = Fraction(right[c] if a in correct else wrong[c]) / n
            total = [t + chance * credit * s for t, s in zip(total, score(pi, a), strict=True)]
    return total


def group_weight(p: Fraction, rule: Callable[[list[int]], Sequence[Any]], n: int) -> Fraction:
    """Weight on dp/dz that a rule (rewards of a group -> credits) has on average, over all 2^n groups."""
    total = Fraction(0)
    for rewards in product((0, 1), repeat=n):
        chance = p ** sum(rewards) * (1 - p) ** (n - sum(rewards))
        credits = rule(list(rewards))
        total += chance * sum(Fraction(a) * (1 - p if r else -p) for a, r in zip(credits, rewards, strict=True)) / n
    return total / (p * (1 - p))


def mean_of_best(rewards: Sequence[int], k: int) -> Fraction:
    """Mean of the maximum over all k-subsets."""
    best = [max(subset) for subset in combinations(rewards, k)]
    return Fraction(sum(best), len(best))


def mean_of_best_with(rewards: Sequence[int], i: int, k: int) -> Fraction:
    """Sum of the maximum over the k-subsets that hold sample i, over the number of all k-subsets."""
    others = [*rewards[:i], *rewards[i + 1 :]]
    total = sum(max((rewards[i], *subset)) for subset in combinations(others, k - 1))
    return Fraction(total, math.comb(len(rewards), k))


def derivative(coefficients: Sequence[Fraction], p: Fraction) -> Fraction:
    """Slope of a polynomial, lowest power first."""
    return sum((i * a * p ** (i - 1) for i, a in enumerate(coefficients) if i), Fraction(0))


def integral(coefficients: Sequence[Fraction], low: Fraction, high: Fraction) -> Fraction:
    """Integral of a polynomial, lowest power first."""
    return sum((a * (high ** (i + 1) - low ** (i + 1)) / (i + 1) for i, a in enumerate(coefficients)), Fraction(0))


def pass_at_k_polynomial(k: int) -> list[Fraction]:
    """Coefficients in p of the chance of at least one right answer: all 2^k outcomes but one, multiplied out."""
    total = [Fraction(0)] * (k + 1)
    for right in range(1, k + 1):
        for i in range(k - right + 1):  # p^right (1-p)^(k-right)
            total[right + i] += math.comb(k, right) * math.comb(k - right, i) * (-1) ** i
    return total


def times_p(coefficients: Sequence[Fraction]) -> list[Fraction]:
    """Coefficients of a polynomial's slope."""
    return [i * a for i, a in enumerate(coefficients)][1:]


def crossing(function: Callable[[Fraction], Fraction], low: Fraction, high: Fraction, bits: int = 60) -> Fraction:
    """Where a falling function of fractions passes 0, by halving."""
    for _ in range(bits):
        middle = (low + high) / 2
        low, high = (middle, high) if function(middle) > 0 else (low, middle)
    return (low + high) / 2


def logits(pi: Policy) -> Any:
    """Logits of a policy, as a float64 tensor."""
    import torch

    return torch.log(torch.tensor([float(p) for p in pi], dtype=torch.float64))


def grad(function: Callable[[Any], Any], at: Any) -> Any:
    """Gradient by torch.func in float64, at a tensor or a plain number."""
    import torch

    return torch.func.grad(function)(
        torch.as_tensor(float(at) if isinstance(at, Fraction) else at, dtype=torch.float64)
    )


def nth_derivative(function: Callable[[Any], Any], order: int, at: float = 0.0) -> float:
    """Derivative of any order, by torch.func.grad as often."""
    import torch

    for _ in range(order):
        function = torch.func.grad(function)
    return float(function(torch.tensor(at, dtype=torch.float64)))


def success(z: Any, correct: Sequence[int]) -> Any:
    """Chance of a right answer of a softmax policy, in torch."""
    import torch

    return torch.softmax(z, dim=-1)[list(correct)].sum()

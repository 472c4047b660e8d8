"""What the numbers must be, in exact rationals or by listing every case. Nothing here knows of passk_lab.

The names are those of the functions they judge; each takes single numbers and returns a Fraction.
"""

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Any


def ulps(got: float, exact: Fraction) -> float:
    """Distance of a float from an exact number, in units of the last place of the float nearest to it."""
    return float(abs(Fraction(float(got)) - exact) / Fraction(math.ulp(float(exact))))


def relative_error(got: float, exact: Fraction) -> float:
    return float(abs(Fraction(float(got)) - exact) / abs(exact)) if exact else abs(float(got))


def mean_over_subsets(samples: Sequence[Any], k: int, score: Callable[[tuple[Any, ...]], Any]) -> Fraction:
    """Average of a score over every set of k of the samples: what "drawn without replacement" means."""
    scores = [Fraction(score(subset)) for subset in combinations(samples, k)]
    return sum(scores, Fraction(0)) / len(scores)


def verdicts(n: int, c: int) -> list[int]:
    return [1] * c + [0] * (n - c)


def pass_at_k(n: int, c: int, k: int) -> Fraction:
    return 1 - Fraction(math.comb(n - c, k), math.comb(n, k))


def pass_at_k_few_correct(n: int, c: int, k: int) -> Fraction:
    """Place the c correct samples one by one among the n - k that are not drawn; for n too large for math.comb."""
    missed = Fraction(1)
    for i in range(c):
        missed *= Fraction(n - k - i, n - i)
    return 1 - missed


def pass_hat_k(n: int, c: int, k: int) -> Fraction:
    return Fraction(math.comb(c, k), math.comb(n, k))


def g_pass_at_k(n: int, c: int, k: int, needed: int) -> Fraction:
    ways = sum(math.comb(c, j) * math.comb(n - c, k - j) for j in range(needed, k + 1))
    return Fraction(ways, math.comb(n, k))


def pass_at_k_plugin(n: int, c: int, k: int) -> Fraction:
    return 1 - Fraction(n - c, n) ** k


def max_at_k(rewards: Sequence[Any], k: int) -> Fraction:
    """E max of k: the i-th smallest (i from 1) is the best of C(i-1, k-1) of the C(n, k) subsets."""
    ascending = [Fraction(r) for r in sorted(rewards)]
    total = sum((math.comb(i, k - 1) * r for i, r in enumerate(ascending)), Fraction(0))
    return total / math.comb(len(ascending), k)


def binomial(n: int, p: Fraction) -> list[Fraction]:
    return [math.comb(n, c) * p**c * (1 - p) ** (n - c) for c in range(n + 1)]


def expected(values: Iterable[Fraction], chances: Iterable[Fraction]) -> Fraction:
    return sum((Fraction(v) * w for v, w in zip(values, chances, strict=True)), Fraction(0))


def pass_at_k_variance(p: Fraction, n: int, k: int) -> Fraction:
    """Second moment less squared mean, over the n + 1 possible numbers of correct samples."""
    chances = binomial(n, p)
    estimates = [pass_at_k(n, c, k) for c in range(n + 1)]
    return expected([e * e for e in estimates], chances) - expected(estimates, chances) ** 2


def curve(n: Sequence[int], c: Sequence[int], ks: Iterable[int]) -> list[Fraction]:
    return [sum((pass_at_k(a, b, k) for a, b in zip(n, c, strict=True)), Fraction(0)) / len(n) for k in ks]


def beta_all_wrong(a: Fraction, b: Fraction, k: int) -> Fraction:
    """E[(1-p)^k] for p ~ Beta(a, b) = B(a, b + k)/B(a, b): k wrong draws in a row from Polya's urn."""
    out = Fraction(1)
    for i in range(k):
        out *= Fraction(b + i) / (a + b + i)
    return out


def beta_all_wrong_few_right(a: int, b: Fraction, k: int) -> Fraction:
    """The same for a whole a, by a factors instead of k: for k too large to count through."""
    out = Fraction(1)
    for i in range(a):
        out *= Fraction(b + i) / (b + k + i)
    return out


def beta_binomial(a: Fraction, b: Fraction, n: int, c: int) -> Fraction:
    """Chance of one order of c right among n for p ~ Beta(a, b): Polya's urn, step by step."""
    out = Fraction(1)
    for i in range(n):
        out *= (a + i if i < c else b + i - c) / (a + b + i)
    return out


def posterior(a: Fraction, b: Fraction, k: int) -> tuple[Fraction, Fraction]:
    """Mean and variance of 1 - (1-p)^k for p ~ Beta(a, b)."""
    first, second = beta_all_wrong(a, b, k), beta_all_wrong(a, b, 2 * k)
    return 1 - first, second - first**2


def labels(counts: Sequence[int], unparsed: int = 0) -> list[int | None]:
    """One entry per sample: the index of its answer, None where none could be read."""
    out: list[int | None] = [answer for answer, count in enumerate(counts) for _ in range(count)]
    return out + [None] * unparsed


def vote(drawn: Iterable[int | None], correct: Sequence[int]) -> Fraction:
    """Share of correct answers among the most frequent readable ones; 0 if none is readable."""
    seen = Counter(a for a in drawn if a is not None)
    if not seen:
        return Fraction(0)
    top = [a for a, times in seen.items() if times == max(seen.values())]
    return Fraction(sum(a in correct for a in top), len(top))


def majority_by_subsets(counts: Sequence[int], correct: Sequence[int], k: int, unparsed: int = 0) -> Fraction:
    return mean_over_subsets(labels(counts, unparsed), k, lambda drawn: vote(drawn, correct))


def majority_by_counts(counts: Sequence[int], correct: Sequence[int], k: int, unparsed: int = 0) -> Fraction:
    """List how many samples each answer gets in the draw (multivariate hypergeometric); reaches larger n."""
    total = Fraction(0)
    for drawn in product(*(range(min(count, k) + 1) for count in counts)):
        blank = k - sum(drawn)
        if 0 <= blank <= unparsed:
            ways = math.comb(unparsed, blank) * math.prod(map(math.comb, counts, drawn))
            total += ways * vote(labels(drawn), correct)
    return total / math.comb(sum(counts) + unparsed, k)


def distinct_at_k(counts: Sequence[int], k: int) -> Fraction:
    return mean_over_subsets(labels(counts), k, lambda drawn: len(set(drawn)))

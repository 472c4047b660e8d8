"""What objectives must be: credits read off explicit groups, F in many digits, every outcome listed.

Nothing here knows of passk_lab. A rule takes the rewards of one group and the place i of a sample, and returns what
that sample gets. Rules that a paper writes as a sum over the group are multiplied by n here, because the estimate is
always the mean (1/n) sum_i A_i S_i; everything rational is a Fraction.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from functools import cache, partial
from itertools import combinations, product
from typing import Any, NamedTuple

import mpmath

mp = mpmath.mp.clone()  # a context of our own: the digits of no other test change
mp.dps = 50


class Table(NamedTuple):
    """Credits of a correct and of a wrong sample for c = 0..n; the two that cannot occur are 0."""

    correct: list[Fraction]
    wrong: list[Fraction]

    @property
    def contrast(self) -> list[Fraction]:
        return [right - wrong for right, wrong in zip(self.correct[1:], self.wrong[:-1], strict=True)]

    @property
    def largest(self) -> Fraction:
        return max(map(abs, (*self.correct, *self.wrong)))


def fraction(x: Any) -> Fraction:
    """The rational number that a float or an mpf holds, to the last bit."""
    if not isinstance(x, mp.mpf):
        return Fraction(x)
    sign, mantissa, exponent, _ = x._mpf_
    return (-1) ** sign * int(mantissa) * Fraction(2) ** exponent


def real(x: Any) -> Any:
    """A rational (or the rational that a float holds) with the digits of the context."""
    x = Fraction(x)
    return mp.mpf(x.numerator) / x.denominator


def mean(values: Iterable[Any]) -> Any:
    values = list(values)
    return sum(values, Fraction(0)) / len(values)


def read_off(rule: Callable[[list[int], int], Any], n: int) -> Table:
    """Put c ones before n - c zeros and ask what the first and the last sample get."""
    groups = [[1] * c + [0] * (n - c) for c in range(n + 1)]
    correct = [fraction(rule(group, 0)) if any(group) else Fraction(0) for group in groups]
    wrong = [fraction(rule(group, n - 1)) if not all(group) else Fraction(0) for group in groups]
    return Table(correct, wrong)


def held(table: Any) -> Table:
    """A table of floats, as the rationals they hold."""
    return Table(*([Fraction(float(x)) for x in side] for side in (table.correct, table.wrong)))


# --- rules: one sample ------------------------------------------------------------------------------------------


def reinforce(r: Sequence[Any], i: int) -> Any:
    return r[i]


def rloo(r: Sequence[Any], i: int) -> Any:
    return r[i] - mean([*r[:i], *r[i + 1 :]])


def mean_centred(r: Sequence[Any], i: int) -> Any:
    return r[i] - mean(r)


def nsr(r: Sequence[Any], i: int) -> Any:
    return r[i] - 1


def w_reinforce(r: Sequence[Any], i: int, lam: float = 0.1) -> Any:
    return Fraction(lam) if r[i] else -1


def quantile(r: Sequence[Any], i: int, K: float = 0.4) -> Any:
    """K is read as it is written: 0.9 is nine tenths, not the float next to it."""
    return r[i] if mean(r) <= 1 - Fraction(str(K)) else r[i] - 1


def deviation(r: Sequence[Any], ddof: int) -> Any:
    centre = mean(r)
    squares = sum(((x - centre) ** 2 for x in r), Fraction(0))
    return mp.sqrt(real(squares / (len(r) - ddof)))


def grpo(r: Sequence[Any], i: int, ddof: int = 0, eps: float = 0.0) -> Any:
    """A group without spread has nothing to compare: 0, by convention (the formula would be 0/0)."""
    spread = deviation(r, ddof)
    return real(r[i] - mean(r)) / (spread + real(eps)) if spread else Fraction(0)


def grpo_loo(r: Sequence[Any], i: int) -> Any:
    """Mean and deviation of the others; where these are alike the difference stays as it is."""
    spread = deviation([*r[:i], *r[i + 1 :]], 1)
    return real(rloo(r, i)) / spread if spread else rloo(r, i)


def risk_sensitive(r: Sequence[Any], i: int, beta: float = 2.0) -> Any:
    with mp.workdps(500):  # e^500 and 1 stand in one sum
        beta = real(beta)
        V = mp.log(mp.fsum(mp.exp(beta * x) for x in r) / len(r)) / beta
        return mp.expm1(beta * (r[i] - V)) / beta


# --- rules: sets of k samples; these take any rewards -----------------------------------------------------------


def subsets_with(r: Sequence[Any], i: int, k: int) -> list[list[Any]]:
    """The k-subsets that hold sample i, sample i first."""
    return [[r[i], *others] for others in combinations([*r[:i], *r[i + 1 :]], k - 1)]


def s(r: Sequence[Any], i: int, k: int) -> Fraction:
    """PKPO eq. 19: the sum of max over the k-subsets with i, over the number of all k-subsets."""
    return sum((Fraction(max(subset)) for subset in subsets_with(r, i, k)), Fraction(0)) / math.comb(len(r), k)


def pkpo(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    return len(r) * s(r, i, k)


def pkpo_loo(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    """PKPO eq. 29: less the mean of what the others would get in the group without i."""
    without = [*r[:i], *r[i + 1 :]]
    return len(r) * (s(r, i, k) - mean(s(without, j, k) for j in range(len(without))))


def pkpo_loo_1(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    """PKPO eq. 33; without i a set of one is empty, and an empty set has solved nothing."""
    gains = [Fraction(max(subset)) - max(subset[1:], default=0) for subset in subsets_with(r, i, k)]
    return len(r) * sum(gains, Fraction(0)) / math.comb(len(r), k)


def pkpo_mean_centred(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    """s less its own mean over the group, without the factor that makes it unbiased."""
    return len(r) * (s(r, i, k) - mean(s(r, j, k) for j in range(len(r))))


def pkpo_centred(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    n = len(r)
    return Fraction(n, n - k) * pkpo_mean_centred(r, i, k)


def group_rewards(r: Sequence[Any], k: int) -> list[Any]:
    return [max(subset) for subset in combinations(r, k)]


def passk_training_raw(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    """Chen et al.: every k-subset is a group with the best of its rewards; a sample gets the mean of its groups'."""
    return mean(Fraction(max(subset)) for subset in subsets_with(r, i, k)) - mean(group_rewards(r, k))


def passk_training(r: Sequence[Any], i: int, k: int = 4) -> Any:
    """The same over the standard deviation of the group rewards; without spread 0, by convention."""
    average = mean(group_rewards(r, k))
    spread = mp.sqrt(real(average * (1 - average)))
    return real(passk_training_raw(r, i, k)) / spread if spread else Fraction(0)


def tang(r: Sequence[Any], i: int, k: int = 4, std: bool = False, ddof: int = 1, eps: float = 0.0) -> Any:
    """The best sample of the k gets max less second best; as verl's grpo_passk, over the deviation of the rewards."""
    second, best = ([0, *sorted(r)])[-2:]
    credit = Fraction(len(r) * (best - second)) if i == list(r).index(best) else Fraction(0)
    if not std or not credit:
        return credit
    return real(credit) / (deviation(r, ddof) + real(eps))


def mahdavi_plugin(r: Sequence[Any], i: int, k: int = 4) -> Fraction:
    return k * (1 - mean(r)) ** (k - 1) * rloo(r, i)


# --- rules: maximum likelihood ----------------------------------------------------------------------------------


def maxrl(r: Sequence[Any], i: int) -> Fraction:
    return r[i] / mean(r) if any(r) else Fraction(0)


def maxrl_order(r: Sequence[Any], i: int, order: int = 4) -> Fraction:
    """A correct sample gets, for each t < order, the share of t-subsets of the others that are all wrong."""
    others = [*r[:i], *r[i + 1 :]]
    return sum((r[i] * mean(not any(o) for o in combinations(others, t)) for t in range(order)), Fraction(0))


def maxrl_centred(r: Sequence[Any], i: int) -> Fraction:
    return (r[i] - mean(r)) / mean(r) if any(r) else Fraction(0)


RULES: dict[str, Callable[..., Any]] = {
    "reinforce": reinforce,
    "pass@1": rloo,
    "mean-centred": mean_centred,
    "grpo": grpo,
    "grpo-verl": partial(grpo, ddof=1, eps=1e-6),
    "grpo-trl": partial(grpo, ddof=1, eps=1e-4),
    "grpo-loo": grpo_loo,
    "nsr": nsr,
    "w-reinforce": w_reinforce,
    "quantile": quantile,
    "risk-sensitive": risk_sensitive,
    "pass@k": pkpo,
    "pass@k-loo": pkpo_loo,
    "pass@k-loo-1": pkpo_loo_1,
    "pass@k-centred": pkpo_centred,
    "pass@k-training-raw": passk_training_raw,
    "pass@k-training": passk_training,
    "tang": tang,
    "tang-std": partial(tang, std=True),
    "tang-std-verl": partial(tang, std=True, eps=1e-6),
    "mahdavi-plugin": mahdavi_plugin,
    "maxrl": maxrl,
    "maxrl-order": maxrl_order,
    "maxrl-centred": maxrl_centred,
}


def table(name: str, n: int, **parameters: Any) -> Table:
    return read_off(partial(RULES[name], **parameters), n)


# --- population forms -------------------------------------------------------------------------------------------


def solved(p: Any, k: int = 4) -> Any:
    return 1 - (1 - p) ** k


def damped_arcsine(p: Any, eps: float = 0.0, ddof: int = 0) -> Any:
    """The integral of 1/(sqrt(t(1-t)) + eps) from 0 to p, by t = sin^2(u/2) and then w = tan(u/2)."""
    a, u = 2 * mp.mpf(eps), 2 * mp.asin(mp.sqrt(p))
    w = mp.sqrt(p / (1 - p))
    if a == 1:
        return u - 2 + 2 / (1 + w)
    root = mp.sqrt(mp.mpc(1 - a * a))

    def primitive(w: Any) -> Any:
        return mp.log((a * w + 1 - root) / (a * w + 1 + root)) / root

    return mp.re(u - a * (primitive(w) - primitive(mp.mpf(0)))) if eps else u


def exponential_utility(p: Any, beta: float = 2.0) -> Any:
    return mp.log1p(p * mp.expm1(mp.mpf(beta))) / mp.mpf(beta)


def passk_arcsine(p: Any, k: int = 4) -> Any:
    return 2 * mp.asin(mp.sqrt(solved(p, k))) / k


def one_hot_scale(k: int, ddof: int = 1, eps: float = 0.0) -> Any:
    """One over the deviation (plus eps) of k rewards of which one is 1."""
    return 1 / (deviation([1, *[0] * (k - 1)], ddof) + real(eps))


def log_series(p: Any, order: int = 4) -> Any:
    return -mp.fsum((1 - p) ** j / j for j in range(1, order + 1))


F: dict[str, Callable[..., Any]] = {
    **dict.fromkeys(("reinforce", "pass@1", "mean-centred", "nsr"), lambda p: p),
    "quantile": lambda p, K=0.4: p,
    "grpo": damped_arcsine,
    "grpo-verl": partial(damped_arcsine, eps=1e-6),
    "grpo-trl": partial(damped_arcsine, eps=1e-4),
    "grpo-loo": damped_arcsine,
    "w-reinforce": lambda p, lam=0.1: (1 + mp.mpf(lam)) * p,
    "risk-sensitive": exponential_utility,
    **dict.fromkeys(
        ("pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "tang", "mahdavi-plugin"), solved
    ),
    "pass@k-training-raw": lambda p, k=4: solved(p, k) / k,
    "pass@k-training": passk_arcsine,
    "tang-std": lambda p, k=4, ddof=1, eps=0.0: one_hot_scale(k, ddof, eps) * solved(p, k),
    "tang-std-verl": lambda p, k=4: one_hot_scale(k, 1, 1e-6) * solved(p, k),
    "log-pass@k": lambda p, k=4: mp.log1p(-((1 - p) ** k)),
    "maxrl": mp.log,
    "maxrl-order": log_series,
    "maxrl-centred": mp.log,
}  # fmt: skip


def digits(p: float, parameters: dict[str, Any]) -> int:
    """Digits to work with: 60, those that 1 - (1-p)^k hides, and those that a small eps or a large beta hides."""
    draws = parameters.get("k", parameters.get("order", 4))
    hidden = -draws * math.log10(1 - p) - 2 * math.log10(parameters.get("eps", 0) or 1)
    return 60 + math.ceil(2 * hidden - math.log10(p) + abs(parameters.get("beta", 0)))


def value(name: str, p: float, **parameters: Any) -> Any:
    with mp.workdps(digits(p, parameters)):
        return F[name](mp.mpf(p), **parameters)


def slope(name: str, p: float, **parameters: Any) -> Any:
    """F' by differences so small that fifty digits survive."""
    with mp.workdps(digits(p, parameters)):
        return mp.diff(lambda t: F[name](t, **parameters), mp.mpf(p))


# --- every outcome ----------------------------------------------------------------------------------------------


@cache
def one_logit(n: int, p: Fraction) -> Table:
    """What multiplies A+(c) and A-(c) in E[(1/n) sum A_i S_i], p = sigmoid(z): over all 2^n groups of marks."""
    factors = Table([Fraction(0)] * (n + 1), [Fraction(0)] * (n + 1))
    for marks in product((1, 0), repeat=n):
        chance, c = math.prod((p if y else 1 - p for y in marks), start=Fraction(1)), sum(marks)
        for y in marks:
            (factors.correct if y else factors.wrong)[c] += chance * (y - p) / n
    return factors


@cache
def four_arms(n: int, policy: tuple[Fraction, ...], right: frozenset[int]) -> tuple[Table, ...]:
    """The same for a softmax over several answers, one table per logit: S_i is e_y - policy, over all groups."""
    factors = tuple(Table([Fraction(0)] * (n + 1), [Fraction(0)] * (n + 1)) for _ in policy)
    for group in product(range(len(policy)), repeat=n):
        chance, c = math.prod((policy[y] for y in group), start=Fraction(1)), sum(y in right for y in group)
        for logit, side in enumerate(factors):
            for y in group:
                (side.correct if y in right else side.wrong)[c] += chance * ((y == logit) - policy[logit]) / n
    return factors


def mean_update(credit: Table, factors: Table) -> Fraction:
    pairs = zip((*credit.correct, *credit.wrong), (*factors.correct, *factors.wrong), strict=True)
    return sum((a * b for a, b in pairs), Fraction(0))


def grad_p(policy: Sequence[Fraction], right: frozenset[int]) -> list[Fraction]:
    """Over the logits of a softmax: pi_a (r_a - p)."""
    p = sum((policy[y] for y in right), Fraction(0))
    return [chance * ((a in right) - p) for a, chance in enumerate(policy)]


def update_moments(credit: Table, n: int, p: Fraction) -> tuple[Fraction, Fraction]:
    """Mean and variance of the one-logit estimate, over all 2^n groups of marks."""
    first = second = Fraction(0)
    for marks in product((1, 0), repeat=n):
        chance, c = math.prod((p if y else 1 - p for y in marks), start=Fraction(1)), sum(marks)
        estimate = sum(((credit.correct if y else credit.wrong)[c] * (y - p) for y in marks), Fraction(0)) / n
        first, second = first + chance * estimate, second + chance * estimate**2
    return first, second - first**2


# --- polynomials of p, for groups too large to list -------------------------------------------------------------


def finite_weight(contrast: Sequence[Fraction], p: Fraction) -> Fraction:
    """Mean of the contrast when j of the n - 1 others are correct."""
    m = len(contrast) - 1
    return sum((math.comb(m, j) * p**j * (1 - p) ** (m - j) * a for j, a in enumerate(contrast)), Fraction(0))


def finite_value(contrast: Sequence[Fraction], p: Fraction) -> Fraction:
    """Its integral from 0 to p: multiply out in powers of p and integrate each."""
    m = len(contrast) - 1
    powers = [Fraction(0)] * (m + 1)
    for j, a in enumerate(contrast):
        for i in range(m - j + 1):
            powers[j + i] += a * math.comb(m, j) * math.comb(m - j, i) * (-1) ** i
    return sum((coefficient * p ** (d + 1) / (d + 1) for d, coefficient in enumerate(powers)), Fraction(0))


# --- the best of k real rewards ---------------------------------------------------------------------------------


def grad_best_of_k(rewards: Sequence[Fraction], policy: Sequence[Fraction], k: int) -> list[Fraction]:
    """Gradient over the logits of E max of k draws, by the scores of all draws."""
    out = [Fraction(0)] * len(policy)
    for drawn in product(range(len(policy)), repeat=k):
        chance = math.prod((policy[y] for y in drawn), start=Fraction(1))
        for a in range(len(policy)):
            out[a] += chance * max(rewards[y] for y in drawn) * (drawn.count(a) - k * policy[a])
    return out

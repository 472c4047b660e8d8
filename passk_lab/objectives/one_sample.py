"""Objectives of one sample: F rises with p alone, or is p; the tables differ in baseline and scale."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.objectives.objective import Credit, Face, Objective
from passk_lab.objectives.registry import register

CENTRED = "one sample has nothing to be compared with"

_GAUSS = np.polynomial.legendre.leggauss(64)
_NODES = [(float(x), float(w)) for x, w in zip((_GAUSS[0] + 1) / 2, _GAUSS[1] / 2, strict=True)]


def counts(n: int) -> Floats:
    """c = 0..n as floats."""
    return np.arange(n + 1, dtype=np.float64)


def proportional(factor: float = 1.0) -> tuple[Face, Face]:
    """F = factor * p and its slope."""
    return (
        Face(lambda xp, p: factor * p, 0.0, factor),
        Face(lambda xp, p: 0 * p + factor, factor, factor),
    )  # fmt: skip


@register("reinforce", aliases=("psr",))
def reinforce() -> Objective:
    """REINFORCE without a baseline (PSR): a correct sample gets 1, a wrong one nothing."""
    F, slope = proportional()
    return Objective(
        equation="p",
        source="Williams 1992; as PSR, positive samples only, 2506.01347",
        F=F,
        slope=slope,
        table=lambda n: Credit(np.ones(n + 1), np.zeros(n + 1)),
        unbiased=True,
    )


@register("pass@1", aliases=("rloo",))
def pass_at_1() -> Objective:
    """pass@1 with the mean of the other samples as baseline (RLOO): A = r - mean of the others."""
    F, slope = proportional()
    return Objective(
        equation="p",
        source="leave-one-out baseline: Kool et al. 2019; RLOO: 2402.14740",
        F=F,
        slope=slope,
        # (n - 1 - j)/(n - 1) + j/(n - 1): the two add up to 1 whatever j is.
        table=lambda n: Credit((n - counts(n)) / (n - 1), -counts(n) / (n - 1), np.ones(n)),
        unbiased=True,
        least=2,
        least_because=CENTRED,
    )


@register("mean-centred", aliases=("dr-grpo",))
def mean_centred() -> Objective:
    """Rewards less the group's own mean (Dr. GRPO at equal lengths): A = r - mean; (n - 1)/n of pass@1."""
    F, slope = proportional()
    return Objective(
        equation="p",
        source="Dr. GRPO: 2503.20783",
        F=F,
        slope=slope,
        table=lambda n: Credit(1 - counts(n) / n, -counts(n) / n, np.full(n, (n - 1) / n)),
        unbiased=False,
        note="w_n = (n - 1)/n: the sample's own reward stands in its baseline",
        least=2,
        least_because=CENTRED,
    )


def spread(ddof: Any, eps: Any) -> tuple[int, float]:
    """Check the two settings of a standard deviation: ddof 0 or 1, and eps 0 or between 1e-12 and 1."""
    ddof, eps = arguments.one_whole("ddof", ddof, least=0), arguments.one_number("eps", eps, 0.0, 1.0)
    if ddof > 1:
        raise ValueError(f"ddof is 0 (divide by n) or 1 (divide by n - 1), not {ddof}.")
    if 0 < eps < 1e-12:
        raise ValueError(f"eps is 0, or between 1e-12 and 1, but eps = {eps:g}: so small it only costs digits, use 0.")
    return ddof, eps


@register(
    "grpo", variants={"grpo-verl": {"ddof": 1, "eps": 1e-6}, "grpo-trl": {"ddof": 1, "eps": 1e-4}}
)  # fmt: skip
def grpo(ddof: int = 0, eps: float = 0.0) -> Objective:
    """GRPO: (r - mean)/(standard deviation + eps) of the group; an all-equal group gets 0."""
    ddof, eps = spread(ddof, eps)

    def table(n: int) -> Credit:
        c = counts(n)
        deviation = np.sqrt(c * (n - c) / (n * (n - ddof)))
        scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation + eps, 1.0), 0.0)
        return Credit((1 - c / n) * scale, -c / n * scale)

    def value(xp: Any, p: Any) -> Any:
        if eps == 0:
            return 2 * xp.arctan2(xp.sqrt(p), xp.sqrt(1 - p))
        nearer_end = xp.where(p < 0.5, p, 1 - p)
        climbed = _damped_arcsine(xp, 2 * xp.arctan2(xp.sqrt(nearer_end), xp.sqrt(1 - nearer_end)), 2 * eps)
        return xp.where(p < 0.5, climbed, whole - climbed)

    whole = 2 * _damped_arcsine(np, np.float64(math.pi / 2), 2 * eps) if eps else math.pi
    peak = 1 / eps if eps else math.inf
    return Objective(
        equation=r"2\arcsin\sqrt p" if eps == 0 else r"\int_0^p \frac{dt}{\sqrt{t(1-t)} + \epsilon}",
        source="2402.03300; as a surrogate reward: 2510.23049",
        F=Face(value, 0.0, float(whole)),
        slope=Face(lambda xp, p: 1 / (xp.sqrt(p) * xp.sqrt(1 - p) + eps), peak, peak),
        table=table,
        unbiased=False,
        note="a standard deviation has no natural scale; w_n tends to the population weight as n grows",
        least=2,
        least_because=CENTRED,
    )


def _damped_arcsine(xp: Any, u: Any, a: float) -> Any:
    """Integrate sin t / (sin t + a) from 0 to u <= pi/2, where t = a (e^v - 1) takes the bend at t ~ a out."""
    reach = xp.log1p(u / a)
    total = 0.0 * u
    for node, weight in _NODES:
        grown = xp.exp(node * reach)
        sine = xp.sin(a * xp.expm1(node * reach))
        total = total + weight * reach * a * grown * sine / (sine + a)
    return total


@register("grpo-loo")
def grpo_loo() -> Objective:
    """GRPO against the other samples: (r - their mean)/their standard deviation; not divided where they are alike."""

    def table(n: int) -> Credit:
        others, right = n - 1, np.arange(n, dtype=np.float64)
        deviation = np.sqrt(right * (others - right) / (others * (others - 1)))
        scale = np.where(deviation > 0, 1 / np.where(deviation > 0, deviation, 1.0), 1.0)
        correct, wrong = (1 - right / others) * scale, -right / others * scale
        return Credit(np.concatenate([[0.0], correct]), np.concatenate([wrong, [0.0]]), scale)

    limit = grpo()
    return Objective(
        equation=limit.equation,
        source="NVIDIA-NeMo/RL calculate_baseline_and_std_per_prompt with leave_one_out_baseline and normalize_rewards "
        "(its 1e-6 beside the deviation left out); the baseline of RLOO, 2402.14740",
        F=limit.F,
        slope=limit.slope,
        table=table,
        unbiased=False,
        note="neither mean nor deviation holds the sample itself: w_n = E[1/deviation of n - 1 others], 1 where alike",
        least=3,
        least_because="two others are the fewest that have a deviation",
    )


@register("nsr")
def nsr() -> Objective:
    """NSR: only wrong samples count, with -1 each; a correct one gets nothing."""
    F, slope = proportional()
    return Objective(
        equation="p",
        source="2506.01347",
        F=F,
        slope=slope,
        table=lambda n: Credit(np.zeros(n + 1), -np.ones(n + 1), np.ones(n)),
        unbiased=True,
    )


@register("w-reinforce")
def w_reinforce(lam: float = 0.1) -> Objective:
    """W-REINFORCE: a correct sample gets lam, a wrong one -1."""
    lam = arguments.one_number("lam", lam, 0.0, 1e6)
    F, slope = proportional(1 + lam)
    return Objective(
        equation=r"(1+\lambda)\,p",
        source="2506.01347 (lam = 0.1)",
        F=F,
        slope=slope,
        table=lambda n: Credit(np.full(n + 1, lam), -np.ones(n + 1), np.full(n, 1 + lam)),
        unbiased=True,
    )


@register("quantile")
def quantile(K: float = 0.4) -> Objective:
    """QAE, before its scaling: the baseline is a quantile, so a group credits its rarer side only.

    At c/n <= 1 - K only correct samples get credit (1), above it only wrong ones (-1).
    """
    K = arguments.one_number("K", K, 0.0, 1.0)
    share = Decimal(repr(K))  # as written: 1 - 0.9 in floats is below 0.1, and c = 1 of 10 would change sides

    def table(n: int) -> Credit:
        hard = np.array([n - c >= share * n for c in range(n + 1)])
        return Credit(np.where(hard, 1.0, 0.0), np.where(hard, 0.0, -1.0))

    F, slope = proportional()
    return Objective(
        equation="p",
        source="2509.22611",
        F=F,
        slope=slope,
        table=table,
        unbiased=K == 0,
        note="w_n = 1 - P[Bin(n - 1, p) = floor((1 - K) n)]: a dip at p = 1 - K that narrows only like 1/sqrt(n)",
    )


@register("risk-sensitive", aliases=("rs-grpo",))
def risk_sensitive(beta: float = 2.0) -> Objective:
    """RS-GRPO: exponential utility; A = (exp(beta (r - V)) - 1)/beta with the group's soft mean V."""
    beta = arguments.one_number("beta", beta, -500.0, 500.0)
    if beta == 0:
        raise ValueError("beta = 0 divides by zero; its limit is the objective mean-centred.")
    E, top, first = math.expm1(beta), math.exp(beta), math.expm1(beta) / beta

    def value(xp: Any, p: Any) -> Any:
        if abs(E) < 1e-8:
            return first * p * (1 - E * p / 2)  # the rest is below E^2/3; E * p itself may underflow
        if beta > -1:
            return xp.log1p(E * p) / beta
        # log1p keeps the digits of a small p, the sum of two positive terms those near p = 1 where beta is negative.
        return xp.where(p < 0.5, xp.log1p(E * p), xp.log((1 - p) + p * top)) / beta

    def table(n: int) -> Credit:
        c = counts(n)
        mean = (n - c) / n + c / n * top  # of exp(beta r); both terms positive, so no digit is lost
        return Credit(first * (1 - c / n) / mean, -first * (c / n) / mean)

    return Objective(
        equation=r"\tfrac1\beta \log\bigl(1 + p\,(e^\beta - 1)\bigr)",
        source="2509.24261",
        F=Face(value, 0.0, 1.0),
        slope=Face(lambda xp, p: first / ((1 - p) + p * top), first, -math.expm1(-beta) / beta),
        table=table,
        unbiased=False,
        note="V is a logarithm of the group's mean, so the table is biased at finite n",
        least=2,
        least_because=CENTRED,
    )

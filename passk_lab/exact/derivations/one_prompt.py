"""Results about one prompt: the gradient, its weight, the gap, the collapse, the clock."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction as F
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.exact.bandit import Bandit
from passk_lab.exact.derivations import oracles
from passk_lab.exact.derivations.derivation import Derivation, Step
from passk_lab.exact.flows import plateau_time
from passk_lab.objectives import get

PAPER = "arXiv 2511.16231"
OURS = f"our own step from {PAPER}"
TENTHS = (F(1, 10), F(2, 10), F(3, 10), F(4, 10))
"""The policy of the worked examples."""
_P_AND_K = tuple((p, k) for k in (1, 2, 4, 8, 64) for p in (F(1, 100), F(1, 10), F(1, 2), F(9, 10)))
_POLICIES = (
    ((F(1, 2), F(1, 2)), (0,), 1), (TENTHS, (0,), 4), (TENTHS, (0, 3), 3), (TENTHS, (1, 2), 5),
    ((F(1, 100), F(98, 100), F(1, 100)), (0, 2), 4),
)  # fmt: skip


def bandit(pi: Any, correct: Any) -> Bandit:
    """Return the lab's bandit with this policy."""
    return Bandit(np.log([float(p) for p in pi]), list(correct))


def _mean_push(pi: Any, correct: Any, b: Any) -> list[F]:
    """Give the mean of (reward less b) times the score, over single samples."""
    return [
        sum((pi[y] * (F(y in correct) - b) * oracles.score(pi, y)[a] for y in range(len(pi))), F(0))
        for a in range(len(pi))
    ]


SCORE = Derivation(
    name="score",
    claim="The gradient of p is the mean of reward times score, and any number taken off the reward leaves it as it is.",
    source=f"Williams 1992 (REINFORCE), for the softmax policy of {PAPER}",
    arguments=("policy", "correct", "baseline"),
    steps=(
        Step(
            r"\frac{\partial \log\pi_y}{\partial z_a} = \mathbf 1\{y = a\} - \pi_a",
            "log of the softmax is z_y less log of the sum of all exp(z). This slope is the score of answer y in logit a: "
            "raising z_a makes a more likely and, all chances adding up to 1, every other answer less so.",
        ),
        Step(
            r"\mathbb{E}[\nabla\log\pi(y)] = \sum_y \pi_y\,\frac{\nabla\pi_y}{\pi_y} = \nabla\sum_y \pi_y = \nabla 1 = 0",
            "The score has mean 0: what one answer gains the others lose.",
        ),
        Step(
            r"\nabla p = \sum_y r_y\,\nabla\pi_y = \sum_y \pi_y\, r_y\,\nabla\log\pi_y = \mathbb{E}[r\,\nabla\log\pi(y)] "
            r"= \mathbb{E}[(r - b)\,\nabla\log\pi(y)]",
            "p is the sum of the chances of right answers. A mean over samples can be estimated by samples; a baseline b, "
            "which does not look at the sample, changes nothing in it, by the line above.",
        ),
        Step(
            r"\frac{\partial p}{\partial z_a} = \sum_y \pi_y\, r_y\,(\mathbf 1\{y = a\} - \pi_a) = \pi_a\,(r_a - p)",
            "The first line put into the third.",
        ),
    ),
    closed=lambda pi, correct, b: bandit(pi, correct).gradient("pass@1"),
    autograd=lambda pi, correct, b: oracles.grad(lambda z: oracles.success(z, correct), oracles.logits(pi)),
    enumeration=_mean_push,
    cases=(
        ((F(1, 2), F(1, 2)), (0,), F(0)), (TENTHS, (0,), F(0)), (TENTHS, (0,), F(1, 10)), (TENTHS, (0, 3), F(-7, 3)),
        ((F(1, 100), F(98, 100), F(1, 100)), (0, 2), F(1)),
    ),
    by_hand=(
        ((TENTHS, (0,), F(0)), (0.09, -0.02, -0.03, -0.04)), ((TENTHS, (0, 3), F(1)), (0.05, -0.1, -0.15, 0.2)),
    ),
)  # fmt: skip


def _failure(p: Any, k: int) -> Any:
    return (1 - p) ** k


COLLINEAR = Derivation(
    name="gradient",
    claim="The gradient of pass@k is the gradient of pass@1 times a positive number.",
    source=f"{PAPER}, the main result",
    arguments=("policy", "correct", "k"),
    steps=(
        Step(r"J_k = 1 - (1 - J_1)^k", "All k draws are wrong with chance (1 - J_1)^k; otherwise one is right."),
        Step(r"\nabla J_k = k\,(1 - J_1)^{k-1}\,\nabla J_1", "The chain rule: J_k depends on the policy through J_1 alone."),
        Step(r"\frac{\partial J_1}{\partial z_a} = \pi_a\,(r_a - J_1)", "For a softmax policy, r_a being 1 for right answers: see `score`."),
        Step(
            r"\nabla J_k = \mathbb{E}\Bigl[\max_i r(y_i)\,\sum_i \nabla\log\pi(y_i)\Bigr]",
            "The same number as a mean over all outcomes of k draws: this is the sum the check carries out.",
        ),
    ),
    closed=lambda pi, correct, k: bandit(pi, correct).gradient(get("pass@k", k=k)),
    autograd=lambda pi, correct, k: oracles.grad(
        lambda z: 1 - _failure(oracles.success(z, correct), k), oracles.logits(pi)
    ),
    enumeration=oracles.score_function_gradient,
    cases=_POLICIES,
    by_hand=(
        ((TENTHS, (0,), 1), (0.09, -0.02, -0.03, -0.04)),
        ((TENTHS, (0,), 4), (0.26244, -0.05832, -0.08748, -0.11664)),
        ((TENTHS, (0, 3), 1), (0.05, -0.1, -0.15, 0.2)),
    ),
)  # fmt: skip

WEIGHT = Derivation(
    name="weight",
    claim="The weight is k(1-p)^(k-1): k where a prompt is never solved, 0 where it always is.",
    source=PAPER,
    arguments=("p", "k"),
    steps=(
        Step(r"\alpha_k(p) = \frac{d}{dp}\bigl[1 - (1-p)^k\bigr] = k(1-p)^{k-1}", "One factor 1 - p is used up by the derivative."),
        Step(r"\alpha_k(0) = k, \qquad \alpha_k(1) = 0 \quad (k \ge 2)", "It falls all the way, and faster for larger k."),
        Step(
            r"\alpha_k(p) = k \cdot \Pr[\text{the other } k - 1 \text{ are all wrong}]",
            "A draw matters for pass@k only if no other draw is right.",
        ),
    ),
    closed=lambda p, k: metrics.weight_at_k(float(p), k),
    autograd=lambda p, k: oracles.grad(lambda t: 1 - _failure(t, k), p),
    enumeration=lambda p, k: oracles.derivative(oracles.pass_at_k_polynomial(k), p),
    cases=_P_AND_K,
    by_hand=(((F(1, 2), 4), 0.5), ((F(1, 2), 8), 0.0625), ((F(1, 10), 8), 3.8263752), ((F(1, 10), 64), 0.0838413126)),
)  # fmt: skip

DENSITY = Derivation(
    name="density",
    claim="The weight is the density of Beta(1, k): for every k its area over [0, 1] is 1, only its place moves.",
    source=f"{OURS}; the same density weighs Cover@tau in arXiv 2510.08325",
    arguments=("k", "from", "to"),
    steps=(
        Step(r"\int_a^b \alpha_k(p)\,dp = J_k(b) - J_k(a) = (1-a)^k - (1-b)^k", "The weight is the slope of J_k."),
        Step(r"\int_0^1 \alpha_k(p)\,dp = 1", "What a large k gives to rarely solved prompts it takes from all others."),
    ),
    closed=lambda k, low, high: metrics.success_at_k(float(high), k) - metrics.success_at_k(float(low), k),
    autograd=lambda k, low, high: _gauss(lambda p: float(oracles.grad(lambda t: 1 - _failure(t, k), p)), low, high),
    enumeration=lambda k, low, high: oracles.integral(oracles.times_p(oracles.pass_at_k_polynomial(k)), low, high),
    cases=tuple((k, low, high) for k in (1, 2, 4, 16) for low, high in ((F(0), F(1)), (F(1, 10), F(1, 2)), (F(0), F(1, 20)))),
    by_hand=(((4, F(0), F(1)), 1.0), ((2, F(0), F(1, 2)), 0.75)),
)  # fmt: skip


def _gauss(function: Any, low: Any, high: Any) -> float:
    """Gauss and Legendre with 20 nodes: exact for polynomials up to degree 39."""
    x, w = np.polynomial.legendre.leggauss(20)
    nodes = float(low) + (float(high) - float(low)) * (x + 1) / 2
    return (float(high) - float(low)) / 2 * sum(v * function(p) for v, p in zip(w, nodes, strict=True))


def _gap_polynomial(k: int) -> list[F]:
    coefficients = oracles.pass_at_k_polynomial(k)
    coefficients[1] -= 1
    return coefficients


GAP_SLOPE = Derivation(
    name="gap",
    claim="The gap between pass@k and pass@1 grows where the weight is above 1 and shrinks where it is below.",
    source=f"{OURS} (gap and weight in one picture)",
    arguments=("p", "k"),
    steps=(
        Step(r"G_k = J_k - J_1 = (1-p)\bigl(1 - (1-p)^{k-1}\bigr)", "What k draws find beyond the first."),
        Step(r"\frac{dG_k}{dp} = \alpha_k(p) - 1", "The slopes of its two parts."),
    ),
    closed=lambda p, k: get("pass@k", k=k).weight(float(p)) - get("pass@1").weight(float(p)),
    autograd=lambda p, k: oracles.grad(lambda t: (1 - t) * (1 - _failure(t, k - 1)), p),
    enumeration=lambda p, k: oracles.derivative(_gap_polynomial(k), p),
    cases=tuple((p, k) for p, k in _P_AND_K if k > 1),
    by_hand=(((F(1, 2), 2), 0.0), ((F(1, 2), 4), -0.5)),
)  # fmt: skip

GAP_PEAK = Derivation(
    name="gap-peak",
    claim="The gap is largest exactly where the weight is 1.",
    source=OURS,
    arguments=("k",),
    steps=(
        Step(r"\alpha_k(p^*) = 1 \iff (1-p^*)^{k-1} = \tfrac1k", "The slope of the gap is 0 there."),
        Step(r"p^* = 1 - k^{-1/(k-1)}", "Solved for p; 1/2 at k = 2, near ln(k)/(k - 1) for large k."),
        Step(r"G_k(p^*) = \bigl(1 - \tfrac1k\bigr)\,k^{-1/(k-1)}", "Put in; it tends to 1 as k grows."),
    ),
    closed=lambda k: (metrics.gap_peak(k), metrics.gap_at_k(metrics.gap_peak(k), k)),
    autograd=lambda k: _peak_by_newton(k),
    enumeration=lambda k: _peak_by_halving(k),
    cases=tuple((k,) for k in (2, 3, 4, 8, 16, 64)),
    by_hand=(
        ((2,), (0.5, 0.25)), ((4,), (0.3700394751, 0.4724703937)), ((8,), (0.2570028554, 0.6501225015)),
        ((16,), (0.1687621039, 0.7792855276)), ((64,), (0.0638822575, 0.9214909027)),
    ),
)  # fmt: skip


def _peak_by_newton(k: int) -> tuple[float, float]:
    def gap(t: Any) -> Any:
        return (1 - t) * (1 - _failure(t, k - 1))

    # In log(1 - p) the slope of the gap is nearly linear, so that Newton's steps do not run off.
    u = -0.5 / k
    for _ in range(60):
        first = float(oracles.grad(lambda t: gap(1 - t.exp()), u))
        second = oracles.nth_derivative(lambda t: gap(1 - t.exp()), 2, u)
        u = min(-1e-6, u - first / second) if second else u
    p = float(-np.expm1(u))
    return p, (1 - p) * (1 - (1 - p) ** (k - 1))


def _peak_by_halving(k: int) -> tuple[F, F]:
    coefficients = _gap_polynomial(k)
    p = oracles.crossing(lambda t: oracles.derivative(coefficients, t), F(0), F(3, 5))
    return p, sum((a * p**i for i, a in enumerate(coefficients)), F(0))


WINNER = Derivation(
    name="winner-takes-all",
    claim="Where each logit is a parameter of its own, the likelier of two right answers always gains on the other, for every k: "
    "k sets the speed, never the sign.",
    source=f"{OURS}; cf. arXiv 2605.00365 and 2510.02230",
    arguments=("policy", "correct", "k", "i", "j"),
    steps=(
        Step(r"\dot z_a = F'(p)\,\pi_a\,(r_a - p)", "Gradient flow of any F(p) on the logits of a softmax policy."),
        Step(r"\dot z_i - \dot z_j = F'(p)\,(1-p)\,(\pi_i - \pi_j)", "For two right answers i and j, r = 1 in both."),
        Step(r"F'(p) > 0 \;\Rightarrow\; \text{the larger of } \pi_i, \pi_j \text{ grows faster}", "So the lead widens, and in the limit one has it all."),
        Step(
            r"z_a = z^0_a + \phi_a\cdot\theta:\quad \dot z_a = F'(p)\,\phi_a\cdot\sum_b \pi_b\,(r_b - p)\,\phi_b",
            "Where the logits are computed from parameters, as in a network, the rarer right answer may win: one with a longer "
            "feature, say, which a step moves further. F' is a factor of all logits still, so k has no say in which.",
        ),
    ),
    closed=lambda pi, correct, k, i, j: (
        get("pass@k", k=k).weight(bandit(pi, correct).p) * (1 - bandit(pi, correct).p) * float(pi[i] - pi[j])
    ),
    autograd=lambda pi, correct, k, i, j: _difference(
        oracles.grad(lambda z: 1 - _failure(oracles.success(z, correct), k), oracles.logits(pi)), i, j
    ),
    enumeration=lambda pi, correct, k, i, j: _difference(oracles.score_function_gradient(pi, correct, k), i, j),
    cases=((TENTHS, (0, 3), 1, 3, 0), (TENTHS, (0, 3), 4, 3, 0), (TENTHS, (0, 1, 3), 2, 1, 3), (TENTHS, (1, 2), 5, 2, 1)),
    by_hand=(((TENTHS, (0, 3), 1, 3, 0), 0.15),),
)  # fmt: skip


def _difference(gradient: Any, i: int, j: int) -> Any:
    return gradient[i] - gradient[j]


def _seen_by_derivatives(pi: Any, k: int) -> float:
    # (1 - pi_a)^k is the k-th derivative of exp(t (1 - pi_a)) at t = 0.
    missed = [oracles.nth_derivative(lambda t, q=float(1 - p): (t * q).exp(), k) for p in pi]  # type: ignore[misc]
    return math.fsum(1 - m for m in missed)


DISTINCT = Derivation(
    name="distinct",
    claim="Once a policy has settled on one answer, any number of draws shows one answer only.",
    source="arXiv 2510.14807 (SimKO, v3)",
    arguments=("policy", "k"),
    steps=(
        Step(r"\Pr[a \text{ is seen in } k \text{ draws}] = 1 - (1-\pi_a)^k", "It is missed by all k draws otherwise."),
        Step(r"\mathbb{E}[\#\text{distinct}] = \sum_a \bigl(1 - (1-\pi_a)^k\bigr)", "Means add up, whether or not the answers exclude each other."),
        Step(r"\max_a \pi_a \to 1 \;\Rightarrow\; \mathbb{E}[\#\text{distinct}] \to 1", "Exploration collapse, whichever answer it is."),
    ),
    closed=lambda pi, k: bandit(pi, (0,)).distinct(k),
    autograd=lambda pi, k: _seen_by_derivatives(pi, k),
    enumeration=lambda pi, k: sum((chance * len(set(drawn)) for chance, drawn in oracles.outcomes(pi, k)), F(0)),
    cases=((TENTHS, 1), (TENTHS, 2), (TENTHS, 4), ((F(97, 100), F(1, 100), F(2, 100)), 4)),
    by_hand=(((TENTHS, 1), 1.0), ((TENTHS, 4), 2.5646), ((TENTHS, 16), 3.7829450794)),
)  # fmt: skip

CLOCK = Derivation(
    name="clock",
    claim="For one prompt the flow on pass@k walks the path of the flow on pass@1; only its clock differs.",
    source=OURS,
    arguments=("policy", "correct", "k"),
    steps=(
        Step(r"\dot\theta = \alpha_k(p)\,\nabla J_1", "The flow on J_k, by the first result."),
        Step(r"\frac{(\nabla J_k)_a}{(\nabla J_1)_a} = \alpha_k(p) \quad \text{for every answer } a", "One factor for all logits: this ratio is what the check compares."),
        Step(r"\frac{d\theta}{d\tau} = \nabla J_1, \qquad d\tau = \alpha_k(p)\,dt", "In the time tau it is the flow on J_1: same path, same end, same diversity."),
        Step(
            r"\text{So a difference needs several prompts, samples, a non-linear optimiser, or a second term in the goal.}",
            "With shared parameters the sum over prompts can turn; with samples the noise differs; Adam or clipping rescale.",
        ),
    ),
    closed=lambda pi, correct, k: [get("pass@k", k=k).weight(bandit(pi, correct).p)] * len(pi),
    autograd=lambda pi, correct, k: (
        oracles.grad(lambda z: 1 - _failure(oracles.success(z, correct), k), oracles.logits(pi))
        / oracles.grad(lambda z: oracles.success(z, correct), oracles.logits(pi))
    ),
    enumeration=lambda pi, correct, k: [
        a / b
        for a, b in zip(
            oracles.score_function_gradient(pi, correct, k), oracles.score_function_gradient(pi, correct, 1), strict=True
        )
    ],
    cases=_POLICIES,
    by_hand=(((TENTHS, (0,), 4), [2.916] * 4),),
)  # fmt: skip


def _rate_by_autograd(arms: int, p: float) -> float:
    pi = [p] + [(1 - p) / (arms - 1)] * (arms - 1)
    gradient = oracles.grad(lambda z: oracles.success(z, (0,)), oracles.logits(pi))
    return float(gradient @ gradient)


def _rate_by_outcomes(arms: int, p: float) -> float:
    exact = F(p)
    pi = [exact] + [(1 - exact) / (arms - 1)] * (arms - 1)
    # One draw: the outcome is a single answer, and only answer 0 is rewarded.
    gradient = [exact * s for s in oracles.score(pi, 0)]
    return float(sum(g * g for g in gradient))


def _time(rate: Any, arms: int, low: Any, high: Any) -> float:
    """Integral of dp over dp/dt, in log-odds, where it is smooth; halves of 20 nodes each."""
    first, last = (float(np.log(float(p) / (1 - float(p)))) for p in (low, high))
    ends = np.linspace(first, last, 17)

    def integrand(x: float) -> float:
        p = float(1 / (1 + np.exp(-x)))
        return p * (1 - p) / rate(arms, p)

    return sum(_gauss(integrand, a, b) for a, b in itertools.pairwise(ends.tolist()))


PLATEAU = Derivation(
    name="plateau",
    claim="Even with an exact gradient a rarely solved prompt waits: the time to leave p is about 1/p.",
    source=OURS,
    arguments=("answers", "from", "to"),
    steps=(
        Step(r"\dot p = |\nabla p|^2 = p^2 (1-p)^2\,\tfrac{K}{K-1}", "One right answer among K, the wrong ones equal: sum the squares of the logits' slopes."),
        Step(r"T = \tfrac{K-1}{K}\int \frac{dp}{p^2(1-p)^2}", "Separate and integrate."),
        Step(r"T = \tfrac{K-1}{K}\Bigl[-\tfrac1p + \tfrac1{1-p} + 2\ln\tfrac p{1-p}\Bigr]_{p_0}^{p_1}", "By partial fractions. The term 1/p is the plateau."),
        Step(r"\text{pass@}k:\quad \dot p = \alpha_k(p)\,p^2(1-p)^2\,\tfrac{K}{K-1}", "k times as fast near 0; near 1 it falls like (1 - p)^(k + 1), which is why the end takes for ever."),
    ),
    closed=lambda arms, low, high: plateau_time(arms, float(low), float(high)),
    autograd=lambda arms, low, high: _time(_rate_by_autograd, arms, low, high),
    enumeration=lambda arms, low, high: _time(_rate_by_outcomes, arms, low, high),
    cases=((2, F(1, 10), F(9, 10)), (10, F(1, 100), F(1, 2)), (100, F(1, 100), F(1, 10))),
    by_hand=(((100, F(1, 100), F(1, 10)), 93.9478326), ((100, F(1, 10), F(9, 10)), 26.3010093)),
)  # fmt: skip

RESULTS = (SCORE, COLLINEAR, WEIGHT, DENSITY, GAP_SLOPE, GAP_PEAK, CLOCK, PLATEAU, WINNER, DISTINCT)

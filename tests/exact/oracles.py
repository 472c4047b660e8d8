"""What bandits and flows must give: every outcome listed in Fractions, autograd, quadrature. Knows no passk_lab.

A prompt is a list of chances (Fractions that sum to 1), the set of its correct answers, and perhaps a row of features
per answer. A rule turns the rewards of a group into one credit per sample.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product
from typing import Any

import numpy as np
import torch
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq

Rule = Callable[[Sequence[int]], Sequence[Fraction]]
Vector = list[Fraction]

# Ten numbers are no work to share: handing them to a second thread takes thirty times as long as the sum.
torch.set_num_threads(1)


@dataclass(frozen=True)
class Prompt:
    chances: Sequence[Fraction]
    correct: frozenset[int]
    features: Sequence[Sequence[Fraction]] | None = None

    @property
    def p(self) -> Fraction:
        return sum((self.chances[a] for a in self.correct), Fraction(0))

    def scores(self) -> list[Vector]:
        """The gradient of log pi(a) for every answer a: phi_a minus the mean of phi under the policy."""
        size = len(self.chances)
        phi = self.features or [[Fraction(int(a == b)) for b in range(size)] for a in range(size)]
        centre = [sum((w * row[d] for w, row in zip(self.chances, phi, strict=True)), Fraction(0)) for d in _axes(phi)]
        return [[x - m for x, m in zip(row, centre, strict=True)] for row in phi]

    def outcomes(self, n: int) -> Iterator[tuple[Fraction, tuple[int, ...]]]:
        """Every group of n answers with its chance."""
        for drawn in product(range(len(self.chances)), repeat=n):
            yield math.prod((self.chances[a] for a in drawn), start=Fraction(1)), drawn


def _axes(rows: Sequence[Sequence[Any]]) -> range:
    return range(len(rows[0]))


def _add(vectors: Sequence[Vector]) -> Vector:
    return [sum(column, Fraction(0)) for column in zip(*vectors, strict=True)]


# --- what a group is credited, by definition ----------------------------------------------------------------------


def _reinforce(r: Sequence[int]) -> list[Fraction]:
    return [Fraction(x) for x in r]


def _nsr(r: Sequence[int]) -> list[Fraction]:
    return [Fraction(x - 1) for x in r]


def _mean_centred(r: Sequence[int]) -> list[Fraction]:
    return [Fraction(x) - Fraction(sum(r), len(r)) for x in r]


def _leave_one_out(r: Sequence[int]) -> list[Fraction]:
    return [Fraction(x) - Fraction(sum(r) - x, len(r) - 1) for x in r]


def _grpo(r: Sequence[int]) -> list[Fraction]:
    """The deviation is a root, so here alone a float comes in."""
    n, c = len(r), sum(r)
    if c in (0, n):
        return [Fraction(0)] * n
    return [x / Fraction(math.sqrt(c * (n - c) / n**2)) for x in _mean_centred(r)]


def _maxrl(r: Sequence[int]) -> list[Fraction]:
    return [Fraction(x * len(r), max(sum(r), 1)) for x in r]


def _subsets(k: int, without: int) -> Rule:
    """n/C(n, k) times the sum over k-subsets I with i of max_I r, less `without` times the max of I without i."""

    def rule(r: Sequence[int]) -> list[Fraction]:
        n = len(r)
        return [
            Fraction(n, math.comb(n, k))
            * sum(
                max(r[j] for j in chosen) - without * max((r[j] for j in chosen if j != i), default=0)
                for chosen in combinations(range(n), k)
                if i in chosen
            )
            for i in range(n)
        ]

    return rule


RULES: dict[str, Rule] = {
    "reinforce": _reinforce, "nsr": _nsr, "mean-centred": _mean_centred, "pass@1": _leave_one_out, "grpo": _grpo,
    "maxrl": _maxrl, "pass@k (k = 2)": _subsets(2, 0), "pass@k (k = 3)": _subsets(3, 0),
    "pass@k-loo-1 (k = 2)": _subsets(2, 1), "pass@k-loo-1 (k = 3)": _subsets(3, 1),
}  # fmt: skip


def rule_of_table(correct: Sequence[float], wrong: Sequence[float]) -> Rule:
    """The rule that looks its credits up by the number of correct samples."""
    return lambda r: [Fraction(float((correct if x else wrong)[sum(r)])) for x in r]


# --- what a group does, over all its outcomes -----------------------------------------------------------------------


def update(prompt: Prompt, drawn: Sequence[int], rule: Rule) -> Vector:
    """(1/n) sum_i A_i S_i for one outcome."""
    credits, scores = rule([int(a in prompt.correct) for a in drawn]), prompt.scores()
    return _add([[A * s / len(drawn) for s in scores[a]] for A, a in zip(credits, drawn, strict=True)])


def moments(prompts: Sequence[Prompt], weights: Sequence[Fraction], rule: Rule, n: int) -> tuple[Vector, Vector]:
    """Mean and variance of every parameter's update, over all joint outcomes of one group per prompt.

    Parameters that prompts share come once; logits of their own stand prompt after prompt.
    """
    listed = [[(chance, update(x, drawn, rule)) for chance, drawn in x.outcomes(n)] for x in prompts]
    first = second = None
    for joint in product(*listed):
        chance = math.prod((c for c, _ in joint), start=Fraction(1))
        parts = [[w * g for g in part] for w, (_, part) in zip(weights, joint, strict=True)]
        whole = _add(parts) if prompts[0].features else [g for part in parts for g in part]
        first = _add([first or [Fraction(0)] * len(whole), [chance * g for g in whole]])
        second = _add([second or [Fraction(0)] * len(whole), [chance * g * g for g in whole]])
    return first, [s - m * m for m, s in zip(first, second, strict=True)]


def pass_at_k_gradient(prompt: Prompt, k: int) -> Vector:
    """The score function over all A^k outcomes: E[1{one is right} sum_i S_i]."""
    scores = prompt.scores()
    return _add(
        [
            [chance * s for s in _add([scores[a] for a in drawn])]
            for chance, drawn in prompt.outcomes(k)
            if prompt.correct.intersection(drawn)
        ]
    )


def distinct(prompt: Prompt, k: int) -> Fraction:
    return sum((chance * len(set(drawn)) for chance, drawn in prompt.outcomes(k)), Fraction(0))


# --- autograd -------------------------------------------------------------------------------------------------------


def tensor(values: Any) -> torch.Tensor:
    return torch.as_tensor(np.asarray(values), dtype=torch.float64)


def success(z: torch.Tensor, correct: Any) -> torch.Tensor:
    """p of every prompt from logits (P, A)."""
    return torch.where(torch.as_tensor(np.asarray(correct)), torch.softmax(z, -1), 0.0).sum(-1)


def gradient_in_logits(of_policy: Callable[[torch.Tensor], torch.Tensor], logits: Any) -> np.ndarray:
    """Gradient in the logits of anything computed from them."""
    return torch.func.grad(lambda z: of_policy(z).sum())(tensor(logits)).numpy()


def gradient(F: Any, logits: Any, correct: Any, weights: Any, features: Any = None, theta: Any = None) -> np.ndarray:
    """Gradient of sum_x w_x F(p_x) in the logits (P, A), or in theta where logits move by features (P, A, D)."""

    def value(at: torch.Tensor) -> torch.Tensor:
        z = at if features is None else tensor(logits) + tensor(features) @ at
        return (tensor(weights) * F(success(z, correct))).sum()

    return torch.func.grad(value)(tensor(logits if features is None else theta)).numpy()


def entropy(z: torch.Tensor) -> torch.Tensor:
    return -(torch.softmax(z, -1) * torch.log_softmax(z, -1)).sum(-1)


def kl(z: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
    """KL(softmax(z) || softmax(other)), row by row."""
    return (torch.softmax(z, -1) * (torch.log_softmax(z, -1) - torch.log_softmax(other, -1))).sum(-1)


# --- flows ----------------------------------------------------------------------------------------------------------

# Slopes by p and q = 1 - p, so that neither loses its digits near its own end.
SLOPES: dict[str, Callable[[float, float], float]] = {
    "pass@1": lambda p, q: 1.0,
    "pass@k (k = 2)": lambda p, q: 2 * q,
    "pass@k (k = 4)": lambda p, q: 4 * q**3,
    "pass@k (k = 16)": lambda p, q: 16 * q**15,
    "maxrl": lambda p, q: 1 / p,
    "grpo": lambda p, q: 1 / math.sqrt(p * q),
    "risk-sensitive": lambda p, q: math.expm1(2) / 2 / (1 + p * math.expm1(2)),
    "log-pass@k (k = 4)": lambda p, q: 4 * q**3 / -math.expm1(4 * math.log1p(-p)),
}


def sides(log_odds: float) -> tuple[float, float]:
    """p and 1 - p, both to full precision."""
    return 1 / (1 + math.exp(-log_odds)), 1 / (1 + math.exp(log_odds))


def log_odds(p: float) -> float:
    return math.log(p) - math.log1p(-p)


def flow_time(slope: Callable[[float, float], float], arms: int, start: float, end: float) -> float:
    """T = int dp / (F'(p) |grad p|^2) between two log odds, one of `arms` answers correct, the others equally likely.

    |grad p|^2 = p^2 q^2 arms/(arms - 1), and dp = p q du for the log odds u. One piece per unit of u.
    """

    def per_unit(u: float) -> float:
        p, q = sides(u)
        return (arms - 1) / (arms * slope(p, q) * p * q)

    cuts = np.linspace(start, end, 1 + max(1, math.ceil(abs(end - start))))
    pieces = [quad(per_unit, a, b, epsabs=0, epsrel=1e-12)[0] for a, b in pairwise(cuts)]
    return math.fsum(pieces)


def pass_at_1_log_odds(arms: int, start: float, time: float) -> float:
    """Where pass@1 stands after a time: the closed form of T, solved for its end."""

    def clock(u: float) -> float:
        p, q = sides(u)
        return (arms - 1) / arms * (1 / q - 1 / p + 2 * u)

    return float(brentq(lambda u: (clock(u) - clock(start)) / time - 1, start, 700.0, xtol=1e-13, rtol=1e-15))


def path_by_p(logits: Any, correct: Any, ends: Sequence[float], slopes: Sequence[Any]) -> tuple[np.ndarray, np.ndarray]:
    """Logits where one prompt's flow passes each p, and for each slope F'(p) the time: dz/dp = grad p / |grad p|^2.

    The objective moves only the clock, so it does not enter the path at all.
    """
    right = np.asarray(correct, dtype=bool)
    z = np.asarray(logits, dtype=np.float64)

    def grad(z: np.ndarray) -> np.ndarray:
        pi = np.exp(z - z.max())
        pi /= pi.sum()
        return pi * np.where(right, pi[~right].sum(), -pi[right].sum())

    def rates(p: float, y: np.ndarray) -> np.ndarray:
        g = grad(y[: z.size])
        length = g @ g
        return np.concatenate([g / length, [1 / (slope(p, 1 - p) * length) for slope in slopes]])

    pi = np.exp(z - z.max())
    start = (pi[right] / pi.sum()).sum()
    solved = solve_ivp(
        rates, (start, ends[-1]), np.concatenate([z, np.zeros(len(slopes))]), t_eval=ends, method="DOP853",
        rtol=1e-11, atol=1e-12,
    )  # fmt: skip
    return solved.y[: z.size].T, solved.y[z.size :].T


def tilted(base: Any, correct: Any, strength: float, slope: Callable[[float, float], float]) -> np.ndarray:
    """The policy that maximises F(p) - strength * KL(pi || base): pi ~ base * exp(F'(p) r / strength), p found by root.

    With a uniform base it is the rest point under an entropy bonus, as the two differ by a constant.
    """
    base, r = np.asarray(base, dtype=np.float64), np.asarray(correct, dtype=np.float64)
    odds = log_odds(float(base @ r / base.sum()))

    def excess(u: float) -> float:
        return u - odds - slope(*sides(u)) / strength

    u = brentq(excess, odds - 1, odds + slope(*sides(odds)) / strength + 1, xtol=1e-13)
    p, q = sides(float(u))
    right = base * r
    wrong = base * (1 - r)
    return p * right / right.sum() + q * wrong / wrong.sum()


def held(base: Any, correct: Any, strength: float, slope: Callable[[float, float], float]) -> np.ndarray:
    """The policy where F(p) - strength * KL(base || pi) is still: pi_a F' (r_a - p) = strength (pi_a - base_a)."""
    base, r = np.asarray(base, dtype=np.float64), np.asarray(correct, dtype=np.float64)

    def policy(u: float) -> np.ndarray:
        p, q = sides(u)
        return strength * base / (strength - slope(p, q) * np.where(r > 0, q, -p))

    def excess(u: float) -> float:
        return float(policy(u) @ (1 - r)) - sides(u)[1]

    odds = log_odds(float(base @ r))
    return policy(float(brentq(excess, odds, 40.0, xtol=1e-13)))

"""Results about groups of samples: silence, what centring costs, the weight a group has, the order MaxRL climbs."""

from __future__ import annotations

from fractions import Fraction as F
from itertools import product
from typing import Any

from passk_lab.exact.derivations import oracles
from passk_lab.exact.derivations.definitions import DEFINITIONS
from passk_lab.exact.derivations.derivation import Derivation, Step
from passk_lab.exact.derivations.one_prompt import OURS, PAPER, TENTHS, bandit
from passk_lab.objectives import Credit, effective_weight, get, silent_groups


def _shares(p: F, n: int) -> tuple[F, F, F]:
    shares = [F(0)] * (n + 1)
    for rewards in product((0, 1), repeat=n):
        shares[sum(rewards)] += p ** sum(rewards) * (1 - p) ** (n - sum(rewards))
    return shares[0], shares[n], sum(shares[1:n], F(0))


def _shares_by_derivatives(p: F, n: int) -> tuple[float, float, float]:
    # The chance of c right ones is the coefficient of t^c in (1 - p + p t)^n: a derivative at 0 over c!.
    shares, factorial = [], 1
    for c in range(n + 1):
        factorial *= max(c, 1)
        shares.append(oracles.nth_derivative(lambda t: (1 - float(p) + float(p) * t) ** n, c) / factorial)
    return shares[0], shares[n], sum(shares[1:n])


SILENCE = Derivation(
    name="silence",
    claim="A group that is all wrong or all right has nothing to compare; at both ends of p almost every group is such.",
    source=f"{PAPER} for p -> 0; {OURS} for both ends",
    arguments=("p", "n"),
    steps=(
        Step(r"\Pr[\text{all wrong}] = (1-p)^n, \qquad \Pr[\text{all right}] = p^n", "The n samples are independent."),
        Step(r"\Pr[\text{mixed}] = 1 - (1-p)^n - p^n \;\approx\; np \text{ or } n(1-p)", "Near either end it is as rare as a single exception."),
        Step(
            r"\nabla J_1 = \mathbb{E}[\,\cdot\,] \text{ keeps its size whatever } k",
            "The mean does not vanish faster for pass@k at p -> 0: the weight is k there. What vanishes is the chance to see "
            "a success, and grad p itself.",
        ),
    ),
    closed=lambda p, n: silent_groups(n, float(p)),
    autograd=_shares_by_derivatives,
    enumeration=_shares,
    cases=((F(1, 100), 2), (F(1, 10), 4), (F(1, 2), 4), (F(9, 10), 5)),
    by_hand=(
        ((F(1, 100), 8), (0.9227446944, 1e-16, 0.0772553056)), ((F(1, 10), 8), (0.43046721, 1e-8, 0.56953278)),
        ((F(1, 2), 8), (0.00390625, 0.00390625, 0.9921875)),
    ),
    tolerance=1e-9,
)  # fmt: skip


def _centred_pkpo(k: int) -> Any:
    def rule(rewards: list[int]) -> list[Any]:
        n = len(rewards)
        s = [n * oracles.mean_of_best_with(rewards, i, k) for i in range(n)]
        return [a - sum(s) / n for a in s]

    return rule


CENTRING = Derivation(
    name="centring",
    claim="Subtracting the group's own mean from set-level credit shrinks the pass@k gradient by exactly 1 - k/n.",
    source=OURS,
    arguments=("p", "n", "k"),
    steps=(
        Step(r"\tfrac1n \sum_i A_i = k\,\hat\rho(n, c, k)", "A_i is n times the share of k-subsets that hold i and succeed; each subset is counted once for each of its k members."),
        Step(r"\mathbb{E}\Bigl[\tfrac1n\sum_i k\hat\rho\;\nabla\log\pi(y_i)\Bigr] = \tfrac kn\,\nabla\,\mathbb{E}\,\hat\rho = \tfrac kn\,\nabla J_k", "The sum of all scores is the score of the whole group, and the mean of rho is J_k: this is what the group's mean takes away."),
        Step(r"\nabla J_k - \tfrac kn \nabla J_k = \bigl(1 - \tfrac kn\bigr)\nabla J_k", "At k = n nothing is left; n/(n - k) times it is centred and unbiased."),
    ),
    closed=lambda p, n, k: k * effective_weight(get("pass@k-training-raw", k=k), n, float(p)),
    autograd=lambda p, n, k: (1 - k / n) * oracles.grad(lambda t: 1 - (1 - t) ** k, p),
    enumeration=lambda p, n, k: oracles.group_weight(p, _centred_pkpo(k), n),
    cases=tuple((p, n, k) for p in (F(1, 20), F(3, 10), F(4, 5)) for n, k in ((4, 2), (4, 3), (5, 1), (6, 4), (4, 4))),
    by_hand=(((F(1, 2), 4, 2), 0.5),),
)  # fmt: skip


def _surrogate(pi: Any, correct: Any, right: Any, wrong: Any) -> Any:
    """Gradient of sum over outcomes of chance * (1/n) sum A_i log pi(y_i), the chances held fixed."""
    import torch

    n, z0 = len(right) - 1, oracles.logits(pi)

    def mean(z: Any) -> Any:
        log, total = torch.log_softmax(z, dim=0), torch.zeros((), dtype=torch.float64)
        for chance, drawn in oracles.outcomes([float(p) for p in pi], n):
            c = sum(a in correct for a in drawn)
            credit = sum(float(right[c] if a in correct else wrong[c]) * log[a] for a in drawn)
            total = total + float(chance) * credit / n
        return total

    return oracles.grad(mean, z0)


_TABLE = ((F(0), F(7, 3), F(1, 2), F(-2)), (F(-1, 5), F(3), F(-4, 7), F(0)))
_ONE = ((F(0), F(1)), (F(-1, 3), F(0)))

GROUP_WEIGHT = Derivation(
    name="group-weight",
    claim="Whatever credit a rule gives by c, its mean update is one number w_n(p) times grad p, for any policy.",
    source=OURS,
    arguments=("policy", "correct", "right", "wrong"),
    steps=(
        Step(r"\mathbb{E}\Bigl[\tfrac1n\sum_i A_i S_i\Bigr] = \mathbb{E}[A_1 S_1]", "The samples are exchangeable."),
        Step(r"\mathbb{E}[S\,\mathbf 1\{\text{right}\}] = \nabla p = -\mathbb{E}[S\,\mathbf 1\{\text{wrong}\}]", "The score has mean 0, so what the right answers add the wrong ones take."),
        Step(r"w_n(p) = \mathbb{E}_{j\sim\mathrm{Bin}(n-1,p)}\bigl[A^+(j+1) - A^-(j)\bigr]", "j counts the right ones among the others, independent of sample 1."),
        Step(r"w_n(0) = A^+(1) - A^-(0), \qquad w_n(1) = A^+(n) - A^-(n-1)", "A polynomial in p of degree n - 1: exact at both ends."),
    ),
    closed=lambda pi, correct, right, wrong: bandit(pi, correct).expected_update(
        Credit([float(a) for a in right], [float(a) for a in wrong]), len(right) - 1
    ),
    autograd=_surrogate,
    enumeration=oracles.group_update,
    cases=((TENTHS, (0,), *_ONE), (TENTHS, (0,), *_TABLE), (TENTHS, (1, 3), *_TABLE)),
    # One sample: w = 1 + 1/3, and grad p of answer 0 is (.09, -.02, -.03, -.04).
    by_hand=(((TENTHS, (0,), *_ONE), (0.12, -2 / 75, -0.04, -4 / 75)),),
)  # fmt: skip

MAXRL = Derivation(
    name="maxrl-order",
    claim="MaxRL as it is run, (r - mean)/mean with failed groups skipped, climbs log p cut off after n - 1 terms, not n.",
    source="arXiv 2602.02710 for the rule; the order is our own step",
    arguments=("p", "n"),
    steps=(
        Step(r"\log p = -\sum_{j\ge1} \frac{(1-p)^j}{j}, \qquad \nabla\log p = \sum_{j\ge1} \tfrac1j \nabla J_j", "Maximum likelihood is a mixture of all pass@j."),
        Step(r"A^+ = n/c:\quad w_n = \frac{1-(1-p)^n}{p} = \sum_{j=1}^{n} (1-p)^{j-1}", "Divide by the successes: n terms."),
        Step(r"A^- = -1 \text{ unless } c = 0:\quad w_n = \frac{1-(1-p)^n}{p} - (1-p)^{n-1} = \sum_{j=1}^{n-1} (1-p)^{j-1}", "Skipping the failed group takes the last term away."),
    ),
    closed=lambda p, n: effective_weight("maxrl-centred", n, float(p)),
    autograd=lambda p, n: oracles.grad(lambda t: -sum((1 - t) ** j / j for j in range(1, n)), p),
    enumeration=lambda p, n: oracles.group_weight(p, DEFINITIONS["maxrl-centred"], n),
    cases=tuple((p, n) for n in (2, 4, 8) for p in (F(1, 50), F(3, 10), F(9, 10))),
    by_hand=(((F(3, 10), 8), 3.058819), ((F(3, 10), 4), 2.19)),
)  # fmt: skip

RESULTS = (SILENCE, CENTRING, GROUP_WEIGHT, MAXRL)

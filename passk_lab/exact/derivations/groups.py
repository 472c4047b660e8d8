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


_MEAN_CREDIT: dict[str, Any] = {
    "pass@k": lambda p, k, n: k * (1 - (1 - p) ** k),
    "pass@k-loo-1": lambda p, k, n: k * p * (1 - p) ** (k - 1),
    "pass@k-loo": lambda p, k, n: -k * (1 - (1 - p) ** k) / (n - 1),
}
"""What the group's own mean credit is on average, of three tables for the one gradient of pass@k."""
_KEPT: dict[str, Any] = {
    "pass@k": lambda p, k, n: 1 - k / n,
    "pass@k-loo-1": lambda p, k, n: 1 - (1 - k * p) / (n * (1 - p)),
    "pass@k-loo": lambda p, k, n: 1 + k / (n * (n - 1)),
}
"""The factor that is left of the gradient when the group's own mean has been subtracted."""


def _centred(rule: str, k: int) -> Any:
    """Give the credit of a rule, as its paper words it, less the group's own mean."""

    def centred(rewards: list[int]) -> list[Any]:
        credit = DEFINITIONS[rule](rewards, k)
        return [a - sum(credit) / F(len(rewards)) for a in credit]

    return centred


CENTRING = Derivation(
    name="centring",
    claim="Subtracting the group's own mean from the credit for sets of k costs PKPO's s exactly k/n of the pass@k "
    "gradient. Other tables of the same gradient lose another share, or gain one.",
    source=OURS,
    arguments=("table", "p", "n", "k"),
    steps=(
        Step(
            r"\mathbb{E}\Bigl[\bar A\;\tfrac1n\sum_i \nabla\log\pi(y_i)\Bigr] = \tfrac1n\,\nabla\,\mathbb{E}\,\bar A, "
            r"\qquad \bar A = \tfrac1n\sum_i A_i",
            "What the group's mean takes away. The sum of all scores is the score of the whole group, and the mean credit "
            "is a function of the group.",
        ),
        Step(
            r"\text{pass@k (PKPO's } s\text{)}:\quad \mathbb{E}\,\bar A = k J_k, \qquad \nabla J_k - \tfrac kn \nabla J_k = "
            r"\bigl(1 - \tfrac kn\bigr)\nabla J_k",
            "Each k-subset that succeeds is counted once for each of its k members. At k = n nothing is left; n/(n - k) "
            "times it is centred and unbiased.",
        ),
        Step(
            r"\text{pass@k-loo-1}:\quad \mathbb{E}\,\bar A = k p (1-p)^{k-1}, \qquad "
            r"\Bigl(1 - \frac{1 - kp}{n(1-p)}\Bigr)\nabla J_k",
            "Only a lone right sample among k has credit. What is lost depends on p, and beyond p = 1/k it is a gain.",
        ),
        Step(
            r"\text{pass@k-loo}:\quad \mathbb{E}\,\bar A = -\tfrac{k}{n-1} J_k, \qquad "
            r"\Bigl(1 + \frac{k}{n(n-1)}\Bigr)\nabla J_k",
            "Its baseline takes off a little more than s gives, so that centring adds.",
        ),
    ),
    closed=lambda rule, p, n, k: _KEPT[rule](float(p), k, n) * get("pass@k", k=k).weight(float(p)),
    autograd=lambda rule, p, n, k: oracles.grad(
        lambda t: 1 - (1 - t) ** k - _MEAN_CREDIT[rule](t, k, n) / n, p
    ),
    enumeration=lambda rule, p, n, k: oracles.group_weight(p, _centred(rule, k), n),
    cases=tuple(
        (rule, p, n, k)
        for p in (F(1, 20), F(3, 10), F(4, 5))
        for n, k in ((4, 2), (4, 3), (5, 1), (6, 4), (4, 4))
        for rule in _KEPT
        if not (rule == "pass@k-loo" and k == n)
    ),
    # Weights of pass@2 at 1/2 and 1/4 are 1 and 3/2; what is left of them is 1/2, 1 - (1/2)/3, and 1 + 2/12.
    by_hand=(
        (("pass@k", F(1, 2), 4, 2), 0.5), (("pass@k-loo-1", F(1, 4), 4, 2), 1.25), (("pass@k-loo", F(1, 2), 4, 2), 7 / 6),
    ),
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
        Step(
            r"\mathbb{E}\Bigl[\tfrac1n\sum_i A_i S_i\Bigr] = \mathbb{E}[A_1 S_1]",
            "The samples are exchangeable: in another order they are as likely, so each has the same mean, and sample 1 may "
            "stand for all.",
        ),
        Step(r"\mathbb{E}[S\,\mathbf 1\{\text{right}\}] = \nabla p = -\mathbb{E}[S\,\mathbf 1\{\text{wrong}\}]", "The score has mean 0, so what the right answers add the wrong ones take."),
        Step(r"w_n(p) = \mathbb{E}_{j\sim\mathrm{Bin}(n-1,p)}\bigl[A^+(j+1) - A^-(j)\bigr]", "j counts the right ones among the others, independent of sample 1."),
        Step(r"w_n(0) = A^+(1) - A^-(0), \qquad w_n(1) = A^+(n) - A^-(n-1)", "A polynomial in p of degree n - 1 at most: exact at both ends."),
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

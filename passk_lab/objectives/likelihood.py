"""Maximum likelihood: F = log p, and the polynomials of finite order that a group can climb instead."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics import pass_at_k as share_solved
from passk_lab.objectives.objective import Credit, Face, Objective
from passk_lab.objectives.one_sample import CENTRED, counts
from passk_lab.objectives.registry import register

_LOG = Face(lambda xp, p: xp.log(p), -math.inf, 0.0)
_ONE_OVER_P = Face(lambda xp, p: 1 / p, math.inf, 1.0)
_LONGEST = 100_000
"""Terms of log p; F adds them up one by one."""
PAPER = "2602.02710 (MaxRL)"


@register("maxrl", variants={"maxrl-order": {"order": 4}}, draws="order")
def maxrl(order: int | None = None) -> Objective:
    """MaxRL: divide by the number of successes instead of n. With an order T <= n, unbiased for T terms of log p."""
    if order is not None:
        return _of_order(arguments.one_whole("order", order))

    def table(n: int) -> Credit:
        each = n / np.maximum(counts(n), 1)
        return Credit(each, np.zeros(n + 1), each[1:])

    return Objective(
        equation=r"\log p", source=PAPER, F=_LOG, slope=_ONE_OVER_P, table=table, unbiased=False,
        note="a group of n climbs order n: w_n = (1 - (1-p)^n)/p",
    )  # fmt: skip


def _of_order(order: int) -> Objective:
    if order > _LONGEST:
        raise ValueError(
            f"order = {order:,} terms of log p are too many to add up: take at most {_LONGEST:,}, or plain maxrl."
        )

    def value(xp: Any, p: Any) -> Any:
        q, total = 1 - p, 0 * p
        for j in range(order, 0, -1):  # Horner; all terms have one sign
            total = q * (1 / j + total)
        return -total

    def table(n: int) -> Credit:
        # The unbiased table of (1-p)^(i-1) on correct samples, summed over i = 1..T: C(n-c, i-1)/C(n-1, i-1) adds up to
        # n/c times pass@T. At order n it is n/c.
        c = np.arange(1, n + 1)
        each = n / c * np.asarray(share_solved(n, c, order))
        return Credit(np.concatenate([[0.0], each]), np.zeros(n + 1), each)

    return Objective(
        equation=r"-\sum_{j=1}^{T} (1-p)^j / j",
        source=f"{PAPER}; this table, on correct samples only, is ours (their code credits wrong ones)",
        F=Face(value, -math.fsum(1 / j for j in range(1, order + 1)), 0.0),
        slope=Face(lambda xp, p: -xp.expm1(order * xp.log1p(-p)) / p, float(order), 1.0),
        table=table,
        unbiased=True,
        note="T is called order here; order n is plain maxrl in groups of n",
        least=order,
        least_because=f"a polynomial of degree {order - 1} needs it",
    )


@register("maxrl-centred")
def maxrl_centred() -> Objective:
    """MaxRL as its code runs it: (r - mean)/mean, groups without a success skipped; order n - 1, not n."""

    def table(n: int) -> Credit:
        c = counts(n)
        each = n / np.maximum(c, 1)
        contrast = each[1:].copy()
        contrast[0] = n - 1
        return Credit(each - 1, np.where(c > 0, -1.0, 0.0), contrast)

    return Objective(
        equation=r"\log p", source=PAPER, F=_LOG, slope=_ONE_OVER_P, table=table, unbiased=False,
        note="a group of n climbs order n - 1: w_n = (1 - (1-p)^(n-1))/p", least=2, least_because=CENTRED,
    )  # fmt: skip

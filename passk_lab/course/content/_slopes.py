"""What the derivatives of pass@k are made of, and the finite differences that people take instead."""

from collections.abc import Callable, Sequence
from fractions import Fraction as F
from typing import Any

from passk_lab.course.exercise import Mistake


def success(pi: Sequence[Any], correct: Sequence[int]) -> Any:
    """Chance that one sample is right, of a policy over answers."""
    return sum((pi[a] for a in correct), F(0))


def weight(p: Any, k: int) -> Any:
    """k(1-p)^(k-1), exact for a Fraction, in floats for a float."""
    return k * (1 - p) ** (k - 1)


def coarse(function: Callable[..., Any]) -> tuple[Mistake, ...]:
    """Finite differences in the first argument, with the steps people take: right to a few digits only."""

    def forward(h: float) -> Callable[..., Any]:
        return lambda x, *rest: (function(x + h, *rest) - function(x, *rest)) / h

    def central(h: float) -> Callable[..., Any]:
        return lambda x, *rest: (function(x + h, *rest) - function(x - h, *rest)) / (2 * h)

    return tuple(
        Mistake(
            f"{kind} difference, h = {h:g}",
            build(h),
            f"This looks like a {kind} finite difference with step {h:g}: it is right to a few digits only. An exact "
            "formula is wanted; a difference quotient is a good way to test it.",
            "Differentiate by hand; then compare with your difference quotient.",
        )
        for kind, build in (("forward", forward), ("central", central))
        for h in (1e-4, 1e-6)
    )

"""Arguments that say how often a verifier errs, checked, and the chance that it accepts."""

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats

_ALIKE = 1e-9
"""A verifier whose two chances of accepting differ by no more tells right from wrong by nothing but rounding."""


def accepted(p: Floats, a: Floats, b: Floats) -> Floats:
    """Chance that one sample is accepted; its two parts may round to just above 1."""
    return np.asarray(np.minimum((1 - p) * a + p * (1 - b), 1))


def rates(false_positive: Any, false_negative: Any) -> tuple[Floats, Floats]:
    """Check the two rates, which broadcast together."""
    a, b = arguments.chance("false_positive", false_positive), arguments.chance("false_negative", false_negative)
    arguments.shape_together(false_positive=a, false_negative=b)
    return a, b


def p_k_and_rates(p: Any, k: Any, false_positive: Any, false_negative: Any) -> tuple[Floats, Any, Floats, Floats]:
    """Check p, k and the two rates, which broadcast together."""
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    a, b = rates(false_positive, false_negative)
    arguments.shape_together(p=p, k=k, false_positive=a, false_negative=b)
    return p, k, a, b


def one_verifier(false_positive: Any, false_negative: Any) -> tuple[float, float]:
    """Check the two rates of one verifier."""
    return (
        arguments.one_number("false_positive", false_positive, 0, 1),
        arguments.one_number("false_negative", false_negative, 0, 1),
    )


def youden(a: float, b: float) -> float:
    """Return 1 - a - b, or say that the verdicts say nothing."""
    y = 1 - a - b
    if y <= _ALIKE:
        raise ValueError(
            f"with false_positive = {a:g} and false_negative = {b:g} the verifier accepts right samples no more "
            "readily than wrong ones, so its verdicts say nothing that could be corrected. The sum must lie below 1."
        )
    return y

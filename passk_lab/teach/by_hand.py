"""Formulas as one writes them on paper, where the course writes them as on a keyboard."""

from __future__ import annotations

import re

_POWER = re.compile(r"\^(?:\(([\dkn+−-]+)\)|([\dkn]+)\b)")
_RAISED = str.maketrans("0123456789kn+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹ᵏⁿ⁺⁻⁻")
_MINUS = re.compile(r"(?<= )-(?= )|(?<![^\s(])-(?=[\d(])|(?<=\b[\da-z])-(?=[\da-z]\b)")


def by_hand(text: str) -> str:
    """Return a text with powers raised, and with the signs of minus, times, at least, pi and divergences.

    >>> by_hand("1 - (3/4)^3 >= 1/2"), by_hand("k (1-p)^(k-1) * (-1)"), by_hand("a plug-in of loo-1")
    ('1 − (3/4)³ ≥ 1/2', 'k (1−p)ᵏ⁻¹ · (−1)', 'a plug-in of loo-1')
    >>> by_hand("(1 - pi_a)^k, pi^k, KL(base || policy)")
    '(1 − πₐ)ᵏ, πᵏ, KL(base ‖ policy)'
    """
    named = re.sub(r"\bpi\b", "π", text.replace("pi_a", "πₐ")).replace("||", "‖")
    raised = _POWER.sub(lambda power: (power[1] or power[2]).translate(_RAISED), named)
    return _MINUS.sub("−", raised).replace(" * ", " · ").replace(">=", "≥")

"""Each result of the lab's mathematics as one object: claim, steps, closed form, and a check by two other ways.

>>> from passk_lab.exact import derivations
>>> derivations.get("weight").claim
'The weight is k(1-p)^(k-1): k where a prompt is never solved, 0 where it always is.'
"""

from passk_lab import arguments
from passk_lab.exact.derivations.derivation import Derivation, Ledger, Row, Step
from passk_lab.exact.derivations.ledger import DERIVATIONS, verify
from passk_lab.exact.derivations.objective_checks import check_objective

__all__ = ["DERIVATIONS", "Derivation", "Ledger", "Row", "Step", "check_objective", "get", "names", "verify"]


def names() -> tuple[str, ...]:
    """Return the names of all derivations.

    >>> names()[0]
    'score'
    """
    return tuple(DERIVATIONS)


def get(name: str) -> Derivation:
    """Return a derivation by name; in a notebook it shows its claim and steps.

    Raises
    ------
    KeyError
        For an unknown name; the message lists those there are.

    Examples
    --------
    >>> get("gap-peak").check().passed
    True
    """
    return DERIVATIONS[arguments.known("derivation", name, list(DERIVATIONS))]

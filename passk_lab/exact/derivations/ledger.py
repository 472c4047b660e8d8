"""`passk-lab verify`: every derivation and every objective checked, and the ledger printed."""

from __future__ import annotations

from collections.abc import Callable

from passk_lab import needs
from passk_lab.exact.derivations import groups, one_prompt
from passk_lab.exact.derivations.derivation import Derivation, Ledger
from passk_lab.exact.derivations.objective_checks import check_objective
from passk_lab.objectives import get, names

DERIVATIONS: dict[str, Derivation] = {result.name: result for result in (*one_prompt.RESULTS, *groups.RESULTS)}
"""Every derivation by its name."""


def verify(say: Callable[[str], None] = lambda line: None) -> Ledger:
    """Check everything; `say` gets each line of the ledger as it is found.

    The ledger's `passed` is True only if every row of every check agrees.
    """
    needs.check(needs.CHECKS)
    total = Ledger(())
    say("Derivations: closed form against autograd, enumeration in fractions, literals worked by hand")
    for name, derivation in DERIVATIONS.items():
        found = derivation.check()
        say(_line(name, found))
        total += found
    say("")
    say("Objectives: weight against autograd, limits, table against its definition, group weight against enumeration")
    for name in names(variants=True):
        found = check_objective(name)
        say(_line(name, found, get(name).missing("credit")))
        total += found
    say("")
    for row in total.failures:
        say(f"✗ {row.subject}, {row.case}: {row.closed} by the closed form, {row.other} by {row.against}")
    failed = len(total.failures)
    say(
        f"{len(total.rows)} comparisons, {failed} of them differ."
        if failed
        else f"{len(total.rows)} comparisons, all agree."
    )
    return total


def _line(name: str, found: Ledger, absent: str = "") -> str:
    parts = [f"{'✓' if found.passed else '✗'} {name:<20}"]
    for against in dict.fromkeys(row.against for row in found.rows):
        parts.append(f"{against} {found.worst(against):.0e}")
    if absent:
        parts.append(f"({absent})")
    return "  ".join(parts)

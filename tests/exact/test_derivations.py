"""The derivations check themselves against two other ways; here the checks are checked: a wrong formula must show."""

import dataclasses
import math
import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.cli import main
from passk_lab.exact import derivations
from passk_lab.exact.derivations import definitions, ledger, oracles
from passk_lab.exact.derivations.derivation import Ledger, Row, numbers
from passk_lab.objectives import Credit, Face, Missing, Objective, registry

NUDGE = 1e-6
NAMES = objectives.names(variants=True)


def nudged(value):
    """Off by 1e-6, relative and absolute, so that a 0 moves as well."""
    return [x * (1 + NUDGE) + NUDGE for x in numbers(value)]


# --- the results ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", derivations.names())
def test_every_derivation_holds_in_three_ways(name):
    found = derivations.get(name).check()
    assert found.passed, found
    assert {row.against for row in found.rows} == {"autograd", "enumeration", "by hand"}
    for against in ("autograd", "enumeration"):
        assert found.worst(against) < 1e-9


@pytest.mark.parametrize("name", derivations.names())
def test_a_closed_form_off_by_a_millionth_is_noticed_by_each_way(name):
    derivation = derivations.get(name)
    wrong = dataclasses.replace(derivation, closed=lambda *case: nudged(derivation.closed(*case)))
    failed = {row.against for row in wrong.check().failures}
    assert failed == {"autograd", "enumeration", "by hand"}


@pytest.mark.parametrize("name", derivations.names())
def test_a_derivation_reads_as_one(name):
    derivation = derivations.get(name)
    assert derivation.claim.endswith(".")
    assert "2511.16231" in derivation.source or "arXiv" in derivation.source
    assert len(derivation.steps) >= 2
    for step in derivation.steps:
        assert step.why.endswith(".")
        assert step.formula.count("{") == step.formula.count("}")
        assert "$" not in step.formula
    shown = derivation._repr_markdown_()
    assert shown.startswith(f"**{derivation.claim}**")
    assert shown.count("$$") == 2 * len(derivation.steps)


def test_the_peak_of_the_gap_and_its_height_to_ten_digits():
    # p = 1 - 256^(-1/255), and (1 - p)(1 - (1 - p)^255) there, by mpmath.
    assert derivations.get("gap-peak").closed(256) == pytest.approx((0.0215110587, 0.9746667189), abs=1e-10)


# --- objectives -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_objective_passes(name):
    found = derivations.check_objective(name)
    assert found.passed, found.failures
    against = {row.against for row in found.rows}
    assert {"autograd", "limit"} <= against
    if not objectives.get(name).missing("credit"):
        assert {"definition", "enumeration", "by hand"} <= against
        assert ("weight" in against) == any(
            objectives.with_draws(name, k).unbiased for k in (1, 2, 4) if k > 1 or not name.startswith("tang")
        )


def test_every_table_has_a_definition_of_its_own():
    own = {objectives.entry(name).name for name in NAMES if not objectives.get(name).missing("credit")}
    assert own == set(definitions.DEFINITIONS)


def _value(objective):
    F = objective.F
    return dataclasses.replace(objective, F=Face(lambda xp, p: F.inside(xp, p) * (1 + NUDGE), F.at_zero, F.at_one))


def _slope(objective):
    slope = objective.slope
    inside = lambda xp, p: slope.inside(xp, p) * (1 + NUDGE)  # noqa: E731
    return dataclasses.replace(objective, slope=Face(inside, slope.at_zero, slope.at_one))


def _end(objective):
    moved = [end if math.isinf(end) else end + NUDGE for end in (objective.F.at_zero, objective.F.at_one)]
    return dataclasses.replace(objective, F=Face(objective.F.inside, *moved))


def _table(objective, **sides):
    def table(n):
        credit = objective.table(n)
        return Credit(
            credit.correct * sides.get("correct", 1), credit.wrong * sides.get("wrong", 1),
            credit.contrast * sides.get("contrast", 1),
        )  # fmt: skip

    return dataclasses.replace(objective, table=table)


CHANGES = {
    "value": _value,
    "weight": _slope,
    "end": _end,
    "correct": lambda o: _table(o, correct=1 + NUDGE),
    "wrong": lambda o: _table(o, wrong=1 + NUDGE),
    "contrast": lambda o: _table(o, contrast=1 + NUDGE),
    "all of the table": lambda o: _table(o, correct=1 + NUDGE, wrong=1 + NUDGE, contrast=1 + NUDGE),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("name", objectives.names())
def test_an_objective_off_by_a_millionth_is_noticed(name, change):
    objective = objectives.get(name)
    if change not in ("value", "weight", "end"):
        if objective.missing("credit"):
            pytest.skip("it has no table")
        n = objective.only or 5
        if change in ("correct", "wrong") and not getattr(objective.credit(n), change).any():
            pytest.skip("this row is 0, and stays 0")
    with registry.replaced(name, CHANGES[change]):
        assert not derivations.check_objective(name).passed
    assert objectives.get(name).label == objective.label


# --- the ledger and the command ---------------------------------------------------------------------------------


def test_the_command_prints_the_ledger_and_says_that_all_agree(capsys):
    assert main(["verify"]) == 0
    said = capsys.readouterr().out
    for name in (*derivations.names(), *NAMES):
        assert f"✓ {name} " in said
    assert "comparisons, all agree." in said
    assert "log-pass@k (k = 4) has no credit: the weight of log(1 - (1-p)^k) is not a polynomial" in said


def test_the_command_fails_for_a_wrong_derivation_and_says_which(capsys, monkeypatch):
    derivation = derivations.get("weight")
    wrong = dataclasses.replace(derivation, closed=lambda *case: nudged(derivation.closed(*case)))
    # The other derivations and the objectives have their own tests; one run of the command is to be quick.
    monkeypatch.setattr(ledger, "DERIVATIONS", {"weight": wrong})
    monkeypatch.setattr(ledger, "names", lambda variants: ("reinforce",))
    assert main(["verify"]) == 1
    said = capsys.readouterr().out
    assert "✗ weight" in said
    assert "✓ reinforce" in said
    assert re.search(r"✗ weight, p = 1/100, k = 1: \(1\.00000\d*,\) by the closed form, \(1\.0,\) by auto", said)
    assert "of them differ." in said


def test_the_command_fails_for_a_wrong_objective(capsys, monkeypatch):
    monkeypatch.setattr(ledger, "DERIVATIONS", {"gap": derivations.get("gap")})
    with registry.replaced("maxrl-centred", CHANGES["all of the table"]):
        assert main(["verify"]) == 1
    assert "✗ maxrl-centred" in capsys.readouterr().out


def test_nothing_checked_is_nothing_passed():
    assert not Ledger(()).passed


@pytest.mark.parametrize(
    ("closed", "other", "residual"),
    [
        ((1.0,), (1.0,), 0.0), ((1.1,), (1.0,), 0.1), ((0.0, 2.0), (0.0, 1.0), 1.0), ((1e-3,), (0.0,), 1e-3),
        ((math.nan,), (1.0,), math.inf), ((1.0,), (math.nan,), math.inf), ((math.inf,), (math.inf,), 0.0),
        ((math.inf,), (1.0,), math.inf), ((1.0, 2.0), (1.0,), math.inf),
    ],
)  # fmt: skip
def test_residuals(closed, other, residual):
    row = Row("s", "c", "a", closed, other, 1e-10)
    assert row.residual == pytest.approx(residual)
    assert row.passed == (residual == 0)


def test_a_ledger_shows_itself_escaped():
    row = Row("s", "<b>&", "hand", (1.0,), (2.0,), 1e-10)
    assert "<b>" not in Ledger((row,))._repr_html_().replace("<table>", "").replace("<tbody>", "")
    assert "DIFFERS" in repr(Ledger((row,)))


def test_the_oracles_use_nothing_of_the_lab():
    for module in (oracles, definitions):
        source = Path(module.__file__).read_text(encoding="utf-8")
        used = [line for line in source.splitlines() if "passk_lab" in line and "import" in line]
        assert all("derivations.oracles" in line for line in used), used


def test_the_oracles_themselves_by_hand():
    half = (Fraction(1, 2), Fraction(1, 2))
    assert oracles.score_function_gradient(half, (0,), 1) == [Fraction(1, 4), Fraction(-1, 4)]
    assert oracles.pass_at_k_polynomial(2) == [0, 2, -1]  # 2p - p^2
    assert oracles.mean_of_best([1, 0, 0, 0], 2) == Fraction(1, 2)
    assert oracles.mean_of_best_with([1, 0, 0], 1, 2) == Fraction(1, 3)  # only the pair with sample 0, of three
    assert oracles.integral([Fraction(0), Fraction(2)], Fraction(0), Fraction(1)) == 1
    assert float(oracles.crossing(lambda t: Fraction(1, 3) - t, Fraction(0), Fraction(1))) == pytest.approx(1 / 3)


# --- an objective of one's own -----------------------------------------------------------------------------------


@pytest.fixture
def cubed():
    """The example of CONTRIBUTING.md: F = p^3, the chance that three of three are right."""

    @objectives.register("all-of-three")
    def all_of_three():
        return Objective(
            equation="p^3",
            source="an example",
            F=Face(lambda xp, p: p**3, 0.0, 1.0),
            slope=Face(lambda xp, p: 3 * p**2, 0.0, 3.0),
            table=lambda n: Credit(
                [3 * math.comb(c - 1, 2) / math.comb(n - 1, 2) if c else 0 for c in range(n + 1)], np.zeros(n + 1)
            ),
            unbiased=True,
            least=3,
            least_because="it draws 3 different ones",
        )

    yield "all-of-three"
    objectives.forget("all-of-three")


def test_an_objective_of_ones_own_is_found_everywhere(cubed, capsys, monkeypatch):
    from passk_lab import exact, explorers

    assert cubed in objectives.names()
    assert objectives.effective_weight(cubed, 8, 0.5) == pytest.approx(0.75)
    assert cubed in explorers.objective_weights(a=cubed, k=4, p=0.5).words
    assert (
        "all-of-three promises weight 0.750, the group gives 0.750"
        in explorers.group_weights(objective=cubed, n=8, k=4, p=0.5).words
    )
    assert explorers.vanishing_signal(objective=cubed).objective == cubed
    found = derivations.check_objective(cubed)
    assert found.passed
    assert "definition" not in {row.against for row in found.rows}  # no paper to hold it to
    monkeypatch.setattr(ledger, "DERIVATIONS", {})
    assert main(["verify"]) == 0
    assert "✓ all-of-three" in capsys.readouterr().out
    assert next(row for row in objectives.overview() if row["name"] == cubed)["needs"] == "n >= 3"
    model = exact.one_among(5, 0.3)
    np.testing.assert_allclose(model.gradient(cubed), 3 * 0.3**2 * model.gradient("pass@1"))


def test_once_forgotten_it_is_nowhere():
    from passk_lab import explorers

    assert "all-of-three" not in objectives.names()
    with pytest.raises(ValueError, match="all-of-three"):
        explorers.objective_weights(a="all-of-three")


def test_a_false_claim_of_ones_own_is_noticed(cubed):
    with registry.replaced(cubed, lambda o: dataclasses.replace(o, table=table_of_p)):
        found = derivations.check_objective(cubed)
    assert {row.against for row in found.failures} == {"weight"}, "a fair table of another objective: only bias shows"


def table_of_p(n):
    return Credit(np.ones(n + 1), np.zeros(n + 1))


def test_absent_faces_are_passed_over_and_named():
    @objectives.register("by-hand-only")
    def by_hand_only():
        return Objective(
            equation="?", source="an example", F=Missing("nobody wrote it down"), slope=Missing("nor this"),
            table=lambda n: Credit(np.ones(n + 1), np.zeros(n + 1)), unbiased=False,
        )  # fmt: skip

    try:
        assert derivations.check_objective("by-hand-only").passed
        with pytest.raises(ValueError, match="by-hand-only has no value: nobody wrote it down"):
            objectives.get("by-hand-only").value(0.5)
        from passk_lab import explorers

        assert "nobody wrote it down" in explorers.objective_weights(a="by-hand-only").words
    finally:
        objectives.forget("by-hand-only")

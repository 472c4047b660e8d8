"""The table of verdicts: its bytes, its rule, its cells one function each, and its numbers once more by hand."""

import inspect
import re
from pathlib import Path

import numpy as np
import pytest

from passk_lab import explorers, verdict
from passk_lab.lm import recorded
from passk_lab.verdict import evidence, formula, network, real, table
from passk_lab.verdict.evidence import CELLS, Evidence, cell, over_seeds, verdict_of

PAGE = Path(__file__).parents[2] / "docs" / "verdict.md"


def test_the_page_is_what_the_lab_computes():
    assert PAGE.read_text(encoding="utf-8") == verdict.page(), "run python -m passk_lab.verdict"


@pytest.mark.parametrize(
    ("cases", "said"),
    [([True], "holds"), ([True, False, True], "holds partly"), ([False, False], "does not hold"), ([], "not tested")],
)
def test_the_rule(cases, said):
    assert verdict_of(cases) == said
    assert Evidence({str(i): one for i, one in enumerate(cases)}, "").verdict == said
    assert said in verdict.VERDICTS


def test_every_claim_is_tested_somewhere_and_every_cell_says_what_a_case_is():
    names = [one.name for one in verdict.CLAIMS]
    assert len(set(names)) == len(names)
    assert {claim for claim, _ in CELLS} == set(names)
    for (claim, world), function in CELLS.items():
        found = table.evidence(claim, world)
        assert "case" in inspect.getdoc(function), function
        assert found.cases, function
        assert all(type(so) is bool for so in found.cases.values()), function
        assert re.search(r"\d", found.says), function
        drawn = world in ("network", "data")
        assert (found.seeds != "exact") == drawn, function


def test_a_cell_has_one_function_and_a_place():
    with pytest.raises(ValueError, match="has a function already: one_prompt_direction"):
        cell("one prompt, one direction", "formula")(lambda: None)
    with pytest.raises(KeyError, match="the gap warns"):
        cell("the gap wains", "formula")
    with pytest.raises(KeyError, match="network"):
        verdict.cells(world="net")


def test_cells_are_filtered():
    every = verdict.cells()
    assert len(every) == len(CELLS)
    some = verdict.cells(world="network", verdict="does not hold")
    assert set(some.world) == {"network"}
    assert set(some.verdict) == {"does not hold"}
    assert 0 < len(some) < len(verdict.cells(world="network")) < len(every)
    assert verdict.cells(claim="the gap warns").function.tolist() == ["verdict.network.gap_warns"]


def test_every_claim_opens_an_explorer():
    for claim in verdict.CLAIMS:
        function = getattr(explorers, claim.explorer)
        shown = function(**claim.state)
        assert shown.words, claim.call
        assert all(getattr(shown, name) == value for name, value in claim.state.items()), claim.call


# --- a few cells by hand ----------------------------------------------------------------------------------------


def test_the_direction_of_one_prompt_by_the_chain_rule():
    z = np.random.default_rng(0).normal(0, 2, (10, 5))[3]
    pi = np.exp(z) / np.exp(z).sum()
    p = pi[0] + pi[1]
    of_p = pi * (np.array([1, 1, 0, 0, 0]) - p)
    of_k = 4 * (1 - p) ** 3 * of_p
    assert of_p @ of_k / np.linalg.norm(of_p) / np.linalg.norm(of_k) == pytest.approx(1)
    assert formula.one_prompt_direction().cases["policy 3, k = 4"]


def test_what_is_kept_at_equal_progress_by_a_line_between_evaluations():
    def kept(method, seed):
        own = recorded.curves().query("method == @method and seed == @seed and split == 'unseen' and rate == 0.0004")
        wide = own.pivot_table(index="step", columns="k", values="pass_at_k").astype(float)
        after = int((wide[1] >= 0.4).argmax())
        (a, b), (c, d) = wide[1].iloc[after - 1 : after + 1], wide[256].iloc[after - 1 : after + 1]
        return c + (d - c) * (0.4 - a) / (b - a)

    apart = [kept("exact pass@4", seed) - kept("exact pass@1", seed) for seed in recorded.SEEDS]
    found = network.another_goal()
    assert found.interval == f"at rate 0.0004: {over_seeds(apart)}"
    assert found.verdict == "does not hold"


def test_the_interval_over_seeds_is_students():
    # mean 2, s = 1, t(2) = 4.3027: half 4.3027 / sqrt(3)
    assert over_seeds([1.0, 2.0, 3.0]) == "2.000 [-0.484, 4.484]"
    # z = 1.0986, 1.4722, 2.0923: mean 1.5544, s .5020, half 1.247, and tanh(.307), tanh(2.801)
    assert over_seeds([0.8, 0.9, 0.97], correlation=True) == "0.890 [0.298, 0.993]"
    with pytest.raises(ValueError, match="one seed has no spread"):
        over_seeds([0.3])
    with pytest.raises(ValueError, match=r"between -1 and 1, but one is 1\.0"):
        over_seeds([0.3, 1.0], correlation=True)


def test_the_correlation_interval_is_fishers():
    # z = atanh(.5) = .5493, 1.96 / sqrt(25): .392
    assert real._fisher(0.5, 28) == "[0.16, 0.74]"


def test_the_rule_cannot_be_passed_by():
    # A verdict has no other source than the cases: no cell, no claim, carries one.
    assert "verdict" not in {field for kind in (Evidence, verdict.Claim) for field in kind.__dataclass_fields__}
    assert evidence.Evidence({"a": False}, "it holds").verdict == "does not hold"

"""Coverage, the short form: enough data sets to see an interval that fails; the long one is in tests/long."""

import pytest
from scipy import stats

from tests.metrics import coverage
from tests.metrics.coverage import BEYOND, DESIGNS, GROUPED, LEVEL, METHODS, PAIRS, PROMISED

FEW = 40
SURELY_NOT = 1e-5
"""Chance that a test of some forty fails though all is as promised: below 1 in 2,000."""


@pytest.mark.parametrize("method", list(PROMISED))
@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d.name)
def test_intervals_hold_the_truth(design, method):
    found = coverage.measured(design, method, FEW, seed=10)
    assert stats.binom.cdf(found.hits, FEW, PROMISED[method]) > SURELY_NOT, found


def test_the_bootstrap_does_not():
    # That the harness can fail: where one problem in twenty is solvable, of 10, most bootstraps are a point.
    found = coverage.measured(DESIGNS[2], "bootstrap", FEW, seed=10)
    assert stats.binom.cdf(found.hits, FEW, 0.95) < 1e-9


@pytest.mark.parametrize("design", BEYOND, ids=lambda d: d.name)
def test_bounds_beyond_n_hold_the_truth(design):
    found = coverage.measured_beyond(design, 8, seed=10)
    assert stats.binom.cdf(found.hits, found.of, LEVEL) > SURELY_NOT, found


@pytest.mark.parametrize("name", list(PAIRS))
def test_bands_hold_the_truth(name):
    found = PAIRS[name](FEW // 2)
    assert stats.binom.sf(found.missed - 1, found.of, 1 - LEVEL) > SURELY_NOT, found
    assert found.off <= found.missed


def test_the_page_has_a_row_for_everything_measured():
    assert [" | ".join(row[:4]) for row in coverage.table("curves")] == [design.name for design in DESIGNS]
    assert [" | ".join(row[:4]) for row in coverage.table("beyond")] == [design.name for design in BEYOND]
    assert [row[0] for row in coverage.table("pairs")] == list(PAIRS)


@pytest.mark.parametrize("method", list(PROMISED))
def test_the_page_shows_what_is_promised(method):
    for row in coverage.table("curves"):
        share = float(row[4 + METHODS.index(method)].split()[0])
        hits = round(share * coverage.SIMULATIONS)
        assert stats.binom.cdf(hits, coverage.SIMULATIONS, PROMISED[method]) > 1e-4, row


def test_the_page_shows_bands_at_their_level():
    for _, of, missed, claimed, off in coverage.table("pairs"):
        assert stats.binom.sf(round(float(missed) * int(of)) - 1, int(of), 1 - LEVEL) > 1e-4
        assert int(off) <= 0.1 * int(claimed) + 1


@pytest.mark.parametrize("design", GROUPED, ids=lambda d: d.name)
@pytest.mark.parametrize("method", ["population", "population, t"])
def test_intervals_told_of_groups_hold_the_truth(design, method):
    found = coverage.measured_in_groups(design, method, True, 4 if design.k > min(design.n) else FEW, seed=10)
    if found is not None:
        assert stats.binom.cdf(found.hits, found.of, 0.93) > SURELY_NOT, found


@pytest.mark.parametrize("design", GROUPED[:4], ids=lambda d: d.name)
def test_under_a_fitted_prior_groups_take_no_coverage(design):
    told, blind = (coverage.measured_in_groups(design, "fitted prior", told, 10, seed=10) for told in (True, False))
    assert told.hits >= blind.hits
    assert told.width >= blind.width


def test_copies_that_are_not_told_are_taken_for_witnesses():
    # That the harness can fail.
    found = coverage.measured_in_groups(GROUPED[1], "population, t", False, 100, seed=10)
    assert stats.binom.cdf(found.hits, found.of, 0.95) < 1e-5, found

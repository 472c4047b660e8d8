"""Coverage, all of it: 12 designs by 2,000 data sets, bounds beyond n, and a thousand comparisons of A with A.

Exact binomial tails: a test fails where what was counted has a chance below 1 in 10,000 under what is promised.
"""

import pytest
from scipy import stats

from tests.lm import coverage as over_multisets
from tests.metrics import coverage
from tests.metrics.coverage import (
    BEYOND,
    BEYONDS,
    DESIGNS,
    FITS,
    GROUPED,
    LEVEL,
    METHODS,
    PAIRS,
    PROMISED,
    SIMULATIONS,
    SPLITS,
)

pytestmark = pytest.mark.long

TAIL = 1e-4


@pytest.mark.parametrize("design", DESIGNS, ids=lambda d: d.name)
def test_intervals_hold_the_truth_as_often_as_they_promise(design):
    (row,) = [row for row in coverage.table("curves") if " | ".join(row[:4]) == design.name]
    for method in METHODS:
        found = coverage.measured(design, method, FITS if method == "fitted prior" else SIMULATIONS)
        if method in PROMISED:
            assert stats.binom.cdf(found.hits, found.of, PROMISED[method]) > TAIL, (method, found)
        # The page has the same seeds; another numpy may draw other numbers from them.
        written = round(float(row[4 + METHODS.index(method)].split()[0]) * found.of)
        table = [[found.hits, found.of - found.hits], [written, found.of - written]]
        assert stats.fisher_exact(table).pvalue > TAIL, (method, found, written)


@pytest.mark.parametrize("design", BEYOND, ids=lambda d: d.name)
def test_bounds_beyond_n_hold_the_truth(design):
    found = coverage.measured_beyond(design, BEYONDS)
    assert stats.binom.cdf(found.hits, found.of, LEVEL) > TAIL, found


@pytest.mark.parametrize("name", list(PAIRS))
def test_bands_miss_the_truth_no_more_often_than_they_say(name):
    found = PAIRS[name](SPLITS)
    assert stats.binom.sf(found.missed - 1, found.of, 1 - LEVEL) > TAIL, found
    # A crossing that is claimed lies where it is said to, as often as the band holds.
    assert stats.binom.sf(found.off - 1, found.of, 1 - LEVEL) > TAIL, found
    if "crossing" not in name:
        assert found.claimed == found.off <= found.missed


@pytest.mark.parametrize("design", GROUPED, ids=lambda d: d.name)
def test_intervals_told_of_groups_hold_the_truth(design):
    for method, promised in (("population", LEVEL), ("population, t", PROMISED["t"])):
        found = coverage.measured_in_groups(design, method, True, BEYONDS if design.k > min(design.n) else SIMULATIONS)
        if found is not None:
            assert stats.binom.cdf(found.hits, found.of, promised) > TAIL, (method, found)
    told, blind = (coverage.measured_in_groups(design, "fitted prior", told, FITS) for told in (True, False))
    assert told.hits >= blind.hits


@pytest.mark.parametrize("of", over_multisets.POPULATIONS, ids=over_multisets.label)
def test_the_t_interval_over_multisets_holds_the_truth(of):
    for size in over_multisets.SIZES:
        found = over_multisets.measured(of, size, "t", over_multisets.SIMULATIONS)
        assert stats.binom.cdf(found.hits, found.of, LEVEL) > TAIL, (size, found)

"""Coverage of the intervals over multisets, the short form; the long one is in tests/long."""

import pytest
from scipy import stats

from tests.lm import coverage
from tests.lm.coverage import POPULATIONS

FEW = 60


@pytest.mark.parametrize("of", POPULATIONS, ids=coverage.label)
def test_the_t_interval_holds_the_truth(of):
    found = coverage.measured(of, 41, "t", FEW, seed=10)
    assert stats.binom.cdf(found.hits, FEW, 0.93) > 1e-5, found


def test_the_percentile_bootstrap_does_not():
    # That the harness can fail: of 24 multisets, of which one in twenty is solved, three in ten draws have none.
    found = coverage.measured(POPULATIONS[6], 24, "percentile", FEW, seed=10)
    assert stats.binom.cdf(found.hits, FEW, 0.95) < 1e-5, found

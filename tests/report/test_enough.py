"""What is said to decide does decide, about as often as is said."""

import numpy as np
import pytest

from passk_lab import metrics
from passk_lab.report.enough import enough


def pair(problems, seed):
    """Counts of 8 samples of a base and of a model that gains most where the base is at half."""
    rng = np.random.default_rng(seed)
    p = rng.beta(0.6, 0.6, problems)
    return rng.binomial(8, p), rng.binomial(8, np.minimum(p + 0.3 * p * (1 - p) * 4, 1))


@pytest.mark.parametrize("problems", [12, 40, 200])
def test_the_number_of_problems_shows_it_four_times_in_five(problems):
    base, model = pair(problems, 3)
    now = metrics.compare(8, base, 8, model, ks=[1, 2, 4, 8], resamples=2000)
    eight = np.full(problems, 8)
    would = enough(eight, model, eight, base, 1, now.interval.low[0], now.interval.high[0], 0.95)
    rng = np.random.default_rng(5)
    seen = []
    for _ in range(100):
        rows = rng.integers(0, problems, would.problems)  # problems like these
        again = metrics.compare(8, base[rows], 8, model[rows], ks=[1, 2, 4, 8], resamples=500)
        seen.append(again.interval.low[0] > 0)
    assert 0.65 <= np.mean(seen) <= 0.95, (would.problems, np.mean(seen))


def test_so_few_show_nothing_at_all_and_one_file_against_itself_takes_no_number():
    two = np.array([8, 8])
    found = enough(two, np.array([3, 5]), two, np.array([3, 5]), 1, -1.0, 1.0, 0.95)
    assert found.detectable == 1
    assert found.problems is None
    assert str(found) == "So few problems show no difference at all, 4 times in 5."

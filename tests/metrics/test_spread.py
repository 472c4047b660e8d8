"""The likeliest spread of any form: its condition, and two points worked by hand."""

import numpy as np
import pytest
from scipy import stats

from passk_lab.metrics import Spread, fit_spread, pass_at_k_curve


def test_the_likeliest_spread_satisfies_its_condition():
    # At the maximum no point would raise the likelihood: the mean of L_i(p)/L_i is at most 1, and 1 on its points.
    rng = np.random.default_rng(1)
    n = rng.choice([6, 12], 300)
    c = rng.binomial(n, rng.beta(0.4, 1.2, 300))
    found = fit_spread(n, c)
    assert found.weight.sum() == pytest.approx(1)
    grid = np.linspace(0, 1, 501)
    likelihood = stats.binom.pmf(c[:, None], n[:, None], grid)
    mixed = stats.binom.pmf(c[:, None], n[:, None], found.p) @ found.weight
    assert (likelihood / mixed[:, None]).mean(axis=0).max() < 1 + 1e-3
    at_points = (stats.binom.pmf(c[:, None], n[:, None], found.p) / mixed[:, None]).mean(axis=0)
    np.testing.assert_allclose(at_points, 1, atol=1e-2)
    # It fits the mean within n.
    for k in (1, 4):
        assert found.pass_at_k(k) == pytest.approx(pass_at_k_curve(n, c, [k])[0], abs=0.01)


def test_a_spread_of_two_points_worked_by_hand():
    assert Spread(np.array([0.25, 1.0]), np.array([0.5, 0.5])).pass_at_k([1, 2]) == pytest.approx([0.625, 0.71875])
    assert Spread(np.array([0.25, 1.0]), np.array([0.5, 0.5])).pass_at_k([[1], [2]]).shape == (2, 1)

"""Bounds beyond n: at every p, worked cases, the published counts."""

import numpy as np
import pytest
from scipy import stats

from passk_lab.metrics import (
    Prior,
    beyond,
    curve_interval,
    pass_at_k,
    pass_at_k_beyond,
    pass_at_k_curve,
    success_at_k,
)
from tests.metrics.published import counts


@pytest.mark.parametrize(("n", "k"), [(4, 5), (8, 32), (8, 1000), (64, 100), (65, 260), (300, 1200), (5000, 10_000)])
@pytest.mark.parametrize("sign", [-1, 1])
def test_what_bounds_does_so_at_every_p(n, k, sign):
    # E_p f against 1 - (1-p)^k at p that are on no grid of ours.
    expected = 0.95 * beyond._in_classes(beyond._beta_binomial(Prior(0.4, 2, 0, 0), n))
    expected = expected + 0.05 / expected.size
    f, room = beyond._bounding(sign, expected, n, k, 100)
    rng = np.random.default_rng(0)
    p = np.concatenate([rng.random(1500), rng.random(3000) ** 8, np.exp(-25 * rng.random(1500)), [0, 1]])
    c = np.arange(min(n, 64) + 1)
    chances = stats.binom.pmf(c, n, p[:, None])
    if n > 64:
        chances[:, 64] = stats.binom.sf(63, n, p)
    gap = sign * (chances @ f - success_at_k(p, k))
    assert gap.min() > -1e-7
    assert -room - 1e-6 <= f.min()
    assert f.max() <= 1 + room + 1e-6


def test_thinning_keeps_the_estimate():
    # Drawing 6 of a problem's samples and then k of these is drawing k of all.
    n, c = np.array([6, 9, 30]), np.array([2, 3, 11])
    thinned = beyond._thinned(n, c, 6)
    np.testing.assert_allclose(thinned.sum(axis=1), 1)
    np.testing.assert_allclose(thinned @ pass_at_k(6, np.arange(7), 4), pass_at_k(n, c, 4), rtol=1e-12)


def test_within_n_it_is_the_interval_of_the_curve():
    n, c = [8, 9, 16] * 9, [0, 3, 16] * 9
    found = pass_at_k_beyond(n, c, [1, 8, 9])
    np.testing.assert_allclose(np.array(found)[:, :2], curve_interval(n, c, [1, 8]), rtol=1e-7)


def test_far_beyond_the_samples_say_little():
    low, high = pass_at_k_beyond(8, [0] * 60 + [2] * 20 + [8] * 20, [16, 4096])
    assert (high - low)[1] > 0.5 > (high - low)[0]


def test_pythia_from_32_of_its_ten_thousand_samples():
    n, c = counts("monkeys_pythia_math_n10000.csv", model="Pythia 160M")
    few = np.random.default_rng(1).hypergeometric(c, n - c, 32)
    ks = [64, 128, 512, 10_000]
    (low, high), truth = pass_at_k_beyond(32, few, ks), pass_at_k_curve(n, c, ks)
    assert (low <= truth).all()
    assert (truth <= high).all()
    assert high[0] < 0.35


def test_groups_widen_the_bounds():
    c = np.repeat([0, 0, 0, 1, 2, 5, 8, 8], 5)
    alone, together = (pass_at_k_beyond(8, c, [4, 16], groups=g) for g in (None, np.repeat(np.arange(8), 5)))
    assert (together.high - together.low > 1.3 * (alone.high - alone.low)).all()


@pytest.mark.parametrize("c", [[0] * 20, [8] * 20, [0, 8]])
def test_counts_at_the_ends_are_answered(c):
    low, high = pass_at_k_beyond(8, c, [8, 16, 10**6])
    assert (low <= high).all()


def test_k_with_two_axes_is_refused():
    with pytest.raises(ValueError, match=r"one number or a list here, but has shape \(1, 2\)"):
        pass_at_k_beyond(8, [1, 2], [[1, 2]])

"""Interval of a mean in [0, 1]: Clopper and Pearson's, worked cases, Dirichlet draws, groups."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from passk_lab.metrics import mean_interval
from passk_lab.metrics.bounded_mean import chance_below_zero

zero_to_one = st.floats(0, 1, allow_subnormal=False).map(lambda x: 0.0 if x < 1e-9 else x)


def clopper_pearson(right, of, level):
    tail = (1 - level) / 2
    low = stats.beta.ppf(tail, right, of - right + 1) if right else 0.0
    high = stats.beta.isf(tail, right + 1, of - right) if right < of else 1.0
    return low, high


@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
@pytest.mark.parametrize(("right", "of"), [(0, 2), (1, 2), (3, 3), (3, 50), (49, 50), (250, 500), (1, 4000)])
def test_marks_of_0_and_1_get_clopper_and_pearson(right, of, level):
    got = mean_interval([1] * right + [0] * (of - right), level)
    np.testing.assert_allclose(got, clopper_pearson(right, of, level), rtol=1e-7, atol=1e-11)


def test_values_all_alike_worked_by_hand():
    # w x with w ~ Beta(P, 1), whose 0.025 quantile is 0.025^(1/P); from above the same for 1 - x.
    for problems, x in ((2, 0.4), (10, 0.9), (300, 0.25)):
        low, high = mean_interval([x] * problems)
        assert low == pytest.approx(x * 0.025 ** (1 / problems), rel=1e-7)
        assert 1 - high == pytest.approx((1 - x) * 0.025 ** (1 / problems), rel=1e-7)


@settings(max_examples=30)
@given(st.lists(zero_to_one, min_size=2, max_size=12), st.sampled_from([0.8, 0.95]))
def test_the_lower_end_is_a_quantile_of_dirichlet_means(values, level):
    low, high = mean_interval(values, level)
    draws = np.random.default_rng(0).exponential(size=(20_000, len(values) + 1))
    for end, shown in ((low, np.array([*values, 0.0])), (1 - high, 1 - np.array([*values, 1.0]))):
        if shown.max() > 0:
            means = draws @ shown / draws.sum(axis=1)
            below, upto = (means < end - 1e-9).mean(), (means <= end + 1e-9).mean()
            off = 5 * np.sqrt(level * (1 - level) / 20_000)
            assert below - off <= (1 - level) / 2 <= upto + off


@settings(max_examples=50)
@given(st.lists(zero_to_one, min_size=2, max_size=30), st.sampled_from(["gaffke", "t"]))
def test_mirror_and_nesting(values, method):
    low, high = mean_interval(values, method=method)
    mirrored = mean_interval(1 - np.array(values), method=method)
    np.testing.assert_allclose(mirrored, (1 - high, 1 - low), atol=1e-7)
    wide = mean_interval(values, level=0.99, method=method)
    assert wide.low <= low + 1e-9
    assert high <= wide.high + 1e-9
    assert 0 <= low <= high <= 1


def test_chances_of_signed_gammas_worked_by_hand():
    # E_1 <= b E_2 has chance b/(1 + b).
    for b in (0.01, 0.5, 1.0, 30.0):
        assert chance_below_zero(np.array([1.0, -b]), np.ones(2)) == pytest.approx(b / (1 + b), abs=1e-7)
    # Gamma(3) <= Gamma(5): of seven coin tosses at least three heads... P(Beta(3, 5) <= 1/2) = 99/128.
    assert chance_below_zero(np.array([1.0, -1.0]), np.array([3.0, 5.0])) == pytest.approx(99 / 128, abs=1e-9)
    assert chance_below_zero(np.array([-1.0, 0.0]), np.ones(2)) == 1.0
    assert chance_below_zero(np.array([1.0, 0.0]), np.ones(2)) == 0.0
    for m in (40.0, 4000.0):  # with few nodes and with many
        value = chance_below_zero(np.array([0.3, -0.7]), np.array([0.7 * m, 0.3 * m * 1.1]))
        assert value == pytest.approx(stats.beta.cdf(0.7, 0.7 * m, 0.33 * m), abs=1e-7)


def test_very_many_different_values_are_close_to_all_of_them(monkeypatch):
    values = np.random.default_rng(0).random(3000) ** 3
    merged = np.array(mean_interval(values))
    monkeypatch.setattr("passk_lab.metrics.bounded_mean._ATOMS", 10**6)
    whole = np.array(mean_interval(values))
    assert (np.abs(merged - whole) < 1e-4 * (whole[1] - whole[0])).all()
    assert merged[0] <= whole[0]
    assert merged[1] >= whole[1]


def test_t_against_the_textbook():
    values = np.random.default_rng(1).random(40)
    padded = np.append(values, [0, 1])
    half = stats.t.ppf(0.975, 41) * padded.std(ddof=1) / np.sqrt(42)
    np.testing.assert_allclose(mean_interval(values, method="t"), padded.mean() + np.array([-half, half]), rtol=1e-12)


def test_groups_against_draws_and_the_textbook():
    rng = np.random.default_rng(2)
    groups = rng.integers(0, 12, 60)
    values = np.clip(rng.random(12)[groups] * 0.6 + 0.4 * rng.random(60), 0, 1)
    low, high = mean_interval(values, groups=groups)
    size = np.bincount(groups)
    weights = rng.exponential(size=(100_000, 13))
    total, sizes = np.append(np.bincount(groups, values), 0.0), np.append(size, size.mean())
    assert ((weights @ total) / (weights @ sizes) <= low).mean() == pytest.approx(0.025, abs=0.003)
    total[:12], total[12] = size - np.bincount(groups, values), 0.0
    assert ((weights @ total) / (weights @ sizes) <= 1 - high).mean() == pytest.approx(0.025, abs=0.003)
    # Groups of one size: the t interval of the groups' means.
    even = np.repeat(np.arange(12), 5)
    means = np.append(np.bincount(even, values) / 5, [0, 1])
    half = stats.t.ppf(0.975, 13) * means.std(ddof=1) / np.sqrt(14)
    got = mean_interval(values, method="t", groups=even)
    np.testing.assert_allclose(got, means.mean() + np.array([-half, half]), rtol=1e-12)


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda: mean_interval([0.5, 1.5]), r"values must lie in \[0, 1\], but entry 1: values = 1.5"),
        (lambda: mean_interval([[0.5], [1.0]]), "one entry per problem, but has shape (2, 1)"),
        (lambda: mean_interval(0.5), "one entry per problem, but has shape ()"),
        (lambda: mean_interval([0.5]), "at least two problems"),
        (lambda: mean_interval([]), "values is empty"),
        (lambda: mean_interval([0, 1], method="normal"), "method is 'gaffke' or 't', not 'normal'"),
        (lambda: mean_interval([0, 1], level=95), "strictly between 0 and 1"),
    ],
)
def test_what_is_refused(call, match):
    with pytest.raises(ValueError, match=match if "\\" in match else re.escape(match)):
        call()

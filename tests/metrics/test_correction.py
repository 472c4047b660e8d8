"""What is put right: its mean and variance over every count, literals worked by hand, limits."""

from fractions import Fraction as F
from math import comb

import numpy as np
import pytest
from scipy.stats import binom

from passk_lab import metrics


def numbers(*fractions):
    return [float(x) for x in fractions]


def law(n, s):
    return [comb(n, c) * s**c * (1 - s) ** (n - c) for c in range(n + 1)]


def accepted(p, a, b):
    return p * (1 - b) + (1 - p) * a


@pytest.mark.parametrize(("n", "k"), [(3, 2), (4, 3), (5, 5), (6, 1)])
@pytest.mark.parametrize(
    ("p", "a", "b"), [(F(1, 5), F(1, 10), F(1, 4)), (F(1, 10), F(1, 10), F(0)), (F(1), F(0), F(1, 3))]
)
def test_the_correction_has_the_true_pass_at_k_as_its_mean_and_the_stated_variance(p, a, b, n, k):
    weights = [float(w) for w in law(n, accepted(p, a, b))]
    found = metrics.corrected_pass_at_k(n, np.arange(n + 1), k, *numbers(a, b))
    truth = float(1 - (1 - p) ** k)
    assert np.dot(weights, found) == pytest.approx(truth, abs=1e-13)
    variance = metrics.corrected_pass_at_k_variance(float(p), n, k, *numbers(a, b))
    assert variance == pytest.approx(np.dot(weights, (found - truth) ** 2), abs=1e-12)


def test_the_correction_by_hand():
    found = metrics.corrected_pass_at_k(4, range(5), 2, 0.1)
    np.testing.assert_allclose(found, numbers(F(-19, 81), F(31, 81), F(193, 243), F(1), F(1)), atol=1e-14)
    found = metrics.corrected_pass_at_k(4, range(5), 2, 0.1, 0.2)
    np.testing.assert_allclose(found, numbers(F(-15, 49), F(25, 49), F(145, 147), F(55, 49), F(45, 49)), atol=1e-13)
    spread = [round(metrics.corrected_pass_at_k_variance(0.02, 128, 100, a) ** 0.5, 2) for a in (0, 0.01, 0.05)]
    assert spread == [0.26, 0.41, 2.17]


@pytest.mark.parametrize(("n", "k", "a", "b"), [(64, 40, F(1, 100), F(1, 10)), (300, 250, F(1, 1000), F(1, 50))])
def test_the_correction_keeps_its_digits_where_terms_cancel(n, k, a, b):
    for c in (0, 1, n // 10, n // 2):
        miss = [F(comb(n - c, j), comb(n, j)) for j in range(k + 1)]
        exact = 1 - sum(comb(k, j) * (-b) ** (k - j) * miss[j] for j in range(k + 1)) / (1 - a - b) ** k
        assert metrics.corrected_pass_at_k(n, c, k, *numbers(a, b)) == pytest.approx(float(exact), rel=1e-8)


def test_without_errors_the_correction_changes_nothing():
    n, c, k = 20, np.arange(21), np.array([[1], [5], [20]])
    np.testing.assert_allclose(metrics.corrected_pass_at_k(n, c, k, 0), metrics.pass_at_k(n, c, k), atol=1e-15)
    assert metrics.corrected_pass_at_k(10, 3, 1, 0.1, 0.2) == pytest.approx(metrics.rogan_gladen(10, 3, 0.1, 0.2))
    variance = metrics.corrected_pass_at_k_variance([0.1, 0.6], 30, 4, 0)
    np.testing.assert_allclose(variance, metrics.pass_at_k_variance([0.1, 0.6], 30, 4), rtol=1e-10)


@pytest.mark.parametrize("p", [0.0, 0.05, 0.7])
def test_rogan_gladen_is_unbiased_and_has_its_variance(p):
    n, a, b = 12, 0.1, 0.2
    weights = binom.pmf(np.arange(n + 1), n, accepted(p, a, b))
    found = metrics.rogan_gladen(n, np.arange(n + 1), a, b)
    assert np.dot(weights, found) == pytest.approx(p, abs=1e-13)
    assert np.dot(weights, (found - p) ** 2) == pytest.approx(metrics.rogan_gladen_variance(p, n, a, b), rel=1e-11)


def test_what_audits_add_to_the_variance_is_the_slope_times_their_own():
    n, p, a, b, wrong, right = 10**4, 0.3, 0.02, 0.1, 200, 90
    s = accepted(p, a, b)
    step = 1e-6
    estimate = lambda a, b: (s - a) / (1 - a - b)  # noqa: E731
    by_a = (estimate(a + step, b) - estimate(a - step, b)) / (2 * step)
    by_b = (estimate(a, b + step) - estimate(a, b - step)) / (2 * step)
    added = by_a**2 * a * (1 - a) / wrong + by_b**2 * b * (1 - b) / right
    known = metrics.rogan_gladen_variance(p, n, a, b)
    assert metrics.rogan_gladen_variance(p, n, a, b, wrong, right) == pytest.approx(known + added, rel=1e-6)
    assert round(metrics.rogan_gladen(1000, 280, 0.02, 0.1), 5) == 0.29545
    assert round(metrics.rogan_gladen_variance(0.29545, 1000, 0.02, 0.1, 100, 50) ** 0.5, 5) == 0.02427


def test_a_known_plug_in_is_biased_and_the_correction_is_not():
    """Rogan and Gladen's p in 1 - (1-p)^2 misses by -s(1-s)/(n (1-a-b)^2), exactly; cut at 0 it misses otherwise."""
    p, a, b, n = F(1, 5), F(1, 10), F(1, 4), 4
    s, y = accepted(p, a, b), 1 - a - b
    plug = sum(w * (1 - (1 - (F(c, n) - a) / y) ** 2) for c, w in enumerate(law(n, s)))
    assert plug - (1 - (1 - p) ** 2) == -s * (1 - s) / (n * y**2)
    found = metrics.corrected_pass_at_k(n, range(n + 1), 2, *numbers(a, b))
    assert np.dot([float(w) for w in law(n, s)], found) == pytest.approx(float(1 - (1 - p) ** 2), abs=1e-13)


def test_ways_to_put_right_that_do_not():
    """n = k = 16, p = a = 1/10: true .815, seen .966; counts put right and rounded, and Rogan and Gladen plugged in."""
    n, p, a = 16, 0.1, 0.1
    counts = np.arange(n + 1)
    chances = binom.pmf(counts, n, accepted(p, a, 0))
    estimate = (counts / n - a) / (1 - a)
    rounded = np.clip(np.rint(n * estimate), 0, n).astype(int)
    ways = [metrics.pass_at_k(n, counts, n), metrics.pass_at_k(n, rounded, n), 1 - (1 - estimate) ** n]
    found = [float(chances @ way) for way in ways]
    assert [round(x, 3) for x in [1 - (1 - p) ** n, *found]] == [0.815, 0.966, 0.610, 0.362]
    corrected = metrics.corrected_pass_at_k(n, counts, n, a)
    assert chances @ corrected == pytest.approx(1 - (1 - p) ** n, rel=1e-12)
    np.testing.assert_allclose(np.maximum(corrected, 0), metrics.pass_at_k(n, counts, n))  # cut at 0: as seen


def test_errors_of_an_answer_put_right_as_if_of_samples_end_far_below_zero():
    """p = 0, one wrong answer, accepted for good with chance 1/10: seen .1 at n = k = 10, "put right" -1.58."""
    assert 0.1 * metrics.corrected_pass_at_k(10, 10, 10, 0.1) + 0.9 * metrics.corrected_pass_at_k(
        10, 0, 10, 0.1
    ) == pytest.approx(-1.58, abs=0.005)


def test_the_interval_of_an_audited_rate_covers_by_enumeration():
    """Over every count of samples and of the audit. Without the added counts it would cover nine in ten."""
    n, p, a, m = 1000, 0.05, 0.02, 100
    counts = np.arange(20, 140)
    of_counts, of_audit = binom.pmf(counts, n, accepted(p, a, 0)), binom.pmf(np.arange(11), m, a)
    assert of_counts.sum() * of_audit.sum() > 1 - 1e-5
    covered = sum(
        x * c
        for found, x in enumerate(of_audit)
        for count, c in zip(counts.tolist(), of_counts, strict=True)
        if (ends := metrics.rogan_gladen_interval(n, count, m, found)).low <= p <= ends.high
    )
    assert round(covered, 3) == 0.986


def test_an_interval_with_rejections_is_the_formula_with_the_added_counts():
    z = 1.959963984540054
    s, a, b = (280 + z * z / 2) / (1000 + z * z), 3 / 102, 6 / 52
    p = (s - a) / (1 - a - b)
    variance = metrics.rogan_gladen_variance(p, 1000, a, b, wrong=102, right=52)
    part = s * (1 - s) / (1 - a - b) ** 2
    half = z * np.sqrt(variance + part * (1 / (1000 + z * z) - 1 / 1000))
    low, high = metrics.rogan_gladen_interval(1000, 280, 100, 2, 50, 5)
    assert (low, high) == pytest.approx((p - half, p + half), rel=1e-9)
    assert metrics.rogan_gladen_interval(10, 0, 10, 3).low == 0


def test_a_corrected_curve_is_the_mean_of_the_corrections_and_its_interval_holds_the_truth():
    """60 problems, half of them never right; a rate of 1 % that is audited: over 20 sets of samples."""
    generator, n, a = np.random.default_rng(5), 32, 0.01
    ks, hits = np.array([1, 32]), 0
    truth = 0.5 * (1 - np.array([beta_miss(k) for k in ks]))
    for _ in range(20):
        p = np.where(generator.random(60) < 0.5, 0, generator.beta(0.5, 2, 60))
        c = generator.binomial(n, accepted(p, a, 0))
        rate = generator.binomial(2000, a) / 2000
        found = metrics.corrected_curve(n, c, ks, rate, audited=2000)
        hits += (found.interval.low <= truth) & (truth <= found.interval.high)
    each = [np.mean(metrics.corrected_pass_at_k(n, c, k, rate)) for k in ks]
    np.testing.assert_allclose(found.curve, each, rtol=1e-12)
    assert hits.min() >= 16  # 19 of 20 at least are expected; three standard deviations below that lie 16


def test_at_a_known_rate_the_interval_is_that_of_what_is_seen():
    """With b = 0 the correction is 1 - (1 - seen)/(1-a)^k, so its ends are those of the seen curve, moved."""
    n, c, a = 8, [0, 1, 4, 8, 2] * 3, 0.05
    found = metrics.corrected_curve(n, c, [1, 4, 8], a)
    seen = metrics.curve_interval(n, c, [1, 4, 8])
    moved = [1 - (1 - np.array(end)) / (1 - a) ** np.array([1, 4, 8]) for end in (seen.low, seen.high)]
    np.testing.assert_allclose([found.interval.low, found.interval.high], np.clip(moved, 0, 1), atol=1e-6)


def test_a_small_audit_leaves_many_draws_open():
    found = metrics.corrected_curve(64, [1, 2, 50], [1, 64], 0, audited=2)
    assert found.interval.low[1] == 0
    assert found.interval.high[1] == metrics.curve_interval(64, [1, 2, 50], 64, 0.975).high


def beta_miss(k):
    """E[(1-p)^k] for p from Beta(1/2, 2)."""
    return np.prod([(2 + i) / (2.5 + i) for i in range(k)])


def test_a_known_rate_leaves_only_the_problems_open():
    known = metrics.corrected_curve(8, [0, 1, 4, 8] * 20, [1, 4], 0.05)
    audited = metrics.corrected_curve(8, [0, 1, 4, 8] * 20, [1, 4], 0.05, audited=20)
    assert (audited.interval.high - audited.interval.low > known.interval.high - known.interval.low).all()
    both = metrics.corrected_curve(8, [0, 1, 4, 8] * 20, [1, 4], 0.05, 0.1)
    np.testing.assert_allclose(both.curve[0], metrics.rogan_gladen(32, 13, 0.05, 0.1), rtol=1e-12)


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.rogan_gladen(10, 3, 0.6, 0.4), "no more readily than wrong ones"),
        (lambda: metrics.corrected_pass_at_k(10, 3, 2, 0.9, 0.9), "no more readily than wrong ones"),
        (lambda: metrics.corrected_pass_at_k(10, 3, 11, 0.1), "beyond n samples no unbiased estimate exists"),
        (lambda: metrics.corrected_pass_at_k(1000, 3, 900, 0.1), "multiplies the noise"),
        (lambda: metrics.corrected_pass_at_k_variance(0.5, 10, 11, 0.1), "need at least 11 samples"),
        (lambda: metrics.rogan_gladen_interval(10, 11, 5, 0), "more correct samples than samples"),
        (lambda: metrics.rogan_gladen_interval(10, 1, 5, 6), "accepted_wrong = 6 but wrong = 5"),
        (lambda: metrics.rogan_gladen_interval(10, 1, 5, 5, 5, 5), "no more readily than wrong ones"),
        (lambda: metrics.corrected_curve(64, [1, 2], [1, 64], 0.02), "Ask for k up to 50, or audit"),
        (lambda: metrics.corrected_curve(8, [1, 2], 1, 0.02, 0.1, audited=9), "pass one of the two"),
        (lambda: metrics.corrected_curve(8, [1, 2], 1, 0.02, audited=9), "no whole number of samples"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

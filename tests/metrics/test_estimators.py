"""pass@k and its relatives from counts: literals, every subset, exact rationals, and what must hold for any input."""

import math
from fractions import Fraction

import mpmath
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import g_pass_at_k, max_at_k, pass_at_k, pass_at_k_plugin, pass_hat_k
from tests.metrics import oracles

modest = settings(max_examples=60)

# Every (n, c, k) with n <= 60: 75,640 of them, so one call does them all.
ALL_TO_60 = [(n, c, k) for n in range(1, 61) for c in range(n + 1) for k in range(1, n + 1)]
SMALL = [(n, c, k) for n in range(1, 8) for c in range(n + 1) for k in range(1, n + 1)]


@st.composite
def triples(draw, largest=400):
    n = draw(st.integers(1, largest))
    return n, draw(st.integers(0, n)), draw(st.integers(1, n))


@pytest.mark.parametrize(
    ("n", "c", "k", "value"),
    [
        (10, 3, 1, 3 / 10),
        (10, 3, 2, 8 / 15),  # C(7,2)/C(10,2) = 21/45
        (10, 3, 5, 11 / 12),  # C(7,5)/C(10,5) = 21/252
        (10, 3, 8, 1.0),  # only 7 are wrong
        (5, 2, 3, 0.9),  # one of the ten triples avoids both
        (100, 1, 10, 0.1),  # the one correct sample is among the ten with chance 10/100
        (4, 1, 4, 1.0),
        (1, 1, 1, 1.0),
        (1, 0, 1, 0.0),
        (1030, 10, 515, 0.9990655650),  # where C(n-c,k)/C(n,k) in floats gives 1.0
    ],
)
def test_pass_at_k_worked_by_hand(n, c, k, value):
    assert pass_at_k(n, c, k) == pytest.approx(value, abs=5e-11)


@pytest.mark.parametrize(
    ("n", "c", "k", "value"),
    [
        (5, 3, 2, 3 / 10),  # 3 of the 10 pairs
        (8, 6, 4, 3 / 14),  # C(6,4)/C(8,4) = 15/70
        (5, 2, 1, 2 / 5),  # at k = 1 it is c/n
        (5, 1, 2, 0.0),
        (5, 5, 5, 1.0),
    ],
)
def test_pass_hat_k_worked_by_hand(n, c, k, value):
    assert pass_hat_k(n, c, k) == pytest.approx(value, abs=1e-15)


def test_scorio_data_set():
    # R = [[0,1,1,0,1], [1,1,0,1,1]]: c = 3 and 4 of 5. pass@2 = mean(1 - 1/10, 1 - 0) and pass^2 = mean(3/10, 6/10).
    c = np.array([3, 4])
    assert pass_at_k(5, c, 1).mean() == pytest.approx(0.7, abs=1e-15)
    assert pass_at_k(5, c, 2).mean() == pytest.approx(0.95, abs=1e-15)
    assert pass_hat_k(5, c, 1).mean() == pytest.approx(0.7, abs=1e-15)
    assert pass_hat_k(5, c, 2).mean() == pytest.approx(0.45, abs=1e-15)


@pytest.mark.parametrize(
    ("tau", "value"),
    [
        (0.5, 1.0),  # only 4 are wrong, so at least 4 of 8 are right
        (0.75, 0.7153846154),  # at least 6 of 8: (924*6 + 792*4 + 495)/12870 = 9207/12870
        (1.0, 0.0384615385),  # C(12,8)/C(16,8) = 495/12870
    ],
)
def test_g_pass_worked_by_hand(tau, value):
    assert g_pass_at_k(16, 12, 8, tau) == pytest.approx(value, abs=5e-11)


def test_g_pass_mean_over_thresholds():
    # mG = (2/k) sum of G at i/k for i = k/2 + 1 .. k, arXiv 2412.13147: 0.5 for n = 16, c = 12, k = 8.
    assert 2 / 8 * sum(g_pass_at_k(16, 12, 8, i / 8) for i in range(5, 9)) == pytest.approx(0.5, abs=1e-14)


def test_plugin_worked_by_hand():
    assert pass_at_k_plugin(4, 1, 4) == 0.68359375  # 1 - (3/4)^4 = 175/256
    assert pass_at_k_plugin(10, 3, 5) == pytest.approx(0.83193, abs=1e-15)  # 1 - 0.7^5


def test_max_at_k_worked_by_hand():
    # The three pairs of (1, 2, 4) have the best 2, 4, 4.
    assert max_at_k([4, 1, 2], 2) == pytest.approx(10 / 3, abs=1e-15)


@pytest.mark.parametrize("function", [pass_at_k, pass_hat_k, lambda n, c, k: max_at_k(oracles.verdicts(n, c), k)])
def test_against_every_subset(function):
    score = min if function is pass_hat_k else max
    for n, c, k in SMALL:
        assert function(n, c, k) == pytest.approx(
            float(oracles.mean_over_subsets(oracles.verdicts(n, c), k, score)), abs=1e-14
        ), (n, c, k)


@pytest.mark.parametrize("tau", [0.01, 1 / 3, 0.5, 0.6, 2 / 3, 0.9, 1.0])
def test_g_pass_against_every_subset(tau):
    # A share of correct draws is j/k: no share lies within 1e-9 of tau without being it, for k <= 7.
    for n, c, k in SMALL:
        exact = oracles.mean_over_subsets(oracles.verdicts(n, c), k, lambda d: sum(d) >= tau * len(d) - 1e-9)
        assert g_pass_at_k(n, c, k, tau) == pytest.approx(float(exact), abs=1e-14), (n, c, k)


def test_pass_at_k_within_4_ulp_of_the_exact_rational_for_every_triple_to_60():
    got = pass_at_k(*np.array(ALL_TO_60).T)
    worst = max((oracles.ulps(g, oracles.pass_at_k(*t)), t) for g, t in zip(got, ALL_TO_60, strict=True))
    assert worst[0] <= 4, worst


def test_pass_hat_k_and_g_pass_against_the_exact_rational_for_every_triple_to_60():
    # exp of a log as low as -40 keeps 40 * 2**-53 of its argument's error: no ulp is promised, 1e-13 is held.
    n, c, k = np.array(ALL_TO_60).T
    hat, half = pass_hat_k(n, c, k), g_pass_at_k(n, c, k, 0.5)
    for i, triple in enumerate(ALL_TO_60):
        assert oracles.relative_error(hat[i], oracles.pass_hat_k(*triple)) < 1e-13, triple
        if i % 5 == 0:
            needed = -(-triple[2] // 2)
            assert oracles.relative_error(half[i], oracles.g_pass_at_k(*triple, needed)) < 1e-13, triple


def test_pass_at_k_within_4_ulp_for_a_sample_of_triples_to_10000():
    rng = np.random.default_rng(1)
    n = np.concatenate([rng.integers(1, 10**4, 150, endpoint=True), rng.integers(9000, 10**4, 150)])
    # c and k spread over the orders of magnitude, so that small pass@k is met as often as pass@k near 1.
    c, k = (np.minimum(n, np.exp(rng.uniform(0, np.log(n))).astype(int)) for _ in range(2))
    got = pass_at_k(n, c, k)
    for g, *triple in zip(got, n.tolist(), c.tolist(), k.tolist(), strict=True):
        assert oracles.ulps(g, oracles.pass_at_k(*triple)) <= 4, triple


@pytest.mark.parametrize(
    ("n", "c", "k"),
    [(10**9, 1000, 10**6), (10**12, 1000, 10**9), (10**12, 3, 10**12 - 3), (2**53, 500, 2**44), (2**53, 7, 3)],
)
def test_huge_n_within_4_ulp_either_way_round(n, c, k):
    exact = oracles.pass_at_k_few_correct(n, c, k)
    assert oracles.ulps(pass_at_k(n, c, k), exact) <= 4
    assert oracles.ulps(pass_at_k(n, k, c), exact) <= 4, "c and k may be swapped"


def test_a_million_factors_lose_no_digit():
    # fsum adds the million logs exactly; what is left is the rounding of each, which averages out.
    n, few = 10**12, 10**6
    log_all_wrong = math.fsum(np.log1p(-few / (n - np.arange(few, dtype=np.float64))))
    assert abs(pass_at_k(n, few, few) / -math.expm1(log_all_wrong) - 1) < 4 * 2**-52


@pytest.mark.parametrize("n", [10**6, 2**53, 10**12])
def test_one_correct_of_very_many(n):
    # With one correct sample pass@k is k/n; the usual product form is off by 3e-11 at (10**6, 1, 1).
    assert pass_at_k(n, 1, 1) == 1 / n
    assert pass_at_k(n, n, 1) == 1.0
    assert pass_at_k(n, 0, n) == 0.0
    assert pass_at_k(n, 1, n) == 1.0
    assert pass_at_k(n, n - 1, 1) == pytest.approx(1 - 1 / n, abs=2**-52)
    assert pass_hat_k(n, n - 1, n) == 0.0
    assert pass_hat_k(n, n, n) == 1.0


def test_a_ratio_of_binomials_that_overflows_float64():
    exact = float(oracles.pass_at_k(2048, 3, 1024))
    assert pass_at_k(2048, 3, 1024) == pytest.approx(exact, rel=1e-15)
    assert pass_at_k(2048, 100, 1024) == 1.0


def test_pass_hat_k_underflows_gradually_and_then_to_zero():
    assert pass_hat_k(1040, 520, 520) == pytest.approx(float(oracles.pass_hat_k(1040, 520, 520)), abs=1e-322)
    assert 0 < pass_hat_k(1040, 520, 520) < 1e-308
    assert pass_hat_k(2000, 1000, 1000) == 0.0


def test_pass_hat_k_just_above_the_underflow():
    # e^-703: every one of the 700 factors is needed, though each is only about 1/e.
    exact = oracles.pass_at_k_few_correct(10**5, 700, 63_000)  # of the 700 wrong samples, none may be drawn
    assert oracles.relative_error(pass_hat_k(10**5, 10**5 - 700, 63_000), 1 - exact) < 1e-12


def test_g_pass_of_many_samples_neither_over_nor_underflows():
    exact = oracles.g_pass_at_k(3000, 1500, 1500, 750)
    assert oracles.relative_error(g_pass_at_k(3000, 1500, 1500, 0.5), exact) < 1e-12


def test_g_pass_far_in_the_tail():
    assert oracles.relative_error(g_pass_at_k(400, 30, 40, 0.6), oracles.g_pass_at_k(400, 30, 40, 24)) < 1e-12


def test_plugin_at_the_ends():
    assert pass_at_k_plugin(7, 0, 2**53) == 0.0
    assert pass_at_k_plugin(7, 7, 1) == 1.0
    assert pass_at_k_plugin(7, 7, 2**53) == 1.0
    assert pass_at_k_plugin(10**12, 1, 2) == pytest.approx(2e-12, rel=1e-12)
    assert pass_at_k_plugin(4, 1, 100) == pytest.approx(1 - 0.75**100, rel=1e-14), "k > n is allowed"


def test_no_negative_zero():
    zeros = [pass_at_k(4, 0, 2), pass_at_k_plugin(4, 0, 2), pass_hat_k(4, 0, 2), g_pass_at_k(4, 0, 2, 0.5)]
    assert zeros == [0.0] * 4
    assert not np.signbit(zeros).any()


@pytest.mark.parametrize("function", [pass_at_k, pass_at_k_plugin, pass_hat_k])
def test_numbers_in_number_out_arrays_in_array_out(function):
    assert type(function(4, 1, 2)) is float
    assert type(function(np.int64(4), np.array(1), 2)) is float
    out = function([4], 1, 2)
    assert (type(out), out.dtype, out.shape) == (np.ndarray, np.float64, (1,))


@modest
@given(triples())
def test_range_ends_and_order(triple):
    n, c, k = triple
    value, plugin, hat = pass_at_k(n, c, k), pass_at_k_plugin(n, c, k), pass_hat_k(n, c, k)
    assert 0 <= hat <= c / n * (1 + 1e-13)
    assert c / n * (1 - 1e-14) <= value <= 1
    assert 0 <= plugin <= value * (1 + 1e-14), "drawing with replacement finds less"
    assert (value == 0) == (c == 0)
    if c + k > n:
        assert value == 1.0, "more draws than wrong samples"
    if c < k:
        assert hat == 0.0
    assert pass_at_k(n, 0, k) == pass_hat_k(n, 0, k) == 0.0
    assert pass_at_k(n, n, k) == pass_hat_k(n, n, k) == pass_at_k_plugin(n, n, k) == 1.0
    assert pass_at_k(n, c, 1) == pytest.approx(c / n, rel=1e-15)


@modest
@given(triples(largest=120))
def test_monotone_in_c_and_k(triple):
    n, c, k = triple
    slack = 1e-15
    for function, sign in ((pass_at_k, 1), (pass_at_k_plugin, 1), (pass_hat_k, -1)):
        assert (np.diff(function(n, np.arange(n + 1), k)) >= -slack).all(), "more correct samples, no lower chance"
        assert (sign * np.diff(function(n, c, np.arange(1, n + 1))) >= -slack).all(), "in k: up, or down for pass^k"


@modest
@given(triples())
def test_duality(triple):
    n, c, k = triple
    assert pass_hat_k(n, c, k) == pytest.approx(1 - pass_at_k(n, n - c, k), abs=1e-15)


@modest
@given(triples(largest=150))
def test_g_pass_runs_from_pass_at_k_to_pass_hat_k(triple):
    n, c, k = triple
    assert g_pass_at_k(n, c, k, 1e-12) == pytest.approx(pass_at_k(n, c, k), rel=1e-12)
    assert g_pass_at_k(n, c, k, 1.0) == pytest.approx(pass_hat_k(n, c, k), rel=1e-12)
    values = [g_pass_at_k(n, c, k, tau) for tau in np.linspace(0.05, 1, 20)]
    assert (np.diff(values) <= 1e-15).all()


def test_g_pass_never_exceeds_1():
    n, c, k = np.array([t for t in ALL_TO_60 if t[0] <= 40]).T
    assert g_pass_at_k(n, c, k, 1e-6).max() <= 1.0


@pytest.mark.parametrize(
    ("tau", "k", "needed", "c"), [(0.07, 100, 7, 15), (0.14, 50, 7, 30), (0.56, 100, 56, 110), (0.29, 100, 29, 60)]
)
def test_g_pass_threshold_is_not_thrown_by_rounding(tau, k, needed, c):
    # 0.07 * 100 is 7.000000000000001 in float64, whose ceiling is 8; 0.29 * 100 is a little below 29.
    assert g_pass_at_k(200, c, k, tau) == pytest.approx(float(oracles.g_pass_at_k(200, c, k, needed)), rel=1e-12)


@settings(max_examples=30)
@given(st.integers(1, 40).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))), st.fractions(0, 1))
def test_unbiased_in_rationals(n_and_k, p):
    n, k = n_and_k
    p = p.limit_denominator(1000)
    chances = oracles.binomial(n, p)
    c = np.arange(n + 1)
    # Only the floats round, by 4 ulp at most, and every term is positive.
    found = oracles.expected(pass_at_k(n, c, k).tolist(), chances)
    assert oracles.relative_error(found, 1 - (1 - p) ** k) < 4 * 2**-52
    assert oracles.relative_error(oracles.expected(pass_hat_k(n, c, k).tolist(), chances), p**k) < 1e-12


@pytest.mark.parametrize(
    ("n", "k", "p", "unbiased", "plugin"),
    [
        (10, 5, Fraction(3, 10), 0.83193, 0.7597402320),
        (10, 5, Fraction(1, 10), 0.40951, 0.3485164240),
        (10, 10, Fraction(1, 10), 0.6513215599, 0.4937466751),
    ],
)
def test_plugin_is_biased_down(n, k, p, unbiased, plugin):
    chances, c = oracles.binomial(n, p), np.arange(n + 1)
    assert float(oracles.expected(pass_at_k(n, c, k).tolist(), chances)) == pytest.approx(unbiased, abs=5e-11)
    assert float(oracles.expected(pass_at_k_plugin(n, c, k).tolist(), chances)) == pytest.approx(plugin, abs=5e-11)


@pytest.mark.parametrize(
    ("n", "c", "k"),
    [
        (10**6, 1, 1), (10**6, 10, 3), (10**6, 999_990, 77), (10**6, 500_000, 1000), (10**9, 1, 1), (10**9, 3, 3),
        (10**9, 999_999_000, 10**6), (10**9, 5 * 10**8, 1000), (10**9, 7, 2), (1000, 500, 250), (2000, 1990, 1000),
    ],
)  # fmt: skip
def test_pass_hat_k_to_4_ulp_however_large_n(n, c, k):
    few, many = sorted((n - c, k))
    with mpmath.workdps(60):
        exact = mpmath.fprod(mpmath.mpf(n - many - i) / (n - i) for i in range(few))
        assert abs(mpmath.mpf(pass_hat_k(n, c, k)) - exact) <= 4 * mpmath.mpf(math.ulp(float(exact)))

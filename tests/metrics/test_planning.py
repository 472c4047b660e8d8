"""How many problems, samples, and where the next ones: the formula by hand, and experiments planned and carried out."""

import numpy as np
import pytest
from scipy import stats

from passk_lab.metrics import (
    compare,
    detectable_difference,
    pass_at_k,
    pass_at_k_variance,
    problems_for_crossing,
    problems_needed,
    samples_needed,
    spend,
    success_at_k,
)
from passk_lab.metrics._pilot import pilot_of_one, pilot_of_two
from tests.metrics.published import counts

MATH500 = "math500_qwen2.5-7b_base_vs_simplerl.csv"


def two_models(rng, size):
    """Chances of two models, of which b is a little better on the same problems and differs at random."""
    p = rng.beta(0.8, 1.6, size)
    return p, np.clip(p**0.9 * np.exp(0.25 * rng.standard_normal(size)), 0, 1)


def drawn(rng, size, n):
    return tuple(rng.binomial(n, p) for p in two_models(rng, size))


P_A, P_B = two_models(np.random.default_rng(0), 30_000)


def true_difference(k):
    return float((success_at_k(P_B, k) - success_at_k(P_A, k)).mean())


def pilot(size=3000, n=32):
    a, b = drawn(np.random.default_rng(1), size, n)
    return n, a, n, b


@pytest.mark.parametrize("samples", [8, 16, 32, 128])
def test_the_formula_with_every_chance_known(samples):
    k, delta = 4, 0.02
    between = (success_at_k(P_B, k) - success_at_k(P_A, k)).var()
    added = sum(pass_at_k_variance(p, samples, k).mean() for p in (P_A, P_B))
    exact = (stats.norm.ppf(0.975) + stats.norm.ppf(0.8)) ** 2 * (between + added) / delta**2 + 2
    assert problems_needed(*pilot(), k, delta, samples=samples) == pytest.approx(exact, rel=0.06)


def test_as_many_samples_as_in_the_pilot_need_no_model():
    n, a, _, b = pilot(400, 16)
    variance = np.var(pass_at_k(n, b, 8) - pass_at_k(n, a, 8), ddof=1)
    wanted = np.ceil((stats.norm.ppf(0.95) + stats.norm.ppf(0.9)) ** 2 * variance / 0.03**2) + 2
    assert problems_needed(n, a, n, b, 8, 0.03, power=0.9, level=0.9) == wanted


@pytest.mark.parametrize(("k", "samples"), [(1, 4), (4, 8), (8, 32)])
def test_what_was_planned_is_seen_as_often_as_asked(k, samples):
    delta = true_difference(k)
    problems = problems_needed(*pilot(), k, delta, samples=samples)
    rng, seen, runs = np.random.default_rng([2, k]), 0, 200
    for i in range(runs):
        found = compare(samples, (c := drawn(rng, problems, samples))[0], samples, c[1], ks=[k], seed=i, resamples=200)
        seen += bool(found.interval.low[0] > 0)
    assert 1e-4 < stats.binom.cdf(seen, runs, 0.8) < 1 - 1e-4, (problems, seen)


def test_published_pair_as_studied():
    # Base and its RL-trained child at k = n = 64: variance .045, so 616 problems for .024.
    (n_a, a), (n_b, b) = (counts(MATH500, arm=arm) for arm in ("base", "rl"))
    assert problems_needed(n_a, a, n_b, b, 64, 0.024, samples=64) == pytest.approx(616, rel=0.05)


def test_samples_needed_is_the_least_number():
    n, a, _, b = pilot(600, 16)
    least = samples_needed(n, a, n, b, 4, 0.02)
    assert problems_needed(n, a, n, b, 4, 0.02, samples=least) <= 600
    assert problems_needed(n, a, n, b, 4, 0.02, samples=least - 1) > 600
    assert samples_needed(n, a, n, b, 4, 0.5) == 4
    assert samples_needed(n, a, n, b, 4, 0.001) is None
    assert samples_needed(n, a, n, b, 4, 0.001, problems=10**7) is not None


@pytest.mark.parametrize("samples", [None, 8, 64])
def test_what_can_be_seen_is_what_the_problems_were_for(samples):
    delta = detectable_difference(*pilot(), 4, problems=500, samples=samples)
    assert problems_needed(*pilot(), 4, delta * (1 + 1e-9), samples=samples) == 500


def test_a_crossing_planned_is_claimed_as_often_as_asked():
    (n_a, a), (n_b, b) = (counts(MATH500, arm=arm) for arm in ("base", "rl"))
    ends = [(pass_at_k(n_b, b, k) - pass_at_k(n_a, a, k)).mean() for k in (1, 64)]
    problems = problems_for_crossing(n_a, a, n_b, b, (1, 64), ends, samples=64)
    assert problems > problems_for_crossing(n_a, a, n_b, b, (1, 64), ends, samples=64, fixed=True)
    rng, claimed, runs = np.random.default_rng(3), 0, 40
    for i in range(runs):
        which = rng.integers(0, 500, problems)
        c = [rng.hypergeometric(c[which], (n - c)[which], 64) for n, c in ((n_a, a), (n_b, b))]
        claimed += compare(
            64, c[0], 64, c[1], ks=[1, 2, 4, 8, 16, 24, 32, 48, 64], seed=i, resamples=1000
        ).crossover.shown
    # .8 is asked; the lead at k = 1 is so large that all of the miss is at one end, and .9 comes out.
    assert 1e-4 < stats.binom.cdf(claimed, runs, 0.9) < 1 - 1e-6, (problems, claimed)


# --- spending ---------------------------------------------------------------------------------------------------


def true_error(problems, samples, k, both=False):
    values = success_at_k(P_A, k) - (success_at_k(P_B, k) if both else 0)
    added = sum(pass_at_k_variance(p, samples, k).mean() for p in ((P_A, P_B) if both else (P_A,)))
    return np.sqrt((values.var() + added) / problems)


@pytest.mark.parametrize("both", [False, True])
@pytest.mark.parametrize("k", [1, 8])
def test_errors_are_those_of_the_design(k, both):
    n, a, _, b = pilot(2000, 8)
    found = spend(n, a, k, budget=16_000, against=(n, b) if both else None)
    each = 16_000 // (2 if both else 1)
    assert found.error_now == pytest.approx(true_error(2000, 8, k, both), rel=0.05)
    assert found.error_problems == pytest.approx(true_error(2000 + each // 8, 8, k, both), rel=0.05)
    assert found.error_samples == pytest.approx(true_error(2000, 8 + each // 2000, k, both), rel=0.05)
    assert found.error <= min(found.error_problems, found.error_samples)
    # No design that can be paid for is better.
    for samples in (8, 10, 12):
        assert found.error <= 1.06 * true_error((2000 * 8 + each) // samples, samples, k, both)
    assert found.problems * found.samples <= 2000 * 8 + each


@pytest.mark.parametrize(("both", "samples"), [(False, "few"), (True, "many")])
def test_the_error_that_is_said_is_the_error_that_comes(both, samples):
    # Models that are alike gain from more samples; one model alone gains from problems. Carried out 400 times.
    rng = np.random.default_rng(4)
    p = rng.beta(0.8, 1.6, 1500)
    a, b = (rng.binomial(4, p) for _ in "ab")
    found = spend(4, a, 4, budget=30_000, against=(4, b) if both else None)
    assert (found.samples > 4) == (samples == "many")
    means = []
    for _ in range(400):
        new = rng.beta(0.8, 1.6, found.problems)
        x = [pass_at_k(found.samples, rng.binomial(found.samples, new), 4) for _ in range(2 if both else 1)]
        means.append((x[0] - x[1] if both else x[0]).mean())
    assert np.std(means) == pytest.approx(found.error, rel=0.12)


@pytest.mark.parametrize("budget", [4_000, 40_000, 400_000])
def test_the_search_finds_what_a_list_of_all_designs_has(budget):
    a, b = drawn(np.random.default_rng(6), 20, 16)
    for pilot_, against, arms in ((pilot_of_one(16, a, 8), None, 1), (pilot_of_two(16, a, 16, b, 8), (16, b), 2)):
        each = budget // arms
        every = [
            (pilot_.variance(s) / ((320 + each) // s)) ** 0.5 for s in range(16, 16 + each // 20 + 1, 1 + each // 9999)
        ]
        assert spend(16, a, 8, budget=budget, against=against).error <= min(every) * (1 + 1e-3)


def test_a_small_pool_leaves_more_samples():
    n, a, _, _ = pilot(300, 8)
    free, pooled = spend(n, a, 4, budget=4800), spend(n, a, 4, budget=4800, pool=300)
    assert free.problems > 300 == pooled.problems
    assert pooled.samples == 24
    assert "best 300 problems with 24 samples each" in str(pooled)


# --- bad input --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "match"),
    [
        (lambda a: problems_needed(8, a, 8, a, 9, 0.1), "k = 9 draws need at least 9"),
        (lambda a: problems_needed(8, a, 8, a, 4, 0), "difference must lie above 0"),
        (lambda a: problems_needed(8, a, 8, a[:3], 4, 0.1), "a has 4 and b has 3. Join"),
        (lambda a: problems_needed(8, a, 8, a, 4, 0.1, samples=3), "k = 4 draws need at least 4"),
        (lambda a: problems_needed(8, a, 8, a, 4, 0.1, power=1), "power must lie strictly between 0 and 1"),
        (lambda a: problems_needed(8, [3], 8, [4], 4, 0.1), "at least two problems"),
        (lambda a: detectable_difference(8, a, 8, a, 4, problems=2), "problems must be at least 3"),
        (lambda a: problems_for_crossing(8, a, 8, a, (1, 8), (0.1, 0.2)), "have one sign"),
        (lambda a: problems_for_crossing(8, a, 8, a, (8, 1), (0.1, -0.2)), "the smaller first"),
        (lambda a: problems_for_crossing(8, a, 8, a, (1, 4, 8), (0.1, -0.2)), "ks must be two"),
        (lambda a: problems_for_crossing(8, a, 8, a, np.array(3), (0.1, -0.2)), "ks must be two"),
        (lambda a: spend(8, a, 4, budget=3), "buys neither a new problem"),
        (lambda a: spend(8, a, 4, budget=7, pool=4), None),
        (lambda a: spend(8, a, 4, against=(9, a)), "both models need as many samples"),
        (lambda a: spend(8, a, 4, pool=3), "pool must be at least 4"),
    ],
)
def test_bad_input_is_told(call, match):
    a = [1, 2, 0, 8]
    if match is None:
        assert call(a).samples == 9
    else:
        with pytest.raises(ValueError, match=match):
            call(a)

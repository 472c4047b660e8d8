"""Audits: coverage by enumeration, and sizes by what they promise."""

from itertools import combinations

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from passk_lab import data, metrics


@pytest.mark.parametrize(("m", "x"), [(1, 0), (1, 1), (20, 3), (100, 2), (100, 100)])
@pytest.mark.parametrize("level", [0.5, 0.95])
def test_an_audits_interval_ends_where_the_tails_do(m, x, level):
    low, high = metrics.audit_interval(m, x, level)
    tail = (1 - level) / 2
    assert low == 0 if x == 0 else binom.sf(x - 1, m, low) == pytest.approx(tail, rel=1e-9)
    assert high == 1 if x == m else binom.cdf(x, m, high) == pytest.approx(tail, rel=1e-9)


def test_an_audits_interval_covers_at_every_rate():
    m = 30
    low, high = metrics.audit_interval(m, np.arange(m + 1))
    rates = np.linspace(0, 1, 401)[:, None]
    covered = np.sum(binom.pmf(np.arange(m + 1), m, rates) * ((low <= rates) & (rates <= high)), axis=1)
    assert covered.min() >= 0.95


def test_audit_sizes_by_hand_and_by_what_they_promise():
    assert metrics.clean_audit_size(128, 0.01) == 38154
    assert metrics.audit_size(100, 0.01, 0.1) == 10102  # 10101.01...
    for k, luck in [(1, 0.05), (16, 0.01), (100, 0.3)]:
        m = metrics.clean_audit_size(k, luck)
        open_rate = [1 - 0.05 ** (1 / size) for size in (m, m - 1) if size]
        shown = [metrics.seen_at_k(0, k, rate) for rate in open_rate]
        assert shown[0] <= luck * (1 + 1e-12)
        assert len(shown) == 1 or shown[1] > luck
    k, a = 20, 0.05
    m = metrics.audit_size(k, a, 0.05)
    weights, rates = binom.pmf(np.arange(m + 1), m, a), np.arange(m + 1) / m
    factor = ((1 - a) / (1 - np.minimum(rates, 0.5))) ** k
    mean = np.dot(weights, factor)
    assert np.sqrt(np.dot(weights, (factor - mean) ** 2)) == pytest.approx(0.05, rel=0.02)


# --- outcomes -------------------------------------------------------------------------------------------------------


def test_an_audit_of_outcomes_is_right_on_average_over_all_audits():
    seen, true = [1, 1, 0.5], [1, 0, 0.25]
    found = [metrics.outcome_audit(seen, x, [true[i] for i in x]).estimate for x in combinations(range(3), 2)]
    assert np.mean(found) == pytest.approx(np.mean(true), abs=1e-15)


@pytest.mark.parametrize("flips", [0, 1, 3, 10, 30])
@pytest.mark.parametrize("audited", [12, 40])
def test_an_audit_of_outcomes_covers_whatever_share_is_wrong(audited, flips):
    """Of 80 problems seen solved some are not: the number found has the hypergeometric law, so coverage is exact."""
    problems, covered = 80, 0.0
    for found, chance in enumerate(hypergeom.pmf(np.arange(audited + 1), problems, flips, audited)):
        if chance > 0:
            true = [0] * found + [1] * (audited - found)
            audit = metrics.outcome_audit(np.ones(problems), np.arange(audited), true)
            covered += chance * (audit.low <= 1 - flips / problems <= audit.high)
    assert covered >= 0.95


def test_all_outcomes_read_leave_nothing_open():
    found = metrics.outcome_audit([1, 0, 1, 1], [3, 2, 1, 0], [0, 1, 0, 1])
    assert (found.estimate, found.low, found.high) == (0.5, 0.5, 0.5)


def test_size_of_an_audit_of_outcomes_gives_its_half_width():
    assert metrics.outcome_audit_size(500, 0.05, 0.02) == 239
    for problems, wrong, half in [(500, 0.05, 0.02), (100, 0.3, 0.1), (10**6, 0.5, 0.01)]:
        size = metrics.outcome_audit_size(problems, wrong, half)
        widths = [1.959964 * np.sqrt(wrong * (1 - wrong) / m * (1 - m / problems)) for m in (size, size - 1)]
        assert widths[0] <= half < widths[1]
    assert metrics.outcome_audit_size(10, 0.5, 1e-6) == 10


# --- for free -------------------------------------------------------------------------------------------------------


def test_problems_never_accepted_bound_one_rate():
    n, c = data.problems("math500").counts("Qwen2.5-7B")
    assert round(metrics.common_rate_bound(n, c), 3) == 0.028
    bound = metrics.common_rate_bound(128, c)
    never = int(np.sum(c == 0))
    assert binom.sf(never - 1, c.size, (1 - bound) ** 128) == pytest.approx(0.05, rel=1e-9)
    assert metrics.common_rate_bound(5, [1, 5, 2]) == 1


def test_the_bound_holds_at_its_level():
    """At a rate a, and problems that are never right, it lies above a in 95 of 100 sets at least: over every count."""
    problems, n = 12, 30
    for a in (0.001, 0.02, 0.1):
        chances = binom.pmf(np.arange(problems + 1), problems, (1 - a) ** n)
        bounds = np.array([metrics.common_rate_bound(n, [0] * x + [1] * (problems - x)) for x in range(problems + 1)])
        assert chances @ (bounds >= a) >= 0.95 - 1e-12


def test_problems_of_different_n_bound_it_by_the_law_of_their_sum():
    n, c = [10, 10, 40], [0, 0, 3]
    bound = metrics.common_rate_bound(n, c)
    short, long = (1 - bound) ** 10, (1 - bound) ** 40
    two_or_three = short**2 * (1 - long) + 2 * short * (1 - short) * long + short**2 * long
    assert two_or_three == pytest.approx(0.05, rel=1e-9)
    one = metrics.common_rate_bound([64] * 30, [0] * 9 + [1] * 21)
    assert metrics.common_rate_bound([64] * 29 + [65], [0] * 9 + [1] * 21) == pytest.approx(one, rel=0.02)


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.audit_interval(10, 11), "more errors than samples read: found = 11 but audited = 10"),
        (lambda: metrics.clean_audit_size(3, 0), "luck must lie strictly between 0 and 1"),
        (
            lambda: metrics.outcome_audit([1, 0], [0, 2], [1, 1]),
            "audited names problem 2, but seen has",
        ),
        (lambda: metrics.outcome_audit([1, 0], [0, 0], [1, 1]), "at least two problems, each once"),
        (lambda: metrics.outcome_audit([1, 0, 1], [0, 1], [1]), "an outcome for each of the 2 audited problems"),
        (lambda: metrics.outcome_audit_size(500, 0, 0.1), "wrong must lie strictly between 0 and 1"),
        (lambda: metrics.common_rate_bound(3, [4, 0]), "more correct samples than samples"),
        (lambda: metrics.audit_size(2**53, 0.5, 1e-9), r"more than 2\*\*53 samples"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

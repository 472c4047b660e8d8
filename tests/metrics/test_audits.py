"""Audits: coverage by enumeration, and sizes by what they promise."""

import numpy as np
import pytest
from scipy.stats import binom

from passk_lab import metrics


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


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.audit_interval(10, 11), "more errors than samples read: found = 11 but audited = 10"),
        (lambda: metrics.clean_audit_size(3, 0), "luck must lie strictly between 0 and 1"),
        (lambda: metrics.audit_size(2**53, 0.5, 1e-9), r"more than 2\*\*53 samples"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

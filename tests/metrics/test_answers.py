"""Majority vote, distinct answers and entropy: every subset, exact rationals, literals."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab.metrics import answer_entropy, distinct_at_k, majority_at_k, pass_at_k
from tests.metrics import oracles

modest = settings(max_examples=50)


@st.composite
def votes(draw, largest=9):
    """Counts of some answers, zeros among them, unreadable samples, and a k; at most `largest` samples."""
    unparsed = draw(st.integers(0, 3))
    counts = draw(
        st.lists(st.integers(0, 5), min_size=1, max_size=5).filter(lambda c: 0 < sum(c) <= largest - unparsed)
    )
    return counts, unparsed, draw(st.integers(1, sum(counts) + unparsed))


# --- majority ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "correct", "k", "unparsed", "value"),
    [
        # Of the 20 triples of AAABBC: AAA 1 and AAx 3*3 = 9 for A; BBx 4 not; ABC 3*2*1 = 6 ties of three, 2 for A.
        ([3, 2, 1], 0, 3, 0, 12 / 20),
        ([3, 2, 1], 1, 3, 0, (4 + 2) / 20),
        ([3, 2, 1], 2, 3, 0, 2 / 20),
        ([3, 2, 1], [0, 2], 3, 0, 14 / 20),
        # Of the 56 triples with two blanks: 12 as above; one blank (2 ways) with AA 3, AB 6/2 or AC 3/2, in all 15;
        # both blanks with A 3.
        ([3, 2, 1], 0, 3, 2, 30 / 56),
        ([1, 1], 0, 2, 0, 1 / 2),  # always a tie
        ([2, 2], 0, 4, 0, 1 / 2),
        ([2, 1], 0, 3, 0, 1.0),
        ([1, 2], 0, 3, 0, 0.0),
        ([1], 0, 1, 1, 1 / 2),  # the blank sample is drawn half the time, and then nobody wins
        ([1], 0, 2, 1, 1.0),
        ([4], [], 2, 0, 0.0),  # no correct answer was ever given
        ([0, 3], 0, 2, 0, 0.0),  # the correct answer is on the list but was not given
        ([0], 0, 2, 3, 0.0),  # nothing readable at all
    ],
)
def test_majority_worked_by_hand(counts, correct, k, unparsed, value):
    assert majority_at_k(counts, correct, k, unparsed) == pytest.approx(value, abs=1e-14)


@modest
@given(votes(), st.data())
def test_majority_against_every_subset(vote, data):
    counts, unparsed, k = vote
    correct = data.draw(st.lists(st.integers(0, len(counts) - 1), unique=True))
    exact = oracles.majority_by_subsets(counts, correct, k, unparsed)
    assert oracles.majority_by_counts(counts, correct, k, unparsed) == exact
    assert majority_at_k(counts, correct, k, unparsed) == pytest.approx(float(exact), rel=1e-12, abs=1e-14)


@pytest.mark.parametrize(
    ("counts", "unparsed"),
    [([20, 15, 5], 0), ([12, 12, 12], 4), ([30, 1, 1], 8), ([0, 25, 3], 12), ([1] * 10, 5)],
)
@pytest.mark.parametrize("k", [1, 2, 3, 8, 20, "all"])
def test_majority_of_more_samples_against_every_split_of_the_draws(counts, unparsed, k):
    n = sum(counts) + unparsed
    k = n if k == "all" else min(k, n)
    for correct in ([0], [1], [0, 2]):
        exact = float(oracles.majority_by_counts(counts, correct, k, unparsed))
        assert majority_at_k(counts, correct, k, unparsed) == pytest.approx(exact, rel=1e-11, abs=1e-14)


@modest
@given(votes(largest=14))
def test_over_all_answers_majorities_and_nobody_add_to_1(vote):
    counts, unparsed, k = vote
    n = sum(counts) + unparsed
    nobody = Fraction(math.comb(unparsed, k), math.comb(n, k))
    each = [majority_at_k(counts, answer, k, unparsed) for answer in range(len(counts))]
    assert sum(each) + float(nobody) == pytest.approx(1, abs=1e-13)
    assert majority_at_k(counts, list(range(len(counts))), k, unparsed) == pytest.approx(1 - float(nobody), abs=1e-13)
    # Two correct answers share what each gets alone.
    assert majority_at_k(counts, [0, len(counts) - 1][: len(counts)], k, unparsed) == pytest.approx(
        each[0] + (each[-1] if len(counts) > 1 else 0), abs=1e-13
    )


@modest
@given(votes(largest=14), st.data())
def test_majority_does_not_depend_on_the_order_of_answers(vote, data):
    counts, unparsed, k = vote
    order = data.draw(st.permutations(range(len(counts))))
    moved = [counts[i] for i in order] + [0, 0]
    assert majority_at_k(moved, order.index(0), k, unparsed) == pytest.approx(
        majority_at_k(counts, 0, k, unparsed), abs=1e-13
    )


@modest
@given(votes(largest=14))
def test_majority_of_one_or_two_draws_is_the_share_of_correct_samples(vote):
    counts, unparsed, _ = vote
    n = sum(counts) + unparsed
    assert majority_at_k(counts, 0, 1, unparsed) == pytest.approx(counts[0] / n, abs=1e-14)
    if n > 1 and not unparsed:
        # Two draws agree, or tie and split the credit: nothing is gained by the second.
        assert majority_at_k(counts, 0, 2) == pytest.approx(counts[0] / n, abs=1e-14)


@modest
@given(votes(largest=14))
def test_majority_stays_below_pass_at_k(vote):
    counts, unparsed, k = vote
    n = sum(counts) + unparsed
    assert 0 <= majority_at_k(counts, 0, k, unparsed) <= pass_at_k(n, counts[0], k) + 1e-13


def test_majority_of_many_samples_neither_over_nor_underflows():
    # Two answers only: the first wins if it gets more than half of 51 draws from 1200 + 800.
    exact = oracles.g_pass_at_k(2000, 1200, 51, 26)
    assert majority_at_k([1200, 800], 0, 51) == pytest.approx(float(exact), rel=1e-11)

    # Nearly all draws are unreadable: chances from (1/10)^1000 upwards are weighed.
    exact = oracles.majority_by_counts([2, 1], [0], 900, 1000)
    assert majority_at_k([2, 1], 0, 900, 1000) == pytest.approx(float(exact), rel=1e-11)


def test_majority_shapes():
    counts = np.array([[3, 2, 1], [0, 6, 0], [2, 2, 2]])
    assert type(majority_at_k(counts[0], 0, 3)) is float
    got = majority_at_k(counts, 0, 3)
    np.testing.assert_allclose(got, [0.6, 0.0, 1 / 3], atol=1e-14)
    crossed = majority_at_k(counts[:, None, :], 0, [1, 3, 6])
    assert crossed.shape == (3, 3)
    np.testing.assert_allclose(crossed[:, 1], got, atol=1e-15)
    # A ragged number of unreadable samples, one per problem.
    each = [majority_at_k(row, 0, 3, u) for row, u in zip(counts, [0, 1, 2], strict=True)]
    np.testing.assert_array_equal(majority_at_k(counts, 0, 3, [0, 1, 2]), each)
    assert majority_at_k([3, 2, 1], 0, 3, np.array([0, 1])).shape == (2,)


# --- distinct answers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "k", "value"),
    [
        # Triples of AAABBC: A is missed by 1 of 20, B by 4, C by 10, so 19/20 + 16/20 + 10/20.
        ([3, 2, 1], 3, 2.25),
        ([3, 2, 1], 1, 1.0),
        ([3, 2, 1], 6, 3.0),
        ([7], 5, 1.0),
        ([1, 1, 1, 1], 3, 3.0),
        ([2, 0, 0], 2, 1.0),
    ],
)
def test_distinct_worked_by_hand(counts, k, value):
    assert distinct_at_k(counts, k) == pytest.approx(value, abs=1e-14)


@modest
@given(votes())
def test_distinct_against_every_subset(vote):
    counts, _, k = vote
    k = min(k, sum(counts))
    assert distinct_at_k(counts, k) == pytest.approx(float(oracles.distinct_at_k(counts, k)), rel=1e-14)


@pytest.mark.parametrize(("k", "value"), [(1, 1.0), (4, 2.5646), (16, 3.7829450794)])
def test_distinct_of_very_many_samples_is_that_of_a_policy(k, value):
    # Answers with chances 1, 2, 3, 4 tenths: sum of 1 - (1 - pi)^k. Drawing from 10^9 samples differs by about k^2/n.
    counts = np.array([1, 2, 3, 4]) * 10**8
    assert distinct_at_k(counts, k) == pytest.approx(value, abs=1e-6)


@modest
@given(votes(), st.data())
def test_distinct_range_order_and_permutation(vote, data):
    counts, _, _ = vote
    curve = distinct_at_k(counts, np.arange(1, sum(counts) + 1))
    given_at_all = sum(c > 0 for c in counts)
    assert curve[0] == pytest.approx(1, abs=1e-14)
    assert curve[-1] == pytest.approx(given_at_all, abs=1e-14)
    assert (np.diff(curve) >= -1e-14).all()
    assert (np.diff(curve, 2) <= 1e-13).all(), "each further draw is new less often"
    moved = [*data.draw(st.permutations(counts)), 0]
    np.testing.assert_allclose(distinct_at_k(moved, np.arange(1, sum(counts) + 1)), curve, rtol=1e-14)


def test_distinct_shapes():
    counts = np.array([[3, 2, 1], [0, 6, 0]])
    assert type(distinct_at_k(counts[0], 3)) is float
    np.testing.assert_allclose(distinct_at_k(counts, 3), [2.25, 1.0])
    np.testing.assert_allclose(distinct_at_k(counts, [3, 6]), [2.25, 1.0])
    crossed = distinct_at_k(counts[:, None, :], np.arange(1, 7))
    assert crossed.shape == (2, 6)
    np.testing.assert_allclose(crossed[0], [float(oracles.distinct_at_k([3, 2, 1], k)) for k in range(1, 7)])
    many = np.tile(counts, (50, 1))
    np.testing.assert_allclose(distinct_at_k(many, 3), np.tile([2.25, 1.0], 50))


# --- entropy ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("counts", "value"),
    [
        ([2, 2], math.log(2)),
        ([5, 5, 5, 5, 0], math.log(4)),
        ([3, 1], math.log(4) - 0.75 * math.log(3)),  # -(3/4) ln(3/4) - (1/4) ln(1/4)
        ([1, 2, 3, 4], 1.2798542258),
        ([9], 0.0),
        ([0, 9, 0], 0.0),
    ],
)
def test_entropy_worked_by_hand(counts, value):
    assert answer_entropy(counts) == pytest.approx(value, abs=5e-11)


def test_entropy_of_one_answer_is_not_negative_zero():
    assert not np.signbit(answer_entropy([9]))
    assert not np.signbit(answer_entropy([[9, 0], [0, 9]])).any()


def test_miller_madow_worked_by_hand():
    # Three answers in ten samples: (3 - 1)/(2 * 10) = 0.1 is added; the zero is no answer.
    assert answer_entropy([5, 3, 0, 2], "miller-madow") - answer_entropy([5, 3, 2]) == pytest.approx(0.1, abs=1e-15)
    assert answer_entropy([9], correction="miller-madow") == 0.0


@modest
@given(st.lists(st.integers(0, 50), min_size=1, max_size=8).filter(any), st.data())
def test_entropy_range_permutation_and_oracle(counts, data):
    value, n = answer_entropy(counts), sum(counts)
    assert value == pytest.approx(-math.fsum(c / n * math.log(c / n) for c in counts if c), abs=1e-14)
    assert 0 <= value <= math.log(sum(c > 0 for c in counts)) + 1e-14
    assert answer_entropy(data.draw(st.permutations(counts))) == pytest.approx(value, abs=1e-14)
    assert answer_entropy([1000 * c for c in counts]) == pytest.approx(value, abs=1e-14), "only shares matter"
    assert answer_entropy(counts, "miller-madow") >= value


def test_miller_madow_takes_most_of_the_bias_away():
    # Exact mean over every outcome of 12 samples from (0.5, 0.3, 0.2); the plug-in is low by about 2/24.
    n, pi = 12, [0.5, 0.3, 0.2]
    rows = np.array([(i, j, n - i - j) for i in range(n + 1) for j in range(n + 1 - i)])
    ways = np.array([math.factorial(n) / math.prod(map(math.factorial, row)) for row in rows.tolist()])
    chances = ways * np.prod(np.array(pi) ** rows, axis=1)
    true = -sum(p * math.log(p) for p in pi)
    plain = chances @ answer_entropy(rows) - true
    mended = chances @ answer_entropy(rows, "miller-madow") - true
    assert plain == pytest.approx(-2 / 24, abs=0.02)
    assert abs(mended) < abs(plain) / 4


def test_entropy_shapes():
    assert type(answer_entropy([2, 2])) is float
    assert answer_entropy(np.ones((2, 3, 4), int)).shape == (2, 3)
    np.testing.assert_allclose(answer_entropy([[1, 1], [2, 0]], "miller-madow"), [math.log(2) + 1 / 4, 0.0])

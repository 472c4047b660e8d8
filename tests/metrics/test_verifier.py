"""What a verifier that errs shows: closed forms against every outcome in fractions, literals worked by hand, limits."""

import math
from fractions import Fraction as F
from itertools import product
from math import comb, prod

import numpy as np
import pytest

from passk_lab import metrics

RATES = [(F(1, 5), F(1, 10), F(1, 4)), (F(1, 10), F(1, 10), F(0)), (F(2, 3), F(1, 2), F(9, 10)), (F(0), F(1, 3), F(1))]


def numbers(*fractions):
    return [float(x) for x in fractions]


def accepted(p, a, b):
    return p * (1 - b) + (1 - p) * a


# --- errors drawn anew for every sample -----------------------------------------------------------------------------


@pytest.mark.parametrize("k", [1, 2, 3, 4])
@pytest.mark.parametrize(("p", "a", "b"), RATES)
def test_seen_and_chosen_are_what_every_outcome_gives(p, a, b, k):
    kinds = [(1, 1, p * (1 - b)), (1, 0, p * b), (0, 1, (1 - p) * a), (0, 0, (1 - p) * (1 - a))]
    seen = chosen = F(0)
    for draw in product(kinds, repeat=k):
        weight = prod(w for _, _, w in draw)
        taken = [right for right, accept, _ in draw if accept]
        seen += weight * bool(taken)
        chosen += weight * F(sum(taken), len(taken)) if taken else 0
    p, a, b = numbers(p, a, b)
    assert metrics.seen_at_k(p, k, a, b) == pytest.approx(float(seen), rel=1e-14)
    assert metrics.chosen_at_k(p, k, a, b) == pytest.approx(float(chosen), rel=1e-14)


def test_by_hand():
    assert metrics.seen_at_k(0, 1024, 0.001) == pytest.approx(1 - 0.999**1024, rel=1e-12)
    assert round(metrics.seen_at_k(0, 1024, 0.001), 2) == 0.64
    assert metrics.seen_at_k(0.2, 2, 0.1, 0.25) == pytest.approx(0.4071, rel=1e-14)
    assert metrics.chosen_at_k(0.2, 2, 0.1, 0.25) == pytest.approx(531 / 2000, rel=1e-14)
    assert metrics.half_truth_p(0.1) == pytest.approx(1 / 11, rel=1e-15)


def test_without_errors_seen_and_chosen_are_the_truth():
    p, k = np.linspace(0, 1, 11), np.array([[1], [7], [1000]])
    np.testing.assert_allclose(metrics.seen_at_k(p, k, 0), metrics.success_at_k(p, k), rtol=1e-15)
    np.testing.assert_allclose(metrics.chosen_at_k(p, k, 0), metrics.success_at_k(p, k), rtol=1e-15)


def test_limits_of_many_draws():
    """All is seen; what is chosen stops at the share of accepted samples that are right."""
    assert metrics.seen_at_k(0.01, 10**9, 0.1, 0.2) == 1
    assert metrics.chosen_at_k(0.01, 10**9, 0.1, 0.2) == pytest.approx(0.008 / 0.107, rel=1e-14)
    assert metrics.chosen_at_k(0.5, 10**9, 0, 1) == 0
    assert metrics.chosen_at_k(0.5, 10**9, 1, 1) == 0


@pytest.mark.parametrize("k", [1, 2, 8, 100])
def test_one_rate_for_two_models_shrinks_their_difference_and_moves_no_crossing(k):
    narrow, wide, a = np.array([1, 0, 0.0]), np.array([0.4, 0.4, 0.1]), 0.01
    true = np.mean(metrics.success_at_k(wide, k)) - np.mean(metrics.success_at_k(narrow, k))
    seen = np.mean(metrics.seen_at_k(wide, k, a)) - np.mean(metrics.seen_at_k(narrow, k, a))
    assert seen == pytest.approx(0.99**k * true, rel=1e-12)


@pytest.mark.parametrize(
    ("a", "b"), [(F(1, 10), F(0)), (F(1, 10), F(1, 5)), (F(1), F(1, 3)), (F(1, 7), F(1)), (F(0), F(0))]
)
def test_at_the_half_truth_point_right_and_wrong_acceptances_are_equal(a, b):
    p = a / (a + 1 - b)
    assert p * (1 - b) == (1 - p) * a
    assert metrics.half_truth_p(*numbers(a, b)) == pytest.approx(float(p), rel=1e-15)


@pytest.mark.parametrize(
    ("p", "a", "b"),
    [
        ([F(1, 2), F(0), F(0)], F(1, 100), F(0)),
        ([F(1, 2), F(1, 10), F(0), F(1, 50)], F(1, 20), F(1, 4)),
        ([F(1, 100)], F(1, 10), F(0)),
        ([F(9, 10), F(1, 2)], F(1, 3), F(0)),
        ([F(9, 10), F(1, 50)], F(4, 5), F(9, 10)),
    ],
)
def test_half_truth_k_is_the_first_of_all_k(p, a, b):
    def share(k):
        s = [accepted(x, a, b) for x in p]
        seen = [1 - (1 - y) ** k for y in s]
        return sum(x * (1 - b) / y * z for x, y, z in zip(p, s, seen, strict=True)) / sum(seen)

    first = next((k for k in range(1, 120) if share(k) <= F(1, 2)), None)
    assert metrics.half_truth_k(numbers(*p), *numbers(a, b)) == first
    shares = [share(k) for k in (1, 2, 5, 30)]
    assert shares == sorted(shares, reverse=a + b < 1)


def test_half_truth_k_by_hand():
    """pi = .5/.505; by k = 67 the easy problem is surely seen, so .99^k must fall below 1 - (pi - 1/2)."""
    assert math.ceil(math.log(1 - (0.5 / 0.505 - 0.5)) / math.log(0.99)) == 68
    assert metrics.half_truth_k([0.5, 0, 0], 0.01) == 68
    assert metrics.half_truth_k(0, 1e-12) == 1
    assert metrics.half_truth_k([0.5, 0, 0], 0) is None  # without false positives nothing is false


# --- once for a problem, once for an answer -------------------------------------------------------------------------


def test_a_rate_of_each_problem_by_hand_and_by_products():
    np.testing.assert_allclose(np.round(metrics.seen_at_k_per_problem(0, [1, 10, 100], 0.1, 0.9), 3), [0.1, 0.26, 0.41])
    for p, k, alpha, beta in [(F(1, 5), 3, F(1), F(9)), (F(0), 70, F(1, 2), F(3)), (F(1, 100), 500, F(2), F(200))]:
        missed = (1 - p) ** k * prod((beta + i) / (alpha + beta + i) for i in range(k))
        found = metrics.seen_at_k_per_problem(float(p), k, float(alpha), float(beta))
        assert found == pytest.approx(float(1 - missed), rel=1e-13)


def test_limits_of_a_rate_of_each_problem():
    """Many pseudo-counts: one rate for all. Few: a share of problems accepts all, the others nothing."""
    assert metrics.seen_at_k_per_problem(0.1, 20, 1e4, 9.9e5) == pytest.approx(
        metrics.seen_at_k(0.1, 20, 0.01), abs=1e-5
    )
    assert metrics.seen_at_k_per_problem(0, 20, 1e-6, 9e-6) == pytest.approx(0.1, abs=1e-5)
    assert metrics.seen_at_k_per_problem(1, 3, 1, 1) == 1
    missed = [1 - metrics.seen_at_k_per_problem(0, k, 0.5, 1) for k in (10**6, 4 * 10**6)]
    assert missed[0] / missed[1] == pytest.approx(2, rel=1e-5)  # k^-1/2


@pytest.mark.parametrize("k", [1, 2, 3, 4, 7])
@pytest.mark.parametrize(
    ("wrong", "d"),
    [
        ([F(1, 2), F(1, 4), F(1, 8)], F(1, 3)),
        ([F(1, 2)] * 2, F(1, 10)),
        ([F(1, 5)] * 3 + [F(0)], F(1, 2)),
        ([F(1)], F(1, 7)),
    ],
)
def test_a_verdict_of_each_answer_is_what_every_set_of_accepted_answers_gives(wrong, d, k):
    seen = F(0)
    for kept in product((0, 1), repeat=len(wrong)):
        weight = prod(d if x else 1 - d for x in kept)
        left = sum(w for w, x in zip(wrong, kept, strict=True) if not x)
        seen += weight * (1 - left**k)
    assert metrics.seen_at_k_per_answer(numbers(*wrong), k, float(d)) == pytest.approx(float(seen), abs=1e-13)


def test_a_verdict_of_each_answer_by_hand():
    assert metrics.seen_at_k_per_answer([0.5, 0.5], 2, 0.1) == pytest.approx(29 / 200, abs=1e-13)
    assert metrics.seen_at_k_per_answer([1 / 3] * 3, 2, 0.5) == pytest.approx(2 / 3, abs=1e-13)
    assert round(metrics.seen_at_k_per_answer([0.5, 0.25, 0.125], 2, 1 / 3), 6) == 0.586806


def test_limits_of_a_verdict_of_each_answer():
    ten = [0.1] * 10
    assert metrics.seen_at_k_per_answer(ten, 10**5, 0.1) == pytest.approx(1 - 0.9**10, abs=1e-10)
    assert metrics.seen_at_k_per_answer([1.0], 10**5, 0.1) == pytest.approx(0.1, abs=1e-10)  # no k helps
    many = metrics.seen_at_k_per_answer(np.full(10**6, 1e-6), 10, 0.1)  # no answer twice: drawn anew for each sample
    assert many == pytest.approx(1 - 0.9**10, abs=1e-5)
    assert metrics.seen_at_k_per_answer([0.5, 0.3], 3, 0) == pytest.approx(1 - 0.8**3, abs=1e-13)
    assert metrics.seen_at_k_per_answer([0.5, 0.3], 3, 1) == metrics.seen_at_k_per_answer([0.0], 3, 0.5) == 1


@pytest.mark.parametrize("k", [1, 2, 5])
@pytest.mark.parametrize("b", [F(1, 3), F(1)])
def test_right_samples_that_are_rejected_are_draws_that_do_not_help(b, k):
    """Every set of accepted answers in fractions; for a rate of each problem its moments as products."""
    p, d, m = F(1, 4), F(1, 3), 3
    seen = F(0)
    for kept in product((0, 1), repeat=m):
        weight = prod(d if x else 1 - d for x in kept)
        seen += weight * (1 - ((1 - p) * F(m - sum(kept), m) + p * b) ** k)
    each = [float((1 - p) / m)] * m
    assert metrics.seen_at_k_per_answer(each, k, float(d), float(b)) == pytest.approx(float(seen), abs=1e-13)
    assert metrics.seen_at_k_equal_answers(*numbers(p), k, m, *numbers(d, b)) == pytest.approx(float(seen), abs=1e-14)
    alpha, beta = F(1, 2), F(3)
    moment = [prod(((beta + t) / (alpha + beta + t) for t in range(i)), start=F(1)) for i in range(k + 1)]
    missed = sum(comb(k, i) * (1 - p) ** i * (p * b) ** (k - i) * moment[i] for i in range(k + 1))
    found = metrics.seen_at_k_per_problem(*numbers(p), k, *numbers(alpha, beta, b))
    assert found == pytest.approx(float(1 - missed), rel=1e-13)


def test_rejections_at_the_ends():
    assert metrics.seen_at_k_per_answer([0.0], 3, 0.1, 0.5) == pytest.approx(1 - 0.5**3, abs=1e-15)
    assert metrics.seen_at_k_per_answer([0.5], 3, 1, 1) == pytest.approx(1 - 0.5**3, abs=1e-15)
    assert metrics.seen_at_k_per_problem(1, 3, 1, 1, 0.5) == pytest.approx(1 - 0.5**3, abs=1e-15)
    table = metrics.seen_at_k_per_problem(0.3, [[2], [900]], 0.2, 0.8, [0, 0.4, 1])
    assert table.shape == (2, 3)
    assert table[0, 0] == pytest.approx(metrics.seen_at_k_per_problem(0.3, 2, 0.2, 0.8), rel=1e-14)
    # A wrong key: nothing right is ever accepted, and no k brings one; what is seen is false, and stops at d.
    assert metrics.seen_at_k_equal_answers(0.9, 10**6, 1, 0.002, 1) == pytest.approx(0.002, rel=1e-9)


@pytest.mark.parametrize("k", [1, 3, 40])
@pytest.mark.parametrize("m", [1, 4])
def test_equal_answers_are_answers(m, k):
    for p, d, b in [(0.0, 0.1, 0.0), (0.3, 0.5, 0.25)]:
        found = metrics.seen_at_k_equal_answers(p, k, m, d, b)
        assert found == pytest.approx(metrics.seen_at_k_per_answer([(1 - p) / m] * m, k, d, b), abs=1e-12)


# --- comparisons ----------------------------------------------------------------------------------------------------


def test_rejections_alone_move_a_crossing_later():
    """They thin p by b/(1-a): (1, 0) against (2/5, 2/5) crosses at k = 2, at b = 1/2 at k = 3."""
    sure, wide = np.array([1.0, 0.0]), np.array([0.4, 0.4])

    def first(b):
        curves = [np.mean(metrics.seen_at_k(p, np.arange(1, 9)[:, None], 0, b), axis=1) for p in (sure, wide)]
        return int(np.argmax(curves[1] > curves[0])) + 1

    assert (first(0), first(0.5)) == (2, 3)
    a, b, p, k = 0.1, 0.25, np.array([0.2, 0.7]), 5
    thinned = 1 - (1 - a) ** k * (1 - metrics.success_at_k(p * (1 - b / (1 - a)), k))
    np.testing.assert_allclose(metrics.seen_at_k(p, k, a, b), thinned, rtol=1e-14)


def test_a_crossing_can_be_made_by_noise():
    """Trained (1, 0) whose one wrong answer is rejected; base (1/2, 0) with wrong answers that never come twice."""
    seen = [np.mean(metrics.seen_at_k([0.5, 0], k, 0.1)) for k in (1, 2, 3)]
    assert seen == pytest.approx(numbers(F(13, 40), F(79, 160), F(9439, 16000)), rel=1e-14)
    assert seen[1] < 0.5 < seen[2]  # ahead of what the trained model shows at every k
    assert all(np.mean(metrics.success_at_k([0.5, 0], k)) < 0.5 for k in range(1, 50))


def test_a_crossing_can_be_hidden_by_noise():
    """Trained (1, 0) that repeats one wrong answer which is accepted for good: seen (1, 1), behind nobody for ever."""
    trained = [metrics.seen_at_k_per_answer([0.0], 9, 0), metrics.seen_at_k_per_answer([1.0], 9, 1)]
    assert trained == [1, 1]
    assert np.mean(metrics.success_at_k([0.4, 0.4], 9)) > np.mean(metrics.success_at_k([1, 0], 9))


# --- sentences ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.seen_at_k(0, 3, 1.5), r"false_positive must lie in \[0, 1\], but false_positive = 1.5"),
        (lambda: metrics.half_truth_p(0, 1), "nothing is ever accepted"),
        (lambda: metrics.half_truth_k([0.5, 0], 0, 1), "nothing is ever accepted"),
        (lambda: metrics.seen_at_k_per_problem(0, 3, 0, 1), r"alpha must lie in \[1e-6, 1e6\], but alpha = 0"),
        (lambda: metrics.seen_at_k_per_problem(0.5, 10**7, 1, 1, 0.5), "at most 1,000,000: use fewer draws"),
        (lambda: metrics.seen_at_k_equal_answers(0, 3, 0, 0.1), "answers must be at least 1"),
        (lambda: metrics.seen_at_k_equal_answers(0, 3, 10**8, 0.1), "pass fewer at once"),
        (lambda: metrics.seen_at_k_per_answer([0.7, 0.7], 3, 0.1), "they sum to 1.4, above 1"),
        (lambda: metrics.seen_at_k_per_answer(np.linspace(0, 1e-3, 999), 10**5, 0.1), "too many to work out exactly"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""Best-of-k by a score: against every outcome, as a yes/no verifier, and where more draws make it worse."""

from fractions import Fraction as F
from itertools import product
from math import prod

import numpy as np
import pytest

from passk_lab import metrics


@pytest.mark.parametrize("k", [1, 2, 3])
def test_the_best_scored_is_right_as_often_as_over_all_outcomes(k):
    p, right, wrong = F(1, 3), [F(1, 8), F(1, 8), F(3, 4)], [F(1, 2), F(1, 3), F(1, 6)]
    kinds = [(1, j, p * r) for j, r in enumerate(right)] + [(0, j, (1 - p) * w) for j, w in enumerate(wrong)]
    chance = F(0)
    for draw in product(kinds, repeat=k):
        best = max(score for _, score, _ in draw)
        top = [good for good, score, _ in draw if score == best]
        chance += prod(w for *_, w in draw) * F(sum(top), len(top))
    found = metrics.best_of_k(float(p), k, [float(x) for x in right], [float(x) for x in wrong])
    assert found == pytest.approx(float(chance), rel=1e-14)


def test_a_score_of_two_levels_is_a_verifier_whose_rejects_are_handed_in_too():
    p, k, a, b = 0.2, np.array([1, 2, 7, 10**6]), 0.1, 0.25
    found = metrics.best_of_k(p, k, [b, 1 - b], [1 - a, a])
    none_accepted = 1 - metrics.seen_at_k(p, k, a, b)
    from_rejects = p * b / (p * b + (1 - p) * (1 - a))
    np.testing.assert_allclose(found, metrics.chosen_at_k(p, k, a, b) + none_accepted * from_rejects, rtol=1e-13)


def test_it_ends_at_the_purity_of_the_highest_level_even_where_that_is_worse():
    right, wrong = [0.2, 0.75, 0.05], [0.7, 0.25, 0.05]  # a hundredth of the top scores is hacked by wrong answers too
    found = metrics.best_of_k(0.3, [1, 4, 10**7], right, wrong)
    assert found[0] == pytest.approx(0.3)
    assert found[1] > 0.45
    assert found[2] == pytest.approx(0.3 * 0.05 / (0.3 * 0.05 + 0.7 * 0.05))
    assert metrics.best_of_k([0, 1], 5, right, wrong).tolist() == [0, 1]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.best_of_k(0.1, 2, [0.5, 0.6], [0.5, 0.5]), "right is a law .* sums to 1, but here to 1.1"),
        (lambda: metrics.best_of_k(0.1, 2, [0.5, 0.5], [1.0]), "have 2 and 1 of them"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""What a finding hangs on: against every way to take samples away, and on the bundled pair."""

from itertools import product
from math import comb

import numpy as np
import pytest

from passk_lab import data, metrics


def _pass_at_k(n, c, k):
    return [1 - comb(m - x, k) / comb(m, k) for m, x in zip(np.broadcast_to(n, len(c)).tolist(), c, strict=True)]


def fewest(n, c_a, c_b, k, allowed):
    """Every way to call accepted samples false, from the fewest."""
    target = np.sum(_pass_at_k(n, c_b, k)) + 1e-9
    ways = product(*(range(c + 1) if i in allowed else (0,) for i, c in enumerate(c_a)))
    for false in sorted(ways, key=sum):
        if np.sum(_pass_at_k(n, np.subtract(c_a, false).tolist(), k)) <= target:
            return sum(false)
    return None


@pytest.mark.parametrize("k", [1, 2, 3, 5])
@pytest.mark.parametrize("seed", range(12))
def test_it_hangs_on_the_fewest_of_all_ways(k, seed):
    generator = np.random.default_rng(seed)
    c_a, c_b = generator.integers(0, 6, (2, 4)).tolist()
    for among in (None, [0, 2]):
        found = metrics.hangs_on(5, c_a, 5, c_b, k, among)
        assert found.samples == fewest(5, c_a, c_b, k, range(4) if among is None else among)


def test_with_unequal_n_so_many_are_enough_and_no_way_takes_fewer_than_it_must():
    n, c_a, c_b = [5, 3, 6], [2, 3, 1], [0, 0, 1]
    for k in (1, 2, 3):
        found = metrics.hangs_on(n, c_a, n, c_b, k).samples
        assert found >= fewest(n, c_a, c_b, k, range(3))


def test_the_lead_of_the_bundled_base_model_hangs_on_few_samples():
    pair = data.problems("math500")
    (n, base), (m, trained) = (pair.counts(model) for model in pair.models)
    found = metrics.hangs_on(n, base, m, trained, 128)
    assert (round(500 * found.lead), found.samples, found.accepted) == (16, 23, 39291)
    only = metrics.discordant(base, trained)
    assert metrics.hangs_on(n, base, m, trained, 128, only.only_a).samples == 39
    assert (len(only.only_a), len(only.only_b), only.samples_a, only.samples_b) == (19, 3, 97, 150)
    assert metrics.hangs_on(m, trained, n, base, 128).samples == 0
    few = metrics.seldom_accepted(base)
    assert len(few) == 15
    assert set(base[few]) == {1, 2}


def test_a_lead_that_no_samples_of_some_problems_make_hangs_on_none_of_them():
    assert metrics.hangs_on(4, [4, 4, 1], 4, [0, 0, 0], 4, among=[2]).samples is None


def test_an_audit_by_answer_is_a_small_one():
    """11,120 accepted samples of the bundled AIME answers say 70 things, one or two for a problem."""
    table = data.load("otis-answers").query("problem_id != '2024-14'")
    found = metrics.accepted_answers(table["problem_id"], table["answer"], table["correct"])
    assert (len(found), sum(taken for taken, _ in found.values())) == (70, 11120)
    assert sum(taken < samples for taken, samples in found.values()) == 41  # accepted here, rejected there
    assert list(found.values()) == sorted(found.values())


def test_what_is_not_accepted_and_what_says_nothing_is_not_read():
    assert metrics.accepted_answers([1, 1, 2], ["a", None, float("nan")], [0, 1, 1]) == {}
    assert metrics.accepted_answers([1, 1], ["a", "a"], [True, np.False_]) == {(1, "a"): (1, 2)}


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: metrics.hangs_on(4, [1, 2], 4, [1], 2), "a has \\(2,\\) and b has \\(1,\\)"),
        (lambda: metrics.hangs_on(4, [1, 2], 4, [1, 1], 5), "need at least 5 samples"),
        (lambda: metrics.hangs_on(4, [1, 2], 4, [1, 1], 2, among=[7]), "among names problem 7"),
        (lambda: metrics.discordant([1, 2], [1]), "Join the two tables"),
        (lambda: metrics.accepted_answers([1], ["a"], ["yes"]), "sample 0: accepted is 1 or 0"),
        (lambda: metrics.accepted_answers([1], ["a"], []), "there are 1, 1 and 0 of them"),
        (lambda: metrics.seldom_accepted([1], 0), "most must be at least 1"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()

"""Diagnostics of a batch: by hand, beside the lab's own names, and bad input in a sentence."""

import numpy as np
import pytest

from passk_lab import bridge, objectives
from passk_lab.lm.diagnostics import MEANING as OF_THE_LAB

BATCH = [[1, 0, 0, 0], [0, 0, 0, 0], [1, 1, 1, 1], [1, 1, 0, 0]]
ANSWERS = list("abccddddeeefghij")


def test_by_hand():
    seen = bridge.diagnostics(BATCH, objective="pass@1", answers=ANSWERS)
    expected = {
        "pass_at_1": (1 / 4 + 0 + 1 + 2 / 4) / 4,
        "pass_at_k": 3 / 4,  # k = 4: a group is solved or not
        "gap": 3 / 4 - 7 / 16,
        "all_wrong": 1 / 4,
        "all_right": 1 / 4,
        "silent": 2 / 4,
        "carriers": (2 + 8 / 3) ** 2 / (4 * (2**2 + (8 / 3) ** 2)),  # sums of |credit|: 1 + 3/3, 2 * 2/3 + 2 * 2/3
        "weight": 1.0,
        "unique": (3 + 1 + 2 + 4) / 16,
        "distinct": (1 + 0 + 2 + 2) / 4,
        "unscored": 0.0,
    }
    assert list(seen) == list(bridge.MEANING)
    assert seen == pytest.approx(expected | {"carriers": seen["carriers"]})
    worth = [np.abs(row).sum() for row in bridge.credit(BATCH, "pass@1")]
    assert seen["carriers"] == pytest.approx(sum(worth) ** 2 / (4 * np.square(worth).sum()))


def test_names_that_the_lab_has_mean_the_same():
    shared = set(bridge.MEANING) & set(OF_THE_LAB)
    assert shared >= {"pass_at_1", "pass_at_k", "gap", "all_wrong", "all_right", "silent", "carriers", "unique"}


def test_a_rule_without_baseline_is_silent_only_where_all_credits_are_alike():
    reinforce = bridge.diagnostics(BATCH, objective="reinforce")
    assert reinforce["silent"] == 2 / 4  # all wrong, and all right: alike, if not 0
    assert bridge.diagnostics(BATCH, credit=[[0, 0, 0, 1]] * 4)["silent"] == 0


def test_what_nothing_was_given_for_is_left_out():
    assert set(bridge.diagnostics(BATCH)) == {"pass_at_1", "pass_at_k", "gap", "all_wrong", "all_right", "unscored"}
    assert "weight" not in bridge.diagnostics(BATCH, credit=bridge.credit(BATCH, "grpo"))


def test_groups_of_different_sizes_and_samples_without_a_verdict():
    rows = [[1, 0, 0], [0, None], [None, None]]
    seen = bridge.diagnostics(rows, objective="reinforce", answers=list("abbxyzz"), unscored="leave out", k=1)
    assert seen["unscored"] == 3 / 7
    assert seen["pass_at_1"] == seen["pass_at_k"] == (1 / 3 + 0) / 2
    assert seen["unique"] == (2 + 1) / 4
    assert seen["distinct"] == 1 / 2


def test_the_weight_is_the_tables_at_c_over_n():
    objective = objectives.get("pass@k-loo-1", k=3)
    expected = np.mean([objectives.effective_weight(objective, 4, c / 4) for c in (1, 0, 4, 2)])
    assert bridge.diagnostics(BATCH, objective=objective)["weight"] == pytest.approx(expected)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"answers": ["a"]}, "answers has one entry for each sample, but 1 came for 16"),
        ({"answers": 3}, r"answers is a list with the final answer .* but 3 \(int\) came"),
        ({"answers": [[1]] * 16}, "compared as text or numbers"),
        ({"credit": [1.0, 2.0]}, "credit has one entry for each sample, but 2 came for 16"),
        ({"credit": [np.nan] * 16}, "credit must lie in the finite numbers"),
        ({"k": 5}, "k = 5 draws need at least 5 samples"),
        ({"k": 0}, "k must be at least 1"),
    ],
)
def test_bad_input_gets_a_sentence(more, sentence):
    with pytest.raises(ValueError, match=sentence):
        bridge.diagnostics(BATCH, **more)


def test_a_batch_without_any_verdict_is_no_batch():
    with pytest.raises(ValueError, match="no scored sample at all"):
        bridge.diagnostics([None, None], unscored="leave out")

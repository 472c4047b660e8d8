"""Credit of a batch: every table in batches of any shape, against rules read off groups; bad input in a sentence."""

import numpy as np
import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab import bridge, objectives
from tests.objectives import oracles
from tests.objectives.cases import PARAMETERS, in_groups


@pytest.mark.parametrize("name", PARAMETERS)
def test_every_group_of_marks_gets_what_the_rule_gives(name):
    rng = np.random.default_rng(0)
    for case, n in in_groups(name, largest=6):
        table = oracles.table(name, n, **case.parameters)
        batch = rng.permuted([[1] * c + [0] * (n - c) for c in range(n + 1)], axis=1)
        got = bridge.credit(batch, objectives.get(name, **case.parameters))
        for c, (row, credit) in enumerate(zip(batch, got, strict=True)):
            expected = [float(table.correct[c] if r else table.wrong[c]) for r in row]
            np.testing.assert_allclose(credit, expected, rtol=1e-12, atol=1e-12, err_msg=f"{case}, n = {n}, c = {c}")


def test_by_hand():
    # pass@4-loo-1 at two right of eight: 4 C(6, 3)/C(7, 3) = 16/7; RLOO: r less the mean of the others.
    np.testing.assert_allclose(
        bridge.credit([1, 1, 0, 0, 0, 0, 0, 0], objectives.get("pass@k-loo-1", k=4))[:3], [16 / 7, 16 / 7, 0]
    )
    np.testing.assert_allclose(bridge.credit([1, 0, 0, 0], "rloo"), [1, -1 / 3, -1 / 3, -1 / 3])


@settings(max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 4), st.booleans()), min_size=1, max_size=40))
def test_flat_with_ids_is_the_groups_one_by_one(samples):
    ids = [str(group) for group, _ in samples]
    rewards = np.array([right for _, right in samples], dtype=float)
    flat = bridge.credit(rewards, "reinforce", groups=ids)
    assert flat.shape == rewards.shape
    flat = bridge.credit(rewards, "maxrl", groups=ids)
    for name in set(ids):
        here = np.array([other == name for other in ids])
        np.testing.assert_array_equal(flat[here], bridge.credit(rewards[here], "maxrl"))


def test_rows_of_different_lengths_are_each_a_group_of_their_own_size():
    got = bridge.credit([[1, 0], [0, 1, 0, 0], [1, 1, 0]], "pass@1")
    assert [row.tolist() for row in got] == [
        [1.0, -1.0], pytest.approx([-1 / 3, 1.0, -1 / 3, -1 / 3]), [0.5, 0.5, -1.0],
    ]  # fmt: skip


@pytest.mark.parametrize(
    "rewards",
    [
        [[1, 0, 0]], [[True, False, False]], np.array([[1, 0, 0]], np.int8), torch.tensor([[1.0, 0.0, 0.0]]),
        np.array([[1, 0, 0]], np.float16), pd.DataFrame([[1, 0, 0]]), ((1, 0, 0),), np.array([[[1, 0, 0]]]),
    ],
)  # fmt: skip
def test_whatever_holds_the_verdicts(rewards):
    got = bridge.credit(rewards, "pass@1")
    assert got.shape == np.shape(rewards)
    assert got.ravel().tolist() == [1.0, -0.5, -0.5]


def test_ids_of_any_kind_and_samples_anywhere():
    rewards = [1, 0, 0, 0, 1, 1]
    for ids in (
        np.array(list("abbaab"), object),
        [3, 1, 1, 3, 3, 1],
        pd.Series(list("xyyxxy")),
        [(1,), (2,), (2,), (1,), (1,), (2,)],
    ):
        np.testing.assert_allclose(
            bridge.credit(rewards, "mean-centred", groups=ids), [1 / 3, -1 / 3, -1 / 3, -2 / 3, 1 / 3, 2 / 3]
        )


def test_a_threshold_makes_verdicts():
    for rewards, threshold in (([-1, 1, -1], 1), ([0, 10, 0], 10), ([0.2, 0.9, 0.5], 0.6), ([-1, 1, -1], 0.0)):
        assert bridge.credit(rewards, "pass@1", threshold=threshold).tolist() == [-0.5, 1.0, -0.5]
    assert bridge.credit([0.5, 0.4], "pass@1", threshold=0.5).tolist() == [1.0, -1.0], "at least, not above"


def test_unscored_samples_are_left_out_when_that_is_said():
    with_gap = [[1, None, 0, 0], [None, None, None, None]]
    got = bridge.credit(with_gap, "pass@1", unscored="leave out")
    assert got.tolist() == [[1.0, 0.0, -0.5, -0.5], [0.0] * 4]
    assert bridge.credit([1.0, np.nan, 0.0], "pass@1", unscored="leave out", threshold=0.5).tolist() == [1.0, 0.0, -1.0]


BAD = [
    (([[1, 0.5, 0]], "grpo"), {}, r"sample 1 of group 0 has 0\.5\. Say .* threshold"),
    (([-1, 1, 1], "grpo"), {}, r"threshold=1 for the -1 and 1 here"),
    (([0, 2, 1], "grpo"), {}, r"max_at_k_credit"),
    (([1, float("nan")], "grpo"), {}, r"sample 1 of group 0 has no reward .* unscored=\"leave out\""),
    (([1, None], "grpo"), {}, r"no reward"),
    (([[1, 0], [1, None]], "grpo"), {}, r"sample 1 of group 1 has no reward"),
    (([1, float("inf")], "grpo"), {"threshold": 0}, r"finite"),
    (([1, 0, 1], "grpo"), {"groups": list("aab")}, r"group 'b' has 1 scored samples: .* at least 2"),
    (([[1, 0], [1]], "grpo"), {}, r"group 1 has 1 scored"),
    (([[1, 0, 1]], objectives.get("pass@k", k=8)), {}, r"at least 8 samples"),
    (([[1, 0, 1]], "log-pass@k"), {}, r"has no credit"),
    (([1, 0], "grpo"), {"groups": ["a"]}, r"1 came for 2 rewards"),
    (([1, 0], "grpo"), {"groups": {"a": 1, "b": 2}}, r"groups is a list with .* \(dict\) came"),
    (([1, 0], "grpo"), {"groups": pd.Series([1, None], dtype="Int64")}, r"no id for sample 1"),
    (([1, 0], "grpo"), {"groups": [None, "a"]}, r"no id for sample 0"),
    (([1, 0], "grpo"), {"groups": [float("nan")] * 2}, r"no id for sample 0"),
    (([1, 0], "grpo"), {"groups": [["a"], ["a"]]}, r"sample 0 has \['a'\] \(list\)"),
    (([1, 0], "grpo"), {"groups": 3}, r"groups is a list with the id"),
    (([[1, 0]], "grpo"), {"groups": ["a", "b"]}, r"rewards.ravel\(\)"),
    (([[1, 0], [1]], "grpo"), {"groups": ["a", "b"]}, r"in rows"),
    (([[1, 0], []], "grpo"), {}, r"row 1 is empty"),
    (([[[1], [0]], [[1]]], "grpo"), {}, r"row 0 has shape"),
    (([], "grpo"), {}, r"came without any"),
    ((1, "grpo"), {}, r"came without any"),
    ((["right", "wrong"], "grpo"), {}, r"must be numbers"),
    (([1, True], "grpo"), {}, r"True or False among its numbers"),
    (([1, 0], "grpo"), {"threshold": "half"}, r"threshold must be a number"),
    (([1, 0], "grpo"), {"threshold": float("nan")}, r"threshold must lie"),
    ((torch.ones(2, requires_grad=True), "grpo"), {}, r"detach\(\)"),
]  # fmt: skip


@pytest.mark.parametrize(("given_", "more", "sentence"), BAD, ids=lambda value: str(value)[:30])
def test_bad_input_gets_a_sentence(given_, more, sentence):
    with pytest.raises(ValueError, match=sentence):
        bridge.credit(*given_, **more)


def test_names_that_are_not_there():
    with pytest.raises(KeyError, match="no objective called 'grop'"):
        bridge.credit([1, 0], "grop")
    with pytest.raises(KeyError, match="'drop'"):
        bridge.credit([1, 0], "grpo", unscored="drop")
    with pytest.raises(TypeError, match="objective must be an Objective"):
        bridge.credit([1, 0], 3)


def test_what_other_trainers_weigh_at_two_chances():
    """NeMo-RL's default turns GRPO's order round: at n = 8 an even prompt weighs more than a rare one."""

    def at_both(name, **parameters):
        return [round(objectives.effective_weight(objectives.get(name, **parameters), 8, p), 2) for p in (0.02, 0.5)]

    assert at_both("grpo-loo") == [1.21, 2.0]
    assert at_both("grpo", ddof=1) == [2.41, 1.74]
    assert at_both("grpo") == [2.57, 1.86]

"""The adapters for verl and slime: what they refuse, and that groups go by id and not by place."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch

from passk_lab import bridge, needs, objectives
from passk_lab.bridge import slime, verl

REWARDS = torch.tensor([[0.0, 1.0], [0.0, 0.0], [0.0, 0.0], [0.0, 1.0], [0.0, 0.0]])
MASK = torch.tensor([[1.0, 1.0], [1.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 1.0]])
UIDS = np.array(["x", "y", "x", "y", "y"], dtype=object)


def test_verl_goes_by_uid_and_gives_each_token_its_samples_credit():
    advantages, returns = verl.estimator("pass@1")(REWARDS, MASK, UIDS, config=None)
    expected = bridge.credit([1, 0, 0, 1, 0], "pass@1", groups=UIDS)
    np.testing.assert_allclose(advantages, expected[:, None] * MASK.numpy())
    assert returns is advantages
    assert advantages.dtype == REWARDS.dtype


@pytest.mark.parametrize(
    ("rewards", "index", "sentence"),
    [
        (REWARDS, None, "no index"),
        (REWARDS - 0.1, UIDS, "sample 0 of group 'x' has 0.8. Say"),  # a KL penalty in the reward
        (REWARDS * float("nan"), UIDS, "no reward"),
        (REWARDS, UIDS[:3], "3 came for 5 rewards"),
        (REWARDS, np.array(list("abcde")), "has 1 scored samples"),
    ],
)
def test_verl_refuses_what_is_no_verdict(rewards, index, sentence):
    with pytest.raises(ValueError, match=sentence):
        verl.estimator("pass@1")(rewards, MASK, index)


def test_without_verl_registering_says_so():
    if needs.installed("verl"):
        pytest.skip("verl is installed here")
    with pytest.raises(
        needs.NotInstalled, match=r"verl's registry needs verl, not installed here\. .* pip install verl"
    ):
        verl.register("lab", "grpo")


def sample(group, reward):
    return SimpleNamespace(group_index=group, get_reward_value=lambda args: reward)


def test_slime_trains_on_credit_and_logs_rewards():
    args = SimpleNamespace(normalize_advantages=False, advantage_estimator="grpo")
    batch = [sample(3, 1), sample(5, 0), sample(3, 0), sample(5, 1), sample(5, None)]
    raw, trained = slime.post_process("mean-centred", unscored="leave out")(args, batch)
    assert raw[:4] == [1.0, 0.0, 0.0, 1.0]
    assert np.isnan(raw[4])
    assert trained == [0.5, -0.5, -0.5, 0.5, 0.0]


@pytest.mark.parametrize(
    ("args", "batch", "sentence"),
    [
        (SimpleNamespace(normalize_advantages=True), [sample(0, 1), sample(0, 0)], "leave it off"),
        (SimpleNamespace(), [sample(0, 1), sample(0, -1)], "threshold"),
        (SimpleNamespace(), [sample(0, 1), sample(None, 0)], "no id for sample 1"),
        (SimpleNamespace(), [sample(0, None), sample(0, 0)], "no reward"),
        (SimpleNamespace(), [], "came without any"),
    ],
)
def test_slime_refuses_what_would_be_another_table(args, batch, sentence):
    with pytest.raises(ValueError, match=sentence):
        slime.post_process("grpo")(args, batch)


@pytest.mark.parametrize("make", [verl.estimator, slime.post_process])
def test_what_cannot_be_read_is_said_before_training(make):
    with pytest.raises(KeyError, match="no objective called 'pass@8'"):
        make("pass@8")
    with pytest.raises(ValueError, match="threshold must be a number"):
        make("grpo", threshold="yes")
    with pytest.raises(KeyError, match="'skip'"):
        make(objectives.get("grpo"), unscored="skip")

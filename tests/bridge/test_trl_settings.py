"""What is known of TRL without TRL: which settings are refused, what its scaling makes of a table, by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from passk_lab import bridge, objectives

GOOD = {
    "scale_rewards": "none", "loss_type": "dr_grpo", "multi_objective_aggregation": "sum_then_normalize",
    "mask_truncated_completions": False, "off_policy_mask_threshold": None, "num_generations": 8,
    "num_generations_eval": None,
}  # fmt: skip


def told(**more):
    return SimpleNamespace(**{**GOOD, **more})


def test_what_leaves_a_table_as_it_is_passes():
    bridge.check_trl(told(), "pass@1")
    bridge.check_trl(told(scale_rewards=False), "pass@1")
    bridge.check_trl(SimpleNamespace(num_generations=8, **bridge.TRL_SETTINGS), "pass@1")
    bridge.check_trl(told(num_generations_eval=1), "pass@1")
    bridge.check_trl(told(num_generations_eval=2), "pass@1", evaluates=True)


@pytest.mark.parametrize(
    ("setting", "value", "allowed", "why"),
    [
        ("scale_rewards", "group", '"none"', "every table of a 0/1 reward into GRPO's"),
        ("scale_rewards", True, '"none"', "every table of a 0/1 reward into GRPO's"),
        ("scale_rewards", "batch", '"none"', "depends on its neighbours"),
        ("scale_rewards", "median", '"none"', "no scaling that this was written for"),
        *(("loss_type", loss, '"dr_grpo"', "its own length") for loss in ("grpo", "sapo")),
        *(("loss_type", loss, '"dr_grpo"', "tokens of the batch") for loss in ("dapo", "bnpo", "vespo", "cispo")),
        ("loss_type", "luspo", '"dr_grpo"', "by its length"),
        ("loss_type", "gspo", '"dr_grpo"', "no loss that this was written for"),
        ("multi_objective_aggregation", "normalize_then_sum", '"sum_then_normalize"', "on its own"),
        ("mask_truncated_completions", True, "False", "truncated completions"),
        ("off_policy_mask_threshold", 0.5, "None", "only where it is negative"),
    ],
)
def test_a_setting_that_makes_another_table_is_refused_with_what_is_allowed_and_why(setting, value, allowed, why):
    with pytest.raises(ValueError, match="pass@1 would not reach the gradient") as said:
        bridge.check_trl(told(**{setting: value}), "pass@1")
    shown = "group" if value is True and setting == "scale_rewards" else value
    assert f"{setting}={repr(shown) if not isinstance(shown, str) else chr(34) + shown + chr(34)}" in str(said.value)
    assert f"set {setting}={allowed}." in str(said.value)
    assert why in str(said.value)


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(ValueError, match=r"scale_rewards.*loss_type.*num_generations=1"):
        bridge.check_trl(told(scale_rewards="group", loss_type="dapo", num_generations=1), "pass@1")
    with pytest.raises(ValueError, match="num_generations_eval=1"):
        bridge.check_trl(told(num_generations_eval=1), "pass@1", evaluates=True)


@pytest.mark.parametrize("settings", [None, {}, SimpleNamespace(loss_type="dr_grpo"), told(num_generations="8")])
def test_what_is_no_config_is_not_taken_for_a_good_one(settings):
    with pytest.raises(TypeError, match="settings must be a GRPOConfig, but"):
        bridge.check_trl(settings, "pass@1")


def literal(table, n, c, scale, batch=None):
    """TRL's own lines on the credits of one group, as if they were rewards."""
    rewards = np.array([table.correct[c]] * c + [table.wrong[c]] * (n - c))
    off = rewards - rewards.mean()
    if scale == "none":
        return off
    over = rewards if scale == "group" else np.concatenate(
        [[table.correct[b]] * b + [table.wrong[b]] * (n - b) for b in batch]
    )  # fmt: skip
    return off / (over.std(ddof=1) + 1e-4)


@pytest.mark.parametrize("scale", ["none", "group", "batch"])
@pytest.mark.parametrize(
    "name", ["reinforce", "pass@1", "grpo", "pass@k", "pass@k-loo-1", "pass@k-loo", "nsr", "maxrl"]
)
def test_the_table_that_reaches_the_gradient(name, scale):
    n, batch = 8, [0, 1, 2, 8, 5]
    table = objectives.get(name).credit(n)
    got = bridge.trl_turns_into(name, n, scale, **({"batch": batch} if scale == "batch" else {}))
    for c in range(n + 1):
        expected = literal(table, n, c, scale, batch)
        np.testing.assert_allclose([got.correct[c]] * c + [got.wrong[c]] * (n - c), expected, rtol=1e-9, atol=1e-12)


def test_the_figures_at_two_right_of_eight():
    table = objectives.get("pass@k-loo-1", k=4)
    as_it_is, group, none = table.credit(8), bridge.trl_turns_into(table, 8), bridge.trl_turns_into(table, 8, "none")
    shown = [[round(float(side[2]), 3) for side in (t.correct, t.wrong)] for t in (as_it_is, group, none)]
    assert shown == [[2.286, 0.0], [1.62, -0.54], [1.714, -0.571]]


def test_rewards_themselves_become_trls_grpo():
    got, grpo = bridge.trl_turns_into("reinforce", 8), objectives.get("grpo-trl").credit(8)
    np.testing.assert_allclose(got.correct, grpo.correct, rtol=1e-12, atol=1e-15)
    np.testing.assert_allclose(got.wrong, grpo.wrong, rtol=1e-12, atol=1e-15)


def test_under_trls_own_scaling_all_climb_grpos_objective():
    weights = {
        name: [round(objectives.effective_weight(bridge.trl_turns_into(name, 8), 8, p), 2) for p in (0.02, 0.5)]
        for name in ("pass@1", "mean-centred", "maxrl", "risk-sensitive", "nsr", "grpo-loo")
    }
    assert set(map(tuple, weights.values())) == {(2.41, 1.74)}


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        (("grpo", 8, "std"), KeyError, "no scale_rewards of TRL called 'std'. There are: group, batch, none"),
        (("grpo", 1), ValueError, "n must be at least 2"),
        (("log-pass@k", 8), ValueError, "has no credit"),
        (("grpo", 8, "batch"), ValueError, "pass batch="),
        (("grpo", 8, "group", [1]), ValueError, "batch is for"),
        (("grpo", 8, "batch", [9]), ValueError, r"0\.\.8 of n = 8"),
        (("grpo", 8, "batch", [[1]]), ValueError, "one number for each group"),
        (("grpo", 8, "batch", [0.5]), ValueError, "whole numbers"),
    ],
)
def test_bad_input_gets_a_sentence(given, error, sentence):
    with pytest.raises(error, match=sentence):
        bridge.trl_turns_into(*given)


@pytest.mark.parametrize(
    ("given", "error", "sentence"),
    [
        (("ppo", [1]), KeyError, "no loss_type of TRL called 'ppo'"),
        (("grpo", [0]), ValueError, "lengths must be at least 1"),
        (("grpo", [[1]]), ValueError, "one number for each completion"),
        (("dr_grpo", [1]), ValueError, "pass it as longest"),
        (("dr_grpo", [9], 8), ValueError, "9 tokens, and longest = 8"),
        (("cispo", [1], None, -1), ValueError, "epsilon_high"),
    ],
)
def test_bad_lengths_get_a_sentence(given, error, sentence):
    with pytest.raises(error, match=sentence):
        bridge.trl_loss_weights(*given)

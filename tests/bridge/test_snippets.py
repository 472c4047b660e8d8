"""Every block of docs/bridge.md runs: on stand-ins of the trainers, called with the arguments that each passes."""

import asyncio
import re
import sys
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
import torch

from passk_lab import objectives

PAGE = (Path(__file__).parents[2] / "docs" / "bridge.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- trainer: ([\w-]+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)
IN_ITS_OWN = {"trl", "tensorboard"}
"""Blocks that the environment of `make trl` runs, with the real package: `test_in_trl.py`."""
REWARDS = np.array([[1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 0, 0, 1, 0, 0, 0]], dtype=float)
TABLE = objectives.get("pass@k-loo-1", k=8).credit(8)
CREDIT = np.array([[8.0, *[0.0] * 7], [0.0] * 8])  # by hand: only the first success of a group of k counts
UIDS = np.array(["a"] * 8 + ["b"] * 8, dtype=object)


def block(trainer, monkeypatch, **modules):
    """Run the block of a trainer beside stand-ins of its modules; return what it defines."""
    (code,) = [code for name, code in BLOCKS if name == trainer]
    for path, content in modules.items():
        parts = path.split("__")
        for depth in range(1, len(parts) + 1):
            name = ".".join(parts[:depth])
            module = ModuleType(name)
            monkeypatch.setitem(sys.modules, name, module)
            if depth > 1:
                setattr(sys.modules[".".join(parts[: depth - 1])], parts[depth - 1], module)
        for key, value in content.items():
            setattr(module, key, value)
    space = {"__name__": "my_module"}
    exec(compile(code, f"docs/bridge.md, {trainer}", "exec"), space)
    return space


def test_the_page_has_a_block_for_each_trainer_it_names():
    assert {name for name, _ in BLOCKS} == {
        "trl", "verl", "slime", "skyrl", "prime-rl", "nemo-rl", "tinker", "openrlhf", "rllm", "tensorboard",
    }  # fmt: skip
    assert all(len(code.strip().splitlines()) <= 20 for _, code in BLOCKS)


def test_the_credit_looked_for_is_the_table():
    assert TABLE.correct[1] == 8
    assert TABLE.correct[3] == TABLE.wrong[1] == 0


def test_the_first_block(capsys):
    code = re.search(r"```python\n(.*?)```", PAGE, re.DOTALL)[1]
    exec(code, {})


def test_tables_whose_credits_add_up_to_nothing_are_those_the_page_names():
    said = re.search(r"unless its credits add up to 0 in every group: (.*?)\.\n", PAGE, re.DOTALL)[1]
    found, c = [], np.arange(9)
    for name in objectives.names(variants=True):
        made, draws = objectives.get(name), objectives.entry(name).draws
        made = objectives.get(name, **{draws: 8}) if made.missing("credit", 8) and draws else made
        if not made.missing("credit", 8):
            table = made.credit(8)
            if np.abs(c * table.correct + (8 - c) * table.wrong).max() < 1e-12:
                found.append(name)
    assert re.findall(r"`([^`]+)`", said) == found


def by_token(estimator, **more):
    """Call an estimator as verl's and SkyRL's trainers do."""
    rewards = torch.zeros(16, 3)
    rewards[:, 1] = torch.tensor(REWARDS.ravel())
    mask = torch.tensor([1.0, 1.0, 0.0]).expand(16, 3)
    advantages, returns = estimator(
        token_level_rewards=rewards, response_mask=mask, index=UIDS, config=SimpleNamespace(), **more
    )
    np.testing.assert_array_equal(advantages, returns)
    np.testing.assert_allclose(advantages, CREDIT.ravel()[:, None] * mask.numpy(), atol=1e-6)


def test_verl(monkeypatch):
    kept = {}
    core = {"register_adv_est": lambda name: lambda function: kept.setdefault(name, function)}
    monkeypatch.setattr("passk_lab.needs.installed", lambda package: True)
    block("verl", monkeypatch, verl__trainer__ppo__core_algos=core)
    by_token(kept["pass@8-loo-1"])


def test_skyrl(monkeypatch):
    kept = {}
    registry = SimpleNamespace(register=lambda name, function: kept.setdefault(name, function))
    block("skyrl", monkeypatch, skyrl__backends__skyrl_train__utils__ppo_utils={"AdvantageEstimatorRegistry": registry})
    by_token(kept["pass@8-loo-1"], values=None, gamma=1.0, lambd=1.0, grpo_norm_by_std=False)


def test_slime(monkeypatch):
    hook = block("slime", monkeypatch)["post_process"]
    samples = [
        SimpleNamespace(group_index=uid, get_reward_value=lambda args, r=r: r)
        for uid, r in zip(UIDS, REWARDS.ravel(), strict=True)
    ]
    raw, trained = hook(SimpleNamespace(normalize_advantages=False), samples)
    assert raw == REWARDS.ravel().tolist()
    np.testing.assert_allclose(trained, CREDIT.ravel())


def test_prime_rl(monkeypatch):
    classes = {}
    space = block(
        "prime-rl", monkeypatch, prime_rl__orchestrator__algo={"ALGORITHM_CLASSES": classes, "GRPOAlgorithm": object}
    )
    algorithm = classes["grpo"]()
    assert type(algorithm) is space["LabAlgorithm"]
    for row, expected in zip(REWARDS, CREDIT, strict=True):
        got = []
        group = [SimpleNamespace(reward=r, assign_advantages=got.append) for r in row]
        asyncio.run(algorithm.score_group(group))
        np.testing.assert_allclose(got, expected)


@pytest.mark.parametrize("ids", [[[7]] * 8 + [[9]] * 8, [7] * 8 + [9] * 8, [[1, 2]] * 8 + [[1, 3]] * 8])
def test_nemo_rl(monkeypatch, ids):
    grpo = {"_create_advantage_estimator": None}
    block("nemo-rl", monkeypatch, nemo_rl__algorithms__grpo=grpo)
    made = sys.modules["nemo_rl.algorithms.grpo"]._create_advantage_estimator({})
    mask = torch.ones(16, 3)
    got = made.compute_advantage(torch.tensor(ids), torch.tensor(REWARDS.ravel()).float(), mask, repeated_batch={})
    np.testing.assert_allclose(got, np.repeat(CREDIT.ravel()[:, None], 3, 1))


def test_tinker(monkeypatch):
    block("tinker", monkeypatch, tinker_cookbook__rl__train={})
    groups = [SimpleNamespace(get_total_rewards=lambda row=row: row.tolist()) for row in REWARDS]
    got = sys.modules["tinker_cookbook.rl.train"].compute_advantages(groups)
    for advantages, expected in zip(got, CREDIT, strict=True):
        np.testing.assert_allclose(advantages, expected)
        assert advantages.dtype == torch.float32


def test_openrlhf(monkeypatch):
    got = block("openrlhf", monkeypatch)["lab_credit"](torch.tensor(REWARDS).float())
    np.testing.assert_allclose(got, CREDIT)


def test_rllm(monkeypatch):
    kept = {}
    register = lambda name: lambda function: kept.setdefault(name, function)  # noqa: E731
    block("rllm", monkeypatch, rllm__trainer__algorithms__advantage={"register_rllm_adv_estimator": register})
    advantages, returns = kept["pass@8-loo-1"](rewards=list(REWARDS), algorithm_config=None, traj_groups=None)
    np.testing.assert_allclose(advantages, CREDIT)
    np.testing.assert_allclose(returns, CREDIT)

"""The bridge in the real TRL: run in its own environment, where `test_trl.py` starts it; elsewhere it is skipped."""

import itertools
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

pytest.importorskip("trl", reason="run in TRL's own environment, by tests/bridge/test_trl.py")

import torch
from datasets import Dataset
from trl import GRPOConfig, GRPOTrainer

from examples import trl_pass_at_k as example
from passk_lab import bridge, objectives
from passk_lab.bridge.tensorboard import Writer, write
from passk_lab.bridge.trl import LabDiagnostics, LabGRPOTrainer
from tests.objectives import oracles

torch.set_num_threads(1)
N = example.N
PROMPTS = [str(m) for m in example.ASKED]


def with_a_table():
    """Every objective of the registry, at parameters that take groups of eight; what has no table is not trained on."""
    for name in objectives.names(variants=True):
        draws = objectives.entry(name).draws
        made = objectives.get(name)
        if made.missing("credit", N) and draws:
            made = objectives.get(name, **{draws: N})  # tang: the group is the k
        if not made.missing("credit", N):
            yield made


def make(kind, folder, reward=example.reward, callbacks=None, prompts=PROMPTS, settings=None, **more):
    model = example.untrained(0)
    return kind(
        model=model, reward_funcs=reward, args=example.settings(str(folder), 2, 0, **(settings or {})),
        processing_class=example.tokenizer(), train_dataset=Dataset.from_dict({"prompt": prompts * 4}),
        callbacks=callbacks, **more,
    )  # fmt: skip


def reached(trainer, seen):
    """Have a trainer write down what reaches its loss: prompt, answer and advantage of each completion."""
    before = trainer._compute_loss

    def loss(model, inputs):
        words = trainer.processing_class.batch_decode
        texts = [words(inputs[ids], skip_special_tokens=True) for ids in ("prompt_ids", "completion_ids")]
        seen.extend(zip(*texts, inputs["advantages"].tolist(), strict=True))
        return before(model, inputs)

    trainer._compute_loss = loss


def groups(seen):
    """Of what reached the loss: each prompt's verdicts and advantages."""
    found = {}
    for prompt, answer, advantage in seen:
        right = answer.isdigit() and int(answer) % int(prompt) == 0  # the verifier's words, once more
        found.setdefault(prompt, []).append((right, advantage))
    return found


# --- credit ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("objective", list(with_a_table()), ids=lambda objective: objective.label)
def test_what_trains_is_the_table(objective, tmp_path):
    seen = []
    trainer = make(LabGRPOTrainer, tmp_path, objective=objective)
    reached(trainer, seen)
    trainer.train()
    assert len(seen) == 2 * N * len(PROMPTS)
    rule = {key: value for key, value in objective.parameters.items() if key in ("k", "order")}
    table = oracles.table(objective.name, N, **rule)
    for step in (seen[: len(seen) // 2], seen[len(seen) // 2 :]):  # a prompt comes again in the next step
        for prompt, group in groups(step).items():
            assert len(group) == N, prompt
            c = sum(right for right, _ in group)
            for right, advantage in group:
                assert abs(advantage - float((table.correct if right else table.wrong)[c])) < 1e-6, (prompt, c)


def test_the_registry_is_all_there():
    names = {objective.name for objective in with_a_table()}
    assert set(objectives.names(variants=True)) - names == {"log-pass@k"}


def test_pass_at_k_and_grpo_part_ways():
    """Prompts of p = 1/2 to 1/32: GRPO goes on until an answer is sure, pass@8 leaves off where eight draws suffice."""
    grpo, pass_at_8 = example.train("grpo", steps=30), example.train(objectives.get("pass@k-loo-1", k=8), steps=30)
    assert grpo["before"] == pass_at_8["before"]
    sure, open_ = np.array(grpo["after"]), np.array(pass_at_8["after"])
    assert sure.mean() > open_.mean() + 0.15, (sure, open_)
    assert sure.max() > 0.95 > 0.8 > open_.max(), (sure, open_)
    assert (1 - (1 - open_) ** 8).mean() > 0.9 > (1 - (1 - np.array(grpo["before"])) ** 8).mean()


# --- what TRL makes of a table ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    """TRL's own trainer, whose reward is an objective's credit; and a way to ask it for the advantages of a batch."""
    now = SimpleNamespace(objective=None)

    def reward(prompts, completions, **_):
        return bridge.credit(np.reshape(example.reward(prompts, completions), (-1, N)), now.objective).ravel().tolist()

    trainer = make(GRPOTrainer, tmp_path_factory.mktemp("plain"), reward)
    trainer.model.train()
    batch = [{"prompt": prompt} for prompt in PROMPTS for _ in range(N)]

    def ask(objective, scale):
        now.objective, trainer.scale_rewards = objective, scale
        out = trainer._generate_and_score_completions(batch)
        answers = trainer.processing_class.batch_decode(out["completion_ids"], skip_special_tokens=True)
        right = np.array(example.reward([row["prompt"] for row in batch], answers)).reshape(-1, N)
        return right, out["advantages"].reshape(-1, N).double().numpy()

    return ask


@pytest.mark.parametrize("scale", ["group", "batch", "none"])
def test_what_trls_scaling_makes_of_every_table(plain, scale):
    for objective in with_a_table():
        right, advantages = plain(objective, scale)
        c = right.sum(1).astype(int)
        table = bridge.trl_turns_into(objective, N, scale, **({"batch": c} if scale == "batch" else {}))
        expected = np.where(right == 1, table.correct[c][:, None], table.wrong[c][:, None])
        # TRL counts in float32. Where a group is all alike it divides what rounding leaves, by 1e-4 if by anything.
        alike = (table.correct == table.wrong)[c] | (c == 0) | (c == N)
        size = np.abs(objective.credit(N).correct).max()
        np.testing.assert_allclose(advantages[~alike], expected[~alike], rtol=2e-5, atol=1e-6, err_msg=objective.label)
        np.testing.assert_allclose(advantages[alike], 0, atol=1e-6 * size * (1 if scale == "none" else 1e4))


def test_trls_own_setting_makes_grpo_of_them():
    """What FORMATS and the notebook say, by hand: at c = 2 of 8 it is 6/8 and -2/8 over sqrt(2 * 6 / (8 * 7))."""
    spread = (2 * 6 / 56) ** 0.5
    for name in ("pass@1", "pass@k-loo-1", "maxrl", "risk-sensitive", "pass@k-training"):
        table = bridge.trl_turns_into(name, N)
        assert table.correct[2] == pytest.approx(0.75 / spread, rel=1e-3)
        assert table.wrong[2] == pytest.approx(-0.25 / spread, rel=1e-3)


@pytest.mark.parametrize("level", ["token", "sequence"])
@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "dapo", "bnpo", "cispo", "sapo", "vespo", "luspo"])
def test_what_trls_losses_do_to_lengths(loss, level, tmp_path):
    longest, lengths = 4, [1, 2, 3, 4, 4, 2]
    trainer = make(GRPOTrainer, tmp_path, settings={"max_completion_length": longest})
    trainer.loss_type, trainer.importance_sampling_level = loss, level
    trainer.current_gradient_accumulation_steps = 1
    generator = torch.Generator().manual_seed(0)
    tokens = torch.randint(1, 33, (len(lengths), 1 + longest), generator=generator)
    mask = (torch.arange(longest) < torch.tensor(lengths)[:, None]).long()
    advantages = torch.randn(len(lengths), generator=generator)
    inputs = {
        "prompt_ids": tokens[:, :1], "prompt_mask": torch.ones(len(lengths), 1, dtype=torch.long),
        "completion_ids": tokens[:, 1:], "completion_mask": mask, "advantages": advantages,
        "num_items_in_batch": mask.sum(),
    }  # fmt: skip
    model = trainer.model.train()
    weights = list(model.parameters())
    theirs = torch.autograd.grad(-trainer._compute_loss(model, inputs), weights)
    whole = torch.cat([torch.ones(len(lengths), 1, dtype=torch.long), mask], 1)
    logits = model(tokens, attention_mask=whole).logits[:, :-1]
    each = (logits.log_softmax(-1).gather(-1, tokens[:, 1:, None])[..., 0] * mask).sum(1)
    by = torch.tensor(bridge.trl_loss_weights(loss, lengths, longest if loss == "dr_grpo" else None)).float()
    ours = torch.autograd.grad((by * advantages * each).sum(), weights)
    for one, other in zip(ours, theirs, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-3, atol=1e-6)


# --- refusals ------------------------------------------------------------------------------------------------------


def test_trls_own_settings_are_refused_before_a_model_is_loaded(tmp_path):
    with pytest.raises(ValueError, match=r'scale_rewards="group" .*: set scale_rewards="none"') as said:
        LabGRPOTrainer(
            "no/such-model", example.reward, GRPOConfig(str(tmp_path), use_cpu=True, bf16=False), objective="grpo"
        )
    assert 'set loss_type="dr_grpo"' in str(said.value)


@pytest.mark.parametrize("scale", [True, "group", "batch"])
def test_scaling_is_refused_whichever_way_it_is_written(scale, tmp_path):
    with pytest.raises(ValueError, match='set scale_rewards="none"'):
        make(LabGRPOTrainer, tmp_path, objective="pass@1", settings={"scale_rewards": scale})


def test_a_group_without_a_table_is_refused(tmp_path):
    with pytest.raises(ValueError, match=r"num_generations=8: .* needs groups of at least 16"):
        make(LabGRPOTrainer, tmp_path, objective=objectives.get("pass@k", k=16))
    with pytest.raises(ValueError, match=r"num_generations_eval=1: .* at least 2 samples"):
        make(LabGRPOTrainer, tmp_path, objective="pass@1", settings={"num_generations_eval": 1},
             eval_dataset=Dataset.from_dict({"prompt": PROMPTS}))  # fmt: skip


def minus_one_and_one(prompts, completions, **_):
    return [2 * r - 1 for r in example.reward(prompts, completions)]


def test_rewards_that_are_no_verdict_are_refused_and_a_threshold_helps(tmp_path):
    with pytest.raises(ValueError, match=r"has -1\. Say .* threshold=1 for the -1 and 1 here"):
        make(LabGRPOTrainer, tmp_path, minus_one_and_one, objective="grpo").train()
    seen = []
    trainer = make(LabGRPOTrainer, tmp_path, minus_one_and_one, objective="grpo", threshold=1)
    reached(trainer, seen)
    trainer.train()
    assert {round(a, 5) for _, a in groups(seen[: 8 * N])["31"]} <= {0.0, round(7**0.5, 5), round(-(7**-0.5), 5)}


def some_unscored(prompts, completions, **_):
    """No verdict on the first completion of a prompt."""
    return [None if i % N == 0 else r for i, r in enumerate(example.reward(prompts, completions))]


def test_a_completion_without_a_reward_is_refused_or_left_out(tmp_path):
    with pytest.raises(ValueError, match=r"sample 0 of group 0 has no reward"):
        make(LabGRPOTrainer, tmp_path, some_unscored, objective="pass@1").train()
    trainer = make(LabGRPOTrainer, tmp_path, some_unscored, objective="pass@1", unscored="leave out")
    trainer.train()
    given = np.reshape(list(trainer._logs["advantages"]), (-1, N))
    assert (given[:, 0] == 0).all()
    np.testing.assert_allclose(given[:, 1:].sum(1), 0, atol=1e-12)
    assert trainer.state.log_history[0]["lab/unscored"] == 1 / N


# --- what is logged --------------------------------------------------------------------------------------------------


def test_rewards_stay_rewards_in_trls_logs_and_the_labs_names_stand_beside_them(tmp_path):
    trainer = make(LabGRPOTrainer, tmp_path, objective=objectives.get("pass@k-loo-1", k=8))
    trainer.train()
    row = trainer.state.log_history[0]
    assert row["rewards/reward/mean"] == pytest.approx(row["lab/pass_at_1"])
    assert {f"lab/{name}" for name in bridge.MEANING} <= set(row)
    assert row["lab/pass_at_k"] - row["lab/pass_at_1"] == pytest.approx(row["lab/gap"])
    assert list(trainer._logs["rewards"]["reward"]).count(1.0) > 0
    assert set(np.unique(list(trainer._logs["rewards"]["reward"]))) <= {0.0, 1.0}


@pytest.mark.parametrize(
    ("more", "batches"),
    [
        ({}, 2),
        ({"per_device_train_batch_size": 16, "gradient_accumulation_steps": 4}, 2),  # one batch, four micro-batches
        ({"num_iterations": 2}, 1),  # one batch, two steps
        ({"per_device_train_batch_size": 16, "gradient_accumulation_steps": 2, "steps_per_generation": 4}, 1),
        ({"per_device_train_batch_size": 32, "gradient_accumulation_steps": 2, "steps_per_generation": 1}, 4),
    ],
)
def test_the_callback_watches_any_grpo_trainer_and_each_batch_once(more, batches, tmp_path):
    trainer = make(GRPOTrainer, tmp_path, settings={"scale_rewards": "group", "loss_type": "dapo", **more})
    watch, drawn = LabDiagnostics(trainer, k=2), []
    trainer.add_callback(watch)
    score = trainer._calculate_rewards

    def remember(*given):
        out = score(*given)
        drawn.append(out[:, 0].reshape(-1, N).numpy())
        return out

    trainer._calculate_rewards = remember
    trainer.train()
    assert len(watch.records) == len(drawn) == batches
    for record, rewards in zip(watch.records, drawn, strict=True):
        right = rewards.sum(1)
        assert record["all_wrong"] == (right == 0).mean()
        assert record["silent"] == ((right == 0) | (right == N)).mean()
        pairs = [np.mean([row[i] or row[j] for i, j in itertools.combinations(range(N), 2)]) for row in rewards]
        assert record["pass_at_k"] == pytest.approx(np.mean(pairs))
    assert [record["step"] for record in watch.records] == {1: [1], 2: [1, 2], 4: [1, 1, 2, 2]}[batches]


def test_evaluation_between_steps_is_not_taken_for_a_batch(tmp_path):
    trainer = make(
        LabGRPOTrainer, tmp_path, objective="pass@1", eval_dataset=Dataset.from_dict({"prompt": PROMPTS}),
        settings={"eval_strategy": "steps", "eval_steps": 1, "num_generations_eval": 4, "num_iterations": 2,
                  "max_steps": 4, "per_device_eval_batch_size": 32},
    )  # fmt: skip
    judged, score = [], trainer._generate_and_score_completions

    def remember(inputs):
        out = score(inputs)
        if not trainer.model.training:
            judged.extend(out["advantages"].reshape(-1, 4).tolist())
        return out

    trainer._generate_and_score_completions = remember
    trainer.train()
    # Groups of four are credited as such: leave-one-out credit adds up to 0 in each.
    np.testing.assert_allclose(np.sum(judged, axis=1), 0, atol=1e-6)
    assert np.any(judged)
    watch = next(c for c in trainer.callback_handler.callbacks if isinstance(c, LabDiagnostics))
    assert [record["step"] for record in watch.records] == [1, 3]
    assert sum("eval_loss" in row for row in trainer.state.log_history) == 4


# --- the page and the writer -----------------------------------------------------------------------------------------

PAGE = (Path(example.__file__).parents[1] / "docs" / "bridge.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"<!-- trainer: ([\w-]+) -->\n```python\n(.*?)```", PAGE, re.DOTALL)


def test_the_pages_first_block_for_trl_trains(tmp_path, monkeypatch):
    code = next(code for name, code in BLOCKS if name == "trl")
    settings = {**vars(example.settings(str(tmp_path), 2, 0))}
    small = {name: settings[name] for name in ("max_steps", "per_device_train_batch_size", "max_completion_length")}
    more = {"use_cpu": True, "bf16": False, "report_to": "none", "save_strategy": "no", "disable_tqdm": True}
    monkeypatch.chdir(tmp_path)
    code = code.replace('GRPOConfig("out", ', f'GRPOConfig("out", **{ {**small, **more}!r}, ')
    space = {
        "model": example.untrained(0), "reward": example.reward, "tokenizer": example.tokenizer(),
        "dataset": Dataset.from_dict({"prompt": PROMPTS * 4}),
    }  # fmt: skip
    exec(code, space)
    assert space["trainer"].state.global_step == 2


def test_the_pages_one_method_is_enough_for_credits_that_add_up_to_nothing(tmp_path):
    code = [code for name, code in BLOCKS if name == "trl"][1]
    space = {}
    exec(code, space)
    seen = []
    trainer = make(space["MyTrainer"], tmp_path)
    reached(trainer, seen)
    trainer.train()
    table = oracles.table("pass@1", N)
    for group in groups(seen[: len(seen) // 2]).values():
        c = sum(right for right, _ in group)
        for right, advantage in group:
            assert abs(advantage - float((table.correct if right else table.wrong)[c])) < 1e-6


def scalars(folder):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(folder))
    events.Reload()
    return {tag: [(e.step, e.value) for e in events.Scalars(tag)] for tag in events.Tags()["scalars"]}


def test_tensorboard_shows_a_run_of_the_lab_live_and_afterwards(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    space = {}
    exec(next(code for name, code in BLOCKS if name == "tensorboard"), space)
    live, after = scalars(tmp_path / "out" / "live"), scalars(tmp_path / "out" / "afterwards")
    assert live == after
    run = space["run"]
    assert after["pass_at_1"] == [(r["step"], pytest.approx(r["pass_at_1"])) for r in run.step_records]
    last = run.evaluation_records[-1]
    assert after["unseen/pass_at_1024"][-1] == (last["step"], pytest.approx(last["unseen"]["pass_at"][-1]))
    assert after["unseen/pass_at_8_low"][-1] == (last["step"], pytest.approx(last["unseen"]["low"][3]))


def test_tensorboard_shows_what_the_callback_saw_and_a_trainers_log(tmp_path):
    live = Writer(tmp_path / "live")
    trainer = make(LabGRPOTrainer, tmp_path / "model", objective="grpo", watch=live)
    trainer.train()
    live.close()
    watch = next(c for c in trainer.callback_handler.callbacks if isinstance(c, LabDiagnostics))
    assert write(watch.records, tmp_path / "watch") == 2 * len(bridge.MEANING)
    assert set(scalars(tmp_path / "watch")) == set(bridge.MEANING)
    assert scalars(tmp_path / "live") == scalars(tmp_path / "watch")
    write(trainer.state.log_history, tmp_path / "log")
    found = scalars(tmp_path / "log")
    assert [value for _, value in found["lab/pass_at_1"]] == pytest.approx([r["pass_at_1"] for r in watch.records])


@pytest.mark.parametrize(
    ("records", "sentence"),
    [
        ([], "no number"),
        ([{"step": 1, "kind": "step"}], "no number"),
        ([{"loss": 1.0}], "record 0 is"),
        ([3], "record 0 is 3"),
        ([{"step": 1.5, "loss": 1.0}], "whole numbers"),
        ([{"step": 1, "loss": 1.0}, {"step": 2, "loss": "low"}], "loss of record 1 is to be a number, but it is 'low'"),
        ([{"step": 1, "loss": [1, 2]}], "loss of record 0"),
    ],
)
def test_records_that_are_none_get_a_sentence_and_no_file(records, sentence, tmp_path):
    with pytest.raises(ValueError, match=sentence):
        write(records, tmp_path / "events")
    assert not (tmp_path / "events").exists()


def test_a_change_by_hand_is_shown_by_its_name(tmp_path):
    assert (
        write(
            [{"kind": "change", "step": 4, "name": "rate", "value": 0.5}, {"step": 5, "loss": None, "x": 1}], tmp_path
        )
        == 2
    )
    assert scalars(tmp_path) == {"change/rate": [(4, 0.5)], "x": [(5, 1.0)]}

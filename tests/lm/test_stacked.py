"""Stacked runs beside the plain Learner: the same tokens, the same gradients, the same weights, run by run."""

import json

import numpy as np
import pytest
import torch
from safetensors.torch import load, save

from passk_lab import lm
from passk_lab.lm import checkpoint
from passk_lab.lm.capture import METRICS, Program, Stack, adam_step, attend_shared
from passk_lab.lm.diagnostics import how_many, number_answers
from passk_lab.lm.stack_loop import train_stacked
from passk_lab.lm.stacked import StackedLearner

SMALL = lm.TrainConfig(prompts=4, n=8, watch=4, orders=40, judged=3, steps=10, device="cpu")
GRID = (
    SMALL,
    SMALL.but(objective="pass@k", parameters={"k": 4}, seed=1),
    SMALL.but(objective="maxrl", rate=1e-3, watch=2, mechanisms={"entropy": {"coefficient": 0.05}}),
    SMALL.but(objective="reinforce", seed=4, mechanisms={"kl-reverse": {"coefficient": 0.1}}),
)


pytestmark = pytest.mark.usefixtures("on_one_thread")


def flat(model, what=lambda weight: weight.detach()):
    return torch.cat([what(weight).flatten() for weight in model.parameters()])


@pytest.fixture(scope="module")
def beside():
    """Ten steps of a grid, stacked and one after another: what each step left."""
    stacked, plain = StackedLearner(GRID), [lm.Learner(config) for config in GRID]
    start, steps = stacked.stack.weights.clone(), []
    for _ in range(SMALL.steps):
        stacked.step()
        records = [trainer.step() for trainer in plain]
        stack = stacked.stack
        steps.append(
            [
                {
                    "record": records[run],
                    "tokens": (stack.tokens[run].clone(), trainer.push.batch.tree.traces.view(4, 8, -1)),
                    "c": (stack.c[run].clone(), trainer.push.batch.c),
                    "credit": (stack.credit[run].clone(), trainer.push.credit),
                    "gradient": (stack.gradient[run].clone(), flat(trainer.model, lambda weight: weight.grad)),
                    "weights": (stack.weights[run].clone(), flat(trainer.model)),
                }
                for run, trainer in enumerate(plain)
            ]
        )
    return stacked, start, steps


def test_the_same_uniforms_give_the_same_tokens_as_the_other_ways_of_drawing():
    trainer = StackedLearner(GRID)
    trainer.step()
    stack, (models, task) = trainer.stack, (StackedLearner(GRID).models(), SMALL.task)
    for run, model in enumerate(models):
        uniforms = stack.uniforms[stack.stream[run]]
        plainly = lm.sample_plainly(model, stack.prompts[run], uniforms)
        on_tree = lm.sample(model, stack.prompts[run], uniforms).traces.view_as(plainly)
        assert torch.equal(stack.tokens[run], plainly)
        assert torch.equal(stack.tokens[run], on_tree)
        assert torch.equal(stack.right[run], task.verify(stack.prompts[run][:, None], plainly))


def test_a_step_equals_the_plain_step(beside):
    stacked, start, steps = beside
    histories = stacked.histories()
    for run, now in enumerate(steps[0]):
        assert torch.equal(*now["c"])
        assert torch.equal(*now["credit"])
        ours, theirs = now["gradient"]
        assert (ours - theirs).norm() < 1e-5 * theirs.norm()
        size = theirs.abs()
        ours, theirs = now["weights"]
        # Adam's first step divides a gradient by its own size: where that is rounding, so is the step.
        torch.testing.assert_close(ours[size > 1e-5], theirs[size > 1e-5], rtol=1e-5, atol=1e-7)
        assert (size > 1e-5).float().mean() > 0.9
        assert (ours - theirs).norm() < 2e-3 * (theirs - start[run]).norm()
        record = histories[run][0]
        assert record["step"] == 1
        for name in ("pass_at_1", "distinct", "unique", "all_wrong", "all_right", "silent"):
            assert record[name] == now["record"][name], name
        for name in METRICS:
            assert record[name] == pytest.approx(now["record"][name], rel=1e-4, abs=1e-6), name


def test_ten_steps_stay_close(beside):
    stacked, start, steps = beside
    for run, now in enumerate(steps[-1]):
        assert torch.equal(*now["tokens"])
        ours, theirs = now["weights"]
        assert (ours - theirs).norm() < 1e-3 * (theirs - start[run]).norm()
        assert stacked.histories()[run][-1]["pass_at_1"] == now["record"]["pass_at_1"]
        torch.testing.assert_close(flat(stacked.models()[run]), ours, rtol=0, atol=0)


def test_the_entropy_bonus_and_the_anchor_are_in_the_gradient():
    with_terms, without = (
        StackedLearner([config.but(mechanisms=given) for given in (kept, {})])
        for config, kept in ((GRID[2], GRID[2].mechanisms), (GRID[3], GRID[3].mechanisms))
    )
    for trainer in (with_terms, without):
        for _ in range(2):  # in the first step the policy is the base, and the distance has no slope
            trainer.step()
        one, other = trainer.stack.gradient
        assert (one - other).norm() > 1e-4 * one.norm()


def test_adam_equals_torch_with_a_rate_for_each_run():
    rng = torch.Generator().manual_seed(0)
    start, rates = torch.randn(3, 50, generator=rng, dtype=torch.float64), [1e-3, 0.1, 4e-4]
    weights, moments = start.clone(), torch.zeros(2, 3, 50, dtype=torch.float64)
    theirs = [torch.nn.Parameter(row.clone()) for row in start]
    adams = [torch.optim.Adam([p], lr=rate, betas=(0.9, 0.99)) for p, rate in zip(theirs, rates, strict=True)]
    for step in range(1, 31):
        gradient = torch.randn(3, 50, generator=rng, dtype=torch.float64)
        adam_step(weights, gradient, *moments, torch.tensor([step]), torch.tensor(rates, dtype=torch.float64))
        for weight, adam, row in zip(theirs, adams, gradient, strict=True):
            weight.grad = row
            adam.step()
    torch.testing.assert_close(weights, torch.stack([w.detach() for w in theirs]), rtol=1e-12, atol=1e-12)


def test_each_run_is_clipped_by_its_own_norm():
    config = SMALL.but(clip=0.05, steps=1)
    trainer = StackedLearner([config, config.but(objective="pass@k", parameters={"k": 8}, seed=2)])
    trainer.step()
    raw = [history[0]["gradient_norm"] for history in trainer.histories()]
    assert raw[0] != raw[1]
    for now, norm in zip(trainer.stack.gradient.norm(dim=1).tolist(), raw, strict=True):
        assert now == pytest.approx(min(norm, 0.05), rel=1e-4)
    assert max(raw) > 0.05


def test_the_rate_rises_over_the_warm_up():
    trainer = StackedLearner([SMALL.but(warmup=4), SMALL.but(warmup=4, rate=8e-4)])
    before = trainer.stack.weights.clone()
    trainer.step()
    # Adam's first step is the rate wherever the gradient is not tiny: a quarter of it here.
    moved = (trainer.stack.weights - before).abs().amax(1)
    torch.testing.assert_close(moved, torch.tensor([1e-4, 2e-4]), rtol=1e-2, atol=0)


def test_permuting_the_runs_permutes_the_results():
    order = [2, 0, 3, 1]
    one, other = StackedLearner(GRID), StackedLearner([GRID[i] for i in order])
    for _ in range(3):
        one.step()
        other.step()
    torch.testing.assert_close(one.stack.weights[order], other.stack.weights, rtol=1e-6, atol=1e-7)
    assert torch.equal(one.stack.tokens[order], other.stack.tokens)


def test_a_run_that_breaks_down_stops_as_the_plain_one_does_and_harms_no_other():
    config = SMALL.but(prompts=2, n=4, steps=32, warmup=0)
    broken, well = train_stacked([config.but(rate=1.0), config])
    alone = lm.train(config.but(rate=1.0))
    assert broken.ended == alone.ended
    assert broken.ended.startswith("broke down: no sample has been right for")
    assert len(broken.steps) == len(alone.steps) < 32
    assert broken.evaluations.step.tolist() == alone.evaluations.step.tolist()
    assert well.ended == "finished"
    by_itself = StackedLearner([config])
    for _ in range(32):
        by_itself.step()
    torch.testing.assert_close(flat(by_itself.models()[0]), flat(well.model), rtol=1e-3, atol=1e-4)


def test_a_gradient_that_is_not_finite_leaves_the_weights():
    trainer = StackedLearner([SMALL, SMALL.but(seed=1)])
    trainer.stack.weights[0, -1] = torch.inf
    before = trainer.stack.weights.clone()
    trainer.step()
    assert torch.equal(trainer.stack.weights[0], before[0])
    assert not torch.equal(trainer.stack.weights[1], before[1])
    assert trainer.stack.weights[1].isfinite().all()
    assert [len(history) for history in trainer.histories()] == [0, 1]
    assert trainer.lived() == [0, 1]
    assert trainer.ending(0).startswith("broke down: the gradient is not finite at step 1 of grpo: entropy")
    assert trainer.ending(1) == ""
    assert [history[0]["step"] for history in trainer.histories()[1:]] == [1]


def test_the_state_of_a_run_that_broke_down_is_the_one_before_that_step():
    config = SMALL.but(prompts=2, n=4, rate=1.0, warmup=0, steps=32)
    stacked, plain = StackedLearner([SMALL.but(prompts=2, n=4, warmup=0, steps=32), config]), lm.Learner(config)
    for _ in range(30):
        stacked.step()
    for _ in range(stacked.lived()[1]):
        plain.step()
    with pytest.raises(lm.Breakdown):
        plain.step()
    (tensors, note), (theirs, noted) = stacked.state_of(1), plain.state()
    assert note == noted
    assert note["done"] == stacked.lived()[1] < 30
    for name, tensor in theirs.items():
        torch.testing.assert_close(tensors[name], tensor, rtol=1e-3, atol=1e-7)
    moved = flat(plain.model) - flat(lm.bundled_base(0))
    assert (flat(stacked.models()[1]) - flat(plain.model)).norm() < 1e-3 * moved.norm()
    assert stacked.judge()[1]["step"] == note["done"]


def test_train_stacked_gives_the_runs_that_train_gives():
    few = SMALL.but(steps=3, evaluate_every=2)
    configs = [few, few.but(objective="pass@k", parameters={"k": 4}, seed=1)]
    for ours, theirs in zip(train_stacked(configs), map(lm.train, configs), strict=True):
        assert ours.ended == theirs.ended == "finished"
        assert [(r["kind"], r["step"]) for r in ours.history] == [(r["kind"], r["step"]) for r in theirs.history]
        assert [list(r) for r in ours.history] == [[key for key in r if key != "seconds"] for r in theirs.history]
        for name in METRICS:
            np.testing.assert_allclose(ours.steps[name], theirs.steps[name], rtol=2e-3, atol=1e-6, err_msg=name)
        np.testing.assert_allclose(ours.evaluations.pass_at_k, theirs.evaluations.pass_at_k, atol=1e-5)
        assert isinstance(ours.model, lm.Transformer)
        assert ours.model.runs == 1


# --- evaluated, saved, taken up ---------------------------------------------------------------------------------------


def test_a_stack_is_judged_as_each_of_its_models_is():
    learner = StackedLearner(GRID)
    for steps in range(2):
        records = learner.judge()
        for record, model in zip(records, learner.models(), strict=True):
            alone = lm.judge(model, steps, *learner.judged_on)
            assert record["step"] == steps
            np.testing.assert_allclose(record["unseen"]["p"], alone["unseen"]["p"], rtol=0, atol=1e-6)
            np.testing.assert_allclose(record["seen"]["pass_at"], alone["seen"]["pass_at"], rtol=1e-5)
            np.testing.assert_allclose(record["unseen"]["low"], alone["unseen"]["low"], rtol=1e-5)
        learner.step()


def test_what_is_known_is_not_evaluated_again():
    learner = StackedLearner([SMALL, SMALL.but(objective="maxrl"), SMALL.but(seed=1)])
    grpo, maxrl, other = learner.judge()
    assert grpo is maxrl  # they start from one base
    assert grpo["seen"] != other["seen"]
    assert learner.judge()[0] is grpo
    learner.step()
    assert learner.judge()[0]["seen"] != grpo["seen"]
    learner.step()
    learner.restore(*StackedLearner(learner.configs).state())
    assert [record["step"] for record in learner.judge()] == [0, 0, 0]
    assert learner.judge() == [grpo, maxrl, other]


def test_histories_since_a_step_are_the_rest_of_them(beside):
    stacked, _, _ = beside
    whole = stacked.histories()
    assert [len(history) for history in whole] == [10] * 4
    assert stacked.histories(7) == [history[7:] for history in whole]
    assert stacked.histories(10) == [[]] * 4
    assert stacked.lived() == [10] * 4
    assert {stacked.ending(run) for run in range(4)} == {"finished"}


def saved(learner, path):
    """Through a file, as a folder keeps it."""
    tensors, note = learner.state()
    path.write_bytes(save(tensors))
    return load(path.read_bytes()), json.loads(json.dumps(note))


def test_a_stack_taken_up_in_the_middle_ends_with_the_same_bits(tmp_path):
    through, before = StackedLearner(GRID), StackedLearner(GRID)
    for _ in range(4):
        through.step()
        before.step()
    kept = saved(before, tmp_path / "stack")
    for _ in range(3):
        through.step()
        before.step()  # what was saved is a copy
    after = StackedLearner(GRID)
    after.step()
    after.restore(*kept)
    assert (after.done, after.histories(), after.lived()) == (4, [h[:4] for h in through.histories()], [4] * 4)
    for _ in range(3):
        after.step()
    for name, tensor in after.stack.kept.items():
        assert torch.equal(tensor, through.stack.kept[name]), name
    assert torch.equal(after.stack.tokens, through.stack.tokens)
    assert after.histories() == through.histories()
    assert after.judge() == through.judge()


def test_a_state_that_does_not_fit_is_refused_in_a_sentence_and_changes_nothing():
    learner = StackedLearner([SMALL, SMALL.but(seed=1)])
    learner.step()
    tensors, note = learner.state()
    part = {name: tensor for name, tensor in tensors.items() if name != "mean"}
    for others, given, told, words in (
        ([SMALL, SMALL.but(seed=2)], tensors, note, r"in run 1 it has seed = 1, but this stack has 2"),
        ([SMALL.but(seed=1), SMALL], tensors, note, r"in run 0 it has seed = 0, but this stack has 1"),
        ([SMALL], tensors, note, r"this stack has 1 runs, but the state is of 2"),
        (learner.configs, part, note, r"mean should have the shape .* but is missing"),
        (learner.configs, {**tensors, "mean": tensors["mean"][:1]}, note, r"mean .* but has \(1, "),
        (learner.configs, tensors, {**note, "done": 2}, r"records should have the shape \(2, 2, 12\), but has"),
        (learner.configs, tensors, {**note, "done": "many"}, r"it says that 'many' steps are done"),
        (learner.configs, tensors, lm.Learner(SMALL).state()[1], r"was not made by StackedLearner\.state"),
    ):
        other = StackedLearner(others)
        before = other.state()[0]
        with pytest.raises(ValueError, match=words) as refused:
            other.restore(given, told)
        assert str(refused.value).endswith(".")
        assert other.done == 0
        assert all(torch.equal(tensor, before[name]) for name, tensor in other.state()[0].items())
    elsewhere = [config.but(device="auto") for config in learner.configs]
    if not torch.cuda.is_available():
        StackedLearner(elsewhere).restore(tensors, note)  # where it is trained is not what it is


def test_a_plain_learner_goes_on_from_a_run_of_a_stack(tmp_path):
    stacked = StackedLearner(GRID)
    for _ in range(3):
        stacked.step()
    plain = []
    for run, (config, model) in enumerate(zip(GRID, stacked.models(), strict=True)):
        checkpoint.write(tmp_path / "run", model, *stacked.state_of(run))
        learner = lm.Learner(config)
        assert learner.state()[1].keys() == stacked.state_of(run)[1].keys()
        assert learner.state()[0].keys() == stacked.state_of(run)[0].keys()
        learner.restore(*checkpoint.read(tmp_path / "run"))
        plain.append(learner)
    for _ in range(4):
        stacked.step()
        records = [learner.step() for learner in plain]
    for run, (record, learner) in enumerate(zip(records, plain, strict=True)):
        ours = stacked.histories()[run][-1]
        assert ours["step"] == record["step"] == 7
        assert torch.equal(stacked.stack.tokens[run], learner.push.batch.tree.traces.view(4, 8, -1))
        for name in METRICS:
            assert ours[name] == pytest.approx(record[name], rel=2e-3, abs=1e-5), name
        torch.testing.assert_close(stacked.stack.weights[run], flat(learner.model), rtol=1e-3, atol=1e-4)


# --- the diagnostics of a step, with fixed shapes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "task", [lm.Countdown(), lm.Countdown(4, 50), lm.Countdown(4, 120)], ids=lambda task: task.name
)
@pytest.mark.parametrize("n", [1, 2, 40])
def test_equal_answers_have_equal_numbers_and_no_others(task, n):
    rng = np.random.default_rng(n)
    # One answer, and one that differs from it in each of its tokens alone; a group draws some of them.
    length = task.answer_length
    answers = np.repeat(rng.integers(task.vocabulary, size=(2, 3, 1, length)), 1 + length, axis=2)
    answers[:, :, 1:] = (answers[:, :, 1:] + np.eye(length, dtype=int)) % task.vocabulary
    answers[0, 0, 0] = task.vocabulary - 1
    answers = np.take_along_axis(answers, rng.integers(1 + length, size=(2, 3, n))[..., None], axis=2)
    numbers = number_answers(torch.from_numpy(answers), task.vocabulary)
    assert numbers.shape == answers.shape[:-1]
    assert numbers.min() >= 0
    for row, number in zip(answers.reshape(6, n, -1).tolist(), numbers.view(6, n).tolist(), strict=True):
        assert [number.index(i) for i in number] == [row.index(answer) for answer in row]
    counted = how_many(numbers).flatten().tolist()
    assert counted == [len(set(map(tuple, row))) for row in answers.reshape(6, n, -1).tolist()]


def test_a_group_of_countdown_4_counts_the_answers_that_the_plain_step_counts(tmp_path):
    # Twelve tokens of a vocabulary of 54 do not fit one int64. A sharpened random policy writes answers several times.
    task, path = lm.Countdown(4, 50), tmp_path / "base.safetensors"
    model = lm.Transformer(task, lm.Shape(16, 1, 2))
    model.logit.data *= 8
    checkpoint.write(path, model)
    config = SMALL.but(task=task, orders=3, judged=1, base=str(path), n=32)
    stacked, plain = StackedLearner([config, config.but(seed=1)]), lm.Learner(config)
    stacked.step()
    ours, theirs = stacked.histories()[0][0], plain.step()
    assert 0.1 < ours["unique"] < 0.9
    for name in METRICS:
        assert ours[name] == pytest.approx(theirs[name], rel=1e-4, abs=1e-6), name


# --- on the device ----------------------------------------------------------------------------------------------------


def test_the_programs_ask_the_host_for_nothing():
    # Tensors on "meta" have shapes and no values: reading one, or a shape that depends on one, raises.
    stack = Stack(GRID, torch.device("meta"))
    stack.roll_out()
    stack.update()
    with pytest.raises(RuntimeError, match=r"meta"):
        stack.c.sum().item()


def test_attention_to_a_shared_prompt_is_attention_to_the_whole_sequence():
    rng = torch.Generator().manual_seed(0)
    (runs, groups, n, heads, w), (start, length) = (2, 3, 4, 2, 5), (4, 6)
    q, k, v = torch.randn(3, runs, groups, n, heads, length, w, generator=rng)
    ahead_k, ahead_v = torch.randn(2, runs, groups, heads, start, w, generator=rng)
    after = torch.ones(length, length, dtype=torch.bool).triu(1)
    pairs = ((ahead_k, k), (ahead_v, v))
    whole = [torch.cat([side[:, :, None].expand(-1, -1, n, -1, -1, -1), own], -2) for side, own in pairs]
    seen = torch.cat([torch.ones(length, start, dtype=torch.bool), ~after], 1)
    expected = torch.nn.functional.scaled_dot_product_attention(q, *whole, attn_mask=seen)
    torch.testing.assert_close(attend_shared(q, (ahead_k, ahead_v), (k, v), after), expected)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"n": 16}, r"has n = 16 and run 0 has 8: give both the same"),
        ({"evaluate_every": 5}, r"has evaluate_every = 5 and run 0 has 20"),
        ({"judged": 4}, r"has judged = 4 and run 0 has 3"),
        ({"prompts": 5}, r"has prompts = 5 and run 0 has 4"),
        ({"task": lm.Countdown(4, 50), "base": "x"}, r"has task = "),
        (
            {"mechanisms": {"novelty": {}}},
            r"cannot be in a stack: .* has novelty\. Train it with the plain lm\.Learner",
        ),
        ({"mechanisms": {"entropy": {"target": 3.0}}}, r"has entropy with a target\. Train it with the plain"),
        ({"updates": 2}, r"has updates = 2 .* plain lm\.Learner"),
        ({"gradient": "exact", "objective": "reinforce"}, r"gradient = 'exact'\. Train it with the plain lm\.Learner"),
    ],
)
def test_runs_that_cannot_be_one_program_are_refused_in_a_sentence(changes, words):
    with pytest.raises(ValueError, match=rf"run 1 .*{words}") as refused:
        StackedLearner([SMALL, SMALL.but(**changes)])
    assert str(refused.value).endswith(".")


def test_bases_of_different_shapes_are_refused(tmp_path):
    small = tmp_path / "small.safetensors"
    checkpoint.write(small, lm.Transformer(SMALL.task, lm.Shape(8, 1, 2)))
    with pytest.raises(ValueError, match=r"bases of one shape, but run 0 .* and run 1"):
        StackedLearner([SMALL, SMALL.but(base=str(small))])


def test_no_config_and_no_steps_left_are_refused():
    with pytest.raises(ValueError, match=r"at least one config"):
        StackedLearner([])
    trainer = StackedLearner([SMALL.but(steps=1)])
    trainer.step()
    with pytest.raises(ValueError, match=r"done all their 1 steps"):
        trainer.step()


def test_a_capture_without_a_gpu_is_refused():
    with pytest.raises(ValueError, match=r"these runs are on the CPU: leave capture out"):
        StackedLearner([SMALL], capture=True)
    assert not StackedLearner([SMALL]).captured


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="CUDA graphs need a GPU")
def test_captured_equals_eager():
    configs = [config.but(device="cuda") for config in GRID]
    captured, again, eager = StackedLearner(configs), StackedLearner(configs), StackedLearner(configs, capture=False)
    assert captured.captured
    assert not eager.captured
    assert torch.equal(captured.stack.weights, eager.stack.weights)  # warming up left no trace
    for _ in range(SMALL.steps):
        for learner in (captured, again, eager):
            learner.step()
        assert torch.equal(captured.stack.tokens, eager.stack.tokens)
        torch.testing.assert_close(captured.stack.weights, eager.stack.weights, rtol=1e-4, atol=1e-5)
    # No kernel in a step draws or adds in an order of its own: two captures do the same to the bit.
    for name, tensor in captured.stack.kept.items():
        assert torch.equal(tensor, again.stack.kept[name]), name
    for ours, theirs in zip(captured.histories(), eager.histories(), strict=True):
        assert [r["pass_at_1"] for r in ours] == [r["pass_at_1"] for r in theirs]


def test_a_program_that_is_not_captured_runs_its_function():
    seen = torch.zeros(1)
    program = Program(lambda: seen.add_(1), [seen], capture=False)
    program()
    assert seen.item() == 1

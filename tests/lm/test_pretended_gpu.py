"""What a GPU would refuse, found without one: every path that may run on a card, on tensors that say they lie there.

Numbers are held to the CPU's to the bit, since the CPU computes both. `test_pretend_device.py` looks at the helper.
"""

import __future__

import inspect
import textwrap
import weakref

import numpy as np
import pytest
import torch

from passk_lab import lm
from passk_lab.lm import adam, answers, base, capture, checkpoint, evaluation, model, training
from passk_lab.lm.stacked import StackedLearner
from tests.lm.pretend_device import PretendGPU, WrongDevice

SMALL = lm.TrainConfig(prompts=4, n=8, watch=4, orders=40, judged=3, steps=6, device="cuda")
"""Small enough for all of the paths below to take seconds."""
GRID = (
    SMALL,
    SMALL.but(objective="pass@k", parameters={"k": 4}, seed=1),
    SMALL.but(objective="maxrl", rate=1e-3, watch=2, mechanisms={"entropy": {"coefficient": 0.05}}),
    SMALL.but(objective="reinforce", seed=4, mechanisms={"kl-reverse": {"coefficient": 0.1}}),
)
COEFFICIENTS = {"annealed-k": {"start": 4, "end": 1}, "entropy": {"target": 3.0}}
GROWING = SMALL.task.answer_length
"""A tree grows by a depth at a time, and how many nodes a depth has is a value that the host has to know."""


def on_cpu(config):
    return config.but(device="cpu")


def flat(model):
    return torch.cat([weight.detach().flatten() for weight in model.parameters()]).cpu()


def untimed(history):
    return [{name: value for name, value in record.items() if name != "seconds"} for record in history]


@pytest.fixture(autouse=True)
def nothing_laid_out_before(monkeypatch):
    monkeypatch.setattr(evaluation, "_LISTED", weakref.WeakKeyDictionary())  # each test has a GPU of its own


# Kernels as small as these, each seen by Python, only lose by a second thread.
pytestmark = pytest.mark.usefixtures("on_one_thread")


class Killed(BaseException):
    """As from outside: nothing in the loop can answer it."""


# -- runs that train as one -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("grid", "captured"),
    [(GRID, True), (GRID, False), (GRID[:1], True)],
    ids=["captured", "eager", "captured, one run"],
)
def test_a_step_of_a_stack_equals_the_cpus_and_asks_the_host_for_nothing(grid, captured):
    theirs = StackedLearner([on_cpu(config) for config in grid])
    with PretendGPU() as gpu:
        ours = StackedLearner(grid, capture=captured)
        assert ours.captured == captured
        gpu.forget()
        for _ in range(2):
            theirs.step()
            ours.step()
        assert not gpu.reads
        assert not gpu.waits
        assert not gpu.races
        histories = ours.histories()
    assert torch.equal(ours.stack.weights, theirs.stack.weights)
    assert histories == theirs.histories()


def test_a_stack_trained_on_a_gpu_is_judged_there():
    short = [config.but(steps=2) for config in GRID[::3]]
    with PretendGPU() as gpu:
        runs = lm.train_stacked(short)
        assert not gpu.races
    for ours, theirs in zip(runs, lm.train_stacked(list(map(on_cpu, short))), strict=True):
        assert ours.history == theirs.history


def test_a_stack_that_was_killed_on_a_gpu_goes_on_there_with_the_cpus_bits(tmp_path, monkeypatch):
    short = [config.but(steps=4, save_every=2, evaluate_every=4) for config in GRID[::3]]
    folders, step = [tmp_path / name for name in "ab"], StackedLearner.step

    def until(learner):
        if learner.done == 3:
            raise Killed
        step(learner)

    with PretendGPU() as gpu:
        with monkeypatch.context() as patch:
            patch.setattr(StackedLearner, "step", until)
            with pytest.raises(Killed):
                lm.train_stacked(short, folders, tmp_path / "kept")
        gpu.forget()
        ours = lm.train_stacked(short, folders, tmp_path / "kept")
        assert not gpu.races
    theirs = lm.train_stacked(list(map(on_cpu, short)))
    for one, other in zip(ours, theirs, strict=True):
        assert one.history == other.history
        assert torch.equal(flat(one.model), flat(other.model))


# -- a run of its own -------------------------------------------------------------------------------------------------


def second_step(config):
    """The learner after two steps, and how often the host waited in the second."""
    with PretendGPU() as gpu:
        learner = lm.Learner(config)
        learner.step()
        gpu.forget()
        learner.step()
    theirs = lm.Learner(on_cpu(config))
    theirs.step()
    theirs.step()
    assert torch.equal(flat(learner.model), flat(theirs.model))
    return gpu.reads.total(), gpu.waits.total()


# Read: the depths of the tree, its widest group, the gradient's norm, the signal to noise. Copied: the
# answers, which are spelled out on the host to tell solutions apart, and the other diagnostics, all together.
PLAIN = (GROWING + 3, 2)
MORE = {
    "count-bonus": (1, 0),  # what each answer is, for the counts over the run
    "kl-cov": (1 + 2 * 3, 0),  # a norm more, and in both updates two means under a mask and a share of a count
    "clip-higher": (1, 0),
    "clip-cov": (1 + 2 * 4, 2),  # and which tokens lie inside, drawn from on the host
}
"""What a mechanism adds; those with a ratio to the sampling policy do two updates."""


@pytest.mark.parametrize("name", ["", *lm.mechanisms.names()])
def test_a_plain_step_stays_on_its_device_and_waits_so_often(name):
    more = {"updates": 2} if name in ("kl-cov", "clip-higher", "clip-cov") else {}
    more |= {"objective": "pass@k", "parameters": {"k": 4}} if name == "annealed-k" else {}
    config = SMALL.but(mechanisms={name: COEFFICIENTS.get(name, {})} if name else {}, **more)
    assert second_step(config) == tuple(map(sum, zip(PLAIN, MORE.get(name, (0, 0)), strict=True)))


@pytest.mark.parametrize("gradient", ["exact", "expected"])
def test_a_step_on_the_exact_gradient_stays_on_its_device(gradient):
    # Read: the depths of the tree, its widest group, the norm. Copied: right answers, their owners and prompts to the
    # GPU, and each p back.
    assert second_step(SMALL.but(objective="reinforce", gradient=gradient)) == (GROWING + 2, 4)


def test_turns_evaluate_on_the_device():
    config = SMALL.but(steps=2, evaluate_every=1)

    def history(config):
        learner = lm.Learner(config)
        run = lm.Run(config)
        return [record for new in lm.turns(learner, run) for record in new]

    with PretendGPU() as gpu:
        ours = history(config)
    assert not gpu.races
    assert untimed(ours) == untimed(history(on_cpu(config)))
    assert [record["kind"] for record in ours] == ["evaluation", *["step", "evaluation"] * 2]


def test_a_run_that_was_killed_on_a_gpu_goes_on_there(tmp_path):
    config = SMALL.but(steps=4, save_every=2, evaluate_every=4, mechanisms={"count-bonus": {}})

    def kill(record):
        if record.get("step") == 3 and record["kind"] == "step":
            raise Killed

    with PretendGPU():
        whole = lm.train(config, tmp_path / "whole")
        with pytest.raises(Killed):
            lm.train(config, tmp_path / "killed", watch=kill)
        resumed = lm.train(config, tmp_path / "killed")
    assert untimed(resumed.history) == untimed(whole.history)
    assert torch.equal(flat(resumed.model), flat(whole.model))
    cpu = lm.train(on_cpu(config))
    assert torch.equal(flat(resumed.model), flat(cpu.model))


def test_a_checkpoint_of_a_gpu_is_read_on_a_cpu_and_the_other_way_round(tmp_path):
    config = SMALL.but(mechanisms={"count-bonus": {}})
    with PretendGPU():
        there = lm.Learner(config)
        there.step()
        checkpoint.write(tmp_path / "there", there.model, *there.state())
        there.step()
    here = lm.Learner(on_cpu(config))
    here.restore(*checkpoint.read(tmp_path / "there"))
    checkpoint.write(tmp_path / "here", here.model, *here.state())
    assert (tmp_path / "here").read_bytes() == (tmp_path / "there").read_bytes()
    here.step()
    with PretendGPU():
        back = lm.Learner(config)
        back.restore(*checkpoint.read(tmp_path / "here"))
        assert {weight.device.type for weight in back.model.parameters()} == {"cuda"}
        assert {part.device.type for side in (back.adam.exp_avg, back.adam.steps) for part in side} == {"cuda"}
        back.step()
    assert torch.equal(flat(here.model), flat(there.model))
    assert torch.equal(flat(back.model), flat(there.model))


def test_a_base_is_trained_on_a_gpu_and_comes_back():
    config = base.BaseConfig(steps=3, batch=16, orders=40, device="cuda")
    with PretendGPU() as gpu:
        ours = lm.train_base(config)
        assert {weight.device.type for weight in ours.parameters()} == {"cpu"}
    assert not gpu.reads
    assert set(gpu.waits) == {line for line in gpu.waits if "base.py" in line}  # the way back
    assert torch.equal(flat(ours), flat(lm.train_base(base.BaseConfig(steps=3, batch=16, orders=40))))


# -- looking ----------------------------------------------------------------------------------------------------------


def looked_at(device):
    policy = lm.Learner(SMALL.but(device=device)).model
    prompt = torch.tensor([[2, 3, 4, 24]], device=policy.logit.device)
    uniforms = torch.full((1, 3, 8), 0.5, dtype=torch.float64, device=policy.logit.device)
    tree = lm.sample_counts(policy, prompt, 1000, np.random.default_rng(0))
    return (
        lm.right_answers(policy, [2, 3, 4], 24),
        lm.sampled_answers(policy, [2, 3, 4], 24, n=100),
        tree.visits().cpu(),
        lm.sample(policy, prompt, uniforms).traces.cpu(),
        lm.sample_plainly(policy, prompt, uniforms).cpu(),
        lm.success(policy, lm.judged_on(SMALL)[1]).p,
    )


def test_a_model_on_a_gpu_can_be_looked_at():
    with PretendGPU():
        ours = looked_at("cuda")
    for here, there in zip(ours, looked_at("cpu"), strict=True):
        assert np.array_equal(here, there)


# -- does it find what it is there for? A device is taken out of what ships -------------------------------------------


def taken_out(monkeypatch, owner, name, words, instead=""):
    """Run a shipped function without some of its words, once."""
    function = inspect.unwrap(getattr(owner, name))
    source, made = textwrap.dedent(inspect.getsource(function)), {}
    assert words in source, f"{name} has been rewritten: take another place"
    as_written = __future__.annotations.compiler_flag
    code = compile(source.replace(words, instead, 1), name, "exec", flags=as_written)
    exec(code, vars(inspect.getmodule(function)), made)
    monkeypatch.setattr(owner, name, made[name])


def one_step():
    lm.Learner(SMALL).step()


def one_stacked_step():
    StackedLearner(GRID).step()


def look():
    answers.right_answers(lm.Learner(SMALL).model, [2, 3, 4], 24)


def judged():
    lm.success(lm.Learner(SMALL).model, lm.judged_on(SMALL)[0])


FORGOTTEN = {
    "uniforms": (one_step, training.SampledPush, "draw", "length)), learner.device)", 'length)), torch.device("cpu"))'),
    "the model": (one_step, training.Learner, "__init__", "load_base(config).to(self.device)", "load_base(config)"),
    "what is sent": (one_step, training, "sent", ".to(device, non_blocking=True)", ""),
    "Adam's count of steps": (one_step, adam.Adam, "__init__", ", device=w.device", ""),
    "right answers": (judged, evaluation, "_list", ".block().to(device)", ".block()"),
    "a prompt to look at": (look, answers, "right_answers", ", device=device", ""),
    "a stack's vectors": (one_stacked_step, capture.Stack, "__init__", ".to(device)", ""),
    "where a run's table begins": (one_stacked_step, model, "_look_up", ", device=index.device", ""),
}
"""What runs, whose function, and the words that are taken out of it or replaced."""


@pytest.mark.parametrize("what", FORGOTTEN)
def test_a_device_that_was_forgotten_is_found(what, monkeypatch):
    run, *words = FORGOTTEN[what]
    taken_out(monkeypatch, *words)
    with PretendGPU(), pytest.raises(WrongDevice, match=r"two devices .* at (passk_lab|tests)/lm/"):
        run()

"""The plan of a grid: which runs go together, where, and why not the others."""

import pytest

from passk_lab import lm
from passk_lab.lm.plan import memory_of_run, plan_of
from passk_lab.lm.stacked import StackedLearner

BASE = lm.TrainConfig(prompts=4, n=8, watch=4)
SEEDS = {f"seed={seed}": BASE.but(seed=seed) for seed in range(6)}
ODD = {"novel": BASE.but(mechanisms={"novelty": {}}), "twice": BASE.but(updates=2)}


def test_on_a_cpu_runs_go_alone_unless_stacks_are_wanted():
    plan = plan_of(SEEDS | ODD, gpu=False)
    assert plan.stacks == ()
    assert plan.singly == dict.fromkeys(SEEDS | ODD, "")
    assert plan.text == "8 runs, each alone on the CPU"
    assert {config.device for config in plan.configs.values()} == {"cpu"}

    plan = plan_of(SEEDS | ODD, stack=True, gpu=False)
    assert plan.stacks == (tuple(SEEDS),)
    assert plan.singly.keys() == ODD.keys()
    assert "this run has novelty (novel)" in plan.text
    assert "updates = 2 and gradient = 'sampled' (twice)" in plan.text


def test_on_a_gpu_what_can_be_is_stacked_there_and_the_rest_stays_on_the_cpu():
    plan = plan_of(SEEDS | ODD, gpu=True)
    assert plan.stacks == (tuple(SEEDS),)
    assert {plan.configs[name].device for name in SEEDS} == {"cuda"}
    assert {plan.configs[name].device for name in ODD} == {"cpu"}
    assert plan.text.splitlines()[0] == "1 stack of 6 runs on the GPU"
    assert plan_of(SEEDS, "cpu", gpu=True).stacks == ()
    assert plan_of(SEEDS, stack=False, gpu=True).stacks == ()


def test_a_run_that_asks_for_the_gpu_by_name_gets_it_alone_too():
    plan = plan_of({"novel": ODD["novel"].but(device="cuda")}, gpu=True)
    assert plan.configs["novel"].device == "cuda"
    assert plan.text.startswith("1 run alone on the GPU: ")


def test_runs_that_differ_in_what_a_program_fixes_go_apart():
    longer = {f"longer={seed}": BASE.but(seed=seed, steps=200) for seed in range(2)}
    plan = plan_of(SEEDS | longer | {"rare": BASE.but(steps=3)}, stack=True, gpu=False)
    assert plan.stacks == (tuple(SEEDS), tuple(longer))
    assert plan.singly == {"rare": "no other run of the grid shares its settings"}


def test_cores_share_the_stacks():
    plan = plan_of(SEEDS, stack=True, jobs=2, gpu=False)
    assert sorted(map(len, plan.stacks)) == [3, 3]
    assert sorted(name for names in plan.stacks for name in names) == sorted(SEEDS)


def test_a_stack_is_no_larger_than_the_device_holds(monkeypatch):
    monkeypatch.setattr("passk_lab.lm.plan._memory", lambda device: int(memory_of_run(BASE) * 2.5 / 0.6))
    assert sorted(map(len, plan_of(SEEDS, gpu=True).stacks)) == [2, 2, 2]


def test_a_stack_that_was_begun_goes_on_as_it_is():
    begun = [("seed=1", "seed=4")]
    plan = plan_of(SEEDS, gpu=False, begun=begun)
    assert plan.stacks == tuple(begun)
    assert len(plan.singly) == 4
    assert plan.text.splitlines() == [
        "1 stack of 2 runs on the CPU, taken up again", "4 runs, each alone on the CPU",
    ]  # fmt: skip


def test_a_gpu_that_is_not_there_is_refused_for_all_and_fails_one_by_itself():
    with pytest.raises(ValueError, match=r"asks for a GPU"):
        plan_of(SEEDS, "cuda", gpu=False)
    plan = plan_of(SEEDS | {"there": BASE.but(device="cuda")}, gpu=False)
    assert plan.configs["there"].device == "cuda"
    assert "there" in plan.singly


def test_a_cluster_without_a_gpu_is_not_asked_for_this_machines(monkeypatch):
    monkeypatch.setattr("torch.cuda.is_available", lambda: True)
    assert plan_of(SEEDS, gpu=False).stacks == ()
    assert {config.device for config in plan_of(SEEDS, stack=True, gpu=False).configs.values()} == {"cpu"}


def test_a_base_that_is_missing_fails_its_run_alone():
    plan = plan_of(SEEDS | {"lost": BASE.but(base="no such file")}, stack=True, gpu=False)
    assert plan.stacks == (tuple(SEEDS),)
    assert plan.singly["lost"].startswith("its base cannot be loaded: there is no checkpoint at")


def test_stacks_side_by_side_share_the_memory(monkeypatch):
    monkeypatch.setattr("passk_lab.lm.plan._memory", lambda device: int(memory_of_run(BASE) * 4.5 / 0.6))
    assert sorted(map(len, plan_of(SEEDS, stack=True, jobs=2, gpu=False).stacks)) == [2, 2, 2]
    assert plan_of(SEEDS, stack=True, jobs=3, gpu=False).singly == dict.fromkeys(SEEDS, "two would fill the memory")


def test_what_was_begun_alone_or_in_a_stack_goes_on_so():
    plan = plan_of(SEEDS, stack=True, gpu=False, apart={"seed=0": "begun alone, they go on so"})
    assert plan.singly == {"seed=0": "begun alone, they go on so"}
    changed = SEEDS | {"seed=1": BASE.but(seed=1, updates=2)}
    plan = plan_of(changed, gpu=False, begun=[("seed=1", "seed=4")])
    assert "seed=1" not in plan.singly


def test_the_memory_counted_is_that_of_the_tensors_there():
    stack = StackedLearner([BASE]).stack
    held = sum(value.nbytes for value in vars(stack).values() if hasattr(value, "nbytes"))
    assert memory_of_run(BASE) > held
    # Twice the samples: the prompts and the weights stay, the rest doubles.
    assert memory_of_run(BASE) < memory_of_run(BASE.but(n=16)) < 2 * memory_of_run(BASE)


def test_fifteen_runs_fit_a_small_gpu():
    assert 15 * memory_of_run(lm.TrainConfig()) < 0.6 * 4 * 2**30

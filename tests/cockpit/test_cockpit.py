"""The cockpit's loop and its Python side, without a browser: what the buttons do, and what the page is told."""

import json
import threading
import time
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pytest
import torch

from passk_lab import cockpit, objectives
from passk_lab.cockpit import numbers, pictures, report
from passk_lab.cockpit.thread import LiveRun
from passk_lab.lm import TrainConfig, evaluation, mechanisms, train
from tests.lm.pretend_device import PretendGPU

SMALL = {"prompts": 4, "n": 8, "judged": 2, "evaluate_every": 5}


@pytest.fixture
def open_cockpit(monkeypatch):
    """Open cockpits, keep what they send, and close them in the end."""
    opened = []

    def open_one(*given, **settings):
        pit = cockpit.open(*given, **{**SMALL, "steps": 2000, **settings})
        pit.sent = []
        monkeypatch.setattr(pit, "send", lambda content, buffers=None: pit.sent.append((content["rows"], buffers[0])))
        pit.wait()
        opened.append(pit)
        return pit

    yield open_one
    for pit in opened:
        pit.close()
    assert threads() == []


def threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "passk-cockpit"]


def weights(pit) -> list[bytes]:
    return [tensor.numpy().tobytes() for tensor in pit.learner.model.state_dict().values()]


def press(pit, do, **more) -> None:
    """As a message from the page does."""
    pit._handle_custom_msg({"do": do, **more}, [])


def seen(rows, block, name) -> list[float]:
    """An axis or a table as the page reads it out of a message."""
    where = rows["tables"].get(name) or rows["axes"][name]
    length = int(np.prod([rows["axes"][dim]["length"] for dim in where.get("dims", [name])]))
    return np.frombuffer(block, dtype="<f4", offset=where["offset"], count=length).tolist()


def all_of(pit, name) -> list[float]:
    return seen(pit._all, pit._all["block"], name)


def test_it_opens_at_the_base_with_its_curve_and_a_hint(open_cockpit):
    pit = open_cockpit()
    assert (pit.phase, pit.done) == ("ready", 0)
    assert pit._view["buttons"] == ["start", "step", "suggest"]
    assert pit.status == "Ready, at the base. Start trains with these choices; a suggestion sets them."
    assert all_of(pit, "unseen") == pytest.approx(pit.run.history[0]["unseen"]["pass_at"], rel=1e-6)
    assert "The base, exactly: held-out pass@1 is" in pit.words
    assert not pit._loop.alive  # a cockpit that does nothing has no thread


def test_a_gpu_where_there_is_none_is_refused_before_anything_begins(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match=r"device = 'cuda' asks for a GPU, but torch .* sees none here"):
        cockpit.open(device="cuda", **SMALL)
    with pytest.raises(ValueError, match=r"Apple's GPU, .* take device='cpu'"):
        cockpit.open(device="mps", **SMALL)
    pit = cockpit.open(device="auto", **SMALL)
    pit.wait()
    pit.close()
    assert pit.run.config.device == "cpu"
    assert "GPU" not in pit.status


@pytest.mark.parametrize("device", ["auto", "cuda"])
def test_it_trains_on_a_gpu_and_says_so(open_cockpit, monkeypatch, device):
    theirs = open_cockpit()
    theirs.step()
    gpu, live = PretendGPU(), LiveRun._live

    def live_there(loop, work):  # the pretence belongs to a thread
        with gpu:
            live(loop, work)

    monkeypatch.setattr(evaluation, "_LISTED", WeakKeyDictionary())  # another pretended GPU may have laid answers out
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(LiveRun, "_live", live_there)
    pit = open_cockpit(device=device)
    assert pit.status.startswith("Ready, at the base on the GPU. Start trains")
    pit.step()
    assert (pit.phase, pit.done) == ("paused", 1)
    assert {gpu.where(weight) for weight in pit.learner.model.parameters()} == {"gpu"}
    assert weights(pit) == weights(theirs)
    assert pit.run.config.device == "cuda"
    assert pictures.of_run(pit.run).title == "A run of grpo, seed 0, on a GPU"
    assert pit._all["samples"] == theirs._all["samples"]


def test_start_pause_and_on_again(open_cockpit):
    pit = open_cockpit()
    pit.start()
    assert pit.wait(6) >= 6
    assert pit._view["buttons"] == ["pause", "stop"]
    pit.pause()
    held = pit.done
    assert (pit.phase, pit._loop.alive) == ("paused", False)
    assert threads() == []  # nobody is left to do a step
    assert pit.done == held
    assert f"Paused after step {held}" in pit._view["said"]
    pit.start()
    assert pit.wait(held + 3) >= held + 3
    pit.pause()
    assert pit.run.steps.step.tolist() == list(range(1, pit.done + 1))


@pytest.fixture
def in_a_step():
    """A mechanism that stands still in its sixth step until `go` is set."""
    there, go = threading.Event(), threading.Event()

    @mechanisms.register("stands still", rule="-", source="a test")
    @dataclass
    class StandsStill(mechanisms.Mechanism):
        steps: float = 0.0

        def credit(self, batch, credit):
            self.steps += 1
            if self.steps == 6:
                there.set()
                assert go.wait(600)
            return credit

    yield "stands still", there, go
    go.set()
    mechanisms.forget("stands still")


def test_a_pause_is_obeyed_within_a_step(open_cockpit, in_a_step):
    mechanism, there, go = in_a_step
    pit = open_cockpit(mechanism=mechanism)
    pit.start()
    assert there.wait(600)
    pausing = threading.Thread(target=pit.pause)
    pausing.start()
    while not pit._loop._halt:  # the pause is asked for, in the middle of the step
        time.sleep(0.001)
    go.set()
    pausing.join()
    assert (pit.phase, pit.done) == ("paused", 6)


def test_the_loop_trains_as_train_does(open_cockpit):
    pit = open_cockpit("pass@k", k=4, steps=12)
    pit.start()
    assert pit.wait() == 12
    assert pit.phase == "finished"
    run = train(pit.run.config)
    ours, theirs = pit.run.steps.drop(columns="seconds"), run.steps.drop(columns="seconds")
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)  # torch may sum in another order on more threads
    assert pit.run.ended == run.ended == "finished"
    assert pit.run.evaluations.step.unique().tolist() == [0, 5, 10, 12]


def test_steps_by_hand_are_the_steps_of_the_loop(open_cockpit):
    one, other = open_cockpit(), open_cockpit()
    for _ in range(3):
        one.step()
    assert (one.phase, one.done) == ("paused", 3)
    other.start()
    other.wait(3)
    other.pause()
    same = [record["pass_at_1"] for record in other.run.step_records][:3]
    assert one.run.steps.pass_at_1.tolist() == same


def test_a_coefficient_changes_while_it_runs(open_cockpit):
    pit = open_cockpit(mechanism="entropy")
    pit.start()
    pit.wait(3)
    pit.change("entropy.coefficient", 0.5)
    assert pit.learner.mechanisms[0].coefficient == 0.5
    pit.change("rate", 1e-4)
    pit.wait(pit.done + 2)
    assert pit.learner.rate == 1e-4
    pit.pause()
    changes = [(made["name"], made["value"]) for made in pit.run.change_records]
    assert changes == [("entropy.coefficient", 0.5), ("rate", 1e-4)]
    assert pit._view["sides"][0]["coefficients"][0]["value"] == 0.5
    assert all_of(pit, "changed") == [r["step"] for r in pit.run.history if r["kind"] == "change"]
    assert len(pit.run.steps) == pit.done  # the history of steps is none the worse for the changes in it


def test_k_changes_while_it_runs_where_there_is_one(open_cockpit):
    pit = open_cockpit("pass@k", k=2)
    pit.start()
    pit.change("k", 8)
    pit.wait(pit.done + 2)
    assert pit.learner.objective.parameters["k"] == 8
    pit.pause()
    pit = open_cockpit("grpo")
    pit.step()
    with pytest.raises(ValueError, match="grpo has no k to change"):
        pit.change("k", 4)


def test_a_refused_value_is_a_sentence_and_the_old_one_stays(open_cockpit):
    pit = open_cockpit(mechanism="unlikeliness")
    pit.start()
    press(pit, "change", name="unlikeliness.strength", value=7)
    view = pit._view
    assert view["refused"]
    assert "strength must lie at or above 0 and at or below 1, but strength = 7" in view["said"]
    assert view["sides"][0]["coefficients"][0]["value"] == 0.5
    assert pit.learner.mechanisms[0].strength == 0.5
    press(pit, "change", name="unlikeliness.strength", value="")
    assert "must be a number" in pit._view["said"]
    assert pit.phase == "running"
    press(pit, "change", name="unlikeliness.strength", value=0.25)
    assert not pit._view["refused"]
    assert pit.learner.mechanisms[0].strength == 0.25


def test_what_is_fixed_is_fixed_until_reset(open_cockpit):
    pit = open_cockpit()
    press(pit, "change", name="objective", value="maxrl")
    assert pit.learner.objective.name == "maxrl"
    pit.step()
    for name, value in (("objective", "grpo"), ("mechanism", "entropy"), ("seed", 1)):
        with pytest.raises(RuntimeError, match=f"the {name} is fixed from Start to Reset"):
            pit.change(name, value)
    pit.reset()
    pit.change("mechanism", "kl-reverse")
    pit.change("seed", 1)
    pit.wait()
    assert pit.run.config.label == "maxrl + kl-reverse (coefficient = 0.1)"
    assert pit.run.config.seed == 1


def test_choices_that_do_not_go_together_are_refused(open_cockpit):
    pit = open_cockpit(n=16)
    press(pit, "change", name="mechanism", value="annealed-k")
    assert "grpo has none: take pass@k" in pit._view["said"]
    assert pit._view["sides"][0]["choices"]["mechanism"] == "none"
    with pytest.raises(KeyError, match="there is no objective called 'gpro'"):
        pit.change("objective", "gpro")
    with pytest.raises(KeyError, match="there is no choice called 'colour'"):
        pit.change("colour", 1)
    with pytest.raises(KeyError, match="there is no mechanism called"):
        cockpit.open(mechanism="entropie")


def test_stop_evaluates_a_last_time_and_keeps_the_learner(open_cockpit):
    pit = open_cockpit(evaluate_every=1000)
    pit.start()
    pit.wait(4)
    pit.stop()
    assert pit.phase == "stopped"
    assert pit.run.evaluations.step.unique().tolist() == [0, pit.done]
    assert pit.run.model is pit.learner.model
    assert pit._view["buttons"] == ["reset", "suggest"]
    with pytest.raises(RuntimeError, match=r"has ended \(stopped after step .*reset it"):
        pit.start()
    pit.stop()  # twice is once
    pit.reset()
    with pytest.raises(RuntimeError, match="no run to stop"):
        pit.stop()
    pit.step()
    pit.stop()  # from a pause as well
    assert pit.run.evaluations.step.unique().tolist() == [0, 1]


def test_reset_gives_the_base_again_bit_for_bit(open_cockpit):
    pit = open_cockpit()
    base = weights(pit)
    pit.start()
    pit.wait(4)
    first = pit.run.steps.pass_at_1[:4].tolist()
    assert weights(pit) != base
    pit.reset()  # in the middle of the run
    assert weights(pit) == base
    assert (pit.phase, pit.done, len(pit.run.history)) == ("ready", 0, 1)
    assert all_of(pit, "step") == []
    pit.start()
    pit.wait(4)
    assert pit.run.steps.pass_at_1[:4].tolist() == first


def test_two_at_once_do_not_disturb_each_other(open_cockpit):
    one, other = open_cockpit("grpo", steps=8), open_cockpit("pass@k", k=4, steps=8, seed=1)
    alone = {}
    for name, pit in (("one", one), ("other", other)):
        pit.start()
        pit.wait()
        alone[name] = (weights(pit), pit.run.steps.pass_at_1.tolist())
        pit.reset()
    one.start()
    other.start()
    one.wait(), other.wait()
    assert (weights(one), one.run.steps.pass_at_1.tolist()) == alone["one"]
    assert (weights(other), other.run.steps.pass_at_1.tolist()) == alone["other"]


def test_close_ends_the_thread(open_cockpit):
    pit = open_cockpit()
    pit.start()
    pit.wait(2)
    pit.close()
    assert not pit._loop.alive
    assert threads() == []
    assert pit.learner.done == pit.done >= 2


def test_a_page_that_is_left_pauses_the_run(open_cockpit):
    pit = open_cockpit()
    pit.start()
    press(pit, "left")
    assert pit.phase == "paused"


@pytest.fixture
def failing():
    @mechanisms.register("fails", rule="-", source="a test")
    @dataclass
    class Fails(mechanisms.Mechanism):
        later: float = 2.0

        def credit(self, batch, credit):
            raise ZeroDivisionError("a mechanism's own mistake")

    yield "fails"
    mechanisms.forget("fails")


def test_an_error_in_the_thread_is_shown(open_cockpit, failing):
    pit = open_cockpit(mechanism=failing)
    pit.start()
    with pytest.raises(RuntimeError, match="ended with an error: ZeroDivisionError"):
        pit.wait()
    assert pit._view["phase"] == "failed"
    assert "ZeroDivisionError: a mechanism's own mistake" in pit._view["said"]
    assert pit._view["buttons"] == ["reset", "suggest"]
    pit.reset()
    assert pit.phase == "ready"


def test_a_breakdown_shows_its_diagnosis(open_cockpit):
    pit = open_cockpit(mechanism="entropy", coefficients={"coefficient": 50}, rate=0.02, evaluate_every=10**6)
    pit.start()
    pit.wait()
    assert pit.phase == "broken"
    assert "broke down: " in pit._view["said"]
    assert "lower" in pit._view["said"] or "not finite" in pit._view["said"]
    assert pit.run.ended.startswith("broke down: ")


def test_rows_come_in_batches_in_order_and_as_plain_numbers(open_cockpit):
    pit = open_cockpit("grpo", mechanism="entropy")
    pit.sent.clear()
    begun = time.perf_counter()
    pit.start()
    pit.wait(40)
    pit.pause()
    seconds = time.perf_counter() - begun
    assert len(pit.sent) <= seconds / 0.2 + 1
    whole = {name: value for name, value in pit._all.items() if name != "block"}
    json.dumps([*(rows for rows, _ in pit.sent), whole, pit._view, pit._spec], allow_nan=False)
    place, steps = pit.sent[0][0]["from"], []
    for rows, block in pit.sent:
        assert rows["from"] == place
        place = rows["to"]
        steps += seen(rows, block, "step")
    assert steps == list(range(1, len(steps) + 1))
    assert all_of(pit, "step") == list(range(1, pit.done + 1))
    assert len(pit._all["samples"]) == SMALL["prompts"]
    assert pit._all["now"][0]["entropy.coefficient"] == 0.05


def test_the_map_shows_the_same_prompts_from_the_hardest_to_the_easiest(open_cockpit):
    pit = open_cockpit(judged=8)
    pit.step()
    pit.stop()
    base, last = np.reshape(all_of(pit, "chance"), (2, numbers.ROWS))
    assert base.tolist() == sorted(base)
    before, after = (np.asarray(pit.run.history[place]["unseen"]["p"]) for place in (0, -1))
    np.testing.assert_allclose(last, after[numbers.shown_prompts(before)], rtol=1e-6)


def test_answers_are_written_as_equations_and_judged_as_the_verifier_does(open_cockpit):
    pit = open_cockpit(prompts=6, n=16)
    seen = set()
    for _ in range(3):
        pit.step()
        batch = pit.learner.push.batch
        for group, (sample, prompt) in enumerate(zip(pit._all["samples"], batch.prompts, strict=True)):
            *given, target = prompt.tolist()
            assert sample["asked"] == f"{' '.join(map(str, given))} → {target}"
            (answer,) = sample["answers"]
            right = bool(batch.right[group, 0])
            assert (answer["fault"] == "") == right
            assert "=" in answer["equation"] or answer["fault"] == "this is no calculation"
            if right:
                assert answer["equation"].endswith(f" = {target}")
            seen.add(right)
    assert seen == {True, False}


def test_the_run_so_far_is_a_figure(open_cockpit):
    pit = open_cockpit("pass@k", k=4)
    pit.step()
    drawn = pit.figure("dark")
    assert [axes.get_title(loc="left") for axes in drawn.axes[4:6]] == [
        "Entropy: how open an answer is",
        "Distinct right solutions in a group of 8",
    ]
    cloud, trend = drawn.axes[4].lines
    assert cloud.get_xydata().tolist() == trend.get_xydata().tolist()  # of one step, the mean is the step
    assert cloud.get_ydata()[0] == pytest.approx(pit.run.steps.entropy[0], rel=1e-6)


def test_what_can_be_chosen(open_cockpit):
    @objectives.register("mine")
    def mine():
        return objectives.get("pass@1")

    @objectives.register("mine, without a table")
    def tableless():
        return objectives.get("log-pass@k")

    try:
        pit = open_cockpit("mean-centred", n=16)
        offered = pit._spec["objectives"]
        assert offered == ["grpo", "pass@1", "pass@k", "pass@k-loo-1", "maxrl", "w-reinforce", "mine", "mean-centred"]
        pit.change("objective", "mine")
        pit.step()
    finally:
        objectives.forget("mine")
        objectives.forget("mine, without a table")
    assert pit._spec["mechanisms"][0] == "none"
    assert "kl-cov" not in pit._spec["mechanisms"]  # it needs two updates a batch
    assert {"entropy", "novelty", "annealed-k"} <= set(pit._spec["mechanisms"])
    assert pit._spec["draws"] == [1, 2, 4, 8, 16]


@pytest.mark.parametrize("objective", ["grpo", "pass@1", "pass@k", "pass@k-loo-1", "maxrl", "w-reinforce"])
def test_every_offered_objective_takes_a_step(open_cockpit, objective):
    pit = open_cockpit(objective)
    for mechanism in pit._spec["mechanisms"]:
        if mechanism == "annealed-k":
            continue
        pit.change("mechanism", mechanism)
        pit.step()
        assert pit.phase == "paused", pit.status
        pit.reset()


def test_the_curve_is_compared_in_words():
    say = report.compared
    assert say([0.2, 0.4], [0.2, 0.4]) == "As its base at every k"
    assert say([0.2, 0.4], [0.3, 0.5]) == "Ahead of its base at every k"
    assert say([0.2, 0.4], [0.1, 0.3]) == "Behind its base at every k"
    assert say([0.2, 0.4, 0.9], [0.3, 0.4, 0.8]) == "Ahead of its base up to k = 1, behind it from k = 4 on"
    assert say([0.2, 0.4, 0.9], [0.1, 0.5, 0.8]) == "Ahead of its base at 1 of 3 k, behind it at 2"


def test_other_threads_keep_their_number_of_threads(open_cockpit):
    before = torch.get_num_threads()
    pit = open_cockpit()
    pit.step()
    assert torch.get_num_threads() == before


def test_a_wait_can_run_out(open_cockpit):
    pit = open_cockpit(steps=10**6)
    pit.start()
    with pytest.raises(TimeoutError, match="it goes on"):
        pit.wait(10**6, timeout=0.2)
    assert pit.phase == "running"


def test_a_config_is_one_of_the_labs(open_cockpit):
    pit = open_cockpit("pass@k", k=4, mechanism="novelty", coefficients={"strength": 0.5})
    assert isinstance(pit.run.config, TrainConfig)
    assert pit.run.config.label == "pass@k (k = 4) + novelty (strength = 0.5)"


def test_to_wait_for_no_step_is_not_to_wait(open_cockpit):
    pit = open_cockpit()
    pit.start()
    assert pit.wait(0) < 2000
    assert pit.phase == "running"


def test_a_k_that_a_mechanism_moves_cannot_be_changed_by_hand(open_cockpit):
    pit = open_cockpit("pass@k", k=4, mechanism="annealed-k", coefficients={"start": 8, "end": 1})
    assert "k" not in pit.learner.changeable()
    pit.step()
    with pytest.raises(KeyError, match="there is no setting called 'k'"):
        pit.change("k", 2)
    assert pit.run.change_records == []


@pytest.mark.parametrize("seed", [1.0, np.int64(1), np.float32(1)])
def test_a_seed_may_come_as_any_whole_number(open_cockpit, seed):
    pit = open_cockpit()
    pit.change("seed", seed)
    pit.wait()
    assert (pit.phase, pit.run.config.seed, pit._view["sides"][0]["choices"]["seed"]) == ("ready", 1, 1)
    assert json.dumps(pit.run.config.to_json())
    pit.step()
    pit.reset()
    pit.wait()
    assert pit.phase == "ready"


def test_a_choice_that_cannot_be_prepared_can_be_taken_back(open_cockpit, monkeypatch):
    pit = open_cockpit()
    monkeypatch.setattr("passk_lab.lm.training.load_base", _no_base)
    pit.change("seed", 1)
    with pytest.raises(RuntimeError, match="the training thread ended with an error"):
        pit.wait()
    assert (pit.phase, pit._view["choosing"], pit._view["buttons"]) == ("failed", True, ["reset", "suggest"])
    monkeypatch.undo()
    press(pit, "reset")  # what was missing is there now
    pit.wait()
    assert (pit.phase, pit.run.config.seed) == ("ready", 1)
    monkeypatch.setattr("passk_lab.lm.training.load_base", _no_base)
    with pytest.raises(OSError, match="there is no base here"):  # this one was evaluated before: it fails at once
        pit.change("seed", 0)
    assert (pit.phase, pit._view["sides"][0]["choices"]["seed"], pit.run.config.seed) == ("ready", 1, 1)
    pit.change("seed", 2)
    with pytest.raises(RuntimeError):
        pit.wait()
    monkeypatch.undo()
    pit.change("seed", 0)
    pit.wait()
    assert (pit.phase, pit.run.config.seed) == ("ready", 0)


def _no_base(config):
    raise OSError("there is no base here")


HOSTILE = [
    None, 5, "start", [], {}, {"do": None}, {"do": []}, {"do": "close"}, {"do": "__init__"}, {"do": "change"},
    {"do": "change", "name": None, "value": 1}, {"do": "change", "name": "seed"},
    {"do": "change", "name": "seed", "value": [1]}, {"do": "change", "name": ["seed"], "value": 1},
    {"do": "change", "name": "seed", "value": {"a": 1}}, {"do": "change", "name": "rate", "value": 10**400},
    {"do": "change", "name": "k", "value": float("nan")}, {"do": "change", "name": "_esm", "value": "alert(1)"},
    {"do": "change", "name": "objective", "value": []}, {"do": "change", "name": "<b>", "value": "\ud800"},
    {"do": "change", "name": "rate", "value": 1e-4, "side": "B"}, {"do": "suggest"}, {"do": "suggest", "name": [1]},
    {"do": "change", "name": "rate", "value": 1, "side": [1]}, {"do": "change", "name": "rate", "value": 1, "side": {}},
]  # fmt: skip


def test_whatever_a_page_says_the_cockpit_stays_as_it_is_and_answers_in_a_sentence(open_cockpit):
    pit = open_cockpit()
    view = {name: it for name, it in pit._view.items() if name not in ("turn", "said", "refused")}
    for asked in HOSTILE:
        pit._handle_custom_msg(asked, [])
        assert view.items() <= pit._view.items(), asked
        assert pit.phase == "ready"
    for name in (*pit.keys, "close", "run", "learner"):
        before = pit.get_state()
        pit.set_state({name: "of the page"})
        assert pit.get_state() == before, name
    pit.step()
    assert pit.phase == "paused"

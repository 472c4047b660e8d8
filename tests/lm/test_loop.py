"""The stream of turns: what each adds, pausing by not reading on, stopping by saying so, and the ends there are."""

import pytest
import torch

from passk_lab.lm import Breakdown, Learner, Run, TrainConfig, train, turns
from passk_lab.lm.breakdown import HOPELESS, diagnosis

CONFIG = TrainConfig(prompts=4, n=8, watch=8, orders=60, judged=2, steps=7, evaluate_every=3, save_every=2, seed=1)


def kinds(new):
    return [(record["kind"], record["step"]) for record in new]


def steady(history):
    return [{key: value for key, value in record.items() if key != "seconds"} for record in history]


def weights(model):
    return b"".join(weight.detach().numpy().tobytes() for weight in model.parameters())


def test_each_turn_is_a_step_an_evaluation_or_both():
    learner, run = Learner(CONFIG), Run(CONFIG)
    got = [kinds(new) for new in turns(learner, run)]
    assert got == [
        [("evaluation", 0)],
        [("step", 1)],
        [("step", 2)],
        [("step", 3), ("evaluation", 3)],
        [("step", 4)],
        [("step", 5)],
        [("step", 6), ("evaluation", 6)],
        [("step", 7), ("evaluation", 7)],
    ]
    assert [record for new in got for record in new] == kinds(run.history)
    assert run.ended == "finished"
    assert list(turns(learner, run)) == [], "a run that has ended has no more turns"


def test_not_reading_on_is_a_pause_and_changes_nothing():
    whole = train(CONFIG)
    learner, run = Learner(CONFIG), Run(CONFIG)
    for number in (2, 1, 3, 100):  # each time by a stream of its own
        stream = turns(learner, run)
        for _ in range(number):
            next(stream, None)
    assert steady(run.history) == steady(whole.history)
    assert weights(learner.model) == weights(whole.model)


def test_a_change_made_between_turns_stays_in_the_history_and_is_not_told_as_a_turns_own():
    learner, run = Learner(CONFIG), Run(CONFIG)
    stream = turns(learner, run)
    next(stream)
    next(stream)
    learner.change("rate", 1e-4)
    run.history.append({"kind": "change", "step": 1, "name": "rate", "value": 1e-4})
    assert kinds(next(stream)) == [("step", 2)]
    assert [record["kind"] for record in run.history] == ["evaluation", "step", "change", "step"]
    assert run.change_records[0]["value"] == 1e-4


@pytest.mark.parametrize("after", [1, 3])
def test_to_stop_is_to_say_so_and_the_last_turn_is_an_evaluation(after):
    learner, run = Learner(CONFIG), Run(CONFIG)
    stream = turns(learner, run)
    for _ in range(1 + after):
        next(stream)
    run.ended = "stopped"
    rest = [kinds(new) for new in stream]
    assert rest == ([] if after == 3 else [[("evaluation", after)]]), "after step 3 it had been evaluated already"
    assert run.ended == "stopped"
    assert learner.done == after


def test_a_breakdown_ends_the_run_with_its_last_evaluation():
    config = CONFIG.but(mechanisms={"entropy": {"coefficient": 50}}, rate=0.02, steps=60, evaluate_every=25)
    run = train(config)
    assert run.broke_down
    assert run.ended.startswith(f"broke down: no sample has been right for {HOPELESS} steps")
    done = len(run.step_records)
    assert done < 60
    assert run.evaluated_at == done


def never_right(learner):
    """Weights under which no answer is right: the policy writes one token only."""
    with torch.no_grad():
        learner.model.logit.zero_()
        learner.model.logit[..., 0] = 1.0
        learner.model.norm_out.fill_(50.0)


@pytest.mark.parametrize("updates", [1, 3])
def test_steps_without_a_right_sample_are_counted_as_steps(updates):
    learner = Learner(CONFIG.but(updates=updates, steps=99))
    never_right(learner)
    for _ in range(HOPELESS - 1):
        assert learner.step()["pass_at_1"] == 0
    with pytest.raises(Breakdown, match=f"no sample has been right for {HOPELESS} steps"):
        learner.step()
    assert learner.done == HOPELESS - 1


def test_a_gradient_that_is_not_finite_stops_before_the_weights():
    learner = Learner(CONFIG)
    with torch.no_grad():
        learner.model.token[0, 5] = float("inf")
    before = weights(learner.model)
    with pytest.raises(
        Breakdown, match=r"the gradient is not finite at step 1 of grpo: entropy .*learning rate 0.0004"
    ):
        learner.step()
    assert weights(learner.model) == before


def test_a_diagnosis_names_what_is_likeliest():
    record = {"pass_at_1": 0.0, "entropy": 20.0}
    far = diagnosis(1.0, HOPELESS, record, 29.0, "step 30 of grpo", "learning rate 0.1")
    near = diagnosis(1.0, HOPELESS, {**record, "entropy": 2.0}, 29.0, "step 30 of grpo", "learning rate 0.1")
    assert "at step 30 of grpo: entropy 20.00 nats an answer, learning rate 0.1 (uniform would be 29.0)" in far
    assert far.endswith("the policy is nearly uniform; lower its coefficient.")
    alone = diagnosis(1.0, HOPELESS, record, 29.0, "step 30 of grpo", "learning rate 0.1, no mechanism")
    assert alone.endswith("the policy has become nearly uniform; lower the learning rate.")
    assert near.endswith("the policy has left the legal answers; lower the learning rate.")
    assert diagnosis(1.0, HOPELESS - 1, record, 29.0, "step 29 of grpo", "learning rate 0.1") == ""

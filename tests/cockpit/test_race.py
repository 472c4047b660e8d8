"""A race of two runs, and the run that went before: in the kernel, without a browser."""

import numpy as np
import pytest
import torch

from passk_lab import cockpit
from passk_lab.cockpit.names import names
from passk_lab.cockpit.pictures import of_runs
from passk_lab.explorers.static import figure
from passk_lab.lm import Run, TrainConfig, train
from tests.cockpit.test_cockpit import all_of, open_cockpit, press, seen, weights  # noqa: F401  (a fixture)
from tests.cockpit.test_pictures import evaluation, step

SMALL = {"steps": 2000, "prompts": 4, "judged": 2, "evaluate_every": 5}
LOO, PLAIN = {"objective": "pass@k-loo-1", "k": 4, "n": 8}, {"objective": "pass@k", "k": 4, "n": 8}


@pytest.fixture
def race(monkeypatch):
    opened = []

    def _race(a=LOO, b=PLAIN, **settings):
        pit = cockpit.race(a, b, **{**SMALL, **settings})
        pit.sent = []
        monkeypatch.setattr(pit, "send", lambda content, buffers=None: pit.sent.append((content["rows"], buffers[0])))
        pit.wait()
        opened.append(pit)
        return pit

    yield _race
    for pit in opened:
        pit.close()


def legend(pit) -> list[str]:
    return [entry["text"] for entry in pit._all["legend"]]


# The run that went before


def test_the_last_run_stays_behind_the_next_with_its_name(open_cockpit):  # noqa: F811
    pit = open_cockpit("pass@k", k=4)
    assert (pit._all["legend"], pit._all["before"]) == ([], False)
    pit.start()
    pit.wait(6)
    pit.stop()
    entropy, curve, last = all_of(pit, "entropy mean"), all_of(pit, "unseen"), pit.done
    pit.reset()
    pit.change("objective", "grpo")
    assert pit.phase == "ready"
    assert all_of(pit, "before entropy mean") == entropy
    assert all_of(pit, "before unseen") == curve
    assert legend(pit) == ["now: grpo", "before: pass@4"]
    assert f"Faint, before (pass@4): held-out, exactly, after step {last}" in pit.words
    pit.step()
    pit.step()
    assert all_of(pit, "before entropy mean") == entropy
    assert len(all_of(pit, "entropy mean")) == 2
    assert f"Faint, before (pass@4): held-out, exactly, after step {last}: pass@1 {curve[0]:.3f}" in pit.words
    assert "before" in {mark.get("label") for mark in pit._all["panels"][0]["marks"]}
    pit.figure()

    press(pit, "clear")
    assert (pit._all["legend"], pit._all["before"]) == ([], False)
    assert "before unseen" not in pit._all["tables"]
    assert "Faint" not in pit.words
    assert len(all_of(pit, "entropy mean")) == 2
    pit.step()
    assert pit.phase == "paused"


def test_only_a_run_that_took_a_step_takes_the_place_of_the_last(open_cockpit):  # noqa: F811
    pit = open_cockpit("pass@k", k=4)
    pit.step()
    pit.reset()
    for objective in ("maxrl", "grpo"):
        pit.change("objective", objective)
    pit.change("rate", 1e-4)
    assert legend(pit) == ["now: grpo, rate 0.0001", "before: pass@4, rate 0.0004"]
    pit.step()
    pit.change("rate", 2e-4)
    pit.reset()
    # Its rate is the one it began with.
    assert legend(pit) == ["now: grpo, rate 0.0002", "before: grpo, rate 0.0001, changed on the way"]


def test_new_rows_do_not_tell_again_what_went_before(open_cockpit):  # noqa: F811
    pit = open_cockpit()
    pit.step()
    pit.reset()
    pit.sent.clear()
    pit.start()
    pit.wait(20)
    pit.pause()
    assert pit.sent
    for rows, _ in pit.sent:
        assert not [name for name in (*rows["tables"], *rows["axes"]) if name.startswith("before")]


def test_runs_are_named_by_what_sets_them_apart():
    loo = TrainConfig(objective="pass@k-loo-1", parameters={"k": 8})

    def named(*configs):
        return names([Run(config) for config in configs])

    assert named(loo, loo) == ["pass@8-loo-1", "pass@8-loo-1"]
    assert named(loo, loo.but(parameters={"k": 4})) == ["pass@8-loo-1", "pass@4-loo-1"]
    assert named(loo, loo.but(n=16)) == ["pass@8-loo-1, n = 32", "pass@8-loo-1, n = 16"]
    assert named(loo, loo.but(seed=1)) == ["pass@8-loo-1, seed 0", "pass@8-loo-1, seed 1"]
    held = TrainConfig(mechanisms={"entropy": {"coefficient": 0.1}})
    assert named(loo, held) == ["pass@8-loo-1, no mechanism", "grpo, entropy (coefficient = 0.1)"]
    assert named(TrainConfig(objective="pass@k-training", parameters={"k": 4})) == ["pass@4-training"]


# A race


def test_both_runs_of_a_race_are_the_runs_that_train_makes(race):
    pit = race(steps=12)
    pit.start()
    assert pit.wait() == 12
    assert pit.phase == "finished"
    for run in pit.runs:
        alone = train(run.config)
        ours, theirs = run.steps.drop(columns="seconds"), alone.steps.drop(columns="seconds")
        np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-6)
        assert run.evaluations.step.unique().tolist() == [0, 5, 10, 12]
    assert pit.run is pit.runs[0]
    assert pit.learner is pit.learners[0]


def test_from_one_seed_both_see_the_same_prompts_and_begin_with_the_same_answers(race):
    pit = race()
    pit.step()
    one, other = (learner.push.batch for learner in pit.learners)
    assert torch.equal(one.prompts, other.prompts)
    assert torch.equal(one.tree.traces, other.tree.traces)  # of one base, with one stream of random numbers
    assert all_of(pit, "pass_at_1") == all_of(pit, "b pass_at_1")
    assert all_of(pit, "gradient_norm") != all_of(pit, "b gradient_norm")
    pit.step()
    one, other = (learner.push.batch for learner in pit.learners)
    assert torch.equal(one.prompts, other.prompts)
    assert {answer["side"] for answer in pit._all["samples"][0]["answers"]} == {"A", "B"}
    # With another n the prompts are the same, and the source says that a step is not the same work.
    pit = race(LOO, {**PLAIN, "n": 16})
    pit.step()
    one, other = (learner.push.batch for learner in pit.learners)
    assert torch.equal(one.prompts, other.prompts)
    assert "draw 8 and 16 answers to each, so that a step is not the same work" in pit._all["source"]


def test_whenever_a_race_is_looked_at_both_are_at_the_same_step(race):
    pit = race()
    pit.sent.clear()
    pit.start()
    pit.wait(8)
    pit.pause()
    assert pit.learners[0].done == pit.learners[1].done == pit.done >= 8
    grown = {"step": [], "b step": []}
    for rows, block in pit.sent:
        assert rows["to"][0][:2] == rows["to"][1][:2]
        for name, values in grown.items():
            values += seen(rows, block, name)
    assert grown["step"] == grown["b step"]
    assert "which says nothing of seconds" in pit._all["source"]
    pit.step()
    pit.stop()
    assert [run.ended for run in pit.runs] == ["stopped", "stopped"]
    assert [run.evaluated_at for run in pit.runs] == [pit.done, pit.done]
    assert pit._all["titles"][0].startswith(f"After step {pit.done}, A: ")
    assert len(pit.figure().axes) >= 8


def test_a_reset_brings_both_back_and_both_stay_behind(race):
    pit = race()
    base = weights(pit)
    pit.step()
    curves = [all_of(pit, name) for name in ("entropy mean", "b entropy mean")]
    pit.reset()
    assert weights(pit) == base
    assert [len(run.history) for run in pit.runs] == [1, 1]
    assert [all_of(pit, name) for name in ("before entropy mean", "before b entropy mean")] == curves
    assert legend(pit) == ["A: pass@4-loo-1", "B: pass@4", "before A: pass@4-loo-1", "before B: pass@4"]
    pit.alone()
    assert legend(pit) == ["now: pass@4-loo-1", "before A: pass@4-loo-1", "before B: pass@4"]
    pit.step()
    pit.reset()
    assert legend(pit) == ["now: pass@4-loo-1", "before: pass@4-loo-1"]


def test_a_change_is_for_one_run_or_for_both(race):
    pit = race()
    pit.step()
    pit.change("rate", 1e-4, side="B")
    assert [learner.rate for learner in pit.learners] == [4e-4, 1e-4]
    pit.change("k", 2)
    assert [learner.objective.parameters["k"] for learner in pit.learners] == [2, 2]
    press(pit, "change", name="k", value=8, side="A")
    assert [side["choices"]["k"] for side in pit._view["sides"]] == [8, 2]
    assert [[change["name"] for change in run.change_records] for run in pit.runs] == [["k", "k"], ["rate", "k"]]
    with pytest.raises(KeyError, match="there is no side called 'C'"):
        pit.change("rate", 1e-4, side="C")
    pit.reset()
    pit.change("objective", "grpo", side="B")
    pit.change("mechanism", "entropy", side="A")
    pit.change("entropy.coefficient", 0.2)  # of the run that has it
    pit.change("seed", 1, side="B")  # the seed is that of both
    pit.wait()
    assert [run.config.seed for run in pit.runs] == [1, 1]
    assert [run.config.objective for run in pit.runs] == ["pass@k-loo-1", "grpo"]
    assert pit.runs[0].config.mechanisms["entropy"]["coefficient"] == 0.2
    pit.step()
    before = pit.runs[0].change_records, pit.learners[0].objective.parameters["k"]
    with pytest.raises(ValueError, match="grpo has no k to change"):
        pit.change("k", 4)
    assert (pit.runs[0].change_records, pit.learners[0].objective.parameters["k"]) == before


def test_what_one_run_refuses_neither_takes(race):
    annealed = {
        "objective": "pass@k",
        "k": 4,
        "n": 8,
        "mechanism": "annealed-k",
        "coefficients": {"start": 8, "end": 1},
    }
    pit = race(LOO, annealed)
    pit.step()
    with pytest.raises(KeyError, match="there is no setting called 'k'"):
        pit.change("k", 2)
    assert pit.learners[0].objective.parameters["k"] == 4
    assert not any(run.change_records for run in pit.runs)
    assert [side["choices"]["k"] for side in pit._view["sides"]] == [4, 4]


def test_one_that_breaks_down_leaves_the_other_to_its_end(race):
    broken = {"objective": "grpo", "n": 8, "mechanism": "entropy", "coefficients": {"coefficient": 50}, "rate": 0.02}
    pit = race(broken, {**PLAIN}, steps=40, evaluate_every=10**6)
    pit.start()
    pit.wait()
    assert pit.phase == "broken"
    assert pit.runs[0].broke_down
    assert pit.runs[1].ended == "finished"
    assert pit.learners[0].done < pit.learners[1].done == pit.done == 40
    assert pit._view["said"].startswith("A: the run broke down: ")
    assert {answer["side"] for sample in pit._all["samples"] for answer in sample["answers"]} == {"B"}
    pit.reset()
    assert pit.phase == "ready"


def test_a_second_run_comes_and_goes_before_the_start(open_cockpit):  # noqa: F811
    pit = open_cockpit("pass@k-loo-1", k=4)
    press(pit, "race")
    assert [run.config.label for run in pit.runs] == ["pass@k-loo-1 (k = 4)", "pass@k (k = 4)"]
    assert len(pit._all["panels"]) == len(pit._all["names"]) == 8
    pit.race("grpo", rate=1e-4)
    assert legend(pit) == ["A: pass@4-loo-1, rate 0.0004", "B: grpo, rate 0.0001"]
    press(pit, "alone")
    assert (len(pit.runs), len(pit._all["panels"]), pit._all["legend"]) == (1, 7, [])
    pit.step()
    press(pit, "race")
    assert "how many runs there are is fixed from Start to Reset" in pit._view["said"]
    assert len(pit.runs) == 1


def test_a_suggestion_is_taken_from_any_rest(open_cockpit):  # noqa: F811
    pit = open_cockpit("grpo", n=32, judged=2)
    pit.step()
    press(pit, "suggest", name="race the two")
    assert pit.phase == "ready"
    assert legend(pit) == ["A: pass@8-loo-1", "B: pass@8", "before: grpo"]
    assert pit._view["said"].startswith("Ready, at the base. A race of pass@8-loo-1 and plain pass@8")
    press(pit, "change", name="k", value=4, side="A")
    assert "A race of" not in pit._view["said"]  # it spoke of other choices
    press(pit, "suggest", name="no such")
    assert "there is no suggestion called 'no such'" in pit._view["said"]
    pit.start()
    with pytest.raises(RuntimeError, match="pause it first, then take a suggestion"):
        pit.suggest("pass@8-loo-1")


@pytest.mark.parametrize(
    ("a", "said"),
    [
        (3, "a is the name of an objective, or a dict"),
        ({"objectiv": "grpo"}, "there is no part of a called 'objectiv'"),
        ({"objective": "gpro"}, "there is no objective called 'gpro'"),
        ({"n": 0}, "n must be"),
    ],
)
def test_a_race_that_cannot_be_is_a_sentence(a, said):
    with pytest.raises((ValueError, KeyError), match=said):
        cockpit.race(a, "grpo", **SMALL)


def test_the_axes_of_a_race_hold_both_runs_and_what_went_before():
    config = TrainConfig(steps=400, n=8, watch=8, judged=2)

    def made_up(steps, norm):
        records = [step(i, gradient_norm=norm) for i in range(1, steps + 1)]
        return Run(config, [evaluation(0, [0.5, 0.25], 0.25), *records, evaluation(steps, [0.75, 0.25], 0.5)])

    description = of_runs([made_up(3, 1.0), made_up(3, 4.5)], [made_up(60, 0.3)])
    ends = {name: float(description.tables[name].values) for name in ("last step", "least norm", "largest norm")}
    assert ends == {"last step": 100, "least norm": 0.25, "largest norm": 8}
    assert description.panels[0].title == "After step 3, A: as B at every k"
    roles = [mark.role for mark in description.panels[0].marks if mark.label in ("A", "B", "before")]
    assert sorted(roles) == ["guide", "pass@1", "pass@k"]
    assert "chance" in description.tables
    assert "b chance" in description.tables
    assert "before chance" not in description.tables
    figure(description, {}).canvas.draw()


def test_a_long_race_and_what_went_before_travel_together():
    config = TrainConfig(steps=2000, n=8, watch=8, evaluate_every=1)
    rng = np.random.default_rng(0)
    history = [evaluation(0, rng.random(400).tolist(), 0.25)]
    for i in range(1, 2001):
        history += [step(i), evaluation(i, rng.random(400).tolist(), 0.5)]
    runs = [Run(config, history) for _ in range(4)]
    description = of_runs(runs[:2], runs[2:])
    assert len(description.axes["step"]) == 1000
    assert description.axes["b evaluated"][-1] == 2000

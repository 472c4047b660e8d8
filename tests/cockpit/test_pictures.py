"""A run's pictures: worked by hand, the same whether told at once or row by row, and drawn of any run."""

import math
import warnings
from dataclasses import replace

import numpy as np
import pytest

from passk_lab import alarm, look
from passk_lab.cockpit import numbers as numbers_module
from passk_lab.cockpit import pictures, report
from passk_lab.cockpit.pictures import Pictures, of_run
from passk_lab.explorers import Explorer
from passk_lab.explorers.static import figure
from passk_lab.lm import Run, TrainConfig, train
from tests.explorers.test_colours import too_close

CONFIG = TrainConfig(
    objective="pass@k", parameters={"k": 4}, steps=100, prompts=4, n=8, watch=8, judged=2, evaluate_every=20
)


def step(number, **diagnostics):
    quiet = {"all_wrong": 0.0, "all_right": 0.0, "silent": 0.0, "pass_at_1": 0.5, "pass_at_k": 0.75, "gap": 0.25}
    rest = {"entropy": 1.0, "distinct": 2.0, "gradient_norm": 1.0}
    return {"kind": "step", "step": number, **quiet, **rest, **diagnostics}


def evaluation(number, p, level):
    curve = [level] * len(numbers_module.DRAWS)
    return {"kind": "evaluation", "step": number, "unseen": {"p": p, "pass_at": curve}, "seen": {"pass_at": curve}}


def made_up(*records):
    return Run(CONFIG, [evaluation(0, [0.5, 0.125, 0.75], 0.25), *records])


def numbers(run, since=None):
    shown = Pictures([run])
    shown.follow()
    axes, tables = shown.numbers(since)
    return {**axes, **{f"{name} of": table.values.tolist() for name, table in tables.items()}}


def test_a_line_is_the_mean_of_the_last_ten_steps():
    run = made_up(*(step(i, pass_at_1=i / 16) for i in range(1, 13)))
    of = numbers(run)
    assert of["step"] == list(range(1, 13))
    assert of["pass_at_1 of"][2] == 3 / 16
    # Step 3: (1 + 2 + 3) / 3 = 2; step 12: (3 + ... + 12) / 10 = 7.5.
    assert of["pass_at_1 mean of"][2] == 2 / 16
    assert of["pass_at_1 mean of"][11] == 7.5 / 16


def test_what_has_no_value_is_left_out_of_the_mean():
    run = made_up(step(1, gradient_norm=math.inf), step(2, gradient_norm=3.0), step(3, gradient_norm=None))
    of = numbers(run)
    assert of["gradient_norm mean of"][1:] == [3, 3]
    assert math.isnan(of["gradient_norm mean of"][0])
    assert math.isnan(of["gradient_norm of"][2])
    assert (of["least norm of"], of["largest norm of"]) == (2, 4)  # powers of two around 3


def test_silent_groups_are_stacked():
    of = numbers(made_up(step(1, all_wrong=0.25, all_right=0.5), step(2, all_wrong=0.75, all_right=0.25)))
    assert of["wrong mean of"] == [0.25, 0.5]
    assert of["alike mean of"] == [0.75, 0.875]


def test_the_axis_of_steps_leaves_room_and_ends_with_the_run():
    for done, end in ((1, 50), (49, 50), (50, 100), (99, 100), (100, 100)):
        assert numbers(made_up(*(step(i) for i in range(1, done + 1))))["last step of"] == end


def test_prompts_keep_the_order_the_base_gave_them():
    of = numbers(made_up(evaluation(20, [0.0, 1.0, 0.25], 0.5)))
    assert of["chance of"] == [[0.125, 0.5, 0.75], [1.0, 0.0, 0.25]]
    assert (of["base of"][0], of["unseen of"][0], of["until of"]) == (0.25, 0.5, 40)
    assert of["border"] == pytest.approx([0, 1 / 3, 2 / 3, 1])


def test_the_trained_k_is_the_last_that_was_chosen():
    assert numbers(made_up())["trained k of"] == 4
    change = {"kind": "change", "step": 3, "name": "k", "value": 16}
    of = numbers(made_up(step(1), change, {**change, "name": "rate", "value": 1e-4}))
    assert (of["trained k of"], of["changed"]) == (16, [3, 3])
    assert math.isnan(numbers(Run(TrainConfig(objective="grpo")))["trained k of"])


def test_rows_told_one_after_the_other_are_the_rows_told_at_once():
    records = [step(i, pass_at_1=i / 32, entropy=1 / i) for i in range(1, 31)]
    records.insert(20, evaluation(20, [0.25, 0.5, 0.125], 0.5))
    records.insert(5, {"kind": "change", "step": 5, "name": "rate", "value": 1e-4})
    run, grown = made_up(), {}
    shown = Pictures([run])
    for record in [None, *records]:
        run.history += [record] if record else []
        since = shown.place
        shown.follow()
        axes, tables = shown.numbers(since)
        for name, more in axes.items():
            grown[name] = grown.get(name, []) + list(more) if name in numbers_module.GROWING else list(more)
        for name, table in tables.items():
            more = table.values.tolist()
            grows = table.dims and table.dims[0] in numbers_module.GROWING
            grown[f"{name} of"] = grown.get(f"{name} of", []) + more if grows else more
    whole = numbers(run)
    assert grown.keys() == whole.keys()
    for name, values in whole.items():
        np.testing.assert_array_equal(grown[name], values, err_msg=name)


def test_a_long_run_is_thinned_and_keeps_its_ends_and_its_means():
    run = made_up(*(step(i, entropy=float(i)) for i in range(1, 5001)))
    description = of_run(run)
    steps = description.axes["step"]
    assert (len(steps), steps[0], steps[-1]) == (numbers_module.STEPS, 1, 5000)
    assert description.tables["entropy mean"].values[-1] == 4995.5  # of the last ten steps, not of the last ten shown


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_figure_is_drawn_inside_its_frame(theme):
    run = train(replace(CONFIG, steps=6, evaluate_every=3))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = figure(of_run(run), {}, theme)
        drawn.canvas.draw()
    assert drawn.get_facecolor() == pytest.approx(
        [int(look.GROUND[theme][i : i + 2], 16) / 255 for i in (1, 3, 5)] + [1]
    )
    titles = [axes.get_title(loc="left") for axes in drawn.axes[:7]]
    assert "held-out prompts" in titles[1].replace("\n", " ")
    for axes in drawn.axes[:7]:
        box = axes.title.get_window_extent()
        assert box.x0 >= drawn.bbox.x0 - 1
        assert box.x1 <= drawn.bbox.x1 + 1


def test_a_run_without_a_record_and_a_finished_one_are_explorers():
    assert Explorer(of_run(Run(CONFIG))).words == ""
    explorer = Explorer(of_run(made_up(step(1))))
    assert "Step 1 of 100" in explorer.words
    assert explorer.state == "run?"


@pytest.mark.parametrize("gradient", ["exact", "expected"])
def test_a_run_without_samples_has_pictures_too(gradient):
    run = train(TrainConfig(gradient=gradient, steps=2, prompts=4, n=8, watch=8, judged=2, device="cpu"))
    description = pictures.of_run(run)
    assert "in the batch pass@1 is" in description.sentences[0]
    assert "entropy" not in description.sentences[0]
    assert figure(description, {}).axes


def test_where_a_mechanism_moves_k_no_k_is_marked():
    assert numbers(made_up(step(1)))["trained k of"] == 4
    moved = made_up(step(1))
    moved.config = CONFIG.but(mechanisms={"annealed-k": {"start": 8, "end": 1}})
    assert math.isnan(numbers(moved)["trained k of"])


def with_solutions(distinct):
    """A run as it would have been seen, with so many distinct right solutions a group at each step."""
    return made_up(*(step(i + 1, distinct=value) for i, value in enumerate(distinct)))


def test_the_alarm_of_the_study_rings_once_a_whole_window_is_beyond_it():
    one = alarm.measured()["distinct"]
    below = one.alarm.threshold - 0.01
    assert "Alarm" not in report.words([with_solutions([2.0] * 10 + [2 * below] * 9)])  # the window is not whole
    assert "Alarm" not in report.words([with_solutions([2.0] * 10 + [2 * (below + 0.02)] * 10)])
    run = with_solutions([2.0] * 10 + [2 * below] * 10 + [2.0] * 10)
    said = alarm.rung(run.step_records)
    assert said.startswith(
        "Alarm at step 20: distinct right solutions in a group, as the mean of 10 steps, below 0.65 of"
    )
    assert f"in {one.warned} of the {one.fell} that fell" in said
    assert report.words([run]).endswith(f" {said}")


def test_what_draws_no_samples_rings_no_alarm():
    run = with_solutions([2.0] * 20)
    for record in run.step_records:
        del record["distinct"]
    assert "Alarm" not in report.words([run])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_in_one_picture_are_told_apart_by_every_eye(theme):
    runs = [made_up(step(1)), made_up(step(1))]
    for description in (of_run(runs[0]), pictures.of_runs(runs, before=runs)):
        assert description.panels
        assert [too_close(panel, theme) for panel in description.panels if too_close(panel, theme)] == []

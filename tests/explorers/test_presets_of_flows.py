"""What the presets of the exact flows say, beside what their pictures show."""

import numpy as np
import pytest

from passk_lab import explorers, metrics


def at(explorer, label, **more):
    """The numbers an explorer shows once a preset is pressed."""
    state = next(preset.state for preset in explorer().description.presets if preset.label == label)
    return explorer(**{**state, **more}).numbers


def test_early_two_clocks_are_side_by_side():
    early = at(explorers.same_path, "early")
    assert early["p4"] == pytest.approx(early["p16"], rel=0.01)
    assert early["p4"] > early["p1"]
    assert metrics.weight_at_k(0.1, 4) == pytest.approx(3, abs=0.3)
    assert metrics.weight_at_k(0.1, 16) == pytest.approx(3, abs=0.3)


def test_late_two_are_still_on_the_way_and_of_equal_ones_none_is_ahead():
    late = at(explorers.same_path, "late")
    assert late["p1"] > 0.9999 > 0.999 > late["p4"] > late["p16"]
    equal = at(explorers.same_path, "no one ahead")
    for k in (1, 4, 16):
        assert equal[f"first{k}"] == pytest.approx(equal[f"p{k}"] / 2, rel=1e-5)


def test_late_under_pass_at_16_the_second_answer_only_loses():
    times = explorers.collapse().description.axes["t"]
    alive = [at(explorers.collapse, "late under pass@16", t=t)["effective"] for t in times]
    assert (np.diff(alive) < 0).all()


def test_a_strong_bonus_keeps_all_and_a_weak_one_brings_them_back():
    strong, nothing = (at(explorers.held_open, label) for label in ("a strong entropy bonus", "nothing"))
    assert strong["effective"] == pytest.approx(4, abs=1e-3)
    assert nothing["effective"] == pytest.approx(1, abs=1e-3)
    assert strong["p"] == pytest.approx(0.9, abs=0.01)
    weak, forward = (at(explorers.held_open, label) for label in ("a weak one, after a while", "forward KL"))
    assert weak["effective"] < 1.05 < 1.3 < forward["effective"]
    last = explorers.held_open().description.axes["t"][-1]
    assert at(explorers.held_open, "a weak one, after a while", t=last)["effective"] == pytest.approx(4, abs=1e-2)
    start, end = (at(explorers.held_open, "forward KL", t=t) for t in (0, last))
    assert end["effective"] == pytest.approx(start["effective"], abs=1e-2)
    assert end["p"] < 0.98 < weak["p"]


def test_under_pass_at_16_a_bonus_keeps_all_sixteen_open():
    shown = at(explorers.held_open, "a bonus under pass@16")
    assert shown["effective"] == pytest.approx(4, abs=1e-3)
    assert shown["best"] > 0.99
    assert shown["p"] == pytest.approx(1 / 3, abs=0.01)
    assert (shown["p"] / 4) / ((1 - shown["p"]) / 12) == pytest.approx(1.5, abs=0.05)


def test_of_many_easy_prompts_the_weight_is_down_at_k_4():
    assert (
        at(explorers.interference, "many easy prompts")["easy"]
        > 0
        > at(explorers.interference, "many easy prompts", k=4)["easy"]
    )
    assert metrics.weight_at_k(0.8, 4) == pytest.approx(0.03, abs=0.005)
    for k in explorers.interference().description.axes["k"]:
        agreed = at(explorers.interference, "agreement", k=k)
        assert min(agreed["easy"], agreed["hard"]) > 0
    assert at(explorers.interference, "agreement")["turned"] < 90 < at(explorers.interference, "against")["turned"]


def test_the_mixture_nears_one_half_and_pass_at_1_leaves_the_other_strategy():
    assert at(explorers.strategies, "probability matching")["now"] == pytest.approx(0.75, abs=1e-4)
    assert at(explorers.strategies, "large k")["now"] == pytest.approx(0.5, abs=0.02)
    left = 1 - at(explorers.strategies, "k = 1")["now"]
    assert 0 < left < 1e-4  # hardly drawn any more, and so not lost to many draws
    assert 0.6 * 1 + 0.4 * metrics.success_at_k(left, 1024) == pytest.approx(0.610, abs=5e-4)

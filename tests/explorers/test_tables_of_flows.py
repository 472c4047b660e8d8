"""The tables of explorers that are computed in a hurry against flows that take their time."""

import numpy as np
import pytest

from passk_lab import exact, explorers, objectives


def slowly(start, objective, anchor, times):
    """The flow with a parameter for every answer, solved a million times as closely as for the picture."""
    apart = exact.Bandit(start.logits[0], start.correct[0], features=np.eye(start.logits.size))
    return exact.flow(apart, objective, until_time=2e5, times=times, anchor=anchor, accuracy=1e-11)


@pytest.mark.parametrize(
    ("hold", "anchor"),
    [
        ("nothing", None),
        ("entropy bonus", exact.entropy_bonus(0.03)),
        ("reverse KL to the start", exact.kl_to_start(0.03)),
        ("forward KL to the start", exact.kl_to_start(0.03, forward=True)),
    ],
)
@pytest.mark.parametrize("k", [1, 16])
def test_what_holds_a_policy_open_is_right_to_a_tenth_of_a_pixel(hold, anchor, k):
    shown = explorers.held_open().description
    start = exact.several_correct((0.05, 0.04, 0.03, 0.02), wrong=12)
    path = slowly(start, objectives.get("pass@k", k=k), anchor, shown.axes["t"])
    wanted_at = {"objective": f"pass@{k}", "hold": hold, "strength": 0.03}
    place = tuple(list(shown.axes[dim]).index(value) for dim, value in wanted_at.items())
    states = path.states()
    wanted = {
        "policy": (path.policy, 1e-4),
        "p": (path.p, 5e-5),
        "best": (path.pass_at_k(16), 5e-5),
        "distinct": ([state.distinct(16) for state in states], 5e-4),
        "effective": ([state.effective_correct for state in states], 4e-4),
        "entropy": ([state.entropy for state in states], 2e-4),
    }
    for name, (values, error) in wanted.items():
        np.testing.assert_allclose(shown.tables[name].values[place], values, rtol=0, atol=error, err_msg=name)


@pytest.mark.parametrize("shown", [explorers.collapse, explorers.held_open])
def test_the_world_of_the_pictures_is_the_one_that_a_notebook_gets_without_asking(shown):
    start = shown().description.tables["policy"].values[..., 0, :]  # t = 0
    np.testing.assert_allclose(start, np.broadcast_to(exact.several_correct().policy, start.shape), rtol=1e-6)

"""Worlds with false acceptances: paths by the lab's flow, closed forms by a grid, and literals."""

import numpy as np
import pytest

from passk_lab import exact, objectives

SIXTEEN = objectives.get("pass@k", k=16)


@pytest.mark.parametrize("objective", ["pass@1", "maxrl", SIXTEEN], ids=lambda it: getattr(it, "label", it))
def test_on_one_prompt_an_objective_says_when_and_not_who(objective):
    world = exact.false_answer()
    at = {}
    for s in (0.2, 0.5, 0.9):
        path = exact.flow(world.bandit, objective, until_p=s)
        at[s] = world.right_p(path)[-1], world.false_p(path)[-1]
    assert [round(float(right), 5) for right, _ in at.values()] == [0.02504, 0.01788, 0.00379]
    assert round(float(at[0.9][1]), 5) == 0.89621


def test_when():
    times = [exact.flow(exact.false_answer().bandit, o, until_p=0.9).time[-1] for o in ("pass@1", "maxrl", SIXTEEN)]
    assert times == pytest.approx([38.5, 14.7, 4.9e13], rel=5e-3)


def test_swapped_the_right_one_wins():
    world = exact.false_answer(right=0.05, false=0.02)
    path = exact.flow(world.bandit, "pass@1", until_p=0.9)
    assert world.right_p(path)[-1] == pytest.approx(0.89621, abs=1e-5)
    np.testing.assert_allclose(world.right_p(path) + world.false_p(path), path.p, atol=1e-12)


@pytest.mark.parametrize(
    ("objective", "false"),
    [
        ("pass@1", (0.0105, 0.0120)),
        ("grpo", (0.0131, 0.0234)),
        (objectives.get("pass@k", k=4), (0.0151, 0.899)),
        ("maxrl", (0.0866, 0.843)),
        (SIXTEEN, (0.600, 0.900)),
    ],
    ids=lambda it: getattr(it, "label", it if isinstance(it, str) else None),
)
def test_over_prompts_an_objective_says_which_are_learned(objective, false):
    world = exact.solvable_and_not()
    path = exact.flow(world.bandit, objective, states=2000)
    right, wrong = world.right_p(path), world.false_p(path)
    assert np.interp([0.6, 0.9], right[:, 0], wrong[:, 1]) == pytest.approx(false, abs=5.1e-4, rel=1e-3)
    assert not right[:, 1].any()
    assert not wrong[:, 0].any()


@pytest.mark.parametrize(
    ("h", "r", "a", "k"), [(0.5, 0.9, 0.001, 16), (0.3, 0.6, 0.01, 4), (0.5, 0.9, 0.001, None), (0.9, 0.5, 0.2, 3)]
)
def test_the_best_share_of_honest_work_is_that_of_a_grid(h, r, a, k):
    grid = np.linspace(0, 1, 200_001)[:-1]
    one, two = a + grid * (r - a), (1 - grid) * a
    goal = (1 - h) * np.log(one) + h * np.log(two) if k is None else -(1 - h) * (1 - one) ** k - h * (1 - two) ** k
    assert exact.honest_share(h, r, a, k) == pytest.approx(grid[goal.argmax()], abs=1e-4)


@pytest.mark.parametrize("k", [4, 16, None])
def test_training_comes_to_rest_at_the_best_share(k):
    objective = "maxrl" if k is None else objectives.get("pass@k", k=k)
    world = exact.lottery(false_positive=0.01, honest=0.7)
    path = exact.flow(world.bandit, objective)
    share = world.right_p(path)[-1, 0] / 0.9
    assert share == pytest.approx(exact.honest_share(0.5, 0.9, 0.01, k), rel=1e-6)


def test_tickets_by_hand():
    """pass@16 gives 60 % of pass@1 away for four thousandths of what is seen of itself."""
    shares = [exact.honest_share(0.5, 0.9, 0.001, k) for k in (1, None, 16)]
    assert [round(x, 4) for x in shares] == [1, 0.4994, 0.4048]
    worlds = [exact.lottery(honest=x) for x in (1 - 1e-12, shares[2])]
    true = [float(w.bandit.weights @ w.right_p(w.bandit)) for w in worlds]
    assert [round(x, 3) for x in true] == [0.45, 0.182]
    assert round(worlds[1].bandit.value(SIXTEEN) - worlds[0].bandit.value(SIXTEEN), 4) == 0.0044
    assert exact.honest_share(0.9, 0.5, 0.2, 1) == 1.0 * (0.1 * 0.3 > 0.9 * 0.2)


@pytest.mark.parametrize(("n", "kept"), [(16, True), (900, True), (1100, False)])
def test_groups_guard_likelihood_while_a_false_acceptance_in_them_is_rare(n, kept):
    """At h = 1/2 and a = 1/1000 all honest is where MaxRL in groups of n rests while n a < 1."""
    h, r, a = 0.5, 0.9, 0.001
    solvable, unsolvable = objectives.effective_weight("maxrl", n, [r, 0.0])
    assert ((1 - h) * (r - a) * solvable > h * a * unsolvable) is np.bool_(kept)


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: exact.false_answer(0.5, 0.5), "a sum below 1, but have 1"),
        (lambda: exact.solvable_and_not(right=1), "right must lie strictly between 0 and 1"),
        (lambda: exact.honest_share(0.5, 0.1, 0.2), "honest work must pass more often"),
        (lambda: exact.Judged(exact.one_among(3), [True, False]), r"in shape \(3,\)"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(call, says):
    with pytest.raises(ValueError, match=says):
        call()


def test_a_path_or_a_policy_is_asked():
    with pytest.raises(TypeError, match="where must be a Flow or a Bandit"):
        exact.false_answer().right_p([0.5])

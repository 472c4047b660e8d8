"""Along a flow: the same path by another clock, the states it keeps, several prompts, and where it cannot start."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from passk_lab import objectives
from passk_lab.exact import (
    Anchor,
    Bandit,
    easy_and_hard,
    entropy_bonus,
    flow,
    kl_to_start,
    several_correct,
    two_strategies,
)
from passk_lab.metrics import success_at_k
from tests.exact import oracles

PASS_AT = {k: objectives.get("pass@k", k=k) for k in (1, 2, 4, 16)}
UNEVEN = several_correct((0.05, 0.02, 0.04, 0.001), wrong=5)


# --- the same path ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [0.12, 0.3, 0.6, 0.9])
def test_every_objective_of_p_takes_one_prompt_along_the_same_path(p):
    ends = {k: flow(UNEVEN, objective, until_p=p) for k, objective in PASS_AT.items()}
    for other in ("maxrl", "grpo", "log-pass@k", "risk-sensitive", "pass@k-training"):
        ends[other] = flow(UNEVEN, other, until_p=p)
    for name, path in ends.items():
        np.testing.assert_allclose(path.policy[-1], ends[1].policy[-1], rtol=1e-6, err_msg=str(name))
    # Only the clocks differ: by then pass@16 has taken less time than pass@1, or far more.
    assert (ends[16].time[-1] < ends[1].time[-1]) == (p == 0.12)


def test_with_an_anchor_or_a_second_prompt_the_paths_part():
    held = [flow(UNEVEN, PASS_AT[k], until_p=0.4, anchor=entropy_bonus(0.05)).policy[-1] for k in (1, 16)]
    assert abs(held[0] - held[1]).max() > 1e-3
    shared = [flow(easy_and_hard(60), PASS_AT[k], until_time=50.0).p[-1] for k in (1, 16)]
    assert abs(shared[0] - shared[1]).max() > 1e-2


def test_time_runs_by_the_scale_of_the_objective():
    # lam = 1 doubles the objective, so the path is the same at half the time.
    once, twice = flow(UNEVEN, "pass@1", until_p=0.5), flow(UNEVEN, objectives.get("w-reinforce", lam=1), until_p=0.5)
    np.testing.assert_allclose(2 * twice.time, once.time, rtol=1e-6)


# --- equal answers ------------------------------------------------------------------------------------------------

EQUAL = several_correct((0.05, 0.04, 0.04), wrong=6)


def each_its_own(bandit):
    """The same bandit with features that share nothing: every answer then keeps a parameter of its own."""
    return Bandit(bandit.logits[0], bandit.correct[0], features=np.eye(bandit.logits.size))


@pytest.mark.parametrize("anchor", [None, entropy_bonus(0.05), kl_to_start(0.1), kl_to_start(0.1, forward=True)])
@pytest.mark.parametrize("k", [1, 4])
def test_equal_answers_move_together_and_as_if_each_had_its_own_parameter(k, anchor):
    times = [0.0, 3.0, 30.0, 3e3]
    together, apart = (
        flow(b, PASS_AT[k], until_time=1e4, times=times, anchor=anchor, accuracy=1e-11)
        for b in (EQUAL, each_its_own(EQUAL))
    )
    np.testing.assert_allclose(together.theta, apart.theta, rtol=0, atol=1e-7)
    assert together.theta.shape == (4, 9)
    np.testing.assert_array_equal(together.theta[:, 1], together.theta[:, 2])
    assert together.at_rest == apart.at_rest


def test_they_go_on_together_from_where_a_path_stopped():
    half = flow(EQUAL, "pass@1", until_time=20.0).states()[-1]
    assert np.abs(half.theta).max() > 0.1
    rest = flow(half, "pass@1", until_time=20.0)
    np.testing.assert_array_equal(rest.theta[0], half.theta)
    np.testing.assert_allclose(rest.theta[-1], flow(EQUAL, "pass@1", until_time=40.0).theta[-1], rtol=0, atol=1e-7)


def test_an_anchor_that_tells_equal_answers_apart_moves_them_apart():
    favour = np.zeros((1, 9))
    favour[0, 5] = 1.0  # log of one wrong answer's chance, with gradient e - pi
    mine = Anchor("mine", 0.2, lambda pi, _: np.log(pi[:, 5]), lambda pi, _: favour - pi)
    ends = [flow(b, "pass@1", until_time=5.0, anchor=mine).policy[-1] for b in (EQUAL, each_its_own(EQUAL))]
    np.testing.assert_allclose(*ends, rtol=0, atol=1e-8)
    assert ends[0][5] > 2 * ends[0][6]


@pytest.mark.parametrize("anchor", [None, entropy_bonus(0.05), kl_to_start(0.1)])
def test_one_prompt_flows_as_it_does_beside_one_that_does_not_count(anchor):
    # Alone it has a gradient of its own, in plain numbers; beside another it goes the way of several.
    logits, right = EQUAL.logits[0], EQUAL.correct[0]
    two = Bandit([logits, logits[::-1]], [right, right[::-1]], weights=[1, 0])
    alone, beside = (flow(b, PASS_AT[4], until_time=30.0, states=5, anchor=anchor) for b in (EQUAL, two))
    np.testing.assert_allclose(alone.p[-1], beside.p[-1, 0], rtol=0, atol=1e-8)
    np.testing.assert_allclose(alone.policy[-1], beside.policy[-1, 0], rtol=0, atol=1e-8)


# --- the states it keeps --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("states", [2, 3, 50, 200])
@pytest.mark.parametrize("bandit", [UNEVEN, two_strategies(0.6, 0.3), easy_and_hard()], ids=["one", "two", "features"])
def test_the_first_state_is_the_start_and_time_increases(bandit, states):
    path = flow(bandit, "pass@k", states=states)
    assert len(path.time) == len(path.theta) == len(path.states()) == len(path.p) == states
    assert path.time[0] == 0
    np.testing.assert_array_equal(path.theta[0], bandit.theta)
    np.testing.assert_array_equal(path.states()[0].policy, bandit.policy)
    assert (np.diff(path.time) > 0).all()


def test_the_states_of_one_prompt_as_prompts_say_the_same():
    path = flow(EQUAL, "pass@k", until_time=100.0, states=6)
    together = path.as_prompts()
    for name in ("policy", "p", "entropy", "effective_correct"):
        wanted = [getattr(state, name) for state in path.states()]
        np.testing.assert_allclose(getattr(together, name), wanted, rtol=1e-13, err_msg=name)
    np.testing.assert_allclose(together.distinct(16), [state.distinct(16) for state in path.states()], rtol=1e-13)
    with pytest.raises(ValueError, match=r"each state of this path has 2 prompts.*\.$"):
        flow(easy_and_hard(60), "pass@k", until_time=1.0, states=2).as_prompts()


def test_what_a_path_says_is_what_its_states_say():
    for bandit in (UNEVEN, easy_and_hard(), Bandit(np.zeros((2, 3)), np.eye(3, dtype=bool)[:2], weights=[3, 1])):
        path = flow(bandit, "pass@k", until_time=30.0, states=7)
        states = path.states()
        np.testing.assert_allclose(path.policy, [state.policy for state in states], rtol=1e-13)
        np.testing.assert_allclose(path.p, [state.p for state in states], rtol=1e-13)
        for k in (1, 8):
            wanted = [bandit.weights @ np.atleast_1d(success_at_k(state.p, k)) for state in states]
            np.testing.assert_allclose(path.pass_at_k(k), wanted, rtol=1e-13)
            assert path.pass_at_k(k).shape == (7,)


def test_with_one_prompt_a_path_has_no_axis_for_prompts_whether_it_has_features_or_not():
    plain, with_features = Bandit([0.0, 1.0, 2.0], [0]), Bandit([0.0, 1.0, 2.0], [0], features=np.eye(3))
    paths = [flow(bandit, "pass@1", until_p=0.5, states=5) for bandit in (plain, with_features)]
    for path in paths:
        assert path.policy.shape == (5, 3)
        assert path.p.shape == (5,)
    np.testing.assert_allclose(paths[1].policy, paths[0].policy, rtol=1e-9)


@pytest.mark.parametrize("objective", ["pass@1", "pass@k"])
def test_states_at_chosen_times_are_where_flows_to_these_times_end(objective):
    times = [0.0, 0.5, 3.0, 40.0, 41.0, 1e4, 1e9, 1e15]
    path = flow(UNEVEN, objective, times=times)
    assert path.time.tolist() == times
    np.testing.assert_array_equal(path.theta[0], UNEVEN.theta)
    for time, theta in zip(times[1:], path.theta[1:], strict=True):
        np.testing.assert_allclose(theta, flow(UNEVEN, objective, until_time=time).theta[-1], rtol=0, atol=1e-6)


def test_a_dense_list_of_times_makes_a_smooth_movie():
    times = np.linspace(0.0, 20.0, 401)
    path = flow(UNEVEN, "pass@1", times=times)
    assert (np.diff(path.p) > 0).all()
    steps = np.diff(path.theta, axis=0) / np.diff(times)[:, None]
    middle = [UNEVEN.at((a + b) / 2).gradient("pass@1") for a, b in zip(path.theta, path.theta[1:], strict=False)]
    np.testing.assert_allclose(steps, middle, rtol=0, atol=1e-6)


def test_after_the_end_the_last_state_stands():
    ends = flow(UNEVEN, "pass@1", until_p=0.5)
    path = flow(UNEVEN, "pass@1", until_p=0.5, times=[0.0, ends.time[-1] / 2, 2 * ends.time[-1], 1e30])
    np.testing.assert_allclose(path.theta[2:], [ends.theta[-1]] * 2, rtol=0, atol=1e-8)
    assert path.time[-1] == 1e30
    assert path.p[1] < 0.5


def test_chosen_times_need_not_start_at_0():
    np.testing.assert_allclose(
        flow(UNEVEN, "pass@1", times=[5.0, 6.0]).theta,
        flow(UNEVEN, "pass@1", times=[0.0, 5.0, 6.0]).theta[1:],
        atol=1e-9,
    )


def test_a_flow_can_be_taken_up_where_it_was_left():
    whole = flow(UNEVEN, "pass@k", until_time=100.0)
    half = flow(UNEVEN, "pass@k", until_time=40.0).states()[-1]
    rest = flow(half, "pass@k", until_time=60.0)
    np.testing.assert_array_equal(rest.theta[0], half.theta)
    np.testing.assert_allclose(rest.theta[-1], whole.theta[-1], rtol=0, atol=1e-7)
    # KL is to where this flow started, not to where the bandit was built.
    held = flow(half, "pass@k", until_time=1e-3, anchor=kl_to_start(100.0), states=2)
    np.testing.assert_allclose(held.theta[-1], half.theta + 1e-3 * half.gradient("pass@k"), rtol=0, atol=1e-5)


def test_a_coarser_accuracy_is_near_enough_for_a_picture():
    fine, coarse = (flow(UNEVEN, "pass@k", until_p=0.9, accuracy=a) for a in (1e-9, 1e-5))
    assert coarse.time[-1] == pytest.approx(fine.time[-1], rel=1e-3)
    assert coarse.time[-1] != fine.time[-1]


def test_success_probabilities_along_a_path_stay_in_their_range():
    path = flow(Bandit([-50.0, 2.57307853, -0.3120007, 3.86786858, 1.36433718], [1, 2, 3, 4]), "pass@1")
    assert ((path.p >= 0) & (path.p <= 1)).all()


# --- several prompts ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("objective", "anchor"),
    [
        ("pass@1", None),
        ("pass@k", entropy_bonus(0.02)),
        ("maxrl", kl_to_start(0.3)),
        ("grpo", kl_to_start(0.3, forward=True)),
    ],
    ids=["alone", "entropy", "reverse KL", "forward KL"],
)
def test_prompts_with_shared_parameters_against_plain_steps_in_time(objective, anchor):
    rng = np.random.default_rng(5)
    logits, features = rng.normal(size=(3, 4)), rng.normal(size=(3, 4, 2))
    mask = np.array([[True, False, False, True], [False, True, False, False], [False, False, True, False]])
    bandit = Bandit(logits, mask, features, [1, 2, 5])
    F = objectives.get(objective).F.inside
    start = oracles.torch.log_softmax(oracles.tensor(logits), -1)
    shares, phi = oracles.tensor([1, 2, 5]) / 8, oracles.tensor(features)

    def value(theta):
        z = oracles.tensor(logits) + phi @ theta
        held = 0.0
        if anchor is not None:
            terms = {"entropy bonus": oracles.entropy(z), "reverse KL to the start": -oracles.kl(z, start)}
            held = anchor.strength * terms.get(anchor.name, -oracles.kl(start, z))
        return (shares * (F(oracles.torch, oracles.success(z, mask)) + held)).sum()

    slope = oracles.torch.func.grad(value)
    wanted = solve_ivp(
        lambda t, theta: slope(oracles.tensor(theta)).numpy(), (0.0, 8.0), np.zeros(2), "DOP853", rtol=1e-9, atol=1e-9
    )
    path = flow(bandit, objective, until_time=8.0, anchor=anchor)
    np.testing.assert_allclose(path.theta[-1], wanted.y[:, -1], rtol=0, atol=1e-6)


def test_prompts_that_share_nothing_go_each_its_own_way_at_its_own_weight():
    logits, mask = np.array([[0.0, 1.0, 2.0], [1.0, -1.0, 0.0]]), np.array([[True, False, False], [False, True, True]])
    path = flow(Bandit(logits, mask, weights=[3, 1]), "pass@k", until_time=40.0)
    for x, share in enumerate((0.75, 0.25)):
        alone = flow(Bandit(logits[x], mask[x]), "pass@k", until_time=40.0 * share)
        np.testing.assert_allclose(path.policy[-1, x], alone.policy[-1], rtol=1e-7)


def test_a_prompt_of_weight_0_does_not_move():
    path = flow(Bandit(np.zeros((2, 2)), [[True, False]] * 2, weights=[1, 0]), "pass@1", until_time=20.0)
    np.testing.assert_array_equal(path.p[:, 1], 0.5)


def test_prompts_against_each_other_can_let_pass_at_1_fall_while_pass_at_k_rises():
    path = flow(easy_and_hard(angle=170, share_easy=0.7), PASS_AT[16], until_time=20.0)
    assert path.pass_at_k(1)[-1] < path.pass_at_k(1)[0]
    assert path.pass_at_k(16)[-1] > path.pass_at_k(16)[0]


# --- where it cannot start ------------------------------------------------------------------------------------------


def test_where_every_answer_is_correct_nothing_flows():
    with pytest.raises(ValueError, match=r"pass@k \(k = 4\) has no gradient at the start \(p = 1\.0\).*0 < p < 1\."):
        flow(Bandit([0.0, 0.0], [0, 1]), "pass@k")


def test_a_standstill_between_prompts_is_not_blamed_on_p():
    # Equal shares pull two_strategies both ways equally hard: there is no gradient, though p = 1/2 on both prompts.
    with pytest.raises(ValueError, match="has no gradient at the start") as caught:
        flow(two_strategies(0.5, 0.5), "pass@1")
    assert "start where 0 < p < 1" not in str(caught.value)


def test_an_objective_without_a_weight_says_why():
    missing = objectives.Missing("nobody has worked it out")
    face = objectives.get("pass@1").F
    bare = objectives.Objective(equation="?", source="a test", F=face, slope=missing, table=missing, unbiased=False)
    with pytest.raises(ValueError, match="has no weight: nobody has worked it out"):
        flow(UNEVEN, bare)
    with pytest.raises(ValueError, match="has no weight"):
        UNEVEN.gradient(bare)


def test_an_unknown_objective_is_a_key_error_that_lists_the_known_ones():
    with pytest.raises(KeyError, match=r"pass@2.*pass@1"):
        flow(UNEVEN, "pass@2")

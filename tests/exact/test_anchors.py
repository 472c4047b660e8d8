"""Entropy bonus and KL terms: value and gradient against autograd, also where a chance is too small for a float."""

import numpy as np
import pytest

from passk_lab.exact import entropy_bonus, flow, kl_to_start, one_among
from tests.exact import oracles

torch = oracles.torch

START = np.array([[0.3, -0.5, 1.2, 0.0], [2.0, 2.0, -1.0, 0.5]])
NOW = np.array([[0.1, -2.5, 3.0, 1.0], [-4.0, 9.0, 1.0, 0.0]])
# Relative to the likeliest answer these are chances of e^-800 = 0 in float64, and of e^-700 and e^-720 at its edge.
LOST = np.array([[-800.0, 0.0, 1.0, 0.5], [3.0, -720.0, 2.0, -700.0]])

ANCHORS = {
    "entropy": (entropy_bonus, lambda now, start: oracles.entropy(now)),
    "reverse KL": (kl_to_start, lambda now, start: -oracles.kl(now, start)),
    "forward KL": (lambda s: kl_to_start(s, forward=True), lambda now, start: -oracles.kl(start, now)),
}


def softmax(z):
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def both(name, now, start):
    """(value, gradient) of the lab's anchor and of autograd."""
    make, formula = ANCHORS[name]
    anchor = make(1.0)
    lab = anchor.value(softmax(now), softmax(start)), anchor.gradient(softmax(now), softmax(start))
    fixed = oracles.tensor(start)
    exact = formula(oracles.tensor(now), fixed).numpy(), oracles.gradient_in_logits(lambda z: formula(z, fixed), now)
    return lab, exact


@pytest.mark.parametrize("name", ANCHORS)
def test_value_and_gradient_by_autograd(name):
    (value, gradient), (wanted_value, wanted_gradient) = both(name, NOW, START)
    assert value.shape == (2,)
    assert gradient.shape == (2, 4)
    np.testing.assert_allclose(value, wanted_value, rtol=1e-13)
    np.testing.assert_allclose(gradient, wanted_gradient, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ANCHORS)
def test_the_gradient_holds_where_a_chance_is_lost_to_rounding(name):
    (value, gradient), (wanted_value, wanted_gradient) = both(name, LOST, START)
    np.testing.assert_allclose(gradient, wanted_gradient, rtol=0, atol=1e-14)
    if name == "forward KL":
        # Of a chance that is 0 only so much is known that its log is below that of the smallest float.
        assert (value >= wanted_value).all()
        assert (value < -80).all()
    else:
        np.testing.assert_allclose(value, wanted_value, rtol=1e-13)


def test_forward_kl_needs_nothing_of_an_answer_lost_from_the_start():
    (value, gradient), (wanted_value, wanted_gradient) = both("forward KL", NOW, LOST)
    np.testing.assert_allclose(value, wanted_value, rtol=1e-13)
    np.testing.assert_allclose(gradient, wanted_gradient, rtol=0, atol=1e-14)


@pytest.mark.parametrize("name", ANCHORS)
def test_a_chance_of_exactly_0_is_no_warning_and_no_nan(name):
    anchor = ANCHORS[name][0](1.0)
    sure, open_ = np.array([[1.0, 0.0, 0.0]]), np.array([[0.5, 0.25, 0.25]])
    for now, start in ((sure, open_), (open_, sure), (sure, sure)):
        assert np.isfinite(anchor.value(now, start)).all()
        assert np.isfinite(anchor.gradient(now, start)).all()


@pytest.mark.parametrize("name", ANCHORS)
def test_a_gradient_in_logits_adds_up_to_nothing(name):
    _, gradient = both(name, NOW, START)[0]
    np.testing.assert_allclose(gradient.sum(axis=1), 0.0, atol=1e-15)


@pytest.mark.parametrize("name", ["reverse KL", "forward KL"])
def test_at_the_start_a_kl_term_is_nothing_and_pulls_nowhere(name):
    value, gradient = both(name, START, START)[0]
    np.testing.assert_array_equal(value, 0.0)
    np.testing.assert_array_equal(gradient, 0.0)


def test_the_uniform_policy_has_all_the_entropy_there_is():
    even = np.full((1, 5), 0.2)
    anchor = entropy_bonus(1.0)
    assert anchor.value(even, even) == pytest.approx(np.log(5), rel=1e-15)
    np.testing.assert_allclose(anchor.gradient(even, even), 0.0, atol=1e-16)


def test_an_anchor_knows_its_name_and_strength_and_applies_the_strength_nowhere_itself():
    names = {(make(0.3).name, make(0.3).strength) for make, _ in ANCHORS.values()}
    assert names == {("entropy bonus", 0.3), ("reverse KL to the start", 0.3), ("forward KL to the start", 0.3)}
    for make, _ in ANCHORS.values():
        np.testing.assert_array_equal(*(make(s).gradient(softmax(NOW), softmax(START)) for s in (0.1, 5.0)))


def test_the_first_step_of_a_flow_is_objective_plus_strength_times_anchor():
    bandit = one_among(4, 0.1)
    for make, _ in ANCHORS.values():
        path = flow(bandit, "pass@k", until_time=1e-4, states=2, anchor=make(0.7))
        policy = bandit.policy[None]
        step = bandit.gradient("pass@k") + 0.7 * make(0.7).gradient(policy, policy)[0]
        np.testing.assert_allclose(path.theta[-1], 1e-4 * step, rtol=1e-3, atol=1e-12)

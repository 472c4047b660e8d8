"""Gradients where 1 - p is far below 1e-16: the policy knows it, p as a float does not."""

import mpmath
import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit, flow, one_among
from passk_lab.objectives import effective_weight, get

MANY = [("grpo", {}), ("grpo-verl", {}), ("pass@k", {"k": 4}), ("pass@k-training", {"k": 1}), ("log-pass@k", {"k": 3}),
        ("risk-sensitive", {"beta": -3.0}), ("maxrl", {}), ("maxrl-order", {"order": 5})]  # fmt: skip


def right_slope(name, given, q):
    """F'(p) at p = 1 - q, worked out from q."""
    p, k = 1 - q, given.get("k", 1)
    if name.startswith("grpo"):
        return 1 / (mpmath.sqrt(p * q) + (mpmath.mpf(1e-6) if name == "grpo-verl" else 0))
    if name == "pass@k-training":
        return 1 / mpmath.sqrt(p * q)
    if name == "risk-sensitive":
        E = mpmath.expm1(-3)
        return E / -3 / (1 + E * p)
    if name.startswith("maxrl"):
        return (1 - q**5) / p if name == "maxrl-order" else 1 / p
    return k * q ** (k - 1) / (1 - q**k if name == "log-pass@k" else 1)


@pytest.mark.parametrize(("name", "given"), MANY, ids=[name for name, _ in MANY])
@pytest.mark.parametrize("distance", [5.0, 20.0, 33.0, 40.0, 80.0, 300.0])
def test_the_gradient_of_a_policy_that_is_nearly_sure(name, given, distance):
    bandit = Bandit([distance, 0.0, 1.0], [0])
    with mpmath.workdps(400):
        weights = [mpmath.exp(x) for x in (distance, 0, 1)]
        p, one, other = (w / sum(weights) for w in weights)
        q = one + other
        slope = right_slope(name, given, q)
        wanted = [float(slope * x) for x in (p * q, -one * p, -other * p)]
    np.testing.assert_allclose(bandit.gradient(get(name, **given)), wanted, rtol=1e-12)


def test_the_mean_update_of_groups_too():
    bandit = Bandit([40.0, 0.0], [0])
    q = float(np.exp(-40))
    # pass@4 from groups of 8 is unbiased: 4 q^3 times p q.
    np.testing.assert_allclose(bandit.expected_update("pass@k", 8), [4 * q**4, -4 * q**4], rtol=1e-12)
    moments = bandit.group_update("pass@k-loo-1", 8)
    np.testing.assert_allclose(moments.mean, [4 * q**4, -4 * q**4], rtol=1e-12)
    # Only a lone right sample among eight has credit, in q^7; mostly 5 right of 8 do: C(8, 5) q^3 ways, and so on.
    c = np.arange(9)
    chances = np.array([1, 8, 28, 56, 70, 56, 28, 8, 1]) * q ** (8 - c)
    credit = get("pass@k-loo-1").credit(8).correct
    estimate = c * credit / 8 * q
    np.testing.assert_allclose(moments.variance[0], chances @ estimate**2, rtol=1e-6)


def test_weights_elsewhere_are_what_they_were():
    for name in ("grpo", "pass@k", "maxrl"):
        bandit = Bandit([0.3, 0.0, 1.0], [0])
        right = get(name).weight(bandit.p) * bandit.gradient_of_p()
        np.testing.assert_allclose(bandit.gradient(name), right, rtol=1e-14)
        np.testing.assert_allclose(
            bandit.expected_update(name, 8), effective_weight(name, 8, bandit.p) * bandit.gradient_of_p(), rtol=1e-13
        )


def test_a_readers_own_formula_gets_the_digits_as_well():
    @objectives.register("own")
    def own():
        return objectives.Objective(
            equation="x", source="a test", unbiased=True, table=objectives.Missing("none"),
            F=objectives.Face(lambda xp, p: p, 0.0, 1.0),
            slope=objectives.Face(lambda xp, p: 1 / (1 + -p) + xp.where(p > 0.5, 0 * p, p), 1.0, np.inf),
        )  # fmt: skip

    try:
        q = float(np.exp(-50))
        np.testing.assert_allclose(Bandit([50.0, 0.0], [0]).gradient("own"), [1.0, -1.0], rtol=1e-12)
        np.testing.assert_allclose(objectives.get("own").slope.beside([1.0], [q]), [1 / q])
    finally:
        objectives.forget("own")


def test_a_flow_of_grpo_comes_near_one_by_the_closed_form():
    # Two answers: dz/dt = sqrt(p q) in the difference of logits with g = F' p q = sqrt(pq) each, so u = 2 arcsin sqrt p
    # grows by dp/dt = 2 p q sqrt(p q) of both logits together.
    path = flow(one_among(2, 0.5), "grpo", until_time=1e9, states=50)
    z = np.ptp(path._logits()[:, 0], axis=1)
    # dz/dt = 2 sqrt(pq) = 1/cosh(z/2): t = 2 sinh(z/2).
    np.testing.assert_allclose(2 * np.sinh(z[1:] / 2), path.time[1:], rtol=1e-6)
    assert 1 - path.p[-1] < 1e-15


@pytest.mark.parametrize(
    ("call", "said"),
    [
        (lambda: one_among(10**9), "arms = 1,000,000,000"),
        (lambda: flow(one_among(3), "pass@1", states=10**9), "states = 1,000,000,000"),
        (lambda: Bandit([0.0, 1.0], [0]).group_update("pass@1", 10**9), "n = 1,000,000,000"),
        (
            lambda: Bandit(np.zeros(100), [0]).group_update("pass@1", 10**6),
            r"\(n \+ 1\) times the answers = 100,000,100",
        ),
    ],
)
def test_tables_without_end_are_refused(call, said):
    with pytest.raises(ValueError, match=said):
        call()


def test_many_answers_need_no_table_of_all_pairs():
    variance = Bandit(np.zeros(50_000), [0]).group_update("pass@1", 8).variance
    assert variance.shape == (50_000,)
    assert np.isfinite(variance).all()


@pytest.mark.parametrize("what", [3, None, "bandit", [0.0, 1.0]])
def test_a_flow_starts_from_a_bandit(what):
    with pytest.raises(TypeError, match="bandit must be a Bandit"):
        flow(what, "pass@1")

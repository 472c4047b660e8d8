"""F and its slope: against fifty digits, autograd, limits worked by hand at both ends, and literals."""

import math

import numpy as np
import pytest
import torch

from passk_lab import objectives
from tests.objectives import oracles
from tests.objectives.cases import POPULATION, Case

INF, PI = math.inf, math.pi
GRID = [1e-6, 1e-4, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1 - 1e-4, 1 - 1e-6]
TINY = 1e-290  # below it a float has fewer digits, and at 1e-324 none

every_case = pytest.mark.parametrize("case", POPULATION, ids=str)


def made(case):
    return objectives.get(case.name, **case.parameters)


def close(got, exact, relative, floor=TINY):
    assert abs(got - exact) <= relative * abs(exact) + floor, f"{got!r}, but exactly {oracles.mp.nstr(exact, 20)}"


def test_every_objective_has_an_oracle():
    names = objectives.names(variants=True)
    assert set(names) == set(oracles.F), "a new objective needs a definition in oracles.py and cases in cases.py"
    assert set(names) == {case.name for case in POPULATION} == set(oracles.RULES) | {"log-pass@k"}


@every_case
def test_value_keeps_twelve_digits(case):
    for p in GRID:
        close(made(case).value(p), oracles.value(case.name, p, **case.parameters), 1e-12)


@every_case
def test_weight_is_the_slope_of_the_definition(case):
    for p in GRID:
        close(made(case).weight(p), oracles.slope(case.name, p, **case.parameters), 1e-12)


@every_case
def test_weight_is_the_slope_of_our_own_value_by_autograd(case):
    objective = made(case)
    p = torch.tensor(GRID, dtype=torch.float64, requires_grad=True)
    value = objective.F.inside(torch, p)
    value.sum().backward()
    np.testing.assert_allclose(objective.weight(GRID), p.grad.numpy(), rtol=1e-10, atol=TINY)
    np.testing.assert_allclose(objective.value(GRID), value.detach().numpy(), rtol=1e-13, atol=TINY)
    weight = objective.slope.inside(torch, torch.tensor(GRID, dtype=torch.float64))
    np.testing.assert_allclose(objective.weight(GRID), weight.numpy(), rtol=1e-13, atol=TINY)


@pytest.mark.parametrize("beta", [-10.0, -14.0, -20.0, -30.0, -36.0])
def test_a_strongly_negative_beta_keeps_its_digits_near_1(beta):
    # 1 + p (e^beta - 1) is 1 - p plus p e^beta, and both are small: e^beta - 1 rounded to a float has lost e^beta.
    objective = objectives.get("risk-sensitive", beta=beta)
    for p in GRID:
        close(objective.value(p), oracles.value("risk-sensitive", p, beta=beta), 1e-12)
        close(objective.weight(p), oracles.slope("risk-sensitive", p, beta=beta), 1e-12)


@pytest.mark.parametrize("eps", [5e-324, 1e-310, 9e-13])
def test_an_eps_too_small_to_matter_is_refused(eps):
    with pytest.raises(
        ValueError, match=r"eps is 0, or between 1e-12 and 1, but eps = .*so small it only costs digits"
    ):
        objectives.get("grpo", eps=eps)


# --- both ends --------------------------------------------------------------------------------------------------

OF_P = (0.0, 1.0, 1.0, 1.0)


def pass_k(k):
    """1 - (1-p)^k has slope k (1-p)^(k-1)."""
    return (0.0, 1.0, k, 0.0 if k > 1 else 1.0)


def arcsine_k(k):
    """The slope (1-p)^(k/2-1) / sqrt(F_k): at p = 1 an infinite, a finite and a vanishing power of 0."""
    return (0.0, PI / k, INF, {1: INF, 2: 1.0}.get(k, 0.0))


def scaled(scale, k):
    return tuple(scale * limit for limit in pass_k(k))


# F(0), F(1), w(0), w(1)
ENDS = [
    *((Case(name, {}), OF_P) for name in ("reinforce", "pass@1", "mean-centred", "nsr", "quantile")),
    (Case("w-reinforce", {}), (0.0, 1.1, 1.1, 1.1)),
    (Case("w-reinforce", {"lam": 0.0}), OF_P),
    (Case("grpo", {}), (0.0, PI, INF, INF)),
    (Case("grpo", {"eps": 0.5}), (0.0, PI - 2, 2.0, 2.0)),  # the integral of 1/(sin u + 1) over (0, pi) is 2
    # With a = 2 eps it is pi - a ln((1 + s)/(1 - s))/s, s = sqrt(1 - a^2): to order a^2, pi - 2a ln(2/a).
    (Case("grpo-loo", {}), (0.0, PI, INF, INF)),
    (Case("grpo-verl", {}), (0.0, PI - 4e-6 * math.log(1e6), 1e6, 1e6)),
    (Case("grpo-trl", {}), (0.0, PI - 4e-4 * math.log(1e4), 1e4, 1e4)),
    (Case("risk-sensitive", {}), (0.0, 1.0, (math.e**2 - 1) / 2, (1 - math.e**-2) / 2)),
    (Case("risk-sensitive", {"beta": -2.0}), (0.0, 1.0, (1 - math.e**-2) / 2, (math.e**2 - 1) / 2)),
    *(
        (Case(name, {"k": k}), pass_k(k))
        for name in ("pass@k", "pass@k-loo", "pass@k-loo-1", "pass@k-centred", "tang", "mahdavi-plugin")
        for k in (1, 2, 3, 300)
    ),
    *((Case("pass@k-training-raw", {"k": k}), scaled(1 / k, k)) for k in (1, 2, 3, 300)),
    *((Case("pass@k-training", {"k": k}), arcsine_k(k)) for k in (1, 2, 3, 4, 300)),
    (Case("tang-std", {"k": 4}), (0.0, 2.0, 8.0, 0.0)),  # one of four: sqrt((3/4)/3) = 1/2
    (Case("tang-std-verl", {"k": 4}), scaled(1 / (0.5 + 1e-6), 4)),
    (Case("tang-std", {"k": 2, "ddof": 0}), (0.0, 2.0, 4.0, 0.0)),  # 1 and 0 lie 1/2 from their mean
    (Case("log-pass@k", {"k": 1}), (-INF, 0.0, INF, 1.0)),
    *((Case("log-pass@k", {"k": k}), (-INF, 0.0, INF, 0.0)) for k in (2, 3, 300)),
    (Case("maxrl", {}), (-INF, 0.0, INF, 1.0)),
    (Case("maxrl-centred", {}), (-INF, 0.0, INF, 1.0)),
    (Case("maxrl-order", {"order": 1}), (-1.0, 0.0, 1.0, 1.0)),
    (Case("maxrl-order", {"order": 4}), (-25 / 12, 0.0, 4.0, 1.0)),
]


def test_every_objective_has_its_ends_worked_out():
    assert {case.name for case, _ in ENDS} == set(objectives.names(variants=True))


@pytest.mark.parametrize(("case", "limits"), ENDS, ids=[str(case) for case, _ in ENDS])
def test_the_ends_are_the_analytic_limits(case, limits):
    objective = made(case)
    got = (objective.value(0.0), objective.value(1.0), objective.weight(0.0), objective.weight(1.0))
    assert got == pytest.approx(limits, rel=1e-10, abs=0)
    np.testing.assert_array_equal(objective.value([0, 1]), got[:2])
    np.testing.assert_array_equal(objective.weight(np.array([[0, 1]])), [got[2:]])


@pytest.mark.parametrize(("case", "limits"), ENDS, ids=[str(case) for case, _ in ENDS])
def test_the_limits_worked_out_are_those_of_the_definition(case, limits):
    # So that no slip of the hand stands above: go so near that an unbounded side passes 1e7 and a bounded one arrives.
    mp = oracles.mp
    with mp.workdps(200):
        slope = lambda p: mp.diff(lambda t: oracles.F[case.name](t, **case.parameters), p)  # noqa: E731
        near = mp.mpf(10) ** -40
        found = [oracles.F[case.name](p, **case.parameters) for p in (near, 1 - near)]
        found += [slope(near), slope(1 - near)]
    for limit, there in zip(limits, found, strict=True):
        if math.isinf(limit):
            assert abs(there) > (10 if limit < 0 else 1e7)
            assert (there > 0) == (limit > 0)
        else:
            assert abs(there - limit) < 1e-9 * max(1, abs(limit))


# --- literals ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("k", "p", "alpha"),
    [
        (4, 0.5, 0.5),  # 4/8
        (8, 0.5, 0.0625),  # 8/128
        (8, 0.1, 3.8263752),  # 8 * 0.4782969
        (64, 0.1, 0.0838413126),
        (256, 0.01, 19.7339756365),
        (256, 0.05, 5.342681859e-4),
    ],
)
def test_weight_of_pass_at_k_worked_by_hand(k, p, alpha):
    assert objectives.get("pass@k", k=k).weight(p) == pytest.approx(alpha, rel=1e-9)


def test_weight_of_pass_at_k_training_worked_by_hand():
    assert objectives.get("pass@k-training", k=4).weight(0.3) == pytest.approx(0.8030078998, rel=1e-9)


@pytest.mark.parametrize("k", [1, 2, 4, 9])
@pytest.mark.parametrize("p", [0.02, 0.3, 0.8])
def test_weight_of_pass_at_k_training_is_the_raw_one_over_the_deviation_of_a_group(k, p):
    deviation = math.sqrt((1 - (1 - p) ** k) * (1 - p) ** k)
    raw = objectives.get("pass@k-training-raw", k=k).weight(p)
    assert objectives.get("pass@k-training", k=k).weight(p) == pytest.approx(raw / deviation, rel=1e-12)


@pytest.mark.parametrize(("p", "weight"), [(0.01, 3.0026848311), (0.1, 1.9491836688), (0.5, math.tanh(1))])
def test_weight_of_the_exponential_utility_worked_by_hand(p, weight):
    assert objectives.get("risk-sensitive", beta=2).weight(p) == pytest.approx(weight, rel=1e-9)


def test_without_risk_sensitivity_pass_at_1_is_left():
    # To first order in beta the weight is 1 + beta (1/2 - p).
    for p in (0.01, 0.5, 0.99):
        assert objectives.get("risk-sensitive", beta=1e-9).weight(p) == pytest.approx(1 + 1e-9 * (0.5 - p), abs=1e-15)


@pytest.mark.parametrize(
    ("N", "p", "factor"),
    [(16, 0.01, 0.9263987605), (16, 0.3, 0.0228642800), (256, 0.05, 2.671346226e-5), (1, 0.3, 1), (1, 1e-9, 1)],
)
def test_factor_of_direct_coverage_optimisation_worked_by_hand(N, p, factor):
    # N p (1-p)^(N-1) / (1 - (1-p)^N) multiplies grad log p, so it is p times the weight on grad p.
    assert p * objectives.get("log-pass@k", k=N).weight(p) == pytest.approx(factor, rel=3e-9)


def test_log_p_worked_by_hand():
    assert objectives.get("maxrl").value(0.3) == pytest.approx(-1.2039728043, rel=1e-10)
    assert objectives.get("maxrl").value(0.1) == pytest.approx(-2.3026, abs=5e-5)
    # -(0.7 + 0.49/2), and 1 + 0.7
    second = objectives.get("maxrl-order", order=2)
    assert (second.value(0.3), second.weight(0.3)) == pytest.approx((-0.945, 1.7), rel=1e-15)


@pytest.mark.parametrize("order", [1, 2, 5, 40])
def test_an_order_of_maxrl_is_the_harmonic_mixture_of_pass_at_k(order):
    # The sum over k <= T of (1/k) grad pass@k.
    p = np.linspace(0.05, 0.95, 7)
    mixture = sum(objectives.get("pass@k", k=k).weight(p) / k for k in range(1, order + 1))
    np.testing.assert_allclose(objectives.get("maxrl-order", order=order).weight(p), mixture, rtol=1e-13)


@pytest.mark.parametrize("k", [1, 2, 7, 100])
def test_the_weight_of_pass_at_k_has_area_1(k):
    nodes, weights = np.polynomial.legendre.leggauss(64)
    assert objectives.get("pass@k", k=k).weight((nodes + 1) / 2) @ weights / 2 == pytest.approx(1, abs=1e-12)


# --- extremes and shapes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("p", [5e-324, 1e-300, 1e-16, 1e-12])
def test_small_p_loses_no_digit(p):
    # To first order in p; k p is below 1e-11 here.
    pairs = [
        (objectives.get("pass@k", k=4).value(p), 4 * p),
        (objectives.get("pass@k-training", k=4).value(p), 2 / 4 * math.sqrt(4 * p)),
        (objectives.get("log-pass@k", k=4).value(p), math.log(4) + math.log(p)),
        (objectives.get("log-pass@k", k=4).weight(p), 1 / p if p > 1e-308 else INF),
        (objectives.get("grpo").value(p), 2 * math.sqrt(p)),
        (objectives.get("maxrl-order", order=4).weight(p), 4.0),
        (objectives.get("risk-sensitive").value(p), p * (math.e**2 - 1) / 2),
    ]
    for got, first_order in pairs:
        assert got == pytest.approx(first_order, rel=1e-11, abs=1e-323)


@pytest.mark.parametrize("p", [1 - 2**-53, 1 - 2**-30])
def test_p_next_to_1_loses_no_digit(p):
    q = 1 - p  # exact
    pairs = [
        (objectives.get("pass@k", k=4).weight(p), 4 * q**3),
        (objectives.get("log-pass@k", k=4).value(p), -(q**4)),
        (objectives.get("pass@k-training", k=4).weight(p), q),
        (objectives.get("grpo").weight(p), 1 / math.sqrt(q)),
        (objectives.get("maxrl-order", order=4).value(p), -q),
        (objectives.get("maxrl").value(p), -q),
    ]
    for got, leading in pairs:
        assert got == pytest.approx(leading, rel=3 * q + 1e-15)


@pytest.mark.parametrize("name", objectives.names(variants=True))
def test_shapes_and_types(name):
    objective = objectives.get(name)
    for face in (objective.value, objective.weight):
        assert type(face(0.5)) is float
        assert type(face(1)) is float
        assert face([0.5]).shape == (1,)
        table = face(np.array([[0.0, 0.25, 0.5], [0.75, 0.9, 1.0]]))
        assert table.shape == (2, 3)
        assert table.dtype == np.float64
        assert table[0, 1] == face(0.25)
        assert table[1, 2] == face(1.0)

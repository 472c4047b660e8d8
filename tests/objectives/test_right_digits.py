"""Values where digits are easily lost, held against mpmath; and work that would not end."""

import mpmath
import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.metrics import pass_hat_k
from passk_lab.metrics._products import ratios_of_binomials
from passk_lab.objectives import effective_weight, get
from passk_lab.objectives.many_samples import pivotal


@pytest.mark.parametrize("beta", [1e-300, 1e-12, -1e-12, 1e-8, 1e-3, -1e-3, -0.9, -1.1, 0.7, 2.0, -30.0])
@pytest.mark.parametrize("p", [1e-20, 1e-3, 0.3, 0.5, 0.7, 0.999, 1 - 1e-12])
def test_the_soft_mean_at_every_beta(beta, p):
    objective = get("risk-sensitive", beta=beta)
    with mpmath.workdps(700):
        E, P = mpmath.expm1(mpmath.mpf(beta)), mpmath.mpf(p)
        value, slope = mpmath.log1p(E * P) / beta, E / beta / (1 + E * P)
        tables = [E * (1 - mpmath.mpf(c) / 8) / (beta * (1 + E * c / 8)) for c in range(1, 9)]
    assert objective.value(p) == pytest.approx(float(value), rel=1e-14)
    assert objective.weight(p) == pytest.approx(float(slope), rel=1e-14)
    np.testing.assert_allclose(objective.credit(8).correct[1:], [float(a) for a in tables], rtol=1e-14)


@pytest.mark.parametrize(("order", "n"), [(1, 1), (1, 5), (3, 8), (8, 8), (40, 64), (100, 1000)])
def test_the_table_of_an_order_is_the_sum_of_its_terms(order, n):
    summed = np.sum([pivotal(n, i) for i in range(1, order + 1)], axis=0)
    np.testing.assert_allclose(get("maxrl-order", order=order).credit(n).correct[1:], summed, rtol=1e-13)


@pytest.mark.parametrize(("n", "k"), [(0, 0), (1, 1), (5, 0), (5, 5), (40, 3), (1000, 17), (1000, 900), (3000, 1)])
def test_ratios_for_every_c_are_those_of_each(n, k):
    each = np.ones(n + 1) if k == 0 else pass_hat_k(n, np.arange(n + 1), k)
    np.testing.assert_allclose(ratios_of_binomials(n, k), each, rtol=3e-16, atol=0)


def test_a_large_group_is_worked_out_and_one_without_end_refused():
    assert effective_weight(get("pass@k-loo-1", k=1000), 10**5, 1e-3) == pytest.approx(1000 * 0.999**999, rel=1e-10)
    assert effective_weight(get("maxrl-order", order=1000), 10**5, 0.5) == pytest.approx(2.0, rel=1e-10)
    for call in (
        lambda: get("grpo").credit(10**9),
        lambda: effective_weight("pass@k", 10**9, 0.5),
        lambda: objectives.finite_value("pass@1", 10**9, 0.5),
        lambda: objectives.gradient_moments("pass@1", 10**9, 0.5),
    ):
        with pytest.raises(ValueError, match=r"n = 1,000,000,000 asks for a credit table.*at most 1,000,000"):
            call()
    with pytest.raises(ValueError, match=r"order = 1,000,000,000 terms of log p are too many.*plain maxrl"):
        get("maxrl-order", order=10**9)
    assert objectives.silent_groups(10**9, 1e-9).all_wrong == pytest.approx(np.exp(-1), rel=1e-8)


@pytest.mark.parametrize("nothing", [3, None, [1, 2], object(), get, 0.5, b"grpo"])
def test_what_is_no_objective_is_said_to_be_none(nothing):
    for call in (effective_weight, objectives.finite_value, objectives.gradient_moments):
        with pytest.raises(
            TypeError, match=r"objective must be an Objective, as from objectives\.get, or the name of one"
        ):
            call(nothing, 4, 0.5)


@pytest.mark.parametrize("name", [["grpo"], None, 3, np.array(["grpo"]), {"grpo"}])
def test_a_name_that_is_no_text_is_unknown(name):
    with pytest.raises(KeyError, match="there is no objective called"):
        get(name)


def test_half_a_character_is_no_name():
    with pytest.raises(ValueError, match="the name of an objective holds half a character"):
        objectives.register("\ud800")(lambda: get("grpo"))

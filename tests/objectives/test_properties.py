"""What must hold for any p, n and parameters: no NaN, no warning, no order of magnitude out of place."""

import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from passk_lab import objectives
from passk_lab.objectives import effective_weight, finite_value, gradient_moments
from tests.objectives.cases import UNBIASED

modest = settings(max_examples=120)
chances = st.one_of(
    st.floats(0, 1),
    st.sampled_from([0.0, 5e-324, 1e-310, 2.0**-1022, 1e-300, 1e-16, 0.5, 1 - 2**-53, 1 - 1e-9, 1.0]),
    st.floats(-300, 0).map(lambda e: 10**e),
    st.floats(-16, 0).map(lambda e: 1 - 10**e),
)
KNOBS = {
    "k": st.integers(1, 300),
    "order": st.integers(1, 300),
    "eps": st.one_of(st.just(0.0), st.floats(-12, 0).map(lambda e: 10**e)),
    "ddof": st.integers(0, 1),
    "lam": st.floats(0, 1e6),
    "K": st.floats(0, 1),
    "beta": st.floats(-30, 500).filter(lambda beta: abs(beta) > 1e-12),
}
NAMES = st.sampled_from(objectives.names(variants=True))


@st.composite
def made(draw):
    """Any objective with any parameters, and a group it takes."""
    name = draw(NAMES)
    knobs = {key: draw(KNOBS[key]) for key in objectives.entry(name).parameters if key in KNOBS}
    if name == "maxrl":
        knobs = {}
    if name.startswith("tang-"):
        knobs["k"] = max(knobs["k"], 2)
    objective = objectives.get(name, **knobs)
    smallest = next((n for n in (1, 2) if not objective.missing("credit", n)), None)
    draws = knobs.get("k", knobs.get("order", 2))
    n = draw(st.sampled_from([draws, draws + 1])) if smallest is None else draw(st.integers(smallest, 300))
    if objective.missing("credit", n):
        n = draws + 1 if not objective.missing("credit", draws + 1) else draws
    return objective, n


@modest
@given(made(), chances)
def test_the_faces_are_never_nan(objective_and_n, p):
    objective, _ = objective_and_n
    value, weight = objective.value(p), objective.weight(p)
    assert not math.isnan(value)
    assert not math.isnan(weight)
    assert weight >= 0, "no objective here wants a prompt to be solved less often"
    if 1e-300 < p < 1:
        assert math.isfinite(value)
        assert math.isfinite(weight)
    if 0 < p < 1:
        assert objective.value(0.0) <= value * (1 + 1e-9 * math.copysign(1, value))
        assert value <= objective.value(1.0) * (1 + 1e-9) + 1e-300


@modest
@given(made(), chances)
def test_groups_are_always_finite(objective_and_n, p):
    objective, n = objective_and_n
    assume(not objective.missing("credit", n))
    credit = objective.credit(n)
    size = max(np.abs(credit.correct).max(), np.abs(credit.wrong).max())
    weight, climbed = effective_weight(objective, n, p), finite_value(objective, n, p)
    mean, variance = gradient_moments(objective, n, p)
    assert math.isfinite(weight)
    assert math.isfinite(climbed)
    assert math.isfinite(mean)
    assert abs(weight) <= 2 * size * (1 + 1e-12)
    assert abs(climbed) <= 2 * size * p * (1 + 1e-9) + 1e-300
    assert 0 <= variance <= 4 * size**2
    assert not math.isnan(gradient_moments(objective, n, p).signal_to_noise)
    assert (credit.contrast >= -1e-12 * size).all(), "to be correct is never worth less than to be wrong"


@modest
@given(made())
def test_the_closed_contrast_is_the_difference_of_the_tables(objective_and_n):
    objective, n = objective_and_n
    assume(not objective.missing("credit", n))
    credit = objective.credit(n)
    size = max(np.abs(credit.correct).max(), np.abs(credit.wrong).max())
    np.testing.assert_allclose(credit.contrast, credit.correct[1:] - credit.wrong[:-1], rtol=1e-9, atol=1e-11 * size)


@modest
@given(made(), chances)
def test_unbiased_stays_unbiased_at_every_size(objective_and_n, p):
    objective, n = objective_and_n
    if objective.name in UNBIASED:
        assert effective_weight(objective, n, p) == pytest.approx(objective.weight(p), rel=1e-11, abs=1e-290)


@modest
@given(made(), st.lists(chances, min_size=2, max_size=5))
def test_chances_do_not_meddle_with_each_other(objective_and_n, p):
    objective, n = objective_and_n
    np.testing.assert_array_equal(objective.value(p), [objective.value(x) for x in p])
    np.testing.assert_array_equal(objective.weight(p), [objective.weight(x) for x in p])
    if not objective.missing("credit", n):
        one_by_one = [effective_weight(objective, n, x) for x in p]
        np.testing.assert_allclose(effective_weight(objective, n, p), one_by_one, rtol=1e-13)


@modest
@given(made(), st.floats(0.001, 0.999), st.floats(0.001, 0.999))
def test_value_rises(objective_and_n, a, b):
    objective, _ = objective_and_n
    low, high = sorted((objective.value(a), objective.value(b)))
    assert objective.value(max(a, b)) == pytest.approx(high, rel=1e-9)
    assert objective.value(min(a, b)) == pytest.approx(low, rel=1e-9)

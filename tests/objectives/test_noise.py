"""Objectives under a verifier that errs: by autograd, over every outcome of a group, literals, and limits."""

from fractions import Fraction as F
from itertools import product
from math import prod

import mpmath
import numpy as np
import pytest
import torch

from passk_lab import data, exact, objectives

RATES = [(0.1, 0.0), (0.02, 0.25), (0.5, 0.5), (0.7, 0.6), (0.0, 0.3)]
HAVE_BOTH = [
    name for name in objectives.names(variants=True)
    if not (objectives.get(name).missing("value") or objectives.get(name).missing("weight"))
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), RATES)
@pytest.mark.parametrize("name", HAVE_BOTH)
def test_the_slope_is_the_derivative_of_the_value(name, a, b):
    noisy = objectives.under_noise(name, a, b)
    p = torch.linspace(0.05, 0.95, 7, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad((noisy.F.inside(torch, p) + 0 * p).sum(), p)
    np.testing.assert_allclose(noisy.weight(p.detach().numpy()), slope.numpy(), rtol=1e-9, atol=1e-12)
    s = a + (1 - a - b) * p.detach().numpy()
    if a + b != 1:
        np.testing.assert_allclose(noisy.value(p.detach().numpy()), objectives.get(name).value(s), rtol=1e-12)


@pytest.mark.parametrize("name", HAVE_BOTH)
def test_without_errors_nothing_changes(name):
    p, noisy = np.array([0, 1e-6, 0.3, 1]), objectives.under_noise(name, 0, 0)
    np.testing.assert_allclose(noisy.weight(p), objectives.get(name).weight(p), rtol=1e-13)
    np.testing.assert_allclose(noisy.value(p), objectives.get(name).value(p), rtol=1e-13)


def test_by_hand():
    """p = a = 1/10: s = 19/100. pass@4 keeps (1-a)^4 of 4 (9/10)^3; MaxRL is held at (1-a)/a."""
    four = objectives.get("pass@k", k=4)
    found = [objectives.effective_weight_under_noise(o, 8, 0.1, 0.1) for o in ("pass@1", four, "maxrl")]
    by_hand = [F(9, 10), 4 * F(9, 10) * F(81, 100) ** 3, F(9, 10) * (1 - F(81, 100) ** 8) / F(19, 100)]
    assert found == pytest.approx([float(x) for x in by_hand], rel=1e-13)
    assert [round(x, 5) for x in found] == [0.9, 1.91319, 3.8591]
    assert found[1] == pytest.approx(0.9**4 * objectives.effective_weight(four, 8, 0.1), rel=1e-13)
    assert objectives.under_noise("maxrl", 0.1).weight(0) == pytest.approx(9, rel=1e-14)
    assert objectives.under_noise(four, 0.1).weight(0.1) == pytest.approx(4 * 0.9 * 0.81**3, rel=1e-13)


def test_an_unbiased_table_has_the_slope_as_its_weight_under_noise():
    p = np.linspace(0, 1, 9)
    for name, a, b in [("pass@k-loo-1", 0.1, 0.2), ("pass@1", 0.3, 0.1), ("maxrl-order", 0.05, 0.0)]:
        weight = objectives.effective_weight_under_noise(name, 6, p, a, b)
        np.testing.assert_allclose(weight, objectives.under_noise(name, a, b).weight(p), rtol=1e-12)


@pytest.mark.parametrize(
    "take",
    [pytest.param([F(3, 4), F(1, 10), F(1, 10)], id="each sample"), pytest.param([F(1), F(1), F(0)], id="each answer")],
)
@pytest.mark.parametrize("name", ["pass@1", "grpo", "maxrl", "pass@k"])
@pytest.mark.parametrize("n", [2, 3])
def test_the_mean_update_over_every_outcome(take, name, n):
    """Noise of each sample: w_n(s) (1-a-b) grad p. Of each answer: w_n(s) grad s: the false one is learned too."""
    objective = objectives.get(name, k=2) if name == "pass@k" else objectives.get(name)
    credit, pi = objective.credit(n), [F(1, 5), F(1, 2), F(3, 10)]  # answer 0 is right
    update = np.zeros(3)
    for draw in product(product(range(3), (0, 1)), repeat=n):
        chance = float(prod(pi[i] * (take[i] if accept else 1 - take[i]) for i, accept in draw))
        c = sum(accept for _, accept in draw)
        for answer, accept in draw:
            score = np.array([(i == answer) - float(pi[i]) for i in range(3)])
            update += chance * (credit.correct[c] if accept else credit.wrong[c]) * score / n
    bandit = exact.Bandit(np.log([float(x) for x in pi]), [0])
    if take[2]:
        weight = objectives.effective_weight_under_noise(objective, n, bandit.p, 0.1, 0.25)
        np.testing.assert_allclose(update, weight * bandit.gradient_of_p(), atol=1e-14)
    else:
        accepted = exact.Bandit(bandit.logits[0], [0, 1])
        np.testing.assert_allclose(update, accepted.expected_update(objective, n), atol=1e-14)


def test_at_the_turn_nothing_is_pushed_and_beyond_it_right_samples_are_pushed_down():
    assert objectives.under_noise("maxrl", 0.0, 1.0).weight([0, 0.5, 1]).tolist() == [0, 0, 0]
    assert objectives.under_noise("grpo", 0.4, 0.6).weight([0, 0.5, 1]).tolist() == [0, 0, 0]
    assert (objectives.under_noise("maxrl", 0.7, 0.6).weight([0, 0.5, 1]) < 0).all()


def test_near_one_the_digits_stay_where_nothing_right_is_rejected():
    slope = objectives.under_noise(objectives.get("pass@k", k=3), 0.5).slope
    with mpmath.workdps(60):
        exactly = 3 * mpmath.mpf(1) / 8 * mpmath.mpf("1e-40") ** 2  # k (1-a)^k (1-p)^(k-1)
    assert slope.beside([1.0], [1e-40]) == pytest.approx([float(exactly)], rel=1e-14)


@pytest.mark.parametrize("n", [2, 4])
@pytest.mark.parametrize("name", ["pass@1", "pass@k-loo-1", "maxrl", "grpo"])
def test_noise_of_nothing_over_every_outcome(name, n):
    """Four equal answers, none of them right: the verdicts are a lot of their own."""
    objective = objectives.get(name, k=2) if name.startswith("pass@k") else objectives.get(name)
    credit, a = objective.credit(n), 0.2
    scores, squared = np.eye(4) - 0.25, 0.0
    for answers in product(range(4), repeat=n):
        for verdicts in product((0, 1), repeat=n):
            c = sum(verdicts)
            credits = [credit.correct[c] if v else credit.wrong[c] for v in verdicts]
            update = np.mean([x * scores[y] for x, y in zip(credits, answers, strict=True)], axis=0)
            squared += 0.25**n * a**c * (1 - a) ** (n - c) * (update @ update)
    assert objectives.noise_of_nothing(objective, n, a) * 0.75 == pytest.approx(squared, rel=1e-12)


def test_noise_of_nothing_by_hand():
    found = [objectives.noise_of_nothing(o, 16, 0.01) for o in ("pass@1", objectives.get("pass@k-loo-1", k=4), "maxrl")]
    assert found[0] == pytest.approx(0.01 * 0.99 / 15, rel=1e-12)
    assert [round(x, 4) for x in found] == [0.0007, 0.0095, 0.143]


def test_the_share_that_is_wrong_is_the_sum_over_prompts():
    p, a, b = [F(3, 5), F(1, 10), F(0)], F(1, 100), F(1, 4)
    s = [a + (1 - a - b) * x for x in p]
    weights = [2 * (1 - x) for x in s]
    exactly = sum(w * (1 - x) * a for w, x in zip(weights, p, strict=True)) / sum(map(lambda w, x: w * x, weights, s))
    found = objectives.wrong_share(objectives.get("pass@k", k=2), [float(x) for x in p], 0.01, 0.25)
    assert found == pytest.approx(float(exactly), rel=1e-13)
    in_groups = objectives.wrong_share(objectives.get("pass@k", k=2), [float(x) for x in p], 0.01, 0.25, n=5)
    assert in_groups == pytest.approx(found, rel=1e-12)  # its table is unbiased


def test_the_share_that_is_wrong_on_the_bundled_base_model():
    n, c = data.problems("math500").counts("Qwen2.5-7B")
    four, sixteen = (objectives.get("pass@k", k=k) for k in (4, 16))
    shares = [objectives.wrong_share(o, c / n, 0.01) for o in ("pass@1", "maxrl", four, sixteen)]
    assert [round(100 * x, 1) for x in shares] == [0.6, 7.2, 6.0, 26.5]
    assert round(100 * objectives.wrong_share("maxrl", c / n, 0.01, n=16), 1) == 2.6
    with pytest.raises(ValueError, match="pushes nothing up"):
        objectives.wrong_share("pass@1", [0.0], 0)


def test_its_name_says_what_it_is_and_absent_faces_stay_absent():
    assert objectives.under_noise(objectives.get("pass@k", k=2), 0.1).label == (
        "pass@k under noise (k = 2, false_positive = 0.1, false_negative = 0.0)"
    )
    absent = next(name for name in objectives.names(variants=True) if objectives.get(name).missing("credit"))
    assert objectives.under_noise(absent, 0.1).missing("credit")
    with pytest.raises(ValueError, match="false_positive must lie at or above 0 and at or below 1"):
        objectives.under_noise("pass@1", 1.5)

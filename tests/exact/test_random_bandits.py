"""What holds for every bandit: hypothesis looks for the one where it does not."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from passk_lab import objectives
from passk_lab.exact import Bandit, angle_between, entropy_bonus, kl_to_start
from tests.exact import oracles

modest = settings(max_examples=40)

WITH_VALUE = ["pass@1", "pass@k", "maxrl", "maxrl-order", "grpo", "pass@k-training", "log-pass@k", "risk-sensitive"]
UNBIASED = [name for name in objectives.names() if objectives.get(name).unbiased]


@st.composite
def bandits(draw, features=None):
    """2 to 6 answers, 1 to 3 prompts, at least one correct and one wrong; logits within 8 of each other."""
    answers, prompts = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    number = st.floats(-4, 4)
    logits = np.array([[draw(number) for _ in range(answers)] for _ in range(prompts)])
    mask = np.zeros((prompts, answers), dtype=bool)
    for row in mask:
        row[draw(st.lists(st.integers(0, answers - 1), min_size=1, max_size=answers - 1, unique=True))] = True
    weights = [draw(st.integers(1, 9)) for _ in range(prompts)]
    phi = theta = None
    if draw(st.booleans()) if features is None else features:
        size = draw(st.integers(1, 3))
        phi = np.array(
            [[[draw(st.floats(-2, 2)) for _ in range(size)] for _ in range(answers)] for _ in range(prompts)]
        )
        theta = np.array([draw(st.floats(-1, 1)) for _ in range(size)])
    bandit = Bandit(logits, mask, phi, weights)
    return bandit if theta is None else bandit.at(theta)


@modest
@given(bandits(), st.sampled_from(WITH_VALUE), st.integers(1, 20))
def test_the_gradient_is_that_of_autograd(bandit, name, draws):
    objective = objectives.with_draws(name, draws)
    wanted = oracles.gradient(
        lambda p: objective.F.inside(oracles.torch, p),
        bandit.logits, bandit.correct, bandit.weights, bandit.features, bandit.theta,
    )  # fmt: skip
    # Parts of the sum over prompts may cancel, so the yardstick is the largest part.
    parts = bandit.weights * np.abs(objective.weight(bandit.p)) * np.abs(bandit.gradient_of_p()).max(axis=1)
    np.testing.assert_allclose(bandit.gradient(objective), wanted, rtol=0, atol=1e-10 * max(parts.max(), 1e-3))


@modest
@given(bandits(features=False), st.sampled_from(WITH_VALUE))
def test_a_gradient_over_logits_adds_up_to_nothing(bandit, name):
    # A constant added to every logit changes no policy.
    for g in (bandit.gradient(name), bandit.expected_update("grpo", 5), bandit.gradient_of_p()):
        np.testing.assert_allclose(g.sum(axis=-1), 0.0, atol=1e-14 * max(1.0, np.abs(g).max()))


@modest
@given(bandits())
def test_the_gradient_is_the_slope_of_the_value(bandit):
    g = bandit.gradient("pass@k")
    step = 1e-5 * g
    ahead, behind = (bandit.at(bandit.theta + sign * step.ravel()).value("pass@k") for sign in (1, -1))
    np.testing.assert_allclose(ahead - behind, 2 * float((g * step).sum()), rtol=1e-4, atol=1e-15)


@modest
@given(bandits(), st.sampled_from(UNBIASED), st.integers(0, 8))
def test_the_expected_update_of_an_unbiased_objective_is_its_gradient(bandit, name, more):
    objective = objectives.get(name)
    n = objective.only or objective.least + more
    wanted = bandit.gradient(objective)
    for got in (bandit.expected_update(objective, n), bandit.group_update(objective, n).mean):
        assert got.shape == wanted.shape
        np.testing.assert_allclose(got, wanted, rtol=0, atol=1e-12)


@modest
@given(bandits(), st.integers(2, 6))
def test_centring_only_shrinks(bandit, n):
    expected = bandit.expected_update("mean-centred", n)
    np.testing.assert_allclose(expected, (n - 1) / n * bandit.gradient("pass@1"), rtol=0, atol=1e-14)


@modest
@given(bandits(), st.sampled_from(objectives.names()), st.integers(0, 4))
def test_the_variance_falls_as_groups_are_averaged_and_is_never_negative(bandit, name, more):
    objective = objectives.get(name)
    if objective.missing("credit"):
        return
    n = objective.only or objective.least + more
    moments = bandit.group_update(objective, n)
    assert (moments.variance >= 0).all()
    assert moments.variance.shape == moments.mean.shape
    if name in ("nsr", "reinforce", "w-reinforce"):
        # Credit by the sample alone: samples are independent, and the variance goes exactly like 1/n.
        np.testing.assert_allclose(n * moments.variance, bandit.group_update(objective, 1).variance, atol=1e-13)


@modest
@given(bandits())
def test_distinct_answers_grow_with_draws_up_to_all_there_are(bandit):
    counts = np.array([bandit.distinct(k) for k in (1, 2, 3, 5, 8, 100, 10**6)])
    np.testing.assert_allclose(counts[0], 1.0, rtol=1e-14)
    assert (np.diff(counts, axis=0) >= 0).all()
    assert (counts[:3, :] <= np.array([[1], [2], [3]]) + 1e-14).all()
    assert (counts <= bandit.logits.shape[1] + 1e-12).all()


@modest
@given(bandits())
def test_measures_of_diversity_stay_in_their_range(bandit):
    assert (bandit.entropy >= 0).all()
    assert (bandit.entropy <= np.log(bandit.logits.shape[1]) + 1e-14).all()
    assert (bandit.effective_correct >= 1 - 1e-14).all()
    assert (bandit.effective_correct <= bandit.correct.sum(axis=1) * (1 + 1e-14)).all()
    np.testing.assert_allclose(bandit.policy.sum(axis=1), 1.0, rtol=1e-14)


@modest
@given(bandits(features=True))
def test_anchors_have_the_gradient_of_autograd(bandit):
    now, start = bandit.current_logits, bandit.logits
    now_pi, start_pi = bandit.policy.reshape(now.shape), bandit.at(0 * bandit.theta).policy.reshape(now.shape)
    fixed = oracles.tensor(start)
    for anchor, value in (
        (entropy_bonus(1.0), oracles.entropy),
        (kl_to_start(1.0), lambda z: -oracles.kl(z, fixed)),
        (kl_to_start(1.0, forward=True), lambda z: -oracles.kl(fixed, z)),
    ):
        wanted = oracles.gradient_in_logits(value, now)
        np.testing.assert_allclose(anchor.gradient(now_pi, start_pi), wanted, rtol=0, atol=1e-12)


@modest
@given(
    st.lists(st.floats(-1e3, 1e3).map(lambda x: round(x, 9)), min_size=2, max_size=5),
    st.floats(0.01, 100),
    st.randoms(use_true_random=False),
)
def test_an_angle_forgets_lengths_and_order(numbers, scale, random):
    one, other = np.array(numbers), np.array([random.uniform(-1, 1) for _ in numbers])
    angle = angle_between(one, other)
    if np.isnan(angle):
        assert not one.any() or not other.any()
        return
    assert 0 <= angle <= 180
    for again in (angle_between(other, one), angle_between(scale * one, other)):
        np.testing.assert_allclose(again, angle, atol=1e-10)
    np.testing.assert_allclose(angle_between(-one, other), 180 - angle, atol=1e-10)

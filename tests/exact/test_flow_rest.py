"""Where flows come to rest: mixtures of strategies, and policies held open by an anchor."""

import signal
from contextlib import contextmanager

import numpy as np
import pytest

from passk_lab import objectives
from passk_lab.exact import Bandit, entropy_bonus, flow, kl_to_start, several_correct, two_strategies
from tests.exact import oracles
from tests.exact.oracles import SLOPES

PASS_AT = {k: objectives.get("pass@k", k=k) for k in (1, 2, 4, 16)}
ANCHORS = {
    "entropy": entropy_bonus,
    "reverse KL": kl_to_start,
    "forward KL": lambda strength: kl_to_start(strength, forward=True),
}
CORRECT = [True, True, True, False, False, False]
UNEVEN = Bandit(np.log([0.05, 0.02, 0.03, 0.4, 0.3, 0.2]), CORRECT)


@contextmanager
def within(seconds):
    """A flow that creeps on for ever fails instead of holding up all other tests; seconds of CPU time."""

    def give_up(*_):
        raise TimeoutError(f"still flowing after {seconds} s of CPU time")

    before = signal.signal(signal.SIGPROF, give_up)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


# --- two strategies -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.01, 0.5, 0.999])
@pytest.mark.parametrize("share", [0.501, 0.6, 0.9])
@pytest.mark.parametrize("k", [2, 4, 16])
def test_pass_at_k_rests_at_a_mixture(k, share, start):
    # share k (1 - pi)^(k-1) = (1 - share) k pi^(k-1)
    path = flow(two_strategies(share, start), PASS_AT[k])
    assert path.at_rest
    pi = path.policy[-1, 0]
    np.testing.assert_allclose(path.policy[-1], [pi, pi], rtol=1e-15)
    assert pi[0] / pi[1] == pytest.approx((share / (1 - share)) ** (1 / (k - 1)), rel=1e-6)


@pytest.mark.parametrize("start", [0.01, 0.5, 0.9])
def test_pass_at_1_goes_to_the_pure_strategy_and_never_rests(start):
    path = flow(two_strategies(0.6, start), "pass@1")
    assert not path.at_rest
    assert path.policy[-1, 0] == pytest.approx([1.0, 0.0], abs=1e-15)
    # Both logits move by 0.2 pi_0 pi_1, opposite ways: in the end pi_1 = 1/(0.4 t).
    assert path.policy[-1, 0, 1] == pytest.approx(1 / (0.4 * 1e20), rel=1e-6)


def test_the_pure_strategy_is_worse_at_pass_at_k_and_the_mixture_at_pass_at_1():
    pure, mixed = (flow(two_strategies(0.6), PASS_AT[k]) for k in (1, 4))
    assert pure.pass_at_k(1)[-1] == pytest.approx(0.6, rel=1e-12)
    assert pure.pass_at_k(4)[-1] == pytest.approx(0.6, rel=1e-12)
    assert mixed.pass_at_k(1)[-1] < 0.6 < mixed.pass_at_k(4)[-1]


def test_one_prompt_alone_never_rests():
    for name in ("pass@1", "pass@k", "maxrl", "log-pass@k"):
        assert not flow(several_correct(), name).at_rest


# --- anchors --------------------------------------------------------------------------------------------------------


def rest_of(anchor, strength, label):
    """The rest point by one equation in p: the policy as a tilt of a base, or as what forward KL holds."""
    base = UNEVEN.policy
    if anchor == "forward KL":
        return oracles.held(base, CORRECT, strength, SLOPES[label])
    return oracles.tilted(np.ones(6) / 6 if anchor == "entropy" else base, CORRECT, strength, SLOPES[label])


@pytest.mark.parametrize("strength", [0.1, 0.5, 3.0])
@pytest.mark.parametrize("label", ["pass@1", "pass@k (k = 4)", "maxrl"])
@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchored_flow_rests_where_its_gradient_is_nothing(anchor, label, strength):
    objective = PASS_AT[4] if label == "pass@k (k = 4)" else objectives.get(label)
    with within(10):
        path = flow(UNEVEN, objective, anchor=ANCHORS[anchor](strength))
    assert path.at_rest
    np.testing.assert_allclose(path.policy[-1], rest_of(anchor, strength, label), rtol=1e-5)
    start = oracles.torch.log(oracles.tensor(UNEVEN.policy))

    def value(z):
        held = {"entropy": oracles.entropy(z), "reverse KL": -oracles.kl(z, start), "forward KL": -oracles.kl(start, z)}
        return objective.F.inside(oracles.torch, oracles.success(z, CORRECT)) + strength * held[anchor]

    left = oracles.gradient_in_logits(value, UNEVEN.logits[0] + path.theta[-1])
    assert abs(left).max() < 1e-6 / path.time[-1]


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_holds_the_tighter_the_stronger_it_is(anchor):
    ends = [flow(UNEVEN, "pass@k", anchor=ANCHORS[anchor](s)).states()[-1] for s in (0.1, 0.3, 1.0, 5.0)]
    free = flow(UNEVEN, "pass@k", until_time=1e6).states()[-1]
    assert all(end.entropy > free.entropy + 0.3 for end in ends)
    if anchor == "entropy":
        assert (np.diff([end.entropy for end in ends]) > 0).all()
    else:
        # KL holds to the start, which need not have the most entropy.
        assert (np.diff([abs(end.policy - UNEVEN.policy).sum() for end in ends]) < 0).all()
    assert (np.diff([end.p for end in [free, *ends]]) < 0).all()


def test_an_entropy_bonus_alone_undoes_winner_takes_all():
    path = flow(UNEVEN, "pass@k", anchor=entropy_bonus(0.1))
    np.testing.assert_allclose(path.policy[-1, :3], path.policy[-1, 0], rtol=1e-5)
    assert path.states()[-1].effective_correct == pytest.approx(3.0, rel=1e-9)
    # Reverse KL keeps the ratios among correct answers as they were at the start.
    kept = flow(UNEVEN, "pass@k", anchor=kl_to_start(0.1)).policy[-1, :3]
    np.testing.assert_allclose(kept / kept[0], [1.0, 0.4, 0.6], rtol=1e-5)


def test_a_weak_anchor_is_no_endless_flow():
    # At rest 1 - p would be e^(-1/strength): the end of the path lies in the rounding of the gradient.
    with (
        within(40),
        pytest.raises(ValueError, match=r"does not get on after t = .* Stop it earlier, say at until_time"),
    ):
        flow(several_correct(), "pass@1", anchor=ANCHORS["entropy"](0.03))


def test_a_weak_anchor_brings_every_answer_back_in_time():
    path = flow(several_correct(), "pass@1", anchor=ANCHORS["entropy"](0.03), until_time=1e8)
    assert path.states()[-1].effective_correct == pytest.approx(4.0, rel=1e-4)


@pytest.mark.parametrize("strength", [0.1, 0.01, 0.001])
def test_a_flow_that_says_it_rests_has_come_to_the_rest_point(strength):
    # The leader first takes all, and the bonus brings the others back only after a time of 1/(strength pi): by then the
    # gradient is below 1e-16 and still no rounding. Stopping with a sentence is fair, calling it rest is not.
    with within(40):
        try:
            path = flow(several_correct(), "pass@1", anchor=entropy_bonus(strength))
        except ValueError:
            return
    if path.at_rest:
        assert path.states()[-1].effective_correct == pytest.approx(4.0, rel=1e-4)


@pytest.mark.parametrize("anchor", ANCHORS)
def test_an_anchor_of_strength_0_is_none(anchor):
    loose, none = flow(UNEVEN, "pass@k", anchor=ANCHORS[anchor](0.0)), flow(UNEVEN, "pass@k")
    np.testing.assert_allclose(loose.time, none.time, rtol=1e-9)
    np.testing.assert_allclose(loose.theta, none.theta, rtol=0, atol=1e-9)
    assert not loose.at_rest


def test_at_rest_is_for_standing_still_only():
    held = entropy_bonus(0.5)
    rests = flow(UNEVEN, "pass@1", anchor=held)
    assert rests.at_rest
    assert not flow(UNEVEN, "pass@1", anchor=held, until_time=rests.time[-1] / 2).at_rest
    assert not flow(UNEVEN, "pass@1", anchor=held, until_p=0.11).at_rest
    beyond = flow(UNEVEN, "pass@1", anchor=held, times=[0.0, 1.0, 1e6])
    assert beyond.at_rest
    np.testing.assert_allclose(beyond.policy[-1], rests.policy[-1], rtol=1e-9)


def test_it_starts_from_where_only_the_anchor_pulls():
    # Every answer correct: the objective has no gradient, the bonus has, and it ends at the uniform policy.
    path = flow(Bandit([0.0, 1.0, 3.0], [0, 1, 2]), "pass@k", anchor=entropy_bonus(0.2))
    np.testing.assert_allclose(path.policy[-1], np.ones(3) / 3, rtol=1e-5)


def test_several_prompts_rest_together():
    # Shared strategies with a bonus: share - (1 - share) + strength * log(pi_1/pi_0) = 0 for pass@1.
    path = flow(two_strategies(0.6, 0.3), "pass@1", anchor=entropy_bonus(0.25))
    assert path.at_rest
    pi = path.policy[-1, 0]
    assert np.log(pi[0] / pi[1]) == pytest.approx(0.2 / 0.25, rel=1e-6)

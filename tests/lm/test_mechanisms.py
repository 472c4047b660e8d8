"""Exploration mechanisms, each against a number worked by hand or a formula of a few lines on plain reading."""

import itertools
import math

import numpy as np
import pytest
import torch

from passk_lab import objectives
from passk_lab.lm import Countdown, Learner, TrainConfig, Transformer, mechanisms, tree_of
from passk_lab.lm.batch import Batch
from passk_lab.lm.evaluation import log_policy
from passk_lab.lm.training import SampledPush
from tests.lm import oracles

TASK = Countdown()
SMALL = {"prompts": 4, "n": 8, "watch": 8}

PRODUCT, PRODUCT_TOO, SUM = [2, 32, 3, 6, 6, 31, 1, 5], [3, 32, 2, 6, 6, 31, 1, 5], [2, 30, 3, 5, 5, 32, 1, 5]
WRONG, WRONG_TOO = [2, 30, 3, 5, 5, 30, 1, 6], [1, 30, 2, 3, 3, 32, 3, 9]
"""Answers to "2 3 1 -> 5": two spellings of one solution, another solution, two wrong ones."""


def by_hand(groups, log_prob=None, which=None):
    """A batch of given answers, with given log chances of the answers, spread evenly over their tokens."""
    size, n = len(groups), len(groups[0])
    prompts = torch.tensor([[2, 3, 1, 5]] * size)
    tree = tree_of(prompts, torch.arange(size).repeat_interleave(n), torch.tensor(groups).flatten(0, 1))
    right = TASK.verify(prompts[:, None], tree.traces.unflatten(0, (size, n)))
    free = torch.ones((size, n, 8), dtype=torch.bool)
    which = np.arange(size) if which is None else np.asarray(which)
    even = torch.zeros(size, n) if log_prob is None else torch.tensor(log_prob, dtype=torch.float32)
    token_log_prob = even[..., None].expand(size, n, 8) / 8
    return Batch(TASK, which, tree, right, free, token_log_prob, None, np.random.default_rng(0))


def learner_of(names=(), objective="grpo", **more):
    given = {name: {} for name in names} if not isinstance(names, dict) else names
    return Learner(TrainConfig(objective=objective, mechanisms=given, **{**SMALL, **more}))


def rolled_out(learner, which=(7, 900, 1500, 3300), seed=0):
    """A float64 push of the learner's own."""
    learner.model.double()
    learner.base.double()
    return SampledPush.draw(learner, np.array(which), np.random.default_rng(seed))


def close(got, wanted, **tolerance):
    torch.testing.assert_close(got, torch.tensor(wanted), **{"rtol": 1e-5, "atol": 1e-6, **tolerance})


# --- terms of the loss ----------------------------------------------------------------------------------------------


def entropy(policy, base):
    return -(policy.exp() * policy).sum(-1)


def reverse(policy, base):
    return (policy.exp() * (policy - base)).sum(-1)


def forward(policy, base):
    return (base.exp() * (base - policy)).sum(-1)


@pytest.mark.parametrize(
    ("name", "formula", "sign"), [("entropy", entropy, -1), ("kl-reverse", reverse, 1), ("kl-forward", forward, 1)]
)
def test_a_penalty_is_a_mean_over_samples_of_a_sum_over_their_prefixes(name, formula, sign):
    learner = learner_of()
    push = rolled_out(learner)
    batch = push.batch
    batch.free[1, :, :4] = False  # as if the first step had been a hint
    other = Transformer(TASK, seed=9).double()
    with torch.no_grad():
        for weight, new in zip(other.parameters(), learner.base.parameters(), strict=True):
            weight.mul_(0.2).add_(new)
    batch.base = lambda: log_policy(other, batch.tree.hidden(other)).detach()
    mechanism = mechanisms.get(name, coefficient=0.3)
    learner.model.zero_grad()
    policy = log_policy(learner.model, batch.tree.hidden(learner.model))
    got = mechanism.penalty(batch, policy, push.credit)
    got.backward()
    # Plainly: every sample reads its own prefixes, and the entropy or distance is taken there.
    weights, rows = oracles.in_double(learner.model), batch.prompts.repeat_interleave(8, 0)
    here = oracles.next_log_chances(weights, rows, batch.tree.traces)
    there = oracles.next_log_chances(oracles.in_double(other), rows, batch.tree.traces).detach()
    each = formula(here, there) * batch.free.flatten(0, 1)
    wanted = sign * 0.3 * each.sum(1).mean()
    slope = wanted
    if name == "kl-reverse":  # and each token answers for what comes after it, less the mean of the other seven
        token = here.gather(-1, batch.tree.traces[..., None])[..., 0]
        for g, i, t in itertools.product(range(4), range(8), range(8)):
            if batch.free[g, i, t]:
                to_come = [each[8 * g + j, t + 1 :].sum().item() for j in range(8)]
                others = (sum(to_come) - to_come[i]) / 7
                slope = slope + 0.3 * (to_come[i] - others) * token[8 * g + i, t] / 32
    slope.backward()
    assert got.item() == pytest.approx(wanted.item(), rel=1e-6)
    assert abs(got.item()) > 0.01
    for name, weight in learner.model.named_parameters():
        torch.testing.assert_close(weight.grad, weights[name].grad, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", ["kl-reverse", "kl-forward"])
def test_the_base_is_no_distance_from_itself(name):
    learner = learner_of([name])
    push = rolled_out(learner)
    policy = log_policy(learner.model, push.batch.tree.hidden(learner.model))
    assert mechanisms.get(name).penalty(push.batch, policy, push.credit).item() == pytest.approx(0, abs=1e-12)


def test_a_penalty_is_added_to_the_loss():
    plain, added = learner_of(), learner_of({"entropy": {"coefficient": 0.2}})
    push, same = rolled_out(plain), rolled_out(added)
    policy = log_policy(plain.model, push.batch.tree.hidden(plain.model))
    extra = mechanisms.get("entropy", coefficient=0.2).penalty(push.batch, policy, push.credit)
    assert same.loss().item() == pytest.approx((push.loss() + extra).item(), rel=1e-9)


def test_the_entropy_controller_by_hand():
    """TRL's use_adaptive_entropy: a fixed step towards the target, within [0, ceiling], whatever the distance."""
    held = mechanisms.get("entropy", coefficient=0.05, target=4.0, delta=0.02, ceiling=0.1)
    for entropy, coefficient in ((3.0, 0.07), (3.999, 0.09), (4.0, 0.1), (1.0, 0.1), (4.001, 0.08), (30.0, 0.06)):
        held.after({"entropy": entropy})
        assert held.coefficient == pytest.approx(coefficient)
    for coefficient in (0.04, 0.02, 0.0, 0.0):
        held.after({"entropy": 5.0})
        assert held.coefficient == pytest.approx(coefficient, abs=1e-15), "not below 0"
    fixed = mechanisms.get("entropy", coefficient=0.05)
    fixed.after({"entropy": 0.0})
    assert fixed.coefficient == 0.05, "without a target it stays"


def test_no_bonus_is_paid_after_a_step_with_entropy_enough():
    push = rolled_out(learner_of())
    policy = log_policy(push.learner.model, push.batch.tree.hidden(push.learner.model)).detach()
    held = mechanisms.get("entropy", coefficient=0.05, target=4.0)
    paid = [float(held.penalty(push.batch, policy, push.credit))]
    for entropy in (4.1, 4.0):
        held.after({"entropy": entropy})
        again = mechanisms.get("entropy", **held.coefficients())
        again.remember(held.memory())
        paid += [float(one.penalty(push.batch, policy, push.credit)) for one in (held, again)]
    assert paid[0] < 0
    assert paid[1:] == [0.0, 0.0, paid[0], paid[0]]


def test_the_controller_moves_with_the_run():
    learner = learner_of({"entropy": {"target": 30.0, "delta": 0.01, "coefficient": 0.0}})
    learner.step()
    assert learner.mechanisms[0].coefficient == pytest.approx(0.01)


# --- credit ---------------------------------------------------------------------------------------------------------


def shaped(name, batch, **coefficients):
    """GRPO's credit after a mechanism."""
    table = objectives.get("grpo").credit(batch.n)
    c = batch.c
    credit = torch.where(
        batch.right,
        torch.tensor(table.correct.copy()).float()[c][:, None],
        torch.tensor(table.wrong.copy()).float()[c][:, None],
    )
    return mechanisms.get(name, **coefficients).credit(batch, credit)


def standard(row):
    row = np.array(row)
    return ((row - row.mean()) / row.std()).tolist()


def test_novelty_by_hand():
    batch = by_hand([[PRODUCT, PRODUCT_TOO, WRONG, SUM], [WRONG] * 4, [SUM] * 4])
    # Rewards 1/2, 1/2, 0, 1: mean 1/2, standard deviation sqrt(1/8). A group of equal rewards stays at 0.
    close(shaped("novelty", batch), [[0.0, 0.0, -(2**0.5), 2**0.5], [0.0] * 4, [0.0] * 4])
    # Strength 2: 1/4, 1/4, 0, 1; strength 0: GRPO itself.
    close(shaped("novelty", batch, strength=2)[0], standard([0.25, 0.25, 0, 1]))
    close(shaped("novelty", batch, strength=0)[0], standard([1, 1, 0, 1]))


def test_unlikeliness_by_hand():
    batch = by_hand([[PRODUCT, WRONG, SUM, PRODUCT_TOO]], log_prob=[[-1.0, -2.0, -3.0, -4.0]])
    # From the least likely: -4 has rank 0, -3 rank 1, -2 rank 2, -1 rank 3, of 4.
    close(shaped("unlikeliness", batch, strength=0.5)[0], standard([1 - 0.5 * 3 / 4, 0, 1 - 0.5 / 4, 1]))
    close(shaped("unlikeliness", batch, strength=1)[0], standard([1 / 4, 0, 3 / 4, 1]))


def test_equal_answers_share_a_rank():
    batch = by_hand([[SUM, SUM, WRONG, PRODUCT]], log_prob=[[-2.0, -2.0, -5.0, -1.0]])
    # Places 1 and 2 are filled by the same answer: 1.5 each.
    close(shaped("unlikeliness", batch)[0], standard([1 - 0.5 * 1.5 / 4, 1 - 0.5 * 1.5 / 4, 0, 1 - 0.5 * 3 / 4]))


def test_shaping_is_a_difference_where_the_objective_is_another():
    batch = by_hand([[PRODUCT, PRODUCT_TOO, WRONG, SUM]])
    got = mechanisms.get("novelty").credit(batch, torch.full((1, 4), 7.0))[0]
    wanted = 7 + np.array(standard([0.5, 0.5, 0, 1])) - np.array(standard([1, 1, 0, 1]))
    close(got, wanted.tolist(), check_dtype=False)


def test_the_count_bonus_by_hand():
    bonus = mechanisms.get("count-bonus", strength=0.6)
    first = by_hand([[PRODUCT, PRODUCT_TOO, SUM, WRONG]], which=[5])
    # Counts 2, 2, 1, 1: .6/sqrt(2) twice, .6 twice, less the mean.
    half = 0.6 / 2**0.5
    mean = (2 * half + 2 * 0.6) / 4
    zero = torch.zeros(1, 4)
    close(bonus.credit(first, zero), [[half - mean, half - mean, 0.6 - mean, 0.6 - mean]])
    # Again: the counts go on, another prompt has its own; wrong answers are told apart by where they end.
    second = by_hand([[SUM, SUM, WRONG, WRONG_TOO], [SUM] * 4], which=[5, 6])
    row = np.array([0.6 / 3**0.5, 0.6 / 3**0.5, 0.6 / 2**0.5, 0.6])
    close(bonus.credit(second, torch.zeros(2, 4)), [(row - row.mean()).tolist(), [0.0] * 4], check_dtype=False)


def test_the_count_bonus_remembers():
    bonus, later = mechanisms.get("count-bonus"), mechanisms.get("count-bonus")
    batch, zero = by_hand([[PRODUCT, SUM, SUM, WRONG]], which=[5]), torch.zeros(1, 4)
    assert later.memory()["count"].shape == (0, 3)
    bonus.credit(batch, zero)
    later.remember(bonus.memory())
    assert torch.equal(later.credit(batch, zero), bonus.credit(batch, zero))
    assert not torch.equal(later.credit(batch, zero), mechanisms.get("count-bonus").credit(batch, zero))
    bonus.set("strength", 0.1)
    assert len(bonus.memory()["count"]) == 3, "changing its strength does not make it forget"


def test_uniform_correct_by_hand():
    # Mean log chances a token of log(1/2) and log(1/4) for the right ones: 1/q is 2 and 4, shares 1/3 and 2/3.
    low = [8 * math.log(0.5), -3.0, 8 * math.log(0.25), -9.0]
    batch = by_hand([[PRODUCT, WRONG, SUM, WRONG_TOO], [WRONG] * 4], log_prob=[low, low])
    credit = torch.tensor([[1.0, -1.0, 1.0, -1.0], [-0.5] * 4])
    got = mechanisms.get("uniform-correct", strength=0.3).credit(batch, credit)
    close(got, [[0.7 + 0.3 * 2 / 3, -1.0, 0.7 + 0.3 * 4 / 3, -1.0], [-0.5] * 4])
    whole = mechanisms.get("uniform-correct", strength=1).credit(batch, credit)
    close(whole[0], [2 / 3, -1.0, 4 / 3, -1.0])
    # Credit below 0 is not moved.
    close(mechanisms.get("uniform-correct").credit(batch, -credit)[0], [-1.0, 1.0, -1.0, 1.0])


def test_uniform_correct_keeps_the_sum():
    push = rolled_out(learner_of())
    after = mechanisms.get("uniform-correct").credit(push.batch, push.credit)
    torch.testing.assert_close(after.sum(1), push.credit.double().sum(1), rtol=0, atol=1e-5, check_dtype=False)
    assert (after != push.credit).any()


def test_differential_smoothing_by_hand():
    batch = by_hand([[PRODUCT, WRONG, SUM, WRONG_TOO]], log_prob=[[-8.0, -16.0, -24.0, -4.0]])
    got = mechanisms.get("differential-smoothing", strength=0.1).credit(batch, torch.tensor([[1.0, -1.0, 1.0, -1.0]]))
    close(got, [[1.1, -1.2, 1.3, -1.05]])


def test_a_hint_is_not_part_of_an_answers_chance():
    batch = by_hand([[PRODUCT, WRONG, SUM, WRONG_TOO]], log_prob=[[-8.0, -16.0, -24.0, -4.0]])
    batch.free[0, 0, :4] = False
    close(batch.log_prob, [[-4.0, -16.0, -24.0, -4.0]])
    got = mechanisms.get("differential-smoothing", strength=0.1).credit(batch, torch.zeros(1, 4))
    close(got, [[0.1, -0.2, 0.3, -0.05]])


# --- the course of a run --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "end", "progress", "k"),
    [(16, 1, 0, 16), (16, 1, 0.5, 4), (16, 1, 0.25, 8), (16, 1, 1, 1), (1, 8, 1 / 3, 2), (8, 8, 0.7, 8)],
)
def test_k_falls_evenly_in_its_logarithm(start, end, progress, k):
    annealed = mechanisms.get("annealed-k", start=start, end=end)
    assert annealed.objective(objectives.get("pass@k", k=99), progress).parameters == {"k": k}


def test_the_annealed_k_is_the_one_in_use():
    learner = learner_of({"annealed-k": {"start": 8, "end": 1}}, "pass@k", steps=3, parameters={"k": 4})
    for done, k in ((0, 8), (1, 3), (2, 1)):
        learner.done = done
        push = SampledPush.draw(learner, np.array([7, 900, 1500, 3300]), np.random.default_rng(0))
        assert push.credit[push.batch.right].unique().tolist() == [k]


def test_hints_are_the_beginning_of_a_right_answer_and_are_not_credited():
    learner = learner_of({"prefix-hints": {"share": 1.0, "tokens": 5}}, "pass@1", steps=11)
    push = rolled_out(learner)
    batch = push.batch
    assert not batch.free[:, :, :5].any()
    assert batch.free[:, :, 5:].all()
    for prompt, group in zip(batch.prompts.tolist(), batch.tree.traces.unflatten(0, (4, 8)).tolist(), strict=True):
        (hint,) = {tuple(answer[:5]) for answer in group}
        assert hint in {trace[:5] for trace in oracles.right(tuple(prompt[:3]), prompt[3])}
    learner.model.zero_grad()
    push.loss().backward()
    weights, rows = oracles.in_double(learner.model), batch.prompts.repeat_interleave(8, 0)
    own = oracles.token_log_chances(weights, rows, batch.tree.traces)[:, 5:].sum(1)
    (-(push.credit.flatten().double() * own).mean()).backward()
    for name, weight in learner.model.named_parameters():
        torch.testing.assert_close(weight.grad, weights[name].grad, rtol=1e-9, atol=1e-9)


def test_hints_grow_fewer():
    prompts, which = TASK.prompts("seen"), np.arange(2000)
    hints, rng = mechanisms.get("prefix-hints", share=0.6, tokens=3), np.random.default_rng(0)
    for progress, share in ((0, 0.6), (0.5, 0.3), (1, 0.0)):
        forced = hints.force(prompts, which, 2, progress, rng)
        hinted = (forced[:, 0, 0] >= 0).mean()
        # Four standard deviations of a share of 2000.
        assert hinted == pytest.approx(share, abs=4 * math.sqrt(share * (1 - share) / 2000))
        assert (forced[:, :, 3:] == -1).all()
        assert (forced[:, 0] == forced[:, 1]).all(), "a group shares its hint"


# --- how far a token may move ---------------------------------------------------------------------------------------


def test_clip_higher_by_hand():
    ratio = torch.tensor([0.5, 0.9, 1.1, 1.25, 1.5, 0.5, 0.9, 1.1, 1.25, 1.5])
    credit = torch.tensor([2.0] * 5 + [-2.0] * 5)
    got = mechanisms.get("clip-higher", low=0.2, high=0.28).surrogate(ratio, credit)
    close(got, [1.0, 1.8, 2.2, 2.5, 2.56, -1.6, -1.8, -2.2, -2.5, -3.0])


def test_clip_higher_takes_the_gradient_from_tokens_that_moved_too_far():
    ratio = torch.tensor([0.5, 1.0, 1.5, 0.5, 1.0, 1.5], requires_grad=True)
    credit = torch.tensor([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])
    mechanisms.get("clip-higher").surrogate(ratio, credit).sum().backward()
    assert ratio.grad[[0, 2, 3, 5]].tolist() == [1.0, 0.0, 0.0, -1.0]


def covariances(batch, credit, log_prob=None):
    """By definition, token by token, of the log chances as they are now; hints left out."""
    log_prob = batch.token_log_prob if log_prob is None else log_prob
    places = [(g, i, t) for g in range(len(credit)) for i in range(batch.n) for t in range(8) if batch.free[g, i, t]]
    worth = {place: float(credit[place[:2]]) for place in places}
    log = {place: float(log_prob[place]) for place in places}
    a, b = np.mean(list(worth.values())), np.mean(list(log.values()))
    return {place: (worth[place] - a) * (log[place] - b) for place in places}


def moved(push, by=0.3):
    """Log chances after an update of the policy that sampled: each a little other than it was."""
    noise = torch.randn(push.batch.token_log_prob.shape, generator=torch.Generator().manual_seed(4))
    return push.batch.token_log_prob + by * noise


def test_clip_cov_leaves_out_a_few_tokens_within_its_band():
    push = rolled_out(learner_of())
    batch, credit = push.batch, push.credit
    batch.free[2, :, :4] = False
    now = moved(push)
    clip = mechanisms.get("clip-cov", share=0.05, low=0.2, high=0.9, clip_low=0.2, clip_high=0.2)
    keep = clip.keep(batch, credit, now)
    cov, ratio = covariances(batch, credit, now), (now - batch.token_log_prob).exp()
    gone = {p for p in cov if (ratio[p] > 1.2 and credit[p[:2]] > 0) or (ratio[p] < 0.8 and credit[p[:2]] < 0)}
    assert len(gone) > 10
    dropped = [tuple(place) for place in torch.nonzero(~keep).tolist()]
    inside = {place for place, value in cov.items() if 0.2 < value < 0.9} - gone
    assert len(dropped) == int(0.05 * (4 * 8 * 8 - 32)) == 11
    assert set(dropped) < inside, "a random few of more, and none that PPO's clipping has taken already"
    every = mechanisms.get("clip-cov", share=1, low=0.2, high=0.9, clip_low=0.2, clip_high=0.2)
    assert {tuple(place) for place in torch.nonzero(~every.keep(batch, credit, now)).tolist()} == inside
    assert mechanisms.get("clip-cov", low=1e6, high=1e7).keep(batch, credit, now).all()
    assert mechanisms.get("clip-cov", share=0, low=0, high=9).keep(batch, credit, now).all()
    assert (~mechanisms.get("clip-cov", share=1e-4, low=0, high=9).keep(batch, credit, now)).sum() == 1, "at least one"


def test_clip_cov_is_verls_loss():
    """core_algos.compute_policy_loss_clip_cov: the larger of the two losses, times the mask."""
    push = rolled_out(learner_of())
    batch, credit, now = push.batch, push.credit, moved(push)
    clip = mechanisms.get("clip-cov", share=0.1, low=0.1, high=2.0, clip_low=0.2, clip_high=0.2)
    ratio, worth = (now - batch.token_log_prob).exp(), credit[..., None].expand(4, 8, 8)
    mask = clip.keep(batch, credit, now)
    wanted = torch.maximum(-worth * ratio, -worth * ratio.clamp(0.8, 1.2)) * mask
    torch.testing.assert_close(-clip.surrogate(ratio, worth) * mask, wanted, rtol=0, atol=0)
    assert 0 < (~mask).sum() <= int(0.1 * 256)
    plain = -worth * ratio * mask
    assert (wanted != plain).sum() > 20, "clipping makes a difference"
    wide = mechanisms.get("clip-cov")  # the recipe of its authors: between 0 and 2
    by = torch.tensor([0.1, 1.9, 2.1])
    close(wide.surrogate(by, torch.ones(3)), [0.1, 1.9, 2.0])


def test_what_is_not_kept_has_no_gradient():
    learner = learner_of({"clip-cov": {"share": 1.0, "low": 0.0, "high": 1e9}}, "pass@1")
    push = rolled_out(learner)
    batch, credit = push.batch, push.credit
    learner.model.zero_grad()
    push.loss().backward()
    weights, rows = oracles.in_double(learner.model), batch.prompts.repeat_interleave(8, 0)
    token = oracles.token_log_chances(weights, rows, batch.tree.traces).view(4, 8, 8)
    kept = [place for place, value in covariances(batch, credit).items() if value <= 0]
    assert 0 < len(kept) < 256
    (-sum(credit[place[:2]].double() * token[place] for place in kept) / 32).backward()
    torch.testing.assert_close(learner.model.logit.grad, weights["logit"].grad, rtol=0, atol=1e-8)


def test_kl_cov_holds_the_tokens_with_the_largest_covariance():
    learner = learner_of({}, updates=2)
    push = rolled_out(learner)
    batch, credit = push.batch, push.credit
    held = mechanisms.get("kl-cov", coefficient=0.7, share=0.04)
    with torch.no_grad():
        learner.model.logit *= 1.1
    policy = log_policy(learner.model, batch.tree.hidden(learner.model)).detach()
    rows = batch.prompts.repeat_interleave(8, 0)
    weights = oracles.in_double(learner.model)
    now = oracles.token_log_chances(weights, rows, batch.tree.traces).detach().view(4, 8, 8)
    cov = covariances(batch, credit, now)
    top = sorted(cov, key=cov.get, reverse=True)[: int(0.04 * 256)]
    assert len(top) == 10
    assert cov[top[-1]] - sorted(cov.values(), reverse=True)[10] > 1e-6, "no tie at the border"
    wanted = 0.7 * sum(abs(float(now[place] - batch.token_log_prob[place])) for place in top) / 32
    assert float(held.penalty(batch, policy, credit)) == pytest.approx(wanted, rel=1e-6)


def test_dapos_loss_is_grpos_credit_and_clip_higher():
    """BytedTsinghua-SIA/DAPO by verl: the mean over ALL tokens of the batch of the larger of two clipped losses.

    Its advantages are `compute_grpo_outcome_advantage`'s (deviation over n - 1, 1e-6). The lab's loss is a mean over
    answers of a sum over tokens: T times that, since all answers have T tokens.
    """
    learner = learner_of({"clip-higher": {}}, "grpo-verl", updates=2)
    push = rolled_out(learner)
    batch = push.batch
    with torch.no_grad():
        noise = torch.Generator().manual_seed(5)  # as if an update had been
        learner.model.logit += 0.1 * torch.randn(learner.model.logit.shape, generator=noise, dtype=torch.float64)
    push.read_again()
    learner.model.zero_grad()
    push.loss().backward()
    weights, rows = oracles.in_double(learner.model), batch.prompts.repeat_interleave(8, 0)
    now = oracles.token_log_chances(weights, rows, batch.tree.traces).view(4, 8, 8)
    ratio = (now - batch.token_log_prob).exp()
    right = batch.right.double()
    worth = (right - right.mean(1, keepdim=True)) / (right.std(1, keepdim=True) + 1e-6)
    worth = worth[..., None].expand(4, 8, 8)
    loss = torch.maximum(-worth * ratio, -worth * ratio.clamp(1 - 0.2, 1 + 0.28)).mean()
    (8 * loss).backward()
    assert ((ratio > 1.28) & (worth > 0)).any(), "the upper bound is met"
    for name, weight in learner.model.named_parameters():
        torch.testing.assert_close(weight.grad, weights[name].grad, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("strength", [0.0, 1.0, 4.9, 5.0, 8.0, 20.0, 40.0, 1e6])
def test_equal_copies_leave_the_credit_as_it_is_however_strong(strength):
    # 16 copies of one solution in a group of 32: every right answer is paid alike, so nothing changes by it.
    class Group:
        right = torch.tensor([[True] * 16 + [False] * 16])
        copies = torch.where(right, 16, 0)
        n = 32

    got = mechanisms.get("novelty", strength=strength).credit(Group(), torch.full((1, 32), 7.0))
    torch.testing.assert_close(got, torch.full((1, 32), 7.0))
    # One lone solution beside fifteen copies of another takes all the reward as the strength grows.
    Group.copies = torch.where(Group.right, 15, 0)
    Group.copies[0, 0] = 1
    rewards = torch.where(Group.right, Group.copies.clamp_min(1).double() ** -min(strength, 200.0), 0.0)
    spread = (rewards - rewards.mean()) / rewards.std(correction=0)
    plain = torch.where(Group.right, 1.0, -1.0)
    got = mechanisms.get("novelty", strength=strength).credit(Group(), torch.zeros(1, 32))
    torch.testing.assert_close(got, (spread - plain).float(), rtol=1e-5, atol=1e-5)

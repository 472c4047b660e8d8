"""What a training step climbs: sampled, expected and exact gradients, and the numbers shown beside them."""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch

from passk_lab import objectives
from passk_lab.lm import Countdown, Learner, TrainConfig, sample_counts, tree_of
from passk_lab.lm.batch import Batch
from passk_lab.lm.diagnostics import MEANING, describe, signal_to_noise
from passk_lab.lm.training import ExactPush, SampledPush, gather_credit
from tests.lm import oracles

TASK = Countdown()
SEEN = TASK.prompts("seen")
N = 8
RULES = {
    ("grpo", ()): oracles.grpo,
    ("pass@k", (("k", 4),)): oracles.pass_at_4,
    ("maxrl", ()): oracles.maxrl,
    ("w-reinforce", ()): oracles.w_reinforce,
    ("pass@1", ()): oracles.reinforce_with_others,
}
"""Objectives with their parameters, and their credit by the plain rule."""


def learner_of(objective="grpo", parameters=(), **more):
    usual = {"prompts": 4, "n": N, "watch": N}
    return Learner(TrainConfig(objective=objective, parameters=dict(parameters), **{**usual, **more}))


def flat(weights):
    """Gradients of all weights as one float64 vector, in the order of their names."""
    return torch.cat([weight.grad.double().flatten() for _, weight in sorted(weights)])


def gradient(learner, push):
    """Of the step's own loss, downhill turned uphill; no clipping, no Adam."""
    learner.model.zero_grad()
    push.loss().backward()
    return -flat(learner.model.named_parameters())


def climb(model, which, factor):
    """Sum over prompts of factor(p) grad p over their number, by plain reading in float64; and their p."""
    weights = oracles.in_double(model)
    p = torch.stack([oracles.success(weights, SEEN.tokens[index].tolist()) for index in which])
    scale = torch.tensor([factor(float(q)) for q in p.detach()])
    (scale.double() * p).mean().backward()
    return flat(weights.items()), p.detach().numpy()


def cosine(a, b):
    return float(torch.nn.functional.cosine_similarity(a, b, dim=0))


# --- the mean of sampled gradients ----------------------------------------------------------------------------------

GROUPS = 2**14
"""Groups of eight for each of four prompts: 524,288 samples. Sharing a tree, they cost little."""
REPEATS = {"pass@k": 8}
"""How often: once, but a table without a baseline is noisier and takes 4,194,304 samples."""


@pytest.fixture(scope="module")
def sure():
    """A policy surer of itself than the base, so that many samples are few distinct answers, and its samples."""
    model, rng = learner_of().model, np.random.default_rng(0)
    with torch.no_grad():
        model.logit *= 2
    return model, [many_groups(model, np.array([0, 300, 2400, 3900]), rng) for _ in range(max(REPEATS.values()))]


def many_groups(model, which, rng):
    """Samples as counts of distinct answers, put in any order and cut into groups: as good as drawn one by one."""
    prompts = torch.from_numpy(SEEN.tokens[which])
    tree = sample_counts(model, prompts, GROUPS * N, rng)
    trace = torch.arange(len(tree.copies)).repeat_interleave(tree.copies).view(len(which), -1)
    trace = torch.stack([row[torch.from_numpy(rng.permutation(len(row)))] for row in trace]).flatten()
    right = TASK.verify(prompts[tree.owner], tree.traces)[trace].view(-1, N)
    tree = replace(tree, path=tree.path[trace], copies=torch.ones_like(trace))
    free = torch.ones((*right.shape, 8), dtype=torch.bool)
    return which, tree, right, free, rng


@pytest.mark.parametrize(("name", "parameters"), RULES, ids=[name for name, _ in RULES])
def test_groups_climb_their_effective_weight_times_the_exact_gradient(name, parameters, sure):
    model, answered = sure
    learner, which = learner_of(name, parameters), answered[0][0]
    learner.model.load_state_dict(model.state_dict())
    some = answered[: REPEATS.get(name, 1)]
    got = torch.stack([gradient(learner, SampledPush(learner, *groups)) for groups in some]).mean(0)
    wanted, p = climb(model, which, lambda p: oracles.climbed(RULES[name, parameters], N, p))
    assert (p > 0.1).all()
    assert (p < 0.9).all()
    assert cosine(got, wanted) > 0.999
    assert float(got.norm() / wanted.norm()) == pytest.approx(1, abs=0.02)
    # The test can tell: the factor of another objective gives another direction.
    other = oracles.maxrl if name != "maxrl" else oracles.w_reinforce
    assert cosine(got, climb(model, which, lambda p: oracles.climbed(other, N, p))[0]) < 0.99


# --- tree and plain paths -------------------------------------------------------------------------------------------


def push_of(learner, which, seed=0):
    """A push as the learner makes it, for prompts of one's choice."""
    return SampledPush.draw(learner, np.asarray(which), np.random.default_rng(seed))


@pytest.mark.parametrize(("name", "parameters"), RULES, ids=[name for name, _ in RULES])
def test_the_tree_gives_the_gradient_of_plain_reading(name, parameters):
    learner = learner_of(name, parameters)
    learner.model.double()
    push = push_of(learner, [7, 7, 1500, 3300])
    got, batch = gradient(learner, push), push.batch
    weights, rows = oracles.in_double(learner.model), batch.prompts.repeat_interleave(N, 0)
    answers = batch.tree.traces
    right = [oracles.is_right(x, y) for x, y in zip(rows.tolist(), answers.tolist(), strict=True)]
    assert batch.right.flatten().tolist() == right
    worth = []
    for group in np.reshape(right, (4, N)):
        correct, wrong = RULES[name, parameters](int(group.sum()), N) if 0 < group.sum() < N else at_ends(name, group)
        worth += [correct if mark else wrong for mark in group]
    log_chance = oracles.token_log_chances(weights, rows, answers).sum(1)
    # float32 is what the credit is kept in.
    (torch.tensor(worth, dtype=torch.float32).double() * log_chance).mean().backward()
    wanted = flat(weights.items())
    assert wanted.norm() > 0.1
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-9)
    torch.testing.assert_close(batch.log_prob.flatten(), log_chance.detach(), rtol=0, atol=1e-10)


def at_ends(name, group):
    """Credit of a group of all right or all wrong: (right, wrong), the side that is not there unused."""
    alike = {"grpo": (0, 0), "pass@1": (0, 0), "w-reinforce": (0.1, -1), "maxrl": (1, 0), "pass@k": (4, 0)}
    return alike[name]


def test_two_groups_of_one_prompt_add_up():
    learner = learner_of("pass@1")
    learner.model.double()
    push = push_of(learner, [7, 7, 7, 7])
    both = push.batch
    parts = []
    for group in range(4):
        rows = slice(group * N, (group + 1) * N)
        tree = tree_of(both.prompts[:1], torch.zeros(N, dtype=torch.long), both.tree.traces[rows])
        right, free = both.right[group : group + 1], both.free[group : group + 1]
        parts.append(gradient(learner, SampledPush(learner, both.which[:1], tree, right, free, None)))
    torch.testing.assert_close(gradient(learner, push), torch.stack(parts).mean(0), rtol=0, atol=1e-12)


def test_a_second_update_uses_the_ratio_to_the_policy_that_sampled():
    learner = learner_of("pass@1")
    learner.model.double()
    push = push_of(learner, [7, 900, 1500, 3300])
    batch = push.batch
    old = oracles.token_log_chances(
        oracles.in_double(learner.model), batch.prompts.repeat_interleave(N, 0), batch.tree.traces
    ).detach()
    with torch.no_grad():
        learner.model.logit *= 1.05
    push.read_again()
    got, weights = gradient(learner, push), oracles.in_double(learner.model)
    now = oracles.token_log_chances(weights, batch.prompts.repeat_interleave(N, 0), batch.tree.traces)
    ((now - old).exp().sum(1) * push.credit.flatten().double()).mean().backward()
    torch.testing.assert_close(got, flat(weights.items()), rtol=0, atol=1e-9)


# --- gradients without samples --------------------------------------------------------------------------------------

F = {
    ("pass@1", ()): lambda p: p,
    ("pass@k", (("k", 4),)): lambda p: 1 - (1 - p) ** 4,
    ("maxrl", ()): torch.log,
    ("w-reinforce", ()): lambda p: 1.1 * p,
}
WHICH = np.array([7, 900, 900, 3300])
"""One prompt drawn twice: it counts twice."""


def exact_gradient(learner):
    learner.model.zero_grad()
    push = ExactPush(learner, WHICH)
    push.loss().backward()
    return -flat(learner.model.named_parameters()), push.look()


@pytest.mark.parametrize(("name", "parameters"), F, ids=[name for name, _ in F])
def test_the_exact_gradient_is_that_of_the_objective(name, parameters):
    learner = learner_of(name, parameters, gradient="exact")
    got, _ = exact_gradient(learner)
    weights = oracles.in_double(learner.model)
    p = torch.stack([oracles.success(weights, SEEN.tokens[index].tolist()) for index in WHICH])
    F[name, parameters](p).mean().backward()
    wanted = flat(weights.items())
    assert (got - wanted).norm() < 1e-4 * wanted.norm()


def test_it_is_the_slope_of_the_objective_along_any_direction():
    learner = learner_of("pass@k", {"k": 4}, gradient="exact")
    got, _ = exact_gradient(learner)
    start = {name: weight.detach().double() for name, weight in sorted(learner.model.named_parameters())}

    def objective(step):
        with torch.no_grad():
            moved, at = {}, 0
            for name, weight in start.items():
                along = direction[at : at + weight.numel()].view_as(weight)
                moved[name], at = weight + step * along, at + weight.numel()
            p = [float(oracles.success(moved, SEEN.tokens[index].tolist())) for index in WHICH]
        return np.mean([1 - (1 - q) ** 4 for q in p])

    for seed in range(3):
        direction = torch.randn(len(got), generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
        direction = got / got.norm() + 0.3 * direction / direction.norm()
        h = 1e-4
        slope = (objective(h) - objective(-h)) / (2 * h)
        assert slope == pytest.approx(float(got @ direction), rel=1e-4)


@pytest.mark.parametrize(("name", "parameters"), RULES, ids=[name for name, _ in RULES])
def test_the_expected_gradient_is_what_groups_climb(name, parameters):
    learner = learner_of(name, parameters, gradient="expected")
    got, record = exact_gradient(learner)
    wanted, p = climb(learner.model, WHICH, lambda p: oracles.climbed(RULES[name, parameters], N, p))
    assert (got - wanted).norm() < 1e-4 * wanted.norm()
    assert record["pass_at_1"] == pytest.approx(p.mean(), rel=1e-5)
    assert record["pass_at_k"] == pytest.approx((1 - (1 - p) ** N).mean(), rel=1e-5)
    assert record["gap"] == pytest.approx(record["pass_at_k"] - record["pass_at_1"])
    weight = np.array([oracles.climbed(RULES[name, parameters], N, q) for q in p])
    assert record["carriers"] == pytest.approx(weight.sum() ** 2 / (weight**2).sum() / 4, rel=1e-4)


@pytest.mark.parametrize("gradient", ["exact", "expected"])
def test_a_step_without_samples_raises_what_it_climbs(gradient):
    learner = learner_of("pass@k", {"k": 4}, gradient=gradient, prompts=64, rate=1e-3, warmup=0)
    records = [learner.step() for _ in range(12)]
    assert np.mean([r["pass_at_1"] for r in records[-3:]]) > np.mean([r["pass_at_1"] for r in records[:3]]) + 0.02
    seen = {"pass_at_1", "pass_at_k", "gap", "carriers", "gradient_norm"}
    assert set(records[0]) == {"kind", "step", "seconds", *seen}


def test_the_norm_shown_is_that_before_clipping():
    learner = learner_of(seed=3, clip=1e-3)
    record = learner.step()
    again = learner_of(seed=3)
    rng = np.random.Generator(np.random.PCG64([3, 2, 0]))
    push = SampledPush.draw(again, again.prompts.draw(rng.random(4)), rng)
    assert record["gradient_norm"] == pytest.approx(float(gradient(again, push).norm()), rel=1e-5)
    assert record["gradient_norm"] > 1e-3


# --- credit and diagnostics, by hand --------------------------------------------------------------------------------


TWO = Countdown(2, 10)
PLUS, MINUS, TIMES = 10, 11, 12
PRODUCT, SUM, WRONG = [2, TIMES, 2, 4], [2, PLUS, 2, 4], [2, MINUS, 2, 0]


@dataclass(frozen=True)
class Hand:
    """Three groups of four for "2 2 -> 4": two solutions once and twice, all wrong alike, all right alike."""

    batch: Batch
    credit: torch.Tensor
    logits: torch.Tensor


@pytest.fixture
def hand():
    prompts = torch.tensor([[2, 2, 4]] * 3)
    answers = [PRODUCT, SUM, PRODUCT, WRONG, *[WRONG] * 4, *[SUM] * 4]
    owner = torch.arange(3).repeat_interleave(4)
    tree = tree_of(prompts, owner, torch.tensor(answers))
    right = TWO.verify(prompts[:, None], tree.traces.view(3, 4, 4))
    free = torch.ones((3, 4, 4), dtype=torch.bool)
    batch = Batch(TWO, np.arange(3), tree, right, free, None, None, None)
    credit = torch.tensor([[1.0, 1.0, 1.0, -3.0], [0.0] * 4, [0.5] * 4])
    return Hand(batch, credit, torch.zeros(3 + tree.inner, TWO.vocabulary))


def test_a_small_batch_described_by_hand(hand):
    got = describe(hand.batch, hand.credit, hand.logits, watch=2)
    # c = 3, 0, 4 of 4. pass@2 = 1 - C(1, 2)/C(4, 2) = 1, 0, 1. Worth |credit| = 6, 0, 2: 64/40 of 3 prompts.
    # Solutions: 2 * 2 (twice) and 2 + 2, none, 2 + 2. Different answers: 3 + 1 + 1 of 12.
    wanted = {
        "pass_at_1": 7 / 12,
        "pass_at_k": 2 / 3,
        "gap": 1 / 12,
        "entropy": 4 * math.log(13),
        "distinct": 1.0,
        "unique": 5 / 12,
        "all_wrong": 1 / 3,
        "all_right": 1 / 3,
        "silent": 2 / 3,
        "carriers": 64 / 40 / 3,
    }
    assert got == pytest.approx(wanted, rel=1e-6)
    assert set(got) < set(MEANING)


def test_a_batch_without_credit_is_silent_and_carried_by_nobody(hand):
    got = describe(hand.batch, torch.zeros(3, 4), hand.logits, watch=4)
    assert (got["silent"], got["carriers"]) == (1.0, 0.0)


def test_copies_and_solutions_by_hand(hand):
    assert hand.batch.copies.tolist() == [[2, 1, 2, 0], [0] * 4, [4] * 4]
    times, plus = hand.batch.solution[0, :2].tolist()
    assert times != plus
    assert hand.batch.solution.tolist() == [[times, plus, times, -1], [-1] * 4, [plus] * 4]
    assert hand.batch.c.tolist() == [3, 0, 4]


def test_entropy_is_counted_where_samples_choose(hand):
    # Every first token is certain; of four tokens three are left, at log 13 each.
    hand.logits[:3, 2] = 1e4
    assert describe(hand.batch, hand.credit, hand.logits, watch=2)["entropy"] == pytest.approx(
        3 * math.log(13), rel=1e-6
    )
    # A hint of two tokens in the last group leaves it two choices: (3 + 3 + 2)/3.
    hand.batch.free[2, :, :2] = False
    del hand.batch.__dict__["reader_weight"]
    assert describe(hand.batch, hand.credit, hand.logits, watch=2)["entropy"] == pytest.approx(
        8 / 3 * math.log(13), rel=1e-6
    )


@pytest.mark.parametrize(("name", "parameters"), RULES, ids=[name for name, _ in RULES])
def test_every_sample_finds_its_entry_in_the_credit_table(name, parameters, hand):
    rule = RULES[name, parameters]
    got = gather_credit(objectives.get(name, **dict(parameters)), hand.batch)
    correct, wrong = rule(3, 4)
    ends = at_ends(name, None)
    wanted = [[correct] * 3 + [wrong], [ends[1]] * 4, [ends[0]] * 4]
    torch.testing.assert_close(got, torch.tensor(wanted, dtype=torch.float32))


def noise_of(hand, gradients):
    """Set each group's gradient of the output layer, spread over its prompt and one inner reader."""
    readers = len(hand.logits)
    group = torch.cat([torch.arange(3), hand.batch.tree.group[: hand.batch.tree.inner]])
    logits = torch.zeros(readers, 2, requires_grad=True)
    logits.grad = torch.zeros(readers, 2)
    for g, (first, second) in enumerate(gradients):
        mine = torch.nonzero(group == g).flatten().tolist()
        # The loss is a mean over groups, so a group's own gradient is three times its part in it.
        logits.grad[mine[0], 0], logits.grad[mine[-1], 1] = first / 3, second / 3
    return signal_to_noise(hand.batch, torch.ones(readers, 1), logits)


@pytest.mark.parametrize(
    ("gradients", "wanted"),
    [
        # Sum 6, squares 14: signal^2 = (36 - 14)/6. About the mean 2: 2, noise^2 = 2/6.
        ([(1, 0), (2, 0), (3, 0)], math.sqrt(11)),
        # Sum (3, 4): 25 - 25 = 0 is left. About the mean: 25 - 25/3.
        ([(3, 0), (0, 4), (0, 0)], 0.0),
        # Sum (2, 1): 5 - 3 = 2. About the mean: 3 - 5/3 = 4/3.
        ([(1, 0), (1, 0), (0, 1)], math.sqrt(2 / (4 / 3))),
        # Against each other: sum 0, so the signal's square is below 0 and counts as 0.
        ([(1, 0), (-1, 0), (0, 0)], 0.0),
        # All alike: no noise to divide by.
        ([(1, 2), (1, 2), (1, 2)], 0.0),
    ],
)
def test_signal_to_noise_by_hand(gradients, wanted, hand):
    assert noise_of(hand, gradients) == pytest.approx(wanted, rel=1e-5)


def test_signal_to_noise_is_that_of_the_groups_gradients():
    # Each group's gradient of the output layer by a backward pass of its own.
    learner = learner_of("pass@1", prompts=6)
    learner.model.double()
    push = push_of(learner, [7, 900, 1500, 3300, 200, 4000])
    push.loss().backward()
    batch, shown = push.batch, push.look()["signal_to_noise"]
    own = []
    for group in range(6):
        learner.model.zero_grad()
        hidden = batch.tree.hidden(learner.model)
        policy = learner.model.logits(hidden[None])[0].log_softmax(-1)
        chance = batch.tree.trace_log_probs(policy).view(6, N)[group]
        (push.credit[group].double() * chance).mean().backward()
        own.append(learner.model.logit.grad.flatten().clone())
    own = torch.stack(own)
    pairs = [(own[a] @ own[b]).item() for a in range(6) for b in range(6) if a != b]
    noise = own.var(0).sum() / 6
    assert shown == pytest.approx(math.sqrt(max(0.0, np.mean(pairs)) / float(noise)), rel=1e-5)
    assert shown > 0

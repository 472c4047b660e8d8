"""Prefix trees and the three ways to draw: the same tokens, the same log chances, the same distribution."""

from collections import Counter

import numpy as np
import pytest
import torch
from scipy.stats import chisquare

from passk_lab.lm import Countdown, Transformer, bundled_base, sample, sample_counts, sample_plainly, tree_of
from passk_lab.lm.evaluation import log_policy
from passk_lab.lm.rollout import chances, pick
from tests.lm import oracles

TASK = Countdown()
PROMPTS = torch.from_numpy(TASK.prompts("unseen").tokens[[3, 200, 401, 702, 1000, 1499]])
ALMOST_ONE = 1 - 2**-53


def model_of(name):
    return bundled_base(int(name[-1])) if name.startswith("base") else Transformer(TASK, seed=int(name[-1]))


def uniforms_for(seed, n=32):
    return torch.from_numpy(np.random.default_rng(seed).random((len(PROMPTS), n, 8)))


def prefixes(owner, traces):
    """How many traces pass each (prompt, prefix)."""
    return Counter((g, tuple(row[: end + 1])) for g, row in zip(owner, traces, strict=True) for end in range(len(row)))


def prefix_of_each_node(tree):
    """(prompt, tokens up to the node), read off the parents alone."""
    groups, found = len(tree.prompts), []
    for token, parent in zip(tree.token.tolist(), tree.parent.tolist(), strict=True):
        owner, before = (parent, ()) if parent < groups else found[parent - groups]
        found.append((owner, (*before, token)))
    return found


def sharpened(factor=1e4):
    """A policy that always writes the same."""
    model = bundled_base(0).double()
    with torch.no_grad():
        model.logit *= factor
    return model


# --- the same uniforms, the same tokens -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["base 0", "base 1", "base 2", "random 0", "random 7"])
def test_the_tree_draws_what_plain_reading_draws(name):
    model, uniforms = model_of(name), uniforms_for(1)
    tree = sample(model, PROMPTS, uniforms)
    assert torch.equal(tree.traces.unflatten(0, (6, 32)), sample_plainly(model, PROMPTS, uniforms))
    assert torch.equal(tree.owner, torch.arange(6).repeat_interleave(32))


@pytest.mark.parametrize("seed", [2, 3, 4])
def test_so_it_does_in_float64_with_more_samples(seed):
    model, uniforms = bundled_base(seed % 3).double(), uniforms_for(seed, n=200)
    assert torch.equal(
        sample(model, PROMPTS, uniforms).traces.unflatten(0, (6, 200)), sample_plainly(model, PROMPTS, uniforms)
    )


def inverts(model, prompts, answers, streams):
    """Whether each uniform lies in its token's stretch of the cumulative distribution, given what stands before."""
    with torch.no_grad():
        chance = oracles.next_log_chances(oracles.in_double(model), prompts, answers).exp()
    upper = chance.cumsum(-1).gather(-1, answers[..., None])[..., 0]
    lower = upper - chance.gather(-1, answers[..., None])[..., 0]
    return (lower - 1e-12 <= streams) & (streams <= upper + 1e-12)


def test_the_tokens_are_those_of_the_inverted_distribution():
    model, uniforms = bundled_base(1).double(), uniforms_for(5, n=20)
    answers = sample(model, PROMPTS, uniforms).traces
    assert inverts(model, PROMPTS.repeat_interleave(20, 0), answers, uniforms.flatten(0, 1)).all()


def test_a_sample_does_not_depend_on_the_others():
    model, uniforms = bundled_base(0).double(), uniforms_for(6)
    whole = sample(model, PROMPTS, uniforms).traces.unflatten(0, (6, 32))
    assert torch.equal(sample(model, PROMPTS[2:4], uniforms[2:4, 5:9]).traces, whole[2:4, 5:9].flatten(0, 1))
    assert torch.equal(sample(model, PROMPTS[4:5], uniforms[4:5, :1]).traces, whole[4, :1]), "a group of one"


@pytest.mark.parametrize("make", [lambda: bundled_base(0), lambda: Transformer(TASK, seed=1), sharpened])
def test_uniforms_at_the_ends_give_tokens_of_the_vocabulary(make):
    model = make()
    uniforms = torch.tensor([0.0, 5e-324, 1e-17, ALMOST_ONE])[:, None].double().expand(6, 4, 8)
    tree = sample(model, PROMPTS, uniforms)
    assert 0 <= int(tree.traces.min()) <= int(tree.traces.max()) < TASK.vocabulary
    assert torch.equal(tree.traces.unflatten(0, (6, 4)), sample_plainly(model, PROMPTS, uniforms))


def test_a_token_without_chance_is_never_picked():
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf, 0.0, -torch.inf]])
    picked = [int(pick(logits, torch.tensor([u], dtype=torch.float64))) for u in (0.0, 0.49, 0.5, 0.99, ALMOST_ONE)]
    assert picked == [1, 1, 3, 3, 3]


def test_chances_are_float64_and_sum_to_one():
    got = chances(torch.randn(5, 33))
    assert got.dtype == torch.float64
    torch.testing.assert_close(got.sum(-1), torch.ones(5, dtype=torch.float64), rtol=0, atol=1e-15)


# --- hints ----------------------------------------------------------------------------------------------------------


def test_forced_tokens_are_written_and_the_rest_is_drawn_from_there():
    model, uniforms = bundled_base(2).double(), uniforms_for(8, n=12)
    hint = torch.tensor([2, 30, 3, 5])
    forced = torch.full((6, 12, 8), -1)
    forced[1, :, :4] = hint
    forced[4, 3:5, :4] = hint
    got = sample(model, PROMPTS, uniforms, forced).traces.unflatten(0, (6, 12))
    free = sample(model, PROMPTS, uniforms).traces.unflatten(0, (6, 12))
    hinted = (forced >= 0).any(-1)
    assert torch.equal(got[~hinted], free[~hinted]), "the others are as they were"
    assert (got[hinted][:, :4] == hint).all()
    rows = PROMPTS[:, None].expand(-1, 12, -1)[hinted]
    assert inverts(model, rows, got[hinted], uniforms[hinted])[:, 4:].all()


# --- the tree -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["base 0", "random 3"])
def test_every_prefix_is_one_node(name):
    tree = sample(model_of(name), PROMPTS, uniforms_for(9))
    wanted = prefixes(tree.owner.tolist(), tree.traces.tolist())
    found = prefix_of_each_node(tree)
    assert sorted(found) == sorted(wanted)
    assert tree.visits().tolist() == [wanted[node] for node in found]
    assert tree.group.tolist() == [owner for owner, _ in found]
    assert tree.depth.tolist() == [len(tokens) - 1 for _, tokens in found]
    assert tree.inner == sum(len(tokens) < 8 for _, tokens in found)
    for trace, path in zip(tree.traces.tolist(), tree.path.tolist(), strict=True):
        assert [found[node][1] for node in path] == [tuple(trace[: end + 1]) for end in range(8)]


def test_log_chances_on_the_tree_are_those_of_plain_reading():
    model = bundled_base(0).double()
    tree = sample(model, PROMPTS, uniforms_for(10))
    policy = log_policy(model, tree.hidden(model)).detach()
    rows = PROMPTS.repeat_interleave(32, 0)
    weights = oracles.in_double(model)
    wanted = oracles.token_log_chances(weights, rows, tree.traces).detach()
    torch.testing.assert_close(tree.log_probs(policy)[tree.path], wanted, rtol=0, atol=1e-10)
    torch.testing.assert_close(tree.trace_log_probs(policy), wanted.sum(1), rtol=0, atol=1e-10)
    # And so is every reader's whole row, not only the tokens drawn.
    readers = tree.parent[tree.path]
    whole = oracles.next_log_chances(weights, rows, tree.traces).detach()
    torch.testing.assert_close(policy[readers], whole, rtol=0, atol=1e-10)


@pytest.mark.parametrize("name", ["base 0", "random 3"])
def test_a_block_reads_the_same_log_chances(name):
    model = model_of(name).double()
    tree = sample(model, PROMPTS, uniforms_for(14, n=16))
    assert tree.group.bincount().unique().numel() > 1, "groups of several sizes, so that there is padding"
    block = tree.block()
    got = block.log_chances(model)[0]
    wanted = tree.trace_log_probs(log_policy(model, tree.hidden(model)))
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-12)
    single = model_of(name)
    got = block.log_chances(single)[0]
    torch.testing.assert_close(got.double(), wanted, rtol=0, atol=2e-5)


def test_a_tree_of_given_answers():
    prompts = torch.tensor([[2, 3, 4, 9], [2, 2, 2, 6], [5, 1, 1, 7]])
    # The second prompt has none; the third has one answer that the first has too.
    traces = [[2, 30, 3, 5, 5, 30, 4, 9], [2, 30, 3, 5, 4, 30, 5, 9], [2, 30, 3, 5, 5, 30, 4, 9]]
    owner, copies = torch.tensor([0, 0, 2]), torch.tensor([5, 1, 2])
    tree = tree_of(prompts, owner, torch.tensor(traces), copies)
    assert tree.traces.tolist() == traces
    assert tree.owner.tolist() == [0, 0, 2]
    found = prefix_of_each_node(tree)
    assert len(found) == 4 + 4 + 4 + 8
    assert dict(zip(found, tree.visits().tolist(), strict=True))[0, (2, 30, 3, 5)] == 6
    model = bundled_base(1).double()
    got = tree.trace_log_probs(log_policy(model, tree.hidden(model)))
    wanted = oracles.token_log_chances(oracles.in_double(model), prompts[owner], torch.tensor(traces)).sum(1)
    torch.testing.assert_close(got, wanted, rtol=0, atol=1e-10)
    assert tree_of(prompts, owner, torch.tensor(traces)).copies.tolist() == [1, 1, 1]


def test_the_order_of_answers_does_not_matter():
    tree = sample(bundled_base(0), PROMPTS, uniforms_for(11, n=8))
    order = torch.randperm(48, generator=torch.Generator().manual_seed(0))
    again = tree_of(PROMPTS, tree.owner[order], tree.traces[order])
    assert torch.equal(again.traces, tree.traces[order])
    assert sorted(prefix_of_each_node(again)) == sorted(prefix_of_each_node(tree))


def test_a_collapsed_policy_costs_one_answer():
    model = sharpened()
    tree = sample(model, PROMPTS, uniforms_for(12, n=64))
    assert len(tree.token) == 6 * 8
    assert tree.visits().tolist() == [64.0] * 48
    policy = log_policy(model, tree.hidden(model))
    assert tree.trace_log_probs(policy).exp().min() > 0.999
    counted = sample_counts(model, PROMPTS, 10**6, np.random.default_rng(0))
    assert counted.copies.tolist() == [10**6] * 6
    assert torch.equal(counted.traces, tree.traces[::64])


# --- counts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("n", [1, 7, 10**6])
def test_counts_add_up_and_no_answer_comes_twice(n):
    tree = sample_counts(bundled_base(0), PROMPTS, n, np.random.default_rng(n))
    assert torch.bincount(tree.owner, weights=tree.copies.double()).tolist() == [n] * 6
    assert tree.copies.min() >= 1
    rows = list(zip(tree.owner.tolist(), map(tuple, tree.traces.tolist()), strict=True))
    assert len(set(rows)) == len(rows)
    found = prefix_of_each_node(tree)
    for owner, trace, path in zip(tree.owner.tolist(), tree.traces.tolist(), tree.path.tolist(), strict=True):
        assert [found[node] for node in path] == [(owner, tuple(trace[: end + 1])) for end in range(8)]


def cells(model, n, counts):
    """For each prompt: observed and expected counts of its legal answers, rare ones and all others pooled."""
    for index, prompt in enumerate(PROMPTS.tolist()):
        legal = sorted(oracles.legal(tuple(prompt[:3])))
        tokens = torch.tensor(legal)
        rows = PROMPTS[index].expand(len(legal), -1)
        with torch.no_grad():
            expected = n * oracles.token_log_chances(oracles.in_double(model), rows, tokens).sum(1).exp().numpy()
        observed = np.array([counts[index, trace] for trace in legal])
        often = expected >= 10
        assert often.sum() >= 10
        yield (
            np.append(observed[often], n - observed[often].sum()),
            np.append(expected[often], n - expected[often].sum()),
        )


def test_a_million_counts_follow_the_exact_chances_of_the_answers():
    # Level 0.01 over the six prompts of each of two models.
    for seed in (0, 1):
        model, n = bundled_base(seed), 10**6
        tree = sample_counts(model, PROMPTS, n, np.random.default_rng(seed))
        counts = Counter()
        rows = zip(tree.owner.tolist(), map(tuple, tree.traces.tolist()), strict=True)
        counts.update(dict(zip(rows, tree.copies.tolist(), strict=True)))
        for observed, expected in cells(model, n, counts):
            assert chisquare(observed, expected).pvalue > 0.01 / 12


def test_so_do_samples_on_the_tree():
    model, n = bundled_base(2), 8000
    tree = sample(model, PROMPTS, uniforms_for(13, n=n))
    counts = Counter(zip(tree.owner.tolist(), map(tuple, tree.traces.tolist()), strict=True))
    for observed, expected in cells(model, n, counts):
        assert chisquare(observed, expected).pvalue > 0.01 / 6


# --- bad input ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prompts", "uniforms", "words"),
    [
        (
            PROMPTS[0],
            uniforms_for(0),
            r"of countdown-3 have 4 tokens, one prompt a row, but the shape is \(4,\)",
        ),
        (PROMPTS[:, :3], uniforms_for(0), r"have 4 tokens, .* but the shape is \(6, 3\)"),
        (PROMPTS, uniforms_for(0)[:5], r"\(G, n, T\) with G = 6 and T = 8 here, but the shape is \(5, 32, 8\)"),
        (PROMPTS, uniforms_for(0)[..., :4], r"but the shape is \(6, 32, 4\)"),
        (PROMPTS, uniforms_for(0)[:, 0], r"but the shape is \(6, 8\)"),
    ],
)
@pytest.mark.parametrize("draw", [sample, sample_plainly])
def test_shapes_that_do_not_fit(draw, prompts, uniforms, words):
    with pytest.raises(ValueError, match=words) as caught:
        draw(bundled_base(0), prompts, uniforms)
    assert str(caught.value).endswith("."), "a sentence"


@pytest.mark.parametrize("n", [0, -1, 2.5])
def test_counts_of_a_whole_number_of_samples(n):
    with pytest.raises(ValueError, match=r"^n must be .*\.$"):
        sample_counts(bundled_base(0), PROMPTS, n, np.random.default_rng(0))

"""The divergence from the base as mechanisms train it, against a policy of two tokens whose answers can be listed.

A policy of tables: logits of the first token and, after each, of the second. Every pair of answers is a group of two;
what a mechanism makes of each, weighed with the pair's chance, is its expected slope.
"""

import itertools
import math

import numpy as np
import pytest
import torch
from torch.nn.functional import cosine_similarity

from passk_lab.lm import mechanisms, tree_of
from passk_lab.lm.batch import Batch
from passk_lab.lm.mechanisms.mechanism import Mechanism

V, PLACES = 3, ("reward", "loss")
ANSWERS = list(itertools.product(range(V), repeat=2))
NOW, BASE = (
    torch.randn(1 + V, V, generator=torch.Generator().manual_seed(seed), dtype=torch.float64) for seed in (1, 2)
)
"""Logits: row 0 of the first token, row 1 + a of the second after a."""


def log_answers(logits):
    first, second = logits[0].log_softmax(-1), logits[1:].log_softmax(-1)
    return (first[:, None] + second).flatten()


def whole(direction, logits=NOW):
    """The slope of the divergence of whole answers, by autograd over their list."""
    logits = logits.clone().requires_grad_()
    now, base = log_answers(logits), log_answers(BASE)
    pair = (now, base) if direction == "reverse" else (base, now)
    (pair[0].exp() * (pair[0] - pair[1])).sum().backward()
    return logits.grad


def token_by_token(direction):
    """The slope of each next token's divergence, the prefixes held as they are."""
    logits = NOW.clone().requires_grad_()
    now, base = logits.log_softmax(-1), BASE.log_softmax(-1)
    pair = (now, base) if direction == "reverse" else (base, now)
    each = (pair[0].exp() * (pair[0] - pair[1])).sum(-1)
    visits = torch.cat([torch.ones(1), NOW[0].softmax(-1)])
    (visits * each).sum().backward()
    return logits.grad


def expected(name, logits=NOW):
    """The slope of a mechanism's part of the loss, over every group of two answers."""
    logits = logits.clone().requires_grad_()
    chance = log_answers(logits.detach()).exp()
    mechanism = mechanisms.get(name, coefficient=1.0)
    total = torch.zeros(())
    for one, other in itertools.product(range(len(ANSWERS)), repeat=2):
        traces = torch.tensor([ANSWERS[one], ANSWERS[other]])
        tree = tree_of(torch.zeros(1, 1, dtype=torch.long), torch.zeros(2, dtype=torch.long), traces)
        rows = torch.cat([torch.zeros(1, dtype=torch.long), 1 + tree.token[: tree.inner]])
        policy, base = logits.log_softmax(-1)[rows], BASE.log_softmax(-1)[rows]
        token = tree.log_probs(policy)[tree.path][None]
        free, right = torch.ones(1, 2, 2, dtype=torch.bool), torch.zeros(1, 2, dtype=torch.bool)
        batch = Batch(None, np.zeros(1), tree, right, free, token.detach(), lambda base=base: base, None)
        credit = mechanism.credit(batch, torch.zeros(1, 2))
        loss = -(credit[..., None] * token).sum() / 2
        if type(mechanism).penalty is not Mechanism.penalty:
            loss = loss + mechanism.penalty(batch, policy, credit)
        total = total + chance[one] * chance[other] * loss
    total.backward()
    return logits.grad


def same(got, wanted):
    torch.testing.assert_close(got, wanted, rtol=1e-6, atol=1e-7)


@pytest.mark.parametrize("name", ["kl-reverse", "k1-in-reward"])
def test_two_have_the_slope_of_the_whole_divergence(name):
    same(expected(name), whole("reverse"))


def test_a_term_in_the_loss_is_token_by_token():
    same(expected("k2-in-loss"), token_by_token("reverse"))
    same(expected("k3-in-loss"), token_by_token("forward"))
    same(expected("kl-forward"), token_by_token("forward"))
    same(expected("k1-in-loss"), torch.zeros_like(NOW))


def beside(one, other):
    """Cosine of two slopes, and their norms."""
    one, other = one.flatten(), other.flatten()
    return float(cosine_similarity(one, other, dim=0)), float(one.norm()), float(other.norm())


def test_what_leaving_out_the_prefixes_costs():
    """The figures in the docstrings of `kl-forward` and `k2-in-loss`."""
    assert beside(token_by_token("reverse"), whole("reverse")) == pytest.approx((0.870, 0.355, 0.374), abs=5e-4)
    assert beside(token_by_token("forward"), whole("forward")) == pytest.approx((0.998, 0.390, 0.413), abs=5e-4)


def test_what_the_other_two_in_the_reward_train():
    """Summed per token, k2 and k3 in the reward point elsewhere than the divergence."""
    assert beside(expected("k2-in-reward"), whole("reverse"))[0] == pytest.approx(0.655, abs=5e-4)
    assert beside(expected("k3-in-reward"), whole("reverse"))[0] == pytest.approx(0.241, abs=5e-4)


def test_at_the_base_all_are_still():
    for name in ("kl-reverse", "kl-forward", *(f"{k}-in-{place}" for k in ("k1", "k2", "k3") for place in PLACES)):
        same(expected(name, BASE), torch.zeros_like(BASE))


def test_estimates_by_hand():
    for name, wanted in (("k1", [math.log(2), -math.log(2)]), ("k2", [math.log(2) ** 2 / 2] * 2)):
        for place in PLACES:
            estimate = mechanisms.get(f"{name}-in-{place}").estimate(torch.tensor([2.0, 0.5]).log())
            assert estimate.tolist() == pytest.approx(wanted)
    for place in PLACES:
        estimate = mechanisms.get(f"k3-in-{place}").estimate(torch.tensor([2.0, 0.5]).log())
        assert estimate.tolist() == pytest.approx([0.5 - 1 + math.log(2), 2 - 1 - math.log(2)])


def test_in_the_reward_by_hand():
    """A group of three: log ratios that sum to 1, -2 and 4; a hinted token does not count."""
    traces = torch.tensor([[0, 0], [0, 1], [1, 2]])
    tree = tree_of(torch.zeros(1, 1, dtype=torch.long), torch.zeros(3, dtype=torch.long), traces)
    base = torch.zeros(1 + tree.inner, V)
    free, right = torch.ones(1, 3, 2, dtype=torch.bool), torch.zeros(1, 3, dtype=torch.bool)
    token = torch.tensor([[[0.5, 0.5], [-1.0, -1.0], [4.0, 7.0]]])
    free[0, 2, 1] = False
    batch = Batch(None, np.zeros(1), tree, right, free, token, lambda: base, None)
    credit = mechanisms.get("k1-in-reward", coefficient=0.1).credit(batch, torch.ones(1, 3))
    assert credit[0].tolist() == pytest.approx([1 - 0.1 * (1 - 1), 1 - 0.1 * (-2 - 2.5), 1 - 0.1 * (4 + 0.5)])

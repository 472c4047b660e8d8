"""Temperature: chances by enumeration, its two ends, draws beside them, and the recorded table beside the models."""

import numpy as np
import pytest
import torch

from passk_lab import lm
from passk_lab.explorers.shipped import temperature as explorer
from passk_lab.lm import recorded


@pytest.fixture(scope="module")
def base():
    return lm.bundled_base(0)


def by_hand(model, numbers, target, temperature):
    """p from whole sequences read one by one, each token's chances to the power 1/T, in float64."""
    task = model.task
    legal = task.legal_traces([numbers])
    right = legal.tokens[legal.result == target]
    prompt = [*numbers, target]
    p = 0.0
    for answer in np.asarray(right).tolist():
        tokens = torch.tensor([[*prompt, *answer]])
        with torch.no_grad():
            hidden = model.hidden(tokens[0][None], torch.arange(tokens.shape[1]), lambda _l, q, k, v: attend(q, k, v))
            chances = model.logits(hidden)[0].double().softmax(-1).numpy()
        chances = chances ** (1 / temperature)
        chances /= chances.sum(-1, keepdims=True)
        p += float(np.prod([chances[len(prompt) + t - 1, token] for t, token in enumerate(answer)]))
    return p


def attend(q, k, v):
    q, k, v = (side.transpose(1, 2) for side in (q, k, v))
    out = torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)
    return out.transpose(1, 2)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 2.0])
def test_p_is_the_sum_over_answers_of_token_chances_to_the_power_1_over_t(base, temperature):
    heated = lm.at_temperature(base, temperature)
    p = lm.right_answers(heated, [2, 3, 4], 24).chance.sum()
    assert p == pytest.approx(by_hand(base, [2, 3, 4], 24, temperature), rel=1e-4)


def test_the_model_is_left_as_it_is(base):
    before = base.logit.clone()
    lm.at_temperature(base, 0.5)
    assert torch.equal(base.logit, before)
    assert torch.equal(lm.at_temperature(base, 1).logit, before)


def test_the_ends_are_the_likeliest_answer_and_any_token(base):
    surest = lm.sampled_answers(lm.at_temperature(base, 0.01), [2, 3, 4], 24, n=1000)
    likely = lm.sampled_answers(base, [2, 3, 4], 24, n=1000)
    assert surest.copies.iloc[0] > 5 * likely.copies.iloc[0]
    assert len(surest) <= 3
    wildest = lm.at_temperature(base, 100)
    chance = lm.right_answers(wildest, [2, 3, 4], 24).chance
    assert np.log(chance).mean() == pytest.approx(-8 * np.log(base.task.vocabulary), rel=0.05)


def test_draws_agree_with_the_exact_chance(base):
    heated = lm.at_temperature(base, 1.6)
    p = lm.right_answers(heated, [2, 3, 4], 24).chance.sum()
    drawn = lm.sampled_answers(heated, [2, 3, 4], 24, n=20_000)
    share = drawn.copies[drawn.right].sum() / 20_000
    assert abs(share - p) < 4 * (p * (1 - p) / 20_000) ** 0.5


@pytest.mark.parametrize("temperature", [0, -1, float("nan"), 1000, "1", True])
def test_another_temperature_gets_a_sentence(base, temperature):
    with pytest.raises(ValueError, match="temperature must"):
        lm.at_temperature(base, temperature)


def test_the_recorded_table_is_what_the_models_give():
    table = recorded.temperatures()
    assert len(table) == 2 * 3 * len(recorded.TEMPERATURES) * len(lm.KS)
    for kind, seed, temperature in (("base", 0, 0.3), ("collapsed", 2, 2.0)):
        there = table[(table.model == kind) & (table.seed == seed) & np.isclose(table.temperature, temperature)]
        now = lm.curves_at(lm.bundled_base(seed, kind=kind), [temperature])
        np.testing.assert_allclose(there.pass_at_k, now.pass_at_k, atol=1e-5)


def test_heat_does_not_give_back_what_training_took():
    """What the explorer's title and presets say, at every temperature and seed."""
    wide = recorded.temperatures().pivot_table("pass_at_k", ["model", "seed", "temperature"], "k")
    for seed in recorded.SEEDS:
        base, after = wide.loc["base", seed], wide.loc["collapsed", seed]
        assert after[256].max() < base.loc[1.0, 256]
        assert after.loc[2.0, 256] > after.loc[1.0, 256] + 0.03
        assert after.loc[2.0, 1] < after.loc[1.0, 1] - 0.1
        assert base[1].max() < after.loc[1.0, 1]
        assert base.loc[0.3, 1] > base.loc[1.0, 1] + 0.05
        assert base.loc[0.3, 256] > base.loc[1.0, 256] - 0.03
    assert explorer.describe().start["T"] == 1.0

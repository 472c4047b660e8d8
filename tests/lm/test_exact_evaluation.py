"""Exact success against brute force, against samples, and what is computed from it."""

import gc
import math
import weakref
from collections import defaultdict

import numpy as np
import pytest
import torch
from scipy.stats import binom, binomtest
from scipy.stats import t as student_t

from passk_lab import metrics
from passk_lab.lm import Countdown, Exact, Transformer, bundled_base, evaluation, sample_counts, success
from passk_lab.lm.capture import stack_models
from passk_lab.lm.evaluation import judge, judge_runs, success_of_runs, trace_log_probs
from tests.lm import oracles

TASK = Countdown()
HELD_OUT = TASK.prompts("unseen")
KS = [1, 2, 4, 16, 256, 10**6]


@pytest.fixture(scope="module")
def exact():
    return success(bundled_base(0), HELD_OUT)


@pytest.fixture(scope="module")
def some():
    """Sixty held-out prompts, spread over the list."""
    return np.arange(12, len(HELD_OUT), len(HELD_OUT) // 60)[:60]


def sampled_right(model, which, n, seed):
    """How many of n samples are right, checked one distinct answer at a time."""
    tree = sample_counts(model, torch.from_numpy(HELD_OUT.tokens[which]), n, np.random.default_rng(seed))
    right = np.zeros(len(which), dtype=int)
    for owner, trace, copies in zip(tree.owner.tolist(), tree.traces.tolist(), tree.copies.tolist(), strict=True):
        right[owner] += copies * oracles.is_right(HELD_OUT.tokens[which[owner]].tolist(), trace)
    return right


# --- the chance of being right --------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [bundled_base(1), Transformer(TASK, seed=5)], ids=["base", "random"])
def test_p_is_the_sum_over_right_answers_read_plainly(model):
    part = HELD_OUT.of_multisets(2)
    weights = oracles.in_double(model)
    with torch.no_grad():
        wanted = [float(oracles.success(weights, row)) for row in part.tokens.tolist()]
    np.testing.assert_allclose(success(model, part).p, wanted, rtol=2e-5)
    np.testing.assert_allclose(success(model.double(), part).p, wanted, rtol=1e-11)


def test_p_does_not_depend_on_how_prompts_are_cut_into_passes(exact):
    whole = exact.p
    for which in ([0], [5, 900, 17], range(1490, 1502)):
        owner, log_probs = trace_log_probs(bundled_base(0), HELD_OUT, np.array(which))
        p = np.bincount(owner, log_probs.detach().double().exp(), minlength=len(which))
        np.testing.assert_allclose(p, whole[list(which)], rtol=1e-5)


def test_p_against_a_hundred_thousand_samples_a_prompt(exact, some):
    # Exact binomial tails, both sides, level 0.01 over all sixty prompts together.
    n = 10**5
    right = sampled_right(bundled_base(0), some, n, seed=1)
    tails = [binomtest(int(c), n, float(p)).pvalue for c, p in zip(right, exact.p[some], strict=True)]
    assert min(tails) > 0.01 / 60
    # And together: the standardised differences are neither too large nor too small.
    p = exact.p[some]
    z = (right - n * p) / np.sqrt(n * p * (1 - p))
    assert 0.7 < np.sqrt((z**2).mean()) < 1.3


@pytest.mark.parametrize("n", [64, 4000])
def test_pass_at_k_estimated_from_samples_lies_within_its_error(n, exact, some):
    right, p = sampled_right(bundled_base(0), some, n, seed=n), exact.p[some]
    weight = HELD_OUT.weight[some] / HELD_OUT.weight[some].sum()
    c = np.arange(n + 1)
    for k in (1, 4, 16, 64):
        estimate = metrics.pass_at_k(n, c, k)
        chance = binom.pmf(c, n, p[:, None])
        mean, second = chance @ estimate, chance @ estimate**2
        np.testing.assert_allclose(mean, 1 - (1 - p) ** k, atol=1e-9)  # the estimator is unbiased, term by term
        error = math.sqrt(weight**2 @ (second - mean**2))
        assert abs(weight @ estimate[right] - weight @ mean) < 3.5 * error


def test_every_right_answer_has_its_own_chance_wherever_it_was_read(exact):
    # The blocks take prompts in the order of their trees' sizes; the answers stand in the order of `right` again.
    which = np.arange(700, 760)
    rows = np.isin(HELD_OUT.right.owner, which)
    _, log_probs = trace_log_probs(bundled_base(0), HELD_OUT, which)
    np.testing.assert_allclose(exact.answers[rows], log_probs.detach().double().exp(), rtol=2e-5)
    assert len(np.unique(exact.answers[rows])) == rows.sum()


def test_what_is_kept_of_prompts_goes_with_them():
    before, kept = len(evaluation._LISTED), []
    for count in (2, 3, 4):
        part = HELD_OUT.of_multisets(count)
        found = success(bundled_base(0), part)
        assert success(bundled_base(1), part).distinct(4) > 0 < found.effective_solutions()
        kept.append((weakref.ref(part), weakref.ref(evaluation._listed(part, torch.device("cpu")).blocks[0])))
        del part, found
    gc.collect()
    assert [(prompts(), block()) for prompts, block in kept] == [(None, None)] * 3
    assert len(evaluation._LISTED) == before


def test_who_judges_by_the_same_prompts_shares_them():
    one = HELD_OUT.of_multisets(5)
    assert HELD_OUT.of_multisets(5) is one
    assert HELD_OUT.of_multisets(6) is not one
    success(bundled_base(0), one)
    blocks = evaluation._listed(one, torch.device("cpu")).blocks
    success(bundled_base(1), HELD_OUT.of_multisets(5))
    assert evaluation._listed(one, torch.device("cpu")).blocks is blocks


def test_the_right_answers_of_both_splits_take_ten_megabytes_at_most():
    mine = [HELD_OUT, TASK.prompts("seen").of_multisets(HELD_OUT.multisets)]
    blocks = [block for prompts in mine for block in evaluation._listed(prompts, torch.device("cpu")).blocks]
    size = sum(tensor.nbytes for block in blocks for tensor in vars(block).values())
    assert size < 10e6
    # Padding sees itself alone, and so does the first token of each prompt.
    needed = sum(int((block.sees.sum(-1) > 1).sum()) + len(block.sees) for block in blocks)
    assert needed <= sum(len(block.tokens) for block in blocks) < 1.1 * needed


def test_a_stack_of_policies_is_evaluated_as_each_is_alone():
    models = [bundled_base(0), Transformer(TASK, seed=5), bundled_base(2)]
    stacked, part = stack_models(models, torch.device("cpu"))[0], HELD_OUT.of_multisets(4)
    together, alone = success_of_runs(stacked, part), [success(model, part) for model in models]
    for ours, theirs in zip(together, alone, strict=True):
        np.testing.assert_array_equal(ours.answers, theirs.answers)
    # In one pass, as on a GPU.
    listed = evaluation._listed(part, torch.device("cpu"))
    with torch.no_grad():
        passes = torch.cat([block.log_chances(stacked) for block in listed.blocks], 1).exp()
    np.testing.assert_allclose(passes, [exact.answers[listed.rows] for exact in alone], rtol=1e-5)
    judged = judge_runs(stacked, [3, 4, 5], part, part)
    assert judged == [judge(model, step, part, part) for model, step in zip(models, (3, 4, 5), strict=True)]


@pytest.mark.parametrize("call", [success, lambda model, prompts: judge(model, 0, prompts, prompts)])
def test_several_policies_are_not_taken_for_one(call):
    with pytest.raises(ValueError, match=r"the model holds 2 runs: take evaluation\.(success_of|judge)_runs .*\.$"):
        call(Transformer(TASK, runs=2), HELD_OUT)


def test_rounding_never_lifts_p_above_one():
    one = Exact(HELD_OUT, np.full(len(HELD_OUT.right.owner), 1 + 1e-7))
    assert one.p.max() == 1.0
    assert one.curve(KS).tolist() == pytest.approx([1.0] * len(KS))


# --- curves ---------------------------------------------------------------------------------------------------------


def test_a_curve_is_the_weighted_sum_over_prompts(exact):
    p, weight = exact.p.tolist(), HELD_OUT.weight.tolist()
    for k, got in zip(KS, exact.curve(KS), strict=True):
        # -expm1(k log1p(-p)) keeps its digits where (1 - p)**k would lose them.
        wanted = math.fsum(
            w * (1.0 if q == 1 else -math.expm1(k * math.log1p(-q))) for w, q in zip(weight, p, strict=True)
        )
        assert got == pytest.approx(wanted, rel=1e-12)
    assert exact.curve(4) == pytest.approx(exact.curve([4]))


def test_multisets_share_the_curve_among_them(exact):
    weight, sums = exact.by_multiset(KS)
    assert weight.shape == (41,)
    assert sums.shape == (41, len(KS))
    assert weight.sum() == pytest.approx(1)
    np.testing.assert_allclose(sums.sum(0), exact.curve(KS), rtol=1e-12)
    mine = [i for i, row in enumerate(HELD_OUT.tokens) if sorted(row[:3]) == TASK.multisets("unseen")[7].tolist()]
    assert weight[7] == pytest.approx(HELD_OUT.weight[mine].sum())
    assert sums[7, 0] == pytest.approx(HELD_OUT.weight[mine] @ exact.p[mine])


def test_an_interval_resamples_multisets(exact):
    low, high = exact.interval(KS, level=0.9, resamples=400, seed=3, method="percentile")
    again = exact.interval(KS, level=0.9, resamples=400, seed=3, method="percentile")
    other = exact.interval(KS, level=0.9, resamples=400, seed=4, method="percentile")
    np.testing.assert_array_equal([low, high], again)
    assert (low != other[0]).any()
    curve = exact.curve(KS)
    assert (low <= curve).all()
    assert (curve <= high).all()
    wider = exact.interval([4], level=0.99, resamples=400, seed=3, method="percentile")
    assert wider[0] < low[2] < high[2] < wider[1]


def test_it_is_wider_than_one_that_resamples_prompts(exact):
    rng = np.random.default_rng(0)
    value = 1 - (1 - exact.p) ** 4
    means = []
    for _ in range(400):
        times = rng.multinomial(len(value), np.full(len(value), 1 / len(value)))
        means.append((times * HELD_OUT.weight) @ value / (times @ HELD_OUT.weight))
    narrow = np.subtract(*np.quantile(means, [0.975, 0.025]))
    low, high = exact.interval([4], method="percentile")
    assert float(high[0] - low[0]) > 1.5 * narrow


def test_it_is_as_wide_as_the_spread_of_multisets_says(exact):
    # The ratio of two sums over resampled multisets has variance sum (s - J w)^2 to first order (weights sum to 1).
    weight, sums = exact.by_multiset([1])
    error = math.sqrt(((sums[:, 0] - exact.curve([1])[0] * weight) ** 2).sum())
    low, high = exact.interval([1], resamples=4000, method="percentile")
    assert float(high[0] - low[0]) == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_the_t_interval_is_that_of_groups_and_wider(exact):
    # Multisets are groups whose problems are weighted; of equal weights it is the interval of the metrics.
    weight, sums = exact.by_multiset([1, 256])
    even = np.full(len(weight), 1 / len(weight))
    low, high = evaluation.t_interval(even, sums / weight[:, None] * even[:, None], 0.9)
    for i in range(2):
        wanted = metrics.mean_interval(sums[:, i] / weight, 0.9, method="t")
        np.testing.assert_allclose([low[i], high[i]], wanted, rtol=1e-10)
    narrow, wide = exact.interval([1, 256], method="percentile"), exact.interval([1, 256])
    assert (wide[0] < narrow[0]).all()
    assert (narrow[1] < wide[1]).all()


def test_the_t_interval_worked_by_hand():
    # Two multisets of weights 1 and 3 that fail and succeed, and one more of each of the mean weight 2: W = 8, mean
    # (3 + 2)/8 = 5/8. Residuals -5/8, 9/8, -5/4, 3/4; 1 - share = 7/8, 5/8, 3/4, 3/4. Degrees of freedom
    # 64/(1 + 9 + 4 + 4) - 1 = 23/9.
    low, high = evaluation.t_interval(np.array([1.0, 3.0]), np.array([[0.0], [3.0]]), 0.2)
    error = math.sqrt((25 / 64 / (7 / 8) + 81 / 64 / (5 / 8) + 25 / 16 / (3 / 4) + 9 / 16 / (3 / 4)) / 64)
    half = student_t.ppf(0.6, 23 / 9) * error
    np.testing.assert_allclose([low[0], high[0]], [5 / 8 - half, 5 / 8 + half], rtol=1e-12)


@pytest.mark.parametrize(
    ("how", "match"),
    [
        ({"method": "bca"}, "method is 't' or 'percentile', not 'bca'"),
        ({"resamples": 500}, "resamples and seed are for method='percentile'"),
        ({"seed": 0}, "resamples and seed are for method='percentile'"),
        ({"level": 1.5}, "level must lie strictly between 0 and 1"),
        ({"method": "percentile", "resamples": 0}, "resamples"),
    ],
)
def test_what_an_interval_over_multisets_refuses(exact, how, match):
    with pytest.raises(ValueError, match=match):
        exact.interval([1], **how)


# --- solutions ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def solutions(exact):
    """The chance of each distinct solution of each prompt, spellings added up one by one."""
    found = [defaultdict(float) for _ in range(len(HELD_OUT))]
    rows = zip(HELD_OUT.right.owner.tolist(), HELD_OUT.right.tokens.tolist(), exact.answers.tolist(), strict=True)
    for owner, trace, chance in rows:
        found[owner][oracles.solution(tuple(trace))] += chance
    return [list(chances.values()) for chances in found]


@pytest.mark.parametrize("n", [1, 16, 256])
def test_distinct_solutions_among_n_samples(n, exact, solutions):
    wanted = sum(
        w * sum(1 - (1 - q) ** n for q in chances) for w, chances in zip(HELD_OUT.weight, solutions, strict=True)
    )
    assert exact.distinct(n) == pytest.approx(wanted, rel=1e-10)


def test_one_sample_has_p_distinct_solutions_and_endless_samples_have_them_all(exact, solutions):
    assert exact.distinct(1) == pytest.approx(exact.curve([1])[0], rel=1e-10)
    every = HELD_OUT.weight @ [len(chances) for chances in solutions]
    assert exact.distinct(10**15) == pytest.approx(every, rel=1e-6)


def test_the_effective_number_of_solutions(exact, solutions):
    wanted = sum(
        w * sum(chances) ** 2 / sum(q * q for q in chances)
        for w, chances in zip(HELD_OUT.weight, solutions, strict=True)
    )
    assert exact.effective_solutions() == pytest.approx(wanted, rel=1e-10)
    assert Exact(HELD_OUT, np.zeros_like(exact.answers)).effective_solutions() == 0


@pytest.mark.parametrize("n", [0, 1.5, [4]])
def test_distinct_needs_a_whole_number_of_samples(n, exact):
    with pytest.raises(ValueError, match=r"^n .*\.$"):
        exact.distinct(n)

"""Whether a card computes what a CPU does: stacks captured, eager, alone, beside float64 and beside exact chances."""

from collections.abc import Iterator
from functools import partial

import numpy as np
import torch
from scipy.stats import binomtest

from benchmarks.gpu.journal import Line, checked, left_out
from benchmarks.gpu.runner import Bench, attempt
from passk_lab import lm
from passk_lab.lm.evaluation import trace_log_probs
from passk_lab.lm.model import plain_attend

ALPHA = 1e-3
"""Chance that all the binomial tests together refuse a right sampler."""


def correctness(bench: Bench) -> Iterator[Line]:
    """Make every check; one that fails or breaks does not keep the others back."""
    for what, check in CHECKS.items():
        yield attempt(what, partial(check, bench, what))


def small(bench: Bench, **changes: object) -> lm.TrainConfig:
    size = {"prompts": bench.size(8, 4), "n": bench.size(16, 8), "watch": 4, "orders": 40, "judged": 3, "steps": 20}
    return lm.TrainConfig(device=bench.device, **{**size, **changes})


def runs_of_all_kinds(bench: Bench, **changes: object) -> list[lm.TrainConfig]:
    base = small(bench, **changes)
    return [
        base,
        base.but(objective="pass@k", parameters={"k": 4}, seed=1),
        base.but(objective="maxrl", rate=1e-3, watch=2, mechanisms={"entropy": {"coefficient": 0.05}}),
        base.but(objective="reinforce", seed=4, mechanisms={"kl-reverse": {"coefficient": 0.1}}),
    ]


def side_by_side(bench: Bench, what: str, capture: tuple[bool, bool], equal_bits: bool) -> Line:
    """Two stacks of the same runs, step by step: the same tokens, and weights that are close or the same."""
    configs = runs_of_all_kinds(bench)
    one, other = (lm.StackedLearner(configs, capture=each) for each in capture)
    if not torch.equal(one.stack.weights, other.stack.weights):
        return checked(what, False, "warming up has changed the weights")
    for step in range(1, bench.size(20, 4) + 1):
        one.step()
        other.step()
        if not torch.equal(one.stack.tokens, other.stack.tokens):
            return checked(what, False, f"other tokens at step {step}", step=step)
    weights, theirs = one.stack.weights, other.stack.weights
    away = float((weights - theirs).abs().max())
    passed = torch.equal(weights, theirs) if equal_bits else torch.allclose(weights, theirs, rtol=1e-4, atol=1e-5)
    found = f"equal tokens in {step} steps; weights differ by at most {away:.1e}"
    return checked(what, passed, found if bench.on_gpu else f"{found} (both eager: no graphs here)", difference=away)


def captured_is_eager(bench: Bench, what: str) -> Line:
    return side_by_side(bench, what, (bench.on_gpu, False), equal_bits=False)


def captures_are_equal(bench: Bench, what: str) -> Line:
    return side_by_side(bench, what, (bench.on_gpu, bench.on_gpu), equal_bits=True)


def gradient_is_that_of_float64(bench: Bench, what: str) -> Line:
    """Hold each run's gradient of a step against float64 on the CPU, every sample read on its own."""
    base = small(bench, clip=1e9)
    configs = [
        base,
        base.but(objective="pass@k", parameters={"k": 4}, seed=1),
        base.but(objective="maxrl", seed=2),
    ]
    learner = lm.StackedLearner(configs)
    before = learner.models()
    learner.step()
    stack, away = learner.stack, []
    for run, model in enumerate(before):
        exact = gradient_in_float64(model, *(each[run].cpu() for each in (stack.prompts, stack.tokens, stack.credit)))
        away.append(float((stack.gradient[run].cpu().double() - exact).norm() / exact.norm()))
    return checked(what, max(away) < 1e-5, f"relative difference at most {max(away):.1e}", difference=max(away))


def gradient_in_float64(
    model: lm.Transformer, prompts: torch.Tensor, tokens: torch.Tensor, credit: torch.Tensor
) -> torch.Tensor:
    """Return the slope of minus the mean over samples of credit times log chance; shapes (G, S), (G, n, T), (G, n)."""
    model = model.cpu().double()
    (groups, n, length), asked = tokens.shape, prompts.shape[1]
    answers = tokens.flatten(0, 1)
    whole = torch.cat([prompts.repeat_interleave(n, 0), answers[:, :-1]], 1)[None]
    place = torch.arange(asked + length - 1).expand(1, groups * n, -1)
    policy = model.logits(model.hidden(whole, place, plain_attend)[:, :, asked - 1 :])[0].log_softmax(-1)
    chosen = policy.gather(-1, answers[..., None])[..., 0].sum(-1)
    loss = -(credit.flatten().double() * chosen).mean()
    return torch.cat([part.flatten() for part in torch.autograd.grad(loss, list(model.parameters()))])


def alone_is_as_in_the_stack(bench: Bench, what: str) -> Line:
    """The first step to rounding; later ones may part where a uniform lies within rounding of an edge."""
    configs = runs_of_all_kinds(bench)
    together, singly = lm.StackedLearner(configs), [lm.StackedLearner([config]) for config in configs]
    worst, steps, others = 0.0, bench.size(10, 3), 0
    for step in range(steps):
        for learner in (together, *singly):
            learner.step()
        for run, learner in enumerate(singly):
            others += int((together.stack.tokens[run] != learner.stack.tokens[0]).sum())
            if step == 0:
                mine, theirs = learner.stack.gradient[0], together.stack.gradient[run]
                worst = max(worst, float((mine - theirs).norm() / theirs.norm()))
        if step == 0 and others:
            return checked(what, False, f"{others} tokens of the first step differ", tokens=others)
    found = f"equal tokens and gradients within {worst:.1e} in the first step; {others} other tokens in {steps} steps"
    return checked(what, worst < 1e-4, found, difference=worst, tokens=others)


def plain_is_as_in_the_stack(bench: Bench, what: str) -> Line:
    """The plain Learner on the same device: the same prompts, counts of right answers, and nearly the same weights."""
    configs = runs_of_all_kinds(bench)[:2]
    stacked, plain = lm.StackedLearner(configs), [lm.Learner(config) for config in configs]
    start, steps = stacked.stack.weights.clone(), bench.size(5, 2)
    for _ in range(steps):
        stacked.step()
        records = [learner.step() for learner in plain]
    ends = [history[-1]["pass_at_1"] for history in stacked.histories()]
    weights = [torch.cat([weight.detach().flatten() for weight in learner.model.parameters()]) for learner in plain]
    worst = max(
        float((ours - theirs).norm() / (theirs - was).norm())
        for ours, theirs, was in zip(stacked.stack.weights, weights, start, strict=True)
    )
    same = ends == [record["pass_at_1"] for record in records]
    found = f"{'equal' if same else 'OTHER'} counts after {steps} steps; weights differ by {worst:.1e} of their way"
    return checked(what, same and worst < 2e-3, found, difference=worst)


def no_step_waits(bench: Bench, what: str) -> Line:
    if not bench.on_gpu:
        return left_out(what, "only CUDA tells of waits")
    learners = [lm.StackedLearner(runs_of_all_kinds(bench), capture=capture) for capture in (True, False)]
    for learner in learners:
        learner.step()
    torch.cuda.synchronize()
    torch.cuda.set_sync_debug_mode("error")
    try:
        for learner in learners:
            learner.step()
    finally:
        torch.cuda.set_sync_debug_mode("default")
    torch.cuda.synchronize()
    return checked(what, True, "neither captured nor eager")


def a_run_breaks_down_alone(bench: Bench, what: str) -> Line:
    """One run at a hopeless rate: it ends, and its neighbour goes as it goes by itself."""
    config = small(bench, prompts=2, n=4, steps=32, warmup=0)
    both, alone = lm.StackedLearner([config.but(rate=1.0), config]), lm.StackedLearner([config])
    for _ in range(config.steps):
        both.step()
        alone.step()
    ends, away = [both.ending(run) for run in range(2)], float((both.stack.weights[1] - alone.stack.weights[0]).norm())
    passed = ends[0].startswith("broke down") and ends[1] == "finished" and away < 1e-2
    found = f"ended {ends[0].split(' of ')[0]!r} and {ends[1]!r}; its neighbour differs from itself alone by {away:.1e}"
    return checked(what, passed, found, difference=away)


def samples_have_the_exact_chances(bench: Bench, what: str) -> Line:
    """Right answers among many, prompt by prompt: an exact two-sided binomial test, Bonferroni over the prompts."""
    n = bench.size(4096, 256)
    config = small(bench, prompts=bench.size(16, 4), n=n, orders=None, seed=5)
    learner = lm.StackedLearner([config])
    (model,) = learner.models()
    learner.step()
    which = learner.prompts.draw(np.random.Generator(np.random.PCG64([config.seed, 2, 0])).random(config.prompts))
    distinct, back = np.unique(which, return_inverse=True)
    with torch.no_grad():
        owner, log_chance = trace_log_probs(model.cpu(), learner.prompts, distinct)
    p = np.minimum(np.bincount(owner.numpy(), log_chance.double().exp().numpy(), minlength=len(distinct)), 1)[back]
    counts = learner.stack.c[0].cpu().numpy()
    least = min(float(binomtest(int(c), n, float(chance)).pvalue) for c, chance in zip(counts, p, strict=True))
    bound, said = ALPHA / len(p), f"{len(p)} prompts x {n:,} samples, {int(counts.sum()):,} right"
    return checked(what, least > bound, f"{said}; least p-value {least:.3g}, bound {bound:.1e}", p_value=least)


CAPTURED = "captured = eager: tokens to the bit, weights to 1e-4"
CHECKS = {
    CAPTURED: captured_is_eager,
    "two captures leave equal bits": captures_are_equal,
    "the gradient beside float64 on the CPU": gradient_is_that_of_float64,
    "samples beside exact chances": samples_have_the_exact_chances,
    "a run alone = the same run in a stack": alone_is_as_in_the_stack,
    "a step waits for nothing": no_step_waits,
    "a run that breaks down harms no other": a_run_breaks_down_alone,
    "the plain learner = the same run in a stack": plain_is_as_in_the_stack,
}

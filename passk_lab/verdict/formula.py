"""Cells of the world of formulas: closed forms against enumeration, nothing drawn."""

from __future__ import annotations

import numpy as np

from passk_lab import exact, metrics, objectives
from passk_lab.verdict.evidence import Evidence, cell

DRAWS = (2, 4, 8, 16)


@cell("one prompt, one direction", "formula")
def one_prompt_direction() -> Evidence:
    """Compare gradients in the logits of policies over five answers, two of them right; a case is a policy and a k."""
    cases, widest = {}, 0.0
    for number, logits in enumerate(np.random.default_rng(0).normal(0, 2, (10, 5))):
        policy = exact.Bandit(logits, correct=[0, 1])
        for k in DRAWS:
            angle = exact.angle_between(policy.gradient("pass@1"), policy.gradient(objectives.get("pass@k", k=k)))
            widest = max(widest, angle)
            cases[f"policy {number}, k = {k}"] = angle < 1e-4
    return Evidence(cases, f"In {len(cases)} cases the two gradients stand at 0 degrees (to {1e-4} of one).")


@cell("many prompts, one direction", "formula")
def many_prompts_direction() -> Evidence:
    """Compare mean gradients of easy and hard prompts that pull at an angle; a case is an angle and a k."""
    angles = {
        (apart, k): exact.angle_between(prompts.gradient("pass@1"), prompts.gradient(objectives.get("pass@k", k=k)))
        for apart in (30, 60, 90, 120, 150)
        for prompts in [exact.easy_and_hard(angle=apart, p_easy=0.8, p_hard=0.1, share_easy=0.7)]
        for k in DRAWS
    }
    cases = {f"prompts {apart} degrees apart, k = {k}": angle < 1e-4 for (apart, k), angle in angles.items()}
    return Evidence(
        cases,
        f"They stand {min(angles.values()):.0f} to {max(angles.values()):.0f} degrees apart; where prompts pull 150 "
        f"degrees apart, pass@4 stands at {angles[150, 4]:.0f} to pass@1 and so trains against it.",
    )


@cell("no signal when solved", "formula")
def weight_when_solved() -> Evidence:
    """Follow the weight k (1 - p)^(k - 1) along k = 1, 2, 4, 8, 16 at one p; a case is a p: it falls all along."""
    weights = {p: metrics.weight_at_k(p, np.array([1, *DRAWS])) for p in (0.6, 0.7, 0.8, 0.9, 0.99)}
    cases = {f"p = {p}": bool((np.diff(weight) < 0).all()) for p, weight in weights.items()}
    return Evidence(
        cases, f"At p = 0.9 the weight of pass@4 is {weights[0.9][2]:.3f}, of pass@16 {weights[0.9][-1]:.1e}."
    )


@cell("no signal when unsolved", "formula")
def signal_when_unsolved() -> Evidence:
    """Compare signal over noise of one group's update of 16, at p = .001 among ten answers, one right, with k = 1's.

    A case is a credit rule of pass@k and a k: its ratio is not more than a hundredth above that of k = 1.
    """

    def ratio(rule: str, k: int) -> float:
        moments = exact.one_among(10, 0.001).group_update(objectives.with_draws(rule, k), 16)
        return float(np.linalg.norm(moments.mean) / np.sqrt(moments.variance.sum()))

    rules = ("pass@k-loo-1", "pass@k-centred", "pass@k-loo", "pass@k")
    ratios = {(rule, k): ratio(rule, k) / ratio(rule, 1) for rule in rules for k in (4, 8)}
    return Evidence(
        {f"{rule}, k = {k}": value < 1.01 for (rule, k), value in ratios.items()},
        f"Signal over noise at k = 8 beside k = 1: {ratios['pass@k-loo-1', 8]:.2f} times by loo-1, "
        f"{ratios['pass@k', 8]:.2f} times by the plain rule.",
    )


@cell("pass@k keeps no more", "formula")
def blind_to_several() -> Evidence:
    """Value one right answer of chance .3 and three of .1 each, one prompt; a case is an objective: both are alike."""
    one, several = exact.several_correct((0.3,)), exact.several_correct((0.1, 0.1, 0.1))
    goals = {name: objectives.get(name) for name in objectives.names()}
    apart = {name: abs(one.value(goal) - several.value(goal)) for name, goal in goals.items()}
    return Evidence(
        {name: value < 1e-12 for name, value in apart.items()},
        f"On one prompt none of {len(apart)} objectives F(p) values three right answers above one of the same chance.",
    )


@cell("plain pass@k fails by noise", "formula")
def noise_of_the_plain_rule() -> Evidence:
    """Compare plain pass@k with loo-1 in groups of 32, one logit; a case is a p and a k.

    It is so where both have the same mean and the plain rule the larger variance.
    """
    cases, times = {}, {}
    for p in (0.05, 0.23, 0.5, 0.8):
        for k in (4, 16):
            plain, loo = (
                objectives.gradient_moments(objectives.get(rule, k=k), 32, p) for rule in ("pass@k", "pass@k-loo-1")
            )
            times[p, k] = float(plain.variance / loo.variance)
            cases[f"p = {p}, k = {k}"] = bool(np.isclose(plain.mean, loo.mean, rtol=1e-9) and times[p, k] > 1)
    return Evidence(
        cases,
        f"The same mean, and {times[0.23, 4]:.0f} times the variance of loo-1 at p = .23, k = 4; from "
        f"{min(times.values()):.1f} to {max(times.values()):.0e} times in these cases.",
    )

"""Training in a small world: sampled, step by step, as the page does it; and by the exact mean of an update."""

from __future__ import annotations

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics import success_at_k
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve
from passk_lab.play.worlds import World

STEPS = 300
REACH = 4.0
"""The largest credit for which a step is taken in full."""


def step_size(world: World, objective: Objective | str, n: int) -> float:
    r"""Size of a step with an objective in groups of n, bounded by its largest credit.

    .. math:: \eta = \eta_0 \min\Bigl(1, \frac{4}{\max_c |A^\pm(c)|}\Bigr)

    Without the bound plain pass@16 gives each sample of a group of 16 a credit of 16, and is thrown about so far that
    the last digit of a logit decides, some 100 steps later, which answer wins.

    Raises
    ------
    ValueError
        If the objective has no credit table for groups of n.

    Examples
    --------
    >>> from passk_lab.play.worlds import shared_strategies
    >>> step_size(shared_strategies(), "pass@1", 16), step_size(shared_strategies(), "maxrl", 16)
    (0.8, 0.2)
    """
    largest = largest_credit(objective, n)
    return world.rate * (REACH / largest if largest > REACH else 1.0)


def largest_credit(objective: Objective | str, n: int) -> float:
    """Return the largest credit, with either sign, that a sample of a group of n can get.

    >>> largest_credit("maxrl", 16)
    16.0
    """
    credit = resolve(objective).credit(n)
    return float(max(np.abs(credit.correct).max(), np.abs(credit.wrong).max()))


def uniforms(seed: int, steps: int, n: int, prompts: int = 16) -> Floats:
    """Numbers from 0 to 1 that depend on seed, step, prompt and place in the group alone, shape (steps, prompts, n).

    They are the page's own, bit for bit, so that what it shows with a seed can be computed here.

    >>> uniforms(seed=7, steps=2, n=3).shape
    (2, 16, 3)
    """
    seed = arguments.one_whole("seed", seed, least=0)
    t, x, i = np.indices((steps, prompts, n), dtype=np.uint32)
    with np.errstate(over="ignore"):
        mixed = _mix(np.uint32((seed + 0x9E3779B9) % 2**32) + np.zeros_like(t))
        mixed = _mix(mixed + t)
        mixed = _mix(mixed + (x + np.uint32(1)) * np.uint32(0x632BE5AB))
        mixed = _mix(mixed + (i + np.uint32(1)) * np.uint32(0x7F4A7C15))
    return mixed / 2.0**32


def _mix(h: Any) -> Any:
    """Stir the bits of 32-bit numbers (the finaliser of MurmurHash3, Appleby 2011)."""
    h = (h ^ (h >> np.uint32(16))) * np.uint32(0x85EBCA6B)
    h = (h ^ (h >> np.uint32(13))) * np.uint32(0xC2B2AE35)
    return h ^ (h >> np.uint32(16))


def sampled(world: World, objective: Objective | str, chances: Any) -> Floats:
    """Train on sampled groups; return the logits before the first step and after each, shape (steps + 1, 16, A).

    Parameters
    ----------
    chances : array_like of float in [0, 1), shape (steps, 16, n)
        Where each sample falls: its answer is the one in whose part of the bar of chances it lies.

    Examples
    --------
    >>> from passk_lab.play.worlds import shared_strategies
    >>> sampled(shared_strategies(), "pass@1", uniforms(seed=7, steps=2, n=16)).shape
    (3, 16, 6)
    """
    chances = arguments.floats("chances", chances)
    prompts, n = chances.shape[1:]
    objective, bandit = resolve(objective), world.bandit
    credit, size = objective.credit(n), step_size(world, objective, n)
    rows, theta, path = np.arange(prompts)[:, None], bandit.theta, [bandit.current_logits]
    for draw in chances:
        policy = bandit.policy
        passed = (draw[:, :, None] >= policy.cumsum(axis=1)[:, None, :]).sum(axis=2)
        answers = np.minimum(passed, policy.shape[1] - 1)
        right = world.right[rows, answers]
        c = right.sum(axis=1, keepdims=True)
        worth = np.where(right, credit.correct[c], credit.wrong[c])
        push = np.zeros_like(policy)
        np.add.at(push, (rows, answers), worth)
        push -= worth.sum(axis=1, keepdims=True) * policy
        update = np.zeros_like(theta)
        np.add.at(update, world.index, push / n / prompts)
        theta = theta + size * update
        bandit = bandit.at(theta)
        path.append(bandit.current_logits)
    return np.array(path)


def mean_path(world: World, objective: Objective | str, n: int, steps: int = STEPS) -> Floats:
    """Train by the exact mean of a group's update at the same step size; return p of each prompt, (steps + 1, 16).

    >>> from passk_lab.play.worlds import shared_strategies
    >>> mean_path(shared_strategies(), "pass@1", 16).mean(axis=1)[[0, -1]].round(2)
    array([0.15, 0.43])
    """
    objective, bandit = resolve(objective), world.bandit
    size, path = step_size(world, objective, n), [bandit.p]
    credit = objective.credit(n)
    for _ in range(steps):
        bandit = bandit.at(bandit.theta + size * bandit.expected_update(credit, n))
        path.append(bandit.p)
    return np.array(path)


def solved(p: Any, k: int) -> Floats:
    """Share of prompts solved within k tries, for p of shape (..., prompts): the mean of pass@k.

    >>> float(solved([0.5, 1.0], 2))
    0.875
    """
    return np.mean(success_at_k(p, k), axis=-1)

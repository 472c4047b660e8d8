"""What holds a policy open in the exact world: an entropy bonus, and KL to the policy it started from.

They depend on the whole policy, not on p alone, so they are no objectives; `flow` adds them to one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats

_TINY = float(np.finfo(float).tiny)


@dataclass(frozen=True)
class Anchor:
    """A term added to an objective: its value and its gradient in the logits, from policy and starting policy."""

    name: str
    strength: float
    value: Callable[[Floats, Floats], Floats]
    """(policy, start), shapes (P, A) -> shape (P,), before the strength."""
    gradient: Callable[[Floats, Floats], Floats]
    """(policy, start) -> shape (P, A), before the strength."""


def entropy_bonus(strength: float) -> Anchor:
    r"""Add strength times the entropy of the policy, :math:`-\sum_a \pi_a \log \pi_a`.

    Its gradient in the logits is :math:`-\pi_a (\log \pi_a + H)`.

    Raises
    ------
    ValueError
        If the strength is negative or not finite.

    Examples
    --------
    >>> anchor = entropy_bonus(0.1)
    >>> half = np.array([[0.5, 0.5]])
    >>> np.round(anchor.value(half, half), 4), anchor.gradient(half, half) + 0.0
    (array([0.6931]), array([[0., 0.]]))
    """

    def value(pi: Floats, start: Floats) -> Floats:
        return -(pi * _log(pi)).sum(axis=1)

    def gradient(pi: Floats, start: Floats) -> Floats:
        log = _log(pi)
        return -pi * (log - np.vecdot(pi, log)[:, None])

    return Anchor("entropy bonus", arguments.one_number("strength", strength, 0.0, 1e6), value, gradient)


def kl_to_start(strength: float, forward: bool = False) -> Anchor:
    r"""Subtract strength times the KL divergence between the policy and the one it started from.

    Reverse, the usual penalty: :math:`\mathrm{KL}(\pi \| \pi_0)`, with gradient
    :math:`\pi_a(\log \pi_a/\pi_{0a} - \mathrm{KL})`. Forward: :math:`\mathrm{KL}(\pi_0 \| \pi)`, with gradient
    :math:`\pi_a - \pi_{0a}`, which pulls hard on every answer the policy is about to lose (2509.07430).

    Raises
    ------
    ValueError
        If the strength is negative or not finite.

    Examples
    --------
    >>> start, now = np.array([[0.5, 0.5]]), np.array([[0.9, 0.1]])
    >>> kl_to_start(1.0, forward=True).gradient(now, start)
    array([[-0.4,  0.4]])
    """

    def reverse_value(pi: Floats, start: Floats) -> Floats:
        return -(pi * (_log(pi) - _log(start))).sum(axis=1)

    def reverse_gradient(pi: Floats, start: Floats) -> Floats:
        ratio = _log(pi) - _log(start)
        return -pi * (ratio - np.vecdot(pi, ratio)[:, None])

    def forward_value(pi: Floats, start: Floats) -> Floats:
        return -(start * (_log(start) - _log(pi))).sum(axis=1)

    def forward_gradient(pi: Floats, start: Floats) -> Floats:
        return start - pi

    strength = arguments.one_number("strength", strength, 0.0, 1e6)
    if arguments.switch("forward", forward):
        return Anchor("forward KL to the start", strength, forward_value, forward_gradient)
    return Anchor("reverse KL to the start", strength, reverse_value, reverse_gradient)


def _log(pi: Floats) -> Floats:
    return np.log(np.maximum(pi, _TINY))

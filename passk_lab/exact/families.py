"""Small policies that each show one phenomenon: a plateau, winner takes all, a mixture of strategies, interference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.exact.bandit import Bandit


def one_among(arms: int = 100, p: float | None = None) -> Bandit:
    """One correct answer among equally likely wrong ones: the plateau of a prompt that is hardly ever solved.

    Parameters
    ----------
    arms : int >= 2
        Answers in all; answer 0 is the correct one.
    p : float in (0, 1), optional
        Its chance at the start; 1/arms by default.

    Raises
    ------
    ValueError
        If p is not inside (0, 1), or there are fewer than two answers.

    Examples
    --------
    >>> round(one_among(100).p, 12)
    0.01
    """
    arms = arguments.table_size("arms", arguments.one_whole("arms", arms, 2), "plateau_time has the time of any number")
    p = 1 / arms if p is None else arguments.inside("p", p)
    return Bandit(np.log(np.array([p] + [(1 - p) / (arms - 1)] * (arms - 1))), [0])


def several_correct(correct: Sequence[float] = (0.05, 0.04, 0.03, 0.02), wrong: int = 12) -> Bandit:
    """Several correct answers of unequal chance, the rest shared by wrong ones: winner takes all.

    Parameters
    ----------
    correct : sequence of float
        Chances of the correct answers at the start; their sum below 1.
    wrong : int >= 1
        Equally likely wrong answers.

    Raises
    ------
    ValueError
        If a chance is not inside (0, 1), or they leave nothing for the wrong answers.

    Examples
    --------
    >>> bandit = several_correct((0.1, 0.4), wrong=2)
    >>> np.round(bandit.policy, 3), round(bandit.effective_correct, 3)
    (array([0.1 , 0.4 , 0.25, 0.25]), 1.649)
    """
    given = arguments.floats("correct", correct)
    if given.ndim != 1:
        raise ValueError(
            f"correct lists the chances of the right answers, as in (0.1, 0.2), not {arguments.short(correct)}."
        )
    chances = [arguments.inside(f"correct[{i}]", p) for i, p in enumerate(given)]
    wrong = arguments.table_size("wrong", arguments.one_whole("wrong", wrong), "take fewer")
    rest = 1 - sum(chances)
    if not chances or rest < 1e-12:  # below it the rest is rounding
        raise ValueError(f"the correct answers need a sum between 0 and 1, but have {sum(chances):g}.")
    return Bandit(np.log([*chances, *[rest / wrong] * wrong]), list(range(len(chances))))


def two_strategies(share: float = 0.6, start: float = 0.5) -> Bandit:
    """Two kinds of prompt that look alike to the policy, each solved by its own strategy: only a mixture covers both.

    Parameters
    ----------
    share : float in (0, 1)
        Share of prompts that strategy 0 solves; strategy 1 solves the others.
    start : float in (0, 1)
        Chance of strategy 0 at the start.

    Raises
    ------
    ValueError
        If share or start is not inside (0, 1).

    Examples
    --------
    pass@1 is best served by strategy 0 alone, pass@2 by using each as often as it is right (share = 0.6):

    >>> pure, mixed = two_strategies(0.6, start=0.999), two_strategies(0.6, start=0.6)
    >>> pure.value("pass@1") > mixed.value("pass@1"), pure.value("pass@k") > mixed.value("pass@k")
    (True, False)
    """
    share, start = arguments.inside("share", share), arguments.inside("start", start)
    logits = np.log([start, 1 - start])
    return Bandit(
        np.tile(logits, (2, 1)), np.array([[True, False], [False, True]]), features=np.eye(2),
        weights=[share, 1 - share],
    )  # fmt: skip


def easy_and_hard(angle: float = 150.0, p_easy: float = 0.8, p_hard: float = 0.1, share_easy: float = 0.5) -> Bandit:
    """Build an easy and a hard prompt that share two parameters; the angle says how well their gradients agree.

    At 0 degrees a step for one helps the other, at 90 they do not touch, at 180 each gains what the other loses.
    Source of the effect: arXiv 2602.21189 (prompt interference); this minimal form is ours.

    Parameters
    ----------
    angle : float in [0, 180]
        Angle between the gradients of the two success probabilities, in degrees.
    p_easy, p_hard : float in (0, 1)
        Success probabilities at the start.
    share_easy : float in (0, 1)
        Share of easy prompts.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    pass@8 follows the hard prompt, here against pass@1:

    >>> from passk_lab import objectives
    >>> bandit = easy_and_hard(angle=170, p_easy=0.8, p_hard=0.1, share_easy=0.7)
    >>> one, eight = bandit.gradient("pass@1"), bandit.gradient(objectives.get("pass@k", k=8))
    >>> bool(one @ eight < 0)
    True
    """
    angle = np.deg2rad(arguments.one_number("angle", angle, 0.0, 180.0))
    p = np.array([arguments.inside("p_easy", p_easy), arguments.inside("p_hard", p_hard)])
    share_easy = arguments.inside("share_easy", share_easy)
    directions = np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
    features = np.stack([directions, np.zeros((2, 2))], axis=1)  # the wrong answer's logit stays
    return Bandit(
        np.stack([np.log(p) - np.log1p(-p), np.zeros(2)], axis=1), np.array([[True, False]] * 2), features,
        weights=[share_easy, 1 - share_easy],
    )  # fmt: skip


def angle_between(one: Any, other: Any) -> float:
    """Angle between two gradients in degrees; NaN if one of them is 0 and has no direction.

    Raises
    ------
    ValueError
        If their shapes differ.

    Examples
    --------
    >>> angle_between([1.0, 0.0], [0.0, 2.0])
    90.0
    """
    a, b = (np.ravel(arguments.real("a gradient", side)) for side in (one, other))
    if a.shape != b.shape:
        raise ValueError(f"two gradients of one shape have an angle, but these have {a.shape} and {b.shape}.")
    if not a.any() or not b.any():
        return float("nan")
    # By the largest entry first: squares of tiny entries would be 0.
    a, b = (side / np.abs(side).max() for side in (a, b))
    a, b = a / np.linalg.norm(a), b / np.linalg.norm(b)
    # Half angle from the lengths of difference and sum: arccos of a dot product loses small angles.
    return float(np.rad2deg(2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))))

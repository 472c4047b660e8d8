"""Worlds in which a verifier accepts what is wrong: trained on what is accepted, watched for what is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.exact.bandit import Bandit
from passk_lab.exact.flows import Flow


@dataclass(frozen=True)
class Judged:
    """A policy trained on verdicts that belong to answers: the bandit's `correct` is what is ACCEPTED."""

    bandit: Bandit
    right: Any
    """Which answers are right, True or False in the shape of the bandit's policy: a second mask, that no training sees.
    A right answer that is rejected, or a prompt without a right one, may be."""

    def __post_init__(self) -> None:
        arguments.as_one_of("bandit", self.bandit, Bandit, "a Bandit")
        right = arguments.array_of("right", self.right)
        if right.dtype != bool or right.shape != np.shape(self.bandit.policy):
            raise ValueError(
                f"right marks every answer True or False, in shape {np.shape(self.bandit.policy)}, but "
                f"{arguments.short(self.right)} came."
            )
        object.__setattr__(self, "right", right)

    def right_p(self, where: Flow | Bandit) -> Any:
        """Chance of a right answer of each prompt: at one policy, or along a path with its times first."""
        return self._chance(where, self.right)

    def false_p(self, where: Flow | Bandit) -> Any:
        """Chance of an answer that is accepted and wrong, as `right_p`."""
        return self._chance(where, self.bandit.correct.reshape(self.right.shape) & ~self.right)

    def _chance(self, where: Flow | Bandit, mask: Any) -> Any:
        if isinstance(where, Flow):
            policies = np.stack([np.asarray(state.policy) for state in where.states()])
        else:
            policies = np.asarray(arguments.as_one_of("where", where, Bandit, "a Flow or a Bandit").policy)
        return arguments.plain(np.sum(policies * mask, axis=-1))


def false_answer(right: float = 0.02, false: float = 0.05, others: int = 93) -> Judged:
    """One prompt with a right and a false answer, both accepted, and equal rejected ones: an objective says when.

    The flow of any F(s) runs along one path, since its direction is that of grad s; F sets the clock. Of two accepted
    answers the one that starts ahead takes all, so a right one that starts behind rises with s and then falls.

    Parameters
    ----------
    right, false : float in (0, 1)
        Chances of the right (answer 0) and of the false accepted answer (answer 1) at the start; their sum below 1.
    others : int >= 1
        Equally likely rejected answers.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    When half of the samples are accepted, hardly one of them is right:

    >>> from passk_lab.exact import flow
    >>> world = false_answer()
    >>> path = flow(world.bandit, "pass@1", until_p=0.5)
    >>> round(float(world.right_p(path)[-1]), 5)
    0.01788
    """
    chances = [arguments.inside(name, p) for name, p in (("right", right), ("false", false))]
    others = arguments.table_size("others", arguments.one_whole("others", others), "take fewer")
    rest = 1 - sum(chances)
    if rest < 1e-12:
        raise ValueError(f"right and false need a sum below 1, but have {sum(chances):g}.")
    logits = np.log([*chances, *[rest / others] * others])
    return Judged(Bandit(logits, [0, 1]), np.arange(logits.size) == 0)


def solvable_and_not(right: float = 0.3, false: float = 0.01, wrong: int = 50) -> Judged:
    """Build a prompt with a right answer and one with a false one only: an objective says which of them is learned.

    The two share no parameter, but they share a clock: while the first is learned, an objective that weighs what is
    seldom accepted has the false answer learned with it.

    Parameters
    ----------
    right : float in (0, 1)
        Chance of the right answer of prompt 0 at the start.
    false : float in (0, 1)
        Chance of the accepted answer of prompt 1, which is wrong.
    wrong : int >= 1
        Equally likely rejected answers of either.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> world = solvable_and_not()
    >>> world.right_p(world.bandit).round(12), world.false_p(world.bandit).round(12)
    (array([0.3, 0. ]), array([0.  , 0.01]))
    """
    wrong = arguments.table_size("wrong", arguments.one_whole("wrong", wrong), "take fewer")
    accepted = [arguments.inside("right", right), arguments.inside("false", false)]
    logits = np.log([[p, *[(1 - p) / wrong] * wrong] for p in accepted])
    mask = np.tile(np.arange(wrong + 1) == 0, (2, 1))
    return Judged(Bandit(logits, mask), mask & np.array([[True], [False]]))


def lottery(unsolvable: float = 0.5, right: float = 0.9, false_positive: float = 0.001, honest: float = 0.5) -> Judged:
    """Build a policy that works honestly or buys lottery tickets, and cannot tell which prompts can be solved at all.

    Honest work is right with a chance where the prompt can be solved and accepted nowhere else; a guess is always
    wrong, and accepted with a small chance everywhere. One parameter moves the share of honest work.

    Parameters
    ----------
    unsolvable : float in (0, 1)
        Share of prompts that no honest work solves.
    right, false_positive : float in (0, 1)
        Chance that honest work is right (and accepted), and that a guess is accepted.
    honest : float in (0, 1)
        Share of honest work at the start.

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> world = lottery()
    >>> world.bandit.p.round(4), world.right_p(world.bandit).round(4)
    (array([0.4505, 0.0005]), array([0.45, 0.  ]))
    """
    share, r = arguments.inside("unsolvable", unsolvable), arguments.inside("right", right)
    a, start = arguments.inside("false_positive", false_positive), arguments.inside("honest", honest)
    # Answers: honest and passing, honest and not, guess accepted, guess rejected. The parameter moves the first two.
    logits = np.log([start * r, start * (1 - r), (1 - start) * a, (1 - start) * (1 - a)])
    features = np.array([[1.0], [1.0], [0.0], [0.0]])
    accepted = np.array([[True, False, True, False], [False, False, True, False]])
    bandit = Bandit(np.tile(logits, (2, 1)), accepted, features, weights=[1 - share, share])
    return Judged(bandit, accepted & np.array([[True, False, False, False]] * 2))


def honest_share(unsolvable: float, right: float, false_positive: float, k: int | None = None) -> float:
    r"""Return the share of honest work that an objective wants in `lottery`, in closed form.

    .. math:: \theta_k = \frac{(1 - a)(\rho - 1)}{\rho\,(r - a) + a}, \quad
        \rho = \Bigl(\frac{(1 - h)(r - a)}{h\,a}\Bigr)^{1/(k-1)}; \qquad
        \theta_{\log} = (1 - h) - \frac{h\,a}{r - a}

    Cut to [0, 1]; h prompts are unsolvable. pass@1 wants all of it honest if (1-h)(r-a) > ha, else none. Likelihood
    wants about the share 1 - h of solvable prompts, however rare a false acceptance is. Ours: where the derivative of
    the mean over prompts is zero.

    Parameters
    ----------
    unsolvable, right, false_positive : float in (0, 1)
        As in `lottery`; right above false_positive.
    k : int >= 1, or None
        Draws of the pass@k that is seen; None for log s, which MaxRL climbs.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    Half of the prompts unsolvable, one guess in a thousand accepted:

    >>> [round(honest_share(0.5, 0.9, 0.001, k), 4) for k in (1, 16, None)]
    [1.0, 0.4048, 0.4994]
    """
    h, r, a = (
        arguments.inside("unsolvable", unsolvable),
        arguments.inside("right", right),
        arguments.inside("false_positive", false_positive),
    )
    if r <= a:
        raise ValueError(
            f"honest work must pass more often than a guess, but right = {r:g} and false_positive = {a:g}."
        )
    odds = (1 - h) * (r - a) / (h * a)
    if k is None:
        best = (1 - h) - h * a / (r - a)
    elif arguments.one_whole("k", k) == 1:
        best = float(odds > 1)
    else:
        rho = odds ** (1 / (k - 1))
        best = (1 - a) * (rho - 1) / (rho * (r - a) + a)
    return min(1.0, max(0.0, best))

"""The enumerable world: a softmax policy over finitely many answers, whose every quantity is a finite sum."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics.chances import binomial
from passk_lab.objectives import Credit, Moments, Objective
from passk_lab.objectives.group import credit_of, over_blocks
from passk_lab.objectives.registry import resolve


class Bandit:
    r"""A softmax policy over answers, for one prompt or for several, and which of the answers are correct.

    .. math:: \pi_x(a) = \frac{e^{z_{xa}}}{\sum_b e^{z_{xb}}}, \qquad z_{xa} = z^0_{xa} + \phi_{xa} \cdot \theta

    Without features every logit is a parameter of its own, and prompts share nothing. With features phi the prompts
    share theta, which starts at 0; that is where pass@k can point elsewhere than pass@1.

    Parameters
    ----------
    logits : array_like of float, shape (A,) for one prompt or (P, A)
        Logits of the A answers at the start.
    correct : array_like of bool of the same shape, or for one prompt a set or list of indices
        Which answers are right. Every prompt needs one.
    features : array_like of float, shape (P, A, D) or (A, D), optional
        How D shared parameters move each logit.
    weights : array_like of float, shape (P,), optional
        Share of each prompt in the mean; equal by default, scaled to sum 1.

    Raises
    ------
    ValueError
        If a logit is not finite, a prompt has no correct answer, or the shapes do not fit.

    Examples
    --------
    >>> bandit = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct=[0])
    >>> round(bandit.p, 12), np.round(bandit.gradient("pass@1"), 3)
    (0.1, array([ 0.09, -0.02, -0.03, -0.04]))
    >>> from passk_lab import objectives
    >>> np.round(bandit.gradient(objectives.get("pass@k", k=4)), 5)
    array([ 0.26244, -0.05832, -0.08748, -0.11664])
    """

    def __init__(self, logits: Any, correct: Any, features: Any = None, weights: Any = None) -> None:
        start = arguments.floats("logits", logits)
        if start.ndim not in (1, 2) or start.size == 0:
            raise ValueError(f"logits has shape (A,) for one prompt or (P, A) for several, not {start.shape}.")
        if not np.isfinite(start).all():
            bad = ~np.isfinite(start)
            raise ValueError(
                f"logits must be finite, but {arguments.where(bad, 'answer')}logit = {arguments.first(start, bad)}. "
                "For an answer that never comes leave it out, or give it a very negative logit."
            )
        self.one_prompt = start.ndim == 1
        self.logits = np.atleast_2d(start)
        prompts, answers = self.logits.shape
        self.correct = _mask(correct, start.shape)
        lost = ~self.correct.any(axis=1)
        if lost.any():
            raise ValueError(
                f"{'' if self.one_prompt else arguments.where(lost, 'prompt')}no answer is correct, so p = 0 whatever "
                "the policy does: mark at least one."
            )
        self.features = None
        if features is not None:
            self.features = arguments.floats("features", features)
            if self.features.ndim == 2:
                self.features = np.broadcast_to(self.features, (prompts, *self.features.shape))
            if self.features.shape[:2] != (prompts, answers) or self.features.ndim != 3:
                raise ValueError(
                    f"features needs shape ({prompts}, {answers}, D), one row per prompt and answer, not "
                    f"{np.shape(features)}."
                )
            if not np.isfinite(self.features).all():
                raise ValueError("features must be finite numbers.")
        shares = np.ones(prompts) if weights is None else arguments.floats("weights", weights)
        if shares.shape != (prompts,) or not np.isfinite(shares).all() or (shares < 0).any() or shares.sum() == 0:
            raise ValueError(f"weights needs one share >= 0 per prompt, not all 0, but got {arguments.short(weights)}.")
        self.weights = shares / shares.sum()
        self.theta = np.zeros(self.logits.size if self.features is None else self.features.shape[2])

    def at(self, theta: Any) -> Bandit:
        """Return the same prompts with the parameters moved to theta (from 0, where they start)."""
        moved = copy.copy(self)
        given = arguments.floats("theta", theta)
        if given.size != self.theta.size:
            raise ValueError(f"theta needs {self.theta.size} numbers, one per parameter, but got {given.size}.")
        moved.theta = given.reshape(self.theta.shape)
        return moved

    @property
    def current_logits(self) -> Floats:
        """Logits at theta, shape (P, A)."""
        if self.features is None:
            return self.logits + self.theta.reshape(self.logits.shape)
        return self.logits + self.features @ self.theta

    @property
    def _pi(self) -> Floats:
        return softmax(self.current_logits)

    @property
    def policy(self) -> Floats:
        """Chance of every answer, shape (A,) for one prompt, else (P, A)."""
        return self._out(self._pi)

    @property
    def p(self) -> Any:
        """Success probability: a float for one prompt, else shape (P,)."""
        return arguments.plain(self._out(_success(self._pi, self.correct)))

    def value(self, objective: Objective | str) -> float:
        """Mean over prompts of F(p_x), exactly."""
        return float(self.weights @ np.atleast_1d(resolve(objective).value(self.p)))

    def gradient_of_p(self) -> Floats:
        r"""Gradient of each prompt's success probability, :math:`\partial p/\partial z_a = \pi_a (r_a - p)`.

        Shape (A,) for one prompt, or (D,) with features; else (P, A) or (P, D).
        """
        return self._out(self._gradient_of_p(self._pi))

    def gradient(self, objective: Objective | str) -> Floats:
        r"""Exact gradient of the objective, :math:`\sum_x w_x F'(p_x) \nabla p_x`, as if from infinitely many samples.

        Shape (A,) for one prompt, (P, A) for several without features, else (D,).

        Examples
        --------
        >>> Bandit([0.0, 0.0], [0]).gradient("pass@1")
        array([ 0.25, -0.25])
        """
        objective = resolve(objective)
        objective.weight(0.5)  # says so at once if it has no weight
        slope: Any = objective.slope
        return self._weighted(slope.beside(*self._right_and_wrong()))

    def expected_update(self, objective: Objective | Credit | str, n: int) -> Floats:
        """Exact mean of the update from groups of n samples: the effective weight in place of the slope."""
        right, wrong = self._right_and_wrong()
        credit = credit_of(objective, n)
        return self._weighted(over_blocks(lambda chances: chances @ credit.contrast, credit.n - 1, right, wrong=wrong))

    def group_update(self, objective: Objective | Credit | str, n: int) -> Moments:
        r"""Exact mean and variance, parameter by parameter, of the update from one group of n samples per prompt.

        .. math:: \mathrm{Var} = \mathbb{E}_c\,\mathrm{Var}[g \mid c] + \mathrm{Var}_c\,\mathbb{E}[g \mid c]

        Given c, the correct samples are drawn from the policy among correct answers and the wrong ones from the policy
        among wrong answers, so a sum over c = 0..n is a sum over all outcomes. Unlike `objectives.gradient_moments` it
        counts that two wrong answers have different scores.

        Examples
        --------
        >>> bandit = Bandit(np.log([0.1, 0.2, 0.3, 0.4]), correct=[0])
        >>> moments = bandit.group_update("pass@1", n=4)
        >>> np.round(moments.mean, 3), round(float(moments.variance.sum()), 6)
        (array([ 0.09, -0.02, -0.03, -0.04]), 0.027167)
        """
        credit = credit_of(objective, n)
        n = credit.n
        arguments.table_size("(n + 1) times the answers", (n + 1) * self.logits.shape[1], "take a smaller n", 2**25)
        pi, c = self._pi, np.arange(n + 1)
        p, q = self._right_and_wrong()
        shape = self.logits.shape if self.features is None else self.theta.shape
        variance = np.zeros(shape)
        for x, (row, right) in enumerate(zip(pi, self.correct, strict=True)):
            features = None if self.features is None else self.features[x]
            among = [row * side / max(mass, _TINY) for side, mass in ((right, p[x]), (~right, q[x]))]
            # Means of features among right and among wrong answers; a logit of its own is a feature that is 1 there.
            means = [chance if features is None else chance @ features for chance in among]
            estimate = np.zeros((n + 1, means[0].size))
            within = np.zeros_like(estimate)
            for one, other, how_many, credits in ((0, 1, c, credit.correct), (1, 0, n - c, credit.wrong)):
                chance, mean = among[one], means[one]
                if not chance.any():
                    continue
                spread = chance * (1 - chance) if features is None else chance @ (features - mean) ** 2
                # The mean score of this side: its features less all answers', written without the difference.
                score = (q, p)[one][x] * (mean - means[other])
                estimate += np.outer(how_many * credits / n, score)
                within += np.outer(how_many * (credits / n) ** 2, spread)
            chances = binomial(n, p[x], q[x])
            total = chances @ (within + (estimate - chances @ estimate) ** 2)
            if self.features is None:
                variance[x] = self.weights[x] ** 2 * total
            else:
                variance += self.weights[x] ** 2 * total
        return Moments(self.expected_update(objective, n), variance[0] if self._bare else variance)

    @property
    def entropy(self) -> Any:
        """Entropy of the policy over answers, in nats."""
        return arguments.plain(self._out(-_xlogx(self._pi).sum(axis=1)))

    @property
    def effective_correct(self) -> Any:
        """Effective number of correct answers: exp of the entropy of the policy among them; 1 if one has it all."""
        # From the logits, since all right answers together may be too rare for a float.
        among_right = softmax(np.where(self.correct, self.current_logits, -np.inf))
        return arguments.plain(self._out(np.exp(-_xlogx(among_right).sum(axis=1))))

    def distinct(self, k: int) -> Any:
        r"""Expected number of different answers in k draws, :math:`\sum_a 1 - (1 - \pi_a)^k`.

        Source: arXiv 2510.14807 (SimKO). It is 1 for every k once one answer has all of the policy.

        Examples
        --------
        >>> round(Bandit(np.log([0.1, 0.2, 0.3, 0.4]), [0]).distinct(4), 10)
        2.5646
        """
        k = arguments.one_whole("k", k)
        with np.errstate(divide="ignore"):
            return arguments.plain(self._out(-np.expm1(k * np.log1p(-self._pi)).sum(axis=1)))

    @property
    def _bare(self) -> bool:
        return self.one_prompt and self.features is None

    def _out(self, values: Floats) -> Any:
        return values[0] if self.one_prompt else values

    def _right_and_wrong(self) -> tuple[Floats, Floats]:
        """Chance of a right and of a wrong answer of each prompt, both summed: 1 - p would lose the digits of one."""
        pi = self._pi
        return _success(pi, self.correct), _success(pi, ~self.correct)

    def _gradient_of_p(self, pi: Floats) -> Floats:
        """Per prompt, shape (P, A) in the logits or (P, D) in theta; 1 - p is summed, not subtracted."""
        right = (pi * self.correct).sum(axis=1, keepdims=True)
        wrong = (pi * ~self.correct).sum(axis=1, keepdims=True)
        by_logit = pi * np.where(self.correct, wrong, -right)
        return by_logit if self.features is None else np.einsum("pa,pad->pd", by_logit, self.features)

    def _weighted(self, slope: Floats) -> Floats:
        per_prompt = (self.weights * slope)[:, None] * self._gradient_of_p(self._pi)
        if self.features is not None:
            return per_prompt.sum(axis=0)
        return per_prompt[0] if self.one_prompt else per_prompt


_TINY = float(np.finfo(float).tiny)


def softmax(z: Floats) -> Floats:
    """Chances from logits, along the last axis."""
    e = np.exp(z - z.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def _success(pi: Floats, correct: Any) -> Floats:
    """Chance of a right answer; a sum that rounding carried past 1 is 1."""
    return np.minimum((pi * correct).sum(axis=-1), 1.0)


def _xlogx(pi: Floats) -> Floats:
    return pi * np.log(np.where(pi > 0, pi, 1.0))


def _mask(correct: Any, shape: tuple[int, ...]) -> Any:
    given = arguments.array_of("correct", sorted(correct, key=str) if isinstance(correct, set | frozenset) else correct)
    if given.dtype == bool:
        if given.shape != shape:
            raise ValueError(f"correct has shape {given.shape}, but logits has {shape}: mark every answer.")
        return np.atleast_2d(given)
    if len(shape) > 1:
        raise ValueError("for several prompts correct is an array of True and False in the shape of logits.")
    indices = arguments.whole("correct", given).ravel() if given.size else np.empty(0, np.int64)
    if given.size and indices.max() >= shape[0]:
        raise ValueError(f"correct names answer {indices.max()}, but answers run from 0 to {shape[0] - 1}.")
    if len(set(indices.tolist())) < indices.size:
        raise ValueError("correct names an answer twice: list indices once each, or mark every answer True or False.")
    mask = np.zeros((1, shape[0]), dtype=bool)
    mask[0, indices] = True
    return mask

"""What a group of n samples does to an objective: the weight it really has, what it climbs, its noise, its silence."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics.chances import binomial
from passk_lab.objectives.objective import Credit, Objective
from passk_lab.objectives.registry import resolve

_LARGEST_BLOCK = 2**22


class Moments(NamedTuple):
    """Mean and variance of an estimated gradient."""

    mean: Any
    variance: Any

    @property
    def signal_to_noise(self) -> Any:
        """|mean| / standard deviation of one group's estimate; 0 where there is no signal at all."""
        mean, noise = np.abs(self.mean), np.sqrt(self.variance)
        with np.errstate(divide="ignore", invalid="ignore"):
            return arguments.plain(np.where(mean == 0, 0.0, mean / noise))


class Groups(NamedTuple):
    """How likely a group is all wrong, all right, or mixed."""

    all_wrong: Any
    all_right: Any
    mixed: Any


def effective_weight(objective: Objective | Credit | str, n: int, p: Any) -> Any:
    r"""Give the weight a group of n really puts on grad p, exactly, for any policy.

    .. math:: w_n(p) = \mathbb{E}_{j \sim \mathrm{Bin}(n-1, p)}\bigl[A^+(j+1) - A^-(j)\bigr],
        \qquad \mathbb{E}\Bigl[\tfrac1n \sum_i A_i \nabla\log\pi(y_i)\Bigr] = w_n(p)\,\nabla p

    Our own step: the samples are exchangeable, so the mean is that of A_1 times the score S_1, and
    E[S_1 1{right}] = grad p = -E[S_1 1{wrong}]. A polynomial in p without a division, exact at p = 0 and 1 too. For
    an unbiased table it equals `weight(p)`.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
    n : int
        Samples in the group.
    p : array_like of float in [0, 1]
        Success probability of the prompt.

    Returns
    -------
    float, or ndarray of the shape of p.

    Raises
    ------
    ValueError
        If the objective has no table for this n (the message says why), or p leaves [0, 1].

    Examples
    --------
    Subtracting the group's own mean shrinks the weight of pass@1 by (n - 1)/n; leaving the sample out does not.

    >>> effective_weight("mean-centred", 4, 0.3), effective_weight("pass@1", 4, 0.3)
    (0.75, 1.0)
    """
    credit = credit_of(objective, n)
    return over_blocks(lambda chances: chances @ credit.contrast, credit.n - 1, p)


def finite_value(objective: Objective | Credit | str, n: int, p: Any) -> Any:
    r"""Give what a group of n really climbs: the function whose slope is the effective weight.

    .. math:: F_n(p) = \int_0^p w_n(t)\,dt = \frac1n \sum_{j=0}^{n-1} \bigl(A^+(j+1) - A^-(j)\bigr)\,
        \Pr\bigl[\mathrm{Bin}(n, p) > j\bigr]

    Our own step: each Bernstein polynomial of degree n - 1 integrates to a binomial tail over n.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
    n : int
        Samples in the group.
    p : array_like of float in [0, 1]

    Returns
    -------
    float, or ndarray of the shape of p; 0 at p = 0.

    Raises
    ------
    ValueError
        As `effective_weight`.

    Examples
    --------
    Plain MaxRL in groups of 4 climbs log p cut off after four terms: at p = 1 it has gained 1 + 1/2 + 1/3 + 1/4.

    >>> round(finite_value("maxrl", 4, 1.0), 6)
    2.083333
    """
    credit = credit_of(objective, n)
    n, contrast = credit.n, credit.contrast
    # P[Bin(n, p) > j] as a sum from the far end, so that a small tail keeps its digits.
    return over_blocks(
        lambda chances: np.cumsum(chances[:, :0:-1], axis=1)[:, ::-1] @ contrast / n, n, p
    )  # fmt: skip


def gradient_moments(objective: Objective | Credit | str, n: int, p: Any) -> Moments:
    r"""Exact mean and variance of one group's gradient estimate, for the one-logit policy p = sigmoid(z).

    .. math:: \hat g(c) = \tfrac1n \bigl[c A^+(c)(1-p) - (n-c) A^-(c)\,p\bigr], \quad c \sim \mathrm{Bin}(n, p),
        \qquad \mathbb{E}\,\hat g = w_n(p)\, p(1-p)

    Our own step: a correct sample has score 1 - p, a wrong one -p. The variance holds for this policy only: with
    several wrong answers their scores differ, and `exact.Bandit.group_update` counts that in.

    Parameters
    ----------
    objective : Objective, its name, or any Credit table
    n : int
        Samples in the group.
    p : array_like of float in [0, 1]

    Returns
    -------
    Moments
        `mean` and `variance`, floats or arrays of the shape of p; `signal_to_noise` is their ratio |mean|/sd.

    Raises
    ------
    ValueError
        As `effective_weight`.

    Examples
    --------
    >>> moments = gradient_moments("pass@1", 8, 0.5)
    >>> round(moments.mean, 4), round(moments.variance, 6)
    (0.25, 0.002232)
    """
    credit = credit_of(objective, n)
    n, p = credit.n, arguments.chance("p", p)
    c = np.arange(n + 1)
    mean = np.asarray(effective_weight(objective, n, p)) * p * (1 - p)
    right, wrong = c * credit.correct / n, (n - c) * credit.wrong / n

    def spread(chances: Floats, q: Floats, centre: Floats) -> Floats:
        estimate = right * (1 - q)[:, None] - wrong * q[:, None]
        return np.sum(chances * (estimate - centre[:, None]) ** 2, axis=1)

    return Moments(arguments.plain(mean), over_blocks(spread, n, p, np.ravel(p), np.ravel(mean)))


def silent_groups(n: int, p: Any) -> Groups:
    r"""How often a group of n has nothing to compare: all wrong, or all right.

    .. math:: \Pr[\text{all wrong}] = (1-p)^n, \qquad \Pr[\text{all right}] = p^n

    Source: arXiv 2511.16231 names the first as one of the two ways in which the signal vanishes. A rule that only
    compares within the group learns from the mixed rest; a rule without a baseline also learns from the all-right.

    Parameters
    ----------
    n : int
        Samples in the group.
    p : array_like of float in [0, 1]

    Returns
    -------
    Groups
        `all_wrong`, `all_right`, `mixed`: floats or arrays of the shape of p. They sum to 1; at n = 1 all is silent.

    Raises
    ------
    ValueError
        If p leaves [0, 1] or n is not a whole number >= 1.

    Examples
    --------
    >>> [round(share, 4) for share in silent_groups(8, 0.01)]
    [0.9227, 0.0, 0.0773]
    """
    n, p = arguments.one_whole("n", n), arguments.chance("p", p)
    with np.errstate(divide="ignore"):
        wrong, right = np.exp(n * np.log1p(-p)), p**n
        # Take the small end from 1 by expm1, so that a nearly certain silence leaves an exact rest.
        rest = np.where(p < 0.5, -np.expm1(n * np.log1p(-p)) - right, -np.expm1(n * np.log(p)) - wrong)
    return Groups(*(arguments.plain(side) for side in (wrong, right, np.maximum(rest, 0.0) if n > 1 else 0.0 * p)))


def effective_share(weights: Any) -> float:
    r"""Share of prompts that carry the signal: Kish's effective number of the weights, over their number.

    .. math:: \frac{(\sum_x |w_x|)^2}{P \sum_x w_x^2}

    Source: Kish, Survey Sampling (1965). 1 if all P prompts weigh the same, 1/P if one carries all.

    Parameters
    ----------
    weights : array_like of float, shape (P,)
        What each prompt adds to the gradient: its length, or `weight(p) * p * (1 - p)`.

    Returns
    -------
    float in [1/P, 1]; 0.0 if every weight is 0.

    Raises
    ------
    ValueError
        If there is no prompt, or a weight is not finite.

    Examples
    --------
    >>> effective_share([1, 1, 0, 0]), effective_share([3, 0, 0, 0])
    (0.5, 0.25)
    """
    sizes = np.abs(arguments.real("weights", weights, marks=True))
    if sizes.ndim != 1:
        raise ValueError(f"weights has one entry per prompt, but its shape is {sizes.shape}.")
    largest = sizes.max()
    if largest == 0:
        return 0.0
    sizes = sizes / largest
    return float(sizes.sum() ** 2 / (sizes.size * (sizes**2).sum()))


def credit_of(objective: Objective | Credit | str, n: int) -> Credit:
    """Return the table of a group of n: of an objective, of one named, or the very table that was given."""
    if isinstance(objective, Credit):
        if objective.n != arguments.one_whole("n", n):
            raise ValueError(f"this table is for groups of {objective.n} samples, but n = {n}.")
        return objective
    return resolve(objective).credit(n)


def over_blocks(function: Any, n: int, p: Any, *columns: Floats, wrong: Any = None) -> Any:
    """Apply function(chances of 0..n, *columns) to blocks of p, so that no table grows beyond memory.

    Where `wrong` is 1 - p as it was summed, it is taken for 1 - p.
    """
    p = arguments.chance("p", p)
    flat, beside = np.ravel(p), None if wrong is None else np.ravel(wrong)
    step = max(1, _LARGEST_BLOCK // (n + 1))
    out = np.empty(flat.shape)
    for i in range(0, flat.size, step):
        block = slice(i, i + step)
        chances = binomial(n, flat[block], None if beside is None else beside[block])
        out[block] = function(chances, *(column[block] for column in columns))
    return out.item() if p.ndim == 0 else out.reshape(p.shape)

"""Where the next samples lessen the error most: on new problems, or on those there are."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics._pilot import pilot_of_one, pilot_of_two, two


@dataclass(frozen=True)
class Spending:
    """Where more samples lessen the standard error of a mean pass@k (or of a difference) the most."""

    problems: int
    """Problems to have in the end, those there are among them."""
    samples: int
    """Samples of each of them in the end."""
    error: float
    """Standard error then."""
    error_now: float
    error_problems: float
    """Standard error if all is spent on new problems, sampled as often as those there are."""
    error_samples: float
    """Standard error if all is spent on more samples of the problems there are."""

    def __str__(self) -> str:
        return (
            f"best {self.problems} problems with {self.samples} samples each: standard error {self.error:.4f} (now "
            f"{self.error_now:.4f}; all on new problems {self.error_problems:.4f}, all on more samples "
            f"{self.error_samples:.4f})"
        )


_POINTS = 256


def spend(
    n: int, c: Any, k: int, budget: int = 1000, against: tuple[int, Any] | None = None, pool: int | None = None
) -> Spending:
    r"""Where to spend the next samples: on new problems, or on more samples of each, for the mean over a population.

    .. math:: \min_{P', n'} \frac{\tau^2 + w(n')}{P'} \quad\text{with}\quad P' \ge P,\; n' \ge n,\;
        P' n' \le P n + \text{budget}

    tau^2 is the variance of the true pass@k between problems, w(n) what the draw of n samples adds to it, both from the
    samples there are, as in `problems_needed`. w falls about as 1/n once n is above k, and tau^2 never: so to about n =
    2k samples of each problem, and then new problems; for the difference of two models that are alike, tau^2 is small
    and n larger. The other question, WHICH problems to sample on, is not answered: choosing them by what was seen makes
    n depend on c, and pass@k biased (`stopping_test`).

    Parameters
    ----------
    n : int
        Samples of each problem.
    c : array_like of int, one entry per problem
        Correct samples.
    k : int, 1 <= k <= n
    budget : int
        Samples to be spent; where two models are compared, on both together.
    against : (n, c) or None
        The other model on the same problems, with as many samples: the error is then that of the difference.
    pool : int or None
        How many problems there are to be had; None means as many as you like.

    Returns
    -------
    Spending; as text, a sentence.

    Raises
    ------
    ValueError
        For impossible counts, k > n, fewer than two problems, problems that differ in n, a budget too small for one
        new problem or for one more sample of each.

    Examples
    --------
    A hundred problems, eight samples each, two models that are much alike, and 1,600 samples more. For pass@4:

    >>> a, b = [0, 1, 2, 4, 8, 8, 3, 0, 5, 6] * 10, [1, 1, 4, 3, 8, 7, 3, 0, 6, 5] * 10
    >>> print(spend(8, a, 4, budget=1600, against=(8, b)))  # doctest: +NORMALIZE_WHITESPACE
    best 100 problems with 16 samples each: standard error 0.0175
    (now 0.0259; all on new problems 0.0183, all on more samples 0.0175)
    """
    n, k = arguments.one_whole("n", n), arguments.one_whole("k", k)
    budget = arguments.one_whole("budget", budget)
    if against is None:
        arms, pilot = 1, pilot_of_one(n, c, k)
    else:
        other, c_other = two("against", against)
        arguments.aligned(c=c, c_other=c_other)
        if arguments.one_whole("n of the other model", other) != n:
            raise ValueError(f"both models need as many samples a problem here, but n = {n} and {other}.")
        arms, pilot = 2, pilot_of_two(n, c, n, c_other, k)
    have = pilot.problems
    most = np.inf if pool is None else arguments.one_whole("pool", pool, least=have)
    each = budget // arms  # every sample is drawn from each model
    if each < min(have, n if most > have else have):
        raise ValueError(
            f"budget = {budget} buys neither a new problem ({arms * n} samples) nor one more sample of each of the "
            f"{have} there are ({arms * have})."
        )

    def in_the_end(samples: int) -> tuple[float, int, int]:
        problems = int(min((have * n + each) // samples, most))
        return float(np.sqrt(pilot.variance(samples) / problems)), problems, samples

    low, high = n, n + each // have
    while high - low >= _POINTS:  # near the best of a grid, until what is left can be looked at one by one
        grid = np.unique(np.geomspace(low, high, _POINTS).round().astype(int)).tolist()
        i = grid.index(min(in_the_end(samples) for samples in grid)[2])
        low, high = grid[max(i - 1, 0)], grid[min(i + 1, len(grid) - 1)]
    error, problems, samples = min(in_the_end(samples) for samples in range(low, high + 1))
    return Spending(
        problems,
        samples,
        error,
        float(np.sqrt(pilot.variance(n) / have)),
        in_the_end(n)[0],
        in_the_end(n + each // have)[0],
    )

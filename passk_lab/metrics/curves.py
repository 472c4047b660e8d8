"""The pass@k curve of a whole data set."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import weighted_pairs
from passk_lab.metrics.estimators import BEYOND_N, pass_at_k


def pass_at_k_curve(n: Any, c: Any, ks: Any = None) -> Any:
    r"""Mean of the unbiased pass@k over problems, for every k.

    .. math:: \text{pass@}k = \frac{1}{P} \sum_{i=1}^{P} \hat\rho(n_i, c_i, k)

    Source: arXiv 2107.03374, eq. 1. Problems may differ in n. Problems with the same counts are worked out once; where
    many k are asked for, the chance that draw k + 1 is the first correct one is summed up, so that no digit is lost to
    a difference.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples (0 <= c <= n).
    ks : array_like of int, 1 <= k <= min n, or None
        Which draws; None means every k = 1, 2, ..., min n.

    Returns
    -------
    ndarray of float64 with one mean per entry of ks, a float for a single k. Relative error at most 2k + 8 ulp.

    Raises
    ------
    ValueError
        If a problem has fewer samples than some k: it is named, never dropped.

    Examples
    --------
    Three problems with four samples each: never, once and always right.

    >>> pass_at_k_curve(4, [0, 1, 4])
    array([0.41666667, 0.5       , 0.58333333, 0.66666667])
    """
    n, c = arguments.counts(n, c)
    if n.size == c.size == 1:
        arguments.doubt(
            "this is the curve of one problem, not of a data set: it says nothing of other problems. For one problem "
            "pass_at_k(n, c, ks) is the same, without this word."
        )
    ks = every_k(n) if ks is None else arguments.draws(n.min(), _named_draws(n, ks), BEYOND_N)
    n_values, c_values, how_many = weighted_pairs(n, c)
    weights = how_many / how_many.sum()
    longest = int(ks.max())
    if ks.size * 8 >= longest:
        return arguments.plain(_first_success(n_values, c_values, weights, longest)[ks - 1])
    return arguments.plain(pass_at_k(n_values[:, None], c_values[:, None], ks.ravel()).T.dot(weights).reshape(ks.shape))


def every_k(n: Any) -> Ints:
    """Every number of draws that all problems allow: 1, 2, ..., min n."""
    return np.arange(1, arguments.table_size("n", int(np.min(n)), "say which k you want, as in ks=[1, 10, 100]") + 1)


def along_k(n: Ints, c: Ints, ks: Ints) -> Iterator[Floats]:
    """Unbiased pass@k of every problem, one k after another; ks must increase.

    Where many k are asked for, the chance that all draws are wrong is carried from one k to the next: an absolute error
    of k rounding steps, a hundred times quicker, and never more in memory than one k.
    """
    n, c = np.broadcast_arrays(n, c)
    if ks.size * 8 < int(ks[-1]):
        for k in ks:
            yield np.asarray(pass_at_k(n, c, k), np.float64).reshape(n.shape)
        return
    left, wrong = n.astype(np.float64), (n - c).astype(np.float64)
    all_wrong = np.ones(n.shape)
    k = 0
    for wanted in ks.tolist():
        while k < wanted:
            all_wrong *= np.maximum(wrong, 0.0)
            all_wrong /= left
            left -= 1
            wrong -= 1
            k += 1
        yield 1 - all_wrong


def _named_draws(n: Ints, ks: Any) -> Ints:
    ks = arguments.whole("k", ks, least=1)
    arguments.draws(n, ks.max(), BEYOND_N)  # the largest k finds, and names, the problem that is too short for it
    return ks


def _first_success(n: Ints, c: Ints, weights: Floats, longest: int) -> Floats:
    """Mean pass@k for k = 1..longest: the chance that the first correct draw is the (k+1)-th, summed over k."""
    left, wrong = n.astype(np.float64), (n - c).astype(np.float64)
    gain = weights * c
    fail = np.ones(n.shape)  # chance that the draws so far were all wrong
    steps = np.empty(longest)
    for k in range(longest):
        if k % 32 == 31:
            # What has failed with chance below 1e-30 changes no digit any more; it would only grow denormal and slow.
            alive = fail > 1e-30
            if not alive.all():
                left, wrong, gain, fail = left[alive], wrong[alive], gain[alive], fail[alive]
        fail /= left
        steps[k] = gain @ fail
        fail *= wrong
        left -= 1
        wrong -= 1
    # The chances of problems with c = n - k or more have run out: their next factor is 0, and stays it.
    return np.minimum(np.cumsum(steps), 1.0)  # a sum of parts of 1 may round above it

"""How p is spread over problems, of whatever form: points with weights, fitted by nonparametric maximum likelihood."""

from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics._distinct import weighted_pairs
from passk_lab.metrics.known_p import success_at_k


class Spread(NamedTuple):
    """How p is spread over problems, as points with weights."""

    p: Any
    weight: Any

    def pass_at_k(self, k: Any) -> Any:
        """Mean pass@k over problems drawn from it.

        >>> Spread(np.array([0.0, 0.5]), np.array([0.5, 0.5])).pass_at_k(2)
        0.375
        """
        k = arguments.whole("k", k, least=1)
        return arguments.plain(success_at_k(self.p, k[..., None]) @ self.weight)


def fit_spread(n: Any, c: Any) -> Spread:
    r"""Fit how p is spread over the problems, of whatever form: nonparametric maximum likelihood on a grid of p.

    .. math:: \max_w \sum_i \log \sum_j w_j\, p_j^{c_i} (1 - p_j)^{n_i - c_i}, \qquad w_j \ge 0,\; \sum_j w_j = 1

    Kiefer and Wolfowitz (1956). The maximum has few points; many other spreads fit as well, so what it says beyond n is
    one answer among those that `pass_at_k_beyond` bounds.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples.

    Returns
    -------
    Spread(p, weight): the points with a weight above 1e-6.

    Raises
    ------
    ValueError
        For impossible counts.

    Examples
    --------
    >>> spread = fit_spread(100, [0] * 30 + [100] * 70)
    >>> spread.p, spread.weight.round(6)
    (array([0., 1.]), array([0.3, 0.7]))
    """
    from scipy.special import xlog1py, xlogy

    n, c = arguments.counts(n, c)
    n_values, c_values, how_many = weighted_pairs(n, c)
    share = how_many / how_many.sum()
    # Points closer than a fifth of what n samples can tell apart would only be alike.
    angle = np.arange(0, np.pi / 2, max(0.1 / np.sqrt(n_values.max()), np.pi / 400))
    grid = np.unique(np.concatenate([np.sin(angle) ** 2, np.geomspace(1e-7, np.sin(angle[1]) ** 2, 20), [1.0]]))
    logs = xlogy(c_values[:, None], grid) + xlog1py((n_values - c_values)[:, None], -grid)
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    weight = _mixture(likelihood, share)
    kept = weight > 1e-6
    return Spread(grid[kept], weight[kept] / weight[kept].sum())


def _mixture(likelihood: Floats, share: Floats) -> Floats:
    """Weights of the likeliest mixture, by nonnegative least squares on the quadratic model (Wang 2007)."""
    from scipy.optimize import nnls

    weight = np.full(likelihood.shape[1], 1 / likelihood.shape[1])
    for _ in range(100):
        ratio = likelihood / (likelihood @ weight)[:, None]
        slope = share @ ratio
        if slope.max() <= 1 + 1e-7:
            break
        # To second order the log likelihood is minus the square of sqrt(share) (ratio w - 2), and the sum of w is 1.
        root = np.sqrt(share)[:, None]
        rows = np.concatenate([root * ratio, np.full((1, weight.size), 1e3)])
        aim = np.concatenate([2 * root[:, 0], [1e3]])
        try:
            new, _ = nnls(rows, aim, maxiter=3 * weight.size)
            new /= new.sum()
        except RuntimeError:  # it went round in circles: a step of expectation and maximisation always leads upwards
            new = weight * slope
        old, step = share @ np.log(likelihood @ weight), 1.0
        with np.errstate(divide="ignore"):  # a whole step may leave a count without a chance, and is then halved
            while step > 1e-9 and share @ np.log(likelihood @ (weight + step * (new - weight))) < old:
                step /= 2
        if step <= 1e-9:
            break
        weight = weight + step * (new - weight)
    return weight

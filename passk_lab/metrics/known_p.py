"""Exact quantities of a prompt whose success probability p is known: J_k, its weight, the gap, coverage."""

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats


def success_at_k(p: Any, k: Any) -> Any:
    r"""Chance that at least one of k independent samples is correct, when each one is with chance p.

    .. math:: J_k(p) = 1 - (1 - p)^k

    Source: arXiv 2511.16231, the definition of pass@k for one prompt.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Success probability of one sample, J_1.
    k : array_like of int >= 1
        Draws. p and k broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]. Small p lose no digits.

    Raises
    ------
    ValueError
        A sentence with the offending value, if p leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    >>> success_at_k(0.5, [1, 2, 3])
    array([0.5  , 0.75 , 0.875])
    >>> success_at_k(1e-12, 4)
    3.999999999994e-12
    """
    p, k = _p_and_k(p, k)
    return arguments.plain(0.0 - np.expm1(_log_all_wrong(p, k)))


def weight_at_k(p: Any, k: Any) -> Any:
    r"""Say how strongly pass@k training listens to a prompt, relative to pass@1: the slope of J_k over p.

    .. math:: \alpha_k(p) = \frac{dJ_k}{dp} = k (1 - p)^{k - 1}

    Source: arXiv 2511.16231, the main result (the gradient of J_k is alpha_k times the gradient of J_1). It is also
    the density of Beta(1, k), so its area over [0, 1] is 1 for every k.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Success probability of one sample, J_1.
    k : array_like of int >= 1
        Draws. p and k broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, k].

    Raises
    ------
    ValueError
        A sentence with the offending value, if p leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    A prompt solved half the time counts half as much under pass@4 as under pass@1; one never solved, four times.

    >>> weight_at_k([0.0, 0.5, 1.0], 4)
    array([4. , 0.5, 0. ])
    """
    p, k = _p_and_k(p, k)
    return arguments.plain(k * np.exp(_log_all_wrong(p, k - 1)))


def gap_at_k(p: Any, k: Any) -> Any:
    r"""Give what k samples add to one: the gap between pass@k and pass@1.

    .. math:: G_k(p) = J_k - J_1 = (1 - p)\,\bigl(1 - (1 - p)^{k-1}\bigr)

    Source: arXiv 2511.16231 (exploration collapse: the gap goes to 0 as the policy concentrates). It is 0 at both
    ends, p = 0 and p = 1: read it together with p.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Success probability of one sample, J_1.
    k : array_like of int >= 1
        Draws. p and k broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1).

    Raises
    ------
    ValueError
        A sentence with the offending value, if p leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    >>> gap_at_k([0.0, 0.5, 1.0], 2)
    array([0.  , 0.25, 0.  ])
    """
    p, k = _p_and_k(p, k)
    return arguments.plain((1 - p) * (0.0 - np.expm1(_log_all_wrong(p, k - 1))))


def gap_peak(k: Any) -> Any:
    r"""Return the success probability at which the gap G_k is largest: where the weight alpha_k equals 1.

    .. math:: p^* = 1 - k^{-1/(k-1)}

    Our own step from arXiv 2511.16231: dG_k/dp = alpha_k - 1. Below p* pass@k listens more than pass@1 does, above
    it less.

    Parameters
    ----------
    k : array_like of int >= 2
        Draws; at k = 1 the gap is 0 everywhere and has no peak.

    Returns
    -------
    float, or ndarray of the shape of k, in (0, 1/2].

    Raises
    ------
    ValueError
        If k is not a whole number >= 2.

    Examples
    --------
    >>> gap_peak([2, 4])
    array([0.5       , 0.37003948])
    """
    k = arguments.whole("k", k, least=2)
    return arguments.plain(-np.expm1(-np.log(k) / (k - 1)))


def cover_at_tau(p: Any, tau: Any) -> Any:
    r"""Share of problems that are solved at least a fraction tau of the time.

    .. math:: \mathrm{Cover@}\tau = \frac{1}{P}\sum_{i=1}^{P} \mathbf{1}[p_i \ge \tau],
        \qquad \text{pass@}k = \int_0^1 k (1-\tau)^{k-1}\, \mathrm{Cover@}\tau \; d\tau

    Source: Dragoi et al., arXiv 2510.08325. Exact when the p_i are known. With p_i = c_i/n it is biased: the noise of
    c/n carries problems across the threshold, upwards where few problems reach tau and downwards where most do, and
    at tau < 1/n it only asks whether c > 0, which grows with n.

    Parameters
    ----------
    p : array_like of float in [0, 1], last axis the problems
        Success probability of each problem.
    tau : array_like of float in [0, 1]
        Threshold or thresholds, crossed with the leading axes of p.

    Returns
    -------
    float, or ndarray of shape p.shape[:-1] + tau.shape, in [0, 1].

    Raises
    ------
    ValueError
        If p or tau leave [0, 1], or p is a single number instead of one per problem.

    Examples
    --------
    >>> cover_at_tau([0.05, 0.2, 0.5, 0.9], [0.0, 0.2, 0.95])
    array([1.  , 0.75, 0.  ])
    """
    p, tau = arguments.chance("p", p), arguments.chance("tau", tau)
    if p.ndim == 0:
        raise ValueError("cover_at_tau averages over problems: p must be a list with one entry per problem.")
    # One sort serves every tau: the share at or above tau is what searchsorted leaves to the right.
    rows = np.sort(p, axis=-1).reshape(-1, p.shape[-1])
    below = np.array([np.searchsorted(row, tau.ravel(), side="left") for row in rows])
    return arguments.plain((1 - below / p.shape[-1]).reshape(p.shape[:-1] + tau.shape))


def _p_and_k(p: Any, k: Any) -> tuple[Floats, Any]:
    arguments.aligned(p=p, k=k)
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    arguments.shape_together(p=p, k=k)
    return p, k


def _log_all_wrong(p: Floats, k: Any) -> Floats:
    # k log(1 - p) with 0 log 0 = 0: no draw at all is never all wrong in a way that matters.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(k == 0, 0.0, k * np.log1p(-p))

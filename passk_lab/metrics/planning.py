"""How many problems or samples a comparison needs to show what it looks for, from a pilot."""

from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics._pilot import Pilot, pilot_of_two, two

_ADDED = 2
"""Problems that `compare` puts in, at +1 and -1."""
_MOST = 10**6


def problems_needed(
    n_a: Any,
    c_a: Any,
    n_b: Any,
    c_b: Any,
    k: int,
    difference: float,
    samples: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> int:
    r"""How many problems show a difference in pass@k between two models, from a pilot on problems of the same kind.

    .. math:: P = (z_{\text{level}} + z_{\text{power}})^2\, \frac{\tau^2 + w_a + w_b}{\delta^2} + 2, \qquad
        \tau^2 = \operatorname{Var}_i\bigl(J_k(p_i^b) - J_k(p_i^a)\bigr), \quad w = E_i V(p_i; n, k)

    tau^2 is how the true difference varies between problems, which no sample of them lessens; w is what the draw of n
    samples adds (`pass_at_k_variance`). In the pilot both come together, as the variance of the observed differences;
    w is worked out under the likeliest spread of p (`fit_spread`) for its n and for the n asked for. The two are the
    problems that `compare` puts in. `difference` is what you want to be able to see, not what the pilot showed: that is
    as likely too large as too small.

    Parameters
    ----------
    n_a, c_a, n_b, c_b : array_like of int, one entry per problem, in the same order
        The pilot: samples and correct samples of both models; n may be one number for all.
    k : int, 1 <= k <= n of the pilot
        The draws that were decided on beforehand.
    difference : float in (0, 1]
        The true difference in mean pass@k that is to be seen, either way.
    samples : int >= k or None
        Samples of each problem and model in the comparison planned; None means as many as in the pilot.
    power : float in (0, 1)
        Chance that the difference is seen if it is there.
    level : float in (0, 1)
        Confidence with which `compare(..., ks=[k])` is asked.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        For impossible counts, k > n, fewer than two problems.

    Examples
    --------
    On forty problems b was right about as often as a. To see three points at pass@4 takes so many:

    >>> a, b = [0, 1, 2, 4, 8, 8, 3, 0] * 5, [1, 1, 4, 3, 8, 7, 3, 0] * 5
    >>> problems_needed(8, a, 8, b, 4, 0.03), problems_needed(8, a, 8, b, 4, 0.03, samples=64)
    (273, 83)
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    _, variance = _pair(n_a, c_a, n_b, c_b, k, samples)
    return _problems(variance, _difference(difference), _deviates(power, level))


def samples_needed(
    n_a: Any,
    c_a: Any,
    n_b: Any,
    c_b: Any,
    k: int,
    difference: float,
    problems: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> int | None:
    """How many samples of each problem and model show a difference in pass@k, where the problems are what they are.

    The least n with `problems_needed(..., samples=n)` at most `problems`. More samples lessen only what their draw
    adds; where problems differ too much from one another, no number of samples will do.

    Parameters
    ----------
    n_a, c_a, n_b, c_b, k, difference, power, level :
        As in `problems_needed`.
    problems : int or None
        Problems of the comparison planned; None means those of the pilot.

    Returns
    -------
    int, at least k; or None where no number of samples up to a million is enough: more problems are needed.

    Raises
    ------
    ValueError
        As `problems_needed`.

    Examples
    --------
    >>> a, b = [0, 1, 2, 4, 8, 8, 3, 0] * 20, [1, 1, 4, 3, 8, 7, 3, 0] * 20
    >>> samples_needed(8, a, 8, b, 4, 0.03)
    34
    >>> samples_needed(8, a, 8, b, 4, 0.005)
    1150
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    pilot = pilot_of_two(n_a, c_a, n_b, c_b, k)
    have = pilot.problems if problems is None else arguments.one_whole("problems", problems, least=3)
    delta, deviates = _difference(difference), _deviates(power, level)

    def enough(samples: int) -> bool:
        return _problems(pilot.variance(samples), delta, deviates) <= have

    if not enough(_MOST):
        return None
    low, high = k - 1, _MOST
    while high - low > 1:
        middle = int(np.sqrt(max(low, 1) * high)) if high > 2 * max(low, 1) else (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def detectable_difference(
    n_a: Any,
    c_a: Any,
    n_b: Any,
    c_b: Any,
    k: int,
    problems: int | None = None,
    samples: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
) -> float:
    r"""Smallest difference in pass@k that so many problems show, from a pilot.

    .. math:: \delta = (z_{\text{level}} + z_{\text{power}}) \sqrt{\frac{\tau^2 + w_a + w_b}{P - 2}}

    Parameters
    ----------
    n_a, c_a, n_b, c_b, k, samples, power, level :
        As in `problems_needed`.
    problems : int >= 3 or None
        None means those of the pilot.

    Returns
    -------
    float; above 1 where so few problems show nothing at all.

    Raises
    ------
    ValueError
        As `problems_needed`.

    Examples
    --------
    >>> a, b = [0, 1, 2, 4, 8, 8, 3, 0] * 5, [1, 1, 4, 3, 8, 7, 3, 0] * 5
    >>> round(detectable_difference(8, a, 8, b, 4), 3)
    0.08
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    pilot, variance = _pair(n_a, c_a, n_b, c_b, k, samples)
    have = arguments.one_whole("problems", pilot.problems if problems is None else problems, least=3)
    return float(sum(_deviates(power, level)) * np.sqrt(variance / (have - _ADDED)))


def problems_for_crossing(
    n_a: Any,
    c_a: Any,
    n_b: Any,
    c_b: Any,
    ks: tuple[int, int],
    differences: tuple[float, float],
    samples: int | None = None,
    power: float = 0.8,
    level: float = 0.95,
    fixed: bool = False,
) -> int:
    r"""How many problems show that one model is ahead at a first k and the other at a second.

    .. math:: P = \max_{e} \Bigl[(q + z_{(1 + \text{power})/2})^2 \frac{\tau_e^2 + w_e}{\delta_e^2} + 2\Bigr]

    Both ends have to be seen, so each is given half of the chance of a miss. q is the critical value of the band that
    `compare` draws over all k (by the bound of Naiman 1986, from the pilot's differences); two k that were `fixed`
    beforehand need no band, and q is z.

    Parameters
    ----------
    n_a, c_a, n_b, c_b, samples, power, level :
        As in `problems_needed`.
    ks : two int, the first smaller, both <= n of the pilot
        Where the one and where the other is to be ahead.
    differences : two float in [-1, 1], of opposite sign
        b minus a at these k.
    fixed : bool
        True if only these two k will be looked at, by `compare` at level for each.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        As `problems_needed`; for differences of one sign, which is no crossing.

    Examples
    --------
    >>> a, b = [0, 1, 2, 4, 8, 8, 3, 0] * 5, [1, 1, 4, 3, 8, 7, 3, 0] * 5
    >>> problems_for_crossing(8, a, 8, b, (1, 8), (0.02, -0.04))
    921
    """
    arguments.aligned(n_a=n_a, c_a=c_a, n_b=n_b, c_b=c_b)
    first, second = two("ks", ks)
    at_first, at_second = (
        float(arguments.one_number("differences", d, -1, 1)) for d in two("differences", differences)
    )
    if at_first * at_second >= 0:
        raise ValueError(
            f"differences = ({at_first:g}, {at_second:g}) have one sign: a crossing is where one model is ahead at the "
            "first k and the other at the second, as in (-0.02, 0.03)."
        )
    if not first < second:
        raise ValueError(f"ks must be two numbers of draws, the smaller first, but got ({first}, {second}).")
    fixed = arguments.switch("fixed", fixed)
    z, beyond = _deviates((1 + arguments.level(power, "power")) / 2, level)
    needed = []
    for k, delta in ((first, at_first), (second, at_second)):
        pilot, variance = _pair(n_a, c_a, n_b, c_b, k, samples)
        q = z if fixed else pilot.band(level)
        needed.append(_problems(variance, abs(delta), (q, beyond)))
    return max(needed)


def _pair(n_a: Any, c_a: Any, n_b: Any, c_b: Any, k: int, samples: int | None) -> tuple[Pilot, float]:
    pilot = pilot_of_two(n_a, c_a, n_b, c_b, k)
    if samples is not None:
        samples = arguments.one_whole("samples", samples)
        arguments.draws(np.array(samples), k)
    return pilot, pilot.variance(samples)


def _problems(variance: float, difference: float, deviates: tuple[float, float]) -> int:
    return int(np.ceil(sum(deviates) ** 2 * variance / difference**2)) + _ADDED


def _difference(difference: Any) -> float:
    return float(arguments.one_number("difference", difference, 0, 1, open_low=True))


def _deviates(power: Any, level: Any) -> tuple[float, float]:
    """Normal deviates of the level (both sides) and of the power."""
    from scipy.special import ndtri

    return float(ndtri((1 + arguments.level(level)) / 2)), float(ndtri(arguments.level(power, "power")))

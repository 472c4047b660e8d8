"""How sure the mean of a score between 0 and 1 is, over the population that the problems were drawn from.

Both ways add a problem that failed and one that succeeded: nothing seen yet is no proof of nothing there.
"""

from typing import Any, Literal, NamedTuple, cast

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics._units import Units, at_least_two, grouped, one_each

Method = Literal["gaffke", "t"]


class Interval(NamedTuple):
    """Lower and upper end, one entry per k."""

    low: Any
    high: Any


def mean_interval(values: Any, level: float = 0.95, method: Method = "gaffke", groups: Any = None) -> Interval:
    r"""Interval for the mean of a score in [0, 1] over a population of problems, from one value for each problem drawn.

    .. math:: P\Bigl(\sum_i E_i (x_i - \text{low}) - E_0 \,\text{low} \le 0\Bigr) = \frac{1 - \text{level}}{2},
        \qquad E_i \sim \text{Exp}(1)

    "gaffke" (Gaffke 2005): low is a quantile of the mean under Dirichlet weights on the values and on one more problem
    that failed; high is its mirror image, with one more that succeeded. On values that are all 0 or 1 it is the
    interval of Clopper and Pearson (1934); elsewhere that it covers is a conjecture which no case tried has broken
    (`docs/intervals.md`). It is worked out by an integral, without a random number.

    "t" is closed and quick: with both more problems put in, N = P + 2, mean +- t_{N-1} sd/sqrt(N), cut to [0, 1].

    Parameters
    ----------
    values : array_like of float in [0, 1], one entry per problem
    level : float in (0, 1)
        Confidence.
    method : "gaffke" or "t"
    groups : array_like of labels, one per problem, or None
        Problems that belong together (copies, one family, one text with several questions): groups are then what was
        drawn, and the problem put in is one group of mean size.

    Returns
    -------
    Interval(low, high)

    Raises
    ------
    ValueError
        For values outside [0, 1], fewer than two problems or groups, or an unknown method.

    Examples
    --------
    All of eight problems solved: the rule of three, exactly. The lower end is 0.025^(1/8).

    >>> low, high = mean_interval([1] * 8)
    >>> round(low, 6), high
    (0.630583, 1.0)
    """
    values = arguments.chance("values", values)
    if values.ndim != 1:
        raise ValueError(f"values must be a list with one entry per problem, but has shape {values.shape}.")
    level, method = arguments.level(level), known_method(method)
    if groups is None:
        values, how_many = np.unique_counts(values)
        units = one_each(how_many)
    else:
        units = grouped(groups, values.size)
    at_least_two(units)
    total = units.totals(values)
    if method == "t":
        return Interval(*(end.item() for end in padded_t(total, units, level)))
    return Interval(*gaffke(total, units, level))


def known_method(method: Any) -> Method:
    """Check the name of a method."""
    if not isinstance(method, str) or method not in ("gaffke", "t"):
        raise ValueError(f"method is 'gaffke' or 't', not {arguments.short(method)}.")
    return cast(Method, method)


# --- t, with two more problems ----------------------------------------------------------------------------------


def residuals(total: Floats, units: Units, ends: tuple[float, float]) -> tuple[Floats, Floats, Floats]:
    """Mean with one more unit of mean size at each end; residual sums of the units and of those two; their weights.

    The variance of the mean is the weighted sum of squared residuals: for groups that of Bell and McCaffrey (CR2,
    2002), for problems by themselves sd^2/N.
    """
    mean_size = units.problems / units.number
    weight = units.problems + 2 * mean_size
    mean = (total @ units.times + mean_size * sum(ends)) / weight
    own = total - mean[..., None] * units.size
    added = mean_size * (np.array(ends) - mean[..., None])
    share = np.append(units.size, [mean_size, mean_size]) / weight
    factor = np.append(units.times, [1.0, 1.0]) / (1 - share) / weight**2
    return mean, np.concatenate([own, added], axis=-1), factor


def freedom(units: Units, added: bool) -> float:
    """Degrees of freedom: 1/sum(share^2) - 1, which is their number less 1 for units of one size."""
    mean_size = units.problems / units.number
    squares = units.times @ units.size**2 + (2 * mean_size**2 if added else 0.0)
    weight = units.problems + (2 * mean_size if added else 0.0)
    return max(float(weight**2 / squares - 1), 1e-3)


def padded_t(total: Floats, units: Units, level: float) -> tuple[Floats, Floats]:
    """Ends of the t interval with one more unit at 0 and one at 1; leading axes of `total` stay."""
    from scipy.special import stdtrit

    mean, left, factor = residuals(total, units, (0.0, 1.0))
    half = stdtrit(freedom(units, added=True), (1 + level) / 2) * np.sqrt(left**2 @ factor)
    return np.maximum(mean - half, 0.0), np.minimum(mean + half, 1.0)


# --- Gaffke ---------------------------------------------------------------------------------------------------------


def gaffke(total: Floats, units: Units, level: float) -> tuple[float, float]:
    """Both ends for one score: `total` holds the sum of the values of each unit."""
    tail = (1 - level) / 2
    low, high = padded_t(total, units, level)
    return _lower_end(total, units, tail, float(low)), 1 - _lower_end(units.size - total, units, tail, 1 - float(high))


_ATOMS = 256


def _few_atoms(values: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Split each of very many values between its neighbours on a grid, so that the mean stays.

    The spread grows by a gap squared over four at most: with 256 atoms the ends move outwards, by less than 1e-4 of
    the interval's width.
    """
    if values.size <= _ATOMS:
        return values, times
    grid = np.unique(np.concatenate([np.linspace(values.min(), values.max(), _ATOMS // 2),
                                     np.quantile(values, np.linspace(0, 1, _ATOMS // 2))]))  # fmt: skip
    right = np.searchsorted(grid[1:-1], values) + 1
    share = (values - grid[right - 1]) / (grid[right] - grid[right - 1])
    split: Floats = np.zeros(grid.size)
    np.add.at(split, right, times * share)
    np.add.at(split, right - 1, times * (1 - share))
    return grid[split > 0], split[split > 0]


def _lower_end(total: Floats, units: Units, tail: float, guess: float) -> float:
    """Where the chance that the weighted mean lies below is `tail`; it rises with the end."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    most = float((total / units.size).max())
    if most <= 0:
        return 0.0
    times, size = units.times, units.size
    if units.order is None and (size == 1).all():
        total, times = _few_atoms(total, times)
        size = np.ones(total.size)
    mean_size = float(times @ size / times.sum())
    total, size, times = np.append(total, 0.0), np.append(size, mean_size), np.append(times, 1.0)
    wanted = ndtri(tail)

    def off(end: float) -> float:  # as a normal deviate it is nearly straight, so few steps find the zero
        return float(ndtri(np.clip(chance_below_zero(total - end * size, times), 1e-280, 1 - 1e-15)) - wanted)

    low = high = min(max(guess, 1e-3 * most), 0.999 * most)
    step = max(0.03 * (float(times @ total / (times @ size)) - low), 1e-4 * most)
    while off(low) > 0:
        low, high, step = max(low - step, 0.0), low, 2 * step
        if low == 0:
            break
    while high < most and off(high) < 0:
        low, high, step = high, min(high + step, most), 2 * step
    return float(brentq(off, low, high, xtol=1e-11 * most))


def _nodes(number: int, reach: float) -> tuple[Floats, Floats, float]:
    """Points u at which sinh(u) runs along a line, dense near 0 and sparse far out; and their weight over pi."""
    u = (np.arange(number) + 0.5) * (reach / number)
    return np.sinh(u), np.cosh(u), reach / number / np.pi


_HEAVY, _THIN = _nodes(128, 12.0), _nodes(24, 3.6)
"""For heavy tails, as of few units; and for sums as of 200 alike, of which 18 standard deviations are enough."""


def chance_below_zero(a: Floats, m: Floats) -> float:
    r"""Chance that a sum of Gamma variables with signs is at most 0.

    .. math:: P\Bigl(\sum_j a_j \Gamma(m_j, 1) \le 0\Bigr) = \Theta - \frac{1}{\pi} \int_0^\infty
        \operatorname{Re} \frac{e^{K(s + iy)}}{s + iy}\, dy, \qquad K(s) = -\sum_j m_j \log(1 - s a_j)

    Inversion of the moment generating function along a line through its saddlepoint s, where the integrand does not
    oscillate at first; Theta is 1 for s > 0 and 0 for s < 0, and the integral is taken with that sign. Error below
    1e-7.
    """
    there = a != 0
    a, m = a[there], m[there]
    if a.size == 0 or a.max() <= 0:
        return 1.0
    if a.min() >= 0:
        return 0.0
    s = _saddlepoint(a, m)
    squares = (a / (1 - s * a)) ** 2
    width = 1 / np.sqrt(m @ squares)
    alike = (m @ squares) ** 2 / (m @ squares**2)
    if abs(s) < 0.5 * width:  # away from the pole at 0: any line between 1/min a and 1/max a will do
        s = max(-0.5 * width, 0.5 / a.min())
    sinh, cosh, weight = _THIN if alike > 200 else _HEAVY
    # Heavy tails reach to where the many small terms make the integrand oscillate. Bent away from their branch points
    # the line leads to where it decays instead.
    bend = 0.0 if alike > 200 else 1.0 if m[a < 0].sum() > m[a > 0].sum() else -1.0
    x, y = s + width * bend * (cosh - 1), width * sinh
    # log(1 - (x + iy) a) in real parts: three times as quick as the complex logarithm.
    along, across = 1 - x[:, None] * a, y[:, None] * a
    size = np.exp(np.log(along**2 + across**2) @ m / -2)
    turn = np.arctan2(across, along) @ m
    value = size * np.exp(1j * turn) / (x + 1j * y) * (cosh - 1j * bend * sinh)
    part = float(value.real.sum() * weight * width)
    return -part if s < 0 else 1 - part


def _saddlepoint(a: Floats, m: Floats) -> float:
    """Zero of K'(s) = sum m a/(1 - s a), which rises from -inf to inf between 1/min a and 1/max a."""
    low, high, s = float(1 / a.min()), float(1 / a.max()), 0.0
    for _ in range(200):
        u = a / (1 - s * a)
        value, slope = float(m @ u), float(m @ (u * u))
        low, high = (s, high) if value < 0 else (low, s)
        new = s - value / slope
        if not low < new < high:
            new = (low + high) / 2
        if abs(new - s) * np.sqrt(slope) <= 1e-10:
            return new
        s = new
    return s

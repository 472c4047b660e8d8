"""What lies beyond n samples: distributions of p fitted over the problems of a data set, and bounds that need none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints
from passk_lab.metrics._distinct import distinct_pairs, weighted_pairs
from passk_lab.metrics._units import at_least_two, grouped, one_each
from passk_lab.metrics.bounded_mean import Interval, gaffke
from passk_lab.metrics.chances import binomial, hypergeometric
from passk_lab.metrics.curves import pass_at_k_curve
from passk_lab.metrics.estimators import pass_at_k


class Prior(NamedTuple):
    """How p is spread over problems: never solved, always solved, and between them a Beta."""

    alpha: float
    beta: float
    never: float
    """Share of problems with p = 0."""
    always: float
    """Share of problems with p = 1."""

    def pass_at_k(self, k: Any) -> Any:
        r"""Mean pass@k over problems drawn from it, :math:`1 - \text{never} - (1 - \text{never} - \text{always})
        B(\alpha, \beta + k)/B(\alpha, \beta)`.

        >>> Prior(1, 1, 0, 0).pass_at_k(4)
        0.8
        """
        from scipy.special import betaln

        k = arguments.whole("k", k, least=1)
        wrong = np.exp(betaln(self.alpha, self.beta + k) - betaln(self.alpha, self.beta))
        return arguments.plain(self.always + (1 - self.never - self.always) * (1 - wrong))


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
        return arguments.plain(
            _success(self.p, k.ravel()) @ self.weight if k.ndim else _success(self.p, k)[0] @ self.weight
        )


def fit_prior(n: Any, c: Any, masses: bool = True) -> Prior:
    r"""Fit how p is spread over the problems: a Beta, with masses at 0 and 1, by (penalised) maximum likelihood.

    .. math:: P(c \mid n) = w_0 [c = 0] + w_1 [c = n] + (1 - w_0 - w_1) \binom{n}{c}
        \frac{B(\alpha + c, \beta + n - c)}{B(\alpha, \beta)}

    The beta-binomial of Skellam (1948); for pass@k see arXiv 2510.05197. The penalty is that of one vague guess: mean
    and strength of the Beta are normal on the logit and log scale with sd 3, so are the odds of the masses around 1 :
    20. It keeps the fit finite where all problems look alike.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    masses : bool
        False leaves both masses out: the samples hardly tell a p of 0 from one far below 1/n.

    Returns
    -------
    Prior(alpha, beta, never, always)

    Raises
    ------
    ValueError
        For impossible counts or a single problem.

    Examples
    --------
    Of four hundred problems a quarter is never solved, a quarter always, the others half of the time:

    >>> prior = fit_prior(8, [0] * 100 + [8] * 100 + [3, 4, 4, 5] * 50)
    >>> round(prior.never, 2), round(prior.always, 2)
    (0.25, 0.25)
    """
    masses = arguments.switch("masses", masses)
    n, c = arguments.counts(n, c)
    return fitted(*weighted_pairs(n, c), masses).prior


@dataclass(frozen=True)
class Fitted:
    """A fitted prior with how loosely the problems hold it."""

    prior: Prior
    at: Floats
    covariance: Floats
    """Of the unbounded parameters, from the curvature of the penalised likelihood."""

    def slope(self, of: Callable[[Prior], Floats]) -> Floats:
        """Slope of a function of the prior by each parameter (new last axis)."""
        steps = 1e-3 * np.eye(self.at.size)
        return np.stack([(of(_prior_at(self.at + s)) - of(_prior_at(self.at - s))) / 2e-3 for s in steps], axis=-1)

    def scores(self, n: Ints, c: Ints) -> Floats:
        """Slope of the log likelihood of each count by each parameter (last axis): their mean under the prior is 0."""
        return _likelihood(self.at, n, c)[1]


def _prior_at(x: Floats) -> Prior:
    """Prior of unbounded parameters: logit of the mean, log of alpha + beta, log odds of the masses."""
    mean, strength = 1 / (1 + np.exp(-x[0])), np.exp(x[1])
    odds = np.exp(x[2:]) if x.size == 4 else np.zeros(2)
    return Prior(
        float(max(mean * strength, 1e-12)), float(max((1 - mean) * strength, 1e-12)),
        float(odds[0] / (1 + odds.sum())), float(odds[1] / (1 + odds.sum())),
    )  # fmt: skip


_CENTRE, _SCALE = np.array([0.0, np.log(2.0), -3.0, -3.0]), 3.0


def fitted(n: Ints, c: Ints, how_many: Ints, masses: bool = True) -> Fitted:
    """Fit on distinct counts; the curvature comes from the gradient, which is in closed form."""
    from scipy.optimize import minimize

    if how_many.sum() < 2:
        raise ValueError(
            "a prior is fitted over problems, and this is one. Give more problems, or name a prior: (1, 1) is flat."
        )
    centre = _CENTRE[: 4 if masses else 2]

    def loss(x: Floats) -> tuple[float, Floats]:
        value, slope = _minus_log_likelihood(x, n, c, how_many)
        return value + ((x - centre) ** 2).sum() / (2 * _SCALE**2), slope + (x - centre) / _SCALE**2

    share = np.clip((c @ how_many) / (n @ how_many), 1e-3, 1 - 1e-3)
    starts = [np.array([np.log(share / (1 - share)), strength, -3.0, -3.0])[: centre.size] for strength in (0.0, 2.5)]
    best = min((minimize(loss, x, jac=True, method="BFGS") for x in starts), key=lambda found: found.fun)
    at = best.x
    curvature = np.stack([(loss(at + s)[1] - loss(at - s)[1]) / 2e-4 for s in 1e-4 * np.eye(at.size)])
    values, vectors = np.linalg.eigh((curvature + curvature.T) / 2)
    # No direction is known less well than the penalty knows it.
    covariance = (vectors / np.maximum(values, 1 / _SCALE**2)) @ vectors.T
    return Fitted(_prior_at(at), at, covariance)


def _minus_log_likelihood(x: Floats, n: Ints, c: Ints, how_many: Ints) -> tuple[float, Floats]:
    chance, slopes = _likelihood(x, n, c)
    return -float(how_many @ np.log(chance)), -(how_many @ slopes)


def _likelihood(x: Floats, n: Ints, c: Ints) -> tuple[Floats, Floats]:
    """Chance of each count, and the slope of its logarithm by each parameter (last axis)."""
    from scipy.special import betaln, digamma

    prior = _prior_at(x)
    a, b = prior.alpha, prior.beta
    none, all_ = c == 0, c == n
    # The binomial coefficient is the same for every prior, and 1 where there is a mass.
    between = (1 - prior.never - prior.always) * np.exp(betaln(a + c, b + n - c) - betaln(a, b))
    chance = np.maximum(between + prior.never * none + prior.always * all_, 1e-300)
    both = digamma(a + b) - digamma(a + b + n)
    by_a = digamma(a + c) - digamma(a) + both
    by_b = digamma(b + n - c) - digamma(b) + both
    mean, strength = a / (a + b), a + b
    through = between / chance
    slope = [through * (by_a - by_b) * strength * mean * (1 - mean), through * (a * by_a + b * by_b)]
    if x.size == 4:
        slope += [mass * (there / chance - 1) for mass, there in ((prior.never, none), (prior.always, all_))]
    return chance, np.stack(slope, axis=-1)


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
    n, c = arguments.counts(n, c)
    n_values, c_values, how_many = weighted_pairs(n, c)
    share = how_many / how_many.sum()
    # Points closer than a fifth of what n samples can tell apart would only be alike.
    angle = np.arange(0, np.pi / 2, max(0.1 / np.sqrt(n_values.max()), np.pi / 400))
    grid = np.unique(np.concatenate([np.sin(angle) ** 2, np.geomspace(1e-7, np.sin(angle[1]) ** 2, 20), [1.0]]))
    with np.errstate(divide="ignore"):
        logs = _times(c_values[:, None], np.log(grid)) + _times((n_values - c_values)[:, None], np.log1p(-grid))
    likelihood = np.exp(logs - logs.max(axis=1, keepdims=True))
    weight = _mixture(likelihood, share)
    kept = weight > 1e-6
    return Spread(grid[kept], weight[kept] / weight[kept].sum())


def _times(count: Any, log: Floats) -> Floats:
    """count * log with 0 * -inf = 0."""
    return np.where(count == 0, 0.0, count * np.where(count == 0, 0.0, log))


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


def _success(p: Floats, ks: Any) -> Floats:
    """1 - (1-p)^k: one row per k, one column per p."""
    with np.errstate(divide="ignore"):
        return -np.expm1(np.atleast_1d(ks)[:, None] * np.log1p(-np.asarray(p)))


# --- beyond n ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beyond:
    """What n samples of each problem say of pass@k for k > n: bounds for every spread of p, values under a model."""

    ks: Ints
    n: int
    """Samples of the problem that has fewest: up to here the samples speak, beyond it a model has to."""
    interval: Interval
    """Holds the mean pass@k of the population, however p is spread over it."""
    if_beta: Floats
    """The value if p is spread as a Beta (fitted)."""
    if_masses: Floats
    """The value if p is spread as a Beta with masses at 0 and 1 (fitted)."""
    if_any: Floats
    """The value under the likeliest spread of any form."""
    if_power: Floats
    """The value if -log pass@k falls as a power of k, as it does up to n (arXiv 2407.21787); NaN where it cannot."""
    depends_on_the_model: Any
    """True for each k > n."""
    level: float

    def __str__(self) -> str:
        return "\n".join(self.words(i) for i in range(self.ks.size))

    def words(self, i: int) -> str:
        """Say what is known at the i-th k."""
        low, high = self.interval.low[i], self.interval.high[i]
        if not self.depends_on_the_model[i]:
            return (
                f"k = {self.ks[i]}: between {low:.3f} and {high:.3f} ({self.level:.0%} interval, k within n = {self.n})"
            )
        more = "" if self.ks[i] <= 4 * self.n else "; the samples cannot say more"
        power = "" if np.isnan(self.if_power[i]) else f", {self.if_power[i]:.3f} if a power law"
        return (
            f"k = {self.ks[i]}: between {low:.3f} and {high:.3f} ({self.level:.0%} interval, whatever the spread of p"
            f"{more}). Within it the answer depends on the model: {self.if_beta[i]:.3f} if p is spread as a Beta, "
            f"{self.if_masses[i]:.3f} with masses at 0 and 1, {self.if_any[i]:.3f} if as the likeliest spread{power}"
        )


def pass_at_k_beyond(n: Any, c: Any, ks: Any, level: float = 0.95, groups: Any = None) -> Beyond:
    r"""Say what n samples of each problem tell of the mean pass@k of the population for k > n: bounds, then models.

    .. math:: \min_f\; E f(C) \quad\text{with}\quad \sum_{c} \operatorname{Bin}(c; n, p) f(c) \ge 1 - (1-p)^k
        \;\text{ for every } p

    No unbiased estimate exists for k > n. But a function f of the count that is at least 1 - (1-p)^k on average for
    every p bounds the mean from above, however p is spread over the problems; the f of least mean is found by a linear
    programme, and the Gaffke interval of f(c_i) gives the end. The lower end is its mirror image. Up to some 4n the
    bounds are as narrow as few problems allow; far beyond they say how little the samples tell, and the values under a
    model, each named, lie within or near them. With different n, f is averaged over draws of the smallest n from each
    problem.

    Parameters
    ----------
    n, c : array_like of int, broadcast together, one entry per problem
        Samples and correct samples; at least two problems.
    ks : array_like of int >= 1
        Which draws, one axis.
    level : float in (0, 1)
        Confidence of the interval, for one k at a time.
    groups : array_like of labels, one per problem, or None
        Problems under one label were drawn together.

    Returns
    -------
    Beyond

    Raises
    ------
    ValueError
        For impossible counts, fewer than two problems or groups.

    Examples
    --------
    Of a hundred problems with eight samples each, eighty were not solved; 32 draws solve more, but how many more?

    >>> hard = [0] * 80 + [1] * 5 + [2] * 4 + [4] * 4 + [6] * 3 + [8] * 4
    >>> beyond = pass_at_k_beyond(8, hard, [8, 32])
    >>> beyond.interval.low.round(2), beyond.interval.high.round(2)
    (array([0.13, 0.13]), array([0.29, 0.4 ]))
    >>> beyond.depends_on_the_model
    array([False,  True])
    """
    n, c = arguments.counts(n, c)
    arguments.table_size("n", int(n.min()), "with so many samples pass_at_k_curve says all that can be seen")
    ks = np.atleast_1d(arguments.whole("k", ks, least=1))
    if ks.ndim != 1:
        raise ValueError(f"k must be one number or a list here, but has shape {ks.shape}.")
    level = arguments.level(level)
    n, c = (a.ravel() for a in np.broadcast_arrays(n, c))
    kinds_n, kinds_c, of = distinct_pairs(n, c)
    how_many = np.bincount(of, minlength=kinds_n.size)
    fewest = int(n.min())
    units = one_each(how_many) if groups is None else grouped(groups, n.size)
    at_least_two(units)
    beta, masses = (fitted(kinds_n, kinds_c, how_many, m).prior for m in (False, True))
    thinned = _thinned(kinds_n, kinds_c, fewest)
    expected = 0.95 * _in_classes(_beta_binomial(beta, fewest)) + 0.05 / thinned.shape[1]

    ends = np.empty((2, ks.size))
    for i, k in enumerate(ks):
        for which, sign in ((0, -1), (1, 1)):
            if k <= fewest:
                values, room = np.asarray(pass_at_k(kinds_n, kinds_c, k)), 0.0
            else:
                f, room = _bounding(sign, expected, fewest, int(k), units.number)
                values = np.clip((thinned @ f + room) / (1 + 2 * room), 0.0, 1.0)
            total = units.totals(values if groups is None else values[of])
            ends[which, i] = gaffke(total, units, level)[which] * (1 + 2 * room) - room
    return Beyond(
        ks=ks,
        n=fewest,
        interval=Interval(np.maximum(ends[0], 0.0), np.minimum(ends[1], 1.0)),
        if_beta=np.asarray(beta.pass_at_k(ks)),
        if_masses=np.asarray(masses.pass_at_k(ks)),
        if_any=np.asarray(fit_spread(n, c).pass_at_k(ks)),
        if_power=_power_law(n, c, fewest, ks),
        depends_on_the_model=ks > fewest,
        level=level,
    )


_CLASSES = 64
"""Counts are told apart up to here. Beyond it, k > n draws succeed all but surely, whatever the count."""


def _in_classes(chances: Floats) -> Floats:
    """Chances of the counts 0, 1, ..., _CLASSES - 1 and of all others together (last axis)."""
    if chances.shape[-1] <= _CLASSES + 1:
        return chances
    return np.concatenate([chances[..., :_CLASSES], chances[..., _CLASSES:].sum(axis=-1, keepdims=True)], axis=-1)


def _beta_binomial(prior: Prior, n: int) -> Floats:
    """Chance of each count from 0 to n, without the masses."""
    from scipy.special import betaln

    c = np.arange(n + 1)
    return np.exp(_log_ways(n, c) + betaln(prior.alpha + c, prior.beta + n - c) - betaln(prior.alpha, prior.beta))


def _log_ways(n: int, c: Ints) -> Floats:
    from scipy.special import gammaln

    return gammaln(n + 1) - gammaln(c + 1) - gammaln(n - c + 1)


def _thinned(n: Ints, c: Ints, fewest: int) -> Floats:
    """Chance of each class of counts when `fewest` of a problem's n samples are kept: one row per kind of problem."""
    out = np.zeros((n.size, min(fewest, _CLASSES) + 1))
    for row, n_i, c_i in zip(out, n.tolist(), c.tolist(), strict=True):
        lowest, chances = hypergeometric(n_i, c_i, fewest)
        np.add.at(row, np.minimum(np.arange(lowest, lowest + chances.size), row.size - 1), chances)
    return out


def _at_every_p(n: int, k: int, step: float) -> tuple[Floats, Floats]:
    """Chance of each class of counts, and the aim 1 - (1-p)^k, on a grid of p as dense as n samples can tell apart."""
    # sqrt(n) asin(sqrt(p)) has a standard deviation of 1/2 everywhere; what lies far above the last class is alike.
    reach = np.sqrt(n) * np.pi / 2 if n <= 4 * _CLASSES else np.sqrt(4.0 * _CLASSES)
    p = np.sin(np.linspace(0, reach, int(reach / step) + 2) / np.sqrt(n)) ** 2
    tiny = np.geomspace(min(1e-3 / k, p[1] / 2), p[1], int(40 * 0.1 / step))
    p = np.unique(np.concatenate([p, tiny, [1.0]]))
    return _first_classes(n, p), _success(p, k)[0]


def _first_classes(n: int, p: Floats) -> Floats:
    if n <= _CLASSES:
        return binomial(n, p)
    c = np.arange(_CLASSES)
    with np.errstate(divide="ignore"):
        logs = _log_ways(n, c) + _times(c, np.log(p)[:, None]) + _times(n - c, np.log1p(-p)[:, None])
    first = np.exp(logs)
    return np.concatenate([first, np.maximum(1 - first.sum(axis=1, keepdims=True), 0.0)], axis=1)


def _bounding(sign: int, expected: Floats, n: int, k: int, number: float) -> tuple[Floats, float]:
    """Return f on the classes with sign * (E_p f - aim) >= 0 for every p, in [-room, 1 + room].

    More room lets f follow the aim more closely, and makes it vary more: the least of mean plus two standard errors is
    taken, under the counts expected from a fit. The choice may be poor; the bound holds all the same.
    """
    from scipy.optimize import linprog

    (chances, aim), (finer, finer_aim) = (_at_every_p(n, k, step) for step in (0.1, 0.025))
    best: tuple[float, Floats, float] | None = None
    for asked in (0.0, 0.1, 0.3, 1.0, 3.0):
        found = linprog(sign * expected, -sign * chances, -sign * aim, bounds=(-asked, 1 + asked))
        if not found.success:
            continue
        # What is missed between the points of the grid, or by the solver, is added, with a tenth for what lies between
        # the points of the finer grid.
        missed = 1.1 * max(0.0, float((sign * (finer_aim - finer @ found.x)).max()))
        f, room = found.x + sign * missed, asked + missed
        mean = expected @ f
        cost = sign * mean + 2 * np.sqrt(expected @ (f - mean) ** 2 / number) + (1 + 2 * room) / number
        if best is None or cost < best[0]:
            best = (float(cost), f, room)
    # An end of [0, 1] always bounds; it is needed where the solver gives up.
    return (np.full(expected.size, float(sign > 0)), 0.0) if best is None else best[1:]


def _power_law(n: Ints, c: Ints, fewest: int, ks: Ints) -> Floats:
    """Least squares of log(-log pass@k) on log k over k <= n, in steps of half an octave."""
    at = np.unique(np.geomspace(1, fewest, max(2, int(2 * np.log2(fewest)) + 1)).round().astype(int))
    curve = pass_at_k_curve(n, c, at)
    inside = (curve > 0) & (curve < 1)
    if inside.sum() < 2:
        return np.full(ks.size, np.nan)
    slope, start = np.polyfit(np.log(at[inside]), np.log(-np.log(curve[inside])), 1)
    return np.exp(-np.exp(start + slope * np.log(ks)))

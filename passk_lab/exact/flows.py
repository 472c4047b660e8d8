"""Gradient flow: training with an exact gradient and an infinitely small step, accurate over twenty decades of time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import NoneType
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.exact.anchors import Anchor
from passk_lab.exact.bandit import Bandit, softmax
from passk_lab.metrics import success_at_k
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve

_AT_REST = 1e-6
"""A flow has come to rest when its logits would move by less than this while time grows by a factor e."""


_ROUNDING = 1e-13
"""Where the parts of a gradient cancel to within this, what is left may be rounding, and the flow stops: not at rest,
for a true but tiny gradient looks the same."""
_CLOSE = 1e-9
"""Below it 1 - p is taken as it was summed: p holds it to 1e-16 only."""
_TINY = float(np.finfo(float).tiny)
_MOST_CALLS = 60_000
"""Gradients a flow may ask for, a second or two; ten times what the longest flow of the lab takes."""


@dataclass(frozen=True)
class Flow:
    """A path through policies: `time` (S,), `theta` (S, D), and what follows from them."""

    start: Bandit
    objective: Objective
    time: Floats
    theta: Floats
    at_rest: bool
    """True if it ended because nothing moved any more; it may also end at until_p, at until_time, or in rounding."""

    @property
    def policy(self) -> Floats:
        """Policies along the path, shape (S, A) for one prompt, else (S, P, A)."""
        pi = softmax(self._logits())
        return pi[:, 0] if self.start.one_prompt else pi

    @property
    def p(self) -> Floats:
        """Success probabilities along the path, shape (S,) for one prompt, else (S, P)."""
        p = np.minimum((softmax(self._logits()) * self.start.correct).sum(axis=-1), 1.0)
        return p[:, 0] if self.start.one_prompt else p

    def pass_at_k(self, k: int) -> Floats:
        """Mean over prompts of pass@k along the path, shape (S,)."""
        p = self.p[:, None] if self.start.one_prompt else self.p
        return np.asarray(success_at_k(np.clip(p, 0.0, 1.0), k)) @ self.start.weights

    def states(self) -> list[Bandit]:
        """Return the bandit at every stored time."""
        return [self.start.at(theta) for theta in self.theta]

    def as_prompts(self) -> Bandit:
        """Return the states of one prompt as the prompts of one bandit, which says what it says of all at once.

        Raises
        ------
        ValueError
            If the path is of several prompts.
        """
        if not self.start.one_prompt:
            raise ValueError(
                f"each state of this path has {len(self.start.logits)} prompts of its own: ask states() one by one."
            )
        logits = self._logits()[:, 0]
        return Bandit(logits, np.broadcast_to(self.start.correct, logits.shape))

    def _logits(self) -> Floats:
        if self.start.features is None:
            return self.start.logits + self.theta.reshape(-1, *self.start.logits.shape)
        return self.start.logits + np.einsum("pad,sd->spa", self.start.features, self.theta)


def flow(
    bandit: Bandit, objective: Objective | str, *, until_p: float | None = None, until_time: float = 1e20,
    states: int = 200, times: Any = None, anchor: Anchor | None = None, accuracy: float = 1e-9,
) -> Flow:  # fmt: skip
    r"""Follow the gradient flow d theta/dt = grad J from where the bandit stands.

    .. math:: \frac{d\theta}{ds} = \frac{g}{|g| + 1/(T_0 + t)}, \qquad \frac{dt}{ds} = \frac{1}{|g| + 1/(T_0 + t)},
        \qquad T_0 = 1/|g(0)|

    Our own step: as the clock s runs, it counts length of path plus logarithm of time, so neither a plateau nor the
    slow end of pass@16 (some 10^14 time units) costs many steps, and coming to rest is no singularity. Time is one
    more state. Several prompts with shared parameters are the same equation.

    Parameters
    ----------
    bandit : Bandit
        Prompts, features and starting point.
    objective : Objective or str
    until_p : float in (0, 1), optional
        Stop where the (mean) success probability crosses this.
    until_time : float > 0
        Stop at this time at the latest.
    states : int >= 2
        States to store, evenly along s.
    times : array_like of float, increasing, optional
        Store these times instead; after the end of the path its last state stands.
    anchor : Anchor, optional
        An entropy bonus or KL term added to the objective.
    accuracy : float in [1e-12, 1e-2]
        Relative error of each of the solver's steps; 1e-6 is enough for a picture, and twice as fast.

    Returns
    -------
    Flow

    Raises
    ------
    ValueError
        If there is no gradient at the start, if `until_p` is never reached (the message says where it ended), or if the
        flow gets lost in rounding, as under a weak anchor after ages.

    Examples
    --------
    From one answer in a hundred to one in ten, for k = 1: the closed form is `plateau_time`.

    >>> from passk_lab.exact.families import one_among
    >>> round(float(flow(one_among(100), "pass@1", until_p=0.1).time[-1]), 4)
    93.9478
    """
    from scipy.integrate import solve_ivp  # here: it takes 28 MB that only a flow needs

    arguments.as_one_of("bandit", bandit, Bandit, "a Bandit")
    arguments.as_one_of("anchor", anchor, (Anchor, NoneType), "an Anchor, as from entropy_bonus, or None")
    objective = resolve(objective)
    until_time, states = (
        arguments.one_number("until_time", until_time, 0.0, 1e300, open_low=True),
        arguments.table_size("states", arguments.one_whole("states", states, 2), "store fewer"),
    )
    accuracy = arguments.one_number("accuracy", accuracy, 1e-12, 1e-2)
    if until_p is not None:
        until_p = arguments.one_number("until_p", until_p, 0.0, 1 - 2.0**-53, open_low=True)
    begin = softmax(bandit.current_logits)
    moved = _equals_together(bandit, anchor, begin)
    origin, gradient = moved.theta, _gradient(moved, objective, anchor, begin)
    first = float(np.linalg.norm(gradient(origin)[0]))
    at_end = bool(np.any((np.asarray(bandit.p) == 0) | (np.asarray(bandit.p) == 1)))
    if first == 0 or not np.isfinite(first):
        raise ValueError(
            f"{objective.label} has {'no' if first == 0 else 'an infinite'} gradient at the start (p = {bandit.p}), so "
            f"nothing can flow: start where {'0 < p < 1' if at_end else 'prompts do not balance'}."
        )
    clock = 1 / first

    calls = 0

    def rates(_: float, y: Floats) -> Floats:
        nonlocal calls
        calls += 1
        if calls > _MOST_CALLS:
            raise ValueError(
                f"the flow does not get on after t = {y[-1]:.3g}: what is left of its gradient is rounding more than "
                f"signal there. Stop it earlier, say at until_time = {y[-1] / 100:.0e}, or ask for less accuracy."
            )
        g, _p, _size = gradient(y[:-1])
        out = np.empty(y.size)
        out[:-1], out[-1] = g, 1.0
        return out / (math.sqrt(g @ g) + 1 / (clock + y[-1]))

    last: list[Any] = [None, 0.0, None]

    def seen(y: Floats) -> Any:
        # The events are asked about one and the same state in turn: once is enough.
        if last[0] is not y or last[1] != y[-1]:
            last[:] = y, float(y[-1]), gradient(y[:-1])
        return last[2]

    def rest(_: float, y: Floats) -> float:
        g, _p, _size = seen(y)
        return math.sqrt(g @ g) * float(clock + y[-1]) - _AT_REST

    def rounding(_: float, y: Floats) -> float:
        g, _p, size = seen(y)
        return math.sqrt(g @ g) - _ROUNDING * size

    def late(_: float, y: Floats) -> float:
        return float(y[-1]) - until_time

    def there(_: float, y: Floats) -> float:
        return float(bandit.weights @ seen(y)[1]) - (until_p or 0.0)

    events: list[Any] = [rest, rounding, late] if until_p is None else [rest, rounding, late, there]
    for event in events:
        event.terminal = True
    # Length of path grows like the logarithm of time, and s by at most as much again.
    # LSODA turns implicit by itself where a flow comes to rest and an explicit step would have to be tiny.
    floor = 1e-3 * accuracy * np.append(np.ones(origin.size), clock)
    solved = solve_ivp(
        rates, (0.0, 1e4), np.append(origin, 0.0), method="LSODA", rtol=accuracy, atol=floor, events=events,
        dense_output=True,
    )  # fmt: skip
    if until_p is not None and not len(solved.t_events[3]):
        ended = float(bandit.weights @ gradient(solved.y[:-1, -1])[1])
        raise ValueError(
            f"p = {until_p:g} is not reached: the flow ends at p = {ended:.6g} after {solved.y[-1, -1]:.4g} time units"
            f"{' at rest' if len(solved.t_events[0]) else ''}. Choose a p it passes, or a later until_time."
        )
    s = np.linspace(0.0, solved.t[-1], states) if times is None else _clock_at(solved, times, clock)
    y = solved.sol(s)
    y[:, 0] = np.where(s[0] == 0, np.append(origin, 0.0), y[:, 0])
    if times is None:
        y[:, -1] = solved.y[:, -1]
        stored = y[-1]
    else:
        stored = np.asarray(times, dtype=np.float64)
    shared: Any = moved.features
    theta = y[:-1].T if moved is bandit else bandit.theta + y[:-1].T @ shared[0].T
    return Flow(bandit, objective, stored, theta, bool(len(solved.t_events[0])))


def plateau_time(arms: int, p_from: Any, p_to: Any) -> Any:
    r"""Time for the pass@1 flow from p_from to p_to with one correct answer among equal wrong ones, in closed form.

    .. math:: t = \frac{K-1}{K}\,\bigl[f(p_1) - f(p_0)\bigr], \qquad
        f(p) = -\frac1p + \frac1{1-p} + 2 \ln\frac{p}{1-p}

    Our own step: dp/dt = p^2 (1-p)^2 K/(K-1), integrated. The 1/p is the plateau: from p = 0.001 it takes ten times
    as long as from 0.01.

    Parameters
    ----------
    arms : int >= 2
        Answers K.
    p_from, p_to : array_like of float in (0, 1)

    Raises
    ------
    ValueError
        If p leaves (0, 1) or there are fewer than two answers.

    Examples
    --------
    >>> round(plateau_time(100, 0.01, 0.1), 7), round(plateau_time(100, 0.1, 0.9), 7)
    (93.9478326, 26.3010093)
    """
    arms = arguments.one_whole("arms", arms, 2)
    arguments.aligned(p_from=p_from, p_to=p_to)
    ends = [arguments.chance(name, p) for name, p in (("p_from", p_from), ("p_to", p_to))]
    for name, p in zip(("p_from", "p_to"), ends, strict=True):
        at_end = (p == 0) | (p == 1)
        if at_end.any():
            raise ValueError(
                f"{name} must lie strictly between 0 and 1, but is {arguments.first(p, at_end):g}: from there, or to "
                "there, it takes for ever."
            )
    arguments.shape_together(p_from=ends[0], p_to=ends[1])
    with np.errstate(over="ignore", invalid="ignore"):
        low, high = (-1 / p + 1 / (1 - p) + 2 * (np.log(p) - np.log1p(-p)) for p in ends)
        time = (arms - 1) / arms * (high - low)
    if not np.isfinite(time).all():
        raise ValueError("the time is too long for a float: take a p_from or a p_to above 1e-300.")
    return arguments.plain(time)


def _equals_together(bandit: Bandit, anchor: Anchor | None, begin: Floats) -> Bandit:
    """Let answers of one prompt that are equal share one parameter: the same flow, in fewer dimensions.

    A parameter that moves m logits by 1/sqrt(m) each is m parameters that stay equal: same path, same clock, same norm.
    """
    if not bandit.one_prompt or bandit.features is not None:
        return bandit
    logits, right = bandit.current_logits[0], bandit.correct[0]
    _, which, many = np.unique([logits, right], axis=1, return_inverse=True, return_counts=True)
    features = (which.reshape(-1, 1) == np.arange(many.size)) / np.sqrt(many)
    if many.size == logits.size or (anchor is not None and not _keeps_equal(anchor, features, begin)):
        return bandit
    return Bandit(logits, right, features=features)


def _keeps_equal(anchor: Anchor, features: Floats, begin: Floats) -> bool:
    """Whether an anchor, which may be the reader's own, pulls alike on equal answers; asked at an uneven policy."""
    pi = softmax(np.log(np.maximum(begin, _TINY)) + features @ np.cos(np.arange(features.shape[1])))
    pull = anchor.gradient(pi, begin)
    return np.allclose(pull @ features @ features.T, pull, rtol=1e-9, atol=1e-12)


def _gradient(bandit: Bandit, objective: Objective, anchor: Anchor | None, begin: Floats) -> Any:
    """Gradient of objective plus anchor as a function of theta, p of each prompt, and the size of what was added up.

    Lean, as it is called thousands of times.
    """
    objective.weight(0.5)  # says so at once if it has no weight
    # One matrix for all prompts: theta moves the logits, and gradients go back, by one product each.
    features = None if bandit.features is None else bandit.features.reshape(bandit.logits.size, -1)
    if len(bandit.logits) == 1:
        return _gradient_of_one(bandit, features, objective, anchor, begin)
    logits, weights, right = bandit.logits, bandit.weights, bandit.correct
    good, bad = right.astype(np.float64), (~right).astype(np.float64)
    slope: Any = objective.slope
    pulls: Any = None if anchor is None else (anchor.strength * weights)[:, None]

    def gradient(theta: Floats) -> tuple[Floats, Floats, float]:
        z = logits + (theta if features is None else features @ theta).reshape(logits.shape)
        z -= np.maximum.reduce(z, axis=1, keepdims=True)
        pi = np.exp(z, out=z)
        pi /= np.add.reduce(pi, axis=1, keepdims=True)
        p, q = np.vecdot(pi, good), np.vecdot(pi, bad)
        # The formula itself where it holds: the checks of a Face cost more than the sum.
        between = all(0.0 < x < 1.0 for x in p.tolist()) and min(q.tolist()) > _CLOSE
        inner = weights * (slope.inside(np, p) if between else slope.beside(p, q))
        up, down = inner * q, inner * -p
        by_logit = pi * np.where(right, up[:, None], down[:, None])
        size = 2 * float(np.abs(up) @ p)  # what pushes up and what pushes down add up to as much
        if anchor is not None:
            size += anchor.strength  # its own terms, pi times log pi, are of this size before they cancel
            by_logit += pulls * anchor.gradient(pi, begin)
        flat = by_logit.ravel()
        return (flat if features is None else flat @ features), p, size

    return gradient


def _gradient_of_one(bandit: Bandit, features: Any, objective: Objective, anchor: Anchor | None, begin: Floats) -> Any:
    """The same for one prompt: p and its slope are plain numbers then, which is half the calls into numpy."""
    logits, right = bandit.logits[0], bandit.correct[0]
    sides = np.stack([right, ~right], axis=1).astype(np.float64)
    slope: Any = objective.slope
    formula = slope.inside

    def gradient(theta: Floats) -> tuple[Floats, Floats, float]:
        pi = logits + (theta if features is None else features @ theta)
        pi -= np.maximum.reduce(pi)
        np.exp(pi, out=pi)
        pi /= np.add.reduce(pi)
        both = pi @ sides
        p, q = both.tolist()
        inner = formula(np, p) if 0.0 < p < 1.0 and q > _CLOSE else float(slope.beside([p], [q])[0])
        by_logit = pi * np.where(right, inner * q, inner * -p)
        size = 2 * abs(inner) * p * q
        if anchor is not None:
            size += anchor.strength
            by_logit += anchor.strength * anchor.gradient(pi[None], begin)[0]
        return (by_logit if features is None else by_logit @ features), both[:1], float(size)

    return gradient


def _clock_at(solved: Any, times: Any, clock: float) -> Floats:
    """The s at which the path passes each time, by Newton's method on log time."""
    times = arguments.floats("times", times)
    if times.ndim != 1 or not times.size or not (np.diff(times) > 0).all() or not times[0] >= 0:
        raise ValueError("times is a list of increasing times, the first at least 0.")
    along = np.log(clock + solved.y[-1])
    wanted = np.log(clock + np.minimum(times, solved.y[-1, -1]))
    s = np.interp(wanted, along, solved.t)  # between the solver's own steps, where both are known
    for _ in range(5):
        near = np.clip(s + np.array([[-1e-6], [0.0], [1e-6]]), 0.0, solved.t[-1])
        low, here, high = np.log(clock + np.maximum(solved.sol(near.ravel())[-1].reshape(3, -1), 0.0))
        s = np.clip(s - (here - wanted) * (near[2] - near[0]) / np.maximum(high - low, 1e-300), 0.0, solved.t[-1])
    return s

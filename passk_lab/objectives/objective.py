"""What an objective is: F(p), its slope, and the credit table that a group of samples turns it into.

With a yes/no verifier an objective is a function F of a prompt's success probability p, so its gradient is
F'(p) * grad p. A group of n samples, c of them correct, gives each correct sample the credit A+(c) and each wrong one
A-(c); the estimate is (1/n) sum_i A_i grad log pi(y_i), always a MEAN over the group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from passk_lab import arguments

Formula = Callable[[Any, Any], Any]
"""A formula of p in the open interval (0, 1), written once for numpy and torch: the first argument is the module."""


TINY = float(np.finfo(float).tiny)
LARGEST_GROUP = 10**6
"""Samples of a group that a credit table is made for."""
NEAR = 2.0**-10
"""Below this 1 - p is taken as it was summed and not from p, which holds it to 1e-16 only."""


class Beside(np.lib.mixins.NDArrayOperatorsMixin):
    """A chance p with 1 - p beside it: to numpy it is p, but 1 - p and log1p(-p) keep all their digits."""

    def __init__(self, p: Any, wrong: Any, sign: int = 1) -> None:
        self.p, self.wrong, self.sign = p, wrong, sign

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """Return p, or -p, as any other function of numpy sees it."""
        return np.array(self.sign * self.p, dtype=dtype)

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **more: Any) -> Any:
        """Answer 1 - p and log1p(-p) from what stands beside p."""
        if method == "__call__" and not more:
            takes_from_one = ufunc is np.subtract if self.sign > 0 else ufunc is np.add
            if ufunc is np.negative:
                return Beside(self.p, self.wrong, -self.sign)
            if ufunc is np.log1p and self.sign < 0:
                return np.log(self.wrong)
            if takes_from_one and inputs[-1] is self and np.ndim(inputs[0]) == 0 and inputs[0] == 1:
                return np.array(self.wrong)
        plain = [np.asarray(x) if isinstance(x, Beside) else x for x in inputs]
        return getattr(ufunc, method)(*plain, **more)


@dataclass(frozen=True)
class Missing:
    """A face that does not exist, and why."""

    reason: str


@dataclass(frozen=True)
class Face:
    """A function on [0, 1]: a formula inside, and its limits at the two ends, inf where it is unbounded."""

    inside: Formula
    at_zero: float
    at_one: float

    def __call__(self, p: Any) -> Any:
        """Values at p, the ends by their limits."""
        p = arguments.chance("p", p)
        flat = np.atleast_1d(p).ravel()
        out = np.where(flat == 0, self.at_zero, self.at_one)
        between = (flat > 0) & (flat < 1)
        with np.errstate(over="ignore", under="ignore"):
            out[between] = self.inside(np, flat[between])
        return out.item() if p.ndim == 0 else out.reshape(p.shape)

    def beside(self, p: Any, wrong: Any) -> Any:
        """Values at chances that were summed from both sides, `wrong` being 1 - p: near p = 1 only it has the digits.

        >>> from passk_lab import objectives
        >>> slope = objectives.get("pass@k", k=2).slope
        >>> slope.beside(np.array([1.0]), np.array([1e-30]))
        array([2.e-30])
        """
        p, wrong = np.asarray(p, np.float64), np.asarray(wrong, np.float64)
        out = self(np.minimum(np.where(p > 0, np.maximum(p, TINY), p), np.where(wrong > 0, 1 - 2.0**-53, 1.0)))
        near = (wrong > 0) & (wrong < NEAR)
        if near.any():
            out = np.array(out, np.float64)
            with np.errstate(over="ignore", under="ignore"):
                out[near] = self.inside(np, Beside(np.minimum(p[near], 1.0), np.maximum(wrong[near], TINY)))
        return out


@dataclass(frozen=True)
class Credit:
    """The credit table of a group of n: what a correct and a wrong sample get when c of the n are correct.

    Float64 arrays over c = 0..n. A group without a correct sample has none to credit, so `correct[0]` is 0, and so is
    `wrong[n]`. `contrast[j]` = correct[j + 1] - wrong[j], j = 0..n-1: what a sample gains by being correct when j of
    the others are. Subtracting two floats loses a small one's digits, so an entry may give it in closed form.
    """

    correct: Any
    wrong: Any
    contrast: Any = None

    def __post_init__(self) -> None:
        # Adding 0 turns -0.0 into 0.0, which reads better in a table.
        correct, wrong = (arguments.floats(name, getattr(self, name)) + 0.0 for name in ("correct", "wrong"))
        if correct.ndim != 1 or correct.shape != wrong.shape or correct.size < 2:
            raise ValueError(
                f"a credit table has one entry per c = 0..n for correct and for wrong samples, n at least 1, but "
                f"correct has shape {correct.shape} and wrong {wrong.shape}."
            )
        correct[0] = wrong[-1] = 0.0
        contrast = correct[1:] - wrong[:-1] if self.contrast is None else arguments.floats("contrast", self.contrast)
        if contrast.shape != (correct.size - 1,):
            raise ValueError(f"contrast has one entry per j = 0..n-1, here {correct.size - 1}, not {contrast.shape}.")
        for name, side in (("correct", correct), ("wrong", wrong), ("contrast", contrast)):
            if not np.isfinite(side).all():
                bad = int(np.flatnonzero(~np.isfinite(side))[0])
                raise ValueError(f"credit must be finite, but {name}[{bad}] = {side[bad]}.")
            side.setflags(write=False)
            object.__setattr__(self, name, side)

    @property
    def n(self) -> int:
        """Samples in the group."""
        return self.correct.size - 1


@dataclass(frozen=True, kw_only=True)
class Objective:
    """One objective with every face the lab shows; `get` makes one by name, `register` adds your own."""

    equation: str
    """F(p) in LaTeX."""
    source: str
    """Where the population form and the table come from."""
    F: Face | Missing
    slope: Face | Missing
    table: Callable[[int], Credit] | Missing
    unbiased: bool
    """Whether the expected update of a group is slope(p) * grad p exactly, at every n it takes."""
    note: str = ""
    least: int = 1
    """Smallest group; the reason stands in `least_because`."""
    least_because: str = ""
    only: int | None = None
    """The one group size it takes, if it takes just one."""
    name: str = ""
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """Name and parameters, as in "pass@k (k = 4)"."""
        inside = ", ".join(f"{name} = {value}" for name, value in self.parameters.items())
        return f"{self.name} ({inside})" if inside else self.name

    def value(self, p: Any) -> Any:
        """F(p) for p in [0, 1]; at the ends the limit, -inf or inf where F is unbounded.

        Raises
        ------
        ValueError
            If p leaves [0, 1], or if this objective has no F free of n (the message says why).

        Examples
        --------
        >>> from passk_lab import objectives
        >>> objectives.get("pass@k", k=2).value([0.0, 0.5, 1.0])
        array([0.  , 0.75, 1.  ])
        """
        return self._face("value", self.F)(p)

    def weight(self, p: Any) -> Any:
        """F'(p), the factor on grad p, for p in [0, 1]; at the ends the limit, inf where it is unbounded.

        Raises
        ------
        ValueError
            If p leaves [0, 1], or if this objective has no weight free of n (the message says why).

        Examples
        --------
        >>> from passk_lab import objectives
        >>> objectives.get("maxrl").weight([0.0, 0.5])
        array([inf,  2.])
        """
        return self._face("weight", self.slope)(p)

    def credit(self, n: int) -> Credit:
        """Return the credit table of a group of n samples.

        Raises
        ------
        ValueError
            If the table does not exist, or not for this n; the message says why.

        Examples
        --------
        >>> from passk_lab import objectives
        >>> objectives.get("pass@1").credit(4).correct
        array([0.        , 1.        , 0.66666667, 0.33333333, 0.        ])
        """
        n = arguments.one_whole("n", n)
        reason = self.missing("credit", n)
        if reason:
            raise ValueError(reason)
        if n > LARGEST_GROUP:
            raise ValueError(
                f"n = {n:,} asks for a credit table of as many entries, and at most {LARGEST_GROUP:,} are worked out: "
                "a group of so many follows its population weight, weight(p)."
            )
        assert not isinstance(self.table, Missing)
        return self.table(n)

    def missing(self, face: str, n: int | None = None) -> str:
        """Say why "value", "weight" or "credit" (of a group of n) does not exist; "" if it does.

        >>> from passk_lab import objectives
        >>> objectives.get("pass@k", k=8).missing("credit", 4)
        'pass@k (k = 8) needs groups of at least 8 samples (it draws k = 8 different ones), but n = 4: take a larger n.'
        """
        sides = {"value": self.F, "weight": self.slope, "credit": self.table}
        side = sides[arguments.known("face", face, list(sides))]
        if isinstance(side, Missing):
            return f"{self.label} has no {face}: {side.reason}."
        if face == "credit" and n is not None:
            if self.only is not None and n != self.only:
                return f"{self.label} takes groups of exactly {self.only} samples, but n = {n}: {self.least_because}."
            if n < self.least:
                return (
                    f"{self.label} needs groups of at least {self.least} samples ({self.least_because}), but n = {n}: "
                    "take a larger n."
                )
        return ""

    def _face(self, name: str, side: Face | Missing) -> Face:
        if isinstance(side, Missing):
            raise ValueError(self.missing(name))
        return side

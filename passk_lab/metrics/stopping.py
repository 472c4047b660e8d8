"""Sampling that stopped where it had found something: how to see it in the counts, and what to estimate then."""

from dataclasses import dataclass
from math import lgamma
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Ints
from passk_lab.metrics.estimators import at_least_one

_SURELY = 0.01


@dataclass(frozen=True)
class Stopping:
    """Whether the number of samples goes with what they brought."""

    p_value: float
    """Chance of numbers of samples that go with c/n as closely, were they dealt out without regard to it."""
    p_unsolved: float
    """Chance that all problems without a success have the largest n, were n dealt out so; 1 where they have not."""
    direction: float
    """Rank correlation of n and c/n: below 0 where what was solved soon has fewer samples."""
    problems: int
    shorter: int
    """Problems with fewer samples than the largest n."""

    @property
    def depends(self) -> bool:
        """Whether n goes with c/n, at a chance of a false alarm of 1 in 100."""
        return self.p_value < _SURELY

    def __str__(self) -> str:
        if self.shorter == 0:
            return f"all {self.problems} problems have the same number of samples: none can have stopped early"
        if not self.depends:
            of = f"{self.shorter} of {self.problems} problems have fewer samples than others"
            return f"no sign that n depends on c (p = {self.p_value:.2g}; {of})"
        how = "fewer" if self.direction < 0 else "more"
        unsolved = ""
        if self.p_unsolved < _SURELY:
            unsolved = (
                f"; all without a success have the largest n (p = {self.p_unsolved:.2g}), as after stopping at one"
            )
        return (
            f"n depends on c: problems solved more often have {how} samples (p = {self.p_value:.2g}){unsolved}. If "
            "sampling stopped at a success, pass@k is too high: use pass_at_k_stopped, or fix n beforehand"
        )


def stopping_test(n: Any, c: Any, draws: int = 10_000, seed: int | np.random.Generator = 0) -> Stopping:
    r"""Test whether the number of samples depends on how many were right, as it does where sampling stops at a success.

    .. math:: T = \Bigl| \sum_i \bigl(\operatorname{rank} n_i - \overline{\operatorname{rank} n}\bigr)
        \bigl(c_i/n_i - \overline{c/n}\bigr) \Bigr|, \qquad p = \frac{1 + \#\{T^* \ge T\}}{1 + \text{draws}}

    T* is T after dealing the same n anew to the problems. Its alarm also rings where n follows a difficulty known
    beforehand, which does no harm to pass@k for k <= n. So there is a second look: after stopping at a success every
    problem without one has the largest n. With M of P problems at the largest n and Z without a success that has the
    chance C(M, Z)/C(P, Z); it is small where many stayed unsolved, and says little where few did.

    Parameters
    ----------
    n, c : array_like of int, one entry per problem
        Samples and correct samples.
    draws : int >= 100
        Times that n is dealt anew.
    seed : int or numpy Generator
        Of the draws. Same seed, same p.

    Returns
    -------
    Stopping; as text, a sentence.

    Raises
    ------
    ValueError
        For impossible counts or fewer than two problems.

    Examples
    --------
    Up to eight samples a problem, given up at the first that is right:

    >>> found = stopping_test([1, 1, 2, 3, 5, 8, 8, 8, 8, 2, 1, 8], [1, 1, 1, 1, 1, 0, 0, 0, 0, 1, 1, 0])
    >>> found.depends, found.p_unsolved < 0.01
    (True, True)
    >>> print(stopping_test(8, [0, 3, 8]))
    all 3 problems have the same number of samples: none can have stopped early
    """
    arguments.aligned(n=n, c=c)
    n, c = _one_each(n, c)
    draws = arguments.one_whole("draws", draws, least=100)
    if n.size < 2:
        raise ValueError("whether n depends on c is seen over problems, and this is one. Give at least two.")
    from scipy.stats import rankdata

    rank, share = rankdata(n), c / n
    rank, share = rank - rank.mean(), share - share.mean()
    together = float(rank @ share)
    scale = float(np.sqrt((rank @ rank) * (share @ share)))
    generator, as_large = arguments.generator(seed), 0
    # A tie is one in exact numbers; sums in another order differ in the last digits.
    least = abs(together) - 1e-12 * max(scale, 1.0)
    at_once = max(1, _LARGEST // n.size)
    for begin in range(0, draws, at_once):
        dealt = generator.permuted(np.tile(rank, (min(at_once, draws - begin), 1)), axis=1)
        as_large += int((np.abs(dealt @ share) >= least).sum())
    return Stopping(
        p_value=(1 + as_large) / (1 + draws),
        p_unsolved=_all_unsolved_are_long(n, c),
        direction=together / scale if scale else 0.0,
        problems=n.size,
        shorter=int((n < n.max()).sum()),
    )


_LARGEST = 2**20
"""Entries of a table of orders."""


def _one_each(n: Any, c: Any) -> tuple[Ints, Ints]:
    """Check counts without the doubt that they stopped early: here that is the question."""
    n, c = arguments.whole("n", n, least=1), arguments.whole("c", c)
    arguments.shape_together(n=n, c=c)
    n, c = (np.atleast_1d(a) for a in np.broadcast_arrays(n, c))
    if n.ndim > 1:
        raise ValueError(f"give one entry per problem (one axis), not an array of shape {n.shape}.")
    if (c > n).any():
        bad = c > n
        raise ValueError(
            f"more correct samples than samples: {arguments.where(bad)}c = {arguments.first(c, bad)} but n = "
            f"{arguments.first(n, bad)}. The order of arguments is n, c, k."
        )
    return n, c


def _all_unsolved_are_long(n: Ints, c: Ints) -> float:
    """C(M, Z)/C(P, Z)."""
    long, none = n == n.max(), c == 0
    most, zero, problems = int(long.sum()), int(none.sum()), n.size
    if zero == 0 or most == problems or (none & ~long).any():
        return 1.0
    return float(
        np.exp(lgamma(most + 1) - lgamma(most - zero + 1) - lgamma(problems + 1) + lgamma(problems - zero + 1))
    )


def pass_at_k_stopped(n: Any, c: Any, k: Any, cap: int, successes: int = 1, batch: int = 1) -> Any:
    r"""Unbiased pass@k of each problem whose sampling stopped at a success.

    .. math:: \hat\rho = P(\text{one of the first } k \text{ samples is right} \mid n, c)

    Samples are drawn until so many are right, or until the cap. c/n is then too large: that the last sample is right
    was decided by stopping there. The M = n - 1 before it are in no special order, with r - 1 successes among them: the
    estimate is `pass_at_k(M, r - 1, k)` for k <= M and 1 for k >= n (Haldane 1945, for k = 1: (r - 1)/(n - 1)). Where
    sampling stopped after the first batch that holds a success, all before it is wrong, and k - before draws come from
    that batch. A problem that reached the cap is as if n had been fixed.

    Parameters
    ----------
    n, c : array_like of int, one entry per problem
        Samples drawn and correct ones among them.
    k : array_like of int, 1 <= k <= cap
        Draws; broadcasts with n and c.
    cap : int
        The number of samples at which a problem is given up.
    successes : int >= 1
        Sampling stops at this many correct samples (needs batch = 1 where it is more than one).
    batch : int >= 1
        Samples are drawn, and looked at, so many at a time.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1].

    Raises
    ------
    ValueError
        Where the counts cannot come from sampling that stops so: the problem is named.

    Examples
    --------
    Right at the third sample: the first two draws were wrong, so pass@1 and pass@2 are 0 for this problem, pass@3 is 1.

    >>> pass_at_k_stopped(3, 1, [1, 2, 3], cap=16)
    array([0., 0., 1.])
    """
    arguments.aligned(n=n, c=c, k=k)
    cap, successes, batch = (
        arguments.one_whole(name, value) for name, value in (("cap", cap), ("successes", successes), ("batch", batch))
    )
    if successes > 1 and batch > 1:
        raise ValueError(
            f"successes = {successes} with batch = {batch}: in batches, sampling has to stop at the first success. "
            "Leave one of them at 1."
        )
    n, c, k = arguments.whole("n", n, least=1), arguments.whole("c", c), arguments.whole("k", k, least=1)
    shape = arguments.shape_together(n=n, c=c, k=k)
    if k.max() > cap:
        raise ValueError(f"k = {int(k.max())} draws need a cap of at least {int(k.max())}, but cap = {cap}.")
    n, c, k = (np.broadcast_to(a, shape).ravel() for a in (n, c, k))
    _as_stopped(n, c, cap, successes, batch)
    stopped = c >= successes
    # The first k are partly known, partly drawn from samples of which any may be any: (n, c, k) of those.
    if successes > 1:  # all but the last sample
        among = np.where(stopped, n - 1, n), np.where(stopped, c - 1, c)
        drawn, known = np.minimum(k, among[0]), np.where(stopped & (k >= n), 1.0, np.nan)
    else:  # the last batch, which the cap may cut short; before it all was wrong
        before = np.where(stopped, (n - 1) // batch * batch, 0)
        among = n - before, c
        drawn, known = np.clip(k - before, 1, among[0]), np.where(k <= before, 0.0, np.nan)
    out = np.where(np.isnan(known), at_least_one(*among, drawn), known)
    return arguments.plain(out.reshape(shape))


def _as_stopped(n: Ints, c: Ints, cap: int, successes: int, batch: int) -> None:
    """Refuse counts that such sampling cannot bring."""
    look = (n % batch == 0) | (n == cap)
    last = n - (n - 1) // batch * batch
    ended = (c >= successes) & (c <= (successes if batch == 1 else last))
    bad = (n > cap) | ~look | ~(ended | ((n == cap) & (c < successes)))
    if bad.any():
        rule = f"at right answer {successes}" if batch == 1 else f"after the first batch of {batch} with a right answer"
        raise ValueError(
            f"{arguments.where(bad)}n = {arguments.first(n, bad)} with c = {arguments.first(c, bad)} cannot come from "
            f"sampling that stops {rule} and at {cap} samples. If n was fixed beforehand, pass_at_k is the estimate."
        )

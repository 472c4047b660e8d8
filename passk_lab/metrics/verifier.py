"""What a verifier that errs shows of pass@k, what is true, and what best-of-k hands in.

Two rates throughout: `false_positive` is the chance that a wrong sample is accepted, `false_negative` the chance that
a right one is rejected. Where an error is drawn (anew for every sample, once for a problem, once for an answer)
decides what k does to it; the names say which where it is not the sample.
"""

import math
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import LARGEST, Floats
from passk_lab.metrics._rates import accepted, one_verifier, p_k_and_rates, rates
from passk_lab.metrics.chances import binomial, log_all_wrong
from passk_lab.metrics.known_p import success_at_k

_WORK = 2 * 10**7


# --- errors drawn anew for every sample -----------------------------------------------------------------------------


def seen_at_k(p: Any, k: Any, false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Chance that a verifier accepts at least one of k samples: the pass@k that is seen, where it errs anew each time.

    .. math:: 1 - (1 - s)^k, \qquad s = (1 - p)\,a + p\,(1 - b), \quad a = \text{false\_positive},\;
        b = \text{false\_negative}

    J_k at the chance s of accepting one sample; what is true is `success_at_k(p, k)`. With b = 0 two models under one
    verifier differ by (1-a)^k of their true difference: no crossing is made or moved, it only drowns. Source: the law
    of total probability; cf. Stroebl et al., arXiv 2411.17501.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws.
    false_positive, false_negative : array_like of float in [0, 1]
        Chance to accept a wrong sample, and to reject a right one. All four broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, if a chance leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    A model that knows nothing, and a verifier that is wrong once in a thousand times:

    >>> round(seen_at_k(0, 1024, 0.001), 2)
    0.64
    """
    arguments.aligned(p=p, k=k, false_positive=false_positive, false_negative=false_negative)
    p, k, a, b = p_k_and_rates(p, k, false_positive, false_negative)
    return success_at_k(accepted(p, a, b), k)


def chosen_at_k(p: Any, k: Any, false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Chance that best-of-k with this verifier hands in a right sample: a random one of those it accepts.

    .. math:: \pi\,\bigl(1 - (1 - s)^k\bigr), \qquad \pi = p\,(1 - b)/s

    Each accepted sample is right with chance pi, whatever else was accepted. As k grows it rises to pi and no further:
    a verifier that errs is a ceiling on resampling. Source: cf. Stroebl et al., arXiv 2411.17501; form ours.

    Parameters
    ----------
    p, k, false_positive, false_negative : array_like, broadcast together
        As in `seen_at_k`.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]; 0 where nothing is ever accepted.

    Raises
    ------
    ValueError
        A sentence with the offending value, if a chance leaves [0, 1] or k is not a whole number >= 1.

    Examples
    --------
    True is 0.19, seen is 0.3439:

    >>> round(chosen_at_k(0.1, 2, 0.1), 12)
    0.181
    """
    arguments.aligned(p=p, k=k, false_positive=false_positive, false_negative=false_negative)
    p, k, a, b = p_k_and_rates(p, k, false_positive, false_negative)
    s = accepted(p, a, b)
    right = np.divide(p * (1 - b), s, where=s > 0, out=np.zeros(s.shape))
    return arguments.plain(np.minimum(right, 1) * success_at_k(s, k))


def half_truth_p(false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Return the success probability below which most accepted samples are wrong.

    .. math:: p_{1/2} = \frac{a}{a + 1 - b}, \qquad \text{where } p\,(1 - b) = (1 - p)\,a

    Our own step from Bayes' rule. a/(1-b) is the odds there, not the probability.

    Parameters
    ----------
    false_positive, false_negative : array_like of float in [0, 1], broadcast together
        As in `seen_at_k`.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        If a rate leaves [0, 1], or nothing is ever accepted (false_positive 0 and false_negative 1).

    Examples
    --------
    >>> round(half_truth_p(0.1, 0.2), 12)  # 1/9
    0.111111111111
    """
    a, b = rates(false_positive, false_negative)
    a, b = np.broadcast_arrays(a, b)
    never = (a == 0) & (b == 1)
    if never.any():
        raise ValueError(
            f"{arguments.where(never, 'entry')}at false_positive = 0 and false_negative = 1 nothing is ever accepted, "
            "so no share of it is right. Give a false_negative below 1."
        )
    return arguments.plain(a / (a + (1 - b)))


def half_truth_k(p: Any, false_positive: float, false_negative: float = 0) -> int | None:
    r"""Return the first k at which at most half of what is seen solved is handed in right, over the problems of a set.

    .. math:: \min\Bigl\{k : \sum_i \pi_i \bigl(1 - (1 - s_i)^k\bigr)
        \le \tfrac{1}{2} \sum_i \bigl(1 - (1 - s_i)^k\bigr)\Bigr\}

    Ours: `chosen_at_k` over `seen_at_k`, both averaged. With one p the share is pi at every k; over problems it falls
    with k, because draws go on adding acceptances to hard problems, where most of them are wrong, when the easy ones
    have long been seen solved. (So long as a + b < 1; a verifier that accepts wrong samples more readily than right
    ones has the share rise instead.)

    Parameters
    ----------
    p : array_like of float in [0, 1], one entry per problem
        Chance that one sample of the problem is right.
    false_positive, false_negative : float in [0, 1]
        As in `seen_at_k`; one verifier for all problems.

    Returns
    -------
    int, or None where no k up to 2**53 brings the share down to a half

    Raises
    ------
    ValueError
        If a chance leaves [0, 1], or nothing is ever accepted.

    Examples
    --------
    One problem of three is solved half the time and two never; one wrong sample in a hundred is accepted.

    >>> half_truth_k([0.5, 0, 0], 0.01)
    68
    >>> half_truth_k([0.5, 0.5, 0], 0.01) is None
    True
    """
    p = arguments.chance("p", p).ravel()
    a, b = one_verifier(false_positive, false_negative)
    if not accepted(p, np.asarray(a), np.asarray(b)).any():
        raise ValueError("nothing is ever accepted at these p and rates, so no part of it is right or wrong.")

    def reached(k: int) -> bool:
        return bool(2 * np.sum(chosen_at_k(p, k, a, b)) <= np.sum(seen_at_k(p, k, a, b)))

    low, high = 0, LARGEST
    if not reached(high):
        return 1 if reached(1) else None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


# --- drawn once for a problem, or once for an answer ----------------------------------------------------------------


def seen_at_k_per_problem(p: Any, k: Any, alpha: Any, beta: Any, false_negative: Any = 0) -> Any:
    r"""Give the pass@k that is seen where each problem has a false-positive rate of its own, from Beta(alpha, beta).

    .. math:: 1 - E\bigl[\bigl((1 - p)(1 - a) + p\,b\bigr)^k\bigr], \qquad
        \text{at } b = 0\text{: } 1 - (1 - p)^k\, \frac{B(\alpha, \beta + k)}{B(\alpha, \beta)}

    Rejections of right samples (b) are drawn anew with each. The mean rate is alpha/(alpha + beta), as seen at k = 1
    and p = 0; from there it rises more slowly than with that rate on all problems, and what is missed falls like
    k^-alpha: a power law of the verifier's making.
    Source: the Beta integral, E[(1-a)^k]; ours.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws; at most 1e6 where false_negative is not 0, and the entries times k 2e7.
    alpha, beta : array_like of float in [1e-6, 1e6]
        Pseudo-counts of accepted and of rejected wrong samples.
    false_negative : array_like of float in [0, 1]
        Chance to reject a right sample. All five broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, if an argument leaves its range.

    Examples
    --------
    Mean rate 0.1 and p = 0; with that rate on every problem 100 draws would show 0.99997.

    >>> np.round(seen_at_k_per_problem(0, [1, 10, 100], 0.1, 0.9), 3)
    array([0.1 , 0.26, 0.41])
    """
    arguments.aligned(p=p, k=k, alpha=alpha, beta=beta, false_negative=false_negative)
    p, k = arguments.chance("p", p), arguments.whole("k", k, least=1)
    alpha, beta = _pseudo_counts("alpha", alpha), _pseudo_counts("beta", beta)
    b = arguments.chance("false_negative", false_negative)
    shape = arguments.shape_together(p=p, k=k, alpha=alpha, beta=beta, false_negative=b)
    if not math.prod(shape):
        return np.zeros(shape)
    p, k, alpha, beta, b = (np.broadcast_to(x, shape).ravel() for x in (p, k, alpha, beta, b))
    with np.errstate(divide="ignore"):
        seen = 0.0 - np.expm1(k * np.log1p(-p) + log_all_wrong(alpha, beta, k))
    errs = p * b > 0
    if errs.any():
        most = arguments.table_size("k", int(k[errs].max()), "use fewer draws")
        arguments.table_size("the entries with rejections times k", errs.sum() * most, "pass fewer at once", _WORK)
    for draws in np.unique(k[errs]):
        rows = errs & (k == draws)
        spared, rejected = 1 - p[rows], p[rows] * b[rows]
        # Of the draws that are no accepted right one, j are wrong: each of those is spared with chance 1 - a.
        law = binomial(int(draws), spared / (spared + rejected), rejected / (spared + rejected))
        wrong = np.arange(draws)[None, :]
        misses = np.cumsum(np.log1p(-alpha[rows, None] / (alpha[rows, None] + beta[rows, None] + wrong)), axis=1)
        missed = law[:, 0] + np.sum(law[:, 1:] * np.exp(misses), axis=1)
        seen[rows] = 1 - (spared + rejected) ** draws * missed
    return arguments.plain(np.clip(seen, 0.0, 1.0).reshape(shape))


def seen_at_k_per_answer(wrong: Any, k: int, false_positive: float, false_negative: float = 0) -> float:
    r"""Give the pass@k that is seen where each wrong ANSWER is accepted for good, or never.

    .. math:: 1 - E\bigl[(1 - a)^{D}\, b^{R}\bigr]

    D is how many distinct wrong answers are among the k: they are the tickets of the lottery, and not the samples.
    A model with many wrong answers is seen to solve more than one with few. R is how many of the k are right, each of
    them rejected anew with chance b. Ours: the expectation is k! times the coefficient of x^k in
    e^(pbx) prod_j (1 + (1-a)(e^(w_j x) - 1)), read off a circle.

    Parameters
    ----------
    wrong : array_like of float in [0, 1], one entry per wrong answer
        Chance of each wrong answer of one problem; their sum is 1 - p.
    k : int >= 1
        Draws, at most 1e6; (2k + 100) times the number of different chances may be 2e7 at most.
    false_positive : float in [0, 1]
        Chance that an answer which is wrong is one that the verifier accepts.
    false_negative : float in [0, 1]
        Chance to reject a right sample; 1 stands for a wrong key, which rejects the right answer for good.

    Returns
    -------
    float in [0, 1], to about 1e-12

    Raises
    ------
    ValueError
        If a chance leaves [0, 1], the chances sum to more than 1, or the work would be too large.

    Examples
    --------
    Never right, rate 0.1, a hundred draws: one wrong answer, then ten that are equally likely.

    >>> round(seen_at_k_per_answer([1.0], 100, 0.1), 3)
    0.1
    >>> round(seen_at_k_per_answer([0.1] * 10, 100, 0.1), 3)
    0.651
    """
    wrong = arguments.chance("wrong", wrong).ravel()
    k = arguments.one_whole("k", k)
    a = arguments.one_number("false_positive", false_positive, 0, 1)
    total = math.fsum(wrong)
    if total > 1 + 1e-9:
        raise ValueError(
            f"wrong holds chances of the wrong answers of ONE problem, but they sum to {total:g}, above 1."
        )
    rejected = max(1 - total, 0.0) * arguments.one_number("false_negative", false_negative, 0, 1)
    chances, times = np.unique(wrong[wrong > 0], return_counts=True)
    if total == 0 or a == 1:
        return 1 - rejected**k
    arguments.table_size("k", k, "use fewer draws")
    left = total + rejected  # chance of a draw that is no accepted right one
    points = 2 * k + 100  # draws of a Poisson of mean k that lie so far off have no chance that a float could hold
    if points * chances.size > _WORK:
        raise ValueError(
            f"k = {k} draws over {chances.size} different chances are too many to work out exactly. Use fewer draws, "
            "or put the rare wrong answers on one common chance."
        )
    # k is drawn from a Poisson of mean k, so that answers become independent: each factor is a law of numbers of draws.
    turns = np.arange(points) / points
    less_1 = -2 * np.sin(np.pi * turns) ** 2 + 1j * np.sin(2 * np.pi * turns)  # z - 1, to the last digit near z = 1
    back = np.exp(-2j * np.pi * (np.arange(points) * k % points) / points)  # z^-k
    law = np.exp(k * rejected / left * less_1)
    for mean, number in zip(k * chances / left, times, strict=True):
        law *= (a * np.exp(-mean) + (1 - a) * np.exp(mean * less_1)) ** int(number)
    unseen = np.mean(law * back).real / np.mean(np.exp(k * less_1) * back).real
    return float(min(max(1 - min(left, 1.0) ** k * unseen, 0.0), 1.0))


def seen_at_k_equal_answers(p: Any, k: Any, answers: Any, false_positive: Any, false_negative: Any = 0) -> Any:
    r"""Give the pass@k that is seen where each of m equally likely wrong ANSWERS is accepted for good, or never.

    .. math:: 1 - \sum_{i=0}^{m} \binom{m}{i} a^i (1 - a)^{m-i}
        \Bigl((1 - p)\frac{m - i}{m} + p\,b\Bigr)^k

    `seen_at_k_per_answer` in closed form: i of the m are accepted, and k draws miss them. At p = 0 it stops at
    1 - (1-a)^m however large k is: no more tickets are there. Ours, by the law of total probability.

    Parameters
    ----------
    p : array_like of float in [0, 1]
        Chance that one sample is right.
    k : array_like of int >= 1
        Draws.
    answers : array_like of int >= 1
        Wrong answers m, each of chance (1 - p)/m. Entries times the largest m may be 2e7 at most.
    false_positive, false_negative : array_like of float in [0, 1]
        As in `seen_at_k_per_answer`. All five broadcast together.

    Returns
    -------
    float, or ndarray of the broadcast shape, in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, if an argument leaves its range or the work would be too large.

    Examples
    --------
    Never right, ten wrong answers, one in ten of them accepted: it ends at 1 - 0.9^10.

    >>> np.round(seen_at_k_equal_answers(0, [1, 10, 100, 10**6], 10, 0.1), 3)
    array([0.1  , 0.494, 0.651, 0.651])
    """
    given = {"p": p, "k": k, "answers": answers, "false_positive": false_positive, "false_negative": false_negative}
    arguments.aligned(**given)
    p, k, a, b = p_k_and_rates(p, k, false_positive, false_negative)
    m = arguments.whole("answers", answers, least=1)
    shape = arguments.shape_together(p=p, k=k, answers=m, false_positive=a, false_negative=b)
    arguments.table_size("the entries times the answers", math.prod(shape) * int(m.max()), "pass fewer at once", _WORK)
    p, k, m, a, b = (np.broadcast_to(x, shape).ravel() for x in (p, k, m, a, b))
    seen = np.zeros(k.size)
    for number in np.unique(m):
        rows = m == number
        spared = 1 - np.arange(number + 1) / number
        missed = (1 - p[rows, None]) * spared + (p * b)[rows, None]
        each, which = np.unique(a[rows], return_inverse=True)
        seen[rows] = 1 - np.sum(binomial(int(number), each)[which] * missed ** k[rows, None], axis=1)
    return arguments.plain(np.clip(seen, 0.0, 1.0).reshape(shape))


def _pseudo_counts(name: str, values: Any) -> Floats:
    array = arguments.real(name, values)
    bad = (array < 1e-6) | (array > 1e6)
    if bad.any():
        raise ValueError(
            f"{name} must lie in [1e-6, 1e6], but {arguments.where(bad, 'entry')}{name} = "
            f"{arguments.first(array, bad):g}."
        )
    return array

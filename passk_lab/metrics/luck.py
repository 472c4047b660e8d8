"""Luck: what a model that knows nothing of a problem hits of its key, from the answers that are given elsewhere."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.metrics.known_p import success_at_k


def blind_luck(
    problem: Sequence[Any], answer: Sequence[Any], right: Sequence[Any], key: Mapping[Any, Hashable]
) -> dict[Any, float]:
    r"""Estimate the chance to hit each problem's key blindly: how often wrong samples of OTHER problems say it.

    .. math:: \ell_i = \frac{\#\{\text{wrong samples of problems } j,\; \text{key}_j \ne \text{key}_i,\;
        \text{that answer key}_i\}}{\#\{\text{wrong samples of problems } j,\; \text{key}_j \ne \text{key}_i\}}

    The false-positive rate of a verifier that compares final answers, for a model that guesses as it does elsewhere. It
    is a null model: small whole numbers are said more often, and they may also be the easier keys. Ours.

    Parameters
    ----------
    problem, answer, right : sequences of one length, one entry per sample
        The sample's problem; its final answer, written as in `key`, or None or NaN where there is none (a wrong sample
        that hits nothing); and 1 or True if it was judged right, else 0 or False.
    key : mapping of problem to its right answer
        Samples of problems without a key are left out.

    Returns
    -------
    dict of problem to chance, in the order of `key`

    Raises
    ------
    ValueError
        If the three are not equally long, a verdict is no yes or no, or a problem has no wrong sample of another key.

    Examples
    --------
    >>> blind_luck([1, 1, 2, 2], [5, 7, 5, 3], [1, 0, 0, 0], key={1: 5, 2: 7})
    {1: 0.5, 2: 1.0}
    """
    key = arguments.as_one_of("key", key, Mapping, "a dict of problems and their right answers")
    for of, wanted in key.items():
        if not _can_be_looked_up(wanted):
            raise ValueError(
                f"the key of problem {arguments.short(of)} is {arguments.short(wanted)}: write it as a text."
            )
    said: Counter[tuple[Any, Any]] = Counter()
    for of, says, verdict in verdicts("right", problem, answer, right):
        if of in key and not verdict:
            said[key[of], says] += 1
    by_key: Counter[Any] = Counter()
    by_answer: Counter[Any] = Counter()
    for (of_key, says), times in said.items():
        by_key[of_key] += times
        by_answer[says] += times
    total, out = by_key.total(), {}
    for of, wanted in key.items():
        others = total - by_key[wanted]
        if not others:
            raise ValueError(
                f"problem {arguments.short(of)}: no wrong sample of a problem with another key is there, so nothing "
                "says how often its key is hit blindly."
            )
        out[of] = (by_answer[wanted] - said[wanted, wanted]) / others
    return out


def chance_by_luck(luck: Any, n: Any, solved: int) -> float:
    r"""Chance that a model which knows nothing solves at least so many problems by luck.

    .. math:: P\Bigl(\sum_i \text{Bernoulli}\bigl(1 - (1 - \ell_i)^{n_i}\bigr) \ge \text{solved}\Bigr)

    Where it is not small, the accepted samples are no evidence that the model knows anything. Solved problems are
    counted and not samples, since a wrong answer that is repeated hits again. Ours; the law is Poisson's binomial.

    Parameters
    ----------
    luck : array_like of float in [0, 1], one entry per problem
        Chance that one sample hits the key blindly, as from `blind_luck`.
    n : array_like of int >= 1
        Samples of each problem, or one number for all.
    solved : int >= 0
        Problems with an accepted sample.

    Returns
    -------
    float in [0, 1]

    Raises
    ------
    ValueError
        A sentence with the offending value, or that more problems are solved than there are.

    Examples
    --------
    Three problems, each hit with chance 1/2 in two samples of 0.2929: one of them at least, with chance 7/8.

    >>> round(chance_by_luck([1 - 0.5**0.5] * 3, 2, 1), 12)
    0.875
    """
    luck, n = arguments.chance("luck", luck), arguments.whole("n", n, least=1)
    solved = arguments.one_whole("solved", solved, least=0)
    arguments.shape_together(luck=luck, n=n)
    hits = np.atleast_1d(np.asarray(success_at_k(luck, n))).ravel()
    arguments.table_size("problems", hits.size, "pass fewer", 10**4)
    if solved > hits.size:
        raise ValueError(f"solved = {solved}, but there are {hits.size} problems.")
    law = np.ones(1)
    for hit in hits:
        law = np.convolve(law, [1 - hit, hit])
    return float(min(np.sum(law[solved:]), 1.0))


def verdicts(name: str, problem: Any, answer: Any, verdict: Any) -> list[tuple[Any, Any, int]]:
    """Check three columns with an entry per sample, the last of 0 and 1, and return them row by row.

    An answer that is missing, in whatever way, comes back as None.
    """
    arguments.aligned(**{"problem": problem, "answer": answer, name: verdict})
    columns = {key: _column(key, x) for key, x in {"problem": problem, "answer": answer, name: verdict}.items()}
    sizes = [len(column) for column in columns.values()]
    if len(set(sizes)) > 1:
        raise ValueError(
            f"problem, answer and {name} have an entry for each sample, but there are {sizes[0]}, {sizes[1]} and "
            f"{sizes[2]} of them."
        )
    rows = []
    for position, (of, says, value) in enumerate(zip(*columns.values(), strict=True)):
        if not isinstance(value, bool | np.bool_) and arguments.number_of(value) not in (0, 1):
            raise ValueError(f"sample {position}: {name} is 1 or 0 (True or False), not {arguments.short(value)}.")
        for key, label in (("problem", of), ("answer", says)):
            if not _can_be_looked_up(label):
                raise ValueError(
                    f"sample {position}: {key} is a number or a text that can be looked up, not "
                    f"{arguments.short(label)}."
                )
        rows.append((of, None if _missing(says) else says, int(value)))
    return rows


def _column(name: str, values: Any) -> list[Any]:
    if isinstance(values, Sequence) and not isinstance(values, str | bytes | bytearray | memoryview):
        return list(values)
    if getattr(values, "ndim", 0) == 1 and hasattr(values, "tolist"):
        return list(values.tolist())
    raise ValueError(f"{name} is a list or a column with an entry for each sample, not {arguments.short(values)}.")


def _can_be_looked_up(label: Any) -> bool:
    try:
        hash(label)
    except Exception:  # whatever a stranger's type raises
        return False
    return True


def _missing(value: Any) -> bool:
    if isinstance(value, float):
        return value != value
    return value is None or type(value).__name__ in ("NAType", "NaTType")

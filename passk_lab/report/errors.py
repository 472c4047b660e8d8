"""Where a verifier may err: what these numbers would be then, on which samples they hang, and what can be put right.

Errors drawn anew with each sample can be put right while k times their rate is at most 1. Errors that belong to an
answer cannot, from verdicts alone: for them there are the samples to read first.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from passk_lab import arguments, metrics
from passk_lab.arguments import Ints
from passk_lab.readers import BadFile, Evaluation
from passk_lab.report.estimates import Curve

_FEW = 2
"""Accepted samples of a problem that count as few."""


@dataclass(frozen=True)
class Rate:
    """The rate at which wrong samples are accepted, as it was given or found by reading."""

    value: float
    low: float
    high: float
    """Ends of its interval; the value itself where it was given."""
    audited: int | None
    """Wrong samples that were read; None where the rate was given."""
    accepted: int | None
    """Of these, those that the verifier had accepted."""


@dataclass(frozen=True)
class Luck:
    """What guessing hits of the keys, from what wrong samples of other problems answer."""

    mean: float
    """Over the problems with a known key."""
    at_last: float
    """Seen pass@k of such guessing, at the largest k."""
    problems: int
    solved: int
    """Of these problems, those with an accepted sample."""
    chance: float
    """That guessing solves as many or more."""


@dataclass(frozen=True)
class Errors:
    """What a verifier's errors would mean for one model."""

    never_accepted: int
    """Problems without an accepted sample."""
    bound: float
    """Largest rate, one for all samples, that these problems allow; 1 where there are none."""
    seldom: tuple[str, ...]
    """Problems with one or two accepted samples: whether they are solved hangs on these."""
    seldom_samples: int
    rate: Rate | None
    by_errors_alone: float | None
    """pass@k at the largest k that a model which is never right would be seen to have at this rate."""
    corrected: Curve | None
    """pass@k put right for this rate, where k times the rate is at most 1. The mean may leave [0, 1] and is not cut."""
    refused: str
    """Why there is none, or none for larger k; "" if there is nothing to say."""
    luck: Luck | None
    """Where the files hold answers."""


@dataclass(frozen=True)
class Lead:
    """A lead of one model over the other at one k, and how few accepted samples it hangs on."""

    k: int
    who: str
    """"model" or "base"."""
    lead: float
    samples: int | None
    """Fewest accepted samples of it that, if false, take the lead away; None where not even all would."""
    accepted: int
    """All accepted samples of it on these problems."""


def errors(evaluation: Evaluation, ks: Ints, level: float, rate: Rate | None) -> Errors:
    """Return what a verifier's errors would mean for one model."""
    n, c = evaluation.n, evaluation.c
    few = metrics.seldom_accepted(c, _FEW) if (c > 0).any() else np.empty(0, np.int64)
    corrected, refused = (None, "") if rate is None else _corrected(n, c, ks, level, rate)
    same_n = int(n.min()) == int(n.max())
    return Errors(
        never_accepted=int((c == 0).sum()),
        bound=metrics.common_rate_bound(n, c, level) if same_n or n.size <= 10_000 else 1.0,
        seldom=tuple(evaluation.problems[i] for i in few),
        seldom_samples=int(c[few].sum()),
        rate=rate,
        by_errors_alone=None if rate is None else float(metrics.seen_at_k(0.0, int(ks[-1]), rate.value)),
        corrected=corrected,
        refused=refused,
        luck=_luck(evaluation, int(ks[-1])),
    )


def _corrected(n: Ints, c: Ints, ks: Ints, level: float, rate: Rate) -> tuple[Curve | None, str]:
    allowed = ks[ks * rate.value <= 1]
    if n.size < 2:
        return None, "A corrected curve takes two problems; there is one."
    refused = ""
    if allowed.size < ks.size:
        refused = (
            f"Beyond k = {int(1 / rate.value)} nothing is put right: at a rate of {rate.value:g} errors alone are "
            "expected more than once in k draws, and what a correction leaves would be noise."
        )
    found = metrics.corrected_curve(n, c, allowed, rate.value, audited=rate.audited, level=level)
    about = "problems like these, for errors drawn anew with each sample" + (
        " at a rate from its audit" if rate.audited else ""
    )
    return Curve(found.ks, found.curve, *found.interval, about=about), refused


_MOST_ANSWERS = 5_000_000


def _luck(evaluation: Evaluation, last: int) -> Luck | None:
    """Guessing, from the answers there are; a problem's key is the answer that was judged right."""
    if evaluation.answers is None or int(evaluation.n.sum()) > _MOST_ANSWERS:
        return None
    key = {}
    problem, answer, right = [], [], []
    for name, answers in zip(evaluation.problems, evaluation.answers, strict=True):
        good = {said: times for said, times in answers.right.items() if times}
        if good:
            key[name] = max(good, key=good.__getitem__)
        for said, times in answers.given.items():
            ok = answers.right.get(said, 0)
            problem += [name] * times
            answer += [said] * times
            right += [1] * ok + [0] * (times - ok)
    if len(set(key.values())) < 2:
        return None
    try:
        by_problem = metrics.blind_luck(problem, answer, right, key)
    except ValueError:  # no wrong sample elsewhere: nothing to guess from
        return None
    luck = np.array(list(by_problem.values()))
    n = {name: int(samples) for name, samples in zip(evaluation.problems, evaluation.n, strict=True)}
    draws = np.array([n[name] for name in by_problem])
    chance = metrics.chance_by_luck(luck, draws, len(key)) if luck.size <= 10_000 else float("nan")
    return Luck(
        mean=float(luck.mean()),
        at_last=float(np.mean(metrics.success_at_k(luck, last))),
        problems=luck.size,
        solved=len(key),
        chance=chance,
    )


def leads(n: Ints, c: Ints, n_base: Ints, c_base: Ints, last: int) -> tuple[Lead, ...]:
    """Return who leads at k = 1 and at the largest k, with how few accepted samples each lead hangs on.

    >>> leads(np.full(5, 8), np.array([8, 5, 3, 2, 1]), np.full(5, 8), np.array([8, 8, 8, 0, 0]), 8)[-1].samples
    3
    """
    found = []
    for k in dict.fromkeys((1, last)):
        mine = metrics.hangs_on(n, c, n_base, c_base, k)
        who, held = ("model", mine) if mine.lead >= 0 else ("base", metrics.hangs_on(n_base, c_base, n, c, k))
        if held.lead > 0:
            found.append(Lead(k, who, held.lead, held.samples, held.accepted))
    return tuple(found)


def words(found: Errors, problems: int, last: int, level: float) -> Iterator[str]:
    """Say of one model what its verifier's errors would mean, a sentence each."""
    if found.never_accepted:
        yield (
            f"{found.never_accepted} of {problems} problems were never accepted, so one false-positive rate common to "
            f"all samples is at most {found.bound:.2g} ({100 * level:g} %). Rates that differ are not ruled out."
        )
    if found.seldom:
        yield (
            f"{_several(len(found.seldom), 'problem')} accepted once or twice only: whether solved or not hangs on "
            f"{_several(found.seldom_samples, 'sample').rpartition(' ')[0]}. Read these first."
        )
    if found.luck is not None:
        yield (
            f"Guessing as wrong samples answer elsewhere hits a key with chance {found.luck.mean:.2g}: "
            f"{100 * found.luck.at_last:.1f} % at k = {last}."
        )


def _several(number: int, what: str) -> str:
    return f"{number:,} {what} was" if number == 1 else f"{number:,} {what}s were"


def rate_words(found: Errors, last: int) -> Iterator[str]:
    """Say what errors at the rate that was given or audited do, to any model."""
    if found.rate is not None and found.by_errors_alone is not None:
        source = "" if found.rate.audited is None else f" ({found.rate.accepted} of {found.rate.audited} read)"
        yield (
            f"At a false-positive rate of {found.rate.value:.3g}{source} a model that is never right would be seen to "
            f"have pass@{last} = {100 * found.by_errors_alone:.1f} %."
        )
    if found.refused:
        yield found.refused


def lead_words(lead: Lead) -> str:
    """Say on how few samples a lead hangs."""
    at = f"The observed lead of the {lead.who} at k = {lead.k}"
    if lead.samples is None:
        return f"{at} would stand even if many accepted samples were false."
    return f"{at} hangs on {lead.samples:,} of its {lead.accepted:,} accepted samples: were these false, it is gone."


def rate_of(false_positive: float | None, audit: tuple[int, int] | None, level: float) -> Rate | None:
    """Return the rate that was given, or that an audit of so many wrong samples found with so many accepted.

    >>> rate_of(None, (100, 2), 0.95).value
    0.02
    """
    if false_positive is not None and audit is not None:
        raise ValueError("a false-positive rate and an audit were both given: the audit says the rate, leave one out.")
    if audit is not None:
        wanted = "a pair: wrong samples read, and how many of them were accepted"
        audit = arguments.as_one_of("audit", audit, tuple, wanted)
        if len(audit) != 2:
            raise ValueError(f"audit must be {wanted}, but got {len(audit)} entries.")
        read, accepted = (
            arguments.one_whole("audit", part, least=least) for part, least in zip(audit, (1, 0), strict=True)
        )
        low, high = metrics.audit_interval(read, accepted, level)
        return Rate(accepted / read, float(low), float(high), read, accepted)
    if false_positive is None:
        return None
    false_positive = arguments.one_number("false_positive", false_positive, -math.inf, math.inf)
    if not 0 <= false_positive < 1:
        raise ValueError(
            f"a false-positive rate lies in [0, 1), as 0.01 for one wrong sample in a hundred, not {false_positive:g}."
        )
    return Rate(false_positive, false_positive, false_positive, None, None)


_YES, _NO = ("1", "true", "yes"), ("0", "false", "no")


def read_audit(path: Path) -> tuple[int, int]:
    """Return how many samples that are wrong were read, and how many of them the verifier had accepted, from a table.

    A CSV with a column `right` (as read by hand) and one `accepted` (by the verifier), 1 or 0 in each, a row for each
    sample that was read. Only wrong samples count here: draw them from all that are wrong, not from the accepted.
    """
    import csv

    try:
        with open(path, newline="", encoding="utf-8-sig") as stream:
            table = csv.DictReader(stream)
            if not {"right", "accepted"} <= set(table.fieldnames or ()):
                raise BadFile(path, "an audit is a CSV with the columns right and accepted, 1 or 0 in each.")
            marks = [
                (_mark(row, "right", path, table.line_num), _mark(row, "accepted", path, table.line_num))
                for row in table
            ]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadFile(path, f"cannot be read as a CSV ({error}).") from None
    wrong = [accepted for right, accepted in marks if not right]
    if not wrong:
        raise BadFile(path, "no row has right = 0, and a false-positive rate is that of wrong samples.")
    return len(wrong), sum(wrong)


def _mark(row: dict[str, str], column: str, path: Path, line: int) -> bool:
    text = (row.get(column) or "").strip().lower()
    if text not in (*_YES, *_NO):
        raise BadFile(path, f"{column} is 1 or 0, not {row.get(column)!r}.", line)
    return text in _YES

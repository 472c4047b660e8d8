"""What the numbers allow to be said, and no more: each verdict is a sentence with the numbers it stands on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from passk_lab.metrics import Comparison
from passk_lab.report.enough import Enough
from passk_lab.report.estimates import Estimate
from passk_lab.report.trend import Trend
from passk_lab.report.words import percent, signed

CODES = {
    "better_at_1": "the model is ahead at one draw",
    "worse_at_1": "the base is ahead at one draw",
    "better_by_last": "the model is ahead at the largest k",
    "worse_by_last": "the base is ahead at the largest k",
    "better_between": "the model is ahead at some k between",
    "worse_between": "the base is ahead at some k between",
    "crossing": "the order turns: the band of the difference leaves zero on both sides",
    "crossing_not_shown": "the order turns in these samples, but one of the two is surely ahead nowhere",
    "no_difference": "the band of the difference leaves zero at no k",
    "cannot_tell": "the samples do not decide at this k, and the band is wide",
    "nothing_in_common": "there are too few common problems",
    "all_wrong_rose": "from the first checkpoint to the last, of groups of the training's size",
    "all_wrong_fell": "likewise",
    "all_right_rose": "likewise",
    "all_right_fell": "likewise",
    "pass_at_1_rose": "from the first checkpoint to the last",
    "pass_at_1_fell": "likewise",
    "pass_at_last_rose": "likewise, at the largest k",
    "pass_at_last_fell": "likewise",
}
"""Every code of a verdict, with what it means."""

WIDE = 0.05
"""A band that reaches so far from zero leaves room for a difference that would matter."""


@dataclass(frozen=True)
class Verdict:
    """One finding, or the lack of one."""

    code: str
    """A key of `CODES`, for programs."""
    text: str
    """A sentence that says no more than was observed."""
    evidence: Mapping[str, Any]
    """The numbers it stands on."""


Wanted = Callable[[int], Enough | None]
"""From k to how many problems or samples would decide there; None where nobody can say."""


def of_comparison(
    found: Comparison, wanted: Wanted = lambda k: None, for_crossing: Callable[[], int | None] = lambda: None
) -> Iterator[Verdict]:
    """Say who is surely ahead where, whether the order turns, and what the samples do not decide.

    "Surely" is the band's: it holds the difference of the population at all k together, so a reader may pick any of
    these k afterwards.
    """
    turn, last = found.crossover, int(found.ks[-1])
    at_1, at_last = _at(found, 1), _at(found, last)
    if not turn.a_ahead and not turn.b_ahead:
        yield _no_difference(found)
        for k in dict.fromkeys((1, last)):
            if _is_wide(found, k):
                yield _cannot_tell(found, k, wanted)
        return
    yield from _end(found, 1, "at_1", wanted)
    if last > 1:
        yield from _end(found, last, "by_last", wanted)
    for code, runs, who in (("better_between", turn.b_ahead, "model"), ("worse_between", turn.a_ahead, "base")):
        between = [run for run in runs if run[0] > 1 and run[1] < last]
        if between:
            spans = " and ".join(_span(*run) for run in between)
            yield Verdict(code, f"In between, the {who} is ahead at {spans}.", {"k": [list(run) for run in between]})
    if turn.shown:
        upwards = at_1["difference"] < at_last["difference"]
        first, then = ("base", "model") if upwards else ("model", "base")
        yield Verdict(
            "crossing",
            f"The curves cross at k = {turn.k} ({_level(found)} interval {turn.low} to {turn.high}): the {first} is "
            f"ahead before, the {then} after, and the band of the difference leaves zero on both sides.",
            {"k": turn.k, "low": turn.low, "high": turn.high, "first": first, "then": then},
        )
    elif turn.k is not None:
        problems = for_crossing()
        would = f" About {problems:,} problems like these would show one as large as observed." if problems else ""
        yield Verdict(
            "crossing_not_shown",
            f"In these samples the order turns at k = {turn.k}, which may be chance: the band leaves zero on one side "
            f"alone, so no crossing is shown, nor excluded.{would}",
            {"k": turn.k, "problems_needed": problems},
        )


def without_common(problems: int) -> Verdict:
    """Say that nothing can be compared."""
    return Verdict(
        "nothing_in_common",
        f"The two cannot be compared: {problems or 'no'} problem{'s' * (problems != 1)} of one "
        f"{'are' if problems != 1 else 'is'} also in the other, matched by id, and a comparison needs two.",
        {"common_problems": problems},
    )


def of_trend(trend: Trend) -> Iterator[Verdict]:
    """Say what has changed from the first checkpoint to the last, where its interval leaves zero."""
    if trend.change is None:
        return
    first, then = trend.steps[0], trend.steps[-1]
    group = first.silence.n
    sentences = {
        "all_wrong": (f"Groups of {group} that are all wrong", first.silence.all_wrong, then.silence.all_wrong),
        "all_right": (f"Groups of {group} that are all right", first.silence.all_right, then.silence.all_right),
        "pass_at_1": ("pass@1", first.pass_at_1, then.pass_at_1),
        "pass_at_last": (f"pass@{trend.last}", first.pass_at_last, then.pass_at_last),
    }
    for name, change in trend.change.items():
        if change.low is None or change.high is None or change.low <= 0 <= change.high:
            continue
        what, before, after = sentences[name]
        rose = change.estimate > 0
        yield Verdict(
            f"{name}_{'rose' if rose else 'fell'}",
            f"{what} {'rose' if rose else 'fell'} from {percent(before.estimate)} (step {first.step}) to "
            f"{percent(after.estimate)} (step {then.step}): {_change(change)}.",
            {
                "first": before.estimate, "last": after.estimate, "change": change.estimate,
                "low": change.low, "high": change.high, "from_step": first.step, "to_step": then.step,
            },
        )  # fmt: skip


def _end(found: Comparison, k: int, where: str, wanted: Wanted) -> Iterator[Verdict]:
    at = _at(found, k)
    if at["low"] <= 0 <= at["high"]:
        if _is_wide(found, k) or where == "by_last":
            yield _cannot_tell(found, k, wanted)
        return
    better = at["low"] > 0
    runs = found.crossover.b_ahead if better else found.crossover.a_ahead
    run = next(run for run in runs if run[0] <= k <= run[1])
    word = "better" if better else "worse"
    verb = f"The model is {word} at k = {k}" if where == "at_1" else f"The model is {word} by k = {k}"
    yield Verdict(
        f"{word}_{where}",
        f"{verb}: pass@{k} is {percent(at['model'])} against {percent(at['base'])} of the base "
        f"({_difference(at)}); {'ahead' if better else 'behind'} at {_span(*run)}.",
        {**at, "from_k": run[0], "to_k": run[1]},
    )


def _no_difference(found: Comparison) -> Verdict:
    low, high, last = float(found.interval.low.min()), float(found.interval.high.max()), int(found.ks[-1])
    return Verdict(
        "no_difference",
        f"No difference seen: at no k from 1 to {last} does the {_level(found)} band of the difference leave zero. "
        f"On problems like these it may still be anything from {signed(low)} to {signed(high)} points at some k.",
        {"low": low, "high": high, "last": last, "at_1": _at(found, 1), "at_last": _at(found, last)},
    )


def _cannot_tell(found: Comparison, k: int, wanted: Wanted) -> Verdict:
    at, would = _at(found, k), wanted(k)
    problems = sum(len(group) for group in (found.only_a, found.only_b, found.both, found.neither))
    evidence: dict[str, Any] = {
        "problems": problems,
        "detectable": None,
        "problems_needed": None,
        "samples_needed": None,
    }
    if would is not None:
        evidence |= {
            "detectable": would.detectable, "problems_needed": would.problems, "samples_needed": would.samples
        }  # fmt: skip
    return Verdict(
        "cannot_tell",
        f"It cannot be told who is ahead at k = {k}: observed {percent(at['model'])} against "
        f"{percent(at['base'])} of the base ({_difference(at)}).{f' {would}' if would else ''}",
        {**at, **evidence},
    )


def _at(found: Comparison, k: int) -> dict[str, Any]:
    (i,) = np.flatnonzero(found.ks == k)
    return {
        "k": k,
        "model": float(found.curve_b[i]),
        "base": float(found.curve_a[i]),
        "difference": float(found.difference[i]),
        "low": float(found.interval.low[i]),
        "high": float(found.interval.high[i]),
    }


def _is_wide(found: Comparison, k: int) -> bool:
    at = _at(found, k)
    return max(-at["low"], at["high"]) > WIDE


def _difference(at: Mapping[str, Any]) -> str:
    return f"{signed(at['difference'])} points, band {signed(at['low'])} to {signed(at['high'])}"


def _change(change: Estimate) -> str:
    return f"{signed(change.estimate)} points, interval {signed(change.low or 0.0)} to {signed(change.high or 0.0)}"


def _level(found: Comparison) -> str:
    return f"{100 * found.level:g} %"


def _span(first: int, last: int) -> str:
    return f"k = {first}" if first == last else f"k = {first} to {last}"

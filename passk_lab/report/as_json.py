"""A diagnosis as JSON: plain numbers and text, ids as text, and null where there is no number."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.metrics import Prediction
from passk_lab.readers.evaluation import Evaluation, Notice
from passk_lab.report.diagnosis import Diagnosis
from passk_lab.report.estimates import Curve, Estimate
from passk_lab.report.pair import Pair
from passk_lab.report.profile import Profile
from passk_lab.report.trend import Trend
from passk_lab.version import __version__


@arguments.takes(diagnosis=Diagnosis)
def to_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Return the diagnosis as `passk-lab diagnose --json` writes it: dicts, lists, text, numbers and None.

    Keys that are always there: format, problems, samples {min, max}, left_out [{why, rows}], pass_at {"1": {estimate,
    low, high}, ...} of the model on all its problems, warnings [{code, text, rows}], verdicts [{code, text, evidence}];
    with a base: crossing (null unless it is shown), and under "base" and "common" what is said of the base and of both
    on their common problems.

    >>> import pathlib, tempfile
    >>> from passk_lab import readers, report
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "x_results.jsonl")
    ...     _ = file.write_text('{"task_id": "a", "passed": true, "completion": ""}\\n' * 3)
    ...     said = report.to_json(report.diagnose(readers.read(file)))
    >>> said["format"], said["samples"]["min"], said["pass_at"]["3"]["estimate"]
    ('human-eval', 3, 1.0)
    """
    found: dict[str, Any] = {
        "passk_lab": __version__,
        "name": diagnosis.name,
        "level": diagnosis.level,
        **_profile(diagnosis.model),
        "verdicts": [
            {"code": verdict.code, "text": verdict.text, "evidence": verdict.evidence} for verdict in diagnosis.verdicts
        ],
        "warnings": _warnings(diagnosis.notices),
        "training_n": {"n": diagnosis.training_n, "assumed": not diagnosis.training_n_was_given},
    }
    if diagnosis.base is not None:
        found["base"] = {"name": diagnosis.base_name, **_profile(diagnosis.base)}
    if diagnosis.matching is not None:
        found["matching"] = {
            "common": len(diagnosis.matching.problems),
            "only_model": [str(problem) for problem in diagnosis.matching.only_model],
            "only_base": [str(problem) for problem in diagnosis.matching.only_base],
            "alike_but_not_equal": [[str(one), str(other)] for one, other in diagnosis.matching.alike],
        }
        found["crossing"] = None if diagnosis.pair is None else _crossing(diagnosis.pair)
        found["common"] = None if diagnosis.pair is None else _pair(diagnosis.pair)
    if diagnosis.trend is not None:
        found["trend"] = _trend(diagnosis.trend)
    return _plain(found)


def _profile(profile: Profile) -> dict[str, Any]:
    one = profile.evaluation
    said = {
        "format": one.format,
        "run": one.run,
        "step": one.step,
        "files": one.files,
        "files_passed_over": one.files_passed_over,
        "problem_is": one.problem_is,
        "sample_is": one.sample_is,
        "correct_is": one.correct_is,
        "verdict": one.verdict,
        "settings": one.settings,
        "problems": len(one.problems),
        "samples": {"min": one.n.min(), "max": one.n.max(), "total": one.n.sum(), "right": one.c.sum()},
        "rows": one.rows,
        "left_out": [{"code": left.code, "why": left.why, "rows": left.rows} for left in one.left_out],
        "scores": [
            {
                "name": score.name, "stated": score.stated, "recomputed": score.recomputed,
                "rule": score.rule, "file": score.file,
            }
            for score in one.scores
        ],
        "other_verdicts": _others(one),
        "pass_at": _curve(profile.pass_at),
        "interval_is_about": profile.pass_at.about,
        "pass_hat": _curve(profile.pass_hat),
        "gap": None
        if profile.gap is None
        else {
            "k": profile.gap.k,
            **_estimate(profile.gap.gap),
            "largest": profile.gap.largest,
            "largest_where_p_is": profile.gap.peak,
            "largest_at_this_pass_at_1": profile.gap.largest_at_this_pass_at_1,
        },
        "spread": {
            "none_right": profile.spread.none_right,
            "all_right": profile.spread.all_right,
            "edges": profile.spread.edges,
            "between": profile.spread.inside,
            "likeliest": {"p": profile.spread.p, "weight": profile.spread.weight},
        },
        "groups": {
            "n": profile.silence.n,
            "all_wrong": _estimate(profile.silence.all_wrong),
            "all_right": _estimate(profile.silence.all_right),
            "mixed": _estimate(profile.silence.mixed),
        },
        "weights": [
            {"objective": weight.objective, "n": weight.n, "missing": weight.missing}
            if weight.missing
            else {
                "objective": weight.objective, "n": weight.n, "at": "p = c/n", "mean": weight.mean,
                "effective_share": weight.effective_share, "on_unsolved": weight.on_unsolved,
                "on_hard": weight.on_hard, "on_easy": weight.on_easy,
            }
            for weight in profile.weights
        ],
        "per_problem": [
            {"problem": str(problem), "n": n, "c": c, "pass_at_1": first, "pass_at_last": last}
            for problem, n, c, first, last in zip(
                one.problems, one.n, one.c, profile.at_first, profile.at_last, strict=True
            )
        ],
    }  # fmt: skip
    said["verifier"] = _errors(profile)
    if profile.predicted is not None:
        said["predicted"] = _predicted(profile.predicted)
    if profile.voting is not None:
        said["answers"] = {
            "majority_at": _curve(profile.voting.majority),
            "distinct_at": _curve(profile.voting.distinct),
            "without_answer": profile.voting.without_answer,
            "judged_both_ways": profile.voting.judged_both_ways,
        }
    return said


def _errors(profile: Profile) -> dict[str, Any]:
    found, rate, luck = profile.errors, profile.errors.rate, profile.errors.luck
    return {
        "never_accepted": found.never_accepted,
        "common_rate_is_at_most": found.bound,
        "accepted_once_or_twice": {"problems": [str(name) for name in found.seldom], "samples": found.seldom_samples},
        "false_positive": None
        if rate is None
        else {"rate": rate.value, "low": rate.low, "high": rate.high, "read": rate.audited, "accepted": rate.accepted},
        "pass_at_last_by_errors_alone": found.by_errors_alone,
        "corrected_pass_at": None if found.corrected is None else _curve(found.corrected),
        "refused": found.refused,
        "luck": None
        if luck is None
        else {
            "mean": luck.mean, "pass_at_last": luck.at_last, "problems": luck.problems, "solved": luck.solved,
            "chance_that_guessing_solves_as_many": luck.chance,
        },
    }  # fmt: skip


def _predicted(found: Prediction) -> dict[str, Any]:
    return {
        str(k): {
            "text": found.words(i),
            "low": found.interval.low[i],
            "high": found.interval.high[i],
            "by_model": {name: values[i] for name, values in found.models.items()},
            "depends_on_the_model": found.depends_on_the_model[i],
        }
        for i, k in enumerate(found.ks)
    }


def _others(one: Evaluation) -> dict[str, Any]:
    return {name: {"right": c.sum(), "pass_at_1": np.mean(c / one.n)} for name, c in one.other_verdicts.items()}


def _crossing(pair: Pair) -> dict[str, Any] | None:
    """The crossing, where one is shown; that the order turns in these samples alone is none."""
    turn = pair.comparison.crossover
    return {"k": turn.k, "low": turn.low, "high": turn.high} if turn.shown else None


def _pair(pair: Pair) -> dict[str, Any]:
    found, solved = pair.comparison, pair.solved
    problems = len(pair.matching.problems)
    return {
        "problems": problems,
        "samples": {"model": _range(pair.n), "base": _range(pair.n_base)},
        "last": pair.last,
        "pass_at": _curve(pair.curve),
        "base_pass_at": _curve(pair.curve_base),
        "difference": {
            str(k): {"estimate": estimate, "low": low, "high": high}
            for k, estimate, low, high in zip(found.ks, found.difference, *found.interval, strict=True)
        },
        "surely_ahead": {"model": found.crossover.b_ahead, "base": found.crossover.a_ahead},
        "order_turns_in_these_samples_at": found.crossover.k,
        "solved": {
            "samples": "of each problem as many as both models have",
            **{
                name: {**_estimate(share), "problems": problems * share.estimate}
                for name, share in (
                    ("gained", solved.gained), ("lost", solved.lost), ("both", solved.both),
                    ("neither", solved.neither),
                )
            },
            "likely_gained": _likely(pair, solved.gain),
            "likely_lost": _likely(pair, solved.loss),
        },
        "leads": [
            {
                "k": lead.k, "who": lead.who, "lead": lead.lead, "hangs_on_accepted_samples": lead.samples,
                "of_accepted_samples": lead.accepted,
            }
            for lead in pair.leads
        ],
        "per_problem": [
            {
                "problem": str(problem),
                "n": n,
                "c": c,
                "base_n": n_base,
                "base_c": c_base,
                "gained": gain,
                "lost": loss,
            }
            for problem, n, c, n_base, c_base, gain, loss in zip(
                pair.matching.problems, pair.n, pair.c, pair.n_base, pair.c_base, solved.gain, solved.loss, strict=True
            )
        ],
        "by_c": {"bins_of_c_over_n": pair.bins, "rows_are_the_base": pair.by_c},
    }  # fmt: skip


def _likely(pair: Pair, chance: Floats) -> list[str]:
    return [str(problem) for problem, one in zip(pair.matching.problems, chance, strict=True) if one > 0.5]


def _range(n: Any) -> dict[str, Any]:
    return {"min": n.min(), "max": n.max()}


def _trend(trend: Trend) -> dict[str, Any]:
    return {
        "on_common_problems": trend.on_common,
        "problems_in_all": trend.problems_in_all,
        "last": trend.last,
        "steps": [
            {
                "step": step.step,
                "problems": step.problems,
                "groups": {
                    "n": step.silence.n,
                    "all_wrong": _estimate(step.silence.all_wrong),
                    "all_right": _estimate(step.silence.all_right),
                },
                "pass_at": {"1": _estimate(step.pass_at_1), str(trend.last): _estimate(step.pass_at_last)},
            }
            for step in trend.steps
        ],
        "alarms": [{"signal": one.signal, "step": one.step, "text": one.text} for one in trend.alarms],
        "change": None if trend.change is None else {name: _estimate(change) for name, change in trend.change.items()},
    }


def _warnings(notices: Iterable[Notice]) -> list[dict[str, Any]]:
    return [{"code": notice.code, "text": notice.text, "rows": notice.rows} for notice in notices]


def _curve(curve: Curve) -> dict[str, Any]:
    return {
        str(k): {"estimate": estimate, "low": low, "high": high}
        for k, estimate, low, high in zip(curve.ks, curve.estimate, curve.low, curve.high, strict=True)
    }


def _estimate(one: Estimate) -> dict[str, Any]:
    return {"estimate": one.estimate, "low": one.low, "high": one.high}


def _plain(value: Any) -> Any:
    """What JSON knows: numpy's numbers as Python's, no NaN, and of what a file's settings may hold its text."""
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(name): _plain(one) for name, one in value.items()}
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)

"""What a reader of the numbers has to know beside them: each with how many rows or problems it is about."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from passk_lab import metrics
from passk_lab.readers.evaluation import Evaluation, Notice
from passk_lab.report.pair import Matching, Pair
from passk_lab.report.profile import Profile
from passk_lab.report.trend import Trend

CODES = {
    "n_depends_on_c": "sampling seems to have stopped at a success",
    "problems_dropped": "problems without any judged sample",
    "problems_short": "problems with fewer samples than others; the shortest caps k",
    "unscored": "samples without a verdict",
    "failed": "rows that are no samples: errors, lines that cannot be read",
    "duplicates": "rows of a sample that was there already",
    "copies": "samples with the very text of another",
    "copies_unknown": "so many samples that nobody looked for copies",
    "greedy": "rows drawn at temperature 0",
    "partial_credit": "scores between wrong and right",
    "files_disagree": "files that should say the same and do not",
    "score_differs": "the tool states another score than its samples give",
    "ids_do_not_match": "problems of one of the two that the other has not",
    "settings_differ": "the two were sampled in different ways",
    "judged_differently": "the two have another tool or another verdict",
    "same_counts": "the two are the same counts",
    "small_benchmark": "few problems: intervals are wide",
    "one_problem": "n and c of one problem, perhaps the totals of a benchmark",
    "training_n_capped": "groups of training are larger than the samples of the shortest problem",
    "answers_judged_both_ways": "the same answer judged right and wrong",
    "steps_differ": "checkpoints that do not hold the same problems",
}
"""Every code of a warning that is made here, with what it means; readers may have more."""

_LEAST_DRAWS, _MOST_DRAWN = 199, 10_000_000
"""Of the test whether n depends on c: its p is a share of so many draws, each as long as there are problems."""
WIDE = 0.05
"""Half the width of an interval from which on a benchmark is called small."""
_NO_SETTINGS = ("model", "run", "date", "seed", "file", "path", "name")
"""What differs between any two evaluations and says nothing about how was sampled."""


def of_profile(profile: Profile, training_n: int | None) -> Iterator[Notice]:
    """Warn of what one evaluation by itself has; what its reader says comes first."""
    evaluation = profile.evaluation
    yield from evaluation.notices
    yield from _left_out(evaluation)
    yield from _of_counts(evaluation)
    if evaluation.n.size > 1:
        yield from _small(profile)
    least = int(evaluation.n.min())
    if training_n is not None and training_n > least:
        short = int((evaluation.n < training_n).sum())
        yield Notice(
            "training_n_capped",
            f"Groups of {training_n} cannot be drawn from {least} samples, so silent groups are counted in groups of "
            f"{least}: those of {training_n} are fewer.",
            short,
        )
    if profile.voting is not None and profile.voting.judged_both_ways:
        yield Notice(
            "answers_judged_both_ways",
            f"{profile.voting.judged_both_ways} answers were judged right in one sample and wrong in another of the "
            "same problem: the verifier looks at more than the answer, or errs.",
            profile.voting.judged_both_ways,
        )


def _left_out(evaluation: Evaluation) -> Iterator[Notice]:
    for left in evaluation.left_out:
        if left.code == "unscored":
            yield Notice(
                "unscored",
                f"{left.rows} samples have no verdict and are not counted. If a verifier failed on them because they "
                "are wrong, every number here is too high.",
                left.rows,
            )
        elif left.code == "duplicates":
            yield Notice("duplicates", f"{left.rows} rows are left out: {left.why}.", left.rows)
        elif left.code in ("failed", "unread"):
            yield Notice("failed", f"{left.rows} rows are left out: {left.why}.", left.rows)


def _of_counts(evaluation: Evaluation) -> Iterator[Notice]:
    n, c = evaluation.n, evaluation.c
    if n.size == 1:
        yield Notice(
            "one_problem",
            f"This is one problem with n = {n[0]} and c = {c[0]}. If these are the totals of a benchmark, no pass@k "
            "for k > 1 follows from them: give n and c of each problem.",
            1,
        )
    longest, least = int(n.max()), int(n.min())
    if short := int((n < longest).sum()):
        i = int(n.argmin())
        yield Notice(
            "problems_short",
            f"{short} of {n.size} problems have fewer than {longest} samples. None is dropped or filled up: k ends at "
            f"{least}, the samples of the shortest ({_short(evaluation.problems[i])}).",
            short,
        )
    if short and n.size > 1:
        stopped = metrics.stopping_test(n, c, draws=min(10_000, max(_LEAST_DRAWS, _MOST_DRAWN // n.size)))
        if stopped.depends:
            how = "fewer" if stopped.direction < 0 else "more"
            unsolved = ", and all without a success have the most" if stopped.p_unsolved < 0.01 else ""
            yield Notice(
                "n_depends_on_c",
                f"Problems solved more often have {how} samples (p = {stopped.p_value:.2g}){unsolved}. If sampling "
                "stopped at a success, every pass@k here is too high: metrics.pass_at_k_stopped is for that. Where n "
                "was fixed by a difficulty known beforehand there is no harm.",
                short,
            )


def _small(profile: Profile) -> Iterator[Notice]:
    half = (profile.pass_at.high - profile.pass_at.low) / 2
    i = int(half.argmax())
    problems = profile.evaluation.n.size
    if half[i] > WIDE:
        yield Notice(
            "small_benchmark",
            f"{problems} problems are few: on problems like these pass@{profile.pass_at.ks[i]} is known to "
            f"±{100 * half[i]:.0f} points, and smaller differences may be the choice of problems.",
            problems,
        )


def of_matching(matching: Matching) -> Iterator[Notice]:
    """Warn of problems that are in one of the two alone."""
    apart = len(matching.only_model) + len(matching.only_base)
    if not apart:
        return
    parts = [
        f"{len(ids)} only in the {who} ({', '.join(map(_short, ids[:3]))}{', ...' if len(ids) > 3 else ''})"
        for who, ids in (("model", matching.only_model), ("base", matching.only_base))
        if ids
    ]
    hint = ""
    if matching.alike:
        one, other = matching.alike[0]
        hint = (
            f" {len(matching.alike)} of them differ in case, blanks or leading zeros alone, as {_short(one)} and "
            f"{_short(other)} do: make the ids equal if they are the same problems."
        )
    yield Notice(
        "ids_do_not_match",
        f"The two are compared on the {len(matching.problems)} problems whose ids are equal; {' and '.join(parts)}."
        f"{hint}",
        apart,
    )


def of_pair(pair: Pair, model: Evaluation, base: Evaluation) -> Iterator[Notice]:
    """Warn of what makes two evaluations hard to compare."""
    if np.array_equal(pair.n, pair.n_base) and np.array_equal(pair.c, pair.c_base):
        yield Notice(
            "same_counts",
            f"The model and the base have the same counts on all {pair.n.size} common problems: is it one file twice?",
            int(pair.n.size),
        )
    differ = [
        f"{name}: {_short(model.settings[name])} and {_short(base.settings[name])}"
        for name in model.settings
        if name in base.settings and name not in _NO_SETTINGS and model.settings[name] != base.settings[name]
    ]
    if differ:
        yield Notice(
            "settings_differ",
            f"The model and the base were not sampled alike ({'; '.join(differ)}), so a difference between them may "
            "be one of sampling.",
            len(differ),
        )
    if (model.format, model.verdict) != (base.format, base.verdict):
        yield Notice(
            "judged_differently",
            f"The model was judged by {model.verdict} of {model.format}, the base by {base.verdict} of {base.format}: "
            "a difference between them may be one of verdicts.",
            int(pair.n.size),
        )


def of_trend(trend: Trend, checkpoints: tuple[Evaluation, ...]) -> Iterator[Notice]:
    """Warn of checkpoints that do not hold the same problems."""
    everywhere = len({problem for one in checkpoints for problem in one.problems})
    if not trend.on_common:
        yield Notice(
            "steps_differ",
            f"The {len(checkpoints)} checkpoints share {trend.problems_in_all} of {everywhere} problems, so each "
            "speaks of its own: what changes from one to the next may be the choice of problems.",
            everywhere - trend.problems_in_all,
        )
    elif everywhere > trend.problems_in_all:
        yield Notice(
            "steps_differ",
            f"{everywhere - trend.problems_in_all} of {everywhere} problems are not in every checkpoint; the trend is "
            f"of the {trend.problems_in_all} that are.",
            everywhere - trend.problems_in_all,
        )


def of_base(notices: Iterator[Notice]) -> Iterator[Notice]:
    """Say of notices that they are about the base."""
    for notice in notices:
        yield Notice(notice.code, f"base: {notice.text}", notice.rows)


def _short(value: Any) -> str:
    text = " ".join(str(value).split())
    return text if len(text) <= 40 else text[:37] + "..."

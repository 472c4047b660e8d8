"""A diagnosis as one page: what is found, what it stands on, and every figure to be touched, printed or taken away."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from passk_lab import arguments, files
from passk_lab.arguments import Floats
from passk_lab.explorers.document import Chapter, Listing, Part, Points, Shown, Words, document
from passk_lab.explorers.export import write_exported
from passk_lab.readers.evaluation import Evaluation
from passk_lab.report import figures
from passk_lab.report.diagnosis import Diagnosis
from passk_lab.report.errors import lead_words, rate_words, words
from passk_lab.report.estimates import Curve, Estimate
from passk_lab.report.pair import Pair
from passk_lab.report.profile import Profile
from passk_lab.report.words import per_cent, signed

_SURE = 3.0
"""Standard errors: of 500 problems that did not change, one or two are so far apart by chance."""
_MOST_NAMED = 12
"""Problems that are named one by one, of each kind."""


@arguments.takes(diagnosis=Diagnosis)
def write_page(diagnosis: Diagnosis, path: str | Path) -> Path:
    """Write a diagnosis as one HTML file, in one move, and return its path.

    Parameters
    ----------
    diagnosis : Diagnosis
    path : str or Path
        What is there already is replaced.

    Raises
    ------
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from passk_lab.report.diagnosis import diagnose
    >>> from passk_lab.readers import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     rows = "".join(f"{problem},{sample < problem}\\n" for problem in range(5) for sample in range(4))
    ...     _ = Path(folder, "table.csv").write_text("problem,correct\\n" + rows)
    ...     write_page(diagnose(read(f"{folder}/table.csv")), f"{folder}/page.html").name
    'page.html'
    """
    path = arguments.path("path", path)
    files.put(path.resolve(), page(diagnosis))
    return path


@arguments.takes(diagnosis=Diagnosis)
def write_figures(diagnosis: Diagnosis, folder: str | Path) -> list[Path]:
    """Write every figure of a diagnosis into a folder, as JSON, CSV, PNG and SVG, and return the paths.

    Parameters
    ----------
    diagnosis : Diagnosis
    folder : str or Path
        Made if it is not there.

    Raises
    ------
    OSError
        If it cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> from passk_lab.report.diagnosis import diagnose
    >>> from passk_lab.readers import read
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "c.csv").write_text("problem,n,c\\na,1,1\\nb,1,0\\n")
    ...     sorted(path.name for path in write_figures(diagnose(read(f"{folder}/c.csv")), f"{folder}/all"))[:2]
    ['curves.csv', 'curves.json']
    """
    folder = arguments.path("folder", folder)
    folder.mkdir(parents=True, exist_ok=True)
    return [
        path
        for name, description in figures.every(diagnosis)
        for path in write_exported(description, description.start, folder, name)
    ]


def page(diagnosis: Diagnosis) -> str:
    """Return the text of the page."""
    title = f"{diagnosis.name} beside {diagnosis.base_name}" if diagnosis.base is not None else diagnosis.name
    return document(f"Diagnosis: {title}", list(_opening(diagnosis)), list(_chapters(diagnosis)))


def _opening(diagnosis: Diagnosis) -> Iterator[Part]:
    if diagnosis.verdicts:
        yield Words([verdict.text for verdict in diagnosis.verdicts], strong=True)
    else:
        found = diagnosis.model.pass_at
        yield Words([f"{_at(found, 1)} of the problems are solved in one draw, {_at(found, diagnosis.model.last)} in "
                     f"{diagnosis.model.last}."], strong=True)  # fmt: skip
    if diagnosis.pair is not None and diagnosis.pair.leads:
        yield Words([lead_words(diagnosis.pair.leads[-1])])
    if diagnosis.notices:
        yield Words(["To know before these numbers are used:"])
        yield Points([notice.text for notice in diagnosis.notices])
    else:
        yield Words(["No warning about the files."])


def _read(diagnosis: Diagnosis) -> Listing:
    arms = [(name, _what(profile.evaluation)) for name, profile in _both(diagnosis)]
    rows = [row for row in zip(_WHAT, *(what for _, what in arms), strict=True) if any(row[1:])]
    return Listing(
        "As the files were understood",
        ["what", *(name for name, _ in arms)],
        [[cell or "none" for cell in row] for row in rows],
    )


_WHAT = (
    "files", "format", "a problem is", "a sample is", "right is", "problems", "samples of a problem",
    "rows", "left out", "files passed over", "other verdicts", "settings",
)  # fmt: skip


def _what(evaluation: Evaluation) -> tuple[str, ...]:
    low, high = int(evaluation.n.min()), int(evaluation.n.max())
    shown = ", ".join(evaluation.files[:3]) + (f" and {len(evaluation.files) - 3} more" * (len(evaluation.files) > 3))
    return (
        shown,
        evaluation.format,
        evaluation.problem_is,
        evaluation.sample_is,
        evaluation.correct_is,
        f"{len(evaluation.problems):,}",
        f"{low}" if low == high else f"{low} to {high}",
        f"{evaluation.rows:,}",
        "; ".join(f"{one.rows:,}: {one.why}" for one in evaluation.left_out),
        "; ".join(f"{number:,}: {why}" for why, number in evaluation.files_passed_over.items()),
        "; ".join(
            f"{name}: {c.sum():,} of {evaluation.n.sum():,} samples right"
            for name, c in evaluation.other_verdicts.items()
        ),
        "; ".join(f"{name} = {value}" for name, value in evaluation.settings.items()),
    )


def _chapters(diagnosis: Diagnosis) -> Iterator[Chapter]:
    shown = {name: Shown(name, description) for name, description in figures.every(diagnosis)}
    pair = diagnosis.pair
    yield Chapter("Curves", [shown["curves"], _curves(diagnosis)])
    yield Chapter("What was read", [_read(diagnosis)])
    if pair is not None:
        yield Chapter("Which problems", [shown["problems"], *_problems(pair)])
    yield Chapter("How the problems are spread", [shown["spread"], *_gap(diagnosis)])
    if "groups" in shown:
        yield Chapter(
            "What training would see",
            [shown["groups"], _silence(diagnosis), shown["weights"], *_weights(diagnosis)],
        )
    if diagnosis.model.predicted is not None:
        yield Chapter("Beyond the samples: predicted, not observed", [Points(list(_predicted(diagnosis)))])
    yield Chapter("If the verifier errs", list(_errors(diagnosis)))
    if "trend" in shown:
        yield Chapter("Over the checkpoints", [shown["trend"], _trend(diagnosis), *_alarms(diagnosis)])
    if pair is not None:
        yield Chapter("Right every time", [_every_time(diagnosis)])
    if "votes" in shown:
        yield Chapter("Votes and answers", [shown["votes"]])
    if scores := list(_scores(diagnosis)):
        yield Chapter("The tool's own scores", [Listing("Stated in the files, and worked out anew from the samples",
            ["score", "of", "stated", "worked out", "how the tool gets it", "file"], scores)])  # fmt: skip
    yield Chapter("How this was worked out", [Points(list(_how(diagnosis)))])


def _curves(diagnosis: Diagnosis) -> Listing:
    if diagnosis.pair is not None:
        pair = diagnosis.pair
        band = pair.comparison.interval
        rows = []
        for k in pair.curve.ks.tolist():
            i = int((pair.comparison.ks == k).argmax())
            rows.append(
                [f"{k}", _points(Estimate(*(float(a[i]) for a in (pair.comparison.difference, band.low, band.high)))),
                 _with(pair.curve.at(k)), _with(pair.curve_base.at(k))]
            )  # fmt: skip
        return Listing(
            f"pass@k in per cent, on {len(pair.matching.problems)} common problems; the band of the difference holds "
            "at all k together",
            ["k", "difference in points", diagnosis.name, diagnosis.base_name],
            rows,
        )
    model = diagnosis.model
    return Listing(
        "pass@k and pass^k in per cent",
        ["k", "pass@k", "pass^k"],
        [[f"{k}", _with(model.pass_at.at(k)), _with(model.pass_hat.at(k))] for k in model.pass_at.ks.tolist()],
    )


def _problems(pair: Pair) -> Iterator[Part]:
    solved = pair.solved
    yield Listing(
        "Expected share of the common problems, at as many samples of each as both have",
        ["solved by", "per cent"],
        [
            ["both", _with(solved.both)], ["the model alone (gained)", _with(solved.gained)],
            ["the base alone (lost)", _with(solved.lost)], ["neither", _with(solved.neither)],
        ],
    )  # fmt: skip
    yield Listing(
        "Problems by c/n: rows the base, columns the model",
        ["base \\ model", *pair.bins],
        [[name, *(int(number) for number in row)] for name, row in zip(pair.bins, pair.by_c, strict=True)],
    )
    surest = _evidence(pair)
    for what, sign in (("gains", 1.0), ("losses", -1.0)):
        order = [int(i) for i in (-sign * surest).argsort(kind="stable") if sign * surest[i] >= _SURE]
        if order:
            more = f"; the first {_MOST_NAMED} of {len(order)}" if len(order) > _MOST_NAMED else ""
            yield Listing(
                f"The surest {what}, problem by problem (more than {_SURE:g} standard errors apart){more}",
                ["problem", "model c/n", "base c/n"],
                [
                    [pair.matching.problems[i], f"{pair.c[i]}/{pair.n[i]}", f"{pair.c_base[i]}/{pair.n_base[i]}"]
                    for i in order[:_MOST_NAMED]
                ],
            )


def _evidence(pair: Pair) -> Floats:
    """Say of each problem how far apart its shares are, in standard errors as if they were one; 0 where they are."""
    pooled = (pair.c + pair.c_base) / (pair.n + pair.n_base)
    error = np.sqrt(pooled * (1 - pooled) * (1 / pair.n + 1 / pair.n_base))
    apart = pair.c / pair.n - pair.c_base / pair.n_base
    return np.divide(apart, error, out=np.zeros(apart.shape), where=error > 0)


def _gap(diagnosis: Diagnosis) -> Iterator[Part]:
    rows = []
    for name, profile in _both(diagnosis):
        if profile.gap is not None:
            gap = profile.gap
            rows.append(
                [name, f"{gap.k}", _with(gap.gap), per_cent(gap.largest_at_this_pass_at_1),
                 f"{per_cent(gap.largest)} at p = {gap.peak:.3g}"]
            )  # fmt: skip
    if rows:
        yield Listing(
            "pass@k minus pass@1 in points, at the largest k of each",
            ["model", "k", "gap", "largest with this pass@1", "largest of any problem"],
            rows,
        )


def _silence(diagnosis: Diagnosis) -> Listing:
    rows = []
    for name, profile in _both(diagnosis):
        found = profile.silence
        rows.append([name, *(_with(one) for one in (found.all_wrong, found.mixed, found.all_right))])
    given = "" if diagnosis.training_n_was_given else ", a size assumed here (--training-n names yours)"
    return Listing(
        f"Groups of {diagnosis.model.silence.n} in per cent{given}", ["model", "all wrong", "mixed", "all right"], rows
    )


def _weights(diagnosis: Diagnosis) -> Iterator[Part]:
    evaluation = diagnosis.model.evaluation
    p = evaluation.c / evaluation.n
    rows = []
    for one in diagnosis.model.weights:
        if not one.missing:
            signal = np.abs(one.at) * p * (1 - p)
            hard = float(signal[p <= 0.5].sum() / (signal.sum() or 1.0))
            rows.append(
                [one.objective, *(per_cent(share) for share in (hard, 1 - hard, one.effective_share, one.on_unsolved))]
            )
    if rows:
        yield Listing(
            f"Signal (weight times p(1 - p), with c/n for p) in groups of {diagnosis.training_n}, in per cent. "
            "Problems with nothing right send none, whatever their weight: it is what a right sample would count, if "
            "one came",
            ["objective", "signal, up to half right", "signal, more than half right", "as if so many carried it alike",
             "weight on nothing right yet"],
            rows,
        )  # fmt: skip
    missing = [f"{one.objective}: {one.missing}" for one in diagnosis.model.weights if one.missing]
    if missing:
        yield Points(missing)


def _predicted(diagnosis: Diagnosis) -> Iterator[str]:
    for name, profile in _both(diagnosis):
        if profile.predicted is not None:
            beyond = [i for i, k in enumerate(profile.predicted.ks.tolist()) if k > profile.predicted.n]
            yield from (f"{name}: {profile.predicted.words(i)}." for i in beyond)


def _errors(diagnosis: Diagnosis) -> Iterator[Part]:
    said = [lead_words(lead) for lead in (diagnosis.pair.leads if diagnosis.pair is not None else ())]
    for name, profile in _both(diagnosis):
        problems = len(profile.evaluation.problems)
        said += [f"{name}: {text}" for text in words(profile.errors, problems, profile.last, diagnosis.level)]
    said += rate_words(diagnosis.model.errors, diagnosis.model.last)
    if diagnosis.model.errors.rate is None:
        said.append("Its false-positive rate, if you know it, goes into --false-positive or --audit.")
    yield Points(said)
    arms = [(name, profile.errors.corrected) for name, profile in _both(diagnosis)]
    curves = [(name, curve) for name, curve in arms if curve is not None]
    if curves and diagnosis.model.errors.rate is not None:
        ks = sorted(set.intersection(*(set(curve.ks.tolist()) for _, curve in curves)))
        yield Listing(
            "pass@k in per cent, put right for errors drawn anew with each sample at a rate of "
            f"{diagnosis.model.errors.rate.value:.3g}",
            ["k", *(name for name, _ in curves)],
            [[f"{k}", *(_with(curve.at(k)) for _, curve in curves)] for k in ks if k & (k - 1) == 0 or k == ks[-1]],
        )
    for name, profile in _both(diagnosis):
        found, evaluation = profile.errors.seldom, profile.evaluation
        if found:
            at = {problem: i for i, problem in enumerate(evaluation.problems)}
            more = f"; the first {_MOST_NAMED} of {len(found)}" if len(found) > _MOST_NAMED else ""
            yield Listing(
                f"{name}: problems accepted once or twice, whose samples are to be read first{more}",
                ["problem", "c/n"],
                [
                    [problem, f"{evaluation.c[at[problem]]}/{evaluation.n[at[problem]]}"]
                    for problem in found[:_MOST_NAMED]
                ],
            )


def _both(diagnosis: Diagnosis) -> Iterator[tuple[str, Profile]]:
    yield diagnosis.name, diagnosis.model
    if diagnosis.base is not None:
        yield diagnosis.base_name, diagnosis.base


def _every_time(diagnosis: Diagnosis) -> Listing:
    arms = list(_both(diagnosis))
    ks = sorted(set.intersection(*(set(profile.pass_hat.ks.tolist()) for _, profile in arms)))
    return Listing(
        "pass^k in per cent, each on its own problems: the chance that all k samples are right",
        ["k", *(name for name, _ in arms)],
        [
            [f"{k}", *(_with(profile.pass_hat.at(k)) for _, profile in arms)]
            for k in ks
            if k & (k - 1) == 0 or k == ks[-1]
        ],
    )


def _trend(diagnosis: Diagnosis) -> Listing:
    trend = diagnosis.trend
    assert trend is not None
    return Listing(
        f"Checkpoints, in per cent; groups of {trend.steps[0].silence.n}",
        ["step", "problems", "pass@1", f"pass@{trend.last}", "all wrong", "all right"],
        [
            [f"{step.step}", step.problems, *(_with(one) for one in (
                step.pass_at_1, step.pass_at_last, step.silence.all_wrong, step.silence.all_right))]
            for step in trend.steps
        ],
    )  # fmt: skip


def _alarms(diagnosis: Diagnosis) -> Iterator[Part]:
    if diagnosis.trend is not None and diagnosis.trend.alarms:
        yield Points([one.text for one in diagnosis.trend.alarms])


def _scores(diagnosis: Diagnosis) -> Iterator[list[Any]]:
    for name, profile in _both(diagnosis):
        for score in profile.evaluation.scores:
            yield [score.name, name, f"{score.stated:.6g}", f"{score.recomputed:.6g}", score.rule, score.file]


def _how(diagnosis: Diagnosis) -> Iterator[str]:
    yield (
        "pass@k of a problem with c right samples of n is 1 - C(n-c, k)/C(n, k), unbiased for every k up to n "
        "(arXiv 2107.03374); a curve is its mean over problems. Nothing is said beyond n but as a prediction."
    )
    yield f"Intervals are of {100 * diagnosis.level:g} %. Of curves: {diagnosis.model.pass_at.about}."
    if diagnosis.pair is not None:
        yield (
            "The difference is paired by problem, by id; its band holds at all k together, and a crossing is claimed "
            "only where the band leaves zero on both sides of it."
        )
    yield (
        "The gap pass@k - pass@1 says how much exploration is left: as problems go to 0 or to 1 it closes "
        "(arXiv 2511.16231)."
    )
    yield "Made with passk_lab. The page holds all its numbers, and asks nothing of any network."


def _at(curve: Curve, k: int) -> str:
    return f"{_with(curve.at(k))} %"


def _with(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None or math.isnan(estimate.low):
        return per_cent(estimate.estimate)
    return f"{per_cent(estimate.estimate)} [{per_cent(estimate.low)}, {per_cent(estimate.high)}]"


def _points(estimate: Estimate) -> str:
    low, high = (signed(end or 0.0) for end in (estimate.low, estimate.high))
    return f"{signed(estimate.estimate)} [{low}, {high}]"

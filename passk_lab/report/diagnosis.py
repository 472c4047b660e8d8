"""A diagnosis: all that is said of one evaluation, of its checkpoints, and of it beside a base, as numbers."""

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from passk_lab import arguments
from passk_lab.arguments import Doubt
from passk_lab.objectives import Objective
from passk_lab.objectives.registry import resolve
from passk_lab.readers.evaluation import Evaluation, Notice
from passk_lab.report import verdicts
from passk_lab.report import warnings as notices
from passk_lab.report.enough import enough, for_crossing
from passk_lab.report.errors import rate_of
from passk_lab.report.pair import Matching, Pair, match, pair
from passk_lab.report.profile import Profile, profile
from passk_lab.report.trend import Trend, trend
from passk_lab.report.verdicts import Verdict

OBJECTIVES = ("pass@1", "grpo", "pass@k-loo-1", "maxrl")
"""Whose weight over the problems is shown where none were named."""
_GROUP = 8
"""Samples of a group where the training's number was not given."""


@dataclass(frozen=True)
class Diagnosis:
    """What two sets of result files say, with what must be said beside it. It holds numbers and words, no pictures."""

    model: Profile
    """The evaluation that was asked about; of several checkpoints, the last."""
    base: Profile | None
    """What it is read against, if anything."""
    matching: Matching | None
    """Which problems the two share; None without a base."""
    pair: Pair | None
    """Both on their common problems; None without a base, or with fewer than two in common (then a verdict says so)."""
    trend: Trend | None
    """Over the checkpoints, where there are several."""
    checkpoints: tuple[Evaluation, ...]
    """All that were read, in their order; one where the files are no checkpoints."""
    verdicts: tuple[Verdict, ...]
    """In the order in which they are to be read; never empty where there is a base."""
    notices: tuple[Notice, ...]
    """All warnings, of the readers and of the comparison; those about the base begin with "base: "."""
    level: float
    """Of every interval."""
    training_n: int
    """Samples of a group in training, as silence and weights take it."""
    training_n_was_given: bool
    """Or whether it was assumed."""
    name: str
    """What the model is called here, and the base: by its run, its settings, or its file."""
    base_name: str


def diagnose(
    evaluation: Evaluation | Sequence[Evaluation],
    base: Evaluation | Sequence[Evaluation] | None = None,
    *,
    ks: Any = None,
    level: float = 0.95,
    training_n: int | None = None,
    objectives: Iterable[str | Objective] = OBJECTIVES,
    groups: Mapping[str, Any] | Sequence[Any] | None = None,
    false_positive: float | None = None,
    audit: tuple[int, int] | None = None,
    seed: int = 0,
) -> Diagnosis:
    """Say all that the samples of a model say, by themselves and beside those of a base.

    Problems of the two are matched by id, never by position. Curves are compared up to the largest k that every common
    problem allows; nothing is padded, and nothing is said beyond it.

    Parameters
    ----------
    evaluation : Evaluation, or several as `readers.read` returns them
        Of the model; several are checkpoints, and the last is compared.
    base : Evaluation or None
        What it is compared with.
    ks : array_like of int, or None
        The k that are shown, and over which the band holds. None shows some twenty, and compares at every k.
    level : float in (0, 1)
    training_n : int or None
        Samples of a group in training; None takes 8, or n where that is less.
    objectives : names or Objective
        Whose weight over these problems is wanted.
    groups : mapping from problem to label, or a label for each problem of the model, or None
        Problems under one label were drawn together.
    false_positive : float in [0, 1) or None
        Rate at which the verifier accepts wrong samples, where it is known.
    audit : (wrong samples read, accepted ones among them) or None
        Where the rate comes from reading.
    seed : int
        Of the draws that make the band.

    Returns
    -------
    Diagnosis

    Raises
    ------
    ValueError
        For a k beyond the samples (beyond them only a prediction exists), a problem without a group, a base of several
        checkpoints.

    Examples
    --------
    >>> import json, pathlib, tempfile
    >>> from passk_lab import readers, report
    >>> marks = {"a": [True, False, False, False], "b": [True, True, True, False]}
    >>> rows = [{"task_id": name, "passed": mark, "completion": ""} for name in marks for mark in marks[name]]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = pathlib.Path(folder, "x_results.jsonl")
    ...     _ = file.write_text("\\n".join(map(json.dumps, rows)))
    ...     found = report.diagnose(readers.read(file))
    >>> found.model.pass_at.estimate.round(3).tolist()
    [0.5, 0.75, 0.875, 1.0]
    """
    checkpoints = _several("evaluation", evaluation)
    model = checkpoints[-1]
    other = None if base is None else _one(_several("base", base))
    level = arguments.level(level)
    if training_n is not None:
        training_n = arguments.one_whole("training_n", training_n)
    rate = rate_of(false_positive, audit, level)
    chosen = [resolve(objective) for objective in objectives]
    everyone = [*checkpoints, *([other] if other else [])]
    labels = _labels(groups, checkpoints, everyone)
    with warnings.catch_warnings():
        # What a function doubts about its counts stands among the notices, in words about these files.
        warnings.simplefilter("ignore", Doubt)
        least = min(int(one.n.min()) for one in everyone)
        group = training_n or min(_GROUP, least)
        mine = profile(model, _within(ks, model), level, group, chosen, labels, rate)
        others = None if other is None else profile(other, _within(ks, other), level, group, chosen, labels, rate)
        over = trend(checkpoints, group, level, labels) if len(checkpoints) > 1 else None
        matching = None if other is None else match(model, other)
        both = None
        if other is not None and matching is not None and len(matching.problems) > 1:
            both = pair(model, other, ks, level, labels, seed)
        decided = [*_of_pair(both, level, planned=labels is None)] if both is not None else []
    said = [*notices.of_profile(mine, training_n)]
    if others is not None:
        said += notices.of_base(notices.of_profile(others, training_n))
    if matching is not None:
        said += notices.of_matching(matching)
    if both is not None and other is not None:
        said += notices.of_pair(both, model, other)
    if over is not None:
        said += notices.of_trend(over, checkpoints)
    found: list[Verdict] = []
    if matching is not None and both is None:
        found.append(verdicts.without_common(len(matching.problems)))
    found += decided
    if over is not None:
        found += verdicts.of_trend(over)
    name, base_name = _names(model, other)
    return Diagnosis(
        model=mine,
        base=others,
        matching=matching,
        pair=both,
        trend=over,
        checkpoints=checkpoints,
        verdicts=tuple(found),
        notices=tuple(said),
        level=level,
        training_n=group,
        training_n_was_given=training_n is not None,
        name=name,
        base_name=base_name,
    )


def _of_pair(both: Pair, level: float, planned: bool) -> Iterator[Verdict]:
    """The verdicts on two models, with what more it would take where problems stand by themselves."""
    counts = both.n, both.c, both.n_base, both.c_base
    if not planned:
        return verdicts.of_comparison(both.comparison)
    return verdicts.of_comparison(
        both.comparison,
        lambda k: enough(*counts, k, *both.band_at(k), level),
        lambda: for_crossing(*counts, both.last, level),
    )


def _several(name: str, given: Any) -> tuple[Evaluation, ...]:
    wanted = "an Evaluation, or several, as from readers.read"
    found = (
        (given,) if isinstance(given, Evaluation) else tuple(arguments.as_one_of(name, given, (list, tuple), wanted))
    )
    if not found:
        raise ValueError(f"{name} is empty: pass what readers.read returned.")
    for one in found:
        arguments.as_one_of(name, one, Evaluation, wanted)
    return found


def _one(base: tuple[Evaluation, ...]) -> Evaluation:
    if len(base) > 1:
        steps = ", ".join(str(one.step) for one in base[:5]) + (", ..." if len(base) > 5 else "")
        raise ValueError(
            f"the base holds {len(base)} checkpoints (steps {steps}), and a model is compared with one: name the "
            "files of that step."
        )
    return base[0]


def _labels(groups: Any, checkpoints: tuple[Evaluation, ...], everyone: list[Evaluation]) -> dict[str, Any] | None:
    if groups is None:
        return None
    if isinstance(groups, Mapping):
        labels = dict(groups)
    else:
        given, problems = list(groups), checkpoints[-1].problems
        if len(given) != len(problems):
            raise ValueError(
                f"groups has {len(given)} labels, but there are {len(problems)} problems: pass one for each, or a "
                "mapping from problem to label."
            )
        labels = dict(zip(problems, given, strict=True))
    without = [problem for one in everyone for problem in one.problems if problem not in labels]
    if without:
        raise ValueError(
            f"{len(set(without))} problems have no group, {arguments.short(without[0])} for one: give each a label, "
            "its own if it belongs to none."
        )
    return labels


def _within(ks: Any, evaluation: Evaluation) -> Any:
    """Return the k that were asked for, if all of them are within the samples."""
    if ks is None:
        return None
    ks = arguments.whole("k", ks, least=1)
    at, k = int(evaluation.n.argmin()), int(ks.max())
    if k > (n := int(evaluation.n[at])):
        raise ValueError(
            f"k = {k} draws need at least {k} samples, but the problem {arguments.short(evaluation.problems[at])} has "
            f"n = {n}. Use k <= {n}; beyond its samples a pass@k can only be predicted."
        )
    return ks


def _names(model: Evaluation, base: Evaluation | None) -> tuple[str, str]:
    mine = _name(model)
    if base is None:
        return mine, ""
    other = _name(base)
    return (mine, other) if mine != other else ("model", "base")


def _name(evaluation: Evaluation) -> str:
    said = evaluation.run or evaluation.settings.get("model") or (evaluation.files[0] if evaluation.files else "")
    return str(said or "model")

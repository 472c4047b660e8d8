"""What `passk-lab diagnose` does: read, diagnose, say it calmly, and write what was asked for."""

import argparse
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from passk_lab import files, readers
from passk_lab.arguments import printable
from passk_lab.readers import Undecided
from passk_lab.report.as_json import to_json
from passk_lab.report.diagnosis import Diagnosis, diagnose
from passk_lab.report.errors import lead_words, rate_words, read_audit, words
from passk_lab.report.estimates import Curve
from passk_lab.report.profile import Profile
from passk_lab.report.trend import Trend
from passk_lab.report.words import per_cent, percent

PAGE = Path("diagnosis.html")
"""Where the page goes if nobody says what is to be written."""
_WIDTH = 110
"""Signs of a line."""
_SHOWN = 8
"""Values of k in the summary."""


def diagnose_command(options: argparse.Namespace) -> int:
    """Run the command; what is wrong with the files or the options is raised as a ValueError in a sentence."""
    out = options.out
    if out is None and options.json is None and options.figures is None:
        out = PAGE
    for path in (options.json, out):
        if path is not None:
            _check_place(path, [*options.files, *(options.base or [])])
    choices = _choices(options, "")
    of_base = {name: value for name, value in _choices(options, "base_").items() if value is not None}
    model = readers.read(options.files, **choices)
    base = None
    if options.base:
        try:
            base = readers.read(options.base, **{**choices, "run": None, **of_base})
        except Undecided as error:
            raise _about_the_base(error) from None
    found = diagnose(
        model,
        base,
        ks=_ks(options.k),
        level=options.level,
        training_n=options.training_n,
        false_positive=options.false_positive,
        audit=None if options.audit is None else _audit(options.audit),
    )
    print("\n".join(_wrapped(printable(line)) for line in summary(found)))
    if options.json is not None:
        files.put(options.json, json.dumps(to_json(found), allow_nan=False, indent=1) + "\n")
        print(f"\nWritten: {options.json}")
    if out is not None:
        from passk_lab.report import page  # numbers alone need none of what draws

        page.write_page(found, out)
        print(f"\nWritten: {out}")
    if options.figures is not None:
        from passk_lab.report import page

        page.write_figures(found, options.figures)
        print(f"\nWritten: {options.figures}")
    return 0


def summary(diagnosis: Diagnosis) -> Iterator[str]:
    """Say a diagnosis in some thirty lines of text."""
    yield from _of_profile("Model", diagnosis.name, diagnosis.model)
    if diagnosis.base is not None:
        yield from _of_profile("Base", diagnosis.base_name, diagnosis.base)
    if diagnosis.pair is not None:
        pair = diagnosis.pair
        yield f"On the {pair.n.size} common problems, {100 * diagnosis.level:g} % intervals for each k by itself:"
        yield from _table({"model": pair.curve, "base": pair.curve_base})
    else:
        yield f"{100 * diagnosis.level:g} % intervals for each k by itself, about {diagnosis.model.pass_at.about}:"
        yield from _table({"model": diagnosis.model.pass_at})
    group = diagnosis.model.silence
    least = min(int(one.evaluation.n.min()) for one in (diagnosis.model, diagnosis.base) if one is not None)
    why = "all that the shortest problem has" if group.n == least else "a size assumed here"
    size = "as in training" if diagnosis.training_n_was_given else f"{why}; --training-n N takes that of your training"
    yield (
        f"Groups of {group.n} samples ({size}): {percent(group.all_wrong.estimate)} all wrong, "
        f"{percent(group.all_right.estimate)} all right."
    )
    yield f"All of k samples right (pass^k of the model): {_values(diagnosis.model.pass_hat)}."
    if diagnosis.model.voting is not None:
        voting = diagnosis.model.voting
        yield f"The most frequent of k answers right: {_values(voting.majority)}."
        last = voting.distinct.at(int(voting.distinct.ks[-1])).estimate
        yield f"Different answers among {voting.distinct.ks[-1]} samples: {last:.2f}."
    if diagnosis.trend is not None:
        yield ""
        yield from _of_trend(diagnosis.trend)
    if diagnosis.pair is not None:
        solved, problems = diagnosis.pair.solved, diagnosis.pair.n.size
        yield (
            f"At equal numbers of samples {problems * solved.gained.estimate:.1f} problems were observed solved by the "
            f"model alone, and {problems * solved.lost.estimate:.1f} by the base alone (expected over the draw)."
        )
    if diagnosis.verdicts:
        yield ""
        yield "What the samples say"
        yield from (f"  {verdict.text}" for verdict in diagnosis.verdicts)
    yield ""
    if diagnosis.notices:
        yield "To know beside it"
        yield from (f"  {notice.text} [{notice.code}]" for notice in diagnosis.notices)
    else:
        yield "No warning."
    yield ""
    yield from _of_errors(diagnosis)


def _of_errors(diagnosis: Diagnosis) -> Iterator[str]:
    yield "If the verifier errs"
    for lead in diagnosis.pair.leads if diagnosis.pair is not None else ():
        yield f"  {lead_words(lead)}"
    for who, profile in (("", diagnosis.model), ("base: ", diagnosis.base)):
        if profile is not None:
            problems = len(profile.evaluation.problems)
            for sentence in words(profile.errors, problems, profile.last, diagnosis.level):
                yield f"  {who}{sentence}"
    mine = diagnosis.model.errors
    yield from (f"  {sentence}" for sentence in rate_words(mine, diagnosis.model.last))
    if mine.rate is None:
        yield "  Its rate, if you know it, goes into --false-positive or --audit."
    elif mine.corrected is not None:
        yield f"  pass@k put right for errors drawn anew with each sample at a rate of {mine.rate.value:.3g}:"
        arms = {"model": mine.corrected}
        if diagnosis.base is not None and diagnosis.base.errors.corrected is not None:
            arms["base"] = diagnosis.base.errors.corrected
        yield from _table(arms)


def _of_profile(who: str, name: str, profile: Profile) -> Iterator[str]:
    one = profile.evaluation
    step = f", step {one.step}" if one.step is not None else ""
    yield f"{who}: {name}{step} (format {one.format}, {_count(len(one.files), 'file')})"
    yield f"  a problem is  {one.problem_is}"
    yield f"  a sample is   {one.sample_is}"
    yield f"  right is      {one.correct_is}"
    least, most = int(one.n.min()), int(one.n.max())
    each = f"{least} samples of each" if least == most else f"{least} to {most} samples of each"
    yield f"  {_count(len(one.problems), 'problem')}, {each}; {one.c.sum():,} of {one.n.sum():,} samples right"
    for left in one.left_out:
        yield f"  left out: {_count(left.rows, 'row')}, {left.why}"
    for why, number in one.files_passed_over.items():
        yield f"  passed over: {number} ({why})"
    for score in one.scores:
        yield (
            f"  {score.file} states {score.name} = {score.stated:.4g}; from the samples {score.recomputed:.4g} "
            f"({score.rule})"
        )
    for other, c in one.other_verdicts.items():
        yield f"  by {other} instead: {c.sum():,} of {one.n.sum():,} samples right (--verdict {other})"
    yield ""


def _table(curves: dict[str, Curve]) -> Iterator[str]:
    every = [set(curve.ks.tolist()) for curve in curves.values()]
    shown = _some(sorted(set.intersection(*every)))
    yield "  " + "k".ljust(6) + "".join(f"{k:>22,}" for k in shown[:4])
    for begin in range(0, len(shown), 4):
        part = shown[begin : begin + 4]
        if begin:
            yield "  " + "k".ljust(6) + "".join(f"{k:>22,}" for k in part)
        for name, curve in curves.items():
            cells = []
            for k in part:
                at = curve.at(k)
                cells.append(f"{percent(at.estimate)} [{per_cent(at.low or 0)}, {per_cent(at.high or 0)}]")
            yield "  " + name.ljust(6) + "".join(f"{cell:>22}" for cell in cells)
    yield ""


def _some(ks: list[int]) -> list[int]:
    """Powers of two and the last, at most eight."""
    powers = [k for k in ks if k & (k - 1) == 0 or k == ks[-1]]
    if len(powers) < 3:
        powers = ks
    if len(powers) <= _SHOWN:
        return powers
    step = (len(powers) - 1) / (_SHOWN - 1)
    return [powers[round(i * step)] for i in range(_SHOWN)]


def _of_trend(trend: Trend) -> Iterator[str]:
    yield f"Over {len(trend.steps)} checkpoints (groups of {trend.steps[0].silence.n}):"
    yield f"  {'step':>8}{'all wrong':>12}{'all right':>12}{'pass@1':>12}{f'pass@{trend.last}':>12}"
    for i in sorted({round(j * (len(trend.steps) - 1) / 9) for j in range(10)}):
        step = trend.steps[i]
        name = str(i if step.step is None else step.step)
        parts = (step.silence.all_wrong, step.silence.all_right, step.pass_at_1, step.pass_at_last)
        yield f"  {name:>8}" + "".join(f"{percent(part.estimate):>12}" for part in parts)
    yield from (f"  {one.text}" for one in trend.alarms)


def _about_the_base(error: Undecided) -> Undecided:
    said = str(error).partition("\n")[0]
    return Undecided(f"of the base: {said}", f"base-{error.option}", error.choices)


def _choices(options: argparse.Namespace, of: str) -> dict[str, Any]:
    """What was decided beforehand about the files of the model (of = "") or of the base ("base_")."""
    given = {
        name: getattr(options, f"{of}{name}") for name in ("verdict", "filter", "threshold", "columns", "format", "run")
    }
    return {**given, "threshold": _threshold(given["threshold"]), "columns": _columns(given["columns"])}


def _check_place(path: Path, read: list[Path]) -> None:
    """Refuse to write over what was read, or over what is not the lab's."""
    if any(path.exists() and one.exists() and path.samefile(one) for one in read):
        raise ValueError(f"{path} is one of the files that are read: name another place.")
    if files.is_there(path) and not files.is_plain(path):
        raise ValueError(f"{path} is there already, and is no plain file: name another place.")
    if files.is_plain(path):
        with open(path, "rb") as stream:
            if b"passk_lab" not in stream.read(4096):
                raise ValueError(f"{path} is there already, and the lab did not write it: name another place.")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {path.parent} to write {path.name} in.")


def _audit(text: str) -> tuple[int, int]:
    """An audit as X/M, or from a file."""
    accepted, slash, read = text.partition("/")
    if slash and accepted.isdecimal() and read.isdecimal():
        if not 0 < int(read) >= int(accepted):
            raise ValueError(
                f"--audit {text}: of M wrong samples read X were accepted, so X is at most M, and M above 0."
            )
        return int(read), int(accepted)
    return read_audit(Path(text))


def _columns(text: str | None) -> dict[str, str] | None:
    if text is None:
        return None
    pairs = [part.partition("=") for part in text.split(",")]
    if not all(name.strip() and column.strip() for name, _, column in pairs):
        raise ValueError(f"--columns is written as problem=NAME,correct=NAME, but got {text!r}.")
    return {name.strip(): column.strip() for name, _, column in pairs}


def _threshold(text: str | None) -> float | str | None:
    if text is None or text == "tool":
        return text
    try:
        return float(text)
    except ValueError:
        raise ValueError(f"--threshold is a number or the word tool, but got {text!r}.") from None


def _ks(text: str | None) -> list[int] | None:
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(",")]
    except ValueError:
        raise ValueError(f"--k is one whole number or several with commas, as in 1,8,64, but got {text!r}.") from None


def _wrapped(line: str) -> str:
    """A line no wider than a page, what is carried over set in; tables are narrower."""
    if len(line) <= _WIDTH:
        return line
    begin = " " * (len(line) - len(line.lstrip()))
    held = line.strip().replace(" %", "\N{NO-BREAK SPACE}%")
    filled = textwrap.fill(held, _WIDTH, initial_indent=begin, subsequent_indent=begin + "  ")
    return filled.replace("\N{NO-BREAK SPACE}", " ")


def _values(curve: Curve) -> str:
    ks = curve.ks.tolist()
    return ", ".join(f"{percent(curve.at(k).estimate)} at k = {k}" for k in (ks if len(ks) <= 4 else _some(ks)))


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"

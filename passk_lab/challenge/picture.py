"""Entries on the frontier of the recorded runs: what pass@1 costs each of them in pass@k."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats
from passk_lab.challenge.entry import KS, PROGRESS, Entry
from passk_lab.challenge.training import kept_apart
from passk_lab.explorers.description import (
    Axis,
    Choice,
    Description,
    Dots,
    Line,
    Panel,
    Point,
    Readout,
    Rule,
    Slider,
    percent,
)
from passk_lab.explorers.expression import Number, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.lm import recorded
from passk_lab.lm.compare import at_equal_progress
from passk_lab.lm.compare import frontier as not_beaten

_LOST = 0.2
"""Evaluations with less pass@1 would flatten the picture."""
_ABSENT = "unknown (it never came that far)"


def frontier(*entries: Entry) -> Explorer:
    """Show entries among the recorded runs, each evaluation a point: pass@k against pass@1, on numbers kept apart."""
    if not entries:
        raise ValueError("there is nothing to show: name an entry, as challenge.enter(...) gives it.")
    for entry in entries:
        arguments.as_one_of("an entry", entry, Entry, "an entry, as challenge.enter(...) gives it")
    return Explorer(describe(entries))


def describe(entries: Sequence[Entry]) -> Description:
    """Describe it, as data."""
    if not entries:
        raise ValueError("there is no entry to show: pass what challenge.enter returned.")
    weight, _ = kept_apart()
    names = _names(entries)
    curves = [_mean(entry, weight) for entry in entries]
    longest = max(map(len, curves))
    paths = np.full((len(entries), longest, len(KS)), np.nan)
    kept = np.full((len(entries), len(KS)), np.nan)
    for i, curve in enumerate(curves):
        paths[i, : len(curve)] = curve
        kept[i] = at_equal_progress(curve[:, 0], curve, PROGRESS)[0]
    points = _recorded()
    best = np.full(points.shape, np.nan)
    for at in range(1, len(KS)):
        order = points[not_beaten(points[:, [0, at]])]
        best[: len(order), at] = order[order[:, 0].argsort(), at]
    firsts = np.full(points.shape, np.nan)
    for at in range(1, len(KS)):
        order = points[not_beaten(points[:, [0, at]])]
        firsts[: len(order), at] = np.sort(order[:, 0])
    shown = np.where(paths[..., :1] < _LOST, np.nan, paths)
    return Description(
        name="challenge-frontier",
        title="Entries among the recorded runs: what pass@1 costs in pass@k",
        summary="Evaluations of the recorded methods as points, pass@1 against pass@k on numbers kept apart, the best "
        "of them joined; and the path of an entry, mean of its seeds.",
        controls=[Choice("entry", "entry", names, names[0]), Slider("k", "draws k", list(KS[1:]), KS[-1])],
        axes={"entry": names, "k": list(KS), "step": list(range(longest)), "point": list(range(len(points)))},
        tables={
            "one": Table(("entry", "step"), shown[..., 0]),
            "many": Table(("entry", "step", "k"), shown),
            "kept": Table(("entry", "k"), kept),
            "all one": Table(("point",), points[:, 0]),
            "all many": Table(("point", "k"), points),
            "best one": Table(("point", "k"), firsts),
            "best many": Table(("point", "k"), best),
        },
        panels=[
            Panel(
                "pass@{k} against pass@1, a point for each evaluation",
                Axis("pass@1 (mean)", 0.2, 0.7),
                Axis("pass@k (mean)", tight=True),
                [
                    Dots(role="guide", x=Value("all one", along="point"), y=Value("all many", along="point")),
                    Line(role="plug-in", label="best recorded", x=Value("best one", along="point"),
                         y=Value("best many", along="point"), label_at=0.7),
                    Line(role="pass@k", label="{entry}", x=Value("one", along="step"), y=Value("many", along="step"),
                         label_at=0.5),
                    Dots(role="pass@k", x=Value("one", along="step"), y=Value("many", along="step")),
                    Rule(role="guide", x=Number(PROGRESS)),
                    Point(role="pass@k", label="", x=Number(PROGRESS), y=Value("kept")),
                ],
                name="Frontier",
            ),
        ],
        readouts=[
            percent("kept", Value("kept"), absent=_ABSENT),
            Readout("at", Number(PROGRESS), scale=100, form="{} %"),
        ],
        sentences=["Where its pass@1 first is {at}, {entry} has pass@{k} {kept}."],
        texts=[],
        presets=[],
        source="lm.recorded, all rates, means of three seeds; entries at the same budget, at one rate. Evaluations "
        "below pass@1 = .2 are left out.",
    )  # fmt: skip


def _names(entries: Sequence[Entry]) -> list[str]:
    """Names that can be told from each other, without what a text of a picture would read as its own."""
    plain = ["".join(sign for sign in entry.name if sign.isprintable() and sign not in "{}")[:24] for entry in entries]
    return [f"{i}. {name}" if len(entries) > 1 else name or "entry" for i, name in enumerate(plain, start=1)]


def _mean(entry: Entry, weight: Floats) -> Floats:
    curves = [run.curve(weight) for run in entry.runs]
    shortest = min(map(len, curves))
    mean: Floats = np.mean([curve[:shortest] for curve in curves], axis=0)
    return mean


def _recorded() -> Floats:
    """Pass@k of every evaluation of the recorded methods that begin alike, mean of seeds, (points, len(KS))."""
    curves = recorded.curves()
    own = curves[(curves.split == "unseen") & curves.part.isin(["objectives", "exploring"]) & curves.k.isin(KS)]
    table = own.pivot_table(index=["method", "rate", "step"], columns="k", values="pass_at_k")[list(KS)].to_numpy()
    points: Floats = table[table[:, 0] >= _LOST]
    return points

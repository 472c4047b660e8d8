"""Explorer: how many of 8 samples are right, visit by visit, in one real run."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import data
from passk_lab.explorers.description import (
    Axis,
    Description,
    Line,
    Panel,
    Preset,
    Readout,
    Rule,
    Slider,
    Stems,
    answer,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.live import Explorer


def visits(**state: Any) -> Explorer:
    """Explore how many of 8 samples are right, visit by visit, for 1,209 training problems of one real run.

    Controls: the `visit`. Data: `data.load("oneshot-rlvr")`.

    >>> visits(visit=0).words.split(". ")[0]
    'Visit 0: of 1209 problems 36.3 % are all wrong, 7.61 % all right'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    table = data.load("oneshot-rlvr")
    counts = table[[column for column in table.columns if column.startswith("e")]].to_numpy(dtype=np.float64)
    complete = (~np.isnan(counts)).sum(axis=0) >= 1000  # later visits reach a few problems only
    counts = counts[:, complete]
    last = counts.shape[1]
    share = np.array([[(counts[:, v] == c).sum() for c in range(9)] for v in range(last)], dtype=np.float64)
    problems = share.sum(axis=1)
    share /= problems[:, None]
    x, c = Coordinate("visit"), Coordinate("c")
    return Description(
        name="visits",
        title="Visit by visit groups fall silent at the solved end, and the unsolved end empties slowly",
        summary="How many of 8 samples are right over 1,209 training problems at one visit, and the shares of "
        "all-wrong, all-right and mixed groups over all visits.",
        controls=[Slider("visit", "visit", list(range(last)), 0, play=True)],
        axes={"visit": list(range(last)), "c": list(range(9))},
        tables={
            "share": Table(("visit", "c"), share),
            "problems": Table(("visit",), problems),
            "p": Table(("visit",), share @ np.arange(9) / 8),
        },
        panels=[
            Panel(
                "right samples of 8 at visit {visit}",
                Axis("right samples c", -0.5, 8.5),
                Axis("share of problems", 0, 0.8),
                [Stems(role="pass@k", x=c, y=Value("share", along="c"))],
                name="Counts",
            ),
            Panel(
                "silent and mixed ones over the visits",
                Axis("visit", 0, last - 1),
                Axis("share of problems", 0, 1),
                [
                    *answer(
                        Line(role="correct", label="all right", x=x, y=Value("share", along="visit", c=8),
                             label_at=0.7),
                        Line(role="wrong", label="all wrong", x=x, y=Value("share", along="visit", c=0), label_at=0.3),
                        Line(
                            role="exact", label="mixed", x=x, label_at=0.85,
                            y=Number(1) - Value("share", along="visit", c=8) - Value("share", along="visit", c=0),
                        ),
                    ),
                    Rule(role="guide", x=ControlValue("visit"), drag="visit"),
                ],
                name="Groups",
            ),
        ],
        readouts=[
            Readout("problems", Value("problems")),
            percent("wrong", Value("share", c=0)),
            percent("right", Value("share", c=8)),
            percent("mixed", Number(1) - Value("share", c=8) - Value("share", c=0)),
            percent("p", Value("p")),
        ],
        sentences=[
            "Visit {visit}: of {problems} problems {wrong} are all wrong, {right} all right. {mixed} are mixed and can "
            "teach a rule that compares; {p} of all samples are right."
        ],
        presets=[
            Preset("the start", {"visit": 0}, "More than half of the groups are mixed, a third are all wrong."),
            Preset("the end", {"visit": last - 1}, "A quarter is all right; most of the all-wrong third remains."),
        ],
        vote="As training goes on, of which groups are there more: all right ones, or all wrong ones? How many are "
        "mixed at the last visit?",
        source="data.load('oneshot-rlvr'): Wang et al., arXiv 2504.20571 (Apache-2.0). One run.",
    )  # fmt: skip

"""Explorer: the pass@k curves of real models, two at a time, with bands, crossover and level."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from passk_lab import arguments, data
from passk_lab.explorers.description import (
    Axis,
    Band,
    Choice,
    Control,
    Description,
    Dots,
    Line,
    Mark,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Toggle,
    answer,
    draws_axis,
    percent,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Number, Table, Value
from passk_lab.explorers.grids import draws_up_to
from passk_lab.explorers.live import Explorer
from passk_lab.metrics import pass_at_k
from passk_lab.metrics._units import one_each
from passk_lab.metrics.bounded_mean import freedom, padded_t, residuals
from passk_lab.metrics.comparison import critical_bound, length
from passk_lab.metrics.comparison import crossing as read_crossing

ALL = "all levels"
LEVEL = 0.95

PAIRS = {
    "math500": ("Qwen2.5-7B", "SimpleRL-Zoo"),
    "evalperf": ("google/gemma-2-9b-it", "meta-llama/Llama-3.1-8B-Instruct"),
    "pythia-math": ("Pythia 160M", "Pythia 12B"),
}
"""Data sets with more than one model, and the pair each opens with."""
VARIANTS = tuple(PAIRS)
"""Each is an explorer of its own in state strings, as in "real-curves-math500"."""


def real_curves(name: str = "math500", drawn: Mapping[int, float] | None = None, **state: Any) -> Explorer:
    """Explore the pass@k curves of two real models on the same problems.

    Controls: models `a` and `b`, draws `k`, `bands`, and `level` where the data set states one.

    Parameters
    ----------
    name : str
        A bundled data set with counts per problem: "math500", "evalperf" or "pythia-math".
    drawn : mapping or None
        A curve you drew before, {k: pass@k}, as `course.drawn` returns it: it is shown beside the real ones.
    **state
        Where the controls start, as in `real_curves(k=15)`.

    >>> real_curves(k=15).words.split(". ")[1]
    'In these samples the model that starts lower gets ahead at k = 15; the order turns between k = 7 and k = 34 (95 %)'
    """
    arguments.known("data set with several models", name, list(PAIRS))
    return Explorer(describe(name, () if drawn is None else _points(drawn)), **state)


def _points(drawn: Mapping[int, float]) -> tuple[tuple[int, float], ...]:
    wanted = "a curve, as in {1: 0.6, 128: 0.95}"
    drawn = arguments.as_one_of("drawn", drawn, Mapping, wanted)
    points = [
        (arguments.one_whole("a k of drawn", k), arguments.one_number("a height of drawn", height, 0, 1))
        for k, height in drawn.items()
    ]
    if not points:
        raise ValueError(f"drawn holds no point; give {wanted}, or leave it out.")
    return tuple(sorted(points))


@lru_cache(maxsize=8)
def describe(name: str = "math500", drawn: tuple[tuple[int, float], ...] = ()) -> Description:
    """Describe it, as data."""
    found = data.problems(arguments.known("data set with several models", name, list(PAIRS)))
    few = len(found.models) <= 2
    longest = int(found.n.max())
    # Every k up to 128 for two models; where every pair needs its band, or n is huge, some 20 to 80 of them.
    ks = np.arange(1, longest + 1) if few and longest <= 128 else np.array(draws_up_to(longest))
    if len(found.models) > 8:
        ks = np.unique([*range(1, 9), *np.geomspace(8, longest, 18).round().astype(int)])
    levels = [ALL] if found.levels is None else [ALL, *(f"level {v}" for v in np.unique(found.levels))]
    chosen = [np.full(found.c.shape[1], True)]
    chosen += [np.asarray(found.levels == int(level.split()[1])) for level in levels[1:]]
    parts = [_one_level(found, rows, ks) for rows in chosen]
    dims = {
        "curve": ("level", "model", "k"), "low": ("level", "model", "k"), "high": ("level", "model", "k"),
        "difference low": ("level", "a", "b", "k"), "difference high": ("level", "a", "b", "k"),
        "crossing": ("level", "a", "b"), "crossing low": ("level", "a", "b"), "crossing high": ("level", "a", "b"),
        "only": ("level", "a", "b"), "both": ("level", "a", "b"),
        "neither": ("level", "a", "b"), "problems": ("level",),
    }  # fmt: skip
    tables = {key: Table(dims[key], np.stack([part[key] for part in parts])) for key in dims}
    models = list(found.models)
    fixed = {} if found.levels is not None else {"level": ALL}

    def value(table: str, along: str = "", **at: Any) -> Value:
        return Value(table, along, **fixed, **at)

    x, k = Coordinate("k"), ControlValue("k")
    curve_a, curve_b = value("curve", "k", model="a"), value("curve", "k", model="b")
    here_a, here_b = value("curve", model="a"), value("curve", model="b")
    controls: list[Control] = [
        Slider("k", "draws k", ks.tolist(), 1, play=True),
        Choice("a", "model a", models, PAIRS[name][0]),
        Choice("b", "model b", models, PAIRS[name][1]),
    ]
    if found.levels is not None:
        controls.append(Choice("level", "difficulty", levels, ALL))
    controls.append(Toggle("bands", f"{LEVEL:.0%} bands over problems"))
    axes = {"level": levels, "model": models, "a": models, "b": models, "k": ks.tolist()}
    yours: list[Mark] = []
    if drawn:
        axes["drawn k"] = [float(k) for k, _ in drawn]
        # It is a curve over all problems: beside those of one level there is nothing to compare it with.
        shares = np.full((len(levels), len(drawn)), np.nan)
        shares[0] = [share for _, share in drawn]
        tables["drawn"] = Table(("level", "drawn k"), shares)
        at, height = Coordinate("drawn k"), value("drawn", "drawn k")
        yours = [
            Line(role="exact", label="you drew", x=at, y=height, label_at=0.45),
            Dots(role="exact", x=at, y=height),
        ]
    return Description(
        name=f"real-curves-{name}",
        title="Who is ahead can depend on how many samples you may draw",
        summary="pass@k over the draws k for two models on the same problems, and the difference between them.",
        controls=controls,
        axes=axes,
        tables=tables,
        panels=[
            Panel(
                "pass@k of both models",
                draws_axis(longest),
                Axis("problems solved in k draws (mean)", tight=True),
                [
                    Band(
                        role="before",
                        show="bands",
                        x=x,
                        low=value("low", "k", model="a"),
                        high=value("high", "k", model="a"),
                    ),
                    *answer(
                        Band(
                            role="pass@k",
                            show="bands",
                            x=x,
                            low=value("low", "k", model="b"),
                            high=value("high", "k", model="b"),
                        ),
                    ),
                    *yours,
                    *answer(Rule(role="guide", label="crossing", x=value("crossing"))),
                    Rule(role="exact", x=k, drag="k"),
                    Line(role="before", label="{a}", x=x, y=curve_a, label_at=0.88),
                    *answer(Line(role="pass@k", label="{b}", x=x, y=curve_b, label_at=0.12)),
                    Point(role="before", x=k, y=here_a),
                    *answer(Point(role="pass@k", x=k, y=here_b, drag="k")),
                ],
                name="Curves",
            ),
            Panel(
                "problem by problem; above zero {b} is ahead",
                draws_axis(longest),
                Axis("difference in pass@k"),
                [
                    *answer(
                        Band(
                            role="gap",
                            show="bands",
                            x=x,
                            low=value("difference low", "k"),
                            high=value("difference high", "k"),
                        ),
                    ),
                    Rule(role="guide", y=Number(0)),
                    Rule(role="exact", x=k, drag="k"),
                    *answer(
                        Line(role="gap", label="{b} minus {a}", x=x, y=curve_b - curve_a, label_at=0.3),
                        Point(role="gap", x=k, y=here_b - here_a, drag="k"),
                    ),
                ],
                name="Difference",
            ),
        ],
        readouts=[
            percent("pass_a", here_a, absent="not sampled often enough"),
            Readout("pass_b", here_b, scale=100, form="{} %", absent="not sampled often enough"),
            Readout("difference", here_b - here_a, scale=100, form="{} points", absent="unknown"),
            Readout("low", value("difference low"), scale=100, absent="unknown"),
            Readout("high", value("difference high"), scale=100, absent="unknown"),
            Readout("crossing", value("crossing"), form="at k = {}", absent=f"nowhere up to k = {longest}"),
            Readout(
                "crossing_low",
                value("crossing low"),
                form="the order turns between k = {}",
                absent="a crossing beyond chance is not shown",
            ),
            Readout(
                "crossing_high",
                value("crossing high"),
                form=" and k = {} (95 %)",
                absent=f" up to k = {longest}, and beyond nothing is visible",
            ),
            Readout("problems", value("problems")),
            Readout("both", value("both")),
            Readout("neither", value("neither")),
            Readout("only_a", value("only")),
            Readout("only_b", value("only", a="b", b="a")),
        ],
        sentences=[
            "k = {k}: {a} {pass_a}, {b} {pass_b}; {b} minus {a} {difference}, 95 % band {low} to {high}. "
            "In these samples the model that starts lower gets ahead {crossing}; {crossing_low}{crossing_high}.",
            "Of {problems} problems, solved at least once: by both {both}, by {a} only {only_a}, by {b} only {only_b}, "
            "by neither {neither}.",
        ],
        presets=_presets(name),
        vote=f"Here is {{a}}. Where does {{b}} run, from k = 1 to k = {longest}?",
        source=f"Data: {found.cite}. Licence: {found.licence}. "
        "Bands: over the choice of problems, for each k by itself (Curves) and for all k at once (Difference).",
    )


def _one_level(found: data.Problems, chosen: np.ndarray, ks: np.ndarray) -> dict[str, np.ndarray]:
    """Every table of one level: curves and bands of each model, differences and crossovers of each pair.

    The intervals are those of `metrics.compare`, but for the critical value: all pairs of all models are wanted at
    once, so it comes from a bound in closed form.
    """
    counts = np.stack([found.n[:, chosen], found.c[:, chosen]], axis=1)  # models, (n, c), problems
    models = len(counts)
    kinds, how_many = np.unique(counts.reshape(2 * models, -1), axis=1, return_counts=True)
    units = one_each(how_many)
    values = [_values(n, c, ks) for n, c in kinds.reshape(models, 2, -1)]  # of each model: k, kinds
    curve, low, high = np.full((3, models, ks.size), np.nan)
    for i, of_model in enumerate(values):
        reached = len(of_model)
        curve[i, :reached] = of_model @ how_many / how_many.sum()
        low[i, :reached], high[i, :reached] = padded_t(of_model, units, LEVEL)
    between = np.full((2, models, models, ks.size), np.nan)
    crossing = np.full((3, models, models), np.nan)
    free = freedom(units, added=False)
    pairs = []
    for a in range(models):
        for b in range(a + 1, models):
            reached = min(len(values[a]), len(values[b]))
            mean, left, factor = residuals(values[b][:reached] - values[a][:reached], units, (-1.0, 1.0))
            pairs.append((a, b, mean, np.sqrt(left**2 @ factor), length(left, factor)))
    critical = critical_bound(np.array([pair[-1] for pair in pairs]), free, LEVEL)
    for (a, b, mean, error, _), q in zip(pairs, critical, strict=True):
        half, reached = q * error, mean.size
        between[:, a, b, :reached] = np.maximum(mean - half, -1.0), np.minimum(mean + half, 1.0)
        between[:, b, a] = -between[::-1, a, b]
        lead = (curve[b] - curve[a])[:reached]
        turn = read_crossing(ks[:reached], lead, mean, error, half, free, LEVEL)
        ends = [np.nan if k is None else k for k in (turn.k, turn.low, turn.high)]
        crossing[:, a, b] = crossing[:, b, a] = ends
    solved = found.c[:, chosen] > 0
    both = (solved[:, None] & solved[None]).sum(-1)
    return {
        "curve": curve, "low": low, "high": high,
        "difference low": between[0], "difference high": between[1],
        "crossing": crossing[0], "crossing low": crossing[1], "crossing high": crossing[2],
        "only": solved.sum(-1)[:, None] - both, "both": both,
        "neither": (~solved[:, None] & ~solved[None]).sum(-1), "problems": np.array(how_many.sum()),
    }  # fmt: skip


def _values(n: np.ndarray, c: np.ndarray, ks: np.ndarray) -> np.ndarray:
    """pass@k for each k that the model was sampled for (rows) and each kind of problem (columns)."""
    return np.asarray(pass_at_k(n, c, ks[ks <= n.min()][:, None]))


def _presets(name: str) -> list[Preset]:
    if name != "math500":
        return []
    return [
        Preset("one draw", {"k": 1, "level": ALL}, "With one draw the RL-trained child is far ahead."),
        Preset(
            "where the order turns",
            {"k": 15, "level": ALL},
            "The curves cross at 15 draws; from 49 on the 95 % band holds no zero: the base model's lead is sure.",
        ),
        Preset(
            "hardest problems", {"k": 128, "level": "level 5"}, "On level 5 the base model gains most from many draws."
        ),
    ]

"""Explorer: what a verifier that errs shows of pass@k, what is true, what is handed in, and what it does to weights."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import objectives
from passk_lab.arguments import Floats
from passk_lab.explorers.description import (
    Axis,
    Band,
    Choice,
    Description,
    Line,
    Panel,
    Point,
    Preset,
    Readout,
    Rule,
    Slider,
    Text,
    answer,
    draws_axis,
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.metrics import (
    chosen_at_k,
    half_truth_p,
    seen_at_k,
    seen_at_k_equal_answers,
    seen_at_k_per_problem,
    success_at_k,
)
from passk_lab.metrics.chances import binomial

NOISES = {
    "each sample": "Wrong samples are accepted by a lot drawn anew for each.",
    "each problem": "Each problem has a rate of its own, from Beta(a, 1 - a), at which wrong samples are accepted.",
    "each answer": "Each of m equally likely wrong answers is accepted for good, or never.",
}
_OBJECTIVES = ["pass@1", "pass@k", "maxrl", "grpo"]
_KS = [2**i for i in range(11)]
_DRAWS = sorted({*_KS, 3, 6, 12, 24, 48})
_ENDLESS = 2**50
_P = [0.0, 0.001, 0.01, 0.05, 0.1, 0.3, 0.7]
_A = [0.0, 0.001, 0.002, 0.01, 0.05, 0.1, 0.3]
_B = [0.0, 0.2, 0.5, 1.0]
_M = [1, 10, 100, 500]
_LOW, _HIGH = 1e-3, 2e3


def imperfect_verifier(**state: Any) -> Explorer:
    """Explore what a verifier that errs shows of pass@k, where an error is drawn, and what training then weighs.

    Controls: `p`, `k`, rates `a` (wrong accepted) and `b` (right rejected), `m` wrong answers, the `noise` and the
    `objective`. Formulas: `metrics.seen_at_k` and its kin, `objectives.under_noise`.

    >>> imperfect_verifier(p=0, k=1024, a=0.001).words.split(",")[1].strip()
    'k = 1024 the verifier sees 0.641'
    """
    return Explorer(describe(), **state)


@cache
def describe() -> Description:
    """Describe it, as data."""
    x_grid = np.unique(np.geomspace(_LOW, 1, 22).round(5))
    chosen = _chosen([*_DRAWS, _ENDLESS])
    pure = [[half_truth_p(a, b) if a or b < 1 else np.nan for b in _B] for a in _A]
    x, k, draws = Coordinate("x"), ControlValue("k"), Coordinate("draws")
    curves, points = np.split(_weights(np.append(x_grid, _P)), [x_grid.size], axis=-1)
    return Description(
        name="imperfect-verifier",
        title="A verifier that errs: many draws find its errors, and best-of-k hands them in",
        summary="What the verifier shows of pass@k beside what is true and what is handed in; three kinds of error "
        "for a model that is never right; and the weight of a prompt with and without errors.",
        controls=[
            Slider("p", "chance p of a right one", _P, 0.01),
            Slider("k", "draws k", _KS, 128, play=True),
            Slider("a", "accepts wrong ones, a", _A, 0.01),
            Slider("b", "rejects right ones, b", _B, 0.0),
            Slider("m", "wrong answers m", _M, 10),
            Choice("noise", "errors belong to", list(NOISES), "each sample"),
            Choice("objective", "objective", _OBJECTIVES, "pass@k"),
        ],
        axes={
            "noise": list(NOISES), "objective": _OBJECTIVES, "p": _P, "k": _KS, "a": _A, "b": _B, "m": _M,
            "draws": _DRAWS, "x": x_grid.tolist(), "end": [0, 1],
        },
        tables={
            "seen": Table(("noise", "m", "p", "a", "b", "draws"), _seen()),
            "chosen": Table(("noise", "m", "p", "a", "b", "draws"), chosen[..., :-1]),
            "ceiling": Table(("noise", "m", "p", "a", "b"), np.where(chosen[..., -1] > 0, chosen[..., -1], np.nan)),
            "true": Table(("p", "draws"), success_at_k(np.array(_P)[:, None], _DRAWS)),
            "curve": Table(("objective", "k", "a", "b", "x"), _drawable(curves)),
            "weight": Table(("objective", "k", "a", "b", "p"), points),
            "point": Table(("objective", "k", "a", "b", "p"), np.where(points >= _LOW, points, np.nan)),
            "half": Table(("a", "b"), pure),
            "shade": Table(("a", "b", "end"), np.stack(np.broadcast_arrays(_LOW, np.maximum(pure, _LOW)), axis=-1)),
            "bottom": Table(("end",), [_LOW, _LOW]),
            "top": Table(("end",), [_HIGH, _HIGH]),
        },
        panels=[
            Panel(
                "more draws find more errors",
                draws_axis(1024),
                Axis("chance at k draws", 0, 1),
                [
                    *answer(
                        Line(role="pass@k", label="seen", x=draws, y=Value("seen", along="draws"), label_at=0.35),
                    ),
                    Line(role="correct", label="true", x=draws, y=Value("true", along="draws"), label_at=0.8),
                    *answer(
                        Line(role="gap", label="handed in", x=draws, y=Value("chosen", along="draws"), label_at=0.55),
                        Rule(role="guide", label="ceiling", y=Value("ceiling")),
                    ),
                    Rule(role="guide", x=k, drag="k"),
                ],
                name="Seen",
            ),
            Panel(
                "at p = 0, all of it false",
                draws_axis(1024),
                Axis("seen of a model never right", 0, 1),
                [
                    *answer(*(
                        Line(role=role, label=noise, x=draws, label_at=at,
                             y=Value("seen", along="draws", noise=noise, p=0.0, b=0.0))
                        for noise, role, at in zip(NOISES, ("pass@k", "before", "gap"), (0.3, 0.75, 0.5), strict=True)
                    )),
                    Rule(role="guide", x=k, drag="k"),
                ],
                name="Luck",
            ),
            Panel(
                "of {objective}; shaded: most accepted err",
                Axis("chance p (log)", _LOW, 1, scale="log"),
                Axis("weight on the gradient of p (log)", _LOW, _HIGH, scale="log"),
                [
                    *answer(
                        Band(role="guide", x=Value("shade", along="end"), low=Value("bottom", along="end"),
                             high=Value("top", along="end"), strength=0.12),
                    ),
                    Line(
                        role="before", label="no errors", x=x, y=Value("curve", along="x", a=0.0, b=0.0), label_at=0.2,
                    ),
                    *answer(
                        Line(role="pass@k", label="with errors", x=x, y=Value("curve", along="x"), label_at=0.35,
                             below=True),
                        Point(role="pass@k", x=ControlValue("p"), y=Value("point"), drag="p"),
                    ),
                ],
                name="Weight",
            ),
        ],
        readouts=[
            Readout("seen", Value("seen", draws="k"), least=1e-30),
            Readout("true", Value("true", draws="k")),
            Readout("chosen", Value("chosen", draws="k"), absent="a chance not worked out here"),
            Readout("ceiling", Value("ceiling"), form=" (never more than {})", absent=""),
            Readout("half", Value("half"), form="p = {}", absent="no p, as nothing is accepted,"),
            Readout("never", Value("seen", draws="k", p=0.0)),
            Readout("weight", Value("weight", a=0.0, b=0.0), least=1e-30, absent="without bound"),
            Readout("noisy", Value("weight"), least=1e-30, absent="without bound"),
        ],
        texts=[Text("kind", "noise", NOISES)],
        sentences=[
            "At p = {p}, k = {k} the verifier sees {seen}, true is {true}, and best-of-k hands in a right answer with "
            "{chosen}{ceiling}. Below {half} most accepted samples are wrong.",
            "{kind} Of a model that is never right it sees {never}. Errors of each sample leave {objective} the weight "
            "{noisy} of {weight}.",
        ],
        presets=[
            Preset(
                "weak tests",
                {"p": 0.05, "a": 0.05, "b": 0.0, "k": 128, "noise": "each sample", "objective": "pass@k"},
                "At p = 0.05 half of what is accepted is wrong: all is seen solved, best-of-k stops at a half.",
            ),
            Preset(
                "guessable",
                {"p": 0.0, "a": 0.002, "b": 0.0, "m": 500, "k": 1024, "noise": "each answer"},
                "500 wrong answers, one in 500 of them accepted: many draws try most, and a model that knows "
                "nothing is seen to solve more than half of its problems.",
            ),
            Preset(
                "one wrong answer",
                {"p": 0.0, "a": 0.1, "b": 0.0, "m": 1, "k": 1024, "noise": "each answer"},
                "A model that repeats itself has one ticket: what is seen stays at a, however many draws.",
            ),
            Preset(
                "wrong key",
                {"p": 0.7, "a": 0.002, "b": 1.0, "m": 100, "k": 1024, "noise": "each sample", "objective": "maxrl"},
                "What is right is never accepted: more draws show errors alone, and training pushes the right answer "
                "down: its weight is below zero, and off the picture.",
            ),
        ],
        vote="A verifier accepts a wrong sample with chance {a} and rejects a right one with chance {b}. Of a model "
        "with p = {p}, what does it see at k = {k}? And how often is what best-of-k hands in right?",
        source="Formulas: metrics.seen_at_k, chosen_at_k, seen_at_k_per_problem, seen_at_k_equal_answers; "
        "objectives.under_noise.",
    )  # fmt: skip


def _wrong_ones(compute: Any) -> list[Floats]:
    """What `compute` gives for each m of wrong answers, of which i are accepted with the chances of Bin(m, a)."""
    return [np.einsum("ai,pbdi->pabd", binomial(m, _A), compute(np.arange(m + 1) / m)) for m in _M]


def _seen() -> Floats:
    p, a, b, draws = np.ix_(_P, _A, _B, _DRAWS)
    inside = np.clip(a, 1e-6, None)  # a Beta needs a rate above 0; at a = 0 nothing wrong is accepted
    problem = np.where(a > 0, seen_at_k_per_problem(p, draws, inside, 1 - inside, b), seen_at_k(p, draws, 0, b))
    answer = [seen_at_k_equal_answers(p, draws, m, a, b) for m in _M]
    return np.stack([*np.broadcast_arrays([seen_at_k(p, draws, a, b)] * len(_M), [problem] * len(_M), answer)])


def _chosen(ks: list[int]) -> Floats:
    p, a, b, draws = np.ix_(_P, _A, _B, ks)
    sample = [chosen_at_k(p, draws, a, b)] * len(_M)
    # Which of the m answers are accepted is drawn once; given that, every acceptance has one chance to be right.
    p, b, draws, _ = np.ix_(_P, _B, ks, [0])
    answer = _wrong_ones(lambda rate: chosen_at_k(p, draws, rate, b))
    return np.stack([sample, np.full_like(sample, np.nan), answer])


def _weights(p: Floats) -> Floats:
    """Weights of each objective at each k under each pair of rates; NaN where there is no bound."""
    out = np.empty((len(_OBJECTIVES), len(_KS), len(_A), len(_B), p.size))
    for i, name in enumerate(_OBJECTIVES):
        for j, k in enumerate(_KS):
            same = j and name != "pass@k"
            for m, a in enumerate(_A):
                for n, b in enumerate(_B):
                    noisy = None if same else objectives.under_noise(objectives.with_draws(name, k), a, b)
                    out[i, j, m, n] = out[i, 0, m, n] if noisy is None else noisy.weight(p)
    return np.where(np.isfinite(out), out, np.nan)


def _drawable(weights: Floats) -> Floats:
    """What the log axis has room for, and where a curve leaves it one point more, just below its end."""
    room = weights >= _LOW
    leaves = np.zeros_like(room)
    leaves[..., 1:] = room[..., :-1] & (weights > 0)[..., 1:]
    return np.where(room, weights, np.where(leaves, _LOW / 2, np.nan))

"""Explorer: the estimator lab. Two estimates of pass@k from the same n samples, with their whole distributions."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab.explorers.description import (
    PROBABILITY,
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
)
from passk_lab.explorers.expression import ControlValue, Coordinate, Table, Value
from passk_lab.explorers.live import Explorer
from passk_lab.metrics import pass_at_k, pass_at_k_plugin, success_at_k
from passk_lab.metrics.chances import binomial

SAMPLES = (2, 4, 8, 10, 16, 32, 64)
DRAWS = (*range(1, 11), 12, 16, 20, 24, 32, 48, 64)


def estimator_lab(**state: Any) -> Explorer:
    """Explore the sampling distribution of the unbiased and of the plug-in estimate of pass@k.

    Controls: `n` samples, `k` draws, `p`. Everything is exact: a sum over the binomial chances of c = 0..n.

    >>> lab = estimator_lab(n=10, k=5, p=0.1)
    >>> lab.words.split(". ")[2]
    'Plug-in: mean 0.349, bias -0.0610, variance 0.0818, mean squared error 0.0855'
    >>> lab.words.split(". ")[-1]
    'The plug-in has the smaller squared error below p = 0.217, the unbiased estimate above.'
    """
    return Explorer(describe(), **state)


def _turn(n: int, k: Any, unbiased: Any, plugin: Any) -> Any:
    """Where the two mean squared errors are equal, for each k from 2 to n, by bisection; the plug-in's is less below.

    That there is one such p is no theorem here; a test looks along p for every n and k of the sliders.
    """
    low, high = np.zeros(k.size), np.ones(k.size)
    for _ in range(40):
        p = (low + high) / 2
        truth = success_at_k(p, k)[:, None]
        lead = (binomial(n, p) * ((unbiased - truth) ** 2 - (plugin - truth) ** 2)).sum(axis=-1)
        low, high = np.where(lead > 0, p, low), np.where(lead > 0, high, p)
    return low


@cache
def describe() -> Description:
    """Describe it, as data."""
    p_slider = sorted({0.01, 0.02, 0.98, 0.99, *(np.arange(0, 21) / 20).round(2).tolist()})
    p_grid = sorted({*p_slider, *np.linspace(0, 1, 41).round(3).tolist(), *np.linspace(0, 0.1, 11).round(3).tolist()})
    most = max(SAMPLES)
    shape = (len(SAMPLES), len(DRAWS))
    chances = np.zeros((len(SAMPLES), len(p_grid), most + 1))
    unbiased, plugin = np.full((2, *shape, most + 1), np.nan)
    turns = np.full(shape, np.nan)
    for i, n in enumerate(SAMPLES):
        chances[i, :, : n + 1] = [binomial(n, p) for p in p_grid]
        c, k = np.arange(n + 1), np.array(DRAWS)[:, None]
        exists = k[:, 0] <= n  # no unbiased estimate of pass@k exists from fewer than k samples
        unbiased[i, exists, : n + 1] = pass_at_k(n, c, k[exists])
        plugin[i, :, : n + 1] = pass_at_k_plugin(n, c, k)
        both = exists & (k[:, 0] > 1)  # at k = 1 they are one
        turns[i, both] = _turn(n, k[both, 0], unbiased[i, both, : n + 1], plugin[i, both, : n + 1])
    truth = success_at_k(np.array(p_grid), np.array(DRAWS)[:, None])
    # Every count above n - k is estimated as 1 without bias: those sticks are one, as high as their chances together.
    counts, lost = np.arange(most + 1), np.array(SAMPLES)[:, None, None] - np.array(DRAWS)[:, None]  # lost: n - k
    sure = np.einsum("npc,nkc->nkp", chances, (counts > lost).astype(float))
    tables = {
        "chance": Table(("n", "p", "c"), chances),
        "unsure": Table(("n", "k", "c"), counts <= lost),
        "first sure": Table(("n", "k", "c"), counts == lost + 1),
        "sure": Table(("n", "k", "p"), sure),
        "unbiased": Table(("n", "k", "c"), unbiased),
        "plugin": Table(("n", "k", "c"), plugin),
        "truth": Table(("k", "p"), truth),
        "turn": Table(("n", "k"), turns),
    }
    for name, estimate in (("unbiased", unbiased), ("plugin", plugin)):
        known = np.where(np.isnan(estimate), 0, estimate)
        mean = np.einsum("npc,nkc->nkp", chances, known)
        variance = np.einsum("nkpc,npc->nkp", (known[:, :, None, :] - mean[..., None]) ** 2, chances)
        bias = mean - truth
        bias[np.abs(bias) < 1e-12] = 0  # the rounding of a sum of float64, not a bias
        absent = np.isnan(estimate[:, :, 0])
        for what, values in (("mean", mean), ("bias", bias), ("variance", variance), ("mse", variance + bias**2)):
            values[absent] = np.nan
            tables[f"{what} {name}"] = Table(("n", "k", "p"), values)
    p, chance = ControlValue("p"), Value("chance", along="c")
    stick = chance * Value("unsure", along="c") + Value("first sure", along="c") * Value("sure")
    no_unbiased = "undefined for k > n"

    def over_p(what: str) -> list[Line]:
        return [
            Line(role=role, label=label, x=Coordinate("p"), y=Value(f"{what} {name}", along="p"), label_at=at)
            for role, label, name, at in (
                ("plug-in", "plug-in", "plugin", 0.36),
                ("pass@k", "unbiased", "unbiased", 0.7),
            )
        ]

    def numbers(name: str, absent: str) -> list[Readout]:
        return [
            Readout(f"{w}_{name}", Value(f"{w} {name}"), absent=absent) for w in ("mean", "bias", "variance", "mse")
        ]

    return Description(
        name="estimator-lab",
        title="Unbiased is not the same as better: two ways to estimate pass@k from n samples",
        summary="The chance of each value that the unbiased and the plug-in estimate can take, and over p their bias "
        "and their mean squared error.",
        controls=[
            Slider("n", "samples n", list(SAMPLES), 10),
            Slider("k", "draws k", list(DRAWS), 5, play=True),
            Slider("p", "chance p that one sample is right", p_slider, 0.1),
        ],
        axes={"n": list(SAMPLES), "k": list(DRAWS), "p": p_grid, "c": list(range(most + 1))},
        tables=tables,
        panels=[
            Panel(
                "what each estimate can be, and how often",
                Axis("estimate of pass@k", -0.02, 1.02),
                Axis("chance of this value", 0),
                [
                    Stems(role="plug-in", label="plug-in", x=Value("plugin", along="c"), y=chance),
                    Stems(role="pass@k", label="unbiased", x=Value("unbiased", along="c"), y=stick),
                    Rule(role="exact", label="true pass@{k} = {truth}", x=Value("truth")),
                    Rule(role="plug-in", label="plug-in mean", x=Value("mean plugin")),
                ],
                name="Values",
            ),
            Panel(
                "the plug-in is low for k >= 2",
                PROBABILITY,
                Axis("bias: mean estimate minus truth"),
                [Rule(role="guide", x=p, drag="p"), *over_p("bias")],
                name="Bias",
            ),
            Panel(
                "the plug-in's can be the smaller one",
                PROBABILITY,
                Axis("mean squared error", 0),
                [
                    Rule(role="guide", x=p, drag="p"),
                    *answer(Rule(role="exact", label="equal at p = {turn}", x=Value("turn")), *over_p("mse")),
                ],
                name="Squared error",
            ),
        ],
        readouts=[
            Readout("truth", Value("truth")),
            *numbers("unbiased", no_unbiased),
            *numbers("plugin", ""),
            Readout("turn", Value("turn")),
            Readout(
                "order",
                Value("turn"),
                form="The plug-in has the smaller squared error below p = {}, the unbiased estimate above.",
                absent="There is no p at which the order of two squared errors turns.",
            ),
        ],
        sentences=[
            "n = {n} samples, k = {k} draws, p = {p}: the true pass@{k} is {truth}.",
            "Unbiased: mean {mean_unbiased}, bias {bias_unbiased}, variance {variance_unbiased}, "
            "mean squared error {mse_unbiased}. "
            "Plug-in: mean {mean_plugin}, bias {bias_plugin}, variance {variance_plugin}, "
            "mean squared error {mse_plugin}. {order}",
        ],
        presets=[
            Preset("a rare success", {"n": 10, "k": 5, "p": 0.1}, "The plug-in misses low on average, and still its "
                   "squared error is smaller: it varies less."),
            Preset("a frequent success", {"n": 10, "k": 10, "p": 0.3}, "Beyond the turning point it is the other way "
                   "round: here the plug-in misses low and varies more, and the unbiased estimate is the closer one."),
            Preset("draw all samples", {"n": 10, "k": 10, "p": 0.1}, "With k = n the unbiased estimate only asks "
                   "whether any sample was right: 0 or 1, nothing between."),
            Preset("more draws than samples", {"n": 4, "k": 16, "p": 0.1}, "No unbiased estimate exists here: its mean "
                   "would be a polynomial of degree at most 4 in p, and pass@16 has degree 16."),
        ],
        vote="n = {n} samples, k = {k} draws. Which of the two estimates has the smaller squared error at p = {p}?",
        source="Unbiased: Chen et al., arXiv 2107.03374, eq. 1. Plug-in: 1 - (1 - c/n)^k.",
    )  # fmt: skip

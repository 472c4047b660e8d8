"""Cells of the world of public data: counts, curves and logs of other people's models."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from passk_lab import data, metrics, objectives
from passk_lab.verdict.evidence import Evidence, cell

if TYPE_CHECKING:
    import pandas as pd

_FAST = "lr1e5"
"""In the names of the runs at the largest learning rate."""


@cache
def _gsm8k() -> pd.DataFrame:
    """Pass@k on GSM8K of one base model and its trained runs: a row for each, a column for each k."""
    curves = data.load("rlvr-curves").query("suite == 'gsm8k' and benchmark == 'gsm8k_pass128'")
    logged = set(data.load("rlvr-log").query("suite == 'gsm8k' and 181 <= step <= 200").run)
    table = curves.pivot_table(index="run", columns="k", values="pass_at_k").astype(float)
    return table.loc[["base", *sorted(logged & set(table.index))]]


@cache
def _math500() -> metrics.Comparison:
    pair = data.problems("math500")
    return metrics.compare(pair.n[0], pair.c[0], pair.n[1], pair.c[1], seed=1)


@cell("pass@1 narrows", "data")
def narrows() -> Evidence:
    """Compare trained models with their base; a case is a model: above it at k = 1, below it at k = 128.

    MATH500 by its band, GSM8K, of which curves alone are public, by the curves.
    """
    found, runs = _math500(), _gsm8k()
    low, high = found.interval.low, found.interval.high  # of trained less base, at all k together
    base, rest = runs.loc["base"], runs.drop("base")
    below = {name: bool(row[1] > base[1] and row[128] < base[128]) for name, row in rest.iterrows()}
    cases = {"MATH500, SimpleRL-Zoo": bool(low[0] > 0 and high[-1] < 0)}
    cases |= {f"GSM8K, {name}": so for name, so in below.items()}
    return Evidence(
        cases,
        f"On MATH500 the curves cross at k = {found.crossover.k} [{found.crossover.low}, {found.crossover.high}]. "
        f"On GSM8K "
        f"{sum(below.values())} of {len(rest)} runs fall below the base's pass@128 of {base[128]:.3f}; the lowest has "
        f"{rest[128].min():.3f}.",
        f"{len(cases)} models, {len(rest)} of them from one base",
        f"MATH500, trained less base at k = 128: [{low[-1]:.3f}, {high[-1]:.3f}]",
    )


@cell("the gap closes", "data")
def gap_closes() -> Evidence:
    """Compare the gap at k = 128 with the base's; a case is a trained model: it is smaller."""
    pair, runs = data.problems("math500"), _gsm8k()
    gaps = {}
    for model in pair.models:
        n, c = pair.counts(model)
        gaps[model] = float(np.mean(metrics.pass_at_k(n, c, 128) - metrics.pass_at_k(n, c, 1)))
    base, trained = (gaps[model] for model in pair.models)
    rest = runs[128] - runs[1]
    cases = {"MATH500, SimpleRL-Zoo": trained < base}
    cases |= {f"GSM8K, {name}": bool(gap < rest["base"]) for name, gap in rest.drop("base").items()}
    return Evidence(
        cases,
        f"On MATH500 it goes from {base:.3f} to {trained:.3f}, on GSM8K from {rest['base']:.3f} to "
        f"between {rest.drop('base').min():.3f} and {rest.drop('base').max():.3f}.",
        f"{len(cases)} models",
    )


@cell("no signal when solved", "data")
def carriers() -> Evidence:
    """Share the slope of pass@k in one logit over the problems of MATH500; a case is a model.

    It is so where fewer problems carry pass@16 than pass@1 (effective share).
    """
    pair, shares = data.problems("math500"), {}
    for model in pair.models:
        n, c = pair.counts(model)
        p = c / n
        shares[model] = [objectives.effective_share(metrics.weight_at_k(p, k) * p * (1 - p)) for k in (1, 16)]
    base, trained = (shares[model] for model in pair.models)
    return Evidence(
        {model: many < one for model, (one, many) in shares.items()},
        f"The effective share of problems is {base[0]:.2f} under pass@1 and {base[1]:.2f} under pass@16 for the base, "
        f"{trained[0]:.2f} and {trained[1]:.2f} after training.",
        "2 models",
    )


@cell("entropy tells coverage", "data")
def entropy_and_coverage() -> Evidence:
    """Correlate the entropy of the last logged steps with pass@128 on GSM8K; a case is a set of runs: above 0.

    All, those at the largest learning rate, and the others.
    """
    log = data.load("rlvr-log").query("suite == 'gsm8k' and 181 <= step <= 200")
    runs = log.groupby("run").entropy.mean().astype(float).to_frame().join(_gsm8k()[128].rename("many"))
    fast = runs.index.str.contains(_FAST)
    sets = {"all runs": runs, f"runs at {_FAST}": runs[fast], "the others": runs[~fast]}
    found = {name: float(own.entropy.corr(own.many)) for name, own in sets.items()}
    return Evidence(
        {name: value > 0 for name, value in found.items()},
        "Correlation " + ", ".join(f"{found[name]:+.2f} ({name}, {len(own)})" for name, own in sets.items()) + ".",
        f"{len(runs)} runs of one model",
        ", ".join(_fisher(found[name], len(own)) + f" ({name})" for name, own in sets.items()),
    )


def _fisher(r: float, m: int) -> str:
    """Interval of a correlation over m pairs by Fisher's z, as if the runs were drawn independently."""
    ends = np.tanh(np.arctanh(r) + np.array([-1.96, 1.96]) / np.sqrt(m - 3))
    return f"[{ends[0]:.2f}, {ends[1]:.2f}]"

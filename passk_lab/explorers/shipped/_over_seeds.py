"""Recorded runs as arrays: a long table laid out over its dimensions, and its seeds put together."""

import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from passk_lab.explorers.shipped._objectives import does, named
from passk_lab.lm import recorded

_PARTS = ("objectives", "exact", "exploring")
"""Parts of the recorded runs that are compared."""
RATES = [round(1e4 * rate) for rate in recorded.RATES]
"""Learning rates in ten-thousandths, which read better than .0004."""


_ADDS = {
    "entropy": "an entropy bonus in the loss",
    "kl-reverse": "a penalty on the reverse KL, KL(policy || base)",
    "kl-forward": "a penalty on the forward KL, KL(base || policy)",
    "novelty": "a solution's reward split among its copies in the group",
    "unlikeliness": "less pay for a right answer the likelier it was in its group",
    "count-bonus": "more pay for an answer the less often it was given before",
    "uniform-correct": "credit moved among the right answers of a group to the unlikely ones",
    "differential-smoothing": "more entropy among right answers, less among wrong ones",
    "prefix-hints": "the first tokens of a right answer given to some groups",
    "annealed-k": "a k that falls from 16 to 1 over the run",
    "clip-higher": "a wider clip for ratios above 1",
    "kl-cov": "a KL penalty on the tokens whose chance and credit rise together most",
    "clip-cov": "no gradient for some of the tokens whose chance and credit rise together most",
}
"""What a mechanism adds."""


FIRST = ("GRPO", "MaxRL", "pass@4", "pass@4-loo-1", "exact pass@4", "reverse KL")
"""Methods that a menu opens with."""
ABSENT = "unknown (at no rate did all its seeds come that far)"
"""What is said where a method was never at the pass@1 at which two are compared."""


def about(names: Sequence[str]) -> dict[str, str]:
    """Say of each recorded method what it is, from its settings."""
    methods = {method.name: method for method in recorded.METHODS}
    return {name: _says(name, methods[name].settings) for name in names}


def _says(name: str, settings: Mapping[str, Any]) -> str:
    k = (settings.get("parameters") or {}).get("k")
    of = f"{settings['objective']}, k = {k}" if k else settings["objective"]
    adds = [_ADDS[mechanism] for mechanism in settings.get("mechanisms") or ()]
    adds += [f"{settings['updates']} updates from each batch"] if "updates" in settings else []
    if "gradient" in settings:
        which = {"exact": "gradient", "expected": "expected update"}[settings["gradient"]]
        return f"{name}: the exact {which} of {of}, without the noise of samples."
    return f"{name}: {of}, with {' and '.join(adds)}." if adds else named(name, does(settings["objective"]))


def compared() -> tuple[Any, dict[str, list[Any]]]:
    """Curves of the methods to compare on held-out numbers, as a long table, and the dimensions it can be laid over."""
    shown = recorded.cells().query("part in @_PARTS")
    names = shown["method"].unique().tolist()
    curves = recorded.curves().query("method in @names and split == 'unseen'")
    dims = {"method": names, "rate": shown["rate"].unique().tolist()}
    dims |= {name: sorted(curves[name].unique().tolist()) for name in ("step", "k")}
    return curves, dims | {"seed": shown["seed"].unique().tolist()}


def dense(frame: Any, dims: dict[str, list[Any]], column: str) -> Any:
    """Lay a column of a long table out as an array over named dimensions; NaN where there is no row."""
    import pandas as pd

    index = pd.MultiIndex.from_product(list(dims.values()), names=list(dims))
    values = frame.set_index(list(dims))[column].reindex(index)
    return values.to_numpy(dtype=np.float64).reshape([len(side) for side in dims.values()])


def over_seeds(values: Any, axis: int) -> tuple[Any, Any, Any]:
    """Mean, lowest and highest over the seeds; NaN only where no seed has a value, as after a breakdown of all."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # numpy warns where all are NaN
        return np.nanmean(values, axis), np.nanmin(values, axis), np.nanmax(values, axis)

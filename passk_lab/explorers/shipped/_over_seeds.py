"""Recorded runs as arrays: a long table laid out over its dimensions, and its seeds put together."""

import warnings
from typing import Any

import numpy as np

from passk_lab.lm import recorded

RATES = [round(1e4 * rate) for rate in recorded.RATES]
"""Learning rates in ten-thousandths, which read better than .0004."""


def compared() -> tuple[Any, dict[str, list[Any]]]:
    """Curves of the methods to compare on held-out numbers, as a long table, and the dimensions it can be laid over."""
    shown = recorded.cells().query("part in ('objectives', 'exact', 'exploring')")
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

"""Work once per distinct value: a million problems have few distinct counts."""

from collections.abc import Callable
from typing import Any

import numpy as np

from passk_lab import arguments
from passk_lab.arguments import Floats, Ints


def distinct(values: Ints) -> tuple[Ints, Ints]:
    """Sorted distinct values, and for each entry the index of its value; linear time where the range is short."""
    low, high = int(values.min()), int(values.max())
    if low == high:
        return np.array([low]), np.zeros(values.shape, np.int64)
    if high - low > max(1024, 4 * values.size):
        unique, codes = np.unique(values, return_inverse=True)
        return unique, codes.reshape(values.shape)
    shifted = values - low if low else values
    seen = np.zeros(high - low + 1, bool)
    seen[shifted] = True
    if seen.all():
        return np.arange(low, high + 1), shifted
    return np.flatnonzero(seen) + low, (np.cumsum(seen) - 1)[shifted]


def distinct_pairs(n: Ints, c: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct pairs (n, c) of two arrays that broadcast, and for each entry the index of its pair."""
    n_values, n_codes = distinct(n)
    c_values, c_codes = distinct(c)
    if n_values.size == 1:
        return (
            np.broadcast_to(n_values, c_values.shape),
            c_values,
            np.broadcast_to(c_codes, np.broadcast_shapes(n.shape, c.shape)),
        )
    pairs, codes = distinct(n_codes * c_values.size + c_codes)
    return n_values[pairs // c_values.size], c_values[pairs % c_values.size], codes


def weighted_pairs(n: Ints, c: Ints) -> tuple[Ints, Ints, Ints]:
    """Distinct pairs (n, c) and how many problems have each."""
    # bincount needs a table as long as the largest count.
    if (n.size == 1 or n.min() == n.max()) and c.max() <= max(1024, 4 * c.size):
        n_value = n.ravel()[:1]
        how_many = np.bincount(np.broadcast_to(c, np.broadcast_shapes(n.shape, c.shape)).ravel())
        c_values = np.flatnonzero(how_many)
        return np.broadcast_to(n_value, c_values.shape), c_values, how_many[c_values]
    n_values, c_values, codes = distinct_pairs(n, c)
    return n_values, c_values, np.bincount(codes.ravel(), minlength=n_values.size)


def by_distinct(formula: Callable[[Ints, Ints, Ints], Floats], n: Ints, c: Ints, k: Ints) -> Any:
    """Evaluate an elementwise formula(n, c, k) once per distinct triple and spread it over the broadcast shape.

    The formula takes three flat arrays of one length and may be handed c + k > n, but never k > n.
    """
    shape = arguments.shape_together(n=n, c=c, k=k)
    size = int(np.prod(shape))
    if size > 64:
        n_values, c_values, pair = distinct_pairs(n, c)
        k_values, which_k = distinct(k)
        if n_values.size * k_values.size <= size:
            # A pair never asked for with this k may have k > n: its cell is filled with k = n and not looked up.
            grid_k = np.minimum(k_values, n_values[:, None])
            table = formula(np.repeat(n_values, k_values.size), np.repeat(c_values, k_values.size), grid_k.ravel())
            crossed = pair.shape[-1:] == (1,) and k.shape[-1:] == (k.size,) and k.ndim <= pair.ndim
            if crossed:  # problems down, k across: whole rows are copied, which is ten times as fast
                return table.reshape(-1, k_values.size)[:, which_k.ravel()].take(pair[..., 0], axis=0)
            return table.take(pair * k_values.size + which_k)
    flat = [np.broadcast_to(a, shape).ravel() for a in (n, c, k)]
    out = formula(*flat).reshape(shape)
    return out.item() if out.ndim == 0 else out

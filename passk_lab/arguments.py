"""What every room says about bad input: a sentence with the value that came and how to mend it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

# Above 2**53 neighbouring integers share one float64, so no count can be told from the next.
LARGEST = 2**53


def where(mask: Any, noun: str = "problem") -> str:
    """Name the first True entry of a mask: "problem 3: " for a list, nothing for a single number."""
    mask = np.asarray(mask)
    if mask.ndim == 0:
        return ""
    index = np.argwhere(mask)[0].tolist()
    return f"{noun} {index[0] if len(index) == 1 else tuple(index)}: "


def first(values: Any, mask: Any) -> Any:
    """Return the first value under a mask, as a plain Python number."""
    values, mask = np.broadcast_arrays(values, mask)
    return values[mask].ravel()[0].item()


def whole(name: str, values: Any, least: int = 0) -> Ints:
    """Return `values` as int64, or say which one is not a whole number of at least `least`."""
    array = _array(name, values)
    if array.size == 0:
        raise ValueError(f"{name} is empty: pass at least one whole number.")
    if array.dtype == bool:
        raise ValueError(
            f"{name} came as True/False. Counts are wanted here: sum the marks first, as in marks.sum(axis=-1)."
        )
    if array.dtype.kind == "f":
        bad = ~(np.isfinite(array) & (array == np.floor(array)))
        if bad.any():
            raise ValueError(f"{name} must be whole numbers, but {where(bad)}{name} = {first(array, bad)}.")
    elif array.dtype == object:
        return whole(name, _from_objects(name, array), least)
    elif array.dtype.kind not in "iu":
        example = array.ravel()[0].item()
        raise ValueError(
            f"{name} must be whole numbers, but got {_short(example)} ({type(example).__name__}). "
            "Convert the column with int(...) first."
        )
    if array.min() < least:
        bad = array < least
        raise ValueError(f"{name} must be at least {least}, but {where(bad)}{name} = {_plain(first(array, bad))}.")
    if array.max() > LARGEST:
        bad = array > LARGEST
        raise ValueError(f"{name} must be at most 2**53, but {where(bad)}{name} = {_plain(first(array, bad))}.")
    return array.astype(np.int64, copy=False)


def _array(name: str, values: Any) -> Any:
    try:
        return np.asarray(values)
    except ValueError:  # rows of different lengths
        raise ValueError(
            f"{name} must be numbers in rows of one length, but got {_short(values)}. Fill the shorter up, or pass "
            "them one by one."
        ) from None


def _from_objects(name: str, array: Any) -> Any:
    """Turn a column of Python objects into int64 if all of them are whole numbers, or say which one is not."""
    for position in np.ndindex(array.shape):
        value: Any = array[position]
        place = where(np.arange(array.size).reshape(array.shape) == np.ravel_multi_index(position, array.shape))
        if not isinstance(value, int | np.integer) or isinstance(value, bool):
            raise ValueError(
                f"{name} must be whole numbers, but {place if array.ndim else ''}{name} = {_short(value)} "
                f"({type(value).__name__}). Convert the column with int(...) first."
            )
        if abs(int(value)) > LARGEST:
            raise ValueError(f"{name} must be at most 2**53, but {place if array.ndim else ''}{name} = {value}.")
    return array.astype(np.int64)


def shape_together(**arrays: Any) -> tuple[int, ...]:
    """Return the common broadcast shape, or say which shapes do not fit."""
    try:
        return np.broadcast_shapes(*(np.shape(a) for a in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {np.shape(a)}" for name, a in arrays.items())
        raise ValueError(
            f"the shapes do not fit together: {shapes}. Give every problem its own entry, or one number for all; "
            "to cross problems with several k, use c[:, None]."
        ) from None


def counts(n: Any, c: Any) -> tuple[Ints, Ints]:
    """Check samples n >= 1 and correct samples 0 <= c <= n."""
    n, c = whole("n", n, least=1), whole("c", c)
    shape_together(n=n, c=c)
    if c.max() > n.min() and (c > n).any():
        bad = c > n
        raise ValueError(
            f"more correct samples than samples: {where(bad)}c = {first(c, bad)} but n = {first(n, bad)}. "
            "The order of arguments is n, c, k."
        )
    return n, c


def draws(n: Ints, k: Any, way_out: str = "") -> Ints:
    """Check draws 1 <= k <= n; `way_out` names what answers for a larger k."""
    k = whole("k", k, least=1)
    shape_together(n=n, k=k)
    if k.max() > n.min() and (k > n).any():
        bad = k > n
        n_bad, k_bad = first(n, bad), first(k, bad)
        # With k crossed against problems (n[:, None]) the problem is the row.
        rows = bad.any(axis=-1) if bad.ndim == 2 else bad
        place = where(rows).removesuffix(": ")
        raise ValueError(
            f"k = {k_bad} draws need at least {k_bad} samples, but {place + ' has ' if place else ''}n = {n_bad}. "
            f"Use k <= {n_bad}{way_out}."
        )
    return k


def one_whole(name: str, value: Any, least: int = 1) -> int:
    """Check a single whole number, such as a group size or k."""
    array = whole(name, value, least=least)
    if array.ndim:
        raise ValueError(f"{name} is one whole number here, but got an array of shape {array.shape}.")
    return int(array)


def one_number(name: str, value: Any, low: float, high: float, *, open_low: bool = False) -> float:
    """Check a single number in [low, high], or (low, high] if `open_low`."""
    if isinstance(value, bool | str) or np.ndim(value):
        raise ValueError(f"{name} must be a number, but got {value!r}.")
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise ValueError(f"{name} must be a number, but got {value!r}.") from None
    if not low <= number <= high or (open_low and number == low):
        raise ValueError(
            f"{name} must lie {'above' if open_low else 'at or above'} {low:g} and at or below {high:g}, "
            f"but {name} = {number:g}."
        )
    return number


def chance(name: str, values: Any) -> Floats:
    """Return `values` as float64 in [0, 1], or say which one is outside."""
    return _real(name, values, 0.0, 1.0, "[0, 1]")


def level(value: Any) -> float:
    """Check the level of an interval: one number strictly between 0 and 1."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not 0 < number < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, as in 0.95, but got {_short(value)}.")
    return number


def real(name: str, values: Any) -> Floats:
    """Return `values` as finite float64, or say which one is not."""
    return _real(name, values, -np.inf, np.inf, "the finite numbers")


def floats(name: str, values: Any, allowed: str = "the finite numbers") -> Floats:
    """Return `values` as float64, finite or not; text and complex numbers are refused."""
    array = _array(name, values)
    if array.dtype.kind not in "biuf":
        # Text is not turned into numbers in silence, nor an imaginary part dropped.
        try:
            array = np.array([_number(v) for v in array.ravel()], dtype=np.float64).reshape(array.shape)
        except (TypeError, ValueError):
            raise ValueError(f"{name} must be numbers in {allowed}, but got {_short(values)}.") from None
    return array.astype(np.float64)


def _real(name: str, values: Any, low: float, high: float, allowed: str) -> Floats:
    array = floats(name, values, allowed)
    if array.size == 0:
        raise ValueError(f"{name} is empty: pass at least one number in {allowed}.")
    bad = ~(np.isfinite(array) & (array >= low) & (array <= high))
    if bad.any():
        raise ValueError(f"{name} must lie in {allowed}, but {where(bad, 'entry')}{name} = {first(array, bad)}.")
    return array


def known(kind: str, name: Any, names: Sequence[Any]) -> Any:
    """Return `name` if it is one of `names`; otherwise a KeyError that lists them all."""
    if name in names:
        return name
    raise KeyError(f"there is no {kind} called {name!r}. There are: {', '.join(map(str, names))}.")


def plain(values: Any) -> Any:
    """Scalars in, scalars out: an array without axes becomes a Python number."""
    return values.item() if isinstance(values, np.generic | np.ndarray) and values.ndim == 0 else values


def _number(value: Any) -> float:
    if isinstance(value, str | complex | np.complexfloating):
        raise TypeError
    return float(value)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."

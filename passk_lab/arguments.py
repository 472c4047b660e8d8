"""What every room says about bad input: a sentence with the value that came and how to mend it."""

import functools
import inspect
import os
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Function = TypeVar("Function", bound=Callable[..., Any])

# Above 2**53 neighbouring integers share one float64, so no count can be told from the next.
LARGEST = 2**53
_COUNTS = ("n", "c", "counts", "unparsed")
LONGEST = 10**6
"""Entries of a table or list that follows from one number, as every k up to n: more are refused before the work."""


class Doubt(UserWarning):
    """Numbers that are right for what was passed, but perhaps not for what was meant."""


def doubt(sentence: str) -> None:
    """Warn of such numbers at the line that called the lab."""
    level, frame = 1, sys._getframe(0)
    while frame.f_back is not None and str(frame.f_globals.get("__name__", "")).partition(".")[0] == "passk_lab":
        level, frame = level + 1, frame.f_back
    warnings.warn(sentence, Doubt, stacklevel=level)


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
    array = array_of(name, values)
    if array.dtype == object and array.size:
        array = _from_objects(name, array)
    if array.size == 0:
        raise ValueError(f"{name} is empty: pass at least one whole number.")
    if array.dtype == bool:
        raise ValueError(
            f"{name} came as True/False. Counts are wanted here: sum the marks first, as in marks.sum(axis=-1)."
        )
    if array.dtype.kind == "f":
        array = array.astype(np.float64)  # 2**53 has no place in a float16
        bad = ~(np.isfinite(array) & (array == np.floor(array)))
        if bad.any():
            raise ValueError(
                f"{name} must be whole numbers, but {where(bad)}{name} = {first(array, bad)}."
                f"{_but_for_rounding(first(array, bad))}"
            )
    elif array.dtype.kind not in "iu":
        raise ValueError(_no_count(name, array.ravel()[0].item()))
    if array.min() < least:
        bad = array < least
        raise ValueError(f"{name} must be at least {least}, but {where(bad)}{name} = {_plain(first(array, bad))}.")
    if array.max() > LARGEST:
        bad = array > LARGEST
        raise ValueError(f"{name} must be at most 2**53, but {where(bad)}{name} = {_plain(first(array, bad))}.")
    return array.astype(np.int64, copy=False)


def array_of(name: str, values: Any) -> Any:
    """Return `values` as an array, or say why they are none: what is masked, unordered or ragged means something."""
    if isinstance(values, np.ma.MaskedArray) and np.ma.getmaskarray(values).any():
        mask = np.ma.getmaskarray(values)
        which = f", the first {where(mask, 'entry').removesuffix(': ')}" if mask.ndim else ""
        raise ValueError(
            f"{name} has {mask.sum()} masked {'entry' if mask.sum() == 1 else 'entries'}{which}. Leave those problems "
            "out of every argument, as in values[~mask], or fill them in yourself."
        )
    if isinstance(values, Mapping | Set | Iterator) or (
        isinstance(values, Iterable) and type(values).__name__ in ("dict_keys", "dict_values", "dict_items")
    ):
        how = "list(the_dict.values())" if isinstance(values, Mapping) else "list(...)"
        raise ValueError(
            f"{name} must be a number, a list or an array, but a {type(values).__name__} came: say in which order its "
            f"entries count, with {how}."
        )
    if isinstance(values, list | tuple) and _holds_a_mark_among_numbers(values):
        raise ValueError(
            f"{name} has True or False among its numbers: {short(values)}. Write 1 and 0 where numbers are meant."
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a masked entry in a list becomes nan with no more than a warning
            return np.asarray(values)
    except Exception as error:
        if _lengths(values) is not None:
            raise ValueError(
                f"{name} must be numbers in rows of one length, but {_lengths(values)}. Pass the rows one by one: "
                "what a row would be filled up with would count."
            ) from None
        hint = " Take it off its graph or device first, as in .detach().cpu()." if hasattr(values, "detach") else ""
        raise ValueError(
            f"{name} must be numbers, but {short(values)} ({type(values).__name__}) cannot be read as an array of "
            f"them ({type(error).__name__}).{hint}"
        ) from None


def _lengths(values: Any) -> str | None:
    """Say which rows of a ragged list differ, or None if it is none."""
    if not isinstance(values, list | tuple):
        return None
    sizes = [len(row) if isinstance(row, Sequence | np.ndarray) and not isinstance(row, str) else 0 for row in values]
    other = next((i for i, size in enumerate(sizes) if size != sizes[0]), None)
    if other is None:
        return f"got {short(values)}" if any(sizes) else None
    return f"row 0 has {sizes[0]} of them and row {other} has {sizes[other]}: {short(values)}"


def _holds_a_mark_among_numbers(values: Any) -> bool:
    """Whether a list holds both True or False and something else: numpy would count True as 1 in silence."""
    seen: set[int] = set()
    rows, kinds = [values], set[type]()
    while rows:
        row = rows.pop()
        if id(row) not in seen:
            seen.add(id(row))
            here = set(map(type, row))
            kinds |= here
            if list in here or tuple in here:
                rows += [entry for entry in row if isinstance(entry, list | tuple)]
    marks = kinds & {bool, np.bool_}
    return bool(marks) and bool(kinds - marks - {list, tuple})


def _from_objects(name: str, array: Any) -> Any:
    """Turn a column of Python objects into int64 if all of them are whole numbers, or say which one is not."""
    flat = array.ravel().tolist()
    if all(isinstance(value, bool | np.bool_) for value in flat):
        return array.astype(bool)
    for position, value in enumerate(flat):
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            wanted = -LARGEST <= int(value) <= LARGEST
        else:
            wanted = _is_whole(value)
        if wanted:
            continue
        place = where(np.arange(array.size).reshape(array.shape) == position) if array.ndim else ""
        if isinstance(value, int | np.integer) and not isinstance(value, bool):
            raise ValueError(f"{name} must be at most 2**53, but {place}{name} = {short(value)}.")
        raise ValueError(_no_count(name, value, place))
    return array.astype(np.int64)


def _is_whole(value: Any) -> bool:
    """Whether an object of another kind, as a Fraction or a float in a column of objects, is a whole number."""
    number = number_of(value)
    return number is not None and abs(number) <= LARGEST and number == int(number) and bool(value == int(number))


def _no_count(name: str, value: Any, place: str = "") -> str:
    """Say that a value is no whole number, and what to do about one of its kind."""
    if value is None or type(value).__name__ in ("NAType", "NaTType") or (isinstance(value, float) and value != value):
        hint = "It is missing: " + ("leave the problem out." if name in _COUNTS else "pass a number.")
    elif isinstance(value, str | bytes) and not _digits(value) and name in _COUNTS:
        hint = f"Counts are wanted: mark what is right and sum the marks, as in (column == {short(value)}).sum()."
    elif isinstance(value, str | bytes) and not _digits(value):
        hint = "Write it as a number."
    elif isinstance(value, complex | np.complexfloating):
        hint = "Take its real part if that is meant."
    elif (number := number_of(value)) is not None:
        hint = _but_for_rounding(number).strip() or "A count has no fraction."
    elif isinstance(value, str | bytes):
        hint = "Convert the column with int(...) first."
    else:
        hint = "Pass a number, a list or an array of them."
    came = f"{name} = " if place or value is None else "got "
    return f"{name} must be whole numbers, but {place}{came}{short(value)} ({type(value).__name__}). {hint}"


def _digits(text: Any) -> bool:
    with suppress(ValueError):
        float(text)
        return True
    return False


def _but_for_rounding(number: float) -> str:
    """Say how to mend what is a whole number but for the last digits, as .29 * 100 is, or what is missing."""
    if number != number:
        return " It is missing: leave the problem out, or count its samples."
    near = round(number) if np.isfinite(number) else 0
    if near and abs(number - near) <= 1e-6 * abs(near):
        return f" It is {near} but for rounding: round such a product first, with np.rint(...)."
    return ""


def aligned(**values: Any) -> None:
    """Refuse Series and tables whose rows are labelled differently: matched by position they would be mixed up."""
    for axis in (-1, -2):
        first_name, labels = "", None
        for name, value in values.items():
            here = _labels(value, axis)
            if here is None or len(here) < 2:
                continue
            if labels is None:
                first_name, labels = name, here
            elif len(here) == len(labels) and not labels.equals(here):
                row = next(i for i, (a, b) in enumerate(zip(labels, here, strict=True)) if a is not b and a != b)
                raise ValueError(
                    f"{first_name} and {name} are labelled differently, {labels[row]!r} against {here[row]!r} in row "
                    f"{row}, so a row may not be one problem. Put them in one order, as in {name}.loc["
                    f"{first_name}.index], or pass {name}.to_numpy() if the position is what counts."
                )


def rows(values: Any) -> Any:
    """Return a column of a table whose rows are the problems, for its labels; None where there are none."""
    return values.iloc[:, 0] if getattr(values, "ndim", 0) == 2 and hasattr(values, "iloc") and values.size else None


def _labels(value: Any, axis: int) -> Any:
    """Labels of an axis of a pandas Series or table, or None."""
    axes = getattr(value, "axes", None)
    if not isinstance(axes, list) or len(axes) < -axis or not hasattr(axes[axis], "equals"):
        return None
    return axes[axis]


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
    aligned(n=n, c=c)
    n, c = whole("n", n, least=1), whole("c", c)
    _refuse_marks(n, c)
    shape_together(n=n, c=c)
    if c.max() > n.min() and (c > n).any():
        bad = c > n
        raise ValueError(
            f"more correct samples than samples: {where(bad)}c = {first(c, bad)} but n = {first(n, bad)}. "
            "The order of arguments is n, c, k."
        )
    if n.size > 2 and n.shape == c.shape:
        _doubt_early_stops(n.ravel(), c.ravel())
    return n, c


def _refuse_marks(n: Ints, c: Ints) -> None:
    """Refuse a table of marks, one 0 or 1 a sample, in the place of counts."""
    if c.ndim < 2 or c.shape[-1] < 2 or c.max() > 1:
        return
    width = c.shape[-1]
    if (n == width).all() or (c.ndim == 2 and n.shape == (len(c),) and len(c) != width):
        raise ValueError(
            f"c has shape {c.shape} and holds only 0 and 1, like a mark for each of {width} samples. The number of "
            "right ones is wanted: c.sum(axis=-1). If these are counts, pass them row by row."
        )


def _doubt_early_stops(n: Ints, c: Ints) -> None:
    """Warn where c says when a problem was given up: c is then not what n independent samples would bring."""
    most, longest = int(c.max()), n.max()
    short = n < longest
    if most and short.sum() >= 2 and (c[short] == most).all() and (short.sum() > 2 or np.unique(n[short]).size > 1):
        doubt(
            f"every problem with fewer than n = {longest} samples has c = {most}, as if sampling had stopped at right "
            f"answer {most}. The estimate of pass@k is then too high: it needs an n that was fixed beforehand."
        )


def draws(n: Any, k: Any, way_out: str = "") -> Ints:
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
    number = number_of(value)
    if number is None:
        raise ValueError(f"{name} must be a number, but got {short(value)}.")
    if not low <= number <= high or (open_low and number == low):
        raise ValueError(
            f"{name} must lie {'above' if open_low else 'at or above'} {low:g} and at or below {high:g}, "
            f"but {name} = {number:g}."
        )
    return number


def number_of(value: Any) -> float | None:
    """Return a single real number as a float; None for text, True or False, lists, and what else is none."""
    try:
        if isinstance(value, np.ma.MaskedArray) and np.ma.getmaskarray(value).any():
            return None
        array = np.asarray(value)
        held = array.item() if array.ndim == 0 else None
        if array.dtype.kind not in "iufO" or isinstance(held, bool | str | bytes | bytearray | complex | None):
            return None
        return float(held)
    except OverflowError:
        return float("inf") if value > 0 else -float("inf")
    except Exception:  # whatever a stranger's type raises, it is no number
        return None


def as_one_of(name: str, value: Any, kind: type | tuple[type, ...], wanted: str) -> Any:
    """Return `value` if it is of a kind, or say what is wanted instead."""
    if isinstance(value, kind):
        return value
    raise TypeError(f"{name} must be {wanted}, but got {short(value)} ({type(value).__name__}).")


def takes(**kinds: Any) -> Callable[[Function], Function]:
    """Have a function check that its arguments are of the lab's own kinds before it touches them.

    >>> @takes(shelf=list)
    ... def shortest(shelf): return min(shelf, key=len)
    >>> shortest(3)
    Traceback (most recent call last):
    TypeError: shelf must be a list, but got 3 (int).
    """

    def guarded(function: Function) -> Function:
        signature = inspect.signature(function)

        @functools.wraps(function)
        def checked(*given: Any, **named: Any) -> Any:
            for name, value in signature.bind(*given, **named).arguments.items():
                if name in kinds:
                    kind = kinds[name]
                    wanted = " or ".join(k.__name__ for k in (kind if isinstance(kind, tuple) else (kind,)))
                    as_one_of(name, value, kind, f"{'an' if wanted[0] in 'AEIOUaeiou' else 'a'} {wanted}")
            return function(*given, **named)

        return cast(Function, checked)

    return guarded


def writable(name: str, text: str) -> str:
    """Refuse half a character (a lone surrogate), which no file and no page can hold."""
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"{name} holds half a character, {text[error.start]!a} at position {error.start}: write it anew."
        ) from None
    return text


def path(name: str, value: Any) -> Path:
    """Return a path that can be looked up, whether or not there is something."""
    text = str(as_one_of(name, value, (str, Path), "a path"))
    try:
        os.stat(writable(name, text))
    except (FileNotFoundError, NotADirectoryError):
        return Path(text)
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else str(error)
        raise ValueError(f"{name} = {short(text)} is no path that can be looked up ({why}).") from None
    return Path(text)


def switch(name: str, value: Any) -> bool:
    """Check a yes or no: True or False, and no text or number that might be taken for one."""
    if isinstance(value, bool | np.bool_):
        return bool(value)
    raise ValueError(f"{name} is True or False, not {short(value)}.")


def table_size(name: str, size: int, way_out: str, most: int = LONGEST) -> int:
    """Refuse a table whose length follows from one number and would not fit, before any work."""
    if size > most:
        raise ValueError(f"{name} = {size:,} asks for a table of as many entries; at most {most:,}: {way_out}.")
    return size


def chance(name: str, values: Any) -> Floats:
    """Return `values` as float64 in [0, 1], or say which one is outside."""
    return _real(name, values, 0.0, 1.0, "[0, 1]")


def inside(name: str, value: Any) -> float:
    """Check one number strictly between 0 and 1."""
    array = chance(name, value)
    if array.ndim:
        raise ValueError(f"{name} is one number here, but got an array of shape {array.shape}.")
    number = float(array)
    if number in (0.0, 1.0):
        raise ValueError(f"{name} must lie strictly between 0 and 1, but is {number:g}.")
    return number


def level(value: Any, name: str = "level") -> float:
    """Check the level of an interval, or the power of a test: one number strictly between 0 and 1."""
    number = number_of(value)
    if number is None or not 0 < number < 1:
        raise ValueError(f"{name} must lie strictly between 0 and 1, as in 0.95, but got {short(value)}.")
    return number


def generator(seed: Any) -> np.random.Generator:
    """Return the generator of a seed: a whole number, or a generator itself."""
    return seed if isinstance(seed, np.random.Generator) else np.random.default_rng(one_whole("seed", seed, least=0))


def real(name: str, values: Any, *, marks: bool = False) -> Floats:
    """Return `values` as finite float64, or say which one is not; `marks` lets True and False be 1 and 0."""
    return _real(name, values, -np.inf, np.inf, "the finite numbers", marks=marks)


def floats(name: str, values: Any, allowed: str = "the finite numbers", *, marks: bool = False) -> Floats:
    """Return `values` as float64, finite or not; text, complex numbers and True or False are refused."""
    array = array_of(name, values)
    if array.dtype == bool and not marks:
        raise ValueError(
            f"{name} must be numbers in {allowed}, but True/False came. Write 1.0 and 0.0, or take the mean of marks."
        )
    if array.dtype.kind not in "biuf":
        # Text is not turned into numbers in silence, nor an imaginary part dropped.
        numbers = [number_of(v) for v in array.ravel().tolist()] if array.dtype.kind == "O" else [None]
        if None in numbers:
            raise ValueError(f"{name} must be numbers in {allowed}, but got {short(values)}.")
        array = np.array(numbers, dtype=np.float64).reshape(array.shape)
    with np.errstate(over="ignore"):
        return array.astype(np.float64)


def _real(name: str, values: Any, low: float, high: float, allowed: str, marks: bool = False) -> Floats:
    array = floats(name, values, allowed, marks=marks)
    if array.size == 0:
        raise ValueError(f"{name} is empty: pass at least one number in {allowed}.")
    bad = ~(np.isfinite(array) & (array >= low) & (array <= high))
    if bad.any():
        raise ValueError(f"{name} must lie in {allowed}, but {where(bad, 'entry')}{name} = {first(array, bad)}.")
    return array


def known(kind: str, name: Any, names: Iterable[Any]) -> Any:
    """Return that of `names` which `name` is; otherwise a KeyError that lists them all."""
    names = list(names)
    for there in names:
        # True is no 1 here, and an array is nothing that one could be called.
        if isinstance(there, bool) == isinstance(name, bool | np.bool_) and _equal(there, name):
            return there
    raise KeyError(f"there is no {kind} called {short(name)}. There are: {', '.join(map(str, names))}.")


def _equal(one: Any, other: Any) -> bool:
    try:
        hash(other)
        return bool(one == other)
    except Exception:  # whatever a stranger's type raises, it is not the same
        return False


def plain(values: Any) -> Any:
    """Scalars in, scalars out: an array without axes becomes a Python number."""
    return values.item() if isinstance(values, np.generic | np.ndarray) and values.ndim == 0 else values


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number


def short(value: Any) -> str:
    """Write a value for a sentence: on one line, at most 60 signs."""
    try:
        text = " ".join(repr(value[:50] if isinstance(value, list | tuple | str | bytes) else value).split())
        text.encode()
    except Exception:  # digits without end, or a stranger's own repr
        text = f"a {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "..."


def printable(text: str) -> str:
    """Return a line without what a terminal would obey: names come from files.

    >>> printable("a\\x1b[2Jb")
    'a�[2Jb'
    """
    return "".join(sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in text)

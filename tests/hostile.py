"""Hostile calls: every public function and class, found by itself, with arguments of all types that people pass.

A call may give a finite result of a plain type, or raise an error whose message is a sentence of the lab's own.
Whatever else comes of it (an error of numpy's or Python's, a warning, a NaN, a minute, a gigabyte) is a fault.
"""

from __future__ import annotations

import array
import datetime
import importlib.util
import inspect
import random
import signal
import traceback
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pandas as pd
import torch

from passk_lab import exact, explorers, lm, objectives
from passk_lab.arguments import Doubt
from passk_lab.exact.derivations import Ledger
from passk_lab.needs import NotInstalled
from passk_lab.objectives.registry import Entry

ROOT = Path(__file__).parent.parent
ALLOWED = (ValueError, TypeError, KeyError, NotInstalled)
SECONDS, BYTES = 30, 3 * 2**30
"""Processor time and memory that one call may take."""

LEFT_OUT = {
    "cockpit": "opens a thread that trains",
    "book.write": "runs notebooks", "teach.write": "writes a folder", "story.page": "draws, for seconds",
    "challenge.enter": "trains",
    "lm.train": "trains", "lm.turns": "trains", "lm.train_base": "trains", "lm.run_grid": "trains",
    "lm.train_stacked": "trains", "lm.StackedLearner": "trains", "lm.Learner": "trains",
    "exact.derivations.verify": "checks everything, for minutes",
    "lm.judge": "takes a model and prompts, objects that only the lab makes",
    "lm.judged_on": "takes a config", "lm.success": "takes a model and prompts",
    "explorers.Description": "a description is code: its parts are read as they are used",
}  # fmt: skip
"""Public names that are not called, and why; a whole room by its name."""

NOT_FINITE = {
    "exact.angle_between": "a gradient of 0 has no direction",
    "lm.at_equal_progress": "NaN where a run never came that far",
    "data.load": "blanks of the published tables", "data.problems": "blanks of the published tables",
}  # fmt: skip
"""Names whose result may hold what is not finite, and why."""


# --- what is called -----------------------------------------------------------------------------------------------


def _make_texts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("make_texts", ROOT / "docs" / "make_texts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def subjects() -> dict[str, Callable[..., Any]]:
    """Every public function and class of every room, by the name that the documents list it under."""
    texts, found = _make_texts(), {}
    for room in texts.rooms():
        path = texts.path_of(room)
        for name, thing in texts.public(room):
            whole = f"{path}.{name}"
            plain_record = inspect.isclass(thing) and not _checks(thing)
            if callable(thing) and not plain_record and path not in LEFT_OUT and whole not in LEFT_OUT:
                found[whole] = thing
    return found


def _checks(kind: type) -> bool:
    """Whether a class looks at what it is given; one that only keeps it can refuse nothing."""
    return "__post_init__" in vars(kind) or ("__init__" in vars(kind) and not is_dataclass(kind))


# --- with what ----------------------------------------------------------------------------------------------------


class Awkward:
    """Whatever is asked of it, it raises."""

    def __float__(self) -> float:
        raise RuntimeError("no float")

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __array__(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("no array")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no equality")

    __hash__ = None  # type: ignore[assignment]


def _deep(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


HOSTILE: list[Callable[[random.Random], Any]] = [
    lambda r: r.choice([None, True, False, np.True_, Ellipsis, NotImplemented, int, len, object(), Awkward()]),
    lambda r: r.choice([0, -1, 1, 2, 3, 7, 16, 100, 10**4, 10**6, 10**9, 2**53, 2**53 + 1, 2**64, 10**30, -(10**400)]),
    lambda r: r.choice([10**5000, 0.0, -0.0, 0.5, 1.0, 1.5, -0.1, 0.29 * 100, 1e300, 1e-300, 5e-324, 1 - 2**-53]),
    lambda r: r.choice([float("nan"), float("inf"), -float("inf"), np.float32(0.1), np.float16(3), np.longdouble(2)]),
    lambda r: r.choice([np.int8(-3), np.uint64(2**63), np.int64(4), Fraction(1, 3), Fraction(4), Decimal("0.3")]),
    lambda r: r.choice(
        [Decimal("NaN"), Decimal("sNaN"), 1j, np.complex128(2), np.datetime64("2020"), np.timedelta64(5)]
    ),
    lambda r: r.choice([datetime.date(2020, 1, 1), pd.NA, pd.NaT, np.ma.masked, np.str_("3"), np.bytes_(b"3")]),
    lambda r: r.choice(
        ["", "C", "pass", "0.95", "3", "{word}", "\ud800", "nan", "k=inf", "a" * 1000, "x\n\0", "pass@k"]
    ),
    lambda r: r.choice(
        ["grpo", "pass-at-k?k=inf", "pass-at-k?k", "pass-at-k?k=1e-320", "math500", "novelty", "weight"]
    ),
    lambda r: r.choice([b"0.5", bytearray(b"1"), memoryview(b"12"), array.array("d", [1.0, 2.0]), range(4), range(0)]),
    lambda r: r.choice([[], (), {}, set(), [[]], [[], []], [None], ["C", "A"], [True, 2], [1, [2]], [[1, 2], [3]]]),
    lambda r: r.choice([[1, 2, 3], [0, 1], [0.5, 0.25], [[0, 1], [1, 1]], [1, "2"], [10**30], [float("nan"), 1.0]]),
    lambda r: r.choice([{"k": 4}, {1, 2}, {"a": 1}.values(), {2: 3}.keys(), {2: 3}.items(), frozenset({0.5})]),
    lambda r: r.choice(
        [(x for x in (1, 2)), iter([1]), map(int, "12"), zip([1], [2], strict=True), _deep(80), _deep(3)]
    ),
    lambda r: np.array(r.choice([1, 0.5, True, "x", None, [], [[]], [1, 2], [[1, 0], [0, 1]], [True, False], ["C"]])),
    lambda r: np.zeros(
        r.choice([(0,), (0, 3), (2, 2), (1, 1, 1), (3,)]), r.choice([int, float, bool, object, "M8[D]"])
    ),
    lambda r: np.ma.masked_array([1, 2, 3], mask=r.choice([[0, 1, 0], [0, 0, 0], [1, 1, 1]])),
    lambda r: pd.Series(r.choice([[1, 2, 3], [0.5, 0.1, 1.0], [True, False, True], ["C", "A", "B"]]), index=[3, 1, 2]),
    lambda r: pd.Series([1, None, 0], dtype=r.choice(["Int64", "float64", "object", "boolean"])),
    lambda r: r.choice([pd.DataFrame({"c": [1, 2]}), pd.DataFrame(), pd.Series([], dtype=float), pd.Index([1, 2])]),
    lambda r: pd.Series(["a", "b", "a"], dtype="category"),
    lambda r: torch.ones(r.choice([(), (2,), (2, 2)]), requires_grad=r.random() < 0.5),
    lambda r: torch.tensor([1, 0, 1]).to(r.choice([torch.int64, torch.bool, torch.bfloat16, torch.complex64])),
    lambda r: r.choice([objectives.get("grpo"), objectives.get("pass@1").credit(4), exact.Bandit([0.0, 1.0], [0])]),
    lambda r: r.choice([lm.TrainConfig(), lm.Countdown(), explorers.PROBABILITY, Ledger(()), pd, ROOT]),
]


def _counts(r: random.Random) -> Any:
    """Counts up to 8, of one problem or several, in any dress."""
    few = [r.randint(0, 8) for _ in range(r.choice([1, 2, 3]))]
    return r.choice(
        [few[0], few, tuple(few), np.array(few), np.array(few, np.uint8), pd.Series(few), np.array(few) * 1.0]
    )


PLAUSIBLE: dict[str, Callable[[random.Random], Any]] = {
    **dict.fromkeys(("n", "n_a", "n_b"), lambda r: r.choice([8, 8, 16, 9.0, [8, 9, 12], np.int16(8), 10**9])),
    **dict.fromkeys(("c", "c_a", "c_b", "counts"), _counts),
    **dict.fromkeys(("k", "ks", "order"), lambda r: r.choice([1, 2, 4, 8, [1, 2], [1, 2, 8], np.array(3), 10**9])),
    **dict.fromkeys(("p", "tau", "share", "start", "p_easy", "p_hard", "p_from", "p_to", "until_p", "level"),
                    lambda r: r.choice([0.0, 0.1, 0.5, 0.9, 1.0, [0.1, 0.7], np.array([0.25]), 1e-300])),
    **dict.fromkeys(("false_positive", "false_negative", "unsolvable", "honest", "seen", "true", "luck", "half_width"),
                    lambda r: r.choice([0.0, 0.01, 0.5, 1.0, [0.1, 0.7]])),
    **dict.fromkeys(("problem", "answer", "accepted"), lambda r: [r.choice([0, 1]) for _ in range(3)]),
    **dict.fromkeys(("audited", "answers", "wrong", "right"), lambda r: r.choice([1, 3, 50, 0.1, [0, 1], [0.5, 0.5]])),
    "key": lambda r: r.choice([{0: 1, 1: 0}, {0: 0}]),
    "rewards": lambda r: [r.choice([0.0, 1.0, -2.5, 1e300]) for _ in range(8)],
    "logits": lambda r: [r.uniform(-3, 3) for _ in range(4)],
    "correct": lambda r: r.choice([0, [0], [0, 2], {1}, [True, False, False, True], (0.1, 0.2)]),
    "unparsed": lambda r: r.choice([0, 1, 3]),
    "objective": lambda r: r.choice([*objectives.names(variants=True), objectives.get("pass@k", k=2)]),
    "name": lambda r: r.choice(["grpo", "pass@k", "math500", "evalperf", "novelty", "gap-peak", "why unbiased"]),
    "bandit": lambda r: exact.Bandit([0.0, r.uniform(-3, 3), 1.0], [0]),
    "text": lambda r: r.choice(["pass-at-k?k=4", "estimator-lab", "collapse?k=2"]),
    "resamples": lambda r: r.choice([100, 200]),
    "seed": lambda r: r.choice([0, 1, 7]),
    "arms": lambda r: r.choice([2, 3, 100, 10**9]),
    "method": lambda r: r.choice(["bootstrap", "normal"]),
}  # fmt: skip


def arguments_of(function: Callable[..., Any], r: random.Random) -> tuple[list[Any], dict[str, Any]]:
    """Draw arguments that fit the signature: some plausible, some left to their defaults, the others hostile."""
    given: list[Any] = []
    named: dict[str, Any] = {}
    positional = True
    kind_of = inspect.Parameter
    for name, parameter in inspect.signature(function).parameters.items():
        if parameter.kind is kind_of.VAR_POSITIONAL:
            given += [_value(name, r) for _ in range(r.randint(0, 2)) if positional]
            positional = False
        elif parameter.kind is kind_of.VAR_KEYWORD:
            named |= {
                r.choice(["k", "n", "p", "objective", "eps", "word"]): _value("k", r) for _ in range(r.randint(0, 2))
            }
        elif parameter.default is not kind_of.empty and r.random() < 0.4:
            positional = False
        elif positional and parameter.kind is not kind_of.KEYWORD_ONLY:
            given.append(_value(name, r))
        else:
            named[name] = _value(name, r)
    return given, named


def _value(name: str, r: random.Random) -> Any:
    if name in PLAUSIBLE and r.random() < 0.6:
        return PLAUSIBLE[name](r)
    return r.choice(HOSTILE)(r)


# --- what comes of it ---------------------------------------------------------------------------------------------


class Overtime(BaseException):
    """A call took longer than it may."""


@contextmanager
def bounded() -> Iterator[None]:
    """Within a with-block no call takes more memory than it may, where the system can say so."""
    try:
        import resource
    except ImportError:  # Windows
        yield
        return
    statm = Path("/proc/self/statm")
    if not statm.exists():
        yield
        return
    before = resource.getrlimit(resource.RLIMIT_AS)
    now = int(statm.read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (now + BYTES, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


@contextmanager
def _timed() -> Iterator[None]:
    """Stop a call by the processor time it takes, which does not depend on how busy the machine is."""
    if not hasattr(signal, "setitimer"):
        yield
        return

    def stop(*_: Any) -> None:
        raise Overtime

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def fault(name: str, function: Callable[..., Any], given: list[Any], named: dict[str, Any]) -> str:
    """Say what is wrong with what comes of a call; "" if nothing is."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.simplefilter("ignore", Doubt)
        try:
            with _timed():
                result = function(*given, **named)
        except Overtime:
            return f"took more than {SECONDS} seconds of the processor"
        except Exception as error:
            return _fault_of_error(error)
    if isinstance(result, np.generic):
        return f"gave a scalar of numpy's, {type(result).__name__}"
    return "" if name in NOT_FINITE or _finite(result) else f"gave what is not finite: {result!r:.80}"


def _fault_of_error(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    last = traceback.extract_tb(error.__traceback__)[-1]
    what = f"{type(error).__name__}: {said!s:.100} (at {Path(last.filename).name}:{last.lineno})"
    if not isinstance(error, ALLOWED):
        return f"raised {what}"
    if ROOT / "passk_lab" not in Path(last.filename).parents:
        return f"let through {what}"
    if not isinstance(said, str) or not said.rstrip().endswith((".", ".)")):
        return f"said no sentence, {what}"
    try:
        said.encode()
    except UnicodeEncodeError:
        return f"said what cannot be printed, {said!a:.100}"
    return "" if len(said) < 3000 else f"said {len(said)} signs"


def _finite(result: Any, depth: int = 0) -> bool:
    """Whether all numbers in a result are finite; looks into tuples, lists, dicts and records."""
    if isinstance(result, float | int | np.generic | np.ndarray):
        values = np.asarray(result)
        return values.dtype.kind not in "fc" or bool(np.isfinite(values).all())
    if depth > 3 or isinstance(result, str | objectives.Objective | Entry):
        return True  # an objective's limits at the ends of [0, 1] may be infinite, and say so
    if isinstance(result, dict):
        return all(_finite(entry, depth + 1) for entry in result.values())
    if isinstance(result, tuple | list):
        return all(_finite(entry, depth + 1) for entry in result)
    if is_dataclass(result) and not isinstance(result, type):
        return all(
            _finite(getattr(result, field.name), depth + 1) for field in fields(result) if hasattr(result, field.name)
        )
    return True


def run(calls: int, seed: int = 0) -> list[str]:
    """Make so many calls, over all subjects in turn, and list the faults."""
    every = sorted(subjects().items())
    # A shipped explorer fills its tables first, a tenth of a second or two: once for ten calls of the others.
    slow = [(name, thing) for name, thing in every if name.partition(".")[2] in explorers.SHIPPED]
    called = 10 * [subject for subject in every if subject not in slow] + slow
    faults = []
    with bounded():
        for i in range(calls):
            name, function = called[i % len(called)]
            r = random.Random(f"{seed} {i}")
            given, named = arguments_of(function, r)
            if wrong := fault(name, function, given, named):
                faults.append(f"{name}({_shown(given, named)}) {wrong}")
    return faults


def _shown(given: list[Any], named: dict[str, Any]) -> str:
    texts = []
    for key, value in [*(("", v) for v in given), *named.items()]:
        try:
            text = " ".join(f"{value!r}".split())[:60]
        except Exception:
            text = f"a {type(value).__name__}"
        texts.append(f"{key}={text}" if key else text)
    return ", ".join(texts).encode("ascii", "backslashreplace").decode()

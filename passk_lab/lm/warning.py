"""Which signal seen in training warns before held-out pass@256 falls: the paper's own use of pass@k, tested.

`python -m passk_lab.lm.warning` reads the recorded runs and writes what came out, the same bytes each time: the table
benchmarks/results/warning.md, and data/runs/warning.json, from which `alarm.measured` has the alarms with their
rates. `--check` only says whether both are as they should be.

A threshold is never tested on what chose it. Methods are in three groups, in the order of `recorded.METHODS` 0, 1, 2,
0, ...; a run is tested with the threshold that the runs of the other two groups AND the other two seeds have chosen.
Each run is tested once. Only the thresholds that ship are chosen by all runs.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from passk_lab import arguments, files
from passk_lab.alarm import Form, fall_of, scored
from passk_lab.arguments import Floats
from passk_lab.lm import recorded

if TYPE_CHECKING:
    import pandas as pd

    from passk_lab.metrics import Interval

SPLIT, DRAWS = "unseen", 256
BY = (0.1, 0.05)
"""What is called a fall of pass@256; the first is spoken of first."""
ALLOWED = (0.1, 0.2)
"""Shares of the runs that do not fall in which an alarm is allowed, where thresholds are chosen."""
SOON = 60
"""Steps within which a fall is near."""
FOLDS = 3
"""Groups of methods."""
GRID = (5, 10, 15, 20, 25, 30, 40, 50)
"""False alarms allowed, in per cent, along which the explorer `alarms` goes."""


@dataclass(frozen=True)
class Signal:
    """What may warn: its name, the form of its alarm, and what it is."""

    name: str
    form: Form
    says: str


SIGNALS = (
    Signal("gap_at_n", "falls by ratio", "gap pass@n - pass@1 of the batch, n = 32"),
    Signal("gap", "falls by ratio", "gap pass@16 - pass@1 of the batch"),
    Signal("distinct", "falls by ratio", "distinct right solutions in a group"),
    Signal("unique", "falls by ratio", "distinct answers over samples, right or wrong"),
    Signal("entropy", "falls by ratio", "entropy of an answer"),
    Signal("all_wrong", "rises by", "share of groups without a right sample"),
    Signal("all_right", "rises by", "share of groups with only right samples"),
    Signal("silent", "rises by", "share of groups in which every sample has the same credit"),
    Signal("carriers", "falls by ratio", "effective share of the prompts that carry the credit"),
    Signal("signal_to_noise", "falls by ratio", "signal over noise of the gradient"),
    Signal("pass_at_1", "rises by", "pass@1 of the batch"),
    Signal("clock", "rises to", "steps done"),
    Signal("path", "rises to", "steps done, times the learning rate"),
)
"""A quantity that is above 0 at the start is held against its start by ratio, a share that may start at 0 by
difference. The last three are what a signal has to beat."""
FORMS: Mapping[str, Form] = {one.name: one.form for one in SIGNALS}
_SHIPPED = tuple(one for one in SIGNALS if one.name not in ("clock", "path"))
BASELINES = ("pass_at_1", "clock", "path")
WITHOUT_SAMPLES = ("gap", "pass_at_1", "clock", "path")
"""Signals that runs with an exact gradient have too."""


@dataclass(frozen=True)
class Rate:
    """So many of so many, with an interval clustered by method."""

    hits: int
    of: int
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.hits} of {self.of}, {self.hits / self.of:.2f} [{self.low:.2f}, {self.high:.2f}]"


@dataclass(frozen=True)
class Judged:
    """What came of the alarm of one signal, by one meaning of a fall and one share of false alarms allowed."""

    signal: str
    warned: Rate
    """Runs with an alarm before their fall, of those that fell."""
    false: Rate
    """Runs with an alarm, of those that did not fall."""
    leads: Floats
    """Steps from alarm to fall, sorted, of the runs that were warned."""
    threshold: float
    """Chosen by all runs: what ships."""


@dataclass(frozen=True)
class Ordered:
    """How well a signal tells, among runs at one step and learning rate, those that fall soon; a clock has .5."""

    signal: str
    concordance: float
    low: float
    high: float
    by_seed: tuple[float, ...]
    beyond_pass_at_1: tuple[float, float, float]
    """Its concordance less that of pass@1, with an interval."""

    @property
    def beats_the_clock(self) -> bool:
        """Whether the interval lies above .5, and each seed does."""
        return self.low > 0.5 and min(self.by_seed) > 0.5

    @property
    def beats_pass_at_1(self) -> bool:
        """Whether the interval of the difference lies above 0."""
        return self.beyond_pass_at_1[1] > 0


# --- the runs ---------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4)
def runs(by: float, with_exact: bool = False) -> pd.DataFrame:
    """List the runs of the study by number: method, rate, seed, fold, the step of the `fall` (NaN: none), the `end`.

    Parameters
    ----------
    by : float
        What is called a fall.
    with_exact : bool
        Whether runs with an exact gradient, which draw no samples, are among them.

    Examples
    --------
    >>> len(runs(0.1)), len(runs(0.1, with_exact=True))
    (261, 306)
    """
    curves = recorded.curves()
    curves = curves[(curves.split == SPLIT) & (curves.k == DRAWS)].sort_values("step")
    table = recorded.cells().set_index("run")
    fold = {method.name: i % FOLDS for i, method in enumerate(recorded.METHODS)}
    falls = {
        run: fall_of(own.step, own.pass_at_k, own.low, own.high, by) for run, own in curves.groupby("run", sort=True)
    }
    table = table.assign(
        fold=table.method.map(fold),
        fall=[np.nan if falls[run] is None else falls[run] for run in table.index],
        end=curves.groupby("run").step.max(),
    )
    return table if with_exact else table[table.part != "exact"]


@lru_cache(maxsize=1)
def _seen() -> pd.DataFrame:
    steps = recorded.steps()
    right = steps.pass_at_1.astype(float)
    return steps.assign(gap_at_n=1 - steps.all_wrong - right, clock=steps.step, path=steps.step * steps.rate)


@cache
def scores(signal: str, with_exact: bool = False) -> pd.DataFrame:
    """Table how near to an alarm a signal is: a row for each run, a column for each window of ten steps.

    >>> scores("distinct").shape
    (261, 40)
    """
    form = FORMS[arguments.known("signal", signal, list(FORMS))]
    wide = _seen().pivot(index="run", columns="step", values=signal).astype(float)
    values = wide.to_numpy()
    start = values[:, :1] if form in ("falls by ratio", "falls by", "rises by") else np.zeros_like(values[:, :1])
    wide[:] = np.where(np.isnan(values), -np.inf, scored(form, values, start))
    return wide.loc[runs(BY[0], with_exact).index]


# --- one alarm a run --------------------------------------------------------------------------------------------


def threshold_at(quiet: Any, allowed: float) -> float:
    """Lowest limit that at most a share of the quiet runs goes above, by the highest score of each.

    >>> threshold_at([0.1, 0.2, 0.3, 0.4, 0.5], 0.2)
    0.4
    """
    quiet = np.sort(arguments.floats("quiet", quiet, allowed="numbers"))[::-1]
    if not len(quiet):
        raise ValueError("no run stood: without one, no share of false alarms can be allowed.")
    return float(quiet[min(int(allowed * len(quiet)), len(quiet) - 1)])


@cache
def judged(signal: str, by: float, allowed: float, with_exact: bool = False) -> Judged:
    """Test the alarm of a signal: each run with a threshold that neither its method's group nor its seed has chosen.

    Examples
    --------
    >>> str(judged("clock", 0.1, 0.2).warned)
    '0 of 110, 0.00 [0.00, 0.18]'
    """
    return _judged([signal], signal, by, allowed, with_exact)


@cache
def judged_choice(by: float, allowed: float) -> Judged:
    """Test the choice of a signal too: each run has the signal that warned most among the runs that chose for it.

    What is best after the fact flatters itself; this one was never picked by the runs that it is tested on.
    """
    return _judged([one.name for one in SIGNALS if one.name not in BASELINES], CHOICE, by, allowed, False)


CHOICE = "the best where chosen"
"""Name of `judged_choice` in tables."""


def _judged(signals: Sequence[str], name: str, by: float, allowed: float, with_exact: bool) -> Judged:
    of = runs(by, with_exact)
    fall, fell = of.fall.to_numpy(), of.fall.notna().to_numpy()
    tables = {signal: scores(signal, with_exact) for signal in signals}
    highest = {signal: _highest(table, fall) for signal, table in tables.items()}
    rung, leads = np.zeros(len(of), dtype=bool), []
    for fold in range(FOLDS):
        for seed in recorded.SEEDS:
            chooses = ((of.fold != fold) & (of.seed != seed)).to_numpy()
            asked = ((of.fold == fold) & (of.seed == seed)).to_numpy()
            limits = {signal: threshold_at(highest[signal][chooses & ~fell], allowed) for signal in signals}
            signal = max(signals, key=lambda one: (highest[one][chooses & fell] > limits[one]).sum())
            rung[asked] = highest[signal][asked] > limits[signal]
            score, at = tables[signal].to_numpy(), tables[signal].columns.to_numpy()
            warned = np.flatnonzero(asked & rung & fell)
            leads += [fall[i] - at[(score[i] > limits[signal]).argmax()] for i in warned]
    limit = threshold_at(highest[signals[0]][~fell], allowed) if len(signals) == 1 else np.nan
    downward = FORMS[signals[0]] in ("falls by ratio", "falls to")
    return Judged(
        name,
        _rate(rung[fell], of.method[fell]),
        _rate(rung[~fell], of.method[~fell]),
        np.sort(leads),
        -limit if downward else limit,
    )


def _highest(table: pd.DataFrame, fall: Floats) -> Floats:
    """Highest score of each run while an alarm is in time: before its fall, or to its end where it has none."""
    in_time = table.columns.to_numpy() < np.where(np.isnan(fall), np.inf, fall)[:, None]
    return np.where(in_time, table.to_numpy(), -np.inf).max(axis=1)


def _rate(hit: np.ndarray, method: pd.Series) -> Rate:
    ends = clustered_interval(hit, method.to_numpy())
    return Rate(int(hit.sum()), len(hit), float(ends.low), float(ends.high))


def clustered_interval(hit: Any, cluster: Any, level: float = 0.95) -> Interval:
    r"""Give an interval of a share where hits of one cluster go together: Clopper-Pearson at an effective number.

    .. math:: n_e = \frac{\hat p (1 - \hat p)}{\hat v}, \qquad
        \hat v = \frac{m}{m-1} \frac{1}{n^2} \sum_{j=1}^m \Big(\sum_{i \in j} (h_i - \hat p)\Big)^2

    Korn and Graubard (Survey Methodology 24, 1998), with m clusters, never more than n, and with the number of clusters
    in its place where all hits are alike and v is 0.

    Parameters
    ----------
    hit : array_like of bool, shape (n,)
    cluster : array_like, shape (n,)
        What goes together: the runs of a method, say, have objective and code in common.
    level : float in (0, 1)

    Raises
    ------
    ValueError
        If there is no hit or miss at all, or the two do not go together.

    Examples
    --------
    >>> clustered_interval([1, 1, 0, 0], "aabb")
    Traceback (most recent call last):
    ValueError: each hit has a cluster, but there are 4 hits and clusters of shape ().
    >>> ends = clustered_interval([1, 1, 0, 0, 1, 0], list("aabbcc"))
    >>> f"{ends.low:.2f} to {ends.high:.2f}"
    '0.04 to 0.96'
    """
    from scipy.special import betaincinv

    from passk_lab.metrics import Interval

    hit, cluster, level = np.asarray(hit, dtype=float), np.asarray(cluster), arguments.level(level)
    if hit.ndim != 1 or cluster.shape != hit.shape:
        raise ValueError(
            f"each hit has a cluster, but there are {hit.size} hits and clusters of shape {cluster.shape}."
        )
    if not hit.size:
        raise ValueError("a share of nothing has no interval: there is no hit and no miss.")
    n, p = len(hit), hit.mean()
    names, which = np.unique(cluster, return_inverse=True)
    together = np.bincount(which, hit - p)
    variance = len(names) / max(len(names) - 1, 1) * (together**2).sum() / n**2
    number = min(n, p * (1 - p) / variance) if variance > 0 else len(names)
    tail, count = (1 - level) / 2, p * number
    low = betaincinv(count, number - count + 1, tail) if count > 0 else 0.0
    high = betaincinv(count + 1, number - count, 1 - tail) if count < number else 1.0
    return Interval(np.float64(low), np.float64(high))


# --- beside runs at the same step -------------------------------------------------------------------------------


@cache
def ordered(signal: str, by: float) -> Ordered:
    """Ask at each step, among the runs that still stand, whether a signal tells which of them fall soon.

    Pairs are two runs at one step and one learning rate of which one falls within `SOON` steps and the other does not;
    the concordance is the share of pairs in which the first has the higher score, a tie counting half. Steps done, and
    steps times the rate, are equal in a pair: a clock has .5. The interval leaves out one method at a time (jackknife).

    Examples
    --------
    >>> ordered("clock", 0.1).concordance
    0.5
    """
    from scipy.special import stdtrit

    won, pairs, methods = _pairs(signal, by)
    ours, theirs = _left_out(won, pairs), _left_out(*_pairs("pass_at_1", by)[:2])
    whole, beside = won[-1] / pairs[-1], _pairs("pass_at_1", by)[0][-1] / pairs[-1]
    factor = float(stdtrit(methods - 1, 0.975))

    def spread(values: Floats) -> float:
        return factor * float(np.sqrt((methods - 1) / methods * ((values - values.mean()) ** 2).sum()))

    half, apart = spread(ours), spread(ours - theirs)
    seeds = tuple(float(_pairs(signal, by, seed)[0][-1] / _pairs(signal, by, seed)[1][-1]) for seed in recorded.SEEDS)
    more = float(whole - beside)
    return Ordered(
        signal, float(whole), float(whole - half), float(whole + half), seeds, (more, more - apart, more + apart)
    )


@cache
def _pairs(signal: str, by: float, seed: int | None = None) -> tuple[Floats, Floats, int]:
    """Pairs won and pairs in all: of each method those it takes part in, last all of them; and how many methods."""
    of = runs(by)
    of = of if seed is None else of[of.seed == seed]
    table = scores(signal).loc[of.index]
    names, method = np.unique(of.method.to_numpy(), return_inverse=True)
    fall, end, rate = of.fall.to_numpy(), of.end.to_numpy(), of.rate.to_numpy()
    won, pairs = np.zeros(len(names) + 1), np.zeros(len(names) + 1)
    for step in table.columns:
        score = table[step].to_numpy()
        standing = ~(fall <= step) & (step <= end)
        soon = standing & (fall - step <= SOON)
        later = standing & ~soon & (~np.isnan(fall) | (step + SOON <= end))  # it is known to stand that long
        for one in np.unique(rate):
            a, b = (np.flatnonzero(side & (rate == one)) for side in (soon, later))
            wins = (score[a][:, None] > score[b]) + 0.5 * (score[a][:, None] == score[b])
            same = method[a][:, None] == method[b]
            for total, share in ((won, wins), (pairs, np.ones_like(wins))):
                total[-1] += share.sum()
                total[:-1] += np.bincount(method[a], share.sum(axis=1), len(names))
                total[:-1] += np.bincount(method[b], np.where(same, 0, share).sum(axis=0), len(names))
    return won, pairs, len(names)


def _left_out(won: Floats, pairs: Floats) -> Floats:
    """Concordance without each method."""
    return (won[-1] - won[:-1]) / (pairs[-1] - pairs[:-1])


# --- what came out ----------------------------------------------------------------------------------------------


def best(by: float = BY[0], allowed: float = ALLOWED[-1]) -> str:
    """Name the signal, baselines aside, whose alarm warned of the most falls.

    Among equals the first of `SIGNALS`. It is the best after the fact, of many: its rates flatter it.
    """
    real = [one.name for one in SIGNALS if one.name not in BASELINES]
    return max(real, key=lambda name: judged(name, by, allowed).warned.hits)


def measured() -> dict[str, Any]:
    """Return the alarms that ship, by signal."""
    out = {}
    for one in _SHIPPED:
        test = judged(one.name, BY[0], ALLOWED[-1])
        out[one.name] = {
            "form": one.form,
            "threshold": round(test.threshold, 4),
            "says": one.says,
            "fell": test.warned.of,
            "warned": test.warned.hits,
            "warned_low": round(test.warned.low, 4),
            "warned_high": round(test.warned.high, 4),
            "stood": test.false.of,
            "false": test.false.hits,
            "false_low": round(test.false.low, 4),
            "false_high": round(test.false.high, 4),
            "lead": round(float(np.median(test.leads)), 1),
            "by": BY[0],
        }
    return out


def along_allowed() -> dict[str, Any]:
    """Return what each alarm does where more or fewer false ones are allowed: what the explorer `alarms` shows.

    Shares in per cent, of the falls that were warned of and of the standing runs that ring; `lead` in steps, None where
    nothing was warned.
    """
    out: dict[str, Any] = {"allowed": list(GRID)}
    for one in _SHIPPED:
        tests = [judged(one.name, BY[0], allowed / 100) for allowed in GRID]
        out[one.name] = {
            "warned": [round(100 * test.warned.hits / test.warned.of, 1) for test in tests],
            "false": [round(100 * test.false.hits / test.false.of, 1) for test in tests],
            "lead": [round(float(np.median(test.leads)), 1) if len(test.leads) else None for test in tests],
        }
    return out


def table(by: float, allowed: float, with_exact: bool = False) -> pd.DataFrame:
    """Table the alarms: a row for each signal, those that warned most first, clocks last."""
    import pandas as pd

    names = WITHOUT_SAMPLES if with_exact else [one.name for one in SIGNALS]
    tests = [judged(name, by, allowed, with_exact) for name in names]
    rows = [
        {
            "signal": test.signal,
            "warned": test.warned.hits / test.warned.of,
            "warned_low": test.warned.low,
            "warned_high": test.warned.high,
            "false": test.false.hits / test.false.of,
            "false_low": test.false.low,
            "false_high": test.false.high,
            "lead": float(np.median(test.leads)) if len(test.leads) else np.nan,
        }
        for test in sorted(tests, key=lambda test: (test.signal in ("clock", "path"), -test.warned.hits))
    ]
    return pd.DataFrame(rows).set_index("signal")


def page() -> str:
    """Write the table of the study, as benchmarks/results/warning.md holds it."""
    first = BY[0]
    lines = [
        "# What warns before held-out pass@256 falls",
        "",
        "Written by `python -m passk_lab.lm.warning` from the recorded runs (`passk_lab/lm/warning.py` says how).",
        "A *fall*: pass@256 on held-out numbers is that far below its highest value so far, beyond its interval, and",
        "stays so to the last evaluation. An *alarm*: a signal, as the mean of ten steps, goes beyond one threshold,",
        "against its own mean over the first ten steps. A run is *warned* if the alarm came before the fall; an alarm",
        "in a run that does not fall in its recorded steps is *false*. Thresholds allow a share of false alarms among",
        "the runs that chose them, and are tested on methods and seeds that did not choose them. 95 % intervals: exact",
        "binomial at the effective number of runs, clustered by method. An alarm that knows nothing warns of no larger",
        "a share than it rings falsely: a run that stands gives it more time than one that falls. The threshold shown",
        "is the one that all runs choose. What counts as a fall, and the forms of the alarms, were settled after a",
        "look at these runs; only thresholds, and the choice of a signal in the last row, are tested afresh.",
        "",
    ]
    for by in BY:
        of = runs(by)
        fell = of.fall.notna()
        lines += [
            f"## A fall of {by:g}",
            "",
            f"{int(fell.sum())} of {len(of)} runs with samples fall (median at step {of.fall.median():.0f}); "
            f"{int((~fell).sum())} stand to their end.",
            "",
        ]
        for allowed in ALLOWED:
            lines += [
                f"### False alarms allowed in {100 * allowed:.0f} % of the runs that chose",
                "",
                "| signal | alarms where it | warned | false alarms | steps of warning: median (quartiles) |",
                "|---|---|---|---|---|",
            ]
            lines += [_row(name, by, allowed) for name in table(by, allowed).index]
            lines += [_told(CHOICE, "and as far as, the choosing runs say", judged_choice(by, allowed))]
            lines += [""]
        lines += [
            f"### Beside runs at the same step and learning rate: who falls within {SOON} steps?",
            "",
            "Share of pairs in which the run that falls soon has the more alarming signal; a clock has .5.",
            "",
            "| signal | share of pairs | least and largest seed | more than pass@1 | beats the clock | beats pass@1 |",
            "|---|---|---|---|---|---|",
        ]
        found = [ordered(one.name, by) for one in SIGNALS]
        lines += [_ordered_row(one) for one in sorted(found, key=lambda one: -one.concordance)]
        lines += [""]
    lines += [
        f"## All {len(runs(first, True))} runs, those with an exact gradient among them",
        "",
        f"These draw no samples, and have a gap and pass@1 alone. A fall of {first:g}; false alarms allowed in "
        f"{100 * ALLOWED[-1]:.0f} %.",
        "",
        "| signal | alarms where it | warned | false alarms | steps of warning: median (quartiles) |",
        "|---|---|---|---|---|",
        *(_row(name, first, ALLOWED[-1], True) for name in table(first, ALLOWED[-1], True).index),
        "",
    ]
    return "\n".join(lines)


def _row(name: str, by: float, allowed: float, with_exact: bool = False) -> str:
    test = judged(name, by, allowed, with_exact)
    return _told(f"`{name}`", f"{FORMS[name]} {test.threshold:.3g}", test)


def _told(name: str, says: str, test: Judged) -> str:
    lead = "none"
    if len(test.leads):
        low, middle, high = np.quantile(test.leads, [0.25, 0.5, 0.75])
        lead = f"{middle:.0f} ({low:.0f} to {high:.0f})"
    return f"| {name} | {says} | {test.warned} | {test.false} | {lead} |"


def _ordered_row(one: Ordered) -> str:
    more, low, high = (value + 0.0 for value in one.beyond_pass_at_1)
    return (
        f"| `{one.signal}` | {one.concordance:.2f} [{one.low:.2f}, {one.high:.2f}] | {min(one.by_seed):.2f}, "
        f"{max(one.by_seed):.2f} | {more:+.2f} [{low:+.2f}, {high:+.2f}] | {_yes(one.beats_the_clock)} | "
        f"{_yes(one.beats_pass_at_1)} |"
    )


def _yes(there: bool) -> str:
    return "yes" if there else "no"


def written() -> Mapping[Path, str]:
    """Return what the command writes: each file with its text. The table goes where there is a clone to hold it."""
    both = {"alarms": measured(), "along": along_allowed()}
    stored = json.dumps(both, separators=(",", ":")).replace('},"', '},\n"') + "\n"
    out = {recorded.place() / "warning.json": stored}
    results = Path(__file__).parents[2] / "benchmarks" / "results"
    return {**out, results / "warning.md": page()} if results.is_dir() else out


def main(given: Sequence[str]) -> int:
    """Write the files of the study, or with `--check` compare them; 1 where one is not as it should be."""
    wrong = [path for path, text in written().items() if not path.exists() or path.read_text(encoding="utf-8") != text]
    for path in wrong:
        if "--check" not in given:
            files.put(path, written()[path])
        print(f"{path.name} {'is not what the recorded runs give' if '--check' in given else 'is written'}")
    return int(bool(wrong) and "--check" in given)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

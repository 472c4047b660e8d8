"""Cells of the world of the compact model: its recorded runs, held-out numbers, three seeds."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from passk_lab.lm import recorded, warning
from passk_lab.verdict.evidence import Evidence, cell, over_seeds

if TYPE_CHECKING:
    import pandas as pd

PROGRESS, DRAWS = 0.4, 256
"""Where methods are compared: pass@256 where pass@1 first is .4."""
CONTROLS = ("two updates", "annealed k")
"""In the part "exploring", but no hold on GRPO: a control, and an objective that moves."""
_THREE = f"{len(recorded.SEEDS)}"


@cache
def _held_out() -> pd.DataFrame:
    return recorded.curves().query("split == 'unseen'")


@cache
def _change() -> pd.DataFrame:
    """First and last pass@1 and pass@256 of each run from the bases: by method, rate, seed; columns (k, end)."""
    own = _held_out()[_held_out().part.isin(["objectives", "exact", "exploring"]) & _held_out().k.isin([1, DRAWS])]
    rows = own[own.step.isin([0, recorded.STEPS])]
    return rows.pivot_table(index=["method", "rate", "seed"], columns=["k", "step"], values="pass_at_k").astype(float)


@cache
def _kept() -> pd.Series:
    """Pass@256 of each run where its pass@1 first is .4: by method, rate, seed."""
    return recorded.equal_progress_by_seed(PROGRESS, k=DRAWS).set_index(["method", "rate", "seed"]).value.sort_index()


@cache
def _best_rate() -> pd.Series:
    """The rate at which each method keeps most, in the mean, of those that all its seeds come to .4 at."""
    table = recorded.equal_progress(PROGRESS, k=DRAWS)
    return table.loc[table.groupby("method")["mean"].idxmax()].set_index("method").rate


def _at_best(method: str) -> pd.Series:
    """What a method keeps at its best rate, by seed."""
    return _kept().loc[(method, _best_rate()[method])]


def _mechanisms() -> list[str]:
    """The mechanisms of the recorded runs, on GRPO."""
    return [one.name for one in recorded.METHODS if one.part == "exploring" and one.name not in CONTROLS]


def _named(run: Any) -> str:
    method, rate, seed = run
    return recorded.cell_name(method, float(rate), int(seed))


_PASS_1 = ["pass@1", "exact pass@1", "GRPO", "expected GRPO"]


@cell("many prompts, one direction", "network")
def another_goal() -> Evidence:
    """Compare exact pass@4 and exact pass@1 where pass@1 = .4; a case, a rate and seed: they keep alike to .005."""
    apart = (_kept().loc["exact pass@4"] - _kept().loc["exact pass@1"]).dropna()
    return Evidence(
        {f"rate {rate:g}, seed {seed}": abs(value) < 0.005 for (rate, seed), value in apart.items()},
        f"At pass@1 = .4 exact pass@4 has kept {apart.mean():.3f} more of pass@256 than exact pass@1, in the "
        f"mean: not one "
        "path.",
        _THREE,
        f"at rate 0.0004: {over_seeds(apart.xs(4e-4, level='rate'))}",
    )


@cell("no signal when solved", "network")
def large_k_is_slow() -> Evidence:
    """Order the exact gradients by the pass@1 they end at; a case is a rate and seed: pass@16 < pass@4 < pass@1."""
    ends = {k: _change()[1, recorded.STEPS].loc[f"exact pass@{k}"] for k in (1, 4, 16)}
    ordered = (ends[16] < ends[4]) & (ends[4] < ends[1])
    return Evidence(
        {f"rate {rate:g}, seed {seed}": bool(so) for (rate, seed), so in ordered.items()},
        f"After {recorded.STEPS} steps at rate 0.0004 exact pass@1 has pass@1 = {ends[1].loc[4e-4].mean():.2f}, "
        f"exact pass@4 "
        f"{ends[4].loc[4e-4].mean():.2f}, exact pass@16 {ends[16].loc[4e-4].mean():.2f}.",
        _THREE,
        f"pass@1 less pass@16: {over_seeds((ends[1] - ends[16]).loc[4e-4])}",
    )


@cell("pass@1 narrows", "network")
def narrows() -> Evidence:
    """Train on pass@1 or GRPO, sampled and exact; a case is a run: pass@1 ends above the base, pass@256 below."""
    own = _change().loc[_PASS_1].sort_index()
    so = (own[1, recorded.STEPS] > own[1, 0]) & (own[DRAWS, recorded.STEPS] < own[DRAWS, 0])
    lost = own[DRAWS, 0] - own[DRAWS, recorded.STEPS]
    return Evidence(
        {_named(run): bool(value) for run, value in so.items()},
        f"In {int(so.sum())} of {len(so)} runs pass@1 rises and pass@256 falls, by {lost.min():.3f} to "
        f"{lost.max():.3f}.",
        _THREE,
        f"fall under pass@1 at rate 0.0004: {over_seeds(lost.loc['pass@1', 4e-4])}",
    )


@cell("the gap closes", "network")
def gap_closes() -> Evidence:
    """Train on pass@1 or GRPO, sampled and exact; a case is a run: the gap at k = 256 ends below where it began."""
    own = _change().loc[_PASS_1].sort_index()
    first, last = (own[DRAWS, step] - own[1, step] for step in (0, recorded.STEPS))
    return Evidence(
        {_named(run): bool(value) for run, value in (last < first).items()},
        f"The gap at k = {DRAWS} goes from {first.mean():.2f} to {last.mean():.2f} in the mean of {len(own)} runs.",
        _THREE,
        f"closing under pass@1 at rate 0.0004: {over_seeds((first - last).loc['pass@1', 4e-4])}",
    )


@cell("pass@k keeps no more", "network")
def keeps_no_more() -> Evidence:
    """Compare pass@4 by loo-1 and by its exact gradient with pass@1 likewise where pass@1 = .4; a case is a run.

    It is so where that run keeps no more than the run of pass@1 at the same rate and seed.
    """
    pairs = {"pass@4-loo-1": "pass@1", "exact pass@4": "exact pass@1"}
    apart = {
        (a, *key): more for a, b in pairs.items() for key, more in (_kept().loc[a] - _kept().loc[b]).dropna().items()
    }
    best = _at_best("pass@4-loo-1") - _at_best("pass@1")
    return Evidence(
        {_named(run): bool(more <= 0) for run, more in apart.items()},
        f"Where both have pass@1 = .4, pass@4 has kept {min(apart.values()):.3f} to {max(apart.values()):.3f} more of "
        f"pass@256 than pass@1, in {len(apart)} pairs of runs.",
        _THREE,
        f"loo-1 less pass@1, best rates: {over_seeds(best)}",
    )


@cell("pass@k gains both", "network")
def gains_both() -> Evidence:
    """Train on pass@k by any of its sampled rules; a case is a run: pass@1 ends higher and pass@256 no lower."""
    own = _change().loc[["pass@4", "pass@16", "pass@4-loo-1", "pass@16-loo-1", "pass@4-training"]].sort_index()
    so = (own[1, recorded.STEPS] > own[1, 0]) & (own[DRAWS, recorded.STEPS] >= own[DRAWS, 0])
    by_method = so.groupby("method", sort=False).sum()
    many = own[DRAWS, recorded.STEPS] - own[DRAWS, 0]
    return Evidence(
        {_named(run): bool(value) for run, value in so.items()},
        f"So in {int(so.sum())} of {len(so)} runs: "
        + ", ".join(f"{count} of {name}" for name, count in by_method.items() if count)
        + ".",
        _THREE,
        f"change of pass@256 under pass@16-loo-1 at rate 0.0004: {over_seeds(many.loc['pass@16-loo-1', 4e-4])}",
    )


@cell("plain pass@k fails by noise", "network")
def noise_not_goal() -> Evidence:
    """Compare the exact gradient of pass@k with its plain rule, after 240 steps; a case is a k, rate and seed.

    It is so where the exact one ends above in pass@1 and in pass@256.
    """
    cases: dict[str, bool] = {}
    more = {}
    for k in (4, 16):
        apart = (_change().loc[f"exact pass@{k}"] - _change().loc[f"pass@{k}"])[
            [(1, recorded.STEPS), (DRAWS, recorded.STEPS)]
        ]
        cases |= {
            f"k = {k}, rate {rate:g}, seed {seed}": bool(so) for (rate, seed), so in (apart > 0).all(axis=1).items()
        }
        more[k] = apart[1, recorded.STEPS]
    return Evidence(
        cases,
        f"At rate 0.0004 the exact gradient ends {more[4].loc[4e-4].mean():.2f} higher in pass@1 at k = 4 and "
        f"{more[16].loc[4e-4].mean():.2f} at k = 16; in both numbers in {sum(cases.values())} of {len(cases)} runs.",
        _THREE,
        f"pass@1 at k = 4, rate 0.0004: {over_seeds(more[4].loc[4e-4])}",
    )


@cell("nothing comes back", "network")
def comes_back() -> Evidence:
    """Train on pass@k or MaxRL from the collapsed models; a case is a run: pass@256 does not rise."""
    rows = _held_out().query("part == 'after' and k == @DRAWS", local_dict={"DRAWS": DRAWS})
    ends = rows.pivot_table(index=["method", "seed"], columns="step", values="pass_at_k").astype(float)
    gain = (ends[ends.columns.max()] - ends[0]).loc[
        ["then pass@4", "then pass@16", "then pass@4-loo-1", "then pass@16-loo-1", "then MaxRL"]
    ]
    return Evidence(
        {f"{method}, seed {seed}": bool(value <= 0) for (method, seed), value in gain.items()},
        "Pass@256 changes by "
        + ", ".join(f"{gain.loc[name].mean():+.3f} ({name})" for name in gain.index.unique("method"))
        + " in the mean.",
        _THREE,
        f"under pass@16-loo-1: {over_seeds(gain.loc['then pass@16-loo-1'])}",
    )


@cell("exploring keeps coverage", "network")
def mechanisms_keep() -> Evidence:
    """Compare mechanisms with GRPO where pass@1 = .4, each at its best rate; a case: it keeps more from every seed."""
    own = {name: _at_best(name) - _at_best("GRPO") for name in _mechanisms() if name in _best_rate()}
    cases = {name: bool((more > 0).all()) for name, more in own.items()}
    most = max(own, key=lambda name: own[name].mean())
    return Evidence(
        cases,
        f"{sum(cases.values())} of {len(cases)} mechanisms keep more than GRPO from every seed: "
        + ", ".join(name for name, so in cases.items() if so)
        + ".",
        _THREE,
        f"most, {most}: {over_seeds(own[most])}",
    )


@cell("exploring beats pass@k", "network")
def mechanisms_beat() -> Evidence:
    """Compare mechanisms with pass@4-loo-1 and MaxRL where pass@1 = .4, at best rates; a case is a pair and a seed."""
    apart = {
        (name, goal): _at_best(name) - _at_best(goal)
        for name in _mechanisms()
        for goal in ("pass@4-loo-1", "MaxRL")
        if name in _best_rate()
    }
    cases = {
        f"{a} or {b}, seed {s}": bool(more > 0) for (a, b), by_seed in apart.items() for s, more in by_seed.items()
    }
    every = [f"{a} over {b}" for (a, b), by_seed in apart.items() if (by_seed > 0).all()]
    less = sum(bool((by_seed <= 0).all()) for by_seed in apart.values())
    return Evidence(
        cases,
        f"In {sum(cases.values())} of {len(cases)} cases the mechanism keeps more; from every seed: "
        f"{', '.join(every) or 'none'}. In {less} of {len(apart)} pairs it keeps no more from any seed.",
        _THREE,
        f"forward KL less pass@4-loo-1: {over_seeds(apart['forward KL', 'pass@4-loo-1'])}",
    )


@cell("exploring is free", "network")
def price() -> Evidence:
    """Compare the highest pass@1 of mechanisms and of GRPO; a case: the ranges over seeds overlap, or it lies above."""
    far = recorded.furthest().set_index("method")
    cases = {name: bool(far.high[name] >= far.low["GRPO"]) for name in _mechanisms()}
    pay = [name for name, so in cases.items() if not so]
    return Evidence(
        cases,
        f"GRPO comes to pass@1 = {far['mean']['GRPO']:.2f}; below its range end "
        + ", ".join(f"{name} ({far['mean'][name]:.2f})" for name in pay)
        + ".",
        _THREE,
        f"GRPO's seeds: {far.low['GRPO']:.3f} to {far.high['GRPO']:.3f} (a range)",
    )


@cell("entropy tells coverage", "network")
def entropy_and_coverage() -> Evidence:
    """Correlate entropy and pass@256 at the end over methods; a case is a rate and seed: the correlation is above 0."""
    last = recorded.steps().query("step == @end", local_dict={"end": recorded.STEPS})
    last = last[last.part.isin(["objectives", "exploring"])].set_index(["method", "rate", "seed"]).entropy.astype(float)
    both = last.to_frame("entropy").assign(many=_change()[DRAWS, recorded.STEPS])
    by = both.groupby(["rate", "seed"]).apply(lambda own: own.entropy.corr(own.many, method="spearman"))
    return Evidence(
        {f"rate {rate:g}, seed {seed}": bool(value > 0) for (rate, seed), value in by.items()},
        f"Rank correlation over {both.index.unique('method').size} methods: {by.min():+.2f} to {by.max():+.2f}.",
        _THREE,
        f"at rate 0.0004, by Fisher's z: {over_seeds(by.loc[4e-4], correlation=True)}",
    )


@cell("the gap warns", "network")
def gap_warns() -> Evidence:
    """Put the gap at the group's n to the test of `lm.warning`; a case is a question, at each meaning of a fall.

    Does it beat the clock, and pass@1, among runs at one step? Does its alarm, at a fifth of false alarms allowed, warn
    of a share of the falls that lies above its false alarms, interval above interval?
    """
    cases: dict[str, bool] = {}
    allowed = warning.ALLOWED[-1]
    for by in warning.BY:
        found, alarm = warning.ordered("gap_at_n", by), warning.judged("gap_at_n", by, allowed)
        cases |= {
            f"fall of {by:g}: beats the clock": found.beats_the_clock,
            f"fall of {by:g}: beats pass@1": found.beats_pass_at_1,
            f"fall of {by:g}: warns more than it rings falsely": alarm.warned.low > alarm.false.high,
        }
    alarm, best = (warning.judged(name, warning.BY[0], allowed) for name in ("gap_at_n", warning.best()))
    chosen, found = warning.judged_choice(warning.BY[0], allowed), warning.ordered("gap_at_n", warning.BY[0])
    return Evidence(
        cases,
        f"Beside runs at the same step it orders {100 * found.concordance:.0f} % of pairs. As an alarm on one run "
        f"it comes before "
        f"{alarm.warned.hits} of {alarm.warned.of} falls of .1, and falsely in {alarm.false.hits} of "
        f"{alarm.false.of} runs "
        f"(the best signal after the fact, {best.signal}: {best.warned.hits} and {best.false.hits}; one chosen "
        f"beforehand: "
        f"{chosen.warned.hits} and {chosen.false.hits}).",
        _THREE,
        f"share warned [{alarm.warned.low:.2f}, {alarm.warned.high:.2f}], falsely [{alarm.false.low:.2f}, "
        f"{alarm.false.high:.2f}]",
    )

"""Cells of the world of exact policies: gradient flows of one prompt, and of prompts that share a policy."""

from __future__ import annotations

from functools import cache

import numpy as np

from passk_lab import exact, objectives
from passk_lab.verdict.evidence import Evidence, cell

LONG = 1e5
"""Training time after which a flow is looked at."""


def _pass(k: int) -> objectives.Objective:
    return objectives.get("pass@k", k=k)


@cache
def _strategies(k: int) -> exact.Flow:
    """Two strategies for prompts that cannot be told apart: A solves .6 of them, B the rest."""
    return exact.flow(exact.two_strategies(0.6, start=0.3), _pass(k), until_time=LONG)


@cell("one prompt, one direction", "bandit")
def same_path() -> Evidence:
    """Follow one prompt with four right answers to p = .6; a case is a k: it ends at the policy where pass@1 ends."""
    ends = {k: exact.flow(exact.several_correct(), _pass(k), until_p=0.6).policy[-1] for k in (1, 2, 4, 16)}
    apart = {k: float(np.abs(end - ends[1]).max()) for k, end in ends.items() if k > 1}
    return Evidence(
        {f"k = {k}": value < 1e-6 for k, value in apart.items()},
        f"Every k ends at the same policy where p = .6: no chance differs by more than {1e-6:.0e}.",
    )


@cell("many prompts, one direction", "bandit")
def another_optimum() -> Evidence:
    """Train two strategies to t = 100,000; a case is a k: pass@k ends within .05 of the policy that pass@1 ends at."""
    ends = {k: float(np.ravel(_strategies(k).p[-1])[0]) for k in (1, 2, 4, 16)}
    return Evidence(
        {f"k = {k}": abs(end - ends[1]) < 0.05 for k, end in ends.items() if k > 1},
        f"pass@1 ends with strategy A in {100 * ends[1]:.2f} % of draws, pass@4 in {100 * ends[4]:.0f} %: another "
        f"optimum.",
    )


@cell("no signal when solved", "bandit")
def slow_finish() -> Evidence:
    """Time the way from p = .1 to .9, one right answer of a hundred; a case is a k: longer than for pass@1."""
    times = {k: float(exact.flow(exact.one_among(100, p=0.1), _pass(k), until_p=0.9).time[-1]) for k in (1, 4, 16)}
    return Evidence(
        {f"k = {k}": time > times[1] for k, time in times.items() if k > 1},
        f"From p = .1 to .9 pass@4 takes {times[4] / times[1]:.0f} times as long as pass@1, pass@16 "
        f"{times[16] / times[1]:.0e} times.",
    )


@cell("no signal when unsolved", "bandit")
def quick_start() -> Evidence:
    """Time the way from p = .01 to .1, one right answer of a hundred; a case is a k.

    It is so where pass@k is no sooner there than pass@1 at k times the learning rate: on one prompt k lengthens the
    steps, and a learning rate does as well.
    """
    times = {k: float(exact.flow(exact.one_among(100, p=0.01), _pass(k), until_p=0.1).time[-1]) for k in (1, 4, 16)}
    return Evidence(
        {f"k = {k}": time >= times[1] / k for k, time in times.items() if k > 1},
        f"With infinitely many samples pass@16 is at p = .1 {times[1] / times[16]:.0f} times as soon as pass@1; pass@1 "
        "at 16 times the learning rate is there sooner still.",
    )


@cell("pass@1 narrows", "bandit")
def narrows() -> Evidence:
    """Train on pass@1; a case is a world, one prompt or two strategies: pass@256 ends below its start."""
    one, two = exact.flow(exact.several_correct(), "pass@1", until_time=LONG), _strategies(1)
    ends = {"one prompt": one.pass_at_k(256), "two strategies": two.pass_at_k(256)}
    return Evidence(
        {name: bool(value[-1] < value[0] - 1e-9) for name, value in ends.items()},
        f"Pass@256 goes from {one.pass_at_k(256)[0]:.3f} to {one.pass_at_k(256)[-1]:.3f} on one prompt, from "
        f"{two.pass_at_k(256)[0]:.3f} to {two.pass_at_k(256)[-1]:.3f} where prompts need two strategies.",
    )


@cell("the gap closes", "bandit")
def gap_closes() -> Evidence:
    """Train on pass@1; a case is a world: the gap at k = 16 ends below where it began."""
    flows = {
        "one prompt": exact.flow(exact.several_correct(), "pass@1", until_time=LONG),
        "two strategies": _strategies(1),
    }
    gaps = {name: run.pass_at_k(16) - run.pass_at_k(1) for name, run in flows.items()}
    said = "; ".join(f"{name} from {gap[0]:.2f} to {gap[-1]:.2f}" for name, gap in gaps.items())
    peak = gaps["one prompt"].max() - gaps["one prompt"][0]
    return Evidence(
        {name: bool(gap[-1] < gap[0]) for name, gap in gaps.items()},
        f"The gap at k = 16: {said}. (On one prompt it first rises by {peak:.3f}.)",
    )


@cell("pass@k keeps no more", "bandit")
def keeps() -> Evidence:
    """Compare training on pass@16 with pass@1; a case is a world: it keeps no more.

    One prompt: right answers alive at p = .9. Two strategies: pass@16 at t = 100,000.
    """
    alive = {
        k: float(exact.flow(exact.several_correct(), _pass(k), until_p=0.9).states()[-1].effective_correct)
        for k in (1, 16)
    }
    kept = {k: float(_strategies(k).pass_at_k(16)[-1]) for k in (1, 16)}
    return Evidence(
        {"one prompt": alive[16] <= alive[1] + 1e-6, "two strategies": kept[16] <= kept[1]},
        f"On one prompt both have {alive[16]:.2f} right answers alive at p = .9. Where prompts need two "
        f"strategies, pass@16 "
        f"training keeps pass@16 = {kept[16]:.3f}, pass@1 training {kept[1]:.3f}.",
    )


@cell("nothing comes back", "bandit")
def comes_back() -> Evidence:
    """Train on pass@16 from a collapsed policy; a case is a world: no more is alive than before.

    One prompt: effective right answers, from where pass@1 has come to p = .9 on to .95. Two strategies: pass@16, from
    99 % of one.
    """
    collapsed = exact.flow(exact.several_correct(), "pass@1", until_p=0.9).states()[-1]
    after = exact.flow(collapsed, _pass(16), until_p=0.95).states()[-1]
    before, later = float(collapsed.effective_correct), float(after.effective_correct)
    found = exact.flow(exact.two_strategies(0.6, start=0.99), _pass(16), until_time=LONG).pass_at_k(16)
    return Evidence(
        {"one prompt": later <= before, "two strategies": bool(found[-1] <= found[0])},
        f"On one prompt right answers alive go from {before:.2f} to {later:.2f}; with two strategies pass@16 "
        f"comes back "
        f"from {found[0]:.2f} to {found[-1]:.3f}.",
    )


_HOLDS = (
    exact.entropy_bonus(0.03),
    exact.entropy_bonus(0.3),
    exact.kl_to_start(0.03),
    exact.kl_to_start(0.03, forward=True),
)


@cache
def _held() -> dict[str, tuple[float, float]]:
    """Of each hold under pass@1: p and right answers alive at t = 100,000."""
    out = {}
    for hold in _HOLDS:
        state = exact.flow(exact.several_correct(), "pass@1", until_time=LONG, anchor=hold).states()[-1]
        out[f"{hold.name}, {hold.strength}"] = float(np.ravel(state.p)[0]), float(np.ravel(state.effective_correct)[0])
    return out


@cell("exploring keeps coverage", "bandit")
def holds_open() -> Evidence:
    """Add a hold to pass@1, one prompt; a case is a hold: more right answers alive at t = 100,000 than without."""
    alone = float(exact.flow(exact.several_correct(), "pass@1", until_time=LONG).states()[-1].effective_correct)
    return Evidence(
        {name: alive > alone for name, (_, alive) in _held().items()},
        f"Without a hold {alone:.2f} right answers are alive, with one {min(a for _, a in _held().values()):.1f} to "
        f"{max(a for _, a in _held().values()):.1f} of four.",
    )


@cell("exploring beats pass@k", "bandit")
def beats_any_k() -> Evidence:
    """Compare a hold under pass@1 with pass@k alone at the p the hold comes to, one prompt; a case is a hold.

    It is so where more right answers are alive. Which k does not matter (`same_path`), so the flow is that of pass@1,
    which gets there sooner: pass@16 alone is not at p = .97 after 10^20 units of time.
    """
    alone = {
        name: float(exact.flow(exact.several_correct(), "pass@1", until_p=p).states()[-1].effective_correct)
        for name, (p, _) in _held().items()
    }
    return Evidence(
        {name: _held()[name][1] > alive for name, alive in alone.items()},
        f"At the same p pass@k alone, for any k, has {min(alone.values()):.2f} to {max(alone.values()):.2f} right "
        f"answers "
        f"alive, the holds at least {min(a for _, a in _held().values()):.1f}.",
    )


@cell("exploring is free", "bandit")
def price() -> Evidence:
    """Read p at t = 100,000 of a hold under pass@1, one prompt; a case is a hold: it has .999 of pass@1."""
    return Evidence(
        {name: p > 0.999 for name, (p, _) in _held().items()},
        "Pass@1 comes to " + ", ".join(f"{p:.4f} ({name})" for name, (p, _) in _held().items()) + ".",
    )

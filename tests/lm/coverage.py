"""How often the intervals over multisets hold the truth: evaluations drawn from those of the lab's own policies.

python -m tests.lm.coverage    measure (a minute) and write the table of docs/intervals.md
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from passk_lab.lm import Countdown, bundled_base, recorded
from passk_lab.lm.evaluation import percentile_interval, success, t_interval
from passk_lab.metrics import success_at_k
from tests.metrics.coverage import LEVEL, PAGE, Measured, with_table

SIZES = (24, 41, 124)
"""Multisets: judged on Countdown-4, held out of Countdown-3, seen of Countdown-3."""
RESAMPLES = 500
"""As runs record."""
SIMULATIONS = 2000


@dataclass(frozen=True)
class Policy:
    """Multisets are drawn from the 41 of a policy's evaluation, as if these were all there are."""

    name: str
    k: int

    def draw(self, rng: np.random.Generator, size: int) -> tuple[Any, Any]:
        weight, sums = self._all()
        which = rng.integers(0, weight.size, size)
        return weight[which], sums[which]

    def truth(self) -> float:
        weight, sums = self._all()
        return float(sums.sum() / weight.sum())

    def _all(self) -> tuple[Any, Any]:
        prompts = Countdown().prompts("unseen")
        solved = np.mean([success_at_k(p, self.k) for p in _chances(self.name)], axis=0)
        return _weight(), np.bincount(prompts.multiset, prompts.weight * solved, minlength=prompts.multisets)


@dataclass(frozen=True)
class Tail:
    """Few multisets carry the curve: the score of each is 0, 1, or drawn from a Beta; weights are the lab's."""

    name: str
    solved: float | None = None
    beta: tuple[float, float] = (1.0, 1.0)

    def draw(self, rng: np.random.Generator, size: int) -> tuple[Any, Any]:
        weight = rng.choice(_weight(), size)
        values = rng.beta(*self.beta, size) if self.solved is None else rng.random(size) < self.solved
        return weight, weight * values

    def truth(self) -> float:
        return self.beta[0] / sum(self.beta) if self.solved is None else self.solved


@lru_cache
def _chances(name: str) -> list[Any]:
    """p of each held-out prompt, for each run that is pooled."""
    if name == "base, three seeds pooled":
        return [success(bundled_base(seed), Countdown().prompts("unseen")).p for seed in range(3)]
    _, p = recorded.by_prompt("GRPO to collapse")
    return [p[0] if name == "base" else p[-1]]


@lru_cache
def _weight() -> Any:
    prompts = Countdown().prompts("unseen")
    return np.bincount(prompts.multiset, prompts.weight, minlength=prompts.multisets)


POPULATIONS: tuple[Policy | Tail, ...] = (
    *(Policy(name, k) for name in ("base", "base, three seeds pooled", "collapsed by GRPO") for k in (1, 256)),
    Tail("one multiset in twenty is solved", solved=0.05),
    Tail("one multiset in twenty is lost", solved=0.95),
    Tail("scores from Beta(.1, 4)", beta=(0.1, 4)),
)
METHODS = ("percentile", "t")


def label(of: Policy | Tail) -> str:
    return f"{of.name}, k = {of.k}" if isinstance(of, Policy) else of.name


def measured(of: Policy | Tail, size: int, method: str, simulations: int, seed: int = 0) -> Measured:
    """How often the interval holds the curve of the population, one k at a time."""
    rng = np.random.default_rng([seed, POPULATIONS.index(of), size])
    truth, hits, width = of.truth(), 0, 0.0
    for _ in range(simulations):
        weight, sums = of.draw(rng, size)
        if method == "percentile":
            low, high = percentile_interval(weight, sums[:, None], LEVEL, RESAMPLES, 0)
        else:
            low, high = t_interval(weight, sums[:, None], LEVEL)
        hits += bool(low[0] - 1e-9 <= truth <= high[0] + 1e-9)
        width += float(high[0] - low[0])
    return Measured(hits, simulations, width / simulations)


def rows(simulations: int = SIMULATIONS) -> list[str]:
    lines = [
        "| multisets drawn from | " + " | ".join(f"{m}, {size}" for size in SIZES for m in METHODS) + " |",
        "|---" * (1 + len(SIZES) * len(METHODS)) + "|",
    ]
    for of in POPULATIONS:
        cells = [measured(of, size, method, simulations) for size in SIZES for method in METHODS]
        lines.append(f"| {label(of)} | " + " | ".join(f"{m.share:.3f} ({m.width:.3f})" for m in cells) + " |")
    return lines


if __name__ == "__main__":
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8"), "multisets", rows()), encoding="utf-8")

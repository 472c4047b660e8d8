"""The grids that are timed: objectives, seeds and learning rates along the run axis."""

from collections.abc import Callable, Iterator
from itertools import count, islice, product
from typing import Any

from passk_lab import lm

OBJECTIVES = (
    ("grpo", {}), ("reinforce", {}), ("maxrl", {}), ("pass@k", {"k": 2}), ("pass@k", {"k": 4}),
)  # fmt: skip
RATES = (4e-4, 2e-4, 8e-4)
SEEDS = 3
"""Seeds beside each other before the rate changes; a grid of more runs than all of these goes on with new seeds."""


def grid(runs: int, **shared: Any) -> list[lm.TrainConfig]:
    """Objectives first, then seeds, then rates: 15 runs are five objectives with three seeds each."""
    base = lm.TrainConfig(steps=4000, watch=4, **shared)

    def every() -> Iterator[lm.TrainConfig]:
        for block in count():
            for rate, seed, (name, given) in product(RATES, range(SEEDS), OBJECTIVES):
                yield base.but(objective=name, parameters=given, seed=SEEDS * block + seed, rate=rate)

    return list(islice(every(), runs))


def steps_of(learner: Any, at_once: int, wait: Callable[[], None]) -> Callable[[], None]:
    """Some steps, and wait for them: the host runs ahead, as in training."""

    def call() -> None:
        for _ in range(at_once):
            learner.step()
        wait()

    return call

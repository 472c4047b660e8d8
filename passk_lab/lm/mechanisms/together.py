"""The mechanisms of a run as one: each hook asked of all of them, in the order in which they were given."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from passk_lab.lm.mechanisms.mechanism import Asked, Mechanism
from passk_lab.objectives import Objective

if TYPE_CHECKING:
    from passk_lab.lm.batch import Batch
    from passk_lab.lm.countdown import Prompts


class Together(tuple[Mechanism, ...]):
    """Several mechanisms, to be called like one.

    Most hooks go together: credit is changed by one after another, terms of the loss add up, a token is left out if
    anyone leaves it out. Two do not, and a run with two mechanisms that fill one of those is refused: what would be
    written into an answer, and what would stand in place of ratio times credit.

    Examples
    --------
    >>> from passk_lab.lm import mechanisms
    >>> Together([mechanisms.get("entropy"), mechanisms.get("novelty")]).coefficients()["novelty"]
    {'strength': 1.0}
    """

    def check(self, asked: Asked) -> None:
        """Refuse a run that one of them cannot be part of, or that two of them cannot share.

        Raises
        ------
        ValueError
            In a sentence of the mechanism's own, or one that names the two.
        """
        for mechanism in self:
            mechanism.check(asked)
        for hook, deed in (("force", "write into the answers"), ("surrogate", "replace ratio times credit")):
            if len(filled := self.filling(hook)) > 1:
                raise ValueError(
                    f"{' and '.join(filled)} both {deed}, and only one of them could: take one, and leave out the "
                    "others."
                )

    def filling(self, hook: str) -> list[str]:
        """Names of those that fill a hook.

        >>> from passk_lab.lm import mechanisms
        >>> Together([mechanisms.get("annealed-k"), mechanisms.get("novelty")]).filling("objective")
        ['annealed-k']
        """
        return [m.name for m in self if getattr(type(m), hook) is not getattr(Mechanism, hook)]

    def coefficients(self) -> dict[str, dict[str, float]]:
        """Coefficients of each as they are now, by name."""
        return {mechanism.name: mechanism.coefficients() for mechanism in self}

    def named(self, name: str) -> Mechanism:
        """Return the one of a name."""
        return next(mechanism for mechanism in self if mechanism.name == name)

    def objective(self, objective: Objective, progress: float) -> Objective:
        """Return the objective of this step."""
        for mechanism in self:
            objective = mechanism.objective(objective, progress)
        return objective

    def force(self, prompts: Prompts, which: np.ndarray, n: int, progress: float, rng: Any) -> np.ndarray | None:
        """Give the tokens to write instead of drawing, (G, n, T) with -1 where to draw; None if nobody writes any."""
        return _only(mechanism.force(prompts, which, n, progress, rng) for mechanism in self)

    def credit(self, batch: Batch, credit: Tensor) -> Tensor:
        """Give what each sample is worth, (G, n)."""
        for mechanism in self:
            credit = mechanism.credit(batch, credit)
        return credit

    def gain(self, ratio: Tensor, credit: Tensor) -> Tensor:
        """Give what each token gains, (G, n, T): ratio times credit, or what a mechanism puts in its place."""
        instead = _only(mechanism.surrogate(ratio, credit) for mechanism in self)
        return ratio * credit if instead is None else instead

    def keep(self, batch: Batch, credit: Tensor, log_prob: Tensor) -> Tensor:
        """Say which tokens' gradient counts, (G, n, T), from their log chances now."""
        keep = batch.free
        for mechanism in self:
            kept = mechanism.keep(batch, credit, log_prob)
            keep = keep if kept is None else keep & kept
        return keep

    def penalty(self, batch: Batch, log_policy: Tensor, credit: Tensor) -> Tensor | float:
        """Sum what they add to the loss."""
        terms = (mechanism.penalty(batch, log_policy, credit) for mechanism in self)
        return sum((term for term in terms if term is not None), 0.0)

    def after(self, record: dict[str, float]) -> None:
        """Let each look at the step's diagnostics."""
        for mechanism in self:
            mechanism.after(record)

    def memory(self) -> dict[str, Tensor]:
        """What a checkpoint must keep of all of them, as "name.what"."""
        return {f"{m.name}.{what}": value for m in self for what, value in m.memory().items()}

    def restore(self, coefficients: dict[str, dict[str, float]], memory: dict[str, Tensor]) -> None:
        """Take back what `coefficients` and `memory` gave."""
        for mechanism in self:
            for name, value in coefficients[mechanism.name].items():
                mechanism.set(name, value)
            start = f"{mechanism.name}."
            own = {name.removeprefix(start): value for name, value in memory.items() if name.startswith(start)}
            if own:
                mechanism.remember(own)


def _only(given: Iterable[Any]) -> Any:
    """Return the one thing that was given, or None; `check` has refused a run in which there could be two."""
    there = [thing for thing in given if thing is not None]
    assert len(there) <= 1
    return there[0] if there else None

"""A run that cannot go on: what is wrong with a step, said before the update reaches the weights."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from passk_lab.lm.config import TrainConfig
from passk_lab.lm.mechanisms import Together

HOPELESS = 25
"""Steps in a row without one right sample after which a run has broken down: at p = 1 % a batch of 512 has one."""


NO_MECHANISM = "no mechanism"


class Breakdown(RuntimeError):
    """A policy from which training cannot come back, and what it looks like."""


def wrong_with(
    config: TrainConfig,
    mechanisms: Together,
    rate: float,
    step: int,
    norm: float,
    hopeless: int,
    record: Mapping[str, float],
) -> str:
    """Say what is wrong with a step of a run, "" if nothing is: `diagnosis` with what the run is and was set to."""
    uniform = config.task.answer_length * float(np.log(config.task.vocabulary))
    added = ", ".join(f"{m.name} {m.coefficients()}" for m in mechanisms) or NO_MECHANISM
    at, settings = f"step {step} of {config.label}", f"learning rate {rate:g}, {added}"
    return diagnosis(norm, hopeless, record, uniform, at, settings)


def diagnosis(norm: float, hopeless: int, record: Mapping[str, float], uniform: float, step: str, settings: str) -> str:
    """Say what is wrong with a step, and most likely why; "" if nothing is.

    Parameters
    ----------
    norm : float
        Of the gradient.
    hopeless : int
        Steps in a row without a right sample, this one among them.
    record : mapping
        The step's diagnostics.
    uniform : float
        Entropy of an answer drawn evenly, in nats.
    step, settings : str
        Which step of which run this is, and what it was trained with.

    Examples
    --------
    >>> diagnosis(1.0, 0, {"pass_at_1": 0.25}, 29.0, "step 3 of grpo", "learning rate 0.1")
    ''
    >>> diagnosis(float("inf"), 0, {"pass_at_1": 0.25}, 29.0, "step 3 of grpo", "learning rate 0.1").split(": ")[0]
    'the gradient is not finite at step 3 of grpo'
    """
    seen = f"entropy {record['entropy']:.2f} nats an answer" if "entropy" in record else "no samples to look at"
    at = f"{step}: {seen}, {settings}"
    if not np.isfinite(norm):
        return f"the gradient is not finite at {at}. The weights are those before this update."
    if hopeless < HOPELESS:
        return ""
    why = "the policy has left the legal answers; lower the learning rate"
    if record.get("entropy", 0) > uniform / 2:
        why = (
            "the policy has become nearly uniform; lower the learning rate"
            if settings.endswith(NO_MECHANISM)
            else "the bonus has outgrown the objective and the policy is nearly uniform; lower its coefficient"
        )
    return (
        f"no sample has been right for {HOPELESS} steps, so no credit can bring it back, at {at} "
        f"(uniform would be {uniform:.1f}). Most likely {why}."
    )

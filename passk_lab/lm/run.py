"""A run in memory: what it was told, and the records of what was seen on the way.

A record is a plain dict, one line of `history.jsonl`, and says of what kind it is. Only this file asks for the kind:
everyone else asks `is_step` and its kin, reads `run.step_records` and its kin, or the tables.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypedDict, TypeGuard

from passk_lab.lm.config import TrainConfig

if TYPE_CHECKING:
    import pandas as pd

    from passk_lab.lm.model import Transformer

KS = tuple(2**i for i in range(11))
"""The k of recorded curves, 1 to 1024."""
BROKE_DOWN = "broke down: "
"""How `Run.ended` begins for a run that training could not go on with; the reason follows."""


class _StepSeen(TypedDict):
    kind: Literal["step"]
    step: int
    """Steps done, this one among them."""
    pass_at_1: float
    pass_at_k: float
    gap: float
    carriers: float
    gradient_norm: float


class StepRecord(_StepSeen, total=False):
    """Diagnostics of a training step, as `diagnostics.MEANING` explains them.

    What follows is there where samples were drawn; runs in a stack have no time of their own.
    """

    seconds: float
    entropy: float
    distinct: float
    unique: float
    all_wrong: float
    all_right: float
    silent: float
    signal_to_noise: float


class _SplitSeen(TypedDict):
    pass_at: list[float]
    """Exact pass@k for the k of `KS`."""
    distinct_256: float
    effective: float
    lost: float
    solved: float


class Split(_SplitSeen, total=False):
    """A policy judged on one split; interval and single prompts only on the unseen one."""

    low: list[float]
    high: list[float]
    p: list[float]


class EvaluationRecord(TypedDict):
    """An exact evaluation on both splits."""

    kind: Literal["evaluation"]
    step: int
    seen: Split
    unseen: Split


class ChangeRecord(TypedDict):
    """A setting changed by hand while the run went on."""

    kind: Literal["change"]
    step: int
    """Steps done before."""
    name: str
    value: float


Record = StepRecord | EvaluationRecord | ChangeRecord


def is_step(record: Record) -> TypeGuard[StepRecord]:
    """Say whether a record is of a training step."""
    return record["kind"] == "step"


def is_evaluation(record: Record) -> TypeGuard[EvaluationRecord]:
    """Say whether a record is an evaluation."""
    return record["kind"] == "evaluation"


def is_change(record: Record) -> TypeGuard[ChangeRecord]:
    """Say whether a record is a change by hand."""
    return record["kind"] == "change"


@dataclass(eq=False)
class Run:
    """What a run was told and what was seen.

    Examples
    --------
    >>> from passk_lab import lm
    >>> run = lm.train(lm.TrainConfig(steps=2, prompts=4, n=8, watch=8, judged=2))
    >>> [record["step"] for record in run.step_records], run.steps.pass_at_1.between(0, 1).all().item()
    ([1, 2], True)
    >>> [record["step"] for record in run.evaluation_records], run.ended
    ([0, 2], 'finished')
    """

    config: TrainConfig
    history: list[Record] = field(default_factory=list)
    """Records in order."""
    ended: str = ""
    """"finished", "stopped", how it broke down, or how it failed in a cockpit; empty while it goes on."""
    model: Transformer | None = None

    @property
    def step_records(self) -> list[StepRecord]:
        """The training steps."""
        return [record for record in self.history if is_step(record)]

    @property
    def evaluation_records(self) -> list[EvaluationRecord]:
        """The evaluations."""
        return [record for record in self.history if is_evaluation(record)]

    @property
    def change_records(self) -> list[ChangeRecord]:
        """What was changed by hand."""
        return [record for record in self.history if is_change(record)]

    @property
    def evaluated_at(self) -> int:
        """Steps that had been done at the last evaluation; -1 before the first."""
        return next((record["step"] for record in reversed(self.history) if is_evaluation(record)), -1)

    @property
    def broke_down(self) -> bool:
        """Whether it ended because training could not go on."""
        return self.ended.startswith(BROKE_DOWN)

    @property
    def steps(self) -> pd.DataFrame:
        """One row for each training step: the diagnostics."""
        import pandas as pd

        return pd.DataFrame(self.step_records).drop(columns="kind", errors="ignore")

    @property
    def evaluations(self) -> pd.DataFrame:
        """One row for each evaluation, split and k: exact pass@k, with its interval on the unseen split."""
        import pandas as pd

        return pd.DataFrame([row for record in self.evaluation_records for row in _rows(record)])


def _rows(record: EvaluationRecord) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name, split in (("seen", record["seen"]), ("unseen", record["unseen"])):
        whole = {key: value for key, value in split.items() if not isinstance(value, list)}
        for place, k in enumerate(KS):
            row = {"step": record["step"], "split": name, "k": k, "pass_at_k": split["pass_at"][place]}
            if "low" in split and "high" in split:
                row |= {"low": split["low"][place], "high": split["high"][place]}
            rows.append({**row, **whole})
    return rows

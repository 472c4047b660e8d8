"""The compact language model: Countdown tasks, a transformer, rollout, training, exact evaluation, runs.

Names load when first touched: reading recorded runs needs no torch.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from passk_lab.lm import mechanisms, recorded
    from passk_lab.lm.answers import right_answers, sampled_answers
    from passk_lab.lm.base import BaseConfig, bundled_base, train_base
    from passk_lab.lm.breakdown import Breakdown
    from passk_lab.lm.checkpoint import Unreadable
    from passk_lab.lm.compare import at_equal_progress, frontier
    from passk_lab.lm.config import TrainConfig
    from passk_lab.lm.countdown import Countdown, Prompts
    from passk_lab.lm.evaluation import Exact, judge, judged_on, success
    from passk_lab.lm.loop import train, turns
    from passk_lab.lm.model import Shape, Transformer
    from passk_lab.lm.plan import plan_of
    from passk_lab.lm.rollout import sample, sample_counts, sample_plainly
    from passk_lab.lm.run import KS, Run
    from passk_lab.lm.runs import load_run
    from passk_lab.lm.stack_loop import train_stacked
    from passk_lab.lm.stacked import StackedLearner
    from passk_lab.lm.sweep import grid_of, run_grid
    from passk_lab.lm.temperature import at_temperature, curves_at
    from passk_lab.lm.training import Learner
    from passk_lab.lm.tree import Tree, tree_of

__all__ = [
    "KS",
    "BaseConfig",
    "Breakdown",
    "Countdown",
    "Exact",
    "Learner",
    "Prompts",
    "Run",
    "Shape",
    "StackedLearner",
    "TrainConfig",
    "Transformer",
    "Tree",
    "Unreadable",
    "at_equal_progress",
    "at_temperature",
    "bundled_base",
    "curves_at",
    "frontier",
    "grid_of",
    "judge",
    "judged_on",
    "load_run",
    "mechanisms",
    "plan_of",
    "recorded",
    "right_answers",
    "run_grid",
    "sample",
    "sample_counts",
    "sample_plainly",
    "sampled_answers",
    "success",
    "train",
    "train_base",
    "train_stacked",
    "tree_of",
    "turns",
]

_WHERE = {
    "KS": "run",
    "BaseConfig": "base",
    "Breakdown": "breakdown",
    "Countdown": "countdown",
    "Exact": "evaluation",
    "Learner": "training",
    "Prompts": "countdown",
    "Run": "run",
    "Shape": "model",
    "StackedLearner": "stacked",
    "TrainConfig": "config",
    "Transformer": "model",
    "Tree": "tree",
    "Unreadable": "checkpoint",
    "at_equal_progress": "compare",
    "at_temperature": "temperature",
    "bundled_base": "base",
    "curves_at": "temperature",
    "frontier": "compare",
    "grid_of": "sweep",
    "judge": "evaluation",
    "judged_on": "evaluation",
    "load_run": "runs",
    "plan_of": "plan",
    "right_answers": "answers",
    "run_grid": "sweep",
    "sample": "rollout",
    "sample_counts": "rollout",
    "sample_plainly": "rollout",
    "sampled_answers": "answers",
    "success": "evaluation",
    "train": "loop",
    "train_stacked": "stack_loop",
    "train_base": "base",
    "tree_of": "tree",
    "turns": "loop",
}


def __getattr__(name: str) -> Any:
    """Load a name on first use (PEP 562)."""
    if name in _WHERE:
        value = getattr(importlib.import_module(f"{__name__}.{_WHERE[name]}"), name)
        globals()[name] = value
        return value
    if name in ("mechanisms", "recorded"):
        return importlib.import_module(f"{__name__}.{name}")
    raise AttributeError(f"passk_lab.lm has nothing called {name!r}.")


def __dir__() -> list[str]:
    return sorted(__all__)

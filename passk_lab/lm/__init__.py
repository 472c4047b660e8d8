"""The compact language model: Countdown tasks, a transformer, rollout, training, exact evaluation, runs."""

from passk_lab.lm import mechanisms, recorded
from passk_lab.lm.base import BaseConfig, bundled_base, train_base
from passk_lab.lm.checkpoint import Unreadable
from passk_lab.lm.config import TrainConfig
from passk_lab.lm.countdown import Countdown, Prompts
from passk_lab.lm.evaluation import Exact, success
from passk_lab.lm.model import Shape, Transformer
from passk_lab.lm.rollout import sample, sample_counts, sample_plainly
from passk_lab.lm.runs import Run, load_run
from passk_lab.lm.sweep import grid_of, sweep
from passk_lab.lm.training import KS, Breakdown, Trainer, train
from passk_lab.lm.tree import Tree, tree_of

__all__ = [
    "KS",
    "BaseConfig",
    "Breakdown",
    "Countdown",
    "Exact",
    "Prompts",
    "Run",
    "Shape",
    "TrainConfig",
    "Trainer",
    "Transformer",
    "Tree",
    "Unreadable",
    "bundled_base",
    "grid_of",
    "load_run",
    "mechanisms",
    "recorded",
    "sample",
    "sample_counts",
    "sample_plainly",
    "success",
    "sweep",
    "train",
    "train_base",
    "tree_of",
]

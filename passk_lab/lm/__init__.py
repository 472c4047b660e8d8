"""The compact language model: Countdown tasks, a transformer, rollout, training, exact evaluation, runs."""

from passk_lab.lm.countdown import Countdown, Prompts
from passk_lab.lm.evaluation import Exact, success
from passk_lab.lm.model import Shape, Transformer
from passk_lab.lm.rollout import sample, sample_counts, sample_plainly
from passk_lab.lm.tree import Tree, tree_of

__all__ = [
    "Countdown",
    "Exact",
    "Prompts",
    "Shape",
    "Transformer",
    "Tree",
    "sample",
    "sample_counts",
    "sample_plainly",
    "success",
    "tree_of",
]

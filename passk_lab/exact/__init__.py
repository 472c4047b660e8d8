"""The exact, enumerable world: policies over finitely many answers, their gradient flows, and checked derivations."""

from passk_lab.exact.anchors import Anchor, entropy_bonus, kl_to_start
from passk_lab.exact.bandit import Bandit
from passk_lab.exact.false_accepts import Judged, false_answer, honest_share, lottery, solvable_and_not
from passk_lab.exact.families import angle_between, easy_and_hard, one_among, several_correct, two_strategies
from passk_lab.exact.flows import Flow, flow, plateau_time
from passk_lab.exact.kl_estimators import kl_estimate_gradient

__all__ = [
    "Anchor",
    "Bandit",
    "Flow",
    "Judged",
    "angle_between",
    "easy_and_hard",
    "entropy_bonus",
    "false_answer",
    "flow",
    "honest_share",
    "kl_estimate_gradient",
    "kl_to_start",
    "lottery",
    "one_among",
    "plateau_time",
    "several_correct",
    "solvable_and_not",
    "two_strategies",
]

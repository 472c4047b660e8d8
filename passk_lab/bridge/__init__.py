"""The lab's credit in a real trainer: tables for a batch of rewards, adapters, diagnostics to log.

>>> from passk_lab import bridge, objectives
>>> bridge.credit([[1, 1, 0, 0, 0, 0, 0, 0]], objectives.get("pass@k-loo-1", k=4)).round(3)
array([[2.286, 2.286, 0.   , 0.   , 0.   , 0.   , 0.   , 0.   ]])

Each trainer has a file that is opened by its name, as in `from passk_lab.bridge.trl import LabGRPOTrainer`: `trl`,
`verl`, `slime`; `tensorboard` writes records. The document docs/bridge.md says where other trainers take credit.
"""

from passk_lab.bridge.credits import credit
from passk_lab.bridge.trl_scaling import trl_loss_weights, trl_turns_into
from passk_lab.bridge.trl_settings import TRL_SETTINGS, check_trl
from passk_lab.bridge.watch import MEANING, diagnostics

__all__ = ["MEANING", "TRL_SETTINGS", "check_trl", "credit", "diagnostics", "trl_loss_weights", "trl_turns_into"]

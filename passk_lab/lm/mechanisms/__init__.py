"""Exploration mechanisms: what a run adds to an objective, each with its source. None is a function of p.

>>> from passk_lab.lm import mechanisms
>>> mechanisms.get("entropy", coefficient=0.1).coefficient
0.1
"""

from passk_lab.lm.mechanisms import credit, penalties, ratio, schedule
from passk_lab.lm.mechanisms.mechanism import Mechanism, forget, get, names, overview, register

__all__ = ["Mechanism", "forget", "get", "names", "overview", "register"]

_PARTS = (penalties, credit, schedule, ratio)

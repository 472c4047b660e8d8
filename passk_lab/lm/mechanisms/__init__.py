"""Exploration mechanisms: what a run adds to an objective, each with its source.

None is a function of p; annealed-k alone moves a parameter of one, the objective's k.

>>> from passk_lab.lm import mechanisms
>>> mechanisms.get("entropy", coefficient=0.1).coefficient
0.1
"""

from passk_lab.lm.mechanisms import penalties  # noqa: F401  (each registers its mechanisms; the best known come first)

# isort: split
from passk_lab.lm.mechanisms import kl_estimators  # noqa: F401

# isort: split
from passk_lab.lm.mechanisms import credit, ratio, schedule  # noqa: F401
from passk_lab.lm.mechanisms.mechanism import KINDS, Asked, Mechanism, forget, get, names, overview, register
from passk_lab.lm.mechanisms.together import Together

__all__ = ["Asked", "Mechanism", "Together", "forget", "get", "names", "overview", "register"]

KINDS.seal()

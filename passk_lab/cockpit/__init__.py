"""The cockpit: train the compact model live, turn its knobs while it learns, and watch exploration go or stay.

>>> from passk_lab import cockpit
>>> pit = cockpit.open("pass@k", k=4, steps=3, prompts=4, n=8, judged=2)
>>> pit.start()
>>> pit.wait(), pit.phase
(3, 'finished')
>>> pit.close()
"""

from passk_lab.cockpit.opening import open, race
from passk_lab.cockpit.widget import Cockpit

__all__ = ["Cockpit", "open", "race"]

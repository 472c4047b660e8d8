"""An exam on the course: a bank of questions, two parallel forms drawn from it with a seed, the key kept apart.

>>> from passk_lab.teach import exam
>>> a, b = exam.forms(seed=1)
>>> a.points == b.points, a.topics == b.topics, a.exam == b.exam
(True, True, False)
"""

from passk_lab.teach.exam.bank import TASKS
from passk_lab.teach.exam.drawing import Drawn, Form, forms
from passk_lab.teach.exam.task import Answer, Key, Slip, Step, Task

__all__ = ["TASKS", "Answer", "Drawn", "Form", "Key", "Slip", "Step", "Task", "forms"]

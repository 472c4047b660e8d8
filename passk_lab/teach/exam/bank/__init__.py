"""The questions: a file for each notebook, named as it without the number, with a question of each level at least."""

import importlib
import pkgutil

from passk_lab.teach.exam.task import Task

FILES = sorted(
    (importlib.import_module(f"{__name__}.{file.name}") for file in pkgutil.iter_modules(__path__)),
    key=lambda file: file.NOTEBOOK,
)
"""The files, in the order of their notebooks."""
TASKS: dict[str, Task] = {task.name: task for file in FILES for task in file.TASKS}
"""All questions, by name."""

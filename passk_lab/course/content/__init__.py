"""What the notebooks ask: a file each, named as its notebook without the number. What several share begins with "_".

A file lists its EXERCISES, with their banks of mistakes, and its QUESTIONS; it is found by listing the folder.
"""

import importlib
import pkgutil

from passk_lab.course.exercise import Exercise
from passk_lab.course.question import Question

FILES = sorted(
    (
        importlib.import_module(f"{__name__}.{file.name}")
        for file in pkgutil.iter_modules(__path__)
        if not file.name.startswith("_")
    ),
    key=lambda file: file.NOTEBOOK,
)
"""The files, in the order of their notebooks."""
EXERCISES: dict[str, Exercise] = {exercise.name: exercise for file in FILES for exercise in file.EXERCISES}
"""The exercises of all notebooks, by name."""
QUESTIONS: dict[str, Question] = {question.name: question for file in FILES for question in file.QUESTIONS}
"""The questions of all notebooks, by name."""

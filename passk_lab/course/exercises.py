"""The exercises of all notebooks, by name."""

from passk_lab.course import (
    exercises_collapse,
    exercises_comparing,
    exercises_counting,
    exercises_credit,
    exercises_entropy,
    exercises_exploring,
    exercises_gradient,
    exercises_prompts,
    exercises_signal,
    exercises_start,
    exercises_training,
)
from passk_lab.course.exercise import Exercise

_MODULES = (
    exercises_start,
    exercises_counting,
    exercises_gradient,
    exercises_signal,
    exercises_collapse,
    exercises_prompts,
    exercises_training,
    exercises_credit,
    exercises_comparing,
    exercises_exploring,
    exercises_entropy,
)

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for module in _MODULES for exercise in module.EXERCISES}

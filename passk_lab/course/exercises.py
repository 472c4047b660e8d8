"""The exercises of all notebooks, by name."""

from passk_lab.course.content import (
    collapse,
    comparing,
    counting,
    credit,
    entropy,
    exploring,
    gradient,
    prompts,
    signal,
    start,
    training,
)
from passk_lab.course.exercise import Exercise

_MODULES = (
    start,
    counting,
    gradient,
    signal,
    collapse,
    prompts,
    training,
    credit,
    comparing,
    exploring,
    entropy,
)

EXERCISES: dict[str, Exercise] = {exercise.name: exercise for module in _MODULES for exercise in module.EXERCISES}

"""The exercises of all notebooks, by name."""

from passk_lab.course import exercises_counting, exercises_start
from passk_lab.course.exercise import Exercise

EXERCISES: dict[str, Exercise] = {
    exercise.name: exercise for module in (exercises_start, exercises_counting) for exercise in module.EXERCISES
}

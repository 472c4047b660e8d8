"""The course: checked exercises, hints, quizzes, predictions, progress; and the notebook builder."""

from passk_lab.course.checker import check
from passk_lab.course.predict import predict
from passk_lab.course.progress import predicted, progress
from passk_lab.course.quiz import quiz

__all__ = ["check", "predict", "predicted", "progress", "quiz"]

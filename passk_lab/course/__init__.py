"""The course: checked exercises, hints, quizzes, predictions, progress; and the notebook builder."""

from passk_lab.course.checker import check
from passk_lab.course.drawing import draw, drawn
from passk_lab.course.memory import predicted
from passk_lab.course.prediction import predict, reveal
from passk_lab.course.quizzes import quiz
from passk_lab.course.solved import progress

__all__ = ["check", "draw", "drawn", "predict", "predicted", "progress", "quiz", "reveal"]

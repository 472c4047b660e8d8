"""Result files of other tools -> counts of correct samples, with all that must be said about them."""

from passk_lab.readers.evaluation import Answers, Evaluation, LeftOut, Notice, Score
from passk_lab.readers.reading import read, tools
from passk_lab.readers.sample import BadFile, Undecided

__all__ = ["Answers", "BadFile", "Evaluation", "LeftOut", "Notice", "Score", "Undecided", "read", "tools"]

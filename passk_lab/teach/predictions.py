"""What the sheet asks before a word is said, and what is so: computed, for the key."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from passk_lab import metrics
from passk_lab.explorers.expression import number_words
from passk_lab.teach.figures import figure
from passk_lab.teach.paper import PAPERS, written


@dataclass(frozen=True)
class Prediction:
    """A question whose answer nobody knows yet."""

    asked: str
    answer: Callable[[], str]


def _draws() -> str:
    needed = PAPERS["draws needed"]
    return f"{written(needed.right)}. {'; '.join(needed.worked)}."


def _curves() -> str:
    one = figure("real-curves-math500")
    return f"In the pair shown it is below. {' '.join(one.description.words({**one.answering, 'k': 128}))}"


def _weight() -> str:
    return f"{number_words(float(metrics.weight_at_k(0.9, 16)))} times as much: it has left the training."


def _collapse() -> str:
    one = figure("collapse")
    (right,) = [choice for choice in one.asked.choices if choice.right]
    return f"{right.text} {one.words}"


PREDICTIONS = (
    Prediction(
        "A model solves a prompt once in ten samples. How many samples until it is more likely than not that one is "
        "right?",
        _draws,
    ),
    Prediction(
        "A model is trained until it is right far more often at one draw. At 128 draws, is it above its base, or "
        "below?",
        _curves,
    ),
    Prediction(
        "A prompt is solved nine times in ten. Training on pass@16 weighs it how much, beside training on pass@1?",
        _weight,
    ),
    Prediction(
        "Four answers are right. You train on pass@16 for a long time. How many of the four are still given?", _collapse
    ),
)

"""You draw it: a trained model and its own base, as the number of tries grows."""

from functools import cache
from typing import Any

import numpy as np

from passk_lab import data, metrics
from passk_lab.course.drawing import Drawing
from passk_lab.story.chapter import Chapter

BASE, TRAINED = "Qwen2.5-7B", "SimpleRL-Zoo"
_AT = [1, 2, 4, 8, 16, 32, 64, 128]

PROSE = """
A language model reads a mathematics problem and writes an answer; chance decides which. Of {problems} problems this one
gets {base:.0f} % right, if it may try once. It was then trained: right answers were rewarded, wrong ones were not. Its
trained child gets {trained:.0f} %.

Nobody doubts who is better. But what if each may try *k* times, and one right answer is enough? The trained model's
curve is there. How does that of the *base*, the model before training, go on? Draw it.
"""


@cache
def _curves() -> dict[str, Any]:
    problems = data.problems("math500")
    return {name: metrics.pass_at_k_curve(*problems.counts(name)) for name in (BASE, TRAINED)}


def chapter() -> Chapter:
    """Return the chapter."""
    at = np.array(_AT) - 1
    base, trained = (_curves()[name] for name in (BASE, TRAINED))
    return Chapter(
        name="draw",
        title="You draw it",
        prose=PROSE,
        numbers={
            "problems": lambda: len(data.problems("math500").counts(BASE)[0]),
            "base": lambda: 100 * base[0],
            "trained": lambda: 100 * trained[0],
        },
        drawing=Drawing(
            "story",
            "How does the base model go on, with 2, 4, ... 128 tries?",
            _AT,
            base[at].tolist(),
            "the base",
            {"the trained model": trained[at].tolist()},
            low=0.5,
        ),
        notebook="01_counting_successes",
    )

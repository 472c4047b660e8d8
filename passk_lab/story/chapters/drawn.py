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
Of {problems} mathematics problems a language model gets {base:.0f} % right, if it may try once. Then it was trained:
right answers were rewarded, wrong ones were not. The trained model gets {trained:.0f} %. Nobody doubts which is better.

But let each try *k* times, and count a problem as solved if one of its answers is right. The trained model's curve is
there. How does the curve of the *base* go on, the model before training? Draw it, and then look.
"""


@cache
def curves() -> dict[str, Any]:
    """Return pass@k of both models, from k = 1 on, over the problems of MATH500."""
    problems = data.problems("math500")
    return {name: metrics.pass_at_k_curve(*problems.counts(name)) for name in (BASE, TRAINED)}


def chapter() -> Chapter:
    """Return the chapter."""
    at = np.array(_AT) - 1
    base, trained = (curves()[name] for name in (BASE, TRAINED))
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
            "How does the base model go on?",
            _AT,
            base[at].tolist(),
            "the base",
            {"the trained model": trained[at].tolist()},
            low=0.5,
        ),
    )

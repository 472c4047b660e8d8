"""Training on pass@k: the same direction, another weight, which dies where the problem is solved."""

from passk_lab import explorers, metrics
from passk_lab.explorers.expression import number_words
from passk_lab.story.chapter import Chapter, Figure
from passk_lab.verdict import formula

PROSE = """
Training nudges a model so that what earns a reward becomes likelier; the nudge that helps fastest is a *gradient*. Many now reward pass@k itself: one right answer
among *k* is enough, so let the model spread out and explore. Does that help?

For a single problem it asks for [nothing new]{no_new}, says the paper at the heart of this page
([Yang Yu, arXiv 2511.16231](https://arxiv.org/abs/2511.16231)). The nudge points exactly where that of pass@1 points.
What changes is its size, by the factor *k*(1 − *p*)^(k−1): the weight of the problem.

[Where p = 0.01](k=16&p=0.01), training on pass@16 listens to the problem {rare:.0f} times as closely as training on pass@1
does. [Where p = 0.5](k=16&p=0.5), {half:,.0f} times less closely. [Where p = 0.9](k=16&p=0.9) the weight is {solved}: the
problem has left the training, although one answer in {wrong:.0f} is still wrong.

So pass@k turns to what is not solved yet. Is that not what one wants?
"""


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="weight",
        title="Training on pass@k: the same direction, another weight",
        prose=PROSE,
        numbers={
            "no_new": lambda: all(formula.one_prompt_direction().cases.values()),
            "rare": lambda: metrics.weight_at_k(0.01, 16),
            "half": lambda: 1 / metrics.weight_at_k(0.5, 16),
            "solved": lambda: number_words(metrics.weight_at_k(0.9, 16), 2),
            "wrong": lambda: 1 / (1 - 0.9),
        },
        figure=Figure(explorers.pass_at_k(k=16, p=0.1), ["Weight"], ["k", "p"], [1]),
        notebook="02_the_gradient",
    )

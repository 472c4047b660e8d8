"""Where the claim stops: over many problems pass@k has another optimum."""

from passk_lab import explorers
from passk_lab.story.chapter import Chapter, Figure
from passk_lab.verdict import formula

PROSE = """
Up to here the paper is right. But what it shows is shown for *one* problem, and its title concludes for training as a
whole: pass@k is "not an objective". A model has many problems, which share one set of weights.

Let there be problems of two kinds. Strategy A solves {a:.0f} % of them, strategy B the others, and the model cannot tell
which it has before it: a blind case, to make the point sharp. [Training on pass@1](k=1&t=1e5&w=0.6) leads to A alone: afterwards [more than 99 %]{alone} of the answers use it. Ask as often as you like: {a:.0f} % are solved. [Training on pass@4](k=4&t=1e5&w=0.6) leads to a mixture, in which {mix:.0f} % of the answers use A, and {both:.0f} %
are solved in {k} tries.

That is another direction, not another weight. Each problem's own nudge still points where pass@1's does; but a sum of
nudges with other weights can point elsewhere, even backwards (the notebook has the case). So the step from one problem to a model fails, and those
who train on pass@k and report gains ([arXiv 2505.15201](https://arxiv.org/abs/2505.15201),
[arXiv 2508.10751](https://arxiv.org/abs/2508.10751)) have a point.
"""


def chapter() -> Chapter:
    """Return the chapter."""
    late, start = (explorers.strategies(k=4, t=t, w=0.6).numbers for t in (1e5, 0))
    assert not any(formula.many_prompts_direction().cases.values())
    assert start["value"] < late["value"]
    return Chapter(
        name="strategies",
        title="Where the claim stops: two strategies",
        prose=PROSE,
        numbers={
            "k": lambda: 4,
            "a": lambda: 100 * 0.6,
            "alone": lambda: 100 * late["alone"],
            "mix": lambda: 100 * late["now"],
            "both": lambda: 100 * late["value"],
        },
        figure=Figure(explorers.strategies(k=4, t=0, w=0.6), ["Mixtures"], ["t", "k"]),
        notebook="05_many_prompts",
    )

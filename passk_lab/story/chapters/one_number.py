"""One number p decides all of it."""

from passk_lab import explorers, metrics
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
Take a single problem. The model gets it right with some chance *p*, each time anew. Then at least one of *k* answers is
right with chance 1 − (1 − *p*)^k. That is *pass@k*; pass@1 is *p* itself.

Say *p* = 0.1: the model is right one time in {often:.0f}. [Ask 8 times](k=8&p=0.1), and the problem is solved more often than not, with
chance {eight:.2f}. [Ask 64 times](k=64&p=0.1) and you can nearly count on it. [With p = 0.001](k=64&p=0.001) even
that does not help much: {rare:.2f}.

The shaded distance between the lines is the *gap*: what asking again still finds. Pull the square along. The gap closes
at both ends, where the problem is out of reach and where one answer is enough.
"""


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="one-number",
        title="For one problem, a single number decides",
        prose=PROSE,
        numbers={
            "often": lambda: 1 / 0.1,
            "eight": lambda: metrics.success_at_k(0.1, 8),
            "rare": lambda: metrics.success_at_k(0.001, 64),
        },
        figure=Figure(
            explorers.pass_at_k(k=4, p=0.1),
            ["Success"],
            ["k", "p"],
            title="One right answer in k tries: the chance of it",
        ),
        notebook="00_start_here",
    )

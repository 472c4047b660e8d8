"""Where a problem is hardly ever solved, there are no right samples to learn from."""

from passk_lab import explorers
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
A model learns from groups. It answers a problem a few times, say [8]{given}; a verifier says which answers are right; and right
ones are made likelier at the cost of wrong ones. A group in which [all are wrong]{given} has no contrast to learn from. It is
silent.

[Where p = 0.01](n=8&p=0.01), where pass@k listens closely, {silent:.0f} % of the groups are silent.
[Where p = 0.001](n=8&p=0.001) it is {more:.1f} %. [Larger groups](n=64&p=0.01) help: with [64]{given} answers, {large:.0f} %
are silent still. The weight makes the rare lucky group count for more. It makes no group luckier.

So where a problem is solved, the weight is gone; where it is not, there is hardly a right answer to give weight to. The
paper calls it a vanishing signal, and it vanishes just where one would want to explore.
"""


def chapter() -> Chapter:
    """Return the chapter."""

    explorer = explorers.vanishing_signal(n=8, p=0.2, k=8)

    def silent(n: int, p: float) -> float:
        return explorer.description.numbers({**explorer._values, "n": n, "p": p})["all_wrong"]

    return Chapter(
        name="silence",
        title="Where it is not solved, there is nothing to hear",
        prose=PROSE,
        numbers={
            "silent": lambda: silent(8, 0.01),
            "more": lambda: silent(8, 0.001),
            "large": lambda: silent(64, 0.01),
        },
        figure=Figure(explorer, ["Groups"], ["p", "n"]),
        notebook="03_vanishing_signal",
    )

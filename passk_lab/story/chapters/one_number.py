"""One number p decides all of it."""

from passk_lab import explorers, metrics
from passk_lab.story.chapter import Chapter, Figure

PROSE = """
Take one problem. The model answers it right with chance *p*, each time anew. Then at least one of *k* answers is right
with chance 1 − (1 − p)^k. That is **pass@k**.

"""


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="one-number",
        title="One number decides",
        prose="""
            Take one problem. The model gets it right with chance *p*, each time anew. Then at least one of *k* answers
            is right with chance 1 − (1 − p)^k. That is *pass@k*; pass@1 is p itself.

            Take p = 0.1. [Ask eight times](k=8&p=0.1), and a problem that is solved in one answer of ten is solved more
            often than not: {eight:.0f} %. [Ask 64 times](k=64&p=0.1), and you can count on it.
        """,
        numbers={"eight": lambda: 100 * metrics.success_at_k(0.1, 8)},
        figure=Figure(explorers.pass_at_k(k=1, p=0.1), ["Success"], ["k", "p"]),
        notebook="00_start_here",
    )

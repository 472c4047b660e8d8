"""One right answer takes all: gradient flow on a prompt with four right answers."""

from passk_lab import explorers
from passk_lab.story.chapter import Chapter, Figure


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="one-takes-all",
        title="One right answer takes all",
        prose="""
            Sixteen answers, four of them right. [Train on pass@1](k=1&t=100) and the first takes all.
            [Train on pass@16](k=16&t=1e6): slower.
        """,
        figure=Figure(explorers.collapse(k=1, t=0), ["Policy"], ["t", "k"]),
        notebook="04_exploration_collapse",
    )

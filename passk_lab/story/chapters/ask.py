"""Ask again: what one comes to this page for."""

from passk_lab import play
from passk_lab.story.chapter import Chapter


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="ask",
        title="First, ask again",
        prose="""
            Put a question to a language model and chance has a say in the answer. So ask again: another answer may be
            right. What is asking again worth, and what becomes of it when a model is trained?
        """,
        played=play.ask_again_part(),
    )

"""Ask again: what one comes to this page for."""

from passk_lab import play
from passk_lab.story.chapter import Chapter, Played


def chapter() -> Chapter:
    """Return the chapter."""
    return Chapter(
        name="ask",
        title="Ask again",
        prose="""
            Put a question to a language model and chance has a say in the answer. So ask again: another answer may be
            right. What is asking again worth, and what becomes of it when a model is trained?
        """,
        played=Played(
            play.ask_again_part(),
            "Where a program may run, a question is asked here again and again: answers drop one at a time, and the "
            "share of plays with a right one among the first k grows along the exact line, pass@k.",
        ),
    )

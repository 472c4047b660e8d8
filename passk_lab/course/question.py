"""A question: what is asked, and the choices, each with the reason why it is right or wrong."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One choice, and why it is right or wrong."""

    text: str
    right: bool
    reason: str


@dataclass(frozen=True)
class Question:
    """A question with exactly one right choice."""

    name: str
    text: str
    choices: tuple[Choice, ...]

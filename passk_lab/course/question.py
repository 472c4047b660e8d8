"""A question: what is asked, and the choices, each with the reason why it is right or wrong."""

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True)
class Choice:
    """One choice, and why it is right or wrong."""

    text: str
    right: bool
    reason: str
    ask: str = ""
    """What a teacher asks back whoever chose it, where the question is put to a class."""


@dataclass(frozen=True)
class Question:
    """A question with exactly one right choice."""

    name: str
    text: str
    choices: tuple[Choice, ...]
    """As they are written down, in whatever order."""

    @property
    def shown(self) -> tuple[Choice, ...]:
        """The choices as a reader sees them, today and tomorrow: in an order drawn from the name, which tells nothing.

        >>> [choice.text for choice in Question("a name", "?", tuple(Choice(it, it == "a", "") for it in "abc")).shown]
        ['c', 'a', 'b']
        """
        drawn = sorted(range(len(self.choices)), key=lambda i: sha256(f"{i}. {self.name}".encode()).digest())
        return tuple(self.choices[i] for i in drawn)
